package db

import (
	"fmt"
	"strings"
)

// Updates is one UPDATE for many rows that are there, each found by its key.
// PostgreSQL gets all in a statement, to save it the way there and back (see Rows);
// SQLite gets them one by one, which it is quickest at.
type Updates struct {
	table   string
	Columns int    // values of a row
	single  string // for SQLite
	many    string // for PostgreSQL
}

// Column of a table, with its type as migrations write it: TEXT, {int}, {bytes}.
type Column struct {
	Name, Type string
	Adds       bool // the value is added to what is there
}

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
	bare := func(c Column) string {
		if c.Adds {
			return c.Name + " = " + c.Name + " + ?"
		}
		return c.Name + " = ?"
	}
	u.single = "UPDATE " + table + " SET " + names(set, bare, ", ") + " WHERE " + names(keys, bare, " AND ")
	joined := func(c Column) string {
		if c.Adds {
			return c.Name + " = " + table + "." + c.Name + " + v." + c.Name
		}
		return c.Name + " = v." + c.Name
	}
	found := func(c Column) string { return table + "." + c.Name + " = v." + c.Name }
	all := append(append([]Column{}, set...), keys...)
	types := make([]string, len(all))
	for i, c := range all {
		types[i] = Postgres.words(c.Type)
		if c.Type == "TEXT" { // an array is of the type alone, without its collation
			types[i] = c.Type
		}
	}
	u.many = fmt.Sprintf("UPDATE %s SET %s FROM %s v(%s) WHERE %s", table, names(set, joined, ", "), unnest(types), names(all, func(c Column) string { return c.Name }, ", "), names(keys, found, " AND "))
	return u
}

// ExecUpdates changes rows, whose values stand one after the other in args, and
// gives the number of rows that were there. No two may have the same key.
func (t *Tx) ExecUpdates(u *Updates, args []any) (changed int64, err error) {
	if len(args)%u.Columns != 0 {
		return 0, fmt.Errorf("update %s: %d values do not fill rows of %d", u.table, len(args), u.Columns)
	}
	if len(args) == 0 {
		return 0, nil
	}
	if t.db.Dialect.Name != SQLite.Name {
		columns, _, err := columns(args, u.Columns)
		if err != nil {
			return 0, fmt.Errorf("update %s: %w", u.table, err)
		}
		return t.Exec(u.many, columns...)
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
