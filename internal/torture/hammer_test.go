package torture_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"nazorat/internal/app"
	"nazorat/internal/bundle"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	leases "nazorat/internal/duty"
	"nazorat/internal/journal"
	"nazorat/internal/leaf"
	"nazorat/internal/look"
	"nazorat/internal/torture"
)

var (
	kills   = flag.Int("kills", 0, "of the long run; 0: the suite's short one")
	seed    = flag.Uint64("seed", 0, "of all chance; 0: another each time")
	page    = flag.String("page", "", "page that what the long run found is written into")
	machine = flag.String("machine", "", "what is said of the machine there")
)

// found is what a run found.
type found struct {
	Database     string
	Seed         uint64
	Kills        int // processes that were killed, the database's among them
	Server       int
	Stops        int // processes that stood still for a while
	Disk         int // times that files could not grow
	Clock        int // times that the clock was set
	Acknowledged int
	Again        int64 // forms that were sent again, as there was no answer
	Refused      int64
	Leaves       int64
	Proceedings  int
	Checkpoints  int
	Lost         int // acknowledged, and not there as it was acknowledged
	Doubled      int // done twice
	Phantom      int // refused, and there
	Unverifiable int // what the audit, a replay or the verifier objects to
	Wrong        []string
	Seconds      float64
}

func (f *found) well() bool {
	return f.Lost == 0 && f.Doubled == 0 && f.Phantom == 0 && f.Unverifiable == 0 && len(f.Wrong) == 0
}

// hammer is one run.
type hammer struct {
	tb     testing.TB
	office *office
	crowd  *crowd
	server *dbtest.Server // nil: SQLite
	r      *rand.Rand
	calm   int // when so many were killed, there is a while of calm
	found  found
}

func newHammer(tb testing.TB, o *office, server *dbtest.Server, seed uint64) *hammer {
	h := &hammer{tb: tb, office: o, crowd: newCrowd(o, seed), server: server, r: rand.New(rand.NewPCG(seed, 1<<32)), calm: 5, found: found{Seed: seed, Database: "sqlite"}}
	if server != nil {
		h.found.Database = "postgres"
	}
	return h
}

// mostSilence is how long nothing may be acknowledged while nobody is kept from it:
// the office has to come back by itself. A machine that others use too is slow.
const mostSilence = 90 * time.Second

// Killed every second, no process lives until the lease of the one before it has run
// out, and none ever signs a checkpoint. So every now and then there is a while of
// calm, long enough for that, before the next kill.
const (
	calmEvery   = 25
	untilSigned = leases.Lease + 3*time.Second
)

// strike kills once, and before that may do something else.
func (h *hammer) strike() {
	n := h.office.nodes[h.r.IntN(len(h.office.nodes))]
	switch p := h.r.IntN(100); {
	case p < 6:
		h.clock(n)
	case p < 10:
		h.halt(n, time.Duration(100+h.r.IntN(400))*time.Millisecond)
	case p < 18 && h.server == nil:
		h.disk(n)
	}
	if h.found.Kills >= h.calm {
		h.calm = h.found.Kills + calmEvery
		time.Sleep(untilSigned)
	}
	time.Sleep(time.Duration(100+h.r.IntN(800)) * time.Millisecond)
	switch p := h.r.IntN(100); {
	case p < 5 && h.server != nil:
		h.server.Kill(h.tb)
		time.Sleep(time.Duration(h.r.IntN(300)) * time.Millisecond)
		h.server.Start(h.tb)
		h.found.Server++
		h.found.Kills++
	case p < 15 && len(h.office.nodes) > 1:
		var all sync.WaitGroup
		for _, n := range h.office.nodes {
			all.Go(n.kill)
			h.found.Kills++
		}
		all.Wait()
	default:
		n.kill()
		h.found.Kills++
	}
	h.office.startAll()
}

// clock sets the clock of a process to the next day, on which an edition comes into force, or back; each has its own.
func (h *hammer) clock(n *node) {
	const day = int64(24 * time.Hour / time.Microsecond)
	at := h.office.ahead
	if n.ahead.Load() == at {
		at += day
	}
	n.setClock(at)
	h.found.Clock++
}

// halt lets a process stand still for a while.
func (h *hammer) halt(n *node, d time.Duration) {
	n.signal(syscall.SIGSTOP)
	time.Sleep(d)
	n.signal(syscall.SIGCONT)
	h.found.Stops++
}

