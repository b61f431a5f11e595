// Package condition is how laws state conditions: formulas of CEL over the case, the
// thing, the form, the officer, counts of things and running terms. It compiles them
// into what the engine asks (procedure.Condition), and says in a lawyer's words what
// cannot be understood.
//
// A formula sees these objects, all of them typed, so that a name that does not exist is
// found when the law is loaded and not when somebody acts:
//
//	act         the form of the act; act.done and act.recorded are moments
//	thing       the thing that the act is done on: its fields, thing.state
//	proceeding  the proceeding itself: its fields, proceeding.state
//	officer     officer.id, officer.role, officer.office, officer.in_charge
//	parent      the thing that it belongs to, where it belongs to one
//	count       count.measure.applied: how many things of a kind are in a state
//	below       the same, of those that belong to the act's thing
//	running     running.detention: whether a term runs for this thing
//	sum         sum.loss.secured: a sum or number over all things of a kind that have not come to their end
//	party       party.defence_counsel: the officers who are parties in that role
//	due, began  due.detention: when it ends; began.detention: when it started
//
// and days(a, b) and years(a, b), the calendar days and whole years from a to b in
// the law's zone, and plus(a, '10d'), the moment a period later (of a day, the day; unless hours are added).
// A fact that was not given makes the formula undecidable, never false:
// has(act.x) asks whether it was. While the form is still to be filled in
// (procedure.Scope.Ahead) that is not known either, of any of its fields.
package condition

