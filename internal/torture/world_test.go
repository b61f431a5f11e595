package torture_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	leases "nazorat/internal/duty"
	"nazorat/internal/journal"
	"nazorat/internal/leaf"
)

// until asks again and again, as long as a machine that others use too may need.
func until(tb testing.TB, what string, f func() bool) {
	tb.Helper()
	for end := time.Now().Add(mostSilence); !f(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			tb.Fatalf("%s: not after %v", what, mostSilence)
		}
	}
}

// acknowledged waits until so many more acts were acknowledged: the office goes on.
func (h *hammer) acknowledged(what string, more int) {
	h.tb.Helper()
	want := h.crowd.ledger.size() + more
	until(h.tb, what, func() bool { return h.crowd.ledger.size() >= want })
}

// finish ends the acting and judges what there is.
func (h *hammer) finish() {
	h.tb.Helper()
	h.crowd.end()
	h.settle()
	h.office.stopAll()
	h.judge()
	f := &h.found
	h.tb.Logf("%d acts acknowledged, %d forms sent again, %d checkpoints", f.Acknowledged, f.Again, f.Checkpoints)
	if !f.well() {
		h.tb.Errorf("lost %d, doubled %d, phantoms %d, unverifiable %d: %v", f.Lost, f.Doubled, f.Phantom, f.Unverifiable, f.Wrong)
	}
}

// signedBy gives the sizes of the checkpoints that a key has signed, in order.
func (h *hammer) signedBy(d *db.DB, k *journal.Key) (sizes []int64) {
	h.tb.Helper()
	list, err := leaf.Open(d).Checkpoints(ctx, -1, "", 1<<20)
	if err != nil {
		h.tb.Fatal(err)
	}
	for _, s := range list {
		if s.Signer == fmt.Sprintf("%s+%08x", k.Name(), k.KeyHash()) {
			sizes = append(sizes, s.Size)
		}
	}
	return sizes
}

// look opens the database beside those who serve it.
func (o *office) look() *db.DB {
	o.tb.Helper()
	d, err := db.Open(ctx, o.at)
	if err != nil {
		o.tb.Fatal(err)
	}
	o.tb.Cleanup(func() { _ = d.Close() })
	return d
}

// leisure is how long callers think where most of a test is spent waiting for a lease or a database: so many as are under way at a time
// show what is to be shown, and those of all the seconds would have to be judged in the end.
const leisure = 400 * time.Millisecond

func short(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("it takes some ten seconds")
	}
	t.Parallel()
}

// A process that stood still for longer than its lease finds, when it goes on, that
// its duties are another's. It signs nothing any more, and what it had begun to
// write is not written twice.
func TestWhoWakesAfterHisLeaseDoesNoDutyAnyMore(t *testing.T) {
	short(t)
	server := dbtest.Private(t)
	o := newOffice(t, server.Database(t, "office"), 2)
	h := newHammer(t, o, server, theSeed(t))
	h.crowd.think = leisure
	a, b := o.nodes[0], o.nodes[1]
	a.start()
	h.crowd.begin()
	d := o.look()
	until(t, "the first signs", func() bool { return len(h.signedBy(d, o.keys[0])) > 0 })
	b.start()
	h.acknowledged("both serve", 20)
	a.signal(syscall.SIGSTOP)
	stopped := time.Now()
	until(t, "the other signs", func() bool { return len(h.signedBy(d, o.keys[1])) > 0 })
	t.Logf("the other signed %v after the first stood still", time.Since(stopped).Round(time.Millisecond))
	time.Sleep(max(0, leases.Lease+time.Second-time.Since(stopped)))
	first := h.signedBy(d, o.keys[1])[0]
	a.signal(syscall.SIGCONT)
	h.acknowledged("both go on", 100)
	signed := len(h.signedBy(d, o.keys[1]))
	until(t, "the other goes on signing", func() bool { return len(h.signedBy(d, o.keys[1])) > signed+1 })
	for _, size := range h.signedBy(d, o.keys[0]) {
		if size > first {
			t.Errorf("who had lost the duty signed %d leaves, when the other had signed %d", size, first)
		}
	}
	h.finish()
}

// One of two processes dies for good. The other goes on at once, and does the duties of both within ten seconds or so.
func TestOfTwoProcessesOneDiesAndTheOtherGoesOn(t *testing.T) {
	short(t)
	server := dbtest.Private(t)
	o := newOffice(t, server.Database(t, "office"), 2)
	h := newHammer(t, o, server, theSeed(t))
	h.crowd.think = leisure
	o.nodes[0].start()
	h.crowd.begin()
	d := o.look()
	until(t, "the first signs", func() bool { return len(h.signedBy(d, o.keys[0])) > 0 })
	o.nodes[1].start()
	o.nodes[0].kill()
	died := time.Now()
	h.acknowledged("the other goes on", 50)
	went := time.Since(died)
	until(t, "the other signs", func() bool { return len(h.signedBy(d, o.keys[1])) > 0 })
	t.Logf("50 acts after %v, the first checkpoint after %v", went.Round(time.Millisecond), time.Since(died).Round(time.Millisecond))
	h.finish()
}

