package db_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
)

// archived is a schema with all that makes a restore hard: rows that a migration
// puts there, a table that refers to itself, one that is append-only, keys of
// several columns in another order than theirs, names that are words of SQL.
var archived = []db.Migration{
	{ID: "a/0001", SQL: `CREATE TABLE head (id {int} PRIMARY KEY, size {int} NOT NULL) {strict};
INSERT INTO head (id, size) VALUES (1, 0);
CREATE TABLE office (id TEXT PRIMARY KEY, parent TEXT REFERENCES office (id), name TEXT NOT NULL UNIQUE) {strict};
CREATE TABLE entry (n {int} NOT NULL, office TEXT NOT NULL REFERENCES office (id), body {bytes}, PRIMARY KEY (office, n)) {strict};
CREATE UNIQUE INDEX entry_body ON entry (body, n);
CREATE INDEX entry_some ON entry (n DESC) WHERE n > 5;
{append_only:entry}`},
	{ID: "a/0002", SQL: `CREATE TABLE "order" (n {int} PRIMARY KEY, "end" TEXT NOT NULL, of_office TEXT NOT NULL, of_n {int} NOT NULL, FOREIGN KEY (of_office, of_n) REFERENCES entry (office, n)) {strict};
CREATE TABLE empty (n {int} PRIMARY KEY) {strict};`},
}

const difficult = "\"quoted\" \\back\\ \n\r\t\x01\x1f\x7f </script> & oʻrta қурол 🙂 \u2028"

func filled(t *testing.T, location string) *db.DB {
	t.Helper()
	d, err := db.Create(ctx, location)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(ctx, archived); err != nil {
		t.Fatal(err)
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		exec := func(text string, args ...any) {
			if err == nil {
				_, err = tx.Exec(text, args...)
			}
		}
		exec(`INSERT INTO office (id, parent, name) VALUES ($1, NULL, $2)`, "z", "top")
		exec(`INSERT INTO office (id, parent, name) VALUES ($1, $2, $3)`, "a", "z", difficult)
		exec(`INSERT INTO office (id, parent, name) VALUES ($1, $2, $3)`, "Ў", "a", "")
		for i := range 700 {
			exec(`INSERT INTO entry (n, office, body) VALUES ($1, $2, $3)`, i, "a", bytes.Repeat([]byte{byte(i), 0, 255}, i%7))
		}
		exec(`INSERT INTO entry (n, office, body) VALUES ($1, $2, $3)`, int64(-1<<63), "z", nil)
		exec(`INSERT INTO entry (n, office, body) VALUES ($1, $2, $3)`, int64(1<<63-1), "z", []byte{})
		exec(`INSERT INTO "order" (n, "end", of_office, of_n) VALUES ($1, $2, $3, $4)`, 1, strings.Repeat("long ", 100_000), "z", int64(1<<63-1))
		exec(`UPDATE head SET size = 702 WHERE id = 1`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func backup(t *testing.T, d *db.DB) ([]byte, *db.Manifest) {
	t.Helper()
	var b bytes.Buffer
	m, err := d.Backup(ctx, &b)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), m
}

// hashes are what the tables of an archive hold.
func hashes(m *db.Manifest) (out []string) {
	for _, t := range m.Tables {
		out = append(out, fmt.Sprintf("%s %d %s", t.Name, t.Rows, t.Hash))
	}
	return out
}

// Each kind is restored from an archive of each kind, and holds the same.
func TestRestoredDatabaseHoldsWhatWasBackedUp(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, from string) {
		d := filled(t, from)
		archive, m := backup(t, d)
		if m.Rows() != 707 || len(m.Tables) != 5 {
			t.Errorf("%d tables with %d rows", len(m.Tables), m.Rows())
		}
		if checked, err := db.CheckArchive(ctx, bytes.NewReader(archive)); err != nil || !slices.Equal(hashes(checked), hashes(m)) || checked.Hash != m.Hash {
			t.Errorf("checked: %+v, %v", checked, err)
		}
		dbtest.Each(t, func(t *testing.T, to string) {
			restored, err := db.Restore(ctx, to, append(archived, db.Migration{ID: "a/0003", SQL: `CREATE TABLE later (n {int} PRIMARY KEY);`}), bytes.NewReader(archive))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(hashes(restored), hashes(m)) {
				t.Errorf("restored\n%v\nof\n%v", hashes(restored), hashes(m))
			}
			d, err := db.Open(ctx, to)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			if _, again := backup(t, d); !slices.Equal(hashes(again), hashes(m)) {
				t.Errorf("backed up again\n%v\nof\n%v", hashes(again), hashes(m))
			}
			if p, err := d.Pending(ctx, archived); err != nil || len(p) != 0 {
				t.Errorf("pending: %v, %v", p, err)
			}
			alive(t, d)
			if _, err := db.Restore(ctx, to, archived, bytes.NewReader(archive)); !errors.Is(err, db.ErrExists) {
				t.Errorf("restored over another: %v", err)
			}
		})
	})
}

