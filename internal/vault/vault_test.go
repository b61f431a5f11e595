package vault_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/vault"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

type house struct {
	*vault.Keeper
	db  *db.DB
	dir string

	mu sync.Mutex
	at calendar.Moment
}

func (h *house) later(by calendar.Moment) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at += by
}

func each(t *testing.T, f func(t *testing.T, h *house)) {
	dbtest.Each(t, func(t *testing.T, location string) {
		d, err := db.Create(t.Context(), location)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		if err := d.Migrate(t.Context(), vault.Migrations); err != nil {
			t.Fatal(err)
		}
		h := &house{db: d, dir: t.TempDir(), at: 1_772_443_800_000_000}
		store, err := vault.NewDisk(h.dir)
		if err != nil {
			t.Fatal(err)
		}
		h.Keeper = vault.Open(d, store, func() calendar.Moment {
			h.mu.Lock()
			defer h.mu.Unlock()
			return h.at
		})
		f(t, h)
	})
}

func (h *house) take(t *testing.T, officer, name, text string) fact.File {
	t.Helper()
	f, err := h.Take(t.Context(), officer, name, strings.NewReader(text))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return f
}

func (h *house) name(t *testing.T, seq int64, f fact.File) {
	t.Helper()
	if err := h.db.Write(t.Context(), func(tx *db.Tx) error {
		return vault.Attach(tx, []vault.Named{{Proceeding: "p", Seq: seq, Field: "photo", File: f}})
	}); err != nil {
		t.Fatal(err)
	}
}

func (h *house) erase(t *testing.T, f fact.File) error {
	t.Helper()
	err := h.db.Write(t.Context(), func(tx *db.Tx) error {
		return vault.NoteErased(tx, []vault.Erasure{{Hash: f.Hash, At: h.at, Why: "Court, 1-12/26", Proceeding: "f", Seq: 2}})
	})
	return errors.Join(err, h.TakeAway(t.Context(), []string{f.Hash}))
}

func (h *house) sweep(t *testing.T, all bool) int {
	t.Helper()
	n, err := h.SweepOnce(t.Context(), time.Now().Add(2*time.Hour), all)
	if err != nil {
		t.Fatal(err)
	}
	return n.Unused + n.Erased
}

func (h *house) reads(t *testing.T, hash string) (string, bool) {
	t.Helper()
	f, err := h.Open(t.Context(), hash)
	if errors.Is(err, fs.ErrNotExist) {
		return "", false
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b), true
}

func photo(w, h int) []byte {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{0xff, 0xff, 0xff, 0xff}
			if x < w/2 && y < h/2 {
				c = color.RGBA{0xff, 0, 0, 0xff} // what is left above is red
			}
			m.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// turnedPhoto says in its Exif data how it is to be turned.
func turnedPhoto(w, h, turn int) string {
	exif := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(rune(turn)) + "\x00\x00\x00\x00\x00\x00"
	p := photo(w, h)
	return string(p[:2]) + "\xff\xe1" + string(binary.BigEndian.AppendUint16(nil, uint16(len(exif)+2))) + exif + string(p[2:])
}

func drawing(w, h int) string {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.String()
}

// claims is the head of a PNG that says it is so large.
func claims(w, h uint32) string {
	head := append([]byte("IHDR"), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)...)
	head = append(head, 8, 6, 0, 0, 0)
	return "\x89PNG\r\n\x1a\n\x00\x00\x00\x0d" + string(head) + string(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(head)))
}

const pdf = "%PDF-1.7\n1 0 obj <</Type/Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"

