package procedure

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"

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

// Wanted is what a condition must give to be a fact of the type.
func (t Type) Wanted() Wanted {
	for w, c := range wantedTypes {
		if c != nil && c.IsExactType(t.celType()) {
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

// ConditionReader compiles the conditions of one edition, whose kinds, acts, forms
// and terms must all have their names by then. Not safe for concurrent use.
type ConditionReader struct {
	e    *Edition
	envs map[ActID]*cel.Env
}

// ConditionReader is a reader of the edition's conditions.
func (e *Edition) ConditionReader() *ConditionReader {
	return &ConditionReader{e, map[ActID]*cel.Env{}}
}

// Read compiles a condition about an act; nil, with what is wrong, if it cannot be
// understood. It may be understood, and yet name a text that can never be.
func (c *ConditionReader) Read(r *ActRule, source string, want Wanted) (*Condition, []Mistake) {
	env := c.envs[r.ID]
	if env == nil {
		var err error
		if env, err = c.e.environment(r); err != nil {
			return nil, []Mistake{{Line: 1, Column: 1, What: err.Error()}}
		}
		c.envs[r.ID] = env
	}
	cond, at, message := compileCondition(env, r, source, wantedTypes[want])
	if cond != nil {
		return cond, c.e.misspeltTexts(env, r, cond.Source)
	}
	what, unknown := plainCondition(message)
	m := Mistake{Line: at.Line(), Column: at.Column() + 1, What: "the condition cannot be understood: " + what}
	if unknown != "" {
		if near := lawtext.Nearest(unknown, c.e.namesFor(r)); near != "" {
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

// compileCondition makes a condition of the wanted type; nil, with the place and CEL's complaint, if it cannot be.
func compileCondition(env *cel.Env, r *ActRule, source string, want *cel.Type) (c *Condition, at common.Location, complaint string) {
	c = &Condition{Source: source, field: None}
	if name, ok := strings.CutPrefix(strings.TrimSpace(source), "act."); ok && want == nil {
		if f := r.Field(name); f != nil {
			c.field, c.of = f.ID, f.Type
			return c, nil, ""
		}
	}
	if name, ok := strings.CutPrefix(strings.TrimSpace(source), "act."); ok && want != nil && want != cel.BoolType {
		// Most "at:" and many assignments just name a field: no need to ask CEL each time.
		if f := r.Field(name); f != nil && f.Type.celType().IsExactType(want) {
			c.field, c.of = f.ID, f.Type
			return c, nil, ""
		}
		if name == "done" && want == cel.TimestampType {
			c.done = true
			return c, nil, ""
		}
	}
	ast, iss := env.Compile(source)
	if iss.Err() != nil {
		first := iss.Errors()[0]
		return nil, first.Location, first.Message
	}
	if want != nil && !ast.OutputType().IsExactType(want) {
		return nil, beginning, fmt.Sprintf("gives a %s where a %s is wanted", ast.OutputType(), want)
	}
	program, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, beginning, err.Error()
	}
	c.program = program
	return c, nil, ""
}
