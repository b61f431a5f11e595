package condition

import (
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/procedure"
)

// activation lets CEL look at what a formula may see. It and its views are the scope
// under other types, so that looking at one allocates nothing.
type activation struct{ *procedure.Scope }

type (
	actView        struct{ *procedure.Scope }
	thingView      struct{ *procedure.Scope }
	proceedingView struct{ *procedure.Scope }
	officerView    struct{ *procedure.Scope }
	countView      struct{ *procedure.Scope }
	runningView    struct{ *procedure.Scope }
	parentView     struct{ *procedure.Scope }
	belowView      struct{ *procedure.Scope }
	dueView        struct{ *procedure.Scope }
	beganView      struct{ *procedure.Scope }
	sumView        struct{ *procedure.Scope }
	partyView      struct{ *procedure.Scope }
	kindCount      struct {
		*procedure.Scope
		under int32 // None: anywhere
	}
)

// ResolveName is cel's way to ask for a variable.
func (s activation) ResolveName(name string) (any, bool) {
	switch name {
	case "act":
		return actView(s), true
	case "thing":
		return thingView(s), true
	case "proceeding":
		return proceedingView(s), true
	case "officer":
		return officerView(s), true
	case "count":
		return countView(s), true
	case "running":
		return runningView(s), true
	case "parent":
		return parentView(s), true
	case "below":
		return belowView(s), true
	case "due":
		return dueView(s), true
	case "began":
		return beganView(s), true
	case "sum":
		return sumView(s), true
	case "party":
		return partyView(s), true
	}
	return nil, false
}

// Parent is part of cel's activation.
func (s activation) Parent() cel.Activation { return nil }

// typeForCEL is the CEL type of a field's values.
func typeForCEL(t fact.Type) *cel.Type {
	switch t {
	case fact.Number, fact.Money, fact.Thing:
		return cel.IntType
	case fact.YesNo:
		return cel.BoolType
	case fact.Date, fact.Moment:
		return cel.TimestampType
	}
	return cel.StringType
}

func celValue(v fact.Value, zone *calendar.Zone) (any, error) {
	switch v.Type {
	case fact.NoType:
		return nil, procedure.ErrUndecided
	case fact.Number, fact.Money:
		if v.Text != "" {
			return nil, procedure.ErrUndecided // a sum in another currency is no number of this one's
		}
		return types.Int(v.Num), nil
	case fact.Thing:
		return types.Int(v.Num), nil
	case fact.YesNo:
		return types.Bool(v.Num != 0), nil
	case fact.Date:
		return celMoment(zone.Moment(calendar.Date(v.Num), 0)), nil
	case fact.Moment:
		return celMoment(calendar.Moment(v.Num)), nil
	}
	return types.String(v.Text), nil
}

func celMoment(m calendar.Moment) types.Timestamp { return types.Timestamp{Time: m.Time()} }

// vocabulary knows the types of everything that a condition of one edition may name.
type vocabulary struct {
	types.Provider
	edition *procedure.Edition
}

// Names of the CEL types; those of acts and kinds carry the name.
const (
	actType     = "act:"
	thingType   = "thing:"
	countType   = "count"
	countOfType = "count:"
	officerType = "officer"
	runningType = "running"
	belowType   = "below"
	dueType     = "due"
	beganType   = "began"
	sumType     = "sum"
	sumOfType   = "sum:"
	partyType   = "party"
)

