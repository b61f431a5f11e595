package receipt

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
	"nazorat/internal/script"
)

// toldFile stands beside a law's editions and says what whoever holds a receipt is told.
const toldFile = "public.yaml"

// told is what the law lets anybody be told who holds a receipt: words, and nothing
// else. Its zero value tells nothing. Read-only once read.
type told struct {
	article  string            // that lets it be told
	receipts map[string]string // the word for an act whose receipt is handed out; such a receipt tells where its proceeding stands
	states   map[string]string // the word for a state
	words    map[string]map[string]string
}

// act is the word for what was done; ok is false where it is not told.
func (d *told) act(act, lang string) (word string, ok bool) { return d.in(d.receipts[act], lang) }

// standing is the word for where a proceeding stands, for who holds the receipt of
// an act in it; ok is false where it is not told.
func (d *told) standing(act, state, lang string) (word string, ok bool) {
	if d.receipts[act] == "" {
		return "", false
	}
	return d.in(d.states[state], lang)
}

func (d *told) in(word, lang string) (string, bool) {
	if word == "" {
		return "", false
	}
	if lang == "uz-Cyrl" {
		return script.Cyrillic(d.words[word]["uz"]), true
	}
	return d.words[word][lang], true
}

// readTold reads what each of the laws lets be told; a law without such a file lets
// nothing be told. It refuses a file that names an act, a state or a word that there is not.
func readTold(fsys fs.FS, laws []*procedure.Law) (map[string]*told, error) {
	out := make(map[string]*told, len(laws))
	s := lawtext.New(fsys)
	for _, law := range laws {
		file := path.Join(law.Name, toldFile)
		if !slices.Contains(s.Files(law.Name, ".yaml"), file) {
			out[law.Name] = &told{}
			continue
		}
		if top, ok := s.Read(file); ok {
			out[law.Name] = readOne(s, top, law)
		}
	}
	return out, s.Err()
}

func readOne(s *lawtext.Source, top lawtext.Node, law *procedure.Law) *told {
	d := &told{receipts: map[string]string{}, states: map[string]string{}, words: map[string]map[string]string{}}
	k := s.Keys(top, "article", "confidence", "receipts", "states", "words")
	var cites []string
	for _, e := range law.Editions {
		for _, c := range e.Cites {
			cites = append(cites, c.Short)
		}
	}
	d.article = s.Text(k["article"])
	if short, _, _ := strings.Cut(d.article, " "); !slices.Contains(cites, short) {
		s.Bad(k["article"].Or(top), "the article that lets it be told is wanted").Meant = lawtext.Meant(short, cites)
	}
	s.OneOf(k["confidence"].Or(top), "confidence", "V", "V+", "N", "M")
	var words []string
	for _, w := range s.Entries(k["words"]) {
		words = append(words, w.Name)
		d.words[w.Name] = map[string]string{}
		in := s.Keys(w.Value, lawtext.Languages...)
		for _, lang := range lawtext.Languages {
			if d.words[w.Name][lang] = s.Text(in[lang]); d.words[w.Name][lang] == "" {
				s.Bad(w.Key, "the word %s is not there in the language %s", w.Name, lang)
			}
		}
	}
	used := map[string]bool{}
	word := func(at lawtext.Node, name string) string {
		used[name] = true
		if d.words[name] == nil {
			s.BadName(at, "word", name, words)
		}
		return name
	}
	for _, r := range s.Entries(k["receipts"]) {
		if law.Act(r.Name) < 0 {
			s.BadName(r.Key, "act", r.Name, law.Names.Acts.List)
		}
		d.receipts[r.Name] = word(r.Value, s.Text(r.Value))
	}
	states := law.Names.States[0].List
	for _, w := range s.Entries(k["states"]) {
		name := word(w.Key, w.Name)
		for _, state := range s.List(w.Value) {
			switch {
			case !slices.Contains(states, state.Word()):
				s.BadName(state, "state", state.Word(), states)
			case d.states[state.Word()] != "":
				s.Bad(state, "the state %s has the word %s already", state.Word(), d.states[state.Word()])
			}
			d.states[state.Word()] = name
		}
	}
	for _, w := range s.Entries(k["words"]) {
		if !used[w.Name] {
			s.Bad(w.Key, "nothing is told by the word %s", w.Name)
		}
	}
	return d
}
