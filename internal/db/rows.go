package db

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// mostRows is how many rows one statement of SQLite writes at most; it takes 32,766 values.
const mostRows = 64

// Rows is one INSERT for many rows: Head, the rows, Tail.
//
// SQLite gets VALUES with a group of placeholders for each row: one text for 64
// rows, for 32, and so on down to one, so that any number of rows takes few
// statements and all of them are kept prepared. PostgreSQL gets the values of
// each column as one array: any number of rows is one statement, and one way there and back.
type Rows struct {
	Head    string // INSERT INTO entry (proceeding, seq)
	Columns int
	Tail    string // ON CONFLICT ...; may be empty
	bare    [7]string

	mu     sync.Mutex
	arrays map[string]string // texts for PostgreSQL, by the types of the columns
}

// NewRows prepares the texts.
func NewRows(head string, columns int, tail string) *Rows {
	r := &Rows{Head: head, Columns: columns, Tail: tail, arrays: map[string]string{}}
	for i := range r.bare {
		r.bare[i] = r.text(mostRows >> i)
	}
	return r
}

func (r *Rows) text(rows int) string {
	// A statement that fails is the end of its transaction or savepoint anyway:
	// SQLite need not be ready to take back the rows that it had written before.
	head := strings.Replace(r.Head, "INSERT INTO", "INSERT OR FAIL INTO", 1)
	group := "(" + strings.Repeat("?,", r.Columns-1) + "?)"
	return r.with(head + " VALUES " + strings.Repeat(group+",", rows-1) + group)
}

func (r *Rows) with(text string) string {
	if r.Tail != "" {
		text += " " + r.Tail
	}
	return text
}

// ofArrays is the text for columns of these types.
func (r *Rows) ofArrays(types []string) string {
	key := strings.Join(types, " ")
	r.mu.Lock()
	defer r.mu.Unlock()
	text, known := r.arrays[key]
	if !known {
		text = r.with(r.Head + " SELECT " + fromArrays(types))
		r.arrays[key] = text
	}
	return text
}

// allNull is the type of a column of which nothing is given.
const allNull = ""

// fromArrays selects rows from arrays, one for each column but those of which nothing is given.
func fromArrays(types []string) string {
	var list, names, given []string
	for i, t := range types {
		if t == allNull {
			list = append(list, "NULL")
			continue
		}
		name := "c" + strconv.Itoa(i+1)
		list, names, given = append(list, name), append(names, name), append(given, t)
	}
	return strings.Join(list, ", ") + " FROM " + unnest(given) + " u(" + strings.Join(names, ", ") + ")"
}

// unnest makes rows of arrays, one for each column.
func unnest(types []string) string {
	var b strings.Builder
	b.WriteString("unnest(")
	for i, t := range types {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("$" + strconv.Itoa(i+1) + "::" + t + "[]")
	}
	b.WriteByte(')')
	return b.String()
}

// ExecRows writes rows, whose values stand one after the other in args, and
// gives the number of rows that changed. A value is a text, a whole number or bytes; nil
// is NULL. With ON CONFLICT DO UPDATE no two rows
// may have the same key: PostgreSQL refuses to change a row twice in one statement.
// After an error some of the rows may be written: the caller rolls back, to a savepoint at least.
func (t *Tx) ExecRows(r *Rows, args []any) (changed int64, err error) {
	if len(args)%r.Columns != 0 {
		return 0, fmt.Errorf("%s: %d values do not fill rows of %d", firstLine(r.Head), len(args), r.Columns)
	}
	if len(args) == 0 {
		return 0, nil
	}
	if t.db.Dialect.Name == SQLite.Name {
		return t.chunks(&r.bare, r.Columns, args)
	}
	columns, types, err := columns(args, r.Columns)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", firstLine(r.Head), err)
	}
	given := columns[:0]
	for i, c := range columns {
		if types[i] != allNull {
			given = append(given, c)
		}
	}
	if len(given) == 0 {
		return 0, fmt.Errorf("%s: rows of nothing", firstLine(r.Head))
	}
	return t.Exec(r.ofArrays(types), given...)
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

// columns turns rows into one array for each column, and says what type it has.
func columns(args []any, n int) (arrays []any, types []string, err error) {
	if err := sound(args); err != nil {
		return nil, nil, err
	}
	arrays, types = make([]any, n), make([]string, n)
	for c := range n {
		if arrays[c], types[c], err = column(args, c, n); err != nil {
			return nil, nil, err
		}
	}
	return arrays, types, nil
}

// column is the c-th of n values of every row.
func column(args []any, c, n int) (array any, of string, err error) {
	var texts []*string
	var numbers []*int64
	var bytes [][]byte
	rows := len(args) / n
	for i := range rows {
		switch x := args[i*n+c].(type) {
		case nil:
		case string:
			texts = grown(texts, rows)
			texts[i] = &x
		case int64:
			numbers = grown(numbers, rows)
			numbers[i] = &x
		case []byte:
			bytes = grown(bytes, rows)
			bytes[i] = x
		default:
			v := reflect.ValueOf(x)
			if !v.CanInt() {
				return nil, "", fmt.Errorf("value %d is a %T: want a text, a whole number or bytes", i*n+c+1, x)
			}
			numbers = grown(numbers, rows)
			number := v.Int()
			numbers[i] = &number
		}
	}
	switch {
	case texts != nil && numbers == nil && bytes == nil:
		return texts, "TEXT", nil
	case numbers != nil && texts == nil && bytes == nil:
		return numbers, "BIGINT", nil
	case bytes != nil && texts == nil && numbers == nil:
		return bytes, "BYTEA", nil
	case texts == nil && numbers == nil && bytes == nil:
		return make([]*string, rows), allNull, nil
	}
	return nil, "", fmt.Errorf("value %d of the rows has more than one type", c+1)
}

func grown[T any](list []T, n int) []T {
	if list == nil {
		return make([]T, n)
	}
	return list
}
