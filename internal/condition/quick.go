package condition

import (
	"math"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/procedure"
)

// CEL reads a formula, checks its types and says what is wrong with it; what it
// means is CEL's alone. Most formulas of laws, though, are a handful of
// comparisons, and going through CEL's interpreter for each took half of the
// time of an act. Those are translated into functions here, from the tree that
// CEL has checked, with CEL's own rules of what cannot be decided. A tree with
// anything else in it is not translated, and where a fact is not of the type
// that the edition gives it (another edition stated it) CEL is asked as before.
// A test holds both against each other over all laws.

// known says what is known of a value.
type known uint8

const (
	given   known = iota
	missing       // a fact that it needs was not given, or it is out of range
	odd           // a fact has another type than the edition says: CEL decides
)

// What a translated formula is, by the type of its answer. Moments and days are
// numbers, microseconds since 1970: a day is its first instant.
type (
	yesNo  func(*procedure.Scope) (bool, known)
	number func(*procedure.Scope) (int64, known)
	text   func(*procedure.Scope) (string, known)
)

// quick is a translated formula; all are nil where it was not translated.
type quick struct {
	yesNo  yesNo
	number number
	text   text
}

// none reports whether nothing was translated.
func (q quick) none() bool { return q.yesNo == nil && q.number == nil && q.text == nil }

// translator translates the formulas of an act.
type translator struct {
	e    *procedure.Edition
	r    *procedure.ActRule
	tree *ast.AST
}

func (t *translator) translate(x ast.Expr) quick {
	switch {
	case t.is(x, cel.BoolType):
		return quick{yesNo: t.yesNo(x)}
	case t.is(x, cel.IntType), t.is(x, cel.TimestampType):
		return quick{number: t.number(x)}
	case t.is(x, cel.StringType):
		return quick{text: t.text(x)}
	}
	return quick{}
}

func (t *translator) is(x ast.Expr, want *cel.Type) bool {
	got := t.tree.GetType(x.ID())
	return got != nil && got.IsExactType(want)
}

// ordered reports whether both are numbers, or both moments.
func (t *translator) ordered(a, b ast.Expr) bool {
	return t.is(a, cel.IntType) && t.is(b, cel.IntType) || t.is(a, cel.TimestampType) && t.is(b, cel.TimestampType)
}

func (t *translator) yesNo(x ast.Expr) yesNo {
	switch x.Kind() {
	case ast.LiteralKind:
		if b, ok := x.AsLiteral().Value().(bool); ok {
			return func(*procedure.Scope) (bool, known) { return b, given }
		}
	case ast.SelectKind:
		if x.AsSelect().IsTestOnly() {
			return t.has(x)
		}
		return t.yesNoFact(x)
	case ast.CallKind:
		args := x.AsCall().Args()
		switch name := x.AsCall().FunctionName(); name {
		case operators.LogicalAnd, operators.LogicalOr:
			return t.both(args, name == operators.LogicalOr)
		case operators.LogicalNot:
			if a := t.yesNo(args[0]); a != nil {
				return func(s *procedure.Scope) (bool, known) { v, k := a(s); return !v, k }
			}
		case operators.Conditional:
			return either(t.yesNo(args[0]), t.yesNo(args[1]), t.yesNo(args[2]))
		case operators.Equals, operators.NotEquals:
			return t.equal(args[0], args[1], name == operators.Equals)
		case operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
			return t.compared(args[0], args[1], name)
		case operators.In:
			return t.among(args[0], args[1])
		}
	}
	return nil
}

// both is "and", or "or": what is decided by one side alone is decided, whatever is missing on the other.
func (t *translator) both(args []ast.Expr, decides bool) yesNo {
	a, b := t.yesNo(args[0]), t.yesNo(args[1])
	if a == nil || b == nil {
		return nil
	}
	return func(s *procedure.Scope) (bool, known) {
		x, kx := a(s)
		if kx == given && x == decides {
			return decides, given
		}
		y, ky := b(s)
		if ky == given && y == decides {
			return decides, given
		}
		return !decides, max(kx, ky)
	}
}

// either is one of two, as a condition decides.
func either[T any, F ~func(*procedure.Scope) (T, known)](which yesNo, a, b F) F {
	if which == nil || a == nil || b == nil {
		return nil
	}
	return func(s *procedure.Scope) (v T, k known) {
		x, k := which(s)
		switch {
		case k != given:
			return v, k
		case x:
			return a(s)
		}
		return b(s)
	}
}

