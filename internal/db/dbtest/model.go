package dbtest

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Model is a database that is filled once in a test binary and given to each test that wants one like it as a copy of its own: to
// make its tables, or to let a past be lived, takes much longer than to copy what came of it. A test opens its copy with db.Open.
//
// The function that fills it is given a location as SQLite and Postgres give them, and closes what it opens there; it is called once for
// each kind of database. The zero value is ready. A Model wants Main, or Runs. Safe for concurrent use.
type Model struct{ file, server filled }

// filled is a model of one kind.
type filled struct {
	once sync.Once
	err  error
	file []byte // SQLite's
	name string // on the server
}

// Each runs f on a copy of each kind, as the function Each does.
func (m *Model) Each(t *testing.T, fill func(location string) error, f func(t *testing.T, location string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, m.SQLite(t, fill)) })
	t.Run("postgres", func(t *testing.T) { f(t, m.Postgres(t, fill)) })
}

// One is the location of a copy of the kind that the function One gives.
func (m *Model) One(tb testing.TB, fill func(location string) error) string {
	tb.Helper()
	if onServer(tb) {
		return m.Postgres(tb, fill)
	}
	return m.SQLite(tb, fill)
}

// SQLite is the location of a test's own copy.
func (m *Model) SQLite(tb testing.TB, fill func(location string) error) string {
	tb.Helper()
	m.file.by(tb, func() error {
		location := SQLite(tb)
		if err := fill(location); err != nil {
			return err
		}
		at := strings.TrimPrefix(location, "sqlite:")
		if beside, _ := filepath.Glob(at + "-*"); len(beside) > 0 { // the pattern is well formed
			return fmt.Errorf("it was not closed: %v is there", beside)
		}
		var err error
		m.file.file, err = os.ReadFile(at)
		return err
	})
	location := SQLite(tb)
	if err := os.WriteFile(strings.TrimPrefix(location, "sqlite:"), m.file.file, 0o600); err != nil {
		tb.Fatal(err)
	}
	return location
}

// Postgres is the location of a test's own copy; it is gone when the test ends. The test skips where there is no server.
func (m *Model) Postgres(tb testing.TB, fill func(location string) error) string {
	tb.Helper()
	a := admin(tb)
	m.server.by(tb, func() error {
		location, drop, err := a.make("")
		if err != nil {
			return err
		}
		common.mu.Lock()
		common.models = append(common.models, drop)
		common.mu.Unlock()
		at, err := url.Parse(location)
		if err != nil {
			return err
		}
		m.server.name = strings.TrimPrefix(at.Path, "/")
		return fill(location)
	})
	return a.database(tb, "TEMPLATE "+m.server.name)
}

// by has a model filled by whichever test comes first.
func (m *filled) by(tb testing.TB, fill func() error) {
	tb.Helper()
	m.once.Do(func() {
		m.err = errors.New("the test that filled it came to no end")
		m.err = fill()
	})
	if m.err != nil {
		tb.Fatalf("the model of a database: %v", m.err)
	}
}
