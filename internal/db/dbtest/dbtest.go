// Package dbtest gives tests a database of each kind, so that one suite runs on
// both: Each runs a test on SQLite and on PostgreSQL.
//
// PostgreSQL comes from a server that the test binary starts for itself, once,
// in a temporary directory, with whatever PostgreSQL (15 or later) the machine
// has; or, where NAZORAT_TEST_POSTGRES is set to the location of a database such
// as postgres://tester@localhost/postgres, from that server, where the tests make
// and drop databases of their own. Where there is neither, tests skip; they fail
// instead where NAZORAT_REQUIRE_POSTGRES or CI is set.
//
// Where NAZORAT_TEST_CLUSTER names a path, the first server of ours leaves there what initdb has made, and the others begin with a copy of it:
// make test has some forty, and initdb takes a second of the processor.
//
// A server of ours ends with the test binary, however that ends, and takes its
// directory along. It is for tests only, and trusts everybody who reaches its
// socket, which lies in a directory that only its owner may enter.
package dbtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"nazorat/internal/db"
)

// Each runs f twice, as subtests "sqlite" and "postgres". location names where a
// database can be made with db.Create; there is none yet.
func Each(t *testing.T, f func(t *testing.T, location string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, Postgres(t)) })
}

// SQLite is a location for a test's own SQLite database.
func SQLite(tb testing.TB) string {
	tb.Helper()
	return "sqlite:" + filepath.Join(tb.TempDir(), "office.db")
}

// Postgres is the location of a test's own, empty PostgreSQL database; it is gone when the test ends.
func Postgres(tb testing.TB) string {
	tb.Helper()
	return admin(tb).database(tb, "")
}

// PostgresWith is Postgres with further words for CREATE DATABASE; the test skips where the server cannot do that.
func PostgresWith(tb testing.TB, options string) string {
	tb.Helper()
	location, drop, err := admin(tb).make(options)
	if err != nil {
		tb.Skipf("the server makes no such database: %v", err)
	}
	return dropped(tb, location, drop)
}

// One is a location for tests that stand far above the database and need not run
// on both each time: SQLite, or the kind that NAZORAT_TEST_DATABASE names.
func One(tb testing.TB) string {
	tb.Helper()
	if onServer(tb) {
		return Postgres(tb)
	}
	return SQLite(tb)
}

// onServer reports whether One is PostgreSQL.
func onServer(tb testing.TB) bool {
	tb.Helper()
	switch kind := os.Getenv("NAZORAT_TEST_DATABASE"); kind {
	case "", "sqlite":
		return false
	case "postgres":
		return true
	default:
		tb.Fatalf("NAZORAT_TEST_DATABASE is %q, want sqlite or postgres", kind)
		return false
	}
}

// How a server of ours is run: settings beside its own.
type How string

const (
	// NoSync lets the server answer before anything is on disk: for suites that
	// commit much and do not ask what a crash leaves behind.
	NoSync How = "-c fsync=off -c full_page_writes=off"
	// Roomy gives the server the memory that one has on a machine of its own: for benchmarks with large databases.
	Roomy How = "-c shared_buffers=2GB -c maintenance_work_mem=512MB -c max_wal_size=8GB -c autovacuum_naptime=60s"
)

// shared is what the tests of one binary have in common.
type shared struct {
	how    []How
	once   sync.Once
	server *Server
	admin  *administrator
	mu     sync.Mutex
	models []func() error // that take a Model from a server of others
	err    error
}

var common shared

// Main runs the tests of a package and ends what they started. It is only
// needed to say how the server is run, to have it gone before the binary is, or
// for a Model:
//
//	func TestMain(m *testing.M) { dbtest.Main(m, dbtest.NoSync) }
func Main(m *testing.M, how ...How) { os.Exit(Runs(m, how...).Run()) }

// Tests are those of a package; Run runs them and gives what the binary ends with.
type Tests interface{ Run() int }

// Runs is Main for a package whose tests need something else ended too: Run ends what this package started for them.
func Runs(m Tests, how ...How) Tests {
	common.how = how
	return ending{m}
}

type ending struct{ tests Tests }

func (e ending) Run() int {
	code := e.tests.Run()
	if common.server != nil {
		common.server.end()
		return code
	}
	for _, drop := range common.models {
		if err := drop(); err != nil && code == 0 {
			fmt.Fprintln(os.Stderr, "drop a model:", err)
			code = 1
		}
	}
	return code
}

