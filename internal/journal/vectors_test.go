package journal_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"nazorat/internal/fact"
	"nazorat/internal/journal"
	"nazorat/internal/stored"
)

// vectors are three entries, the tree over them, its checkpoint and a receipt: what
// docs/journal-format.md shows, so that another implementation can be held against it.
func vectors(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	seed := make([]byte, ed25519.SeedSize)
	for i := range seed {
		seed[i] = byte(i)
	}
	pub, _ := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	key, err := journal.NewKey(origin, pub, false)
	if err != nil {
		t.Fatal(err)
	}
	private := fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", origin, key.KeyHash(), base64.StdEncoding.EncodeToString(append([]byte{1}, seed...)))
	signer, k, err := journal.ParseSigningKey(private)
	if err != nil || k.String() != key.String() {
		t.Fatal(err)
	}
	out["private key"], out["public key"] = private, key.String()

	of := int32(0)
	first := journal.Entry{Format: journal.Format, Proceeding: "p1", Seq: 1, Law: "uz/criminal", Edition: "2025-01-01", Act: "register_report",
		Officer: "o1", Role: "duty_officer", Mandate: "m1", Office: "iib-1", Done: 1772443800000000, Recorded: 1772443860000000,
		Form:    map[string]fact.JSON{"summary": {"text", "Oʻgʻirlik <A&B> \"1\"\n"}, "source": {"choice", "statement"}},
		Effects: []stored.Effect{{Effect: "opened", Of: &of, Kind: "case", To: "check"}}}
	other := journal.Entry{Format: journal.Format, Proceeding: "p2", Seq: 1, Law: "uz/criminal", Edition: "2025-01-01", Act: "come_with", Thing: 2,
		Officer: "o2", Role: "investigator", Mandate: "m2", Office: "iib-2", Done: 1772443900000000, Recorded: 1772443900000001,
		Form: map[string]fact.JSON{}, Cargo: []byte(`{"things":[{"kind":"person","state":"suspect"}]}`), Effects: []stored.Effect{}}
	second := journal.Entry{Format: journal.Format, Proceeding: "p1", Seq: 2, Law: "uz/criminal", Edition: "2025-01-01", Act: "open_case",
		Officer: "o1", Role: "investigator", Mandate: "m1", Office: "iib-1", Done: 1772530200000000, Recorded: 1772530200000000,
		Form:    map[string]fact.JSON{"article": {"article", "168"}},
		Effects: []stored.Effect{{Effect: "moved", Kind: "case", From: "check", To: "inquiry"}}}
	var tree journal.Frontier
	var all []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) (hashes []tlog.Hash, err error) {
		for _, i := range indexes {
			hashes = append(hashes, all[i])
		}
		return hashes, nil
	})
	var receipt *journal.Receipt
	for i, e := range []struct {
		entry  *journal.Entry
		number string
	}{{&first, "iib-1-2026-000001"}, {&other, "iib-2-2026-000001"}, {&second, "iib-1-2026-000001"}} {
		if i == 2 {
			second.Previous, err = journal.HashOf(mustHex(t, out["leaf 0"]))
			if err != nil {
				t.Fatal(err)
			}
		}
		var salt journal.Salt
		for j := range salt {
			salt[j] = byte(16*(i+1) + j)
		}
		canonical, err := e.entry.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		head := e.entry.Head(e.number).Append(nil)
		body := journal.Body(canonical, salt)
		leaf := journal.Commit(canonical, head, salt)
		name := func(what string) string { return fmt.Sprintf("%s %d", what, i) }
		out[name("canonical")], out[name("head")], out[name("salt")] = string(canonical), string(head), hex.EncodeToString(salt[:])
		out[name("body")], out[name("leaf")] = body.String(), leaf.String()
		hash := journal.TreeLeaf(leaf)
		out[name("tree leaf")] = hex.EncodeToString(hash[:])
		if _, err := tree.Add(hash); err != nil {
			t.Fatal(err)
		}
		root, err := tree.Root()
		if err != nil {
			t.Fatal(err)
		}
		out[fmt.Sprintf("root of %d", i+1)] = root.String()
		stored, err := tlog.StoredHashesForRecordHash(int64(i), hash, read)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, stored...)
		if i == 0 {
			if receipt, err = journal.NewReceipt(&journal.Record{Number: e.number, Salt: salt, Canonical: canonical, Leaf: leaf}); err != nil {
				t.Fatal(err)
			}
		}
	}
	root, err := tree.Root()
	if err != nil {
		t.Fatal(err)
	}
	if receipt.Checkpoint, err = (journal.Checkpoint{Origin: origin, Size: 3, Root: root}).Sign(signer); err != nil {
		t.Fatal(err)
	}
	out["checkpoint"] = string(receipt.Checkpoint)
	proof, err := tlog.ProveRecord(3, 0, read)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range proof {
		receipt.Proof = append(receipt.Proof, journal.Hash(h))
	}
	if _, err := receipt.Verify(journal.Keys{key}); err != nil {
		t.Fatal(err)
	}
	out["receipt"] = string(receipt.Text())
	compact, err := receipt.Compact()
	if err != nil {
		t.Fatal(err)
	}
	out["compact"] = hex.EncodeToString(compact)
	if out["digits"], err = receipt.Digits(); err != nil {
		t.Fatal(err)
	}
	return out
}

func mustHex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The document has every vector, byte for byte: whoever changes a format changes what others rely on, and sees it here.
func TestDocumentHasTheVectors(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/journal-format.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range vectors(t) {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is not in the document:\n%s", name, want)
		}
	}
}
