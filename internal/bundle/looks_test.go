package bundle_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"nazorat/internal/bundle"
	"nazorat/internal/calendar"
	"nazorat/internal/journal"
)

// withLooks puts a leaf of so many looks before every third entry.
func withLooks(t testing.TB, n, looks int) *kept {
	t.Helper()
	k := live(t, n, 3, 5)
	chance := rand.NewChaCha8([32]byte{2})
	var all []journal.Record
	for i, r := range k.records {
		if i%3 == 0 {
			var leaf journal.Record
			var hashes []journal.Hash
			for j := range looks {
				l := journal.Look{At: calendar.Moment(1772443860000000 + i), Kind: "view", Page: "GET /proceedings/{id}", Proceeding: fmt.Sprintf("P%d", j), Officer: "o1", Role: "investigator", Mandate: "m1", Office: "iib-1", Basis: "own"}
				s := journal.SealedLook{Canonical: l.AppendCanonical(nil)}
				if _, err := chance.Read(s.Salt[:]); err != nil {
					t.Fatal(err)
				}
				s.Hash = journal.CommitLook(s.Canonical, s.Salt)
				leaf.Looks, hashes = append(leaf.Looks, s), append(hashes, s.Hash)
			}
			leaf.Leaf = journal.CommitLooks(hashes)
			all = append(all, leaf)
		}
		all = append(all, r)
	}
	k.records = all
	k.sign(t, 5)
	return k
}

func TestABundleHoldsEntriesAndLooksInTheOrderOfTheirLeaves(t *testing.T) {
	t.Parallel()
	k := withLooks(t, 300, 40)
	k.records[3].Canonical, k.records[3].Salt, k.records[3].Number = nil, journal.Salt{}, "" // an erased entry
	k.records[4].Looks[7] = journal.SealedLook{Hash: k.records[4].Looks[7].Hash}             // an erased look
	r, err := verify(k.pack(t), k.keys)
	if err != nil || r.Entries != 299 || r.Erased != 1 || r.LookLeaves != 100 || r.Looks != 4000 || r.Last.Size != 400 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestEveryChangedByteOfABundleWithLooksIsFound(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("one change after the other: in full without -short")
	}
	k := withLooks(t, 4, 3)
	b := k.pack(t)
	if _, err := verify(b, k.keys); err != nil {
		t.Fatal(err)
	}
	for i := range b {
		b[i] ^= 0x11
		if r, err := verify(b, k.keys); err == nil {
			t.Errorf("byte %d of %d: %+v", i, len(b), r)
		}
		b[i] ^= 0x11
	}
}

// Who makes the file anew can make its digests anew. The leaf of looks that he changed is named.
func TestForgerOfALookIsFound(t *testing.T) {
	t.Parallel()
	for name, forge := range map[string]func(r *journal.Record){
		"another officer": func(r *journal.Record) {
			r.Looks[1].Canonical = bytes.Replace(r.Looks[1].Canonical, []byte(`"o1"`), []byte(`"o2"`), 1)
		},
		"a salt":             func(r *journal.Record) { r.Looks[1].Salt[0]++ },
		"a look gone":        func(r *journal.Record) { r.Looks = slices.Delete(slices.Clone(r.Looks), 1, 2) },
		"a look that is new": func(r *journal.Record) { r.Looks = append(slices.Clone(r.Looks), r.Looks[0]) },
		"another format": func(r *journal.Record) {
			r.Looks[1].Canonical = append([]byte{}, `{"format":"nazorat/look/2"}`...)
		},
		"the leaf": func(r *journal.Record) { r.Leaf[0]++ },
	} {
		k := withLooks(t, 9, 3)
		forge(&k.records[4])
		_, err := verify(k.pack(t), k.keys)
		if !errors.Is(err, journal.ErrBroken) || !strings.Contains(err.Error(), "leaf 4, of looks") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestALeafOfNoLooksIsNoRecord(t *testing.T) {
	t.Parallel()
	k := withLooks(t, 3, 2)
	k.records[0].Looks = []journal.SealedLook{}
	if _, err := bundle.Verify(ctx, bytes.NewReader(k.pack(t)), k.keys); err == nil {
		t.Error("it was taken")
	}
}
