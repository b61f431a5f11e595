package workplace

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/fstest"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
)

// bills is a law of bills, of which the language adds up what is owed.
const bills = `procedure: xx/bills
in_force: 2024-01-01
days: xx
currency: UZS
number: "{office}-{seq:3}"
cites: { L: "A law" }
kinds:
  matter: { states: [open, closed], final: [closed] }
  bill: { states: [sent, waived], final: [waived], fields: { owed: { money: [UZS, USD] }, paid: { money: [UZS] }, note: text } }
acts:
  begin: { article: L 1, confidence: V, by: [clerk], opens: matter, form: { note: text } }
  send:
    { article: L 2, confidence: V, by: [clerk], on: matter, adds: bill, form: { owed: { money: [UZS, USD] } }, adds_sets: { owed: act.owed } }
  waive: { article: L 3, confidence: V, by: [clerk], on: bill, to: waived, form: { note: text } }
  agree:
    article: L 4
    confidence: V
    by: [clerk]
    on: matter
    form: { sum: money }
    when: [{ rule: it_is_the_sum, if: "sum.bill.owed == act.sum" }]
`

// do does an act of the law on a state.
func do(e *procedure.Edition, s procedure.State, act string, thing int32, typed map[string]string) (procedure.State, error) {
	rule := e.Act(act)
	form, bad := e.ReadForm(rule, typed)
	if len(bad) > 0 {
		return s, fmt.Errorf("%v", bad)
	}
	at := calendar.Moment(1_772_434_800) * calendar.Second
	s, _, err := e.Apply(s, procedure.Act{Act: rule.ID, Thing: thing, Done: at, Recorded: at, Officer: "clerk", Role: "clerk", Office: "o", Form: form})
	return s, err
}

func apply(t *testing.T, e *procedure.Edition, s procedure.State, act string, thing int32, typed map[string]string) procedure.State {
	t.Helper()
	s, err := do(e, s, act, thing, typed)
	if err != nil {
		t.Fatalf("%s %v: %v", act, typed, err)
	}
	return s
}

// What a page adds up is what the law's own sum comes to, whatever bills there are, and amounts in different currencies are kept apart.
func TestAmountsAreAddedUpAsTheLawAddsThem(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"xx/bills/2024-01-01.yaml": {Data: []byte(bills)}, "calendars/xx.yaml": {Data: []byte("zone: Asia/Tashkent\nweekend: [saturday, sunday]\ncloses: \"18:00\"\n" +
		"names:\n  new_year: { en: \"New Year\" }\nyears:\n  2026:\n    source: \"A law\"\n    off: { 2026-01-01: new_year }\n")}}
	law, _, err := lawload.Load(files, "xx/bills")
	if err != nil {
		t.Fatal(err)
	}
	e := law.Editions[0]
	k := e.Kind("bill")
	r := rand.New(rand.NewPCG(7, 7))
	agreed, mixed := 0, 0
	for round := range 200 {
		s := apply(t, e, procedure.State{}, "begin", 0, map[string]string{"note": "x"})
		var dollars int64
		for range r.IntN(8) {
			amount := r.Int64N(100_000_00)
			text := fmt.Sprintf("%d.%02d", amount/100, amount%100)
			if round%4 == 0 && r.IntN(3) == 0 {
				text += " USD"
				dollars += amount
			}
			s = apply(t, e, s, "send", 0, map[string]string{"owed": text})
			if r.IntN(4) == 0 {
				last := int32(len(s.Things) - 1)
				if v := s.Things[last].Field(k.Fields[0].ID); v.Text == "USD" {
					dollars -= v.Num
				}
				s = apply(t, e, s, "waive", last, map[string]string{"note": "x"})
			}
		}
		p := &proceedings.Proceeding{Law: law, State: s}
		list, n := totals(p, k, e.Currency, things(p, k, 0, 0))
		owed := list[0].amount
		open := 0
		for i := range s.Things {
			if s.Things[i].Kind == k.ID && !ended(k, &s.Things[i]) {
				open++
			}
		}
		if n != open {
			t.Fatalf("it is said to be over %d of %d", n, open)
		}
		if owed["USD"] != dollars {
			t.Fatalf("%d in dollars, want %d", owed["USD"], dollars)
		}
		own := owed["UZS"]
		agree := func(sum int64) bool {
			_, err := do(e, s, "agree", 0, map[string]string{"sum": fmt.Sprintf("%d.%02d", sum/100, sum%100)})
			return err == nil
		}
		if _, any := owed["USD"]; any { // the language then adds up nothing
			mixed++
			continue
		}
		if agreed++; !agree(own) || agree(own+1) {
			t.Fatalf("the law does not add up to %d: %+v", own, s.Things)
		}
	}
	if agreed < 100 || mixed < 10 {
		t.Errorf("%d rounds in one currency, %d in two", agreed, mixed)
	}
}

// What is more than can be written is not said to be some number, and what is hidden adds nothing.
func TestAmountsThatAreTooLargeOrHiddenAreNotAddedUp(t *testing.T) {
	t.Parallel()
	k := &procedure.Kind{ID: 1, Name: "bill", Final: []bool{false, true}, Fields: []*procedure.Field{{ID: 0, Name: "owed", Type: fact.Money}}}
	bill := func(amount int64) procedure.Thing {
		return procedure.Thing{Kind: 1, Of: 0, Fields: []fact.Value{fact.NumberOf(fact.Money, amount)}}
	}
	p := &proceedings.Proceeding{State: procedure.State{Things: []procedure.Thing{{Of: procedure.None}, bill(5), bill(1<<63 - 3)}}}
	if list, _ := totals(p, k, "UZS", things(p, k, 0, 0)); !list[0].over {
		t.Errorf("%+v", list[0])
	}
	p.State.Things[2] = procedure.Thing{State: procedure.None, Of: procedure.None, Kind: 1, Fields: bill(7).Fields}
	if list, n := totals(p, k, "UZS", things(p, k, 0, 0)); list[0].amount["UZS"] != 5 || n != 1 {
		t.Errorf("%+v over %d", list[0], n)
	}
}

// Page after page gives all, once each, whatever stands at the edge.
func TestPagesGiveAllOnce(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, mostRows - 1, mostRows, mostRows + 1, 3*mostRows + 7} {
		all := make([]int32, n)
		for i := range all {
			all[i] = int32(3*i + 2)
		}
		var got []int32
		after := int32(0)
		for {
			shown, more := page(all, after)
			got = append(got, shown...)
			if !more {
				break
			}
			after = shown[len(shown)-1]
		}
		if fmt.Sprint(got) != fmt.Sprint(all) {
			t.Errorf("of %d: %v", n, got)
		}
	}
	if shown, more := page([]int32{1, 2, 3}, 100); len(shown) != 3 || more {
		t.Errorf("behind the last: %v", shown)
	}
}