// admin gives the server of this binary, or skips.
func admin(tb testing.TB) *administrator {
	tb.Helper()
	a, err := ours()
	if err != nil {
		missing(tb, err)
	}
	return a
}

func ours() (*administrator, error) {
	common.once.Do(func() {
		at := os.Getenv("NAZORAT_TEST_POSTGRES")
		if at == "" {
			if common.server, common.err = start(common.how); common.err != nil {
				return
			}
			at = common.server.Location("postgres")
		}
		common.admin, common.err = newAdministrator(at)
	})
	return common.admin, common.err
}

// Make makes an empty PostgreSQL database where there is no testing.TB at hand,
// such as in a script. drop takes it away again.
func Make() (location string, drop func() error, err error) {
	a, err := ours()
	if err != nil {
		return "", nil, err
	}
	return a.make("")
}

// Required reports whether it is a failure that there is no PostgreSQL to test with.
func Required() bool { return os.Getenv("NAZORAT_REQUIRE_POSTGRES") != "" || os.Getenv("CI") != "" }

// missing skips a test that cannot have its server, or fails it where one is asked for.
func missing(tb testing.TB, err error) {
	tb.Helper()
	if Required() {
		tb.Fatalf("no PostgreSQL to test with: %v", err)
	}
	tb.Skipf("no PostgreSQL to test with: %v", err)
}

// administrator makes and drops databases.
type administrator struct {
	at   *url.URL
	mu   sync.Mutex
	conn *pgx.Conn
	n    int
}

func newAdministrator(location string) (*administrator, error) {
	at, err := url.Parse(location)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, location)
	if err != nil {
		return nil, err
	}
	return &administrator{at: at, conn: conn}, nil
}

func (a *administrator) exec(text string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err := a.conn.Exec(ctx, text)
	return err
}

func (a *administrator) make(options string) (location string, drop func() error, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.n++
	name := "nazorat_test_" + strconv.Itoa(os.Getpid()) + "_" + strconv.Itoa(a.n)
	if err := a.exec("CREATE DATABASE " + name + " " + options); err != nil {
		return "", nil, err
	}
	at := *a.at
	at.Path = "/" + name
	return at.String(), func() error {
		a.mu.Lock()
		defer a.mu.Unlock()
		return a.exec("DROP DATABASE " + name + " WITH (FORCE)")
	}, nil
}

func (a *administrator) database(tb testing.TB, options string) string {
	tb.Helper()
	location, drop, err := a.make(options)
	if err != nil {
		tb.Fatalf("make a database: %v", err)
	}
	return dropped(tb, location, drop)
}

// dropped has a database dropped when its test ends, and gives its location.
func dropped(tb testing.TB, location string, drop func() error) string {
	tb.Helper()
	tb.Cleanup(func() {
		if err := drop(); err != nil {
			tb.Errorf("drop the database: %v", err)
		}
	})
	return location
}

// Private starts a server for one test alone, which may do to it what it likes. It skips as Postgres does.
func Private(tb testing.TB, how ...How) *Server {
	tb.Helper()
	s, err := start(how)
	if err != nil {
		missing(tb, err)
	}
	tb.Cleanup(s.end)
	return s
}

// Database makes an empty database on a private server and gives its location.
func (s *Server) Database(tb testing.TB, name string) string {
	tb.Helper()
	a, err := newAdministrator(s.Location("postgres"))
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = a.conn.Close(context.Background()) }()
	if err := a.exec(fmt.Sprintf("CREATE DATABASE %s", pgx.Identifier{name}.Sanitize())); err != nil {
		tb.Fatal(err)
	}
	return s.Location(name)
}

// Unguard lets the rows of an append-only table be changed, for tests that then do what must be found.
func Unguard(tb testing.TB, d *db.DB, table string) {
	tb.Helper()
	drop := []string{"DROP TRIGGER " + table + "_no_update", "DROP TRIGGER " + table + "_no_delete"}
	if d.Dialect.Name == db.Postgres.Name {
		drop = []string{"DROP TRIGGER " + table + "_append_only ON " + table}
	}
	err := d.Write(context.Background(), func(tx *db.Tx) error {
		for _, text := range drop {
			if _, err := tx.Exec(text); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
}
