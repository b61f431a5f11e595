package journal_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"nazorat/internal/fact"
	"nazorat/internal/journal"
	"nazorat/internal/stored"
)

func entry(seq int64, previous journal.Hash) *journal.Entry {
	of := int32(0)
	return &journal.Entry{Format: journal.Format, Proceeding: "p1", Seq: seq, Law: "uz/criminal", Edition: "2025-01-01", Act: "register_report",
		Officer: "o1", Role: "duty_officer", Mandate: "m1", Office: "iib-1", Done: 1772443800000000, Recorded: 1772443860000000,
		Form:    map[string]fact.JSON{"summary": {"text", "Oʻgʻirlik <A&B>"}, "source": {"choice", "statement"}},
		Effects: []stored.Effect{{Effect: "opened", Of: &of, Kind: "case", To: "check"}}, Previous: previous}
}

// The canonical bytes are a format: whoever keeps a hash must be able to compute it in ten years.
func TestCanonicalBytesAreTheseBytes(t *testing.T) {
	t.Parallel()
	got, err := entry(1, journal.Hash{}).Canonical()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"format":"nazorat/entry/1","proceeding":"p1","seq":1,"law":"uz/criminal","edition":"2025-01-01","act":"register_report","thing":0,` +
		`"officer":"o1","role":"duty_officer","mandate":"m1","office":"iib-1","done":1772443800000000,"recorded":1772443860000000,` +
		`"form":{"source":["choice","statement"],"summary":["text","Oʻgʻirlik <A&B>"]},"effects":[{"effect":"opened","thing":0,"of":0,"kind":"case","to":"check"}],` +
		`"previous":"` + strings.Repeat("0", 64) + `"}`
	if string(got) != want {
		t.Errorf("canonical bytes\n%s\nwant\n%s", got, want)
	}
}

// The system through which an officer acted is part of the entry; an entry that he made himself has the same bytes as before there was any.
func TestTheSystemIsInTheCanonicalBytes(t *testing.T) {
	t.Parallel()
	e := entry(1, journal.Hash{})
	own, err := e.Canonical()
	if err != nil || strings.Contains(string(own), "client") {
		t.Fatalf("%s, %v", own, err)
	}
	e.Client = "registry"
	sent, err := e.Canonical()
	if err != nil || string(sent) != strings.Replace(string(own), `"office":"iib-1",`, `"office":"iib-1","client":"registry",`, 1) {
		t.Fatalf("%s, %v", sent, err)
	}
	for _, canonical := range [][]byte{own, sent} {
		if p, err := journal.Split(canonical); err != nil || string(p.Office) != `"iib-1"` || p.Recorded != 1772443860000000 {
			t.Errorf("%s: %+v, %v", canonical, p, err)
		}
	}
}

// What comes along from another proceeding is part of the entry, byte for byte;
// an entry to which nothing came has the same bytes as before there was any.
func TestCargoIsInTheCanonicalBytes(t *testing.T) {
	t.Parallel()
	e := entry(1, journal.Hash{})
	e.Cargo = []byte(`{"things":[{"kind":"person","fields":{"name":["person","A \u0026 B"]}}]}`)
	got, err := e.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	if want := `]},"cargo":{"things":[{"kind":"person","fields":{"name":["person","A \u0026 B"]}}]},"effects":[`; !strings.Contains(string(got), want) {
		t.Errorf("canonical bytes\n%s\nlack\n%s", got, want)
	}
}

// number of the proceeding in these tests.
const number = "iib-1-2026-000001"

func chainOf(t interface{ Fatal(...any) }, n int) (list []*journal.Sealed) {
	var last journal.Hash
	for i := range n {
		e := &journal.Sealed{Entry: *entry(int64(i+1), last), Number: number, Salt: journal.Salt{byte(i)}, At: int64(i)}
		canonical, err := e.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		e.Leaf = journal.Commit(canonical, e.Head(number).Append(nil), e.Salt)
		list, last = append(list, e), e.Leaf
	}
	return list
}

func check(list []*journal.Sealed) error {
	var c journal.Chain
	for i := range list {
		if err := c.Follow(list[i]); err != nil {
			return err
		}
	}
	return nil
}

func TestWholeChainFits(t *testing.T) {
	t.Parallel()
	if err := check(chainOf(t, 5)); err != nil {
		t.Error(err)
	}
}

// Whatever one thing is done to one entry of a chain, it no longer fits.
func TestOneChangeAnywhereIsFound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := chainOf(t, 4)
		i := rapid.IntRange(0, 3).Draw(t, "entry")
		e := list[i]
		switch rapid.IntRange(0, 12).Draw(t, "change") {
		case 0:
			e.Officer = "o2"
		case 1:
			e.Done++
		case 2:
			e.Form["summary"] = fact.JSON{"text", "Oʻgʻirlik"}
		case 3:
			e.Effects = nil
		case 4:
			e.Edition = "2024-01-01"
		case 5:
			e.Seq++
		case 6:
			e.Leaf[rapid.IntRange(0, 31).Draw(t, "byte")] ^= 1
		case 7:
			e.Previous[0] ^= 1
		case 8: // taken out; the last of a stream can only be missed by whoever knows how many there are
			if i == 3 {
				return
			}
			list = append(list[:i:i], list[i+1:]...)
		case 9: // another stream's entry
			e.Proceeding = "p2"
		case 10:
			e.Salt[rapid.IntRange(0, 15).Draw(t, "byte")] ^= 1
		case 11:
			e.Number += "1"
		case 12:
			e.Cargo = []byte(`{}`)
		}
		if err := check(list); !errors.Is(err, journal.ErrBroken) {
			t.Fatalf("not found: %v", err)
		}
	})
}

func TestHashReadsOnlyWhatItWrites(t *testing.T) {
	t.Parallel()
	var h journal.Hash
	h[0], h[31] = 0xab, 0x01
	text, err := h.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	var back journal.Hash
	if err := back.UnmarshalText(text); err != nil || back != h {
		t.Errorf("%s read back as %s: %v", text, back, err)
	}
	for _, bad := range []string{"", "ab", strings.Repeat("z", 64), strings.Repeat("a", 63)} {
		if err := back.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
	if _, err := journal.HashOf(make([]byte, 31)); err == nil {
		t.Error("31 bytes are no hash")
	}
}