import (
	"fmt"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// Wanted is the kind of answer that a condition must give.
type Wanted uint8

// What a law file can want of a condition.
const (
	Anything Wanted = iota
	YesOrNo
	AMoment
	AText
	ANumber
	AnEnd // a moment, or the day at whose end it is
)

var wantedTypes = [...]*cel.Type{nil, cel.BoolType, cel.TimestampType, cel.StringType, cel.IntType, cel.TimestampType}

// WantedFor is what a condition must give to be a fact of the type.
func WantedFor(t fact.Type) Wanted {
	for w, c := range wantedTypes {
		if c != nil && c.IsExactType(typeForCEL(t)) {
			return Wanted(w)
		}
	}
	return Anything
}

// Mistake is what is wrong with a condition: where in its text, what, and what was probably meant.
type Mistake struct {
	Line, Column int // in the text, from 1
	What         string
	Meant        string
}

// Reader compiles the conditions of a law's editions. Kinds, acts, forms and
// terms of an edition must all have their names before its conditions are read. A text
// is parsed once, however many editions have it. Not safe for concurrent use.
type Reader struct {
	bases  map[*procedure.Edition]*cel.Env
	envs   map[*procedure.ActRule]*cel.Env
	parsed map[string]*cel.Ast
}

// NewReader is a reader for the conditions of one law.
func NewReader() *Reader {
	return &Reader{map[*procedure.Edition]*cel.Env{}, map[*procedure.ActRule]*cel.Env{}, map[string]*cel.Ast{}}
}

// Read compiles a condition about an act of an edition; nil, with what is wrong, if it
// cannot be understood. It may be understood, and yet name a text that can never be.
func (c *Reader) Read(e *procedure.Edition, r *procedure.ActRule, source string, want Wanted) (*procedure.Condition, []Mistake) {
	if short := shortCondition(r, source, want); short != nil {
		return short, nil
	}
	env, err := c.environment(e, r)
	if err != nil {
		return nil, []Mistake{{Line: 1, Column: 1, What: err.Error()}}
	}
	parsed, at, message := c.parse(env, source)
	if parsed != nil {
		var f *formula
		if f, at, message = compile(e, r, env, parsed, want); f != nil {
			return &procedure.Condition{Source: source, Type: f.yields, Texts: f.texts, Formula: f, Names: justAFact(e, r, source)}, misspeltTexts(e, r, parsed)
		}
	}
	what, unknown := plainCondition(message)
	m := Mistake{Line: at.Line(), Column: at.Column() + 1, What: "the condition cannot be understood: " + what}
	if unknown != "" {
		if near := lawtext.Nearest(unknown, namesFor(e, r)); near != "" {
			m.Meant = fmt.Sprintf("was %q meant?", near)
		} else if len(r.Form) > 0 {
			m.Meant = "the form of " + r.Name + " has " + strings.Join(procedure.FieldNames(r.Form), ", ")
		}
	}
	return nil, []Mistake{m}
}

// namesFor lists every name that a condition about an act could use.
func namesFor(e *procedure.Edition, r *procedure.ActRule) []string {
	known := append(procedure.FieldNames(r.Form), "done", "recorded", "state", "since", "act", "thing", "proceeding", "officer", "count", "running", "sum", "party")
	known = append(known, procedure.FieldNames(e.Kinds[r.On].Fields)...)
	known = append(known, procedure.FieldNames(e.Kinds[0].Fields)...)
	known = append(append(append(known, e.KindNames()...), e.TermNames()...), partyRoles(e)...)
	for _, k := range e.Kinds {
		if k != nil {
			known = append(known, e.StateNames(k.ID, k.States)...)
		}
	}
	return known
}

// beginning of a condition's text.
var beginning = common.NewLocation(1, 0)

// environment is what conditions about an act may see, made once.
func (c *Reader) environment(e *procedure.Edition, r *procedure.ActRule) (env *cel.Env, err error) {
	if env = c.envs[r]; env != nil {
		return env, nil
	}
	if c.bases[e] == nil {
		if c.bases[e], err = baseEnvironment(e); err != nil {
			return nil, err
		}
	}
	c.envs[r], err = environment(c.bases[e], e, r)
	return c.envs[r], err
}

// parse reads a text into a tree, once.
func (c *Reader) parse(env *cel.Env, source string) (*cel.Ast, common.Location, string) {
	if parsed := c.parsed[source]; parsed != nil {
		return parsed, nil, ""
	}
	parsed, iss := env.Parse(source)
	if iss.Err() != nil {
		return nil, iss.Errors()[0].Location, iss.Errors()[0].Message
	}
	c.parsed[source] = parsed
	return parsed, nil, ""
}

// shortCondition is one that just names a field of the form, or the moment of the act, as most
// "at:" and many assignments do: no need to ask CEL each time. nil if it is another.
func shortCondition(r *procedure.ActRule, source string, want Wanted) *procedure.Condition {
	name, ok := strings.CutPrefix(strings.TrimSpace(source), "act.")
	if !ok || want == YesOrNo {
		return nil
	}
	if f := r.Field(name); f != nil && (want == Anything || typeForCEL(f.Type).IsExactType(wantedTypes[want])) {
		return &procedure.Condition{Source: source, Type: f.Type, Texts: f.Choices, Names: procedure.Named{Whose: procedure.OfAct, Field: f.ID}}
	}
	if name == "done" && (want == AMoment || want == AnEnd) {
		return &procedure.Condition{Source: source, Type: fact.Moment, Names: procedure.Named{Whose: procedure.WhenDone}}
	}
	return nil
}

// whoseFacts are the words for things in a condition.
var whoseFacts = map[string]procedure.Whose{"thing": procedure.OfThing, "parent": procedure.OfParent, "proceeding": procedure.OfProceeding}

// justAFact says which fact of a thing a condition just names, if it does.
func justAFact(e *procedure.Edition, r *procedure.ActRule, source string) (n procedure.Named) {
	whose, name, _ := strings.Cut(strings.TrimSpace(source), ".")
	if kind := kindOf(e, r, whose); kind != nil {
		if f := kind.Field(name); f != nil {
			return procedure.Named{Whose: whoseFacts[whose], Kind: kind.ID, Field: f.ID}
		}
	}
	return n
}

// compile makes a formula of the wanted type; nil, with the place and the complaint, if it cannot be.
func compile(e *procedure.Edition, r *procedure.ActRule, env *cel.Env, parsed *cel.Ast, want Wanted) (*formula, common.Location, string) {
	checked, iss := env.Check(parsed)
	if iss.Err() != nil {
		return nil, iss.Errors()[0].Location, iss.Errors()[0].Message
	}
	if t := wantedTypes[want]; t != nil && !checked.OutputType().IsExactType(t) {
		return nil, beginning, fmt.Sprintf("gives a %s where a %s is wanted", checked.OutputType(), t)
	}
	types := typist{e: e, r: r, tree: checked.NativeRep()}
	f := &formula{yields: types.yields(checked.NativeRep().Expr()), texts: types.texts(checked.NativeRep().Expr()), zone: e.Days.Zone()}
	if f.yields == fact.NoType {
		return nil, beginning, fmt.Sprintf("gives a %s where a fact is wanted", checked.OutputType())
	}
	if want == AnEnd && types.mixed != nil {
		return nil, checked.NativeRep().SourceInfo().GetStartLocation(types.mixed.ID()), "it gives a day one way and a moment another, and the end of a day is not its beginning"
	}
	quickly := translator{e: e, r: r, tree: checked.NativeRep()}
	f.quick = quickly.translate(checked.NativeRep().Expr())
	f.program = sync.OnceValues(func() (cel.Program, error) { return env.Program(checked, cel.EvalOptions(cel.OptOptimize)) })
	f.ahead = sync.OnceValues(func() (cel.Program, error) { return env.Program(checked, cel.EvalOptions(cel.OptPartialEval)) })
	f.asks = asks(checked.NativeRep(), r)
	if f.quick.none() {
		if _, err := f.program(); err != nil {
			return nil, beginning, err.Error()
		}
	}
	return f, nil, ""
}

// asks are the fields of the form that a formula names.
func asks(tree *ast.AST, r *procedure.ActRule) (out []*cel.AttributePatternType) {
	for _, x := range ast.MatchDescendants(ast.NavigateAST(tree), ast.KindMatcher(ast.SelectKind)) {
		if object, name, ok := selected(x); ok && object == "act" && r.Field(name) != nil {
			out = append(out, cel.AttributePattern(object).QualString(name))
		}
	}
	return out
}

// formula is a compiled condition.
type formula struct {
	program func() (cel.Program, error) // planned when it is first asked: what was translated hardly ever is
	ahead   func() (cel.Program, error) // the same, for when of the form nothing is known
	asks    []*cel.AttributePatternType // the fields of the form that it names
	yields  fact.Type                   // what it comes to
	texts   []string
	zone    *calendar.Zone
	quick   quick // the same, where it could be translated
}

func (f *formula) eval(s *procedure.Scope) (ref.Val, error) {
	plan, vars := f.program, cel.Activation(activation{s})
	if s.Ahead() && len(f.asks) > 0 {
		unknown, err := cel.PartialVars(vars, f.asks...)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", procedure.ErrUndecided, err)
		}
		plan, vars = f.ahead, unknown
	}
	program, err := plan()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", procedure.ErrUndecided, err)
	}
	out, _, err := program.Eval(vars)
	if err == nil && types.IsUnknown(out) {
		return nil, procedure.ErrUndecided
	}
	if err != nil {
		// Inside a checked expression only a missing fact or a sum out of range can fail.
		return nil, fmt.Errorf("%w: %w", procedure.ErrUndecided, err)
	}
	return out, nil
}

