package procedure

import (
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
)

// scope is what a condition may see. Its views are the same memory under
// other types, so that looking at one allocates nothing.
type scope struct {
	edition *Edition
	rule    *ActRule
	state   *State
	act     *Act
	thing   int32
}

type (
	actView        scope
	thingView      scope
	proceedingView scope
	officerView    scope
	countView      scope
	runningView    scope
	parentView     scope
	belowView      scope
	dueView        scope
	beganView      scope
	kindCount      struct {
		state *State
		kind  KindID
		under int32 // None: anywhere
	}
)

// ResolveName is cel's way to ask for a variable.
func (s *scope) ResolveName(name string) (any, bool) {
	switch name {
	case "act":
		return (*actView)(s), true
	case "thing":
		return (*thingView)(s), true
	case "proceeding":
		return (*proceedingView)(s), true
	case "officer":
		return (*officerView)(s), true
	case "count":
		return (*countView)(s), true
	case "running":
		return (*runningView)(s), true
	case "parent":
		return (*parentView)(s), true
	case "below":
		return (*belowView)(s), true
	case "due":
		return (*dueView)(s), true
	case "began":
		return (*beganView)(s), true
	}
	return nil, false
}

// Parent is part of cel's activation.
func (s *scope) Parent() cel.Activation { return nil }

func (s *scope) String() string { return "scope of " + s.rule.Name }

// typeForCEL is the CEL type of a field's values.
func typeForCEL(t fact.Type) *cel.Type {
	switch t {
	case fact.Number, fact.Money:
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
		return nil, errUndecided
	case fact.Number, fact.Money:
		if v.Text != "" {
			return nil, errUndecided // a sum in another currency is no number of this one's
		}
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
	edition *Edition
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
			return append(FieldNames(r.Form), "done", "recorded"), true
		}
	case strings.HasPrefix(name, thingType):
		if k := e.Kind(name[len(thingType):]); k != nil {
			return append(FieldNames(k.Fields), "state", "since"), true
		}
	case strings.HasPrefix(name, countOfType):
		if k := e.Kind(name[len(countOfType):]); k != nil {
			return append(e.StateNames(k.ID, k.States), "all"), true
		}
	case name == countType, name == belowType:
		return e.KindNames(), true
	case name == runningType, name == dueType, name == beganType:
		return e.TermNames(), true
	case name == officerType:
		return []string{"role", "office", "in_charge"}, true
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
	case name == countType:
		if k := e.Kind(field); k != nil {
			return &types.FieldType{Type: types.NewObjectType(countOfType + field), IsSet: always,
				GetFrom: func(o any) (any, error) { return kindCount{(o.(*countView)).state, k.ID, None}, nil }}, true
		}
		return nil, false
	case name == belowType:
		if k := e.Kind(field); k != nil {
			return &types.FieldType{Type: types.NewObjectType(countOfType + field), IsSet: always, GetFrom: func(o any) (any, error) {
				s := o.(*belowView)
				return kindCount{s.state, k.ID, s.thing}, nil
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
				s := o.(*runningView)
				return types.Bool((*scope)(s).runs(t)), nil
			}}, true
		}
		return nil, false
	case name == officerType:
		return officerField(field)
	}
	return v.Provider.FindStructFieldType(name, field)
}

func always(any) bool { return true }

func actField(e *Edition, r *ActRule, name string) (*types.FieldType, bool) {
	zone := e.Days.Zone()
	switch name {
	case "done":
		return &types.FieldType{Type: types.TimestampType, IsSet: always,
			GetFrom: func(o any) (any, error) { return celMoment(o.(*actView).act.Done), nil }}, true
	case "recorded":
		return &types.FieldType{Type: types.TimestampType, IsSet: always,
			GetFrom: func(o any) (any, error) { return celMoment(o.(*actView).act.Recorded), nil }}, true
	}
	f := r.Field(name)
	if f == nil {
		return nil, false
	}
	return &types.FieldType{Type: typeForCEL(f.Type),
		IsSet:   func(o any) bool { return o.(*actView).act.value(f.ID).Type == f.Type },
		GetFrom: func(o any) (any, error) { return celValue(o.(*actView).act.fact(f.ID, f.Type), zone) }}, true
}

// thingField serves the act's thing, what it belongs to, and the proceeding itself: they differ in which thing they look at.
func thingField(e *Edition, k *Kind, name string) (*types.FieldType, bool) {
	zone := e.Days.Zone()
	of := func(o any) *Thing {
		switch v := o.(type) {
		case *thingView:
			if int(v.thing) < len(v.state.Things) {
				return &v.state.Things[v.thing]
			}
		case *parentView:
			if int(v.thing) < len(v.state.Things) {
				if of := v.state.Things[v.thing].Of; of >= 0 {
					return &v.state.Things[of]
				}
			}
		case *proceedingView:
			return v.state.Root()
		}
		return nil
	}
	look := func(o any) *Thing {
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
			return nil, errUndecided
		}}, true
	case "since":
		return &types.FieldType{Type: types.TimestampType, IsSet: always, GetFrom: func(o any) (any, error) {
			if t := look(o); t != nil {
				return celMoment(t.Since), nil
			}
			return nil, errUndecided
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
			return nil, errUndecided
		}}, true
}

