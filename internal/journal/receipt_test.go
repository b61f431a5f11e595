package journal_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"nazorat/internal/journal"
)

const origin = "office.example/log"

func officeKey(t testing.TB, seed byte) (note.Signer, *journal.Key) {
	t.Helper()
	private, public, err := note.GenerateKey(rand.NewChaCha8([32]byte{seed}), origin)
	if err != nil {
		t.Fatal(err)
	}
	s, k, err := journal.ParseSigningKey(private + "\n")
	if err != nil || k.String() != public {
		t.Fatalf("%v, %v", k, err)
	}
	return s, k
}

// record is an entry as it is kept, the leaf with that number.
func record(t testing.TB, at int64) *journal.Record {
	t.Helper()
	e := entry(1, journal.Hash{})
	r := &journal.Record{At: at, Number: "1726262-2026-000001", Salt: journal.Salt{1, 2, 3}}
	var err error
	if r.Canonical, err = e.Canonical(); err != nil {
		t.Fatal(err)
	}
	r.Leaf = journal.Commit(r.Canonical, e.Head(r.Number).Append(nil), r.Salt)
	return r
}

// receipt is one in a small tree of so many leaves.
func receipt(t testing.TB, at, size int64, s note.Signer) *journal.Receipt {
	t.Helper()
	rec := record(t, at)
	var all []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) (out []tlog.Hash, err error) {
		for _, i := range indexes {
			out = append(out, all[i])
		}
		return out, nil
	})
	for n := range size {
		leaf := journal.Hash{byte(n), 7}
		if n == at {
			leaf = rec.Leaf
		}
		h, err := tlog.StoredHashesForRecordHash(n, journal.TreeLeaf(leaf), read)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, h...)
	}
	root, err := tlog.TreeHash(size, read)
	if err != nil {
		t.Fatal(err)
	}
	proof, err := tlog.ProveRecord(size, at, read)
	if err != nil {
		t.Fatal(err)
	}
	r, err := journal.NewReceipt(rec)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range proof {
		r.Proof = append(r.Proof, journal.Hash(h))
	}
	if r.Checkpoint, err = (journal.Checkpoint{Origin: origin, Size: size, Root: journal.Hash(root)}).Sign(s); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReceiptHoldsInEachForm(t *testing.T) {
	t.Parallel()
	s, k := officeKey(t, 1)
	_, stranger := officeKey(t, 2)
	for _, size := range []int64{1, 2, 3, 64, 100} {
		r := receipt(t, size/2, size, s)
		digits, err := r.Digits()
		if err != nil {
			t.Fatal(err)
		}
		for form, text := range map[string]string{"file": string(r.Text()), "code": digits, "address": "https://office.example/check#" + digits, "typed": digits[:9] + " " + digits[9:] + "\n"} {
			got, err := journal.ParseReceipt([]byte(text), journal.Keys{stranger, k})
			if err != nil {
				t.Fatalf("%d leaves, %s: %v", size, form, err)
			}
			signed, err := got.Verify(journal.Keys{stranger, k})
			if err != nil || signed.Size != size || got.Number != "1726262-2026-000001" || got.Act != "register_report" || got.Office != "iib-1" || got.Recorded != 1772443860000000 || got.Seq != 1 {
				t.Errorf("%d leaves, %s: %+v, %v", size, form, got, err)
			}
			if _, err := got.Verify(journal.Keys{stranger}); !errors.Is(err, journal.ErrUnsigned) {
				t.Errorf("with a stranger's key: %v", err)
			}
		}
		if _, err := journal.ParseReceipt([]byte(digits), journal.Keys{stranger}); !errors.Is(err, journal.ErrUnsigned) {
			t.Errorf("a code with a stranger's key: %v", err)
		}
	}
}

func TestEveryChangedByteOfAReceiptIsFound(t *testing.T) {
	t.Parallel()
	s, k := officeKey(t, 1)
	keys := journal.Keys{k}
	r := receipt(t, 5, 11, s)
	holds := func(b []byte) bool {
		got, err := journal.ParseReceipt(b, keys)
		if err != nil {
			return false
		}
		_, err = got.Verify(keys)
		return err == nil
	}
	digits, err := r.Digits()
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"file": r.Text(), "code": []byte(digits)} {
		if !holds(b) {
			t.Fatalf("the %s does not hold", name)
		}
		for i := range b {
			for _, to := range []byte("019Ab=+/ \n#\x00") {
				// A blank within the digits is how people group them, not a change; and what stands before # is an address.
				if b[i] == to || name == "code" && (to == ' ' || to == '\n') {
					continue
				}
				bad := slices.Clone(b)
				bad[i] = to
				if holds(bad) {
					t.Errorf("%s: byte %d of %d, %q for %q, holds", name, i, len(b), to, b[i])
				}
			}
			if holds(b[:i]) || holds(slices.Delete(slices.Clone(b), i, i+1)) {
				t.Errorf("%s: cut at byte %d it holds", name, i)
			}
		}
	}
	compact, err := r.Compact()
	if err != nil {
		t.Fatal(err)
	}
	for i := range compact {
		for bit := range 8 {
			bad := slices.Clone(compact)
			bad[i] ^= 1 << bit
			if got, err := journal.ParseCompact(bad, keys); err == nil {
				if _, err := got.Verify(keys); err == nil {
					t.Errorf("bit %d of byte %d of %d: holds", bit, i, len(compact))
				}
			}
		}
	}
}

