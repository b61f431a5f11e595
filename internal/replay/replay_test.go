package replay_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/demo"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/replay"
	"nazorat/laws"
)

// What acts, links and editions lead to is replayed by the tests of package docket. Here are
// reports that were registered, what is done to them behind the journal's back, and the journal as it is read.

func TestMain(m *testing.M) { dbtest.Main(m, dbtest.NoSync) }

// reports is how many there are, each with one entry.
const reports = 5

var today = calendar.At(time.Date(2026, 10, 15, 5, 30, 0, 0, time.UTC))

// criminal is loaded once for all tests: it is long, and nobody changes it.
var criminal = sync.OnceValues(func() (*procedure.Law, error) {
	law, _, err := lawload.Load(laws.FS, demo.Law)
	return law, err
})

// house is a database with reports in it.
type house struct {
	*replay.Replay
	db *db.DB
}

func open(t *testing.T, location string) *house {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	d, err := db.Create(ctx, location)
	must(err)
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	must(d.Migrate(ctx, slices.Concat(directory.Migrations, docket.Migrations)))
	dir, err := directory.Open(ctx, d)
	must(err)
	law, err := criminal()
	must(err)
	o := demo.Options{Cases: reports, Seed: 2, Now: today}
	s, _ := demo.Service(o)
	must(dir.Import(ctx, s, o.Now))
	must(demo.Fill(ctx, d, dir, law, s, o))
	return &house{replay.Of(d, proceedings.Open(d, dir, []*procedure.Law{law}, proceedings.Options{Now: func() calendar.Moment { return today }})), d}
}

// do changes something past whoever writes.
func (h *house) do(t *testing.T, text string) {
	t.Helper()
	if err := h.db.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(text); return err }); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsStoredIsWhatItsEntriesLeadTo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		h := open(t, location)
		if n, err := h.CheckAll(t.Context()); n != reports || err != nil {
			t.Errorf("all: %d, %v", n, err)
		}
		if n, err := h.CheckSome(t.Context(), []int64{0, reports - 1, 0, reports}); n != 2 || err != nil {
			t.Errorf("two, one of them twice, and one that is not there: %d, %v", n, err)
		}
	})
}

func TestCheckFindsWhatWasChangedBehindTheJournalsBack(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"an end":         `UPDATE deadline SET due = due + 1`,
		"a state":        `UPDATE deadline SET status = 'met'`,
		"who owes":       `UPDATE deadline SET officer = 'nobody'`,
		"one too few":    `DELETE FROM deadline`,
		"the charge":     `UPDATE proceeding SET in_charge = 'nobody'`,
		"the stage":      `UPDATE proceeding SET root_state = 'court'`,
		"the title":      `UPDATE proceeding SET title = title || '.'`,
		"the version":    `UPDATE proceeding SET version = version + 1`,
		"an edition":     `UPDATE proceeding SET edition = '1999-01-01'`,
		"what it became": `UPDATE proceeding SET state = replace(state, '"office":"', '"office":"x')`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t, dbtest.One(t))
			h.do(t, text)
			if n, err := h.CheckAll(t.Context()); !errors.Is(err, journal.ErrBroken) {
				t.Errorf("%d fit, %v", n, err)
			}
			if n, err := h.CheckSome(t.Context(), []int64{reports - 1}); n != 0 || !errors.Is(err, journal.ErrBroken) {
				t.Errorf("the last alone: %d fit, %v", n, err)
			}
		})
	}
}

func TestTheJournalIsReadInTheOrderOfItsLeaves(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		h := open(t, location)
		ctx := context.Background()
		var list []*journal.Record
		if err := replay.Records(ctx, h.db, 1, reports-1, func(r *journal.Record) error { list = append(list, r); return nil }); err != nil || len(list) != reports-2 {
			t.Fatalf("%d records, %v", len(list), err)
		}
		for i, r := range list {
			at, err := replay.RecordAt(ctx, h.db, int64(i)+1)
			if err != nil || !reflect.DeepEqual(at, r) || r.At != int64(i)+1 || len(r.Canonical) == 0 {
				t.Errorf("leaf %d: %+v, and by its number %+v, %v", i+1, r, at, err)
			}
			of, err := replay.RecordOf(ctx, h.db, r.Number, 1)
			if err != nil || !reflect.DeepEqual(of, r) {
				t.Errorf("leaf %d by its proceeding: %+v, %v", i+1, of, err)
			}
		}
		if _, err := replay.RecordAt(ctx, h.db, reports); !fault.Is(err, fault.NotFound) {
			t.Errorf("a leaf that is not there: %v", err)
		}
		if _, err := replay.RecordOf(ctx, h.db, list[0].Number, 2); !fault.Is(err, fault.NotFound) {
			t.Errorf("an entry that is not there: %v", err)
		}
		stop := errors.New("enough")
		if err := replay.Records(ctx, h.db, 0, reports, func(*journal.Record) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("stopped: %v", err)
		}
	})
}
