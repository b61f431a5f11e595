package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"nazorat/internal/app"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/demo"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/procedure"
	"nazorat/laws"
)

var ctx = context.Background()

func TestMain(m *testing.M) { dbtest.Main(m, dbtest.Roomy) }

// now is when the large databases are looked at.
func now() calendar.Moment { return calendar.At(time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)) }

// room is the folder in which large databases are built once and found again.
// Without it the benchmarks that need them are skipped, so that
// "go test -bench ." stays quick.
func room(b *testing.B) string {
	b.Helper()
	dir := os.Getenv("NAZORAT_BENCH_DIR")
	if dir == "" {
		b.Skip("set NAZORAT_BENCH_DIR to a folder with room for 20 GB, or run make bench")
	}
	return dir
}

// size is how many of something are made, unless the environment wants fewer for a trial.
func size(b *testing.B, variable string, usual int) int {
	b.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n <= 0 {
		b.Fatalf("%s=%q is no number", variable, text)
	}
	return n
}

func cases(b *testing.B) int { return size(b, "NAZORAT_BENCH_CASES", 1_000_000) }

// once builds a file if it is not there yet; what was broken off half-way is built anew.
func once(b *testing.B, path string, build func(path string)) string {
	b.Helper()
	if _, err := os.Stat(path); err == nil {
		return path
	}
	half := path + ".half"
	for _, end := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(half + end)
	}
	build(half)
	must(b, os.Rename(half, path))
	return path
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// create makes a database with the synthetic service and nothing else in it.
func create(tb testing.TB, location string, o demo.Options) (*db.DB, *directory.Directory, *directory.Service) {
	tb.Helper()
	d, err := db.Create(ctx, location)
	must(tb, err)
	must(tb, d.Migrate(ctx, app.Migrations()))
	dir, err := directory.Open(ctx, d)
	must(tb, err)
	service, _ := demo.Service(o)
	must(tb, dir.Import(ctx, service, 1))
	return d, dir, service
}

// empty is an office in which nothing has happened.
func empty(b *testing.B) string {
	b.Helper()
	return once(b, filepath.Join(room(b), "empty.db"), func(path string) {
		d, _, _ := create(b, "sqlite:"+path, demo.Options{Seed: 1, Now: now()})
		must(b, d.Close())
	})
}

// filled is an office with as many proceedings as the budget asks for. All are
// checks of reports with their first deadline running, most of them over long ago.
func filled(b *testing.B) string {
	b.Helper()
	return once(b, filepath.Join(room(b), "filled.db"), func(path string) {
		start := time.Now()
		o := demo.Options{Cases: cases(b), Seed: 1, Now: now()}
		d, dir, service := create(b, "sqlite:"+path, o)
		must(b, demo.Fill(ctx, d, dir, law(b), service, o))
		must(b, d.Close())
		fmt.Fprintf(os.Stderr, "filled %d proceedings in %.0f s\n", o.Cases, time.Since(start).Seconds())
	})
}

// million is the same as it would be in life: of the deadlines that are over, all but one in twenty were met.
func million(b *testing.B) string {
	b.Helper()
	from := filled(b)
	return once(b, filepath.Join(room(b), "million.db"), func(path string) {
		clone(b, from, path)
		alter(b, "sqlite:"+path, `UPDATE deadline SET status = 'met', closed = due - 3600000000 WHERE status = 'running' AND due < $1 AND started / 1000000 % 20 <> 0`, now())
	})
}

// onBoth runs a benchmark over an office that lies in SQLite, and over the same one restored into PostgreSQL.
func onBoth(b *testing.B, build func(b *testing.B) string, f func(b *testing.B, o *app.Office)) {
	b.Run("sqlite", func(b *testing.B) { f(b, open(b, "sqlite:"+inMemory(b, build(b)))) })
	b.Run("postgres", func(b *testing.B) { f(b, open(b, moved(b, build(b)))) })
}

// inMemory reads a file to its end, so that the machine has of it what it has of one that is at work: moving another to PostgreSQL drives it out.
func inMemory(b *testing.B, path string) string {
	b.Helper()
	f, err := os.Open(path) // #nosec G304 -- a database of the benchmarks
	must(b, err)
	_, err = io.Copy(io.Discard, f)
	must(b, errors.Join(err, f.Close()))
	return path
}