func TestWitnessesStayOnTheReceipt(t *testing.T) {
	t.Parallel()
	s, k := officeKey(t, 1)
	private, w := witnessKey(t, "witness.example")
	r := receipt(t, 5, 11, s)
	text, _, _ := strings.Cut(string(r.Checkpoint), "\n\n")
	r.Checkpoint = append(r.Checkpoint, cosign(private, w, text+"\n", 1700000000)...)
	digits, err := r.Digits()
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{digits, string(r.Text())} {
		got, err := journal.ParseReceipt([]byte(form), journal.Keys{k, w})
		if err != nil {
			t.Fatal(err)
		}
		signed, err := got.Verify(journal.Keys{k, w})
		if err != nil || len(signed.Cosigned) != 1 || signed.Cosigned[0].By.Name() != "witness.example" || signed.Cosigned[0].At != 1700000000 {
			t.Errorf("%+v, %v", signed, err)
		}
		if signed, err := got.Verify(journal.Keys{k}); err != nil || len(signed.Cosigned) != 0 {
			t.Errorf("without the witness's key: %+v, %v", signed, err)
		}
	}
}

func TestReceiptShowsNothingOfTheForm(t *testing.T) {
	t.Parallel()
	s, _ := officeKey(t, 1)
	r := receipt(t, 5, 11, s)
	compact, err := r.Compact()
	if err != nil {
		t.Fatal(err)
	}
	extra, err := base64.StdEncoding.DecodeString(strings.Split(strings.Split(string(r.Text()), "\n")[1], " ")[1])
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range [][]byte{r.Text(), compact, extra} {
		if bytes.Contains(b, []byte("irlik")) || bytes.Contains(b, []byte("statement")) || bytes.Contains(b, []byte{1, 2, 3, 0, 0, 0}) {
			t.Errorf("%q shows the form or the salt", b)
		}
	}
}

func TestErasedEntryGivesNoReceipt(t *testing.T) {
	t.Parallel()
	if _, err := journal.NewReceipt(&journal.Record{}); !errors.Is(err, journal.ErrErased) {
		t.Errorf("%v", err)
	}
	r := record(t, 1)
	r.Salt[0] ^= 1
	if _, err := journal.NewReceipt(r); !errors.Is(err, journal.ErrBroken) {
		t.Errorf("%v", err)
	}
}

// The code must stay one that a telephone reads: in a tree of ten million leaves it is
// of 2,450 digits at most, which a QR code of 117 by 117 modules holds (version 25, correction M: 2,395; version 26: 2,544).
func TestReceiptOfALargeTreeFitsACode(t *testing.T) {
	t.Parallel()
	s, k := officeKey(t, 1)
	r := receipt(t, 5, 11, s)
	for len(r.Proof) < 24 { // as many as in a tree of 10 million
		r.Proof = append(r.Proof, journal.Hash{0xff, byte(len(r.Proof))})
	}
	var err error
	if r.Checkpoint, err = (journal.Checkpoint{Origin: origin, Size: 10_000_000, Root: journal.Hash{0xff}}).Sign(s); err != nil {
		t.Fatal(err)
	}
	r.Leaf = 9_999_999
	compact, err := r.Compact()
	if err != nil {
		t.Fatal(err)
	}
	digits, err := r.Digits()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes, %d digits, as a file %d bytes", len(compact), len(digits), len(r.Text()))
	if len(digits) > 2450 {
		t.Errorf("%d digits", len(digits))
	}
	if got, err := journal.ParseReceipt([]byte(digits), journal.Keys{k}); err != nil || got.Leaf != 9_999_999 {
		t.Errorf("%v, %v", got, err)
	}
}

func FuzzReceipt(f *testing.F) {
	s, k := officeKey(f, 1)
	keys := journal.Keys{k}
	r := receipt(f, 5, 11, s)
	digits, err := r.Digits()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(r.Text())
	f.Add([]byte(digits))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := journal.ParseReceipt(b, keys)
		if err != nil {
			return
		}
		if _, err := got.Verify(keys); err == nil && got.Head != r.Head {
			t.Fatalf("another act holds: %+v", got)
		}
		if again, err := got.Digits(); err == nil {
			if back, err := journal.ParseReceipt([]byte(again), keys); err == nil && back.Head != got.Head {
				t.Fatalf("%+v was written as %+v", got, back)
			}
		}
	})
}

func FuzzCompact(f *testing.F) {
	s, k := officeKey(f, 1)
	keys := journal.Keys{k}
	r := receipt(f, 5, 11, s)
	compact, err := r.Compact()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(compact)
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := journal.ParseCompact(b, keys)
		if err != nil {
			return
		}
		if _, err := got.Verify(keys); err == nil && !bytes.Equal(b, compact) {
			t.Fatalf("%x holds", b)
		}
	})
}