// Holds reports whether the formula comes to yes.
func (f *formula) Holds(s *procedure.Scope) (bool, error) {
	if holds, decided, err := f.quick.holds(s); decided {
		return holds, err
	}
	return f.asked(s)
}

// asked is Holds as CEL answers it.
func (f *formula) asked(s *procedure.Scope) (bool, error) {
	out, err := f.eval(s)
	return out == types.True, err
}

// Eval is the formula's value.
func (f *formula) Eval(s *procedure.Scope) (fact.Value, error) {
	if v, decided, err := f.quick.eval(s, f.yields, f.zone); decided {
		return v, err
	}
	return f.told(s)
}

// told is Eval as CEL answers it: what it gives, as the fact that it is.
func (f *formula) told(s *procedure.Scope) (fact.Value, error) {
	out, err := f.eval(s)
	if err != nil {
		return fact.Value{}, err
	}
	switch x := out.(type) {
	case types.Bool:
		if x {
			return fact.NumberOf(fact.YesNo, 1), nil
		}
		return fact.NumberOf(fact.YesNo, 0), nil
	case types.Int:
		return fact.NumberOf(f.yields, int64(x)), nil
	case types.Timestamp:
		if f.yields == fact.Date {
			return fact.DateOf(f.zone.Date(calendar.At(x.Time))), nil
		}
		return fact.MomentOf(calendar.At(x.Time)), nil
	case types.String:
		return fact.TextOf(f.yields, string(x)), nil
	}
	return fact.Value{}, fmt.Errorf("%w: %v", procedure.ErrUndecided, out.Type())
}
