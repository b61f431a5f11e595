package receipt

import (
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"nazorat/internal/lawload"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
	"nazorat/laws"
)

var loaded = sync.OnceValues(func() (out []*procedure.Law, err error) {
	for _, name := range []string{"uz/criminal", "uz/supervision", "uz/appeals"} {
		law, _, err := lawload.Load(laws.FS, name)
		if err != nil {
			return nil, err
		}
		out = append(out, law)
	}
	return out, nil
})

func applied(t *testing.T) []*procedure.Law {
	t.Helper()
	list, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A state that somebody adds to a law is told by some word, or this test is changed on purpose.
func TestEveryStateOfAProceedingThatIsToldHasItsWord(t *testing.T) {
	t.Parallel()
	public, err := readTold(laws.FS, applied(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, law := range applied(t) {
		d := public[law.Name]
		if law.Name == "uz/supervision" {
			if len(d.receipts)+len(d.states) > 0 {
				t.Errorf("%s tells something: who reads its receipts?", law.Name)
			}
			continue
		}
		if len(d.receipts) == 0 {
			t.Errorf("%s: no receipt tells anything", law.Name)
		}
		for _, state := range law.Names.States[0].List {
			if d.states[state] == "" {
				t.Errorf("%s: the state %s has no word", law.Name, state)
			}
		}
		for name := range d.words {
			for _, lang := range lawtext.Languages {
				if text := d.words[name][lang]; strings.ContainsAny(text, "'’‘`") {
					t.Errorf("%s: %s: %q: want ʻ (U+02BB) in oʻ gʻ and ʼ (U+02BC) elsewhere", law.Name, name, text)
				}
			}
		}
	}
}

func TestOnlyAReceiptThatIsHandedOutTellsWhereTheMatterStands(t *testing.T) {
	t.Parallel()
	public, err := readTold(laws.FS, applied(t))
	if err != nil {
		t.Fatal(err)
	}
	d := public["uz/criminal"]
	if word, ok := d.act("register_report", "en"); !ok || word != "A report of a crime was registered" {
		t.Errorf("the registration is told as %q", word)
	}
	if word, ok := d.standing("register_report", "suspended", "uz-Cyrl"); !ok || word != "Жиноят иши қўзғатилган" {
		t.Errorf("a suspended case is told as %q", word)
	}
	for _, act := range []string{"detain", "open_inquiry", "", "no_such_act"} {
		if word, ok := d.act(act, "en"); ok {
			t.Errorf("%q is told as %q", act, word)
		}
		if word, ok := d.standing(act, "check", "en"); ok {
			t.Errorf("the receipt of %q tells %q", act, word)
		}
	}
	if _, ok := d.standing("register_report", "no_such_state", "en"); ok {
		t.Error("a state that is not there is told")
	}
	if _, ok := (&told{}).act("register_report", "en"); ok {
		t.Error("a law without words tells something")
	}
}

const goodFile = `article: ZRU-445
confidence: M
receipts: { register_appeal: taken }
states:
  taken: [registered]
  done: [answered, refused]
words:
  taken: { uz: olindi, ru: принято, en: taken }
  done: { uz: bajarildi, ru: сделано, en: done }
`

func TestWhatIsWrongInAPublicFileIsNamedWithItsPlace(t *testing.T) {
	t.Parallel()
	appeals := applied(t)[2:]
	for _, c := range []struct{ name, old, new, want string }{
		{"nothing", "", "", ""},
		{"an act that is not there", "register_appeal:", "register_apeal:", `uz/appeals/public.yaml:3:13: there is no act "register_apeal"; was "register_appeal" meant?`},
		{"a state that is not there", "[answered,", "[anwsered,", `uz/appeals/public.yaml:6:10: there is no state "anwsered"; was "answered" meant?`},
		{"a state told twice", "[registered]", "[registered, refused]", `uz/appeals/public.yaml:6:20: the state refused has the word taken already`},
		{"a word that is not there", "  done: [", "  dne: [", `uz/appeals/public.yaml:6:3: there is no word "dne"; was "done" meant?
uz/appeals/public.yaml:9:3: nothing is told by the word done`},
		{"a language that is missing", ", ru: сделано", "", `uz/appeals/public.yaml:9:3: the word done is not there in the language ru`},
		{"no article", "article: ZRU-445\n", "", `uz/appeals/public.yaml:1:1: the article that lets it be told is wanted; known: ZRU-445, CPC`},
		{"an act of law that is not cited", "ZRU-445", "ZRU-44", `uz/appeals/public.yaml:1:10: the article that lets it be told is wanted; was "ZRU-445" meant?`},
		{"no confidence", "confidence: M", "confidence: X", `uz/appeals/public.yaml:2:13: there is no confidence "X"; was "V" meant?`},
		{"another key", "words:", "names:", `uz/appeals/public.yaml:3:30: there is no word "taken"
uz/appeals/public.yaml:5:3: there is no word "taken"
uz/appeals/public.yaml:6:3: there is no word "done"
uz/appeals/public.yaml:7:1: there is no key "names"; known: article, confidence, receipts, states, words`},
	} {
		text := strings.Replace(goodFile, c.old, c.new, 1)
		_, err := readTold(fstest.MapFS{"uz/appeals/public.yaml": {Data: []byte(text)}}, appeals)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s:\n%s\nwant:\n%s", c.name, got, c.want)
		}
	}
}
