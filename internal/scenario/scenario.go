// Package scenario tries a law on cases told line by line. It owns the language
// of scenarios/*.txt beside each law, its runner, and the account of what the
// scenarios of a law show:
//
//	scenario: a motion for custody, and a check that is not the inquirer's to extend
//	2026-03-06 23:10  investigator  detain  A as M   detained_at=2026-03-06T23:10 place="Post 4"
//	  deadline custody_motion(M)   2026-03-08 15:10
//	  state M detained
//	2026-03-07 10:00  inquirer  extend_check   refused: only a prosecutor may do this (CPC 329)
//
// A line that begins with a moment is an act: moment, role, act, the thing it
// is done on (the case, if left out), "as" a name for the thing that it adds,
// the form, and "refused:" with the words of the refusal if it must be
// refused. The actor is known by his role, or by "role:name". Indented lines
// say what holds afterwards. "#" begins a comment; "scenario: title" begins anew;
// "switch name choice" answers an open question of counting otherwise than by default.
//
// Other proceedings have names: "B:register_report" is done in B, "opens C" at the end
// of an act names the proceeding that its link opens, "B: state case joined" is said of B.
//
// Each act is decided by the edition in force when it is done, by the same
// engine that decides live acts. A scenario proves only what it says: a duty
// that happens to be done in time counts as shown where a line says so and
// holds, not where nobody looked. The package reads no clock and knows no law.
package scenario

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// Report is what came of the scenarios of one law.
type Report struct {
	Law      string
	Files    int
	Tried    int              // acts done or refused
	Expected int              // expectations held against the outcome
	Failures lawtext.Problems // where the law does not do what a scenario says
	Acts     []Act            // of all editions, each as often as its words differ
	Terms    []Term           // of all editions, each as often as its words differ
}

// Act says what the scenarios show of an act.
type Act struct {
	Name      string
	Since     string // the edition that gives it in these words; "" if it is in the last edition
	since     string
	Refusable bool // the law's own limits can refuse it, not only a proceeding or thing that is not there
	Allowed   bool // a scenario does it
	Refused   bool // a scenario tries it, and is refused as it says
}

// Term says what the scenarios show of a term.
type Term struct {
	Name    string
	Since   string // the edition that gives it in these words; "" if it is in the last edition
	since   string
	Waiting bool // a time of waiting: InTime is what it bars, done after it; Late is the same, refused before
	AtOnce  bool // has no number, so nobody is late by it
	Begun   bool // a scenario starts it
	InTime  bool // a scenario says that it is met, and it is
	Late    bool // a scenario says that it is met late, or that an act that would meet it comes too late, and so it is
}

// Run runs every scenarios/*.txt of a law. An error means that there are none
// or that they cannot be read; what does not hold is in the report.
func Run(fsys fs.FS, law *procedure.Law) (*Report, error) {
	dir := path.Join(law.Name, "scenarios")
	list, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, fmt.Errorf("law %s has no scenarios: %w", law.Name, err)
	}
	rep := report(law)
	for _, f := range list {
		if !strings.HasSuffix(f.Name(), ".txt") {
			continue
		}
		text, err := fs.ReadFile(fsys, path.Join(dir, f.Name()))
		if err != nil {
			return nil, fmt.Errorf("scenarios of %s: %w", law.Name, err)
		}
		rep.file(fsys, law, path.Join(dir, f.Name()), text)
	}
	return rep, nil
}

// Text runs scenarios that stand in one text; file is what problems call it.
func Text(law *procedure.Law, file string, text []byte) *Report {
	rep := report(law)
	rep.file(nil, law, file, text)
	return rep
}

