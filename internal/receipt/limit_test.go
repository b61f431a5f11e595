package receipt

import (
	"strconv"
	"testing"
	"time"
)

func TestWhoeverChecksTooOftenWaitsAndOthersDoNot(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	l := newLimiter(func() time.Time { return now })
	for i := range burstHere {
		if wait := l.allow("a"); wait != 0 {
			t.Fatalf("check %d waits %s", i+1, wait)
		}
	}
	wait := l.allow("a")
	if wait <= 0 || wait > time.Second {
		t.Fatalf("one too many waits %s", wait)
	}
	if l.allow("b") != 0 {
		t.Error("another machine has to wait for it")
	}
	now = now.Add(wait)
	if again := l.allow("a"); again != 0 {
		t.Errorf("who has waited waits again: %s", again)
	}
	if l.allow("a") == 0 {
		t.Error("a wait was given twice")
	}
	now = now.Add(-time.Hour) // the machine's clock was put back
	if wait := l.allow("a"); wait > time.Second {
		t.Errorf("a clock put back locks out for %s", wait)
	}
}

func TestAllTogetherAreBounded(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	l := newLimiter(func() time.Time { return now })
	passed := 0
	for i := range 3 * mostMachine {
		if l.allow(strconv.Itoa(i)) == 0 {
			passed++
		}
	}
	if passed != burstInAll {
		t.Errorf("%d checks passed at once, want %d", passed, burstInAll)
	}
	if len(l.here) > mostMachine+1 {
		t.Errorf("%d machines are remembered", len(l.here))
	}
	now = now.Add(time.Second)
	passed = 0
	for i := range 3 * mostMachine {
		if l.allow("x"+strconv.Itoa(i)) == 0 {
			passed++
		}
	}
	if passed != inAllSecond {
		t.Errorf("%d checks passed in the next second, want %d", passed, inAllSecond)
	}
}
