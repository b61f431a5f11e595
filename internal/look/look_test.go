package look_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"nazorat/internal/bundle"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/leaf"
	"nazorat/internal/look"
	"nazorat/laws"
)

var (
	ctx   = context.Background()
	quiet = slog.New(slog.DiscardHandler)
)

func TestMain(m *testing.M) {
	if at := os.Getenv(childOf); at != "" {
		child(at)
		return
	}
	dbtest.Main(m, dbtest.NoSync)
}

// builtIn are the rules that are built in, loaded once for all tests: nobody changes them.
var builtIn = sync.OnceValues(func() (*look.Rules, error) { return look.LoadRules(laws.FS) })

func rules(tb testing.TB) *look.Rules {
	tb.Helper()
	r, err := builtIn()
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func create(tb testing.TB, location string) *db.DB {
	tb.Helper()
	d, err := db.Create(ctx, location)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(ctx, slices.Concat(docket.Migrations, look.Migrations)); err != nil {
		tb.Fatal(err)
	}
	return d
}

// begun is a keeper that records, with a spool in a folder or "" for none.
func begun(tb testing.TB, d *db.DB, spool string) *look.Keeper {
	tb.Helper()
	k := look.Open(d, rules(tb))
	if err := k.Begin(spool, quiet); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(k.Close)
	return k
}

// ways runs a test on both databases, with a spool and without.
func ways(t *testing.T, f func(t *testing.T, d *db.DB, spool string)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, location string) {
		d := create(t, location)
		t.Run("spooled", func(t *testing.T) { f(t, d, filepath.Join(t.TempDir(), "looks")) })
	})
	dbtest.Each(t, func(t *testing.T, location string) {
		d := create(t, location)
		t.Run("waiting", func(t *testing.T) { f(t, d, "") })
	})
}

func view(officer, proceeding string, at int64) journal.Look {
	return journal.Look{At: calendar.Moment(at), Kind: look.View, Page: "GET /proceedings/{id}", Proceeding: proceeding, Officer: officer, Role: "inquirer", Mandate: officer + "-1", Office: "iib-1", Basis: look.Own}
}

// audit holds the whole journal against itself, as nazorat verify does.
func audit(tb testing.TB, d *db.DB) *bundle.Report {
	tb.Helper()
	a := bundle.NewAudit("office.example", -1)
	tree := map[int64]journal.Hash{}
	if _, err := leaf.Open(d).Check(ctx, func(at int64, leaf journal.Hash) error { tree[at] = leaf; return nil }); err != nil {
		tb.Fatal(err)
	}
	err := look.Records(ctx, d, 0, math.MaxInt64, func(r *journal.Record) error {
		if tree[r.At] != r.Leaf {
			return fmt.Errorf("leaf %d is another in the tree", r.At)
		}
		return a.Record(r)
	})
	if err != nil {
		tb.Fatal(err)
	}
	r, err := a.Report()
	if err != nil {
		tb.Fatal(err)
	}
	if r.Leaves() != int64(len(tree)) {
		tb.Fatalf("%d leaves of %d were read", r.Leaves(), len(tree))
	}
	return r
}

