package duty

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
)

// Nothing here is asked of a disk.
func TestMain(m *testing.M) { dbtest.Main(m, dbtest.NoSync) }

var table = append([]db.Migration{{ID: "test/0001", SQL: `CREATE TABLE written (n {int} PRIMARY KEY, holder TEXT NOT NULL) {strict};`}}, Migrations...)

func create(t *testing.T, location string) *db.DB {
	t.Helper()
	d, err := db.Create(t.Context(), location)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(t.Context(), table); err != nil {
		t.Fatal(err)
	}
	return d
}

// node is one process as the property sees it.
type node struct {
	lease  *lease
	halted *lease        // it looked at this lease, held it, and was halted before it wrote
	offset time.Duration // its clock began at another moment than the others'
	claims *row          // it found the duty so, and was halted before it claimed it
	n      int
}

// The leases are driven by hand: chance says who looks, whose renewal is lost or
// takes effect without an answer, who dies, who is halted in the middle of his work,
// and how time goes by. Never do two hold it, and never does anybody write under it
// after another has written.
func TestNeverDoTwoHoldADuty(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		t.Parallel()
		neverTwo(t, location, 50)
	})
}

func neverTwo(t *testing.T, location string, seeds int) {
	d := create(t, location)
	t.Cleanup(func() { _ = d.Close() })
	for seed := range uint64(seeds) {
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err1 := tx.Exec(`DELETE FROM duty`)
			_, err2 := tx.Exec(`DELETE FROM written`)
			return errors.Join(err1, err2)
		})
		if err != nil {
			t.Fatal(err)
		}
		w := &house{t: t, seed: seed, chance: rand.New(rand.NewPCG(seed, 1)), store: d, left: map[string]bool{}}
		for i := range 2 + int(seed%2) {
			w.nodes = append(w.nodes, &node{offset: time.Duration(w.chance.IntN(1000)) * time.Second})
			w.begin(i)
		}
		for range 250 {
			w.step(w.chance.IntN(100), w.chance.IntN(len(w.nodes)))
			var holding []*lease
			for _, n := range w.nodes {
				if n.lease.left() > 0 {
					holding = append(holding, n.lease)
				}
			}
			if len(holding) > 1 {
				t.Fatalf("seed %d: %s and %s hold it, %s and %s to go", seed, holding[0].holder, holding[1].holder, holding[0].left(), holding[1].left())
			}
		}
	}
}

// house is what the property drives.
type house struct {
	t       *testing.T
	seed    uint64
	chance  *rand.Rand
	store   *db.DB
	clock   time.Duration
	nodes   []*node
	written int
	last    string          // who wrote last
	left    map[string]bool // after whom another has written
}

func (w *house) begin(i int) {
	n := w.nodes[i]
	n.n++
	n.claims = nil
	n.lease = &lease{db: w.store, name: "x", holder: fmt.Sprintf("%d/%d", i, n.n), mono: func() time.Duration { return w.clock + n.offset }}
}

func (w *house) step(what, who int) {
	ctx := context.Background()
	n := w.nodes[who]
	held := n.lease.left() > 0
	if !held && n.lease.until > 0 { // it has ended: Keep never takes one a second time
		w.begin(who)
	}
	switch {
	case what < 15:
		w.clock += time.Duration(1+w.chance.IntN(3000)) * time.Millisecond
	case what < 30:
		w.clock += time.Duration(4+w.chance.IntN(9)) * time.Second
	case what < 32: // it dies, and another begins in its place
		n.halted = nil
		w.begin(who)
	case what < 34: // it stops in good order
		n.halted = nil
		w.must(n.lease.release(ctx))
		w.begin(who)
	case n.halted != nil && what < 60: // it goes on, and knows nothing
	case n.halted != nil:
		l := n.halted
		n.halted = nil
		w.write(l)
	case n.claims != nil && what > 60:
		_, err := n.lease.claim(ctx, *n.claims)
		n.claims = nil
		w.must(err)
	case !held && what < 55:
		found, free, err := n.lease.look(ctx)
		w.must(err)
		if free {
			n.claims = &found
		}
	case !held && what < 60: // taken, and the process was not told
		_, err := n.lease.take(ctx)
		w.must(err)
		n.lease.until = 0
	case !held:
		_, err := n.lease.take(ctx)
		w.must(err)
	case what < 40: // renewed, and the process was not told
		before := n.lease.until
		w.must(n.lease.renew(ctx))
		n.lease.until = min(before, n.lease.until)
	case what < 60:
		w.must(n.lease.renew(ctx))
	case what < 75:
		n.halted = n.lease
	default:
		w.write(n.lease)
	}
}

