package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// crime is what reports of one sort say. {street}, {item}, {sum} and {car} stand for what differs.
type crime struct {
	article string
	gravity string
	weight  int    // how often, against the others of its gravity
	matter  string // as a citizen would call it who reports it by himself
	text    string
	victim  bool // done to somebody, rather than to public order or the state
	unseen  bool // one often does not know who did it
	penalty int  // years that are threatened at most
}

// lightest are the two gravities of which nobody is held; the files name the others.
var lightest = []string{"none", "minor"}

func (c *crime) grave() bool { return !slices.Contains(lightest, c.gravity) }

// drawCrime picks a crime of a gravity by weight, of one article if one is given.
func (b *book) drawCrime(r *rand.Rand, gravity, article string) crime {
	total := 0
	fits := func(c *crime) bool {
		return (gravity == "" || c.gravity == gravity) && (article == "" || c.article == article)
	}
	for i := range b.crimes {
		if fits(&b.crimes[i]) {
			total += b.crimes[i].weight
		}
	}
	if total == 0 {
		return b.crimes[r.IntN(len(b.crimes))]
	}
	n := r.IntN(total)
	for i := range b.crimes {
		if !fits(&b.crimes[i]) {
			continue
		}
		if n -= b.crimes[i].weight; n < 0 {
			return b.crimes[i]
		}
	}
	return b.crimes[0] // not reached: the weights add up to the total
}

// summary words a crime as a report would.
func (c *crime) summary(l *life) string { return l.filled(c.text) }

// filled puts something into the gaps of a text.
func (l *life) filled(text string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	list := func(gap string) string { return pick(l.r, l.book.phrases[gap]) }
	return strings.NewReplacer(
		"{street}", fmt.Sprintf("%s koʻchasi %d-uy", list("{street}"), 1+l.r.IntN(140)),
		"{item}", list("{item}"),
		"{car}", list("{car}"),
		"{sum}", sum(l.r),
		"{grams}", strconv.Itoa(12+l.r.IntN(80)),
	).Replace(text)
}

// sum is an amount as people write it: "4 200 000 soʻm".
func sum(r *rand.Rand) string {
	n := (3 + r.IntN(57)) * 100_000
	if r.IntN(4) == 0 {
		n *= 10
	}
	if n < 1_000_000 {
		return fmt.Sprintf("%d 000 soʻm", n/1000)
	}
	return fmt.Sprintf("%d %03d 000 soʻm", n/1_000_000, n/1000%1000)
}