// alive tries the constraints, indexes and triggers of a restored database.
func alive(t *testing.T, d *db.DB) {
	t.Helper()
	for text, want := range map[string]string{
		`INSERT INTO entry (n, office) VALUES (1, 'nowhere')`:                                             "oreign",
		`INSERT INTO office (id, parent, name) VALUES ('b', 'x', 'b')`:                                    "oreign",
		`INSERT INTO office (id, parent, name) VALUES ('b', 'z', 'top')`:                                  "nique",
		`INSERT INTO entry (n, office, body) VALUES (2, 'z', NULL)`:                                       "",
		`UPDATE entry SET n = 9 WHERE n = 1`:                                                              "append-only",
		`DELETE FROM entry`:                                                                               "append-only",
		`UPDATE head SET size = size + 1`:                                                                 "",
		`INSERT INTO entry (n, office, body) SELECT n, 'z', body FROM entry WHERE office = 'a' AND n = 3`: "nique",
	} {
		err := d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(text); return err })
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(strings.ToLower(err.Error()), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	query := `SELECT count(*) FROM sqlite_master WHERE name IN ('entry_body', 'entry_some')`
	if d.Dialect.Name == db.Postgres.Name {
		query = `SELECT count(*) FROM pg_indexes WHERE indexname IN ('entry_body', 'entry_some')`
	}
	var n int
	if err := d.QueryRow(ctx, query).Scan(&n); err != nil || n != 2 {
		t.Errorf("%d indexes, %v", n, err)
	}
}

// Writers go on while an archive is made, and it holds one moment.
func TestArchiveHoldsOneMoment(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		d := filled(t, location)
		in, out := io.Pipe()
		done := make(chan *db.Manifest, 1)
		go func() {
			m, err := d.Backup(ctx, out)
			if err != nil {
				t.Error(err)
			}
			_ = out.CloseWithError(io.EOF)
			done <- m
		}()
		var archive bytes.Buffer
		if _, err := io.CopyN(&archive, in, 1); err != nil { // it has begun
			t.Fatal(err)
		}
		for i := range 50 {
			err := d.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(`INSERT INTO office (id, parent, name) VALUES ($1, 'z', $1)`, fmt.Sprint("new ", i))
				if err == nil {
					_, err = tx.Exec(`INSERT INTO "order" (n, "end", of_office, of_n) VALUES ($1, $2, 'a', 0)`, 100+i, "x")
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := archive.ReadFrom(in); err != nil {
			t.Fatal(err)
		}
		if m := <-done; m.Rows() != 707 {
			t.Errorf("%d rows", m.Rows())
		}
		if _, err := db.CheckArchive(ctx, &archive); err != nil {
			t.Error(err)
		}
	})
}