// disk keeps a node's files from growing for a while.
func (h *hammer) disk(n *node) {
	path := strings.TrimPrefix(h.office.at, "sqlite:")
	size := uint64(0)
	if info, err := os.Stat(path + "-wal"); err == nil {
		size = uint64(info.Size())
	}
	size += h.r.Uint64N(100_000) + 1
	none := uint64(0)
	_, _ = n.ask(order{Files: &size})
	time.Sleep(time.Duration(50+h.r.IntN(300)) * time.Millisecond)
	_, _ = n.ask(order{Files: &none})
	h.found.Disk++
}

// run kills so often, or until early ends, and looks whether all is there every now and then and at the end.
func (h *hammer) run(early context.Context, kills, auditEvery int, progress func(f *found)) *found {
	h.tb.Helper()
	start := time.Now()
	h.office.startAll()
	h.crowd.begin()
	audit := (*torture.Audit)(nil)
	for audited := 0; h.found.Kills < kills && !h.tb.Failed() && early.Err() == nil; {
		h.strike()
		if silent := time.Since(time.Unix(0, h.crowd.ledger.last.Load())); silent > mostSilence {
			h.tb.Errorf("nothing was acknowledged for %v: the office does not go on by itself\n%s", silent, h.office.logs())
		}
		if h.found.Kills-audited >= auditEvery && h.found.Kills < kills {
			audited = h.found.Kills
			resume := h.crowd.pause()
			h.office.stopAll()
			h.office.open(func(a *app.Office) {
				if audit == nil {
					audit = torture.NewAudit(a.DB, h.office.keys...)
				}
				audit.Over(a.DB)
				h.object(audit.Follow(ctx, nil), audit.Replay(ctx, a.Docket.Reader), audit.Counts(ctx))
			})
			h.office.startAll()
			resume()
		}
		if progress != nil {
			h.found.Acknowledged, h.found.Seconds = h.crowd.ledger.size(), time.Since(start).Seconds()
			progress(&h.found)
		}
	}
	h.crowd.end()
	h.settle()
	h.office.stopAll()
	h.judge()
	h.found.Seconds = time.Since(start).Seconds()
	return &h.found
}

// settle waits until everything is signed: the office does that by itself, too.
func (h *hammer) settle() {
	h.tb.Helper()
	d, err := db.Open(ctx, h.office.at)
	if err != nil {
		h.tb.Fatal(err)
	}
	defer d.Close()
	log := leaf.Open(d)
	for end := time.Now().Add(mostSilence); ; time.Sleep(100 * time.Millisecond) {
		signed, err1 := log.Published(ctx)
		size, err2 := log.Size(ctx)
		if err := errors.Join(err1, err2); err == nil && signed == size {
			return
		}
		if time.Now().After(end) {
			h.tb.Errorf("%d of %d leaves are signed, and no more for %v", signed, size, mostSilence)
			return
		}
	}
}

// object counts what an audit objects to.
func (h *hammer) object(errs ...error) {
	for _, err := range errs {
		if err != nil {
			h.found.Unverifiable++
			h.found.Wrong = append(h.found.Wrong, err.Error())
		}
	}
}

// judge goes through all that there is, from the beginning, and holds it against what the callers were told.
func (h *hammer) judge() {
	l := h.crowd.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	f := &h.found
	f.Acknowledged, f.Again, f.Refused, f.Wrong = len(l.acked), l.again.Load(), l.refusals.Load(), append(f.Wrong, l.wrong...)
	h.office.open(func(a *app.Office) {
		audit := torture.NewAudit(a.DB, h.office.keys...)
		seen, done := map[string]int{}, map[string]bool{}
		h.object(audit.Follow(ctx, func(e *torture.Entry) error {
			r, acked := l.acked[e.Submission]
			done[e.Submission] = true
			switch own := strings.HasPrefix(e.Submission, "form-"); {
			case acked && (r.Proceeding != e.Proceeding || r.Number != e.Number || r.Seq != e.Seq || r.Leaf != e.Leaf || r.Hash != e.Hash):
				f.Lost++
				f.Wrong = append(f.Wrong, fmt.Sprintf("acknowledged as %+v, there as %+v", r, e))
			case own && !acked:
				f.Phantom++
				f.Wrong = append(f.Wrong, fmt.Sprintf("%s was not acknowledged (%s), and is there as %+v", e.Submission, l.refused[e.Submission], e))
			case own:
				for _, token := range tokens.FindAllString(e.Form, -1) {
					if seen[token]++; seen[token] > 1 {
						f.Doubled++
						f.Wrong = append(f.Wrong, token+" was done twice")
					}
				}
			}
			return nil
		}))
		for submission, r := range l.acked {
			if !done[submission] {
				f.Lost++
				f.Wrong = append(f.Wrong, fmt.Sprintf("%s was acknowledged as %+v, and is lost", submission, r))
			}
		}
		f.Leaves, f.Proceedings = audit.Size(), audit.Proceedings()
		h.object(audit.Replay(ctx, a.Docket.Reader), audit.Counts(ctx), audit.Deadlines(ctx), h.verify(ctx, a))
	})
	if len(f.Wrong) > 20 {
		f.Wrong = append(f.Wrong[:20], fmt.Sprintf("and %d more", len(f.Wrong)-20))
	}
}

