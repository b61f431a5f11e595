package scenario

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/lawload"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// mostLine bounds one line: people write it.
const mostLine = 64 << 10

// file runs the scenarios of one file, adding to the report. files is nil where
// the law came without its folder: then no switch can be set and no other law opened.
func (r *Report) file(files fs.FS, law *procedure.Law, file string, text []byte) {
	r.Files++
	s := &runner{files: files, main: law, file: file, rep: r, loaded: map[string]*procedure.Law{}}
	s.begin()
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, mostLine)
	for lines.Scan() {
		s.line++
		raw := stripComment(lines.Text())
		trimmed := strings.TrimSpace(raw)
		switch {
		case trimmed == "":
		case strings.HasPrefix(trimmed, "scenario:"):
			s.begin()
		case strings.HasPrefix(raw, "switch "):
			s.turn(words(trimmed))
		case raw[0] == ' ' || raw[0] == '\t':
			s.expect(words(trimmed))
		default:
			s.do(trimmed)
		}
	}
	if err := lines.Err(); err != nil {
		s.line++
		s.fail("the rest cannot be read: %v", err)
	}
}

// runner lives through one scenario after the other of a file.
type runner struct {
	files fs.FS
	main  *procedure.Law // as its switches stand by default
	file  string
	line  int
	rep   *Report

	law      *procedure.Law // as this scenario sets its switches
	switches map[string]string
	loaded   map[string]*procedure.Law // other laws, and this one under other switches
	matters  map[string]*matter
	opened   []*matter // by links of the act at hand
	last     []procedure.Effect
	now      calendar.Moment
}

func (s *runner) begin() {
	s.law, s.switches, s.now, s.last = s.main, nil, 0, nil
	s.matters = map[string]*matter{mainCase: newMatter(mainCase, s.law)}
}

// turn sets a switch for this scenario: "switch receipt_day from_next".
func (s *runner) turn(w []string) {
	if len(w) != 3 || s.now != 0 {
		s.fail("want: switch name choice, before the first act")
		return
	}
	if s.files == nil {
		s.fail("a switch can be set only where the files of the law are at hand")
		return
	}
	if s.switches == nil {
		s.switches = map[string]string{}
	}
	known := false
	for _, e := range s.main.Editions {
		known = known || e.Switch(w[1]) != nil
	}
	if !known {
		s.fail("there is no switch %q", w[1])
		return
	}
	s.switches[w[1]] = w[2]
	key := fmt.Sprint(s.switches)
	if s.loaded[key] == nil {
		law, _, err := lawload.LoadWith(s.files, s.main.Name, s.switches)
		if err != nil {
			s.fail("%v", err)
			return
		}
		s.loaded[key] = law
	}
	s.law = s.loaded[key]
	s.matters[mainCase] = newMatter(mainCase, s.law)
}

// laws gives the law of another proceeding.
func (s *runner) laws(name string) (*procedure.Law, error) {
	if name == s.law.Name {
		return s.law, nil
	}
	if s.files == nil {
		return nil, fmt.Errorf("%s can be opened only where the files of the laws are at hand", name)
	}
	if s.loaded[name] == nil {
		law, _, err := lawload.Load(s.files, name)
		if err != nil {
			return nil, err
		}
		s.loaded[name] = law
	}
	return s.loaded[name], nil
}

func (s *runner) fail(what string, args ...any) {
	s.rep.Failures = append(s.rep.Failures, lawtext.Problem{File: s.file, Line: s.line, What: fmt.Sprintf(what, args...)})
}

func (s *runner) do(line string) {
	line, refused, wantRefusal := strings.Cut(line, "refused:")
	w := words(line)
	if len(w) < 4 {
		s.fail("want: date time role act [thing] [as name] [field=value ...]")
		return
	}
	at, err := s.law.Editions[0].Days.Zone().ParseMoment(w[0] + " " + w[1])
	if err != nil {
		s.fail("%v", err)
		return
	}
	if at < s.now {
		s.fail("acts stand in the order in which they were done")
	}
	s.now = at
	role, officer, named := strings.Cut(w[2], ":")
	if !named {
		officer = role
	}
	name, act := proceedingOf(w[3])
	m := s.matters[name]
	if m == nil { // it is opened by this act, or the engine says that there is none
		m = newMatter(name, s.law)
		s.matters[name] = m
	}
	e := m.law.At(at)
	r := e.Act(act)
	if r == nil {
		s.fail("there is no act %q; %s", act, lawtext.Meant(act, e.ActNames()))
		return
	}
	if known := roles(m.law); !slices.Contains(known, role) && (!wantRefusal || lawtext.Nearest(role, known) != "") { // a stranger may be refused
		s.fail("there is no role %q; %s", role, lawtext.Meant(role, known))
		return
	}
	a := procedure.Act{Act: r.ID, Done: at, Recorded: at, Officer: officer, Role: role, Office: "office"}
	as, opens, ok := s.arguments(m, e, r, &a, w[4:])
	if !ok {
		return
	}
	s.rep.Tried++
	s.opened = nil
	before := make(map[*matter]procedure.State, len(s.matters))
	for _, m := range s.matters {
		before[m] = m.state
	}
	all, err := s.carryOut(m, e, a, as, opens, nil, 0)
	if err != nil {
		for m, state := range before {
			m.state = state
		}
		s.refusal(e, r, err, strings.TrimSpace(refused), wantRefusal)
		return
	}
	if shown := s.rep.act(r); shown != nil && !wantRefusal {
		shown.Allowed = true
	}
	if wantRefusal {
		s.fail("%s was allowed; it should have been refused: %s", r.Name, strings.TrimSpace(refused))
	}
	for _, o := range s.opened {
		s.matters[o.name] = o
	}
	for i, d := range all {
		s.keep(d)
		if shown := s.rep.act(d.rule); i > 0 && d.m.law.Name == s.main.Name && shown != nil {
			shown.Allowed = true
		}
	}
	s.last = all[0].effects
}

