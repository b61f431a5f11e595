package bundle_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"nazorat/internal/bundle"
	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/journal"
	"nazorat/internal/stored"
)

var ctx = context.Background()

const origin = "office.example/log"

// kept is a journal in memory, with what is needed to write a bundle of it.
type kept struct {
	records []journal.Record
	points  []journal.Checkpoint
	notes   [][]byte
	signer  note.Signer
	keys    journal.Keys
}

// live makes a journal of n entries in a few proceedings, the same for the same seed,
// with a checkpoint after every so many.
func live(t testing.TB, n, proceedings int, every int64) *kept {
	t.Helper()
	chance := rand.NewChaCha8([32]byte{1})
	private, public, err := note.GenerateKey(chance, origin)
	if err != nil {
		t.Fatal(err)
	}
	k := &kept{}
	if k.signer, err = note.NewSigner(private); err != nil {
		t.Fatal(err)
	}
	key, err := journal.ParseKey(public)
	if err != nil {
		t.Fatal(err)
	}
	k.keys = journal.Keys{key}
	var streams []journal.Entry
	for i := range proceedings {
		streams = append(streams, journal.Entry{Format: journal.Format, Proceeding: fmt.Sprintf("P%d", i), Law: "uz/criminal", Edition: "2025-01-01", Role: "investigator", Officer: "o1", Mandate: "m1", Office: "iib-1"})
	}
	pick := rand.New(chance)
	for at := range int64(n) {
		e := &streams[pick.IntN(len(streams))]
		e.Seq++
		e.Act = []string{"register_report", "open_case", "detain"}[pick.IntN(3)]
		e.Recorded = calendar.Moment(1772443860000000 + at*1000000)
		e.Done = e.Recorded
		e.Form = map[string]fact.JSON{"summary": {"text", fmt.Sprintf("Oʻgʻirlik %d", pick.IntN(1000))}}
		e.Effects = []stored.Effect{{Effect: "moved", Kind: "case", From: "report", To: "check"}}
		r := journal.Record{At: at, Number: "iib-1-2026-" + e.Proceeding}
		if _, err := chance.Read(r.Salt[:]); err != nil {
			t.Fatal(err)
		}
		if r.Canonical, err = e.Canonical(); err != nil {
			t.Fatal(err)
		}
		r.Leaf = journal.Commit(r.Canonical, e.Head(r.Number).Append(nil), r.Salt)
		e.Previous = r.Leaf
		k.records = append(k.records, r)
	}
	k.sign(t, every)
	return k
}

// sign makes the checkpoints anew, as an office with the same key can.
func (k *kept) sign(t testing.TB, every int64) {
	t.Helper()
	k.points, k.notes = nil, nil
	var tree journal.Frontier
	point := func() {
		root, err := tree.Root()
		if err != nil {
			t.Fatal(err)
		}
		c := journal.Checkpoint{Origin: origin, Size: tree.Size, Root: root}
		signed, err := c.Sign(k.signer)
		if err != nil {
			t.Fatal(err)
		}
		k.points, k.notes = append(k.points, c), append(k.notes, signed)
	}
	for i := range k.records {
		if tree.Size%every == 0 {
			point()
		}
		if _, err := tree.Add(journal.TreeLeaf(k.records[i].Leaf)); err != nil {
			t.Fatal(err)
		}
	}
	point()
}

// pack writes the bundle.
func (k *kept) pack(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := bundle.NewWriter(&b, bundle.Header{Origin: origin, Size: int64(len(k.records)), Keys: []string{k.keys[0].String()}, Made: 1})
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range k.points {
		if err := w.Checkpoint(c, k.notes[i]); err != nil {
			t.Fatal(err)
		}
	}
	for i := range k.records {
		k.records[i].At = int64(i)
		if err := w.Record(&k.records[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (k *kept) erase(i int) {
	k.records[i] = journal.Record{At: int64(i), Leaf: k.records[i].Leaf}
}

func verify(b []byte, keys journal.Keys) (*bundle.Report, error) {
	return bundle.Verify(ctx, bytes.NewReader(b), keys)
}

func TestWholeBundleHolds(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 300, 5000} {
		k := live(t, n, 7, 97)
		r, err := verify(k.pack(t), k.keys)
		if err != nil {
			t.Fatalf("%d entries: %v", n, err)
		}
		root, err := tlog.TreeHash(int64(n), tlog.HashReaderFunc(reference(t, k)))
		if err != nil || r.Entries != int64(n) || r.Erased != 0 || r.Checkpoints != int64(len(k.points)) || r.Root != journal.Hash(root) || r.Last.Size != int64(n) || n > 100 && r.Proceedings != 7 {
			t.Errorf("%d entries: %+v, root %x, %v", n, r, root[:], err)
		}
	}
}

func reference(t *testing.T, k *kept) func([]int64) ([]tlog.Hash, error) {
	var all []tlog.Hash
	read := func(indexes []int64) (out []tlog.Hash, err error) {
		for _, i := range indexes {
			out = append(out, all[i])
		}
		return out, nil
	}
	for i := range k.records {
		h, err := tlog.StoredHashes(int64(i), k.records[i].Leaf[:], tlog.HashReaderFunc(read))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, h...)
	}
	return read
}

// What the law orders erased leaves its leaf behind, and everything else can still be checked.
func TestErasedEntriesLeaveTheRestVerifiable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		k := live(t, 60, 5, 13)
		gone := rapid.SliceOfDistinct(rapid.IntRange(0, 59), func(i int) int { return i }).Draw(rt, "erased")
		for _, i := range gone {
			k.erase(i)
		}
		r, err := verify(k.pack(t), k.keys)
		if err != nil || r.Erased != int64(len(gone)) || r.Entries != int64(60-len(gone)) {
			rt.Fatalf("%+v, %v", r, err)
		}
	})
}

