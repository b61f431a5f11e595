package condition_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"

	"nazorat/internal/condition"
	"nazorat/internal/fact"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
	"nazorat/internal/scenario"
	"nazorat/laws"
)

// witness asks a formula both ways, and formulas drawn at random about the same act too.
type witness struct {
	t       *testing.T
	source  string
	formula procedure.Formula
	e       *procedure.Edition
	drawn   map[procedure.ActID][]*procedure.Condition
	seen    *tally
}

// tally is what was compared.
type tally struct{ laws, translated, drawn, decided, undecided int }

func (w *witness) compare(source string, f procedure.Formula, s *procedure.Scope) {
	got, err := f.Eval(s)
	want, wantErr := condition.ByCEL(f, s)
	if got != want || errors.Is(err, procedure.ErrUndecided) != errors.Is(wantErr, procedure.ErrUndecided) || (err == nil) != (wantErr == nil) {
		w.t.Errorf("%s: %v, %v; CEL says %v, %v", source, got, err, want, wantErr)
	}
	holds, err := f.Holds(s)
	wantHolds, wantErr := condition.HoldsByCEL(f, s)
	if holds != wantHolds || (err == nil) != (wantErr == nil) {
		w.t.Errorf("%s holds: %v, %v; CEL says %v, %v", source, holds, err, wantHolds, wantErr)
	}
	if wantErr == nil {
		w.seen.decided++
	} else {
		w.seen.undecided++
	}
}

func (w *witness) look(s *procedure.Scope) {
	w.compare(w.source, w.formula, s)
	for _, c := range w.drawn[s.Act().Act] {
		w.compare(c.Source, c.Formula, s)
	}
}

// Holds is the formula's own answer.
func (w *witness) Holds(s *procedure.Scope) (bool, error) {
	w.look(s)
	return w.formula.Holds(s)
}

// Eval is the formula's own answer.
func (w *witness) Eval(s *procedure.Scope) (fact.Value, error) {
	w.look(s)
	return w.formula.Eval(s)
}

// conditions calls f with every condition of a law, wherever it is kept.
func conditions(v reflect.Value, seen map[uintptr]bool, f func(*procedure.Condition)) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || seen[v.Pointer()] {
			return
		}
		seen[v.Pointer()] = true
		if v.Type() == reflect.TypeFor[*procedure.Condition]() {
			f((*procedure.Condition)(v.UnsafePointer()))
			return
		}
		conditions(v.Elem(), seen, f)
	case reflect.Struct:
		for i := range v.NumField() {
			conditions(v.Field(i), seen, f)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			conditions(v.Index(i), seen, f)
		}
	case reflect.Map:
		for entries := v.MapRange(); entries.Next(); {
			conditions(entries.Value(), seen, f)
		}
	}
}

// draw writes a formula that comes to a type, out of all that one may say about an act.
type draw struct {
	*rand.Rand
	e *procedure.Edition
	r *procedure.ActRule
}

func (d draw) of(list ...func() string) string { return list[d.IntN(len(list))]() }

func (d draw) yes(deep int) string {
	if deep == 0 {
		return d.of(func() string { return "true" }, func() string { return d.field("has(%s)", fact.NoType) }, func() string { return d.field("%s", fact.YesNo) },
			func() string { return "running." + d.term() }, func() string { return "officer.in_charge" }, func() string { return "has(due." + d.term() + ")" })
	}
	return d.of(
		func() string { return "(" + d.yes(deep-1) + " && " + d.yes(deep-1) + ")" },
		func() string { return "(" + d.yes(deep-1) + " || " + d.yes(deep-1) + ")" },
		func() string { return "!" + d.yes(deep-1) },
		func() string { return "(" + d.yes(deep-1) + " ? " + d.yes(deep-1) + " : " + d.yes(deep-1) + ")" },
		func() string { return d.number(deep-1) + d.sign() + d.number(deep-1) },
		func() string { return d.moment(deep-1) + d.sign() + d.moment(deep-1) },
		func() string { return d.text(deep-1) + " == " + d.text(deep-1) },
		func() string { return d.text(deep-1) + " != " + d.text(deep-1) },
		func() string { return d.text(deep-1) + " in ['a', 'investigator', 'check', " + d.text(0) + "]" },
		func() string { return d.text(deep-1) + " in ['a', 'investigator', 'check']" },
		func() string { return d.party(deep) },
		func() string { return d.text(deep-1) + ".startsWith('i')" }, // CEL's alone
		func() string { return "(" + d.yes(deep-1) + ") == (" + d.yes(deep-1) + ")" })
}

