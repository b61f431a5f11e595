package vault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
)

// Erasure is that an act took away the bytes of a document for ever, as the law orders. The entries that name it keep its hash, so the tree of
// the journal stays what it is; what was erased, when, why and by which act stays on record.
type Erasure struct {
	Hash       string
	At         calendar.Moment
	Why        string
	Proceeding string // the file in which the act was done
	Seq        int64
}

var insertErasures = db.NewRows(`INSERT INTO document_erased (hash, at, why, proceeding, seq)`, 5, ` ON CONFLICT (hash) DO NOTHING`)

const dropOf = `DELETE FROM upload WHERE hash IN `

// NoteErased writes down what acts erase, in their transaction. From its commit on the documents are given to nobody; TakeAway takes their bytes.
func NoteErased(tx *db.Tx, list []Erasure) error {
	if len(list) == 0 {
		return nil
	}
	var args []any
	var hashes []string
	for _, e := range list {
		args = append(args, e.Hash, int64(e.At), e.Why, e.Proceeding, e.Seq)
		hashes = append(hashes, e.Hash)
	}
	if _, err := tx.ExecRows(insertErasures, args); err != nil {
		return fmt.Errorf("note what was erased: %w", err)
	}
	keys := db.Keys(hashes)
	if _, err := tx.Exec(dropOf+db.In(len(keys), 1), keys...); err != nil {
		return fmt.Errorf("drop uploads of what was erased: %w", err)
	}
	return nil
}

// TakeAway takes away the bytes of documents that were erased. What it cannot take away now, the next sweep does. Its error names no file.
func (k *Keeper) TakeAway(ctx context.Context, hashes []string) error {
	_, err := k.sweep(ctx, hashes)
	return unnamed(err)
}

// unnamed is an error without the name of a file, which is a hash.
func unnamed(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return fmt.Errorf("%s: %w", path.Op, path.Err)
	case errors.As(err, &link):
		return fmt.Errorf("%s: %w", link.Op, link.Err)
	}
	return err
}

const (
	selectNaming = `SELECT DISTINCT proceeding FROM document WHERE hash = $1 ORDER BY proceeding LIMIT $2`
	selectErased = `SELECT hash, at, why, proceeding, seq FROM document_erased WHERE hash > $1 ORDER BY hash LIMIT $2`
	selectOneOf  = `SELECT hash, at, why, proceeding, seq FROM document_erased WHERE hash IN `
)

// Naming are the proceedings whose entries name a document, so many at most. Asked within the transaction of an act.
func Naming(tx *db.Tx, hash string, most int) (ids []string, err error) {
	rows, err := tx.Query(selectNaming, hash, most)
	if err != nil {
		return nil, fmt.Errorf("read who names a document: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// mostNamings is how many sheets are told that name some documents.
const mostNamings = 2000

// NamedBy are the sheets that name some documents, by hash, so many at most; all is false where there are more. Of a nil Keeper none.
func (k *Keeper) NamedBy(ctx context.Context, hashes []string) (out map[string][]Named, all bool, err error) {
	out = map[string][]Named{}
	if k == nil || len(hashes) == 0 {
		return out, true, nil
	}
	keys := db.Keys(hashes)
	rows, err := k.db.Query(ctx, fmt.Sprintf(`SELECT proceeding, seq, field, hash, type, size, name FROM document WHERE hash IN %s ORDER BY hash, proceeding, seq, field LIMIT %d`, db.In(len(keys), 1), mostNamings), keys...)
	if err != nil {
		return nil, false, fmt.Errorf("read who names documents: %w", err)
	}
	defer rows.Close()
	read := 0
	for ; rows.Next(); read++ {
		var n Named
		if err := rows.Scan(&n.Proceeding, &n.Seq, &n.Field, &n.Hash, &n.Type, &n.Size, &n.Name); err != nil {
			return nil, false, err
		}
		out[n.Hash] = append(out[n.Hash], n)
	}
	return out, read < mostNamings, rows.Err()
}

// IsErased reports whether a document was erased. Asked within the transaction of an act.
func IsErased(tx *db.Tx, hash string) (bool, error) {
	var n int64
	err := tx.QueryRow(countErased, hash).Scan(&n)
	return n > 0, err
}

// Erased are those of some documents, by hash, that were erased.
func (k *Keeper) Erased(ctx context.Context, hashes []string) (map[string]Erasure, error) {
	out := map[string]Erasure{}
	if len(hashes) == 0 {
		return out, nil
	}
	keys := db.Keys(hashes)
	list, err := k.erasures(ctx, selectOneOf+db.In(len(keys), 1), keys...)
	for _, e := range list {
		out[e.Hash] = e
	}
	return out, err
}

// Erasures tells of everything that was erased, in the order of the hashes.
func (k *Keeper) Erasures(ctx context.Context, f func(Erasure) error) error {
	for after := ""; ; {
		list, err := k.erasures(ctx, selectErased, after, mostAtOnce)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, e := range list {
			if err := f(e); err != nil {
				return err
			}
		}
		after = list[len(list)-1].Hash
	}
}

func (k *Keeper) erasures(ctx context.Context, text string, args ...any) (list []Erasure, err error) {
	rows, err := k.db.Query(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("ask what was erased: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var e Erasure
		if err := rows.Scan(&e.Hash, &e.At, &e.Why, &e.Proceeding, &e.Seq); err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, rows.Err()
}

// leftOver are the documents that were erased and of which something is there, be it a preview: their process did not live to take it away, a
// copy brought it back, or somebody was being shown it meanwhile.
func (k *Keeper) leftOver(ctx context.Context) (hashes []string, err error) {
	err = k.Erasures(ctx, func(e Erasure) error {
		there, err := k.holdsAnyOf(e.Hash)
		if there {
			hashes = append(hashes, e.Hash)
		}
		return err
	})
	return hashes, err
}

// Open opens a document; fs.ErrNotExist for one that is not there or was erased.
func (k *Keeper) Open(ctx context.Context, hash string) (*os.File, error) {
	erased, err := k.Erased(ctx, []string{hash})
	if err != nil {
		return nil, err
	}
	if len(erased) > 0 || !IsHash(hash) {
		return nil, fs.ErrNotExist
	}
	return k.Disk.Open(hash)
}

// Whole opens a document as it came in. NotFound where it is not there, was erased, or the entry has its hash alone; also of a nil Keeper, which keeps none.
func (k *Keeper) Whole(ctx context.Context, f fact.File) (*os.File, error) {
	if k == nil || f.Type == "" {
		return nil, None()
	}
	content, err := k.Open(ctx, f.Hash)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, None()
	}
	return content, err
}

// None is what is told of a document that is not there, or not any more.
func None() error { return fault.New(fault.NotFound, "vault.none", nil) }
