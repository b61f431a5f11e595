package observe

import (
	"errors"
	"os"
	"testing"
	"testing/fstest"

	"nazorat/internal/eventlog"
	"nazorat/internal/fact"
	"nazorat/internal/lawload"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

func townLaw(t testing.TB) *procedure.Law {
	t.Helper()
	law, _, err := lawload.Load(os.DirFS("testdata/laws"), "town/permits")
	if err != nil {
		t.Fatal(err)
	}
	return law
}

func TestExactNameWinsOverPrefixesAndTheLongestPrefixOverShorterOnes(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{"town/permits/observe.yaml": {Data: []byte("events:\n  \"A*\": ask\n  \"A long *\": decide\n  \"A long way\": close\n")}}
	law := townLaw(t)
	m, err := readMapping(fsys, law)
	if err != nil {
		t.Fatal(err)
	}
	for activity, want := range map[string]struct{ act, suffix string }{
		"A":           {"ask", ""},
		"A longing":   {"ask", " longing"},
		"A long day":  {"decide", "day"},
		"A long way":  {"close", ""},
		"A long ways": {"decide", "ways"},
	} {
		r, suffix := m.find(activity)
		if r == nil || law.ActName(r.acts[0]) != want.act || suffix != want.suffix {
			t.Errorf("%q: %+v, %q", activity, r, suffix)
		}
	}
	if r, _ := m.find("B"); r != nil {
		t.Errorf("B is mapped: %+v", r)
	}
}

func TestAttributeIsReadAsItsFieldWantsOrNotAtAll(t *testing.T) {
	t.Parallel()
	zone := townLaw(t).Editions[0].Days.Zone()
	for _, c := range []struct {
		kind fact.Type
		attr eventlog.Attr
		want string
		ok   bool
	}{
		{fact.Money, eventlog.Attr{Kind: eventlog.Float, Float: 35.1}, "35.10", true},
		{fact.Money, eventlog.Attr{Kind: eventlog.Float, Float: 0.001}, "", false},
		{fact.Money, eventlog.Attr{Kind: eventlog.Float, Float: 1e300}, "", false},
		{fact.Money, eventlog.Attr{Kind: eventlog.Int, Int: -3}, "-3.00", true},
		{fact.Money, eventlog.Attr{Kind: eventlog.Int, Int: 1 << 62}, "", false},
		{fact.Money, eventlog.Attr{Str: "12,5"}, "12.50", true},
		{fact.Number, eventlog.Attr{Kind: eventlog.Float, Float: 2}, "2", true},
		{fact.Number, eventlog.Attr{Kind: eventlog.Float, Float: 2.5}, "", false},
		{fact.Number, eventlog.Attr{Str: "two"}, "", false},
		{fact.YesNo, eventlog.Attr{Kind: eventlog.Boolean, Int: 1}, "yes", true},
		{fact.Date, eventlog.Attr{Kind: eventlog.Date, Int: 1709319600000000}, "2024-03-02", true}, // 00:00 in Tashkent
		{fact.Moment, eventlog.Attr{Kind: eventlog.Date, Int: 1709319600000000}, "2024-03-01T19:00:00Z", true},
		{fact.Text, eventlog.Attr{Str: "as it is"}, "as it is", true},
		{fact.Text, eventlog.Attr{Str: "a\x00b"}, "", false},
	} {
		v, ok := valueOf(&procedure.Field{Name: "f", Type: c.kind}, &c.attr, zone)
		if ok != c.ok || v.String() != c.want {
			t.Errorf("%s of %+v: %q, %v; want %q, %v", c.kind, c.attr, v, ok, c.want, c.ok)
		}
	}
}

// FuzzMapping: whatever observe.yaml says, it is a mapping or a list of problems with the file's name.
func FuzzMapping(f *testing.F) {
	law := townLaw(f)
	good, err := os.ReadFile("testdata/laws/town/permits/observe.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte("events: { \"*\": [decide, give_back] }\nsame_day: [decide, give_back]\n"))
	f.Add([]byte("log: { layouts: [x], recorded: 2024-02-30 }\nthings: { paper: { key: [], added_by: {} } }\nevents: []\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := readMapping(fstest.MapFS{"town/permits/observe.yaml": {Data: text}}, law)
		var ps lawtext.Problems
		switch {
		case err == nil && m == nil, err != nil && (!errors.As(err, &ps) || len(ps) == 0):
			t.Fatalf("%+v, %v", m, err)
		case err == nil:
			for _, name := range []string{"", "Decided", "Asked post"} {
				m.find(name)
			}
		}
	})
}
