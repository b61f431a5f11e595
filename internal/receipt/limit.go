package receipt

import (
	"sync"
	"time"
)

// How often receipts are checked: by one machine, and by all together. Nothing can be
// guessed here, since what is asked about must be signed; the bounds keep a stranger
// from keeping the office busy with signatures. Behind a proxy the proxy is one machine
// for everybody, so the bound for one is wide.
const (
	burstHere   = 30
	perSecond   = 1
	burstInAll  = 200
	inAllSecond = 50
	mostMachine = 10_000 // remembered at once
)

// bucket fills by so many a second up to its burst, and is emptied by one a check.
type bucket struct {
	level float64
	at    time.Time
}

func (b *bucket) fill(now time.Time, burst, rate float64) {
	b.level = min(burst, b.level+max(0, now.Sub(b.at).Seconds())*rate)
	b.at = now
}

// limiter counts checks. Safe for concurrent use; a process counts for itself.
type limiter struct {
	now func() time.Time

	mu   sync.Mutex
	here map[string]*bucket
	all  bucket
}

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, here: map[string]*bucket{}, all: bucket{burstInAll, now()}}
}

// allow counts one check by a machine, and says how long to wait where it is one too many.
func (l *limiter) allow(machine string) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b := l.here[machine]
	if b == nil {
		if len(l.here) >= mostMachine {
			l.forget(now)
		}
		if len(l.here) >= mostMachine {
			machine = "" // as many strangers as that share one bucket
			b = l.here[machine]
		}
		if b == nil {
			b = &bucket{burstHere, now}
			l.here[machine] = b
		}
	}
	b.fill(now, burstHere, perSecond)
	l.all.fill(now, burstInAll, inAllSecond)
	switch {
	case b.level < 1:
		return time.Duration((1 - b.level) / perSecond * float64(time.Second))
	case l.all.level < 1:
		return time.Duration((1 - l.all.level) / inAllSecond * float64(time.Second))
	}
	b.level--
	l.all.level--
	return 0
}

// forget drops the machines whose bucket is full again: they are as new.
func (l *limiter) forget(now time.Time) {
	for machine, b := range l.here {
		if b.level+now.Sub(b.at).Seconds()*perSecond >= burstHere {
			delete(l.here, machine)
		}
	}
}
