package lawtext_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/calendar"
	"nazorat/internal/lawtext"
)

func file(text string) fstest.MapFS { return fstest.MapFS{"a/b.yaml": {Data: []byte(text)}} }

func TestNearestNameIsFoundForASlipAndNoneForAnotherWord(t *testing.T) {
	t.Parallel()
	known := []string{"extend_check", "open_case", "refuse", "detain"}
	for word, want := range map[string]string{
		"extend_chek": "extend_check", "Open_Case": "open_case", "detian": "detain", "refuse": "refuse", // a letter lost, case, two swapped, none
		"hearing": "", "": "",
	} {
		if got := lawtext.Nearest(word, known); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
	if got := lawtext.Meant("hearing", known); got != "known: extend_check, open_case, refuse, detain" {
		t.Errorf("few names are all named, got %q", got)
	}
	if got := lawtext.Meant("hearing", slices.Repeat(known, 4)); got != "" {
		t.Errorf("many names are not, got %q", got)
	}
}

func TestEachMistakeIsToldOnceInTheOrderOfTheFileWithItsPlace(t *testing.T) {
	t.Parallel()
	s := lawtext.New(file("name: [a, b]\nkolour: red\nsize: hueg\nsize: large\nloud: perhaps\nlist: { a: b }\nempty: ~\n"))
	top, ok := s.Read("a/b.yaml")
	if !ok {
		t.Fatal(s.Err())
	}
	for range 2 { // reading a value again tells nothing new
		k, clean := s.KeysClean(top, "name", "colour", "size", "loud", "list", "empty", "absent")
		if clean {
			t.Error("a name is unknown, and the mapping counts as clean")
		}
		if got := s.OneOf(k["size"], "size", "small", "huge"); got != 0 {
			t.Errorf("an unknown word is %d", got)
		}
		if s.Text(k["name"]) != "" || s.Yes(k["loud"]) || s.List(k["list"]) != nil || s.List(k["empty"]) != nil || s.Text(k["absent"]) != "" {
			t.Error("what cannot be read is not its zero value")
		}
	}
	s.Bad(k(s, top)["empty"], "is only odd").Warning = true
	want := strings.Join([]string{
		"a/b.yaml:1:7: one word or one text is wanted here",
		`a/b.yaml:2:1: there is no key "kolour"; was "colour" meant?`,
		`a/b.yaml:3:7: there is no size "hueg"; was "huge" meant?`,
		`a/b.yaml:4:1: "size" is given twice; it stands in line 3 too`,
		"a/b.yaml:5:7: yes or no is wanted here",
		"a/b.yaml:6:7: a list is wanted here: [one, two]",
	}, "\n")
	var ps lawtext.Problems
	if err := s.Err(); !errors.As(err, &ps) || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	if w := s.Warnings(); len(w) != 1 || w[0].String() != "a/b.yaml:7:8: is only odd" {
		t.Errorf("warnings %v", w)
	}
}

func k(s *lawtext.Source, top lawtext.Node) map[string]lawtext.Node {
	return s.Keys(top, "name", "colour", "size", "loud", "list", "empty")
}

func TestAWarningIsNoError(t *testing.T) {
	t.Parallel()
	s := lawtext.New(nil)
	s.Bad(lawtext.At("a/b.yaml"), "has no label for this").Warning = true
	if err := s.Err(); err != nil {
		t.Errorf("error %v", err)
	}
}

func TestATableOfDaysOffGivesItsDaysAndTheNamesOfItsHolidays(t *testing.T) {
	t.Parallel()
	tree := fstest.MapFS{"calendars/xx.yaml": {Data: []byte("zone: Asia/Tashkent\nweekend: [saturday, sunday]\ncloses: \"18:00\"\nnames: { spring: { en: Spring, ru: Весна } }\n" +
		"years:\n  2026: { source: Decree 1, off: { 2026-03-23: spring }, work: [2026-03-28] }\n")}}
	s := lawtext.New(tree)
	d := s.Days()
	days := d.Table(lawtext.At("law"), "xx")
	if days == nil {
		t.Fatal(s.Err())
	}
	for date, off := range map[calendar.Date]bool{
		calendar.DateOf(2026, 3, 23): true, calendar.DateOf(2026, 3, 24): false,
		calendar.DateOf(2026, 3, 28): false, calendar.DateOf(2026, 3, 29): true,
	} {
		if _, got := days.Why(date); got != off {
			t.Errorf("%s off: %v", date, got)
		}
	}
	if d.Names("en")["spring"] != "Spring" || d.Names("ru")["spring"] != "Весна" || len(d.Names("uz")) != 0 {
		t.Errorf("names %v, %v, %v", d.Names("en"), d.Names("ru"), d.Names("uz"))
	}
	if d.Table(lawtext.At("law"), "xx") != days {
		t.Error("the table was read twice")
	}
	if d.Table(lawtext.At("law"), "xy") != nil || s.Err().Error() != `law: there is no table of days off "xy"; was "xx" meant?` {
		t.Errorf("a table that is not there: %v", s.Err())
	}
}

// FuzzSource: whatever the bytes are, they are a mapping or problems that name the file.
func FuzzSource(f *testing.F) {
	f.Add([]byte("a: [b, {c: d}]\n"))
	f.Add([]byte("a: &x 1\nb: *x\n"))
	f.Add([]byte("a: [\n\tb: }\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s := lawtext.New(fstest.MapFS{"a/b.yaml": {Data: text}})
		top, ok := s.Read("a/b.yaml")
		if ok != (s.Err() == nil) {
			t.Fatalf("read %v, error %v", ok, s.Err())
		}
		for _, e := range s.Entries(top) {
			s.Text(e.Value)
			s.List(e.Value)
			s.Keys(e.Value, "c")
		}
		var ps lawtext.Problems
		if errors.As(s.Err(), &ps) {
			for _, p := range ps {
				if p.File != "a/b.yaml" || p.What == "" {
					t.Fatalf("a complaint without a place: %+v", p)
				}
			}
		}
	})
}

func TestATabIsToldOnItsOwnLine(t *testing.T) {
	t.Parallel()
	for text, line := range map[string]string{
		"\ta: 1\n":                     "1",
		"a: 1\n\tb: 2\n":               "2",
		"a: 1\nb:\n\tc: 1\nd: 2\n":     "3",
		"a: 1\nb:\n  c: 1\n\td: 2\n":   "4",
		"a: 1\nb:\n  c: 1\n  \td: 2\n": "4",
		"a:\n  - x\n\t- y\n":           "3",
	} {
		s := lawtext.New(fstest.MapFS{"f.yaml": {Data: []byte(text)}})
		if _, ok := s.Read("f.yaml"); ok || s.Err().Error() != "f.yaml:"+line+": a tab stands in this line; use blanks" {
			t.Errorf("%q: %v", text, s.Err())
		}
	}
}
