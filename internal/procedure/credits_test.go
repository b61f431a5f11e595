package procedure_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
)

// punishing is a law of no country: a person is held in several ways, and what he is sentenced to is so much shorter.
const punishing = `
kinds:
  matter: { states: [open, shut], final: [shut] }
  person: { states: [known, tried] }
  hold: { of: person, states: [sought, jail, house, over], final: [over], fields: { held: moment } }
  time: { of: person, states: [counted, struck], final: [struck], fields: { first: date, last: date } }
acts:
  begin: { article: A 1, by: [clerk], opens: matter }
  add: { article: A 1, by: [clerk], on: matter, adds: person }
  seek: { article: A 1, by: [clerk], on: person, adds: hold }
  jail: { article: A 1, by: [clerk], on: hold, to: jail, form: { held: optional moment }, sets: { held: act.held } }
  house: { article: A 1, by: [clerk], on: hold, to: house }
  free: { article: A 1, by: [clerk], on: hold, to: over }
  note: { article: A 1, by: [clerk], on: person, adds: time, form: { first: date, last: date }, adds_sets: { first: act.first, last: act.last } }
  strike: { article: A 1, by: [clerk], on: time, to: struck }
  sentence: { article: A 5, by: [clerk], on: person, to: tried, form: { from: moment, years: optional number, months: optional number, days: optional number } }
  open_gate: { article: A 1, by: [clerk], on: person, to: known }
  ask: { article: A 1, by: [clerk], on: person }
  finish: { article: A 1, by: [clerk], on: matter, from: [open], to: shut }
terms:
  prison:
    article: A 5
    starts: sentence
    at: act.from
    length: { years: years, months: months, days: days }
    credits:
      - { kind: hold, article: A 6, begins: held, states: { jail: 1, house: 1/2 } }
      - { kind: time, article: A 7, begins: first, ends: last, states: { counted: 1 } }
    counts: from_day
    per: person
    owed_by: clerk
    met_by: [open_gate]
    again: restart
    breach: release
  works:
    article: A 5
    starts: sentence
    at: act.from
    length: { years: years, months: months, days: days }
    credits: [{ kind: hold, states: { jail: 3 } }]
    counts: from_day
    per: person
    owed_by: clerk
    met_by: [open_gate]
    again: restart
  early: { article: A 8, starts: sentence, at: act.from, length: { years: years, months: months, days: days }, share: 2/3, credits: prison, counts: from_day, per: person, again: restart, bars: [ask] }
`

func punished(t *testing.T) *matter {
	t.Helper()
	m := &matter{t: t, law: matterLaw(t, punishing)}
	m.do("2026-01-05 10:00", "begin", 0)
	m.do("2026-01-05 10:00", "add", 0)
	m.do("2026-01-05 10:00", "seek", 1)
	return m
}

// credits of a running term, as its page tells them.
func (m *matter) credits(term string) (out []string) {
	e := m.law.Editions[0]
	for i := range m.state.Deadlines {
		if d := &m.state.Deadlines[i]; m.law.TermName(d.Term) == term {
			for _, c := range e.Credits(&m.state, e.Term(term), d.Thing, d.Start) {
				out = append(out, fmt.Sprintf("%s %s..%s %d", m.law.StateName(c.Kind, c.State), c.From, c.To, c.Days))
			}
		}
	}
	return out
}

func TestTimeHeldBeforeMakesATermShorter(t *testing.T) {
	t.Parallel()
	m := punished(t)
	m.do("2026-01-10 23:10", "jail", 2, "held", "2026-01-10T08:00")
	m.do("2026-01-20 12:00", "house", 2) // the 20th belongs to jail, where it is worth more
	m.do("2026-01-25 12:00", "free", 2)
	m.do("2026-03-02 10:00", "sentence", 1, "from", "2026-03-02T10:00", "years", "2", "months", "3")
	// 11 days of jail, and 5 of arrest at home by half: 3.
	if got, want := fmt.Sprint(m.credits("prison")), "[jail 2026-01-10..2026-01-20 11 house 2026-01-21..2026-01-25 3]"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
	m.wantDue("prison", "2028-05-18 24:00") // 1 June 2028 less 14 days
	m.wantDue("works", "2028-04-29 24:00")  // less 33
	// 27 months are 823 days; two thirds of them 549, less 14.
	m.wantDue("early", "2027-08-18 24:00")
	refusedFor(t, m.try("2027-08-18 12:00", "ask", 1), procedure.NotBefore)
	m.do("2027-08-19 12:00", "ask", 1)
}

