// Package lived gives tests proceedings that acts brought about, without a
// database: the engine decides each act, and what package docket would have stored is
// kept in memory. It serves tests only, and owns the stories that several of
// them tell: the worked vectors of counting, an investigation, a detention.
package lived

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/journal"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/stored"
	"nazorat/internal/web"
	"nazorat/laws"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Proceeding is one that acts brought about: its state, its journal newest
// first, and its deadlines as docket stores them. Make it with New.
type Proceeding struct {
	Law       *procedure.Law
	State     procedure.State
	History   []proceedings.Logged
	t         testing.TB
	deadlines map[int32]*proceedings.Deadline
}

// New is a proceeding before its first act.
func New(t testing.TB, law *procedure.Law) *Proceeding {
	return &Proceeding{t: t, Law: law, deadlines: map[int32]*proceedings.Deadline{}}
}

// loaded keeps the laws of this repository that tests of one process asked for: they are only read.
var loaded sync.Map

// Law is one of the laws of this repository, loaded once.
func Law(t testing.TB, name string) *procedure.Law {
	t.Helper()
	if law, ok := loaded.Load(name); ok {
		return law.(*procedure.Law)
	}
	law, _, err := lawload.Load(laws.FS, name)
	if err != nil {
		t.Fatal(err)
	}
	loaded.Store(name, law)
	return law
}

// Words are the texts of the shell and of the sources given, with the labels of a law.
func Words(t testing.TB, law *procedure.Law, sources ...fs.FS) *web.Catalogue {
	t.Helper()
	c, err := web.NewCatalogue([]*procedure.Law{law}, append([]fs.FS{web.Texts}, sources...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Do lets one act happen. line is "2026-03-02 14:30 role act thing"; thing may be left out.
func (l *Proceeding) Do(line string, form map[string]string) {
	l.t.Helper()
	w := strings.Fields(line)
	at := l.Moment(w[0] + " " + w[1])
	e := l.Law.At(at)
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
	next, effects, err := e.Apply(l.State, a)
	if err != nil {
		l.t.Fatalf("%s: %v", line, err)
	}
	l.State = next
	l.History = append([]proceedings.Logged{{Sealed: journal.Sealed{Entry: journal.Entry{Act: r.Name, Thing: a.Thing, Officer: a.Officer, Role: a.Role, Done: at, Recorded: at, Effects: stored.Effects(l.Law, effects)}}}}, l.History...)
	for i := range effects {
		l.keep(&effects[i], at)
	}
}

func (l *Proceeding) keep(f *procedure.Effect, at calendar.Moment) {
	d := f.Deadline
	if d.No == 0 {
		return
	}
	dl := l.deadlines[d.No]
	if dl == nil {
		dl = &proceedings.Deadline{Proceeding: "p", No: d.No, Law: l.Law.Name, Term: l.Law.TermName(d.Term), Thing: d.Thing, Started: d.Start}
		l.deadlines[d.No] = dl
	}
	dl.Due, dl.Basis, dl.Status = d.Due, stored.EncodeDeadline(l.Law, &d), stored.Running
	switch {
	case f.Kind == procedure.Met && f.Late:
		dl.Status, dl.Closed = stored.Late, at
	case f.Kind == procedure.Met:
		dl.Status, dl.Closed = stored.Met, at
	case f.Kind == procedure.Ended:
		dl.Status, dl.Closed = stored.Ended, at
	case d.Stopped != 0:
		dl.Status = stored.Stopped
	}
}

// Moment reads a date and a time of day in the zone of the law.
func (l *Proceeding) Moment(s string) calendar.Moment {
	l.t.Helper()
	m, err := l.Law.Editions[0].Days.Zone().ParseMoment(s)
	if err != nil {
		l.t.Fatal(err)
	}
	return m
}

// Deadline is the newest of a term.
func (l *Proceeding) Deadline(term string) *proceedings.Deadline {
	l.t.Helper()
	var best *proceedings.Deadline
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

// Deadlines are all there ever were, newest first, as package proceedings gives them.
func (l *Proceeding) Deadlines() []proceedings.Deadline {
	var out []proceedings.Deadline
	for no := l.State.Started; no > 0; no-- {
		if dl := l.deadlines[no]; dl != nil {
			out = append(out, *dl)
		}
	}
	return out
}

// Proceeding is what package proceedings would read of it.
func (l *Proceeding) Proceeding() *proceedings.Proceeding {
	p := &proceedings.Proceeding{ID: "p", Law: l.Law, Number: "1", State: l.State, Version: int64(len(l.History))}
	if len(l.History) > 0 {
		p.Changed = l.History[0].Done
	}
	return p
}

// Golden holds a text against a file of the test's folder testdata; with -update it writes the file.
func Golden(t testing.TB, name, got string) {
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