// What a file is, its bytes say, and never its name; what is not taken is refused with a word that says what it is.
func TestWhatAFileIsItsBytesSay(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for _, x := range []struct{ what, name, bytes, want string }{
			{"a photo", "IMG_1.JPG", string(photo(40, 30)), vault.JPEG},
			{"a photo called a program", "run.exe", string(photo(40, 30)), vault.JPEG},
			{"a photo with a page behind it", "x.html", string(photo(40, 30)) + "<html><script>alert(1)</script>", vault.JPEG},
			{"a drawing", "plan.png", drawing(30, 20), vault.PNG},
			{"a paper", "order.pdf", pdf, vault.PDF},
			{"a text in two scripts", "a.txt", "Bayonnoma. Протокол допроса.\r\n\tOʻzbekiston\f", vault.Text},
			{"a long text", "a.txt", strings.Repeat("ўзбек тили ", 30_000), vault.Text},
			{"nothing", "a.txt", "", "vault.empty"},
			{"a page", "a.txt", "\ufeff \n<!DOCTYPE html><p>", "vault.other_type HTML, SVG, XML"},
			{"a vector picture", "photo.png", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, "vault.other_type HTML, SVG, XML"},
			{"an archive", "papers.pdf", "PK\x03\x04\x14\x00", "vault.other_type ZIP, DOCX, XLSX"},
			{"a paper behind an archive", "papers.pdf", "PK\x03\x04" + pdf, "vault.other_type ZIP, DOCX, XLSX"},
			{"a telephone's photo", "IMG.HEIC", "\x00\x00\x00\x18ftypheic", "vault.other_type HEIC"},
			{"a moving picture", "a.gif", "GIF89a", "vault.other_type GIF"},
			{"a program", "a.txt", "MZ\x90", "vault.other_type EXE"},
			{"a script of letters that are none", "a.txt", "\xff\xfeh\x00i\x00", "vault.not_taken"},
			{"half a letter at the end", "a.txt", "oʻ"[:2], "vault.not_taken"},
			{"a text with a bell", "a.txt", "ring\a", "vault.not_taken"},
			{"half a paper", "a.pdf", pdf[:30], "vault.damaged"},
			{"half a photo", "a.jpg", string(photo(400, 300)[:900]), "vault.damaged"},
			{"a photo without a size", "a.jpg", "\xff\xd8\xff\xda\x00\x02", "vault.damaged"},
			{"a drawing that says it is a hundred thousand pixels wide", "a.png", claims(100_000, 100_000), "vault.too_many_pixels"},
			{"a drawing that says it has no width", "a.png", claims(0, 10), "vault.damaged"},
			{"a drawing with nothing in it", "a.png", claims(10, 10), "vault.damaged"},
		} {
			f, err := h.Take(t.Context(), "o", x.name, strings.NewReader(x.bytes))
			got := f.Type
			if err != nil {
				e := fault.Of(err)
				if got = e.Key; e.Args["type"] != nil {
					got += " " + e.Args["type"].(string)
				}
			}
			if got != x.want {
				t.Errorf("%s is %s, want %s", x.what, got, x.want)
			}
			if text, there := h.reads(t, sum(x.bytes)); there != (err == nil) || there && text != x.bytes {
				t.Errorf("%s: kept: %v, of %d bytes %d", x.what, there, len(x.bytes), len(text))
			}
			if back, ok := fact.FileOf(f.Text()); err == nil && (!ok || back != f) {
				t.Errorf("%s: %q is read as %+v", x.what, f.Text(), back)
			}
		}
		if left, err := os.ReadDir(filepath.Join(h.dir, "drafts")); err != nil || len(left) > 0 {
			t.Errorf("%d drafts are left: %v", len(left), err)
		}
	})
}

func sum(text string) string {
	s, err := vault.Sum(strings.NewReader(text))
	if err != nil {
		panic(err)
	}
	return s
}

type endless struct{ read int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	e.read += int64(len(p))
	return len(p), nil
}