// same compares two values.
func same[T comparable, F ~func(*procedure.Scope) (T, known)](a, b F, want bool) yesNo {
	if a == nil || b == nil {
		return nil
	}
	return func(s *procedure.Scope) (bool, known) {
		x, kx := a(s)
		y, ky := b(s)
		return (x == y) == want, max(kx, ky)
	}
}

func (t *translator) equal(a, b ast.Expr, want bool) yesNo {
	switch {
	case t.ordered(a, b):
		return same(t.number(a), t.number(b), want)
	case t.is(a, cel.StringType) && t.is(b, cel.StringType):
		return same(t.text(a), t.text(b), want)
	case t.is(a, cel.BoolType) && t.is(b, cel.BoolType):
		return same(t.yesNo(a), t.yesNo(b), want)
	}
	return nil
}

func (t *translator) compared(a, b ast.Expr, by string) yesNo {
	if !t.ordered(a, b) {
		return nil
	}
	switch by { // a > b is b < a
	case operators.Greater:
		a, b, by = b, a, operators.Less
	case operators.GreaterEquals:
		a, b, by = b, a, operators.LessEquals
	}
	x, y, orSame := t.number(a), t.number(b), by == operators.LessEquals
	if x == nil || y == nil {
		return nil
	}
	return func(s *procedure.Scope) (bool, known) {
		u, ku := x(s)
		v, kv := y(s)
		return u < v || orSame && u == v, max(ku, kv)
	}
}

// among asks whether a text is one of those that are written out, or one of the parties in a role.
func (t *translator) among(x, list ast.Expr) yesNo {
	if !t.is(x, cel.StringType) {
		return nil
	}
	if list.Kind() == ast.SelectKind {
		return t.amongParties(x, list)
	}
	if list.Kind() != ast.ListKind {
		return nil
	}
	var texts []string
	for _, item := range list.AsList().Elements() {
		s, ok := literal(item)
		if !ok {
			return nil
		}
		texts = append(texts, s)
	}
	a := t.text(x)
	if a == nil {
		return nil
	}
	return func(s *procedure.Scope) (bool, known) { v, k := a(s); return slices.Contains(texts, v), k }
}

func (t *translator) amongParties(x, list ast.Expr) yesNo {
	object, role, ok := selected(list)
	who := t.text(x)
	if !ok || object != "party" || list.AsSelect().IsTestOnly() || who == nil {
		return nil
	}
	return func(s *procedure.Scope) (bool, known) { v, k := who(s); return slices.Contains(s.Parties(role), v), k }
}

func (t *translator) number(x ast.Expr) number {
	switch x.Kind() {
	case ast.LiteralKind:
		if n, ok := x.AsLiteral().Value().(int64); ok {
			return func(*procedure.Scope) (int64, known) { return n, given }
		}
	case ast.SelectKind:
		if !x.AsSelect().IsTestOnly() {
			return t.numberFact(x)
		}
	case ast.CallKind:
		args, days := x.AsCall().Args(), t.e.Days
		switch name := x.AsCall().FunctionName(); name {
		case operators.Conditional:
			return either(t.yesNo(args[0]), t.number(args[1]), t.number(args[2]))
		case operators.Add:
			if t.is(args[0], cel.IntType) && t.is(args[1], cel.IntType) {
				return joined(t.number(args[0]), t.number(args[1]), sum)
			}
		case "days":
			return joined(t.number(args[0]), t.number(args[1]), func(a, b int64) (int64, known) {
				return int64(days.DaysBetween(calendar.Moment(a), calendar.Moment(b))), given
			})
		case "years":
			return joined(t.number(args[0]), t.number(args[1]), func(a, b int64) (int64, known) {
				return int64(days.YearsBetween(calendar.Moment(a), calendar.Moment(b))), given
			})
		case "plus":
			return t.plus(args[0], args[1])
		}
	}
	return nil
}

func joined(a, b number, by func(a, b int64) (int64, known)) number {
	if a == nil || b == nil {
		return nil
	}
	return func(s *procedure.Scope) (int64, known) {
		x, kx := a(s)
		y, ky := b(s)
		if k := max(kx, ky); k != given {
			return 0, k
		}
		return by(x, y)
	}
}

func sum(a, b int64) (int64, known) {
	if b > 0 && a > math.MaxInt64-b || b < 0 && a < math.MinInt64-b {
		return 0, missing
	}
	return a + b, given
}

func (t *translator) plus(from, period ast.Expr) number {
	written, ok := literal(period)
	p, err := calendar.ParsePeriod(written)
	a, days := t.number(from), t.e.Days
	if !ok || err != nil || a == nil {
		return nil
	}
	return func(s *procedure.Scope) (int64, known) {
		m, k := a(s)
		if k != given {
			return 0, k
		}
		return int64(later(days, calendar.Moment(m), p)), given
	}
}

