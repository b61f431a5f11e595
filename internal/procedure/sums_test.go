package procedure_test

import (
	"testing"

	"nazorat/internal/stored"
)

// Months were lost when hours were added to them, and counted as thirty days when days were.
func TestAdditionsInDifferentUnitsAddUp(t *testing.T) {
	t.Parallel()
	const mixed = `terms:
  answer: { article: A 2, starts: begin, within: 1mo, owed_by: clerk, met_by: [finish], extended_by: { ask: { add: 1mo, times: 3 }, halt: { add: 10d, times: 3 }, go_on: { add: 3wd, times: 3 } } }
`
	for _, c := range []struct {
		acts []string
		want string
	}{
		{[]string{"ask", "halt"}, "2026-04-07 24:00"}, // 28 February, 28 March, and ten days
		{[]string{"halt", "ask"}, "2026-04-07 24:00"},
		{[]string{"halt", "go_on", "ask"}, "2026-04-10 24:00"}, // and three working days
	} {
		m := &matter{t: t, law: matterLaw(t, holding+mixed)}
		m.do("2026-01-31 10:00", "begin", 0)
		m.wantDue("answer", "2026-02-28 24:00")
		for _, act := range c.acts {
			m.do("2026-02-02 10:00", act, 0)
		}
		m.wantDue("answer", c.want)
		kept, err := stored.EncodeState(m.law, &m.state)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := stored.DecodeState(m.law, kept); err != nil || !same(back, m.state) {
			t.Errorf("%s reads back as %+v, %v", kept, back, err)
		}
	}
}

func TestAnAdditionHoldsWhenAnEditionCountsInAnotherUnit(t *testing.T) {
	t.Parallel()
	law := matterLaw(t, holding+`terms:
  answer: { article: A 2, starts: begin, within: 1mo, owed_by: clerk, met_by: [finish], extended_by: { ask: { add: 1mo } } }
`, `terms:
  answer: { article: A 2, starts: begin, within: 72h, owed_by: clerk, met_by: [finish], extended_by: { ask: { add: 24h, times: 2 } } }
`)
	m := &matter{t: t, law: law}
	m.do("2026-03-02 10:00", "begin", 0)
	m.do("2026-03-30 10:00", "ask", 0)
	m.wantDue("answer", "2026-05-02 24:00")
	m.do("2026-04-02 10:00", "ask", 0)
	m.wantDue("answer", "2026-05-03 24:00") // the month stays, and a day is added
}
