package db_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
)

// soon is how long the circuit may take at the most. It is no measure of speed: whoever hangs, hangs for ever.
const soon = 30 * time.Second

// until asks again and again.
func until(t *testing.T, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(soon); !f(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not after %v", what, soon)
		}
	}
}

func TestServerThatDiedIsUnavailableAndComesBackByItself(t *testing.T) {
	t.Parallel()
	s := dbtest.Private(t)
	d := create(t, s.Database(t, "office"))
	write := func(id int) error {
		return d.Write(ctx, func(tx *db.Tx) error { return insert(tx, id, fmt.Sprint(id)) })
	}
	if err := write(1); err != nil {
		t.Fatal(err)
	}
	inside, died := make(chan struct{}), make(chan struct{})
	half := make(chan error)
	go func() {
		half <- d.Write(ctx, func(tx *db.Tx) error {
			if err := insert(tx, 2, "2"); err != nil {
				return err
			}
			close(inside)
			<-died
			return tx.Savepoint(func() error { return insert(tx, 3, "3") })
		})
	}()
	<-inside
	s.Kill(t)
	close(died)
	if err := <-half; !db.Unavailable(err) || errors.Is(err, db.ErrMaybe) {
		t.Errorf("who was in the middle of a transaction: %v", err)
	}
	for name, f := range map[string]func() error{
		"write": func() error { return write(4) }, "ready": func() error { return d.Ready(ctx) },
		"read": func() error { var n int; return d.QueryRow(ctx, `SELECT count(*) FROM thing`).Scan(&n) },
	} {
		if err := f(); !db.Unavailable(err) {
			t.Errorf("%s while it is away: %v", name, err)
		}
	}
	s.Start(t)
	until(t, "back", func() bool { return d.Ready(ctx) == nil })
	if err := write(5); err != nil || count(t, d) != 2 {
		t.Errorf("after it came back: %v, %d rows", err, count(t, d))
	}
}

// A server that was started again between two calls is not noticed by those who read or begin to write.
func TestRestartBetweenTwoCallsIsNotNoticed(t *testing.T) {
	t.Parallel()
	s := dbtest.Private(t)
	d := create(t, s.Database(t, "office"))
	var wg sync.WaitGroup // so that many connections are open
	for i := range 20 {
		wg.Go(func() {
			if err := d.Write(ctx, func(tx *db.Tx) error { return insert(tx, i, fmt.Sprint(i)) }); err != nil {
				t.Error(err)
			}
			count(t, d)
		})
	}
	wg.Wait()
	s.Kill(t)
	s.Start(t)
	until(t, "the circuit closes", func() bool { return d.Ready(ctx) == nil })
	for i := range 10 {
		if err := d.Write(ctx, func(tx *db.Tx) error { return insert(tx, 100+i, fmt.Sprint(100+i)) }); err != nil {
			t.Errorf("write %d: %v", i, err)
		}
		if n := count(t, d); n != 21+i {
			t.Errorf("%d rows", n)
		}
	}
}

// A server that takes what is sent and never answers holds nobody up for long.
func TestServerThatDoesNotAnswerHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	s := dbtest.Private(t)
	d := create(t, s.Database(t, "office"))
	write := func() error {
		return d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(`DELETE FROM thing`); return err })
	}
	if err := write(); err != nil {
		t.Fatal(err)
	}
	s.Pause(t)
	answers := make(chan error)
	for range 30 { // more than there are connections
		go func() { answers <- write() }()
		go func() {
			var n int
			answers <- d.QueryRow(ctx, `SELECT count(*) FROM thing`).Scan(&n)
		}()
	}
	timeout := time.After(soon)
	for i := range 60 {
		select {
		case err := <-answers:
			if !db.Unavailable(err) {
				t.Errorf("%v", err)
			}
		case <-timeout:
			t.Fatalf("%d of 60 had an answer", i)
		}
	}
	if err := d.Ready(ctx); !db.Unavailable(err) {
		t.Errorf("while the circuit is open: %v", err)
	}
	s.Resume(t)
	until(t, "back", func() bool { return write() == nil })
}

// A statement, a lock and a transaction that nobody goes on with end by themselves.
func TestNothingOnTheServerLastsForEver(t *testing.T) {
	t.Parallel()
	d := create(t, dbtest.Postgres(t)+"&statement_timeout=2000&idle_in_transaction_session_timeout=1000")
	var wg sync.WaitGroup
	holds, waited := make(chan struct{}), make(chan struct{})
	wg.Go(func() {
		err := d.Write(ctx, func(tx *db.Tx) error {
			if err := tx.Alone("x"); err != nil {
				return err
			}
			close(holds)
			<-waited
			return tx.Savepoint(func() error { return insert(tx, 1, "one") })
		})
		if !db.Unavailable(err) || errors.Is(err, db.ErrMaybe) {
			t.Errorf("who held a lock and did nothing: %v", err)
		}
	})
	<-holds
	if err := d.Write(ctx, func(tx *db.Tx) error { return tx.Alone("x") }); err != nil {
		t.Errorf("who waited for it: %v", err)
	}
	close(waited)
	wg.Wait()
	var slept string
	if err := d.QueryRow(ctx, `SELECT pg_sleep(1000)`).Scan(&slept); !db.Unavailable(err) {
		t.Errorf("a read without end: %v", err)
	}
}

