package find

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"nazorat/internal/fact"
)

func TestWhatIsKnownByItsShape(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"+998 (90) 123-45-67":                 "#901234567",
		"tel. 90 123 45 67, uy 12":            "#901234567",
		"8 90 123-45-67":                      "#901234567 #1234567 #8901234567", // as it is dialled within the country
		"8600 1234 5678 9012":                 "#8600123456789012",
		"hisob 20208000900123456001 ochilgan": "#20208000900123456001",
		"01 A 123 BC":                         "=01a123bc",
		"01А123ВС":                            "=01a123bc", // in Cyrillic letters
		"30 777 AAA":                          "=30777aaa",
		"AA 1234567":                          "=aa1234567",
		"АА1234567":                           "=aa1234567",
		"12345":                               "",
		"x01A123BCx":                          "",
		"":                                    "",
		"8600123456789012 va 901234567":       "#8600123456789012 #901234567",
		"901234567 8600123456789012":          "#901234567", // two in a row of digits: each is found
		strings.Repeat("1", 60):               "",
		"1234567 1234567 1234567 1234567 1234567 123": "#1234567",
	} {
		var got []string
		for _, m := range marksIn(text) {
			got = append(got, m.indexed...)
		}
		for _, key := range strings.Fields(want) {
			if !slices.Contains(got, key) {
				t.Errorf("%q has %q, not %s", text, got, key)
			}
		}
		if want == "" && len(got) > 0 {
			t.Errorf("%q has %q", text, got)
		}
	}
}

func FuzzWhatIsTypedAndWritten(f *testing.F) {
	for _, s := range []string{"Joʻrayev Toʻlqin", "01 A 123 BC", "+998 90 123-45-67", "\xff\xfe'", "o'", "ўғли", strings.Repeat("velosiped ", 60), "№1234567", "é́́", "а\u00ADб"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		x := &Index{}
		terms, _ := x.terms(s)
		for _, term := range terms {
			if len(term.keys) == 0 || len(term.keys) > mostKeys {
				t.Errorf("%q has a word with %d keys", s, len(term.keys))
			}
		}
		for _, typ := range []fact.Type{fact.Text, fact.Person, fact.Article, fact.Place, fact.Proceeding} {
			keysOf(fact.TextOf(typ, s), func(key string) {
				if key == "" {
					t.Errorf("%q has an empty key", s)
				}
			})
			marked := (&search{terms: terms}).marks(fact.TextOf(typ, s))
			if len(marked) == 0 {
				continue
			}
			said := cut(Said{Text: s, Marked: marked})
			last := 0
			for _, m := range said.Marked {
				if m.From < last || m.To <= m.From || m.To > len(said.Text) {
					t.Fatalf("%q: marked %v of %q", s, said.Marked, said.Text)
				}
				last = m.To
			}
			if utf8.ValidString(s) && !utf8.ValidString(said.Text) {
				t.Errorf("%q was cut within a letter: %q", s, said.Text)
			}
		}
	})
}