func (t *translator) text(x ast.Expr) text {
	if s, ok := literal(x); ok {
		return func(*procedure.Scope) (string, known) { return s, given }
	}
	switch x.Kind() {
	case ast.SelectKind:
		if !x.AsSelect().IsTestOnly() {
			return t.textFact(x)
		}
	case ast.CallKind:
		if args := x.AsCall().Args(); x.AsCall().FunctionName() == operators.Conditional {
			return either(t.yesNo(args[0]), t.text(args[1]), t.text(args[2]))
		}
	}
	return nil
}

// value of the fact as CEL would be told it: celValue without CEL's types.
func value(v fact.Value, want *cel.Type, zone *calendar.Zone) (int64, string, known) {
	switch {
	case v.Type == fact.NoType:
		return 0, "", missing
	case !typeForCEL(v.Type).IsExactType(want):
		return 0, "", odd
	case v.Type == fact.Number, v.Type == fact.Money:
		if v.Text != "" {
			return 0, "", missing
		}
	case v.Type == fact.Date:
		return int64(zone.Moment(calendar.Date(v.Num), 0)), "", given
	}
	return v.Num, v.Text, given
}

// look finds a fact of an act or a thing.
type look func(*procedure.Scope) fact.Value

// fact is the fact that an expression such as thing.born names; nil for another expression.
func (t *translator) fact(x ast.Expr) look {
	of, f := x.AsSelect().Operand(), t.field(x)
	if f == nil {
		return nil
	}
	if of.AsIdent() == "act" {
		return func(s *procedure.Scope) fact.Value { return s.Act().Fact(f.ID, f.Type) }
	}
	thing := t.thing(of.AsIdent())
	return func(s *procedure.Scope) fact.Value {
		if of := thing(s); of != nil {
			return of.Field(f.ID)
		}
		return fact.Value{}
	}
}

func (t *translator) field(x ast.Expr) *procedure.Field {
	of := typist{e: t.e, r: t.r, tree: t.tree}
	return of.field(x)
}

// thing finds what a condition calls thing, parent or proceeding, where it is of the kind that the edition says.
func (t *translator) thing(name string) func(*procedure.Scope) *procedure.Thing {
	kind := kindOf(t.e, t.r, name)
	if kind == nil {
		return nil
	}
	whose := whoseFacts[name]
	return func(s *procedure.Scope) *procedure.Thing {
		if of := thingOf(s, whose); of != nil && of.Kind == kind.ID {
			return of
		}
		return nil
	}
}

// selected is an expression that names something of one of the objects that a formula sees.
func selected(x ast.Expr) (object, name string, ok bool) {
	of := x.AsSelect().Operand()
	if of.Kind() != ast.IdentKind {
		return "", "", false
	}
	return of.AsIdent(), x.AsSelect().FieldName(), true
}

func (t *translator) has(x ast.Expr) yesNo {
	object, name, ok := selected(x)
	if !ok {
		return nil
	}
	if object == "due" || object == "began" {
		term := t.e.Term(name)
		return func(s *procedure.Scope) (bool, known) { return s.Clock(term.ID) != nil, given }
	}
	f := t.field(x)
	if f == nil {
		return nil
	}
	if object == "act" {
		return func(s *procedure.Scope) (bool, known) {
			if s.Ahead() {
				return false, missing
			}
			return s.Act().Value(f.ID).Type == f.Type, given
		}
	}
	fact := t.fact(x)
	return func(s *procedure.Scope) (bool, known) { return fact(s).Given(), given }
}

func (t *translator) yesNoFact(x ast.Expr) yesNo {
	object, name, ok := selected(x)
	if !ok {
		return nil
	}
	switch {
	case object == "running":
		term := t.e.Term(name)
		return func(s *procedure.Scope) (bool, known) { return s.Runs(term), given }
	case object == "officer" && name == "in_charge":
		return func(s *procedure.Scope) (bool, known) { return s.InCharge(), given }
	}
	fact, zone := t.fact(x), t.e.Days.Zone()
	if fact == nil {
		return nil
	}
	return func(s *procedure.Scope) (bool, known) {
		n, _, k := value(fact(s), cel.BoolType, zone)
		return n != 0, k
	}
}

