package scenario

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// mostLine bounds one line: people write it.
const mostLine = 64 << 10

// file runs the scenarios of one file, adding to the report.
func (r *Report) file(law *procedure.Law, file string, text []byte) {
	r.Files++
	s := &runner{law: law, file: file, rep: r}
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
	law  *procedure.Law
	file string
	line int
	rep  *Report

	state  procedure.State
	alias  map[string]int32
	closed []closing // in the order in which they closed
	now    calendar.Moment
}

// closing is how a deadline came to its end: met, late or ended.
type closing struct {
	term  procedure.TermID
	thing int32
	how   string
}

func (s *runner) begin() {
	s.state, s.alias, s.closed, s.now = procedure.State{}, map[string]int32{"case": 0}, nil, 0
}

func (s *runner) fail(what string, args ...any) {
	s.rep.Failures = append(s.rep.Failures, lawtext.Problem{File: s.file, Line: s.line, What: fmt.Sprintf(what, args...)})
}

func stripComment(line string) string {
	quoted := false
	for i, r := range line {
		switch {
		case r == '"':
			quoted = !quoted
		case r == '#' && !quoted && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t'):
			return line[:i]
		}
	}
	return line
}

// words splits at blanks; quotes hold a text together.
func words(line string) []string {
	var out []string
	var b strings.Builder
	quoted, open := false, false
	for _, r := range line {
		switch {
		case r == '"':
			quoted, open = !quoted, true
		case (r == ' ' || r == '\t') && !quoted:
			if open {
				out = append(out, b.String())
				b.Reset()
				open = false
			}
		default:
			b.WriteRune(r)
			open = true
		}
	}
	if open {
		out = append(out, b.String())
	}
	return out
}

func (s *runner) do(line string) {
	line, refused, wantRefusal := strings.Cut(line, "refused:")
	w := words(line)
	if len(w) < 4 {
		s.fail("want: date time role act [thing] [as name] [field=value ...]")
		return
	}
	first := s.law.Editions[0]
	at, err := first.Days.Zone().ParseMoment(w[0] + " " + w[1])
	if err != nil {
		s.fail("%v", err)
		return
	}
	if at < s.now {
		s.fail("acts stand in the order in which they were done")
	}
	s.now = at
	e := s.law.At(at)
	role, officer, named := strings.Cut(w[2], ":")
	if !named {
		officer = role
	}
	r := e.Act(w[3])
	if r == nil {
		s.fail("there is no act %q; %s", w[3], lawtext.Meant(w[3], e.ActNames()))
		return
	}
	a := procedure.Act{Act: r.ID, Done: at, Recorded: at, Officer: officer, Role: role, Office: "office"}
	as, ok := s.arguments(e, r, &a, w[4:])
	if !ok {
		return
	}
	s.rep.Tried++
	next, effects, err := e.Apply(s.state, a)
	if err != nil {
		s.refusal(r, err, strings.TrimSpace(refused), wantRefusal)
		return
	}
	if shown := s.rep.act(r.Name); shown != nil && !wantRefusal {
		shown.Allowed = true
	}
	if wantRefusal {
		s.fail("%s was allowed; it should have been refused: %s", r.Name, strings.TrimSpace(refused))
	}
	s.state = next
	for i := range effects {
		s.after(&effects[i], as)
	}
}

func (s *runner) refusal(r *procedure.ActRule, err error, want string, wanted bool) {
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
	if shown := s.rep.act(r.Name); shown != nil {
		shown.Refused = true
	}
	var refusal *procedure.Refusal
	if errors.As(err, &refusal) && refusal.Reason == procedure.TooLate {
		if shown := s.rep.term(refusal.Term); shown != nil {
			shown.Late = true
		}
	}
}

func (s *runner) arguments(e *procedure.Edition, r *procedure.ActRule, a *procedure.Act, w []string) (as string, ok bool) {
	for i := 0; i < len(w); i++ {
		name, value, isField := strings.Cut(w[i], "=")
		switch {
		case w[i] == "as" && i+1 < len(w):
			i++
			as = w[i]
		case isField:
			f := r.Field(name)
			if f == nil {
				s.fail("the form of %s has no field %q; %s", r.Name, name, lawtext.Meant(name, procedure.FieldNames(r.Form)))
				return "", false
			}
			v, key := f.ParseValue(value, e.Days.Zone())
			if key != "" {
				if f.Type != procedure.Choice {
					s.fail("%s: %s", name, key)
					return "", false
				}
				v = procedure.TextOf(procedure.Choice, value) // the engine shall refuse it
			}
			if a.Form == nil {
				a.Form = make([]procedure.Value, len(r.Form))
			}
			a.Form[f.ID] = v
		default:
			n, known := s.alias[w[i]]
			if !known {
				s.fail("nothing is called %q here", w[i])
				return "", false
			}
			a.Thing = n
		}
	}
	return as, true
}

