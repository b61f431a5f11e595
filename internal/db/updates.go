package db

import (
	"fmt"
	"strings"
)

// Updates is one UPDATE for many rows that are there, each found by its key.
// PostgreSQL gets up to 64 in a statement, to save it the way there and back;
// SQLite gets them one by one, which it is quickest at.
type Updates struct {
	table   string
	Columns int       // values of a row
	single  string    // for SQLite
	many    [7]string // for PostgreSQL: 64 rows, 32, ... 1
}

// Column of a table, with its type as migrations write it: TEXT, {int}, {bytes}.
type Column struct{ Name, Type string }

// Columns writes columns in pairs of name and type.
func Columns(pairs ...string) []Column {
	out := make([]Column, len(pairs)/2)
	for i := range out {
		out[i] = Column{Name: pairs[2*i], Type: pairs[2*i+1]}
	}
	return out
}

// NewUpdates prepares the texts. The values of a row are those of set, in this order, and behind them those of keys.
func NewUpdates(table string, set, keys []Column) *Updates {
	u := &Updates{table: table, Columns: len(set) + len(keys)}
	names := func(list []Column, each func(Column) string, between string) string {
		out := make([]string, len(list))
		for i, c := range list {
			out[i] = each(c)
		}
		return strings.Join(out, between)
	}
	bare := func(c Column) string { return c.Name + " = ?" }
	u.single = "UPDATE " + table + " SET " + names(set, bare, ", ") + " WHERE " + names(keys, bare, " AND ")
	joined := func(c Column) string { return c.Name + " = v." + c.Name }
	found := func(c Column) string { return table + "." + c.Name + " = v." + c.Name }
	all := append(append([]Column{}, set...), keys...)
	for i := range u.many {
		var b strings.Builder
		fmt.Fprintf(&b, "UPDATE %s SET %s FROM (VALUES ", table, names(set, joined, ", "))
		for row := range mostRows >> i {
			if row > 0 {
				b.WriteByte(',')
			}
			b.WriteByte('(')
			for c := range all {
				if c > 0 {
					b.WriteByte(',')
				}
				fmt.Fprintf(&b, "$%d", row*len(all)+c+1)
				if row == 0 { // the types of the others follow
					b.WriteString("::" + Postgres.words(all[c].Type))
				}
			}
			b.WriteByte(')')
		}
		fmt.Fprintf(&b, ") v(%s) WHERE %s", names(all, func(c Column) string { return c.Name }, ", "), names(keys, found, " AND "))
		u.many[i] = b.String()
	}
	return u
}

// ExecUpdates changes rows, whose values stand one after the other in args, and
// gives the number of rows that were there. No two may have the same key.
func (t *Tx) ExecUpdates(u *Updates, args []any) (changed int64, err error) {
	if len(args)%u.Columns != 0 {
		return 0, fmt.Errorf("update %s: %d values do not fill rows of %d", u.table, len(args), u.Columns)
	}
	if t.db.Dialect.Name != SQLite.Name {
		return t.chunks(&u.many, u.Columns, args)
	}
	for ; len(args) > 0; args = args[u.Columns:] {
		n, err := t.Exec(u.single, args[:u.Columns]...)
		if err != nil {
			return changed, err
		}
		changed += n
	}
	return changed, nil
}
