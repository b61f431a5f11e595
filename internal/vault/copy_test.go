package vault_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/vault"
)

// A copy of documents brings all of them back, held against their hashes; a changed and a missing one are named.
func TestACopyBringsDocumentsBack(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		good, bad, gone := h.take(t, "o", "a.txt", "good"), h.take(t, "o", "b.txt", "bad"), h.take(t, "o", "c.txt", "gone")
		h.name(t, 1, good)
		h.name(t, 2, bad)
		h.name(t, 3, gone)
		h.take(t, "o", "d.txt", "named by no act")
		copies := t.TempDir()
		for i, fresh := range []int64{3, 0} {
			c, err := h.CopyTo(t.Context(), copies)
			if err != nil || c.Files != 3 || c.New != fresh || len(c.Wrong) > 0 {
				t.Fatalf("copy %d: %+v, %v", i, c, err)
			}
		}
		list, err := os.ReadFile(filepath.Join(copies, "manifest"))
		if err != nil || strings.Count(string(list), "\n") != 3 || !strings.Contains(string(list), good.Hash+" 4\n") {
			t.Errorf("%q, %v", list, err)
		}
		path := func(hash string) string { return filepath.Join(copies, "files", hash[:2], hash) }
		if err := os.WriteFile(path(bad.Hash), []byte("bAd"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(path(gone.Hash)); err != nil {
			t.Fatal(err)
		}
		store, err := vault.NewDisk(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		again := vault.Open(h.db, store, func() calendar.Moment { return h.at })
		c, err := again.CopyFrom(t.Context(), copies)
		if err != nil || c.Files != 3 || c.New != 1 || len(c.Wrong) != 2 {
			t.Fatalf("%+v, %v", c, err)
		}
		for _, w := range c.Wrong {
			if w.Missing != (w.Hash == gone.Hash) || w.Hash == good.Hash {
				t.Errorf("%+v", w)
			}
		}
		if f, err := again.Open(t.Context(), good.Hash); err != nil {
			t.Error(err)
		} else if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
}
