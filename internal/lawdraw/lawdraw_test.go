package lawdraw_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/lawbook"
	"nazorat/internal/lawdraw"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/laws"
)

var update = flag.Bool("update", false, "write the golden files anew")

var languages = []string{"en", "ru", "uz", "uz-Cyrl"}

func load(t *testing.T, files fs.FS, name string) (*procedure.Law, *web.Catalogue) {
	t.Helper()
	law, _, err := lawload.Load(files, name)
	if err != nil {
		t.Fatal(err)
	}
	words, err := web.NewCatalogue([]*procedure.Law{law}, web.Texts, lawbook.Texts)
	if err != nil {
		t.Fatal(err)
	}
	return law, words
}

// anchors makes links by which a test finds what was drawn.
var anchors = lawdraw.Links{
	State: func(kind, state string) string { return "#state/" + kind + "/" + state },
	Act:   func(name string) string { return "#act/" + name },
	Term:  func(name string) string { return "#term/" + name },
}

// Whatever an edition has, one of its drawings shows.
func TestTheDrawingsOfEveryEditionShowAllOfIt(t *testing.T) {
	t.Parallel()
	for _, name := range lawNames(t) {
		law, words := load(t, laws.FS, name)
		for _, e := range law.Editions {
			shown := map[string]bool{}
			for _, d := range lawdraw.Drawings(e) {
				for _, href := range lawdraw.Shown(e, d, words.In("en"), anchors) {
					shown[href] = true
				}
			}
			for _, k := range e.Kinds {
				if k == nil {
					continue
				}
				for _, s := range k.States {
					if href := anchors.State(k.Name, law.StateName(k.ID, s)); !shown[href] {
						t.Errorf("%s %s: %s is in no drawing", name, e.Name, href)
					}
				}
			}
			for _, act := range e.ActNames() {
				if !shown[anchors.Act(act)] {
					t.Errorf("%s %s: the act %s is in no drawing", name, e.Name, act)
				}
			}
			for _, term := range e.TermNames() {
				if !shown[anchors.Term(term)] {
					t.Errorf("%s %s: the term %s is in no drawing", name, e.Name, term)
				}
			}
		}
	}
}

// Of the last edition of every law every drawing is laid out: it is well-formed, it links where its boxes say, and
// nothing lies on anything else.
func TestNothingInADrawingLiesOnAnythingElse(t *testing.T) {
	t.Parallel()
	var artist lawdraw.Artist
	defer func() { _ = artist.Close(context.Background()) }()
	for _, name := range lawNames(t) {
		law, words := load(t, laws.FS, name)
		e := law.Editions[len(law.Editions)-1]
		for i, d := range lawdraw.Drawings(e) {
			lang := languages[i%len(languages)]
			p, err := artist.Draw(t.Context(), e, d, words.In(lang), lang, anchors)
			if err != nil {
				t.Fatal(err)
			}
			for _, fault := range lawdraw.Faults(p) {
				t.Errorf("%s %s %s in %s: %s", name, e.Name, d.ID(), lang, fault)
			}
			for _, form := range []lawdraw.Form{lawdraw.InPage, lawdraw.Alone} {
				written := wellFormed(t, p.SVG(form))
				for _, href := range lawdraw.Shown(e, d, words.In(lang), anchors) {
					if !slices.Contains(written, href) {
						t.Errorf("%s %s %s: %s is not written", name, e.Name, d.ID(), href)
					}
				}
			}
		}
	}
}

func lawNames(t *testing.T) []string {
	t.Helper()
	names, err := lawload.Names(laws.FS)
	if err != nil {
		t.Fatal(err)
	}
	if len(names) < 3 {
		t.Fatalf("only %v", names)
	}
	return names
}

// wellFormed reads a drawing as XML, fails the test if it is none or holds what can do anything, and returns where it links to.
func wellFormed(t *testing.T, svg []byte) (hrefs []string) {
	t.Helper()
	ids := map[string]bool{}
	for dec := xml.NewDecoder(bytes.NewReader(svg)); ; {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return hrefs
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, svg)
		}
		start, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "svg", "title", "desc", "style", "defs", "marker", "path", "rect", "circle", "g", "a", "text", "tspan":
		default:
			t.Errorf("an element %s", start.Name.Local)
		}
		for _, a := range start.Attr {
			switch {
			case a.Name.Local == "href":
				hrefs = append(hrefs, a.Value)
			case a.Name.Local == "id":
				if ids[a.Value] {
					t.Errorf("the id %s is given twice", a.Value)
				}
				ids[a.Value] = true
			case strings.HasPrefix(a.Name.Local, "on"), a.Name.Local == "style":
				t.Errorf("an attribute %s of %s", a.Name.Local, start.Name.Local)
			}
		}
	}
}

