package bundle_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
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

// Every byte of a small bundle is changed, once with one bit and once with a chance pattern.
func TestEveryChangedByteOfASmallBundleIsFound(t *testing.T) {
	t.Parallel()
	k := live(t, 12, 3, 5)
	k.erase(11)
	b := k.pack(t)
	if _, err := verify(b, k.keys); err != nil {
		t.Fatal(err)
	}
	chance := rand.New(rand.NewPCG(1, 2))
	for i := range b {
		for _, with := range []byte{1, byte(1 + chance.IntN(255))} {
			b[i] ^= with
			if r, err := verify(b, k.keys); err == nil {
				t.Errorf("byte %d of %d, changed by %#x: %+v", i, len(b), with, r)
			}
			b[i] ^= with
		}
	}
	for i := range b { // taken out, put in, cut off
		for what, bad := range map[string][]byte{"taken out": slices.Delete(slices.Clone(b), i, i+1), "put in": slices.Insert(slices.Clone(b), i, b[i]^1), "cut off": b[:i]} {
			if r, err := verify(bad, k.keys); err == nil {
				t.Errorf("byte %d of %d %s: %+v", i, len(b), what, r)
			}
		}
	}
	if r, err := verify(append(slices.Clone(b), 0), k.keys); err == nil {
		t.Errorf("a byte at the end: %+v", r)
	}
}

func TestChangedBytesOfALargeBundleAreFound(t *testing.T) {
	t.Parallel()
	k := live(t, 20000, 500, 1000)
	b := k.pack(t)
	chance := rand.New(rand.NewPCG(3, 4))
	for range 60 {
		i, with := chance.IntN(len(b)), byte(1+chance.IntN(255))
		b[i] ^= with
		if r, err := verify(b, k.keys); err == nil {
			t.Errorf("byte %d of %d, changed by %#x: %+v", i, len(b), with, r)
		}
		b[i] ^= with
	}
}

// Somebody who has the file can make it anew with new digests. Whatever he changes of
// an entry, it does not fit; and the entry is named.
func TestForgerWithoutTheKeyIsFound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		k := live(t, 40, 4, 9)
		i := rapid.IntRange(0, 39).Draw(rt, "entry")
		r := &k.records[i]
		named := true
		switch how := rapid.IntRange(0, 8).Draw(rt, "how"); how {
		case 0: // another text
			r.Canonical = bytes.Replace(r.Canonical, []byte("irlik"), []byte("irlIk"), 1)
		case 1:
			r.Salt[rapid.IntRange(0, 15).Draw(rt, "byte")] ^= 1
		case 2:
			r.Number += "x"
		case 3: // another text, with the leaf that fits it
			r.Canonical = bytes.Replace(r.Canonical, []byte("irlik"), []byte("irlIk"), 1)
			r.Leaf = leafOf(rt, r)
			named = false // the next of its stream or the next checkpoint is named
		case 4:
			r.Leaf[3] ^= 1
		case 5: // taken out
			k.records = slices.Delete(k.records, i, i+1)
			k.points, k.notes = k.points[:len(k.points)-1], k.notes[:len(k.notes)-1]
			if len(k.records)%9 != 0 {
				// There is no checkpoint of that size, so the last one is taken as it is.
				if _, err := verify(k.packLoosely(rt), k.keys); err == nil {
					rt.Fatal("not found")
				}
				return
			}
			named = false
		case 6: // put in twice
			k.records = slices.Insert(k.records, i, k.records[i])
			if _, err := verify(k.packLoosely(rt), k.keys); err == nil {
				rt.Fatal("not found")
			}
			return
		case 7: // exchanged with another
			j := rapid.IntRange(0, 39).Filter(func(j int) bool { return j != i }).Draw(rt, "other")
			k.records[i], k.records[j] = k.records[j], k.records[i]
			named = false
		case 8: // all entries and all checkpoints made anew, by somebody without the key
			k.signer, _ = another(rt)
			k.sign(t, 9)
			if _, err := verify(k.pack(t), k.keys); !errors.Is(err, journal.ErrUnsigned) {
				rt.Fatalf("another's signature: %v", err)
			}
			return
		}
		_, err := verify(k.pack(t), k.keys)
		if !errors.Is(err, journal.ErrBroken) {
			rt.Fatalf("not found: %v", err)
		}
		if named && !strings.Contains(err.Error(), fmt.Sprintf("leaf %d,", i)) {
			rt.Fatalf("leaf %d is not named: %v", i, err)
		}
	})
}

