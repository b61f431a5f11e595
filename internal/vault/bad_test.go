package vault_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"nazorat/internal/calendar"
	"nazorat/internal/fault"
	"nazorat/internal/vault"
)

// left are the files that a folder of documents holds, however far they came.
func (h *house) left(t *testing.T) (n int) {
	t.Helper()
	err := filepath.WalkDir(h.dir, func(_ string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// What goes wrong with a file is said as what it is, leaves nothing behind, and the next file is taken.
func TestWhatGoesWrongWithAFileLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		whole := string(photo(64, 48))
		cases := []struct {
			what, name string
			from       io.Reader
			key        string
			kind       fault.Kind
		}{
			{"a line that breaks in the middle", "a.jpg", io.MultiReader(strings.NewReader(whole[:200]), iotest.ErrReader(io.ErrUnexpectedEOF)), "vault.cut_off", fault.Invalid},
			{"a picture that ends in the middle", "a.jpg", strings.NewReader(whole[:len(whole)/2]), "vault.damaged", fault.Invalid},
			{"a paper that ends in the middle", "a.pdf", strings.NewReader("%PDF-1.7\n1 0 obj"), "vault.damaged", fault.Invalid},
			{"a program under the name of a picture", "a.jpg", strings.NewReader("MZ\x90\x00\x03"), "vault.other_type", fault.Invalid},
			{"a page under the name of a text", "a.txt", strings.NewReader("<html><script>alert(1)</script>"), "vault.other_type", fault.Invalid},
			{"bytes under the name of a text", "a.txt", strings.NewReader("abc\x00\x01"), "vault.not_taken", fault.Invalid},
			{"a picture of a few bytes that says it is enormous", "a.png", strings.NewReader(claims(60_000, 60_000)), "vault.too_many_pixels", fault.Invalid},
			{"more than is taken", "a.txt", io.LimitReader(letters{}, vault.MostBytes+1), "vault.too_large", fault.Invalid},
			{"nothing", "a.txt", strings.NewReader(""), "vault.empty", fault.Invalid},
		}
		for _, c := range cases {
			_, err := h.Take(t.Context(), "o", c.name, c.from)
			if f := fault.Of(err); f.Key != c.key || f.Kind != c.kind {
				t.Errorf("%s: %v", c.what, err)
			}
			if n := h.left(t); n != 0 {
				t.Errorf("%s: %d files are left", c.what, n)
			}
		}
		// The disk is full in the middle of a file, of its large preview, of its small one.
		for i, what := range []string{"the file", "its large preview", "its small preview"} {
			full, err := vault.NewDisk(h.dir)
			if err != nil {
				t.Fatal(err)
			}
			full.Full(i + 1)
			k := vault.Open(h.db, full, func() calendar.Moment { return h.at })
			if _, err := k.Take(t.Context(), "o", "a.jpg", strings.NewReader(whole)); fault.Of(err).Key != "vault.not_kept" || !errors.Is(err, syscall.ENOSPC) || !fault.Is(err, fault.Unavailable) {
				t.Errorf("full at %s: %v", what, err)
			}
			if n := h.left(t); n != 0 {
				t.Errorf("full at %s: %d files are left", what, n)
			}
		}
		// It cannot be put where it belongs, once its previews are made.
		taken := filepath.Join(h.dir, "files", sum(whole)[:2])
		if err := os.WriteFile(taken, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Take(t.Context(), "o", "a.jpg", strings.NewReader(whole)); fault.Of(err).Key != "vault.not_kept" {
			t.Errorf("no place for files: %v", err)
		}
		if n := h.left(t); n != 1 {
			t.Errorf("no place for files: %d files are left", n)
		}
		if err := os.Remove(taken); err != nil {
			t.Fatal(err)
		}
		drafts := filepath.Join(h.dir, "drafts")
		if err := errors.Join(os.Remove(drafts), os.WriteFile(drafts, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Take(t.Context(), "o", "a.jpg", strings.NewReader(whole)); fault.Of(err).Key != "vault.not_kept" {
			t.Errorf("no place for drafts: %v", err)
		}
		if err := errors.Join(os.Remove(drafts), os.Mkdir(drafts, 0o700)); err != nil {
			t.Fatal(err)
		}
		if f := h.take(t, "o", "knife.jpg", whole); f.Type != vault.JPEG {
			t.Errorf("%+v", f)
		}
		if list, err := h.Uploaded(t.Context(), "o", []string{sum(whole)}); err != nil || len(list) != 1 {
			t.Errorf("%v, %v", list, err)
		}
	})
}

// letters is one letter again and again.
type letters struct{}

func (letters) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'a'
	}
	return len(b), nil
}
