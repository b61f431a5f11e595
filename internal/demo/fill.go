package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/journal"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
)

// Fill puts o.Cases registered reports into a database for tests under load,
// past the docket: it writes the rows itself, in bulk, and so it is the one
// place that knows them besides package docket. The rows are those that the
// docket would have written, the entry's hash among them; a test writes the
// same reports both ways and compares. Never for anything but load.
//
// The database holds the service s and nobody else writes to it meanwhile. What
// is in it already stays; numbers go on. It stops between batches when ctx ends.
func Fill(ctx context.Context, d *db.DB, dir *directory.Directory, law *procedure.Law, s *directory.Service, o Options) error {
	w, err := newWorld([]*procedure.Law{law}, s, o)
	if err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	f := &filler{world: w, db: d, tree: dir.Tree(), last: map[numbered]int64{}, tally: map[counted]int{}}
	if err := f.begin(ctx); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	moments := w.arrivals(random(o.Seed, arrivalStream), o.Cases, 0, period)
	// Encoding is two thirds of the work, so it runs beside the writing; batches are written in their order.
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	queue := make(chan chan filled, runtime.NumCPU())
	go func() {
		defer close(queue)
		for from := 0; from < len(moments); from += fillBatch {
			out := make(chan filled, 1)
			select {
			case queue <- out:
			case <-ctx.Done():
				return
			}
			go func() { out <- f.make(from, moments[from:min(from+fillBatch, len(moments))]) }()
		}
	}()
	done := 0
	for out := range queue {
		b := <-out
		if b.err == nil {
			b.err = f.write(ctx, &b)
		}
		if b.err != nil {
			return fmt.Errorf("fill: %w", b.err)
		}
		done += len(b.rows)
		if o.Progress != nil {
			o.Progress(done, o.Cases)
		}
	}
	return ctx.Err()
}

// fillBatch is how many proceedings one transaction holds; rowsTogether how many rows one statement.
const (
	fillBatch    = 5000
	rowsTogether = 6 // more cost more: SQLite looks numbered parameters up one by one
)

type (
	numbered struct {
		office string
		year   int
	}
	counted struct{ office, state string }
)

type filler struct {
	world *world
	db    *db.DB
	tree  *directory.Tree
	first int // how many proceedings there were: ids go on behind them
	last  map[numbered]int64
	tally map[counted]int // of the batch
}

// row is one report with what the docket would write for it.
type row struct {
	entry     journal.Entry
	hash      journal.Hash
	form      string
	effects   string
	sent      string // id of the submission
	state     string
	root      string
	title     string
	charge    string
	super     string
	year      int
	deadlines [][]any
	copies    [][]any
}

type filled struct {
	rows []row
	err  error
}

func (f *filler) begin(ctx context.Context) error {
	if err := f.db.QueryRow(ctx, `SELECT count(*) FROM proceeding`).Scan(&f.first); err != nil {
		return err
	}
	rows, err := f.db.Query(ctx, `SELECT office, year, last FROM numbering WHERE law = $1`, f.world.main.Name)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var n numbered
		var last int64
		if err := rows.Scan(&n.office, &n.year, &last); err != nil {
			return err
		}
		f.last[n] = last
	}
	return rows.Err()
}

// make works out the rows of a batch. Safe beside others.
func (f *filler) make(from int, moments []calendar.Moment) filled {
	out := filled{rows: make([]row, len(moments))}
	for i, at := range moments {
		r, err := f.report(from+i, at)
		if err != nil {
			out.err = err
			return out
		}
		out.rows[i] = *r
	}
	return out
}

// fillStream keeps the chance of filled cases apart from that of cases that live.
const fillStream = 1 << 40

func (f *filler) report(n int, at calendar.Moment) (*row, error) {
	w := f.world
	var why error
	l := w.born(&birth{index: fillStream + uint64(n), at: at, rule: w.mainBirth()}, func(act, reason string) { why = fmt.Errorf("%s: %s", act, reason) })
	s := l.step()
	if s == nil || s.refused != nil || why != nil {
		return nil, errors.Join(errors.New("a report could not be registered"), why)
	}
	edition := w.main.At(at)
	rule := edition.Act(s.command.Act)
	form, _ := edition.ReadForm(rule, s.command.Form) // step has read it without fault
	// In order of number, so that the trees grow at their right end; the rest cannot be guessed.
	id, sent := fmt.Sprintf("%08X%s", f.first+n, seededID(l.r)[8:]), fmt.Sprintf("%08X%s", f.first+n, seededID(l.r)[8:])
	a := s.command.Actor
	r := &row{sent: sent, charge: l.run.State.InCharge, super: f.tree.Supervisor(a.Office), root: l.root(), title: w.main.Title(&l.run.State)}
	r.entry = journal.Entry{Format: journal.Format, Proceeding: id, Seq: 1, Law: w.main.Name, Edition: edition.Name, Act: rule.Name, Thing: 0, Officer: a.Officer,
		Role: a.Role, Mandate: a.Mandate, Office: a.Office, Done: at, Recorded: at, Form: stored.EncodeForm(w.main, rule.ID, form), Effects: stored.Effects(w.main, s.done[0].effects)}
	r.year, _, _ = edition.Days.Zone().Date(at).Civil()
	var err error
	if r.hash, err = r.entry.Sum(); err != nil {
		return nil, err
	}
	for _, x := range []struct {
		into *string
		what any
	}{{&r.form, r.entry.Form}, {&r.effects, r.entry.Effects}} {
		b, err := json.Marshal(x.what)
		if err != nil {
			return nil, err
		}
		*x.into = string(b)
	}
	state, err := stored.EncodeState(w.main, &l.run.State)
	if err != nil {
		return nil, err
	}
	r.state = string(state)
	for i := range l.run.State.Deadlines {
		dl := &l.run.State.Deadlines[i]
		t := edition.Terms[dl.Term]
		if t.Waiting() {
			continue // nobody's duty: no row
		}
		officer, office := r.charge, a.Office
		if t.OwedBy != procedure.InCharge {
			officer, office = "", f.tree.Competent(a.Office, t.OwedBy)
		}
		basis, err := json.Marshal(stored.EncodeDeadline(w.main, dl))
		if err != nil {
			return nil, err
		}
		r.deadlines = append(r.deadlines, []any{id, dl.No, w.main.Name, t.Name, dl.Thing, t.OwedBy, office, officer, r.super, t.Breach.String(), dl.Start, dl.Due,
			docket.Running, calendar.Moment(0), string(basis), min(len(t.Steps), 1)})
	}
	for i := range s.done[0].effects {
		if f := &s.done[0].effects[i]; f.Kind == procedure.Copied {
			r.copies = append(r.copies, []any{r.super, f.Value.Text, at, id, 1})
		}
	}
	return r, nil
}