// packLoosely writes a bundle whose last checkpoint is said to be of as many leaves as there are.
func (k *kept) packLoosely(t *rapid.T) []byte {
	var b bytes.Buffer
	w, err := bundle.NewWriter(&b, bundle.Header{Origin: origin, Size: int64(len(k.records))})
	if err != nil {
		t.Fatal(err)
	}
	last := k.points[len(k.points)-1]
	last.Size = int64(len(k.records)) // the note says another
	if err := w.Checkpoint(last, k.notes[len(k.notes)-1]); err != nil {
		t.Fatal(err)
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

func another(t *rapid.T) (note.Signer, string) {
	private, public, err := note.GenerateKey(rand.NewChaCha8([32]byte{9}), origin)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	return s, public
}

func leafOf(t *rapid.T, r *journal.Record) journal.Hash {
	p, err := journal.Split(r.Canonical)
	if err != nil {
		t.Fatal(err)
	}
	return journal.Commit(r.Canonical, p.AppendHead(nil, r.Number), r.Salt)
}

// Even the office, which has the key, cannot make a stream that does not fit itself.
func TestStreamsMustFitWhoeverSigned(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(t *testing.T, k *kept){
		"a number is left out": func(t *testing.T, k *kept) {
			rewrite(t, &k.records[20], `"seq":`, `"seq":9`)
		},
		"a number comes twice": func(t *testing.T, k *kept) {
			k.records[39] = k.records[38]
		},
		"another entry before it": func(t *testing.T, k *kept) {
			rewrite(t, &k.records[39], `"previous":"`, `"previous":"00000000`)
		},
		"an entry has left its stream": func(t *testing.T, k *kept) { k.records = slices.Delete(k.records, 3, 4) },
		"a proceeding changed its number": func(t *testing.T, k *kept) {
			k.records[39].Number += "x"
			relief(t, &k.records[39])
		},
		"two proceedings have one number": func(t *testing.T, k *kept) {
			for i := range k.records {
				k.records[i].Number = "one"
				relief(t, &k.records[i])
			}
		},
		"bytes that are no entry": func(t *testing.T, k *kept) {
			k.records[39].Canonical = []byte(`{"hello":1}`)
		},
		"an erased leaf that nobody names": func(t *testing.T, k *kept) {
			k.records = slices.Delete(k.records, 3, 4)
			k.records = slices.Insert(k.records, 0, journal.Record{Leaf: journal.Hash{7}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := live(t, 40, 3, 9)
			harm(t, k)
			k.sign(t, 9)
			if r, err := verify(k.pack(t), k.keys); !errors.Is(err, journal.ErrBroken) {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
}

// rewrite changes a record's bytes, keeps their length where it is longer, and makes its leaf anew.
func rewrite(t *testing.T, r *journal.Record, from, to string) {
	t.Helper()
	i := bytes.Index(r.Canonical, []byte(from))
	out := slices.Clone(r.Canonical)
	if strings.HasPrefix(from, `"previous`) {
		copy(out[i:], to)
	} else {
		out = slices.Insert(out, i+len(from), []byte(to[len(from):])...)
	}
	r.Canonical = out
	relief(t, r)
}

// relief makes a record's leaf anew.
func relief(t *testing.T, r *journal.Record) {
	t.Helper()
	p, err := journal.Split(r.Canonical)
	if err != nil {
		t.Fatal(err)
	}
	r.Leaf = journal.Commit(r.Canonical, p.AppendHead(nil, r.Number), r.Salt)
}

func TestCheckpointsMustFitTheTree(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]func(t *testing.T, k *kept){
		"another root in the middle": func(t *testing.T, k *kept) {
			k.points[2].Root[0] ^= 1
			resign(t, k, 2)
		},
		"another root at the end": func(t *testing.T, k *kept) {
			k.points[len(k.points)-1].Root[0] ^= 1
			resign(t, k, len(k.points)-1)
		},
		"a signature by nobody": func(t *testing.T, k *kept) { k.keys = nil },
		"a witness's key only": func(t *testing.T, k *kept) {
			w, err := journal.NewKey(origin, make(ed25519.PublicKey, 32), true)
			if err != nil {
				t.Fatal(err)
			}
			k.keys = journal.Keys{w}
		},
		"another text under the signature": func(t *testing.T, k *kept) {
			k.notes[1] = bytes.Replace(k.notes[1], []byte("\n9\n"), []byte("\n8\n"), 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := live(t, 40, 3, 9)
			keys := k.keys
			c(t, k)
			check := k.keys
			k.keys = keys
			if r, err := verify(k.pack(t), check); !errors.Is(err, journal.ErrBroken) {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
}

func resign(t *testing.T, k *kept, i int) {
	t.Helper()
	var err error
	if k.notes[i], err = k.points[i].Sign(k.signer); err != nil {
		t.Fatal(err)
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