func TestWhoGivesUpIsNotToldThatTheDatabaseIsAway(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		gone, cancel := context.WithCancel(ctx)
		cancel()
		var n int
		if err := d.QueryRow(gone, `SELECT 1`).Scan(&n); err == nil || db.Unavailable(err) {
			t.Errorf("read: %v", err)
		}
		if err := d.Write(gone, func(*db.Tx) error { return nil }); err == nil || db.Unavailable(err) {
			t.Errorf("write: %v", err)
		}
		if err := d.Ready(ctx); err != nil {
			t.Error(err)
		}
	})
}

// between stands between a client and a server and cuts what it is told to.
type between struct {
	net.Listener
	server string
	// cut looks at what a client sends: whether it goes on to the server, and whether the answer comes back.
	cut atomic.Pointer[func(sent []byte) (pass, cut bool)]
}

func stand(t *testing.T, location string) (*between, string) {
	t.Helper()
	u, err := url.Parse(location)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host, port := u.Query().Get("host"), "5432"
	if host == "" {
		host, port = u.Hostname(), u.Port()
	}
	b := &between{Listener: l, server: net.JoinHostPort(host, port)}
	if strings.HasPrefix(host, "/") {
		b.server = host + "/.s.PGSQL.5432"
	}
	q := u.Query()
	q.Del("host")
	u.Host, u.RawQuery = l.Addr().String(), q.Encode()
	t.Cleanup(func() { _ = l.Close() })
	go b.serve()
	return b, u.String()
}