// The database goes away while acts are under way, and stays away for a while.
// Nobody waits for ever, and when it is back everything goes on by itself.
func TestDatabaseGoesAwayAndComesBack(t *testing.T) {
	short(t)
	server := dbtest.Private(t)
	o := newOffice(t, server.Database(t, "office"), 2)
	h := newHammer(t, o, server, theSeed(t))
	h.crowd.think = leisure
	o.startAll()
	h.crowd.begin()
	h.acknowledged("it serves", 50)
	for _, how := range []struct {
		what     string
		down, up func(testing.TB)
	}{{"killed", server.Kill, server.Start}, {"stands still", server.Pause, server.Resume}} {
		how.down(t)
		refused := make(chan time.Duration)
		for _, n := range o.nodes {
			go func() {
				start := time.Now()
				for {
					cmd := register("token-0-0")
					if a, err := n.ask(order{Act: &cmd}); err != nil || a.Fault == "unavailable" {
						refused <- time.Since(start)
						return
					}
				}
			}()
		}
		for range o.nodes {
			select {
			case took := <-refused:
				t.Logf("%s: told that it is unavailable after %v", how.what, took.Round(time.Millisecond))
			case <-time.After(mostSilence):
				t.Fatalf("%s: a caller waits for ever", how.what)
			}
		}
		how.up(t)
		h.acknowledged(how.what+", and back", 100)
	}
	h.finish()
}

// The disk is full, for real: a file system of a few megabytes. Acts are told to be
// unavailable, and done when there is space again; also where a process is killed
// and started anew while there is none.
func TestDiskIsFullAndHasSpaceAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some ten seconds")
	}
	t.Run("sqlite", func(t *testing.T) {
		dir := filesystem(t, 96) // the log alone grows to 32
		o := newOffice(t, "sqlite:"+filepath.Join(dir, "office.db"), 1)
		h := newHammer(t, o, nil, theSeed(t))
		h.crowd.think /= 4
		o.startAll()
		h.crowd.begin()
		h.acknowledged("it serves", 50)
		empty := fill(t, dir)
		h.unavailable()
		empty()
		h.acknowledged("with space again", 100)
		empty = fill(t, dir)
		h.unavailable()
		o.nodes[0].kill()
		started := make(chan struct{})
		go func() { o.nodes[0].start(); close(started) }()
		time.Sleep(2 * time.Second)
		empty()
		<-started
		h.acknowledged("killed while it was full", 100)
		h.finish()
	})
	t.Run("postgres", func(t *testing.T) {
		dir := filesystem(t, 200)
		t.Setenv("TMPDIR", dir)
		if err := os.Chmod(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		server := dbtest.Private(t)
		o := newOffice(t, server.Database(t, "office"), 2)
		h := newHammer(t, o, server, theSeed(t))
		h.crowd.think /= 4
		o.startAll()
		h.crowd.begin()
		h.acknowledged("it serves", 50)
		empty := fill(t, dir)
		h.unavailable()
		empty()
		// A server that cannot write its log gives up, and is started again by whoever watches over it.
		d := o.look()
		for end := time.Now().Add(10 * time.Second); d.Ready(ctx) != nil; time.Sleep(100 * time.Millisecond) {
			if time.Now().After(end) {
				server.Kill(t)
				server.Start(t)
				break
			}
		}
		h.acknowledged("with space again", 100)
		h.finish()
	})
}

// filesystem gives a directory on a file system of so many megabytes, which is gone
// after the test. It has to be made before the office, so that it is taken away after it.
func filesystem(t *testing.T, megabytes int) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "nazorat-full-")
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("none", dir, "tmpfs", 0, fmt.Sprintf("size=%dm", megabytes)); err != nil {
		_ = os.Remove(dir)
		t.Skipf("no file system can be made here, which only root may: %v", err)
	}
	t.Cleanup(func() {
		until(t, "the file system is left", func() bool { return !errors.Is(syscall.Unmount(dir, 0), syscall.EBUSY) })
		_ = os.Remove(dir)
	})
	return dir
}

// fill takes all the space that there is, until the function that it gives is called.
func fill(t *testing.T, dir string) (empty func()) {
	t.Helper()
	ballast := filepath.Join(dir, "ballast")
	var stop atomic.Bool
	done := make(chan struct{})
	go func() { // again and again, as what others delete is space too
		defer close(done)
		for !stop.Load() {
			f, err := os.OpenFile(ballast, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
			if err != nil {
				return
			}
			for _, size := range []int{1 << 20, 64 << 10, 4 << 10} {
				for block := make([]byte, size); err == nil; {
					_, err = f.Write(block)
				}
				err = nil
			}
			_ = f.Close()
			time.Sleep(10 * time.Millisecond)
		}
	}()
	return func() {
		stop.Store(true)
		<-done
		if err := os.Remove(ballast); err != nil {
			t.Error(err)
		}
	}
}

// unavailable waits until callers are told that nothing can be saved now.
func (h *hammer) unavailable() {
	h.tb.Helper()
	before := h.crowd.ledger.again.Load()
	until(h.tb, "somebody is told that it cannot be saved", func() bool { return h.crowd.ledger.again.Load() > before+50 })
}
