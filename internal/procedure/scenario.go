package procedure

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/lawtext"
)

// Scenarios are plain texts beside a law that say what must follow from what:
//
//	2026-03-06 23:10  investigator  detain  A as M   detained_at=2026-03-06T23:10 place="Post 4"
//	  deadline custody_motion(M)   2026-03-08 15:10
//	  state M detained
//	2026-03-07 10:00  inquirer  extend_check   refused: only a prosecutor may do this (CPC 329)
//
// A line that begins with a moment is an act: moment, role, act, the thing it
// is done on (the case, if left out), "as" a name for the thing that it adds,
// the form, and "refused:" with the words of the refusal if it must be
// refused. The actor is known by his role, or by "role:name". Indented lines
// say what holds afterwards. "#" begins a comment. "law ..." at the top names
// the edition to load from when a scenario of one law tries another.

// ScenarioReport is what came of the scenarios of one law.
type ScenarioReport struct {
	Law       string
	Files     int
	Acts      int // acts done or refused
	Expected  int // expectations held against the outcome
	Failures  lawtext.Problems
	Untouched []string // acts and terms that no scenario touches
}

// RunScenarios runs every scenarios/*.txt of a law.
func RunScenarios(fsys fs.FS, law *Law) (*ScenarioReport, error) {
	rep := &ScenarioReport{Law: law.Name}
	cover := map[string]bool{}
	dir := path.Join(law.Name, "scenarios")
	list, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, fmt.Errorf("law %s has no scenarios: %w", law.Name, err)
	}
	for _, f := range list {
		if !strings.HasSuffix(f.Name(), ".txt") {
			continue
		}
		text, err := fs.ReadFile(fsys, path.Join(dir, f.Name()))
		if err != nil {
			return nil, err
		}
		rep.Files++
		RunScenario(law, path.Join(dir, f.Name()), text, rep, cover)
	}
	last := law.Editions[len(law.Editions)-1]
	for _, r := range last.Acts {
		if r != nil && !cover["act "+r.Name] {
			rep.Untouched = append(rep.Untouched, "act "+r.Name)
		}
	}
	for _, t := range last.Terms {
		if t != nil && !cover["term "+t.Name] {
			rep.Untouched = append(rep.Untouched, "term "+t.Name)
		}
	}
	return rep, nil
}

// RunScenario runs one scenario, adding to the report. A scenario starts anew
// at each line "scenario: title".
func RunScenario(law *Law, file string, text []byte, rep *ScenarioReport, cover map[string]bool) {
	s := &scenario{law: law, file: file, rep: rep, cover: cover}
	s.begin()
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		s.line++
		s.column = 0
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
}

type scenario struct {
	law    *Law
	file   string
	line   int
	column int
	rep    *ScenarioReport
	cover  map[string]bool

	state  State
	alias  map[string]int32
	closed map[string]string // term and thing -> how it last closed
	now    calendar.Moment
}

func (s *scenario) begin() {
	s.state, s.alias, s.closed, s.now = State{}, map[string]int32{"case": 0}, map[string]string{}, 0
}

func (s *scenario) fail(what string, args ...any) {
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

func (s *scenario) do(line string) {
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
	a := Act{Act: r.ID, Done: at, Recorded: at, Officer: officer, Role: role, Office: "office"}
	as, ok := s.arguments(e, r, &a, w[4:])
	if !ok {
		return
	}
	s.rep.Acts++
	next, effects, err := e.Apply(s.state, a)
	if err != nil {
		s.refusal(err, strings.TrimSpace(refused), wantRefusal)
		return
	}
	s.cover["act "+r.Name] = true
	if wantRefusal {
		s.fail("%s was allowed; it should have been refused: %s", r.Name, strings.TrimSpace(refused))
	}
	s.state = next
	for i := range effects {
		s.after(e, &effects[i], as)
	}
}

func (s *scenario) refusal(err error, want string, wanted bool) {
	s.rep.Expected++
	switch got := err.Error(); {
	case !wanted:
		s.fail("refused: %s", got)
	case got != want:
		s.fail("refused: %s; the scenario says: %s", got, want)
	}
}

func (s *scenario) arguments(e *Edition, r *ActRule, a *Act, w []string) (as string, ok bool) {
	for i := 0; i < len(w); i++ {
		name, value, isField := strings.Cut(w[i], "=")
		switch {
		case w[i] == "as" && i+1 < len(w):
			i++
			as = w[i]
		case isField:
			f := r.Field(name)
			if f == nil {
				s.fail("the form of %s has no field %q; %s", r.Name, name, lawtext.Meant(name, FieldNames(r.Form)))
				return "", false
			}
			v, key := f.ParseValue(value, e.Days.Zone())
			if key != "" {
				if f.Type != Choice {
					s.fail("%s: %s", name, key)
					return "", false
				}
				v = TextOf(Choice, value) // the engine shall refuse it
			}
			a.Form = grow(a.Form, int(f.ID))
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

func (s *scenario) after(e *Edition, f *Effect, as string) {
	key := fmt.Sprint(f.Deadline.Term, "/", f.Deadline.Thing)
	switch f.Kind {
	case Added:
		if as != "" {
			s.alias[as] = f.Thing
		}
	case Started:
		delete(s.closed, key)
		s.cover["term "+e.Law.TermName(f.Deadline.Term)] = true
	case Met:
		s.closed[key] = "met"
		if f.Late {
			s.closed[key] = "late"
		}
	case Ended:
		s.closed[key] = "ended"
	}
}

func (s *scenario) expect(w []string) {
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

func (s *scenario) expectField(name, want string) {
	alias, field, _ := strings.Cut(name, ".")
	n, known := s.alias[alias]
	if !known || int(n) >= len(s.state.Things) {
		s.fail("nothing is called %q here", alias)
		return
	}
	t := s.state.Things[n]
	id := s.law.fields[t.Kind].find(field)
	if id == None {
		s.fail("a %s has no field %q", s.law.KindName(t.Kind), field)
		return
	}
	if got := t.Field(FieldID(id)).String(); got != want {
		s.fail("%s is %q, not %q", name, got, want)
	}
}

// expectDeadline checks the end of a running term ("2026-03-12 24:00"), or what
// became of it: met, late, ended, stopped, none.
func (s *scenario) expectDeadline(name, want string) {
	term, alias, of := strings.Cut(strings.TrimSuffix(name, ")"), "(")
	id := s.law.Term(term)
	if id == None {
		s.fail("there is no term %q; %s", term, lawtext.Meant(term, s.law.terms.list))
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
	got := "none"
	zone := s.law.Editions[0].Days.Zone()
	for key, how := range s.closed {
		var t, on int32
		if _, err := fmt.Sscanf(key, "%d/%d", &t, &on); err == nil && TermID(t) == id && (on == thing || s.state.under(on, thing)) {
			got = how
		}
	}
	i := slices.IndexFunc(s.state.Deadlines, func(d Deadline) bool { return d.Term == id && s.state.under(d.Thing, thing) })
	if i >= 0 {
		got = zone.Format(s.state.Deadlines[i].Due)
		if s.state.Deadlines[i].Stopped != 0 {
			got = "stopped"
		}
	}
	if got != want {
		s.fail("deadline %s: %s, not %s", name, got, want)
	}
}
