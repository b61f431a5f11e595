package desk

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"nazorat/internal/calendar"
	"nazorat/internal/docket"
	"nazorat/internal/journal"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
	"nazorat/laws"
)

var update = flag.Bool("update", false, "write the golden files anew")

// lived is a proceeding that acts brought about, without a database: its
// state, its journal newest first, and its deadlines as docket stores them.
type lived struct {
	t         *testing.T
	law       *procedure.Law
	state     procedure.State
	history   []docket.Logged
	deadlines map[int32]*docket.Deadline
}

func loadLaw(t *testing.T, name string) *procedure.Law {
	t.Helper()
	law, _, err := procedure.Load(laws.FS, name)
	if err != nil {
		t.Fatal(err)
	}
	return law
}

func wordsOf(t *testing.T, list ...*procedure.Law) *web.Catalogue {
	t.Helper()
	c, err := web.NewCatalogue(list, web.Texts, Texts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// do lets one act happen. line is "2026-03-02 14:30 role act thing"; thing may be left out.
func (l *lived) do(line string, form map[string]string) {
	l.t.Helper()
	w := strings.Fields(line)
	at := l.moment(w[0] + " " + w[1])
	e := l.law.At(at)
	r := e.Act(w[3])
	if r == nil {
		l.t.Fatalf("%s: no such act", line)
	}
	a := procedure.Act{Act: r.ID, Done: at, Recorded: at, Officer: w[2], Role: w[2], Office: "office"}
	if len(w) > 4 {
		a.Thing = int32(w[4][0] - '0')
	}
	var bad map[string]string
	if a.Form, bad = e.ReadForm(r, form); len(bad) > 0 {
		l.t.Fatalf("%s: %v", line, bad)
	}
	next, effects, err := e.Apply(l.state, a)
	if err != nil {
		l.t.Fatalf("%s: %v", line, err)
	}
	l.state = next
	l.history = append([]docket.Logged{{Entry: journal.Entry{Act: r.Name, Thing: a.Thing, Officer: a.Officer, Role: a.Role, Done: at, Recorded: at, Effects: l.law.Records(effects)}}}, l.history...)
	for i := range effects {
		l.keep(&effects[i], at)
	}
}

func (l *lived) keep(f *procedure.Effect, at calendar.Moment) {
	d := f.Deadline
	if d.No == 0 {
		return
	}
	dl := l.deadlines[d.No]
	if dl == nil {
		dl = &docket.Deadline{Proceeding: "p", No: d.No, Law: l.law.Name, Term: l.law.TermName(d.Term), Thing: d.Thing, Started: d.Start}
		l.deadlines[d.No] = dl
	}
	dl.Due, dl.Basis, dl.Status = d.Due, l.law.EncodeDeadline(&d), docket.Running
	switch {
	case f.Kind == procedure.Met && f.Late:
		dl.Status, dl.Closed = docket.Late, at
	case f.Kind == procedure.Met:
		dl.Status, dl.Closed = docket.Met, at
	case f.Kind == procedure.Ended:
		dl.Status, dl.Closed = docket.Ended, at
	case d.Stopped != 0:
		dl.Status = docket.Stopped
	}
}

func (l *lived) moment(s string) calendar.Moment {
	l.t.Helper()
	m, err := l.law.Editions[0].Days.Zone().ParseMoment(s)
	if err != nil {
		l.t.Fatal(err)
	}
	return m
}

// deadline is the newest of a term.
func (l *lived) deadline(term string) *docket.Deadline {
	l.t.Helper()
	var best *docket.Deadline
	for _, dl := range l.deadlines {
		if dl.Term == term && (best == nil || dl.No > best.No) {
			best = dl
		}
	}
	if best == nil {
		l.t.Fatalf("no deadline of the term %s", term)
	}
	return best
}

// list is all deadlines, newest first, as docket gives them.
func (l *lived) list() []docket.Deadline {
	var out []docket.Deadline
	for no := l.state.Started; no > 0; no-- {
		if dl := l.deadlines[no]; dl != nil {
			out = append(out, *dl)
		}
	}
	return out
}

func (l *lived) proceeding() *docket.Proceeding {
	p := &docket.Proceeding{ID: "p", Law: l.law, Number: "1", State: l.state, Version: int64(len(l.history))}
	if len(l.history) > 0 {
		p.Changed = l.history[0].Done
	}
	return p
}

func newLived(t *testing.T, law *procedure.Law) *lived {
	return &lived{t: t, law: law, deadlines: map[int32]*docket.Deadline{}}
}

type formed = map[string]string

var (
	report  = formed{"source": "direct", "summary": "A robbery", "assign_to": "investigator"}
	crime   = formed{"crime_article": "CC 164"}
	suspect = formed{"name": "Tursunov Bekzod"}
)

// golden holds a text against a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) == got {
		return
	}
	w, g := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range g {
		if i >= len(w) || w[i] != g[i] {
			t.Fatalf("%s, line %d:\n got %q\nwant %q", file, i+1, g[i], append(w, "")[min(i, len(w))])
		}
	}
	t.Fatalf("%s has %d lines more than came out", file, len(w)-len(g))
}

// rendered is a component as HTML in the words of a language.
func rendered(t *testing.T, w *web.Words, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := ui.Fragment(w, c).Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