func (t *translator) numberFact(x ast.Expr) number {
	object, name, ok := selected(x)
	if !ok {
		return t.count(x)
	}
	switch {
	case object == "due" || object == "began":
		return t.clock(name, object == "due")
	case object == "act" && name == "done":
		return func(s *procedure.Scope) (int64, known) { return int64(s.Act().Done), given }
	case object == "act" && name == "recorded":
		return func(s *procedure.Scope) (int64, known) { return int64(s.Act().Recorded), given }
	case name == "since":
		if thing := t.thing(object); thing != nil {
			return func(s *procedure.Scope) (int64, known) {
				if of := thing(s); of != nil {
					return int64(of.Since), given
				}
				return 0, missing
			}
		}
	}
	fact, zone, want := t.fact(x), t.e.Days.Zone(), cel.IntType
	if fact == nil {
		return nil
	}
	if t.is(x, cel.TimestampType) {
		want = cel.TimestampType
	}
	return func(s *procedure.Scope) (int64, known) {
		n, _, k := value(fact(s), want, zone)
		return n, k
	}
}

func (t *translator) clock(name string, due bool) number {
	term := t.e.Term(name)
	return func(s *procedure.Scope) (int64, known) {
		d := s.Clock(term.ID)
		switch {
		case d == nil:
			return 0, missing
		case due:
			return int64(d.Due), given
		}
		return int64(d.Start), given
	}
}

// count is how many things of a kind are in a state: count.measure.applied, below.measure.all.
func (t *translator) count(x ast.Expr) number {
	of := x.AsSelect().Operand()
	if of.Kind() != ast.SelectKind || of.AsSelect().IsTestOnly() {
		return nil
	}
	object, name, ok := selected(of)
	kind := t.e.Kind(name)
	if !ok || kind == nil || object != "count" && object != "below" {
		return nil
	}
	state := procedure.StateID(procedure.None)
	if in := x.AsSelect().FieldName(); in != "all" {
		state = t.e.State(kind.ID, in)
	}
	return func(s *procedure.Scope) (int64, known) {
		under := int32(procedure.None)
		if object == "below" {
			under = s.Thing()
		}
		return int64(s.Count(kind.ID, state, under)), given
	}
}

func (t *translator) textFact(x ast.Expr) text {
	object, name, ok := selected(x)
	if !ok {
		return nil
	}
	switch {
	case object == "officer" && name == "id":
		return func(s *procedure.Scope) (string, known) { return s.Act().Officer, given }
	case object == "officer" && name == "role":
		return func(s *procedure.Scope) (string, known) { return s.Act().Role, given }
	case object == "officer" && name == "office":
		return func(s *procedure.Scope) (string, known) { return s.Act().Office, given }
	case name == "state":
		if thing := t.thing(object); thing != nil {
			return func(s *procedure.Scope) (string, known) {
				if of := thing(s); of != nil {
					return t.e.Law.StateName(of.Kind, of.State), given
				}
				return "", missing
			}
		}
	}
	fact, zone := t.fact(x), t.e.Days.Zone()
	if fact == nil {
		return nil
	}
	return func(s *procedure.Scope) (string, known) {
		_, v, k := value(fact(s), cel.StringType, zone)
		return v, k
	}
}

// holds decides a formula that was translated to yes or no; decided is false where CEL is to be asked.
func (q *quick) holds(s *procedure.Scope) (holds, decided bool, err error) {
	if q.yesNo == nil {
		return false, false, nil
	}
	v, k := q.yesNo(s)
	if k == missing {
		return false, true, procedure.ErrUndecided
	}
	return v && k == given, k == given, nil
}

// eval gives the fact that a translated formula comes to; decided is false where CEL is to be asked.
func (q *quick) eval(s *procedure.Scope, yields fact.Type, zone *calendar.Zone) (v fact.Value, decided bool, err error) {
	var k known
	switch {
	case q.yesNo != nil:
		var yes bool
		yes, k = q.yesNo(s)
		v = fact.NumberOf(fact.YesNo, 0)
		if yes {
			v.Num = 1
		}
	case q.number != nil:
		var n int64
		n, k = q.number(s)
		switch yields {
		case fact.Date:
			v = fact.DateOf(zone.Date(calendar.Moment(n)))
		case fact.Moment:
			v = fact.MomentOf(calendar.Moment(n))
		default:
			v = fact.NumberOf(yields, n)
		}
	case q.text != nil:
		var written string
		written, k = q.text(s)
		v = fact.TextOf(yields, written)
	default:
		return v, false, nil
	}
	switch k {
	case missing:
		return fact.Value{}, true, procedure.ErrUndecided
	case odd:
		return fact.Value{}, false, nil
	}
	return v, true, nil
}