// inPostgres are the databases that were moved there, by the file they came from: for as long as the process lives.
var inPostgres = map[string]string{}

// staying is a benchmark whose databases outlive it, as the next round asks for them again.
type staying struct{ testing.TB }

func (staying) Cleanup(func()) {}

// moved backs a SQLite database up and restores it into a PostgreSQL database of its own, at the first call for each. Where NAZORAT_BENCH_MOVED says where
// those lie that were moved before (postgres://USER@HOST/%s, for the name of the file), they are taken from there.
func moved(b *testing.B, path string) string {
	b.Helper()
	if to := inPostgres[path]; to != "" {
		return to
	}
	if before := os.Getenv("NAZORAT_BENCH_MOVED"); before != "" {
		return fmt.Sprintf(before, strings.TrimSuffix(filepath.Base(path), ".db"))
	}
	start := time.Now()
	d, err := db.Open(ctx, "sqlite:"+path)
	must(b, err)
	to := dbtest.Postgres(staying{b})
	r, w := io.Pipe()
	go func() {
		_, err := d.Backup(ctx, w)
		w.CloseWithError(errors.Join(err, d.Close()))
	}()
	_, err = db.Restore(ctx, to, app.Migrations(), r)
	must(b, err)
	alter(b, to, `CHECKPOINT`) // else it is written out in the middle of what is measured
	fmt.Fprintf(os.Stderr, "moved %s to PostgreSQL in %.0f s\n", filepath.Base(path), time.Since(start).Seconds())
	inPostgres[path] = to
	return to
}

// alter changes a database past the docket.
func alter(b *testing.B, location, text string, args ...any) {
	b.Helper()
	d, err := db.Open(ctx, location)
	must(b, err)
	must(b, d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(text, args...)
		return err
	}))
	must(b, d.Close())
}

func clone(b *testing.B, from, to string) {
	b.Helper()
	in, err := os.Open(from)
	must(b, err)
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	must(b, err)
	_, err = io.Copy(out, in)
	must(b, err)
	must(b, out.Close())
}

func law(tb testing.TB) *procedure.Law {
	tb.Helper()
	list, err := app.LoadLaws(laws.FS, app.Applied)
	must(tb, err)
	return list[0]
}

// open opens an office whose clock stands still.
func open(tb testing.TB, location string) *app.Office {
	tb.Helper()
	return openAt(tb, location, now)
}

// openAt opens an office with a clock.
func openAt(tb testing.TB, location string, clock func() calendar.Moment) *app.Office {
	tb.Helper()
	o := opened(tb, location, clock)
	tb.Cleanup(func() { must(tb, o.Close()) })
	return o
}

// opened is an office that its caller closes.
func opened(tb testing.TB, location string, clock func() calendar.Moment) *app.Office {
	tb.Helper()
	d, err := db.Open(ctx, location)
	must(tb, err)
	o, err := app.Open(ctx, d, docket.Options{Now: clock})
	must(tb, err)
	return o
}

// spool is a folder for looks that nobody else reads, as an office asks for.
func spool(b *testing.B) string {
	b.Helper()
	dir := filepath.Join(b.TempDir(), "looks")
	must(b, os.Mkdir(dir, 0o700))
	return dir
}

// quiet logs nothing but panics that would be hidden: errors go to the benchmark's output.
func quiet() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// binary builds the command as it is delivered.
func binary(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "nazorat")
	build := exec.Command("go", "build", "-trimpath", "-o", path, "nazorat/cmd/nazorat")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	if err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	return path
}

// command runs the binary without what the environment says to the benchmarks: it would take that for settings.
func command(nazorat string, args ...string) *exec.Cmd {
	cmd := exec.Command(nazorat, args...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "NAZORAT_") })
	return cmd
}

// nth is where the id of a proceeding that Fill made begins.
func nth(n int) string { return fmt.Sprintf("%09X", 2*n) }

// chance is the same in every run.
func chance() *rand.Rand { return rand.New(rand.NewPCG(1, 1)) }

func discard(r io.ReadCloser) error {
	_, err := io.Copy(io.Discard, r)
	if closed := r.Close(); err == nil {
		err = closed
	}
	return err
}
