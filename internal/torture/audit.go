// Package torture shows that nothing acknowledged is ever lost: it kills an
// office, fills its disk, takes its database away, stops it and sets its clock,
// and looks afterwards whether what was acknowledged is there, once, as it was
// acknowledged. It serves tests and `make torture` only.
//
// The audit here knows the tables and not the code that writes them: it reads
// every entry in the order of the leaves, builds the tree anew, and holds
// everything that only follows from the entries against them.
package torture

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"nazorat/internal/db"
	"nazorat/internal/journal"
	"nazorat/internal/leaf"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/replay"
	"nazorat/internal/stored"
)

// Entry is what an audit finds in the journal.
type Entry struct {
	Leaf       int64
	Proceeding string
	Number     string
	Seq        int64
	Act        string
	Submission string
	Form       string // as stored
	Hash       journal.Hash
	Looks      int // how many looks the leaf is of; 0: it is an entry
}

// Audit goes through an office's journal. It may be asked again when the office
// has gone on, and then looks at what is new. Not for concurrent use.
type Audit struct {
	db    *db.DB
	tree  journal.Frontier
	heads map[string]int64 // entries of each proceeding so far
	keys  journal.Keys
	known map[place]bool  // stored hashes that were held against the tree
	fresh map[string]bool // proceedings with entries since they were last replayed
}

// NewAudit begins at the first leaf. Signatures of checkpoints are checked with keys, if there are any.
func NewAudit(d *db.DB, keys ...*journal.Key) *Audit {
	return &Audit{db: d, heads: map[string]int64{}, known: map[place]bool{}, fresh: map[string]bool{}, keys: keys}
}

// Over lets the audit go on over another connection to the same database.
func (a *Audit) Over(d *db.DB) { a.db = d }

// Proceedings is how many it has come upon.
func (a *Audit) Proceedings() int { return len(a.heads) }

// Size is how many leaves it has gone through.
func (a *Audit) Size() int64 { return a.tree.Size }

const (
	selectHead   = `SELECT size, peaks FROM journal_head WHERE id = 1`
	selectLeaves = `SELECT first, n, data FROM journal_leaf WHERE first >= $1 AND first < $2 ORDER BY first`
	selectNodes  = `SELECT level, n, hash FROM journal_node ORDER BY level, n`
	selectNew    = `SELECT e.leaf, e.proceeding, p.number, e.seq, e.act, e.submission, e.form, e.hash FROM entry e JOIN proceeding p ON p.id = e.proceeding
WHERE e.leaf >= $1 AND e.leaf < $2 ORDER BY e.leaf`
	selectLooks = `SELECT leaf, n, hash FROM look WHERE leaf >= $1 AND leaf < $2 ORDER BY leaf, n`
)

// Follow goes through all that came since the last time, while nobody writes:
// leaves without a gap, each the hash of its entry; the tree that follows from
// them, its peaks and stored hashes; every checkpoint. each is told of every
// new entry, if it is given.
func (a *Audit) Follow(ctx context.Context, each func(*Entry) error) error {
	points, err := a.checkpoints(ctx)
	if err != nil {
		return err
	}
	var size int64
	var peaks []byte
	if err := a.db.QueryRow(ctx, selectHead).Scan(&size, &peaks); err != nil {
		return fmt.Errorf("the journal's head: %w", err)
	}
	nodes, err := a.nodes(ctx)
	if err != nil {
		return err
	}
	data, err := a.leaves(ctx, size)
	if err != nil {
		return err
	}
	for a.tree.Size < size {
		list, err := a.entries(ctx, min(size, a.tree.Size+1000))
		if err != nil {
			return err
		}
		if len(list) == 0 {
			break
		}
		if data, err = a.take(list, data, nodes, points, each); err != nil {
			return err
		}
	}
	if a.tree.Size != size || string(a.tree.Peaks()) != string(peaks) {
		return fmt.Errorf("the %d entries do not lead to the journal's head of %d", a.tree.Size, size)
	}
	for at := range points {
		if at > size {
			return fmt.Errorf("a checkpoint of %d leaves was signed, and there are %d", at, size)
		}
	}
	for at := range nodes {
		if !a.known[at] {
			return fmt.Errorf("there is a hash %d of level %d that the leaves do not lead to", at.n, at.level)
		}
	}
	return nil
}

