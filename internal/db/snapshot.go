package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// moment is a snapshot over a connection of its own, in a transaction that only reads.
type moment struct {
	pool    *sql.DB // closed with the snapshot; nil where it belongs to somebody else
	conn    *sql.Conn
	columns string            // a query: table, column, type, place in the primary key or 0; in the order of tables and columns
	types   map[string]string // the database's names of the types of an archive
}

const sqliteColumns = `SELECT m.name, c.name, c.type, c.pk FROM sqlite_master m, pragma_table_info(m.name) c
WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid`

const postgresColumns = `SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), coalesce(array_position(i.indkey::int2[], a.attnum), -1) + 1
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.oid IN (SELECT o.oid FROM (` + oursByOid + `) o) ORDER BY c.relname COLLATE "C", a.attnum`

var sqliteTypes = map[string]string{"INTEGER": archiveInt, "TEXT": archiveText, "BLOB": archiveBytes}

var postgresTypes = map[string]string{"bigint": archiveInt, "text": archiveText, "bytea": archiveBytes}

func (s *sqlite) snapshot(ctx context.Context) (snapshot, error) {
	pool, err := s.bulk()
	if err != nil {
		return nil, err
	}
	return beginMoment(ctx, pool, "BEGIN", sqliteColumns, sqliteTypes)
}

func (p *postgres) snapshot(ctx context.Context) (snapshot, error) {
	pool, err := p.bulk()
	if err != nil {
		return nil, err
	}
	return beginMoment(ctx, pool, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", postgresColumns, postgresTypes)
}

func beginMoment(ctx context.Context, pool *sql.DB, begin, columns string, types map[string]string) (*moment, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	m := &moment{pool: pool, conn: conn, columns: columns, types: types}
	if _, err := conn.ExecContext(ctx, begin); err != nil {
		m.close()
		return nil, err
	}
	return m, nil
}

// close ends the transaction with the connection.
func (m *moment) close() {
	if m.pool == nil {
		return
	}
	_, _ = m.conn.ExecContext(context.Background(), "ROLLBACK") // it only read
	_ = m.conn.Close()
	_ = m.pool.Close()
}

func (m *moment) schema(ctx context.Context) (tables []Table, err error) {
	type place struct {
		at     int64
		column string
	}
	var key []place
	end := func() {
		if len(tables) == 0 {
			return
		}
		slices.SortFunc(key, func(a, b place) int { return int(a.at - b.at) })
		for _, k := range key {
			t := &tables[len(tables)-1]
			t.Key = append(t.Key, k.column)
		}
		key = key[:0]
	}
	err = m.each(ctx, m.columns, 4, func(v []any) error {
		table, column, kind, at := v[0].(string), v[1].(string), v[2].(string), v[3].(int64)
		if n := len(tables); n == 0 || tables[n-1].Name != table {
			end()
			tables = append(tables, Table{Name: table})
		}
		t := &tables[len(tables)-1]
		c := TableColumn{Name: column, Type: m.types[kind]}
		if c.Type == "" {
			return fmt.Errorf("table %s: an archive cannot hold the type of %s, %s", table, column, strings.ToLower(kind))
		}
		t.Columns = append(t.Columns, c)
		if at > 0 {
			key = append(key, place{at, column})
		}
		return nil
	})
	end()
	return tables, err
}

func (m *moment) each(ctx context.Context, text string, columns int, row func(values []any) error) error {
	rows, err := m.conn.QueryContext(ctx, text)
	if err != nil {
		return err
	}
	defer rows.Close()
	values, into := make([]any, columns), make([]any, columns)
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := row(values); err != nil {
			return err
		}
	}
	return rows.Err()
}