func (b *between) serve() {
	for {
		client, err := b.Accept()
		if err != nil {
			return
		}
		network := "tcp"
		if strings.HasPrefix(b.server, "/") {
			network = "unix"
		}
		server, err := net.Dial(network, b.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		go func() {
			_, _ = io.Copy(client, server)
			_ = client.Close()
		}()
		go func() {
			defer server.Close()
			buf := make([]byte, 64<<10)
			for {
				n, err := client.Read(buf)
				if err != nil {
					return
				}
				pass, cut := true, false
				if f := b.cut.Load(); f != nil {
					pass, cut = (*f)(buf[:n])
				}
				if cut {
					_ = client.Close()
				}
				if pass {
					if _, err := server.Write(buf[:n]); err != nil {
						return
					}
				}
				if cut && pass {
					_, _ = io.Copy(io.Discard, server) // it finishes what it was sent
				}
				if cut {
					return
				}
			}
		}()
	}
}

// The answer to a commit is lost: it may have been done, and it may not. Both happen here, and both are told the same way.
func TestCommitWithoutAnswerMayHaveHappened(t *testing.T) {
	t.Parallel()
	for name, happened := range map[string]bool{"happened": true, "did not": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := dbtest.Postgres(t)
			direct := create(t, at)
			b, through := stand(t, at)
			d, err := db.Open(ctx, through)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			var once sync.Once
			cut := func(sent []byte) (pass, cut bool) {
				pass = true
				if bytes.HasSuffix(sent, []byte("commit\x00")) {
					once.Do(func() { pass, cut = happened, true })
				}
				return pass, cut
			}
			b.cut.Store(&cut)
			runs := 0
			err = d.Write(ctx, func(tx *db.Tx) error { runs++; return insert(tx, 1, "one") }, db.Repeatable)
			if !errors.Is(err, db.ErrMaybe) || !db.Unavailable(err) || runs != 1 {
				t.Errorf("%d runs: %v", runs, err)
			}
			if happened {
				until(t, "the row", func() bool { return count(t, direct) == 1 })
			} else if n := count(t, direct); n != 0 {
				t.Errorf("%d rows", n)
			}
			if err := d.Write(ctx, func(tx *db.Tx) error { return insert(tx, 2, "two") }); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

// The connection is lost before the commit was sent: nothing happened, and what can be run again is run again.
func TestConnectionLostOnTheWayIsBegunAgain(t *testing.T) {
	t.Parallel()
	at := dbtest.Postgres(t)
	direct := create(t, at)
	b, through := stand(t, at)
	d, err := db.Open(ctx, through)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var cuts atomic.Int32
	cut := func(sent []byte) (pass, cut bool) {
		cut = bytes.Contains(sent, []byte("INSERT INTO thing")) && cuts.Add(1) <= 2
		return !cut, cut
	}
	b.cut.Store(&cut)
	if err := d.Write(ctx, func(tx *db.Tx) error { return insert(tx, 1, "one") }); !db.Unavailable(err) || errors.Is(err, db.ErrMaybe) {
		t.Errorf("once: %v", err)
	}
	if err := d.Write(ctx, func(tx *db.Tx) error { return insert(tx, 1, "one") }, db.Repeatable); err != nil || count(t, direct) != 1 {
		t.Errorf("with leave to repeat: %v, %d rows", err, count(t, direct))
	}
}

// What the server refuses at the commit did not happen, for certain.
func TestCommitThatTheServerRefusedDidNotHappen(t *testing.T) {
	t.Parallel()
	d := create(t, dbtest.Postgres(t))
	err := d.Migrate(ctx, append(append([]db.Migration{}, things...), db.Migration{ID: "t/0003",
		SQL: `CREATE TABLE later (id {int} PRIMARY KEY, of {int} NOT NULL REFERENCES thing (id) DEFERRABLE INITIALLY DEFERRED);`}))
	if err != nil {
		t.Fatal(err)
	}
	err = d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(`INSERT INTO later (id, of) VALUES (1, 7)`); return err })
	if err == nil || errors.Is(err, db.ErrMaybe) || db.Unavailable(err) {
		t.Errorf("%v", err)
	}
}

func TestSQLiteDiskThatIsFullIsUnavailableAndHasSpaceAgain(t *testing.T) {
	t.Parallel()
	d := create(t, dbtest.SQLite(t))
	limit := func(pages int) {
		t.Helper()
		err := d.Write(ctx, func(tx *db.Tx) error {
			var n int
			return tx.QueryRow(fmt.Sprintf(`PRAGMA max_page_count = %d`, pages)).Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	big := strings.Repeat("x", 100_000)
	limit(20)
	err := d.Write(ctx, func(tx *db.Tx) error {
		if err := insert(tx, 1, "one"); err != nil {
			return err
		}
		if err := tx.Savepoint(func() error { return insert(tx, 2, big) }); !db.Unavailable(err) {
			t.Errorf("a full disk: %v", err)
		}
		// SQLite has rolled everything back by now: what came next would stand alone.
		if err := tx.Savepoint(func() error { return insert(tx, 3, "three") }); !db.Unavailable(err) {
			t.Errorf("after it: %v", err)
		}
		return nil
	})
	if !db.Unavailable(err) || errors.Is(err, db.ErrMaybe) || count(t, d) != 0 {
		t.Errorf("the whole: %v, %d rows", err, count(t, d))
	}
	limit(100_000)
	if err := d.Write(ctx, func(tx *db.Tx) error { return insert(tx, 2, big) }); err != nil || count(t, d) != 1 {
		t.Errorf("with space: %v, %d rows", err, count(t, d))
	}
}

func TestSQLiteThatIsReadOnlyIsUnavailable(t *testing.T) {
	t.Parallel()
	d := create(t, dbtest.SQLite(t))
	err := d.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(`PRAGMA query_only = 1`); err != nil {
			return err
		}
		return insert(tx, 1, "one")
	})
	if !db.Unavailable(err) {
		t.Errorf("%v", err)
	}
}

// The file cannot grow: the operating system refuses, as a broken disk would.
// That holds for a whole process, so this one has its own.
func TestSQLiteAfterAFaultOfTheDiskGoesOn(t *testing.T) {
	if os.Getenv("NAZORAT_TEST_FAULT") == "" {
		t.Parallel()
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
		cmd.Env = append(os.Environ(), "NAZORAT_TEST_FAULT=1")
		if out, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("PASS")) {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	signal.Ignore(syscall.SIGXFSZ)
	d := create(t, dbtest.SQLite(t))
	write := func(id, size int) error {
		return d.Write(ctx, func(tx *db.Tx) error { return insert(tx, id, strings.Repeat("x", size)) })
	}
	if err := write(1, 10); err != nil {
		t.Fatal(err)
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	small := limit
	small.Cur = 300_000
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
		t.Skipf("no limit can be set: %v", err)
	}
	err := write(2, 1_000_000)
	t.Logf("the fault: %v", err)
	if !db.Unavailable(err) {
		t.Errorf("a fault of the disk: %v", err)
	}
	if count(t, d) != 1 {
		t.Errorf("%d rows", count(t, d))
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	if err := write(3, 1_000_000); err != nil || count(t, d) != 2 {
		t.Errorf("afterwards: %v, %d rows", err, count(t, d))
	}
}
