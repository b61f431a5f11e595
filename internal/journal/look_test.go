package journal_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"nazorat/internal/calendar"
	"nazorat/internal/journal"
)

func drawLook(t *rapid.T) journal.Look {
	text := func(name string) string { return rapid.String().Draw(t, name) }
	return journal.Look{At: calendar.Moment(rapid.Int64Min(0).Draw(t, "at")), Kind: text("kind"), Page: text("page"), Proceeding: text("proceeding"),
		Thing: rapid.Int32Min(0).Draw(t, "thing"), About: text("about"), Shown: rapid.Int64Min(0).Draw(t, "shown"), Namesakes: rapid.Int64Min(0).Draw(t, "namesakes"),
		Officer: text("officer"), Role: text("role"), Mandate: text("mandate"), Office: text("office"), Basis: text("basis"), Purpose: text("purpose"),
		Serves: text("serves"), Why: text("why"), Emergency: text("emergency")}
}

func TestCanonicalBytesOfALookAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := drawLook(t)
		canonical := l.AppendCanonical(nil)
		if err := journal.CheckLook(canonical); err != nil {
			t.Fatalf("%s: %v", canonical, err)
		}
		var back map[string]any
		if err := json.Unmarshal(canonical, &back); err != nil || len(back) != 18 {
			t.Fatalf("%d keys: %v", len(back), err)
		}
		at := rapid.IntRange(0, len(canonical)).Draw(t, "place")
		if err := journal.CheckLook(append(append(append([]byte{}, canonical[:at]...), '\n'), canonical[at:]...)); err == nil {
			t.Fatalf("a line feed at byte %d was passed over", at)
		}
	})
}

// Whatever is changed about the looks of a leaf, taken out, put in or moved is found; an erased one leaves its hash and the leaf as they were.
func TestALeafCommitsToEachOfItsLooks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 6).Draw(t, "n")
		list, hashes := make([]journal.SealedLook, n), make([]journal.Hash, n)
		for i := range list {
			l := drawLook(t)
			list[i] = journal.SealedLook{Salt: journal.NewSalt(), Canonical: l.AppendCanonical(nil)}
			list[i].Hash = journal.CommitLook(list[i].Canonical, list[i].Salt)
			hashes[i] = list[i].Hash
		}
		leaf := journal.CommitLooks(hashes)
		if err := journal.CheckLooks(list, leaf); err != nil {
			t.Fatal(err)
		}
		i := rapid.IntRange(0, n-1).Draw(t, "which")
		changed := func(f func(list []journal.SealedLook) []journal.SealedLook) error {
			return journal.CheckLooks(f(append([]journal.SealedLook{}, list...)), leaf)
		}
		if err := changed(func(l []journal.SealedLook) []journal.SealedLook {
			l[i].Canonical, l[i].Salt = nil, journal.Salt{}
			return l
		}); err != nil {
			t.Errorf("an erased look: %v", err)
		}
		for what, f := range map[string]func(l []journal.SealedLook) []journal.SealedLook{
			"a text": func(l []journal.SealedLook) []journal.SealedLook {
				l[i].Canonical = bytes.Replace(l[i].Canonical, []byte(`"kind":"`), []byte(`"kind":"x`), 1)
				return l
			},
			"a salt": func(l []journal.SealedLook) []journal.SealedLook { l[i].Salt[3]++; return l },
			"a hash": func(l []journal.SealedLook) []journal.SealedLook { l[i].Hash[3]++; return l },
			"a hash of an erased one": func(l []journal.SealedLook) []journal.SealedLook {
				l[i] = journal.SealedLook{Hash: journal.Hash{1}}
				return l
			},
			"one less":  func(l []journal.SealedLook) []journal.SealedLook { return append(l[:i], l[i+1:]...) },
			"one more":  func(l []journal.SealedLook) []journal.SealedLook { return append(l, l[i]) },
			"the order": func(l []journal.SealedLook) []journal.SealedLook { l[0], l[n-1] = l[n-1], l[0]; return l },
			"none":      func([]journal.SealedLook) []journal.SealedLook { return nil },
		} {
			if changed(f) == nil {
				t.Errorf("%s was changed, and nothing was found", what)
			}
		}
	})
}

// lookVectors are two looks and their leaf: what docs/journal-format.md shows.
func lookVectors() map[string]string {
	out := map[string]string{}
	var hashes []journal.Hash
	for i, l := range []journal.Look{
		{At: 1772443920000000, Kind: "view", Page: "GET /proceedings/{id}/history", Proceeding: "p1", Thing: 2, Namesakes: 1, Officer: "o3", Role: "prosecutor", Mandate: "m3", Office: "pr-2",
			Basis: "purpose", Purpose: "complaint", Serves: "p2", Why: "Oʻgʻirlik <A&B> \"1\"\n"},
		{At: 1772443921000000, Kind: "list", Page: "GET /cases", About: "iib-1", Shown: 12, Officer: "o1", Role: "investigator", Mandate: "m1", Office: "iib-1", Basis: "own"},
	} {
		var salt journal.Salt
		for j := range salt {
			salt[j] = byte(0x40 + 16*i + j)
		}
		canonical := l.AppendCanonical(nil)
		look := journal.CommitLook(canonical, salt)
		hashes = append(hashes, look)
		out[fmt.Sprintf("canonical %d", i)], out[fmt.Sprintf("salt %d", i)], out[fmt.Sprintf("look %d", i)] = string(canonical), hex.EncodeToString(salt[:]), look.String()
	}
	leaf := journal.CommitLooks(hashes)
	hash := journal.TreeLeaf(leaf)
	out["leaf"], out["tree leaf"] = leaf.String(), hex.EncodeToString(hash[:])
	return out
}

func TestDocumentHasTheVectorsOfLooks(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/journal-format.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range lookVectors() {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is not in the document:\n%s", name, want)
		}
	}
}
