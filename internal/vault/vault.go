// Package vault keeps documents: files by their SHA-256, outside of the database, and who brought which, when, and which act names it.
//
// A file comes in before the act that names it: it waits as its officer's upload, and the act that names it writes down that it does, in its own
// transaction. What no act has named is swept after a time. So there is never an act without its file: a file is on disk before its
// upload is in the database, an act takes none that is older than TakenWithin, and none is swept before KeptFor.
//
// It owns the tables upload, document and document_erased, and the folder of a Disk. Whether somebody may read a document is not asked
// here: a document is read as the sheet is that names it, which is package proceedings' business.
//
// It refuses what is too large, what is of a type that it does not take (its bytes say which), pictures that would take too much memory or that
// cannot be decoded, and more than an officer may have waiting. It knows no HTTP, and reads no name as a path.
package vault

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
)

// What an officer may bring.
const (
	MostBytes    = 50 << 20 // of a file
	MostWaiting  = 100      // files that no act has named yet
	MostWeighing = 1 << 30  // bytes of these together
	MostAtOnce   = 8        // files that one process takes in at a time
)

// How long an upload waits. An act takes it a day before it can be swept, which is longer than any transaction lasts.
const (
	TakenWithin = 48 * calendar.Hour
	KeptFor     = 72 * calendar.Hour
)

// Migrations of this package's tables. A row of document is written in the transaction of the act whose entry says the same; it finds who
// names a file without reading the journal.
var Migrations = []db.Migration{{ID: "vault/0001", SQL: `
CREATE TABLE upload (
	officer TEXT NOT NULL,
	hash    TEXT NOT NULL CHECK (length(hash) = 64),
	type    TEXT NOT NULL,
	size    {int} NOT NULL CHECK (size > 0),
	name    TEXT NOT NULL,
	at      {int} NOT NULL,
	PRIMARY KEY (officer, hash)
) {strict};

CREATE INDEX upload_at ON upload (at);
CREATE INDEX upload_hash ON upload (hash);

CREATE TABLE document (
	proceeding TEXT NOT NULL,
	seq        {int} NOT NULL CHECK (seq > 0),
	field      TEXT NOT NULL,
	hash       TEXT NOT NULL CHECK (length(hash) = 64),
	type       TEXT NOT NULL,
	size       {int} NOT NULL,
	name       TEXT NOT NULL,
	PRIMARY KEY (proceeding, seq, field)
) {strict};

CREATE INDEX document_hash ON document (hash);

{append_only:document proceeding,seq,field}

CREATE TABLE document_erased (
	hash TEXT PRIMARY KEY CHECK (length(hash) = 64),
	at   {int} NOT NULL,
	why  TEXT NOT NULL
) {strict};

{append_only:document_erased hash}
`}, {ID: "vault/0002", SQL: `
ALTER TABLE document_erased ADD COLUMN proceeding TEXT NOT NULL DEFAULT '';
ALTER TABLE document_erased ADD COLUMN seq {int} NOT NULL DEFAULT 0;
`}}

// Keeper keeps documents. Safe for concurrent use.
type Keeper struct {
	*Disk
	db  *db.DB
	now func() calendar.Moment

	taking   chan struct{} // one for each file on its way in
	decoding chan struct{} // one picture at a time is held in memory
}

// Open gives the documents of a migrated database, whose files lie in a store.
func Open(d *db.DB, store *Disk, now func() calendar.Moment) *Keeper {
	return &Keeper{Disk: store, db: d, now: now, taking: make(chan struct{}, MostAtOnce), decoding: make(chan struct{}, 1)}
}

const (
	countWaiting = `SELECT count(*), CAST(coalesce(sum(size), 0) AS BIGINT) FROM upload WHERE officer = $1 AND NOT EXISTS (SELECT 1 FROM document WHERE document.hash = upload.hash)`
	countErased  = `SELECT count(*) FROM document_erased WHERE hash = $1`
	insertUpload = `INSERT INTO upload (officer, hash, type, size, name, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (officer, hash) DO UPDATE SET type = excluded.type, name = excluded.name, at = excluded.at`
)