func (w *house) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("seed %d: %v", w.seed, err)
	}
}

func (w *house) write(l *lease) {
	ctx := context.WithValue(context.Background(), fenceKey{}, l.fence())
	err := w.store.Write(ctx, func(tx *db.Tx) error {
		if err := Fence(ctx, tx); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO written (n, holder) VALUES ($1, $2)`, w.written+1, l.holder)
		return err
	})
	if errors.Is(err, ErrLost) {
		return
	}
	w.must(err)
	w.written++
	if l.holder == w.last {
		return
	}
	if w.left[l.holder] {
		w.t.Fatalf("seed %d: %s writes after another has written", w.seed, l.holder)
	}
	w.left[w.last], w.last = true, l.holder
}

// office is one process of an office in a bubble of time: its own door to the same file.
type office struct {
	*Keeper
	db     *db.DB
	logged *strings.Builder
}

func another(t *testing.T, d *db.DB, name string) *office {
	t.Helper()
	mine, err := db.Open(t.Context(), "sqlite:"+d.Path())
	if err != nil {
		t.Fatal(err)
	}
	return &office{Keeper: New(mine, name), db: mine, logged: &strings.Builder{}}
}

func (o *office) keep(ctx context.Context, work func(context.Context) error) {
	o.Keep(ctx, slog.New(slog.NewTextHandler(o.logged, nil)), "x", work)
}

// turns tells who works, and sees to it that never two do.
type turns struct {
	working atomic.Int32
	began   chan string
}

func (w *turns) work(t *testing.T, name string) func(context.Context) error {
	return func(ctx context.Context) error {
		if w.working.Add(1) > 1 {
			t.Error("two at once")
		}
		w.began <- name
		<-ctx.Done()
		w.working.Add(-1)
		return ctx.Err()
	}
}

func TestAnotherTakesOverWithinTenSecondsOfADeath(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := create(t, dbtest.SQLite(t)) // in a bubble of time there is no other process
		a, b := another(t, d, "a"), another(t, d, "b")
		ctx, stop := context.WithCancel(t.Context())
		w := &turns{began: make(chan string, 4)}
		var wg sync.WaitGroup
		wg.Go(func() { a.keep(ctx, w.work(t, "a")) })
		if who := <-w.began; who != "a" {
			t.Fatal(who)
		}
		wg.Go(func() { b.keep(ctx, w.work(t, "b")) })
		time.Sleep(time.Minute + 1234*time.Millisecond) // and it stays where it is
		if len(w.began) > 0 || w.working.Load() != 1 {
			t.Fatal("the duty moved by itself")
		}
		if h := a.Held(); len(h) != 1 || h[0] != "x" || len(b.Held()) != 0 {
			t.Errorf("a holds %v, b holds %v", h, b.Held())
		}
		died := time.Now()
		_ = a.db.Close() // whatever a does from now on does not arrive
		if who := <-w.began; who != "b" {
			t.Fatal(who)
		}
		if took := time.Since(died); took > 10*time.Second {
			t.Errorf("taken over after %s", took)
		}
		all, err := All(t.Context(), d)
		if err != nil || len(all) != 1 || !strings.HasPrefix(all[0].Holder, "b/") {
			t.Errorf("%+v, %v", all, err)
		}
		stop()
		wg.Wait()
		if !strings.Contains(a.logged.String(), "duty lost") {
			t.Errorf("a does not tell that it lost the duty:\n%s", a.logged)
		}
		_, _ = b.db.Close(), d.Close()
	})
}

func TestAProcessThatStopsGivesItsDutiesUpAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := create(t, dbtest.SQLite(t)) // in a bubble of time there is no other process
		a, b := another(t, d, "a"), another(t, d, "b")
		ctx, stop := context.WithCancel(t.Context())
		stopping, stopA := context.WithCancel(ctx)
		w := &turns{began: make(chan string, 4)}
		var wg sync.WaitGroup
		wg.Go(func() { a.keep(stopping, w.work(t, "a")) })
		<-w.began
		wg.Go(func() { b.keep(ctx, w.work(t, "b")) })
		synctest.Wait()
		at := time.Now()
		stopA()
		if who := <-w.began; who != "b" {
			t.Fatal(who)
		}
		if took := time.Since(at); took > time.Second {
			t.Errorf("taken over after %s", took)
		}
		stop()
		wg.Wait()
		if all, err := All(t.Context(), d); err != nil || len(all) != 0 {
			t.Errorf("after the last has stopped: %+v, %v", all, err)
		}
		_, _, _ = a.db.Close(), b.db.Close(), d.Close()
	})
}

// A process is stopped while it takes a duty up: the database has done it, and the answer came to nobody.
func TestADutyThatWasTakenWithoutAnAnswerIsGivenUpToo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		t.Parallel()
		d := create(t, location)
		defer d.Close()
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		dbtest.Interpose(t, d, func(s dbtest.Step) error {
			err := s.Do()
			if s.What == dbtest.Commit && ctx.Err() == nil {
				stop()
				return errors.Join(err, context.Canceled)
			}
			return err
		})
		New(d, "a").Keep(ctx, slog.New(slog.DiscardHandler), "x", func(context.Context) error {
			t.Error("it works without having been told that the duty is its own")
			return nil
		})
		if ctx.Err() == nil {
			t.Fatal("the duty was never claimed")
		}
		if all, err := All(t.Context(), d); err != nil || len(all) != 0 {
			t.Errorf("still held: %+v, %v", all, err)
		}
	})
}

func TestWorkThatFailsIsBegunAnewAndWorkThatIsDoneIsNot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := create(t, dbtest.SQLite(t)) // in a bubble of time there is no other process
		a := another(t, d, "a")
		times := 0
		a.keep(t.Context(), func(context.Context) error {
			if times++; times < 3 {
				return errors.New("not yet")
			}
			return nil
		})
		if times != 3 || strings.Count(a.logged.String(), "not yet") != 2 {
			t.Errorf("%d times\n%s", times, a.logged)
		}
		_, _ = a.db.Close(), d.Close()
	})
}

func TestALongWorkKeepsItsDutyWhileItWindsUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := create(t, dbtest.SQLite(t)) // in a bubble of time there is no other process
		a, b := another(t, d, "a"), another(t, d, "b")
		ctx, stop := context.WithCancel(t.Context())
		var working atomic.Int32
		slow := func(ctx context.Context) error {
			if working.Add(1) > 1 {
				t.Error("two at once")
			}
			<-ctx.Done()
			time.Sleep(time.Minute)
			working.Add(-1)
			return nil
		}
		var wg sync.WaitGroup
		wg.Go(func() { a.keep(ctx, slow) })
		time.Sleep(time.Second)
		wg.Go(func() { b.keep(t.Context(), func(ctx context.Context) error { working.Add(1); return nil }) })
		stop()
		wg.Wait()
		_, _, _ = a.db.Close(), b.db.Close(), d.Close()
	})
}

// Two processes of one office race for a duty that nobody has, again and again, over real connections.
func TestOfTwoWhoWantAFreeDutyOneGetsIt(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		t.Parallel()
		d := create(t, location)
		t.Cleanup(func() { _ = d.Close() })
		var offices []*db.DB
		for range 2 {
			mine, err := db.Open(t.Context(), location)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = mine.Close() })
			offices = append(offices, mine)
		}
		start := time.Now()
		mono := func() time.Duration { return time.Since(start) }
		for i := range 40 {
			var got [4]bool
			var leases [4]*lease
			var race sync.WaitGroup
			for j := range got {
				leases[j] = &lease{db: offices[j%2], name: "x", holder: fmt.Sprintf("%d/%d", i, j), mono: mono}
				race.Go(func() {
					var err error
					if got[j], err = leases[j].take(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			race.Wait()
			winners := 0
			for j := range got {
				if got[j] {
					winners++
					if err := leases[j].release(t.Context()); err != nil {
						t.Error(err)
					}
				}
			}
			if winners != 1 {
				t.Fatalf("%d hold it", winners)
			}
		}
	})
}