func (v *vocabulary) FindStructType(name string) (*types.Type, bool) {
	if _, ok := v.FindStructFieldNames(name); ok {
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	return v.Provider.FindStructType(name)
}

func (v *vocabulary) FindStructFieldNames(name string) ([]string, bool) {
	e := v.edition
	switch {
	case strings.HasPrefix(name, actType):
		if r := e.Act(name[len(actType):]); r != nil {
			return append(procedure.FieldNames(r.Form), "done", "recorded"), true
		}
	case strings.HasPrefix(name, thingType):
		if k := e.Kind(name[len(thingType):]); k != nil {
			return append(procedure.FieldNames(k.Fields), "state", "since"), true
		}
	case strings.HasPrefix(name, countOfType):
		if k := e.Kind(name[len(countOfType):]); k != nil {
			return append(e.StateNames(k.ID, k.States), "all"), true
		}
	case strings.HasPrefix(name, sumOfType):
		if k := e.Kind(name[len(sumOfType):]); k != nil {
			return addable(k), true
		}
	case name == countType, name == belowType, name == sumType:
		return e.KindNames(), true
	case name == runningType, name == dueType, name == beganType:
		return e.TermNames(), true
	case name == officerType:
		return []string{"id", "role", "office", "in_charge"}, true
	case name == partyType:
		return partyRoles(e), true
	}
	return v.Provider.FindStructFieldNames(name)
}

func (v *vocabulary) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	e := v.edition
	switch {
	case strings.HasPrefix(name, actType):
		if r := e.Act(name[len(actType):]); r != nil {
			return actField(e, r, field)
		}
	case strings.HasPrefix(name, thingType):
		if k := e.Kind(name[len(thingType):]); k != nil {
			return thingField(e, k, field)
		}
	case strings.HasPrefix(name, countOfType):
		if k := e.Kind(name[len(countOfType):]); k != nil {
			return stateCount(e, k, field)
		}
	case strings.HasPrefix(name, sumOfType):
		if k := e.Kind(name[len(sumOfType):]); k != nil {
			return sumField(k, field)
		}
	case name == sumType:
		if e.Kind(field) != nil {
			return &types.FieldType{Type: types.NewObjectType(sumOfType + field), IsSet: always, GetFrom: func(o any) (any, error) { return o, nil }}, true
		}
		return nil, false
	case name == countType:
		if k := e.Kind(field); k != nil {
			return &types.FieldType{Type: types.NewObjectType(countOfType + field), IsSet: always,
				GetFrom: func(o any) (any, error) { return kindCount{o.(countView).Scope, procedure.None}, nil }}, true
		}
		return nil, false
	case name == belowType:
		if k := e.Kind(field); k != nil {
			return &types.FieldType{Type: types.NewObjectType(countOfType + field), IsSet: always, GetFrom: func(o any) (any, error) {
				s := o.(belowView)
				return kindCount{s.Scope, s.Thing()}, nil
			}}, true
		}
		return nil, false
	case name == dueType, name == beganType:
		if t := e.Term(field); t != nil {
			return clockField(t), true
		}
		return nil, false
	case name == runningType:
		if t := e.Term(field); t != nil {
			return &types.FieldType{Type: types.BoolType, IsSet: always, GetFrom: func(o any) (any, error) {
				s := o.(runningView)
				return types.Bool(s.Runs(t)), nil
			}}, true
		}
		return nil, false
	case name == officerType:
		return officerField(field)
	case name == partyType:
		if slices.Contains(partyRoles(e), field) {
			return &types.FieldType{Type: types.NewListType(types.StringType), IsSet: always, GetFrom: func(o any) (any, error) { return o.(partyView).Parties(field), nil }}, true
		}
		return nil, false
	}
	return v.Provider.FindStructFieldType(name, field)
}

func always(any) bool { return true }

// partyRoles are the roles in which officers are parties under an edition.
func partyRoles(e *procedure.Edition) (out []string) {
	for _, k := range e.Kinds {
		if k != nil && k.Party != nil && !slices.Contains(out, k.Party.As) {
			out = append(out, k.Party.As)
		}
	}
	return out
}

func actField(e *procedure.Edition, r *procedure.ActRule, name string) (*types.FieldType, bool) {
	zone := e.Days.Zone()
	switch name {
	case "done":
		return &types.FieldType{Type: types.TimestampType, IsSet: always,
			GetFrom: func(o any) (any, error) { return celMoment(o.(actView).Act().Done), nil }}, true
	case "recorded":
		return &types.FieldType{Type: types.TimestampType, IsSet: always,
			GetFrom: func(o any) (any, error) { return celMoment(o.(actView).Act().Recorded), nil }}, true
	}
	f := r.Field(name)
	if f == nil {
		return nil, false
	}
	return &types.FieldType{Type: typeForCEL(f.Type),
		IsSet:   func(o any) bool { return o.(actView).Act().Value(f.ID).Type == f.Type },
		GetFrom: func(o any) (any, error) { return celValue(o.(actView).Act().Fact(f.ID, f.Type), zone) }}, true
}

