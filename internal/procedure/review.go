package procedure

import "nazorat/internal/fact"

// Question is what a law says of a field of type yes_no that asks its officer for a judgement of the whole file:
// which answer is the good one, what can be found out without him, and which sheets he looks at.
// It binds nobody: the answer is his.
type Question struct {
	Good    bool     // the answer with which all is well
	Checks  []Check  // hold where all is well, as far as a formula can tell
	Kept    []TermID // terms of which none may have run out, or been met late
	ShownBy []ActID  // acts whose sheets answer it
}

// Finding is what a check of a question came to.
type Finding struct {
	Check *Check
	Holds bool
	Known bool // otherwise a fact that it needs was not given
}

// Findings are what the checks of a question come to for a proceeding as it stands. The actor's act gives Done, Recorded,
// Officer, Role and Office. The state is not changed. Pure; safe for concurrent use.
func (e *Edition) Findings(s *State, r *ActRule, q *Question, actor Act) (out []Finding) {
	actor.Act, actor.Thing, actor.Form = r.ID, 0, nil
	scope := Scope{edition: e, state: s, act: &actor, rule: r}
	for i := range q.Checks {
		holds, err := q.Checks[i].If.holds(&scope)
		out = append(out, Finding{Check: &q.Checks[i], Holds: err == nil && holds, Known: err == nil})
	}
	return out
}

// Asks reports whether the form of an act asks questions of the whole file.
func (r *ActRule) Asks() bool {
	for _, f := range r.Form {
		if f != nil && f.Question != nil {
			return true
		}
	}
	return false
}

// Failed are the fields of an act's form whose questions were answered badly, in the order of the form. given is the
// form of an entry, under whichever edition it was made: what this one does not ask is left out.
func (r *ActRule) Failed(given map[string]fact.JSON) (out []*Field) {
	for _, f := range r.Form {
		if f == nil || f.Question == nil {
			continue
		}
		if v, err := fact.Decode(given[f.Name]); err == nil && v.Type == fact.YesNo && (v.Num != 0) != f.Question.Good {
			out = append(out, f)
		}
	}
	return out
}