func TestEachLookIsInTheJournalOnceWhoeverLooksAtOnce(t *testing.T) {
	t.Parallel()
	ways(t, func(t *testing.T, d *db.DB, spool string) {
		k := begun(t, d, spool)
		var wg sync.WaitGroup
		const readers, each = 8, 90
		for i := range readers {
			wg.Go(func() {
				for j := range each {
					if err := k.Add(view(fmt.Sprintf("o%d", i), fmt.Sprintf("p%d", j%7), int64(1000*j+i))); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if err := k.Flush(ctx); err != nil {
			t.Fatal(err)
		}
		if n, _ := k.Waiting(); n != 0 {
			t.Errorf("%d looks wait after they were flushed", n)
		}
		if r := audit(t, d); r.Looks != readers*each || r.LookLeaves > r.Looks {
			t.Errorf("%d looks in %d leaves", r.Looks, r.LookLeaves)
		}
		for i := range readers {
			list, err := k.By(ctx, fmt.Sprintf("o%d", i), look.After{}, 1000)
			if err != nil || len(list) != each {
				t.Fatalf("%d looks of an officer: %v", len(list), err)
			}
		}
		if spool != "" {
			if left, err := os.ReadDir(spool); err != nil || len(left) > 0 {
				t.Errorf("%d files are left in the spool: %v", len(left), err)
			}
		}
	})
}

// Leaves of looks and of acts follow each other as they were committed; what was read is what was recorded.
func TestLooksAreReadPageByPageNewestFirst(t *testing.T) {
	t.Parallel()
	ways(t, func(t *testing.T, d *db.DB, spool string) {
		k := begun(t, d, spool)
		const all = 57
		for i := range all {
			l := view("o1", "p1", int64(i/3)) // three at each moment
			l.Thing, l.Why, l.Shown, l.Namesakes = int32(i), fmt.Sprintf("“%d”\n", i), int64(i), int64(i%2)
			if err := k.Add(l); err != nil {
				t.Fatal(err)
			}
			if i%10 == 0 {
				if err := k.Flush(ctx); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := k.Flush(ctx); err != nil {
			t.Fatal(err)
		}
		for _, list := range []func(look.After) ([]look.Past, error){
			func(a look.After) ([]look.Past, error) { return k.Of(ctx, "p1", a, 10) },
			func(a look.After) ([]look.Past, error) { return k.By(ctx, "o1", a, 10) },
		} {
			var after look.After
			seen := map[int32]bool{}
			for {
				page, err := list(after)
				if err != nil {
					t.Fatal(err)
				}
				for i, p := range page {
					if seen[p.Thing] || i > 0 && p.At > page[i-1].At || p.Why != fmt.Sprintf("“%d”\n", p.Thing) || p.Shown != int64(p.Thing) || p.Namesakes != int64(p.Thing%2) {
						t.Fatalf("%+v", p)
					}
					seen[p.Thing] = true
				}
				if len(page) < 10 {
					break
				}
				last := page[9]
				after = look.After{At: last.At, Leaf: last.Leaf, N: last.N}
			}
			if len(seen) != all {
				t.Errorf("%d looks of %d", len(seen), all)
			}
		}
		if list, err := k.Of(ctx, "p\x00", look.After{}, 10); err != nil || len(list) > 0 {
			t.Errorf("%v, %v", list, err)
		}
	})
}

func TestNothingOfALookIsEverChanged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		d := create(t, location)
		k := begun(t, d, "")
		if err := k.Add(view("o1", "p1", 1)); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{`UPDATE look SET officer = 'x'`, `DELETE FROM look`} {
			if err := d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(text); return err }); err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: %v", text, err)
			}
		}
	})
}

