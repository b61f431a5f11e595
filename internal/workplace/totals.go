package workplace

import (
	"maps"
	"math"
	"slices"
	"strings"

	"nazorat/internal/fact"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// total is what amounts of one field come to, by currency.
type total struct {
	field  *procedure.Field
	amount map[string]int64
	over   bool // it is more than can be written
}

// totals adds up each field of money over the things of a list that have not come to their end, as the language's own sums do;
// amounts of different currencies are never added.
func totals(p *proceedings.Proceeding, k *procedure.Kind, currency string, found []int32) (out []total, n int) {
	for _, f := range k.Fields {
		if f != nil && f.Type == fact.Money {
			out = append(out, total{field: f, amount: map[string]int64{}})
		}
	}
	if len(out) == 0 {
		return nil, 0
	}
	for _, no := range found {
		th := &p.State.Things[no]
		if ended(k, th) {
			continue
		}
		n++
		for i := range out {
			v := th.Field(out[i].field.ID)
			if !v.Given() {
				continue
			}
			in := v.Text
			if in == "" {
				in = currency
			}
			sum := out[i].amount[in]
			if v.Num > 0 && sum > math.MaxInt64-v.Num || v.Num < 0 && sum < math.MinInt64-v.Num {
				out[i].over = true
				continue
			}
			out[i].amount[in] = sum + v.Num
		}
	}
	return out, n
}

// sums puts the totals into words.
func (m *room) sums(t *web.Words, p *proceedings.Proceeding, k *procedure.Kind, found []int32) (out []ui.SummaryRow) {
	currency := p.Law.At(m.docket.Now()).Currency
	list, n := totals(p, k, currency, found)
	for _, s := range list {
		var parts []string
		for _, in := range slices.Sorted(maps.Keys(s.amount)) {
			parts = append(parts, t.Amount(s.amount[in])+" "+in)
		}
		text := strings.Join(parts, "; ")
		switch {
		case s.over:
			text = t.T("workplace.too_much")
		case text == "":
			continue
		}
		out = append(out, ui.SummaryRow{Key: t.Law(p.Law.Name).Field(k.Name, s.field.Name), Text: text})
	}
	if len(out) > 0 {
		out = append(out, ui.SummaryRow{Key: t.T("workplace.sums_over"), Text: t.Number(int64(n))})
	}
	return out
}
