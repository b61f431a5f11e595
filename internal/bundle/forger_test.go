package bundle_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"

	"nazorat/internal/bundle"
	"nazorat/internal/journal"
)

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