func TestALaterActCountsATermAnew(t *testing.T) {
	t.Parallel()
	m := punished(t)
	m.do("2026-03-02 10:00", "sentence", 1, "from", "2026-03-02T10:00", "months", "6")
	m.wantDue("prison", "2026-09-01 24:00")
	m.do("2026-03-10 10:00", "note", 1, "first", "2025-12-01", "last", "2025-12-10")
	m.wantDue("prison", "2026-08-22 24:00")
	var moved bool
	for _, f := range m.last {
		moved = moved || f.Kind == procedure.Credited && m.law.TermName(f.Deadline.Term) == "prison" && m.zone().Format(f.Was) == "2026-09-01 24:00"
	}
	if !moved {
		t.Errorf("nobody is told that the end has moved: %+v", m.last)
	}
	m.do("2026-03-11 10:00", "strike", 3)
	m.wantDue("prison", "2026-09-01 24:00")
	m.do("2026-03-12 10:00", "sentence", 1, "from", "2026-03-02T10:00", "months", "4")
	m.wantDue("prison", "2026-07-01 24:00")
}

func TestATermOfWhichNothingIsLeftDoesNotBegin(t *testing.T) {
	t.Parallel()
	m := punished(t)
	m.do("2026-01-10 10:00", "jail", 2)
	refusedFor(t, m.try("2026-03-02 10:00", "sentence", 1, "from", "2026-03-02T10:00", "days", "20"), procedure.OverAlready)
	refusedFor(t, m.try("2026-03-02 10:00", "sentence", 1, "from", "2026-03-02T10:00", "days", "-20"), procedure.BadForm)
	refusedFor(t, m.try("2026-03-02 10:00", "sentence", 1, "from", "2026-03-02T10:00", "years", "2501"), procedure.BadForm)
	m.do("2026-03-02 10:00", "sentence", 1, "from", "2026-03-02T10:00") // for life: no length is said
	m.wantDue("prison", "none")
}

// Whatever happened: a term never ends later for what counts toward it, its days are the sum of the table, no day counts twice, and what is kept reads back.
func TestCreditsAddUp(t *testing.T) {
	t.Parallel()
	law := matterLaw(t, punishing)
	for seed := range 300 {
		r := rand.New(rand.NewPCG(uint64(seed), 3))
		m := &matter{t: t, law: law}
		day := calendar.DateOf(2026, 1, 5)
		at := func() string {
			day += calendar.Date(r.IntN(9))
			return day.String() + fmt.Sprintf(" %02d:30", r.IntN(24))
		}
		m.do("2026-01-05 00:00", "begin", 0)
		m.do("2026-01-05 00:00", "add", 0)
		for range 2 + r.IntN(14) {
			hold, when := int32(1), at()
			for i := range m.state.Things {
				if law.KindName(m.state.Things[i].Kind) == "hold" && r.IntN(2) == 0 {
					hold = int32(i)
				}
			}
			var err error
			switch n := r.IntN(6); {
			case n == 0 || hold == 1:
				err = m.try(when, "seek", 1)
			case n == 1:
				err = m.try(when, "jail", hold, "held", (day-calendar.Date(r.IntN(4))).String()+"T00:00")
			case n == 2:
				err = m.try(when, "house", hold)
			case n == 3:
				err = m.try(when, "free", hold)
			case n == 4:
				err = m.try(when, "note", 1, "first", (day - calendar.Date(r.IntN(30))).String(), "last", (day - calendar.Date(r.IntN(20))).String())
			default:
				err = m.try(when, "sentence", 1, "from", day.String()+"T00:00", "months", fmt.Sprint(6+r.IntN(30)))
			}
			_ = err // what is refused changes nothing, and is part of the draw
			e := law.Editions[0]
			for i := range m.state.Deadlines {
				d := &m.state.Deadlines[i]
				term := e.Terms[d.Term]
				list := e.Credits(&m.state, term, d.Thing, d.Start)
				if got := procedure.Sum(list); got != d.Span.SpentDays {
					t.Fatalf("life %d: %s counts %d days, its table has %d", seed, term.Name, d.Span.SpentDays, got)
				}
				without := d.Span
				without.SpentDays = 0
				plain := e.Days.End(term.Rule, d.Start, without).Due
				if d.Due > plain || d.Due < d.Start {
					t.Fatalf("life %d: %s ends %s, without credit %s", seed, term.Name, m.zone().Format(d.Due), m.zone().Format(plain))
				}
				for j := range list {
					if list[j].From > list[j].To || list[j].To >= m.zone().Date(d.Start) || j > 0 && list[j].From <= list[j-1].To {
						t.Fatalf("life %d: %+v", seed, list)
					}
				}
			}
			kept, err := stored.EncodeState(law, &m.state)
			if err != nil {
				t.Fatal(err)
			}
			if back, err := stored.DecodeState(law, kept); err != nil || !same(back, m.state) {
				t.Fatalf("%s reads back as %+v, %v", kept, back, err)
			}
		}
	}
}