func (s *runner) refusal(e *procedure.Edition, r *procedure.ActRule, err error, want string, wanted bool) {
	s.rep.Expected++
	got := err.Error()
	switch {
	case !wanted:
		s.fail("refused: %s", got)
		return
	case got != want:
		s.fail("refused: %s; the scenario says: %s", got, want)
		return
	}
	if shown := s.rep.act(r); shown != nil {
		shown.Refused = true
	}
	var refusal *procedure.Refusal
	if errors.As(err, &refusal) && (refusal.Reason == procedure.TooLate || refusal.Reason == procedure.NotBefore) {
		if shown := s.rep.term(e.Term(refusal.Term)); shown != nil {
			shown.Late = true
		}
	}
}

func (s *runner) arguments(m *matter, e *procedure.Edition, r *procedure.ActRule, a *procedure.Act, w []string) (as, opens string, ok bool) {
	for i := 0; i < len(w); i++ {
		name, value, isField := strings.Cut(w[i], "=")
		switch {
		case w[i] == "as" && i+1 < len(w):
			i++
			as = w[i]
		case w[i] == "opens" && i+1 < len(w):
			i++
			opens = w[i]
		case isField:
			f := r.Field(name)
			if f == nil {
				s.fail("the form of %s has no field %q; %s", r.Name, name, lawtext.Meant(name, procedure.FieldNames(r.Form)))
				return "", "", false
			}
			if n, known := m.thing(value); f.Type == fact.Thing && known { // things are called by their names here
				value = strconv.Itoa(int(n))
			}
			v, key := f.ParseValue(value, e.Days.Zone())
			if key != "" {
				if f.Type != fact.Choice {
					s.fail("%s", noValue(f, value, key, e.Days.Zone()))
					return "", "", false
				}
				v = fact.TextOf(fact.Choice, value) // the engine shall refuse it
			}
			if a.Form == nil {
				a.Form = make([]fact.Value, len(r.Form))
			}
			a.Form[f.ID] = v
		default:
			n, known := m.thing(w[i])
			if !known {
				s.fail("nothing is called %q here", w[i])
				return "", "", false
			}
			a.Thing = n
		}
	}
	return as, opens, true
}

// keep takes over what an act has brought about, and what its effects mean for the lines that follow.
func (s *runner) keep(done done) {
	m := done.m
	for alias, place := range done.cargo {
		m.alias[alias] = done.first + place
	}
	for i := range done.effects {
		f := &done.effects[i]
		d := &f.Deadline
		switch f.Kind {
		case procedure.Added:
			if done.as != "" && done.cargo == nil {
				m.alias[done.as] = f.Thing
			}
		case procedure.Started:
			m.closed = slices.DeleteFunc(m.closed, func(c closing) bool { return c.deadline.Term == d.Term && c.deadline.Thing == d.Thing })
			if shown := s.shown(m, d); shown != nil {
				shown.Begun = true
			}
		case procedure.Met:
			how := "met"
			if f.Late {
				how = "late"
			}
			m.closed = append(m.closed, closing{*d, how})
		case procedure.Ended:
			m.closed = append(m.closed, closing{*d, "ended"})
			if shown := s.shown(m, d); shown != nil && shown.Waiting && d.Due < s.now {
				shown.InTime = true // what it barred has been done after it
			}
		}
	}
}

// shown is what the report says of the term that a deadline is of; nil for one of another law.
func (s *runner) shown(m *matter, d *procedure.Deadline) *Term {
	if m.law.Name != s.main.Name {
		return nil
	}
	return s.rep.term(m.law.Editions[d.Edition].Terms[d.Term])
}