// Ten gigabytes, or what never ends, is read no further than what is taken; and nobody fills the disk with what he never uses.
func TestWhatIsTooLargeIsNotRead(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var e endless
		if _, err := h.Take(t.Context(), "o", "a.txt", &e); fault.Of(err).Key != "vault.too_large" || e.read > vault.MostBytes+1<<20 {
			t.Errorf("%d bytes were read: %v", e.read, err)
		}
		if err := h.db.Write(t.Context(), func(tx *db.Tx) error {
			for i := range vault.MostWaiting {
				if _, err := tx.Exec(`INSERT INTO upload (officer, hash, type, size, name, at) VALUES ('o', $1, 'text/plain', 1, 'a.txt', 1)`, fmt.Sprintf("%064x", i)); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Take(t.Context(), "o", "a.txt", strings.NewReader("one more")); fault.Of(err).Key != "vault.too_many" {
			t.Errorf("one more was taken: %v", err)
		}
		h.take(t, "another", "a.txt", "one more")
	})
}

func TestNamesStayButForWhatProgramsWouldMistake(t *testing.T) {
	for _, x := range []struct{ sent, kind, want string }{
		{"../../etc/passwd", vault.Text, "passwd.txt"},
		{`C:\Users\a\Протокол №5.PDF`, vault.PDF, "Протокол №5.PDF"},
		{"Баённома bayonnoma ضبط 記録.jpg", vault.JPEG, "Баённома bayonnoma ضبط 記録.jpg"},
		{"photo.jpg\u202egnp.exe", vault.JPEG, "photo.jpggnp.exe.jpg"},
		{"a\x00b\r\nSet-Cookie: x.txt", vault.Text, "ab Set-Cookie x.txt"},
		{"...", vault.PNG, "document.png"},
		{"", vault.PDF, "document.pdf"},
		{"page.html", vault.Text, "page.html.txt"},
		{strings.Repeat("ў", 300) + ".jpeg", vault.JPEG, strings.Repeat("ў", 95) + ".jpeg"},
	} {
		if got := vault.Name(x.sent, x.kind); got != x.want {
			t.Errorf("%q is called %q, want %q", x.sent, got, x.want)
		}
	}
}

// A preview stands upright however the telephone was held, and is no larger than it says.
func TestPreviewsStandUpright(t *testing.T) {
	h := &house{}
	each(t, func(t *testing.T, of *house) { h = of; previews(t, h) })
}

func previews(t *testing.T, h *house) {
	for turn, corner := range map[int][2]int{1: {0, 0}, 2: {1, 0}, 3: {1, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 1}, 8: {0, 1}} {
		f := h.take(t, "o", "a.jpg", turnedPhoto(900, 600, turn))
		for _, again := range []bool{false, true} {
			if again { // as after a restore
				if err := os.RemoveAll(filepath.Join(h.dir, "previews")); err != nil {
					t.Fatal(err)
				}
			}
			p, err := h.Preview(t.Context(), f, vault.Small)
			if err != nil {
				t.Fatal(err)
			}
			m, err := jpeg.Decode(p)
			_ = p.Close()
			if err != nil {
				t.Fatal(err)
			}
			w, ht := 320, 213
			if turn > 4 {
				w, ht = ht, w
			}
			if b := m.Bounds(); b.Dx() != w || b.Dy() != ht {
				t.Errorf("turn %d: %v", turn, b)
			}
			for x := range 2 {
				for y := range 2 {
					_, g, _, _ := m.At(x*(w-20)+10, y*(ht-20)+10).RGBA()
					if red := g < 0x8000; red != (corner == [2]int{x, y}) {
						t.Errorf("turn %d: the corner %d,%d is red: %v", turn, x, y, red)
					}
				}
			}
		}
	}
	if _, err := h.Preview(t.Context(), h.take(t, "o", "a.pdf", pdf), vault.Small); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a preview of a paper: %v", err)
	}
}

// What no act names is swept after its time and not before; what one names stays, whatever process died when.
func TestWhatNoActNamesIsSwept(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		named, waits := h.take(t, "o", "a.txt", "named by an act"), h.take(t, "o", "b.txt", "waits")
		h.name(t, 1, named)
		// A process that died between the file and its upload; and one that died while it swept.
		stray := "brought by who did not live to note it"
		draft, err := h.Draft()
		if err == nil {
			_, err = draft.WriteString(stray)
			err = errors.Join(err, draft.Keep(sum(stray)), draft.Drop(), h.Aside(named.Hash))
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, there := h.reads(t, named.Hash); !there {
			t.Error("what stands aside cannot be read")
		}
		if n := h.sweep(t, true); n != 1 {
			t.Errorf("%d files were swept, want the stray", n)
		}
		for text, want := range map[string]bool{"named by an act": true, "waits": true, stray: false} {
			if _, there := h.reads(t, sum(text)); there != want {
				t.Errorf("%s: %v", text, there)
			}
		}
		h.later(vault.TakenWithin + 1)
		if list, err := h.Uploaded(t.Context(), "o", []string{waits.Hash}); err != nil || len(list) != 0 {
			t.Errorf("an upload of two days ago may still be named: %v, %v", list, err)
		}
		if n := h.sweep(t, false); n != 0 {
			t.Errorf("%d were swept before their time", n)
		}
		h.later(vault.KeptFor - vault.TakenWithin)
		if n := h.sweep(t, false); n != 1 {
			t.Errorf("%d were swept", n)
		}
		if _, there := h.reads(t, waits.Hash); there {
			t.Error("what waited too long is still there")
		}
		if text, there := h.reads(t, named.Hash); !there || text != "named by an act" {
			t.Error("what an act names was swept")
		}
	})
}

