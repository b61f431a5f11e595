package db

import (
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Dialect is one of the databases behind the door.
type Dialect struct {
	Name       string
	words      func(text string) string
	appendOnly func(table string) string
	tables     string // a query that lists the tables of our schema
	prelude    string // what every schema begins with
	unhurried  string // lets the rest of a transaction take its time
}

// SQLite is the embedded database.
var SQLite = Dialect{
	Name: "sqlite",
	words: func(text string) string {
		text = strings.NewReplacer("{bytes}", "BLOB", "{strict}", "STRICT", "{keyed}", "STRICT, WITHOUT ROWID", " {roomy}", "", "{int}", "INTEGER").Replace(text)
		return checkIn.ReplaceAllStringFunc(text, oneByOne)
	},
	appendOnly: func(table string) string {
		var b strings.Builder
		for _, what := range []string{"UPDATE", "DELETE"} {
			fmt.Fprintf(&b, "CREATE TRIGGER %s_no_%s BEFORE %s ON %s BEGIN SELECT RAISE(ABORT, '%s is append-only'); END;\n",
				table, strings.ToLower(what), what, table, table)
		}
		return b.String()
	},
	tables: `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`,
}

// Postgres is a server.
var Postgres = Dialect{
	Name: "postgres",
	words: func(text string) string {
		text = strings.NewReplacer("{bytes}", "BYTEA", " {strict}", "", "{strict}", "", " {keyed}", "", "{roomy}", "WITH (fillfactor = 70)", "{int}", "BIGINT").Replace(text)
		return textType.ReplaceAllString(text, `TEXT COLLATE "C"`)
	},
	appendOnly: func(table string) string {
		return fmt.Sprintf("CREATE TRIGGER %s_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION append_only();\n", table, table)
	},
	tables: ours,
	prelude: `CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$;
`,
	// Those who write are otherwise made to go by keys; see settings.
	unhurried: `SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL plan_cache_mode = auto;
SET LOCAL enable_seqscan = on; SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on; SET LOCAL maintenance_work_mem = '256MB'`,
}

// checkIn is a column that must hold one of some values.
var checkIn = regexp.MustCompile(`CHECK \((\w+) IN \(([^()]+)\)\)`)

// oneByOne compares a column with each of its values. Of more than two that stand in a list SQLite makes a table, and of a CHECK it makes it anew for
// every row that is written: 4 to 10 µs of the 28 to 60 that a row of a deadline takes.
func oneByOne(check string) string {
	m := checkIn.FindStringSubmatch(check)
	values := strings.Split(m[2], ",")
	for i, v := range values {
		values[i] = m[1] + " = " + strings.TrimSpace(v)
	}
	return "CHECK (" + strings.Join(values, " OR ") + ")"
}

var textType = regexp.MustCompile(`\bTEXT\b`)

func (d Dialect) expand(text string) (string, error) {
	for {
		before, rest, found := strings.Cut(text, "{append_only:")
		if !found {
			break
		}
		table, after, found := strings.Cut(rest, "}")
		if !found {
			return "", errors.New("migration: {append_only: without its closing brace")
		}
		words := strings.Fields(table)
		if len(words) == 0 {
			return "", errors.New("migration: {append_only:} wants a table")
		}
		text = before + d.appendOnly(words[0]) + after
	}
	return d.words(text), nil
}

func readApplied(rows *sql.Rows) (out []stamp, err error) {
	defer rows.Close()
	for rows.Next() {
		var s stamp
		if err := rows.Scan(&s.ID, &s.Hash); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}
