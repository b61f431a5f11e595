package db

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// An archive is a copy of a whole database that either kind of database can be
// made of: lines of JSON in one gzip stream, which docs/backup-format.md describes.
// Tables come in the order of their names and rows in the order of their primary
// keys, so that two databases hold the same exactly where the hashes of their
// tables are the same.

// archiveFormat is the version of the format.
const archiveFormat = 1

// The types of columns in an archive.
const (
	archiveInt   = "int"
	archiveText  = "text"
	archiveBytes = "bytes"
)

// Manifest says what an archive holds.
type Manifest struct {
	Made     int64  // microseconds UTC, by the clock of the machine that made it
	Database string // the kind of database that it was made of
	Tables   []Table
	Hash     string // of everything before the last line, SHA-256 in hexadecimal digits

	migrations []stamp
}

// Table is a table in an archive.
type Table struct {
	Name    string
	Columns []TableColumn
	Key     []string // the columns of its primary key
	Rows    int64
	Hash    string // of the lines of its rows, SHA-256 in hexadecimal digits
}

// TableColumn is a column of a table: its type is int, text or bytes.
type TableColumn struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Rows is how many rows all tables have.
func (m *Manifest) Rows() (n int64) {
	for _, t := range m.Tables {
		n += t.Rows
	}
	return n
}

// The lines of an archive that are no rows.
type (
	archiveHead struct {
		Nazorat    string  `json:"nazorat"` // "archive"
		Format     int     `json:"format"`
		Made       int64   `json:"made"`
		Database   string  `json:"database"`
		Migrations []stamp `json:"migrations"`
	}
	archiveTable struct {
		Table   string        `json:"table"`
		Columns []TableColumn `json:"columns"`
		Key     []string      `json:"key"`
	}
	archiveEnd struct {
		End    string `json:"end"`
		Rows   int64  `json:"rows"`
		SHA256 string `json:"sha256"`
	}
	archiveLast struct {
		Complete bool   `json:"complete"`
		Tables   int    `json:"tables"`
		Rows     int64  `json:"rows"`
		SHA256   string `json:"sha256"`
	}
)

// snapshot reads one moment of a database.
type snapshot interface {
	// schema lists the tables, without their rows.
	schema(ctx context.Context) ([]Table, error)
	// each gives the rows of a query one after the other; values are nil, int64, string or []byte and hold until the next.
	each(ctx context.Context, text string, columns int, row func(values []any) error) error
	close()
}

// Backup writes an archive of the database as it is at one moment. Whoever works
// with the database meanwhile is not held up.
func (d *DB) Backup(ctx context.Context, w io.Writer) (*Manifest, error) {
	s, err := d.engine.snapshot(ctx)
	if err != nil {
		return nil, fmt.Errorf("back up: %w", err)
	}
	defer s.close()
	z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	m, err := (&archiver{out: bufio.NewWriterSize(z, 1<<16), all: sha256.New()}).write(ctx, s, d.Dialect.Name)
	if err != nil {
		return nil, fmt.Errorf("back up: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("back up: %w", err)
	}
	return m, nil
}

// archiver writes an archive.
type archiver struct {
	out *bufio.Writer
	all hash.Hash
	row []byte
}

func (a *archiver) line(b []byte) error {
	_, _ = a.all.Write(b) // a hash takes everything
	_, err := a.out.Write(b)
	return err
}

func (a *archiver) control(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return a.line(append(b, '\n'))
}

func (a *archiver) write(ctx context.Context, s snapshot, database string) (*Manifest, error) {
	m := &Manifest{Made: time.Now().UnixMicro(), Database: database}
	var err error
	if m.Tables, err = s.schema(ctx); err != nil {
		return nil, err
	}
	slices.SortFunc(m.Tables, func(a, b Table) int { return strings.Compare(a.Name, b.Name) })
	m.Tables = slices.DeleteFunc(m.Tables, func(t Table) bool { return t.Name == migrationTable })
	err = s.each(ctx, selectMigrations, 2, func(v []any) error {
		m.migrations = append(m.migrations, stamp{ID: fmt.Sprint(v[0]), Hash: fmt.Sprint(v[1])})
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := a.control(archiveHead{"archive", archiveFormat, m.Made, database, m.migrations}); err != nil {
		return nil, err
	}
	for i := range m.Tables {
		if err := a.table(ctx, s, &m.Tables[i]); err != nil {
			return nil, fmt.Errorf("table %s: %w", m.Tables[i].Name, err)
		}
	}
	m.Hash = hex.EncodeToString(a.all.Sum(nil))
	if err := a.control(archiveLast{true, len(m.Tables), m.Rows(), m.Hash}); err != nil {
		return nil, err
	}
	return m, a.out.Flush()
}

func (a *archiver) table(ctx context.Context, s snapshot, t *Table) error {
	if err := a.control(archiveTable{t.Name, t.Columns, t.Key}); err != nil {
		return err
	}
	rows := sha256.New()
	err := s.each(ctx, selectAll(t), len(t.Columns), func(values []any) (err error) {
		if a.row, err = appendRow(a.row[:0], t.Columns, values); err != nil {
			return fmt.Errorf("row %d: %w", t.Rows+1, err)
		}
		t.Rows++
		_, _ = rows.Write(a.row)
		return a.line(a.row)
	})
	if err != nil {
		return err
	}
	t.Hash = hex.EncodeToString(rows.Sum(nil))
	return a.control(archiveEnd{t.Name, t.Rows, t.Hash})
}

// selectAll reads a table in the order of its key.
func selectAll(t *Table) string {
	var names []string
	for _, c := range t.Columns {
		names = append(names, quoted(c.Name))
	}
	key := t.Key
	if len(key) == 0 {
		for _, c := range t.Columns {
			key = append(key, c.Name)
		}
	}
	var order []string
	for _, k := range key {
		order = append(order, quoted(k))
	}
	return "SELECT " + strings.Join(names, ", ") + " FROM " + quoted(t.Name) + " ORDER BY " + strings.Join(order, ", ")
}

// quoted is a name of ours as both databases take it.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// appendRow writes a row as a line: an array, a number for an int, a string for
// a text, a string of base64 for bytes. There is one way to write it.
func appendRow(b []byte, columns []TableColumn, values []any) ([]byte, error) {
	b = append(b, '[')
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		switch c := &columns[i]; v := v.(type) {
		case nil:
			b = append(b, "null"...)
		case int64:
			if c.Type != archiveInt {
				return nil, fmt.Errorf("%s is a number, want %s", c.Name, c.Type)
			}
			b = strconv.AppendInt(b, v, 10)
		case string:
			if c.Type != archiveText {
				return nil, fmt.Errorf("%s is a text, want %s", c.Name, c.Type)
			}
			if !utf8.ValidString(v) {
				return nil, fmt.Errorf("%s: %w", c.Name, ErrText)
			}
			b = appendString(b, v)
		case []byte:
			if c.Type != archiveBytes {
				return nil, fmt.Errorf("%s is bytes, want %s", c.Name, c.Type)
			}
			b = append(b, '"')
			b = base64.StdEncoding.AppendEncode(b, v)
			b = append(b, '"')
		default:
			return nil, fmt.Errorf("%s is a %T", c.Name, v)
		}
	}
	return append(b, ']', '\n'), nil
}

// appendString writes a JSON string: only what must be escaped is.
func appendString(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		if from = i + 1; c < ' ' {
			b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		} else {
			b = append(b, '\\', c)
		}
	}
	return append(append(b, s[from:]...), '"')
}
