package condition

import (
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/procedure"
)

// CEL has one type for days and moments, one for numbers and sums, one for all that is
// text. What of these a formula comes to follows from the facts that it names.

// typist works out which type of fact expressions of one condition come to.
type typist struct {
	e     *procedure.Edition
	r     *procedure.ActRule
	tree  *ast.AST
	mixed ast.Expr // that comes to a day one way and to a moment another; nil: none does
}

// yields is the type of fact that a checked expression comes to; NoType where no fact has its type.
func (t *typist) yields(x ast.Expr) fact.Type {
	plain := plainFact(t.tree.GetType(x.ID()))
	switch x.Kind() {
	case ast.SelectKind:
		if f := t.field(x); f != nil && !x.AsSelect().IsTestOnly() {
			return f.Type
		}
		if sel := x.AsSelect(); sel.Operand().Kind() == ast.IdentKind && sel.Operand().AsIdent() == "officer" {
			switch sel.FieldName() {
			case "office":
				return fact.Office
			case "id":
				return fact.Officer
			}
		}
	case ast.CallKind:
		return t.call(x, plain)
	}
	return plain
}

func (t *typist) call(x ast.Expr, plain fact.Type) fact.Type {
	args := x.AsCall().Args()
	switch x.AsCall().FunctionName() {
	case operators.Conditional:
		return t.either(x, t.yields(args[1]), t.yields(args[2]), plain)
	case "plus":
		if s, ok := literal(args[1]); ok && t.yields(args[0]) == fact.Date {
			if p, err := calendar.ParsePeriod(s); err == nil && p.Unit >= calendar.DaysUnit {
				return fact.Date
			}
		}
	case operators.Add, operators.Subtract, operators.Multiply, operators.Modulo, operators.Negate:
		for _, a := range args {
			if plain == fact.Number && t.yields(a) == fact.Money {
				return fact.Money
			}
		}
	case operators.Divide: // a sum by a sum is how often one goes into the other
		if plain == fact.Number && t.yields(args[0]) == fact.Money && t.yields(args[1]) != fact.Money {
			return fact.Money
		}
	}
	return plain
}

// either is what an expression comes to that comes to one thing or another.
func (t *typist) either(x ast.Expr, a, b, plain fact.Type) fact.Type {
	switch {
	case a == b:
		return a
	case a == fact.Money || b == fact.Money:
		return fact.Money
	case a == fact.Date || b == fact.Date:
		t.mixed = x
	}
	return plain
}

// texts are those that an expression can come to, where they are written out or are a
// field's choices; nil where it can come to any.
func (t *typist) texts(x ast.Expr) []string {
	if s, ok := literal(x); ok {
		return []string{s}
	}
	switch x.Kind() {
	case ast.SelectKind:
		if f := t.field(x); f != nil && f.Type == fact.Choice && !x.AsSelect().IsTestOnly() {
			return f.Choices
		}
	case ast.CallKind:
		if args := x.AsCall().Args(); x.AsCall().FunctionName() == operators.Conditional {
			if a, b := t.texts(args[1]), t.texts(args[2]); a != nil && b != nil {
				return slices.Concat(a, b)
			}
		}
	}
	return nil
}

// field is the field that an expression such as act.until names; nil if it names none.
func (t *typist) field(x ast.Expr) *procedure.Field {
	of := x.AsSelect().Operand()
	if of.Kind() == ast.SelectKind && of.AsSelect().Operand().Kind() == ast.IdentKind && of.AsSelect().Operand().AsIdent() == "sum" {
		if k := t.e.Kind(of.AsSelect().FieldName()); k != nil {
			return k.Field(x.AsSelect().FieldName())
		}
	}
	if of.Kind() != ast.IdentKind {
		return nil
	}
	if of.AsIdent() == "act" {
		return t.r.Field(x.AsSelect().FieldName())
	}
	if k := kindOf(t.e, t.r, of.AsIdent()); k != nil {
		return k.Field(x.AsSelect().FieldName())
	}
	return nil
}

// kindOf is the kind of the thing that a condition calls thing, parent or proceeding; nil for another name.
func kindOf(e *procedure.Edition, r *procedure.ActRule, name string) *procedure.Kind {
	switch name {
	case "thing":
		return e.Kinds[r.On]
	case "parent":
		if of := e.Kinds[r.On].Of; of != procedure.None {
			return e.Kinds[of]
		}
	case "proceeding":
		return e.Kinds[0]
	}
	return nil
}

// plainFact is the type of fact that values of a CEL type are, where nothing more is known.
func plainFact(t *cel.Type) fact.Type {
	switch {
	case t.IsExactType(types.IntType):
		return fact.Number
	case t.IsExactType(types.BoolType):
		return fact.YesNo
	case t.IsExactType(types.TimestampType):
		return fact.Moment
	case t.IsExactType(types.StringType):
		return fact.Text
	}
	return fact.NoType
}
