package demo

import (
	crand "crypto/rand"
	"math/rand/v2"
	"sync"

	"nazorat/internal/calendar"
)

// Clock gives a docket its time and its ids: hand Clock.Now and Clock.NewID to
// docket.Open. While Live runs, each act finds its own moment and the ids
// follow from the seed; before, it stands at its start; afterwards it is the
// clock given to NewClock, and ids cannot be guessed. Safe for concurrent use,
// but while Live runs nobody else may act.
type Clock struct {
	mu    sync.Mutex
	after func() calendar.Moment
	stand calendar.Moment
	next  []calendar.Moment // the moments of the acts under way
	ids   *rand.Rand        // nil: not living a past
	lived bool
}

// NewClock stands at a moment until Live has run, and shows after() from then on.
func NewClock(start calendar.Moment, after func() calendar.Moment) *Clock {
	return &Clock{stand: start, after: after}
}

// Now is the moment of the act under way, or the present.
func (c *Clock) Now() calendar.Moment {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lived {
		return c.after()
	}
	if len(c.next) > 0 {
		c.stand, c.next = c.next[0], c.next[1:]
	}
	return c.stand
}

// idLetters are those of crypto/rand.Text, so that ids look alike whenever they were given.
const idLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

// NewID gives an id.
func (c *Clock) NewID() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ids == nil {
		return crand.Text()
	}
	return seededID(c.ids)
}

func seededID(r *rand.Rand) string {
	var b [26]byte
	for i := range b {
		b[i] = idLetters[r.IntN(len(idLetters))]
	}
	return string(b[:])
}

func (c *Clock) begin(ids *rand.Rand) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ids, c.lived = ids, false
}

// expect sets the moments of the acts that come now, one for each.
func (c *Clock) expect(moments []calendar.Moment) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next = append(c.next[:0], moments...)
}

func (c *Clock) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ids, c.next, c.lived = nil, nil, true
}