const (
	fillProceeding = `INSERT INTO proceeding (id, law, number, office, supervisor, in_charge, root_state, title, version, opened, changed, state, edition) VALUES `
	fillEntry      = `INSERT INTO entry (proceeding, seq, law, edition, act, thing, officer, role, mandate, office, done, recorded, form, effects, previous, hash, submission) VALUES `
	fillDeadline   = `INSERT INTO deadline (proceeding, no, law, term, thing, role, office, officer, supervisor, breach, started, due, status, closed, basis, steps) VALUES `
	fillCopy       = `INSERT INTO copy (office, role, at, proceeding, seq) VALUES `
	fillNumbering  = `INSERT INTO numbering (office, law, year, last) VALUES ($1, $2, $3, $4)
ON CONFLICT (office, law, year) DO UPDATE SET last = excluded.last`
	fillTally = `INSERT INTO tally (office, law, state, n) VALUES ($1, $2, $3, $4)
ON CONFLICT (office, law, state) DO UPDATE SET n = tally.n + excluded.n`
)

// write puts a batch into the database, in one transaction.
func (f *filler) write(ctx context.Context, b *filled) error {
	clear(f.tally)
	touched := map[numbered]bool{}
	var proceedings, entries, deadlines, copies [][]any
	for i := range b.rows {
		r := &b.rows[i]
		e := &r.entry
		n := numbered{e.Office, r.year}
		f.last[n]++
		touched[n] = true
		number, err := procedure.FormatNumber(f.world.main.At(e.Done).Number, f.tree.Office(e.Office).Code, r.year, f.last[n])
		if err != nil {
			return err
		}
		f.tally[counted{e.Office, r.root}]++
		if r.super != e.Office {
			f.tally[counted{r.super, r.root}]++
		}
		proceedings = append(proceedings, []any{e.Proceeding, e.Law, number, e.Office, r.super, r.charge, r.root, r.title, 1, e.Done, e.Recorded, r.state, e.Edition})
		entries = append(entries, []any{e.Proceeding, e.Seq, e.Law, e.Edition, e.Act, e.Thing, e.Officer, e.Role, e.Mandate, e.Office, e.Done, e.Recorded,
			r.form, r.effects, e.Previous[:], r.hash[:], r.sent})
		deadlines, copies = append(deadlines, r.deadlines...), append(copies, r.copies...)
	}
	return f.db.Write(ctx, func(tx *db.Tx) error {
		for _, x := range []struct {
			text string
			rows [][]any
		}{{fillProceeding, proceedings}, {fillEntry, entries}, {fillDeadline, deadlines}, {fillCopy, copies}} {
			if err := insert(tx, x.text, x.rows); err != nil {
				return err
			}
		}
		for n := range touched {
			if _, err := tx.Exec(fillNumbering, n.office, f.world.main.Name, n.year, f.last[n]); err != nil {
				return err
			}
		}
		for c, n := range f.tally {
			if _, err := tx.Exec(fillTally, c.office, f.world.main.Name, c.state, n); err != nil {
				return err
			}
		}
		return nil
	})
}

// insert writes rows, several to a statement; two lengths of statement are all there is.
func insert(tx *db.Tx, text string, rows [][]any) error {
	var args []any
	for len(rows) > 0 {
		n := rowsTogether
		if len(rows) < n {
			n = 1
		}
		args = args[:0]
		for _, r := range rows[:n] {
			args = append(args, r...)
		}
		lists := make([]string, n)
		for i := range lists {
			lists[i] = db.In(len(rows[0]), 1+i*len(rows[0]))
		}
		if _, err := tx.Exec(text+strings.Join(lists, ","), args...); err != nil {
			return fmt.Errorf("insert: %w", err)
		}
		rows = rows[n:]
	}
	return nil
}