// after keeps what an effect means for the lines that follow.
func (s *runner) after(f *procedure.Effect, as string) {
	d := &f.Deadline
	switch f.Kind {
	case procedure.Added:
		if as != "" {
			s.alias[as] = f.Thing
		}
	case procedure.Started:
		s.closed = slices.DeleteFunc(s.closed, func(c closing) bool { return c.term == d.Term && c.thing == d.Thing })
		if shown := s.rep.term(s.law.TermName(d.Term)); shown != nil {
			shown.Begun = true
		}
	case procedure.Met:
		how := "met"
		if f.Late {
			how = "late"
		}
		s.closed = append(s.closed, closing{d.Term, d.Thing, how})
	case procedure.Ended:
		s.closed = append(s.closed, closing{d.Term, d.Thing, "ended"})
	}
}

func (s *runner) expect(w []string) {
	s.rep.Expected++
	switch {
	case w[0] == "deadline" && (len(w) == 3 || len(w) == 4):
		s.expectDeadline(w[1], strings.Join(w[2:], " "))
	case w[0] == "state" && len(w) == 3:
		n, known := s.alias[w[1]]
		if !known || int(n) >= len(s.state.Things) {
			s.fail("nothing is called %q here", w[1])
			return
		}
		t := s.state.Things[n]
		if got := s.law.StateName(t.Kind, t.State); got != w[2] {
			s.fail("%s is in the state %s, not %s", w[1], got, w[2])
		}
	case w[0] == "in_charge" && len(w) == 2:
		if s.state.InCharge != w[1] {
			s.fail("in charge is %q, not %q", s.state.InCharge, w[1])
		}
	case w[0] == "field" && len(w) == 3:
		s.expectField(w[1], w[2])
	default:
		s.fail("want: deadline term(thing) moment, state thing state, field thing.name value, or in_charge officer")
	}
}

func (s *runner) expectField(name, want string) {
	alias, field, _ := strings.Cut(name, ".")
	n, known := s.alias[alias]
	if !known || int(n) >= len(s.state.Things) {
		s.fail("nothing is called %q here", alias)
		return
	}
	t := s.state.Things[n]
	id := s.law.Field(t.Kind, field)
	if id == procedure.None {
		s.fail("a %s has no field %q", s.law.KindName(t.Kind), field)
		return
	}
	if got := t.Field(id).String(); got != want {
		s.fail("%s is %q, not %q", name, got, want)
	}
}

// expectDeadline checks the end of a running term ("2026-03-12 24:00"), or what
// became of it: met, late, ended, stopped, none.
func (s *runner) expectDeadline(name, want string) {
	term, alias, of := strings.Cut(strings.TrimSuffix(name, ")"), "(")
	id := s.law.Term(term)
	if id == procedure.None {
		s.fail("there is no term %q; %s", term, lawtext.Meant(term, s.law.TermNames()))
		return
	}
	thing := int32(0)
	if of {
		n, known := s.alias[alias]
		if !known {
			s.fail("nothing is called %q here", alias)
			return
		}
		thing = n
	}
	got := s.deadline(id, thing)
	if got != want {
		s.fail("deadline %s: %s, not %s", name, got, want)
		return
	}
	if shown := s.rep.term(term); shown != nil {
		shown.InTime = shown.InTime || got == "met"
		shown.Late = shown.Late || got == "late"
	}
}

// deadline says what a term has come to, for a thing or what belongs to it: its
// end where it runs, else how it last closed.
func (s *runner) deadline(term procedure.TermID, thing int32) string {
	for _, d := range s.state.Deadlines {
		if d.Term != term || !s.state.Under(d.Thing, thing) {
			continue
		}
		if d.Stopped != 0 {
			return "stopped"
		}
		return s.law.Editions[0].Days.Zone().Format(d.Due)
	}
	for _, c := range slices.Backward(s.closed) {
		if c.term == term && s.state.Under(c.thing, thing) {
			return c.how
		}
	}
	return "none"
}
