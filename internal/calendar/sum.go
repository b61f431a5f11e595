package calendar

import (
	"fmt"
	"math"
	"strings"
)

// Sum is what periods come to that are given one after the other, as extensions are.
// A month is no number of days and a day off no working day, so each unit is added up
// by itself; the largest is counted first, whichever was given first. The zero value is
// nothing. Comparable.
type Sum struct{ n [Years]int16 } // by unit, from Minutes

// MostOfUnit is the most of one unit that a sum holds; more is that much.
const MostOfUnit = math.MaxInt16

// SumOf adds periods up.
func SumOf(periods ...Period) (s Sum) {
	for _, p := range periods {
		s = s.Plus(p)
	}
	return s
}

// Plus is the sum and one period more.
func (s Sum) Plus(p Period) Sum {
	if p.Unit != NoUnit {
		n := &s.n[p.Unit-Minutes]
		*n = int16(min(int(*n)+p.N, MostOfUnit))
	}
	return s
}

// Less is the sum without what another one has.
func (s Sum) Less(o Sum) Sum {
	for i := range s.n {
		s.n[i] -= o.n[i]
	}
	return s
}

// IsZero reports whether there is nothing.
func (s Sum) IsZero() bool { return s == Sum{} }

// Periods are the parts of the sum, the largest unit first.
func (s Sum) Periods() (out []Period) {
	for u := Years; u >= Minutes; u-- {
		if p := s.of(u); p.N != 0 {
			out = append(out, p)
		}
	}
	return out
}

func (s Sum) of(u Unit) Period { return Period{int(s.n[u-Minutes]), u} }

// String writes a sum as ParseSum reads it: "1mo 20d"; nothing is "".
func (s Sum) String() string {
	var b strings.Builder
	for _, p := range s.Periods() {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(p.String())
	}
	return b.String()
}

// ParseSum reads "1mo 20d".
func ParseSum(text string) (s Sum, err error) {
	for _, word := range strings.Fields(text) {
		p, err := ParsePeriod(word)
		if err != nil {
			return Sum{}, fmt.Errorf("sum %q: %w", text, err)
		}
		s = s.Plus(p)
	}
	return s, nil
}

// clock is the part of the sum that is shorter than a day.
func (s Sum) clock() Moment { return s.of(Hours).duration() + s.of(Minutes).duration() }

// further moves a day on by the units named.
func (c *Days) further(day Date, s Sum, units ...Unit) Date {
	for _, u := range units {
		day = c.add(day, s.of(u), FromNext)
	}
	return day
}