// Take takes in a file that an officer brings, and says what it is. It is on disk, and its upload in the database, when it returns. The name is what
// its sender calls it. Invalid for what is not taken; Unavailable where so much is on its way in that he has to wait.
func (k *Keeper) Take(ctx context.Context, officer, name string, from io.Reader) (f fact.File, err error) {
	select {
	case k.taking <- struct{}{}:
		defer func() { <-k.taking }()
	default:
		return f, fault.New(fault.Unavailable, "vault.busy", nil)
	}
	if err := k.room(ctx, officer); err != nil {
		return f, err
	}
	draft, err := k.Draft()
	if err != nil {
		return f, notKept(err)
	}
	defer func() { err = errors.Join(err, draft.Drop()) }()
	sum, source := sha256.New(), &source{Reader: from}
	f.Size, err = io.Copy(io.MultiWriter(k.into(draft), sum), io.LimitReader(source, MostBytes+1))
	switch {
	case source.err != nil:
		return f, fault.New(fault.Invalid, "vault.cut_off", nil).Because(source.err)
	case err != nil:
		return f, notKept(err)
	}
	if f.Size > MostBytes {
		return f, fault.New(fault.Invalid, "vault.too_large", fault.Args{"n": MostBytes >> 20})
	}
	f.Hash = hex.EncodeToString(sum.Sum(nil))
	var s shape
	if f.Type, s, err = examine(draft, f.Size); err != nil {
		return f, err
	}
	f.Name = Name(name, f.Type)
	switch erased, err := k.Erased(ctx, []string{f.Hash}); {
	case err != nil:
		return f, err
	case len(erased) > 0: // before anything of it is made
		return f, errErased()
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, k.dropPreviews(f.Hash))
		}
	}()
	if IsPicture(f.Type) {
		if err := k.preview(ctx, draft, f, s); err != nil {
			return f, err
		}
	}
	if err := draft.Keep(f.Hash); err != nil {
		return f, notKept(err)
	}
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		switch erased, err := IsErased(tx, f.Hash); {
		case err != nil:
			return err
		case erased: // while it came in: the next sweep takes what there is of it
			return errErased()
		}
		_, err := tx.Exec(insertUpload, officer, f.Hash, f.Type, f.Size, f.Name, int64(k.now()))
		return err
	}, db.Repeatable)
	if err != nil {
		return f, fmt.Errorf("note an upload: %w", err)
	}
	// The same bytes may have been swept while these came in. From now on they are not, unless they are erased: then the next sweep takes them.
	if err := draft.Keep(f.Hash); err != nil {
		return f, notKept(err)
	}
	return f, nil
}

func errErased() error { return fault.New(fault.Invalid, "vault.erased", nil) }

// notKept is that the disk did not take a file, because it is full or for another reason of its own. What there is of it goes with its draft.
func notKept(err error) error {
	return fault.New(fault.Unavailable, "vault.not_kept", nil).Because(fmt.Errorf("keep a file: %w", err))
}

// source remembers that a file did not come to its end, which is its sender's line and not the disk here.
type source struct {
	io.Reader
	err error
}

func (s *source) Read(b []byte) (int, error) {
	n, err := s.Reader.Read(b)
	if err != nil && err != io.EOF { //nolint:errorlint // a reader's end is bare; what wraps it is none
		s.err = err
	}
	return n, err
}

// room refuses an officer who has so much waiting already.
func (k *Keeper) room(ctx context.Context, officer string) error {
	var n, bytes int64
	if err := k.db.QueryRow(ctx, countWaiting, officer).Scan(&n, &bytes); err != nil {
		return fmt.Errorf("count uploads: %w", err)
	}
	if n >= MostWaiting || bytes >= MostWeighing {
		return fault.New(fault.Invalid, "vault.too_many", fault.Args{"n": MostWaiting})
	}
	return nil
}

// preview makes the previews of a picture. That it can be decoded is what makes it one.
func (k *Keeper) preview(ctx context.Context, from io.ReadSeeker, f fact.File, s shape) error {
	select {
	case k.decoding <- struct{}{}:
		defer func() { <-k.decoding }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return err
	}
	whole, err := decode(f.Type, from)
	if err != nil {
		return fault.New(fault.Invalid, "vault.damaged", nil).Because(err)
	}
	large := shrunk(whole, s.turn, Large)
	if err := errors.Join(k.writePreview(f.Hash, Large, large), k.writePreview(f.Hash, Small, shrunk(large, 1, Small))); err != nil {
		return notKept(err)
	}
	return nil
}