// take goes through entries in their order, and gives the leaves that are left.
func (a *Audit) take(list []*Entry, data []journal.Hash, nodes map[place]string, points map[int64][]*leaf.Stored, each func(*Entry) error) ([]journal.Hash, error) {
	for _, e := range list {
		if e.Leaf != a.tree.Size || len(data) == 0 {
			return nil, fmt.Errorf("entry %s/%d has the leaf %d, want %d", e.Proceeding, e.Seq, e.Leaf, a.tree.Size)
		}
		if data[0] != e.Hash {
			return nil, fmt.Errorf("leaf %d is not the hash of its entry %s/%d", e.Leaf, e.Proceeding, e.Seq)
		}
		data = data[1:]
		if e.Looks > 0 {
			if err := errors.Join(a.add(e.Hash, nodes), a.signed(points[a.tree.Size])); err != nil {
				return nil, err
			}
			continue
		}
		if a.heads[e.Proceeding]++; a.heads[e.Proceeding] != e.Seq {
			return nil, fmt.Errorf("leaf %d is entry %d of %s, want %d", e.Leaf, e.Seq, e.Proceeding, a.heads[e.Proceeding])
		}
		a.fresh[e.Proceeding] = true
		if err := a.add(e.Hash, nodes); err != nil {
			return nil, err
		}
		if err := a.signed(points[a.tree.Size]); err != nil {
			return nil, err
		}
		if each != nil {
			if err := each(e); err != nil {
				return nil, err
			}
		}
	}
	return data, nil
}