func stateCount(e *Edition, k *Kind, name string) (*types.FieldType, bool) {
	want := StateID(None)
	if name != "all" {
		want = e.State(k.ID, name)
		if want < 0 {
			return nil, false
		}
	}
	return &types.FieldType{Type: types.IntType, IsSet: always, GetFrom: func(o any) (any, error) {
		c, n := o.(kindCount), 0
		for i := range c.state.Things {
			t := &c.state.Things[i]
			if t.Kind == c.kind && (want < 0 || t.State == want) && (c.under < 0 || c.state.Under(int32(i), c.under)) {
				n++
			}
		}
		return types.Int(n), nil
	}}, true
}

// clockField is the end or the start of a running term, the first there is for the thing.
func clockField(t *Term) *types.FieldType {
	look := func(o any) (*Deadline, bool) {
		switch v := o.(type) {
		case *dueView:
			return (*scope)(v).clock(t.ID), true
		case *beganView:
			return (*scope)(v).clock(t.ID), false
		}
		return nil, false
	}
	return &types.FieldType{Type: types.TimestampType,
		IsSet: func(o any) bool { d, _ := look(o); return d != nil },
		GetFrom: func(o any) (any, error) {
			d, due := look(o)
			switch {
			case d == nil:
				return nil, errUndecided
			case due:
				return celMoment(d.Due), nil
			}
			return celMoment(d.Start), nil
		}}
}

func officerField(name string) (*types.FieldType, bool) {
	switch name {
	case "role", "office":
		return &types.FieldType{Type: types.StringType, IsSet: always, GetFrom: func(o any) (any, error) {
			if a := o.(*officerView).act; name == "role" {
				return types.String(a.Role), nil
			} else {
				return types.String(a.Office), nil
			}
		}}, true
	case "in_charge":
		return &types.FieldType{Type: types.BoolType, IsSet: always, GetFrom: func(o any) (any, error) {
			s := o.(*officerView)
			return types.Bool(s.act.Officer != "" && s.act.Officer == s.state.InCharge), nil
		}}, true
	}
	return nil, false
}

// value of a form's field.
func (a *Act) value(id FieldID) fact.Value {
	if id < 0 || int(id) >= len(a.Form) {
		return fact.Value{}
	}
	return a.Form[id]
}

// fact is the value of a form's field if it is of the field's type. A value of
// another type, which only observed acts can have, is as good as none.
func (a *Act) fact(id FieldID, t fact.Type) fact.Value {
	if v := a.value(id); v.Type == t {
		return v
	}
	return fact.Value{}
}

// clock is the first running deadline of a term for the act's thing or one related to it; nil if
// there is none. Of a time of waiting that is over it still tells when that was.
func (s *scope) clock(term TermID) *Deadline {
	for i := range s.state.Deadlines {
		d := &s.state.Deadlines[i]
		if d.Term == term && s.bears(d) {
			return d
		}
	}
	return nil
}

// runs reports whether a term runs for the act's thing or one related to it. A time of
// waiting is over by itself.
func (s *scope) runs(t *Term) bool {
	for i := range s.state.Deadlines {
		if d := &s.state.Deadlines[i]; d.Term == t.ID && s.bears(d) && !t.passed(d, s.act.Done) {
			return true
		}
	}
	return false
}

func (s *scope) bears(d *Deadline) bool {
	return int(s.thing) >= len(s.state.Things) || s.state.related(d.Thing, s.thing)
}

// environment makes the CEL environment for conditions about one act.
func (e *Edition) environment(base *cel.Env, r *ActRule) (*cel.Env, error) {
	thing := e.Law.KindName(r.On)
	names := []cel.EnvOption{cel.Variable("act", cel.ObjectType(actType+r.Name)), cel.Variable("thing", cel.ObjectType(thingType+thing))}
	if of := e.Kinds[r.On].Of; of != None {
		names = append(names, cel.Variable("parent", cel.ObjectType(thingType+e.Law.KindName(of))))
	}
	return base.Extend(names...)
}

func (e *Edition) baseEnvironment() (*cel.Env, error) {
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
		cel.Function("plus", cel.Overload("plus_moment_period", []*cel.Type{cel.TimestampType, cel.StringType}, cel.TimestampType,
			cel.BinaryBinding(func(a, b ref.Val) ref.Val {
				p, err := calendar.ParsePeriod(string(b.(types.String)))
				if err != nil {
					return types.WrapErr(err)
				}
				from := calendar.At(a.(types.Timestamp).Time)
				return celMoment(days.End(calendar.Rule{Counts: calendar.FromMoment}, from, calendar.Span{Within: p}).Due)
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