// thingOf is the act's thing, what it belongs to, or the proceeding itself; nil where there is none.
func thingOf(s *procedure.Scope, whose procedure.Whose) *procedure.Thing {
	if whose == procedure.OfProceeding {
		return s.State().Root()
	}
	if int(s.Thing()) >= len(s.State().Things) {
		return nil
	}
	t := &s.State().Things[s.Thing()]
	if whose == procedure.OfThing {
		return t
	}
	if t.Of < 0 {
		return nil
	}
	return &s.State().Things[t.Of]
}

// later is the moment a period after another.
func later(days *calendar.Days, from calendar.Moment, p calendar.Period) calendar.Moment {
	return days.End(calendar.Rule{Counts: calendar.FromMoment}, from, calendar.Span{Within: p}).Due
}

// thingField serves the act's thing, what it belongs to, and the proceeding itself: they differ in which thing they look at.
func thingField(e *procedure.Edition, k *procedure.Kind, name string) (*types.FieldType, bool) {
	zone := e.Days.Zone()
	of := func(o any) *procedure.Thing {
		switch v := o.(type) {
		case thingView:
			return thingOf(v.Scope, procedure.OfThing)
		case parentView:
			return thingOf(v.Scope, procedure.OfParent)
		case proceedingView:
			return thingOf(v.Scope, procedure.OfProceeding)
		}
		return nil
	}
	look := func(o any) *procedure.Thing {
		if t := of(o); t != nil && t.Kind == k.ID { // observed, an act may name a thing of another kind: nothing is known of it
			return t
		}
		return nil
	}
	switch name {
	case "state":
		return &types.FieldType{Type: types.StringType, IsSet: always, GetFrom: func(o any) (any, error) {
			if t := look(o); t != nil {
				return types.String(e.Law.StateName(t.Kind, t.State)), nil
			}
			return nil, procedure.ErrUndecided
		}}, true
	case "since":
		return &types.FieldType{Type: types.TimestampType, IsSet: always, GetFrom: func(o any) (any, error) {
			if t := look(o); t != nil {
				return celMoment(t.Since), nil
			}
			return nil, procedure.ErrUndecided
		}}, true
	}
	f := k.Field(name)
	if f == nil {
		return nil, false
	}
	return &types.FieldType{Type: typeForCEL(f.Type),
		IsSet: func(o any) bool { t := look(o); return t != nil && t.Field(f.ID).Given() },
		GetFrom: func(o any) (any, error) {
			if t := look(o); t != nil {
				return celValue(t.Field(f.ID), zone)
			}
			return nil, procedure.ErrUndecided
		}}, true
}

func stateCount(e *procedure.Edition, k *procedure.Kind, name string) (*types.FieldType, bool) {
	want := procedure.StateID(procedure.None)
	if name != "all" {
		want = e.State(k.ID, name)
		if want < 0 {
			return nil, false
		}
	}
	return &types.FieldType{Type: types.IntType, IsSet: always, GetFrom: func(o any) (any, error) {
		c := o.(kindCount)
		return types.Int(c.Count(k.ID, want, c.under)), nil
	}}, true
}

// addable are the fields of a kind that can be added up.
func addable(k *procedure.Kind) (out []string) {
	for _, f := range k.Fields {
		if f != nil && (f.Type == fact.Money || f.Type == fact.Number) {
			out = append(out, f.Name)
		}
	}
	return out
}

// sumField adds up a field over all things of a kind that have not come to their end. One that does not have it adds nothing.
func sumField(k *procedure.Kind, name string) (*types.FieldType, bool) {
	f := k.Field(name)
	if f == nil || f.Type != fact.Money && f.Type != fact.Number {
		return nil, false
	}
	return &types.FieldType{Type: types.IntType, IsSet: always, GetFrom: func(o any) (any, error) {
		sum, err := o.(sumView).Sum(k, f)
		return types.Int(sum), err
	}}, true
}