// entries reads those from the first that is new up to and without a leaf.
func (a *Audit) entries(ctx context.Context, to int64) (out []*Entry, err error) {
	rows, err := a.db.Query(ctx, selectNew, a.tree.Size, to)
	if err != nil {
		return nil, fmt.Errorf("read entries: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	looks, err := a.looks(ctx, to)
	if err != nil {
		return nil, err
	}
	out = append(out, looks...)
	slices.SortStableFunc(out, func(a, b *Entry) int { return cmp.Compare(a.Leaf, b.Leaf) })
	return out, nil
}

// looks reads the leaves of looks from the first that is new up to and without a leaf: each the hash of the hashes of its looks.
func (a *Audit) looks(ctx context.Context, to int64) (out []*Entry, err error) {
	rows, err := a.db.Query(ctx, selectLooks, a.tree.Size, to)
	if err != nil {
		return nil, fmt.Errorf("read looks: %w", err)
	}
	defer rows.Close()
	var hashes []byte
	for rows.Next() {
		var at, n int64
		var hash []byte
		if err := rows.Scan(&at, &n, &hash); err != nil {
			return nil, err
		}
		if len(out) == 0 || out[len(out)-1].Leaf != at {
			out, hashes = append(out, &Entry{Leaf: at}), nil
		}
		e := out[len(out)-1]
		if e.Looks++; n != int64(e.Looks) {
			return nil, fmt.Errorf("leaf %d has a look %d where number %d should be", at, n, e.Looks)
		}
		hashes = append(hashes, hash...)
		e.Hash = sha256.Sum256(append(binary.BigEndian.AppendUint64([]byte("nazorat/looks/1\x00"), uint64(n)), hashes...))
	}
	return out, rows.Err()
}

func scanEntry(rows *sql.Rows) (*Entry, error) {
	var e Entry
	var hash []byte
	if err := rows.Scan(&e.Leaf, &e.Proceeding, &e.Number, &e.Seq, &e.Act, &e.Submission, &e.Form, &hash); err != nil {
		return nil, fmt.Errorf("read entries: %w", err)
	}
	var err error
	if e.Hash, err = journal.HashOf(hash); err != nil {
		return nil, fmt.Errorf("entry %s/%d: %w", e.Proceeding, e.Seq, err)
	}
	return &e, nil
}

// leaves reads the leaves that are new.
func (a *Audit) leaves(ctx context.Context, size int64) (out []journal.Hash, err error) {
	rows, err := a.db.Query(ctx, selectLeaves, a.tree.Size, size)
	if err != nil {
		return nil, fmt.Errorf("read leaves: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var first, n int64
		var data []byte
		if err := rows.Scan(&first, &n, &data); err != nil {
			return nil, err
		}
		if first != a.tree.Size+int64(len(out)) || int64(len(data)) != n*sha256.Size {
			return nil, fmt.Errorf("leaves %d to %d come where %d should", first, first+n, a.tree.Size+int64(len(out)))
		}
		for ; len(data) > 0; data = data[sha256.Size:] {
			out = append(out, journal.Hash(data[:sha256.Size]))
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if int64(len(out)) != size-a.tree.Size {
		return nil, fmt.Errorf("there are leaves up to %d, and the head is at %d", a.tree.Size+int64(len(out)), size)
	}
	return out, nil
}

// checkpoints reads those that the audit has not come to yet, by size.
func (a *Audit) checkpoints(ctx context.Context) (map[int64][]*leaf.Stored, error) {
	out := map[int64][]*leaf.Stored{}
	log := leaf.Open(a.db)
	for size, signer := a.tree.Size, "\U0010FFFF"; ; {
		list, err := log.Checkpoints(ctx, size, signer, 500)
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			return out, nil
		}
		for _, s := range list {
			out[s.Size] = append(out[s.Size], s)
			size, signer = s.Size, s.Signer
		}
	}
}

// signed holds checkpoints against the tree as it is.
func (a *Audit) signed(points []*leaf.Stored) error {
	for _, s := range points {
		root, err := a.tree.Root()
		if err != nil {
			return err
		}
		if s.Root != root {
			return fmt.Errorf("the checkpoint of %d leaves has not the root that its leaves lead to", s.Size)
		}
		if len(a.keys) == 0 {
			continue
		}
		if _, err := journal.OpenCheckpoint(s.Note, a.keys); err != nil {
			return fmt.Errorf("the checkpoint of %d leaves: %w", s.Size, err)
		}
	}
	return nil
}

// place of a stored hash above the leaves.
type place struct {
	level int
	n     int64
}

// nodes reads the stored hashes.
func (a *Audit) nodes(ctx context.Context) (map[place]string, error) {
	rows, err := a.db.Query(ctx, selectNodes)
	if err != nil {
		return nil, fmt.Errorf("read hashes: %w", err)
	}
	defer rows.Close()
	out := map[place]string{}
	for rows.Next() {
		var at place
		var hash string
		if err := rows.Scan(&at.level, &at.n, &hash); err != nil {
			return nil, err
		}
		out[at] = hash
	}
	return out, rows.Err()
}

// add adds a leaf to the tree, and holds the stored hashes that it completes against it.
func (a *Audit) add(hash journal.Hash, nodes map[place]string) error {
	done, err := a.tree.Add(tlog.RecordHash(hash[:]))
	if err != nil {
		return err
	}
	for level := 8; level < len(done); level += 8 {
		at := place{level, (a.tree.Size - 1) >> level}
		if nodes[at] != string(done[level][:]) {
			return fmt.Errorf("the stored hash %d of level %d is not what the leaves below it lead to", at.n, at.level)
		}
		a.known[at] = true
	}
	return nil
}

// Replay checks every proceeding that has entries since the last
// time: its chain, and that a replay gives its state and its deadlines.
func (a *Audit) Replay(ctx context.Context, k *proceedings.Reader) error {
	var errs []error
	held := replay.Of(a.db, k)
	for id := range a.fresh {
		p, err := k.Stored(ctx, id)
		if err == nil {
			if err = held.Check(ctx, p); err == nil && p.Version != a.heads[id] {
				err = fmt.Errorf("proceeding %s is at version %d and has %d entries", p.Number, p.Version, a.heads[id])
			}
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("proceeding %s: %w", id, err))
		}
		delete(a.fresh, id)
	}
	return errors.Join(errs...)
}

// counts are questions that each answer with a row for each place where what is counted or listed departs from the proceedings and entries.
var counts = []struct{ what, text string }{
	{"a count that boards show", `SELECT office || ' ' || supervisor || ' ' || law || ' ' || state || ' ' || secrecy || ' ' || CAST(charged AS {int}) || ': ' || CAST(sum(n) AS {int}) FROM (
	SELECT office, supervisor, law, root_state AS state, secrecy, CASE in_charge WHEN '' THEN 0 ELSE 1 END AS charged, 1 AS n FROM proceeding
	UNION ALL SELECT office, supervisor, law, state, secrecy, charged, -n FROM tally) x GROUP BY office, supervisor, law, state, secrecy, charged HAVING sum(n) <> 0`},
	{"a series of numbers", `SELECT 'last is ' || CAST(coalesce(sum(last), 0) AS {int}) || ', proceedings are ' || (SELECT count(*) FROM proceeding) FROM numbering
	HAVING coalesce(sum(last), 0) <> (SELECT count(*) FROM proceeding)`},
	{"a version", `SELECT p.id FROM proceeding p WHERE p.version <> (SELECT max(seq) FROM entry e WHERE e.proceeding = p.id)
	OR p.head <> (SELECT hash FROM entry e WHERE e.proceeding = p.id AND e.seq = p.version)`},
	{"a deadline of no proceeding", `SELECT d.proceeding FROM deadline d WHERE NOT EXISTS (SELECT 1 FROM proceeding p WHERE p.id = d.proceeding)`},
	{"a copy of no entry", `SELECT c.proceeding FROM copy c WHERE NOT EXISTS (SELECT 1 FROM entry e WHERE e.proceeding = c.proceeding AND e.seq = c.seq)`},
	{"an act that is no leaf's", `SELECT submission FROM entry GROUP BY submission HAVING count(*) > 1`},
}

// texts reads a column of texts.
func (a *Audit) texts(ctx context.Context, query string) (out []string, err error) {
	rows, err := a.db.Query(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return out, rows.Err()
}

// Counts holds what only follows from proceedings and entries, and is kept beside them, against them.
func (a *Audit) Counts(ctx context.Context) error {
	for _, c := range counts {
		number := "INTEGER"
		if a.db.Dialect.Name == db.Postgres.Name {
			number = "BIGINT"
		}
		wrong, err := a.texts(ctx, strings.ReplaceAll(c.text, "{int}", number))
		if err != nil {
			return fmt.Errorf("%s: %w", c.what, err)
		}
		if len(wrong) > 0 {
			return fmt.Errorf("%s is wrong: %s", c.what, strings.Join(wrong[:min(len(wrong), 5)], "; "))
		}
	}
	return nil
}

// deadline is a row as the entries lead to it.
type deadline struct {
	term, status string
	due, closed  int64
}

const (
	selectEffects   = `SELECT proceeding, done, effects FROM entry ORDER BY leaf`
	selectDeadlines = `SELECT proceeding, no, term, status, due, closed FROM deadline`
)

// Deadlines holds every row of a deadline, of those that are over too, against
// what the entries say that acts did to it.
func (a *Audit) Deadlines(ctx context.Context) error {
	b, err := a.db.Bulk()
	if err != nil {
		return err
	}
	defer func() { _ = b.Close() }()
	type key struct {
		proceeding string
		no         int32
	}
	want := map[key]deadline{}
	err = each(ctx, b, selectEffects, func(rows *sql.Rows) error {
		var proceeding string
		var done int64
		var text []byte
		if err := rows.Scan(&proceeding, &done, &text); err != nil {
			return err
		}
		var effects []stored.Effect
		if err := json.Unmarshal(text, &effects); err != nil {
			return fmt.Errorf("effects in %s: %w", proceeding, err)
		}
		for i := range effects {
			f := &effects[i]
			if f.Deadline == nil {
				continue
			}
			d := deadline{term: f.Deadline.Term, due: int64(f.Deadline.Due), status: stored.Running}
			switch {
			case f.Effect == procedure.Met.String() && f.Late:
				d.status, d.closed = stored.Late, done
			case f.Effect == procedure.Met.String():
				d.status, d.closed = stored.Met, done
			case f.Effect == procedure.Ended.String():
				d.status, d.closed = stored.Ended, done
			case f.Deadline.Stopped != 0:
				d.status = stored.Stopped
			}
			want[key{proceeding, f.Deadline.No}] = d
		}
		return nil
	})
	if err != nil {
		return err
	}
	kept := map[string]bool{} // terms that have rows: one of waiting has none
	err = each(ctx, b, selectDeadlines, func(rows *sql.Rows) error {
		var at key
		var have deadline
		if err := rows.Scan(&at.proceeding, &at.no, &have.term, &have.status, &have.due, &have.closed); err != nil {
			return err
		}
		if want[at] != have {
			return fmt.Errorf("deadline %d of %s is %+v, and acts have made it %+v", at.no, at.proceeding, have, want[at])
		}
		kept[have.term] = true
		delete(want, at)
		return nil
	})
	if err != nil {
		return err
	}
	for at, d := range want {
		if kept[d.term] {
			return fmt.Errorf("deadline %d of %s is not there: %+v", at.no, at.proceeding, d)
		}
	}
	return nil
}

// each hands every row of a query to f.
func each(ctx context.Context, b *db.Bulk, text string, f func(*sql.Rows) error) error {
	rows, err := b.Query(ctx, text)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