// verify has the office's own verifier go through the journal, and on SQLite the database through its file.
func (h *hammer) verify(ctx context.Context, a *app.Office) error {
	v := bundle.NewAudit(treeName, h.found.Leaves)
	list, err := a.Tree.Checkpoints(ctx, -1, "", 1<<20)
	if err != nil {
		return err
	}
	h.found.Checkpoints = len(list)
	for _, s := range list {
		signed, err := journal.OpenCheckpoint(s.Note, h.office.keys)
		if err == nil {
			err = v.Checkpoint(signed)
		}
		if err != nil {
			return err
		}
	}
	if err := look.Records(ctx, a.DB, 0, h.found.Leaves, v.Record); err != nil {
		return err
	}
	if _, err := v.Report(); err != nil {
		return err
	}
	if a.DB.Dialect.Name != db.SQLite.Name {
		return nil
	}
	var word string
	if err := a.DB.QueryRow(ctx, `PRAGMA integrity_check`).Scan(&word); err != nil || word != "ok" {
		return errors.Join(fmt.Errorf("the file: %s", word), err)
	}
	return nil
}

// theSeed gives a seed and tells it.
func theSeed(tb testing.TB) uint64 {
	tb.Helper()
	s := *seed
	if s == 0 {
		s = rand.Uint64N(1_000_000_000) + 1
	}
	tb.Logf("seed %d", s)
	return s
}

// world gives an office over a database of each kind: one process over SQLite, two over PostgreSQL.
func world(t *testing.T, f func(t *testing.T, o *office, server *dbtest.Server)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, newOffice(t, dbtest.SQLite(t), 1), nil)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		server := dbtest.Private(t)
		f(t, newOffice(t, server.Database(t, "office"), 2), server)
	})
}

// 64 callers act while processes are killed at any moment, stand still, have no
// space, and wake on another day. What was acknowledged is there once, as it was
// acknowledged; what was refused is not; the journal verifies; deadlines are what a
// replay makes of it. With -kills it is the long run.
func TestNothingAcknowledgedIsLostHoweverOftenItIsKilled(t *testing.T) {
	n, every := *kills, 100
	if n == 0 {
		if testing.Short() {
			t.Skip("it kills for half a minute")
		}
		n, every = 10, 7
	}
	// Who ends a long run early is told what it has found by then.
	early, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	t.Cleanup(stop)
	var mu sync.Mutex
	var runs []*found
	if *page != "" {
		t.Cleanup(func() {
			slices.SortFunc(runs, func(a, b *found) int { return strings.Compare(b.Database, a.Database) })
			if err := writeReport(*page, *machine, runs); err != nil {
				t.Error(err)
			}
		})
	}
	world(t, func(t *testing.T, o *office, server *dbtest.Server) {
		h := newHammer(t, o, server, theSeed(t))
		var progress func(*found)
		if *kills > 0 {
			next := time.Now()
			progress = func(f *found) {
				if time.Now().After(next) {
					next = time.Now().Add(10 * time.Second)
					fmt.Fprintf(os.Stderr, "%s: %d of %d kills, %d acts acknowledged, %d objections, %.0f s, seed %d\n",
						f.Database, f.Kills, n, f.Acknowledged, len(f.Wrong), f.Seconds, f.Seed)
				}
			}
		}
		f := h.run(early, n, every, progress)
		for why, n := range h.crowd.reasons() {
			t.Logf("%5d %s", n, why)
		}
		t.Logf("%+v", *f)
		mu.Lock()
		runs = append(runs, f)
		mu.Unlock()
		if !f.well() {
			t.Errorf("something was lost, doubled or cannot be verified: %s", strings.Join(f.Wrong, "\n"))
		}
		if *kills > 0 && f.Kills < *kills {
			t.Errorf("it was ended after %d kills", f.Kills)
		}
		if f.Acknowledged < 10*f.Kills || f.Checkpoints == 0 {
			t.Errorf("only %d acts and %d checkpoints: that shows nothing", f.Acknowledged, f.Checkpoints)
		}
	})
}