// Every byte of a small bundle is changed; and bytes of it are taken out, put in, and all behind them cut off.
func TestEveryChangedByteOfASmallBundleIsFound(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("one change after the other: in full without -short")
	}
	k := live(t, 12, 3, 5)
	k.erase(11)
	b := k.pack(t)
	if _, err := verify(b, k.keys); err != nil {
		t.Fatal(err)
	}
	chance := rand.New(rand.NewPCG(1, 2))
	for i := range b {
		with := byte(1 + chance.IntN(255))
		b[i] ^= with
		if r, err := verify(b, k.keys); err == nil {
			t.Errorf("byte %d of %d, changed by %#x: %+v", i, len(b), with, r)
		}
		b[i] ^= with
		var bad []byte
		switch i % 12 {
		case 0:
			bad = slices.Delete(slices.Clone(b), i, i+1)
		case 1:
			bad = slices.Insert(slices.Clone(b), i, b[i]^1)
		case 2:
			bad = b[:i]
		default:
			continue
		}
		if r, err := verify(bad, k.keys); err == nil {
			t.Errorf("byte %d of %d taken out, put in or cut off: %+v", i, len(b), r)
		}
	}
	if r, err := verify(append(slices.Clone(b), 0), k.keys); err == nil {
		t.Errorf("a byte at the end: %+v", r)
	}
}

func TestChangedBytesOfALargeBundleAreFound(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("one change after the other: in full without -short")
	}
	k := live(t, 20000, 500, 1000)
	b := k.pack(t)
	chance := rand.New(rand.NewPCG(3, 4))
	for range 25 {
		i, with := chance.IntN(len(b)), byte(1+chance.IntN(255))
		b[i] ^= with
		if r, err := verify(b, k.keys); err == nil {
			t.Errorf("byte %d of %d, changed by %#x: %+v", i, len(b), with, r)
		}
		b[i] ^= with
	}
}

func TestWriterTakesNothingOutOfOrder(t *testing.T) {
	t.Parallel()
	k := live(t, 3, 1, 5)
	open := func() *bundle.Writer {
		w, err := bundle.NewWriter(&bytes.Buffer{}, bundle.Header{Origin: origin, Size: 3})
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	w := open()
	if err := w.Close(); err == nil {
		t.Error("an empty bundle of 3 leaves was closed")
	}
	if err := w.Record(&k.records[1]); err == nil {
		t.Error("the second record came first")
	}
	w = open()
	if err := w.Record(&k.records[0]); err != nil {
		t.Fatal(err)
	}
	if err := w.Checkpoint(k.points[0], k.notes[0]); err == nil {
		t.Error("a checkpoint came after a record")
	}
	w = open()
	if err := w.Checkpoint(k.points[1], k.notes[1]); err != nil {
		t.Fatal(err)
	}
	if err := w.Checkpoint(k.points[0], k.notes[0]); err == nil {
		t.Error("a smaller checkpoint came later")
	}
}

func FuzzVerify(f *testing.F) {
	k := live(f, 12, 3, 5)
	k.erase(11)
	good := k.pack(f)
	f.Add(good)
	f.Add([]byte(bundle.Magic))
	f.Add(live(f, 0, 1, 5).pack(f))
	empty := live(f, 0, 1, 5)
	whole := map[string]bool{string(good): true, string(empty.pack(f)): true}
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := verify(b, k.keys); err == nil && !whole[string(b)] {
			t.Errorf("%+v", r)
		}
	})
}

// A bundle that was written when the format was made: it must hold for ever.
func TestFirstBundleStillHolds(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/v1.key")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := journal.ParseKeys(string(text))
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open("testdata/v1.bundle")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := bundle.Verify(ctx, f, keys)
	if err != nil || r.Entries != 10 || r.Erased != 2 || r.Checkpoints != 4 || r.Proceedings != 3 || r.Root.String() != "9e3cd04f0c9f73886f138db3eebe0ded9122d4dec69216613f02f1729e41580e" {
		t.Errorf("%+v, %v", r, err)
	}
}
