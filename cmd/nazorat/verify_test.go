package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nazorat/internal/db"
	"nazorat/internal/journal"
	"nazorat/internal/leaf"
	"nazorat/internal/publiclog"
	"nazorat/internal/seal"
)

// call runs a command as main does.
func call(args ...string) (string, error) {
	var out bytes.Buffer
	err := dispatch(context.Background(), environment{stdin: strings.NewReader(""), stdout: &out, stderr: &out}, args)
	return out.String(), err
}

// signed is the database of an office that has lived a little and signed it.
func signed(t *testing.T) (location, key string) {
	t.Helper()
	dir := t.TempDir()
	location, file := "sqlite:"+filepath.Join(dir, "office.db"), filepath.Join(dir, "office.key")
	k, err := seal.Generate(file, "office.example/log")
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"demo", "--cases", "3", "--no-serve", "--db", location}, {"journal", "checkpoint", "--db", location, "--key", file}} {
		if out, err := call(args...); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	return location, k.String()
}

// Somebody who has the database in his hands changes something. Whatever it is, it is found and named.
func TestTamperedDatabaseIsFound(t *testing.T) {
	t.Parallel()
	location, key := signed(t)
	if out, err := call("verify", location, "--key", key); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	original, err := os.ReadFile(strings.TrimPrefix(location, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ text, want string }{
		"a text":                {`UPDATE entry SET form = replace(form, '"', '" ') WHERE leaf = 7 AND form <> '{}'`, "leaf 7"},
		"a moment":              {`UPDATE entry SET recorded = recorded + 1 WHERE leaf = 7`, "leaf 7"},
		"who acted":             {`UPDATE entry SET officer = 'o1' WHERE leaf = 7`, "leaf 7"},
		"a salt":                {`UPDATE entry SET salt = zeroblob(16) WHERE leaf = 7`, "leaf 7"},
		"a leaf in its entry":   {`UPDATE entry SET hash = zeroblob(32) WHERE leaf = 7`, "leaf 7"},
		"a leaf in the tree":    {`UPDATE journal_leaf SET data = zeroblob(length(data)) WHERE first = (SELECT max(first) FROM journal_leaf WHERE first <= 7)`, "in the tree"},
		"the number":            {`UPDATE proceeding SET number = number || 'x' WHERE id = (SELECT proceeding FROM entry WHERE leaf = 7)`, "leaf "},
		"the last entry gone":   {`DELETE FROM entry WHERE leaf = (SELECT max(leaf) FROM entry)`, "has no entry"},
		"an entry gone":         {`DELETE FROM entry WHERE leaf = 7`, "leaf 7 has no entry"},
		"the root of the tree":  {`UPDATE journal_head SET peaks = zeroblob(length(peaks))`, "head"},
		"the head set back":     {`UPDATE journal_head SET size = 1, peaks = (SELECT substr(peaks, 1, 32) FROM journal_head)`, "does not fit"},
		"a checkpoint's text":   {`UPDATE checkpoint SET note = replace(note, 'office', 'Office')`, "checkpoint"},
		"all checkpoints gone":  {`DELETE FROM checkpoint`, ""},
		"what the state is":     {`UPDATE proceeding SET root_state = 'closed'`, "not what its entries lead to"},
		"what the row says":     {`UPDATE proceeding SET title = 'another'`, "not what its entries lead to"},
		"an entry that is more": {`INSERT INTO entry SELECT leaf + 100000, proceeding, seq + 1000, law, edition, act, thing, officer, role, mandate, office, client, done, recorded, form, cargo, submission || 'x', previous, hash, salt, effects FROM entry WHERE leaf = 7`, "has no leaf in the tree"},
	} {
		t.Run(name, func(t *testing.T) {
			at := filepath.Join(t.TempDir(), "office.db")
			if err := os.WriteFile(at, original, 0o600); err != nil {
				t.Fatal(err)
			}
			harm(t, "sqlite:"+at, c.text)
			out, err := call("verify", "sqlite:"+at, "--key", key)
			if c.want == "" { // a database of which nothing was signed may be whole; it says so
				if err != nil || !strings.Contains(out, "nothing was signed") {
					t.Errorf("%v\n%s", err, out)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q\n%s", err, c.want, out)
			}
		})
	}
}

// harm changes the database past its guards.
func harm(t *testing.T, location, text string) {
	t.Helper()
	ctx := context.Background()
	d, err := db.Open(ctx, location)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	rows, err := d.Query(ctx, `SELECT name FROM sqlite_master WHERE type = 'trigger'`)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		for _, name := range names {
			if _, err := tx.Exec(`DROP TRIGGER ` + name); err != nil {
				return err
			}
		}
		n, err := tx.Exec(text)
		if err == nil && n == 0 {
			t.Errorf("%s changed nothing", text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A log that is served is read whole, and the next time it must go on from where it was.
func TestServedLogIsVerifiedAndRemembered(t *testing.T) {
	t.Parallel()
	location, key := signed(t)
	d, err := db.Open(context.Background(), location)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	srv := httptest.NewServer(http.StripPrefix("/log/", &publiclog.Handler{Log: leaf.Open(d)}))
	defer srv.Close()
	memory := filepath.Join(t.TempDir(), "seen")
	out, err := call("verify", srv.URL+"/log/", "--key", key, "--remember", memory)
	if err != nil || !strings.Contains(out, "everything fits") || strings.Contains(out, "goes on") {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err = call("verify", srv.URL+"/log/", "--key", key, "--remember", memory)
	if err != nil || !strings.Contains(out, "it goes on from the ") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := call("verify", srv.URL+"/log/", "--key", strings.Replace(key, "office", "offices", 1)); err == nil {
		t.Errorf("with a key that is none: %s", out)
	}
	if out, err := call("verify", srv.URL+"/nothing/", "--key", key); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("%v\n%s", err, out)
	}
	// A second tree under the same key.
	other := filepath.Join(t.TempDir(), "other.key")
	k, err := seal.Generate(other, "office.example/log")
	if err != nil {
		t.Fatal(err)
	}
	s, err := seal.Open(context.Background(), other)
	if err != nil {
		t.Fatal(err)
	}
	larger, err := journal.Checkpoint{Origin: "office.example/log", Size: 1, Root: journal.Hash{1}}.Sign(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(memory, larger, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := call("verify", srv.URL+"/log/", "--key", key, "--key", k.String(), "--remember", memory); err == nil {
		t.Errorf("a log that does not go on: %s", out)
	}
}

// What the law orders erased leaves its leaf: the journal in a file has that, and everything else of it holds.
func TestErasedEntriesAreExportedByTheirLeaf(t *testing.T) {
	t.Parallel()
	location, key := signed(t)
	harm(t, location, `UPDATE entry SET salt = zeroblob(0), form = '{}', cargo = '', effects = '[]' WHERE leaf IN (3, 7, 8)`)
	file := filepath.Join(t.TempDir(), "bundle")
	if out, err := call("journal", "export", "--db", location, "--out", file); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := call("verify", file, "--key", key)
	if err != nil || !strings.Contains(out, ", 3 erased") || !strings.Contains(out, "everything fits") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := call("journal", "prove", "--db", location, "--leaf", "7"); err == nil || !strings.Contains(err.Error(), "erased") {
		t.Errorf("a receipt of an erased entry: %v\n%s", err, out)
	}
}
