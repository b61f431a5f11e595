package procedure

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"

	"nazorat/internal/fact"
	"nazorat/internal/lawtext"
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
)

var wantedTypes = [...]*cel.Type{nil, cel.BoolType, cel.TimestampType, cel.StringType, cel.IntType}

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

// ConditionReader compiles the conditions of a law's editions. Kinds, acts, forms and
// terms of an edition must all have their names before its conditions are read. A text
// is parsed once, however many editions have it. Not safe for concurrent use.
type ConditionReader struct {
	bases  map[*Edition]*cel.Env
	envs   map[*ActRule]*cel.Env
	parsed map[string]*cel.Ast
}

// NewConditionReader is a reader for the conditions of one law.
func NewConditionReader() *ConditionReader {
	return &ConditionReader{map[*Edition]*cel.Env{}, map[*ActRule]*cel.Env{}, map[string]*cel.Ast{}}
}

// Read compiles a condition about an act of an edition; nil, with what is wrong, if it
// cannot be understood. It may be understood, and yet name a text that can never be.
func (c *ConditionReader) Read(e *Edition, r *ActRule, source string, want Wanted) (*Condition, []Mistake) {
	if short := shortCondition(r, source, want); short != nil {
		return short, nil
	}
	env, err := c.environment(e, r)
	if err != nil {
		return nil, []Mistake{{Line: 1, Column: 1, What: err.Error()}}
	}
	parsed, at, message := c.parse(env, source)
	if parsed != nil {
		var cond *Condition
		if cond, at, message = compileCondition(env, parsed, source, wantedTypes[want]); cond != nil {
			e.justAFact(cond, r)
			return cond, e.misspeltTexts(parsed, r)
		}
	}
	what, unknown := plainCondition(message)
	m := Mistake{Line: at.Line(), Column: at.Column() + 1, What: "the condition cannot be understood: " + what}
	if unknown != "" {
		if near := lawtext.Nearest(unknown, e.namesFor(r)); near != "" {
			m.Meant = fmt.Sprintf("was %q meant?", near)
		} else if len(r.Form) > 0 {
			m.Meant = "the form of " + r.Name + " has " + strings.Join(FieldNames(r.Form), ", ")
		}
	}
	return nil, []Mistake{m}
}

// namesFor lists every name that a condition about an act could use.
func (e *Edition) namesFor(r *ActRule) []string {
	known := append(FieldNames(r.Form), "done", "recorded", "state", "since", "act", "thing", "proceeding", "officer", "count", "running")
	known = append(known, FieldNames(e.Kinds[r.On].Fields)...)
	known = append(known, FieldNames(e.Kinds[0].Fields)...)
	known = append(append(known, e.KindNames()...), e.TermNames()...)
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
func (c *ConditionReader) environment(e *Edition, r *ActRule) (env *cel.Env, err error) {
	if env = c.envs[r]; env != nil {
		return env, nil
	}
	if c.bases[e] == nil {
		if c.bases[e], err = e.baseEnvironment(); err != nil {
			return nil, err
		}
	}
	c.envs[r], err = e.environment(c.bases[e], r)
	return c.envs[r], err
}

// parse reads a text into a tree, once.
func (c *ConditionReader) parse(env *cel.Env, source string) (*cel.Ast, common.Location, string) {
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
func shortCondition(r *ActRule, source string, want Wanted) *Condition {
	name, ok := strings.CutPrefix(strings.TrimSpace(source), "act.")
	if !ok || want == YesOrNo {
		return nil
	}
	if f := r.Field(name); f != nil && (want == Anything || typeForCEL(f.Type).IsExactType(wantedTypes[want])) {
		return &Condition{Source: source, field: f.ID, of: f.Type}
	}
	if name == "done" && want == AMoment {
		return &Condition{Source: source, field: None, done: true}
	}
	return nil
}

// justAFact marks a condition that just names a fact of a thing: a date is one then, and
// no moment, and a sum has a currency.
func (e *Edition) justAFact(c *Condition, r *ActRule) {
	whose, name, ok := strings.Cut(strings.TrimSpace(c.Source), ".")
	if !ok {
		return
	}
	kind := r.On
	switch whose {
	case "thing":
	case "parent":
		kind = e.Kinds[r.On].Of
	case "proceeding":
		kind = 0
	default:
		return
	}
	if kind == None {
		return
	}
	if f := e.Kinds[kind].Field(name); f != nil {
		c.whose, c.kind, c.fact, c.of = whose, kind, f.ID, f.Type
	}
}

// compileCondition makes a condition of the wanted type; nil, with the place and CEL's complaint, if it cannot be.
func compileCondition(env *cel.Env, parsed *cel.Ast, source string, want *cel.Type) (*Condition, common.Location, string) {
	checked, iss := env.Check(parsed)
	if iss.Err() != nil {
		return nil, iss.Errors()[0].Location, iss.Errors()[0].Message
	}
	if want != nil && !checked.OutputType().IsExactType(want) {
		return nil, beginning, fmt.Sprintf("gives a %s where a %s is wanted", checked.OutputType(), want)
	}
	program, err := env.Program(checked, cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, beginning, err.Error()
	}
	return &Condition{Source: source, field: None, program: program}, nil, ""
}