func TestDrawingsOfASmallLawAreWrittenAsBefore(t *testing.T) {
	t.Parallel()
	law, words := load(t, town(nil), "town/permits")
	e := law.Editions[0]
	var artist lawdraw.Artist
	list := append(lawdraw.Drawings(e), lawdraw.PartDrawings(e)...)
	var ids []string
	for _, d := range list {
		ids = append(ids, d.ID())
	}
	if got := strings.Join(ids, " "); got != "permit officer permit-2024-01-01 officer-2024-01-01 permit-hearing" {
		t.Errorf("the drawings are %s", got)
	}
	for _, d := range list {
		p, err := artist.Draw(t.Context(), e, d, words.In("en"), "en", anchors)
		if err != nil {
			t.Fatal(err)
		}
		got := p.SVG(lawdraw.Alone)
		again, err := artist.Draw(t.Context(), e, d, words.In("en"), "en", anchors)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, again.SVG(lawdraw.Alone)) {
			t.Errorf("%s is drawn otherwise the second time", d.ID())
		}
		file := "testdata/" + d.ID() + ".svg"
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not as in %s; look at it, and write it anew with -update", d.ID(), file)
		}
	}
}

func TestNoLabelBecomesMarkup(t *testing.T) {
	t.Parallel()
	hostile := `</text><script>alert(1)</script> & "quoted" '' ]]> <a href=\"javascript:x\">`
	labels := "kinds: { permit: { name: '" + strings.ReplaceAll(hostile, "'", "''") + "', states: { asked: \"" + strings.ReplaceAll(hostile, `"`, `\"`) + "\\a\" } } }\nacts: { ask: \"<b>&amp;\\x01</b>\" }\n"
	labels = strings.ReplaceAll(labels, `\\"`, `\"`)
	law, words := load(t, town(fstest.MapFS{"town/permits/labels.en.yaml": {Data: []byte(labels)}}), "town/permits")
	var artist lawdraw.Artist
	p, err := artist.Draw(t.Context(), law.Editions[0], lawdraw.Drawing{Kind: "permit"}, words.In("en"), `en" onload="x`, lawdraw.Links{
		Act: func(string) string { return `#"><script>` }})
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []lawdraw.Form{lawdraw.InPage, lawdraw.Alone} {
		svg := p.SVG(form)
		wellFormed(t, svg)
		if !strings.Contains(string(svg), "&lt;script&gt;alert(1)") || strings.Contains(string(svg), "<script") {
			t.Errorf("the label is written as %s", svg)
		}
	}
}

func TestADrawingThatTheEditionDoesNotHaveIsRefused(t *testing.T) {
	t.Parallel()
	law, words := load(t, town(nil), "town/permits")
	var artist lawdraw.Artist
	for _, d := range []lawdraw.Drawing{{Kind: "none"}, {Kind: "permit", Stage: "asked"}, {Kind: "permit", Parts: true}, {}} {
		if _, err := artist.Draw(t.Context(), law.Editions[0], d, words.In("en"), "en", lawdraw.Links{}); err == nil {
			t.Errorf("%+v was drawn", d)
		}
	}
}

// town is a small law that has one of everything that is drawn; more replaces or adds files.
func town(more fstest.MapFS) fs.FS {
	files := fstest.MapFS{}
	entries, err := os.ReadDir("testdata/town")
	if err != nil {
		panic(err)
	}
	for _, f := range entries {
		raw, err := os.ReadFile("testdata/town/" + f.Name())
		if err != nil {
			panic(err)
		}
		name := "town/permits/" + f.Name()
		if f.Name() == "calendar.yaml" {
			name = "calendars/town.yaml"
		}
		files[name] = &fstest.MapFile{Data: raw}
	}
	for name, f := range more {
		files[name] = f
	}
	return files
}
