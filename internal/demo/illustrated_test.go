package demo_test

import (
	"bytes"
	"image/jpeg"
	"io"
	"strings"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/demo"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/vault"
)

// Some cases have photographs and papers, which are there, and whoever is in charge brought them; the same seed gives the same bytes.
func TestSomeCasesHaveFiles(t *testing.T) {
	t.Parallel()
	run := func() (names []string, k *vault.Keeper) {
		o := demo.Options{Cases: 60, Seed: 3, Now: now}
		d := create(t)
		dir, err := directory.Open(ctx, d)
		if err != nil {
			t.Fatal(err)
		}
		s, _ := demo.Service(o)
		if err := dir.Import(ctx, s, o.Now); err != nil {
			t.Fatal(err)
		}
		clock := demo.NewClock(o.Now, func() calendar.Moment { return o.Now + calendar.Hour })
		h := docket.Open(d, dir, applied(t), docket.Options{Now: clock.Now, NewID: clock.NewID, Policies: policies(t)})
		t.Cleanup(h.Close)
		store, err := vault.NewDisk(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		o.Vault = vault.Open(d, store, h.Now)
		h.TakeUploads(o.Vault)
		report, err := demo.Live(ctx, h, clock, s, o)
		if err != nil {
			t.Fatal(err)
		}
		names = columnOf(t, d, `SELECT hash || ' ' || type || ' ' || field FROM document ORDER BY proceeding, seq`)
		if report.Files != len(names) || report.Files < 6 {
			t.Errorf("%d files, and %d are named", report.Files, len(names))
		}
		return names, o.Vault
	}
	first, k := run()
	pictures := 0
	for _, name := range first {
		hash, rest, _ := strings.Cut(name, " ")
		f, err := k.Open(ctx, hash)
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(f)
		_ = f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(rest, vault.JPEG) {
			if !bytes.HasPrefix(content, []byte("%PDF-")) || bytes.Contains(content, []byte("?")) {
				t.Errorf("%s: %q", name, content)
			}
			continue
		}
		pictures++
		if m, err := jpeg.Decode(bytes.NewReader(content)); err != nil || m.Bounds().Dx() < 600 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if pictures == 0 || pictures == len(first) {
		t.Errorf("%d pictures of %d files", pictures, len(first))
	}
	if c, err := k.Check(ctx, true); err != nil || len(c.Wrong) > 0 {
		t.Errorf("%+v, %v", c, err)
	}
	if second, _ := run(); strings.Join(first, "\n") != strings.Join(second, "\n") {
		t.Errorf("the same seed gave other files:\n%v\n%v", first, second)
	}
}

func columnOf(t *testing.T, d *db.DB, text string) (out []string) {
	t.Helper()
	rows, err := d.Query(ctx, text)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
