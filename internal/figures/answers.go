package figures

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"nazorat/internal/access"
)

// A table of the whole republic reads a row for each case. Whoever looks at it, takes it away and comes back asks for the same: what
// was counted last is kept, for the same asker alone. An answer as of a size never changes but by who he is, so that is all that it is kept by.

// Bounds of what is kept, over all askers.
const (
	mostAnswers = 200
	mostCells   = 100_000 // some ten megabytes
	// again is for how many times as long as counting took an answer of the newest leaves is given again.
	again = 20
	// mostKept is how long anything is given again: what hangs on more than who asks, such as to which cases he is a party, is asked anew then.
	mostKept = 10 * time.Minute
)

// asker is who asks what but for the size: the officer, as what and admitted to what he asks, and the policies and offices by which that is answered.
type asker struct {
	who      access.Subject
	policies *access.Edition
	service  *access.Service
	question string
}

func (g *Register) asker(who access.Actor, q Question) asker {
	q.At = 0
	return asker{g.reader.Subject(who), g.reader.InForce(), g.dir.Tree().Service(), fmt.Sprintf("%+v", q)} // a map is written in the order of its keys
}

// answers are those that were given last. The zero value is ready; safe for concurrent use.
type answers struct {
	mu    sync.Mutex
	kept  []given // the oldest first
	cells int
}

type given struct {
	of    asker
	a     *Answer
	until time.Time // it is given again
	new   time.Time // it is given again as the newest
}

// known is an answer as of a size, or where that is 0 one of the newest leaves that is not too old; nil for none.
func (k *answers) known(of asker, size int64, now time.Time) *Answer {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i := len(k.kept) - 1; i >= 0; i-- {
		if g := &k.kept[i]; g.of == of && now.Before(g.until) && (g.a.At == size || size == 0 && now.Before(g.new)) {
			return g.a
		}
	}
	return nil
}

func (k *answers) keep(of asker, a *Answer, start time.Time, took time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(a.Cells) > mostCells/2 {
		return
	}
	k.kept = append(k.kept, given{of, a, start.Add(mostKept), start.Add(again * took)})
	k.cells += len(a.Cells)
	for len(k.kept) > mostAnswers || k.cells > mostCells {
		k.cells -= len(k.kept[0].a.Cells)
		k.kept = slices.Delete(k.kept, 0, 1)
	}
}
