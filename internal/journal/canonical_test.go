package journal_test

import (
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"nazorat/internal/calendar"
	"nazorat/internal/journal"
	"nazorat/internal/stored"
)

// texts are of the kinds that writers of JSON differ in.
func texts() *rapid.Generator[string] {
	return rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "<A&B>", "\"\\/", "\x00\x1f\x7f\b\f\n\r\t", "Oʻgʻirlik", "ўғирлик", "a\u2028b\u2029", "\xff\xc3(", "\ufffd", "😀"}))
}

// fill sets every field of a value, so that a field added later cannot be forgotten here.
func fill(t *rapid.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(texts().Draw(t, "text"))
	case reflect.Int64, reflect.Int32, reflect.Int16, reflect.Int:
		v.SetInt(int64(rapid.OneOf(rapid.Just(int16(0)), rapid.Int16()).Draw(t, "number")))
		if v.Kind() == reflect.Int64 && rapid.Bool().Draw(t, "long") {
			v.SetInt(rapid.Int64().Draw(t, "number"))
		}
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "yes"))
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "given") {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem())
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case reflect.Uint8:
		v.SetUint(uint64(rapid.Byte().Draw(t, "byte")))
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[[]byte]() || v.Type().Name() == "RawMessage" {
			if rapid.Bool().Draw(t, "cargo") {
				v.SetBytes([]byte(`{"things":[{"a":"\u0026 <"}]}`))
			}
			return
		}
		n := rapid.IntRange(-1, 4).Draw(t, "length")
		if n < 0 {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(t, v.Index(i))
		}
	case reflect.Map:
		n := rapid.IntRange(-1, 20).Draw(t, "fields")
		if n < 0 {
			return
		}
		v.Set(reflect.MakeMap(v.Type()))
		for range n {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(t, key)
			fill(t, value)
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	default:
		t.Fatalf("no way to fill a %s", v.Type())
	}
}

func TestBytesWrittenWithoutReflectionAreTheCanonicalOnes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var e journal.Entry
		fill(t, reflect.ValueOf(&e).Elem())
		want, err := e.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		got := e.AppendCanonical([]byte("before"), journal.AppendForm(nil, e.Form), journal.AppendEffects(nil, e.Effects))
		if string(got) != "before"+string(want) {
			t.Fatalf("written\n%s\nwant\n%s", got, want)
		}
	})
}

// The leaf is a format, too: these are the numbers of docs/journal-format.md.
func TestCommitmentIsThisNumber(t *testing.T) {
	t.Parallel()
	e := entry(1, journal.Hash{})
	canonical, err := e.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	salt, err := journal.SaltOf([]byte("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	head := e.Head("iib-1-2026-000001").Append(nil)
	if want := `{"number":"iib-1-2026-000001","seq":1,"office":"iib-1","act":"register_report","recorded":1772443860000000}`; string(head) != want {
		t.Errorf("head\n%s\nwant\n%s", head, want)
	}
	body := sha256.Sum256([]byte("nazorat/body/1\x00" + "0123456789abcdef" + string(canonical)))
	leaf := sha256.Sum256([]byte("nazorat/leaf/1\x00" + string(head) + "\x00" + string(body[:])))
	if got := journal.Commit(canonical, head, salt); got != leaf {
		t.Errorf("leaf %s, want %x", got, leaf)
	}
	if got := hex.EncodeToString(body[:]); got != "263fb4ae2fea539a09ea9f103210448df07fbc817c05740549e0243e526d4dad" {
		t.Errorf("body %s", got)
	}
	if got := hex.EncodeToString(leaf[:]); got != "a868d439d8364739a729e711ef30c85dcc775440cc6ab14c3460721df61f7e83" {
		t.Errorf("leaf %s", got)
	}
	if long := strings.Repeat("x", 5000); journal.Leaf([]byte(long), body) != sha256.Sum256([]byte("nazorat/leaf/1\x00"+long+"\x00"+string(body[:]))) {
		t.Error("a long head gives another leaf")
	}
}

func TestCommitmentHangsOnEachPart(t *testing.T) {
	t.Parallel()
	a, b := journal.NewSalt(), journal.NewSalt()
	if a == b {
		t.Fatal("two salts are the same")
	}
	base := journal.Commit([]byte("c"), []byte("h"), a)
	if base == journal.Commit([]byte("d"), []byte("h"), a) || base == journal.Commit([]byte("c"), []byte("i"), a) || base == journal.Commit([]byte("c"), []byte("h"), b) {
		t.Error("a part does not count")
	}
	if _, err := journal.SaltOf(make([]byte, 15)); err == nil {
		t.Error("15 bytes are no salt")
	}
}

func BenchmarkCanonical(b *testing.B) {
	e := entry(7, journal.Hash{1})
	d := stored.Deadline{No: 1, Term: "decide_on_report", Edition: "2025-01-01", By: "register_report", Start: 1772443800000000, Within: "10d", Due: calendar.Moment(1773307800000000)}
	e.Effects = append(e.Effects, stored.Effect{Effect: "started", Deadline: &d}, stored.Effect{Effect: "moved", Kind: "case", From: "report", To: "check"})
	b.Run("reflection", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := e.Canonical(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("written", func(b *testing.B) {
		b.ReportAllocs()
		var form, effects, out, head []byte
		salt := journal.NewSalt()
		for b.Loop() {
			form, effects = journal.AppendForm(form[:0], e.Form), journal.AppendEffects(effects[:0], e.Effects)
			out, head = e.AppendCanonical(out[:0], form, effects), e.Head("iib-1-2026-000001").Append(head[:0])
			journal.Commit(out, head, salt)
		}
	})
}
