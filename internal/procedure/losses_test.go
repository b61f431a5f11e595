package procedure_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// Whatever is entered of a loss, in whatever order, its sums add up: what is owed is what is secured, recovered, and neither; nothing is below
// nought, and no more was given back than was recovered. Of each act some draw is refused and some is not.
func TestSumsOfALossAlwaysAddUp(t *testing.T) {
	t.Parallel()
	law := criminal(t)
	done, refused := map[string]int{}, map[string]int{}
	for seed := range 200 {
		r := rand.New(rand.NewPCG(uint64(seed), 5))
		m := &matter{t: t, law: law, role: "investigator"}
		day := func(n int) string { return fmt.Sprintf("2026-01-%02d 10:00", n) }
		m.role = "duty_officer"
		m.do(day(5), "register_report", 0, "source", "direct", "summary", "A theft", "assign_to", "o")
		m.role = "investigator"
		m.do(day(5), "open_investigation", 0, "crime_article", "CC 169")
		m.do(day(5), "add_victim", 0, "name", "D. Aliyeva")
		m.do(day(5), "claim_loss", 0, "victim", "1", "amount", "100")
		const loss = 2
		fact := func(name string) int64 {
			return m.state.Things[loss].Field(law.Field(m.state.Things[loss].Kind, name)).Num
		}
		for i := range 20 {
			act := []string{"calculate_loss", "secure_loss", "free_security", "record_recovery", "give_back"}[r.IntN(5)]
			form := []string{"amount", fmt.Sprint(r.IntN(90))}
			switch act {
			case "calculate_loss":
				form = append(form, "by_whom", "audit")
			case "secure_loss":
				form = append(form, "by_what", "deposit")
			case "free_security":
				form = append(form, "reasons", "It is over")
			case "record_recovery":
				if form = append(form, "by_what", "sold"); r.IntN(2) == 0 {
					form = append(form, "less_secured", fmt.Sprint(r.IntN(60)-5))
				}
			}
			if err := m.try(day(6+i/2), act, loss, form...); err != nil {
				refused[act]++
			} else {
				done[act]++
			}
			owed, secured, recovered, uncovered, back := fact("owed"), fact("secured"), fact("recovered"), fact("uncovered"), fact("given_back")
			if secured < 0 || uncovered < 0 || back < 0 || back > recovered || secured+recovered+uncovered != owed {
				t.Fatalf("life %d after %s %v: owed %d, secured %d, recovered %d, neither %d, given back %d", seed, act, form, owed, secured, recovered, uncovered, back)
			}
		}
	}
	if len(done) != 5 || len(refused) != 5 {
		t.Errorf("the draw shows too little: done %v, refused %v", done, refused)
	}
}
