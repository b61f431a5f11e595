package journal_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"nazorat/internal/journal"
)

func TestCanonicalBytesAreTakenApart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var e journal.Entry
		fill(t, reflect.ValueOf(&e).Elem())
		e.Format = journal.Format
		number := texts().Draw(t, "number")
		form, effects := journal.AppendForm(nil, e.Form), journal.AppendEffects(nil, e.Effects)
		b := e.AppendCanonical(nil, form, effects)
		p, err := journal.Split(b)
		if err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		if p.Seq != e.Seq || p.Recorded != int64(e.Recorded) || p.Previous != e.Previous || !bytes.Equal(p.Form, form) || !bytes.Equal(p.Effects, effects) || !bytes.Equal(p.Cargo, e.Cargo) {
			t.Fatalf("%+v of\n%s", p, b)
		}
		var id string
		if err := json.Unmarshal(p.Proceeding, &id); err != nil || id != string([]rune(e.Proceeding)) {
			t.Fatalf("proceeding %q, want %q: %v", id, e.Proceeding, err)
		}
		if got, want := p.AppendHead(nil, number), e.Head(number).Append(nil); !bytes.Equal(got, want) {
			t.Fatalf("head %s, want %s", got, want)
		}
	})
}

func TestOtherBytesAreNotTakenApart(t *testing.T) {
	t.Parallel()
	b, err := entry(1, journal.Hash{}).Canonical()
	if err != nil {
		t.Fatal(err)
	}
	good := string(b)
	for _, c := range []struct{ from, to string }{
		{`"seq":1`, `"seq":01`}, {`"seq":1`, `"seq":1.0`}, {`"seq":1`, `"seq": 1`}, {`"seq":1`, `"seq":-0`}, {`"seq":1`, `"seq":"1"`}, {`"seq":1`, `"seq":99999999999999999999`}, {`"seq":1`, `"seq":1-1`},
		{"entry/1", "entry/2"}, {`"law"`, `"Law"`}, {`"form":{`, `"form": {`}, {`"form":{`, `"form":{,`}, {`"effects":[`, `"effects":[]]`}, {`"p1"`, "\"p\n1\""}, {`"p1"`, `"p\x1"`}, {`"p1"`, `"p\u12"`},
		{`"previous":"0`, `"previous":"G`}, {`"previous":"0`, `"previous":"A`}, {`"previous":"0`, `"previous":"`}, {`"}`, `"} `}, {`"}`, `","more":1}`}, {`"thing":0,"of"`, `"thing":00,"of"`}, {`"thing":0,"of"`, `"thing":1e,"of"`},
		{`"thing":0,"of"`, `"thing":nul,"of"`}, {`{"effect"`, strings.Repeat("[", 70) + strings.Repeat("]", 70) + `,{"effect"`},
	} {
		bad := strings.Replace(good, c.from, c.to, 1)
		if bad == good {
			t.Fatalf("%s is not there", c.from)
		}
		if strings.HasPrefix(c.from, `"}`) {
			bad = strings.TrimSuffix(good, c.from) + c.to
		}
		if p, err := journal.Split([]byte(bad)); err == nil {
			t.Errorf("%s -> %s: %+v", c.from, c.to, p)
		}
	}
	for n := range len(b) {
		if _, err := journal.Split(b[:n]); err == nil {
			t.Errorf("the first %d bytes were taken for all", n)
		}
	}
}

// Words of eight bytes are looked at at once: whatever byte stands wherever in one, what is
// taken apart is JSON without blanks, with a hash in lower-case hexadecimal digits at its end.
func TestAnyByteAnywhereIsJudgedAsJSONJudgesIt(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"p1", `p"1`} { // where nothing is escaped texts are read another way
		e := entry(1, journal.Hash{0x5c, 0xaf})
		e.Proceeding = name
		b, err := e.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		taken, hash := 0, len(b)-2-2*len(journal.Hash{})
		for at := range b {
			was := b[at]
			for c := range 256 {
				b[at] = byte(c)
				p, err := journal.Split(b)
				if err != nil {
					continue
				}
				taken++
				var compact bytes.Buffer
				if err := json.Compact(&compact, b); err != nil || !bytes.Equal(compact.Bytes(), b) {
					t.Fatalf("byte %d as %#x is no JSON: %v\n%s", at, c, err, b)
				}
				if at >= hash && hex.EncodeToString(p.Previous[:]) != string(b[hash:len(b)-2]) {
					t.Fatalf("byte %d as %#x: %s is read as %s", at, c, b[hash:], p.Previous)
				}
			}
			b[at] = was
		}
		if taken < 100*len(e.Officer) {
			t.Fatalf("only %d were taken apart", taken)
		}
	}
}

// What is taken apart is JSON, and so can be read by everybody.
func FuzzSplit(f *testing.F) {
	b, err := entry(1, journal.Hash{}).Canonical()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(bytes.Replace(b, []byte(`"effects"`), []byte(`"cargo":{"a":[1.5e-3,true,false,null,{},"\u00e4\n"]},"effects"`), 1))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := journal.Split(b)
		if err != nil {
			return
		}
		if !json.Valid(b) {
			t.Fatalf("no JSON: %s", b)
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, b); err != nil || !bytes.Equal(compact.Bytes(), b) {
			t.Fatalf("blanks: %s", b)
		}
		var e struct {
			Seq      int64
			Recorded int64
			Previous journal.Hash
		}
		if err := json.Unmarshal(b, &e); err == nil && (e.Seq != p.Seq || e.Recorded != p.Recorded || e.Previous != p.Previous) {
			t.Fatalf("%+v, want %+v", p, e)
		}
	})
}

func BenchmarkSplit(b *testing.B) {
	e := entry(7, journal.Hash{1})
	canonical := bytes.Replace(e.AppendCanonical(nil, journal.AppendForm(nil, e.Form), journal.AppendEffects(nil, e.Effects)), []byte("Oʻgʻirlik"), bytes.Repeat([]byte("Oʻgʻirlik "), 50), 1)
	b.SetBytes(int64(len(canonical)))
	for b.Loop() {
		if _, err := journal.Split(canonical); err != nil {
			b.Fatal(err)
		}
	}
}
