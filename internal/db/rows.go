package db

import (
	"fmt"
	"strconv"
	"strings"
)

// mostRows is how many rows one statement writes at most. SQLite takes 32,766
// values in a statement, PostgreSQL 65,535.
const mostRows = 64

// Rows is one INSERT for many rows: Head, VALUES with a group of placeholders for each row, Tail.
type Rows struct {
	Head    string // INSERT INTO entry (proceeding, seq)
	Columns int
	Tail    string    // ON CONFLICT ...; may be empty
	texts   [7]string // for PostgreSQL
	bare    [7]string // for SQLite, which looks numbered values up one by one
}

// NewRows prepares the texts: one for 64 rows, for 32, and so on down to one,
// so that any number of rows takes few statements and all of them are kept prepared.
func NewRows(head string, columns int, tail string) *Rows {
	r := &Rows{Head: head, Columns: columns, Tail: tail}
	for i := range r.texts {
		r.texts[i], r.bare[i] = r.text(mostRows>>i, true), r.text(mostRows>>i, false)
	}
	return r
}

func (r *Rows) text(rows int, numbered bool) string {
	var b strings.Builder
	head := r.Head
	if !numbered {
		// A statement that fails is the end of its transaction or savepoint anyway:
		// SQLite need not be ready to take back the rows that it had written before.
		head = strings.Replace(head, "INSERT INTO", "INSERT OR FAIL INTO", 1)
	}
	b.WriteString(head + " VALUES ")
	for i := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for c := range r.Columns {
			if c > 0 {
				b.WriteByte(',')
			}
			if numbered {
				b.WriteByte('$')
				b.WriteString(strconv.Itoa(i*r.Columns + c + 1))
			} else {
				b.WriteByte('?')
			}
		}
		b.WriteByte(')')
	}
	if r.Tail != "" {
		b.WriteString(" " + r.Tail)
	}
	return b.String()
}

// ExecRows writes rows, whose values stand one after the other in args, and
// gives the number of rows that changed. With ON CONFLICT DO UPDATE no two rows
// may have the same key: PostgreSQL refuses to change a row twice in one statement.
// After an error some of the rows may be written: the caller rolls back, to a savepoint at least.
func (t *Tx) ExecRows(r *Rows, args []any) (changed int64, err error) {
	if len(args)%r.Columns != 0 {
		return 0, fmt.Errorf("%s: %d values do not fill rows of %d", firstLine(r.Head), len(args), r.Columns)
	}
	texts := &r.texts
	if t.db.Dialect.Name == SQLite.Name {
		texts = &r.bare
	}
	return t.chunks(texts, r.Columns, args)
}

// chunks runs the longest of the texts that the rest of the values fills, until all are gone.
func (t *Tx) chunks(texts *[7]string, columns int, args []any) (changed int64, err error) {
	for i, size := 0, mostRows; i < len(texts); {
		n := size * columns
		if len(args) < n {
			i, size = i+1, size/2
			continue
		}
		c, err := t.Exec(texts[i], args[:n]...)
		if err != nil {
			return changed, err
		}
		changed, args = changed+c, args[n:]
	}
	return changed, nil
}