func report(law *procedure.Law) *Report {
	rep := &Report{Law: law.Name}
	last := law.Editions[len(law.Editions)-1]
	for i := len(law.Editions) - 1; i >= 0; i-- {
		e := law.Editions[i]
		for _, r := range e.Acts {
			if r != nil && rep.act(r) == nil {
				rep.Acts = append(rep.Acts, Act{Name: r.Name, Since: old(last.Act(r.Name) == nil || last.Act(r.Name).Since != r.Since, r.Since), since: r.Since, Refusable: refusable(e, r)})
			}
		}
		for _, t := range e.Terms {
			if t != nil && rep.term(t) == nil {
				rep.Terms = append(rep.Terms, Term{Name: t.Name, Since: old(last.Term(t.Name) == nil || last.Term(t.Name).Since != t.Since, t.Since), since: t.Since, AtOnce: t.AtOnce, Waiting: t.Waiting()})
			}
		}
	}
	return rep
}

func old(is bool, since string) string {
	if is {
		return since
	}
	return ""
}

// of names a rule, with its edition where it is not the last.
func of(name, since string) string {
	if since == "" {
		return name
	}
	return name + " of " + since
}

// refusable: some role may not do it, some state forbids it, its form, a
// condition or a term that it lengthens can speak against it, or it comes too late.
func refusable(e *procedure.Edition, r *procedure.ActRule) bool {
	return r.Opens || len(r.When) > 0 || len(r.Extends()) > 0 ||
		slices.ContainsFunc(e.Roles, func(role string) bool { return !slices.Contains(r.By, role) }) ||
		len(r.From) > 0 && len(r.From) < len(e.Kinds[r.On].States) ||
		slices.ContainsFunc(r.Form, func(f *procedure.Field) bool { return f != nil && (!f.Optional || f.NeededIf != nil) }) ||
		slices.ContainsFunc(r.Meets(), func(t *procedure.Term) bool { return t.LateRefuse })
}

// act and term are what the report says of a rule; nil for one that it does not know.
func (r *Report) act(rule *procedure.ActRule) *Act {
	i := slices.IndexFunc(r.Acts, func(a Act) bool { return rule != nil && a.Name == rule.Name && a.since == rule.Since })
	if i < 0 {
		return nil
	}
	return &r.Acts[i]
}

func (r *Report) term(rule *procedure.Term) *Term {
	i := slices.IndexFunc(r.Terms, func(t Term) bool { return rule != nil && t.Name == rule.Name && t.since == rule.Since })
	if i < 0 {
		return nil
	}
	return &r.Terms[i]
}

// Untouched lists the acts that no scenario does and the terms that none
// starts, as "act name" and "term name". A law with such rules is not tested.
func (r *Report) Untouched() (out []string) {
	for _, a := range r.Acts {
		if !a.Allowed {
			out = append(out, "act "+of(a.Name, a.Since))
		}
	}
	for _, t := range r.Terms {
		if !t.Begun {
			out = append(out, "term "+of(t.Name, t.Since))
		}
	}
	return out
}

// Unshown lists the outcomes that a law can have and no scenario shows, such as
// "term detention met late" or "act release refused": a change of the law could
// lose them unseen. What no scenario touches at all is in Untouched instead.
func (r *Report) Unshown() (out []string) {
	for _, a := range r.Acts {
		if a.Allowed && a.Refusable && !a.Refused {
			out = append(out, "act "+of(a.Name, a.Since)+" refused")
		}
	}
	for _, t := range r.Terms {
		inTime, late := " met in time", " met late"
		if t.Waiting {
			inTime, late = " waited for", " cut short, and refused"
		}
		if t.Begun && !t.InTime {
			out = append(out, "term "+of(t.Name, t.Since)+inTime)
		}
		if t.Begun && !t.Late && !t.AtOnce {
			out = append(out, "term "+of(t.Name, t.Since)+late)
		}
	}
	return out
}

// Holds reports whether the law does all that the scenarios say, and they touch
// every rule and show every outcome.
func (r *Report) Holds() bool {
	return len(r.Failures) == 0 && len(r.Untouched()) == 0 && len(r.Unshown()) == 0
}
