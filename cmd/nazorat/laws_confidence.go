package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"nazorat/internal/lawload"
	"nazorat/internal/lawtext"
)

// markedRule is a rule of a law's file with the mark that says how sure it is.
// An extension of a term and a condition of an act have their rule's mark.
type markedRule struct {
	file    string
	line    int
	mark    string // "?" where none is given
	what    string // act, term, extension, condition
	name    string
	article string
}

// confidenceMarks in the order of the summary.
var confidenceMarks = []string{"V+", "V", "N", "M", "?"}

// confirmed reports whether no lawyer has to look at a rule any more.
func (m *markedRule) confirmed() bool { return m.mark == "V" || m.mark == "V+" }

// checkConfidence lists what of laws a lawyer has yet to confirm, each where it
// is written, and counts the marks. What is listed is no mistake: it fails only
// where a law does not load.
func checkConfidence(env environment, fsys fs.FS, names []string) error {
	for _, n := range names {
		law, _, err := lawload.Load(fsys, n)
		var problems lawtext.Problems
		switch {
		case errors.As(err, &problems):
			fmt.Fprintln(env.stderr, problems.Error())
			return errFailed
		case err != nil:
			return err
		}
		rules := markedRules(fsys, n)
		for _, b := range law.Beside { // what stands beside the law is confirmed as a whole
			rules = append(rules, markedRule{file: path.Join(n, b.Name+".yaml"), line: b.Line, mark: b.Confidence, what: "file", name: b.Name, article: b.Article})
		}
		count := map[string]int{}
		open := 0
		for i := range rules {
			r := &rules[i]
			count[r.mark]++
			if r.confirmed() {
				continue
			}
			open++
			fmt.Fprintf(env.stdout, "%s:%d: %s %s %s (%s)\n", r.file, r.line, r.mark, r.what, r.name, r.article)
		}
		var sums []string
		for _, m := range confidenceMarks {
			sums = append(sums, fmt.Sprintf("%d %s", count[m], m))
		}
		fmt.Fprintf(env.stdout, "%s: %d rules: %s; %d to be confirmed by a lawyer\n", n, len(rules), strings.Join(sums, ", "), open)
	}
	return nil
}

// markedRules reads the acts and terms of all editions of a law, by file and
// line. The law has been loaded, so its files are as they must be; a part that
// several editions include is read once.
func markedRules(fsys fs.FS, law string) (out []markedRule) {
	src := lawtext.New(fsys)
	read := map[string]bool{}
	var file func(name string)
	file = func(name string) {
		top, ok := src.Read(name)
		if read[name] || !ok {
			return
		}
		read[name] = true
		for _, e := range src.Entries(top) {
			switch e.Name {
			case "include":
				for _, part := range src.Texts(e.Value) {
					file(path.Join(law, part))
				}
			case "acts":
				for _, r := range src.Entries(e.Value) {
					out = append(out, markedAct(src, r)...)
				}
			case "terms":
				for _, r := range src.Entries(e.Value) {
					out = append(out, markedTerm(src, r)...)
				}
			}
		}
	}
	for _, name := range src.Files(law, ".yaml") {
		if base := path.Base(name); len(base) == len("2006-01-02.yaml") && base[4] == '-' {
			file(name)
		}
	}
	slices.SortStableFunc(out, func(a, b markedRule) int { return cmp.Or(strings.Compare(a.file, b.file), a.line-b.line) })
	return out
}

// marked is a rule as its own lines say; ok is false for one that is taken out ("name: ~").
func marked(src *lawtext.Source, what string, e lawtext.Entry) (r markedRule, v map[string]lawtext.Node, ok bool) {
	if e.Value.Empty() {
		return r, nil, false
	}
	v = map[string]lawtext.Node{}
	for _, x := range src.Entries(e.Value) {
		v[x.Name] = x.Value
	}
	r = markedRule{file: e.Key.File(), line: e.Key.Line(), what: what, name: e.Name, article: v["article"].Word(), mark: v["confidence"].Word()}
	if r.mark == "" {
		r.mark = "?"
	}
	return r, v, true
}

func markedAct(src *lawtext.Source, e lawtext.Entry) (out []markedRule) {
	act, v, ok := marked(src, "act", e)
	if !ok {
		return nil
	}
	out = append(out, act)
	when := v["when"]
	if !when.Given() || when.Scalar() || when.Mapping() { // one condition, which has the act's own name
		return out
	}
	for _, item := range when.Items() {
		c := act
		c.what, c.line = "condition", item.Line()
		for _, x := range src.Entries(item) {
			switch x.Name {
			case "rule":
				c.name = act.name + "." + x.Value.Word()
			case "article":
				c.article = x.Value.Word()
			}
		}
		out = append(out, c)
	}
	return out
}

func markedTerm(src *lawtext.Source, e lawtext.Entry) (out []markedRule) {
	term, v, ok := marked(src, "term", e)
	if !ok {
		return nil
	}
	out = append(out, term)
	for _, x := range src.Entries(v["extended_by"]) {
		c := term
		c.what, c.line, c.name = "extension", x.Key.Line(), term.name+"."+x.Name
		if x.Value.Mapping() {
			for _, y := range src.Entries(x.Value) {
				if y.Name == "article" {
					c.article = y.Value.Word()
				}
			}
		}
		out = append(out, c)
	}
	return out
}