func (d *Disk) writePreview(hash string, most int, m image.Image) (err error) {
	draft, err := d.Draft()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, draft.Close()) }()
	if err := jpeg.Encode(d.into(draft), m, &jpeg.Options{Quality: quality}); err != nil {
		return errors.Join(err, os.Remove(draft.Name()))
	}
	path := d.previewPath(hash, most)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return errors.Join(err, os.Remove(draft.Name()))
	}
	return os.Rename(draft.Name(), path)
}

// Preview opens the preview of a picture, a JPEG at most so many pixels wide and high: Small or Large. One that is not there, after a
// restore say, is made. fs.ErrNotExist where there is no such picture.
func (k *Keeper) Preview(ctx context.Context, f fact.File, most int) (*os.File, error) {
	if !IsHash(f.Hash) || !IsPicture(f.Type) {
		return nil, fs.ErrNotExist
	}
	whole, err := k.Open(ctx, f.Hash)
	if err != nil {
		return nil, err
	}
	defer whole.Close()
	p, err := os.Open(k.previewPath(f.Hash, most))
	if !errors.Is(err, fs.ErrNotExist) {
		return p, err
	}
	info, err := whole.Stat()
	if err != nil {
		return nil, err
	}
	_, s, err := examine(whole, info.Size())
	if err != nil {
		return nil, err
	}
	if err := k.preview(ctx, whole, f, s); err != nil {
		return nil, err
	}
	return os.Open(k.previewPath(f.Hash, most))
}

// Owner tells an upload: of which officer, of which file.
type Owner struct{ Officer, Hash string }

// An upload that came in beside the act which erased its document is none.
const selectUploads = `SELECT officer, hash, type, size, name FROM upload WHERE at >= $1 AND NOT EXISTS (SELECT 1 FROM document_erased e WHERE e.hash = upload.hash) AND hash IN `

// Uploads gives those of some files, by hash, that an act may name now, whoever brought them. It is asked within the transaction of the act.
func Uploads(tx *db.Tx, hashes []string, now calendar.Moment) (map[Owner]fact.File, error) {
	out := map[Owner]fact.File{}
	if len(hashes) == 0 {
		return out, nil
	}
	keys := db.Keys(hashes)
	rows, err := tx.Query(selectUploads+db.In(len(keys), 2), append([]any{int64(now - TakenWithin)}, keys...)...)
	if err != nil {
		return nil, fmt.Errorf("read uploads: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var officer string
		var f fact.File
		if err := rows.Scan(&officer, &f.Hash, &f.Type, &f.Size, &f.Name); err != nil {
			return nil, err
		}
		out[Owner{officer, f.Hash}] = f
	}
	return out, rows.Err()
}

// Uploaded gives the uploads of an officer among some files, by hash: those that an act of his may name.
func (k *Keeper) Uploaded(ctx context.Context, officer string, hashes []string) (map[string]fact.File, error) {
	out := map[string]fact.File{}
	if len(hashes) == 0 {
		return out, nil
	}
	keys := db.Keys(hashes)
	rows, err := k.db.Query(ctx, selectUploads+db.In(len(keys), 3)+` AND officer = $2`, append([]any{int64(k.now() - TakenWithin), officer}, keys...)...)
	if err != nil {
		return nil, fmt.Errorf("read uploads: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var who string
		var f fact.File
		if err := rows.Scan(&who, &f.Hash, &f.Type, &f.Size, &f.Name); err != nil {
			return nil, err
		}
		out[f.Hash] = f
	}
	return out, rows.Err()
}

// Named is that an entry names a file in a field of its form.
type Named struct {
	Proceeding string
	Seq        int64
	Field      string
	fact.File
}

var insertDocuments = db.NewRows(`INSERT INTO document (proceeding, seq, field, hash, type, size, name)`, 7, ``)

// Attach writes down which entries name which files, in the transaction that makes the entries.
func Attach(tx *db.Tx, list []Named) error {
	args := make([]any, 0, len(list)*7)
	for i := range list {
		n := &list[i]
		args = append(args, n.Proceeding, n.Seq, n.Field, n.Hash, n.Type, n.Size, n.Name)
	}
	if _, err := tx.ExecRows(insertDocuments, args); err != nil {
		return fmt.Errorf("attach documents: %w", err)
	}
	return nil
}