func (s *runner) expect(w []string) {
	s.rep.Expected++
	m := s.matters[mainCase]
	if name, ok := strings.CutSuffix(w[0], ":"); ok && len(w) > 1 {
		if m = s.matters[name]; m == nil {
			s.fail("no proceeding is called %q here", name)
			return
		}
		w = w[1:]
	}
	switch {
	case w[0] == "deadline" && (len(w) == 3 || len(w) == 4):
		s.expectDeadline(m, w[1], strings.Join(w[2:], " "))
	case w[0] == "state" && len(w) == 3:
		n, known := m.thing(w[1])
		if !known || int(n) >= len(m.state.Things) {
			s.fail("nothing is called %q here", w[1])
			return
		}
		t := m.state.Things[n]
		if got := m.law.StateName(t.Kind, t.State); got != w[2] {
			s.fail("%s is in the state %s, not %s", w[1], got, w[2])
		}
	case w[0] == "in_charge" && len(w) == 2:
		if m.state.InCharge != w[1] {
			s.fail("in charge is %q, not %q", m.state.InCharge, w[1])
		}
	case w[0] == "field" && len(w) == 3:
		s.expectField(m, w[1], w[2])
	case w[0] == "copied" && len(w) == 2:
		if !slices.ContainsFunc(s.last, func(f procedure.Effect) bool { return f.Kind == procedure.Copied && f.Value.Text == w[1] }) {
			if s.knows(s.law, w[1]) {
				s.fail("the last act sent no copy to %s", w[1])
			}
		}
	case w[0] == "linked" && len(w) == 3:
		if !slices.ContainsFunc(s.last, func(f procedure.Effect) bool {
			return f.Kind == procedure.Linked && f.Call.Procedure == w[1] && f.Call.Act == w[2]
		}) {
			s.fail("the last act did no %s in %s", w[2], w[1])
		}
	case w[0] == "step" && len(w) == 6:
		s.expectStep(m, w[1], w[2], w[3], w[4]+" "+w[5])
	default:
		s.fail("want: deadline term(thing) moment, state thing state, field thing.name value, in_charge officer, copied role, linked law act, or step term(thing) tell|escalate role moment")
	}
}

func (s *runner) expectField(m *matter, name, want string) {
	alias, field, _ := strings.Cut(name, ".")
	n, known := m.thing(alias)
	if !known || int(n) >= len(m.state.Things) {
		s.fail("nothing is called %q here", alias)
		return
	}
	t := m.state.Things[n]
	id := m.law.Field(t.Kind, field)
	if id == procedure.None {
		s.fail("a %s has no field %q", m.law.KindName(t.Kind), field)
		return
	}
	v := t.Field(id)
	if no, known := m.thing(want); v.Type == fact.Thing && known {
		want = strconv.Itoa(int(no))
	}
	if got := v.String(); got != want {
		s.fail("%s is %q, not %q", name, got, want)
	}
}

// named finds the term and the thing of "detention(M)".
func (s *runner) named(m *matter, name string) (id procedure.TermID, thing int32, ok bool) {
	term, alias, of := strings.Cut(strings.TrimSuffix(name, ")"), "(")
	if id = m.law.Term(term); id == procedure.None {
		s.fail("there is no term %q; %s", term, lawtext.Meant(term, m.law.TermNames()))
		return id, 0, false
	}
	if !of {
		return id, 0, true
	}
	if thing, ok = m.thing(alias); !ok {
		s.fail("nothing is called %q here", alias)
	}
	return id, thing, ok
}

// expectDeadline checks the end of a running term ("2026-03-12 24:00"), or what
// became of it: met, late, ended, stopped, none.
func (s *runner) expectDeadline(m *matter, name, want string) {
	id, thing, ok := s.named(m, name)
	if !ok {
		return
	}
	got, d := m.deadline(id, thing)
	if got != want {
		if why := s.noEnd(want); why != "" {
			s.fail("deadline %s: %s", name, why)
			return
		}
		s.fail("deadline %s: %s, not %s", name, got, want)
		return
	}
	if d == nil {
		return
	}
	if shown := s.shown(m, d); shown != nil {
		shown.InTime = shown.InTime || got == "met"
		shown.Late = shown.Late || got == "late"
	}
}

// expectStep checks a step of what follows when a running deadline is not met.
func (s *runner) expectStep(m *matter, name, does, role, want string) {
	id, thing, ok := s.named(m, name)
	if !ok {
		return
	}
	_, d := m.deadline(id, thing)
	if d == nil {
		s.fail("%s does not run", name)
		return
	}
	zone := m.law.Editions[0].Days.Zone()
	at, ok := m.step(d, does, role)
	switch {
	case s.noEnd(want) != "":
		s.fail("%s: %s", name, s.noEnd(want))
	case !ok:
		if role == procedure.InCharge || s.knows(m.law, role) {
			s.fail("%s: no step tells or escalates to %s", name, role)
		}
	case zone.Format(at) != want && zone.Format(at-1) != want:
		s.fail("%s: %s %s on %s, not %s", name, does, role, zone.Format(at), want)
	}
}
