package proceedings

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
)

// This file reads the past: the acts of many proceedings, as the journal has
// them, for whoever lives through them again under other rules.
//
// Who may. A page reads with Past, which gives the proceedings that its reader
// could open one by one, and no other: the same question is asked of each, with
// the office that has it and the office that supervises it now. Figures over a
// part of the country would be taken for those of the whole, so a page that
// shows them asks ReadsAll first. WholePast asks nobody. It serves the command,
// whose user holds the database itself and so could read all of it anyway; no
// page calls it.

// PastAct is one entry of the past, in the numbers of a law.
type PastAct struct {
	procedure.Act        // its Act is procedure.None where the law has no such act, such as when an edition came into force
	Edition       string // the edition under which it was decided
}

// PastProceeding is one proceeding with all its acts, in order.
type PastProceeding struct {
	ID         string
	Number     string
	Office     string // that has it now
	Supervisor string
	InCharge   string
	Stage      string // at which it stands now
	Acts       []PastAct

	asked access.Resource
}

const selectHolders = `SELECT office FROM tally WHERE n > 0 UNION SELECT supervisor FROM tally WHERE n > 0 ORDER BY 1`

// ReadsAll reports whether figures of what somebody may read are figures of the whole service: his
// office has none above it, and he may see every office that has proceedings or
// supervises some. What is closed or secret to him, or has sheets that may be hidden from him, is left out of them all the same.
func (k *Reader) ReadsAll(ctx context.Context, who access.Actor) (bool, error) {
	tree := k.dir.Tree()
	if o := tree.Office(who.Office); o == nil || o.Parent != "" {
		return false, nil
	}
	rows, err := k.db.Query(ctx, selectHolders)
	if err != nil {
		return false, fmt.Errorf("read tallies: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var office string
		if err := rows.Scan(&office); err != nil {
			return false, fmt.Errorf("read tallies: %w", err)
		}
		if !k.MayList(who, office) {
			return false, nil
		}
	}
	return true, rows.Err()
}

// Past gives the proceedings of a law that somebody may read, and of which no sheet may be hidden from him. See WholePast.
func (k *Reader) Past(ctx context.Context, who access.Actor, law *procedure.Law, lane func() func(*PastProceeding) error) error {
	subject := k.Subject(who)
	reach := k.InForce().Reach(k.dir.Tree().Service(), subject)
	// Lived through without the sheets that he does not see it would have become something else.
	at := k.now()
	hides := func(access.Resource) bool { return false }
	if own := k.laws[law.Name]; own != nil && own.At(at).Classed() {
		hides = func(what access.Resource) bool { return k.mayHide(at, who, own.At(at), what) }
	}
	return k.past(ctx, law, func(p *PastProceeding) bool {
		return reach.Reads(subject, p.asked) && !hides(p.asked)
	}, lane)
}

// WholePast gives all proceedings of a law to those who hold the database.
//
// It reads with as many goroutines as there are processors. lane is called once
// for each, one call after the other, and what it gives is called with one
// proceeding after the other, never twice at once; a proceeding is valid until the next call. law need not
// be one that the office applies: acts and fields are found by name, so that a law with a
// further edition can be handed in. An error ends all. What is written while it
// reads may be left out, but no proceeding is given in part: its acts are those
// up to its version when its turn came.
func (k *Reader) WholePast(ctx context.Context, law *procedure.Law, lane func() func(*PastProceeding) error) error {
	return k.past(ctx, law, func(*PastProceeding) bool { return true }, lane)
}

const (
	// The empty text keeps the database from an index that begins with the law and would have to be sorted for every page.
	selectPast = `SELECT p.id, p.number, ` + asked + ` FROM proceeding p WHERE p.law || '' = $1 AND p.id > $2 ORDER BY p.id LIMIT $3`
	// The row value of the primary key keeps the rows in the order of the index, without sorting.
	// Texts come as one, and the proceeding's id with its first entry alone: handing over a value costs more than joining it.
	selectPastActs = `SELECT CASE seq WHEN 1 THEN proceeding ELSE '' END || '` + between + `' || edition || '` + between + `' || act || '` + between + `' || role || '` + between + `' || office || '` + between + `' || officer || '` + between + `' || form || '` + between + `' || cargo, thing, done, recorded FROM entry
WHERE proceeding >= $1 AND proceeding <= $2 AND law = $3 ORDER BY proceeding, seq`
)

// between divides texts that come as one: no name has a control character, and JSON escapes them.
const between = "\x1f"

// pastAtOnce is how many proceedings are read with one query.
const pastAtOnce = 400

func (k *Reader) past(ctx context.Context, law *procedure.Law, may func(*PastProceeding) bool, lane func() func(*PastProceeding) error) error {
	db, err := k.db.Bulk()
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // it only read
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	pages := make(chan []PastProceeding, 2)
	var wg sync.WaitGroup
	for range max(runtime.GOMAXPROCS(0), 1) {
		give := lane()
		wg.Add(1)
		go func() {
			defer wg.Done()
			r := pastReader{db: db, law: law, give: give}
			for page := range pages {
				if err := r.page(ctx, page); err != nil {
					stop(err)
					return
				}
			}
		}()
	}
	err = pastPages(ctx, db, law.Name, may, pages)
	close(pages)
	wg.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// pastPages sends the proceedings, so many at a time, to whoever is free.
func pastPages(ctx context.Context, db *db.Bulk, law string, may func(*PastProceeding) bool, pages chan<- []PastProceeding) error {
	last := ""
	for {
		page, err := pastPage(ctx, db, law, last)
		if err != nil || len(page) == 0 {
			return err
		}
		last = page[len(page)-1].ID
		kept := page[:0]
		for i := range page {
			if may(&page[i]) {
				kept = append(kept, page[i])
			}
		}
		if len(kept) == 0 {
			continue
		}
		select {
		case pages <- kept:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func pastPage(ctx context.Context, db *db.Bulk, law, after string) ([]PastProceeding, error) {
	rows, err := db.Query(ctx, selectPast, law, after, pastAtOnce)
	if err != nil {
		return nil, fmt.Errorf("read proceedings: %w", err)
	}
	defer rows.Close()
	var out []PastProceeding
	for rows.Next() {
		var p PastProceeding
		if err := rows.Scan(into(&p.asked, &p.ID, &p.Number)...); err != nil {
			return nil, fmt.Errorf("read proceedings: %w", err)
		}
		p.Office, p.Supervisor, p.InCharge, p.Stage = p.asked.Office, p.asked.Supervisor, p.asked.InCharge, p.asked.Stage
		out = append(out, p)
	}
	return out, rows.Err()
}

// pastReader reads the acts of pages of proceedings. It belongs to one goroutine.
type pastReader struct {
	db   *db.Bulk
	law  *procedure.Law
	give func(*PastProceeding) error
	acts []PastAct
}

func (r *pastReader) page(ctx context.Context, page []PastProceeding) error {
	rows, err := r.db.Query(ctx, selectPastActs, page[0].ID, page[len(page)-1].ID, r.law.Name)
	if err != nil {
		return fmt.Errorf("read entries: %w", err)
	}
	defer rows.Close()
	// Between two of the page there may be some that the reader may not see.
	place := make(map[string]int, len(page))
	for i := range page {
		place[page[i].ID] = i
	}
	at := -1
	r.acts = r.acts[:0]
	flush := func() error {
		if len(r.acts) == 0 {
			return nil
		}
		p := page[at]
		p.Acts = r.acts
		err := r.give(&p)
		r.acts = r.acts[:0]
		return err
	}
	var id, texts string
	var thing int32
	var done, recorded calendar.Moment
	for rows.Next() {
		if err := rows.Scan(&texts, &thing, &done, &recorded); err != nil {
			return fmt.Errorf("read entries: %w", err)
		}
		var first string
		if first, texts, _ = strings.Cut(texts, between); first != "" {
			if err := flush(); err != nil {
				return err
			}
			id = first
			n, known := place[id]
			if at = n; !known {
				at = -1
			}
		}
		if at < 0 {
			continue
		}
		a := PastAct{Act: procedure.Act{Thing: thing, Done: done, Recorded: recorded}}
		var act, form string
		for _, into := range []*string{&a.Edition, &act, &a.Role, &a.Office, &a.Officer, &form} {
			*into, texts, _ = strings.Cut(texts, between)
		}
		cargo := texts
		if a.Act.Act = r.law.Act(act); a.Act.Act >= 0 {
			if a.Form, err = stored.DecodeFormText(r.law, a.Act.Act, form); err != nil {
				return fmt.Errorf("entry of %s: %w", id, err)
			}
			if cargo != "" {
				if a.Cargo, err = stored.DecodeCargo(r.law, []byte(cargo)); err != nil {
					return fmt.Errorf("entry of %s: what came along: %w", id, err)
				}
			}
		}
		r.acts = append(r.acts, a)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read entries: %w", err)
	}
	return flush()
}

// OpenProceeding is one proceeding as it stands, for whoever counts over many.
type OpenProceeding struct {
	Number, Office string
	State          procedure.State
}

const selectStates = `SELECT id, number, office, state FROM proceeding WHERE law || '' = $1 AND id > $2 ORDER BY id LIMIT $3`

// States gives every proceeding of a law of the office as it stands, in no
// order that means anything, to those who hold the database (see WholePast).
func (k *Reader) States(ctx context.Context, law string, each func(*OpenProceeding) error) error {
	l := k.laws[law]
	if l == nil {
		return nil // the office does not apply it, and so has none
	}
	for last := ""; ; {
		n, err := k.statesPage(ctx, l, &last, each)
		if err != nil || n < pastAtOnce {
			return err
		}
	}
}

func (k *Reader) statesPage(ctx context.Context, l *procedure.Law, last *string, each func(*OpenProceeding) error) (n int, err error) {
	rows, err := k.db.Query(ctx, selectStates, l.Name, *last, pastAtOnce)
	if err != nil {
		return 0, fmt.Errorf("read proceedings: %w", err)
	}
	defer rows.Close()
	for ; rows.Next(); n++ {
		var p OpenProceeding
		var state []byte
		if err := rows.Scan(last, &p.Number, &p.Office, &state); err != nil {
			return n, fmt.Errorf("read proceedings: %w", err)
		}
		if p.State, err = stored.DecodeState(l, state); err != nil {
			return n, fmt.Errorf("proceeding %s: %w", *last, err)
		}
		if err := each(&p); err != nil {
			return n, err
		}
	}
	return n, rows.Err()
}