// rewritten changes the lines of an archive.
func rewritten(t *testing.T, archive []byte, change func(lines []string) []string) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	lines = change(lines[:len(lines)-1])
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := io.WriteString(w, strings.Join(lines, "")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Whatever is changed in an archive is found, and leaves nothing behind where it is restored to.
func TestArchiveThatWasChangedIsRefused(t *testing.T) {
	t.Parallel()
	archive, _ := backup(t, filled(t, dbtest.SQLite(t)))
	find := func(lines []string, start string) int {
		return slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, start) })
	}
	last := func(lines []string) int { return len(lines) - 1 }
	for name, changed := range map[string][]byte{
		"nothing":    nil,
		"no archive": []byte("Dear office, this is a letter."),
		"cut short":  archive[:len(archive)/2],
		"cut by one": archive[:len(archive)-1],
		"followed":   append(slices.Clone(archive), 'x'),
		"twice":      append(slices.Clone(archive), archive...),
		"a row less": rewritten(t, archive, func(l []string) []string { i := find(l, "["); return slices.Delete(l, i, i+1) }),
		"a row more": rewritten(t, archive, func(l []string) []string { i := find(l, "["); return slices.Insert(l, i, l[i]) }),
		"a changed row": rewritten(t, archive, func(l []string) []string {
			i := find(l, `["z",`)
			l[i] = strings.Replace(l[i], "top", "tip", 1)
			return l
		}),
		"an end less":  rewritten(t, archive, func(l []string) []string { i := find(l, `{"end"`); return slices.Delete(l, i, i+1) }),
		"no last line": rewritten(t, archive, func(l []string) []string { return l[:last(l)] }),
		"a line after": rewritten(t, archive, func(l []string) []string { return append(l, "\n") }),
		"a table less": rewritten(t, archive, func(l []string) []string {
			return slices.Delete(l, find(l, `{"table":"empty"`), find(l, `{"end":"empty"`)+1)
		}),
		"another time":   rewritten(t, archive, func(l []string) []string { l[0] = strings.Replace(l[0], `"made":1`, `"made":2`, 1); return l }),
		"another format": rewritten(t, archive, func(l []string) []string { l[0] = strings.Replace(l[0], `"format":1`, `"format":2`, 1); return l }),
		"spaces":         rewritten(t, archive, func(l []string) []string { l[0] = strings.Replace(l[0], `,`, `, `, 1); return l }),
		"another word":   rewritten(t, archive, func(l []string) []string { l[last(l)] = strings.Replace(l[last(l)], `true`, `false`, 1); return l }),
		"an unknown type": rewritten(t, archive, func(l []string) []string {
			i := find(l, `{"table"`)
			l[i] = strings.Replace(l[i], `"int"`, `"money"`, 1)
			return l
		}),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := db.CheckArchive(ctx, bytes.NewReader(changed)); !errors.Is(err, db.ErrArchive) {
				t.Errorf("checked: %v", err)
			}
			dbtest.Each(t, func(t *testing.T, to string) {
				if _, err := db.Restore(ctx, to, archived, bytes.NewReader(changed)); !errors.Is(err, db.ErrArchive) {
					t.Errorf("restored: %v", err)
				}
				if _, err := db.Open(ctx, to); !errors.Is(err, db.ErrNoDatabase) {
					t.Errorf("what is left: %v", err)
				}
				if path, sqlite := strings.CutPrefix(to, "sqlite:"); sqlite {
					if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) > 0 {
						t.Errorf("left behind: %v, %v", left, err)
					}
				}
			})
		})
	}
}

// One bit after the other of a small archive: the change is found, or it is one of packing and not of what was packed.
func TestEveryBitOfAnArchiveIsHeldOrSaysNothing(t *testing.T) {
	t.Parallel()
	d := create(t, dbtest.SQLite(t))
	if err := d.Write(ctx, func(tx *db.Tx) error { return insert(tx, 1, "one") }); err != nil {
		t.Fatal(err)
	}
	archive, m := backup(t, d)
	for i := range len(archive) * 8 {
		changed := slices.Clone(archive)
		changed[i/8] ^= 1 << (i % 8)
		got, err := db.CheckArchive(ctx, bytes.NewReader(changed))
		if err == nil && (got.Hash != m.Hash || !slices.Equal(hashes(got), hashes(m))) { // gzip's head tells of a date and a system, and a byte is filled up at its end
			t.Errorf("bit %d was changed and not found", i)
		}
		if err != nil && !errors.Is(err, db.ErrArchive) {
			t.Errorf("bit %d: %v", i, err)
		}
	}
}

func TestRestoreWantsTheMigrationsOfTheArchive(t *testing.T) {
	t.Parallel()
	archive, _ := backup(t, filled(t, dbtest.SQLite(t)))
	changed := slices.Clone(archived)
	changed[0].SQL += " -- changed"
	dbtest.Each(t, func(t *testing.T, to string) {
		if _, err := db.Restore(ctx, to, archived[:1], bytes.NewReader(archive)); !errors.Is(err, db.ErrNewer) {
			t.Errorf("an archive of a newer program: %v", err)
		}
		if _, err := db.Restore(ctx, to, changed, bytes.NewReader(archive)); err == nil || !strings.Contains(err.Error(), "was changed") {
			t.Errorf("an archive of other migrations: %v", err)
		}
		if _, err := db.Restore(ctx, to, archived, bytes.NewReader(archive)); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

// broken is a disk that fails after so many bytes.
type failing struct{ left int }

var errDisk = errors.New("the disk is gone")

func (f *failing) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errDisk
	}
	return len(b), nil
}

func TestBackupThatCannotBeWrittenIsToldOf(t *testing.T) {
	both(t, func(t *testing.T, d *db.DB) {
		if _, err := d.Backup(ctx, &failing{100}); !errors.Is(err, errDisk) {
			t.Errorf("%v", err)
		}
		gone, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := d.Backup(gone, io.Discard); err == nil {
			t.Error("a backup that nobody waits for was made")
		}
	})
}