// Whoever has the database in his hands can take the guards off. What he does is found.
func TestTamperedLooksAreFound(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		d := create(t, location)
		k := begun(t, d, filepath.Join(t.TempDir(), "looks"))
		for i := range 9 {
			if err := k.Add(view("o1", "p1", int64(i))); err != nil {
				t.Fatal(err)
			}
			if i%3 == 2 {
				if err := k.Flush(ctx); err != nil {
					t.Fatal(err)
				}
			}
		}
		audit(t, d)
		dbtest.Unguard(t, d, "look")
		exec := func(texts ...string) {
			err := d.Write(ctx, func(tx *db.Tx) error {
				for _, text := range texts {
					if _, err := tx.Exec(text); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		var tree []journal.Hash
		if _, err := leaf.Open(d).Check(ctx, func(_ int64, leaf journal.Hash) error { tree = append(tree, leaf); return nil }); err != nil {
			t.Fatal(err)
		}
		found := func() error {
			a := bundle.NewAudit("office.example", -1)
			n := 0
			err := look.Records(ctx, d, 0, math.MaxInt64, func(r *journal.Record) error {
				n++
				if r.Leaf != tree[r.At] {
					return journal.ErrBroken
				}
				return a.Record(r)
			})
			if err == nil && n != len(tree) {
				err = journal.ErrBroken
			}
			return err
		}
		for _, text := range []string{`UPDATE look SET officer = 'o2' WHERE leaf = 1 AND n = 2`, `UPDATE look SET at = at + 1 WHERE leaf = 1 AND n = 2`, `DELETE FROM look WHERE leaf = 1 AND n = 2`, `DELETE FROM look WHERE leaf = 1`,
			`INSERT INTO look SELECT leaf, 4, at, kind, page, proceeding, thing, about, shown, namesakes, officer, role, mandate, office, basis, purpose, serves, why, emergency, hash, salt FROM look WHERE leaf = 1 AND n = 1`} {
			exec(`CREATE TABLE kept AS SELECT * FROM look`, text)
			if err := found(); !errors.Is(err, journal.ErrBroken) {
				t.Errorf("%s was not found: %v", text, err)
			}
			exec(`DELETE FROM look`, `INSERT INTO look SELECT * FROM kept`, `DROP TABLE kept`)
			if err := found(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestPagesAreRefusedWhenLooksCannotBeRecorded(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		d := create(t, location)
		r := *rules(t)
		r.Behind = 30 * calendar.Second / 1000 // 30 ms
		k := look.Open(d, &r)
		if err := k.Add(view("o1", "p1", 1)); !fault.Is(err, fault.Unavailable) {
			t.Errorf("before it began: %v", err)
		}
		spool := filepath.Join(t.TempDir(), "looks")
		if err := k.Begin(spool, quiet); err != nil {
			t.Fatal(err)
		}
		defer k.Close()
		if err := d.Close(); err != nil { // the database is away from here on
			t.Fatal(err)
		}
		if err := k.Add(view("o1", "p1", 2)); err != nil {
			t.Fatalf("a moment later it may be there again: %v", err)
		}
		for until := time.Now().Add(10 * time.Second); ; {
			err := k.Add(view("o1", "p1", 3))
			if fault.Is(err, fault.Unavailable) {
				break
			}
			if err != nil || time.Now().After(until) {
				t.Fatalf("looks wait for longer than the bound, and pages are shown: %v", err)
			}
			time.Sleep(5 * time.Millisecond)
		}
		waiting := begun(t, d, "")
		if err := waiting.Add(view("o1", "p1", 4)); !fault.Is(err, fault.Unavailable) {
			t.Errorf("without a spool: %v", err)
		}
	})
}

func TestPurposeIsRememberedForItsTimeAndSessionOnly(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		d := create(t, location)
		k := look.Open(d, rules(t))
		now := calendar.Moment(1_000_000_000)
		g := look.Given{Purpose: "complaint", Serves: "p2", Why: "A complaint came in"}
		for range 2 {
			if err := k.Remember(ctx, "s1", "p1", g, now); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			session, proceeding string
			at                  calendar.Moment
			want                bool
		}{{"s1", "p1", now, true}, {"s1", "p1", now + 30*calendar.Minute - 1, true}, {"s1", "p1", now + 30*calendar.Minute, false}, {"s2", "p1", now, false}, {"s1", "p2", now, false}} {
			have, err := k.Given(ctx, c.session, c.proceeding, c.at)
			if err != nil || (have != nil) != c.want || have != nil && *have != g {
				t.Errorf("%+v: %+v, %v", c, have, err)
			}
		}
		if err := k.Remember(ctx, "s2", "p1", g, now+look.FormOpen+2*30*calendar.Minute); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := d.QueryRow(ctx, `SELECT count(*) FROM look_purpose`).Scan(&n); err != nil || n != 1 {
			t.Errorf("%d purposes are kept, the one that is over among them: %v", n, err)
		}
	})
}

func TestNamesakesAreFoundInEveryScriptAndOrder(t *testing.T) {
	t.Parallel()
	persons := []string{"A. Karimov", "Karimova Dilnoza Anvarovna", "Каримов Бахтиёр", "Karimberdiyev Ali", "Ali Karimov", "", "B. T."}
	for officer, want := range map[string]int64{"Sardor Karimov": 3, "Nilufar Karimova": 3, "Karimov Sardor Anvar oʻgʻli": 3, "Olim Rahimov": 0, "": 0} {
		if n := look.Namesakes(officer, persons); n != want {
			t.Errorf("%q: %d namesakes, want %d", officer, n, want)
		}
	}
}

func date(t *testing.T, text string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func daysOf(t *testing.T, zone *calendar.Zone) *calendar.Days {
	t.Helper()
	d, err := calendar.NewDays(zone, []time.Weekday{time.Saturday, time.Sunday}, 18*calendar.Hour, 2026, 2026, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestUnusualLookingIsToldWithItsFigures(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		d := create(t, location)
		k := begun(t, d, "")
		zone, err := calendar.LoadZone("Asia/Tashkent")
		if err != nil {
			t.Fatal(err)
		}
		days := daysOf(t, zone)
		now := zone.Moment(date(t, "2026-03-31"), 12*calendar.Hour)
		at := func(day string, hour int) calendar.Moment {
			return zone.Moment(date(t, day), calendar.Moment(hour)*calendar.Hour+30*calendar.Minute)
		}
		var list []journal.Look
		add := func(officer string, n int, when calendar.Moment, change func(i int, l *journal.Look)) {
			for i := range n {
				l := view(officer, fmt.Sprintf("p%d", i), int64(when)+int64(i))
				if change != nil {
					change(i, &l)
				}
				list = append(list, l)
			}
		}
		noon := at("2026-03-25", 12) // a Wednesday
		add("quiet", 12, noon, nil)
		add("steady", 10, noon, nil)
		add("night", 11, at("2026-03-24", 23), func(_ int, l *journal.Look) { l.Proceeding = "p1" })
		add("sunday", 11, at("2026-03-29", 12), func(_ int, l *journal.Look) { l.Proceeding = "p1" })
		add("evening", 10, at("2026-03-24", 21), func(_ int, l *journal.Look) { l.Proceeding = "p1" }) // not more than the bound
		add("long ago", 50, at("2026-01-11", 3), nil)
		add("elsewhere", 50, at("2026-03-24", 3), func(_ int, l *journal.Look) { l.Office = "iib-2" })
		add("curious", 11, noon, func(_ int, l *journal.Look) { l.Basis, l.Purpose = look.ForPurpose, "oversight" })
		add("diligent", 11, noon, func(_ int, l *journal.Look) { l.Basis, l.Purpose, l.Serves = look.ForPurpose, "complaint", "p99" })
		add("breaker", 11, noon, func(_ int, l *journal.Look) { l.Basis, l.Emergency = look.InEmergency, "e1" })
		add("cousin", 2, noon, func(_ int, l *journal.Look) {
			l.Basis, l.Purpose, l.Serves, l.Namesakes = look.ForPurpose, "complaint", "p99", 1
		})
		add("busy", 60, noon, nil)
		if err := k.Write(ctx, list, func(*db.Tx) error { return nil }); err != nil {
			t.Fatal(err)
		}
		got, err := k.Unusual(ctx, "iib-1", days, now)
		if err != nil {
			t.Fatal(err)
		}
		have := map[string]string{}
		for _, u := range got {
			for _, w := range u.Why {
				have[u.Officer] += fmt.Sprintf("%s %d of %d;", w.Why, w.N, w.Of)
			}
		}
		want := map[string]string{"night": "hours 11 of 11;", "sunday": "hours 11 of 11;", "curious": "without_case 11 of 11;", "breaker": "without_case 11 of 11;",
			"cousin": "namesakes 2 of 2;", "busy": "peers 60 of 10;"}
		if fmt.Sprint(have) != fmt.Sprint(want) {
			t.Errorf("have %v\nwant %v", have, want)
		}
	})
}

func TestCanonicalBytesReadFromTheDatabaseAreThoseThatWereHashed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		d := create(t, location)
		k := begun(t, d, filepath.Join(t.TempDir(), "looks"))
		rapid.Check(t, func(rt *rapid.T) {
			l := view("o1", "p1", 1)
			l.Why, l.About = rapid.String().Draw(rt, "why"), string(rapid.SliceOf(rapid.Byte()).Draw(rt, "about"))
			if err := k.Add(l); err != nil {
				rt.Fatal(err)
			}
		})
		if err := k.Flush(ctx); err != nil {
			t.Fatal(err)
		}
		audit(t, d)
	})
}