// party asks whether somebody is a party in some role; of a law without parties it comes to something else.
func (d draw) party(deep int) string {
	var who []string
	for _, k := range d.e.Kinds {
		if k != nil && k.Party != nil {
			who = append(who, d.of(func() string { return "officer.id" }, func() string { return d.field("%s", fact.Officer) }, func() string { return d.text(deep - 1) })+" in party."+k.Party.As)
		}
	}
	if len(who) == 0 {
		return d.yes(deep - 1)
	}
	return who[d.IntN(len(who))]
}

func (d draw) sign() string {
	return [...]string{" == ", " != ", " < ", " <= ", " > ", " >= "}[d.IntN(6)]
}

func (d draw) number(deep int) string {
	if deep == 0 {
		return d.of(func() string { return fmt.Sprint(d.IntN(4)) }, func() string { return "9223372036854775807" }, func() string { return d.field("%s", fact.Number) }, func() string { return d.field("%s", fact.Money) },
			func() string {
				k := d.kind()
				return "count." + k.Name + "." + d.e.Law.StateName(k.ID, k.States[d.IntN(len(k.States))])
			},
			func() string { return "count." + d.kind().Name + ".all" }, func() string { return "below." + d.kind().Name + ".all" })
	}
	return d.of(func() string { return "(" + d.number(deep-1) + " + " + d.number(deep-1) + ")" },
		func() string { return "(" + d.number(deep-1) + " * " + d.number(deep-1) + ")" },
		func() string { return "days(" + d.moment(deep-1) + ", " + d.moment(deep-1) + ")" },
		func() string { return "years(" + d.moment(deep-1) + ", " + d.moment(deep-1) + ")" },
		func() string { return "(" + d.yes(deep-1) + " ? " + d.number(deep-1) + " : " + d.number(deep-1) + ")" })
}

func (d draw) moment(deep int) string {
	if deep == 0 {
		return d.of(func() string { return "act.done" }, func() string { return "act.recorded" }, func() string { return "thing.since" }, func() string { return "proceeding.since" },
			func() string { return d.field("%s", fact.Date) }, func() string { return d.field("%s", fact.Moment) },
			func() string { return "due." + d.term() }, func() string { return "began." + d.term() })
	}
	return d.of(func() string {
		return "plus(" + d.moment(deep-1) + ", '" + [...]string{"48h", "10d", "5wd", "3mo", "1y"}[d.IntN(5)] + "')"
	},
		func() string { return d.moment(deep-1) + " + duration('1h')" },
		func() string { return "(" + d.yes(deep-1) + " ? " + d.moment(deep-1) + " : " + d.moment(deep-1) + ")" })
}

func (d draw) text(deep int) string {
	if deep == 0 {
		return d.of(func() string { return "'check'" }, func() string { return "officer.role" }, func() string { return "officer.office" },
			func() string { return "thing.state" }, func() string { return "proceeding.state" }, func() string { return "parent.state" },
			func() string { return d.field("%s", fact.Choice) }, func() string { return d.field("%s", fact.Text) })
	}
	return d.of(func() string { return "(" + d.yes(deep-1) + " ? " + d.text(deep-1) + " : " + d.text(deep-1) + ")" })
}

