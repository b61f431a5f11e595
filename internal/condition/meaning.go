package condition

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// CEL speaks to programmers. These functions say the same to a lawyer.

var (
	celUnknown  = regexp.MustCompile(`^(?:undefined field|undeclared reference to) '([^']+)'`)
	celOverload = regexp.MustCompile(`^found no matching overload for '([^']+)' applied to '(.*)'`)
	celWord     = regexp.MustCompile(`^Syntax error: (?:mismatched input|extraneous input|no viable alternative at input|token recognition error at:) '(.*?)'(?: expecting .*)?$`)
	celMissing  = regexp.MustCompile(`^Syntax error: missing '(.*?)' at`)
	celType     = regexp.MustCompile(`\b(bool|string|int|double|google\.protobuf\.Timestamp|timestamp)\b`)
)

// plainTypes are the words of the language for CEL's types.
var plainTypes = map[string]string{
	"bool": "yes_no", "string": "text", "int": "number", "double": "number with a point",
	"google.protobuf.Timestamp": "moment", "timestamp": "moment",
}

func plainType(s string) string {
	return celType.ReplaceAllStringFunc(s, func(t string) string { return plainTypes[t] })
}

// plainCondition says in plain words why a condition cannot be used; name is
// the name that does not exist, if that is why.
func plainCondition(message string) (what, name string) {
	if m := celUnknown.FindStringSubmatch(message); m != nil {
		return "it names " + quote(m[1]) + ", which does not exist", m[1]
	}
	if m := celOverload.FindStringSubmatch(message); m != nil {
		op, found := operators.FindReverse(m[1])
		if !found {
			op = m[1]
		}
		args := strings.Split(strings.Trim(plainType(m[2]), "()"), ", ")
		return quote(op) + " does not go with " + strings.Join(args, " and "), ""
	}
	if m := celWord.FindStringSubmatch(message); m != nil {
		if m[1] == "<EOF>" {
			return "it ends too early", ""
		}
		return quote(m[1]) + " does not belong here", ""
	}
	if m := celMissing.FindStringSubmatch(message); m != nil {
		return quote(m[1]) + " is missing here", ""
	}
	return plainType(strings.TrimPrefix(message, "Syntax error: ")), ""
}

func quote(s string) string { return `"` + s + `"` }

// misspeltTexts finds the texts of a condition that are compared with a choice,
// a state or a role and are none of them: CEL sees only text and text.
func misspeltTexts(e *procedure.Edition, r *procedure.ActRule, parsed *cel.Ast) []Mistake {
	tree := parsed.NativeRep()
	var out []Mistake
	check := func(named, text ast.Expr) {
		what, known := texts(e, r, named)
		s, ok := literal(text)
		if known == nil || !ok || slices.Contains(known, s) {
			return
		}
		at := tree.SourceInfo().GetStartLocation(text.ID())
		out = append(out, never(what, s, known, at))
	}
	ast.PostOrderVisit(tree.Expr(), ast.NewExprVisitor(func(x ast.Expr) {
		if k := notBelow(e, r, x); k != "" {
			at := tree.SourceInfo().GetStartLocation(x.ID())
			out = append(out, Mistake{Line: at.Line(), Column: at.Column() + 1, What: "no " + k + " belongs to a " + e.Kinds[r.On].Name, Meant: "count." + k + " counts all of the proceeding"})
		}
		if x.Kind() != ast.CallKind || len(x.AsCall().Args()) != 2 {
			return
		}
		a, b := x.AsCall().Args()[0], x.AsCall().Args()[1]
		switch x.AsCall().FunctionName() {
		case "plus":
			if s, ok := literal(b); ok {
				if _, err := calendar.ParsePeriod(s); err != nil {
					at := tree.SourceInfo().GetStartLocation(b.ID())
					out = append(out, never("a period", s, []string{"48h", "10d", "5wd", "3mo", "1y"}, at))
				}
			}
		case operators.Equals, operators.NotEquals:
			check(a, b)
			check(b, a)
		case operators.In:
			if b.Kind() == ast.ListKind {
				for _, item := range b.AsList().Elements() {
					check(a, item)
				}
			}
		}
	}))
	return out
}

// notBelow is the kind of below.kind where nothing of that kind can belong to the act's thing; else "".
func notBelow(e *procedure.Edition, r *procedure.ActRule, x ast.Expr) string {
	if x.Kind() != ast.SelectKind || x.AsSelect().Operand().Kind() != ast.IdentKind || x.AsSelect().Operand().AsIdent() != "below" {
		return ""
	}
	k := e.Kind(x.AsSelect().FieldName())
	if k == nil {
		return ""
	}
	for id := k.ID; id != procedure.None; id = e.Kinds[id].Of {
		if id == r.On {
			return ""
		}
	}
	return k.Name
}

// never says that a text can never be what it is compared with.
func never(what, text string, known []string, at common.Location) Mistake {
	return Mistake{Line: at.Line(), Column: at.Column() + 1, What: fmt.Sprintf("%s is never %q", what, text), Meant: lawtext.Meant(text, known)}
}

// literal is the text that an expression simply is.
func literal(x ast.Expr) (string, bool) {
	if x.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := x.AsLiteral().Value().(string)
	return s, ok
}

// texts lists the texts that an expression such as act.source can be; nil if it can be any.
func texts(e *procedure.Edition, r *procedure.ActRule, x ast.Expr) (what string, known []string) {
	if x.Kind() != ast.SelectKind || x.AsSelect().Operand().Kind() != ast.IdentKind {
		return "", nil
	}
	of, field := x.AsSelect().Operand().AsIdent(), x.AsSelect().FieldName()
	switch of {
	case "act":
		if f := r.Field(field); f != nil && f.Type == fact.Choice {
			return of + "." + field, f.Choices
		}
		return "", nil
	case "officer":
		if field == "role" {
			return "officer.role", e.Roles
		}
		return "", nil
	}
	kind := kindOf(e, r, of)
	if kind == nil {
		return "", nil
	}
	if field == "state" {
		return of + ".state", e.StateNames(kind.ID, kind.States)
	}
	if f := kind.Field(field); f != nil && f.Type == fact.Choice {
		return of + "." + field, f.Choices
	}
	return "", nil
}