// Previews are made before their picture is kept: of a process that died in between they are all that there is, and go with the next sweep of everything.
func TestPreviewsOfAPictureThatWasNeverKeptAreSwept(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		kept := h.take(t, "o", "knife.jpg", string(photo(64, 48)))
		h.name(t, 1, kept)
		lost := string(photo(80, 60))
		h.Dies(3) // the picture itself, its large preview, and then the small one
		var dying sync.WaitGroup
		returned := false
		dying.Go(func() {
			_, _ = h.Take(t.Context(), "o", "lost.jpg", strings.NewReader(lost))
			returned = true
		})
		dying.Wait()
		previews := func(hash string) int {
			list, err := filepath.Glob(filepath.Join(h.dir, "previews", hash[:2], hash+".*"))
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		}
		if _, there := h.reads(t, sum(lost)); returned || there || previews(sum(lost)) != 1 {
			t.Fatalf("it lived on: %v; the picture is there: %v; previews: %d", returned, there, previews(sum(lost)))
		}
		if n, err := h.SweepOnce(t.Context(), time.Now(), true); err != nil || n != (vault.Swept{}) || previews(sum(lost)) != 1 {
			t.Errorf("what may be on its way in was swept: %+v, %v", n, err)
		}
		if n := h.sweep(t, true); n != 1 || previews(sum(lost)) != 0 {
			t.Errorf("%d were swept, and %d previews are left", n, previews(sum(lost)))
		}
		if previews(kept.Hash) != 2 {
			t.Errorf("of %d previews of a picture that is kept", previews(kept.Hash))
		}
	})
}

// Who brings a file while the same bytes are swept has it afterwards.
func TestWhatIsBroughtWhileItIsSweptStays(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx, stop := context.WithCancel(t.Context())
		var sweeping sync.WaitGroup
		sweeping.Go(func() {
			for ctx.Err() == nil {
				if _, err := h.SweepOnce(ctx, time.Now().Add(2*time.Hour), true); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
			}
		})
		for i := range 60 {
			officer := fmt.Sprintf("o%d", i)
			f := h.take(t, officer, "a.txt", "the same bytes")
			for range 3 {
				if _, there := h.reads(t, f.Hash); !there {
					time.Sleep(5 * time.Millisecond) // it is being put back
					if _, there := h.reads(t, f.Hash); !there {
						t.Errorf("what %s brought is not there", officer)
					}
				}
			}
			if i%2 == 0 {
				h.later(vault.KeptFor + 1) // now it may be swept
			}
		}
		stop()
		sweeping.Wait()
		last := h.take(t, "last", "a.txt", "the same bytes")
		h.sweep(t, true)
		if _, there := h.reads(t, last.Hash); !there {
			t.Error("it is not there in the end")
		}
	})
}