func (d draw) kind() *procedure.Kind {
	for {
		if k := d.e.Kinds[d.IntN(len(d.e.Kinds))]; k != nil {
			return k
		}
	}
}

func (d draw) term() string {
	names := d.e.TermNames()
	if len(names) == 0 {
		return "none"
	}
	return names[d.IntN(len(names))]
}

// field names a fact of a type (NoType: of any) that a formula about the act may see, if there is one; formulas that name none do not compile, and are drawn again.
func (d draw) field(as string, of fact.Type) string {
	var names []string
	add := func(object string, fields []*procedure.Field) {
		for _, f := range fields {
			if f != nil && (of == fact.NoType || f.Type == of) {
				names = append(names, object+"."+f.Name)
			}
		}
	}
	add("act", d.r.Form)
	add("thing", d.e.Kinds[d.r.On].Fields)
	add("proceeding", d.e.Kinds[0].Fields)
	if p := d.e.Kinds[d.r.On].Of; p != procedure.None {
		add("parent", d.e.Kinds[p].Fields)
	}
	if len(names) == 0 {
		return "act.none"
	}
	return fmt.Sprintf(as, names[d.IntN(len(names))])
}

// formulas draws some for each act of an edition.
func formulas(e *procedure.Edition, seed uint64, each int) map[procedure.ActID][]*procedure.Condition {
	reader, out := condition.NewReader(), map[procedure.ActID][]*procedure.Condition{}
	for _, r := range e.Acts {
		if r == nil {
			continue
		}
		d := draw{rand.New(rand.NewPCG(seed, uint64(r.ID))), e, r}
		for tries := 0; len(out[r.ID]) < each && tries < 50*each; tries++ {
			deep := d.IntN(3)
			source := d.of(func() string { return d.yes(deep + 1) }, func() string { return d.number(deep) }, func() string { return d.moment(deep) }, func() string { return d.text(deep) })
			if c, _ := reader.Read(e, r, source, condition.Anything); c != nil && c.Formula != nil {
				out[r.ID] = append(out[r.ID], c)
			}
		}
	}
	return out
}

// Whatever a law says, and whatever one could say: what is decided without CEL is what CEL decides.
func TestWhatIsTranslatedIsWhatCELSays(t *testing.T) {
	t.Parallel()
	tried := os.DirFS("../scenario/testdata/laws")
	var seen tally
	for _, from := range []fs.FS{laws.FS, tried} {
		names, err := lawload.Names(from)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			law, _, err := lawload.Load(from, name)
			if err != nil {
				t.Fatal(err)
			}
			for i, e := range law.Editions {
				drawn := formulas(e, uint64(i), 4)
				for _, list := range drawn {
					seen.drawn += len(list)
				}
				visited := map[uintptr]bool{}
				for other := range law.Editions { // what two editions share is seen with the first
					if other != i {
						visited[reflect.ValueOf(law.Editions[other]).Pointer()] = true
					}
				}
				visited[reflect.ValueOf(law).Pointer()] = true
				conditions(reflect.ValueOf(e), visited, func(c *procedure.Condition) {
					if _, twice := c.Formula.(*witness); twice || c.Formula == nil {
						return
					}
					if condition.WasTranslated(c.Formula) {
						seen.translated++
					}
					c.Formula = &witness{t: t, source: name + ": " + c.Source, formula: c.Formula, e: e, drawn: drawn, seen: &seen}
				})
			}
			rep, err := scenario.Run(from, law)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range rep.Failures {
				t.Errorf("%s", strings.TrimSpace(fmt.Sprint(f)))
			}
			seen.laws++
		}
	}
	t.Logf("%+v", seen)
	if seen.laws < 5 || seen.translated < 300 || seen.drawn < 500 || seen.decided < 10_000 || seen.undecided < 3_000 {
		t.Errorf("hardly anything was compared: %+v", seen)
	}
}