// clockField is the end or the start of a running term, the first there is for the thing.
func clockField(t *procedure.Term) *types.FieldType {
	look := func(o any) (*procedure.Deadline, bool) {
		switch v := o.(type) {
		case dueView:
			return v.Clock(t.ID), true
		case beganView:
			return v.Clock(t.ID), false
		}
		return nil, false
	}
	return &types.FieldType{Type: types.TimestampType,
		IsSet: func(o any) bool { d, _ := look(o); return d != nil },
		GetFrom: func(o any) (any, error) {
			d, due := look(o)
			switch {
			case d == nil:
				return nil, procedure.ErrUndecided
			case due:
				return celMoment(d.Due), nil
			}
			return celMoment(d.Start), nil
		}}
}

func officerField(name string) (*types.FieldType, bool) {
	switch name {
	case "id", "role", "office":
		return &types.FieldType{Type: types.StringType, IsSet: always, GetFrom: func(o any) (any, error) {
			switch a := o.(officerView).Act(); name {
			case "id":
				return types.String(a.Officer), nil
			case "role":
				return types.String(a.Role), nil
			default:
				return types.String(a.Office), nil
			}
		}}, true
	case "in_charge":
		return &types.FieldType{Type: types.BoolType, IsSet: always, GetFrom: func(o any) (any, error) {
			return types.Bool(o.(officerView).InCharge()), nil
		}}, true
	}
	return nil, false
}

// environment makes the CEL environment for conditions about one act.
func environment(base *cel.Env, e *procedure.Edition, r *procedure.ActRule) (*cel.Env, error) {
	thing := e.Law.KindName(r.On)
	names := []cel.EnvOption{cel.Variable("act", cel.ObjectType(actType+r.Name)), cel.Variable("thing", cel.ObjectType(thingType+thing))}
	if of := e.Kinds[r.On].Of; of != procedure.None {
		names = append(names, cel.Variable("parent", cel.ObjectType(thingType+e.Law.KindName(of))))
	}
	return base.Extend(names...)
}

func baseEnvironment(e *procedure.Edition) (*cel.Env, error) {
	registry := types.NewEmptyRegistry()
	days := e.Days
	return cel.NewEnv(
		cel.CustomTypeAdapter(registry),
		cel.CustomTypeProvider(&vocabulary{registry, e}),
		cel.Variable("proceeding", cel.ObjectType(thingType+e.Law.KindName(0))),
		cel.Variable("officer", cel.ObjectType(officerType)),
		cel.Variable("count", cel.ObjectType(countType)),
		cel.Variable("running", cel.ObjectType(runningType)),
		cel.Variable("below", cel.ObjectType(belowType)),
		cel.Variable("due", cel.ObjectType(dueType)),
		cel.Variable("began", cel.ObjectType(beganType)),
		cel.Variable("sum", cel.ObjectType(sumType)),
		cel.Variable("party", cel.ObjectType(partyType)),
		cel.Function("plus", cel.Overload("plus_moment_period", []*cel.Type{cel.TimestampType, cel.StringType}, cel.TimestampType,
			cel.BinaryBinding(func(a, b ref.Val) ref.Val {
				p, err := calendar.ParsePeriod(string(b.(types.String)))
				if err != nil {
					return types.WrapErr(err)
				}
				from := calendar.At(a.(types.Timestamp).Time)
				return celMoment(later(days, from, p))
			}))),
		cel.Function("years", cel.Overload("years_moment_moment", []*cel.Type{cel.TimestampType, cel.TimestampType}, cel.IntType,
			cel.BinaryBinding(func(a, b ref.Val) ref.Val {
				x, y := a.(types.Timestamp), b.(types.Timestamp)
				return types.Int(days.YearsBetween(calendar.At(x.Time), calendar.At(y.Time)))
			}))),
		cel.Function("days", cel.Overload("days_moment_moment", []*cel.Type{cel.TimestampType, cel.TimestampType}, cel.IntType,
			cel.BinaryBinding(func(a, b ref.Val) ref.Val {
				x, y := a.(types.Timestamp), b.(types.Timestamp)
				return types.Int(days.DaysBetween(calendar.At(x.Time), calendar.At(y.Time)))
			}))),
	)
}
