package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// allowed are the licences of parts that may be in the program and in its pages: permissive ones, and those (MPL, EPL, OFL) that ask
// for the part itself to stay free and for nothing of what it is used in.
var allowed = []string{"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "EPL-2.0", "ISC", "MIT", "MPL-2.0", "OFL-1.1", "Public domain", "Unlicense"}

// marks are by what the text of a licence is known. What asks for all that it is used in comes first: nothing else in the same text helps.
var marks = []struct {
	name string
	text *regexp.Regexp
}{
	{"AGPL", regexp.MustCompile(`(?i)gnu affero general public license version`)},
	{"LGPL", regexp.MustCompile(`(?i)gnu (?:lesser|library) general public license version`)},
	{"GPL", regexp.MustCompile(`(?i)gnu general public license version`)},
	{"SSPL", regexp.MustCompile(`(?i)server side public license`)},
	{"BUSL", regexp.MustCompile(`(?i)business source license`)},
	{"Commons Clause", regexp.MustCompile(`(?i)commons clause`)},
	{"Apache-2.0", regexp.MustCompile(`(?i)apache license,? version 2\.0`)},
	{"MPL-2.0", regexp.MustCompile(`(?i)mozilla public license,? (?:version |v\. ?)2\.0`)},
	{"OFL-1.1", regexp.MustCompile(`(?i)sil open font license,? version 1\.1`)},
	{"MIT", regexp.MustCompile(`(?i)permission is hereby granted, free of charge, to any person obtaining a copy`)},
	{"BSD-3-Clause", regexp.MustCompile(`(?i)redistribution and use in source and binary forms.{0,900}neither (?:the )?name`)},
	{"BSD-2-Clause", regexp.MustCompile(`(?i)redistribution and use in source and binary forms`)},
	{"ISC", regexp.MustCompile(`(?i)permission to use, copy, modify,? and/?(?:or)? ?distribute this software for any purpose with or without fee is hereby granted, provided that`)},
	{"0BSD", regexp.MustCompile(`(?i)permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted\.`)},
	{"Unlicense", regexp.MustCompile(`(?i)this is free and unencumbered software released into the public domain`)},
	{"Public domain", regexp.MustCompile(`(?i)(?:dedicated to|in) the public domain`)},
}

// licencesIn are those that a text holds, "" for none that is known.
func licencesIn(text string) (out []string) {
	text = strings.Join(strings.Fields(text), " ")
	for _, m := range marks {
		if m.text.MatchString(text) && !(m.name == "BSD-2-Clause" && slices.Contains(out, "BSD-3-Clause")) && !(m.name == "Public domain" && slices.Contains(out, "Unlicense")) {
			out = append(out, m.name)
		}
	}
	if len(out) == 0 {
		return []string{""}
	}
	return out
}

// part of others that is delivered.
type part struct {
	name, version string
	licences      []string
	in            string
}

// wrongOf says of a part's licences what stands in the way of delivering it.
func wrongOf(p part) (out []string) {
	for _, l := range p.licences {
		if !slices.Contains(allowed, l) {
			out = append(out, fmt.Sprintf("%s %s: the licence %q is none that may be delivered", p.name, p.version, l))
		}
	}
	return out
}

var licenceFile = regexp.MustCompile(`(?i)^(?:licen[cs]e|copying|unlicense)`)

// modules are those of Go that the command is built from.
func modules(t *testing.T) (out []part) {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=Module", "./cmd/nazorat")
	cmd.Dir = filepath.Join("..", "..")
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := map[string]bool{}
	for dec := json.NewDecoder(bytes.NewReader(text)); ; {
		var p struct {
			Module *struct {
				Path, Version, Dir string
				Main               bool
			}
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		m := p.Module
		if m == nil || m.Main || seen[m.Path] {
			continue
		}
		seen[m.Path] = true
		all, err := os.ReadDir(m.Dir)
		must(t, err)
		var texts strings.Builder
		for _, f := range all {
			if !f.IsDir() && licenceFile.MatchString(f.Name()) {
				text, err := os.ReadFile(filepath.Join(m.Dir, f.Name()))
				must(t, err)
				texts.Write(text)
			}
		}
		out = append(out, part{name: m.Path, version: m.Version, licences: licencesIn(texts.String()), in: "the program"})
	}
}

var (
	shippedHead = regexp.MustCompile(`(?m)^={70,}\n(\S+) (\S+) \(([^)]*)\)\n={70,}\n`)
	drawing     = regexp.MustCompile(`(?m)^(Graphviz) (\S+) lays out`)
)

// packages are those of npm that the pages hold, by the list that is built with them.
func packages(t *testing.T) (out []part) {
	t.Helper()
	found, err := filepath.Glob("../web/static/dist/licences-*.txt")
	must(t, err)
	if len(found) != 1 {
		t.Skipf("the pages were not built: %d lists of licences", len(found))
	}
	text, err := os.ReadFile(found[0])
	must(t, err)
	heads := shippedHead.FindAllStringSubmatchIndex(string(text), -1)
	for i, at := range heads {
		end := len(text)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		word := func(n int) string { return string(text[at[2*n]:at[2*n+1]]) }
		p := part{name: word(1), version: word(2), licences: []string{word(3)}, in: "the pages"}
		if word(3) == "undefined" { // its package.json does not say; its text does
			p.licences = licencesIn(string(text[at[1]:end]))
		}
		out = append(out, p)
	}
	if m := drawing.FindStringSubmatch(string(text)); m != nil { // within @viz-js/viz, as WebAssembly; with Expat
		out = append(out, part{name: m[1], version: m[2], licences: []string{"EPL-2.0", "MIT"}, in: "the program"})
	}
	if len(out) < 5 {
		t.Fatalf("only %d packages in %s", len(out), found[0])
	}
	return out
}

// Whatever is delivered of others is listed with its licence, and none of them asks anything of who uses it.
// docs/parts.md is written by: go test ./internal/app -run TestPartsOfOthers -update
func TestPartsOfOthersAreListedWithLicencesThatMayBeDelivered(t *testing.T) {
	t.Parallel()
	all := append(modules(t), packages(t)...)
	slices.SortFunc(all, func(a, b part) int { return strings.Compare(a.name, b.name) })
	var out strings.Builder
	out.WriteString("# Parts of others\n\nWhat is delivered that others have made: modules of Go in the program, packages of npm in its pages. A test writes this list from what is built, " +
		"and fails for a licence that it does not know\nor that would ask for more than the part itself to stay free: `app.TestPartsOfOthersAreListedWithLicencesThatMayBeDelivered`. " +
		"The texts of the pages' licences are served with them (`licences.txt`).\n\n| part | version | licences | in |\n|---|---|---|---|\n")
	for _, p := range all {
		for _, w := range wrongOf(p) {
			t.Error(w)
		}
		fmt.Fprintf(&out, "| %s | %s | %s | %s |\n", p.name, p.version, strings.Join(p.licences, ", "), p.in)
	}
	const list = "../../docs/parts.md"
	if *update {
		must(t, os.WriteFile(list, []byte(out.String()), 0o644))
	}
	text, err := os.ReadFile(list)
	must(t, err)
	was, is := strings.Split(string(text), "\n"), strings.Split(out.String(), "\n")
	for _, line := range is {
		if !slices.Contains(was, line) {
			t.Errorf("docs/parts.md lacks, write it anew with -update: %s", line)
		}
	}
	if len(was) != len(is) {
		t.Errorf("docs/parts.md has %d lines, %d are delivered", len(was), len(is))
	}
}

func TestLicenceThatMayNotBeDeliveredIsSeen(t *testing.T) {
	t.Parallel()
	for text, may := range map[string]bool{
		"MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining\na copy of this software":           true,
		"Apache License\n   Version 2.0, January 2004":                                                                            true,
		"GNU GENERAL PUBLIC LICENSE\n Version 3, 29 June 2007":                                                                    false,
		"GNU AFFERO GENERAL PUBLIC LICENSE\nVersion 3":                                                                            false,
		"GNU LESSER GENERAL PUBLIC LICENSE\nVersion 2.1":                                                                          false,
		"Permission is hereby granted, free of charge, to any person obtaining a copy\n\"Commons Clause\" License Condition v1.0": false,
		"Business Source License 1.1":                                                                                             false,
		"All rights reserved.":                                                                                                    false,
		"":                                                                                                                        false,
	} {
		if got := wrongOf(part{licences: licencesIn(text)}); (len(got) == 0) != may {
			t.Errorf("%.60q: %v", text, got)
		}
	}
	if wrongOf(part{licences: []string{"undefined"}}) == nil || wrongOf(part{licences: []string{"GPL-3.0"}}) == nil {
		t.Error("a package's own word for its licence is not looked at")
	}
}
