package procedure

import (
	"fmt"
	"sort"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/fault"
	"nazorat/internal/lawtext"
)

// Reason says which kind of rule an act ran against.
type Reason uint8

// Why an act is refused.
const (
	NoSuchAct      Reason = iota + 1 // this edition has no such act
	NotOpened                        // there is no proceeding yet
	AlreadyOpened                    // the proceeding was opened before
	NoSuchThing                      // the proceeding has no such thing, or it is of another kind
	WrongRole                        // only Roles may do this
	NotInCharge                      // only the officer in charge may do this
	WrongState                       // possible only in States
	BadForm                          // Fields say what is wrong where
	AfterRecorded                    // done later than it is written down
	ConditionFails                   // Rule does not hold
	Undecidable                      // Rule cannot be decided: a fact is missing
	NothingRuns                      // there is no running Term to extend
	TermOver                         // Term ran out at Due
	NoLonger                         // Term is already as long as this act can make it
	TooEarly                         // it cannot have been done before Due
	TooLate                          // the act had to come before Due
	NotBefore                        // not possible before Due: Term must pass first
	TooLong                          // the end given lies after Due, the last that Term allows
	EndsEarly                        // the end given lies before the start
	OverAlready                      // what counts toward Term leaves nothing of it: it was over at Due
	NotTaken                         // it takes nothing over from another proceeding
	NotByHand                        // it is done from the proceeding that gives things away, by its act
	LinkFails                        // the act on the other proceeding is refused: Cause
)

var reasonNames = [...]string{"", "no_such_act", "not_opened", "already_opened", "no_such_thing", "wrong_role", "not_in_charge",
	"wrong_state", "bad_form", "after_recorded", "condition", "undecidable", "nothing_runs", "term_over", "no_longer", "too_early", "too_late",
	"not_before", "too_long", "ends_early", "over_already", "not_taken", "not_by_hand", "link"}

func (r Reason) String() string { return reasonNames[r] }

// Refusal says why the law does not allow an act, under which article, and
// what it would have allowed. It is an error; Error is its English wording.
type Refusal struct {
	Reason  Reason
	Act     string
	Article string
	Rule    string            // the name of a condition
	Roles   []string          // who may
	Kind    string            // the kind whose states are named
	States  []string          // from which states
	Now     string            // the state it is in
	Fields  map[string]string // by field: the key of what is wrong
	Term    string
	Due     calendar.Moment
	Zone    *calendar.Zone
	Cause   error
}

func (r *Refusal) Unwrap() error { return r.Cause }

// Error words the refusal in English, for logs, scenarios and the command line.
func (r *Refusal) Error() string {
	var s string
	switch r.Reason {
	case NoSuchAct:
		s = fmt.Sprintf("the law has no act %s in this edition", r.Act)
	case NotOpened:
		s = fmt.Sprintf("there is no proceeding yet for %s", r.Act)
	case AlreadyOpened:
		s = "the proceeding is already open"
	case NoSuchThing:
		s = fmt.Sprintf("%s is done on a %s, and there is none such", r.Act, r.Kind)
	case WrongRole:
		s = "only " + listOr(r.Roles, aRole) + " may do this"
	case NotInCharge:
		s = "only the officer in charge may do this"
	case WrongState:
		s = fmt.Sprintf("possible only while the %s is in %s, and it is in %s", r.Kind, listOr(r.States, lawtext.Plain), lawtext.Plain(r.Now))
	case BadForm:
		names := make([]string, 0, len(r.Fields))
		for f := range r.Fields {
			names = append(names, f)
		}
		sort.Strings(names)
		for i, f := range names {
			names[i] = f + ": " + r.Fields[f]
		}
		s = strings.Join(names, "; ")
	case AfterRecorded:
		s = "it cannot have been done later than now"
	case ConditionFails:
		s = "not allowed: " + r.Rule
	case Undecidable:
		s = "cannot be decided, a fact is missing: " + r.Rule
	case NothingRuns:
		s = "there is no running term " + r.Term
	case TermOver:
		s = fmt.Sprintf("the term %s ran out on %s", r.Term, r.Zone.Format(r.Due))
	case NoLonger:
		s = fmt.Sprintf("the term %s cannot be made longer by this", r.Term)
	case TooEarly:
		s = fmt.Sprintf("it cannot have been done before %s", r.Zone.Format(r.Due))
	case TooLate:
		s = fmt.Sprintf("had to be done by %s (%s)", r.Zone.Format(r.Due), r.Term)
	case NotBefore:
		s = fmt.Sprintf("not possible until %s (%s)", r.Zone.Format(r.Due), r.Term)
	case TooLong:
		s = fmt.Sprintf("%s may last until %s at most", r.Term, r.Zone.Format(r.Due))
	case EndsEarly:
		s = fmt.Sprintf("%s would end before it begins", r.Term)
	case OverAlready:
		s = fmt.Sprintf("%s would be over on %s already: as much counts toward it", r.Term, r.Zone.Format(r.Due))
	case NotTaken:
		s = "it takes nothing over from another proceeding"
	case NotByHand:
		s = fmt.Sprintf("%s is done from the other proceeding, by its act", r.Act)
	case LinkFails:
		s = fmt.Sprintf("in the other proceeding: %v", r.Cause)
	}
	if r.Article != "" {
		s += " (" + r.Article + ")"
	}
	return s
}

// Fault is the refusal as pages, the API and gateways show it.
func (r *Refusal) Fault() *fault.Error {
	f := &fault.Error{Kind: fault.Forbidden, Key: "refusal." + r.Reason.String(), Article: r.Article, Args: fault.Args{}}
	switch r.Reason {
	case BadForm:
		f.Kind = fault.Invalid
		f.Fields = make(map[string]fault.Error, len(r.Fields))
		for name, key := range r.Fields {
			f.Fields[name] = fault.Error{Kind: fault.Invalid, Key: key}
		}
	case NoSuchThing:
		f.Kind = fault.NotFound
	case TooEarly:
		f.Kind = fault.Invalid
		f.Fields = map[string]fault.Error{"done": {Kind: fault.Invalid, Key: FieldTooEarly}}
	case AfterRecorded:
		f.Kind = fault.Invalid
		f.Fields = map[string]fault.Error{"done": {Kind: fault.Invalid, Key: FieldFuture}}
	}
	return f.Because(r)
}

func aRole(role string) string {
	switch {
	case role == InCharge:
		return "the officer in charge"
	case strings.ContainsAny(role[:1], "aeiou"):
		return "an " + lawtext.Plain(role)
	}
	return "a " + lawtext.Plain(role)
}

func listOr(list []string, word func(string) string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = word(s)
	}
	switch len(out) {
	case 0:
		return "nobody"
	case 1:
		return out[0]
	}
	return strings.Join(out[:len(out)-1], ", ") + " or " + out[len(out)-1]
}