// Of an erased picture nothing stays, whoever brings it again, whoever was shown it meanwhile, and wherever its process died; what was left of it is
// told apart from what nobody used.
func TestOfAnErasedPictureNothingStays(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		whole := string(photo(64, 48))
		f := h.take(t, "o", "knife.jpg", whole)
		h.name(t, 1, f)
		if n := h.left(t); n != 3 {
			t.Fatalf("%d files of it", n)
		}
		preview := filepath.Join(h.dir, "previews", f.Hash[:2], fmt.Sprintf("%s.%d", f.Hash, vault.Small))
		shown, err := os.ReadFile(preview)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.erase(t, f); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Take(t.Context(), "o", "knife.jpg", strings.NewReader(whole)); fault.Of(err).Key != "vault.erased" {
			t.Errorf("it was brought again: %v", err)
		}
		if n := h.left(t); n != 0 {
			t.Errorf("%d files are left of it", n)
		}
		// An upload that was noted while the act that erased it was being done is none.
		err = h.db.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO upload (officer, hash, type, size, name, at) VALUES ('o', $1, 'image/jpeg', 1, 'a', $2)`, f.Hash, int64(h.at))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if list, err := h.Uploaded(t.Context(), "o", []string{f.Hash}); err != nil || len(list) != 0 {
			t.Errorf("it may be named: %v, %v", list, err)
		}
		if err := os.WriteFile(preview, shown, 0o600); err != nil {
			t.Fatal(err)
		}
		h.take(t, "o", "a.txt", "used by nobody")
		h.later(vault.KeptFor + calendar.Hour)
		if n, err := h.SweepOnce(t.Context(), time.Now(), false); err != nil || n != (vault.Swept{Unused: 2, Erased: 1}) {
			t.Errorf("%+v, %v", n, err)
		}
		if n := h.left(t); n != 0 {
			t.Errorf("%d files are left after the sweep", n)
		}
	})
}

// A changed byte is found, and a missing file; what was erased by order of the law is neither, cannot be brought again, and its row stays.
func TestAChangedByteIsFoundAndAnErasureIsOnRecord(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		good, changed, gone, erased := h.take(t, "o", "a.txt", "good"), h.take(t, "o", "b.txt", "changed"), h.take(t, "o", "c.txt", "gone"), h.take(t, "o", "d.txt", "erased")
		for i, f := range []fact.File{good, changed, gone, erased} {
			h.name(t, int64(i+1), f)
		}
		path := func(f fact.File) string { return filepath.Join(h.dir, "files", f.Hash[:2], f.Hash) }
		if err := errors.Join(os.WriteFile(path(changed), []byte("chanGed"), 0o600), os.Remove(path(gone)), h.erase(t, erased)); err != nil {
			t.Fatal(err)
		}
		if _, there := h.reads(t, erased.Hash); there {
			t.Error("what was erased is still there")
		}
		for bytes, want := range map[bool]string{false: "c", true: "bc"} {
			c, err := h.Check(t.Context(), bytes)
			got := ""
			for _, f := range []fact.File{changed, gone} {
				for _, w := range c.Wrong {
					if w.Hash == f.Hash && w.Missing == (f == gone) {
						got += f.Name[:1]
					}
				}
			}
			if err != nil || got != want || len(c.Wrong) != len(want) || c.Files != 3 {
				t.Errorf("bytes %v: %+v, %v", bytes, c, err)
			}
		}
		if _, err := h.Take(t.Context(), "o", "d.txt", strings.NewReader("erased")); fault.Of(err).Key != "vault.erased" {
			t.Errorf("it was brought again: %v", err)
		}
		list, err := h.Erased(t.Context(), []string{good.Hash, erased.Hash})
		if want := (vault.Erasure{Hash: erased.Hash, At: h.at, Why: "Court, 1-12/26", Proceeding: "f", Seq: 2}); err != nil || len(list) != 1 || list[erased.Hash] != want {
			t.Errorf("%+v, %v", list, err)
		}
		// A copy of the folder brings its bytes back: they are shown to nobody, and the next sweep takes them away.
		if err := os.WriteFile(path(erased), []byte("erased"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, there := h.reads(t, erased.Hash); there {
			t.Error("what came back with a copy is shown")
		}
		if n := h.sweep(t, false); n != 1 {
			t.Errorf("%d files were swept", n)
		}
		if _, err := os.Lstat(path(erased)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("it is still there: %v", err)
		}
		// Whoever brings the right bytes mends what has changed.
		h.take(t, "o", "b.txt", "changed")
		if text, _ := h.reads(t, changed.Hash); text != "changed" {
			t.Errorf("it says %q", text)
		}
	})
}
