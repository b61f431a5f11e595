package dbtest_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func TestEachGivesEveryTestADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 2 {
		dbtest.Each(t, func(t *testing.T, location string) {
			if seen[location] || !strings.Contains(t.Name(), "/"+strings.SplitN(location, ":", 2)[0]) {
				t.Errorf("%s in %s", location, t.Name())
			}
			seen[location] = true
		})
	}
	if len(seen) != 4 && !t.Skipped() {
		t.Logf("%d locations: one kind was skipped", len(seen))
	}
}

// The test binary is killed in the middle of a test: its server ends, and leaves nothing behind.
func TestServerEndsWithTheTestBinary(t *testing.T) {
	if os.Getenv("NAZORAT_TEST_ORPHAN") != "" {
		fmt.Println("at", dbtest.Private(t, dbtest.NoSync).Location("postgres"))
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), "NAZORAT_TEST_ORPHAN=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	dir := ""
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if at, found := strings.CutPrefix(lines.Text(), "at "); found {
			u, err := url.Parse(at)
			if err != nil {
				t.Fatal(err)
			}
			dir = u.Query().Get("host")
		}
	}
	_ = cmd.Wait()
	if dir == "" {
		t.Skip("the other process found no PostgreSQL")
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(dir); os.IsNotExist(err) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s is still there", dir)
		}
	}
}

func TestPrivateServerIsKilledPausedAndStartedAgain(t *testing.T) {
	t.Parallel()
	s := dbtest.Private(t)
	at := s.Database(t, "office")
	ask := func(limit time.Duration) error {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		conn, err := pgx.Connect(ctx, at)
		if err != nil {
			return err
		}
		return conn.Close(ctx)
	}
	if err := ask(time.Minute); err != nil {
		t.Error(err)
	}
	s.Pause(t)
	if err := ask(200 * time.Millisecond); err == nil {
		t.Error("a paused server answered")
	}
	s.Resume(t)
	if err := ask(time.Minute); err != nil {
		t.Error(err)
	}
	s.Kill(t)
	if err := ask(time.Minute); err == nil {
		t.Error("a killed server answered")
	}
	s.Start(t)
	if err := ask(time.Minute); err != nil {
		t.Error(err)
	}
}

// Each copy of a model is a test's own; it is filled once, whoever comes first.
func TestAModelIsFilledOnceAndCopied(t *testing.T) {
	t.Parallel()
	for kind, copied := range map[string]func(*dbtest.Model, testing.TB, func(string) error) string{"sqlite": (*dbtest.Model).SQLite, "postgres": (*dbtest.Model).Postgres} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			var m dbtest.Model
			filled := 0
			ctx := t.Context()
			fill := func(location string) error {
				filled++
				d, err := db.Create(ctx, location)
				if err != nil {
					return err
				}
				return errors.Join(d.Migrate(ctx, []db.Migration{{ID: "x/0001", SQL: `CREATE TABLE x (n {int} NOT NULL) {strict};`}}), d.Write(ctx, add), d.Close())
			}
			for range 3 {
				d, err := db.Open(ctx, copied(&m, t, fill))
				if err != nil {
					t.Fatal(err)
				}
				if err := d.Write(ctx, add); err != nil {
					t.Error(err)
				}
				var n int
				if err := d.QueryRow(ctx, `SELECT count(*) FROM x`).Scan(&n); err != nil || n != 2 {
					t.Errorf("%d rows, %v: a copy has what another one's test wrote", n, err)
				}
				if err := d.Close(); err != nil {
					t.Error(err)
				}
			}
			if filled != 1 {
				t.Errorf("filled %d times", filled)
			}
		})
	}
}

func add(tx *db.Tx) error {
	_, err := tx.Exec(`INSERT INTO x (n) VALUES (1)`)
	return err
}
