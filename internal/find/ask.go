package find

import (
	"slices"
	"strings"
	"unicode"

	"nazorat/internal/calendar"
	"nazorat/internal/script"
)

// Limits on what is asked.
const (
	MostTyped = 200 // letters
	mostTerms = 8   // words that count
	mostKeys  = 40  // of a word, with those that are near it
	mostNear  = 16  // names that are near a word
	mostPairs = 256 // of two words
	// mostPlaces is how many places a word may be a part of the names of: one that more have ("district") names none of them.
	mostPlaces = 16
)

// Ask is what is looked for. What is "" or 0 is any.
type Ask struct {
	Text   string // as it was typed
	Law    string
	Office string // that has the proceeding, or one below it
	Stage  string // of a proceeding of Law
	State  string // in which a thing now is that the words were met with: the role of a person, by Law
	Over   Over
	From   calendar.Moment // opened not before
	To     calendar.Moment // opened before

	How   How   // how words match; for a further page, what the page before it said
	Below int64 // proceedings with a lower number alone; 0: all. As the answer before this one said
	Down  int64 // with Past: down to this number
	Past  int   // how many of those were shown already
}

// Over says whether a proceeding has come to its end.
type Over uint8

// Whether a proceeding has come to its end.
const (
	EitherWay Over = iota
	StillOpen
	Closed
)

// How words must match.
type How uint8

// How words match, in whatever script: as the words of one name; each as it is written, wherever it stands; as the words of
// one name that is near; each as a name that is near; with one word missing.
const (
	Together How = iota
	AsWritten
	NearTogether
	Near
	Some
)

// term is one word of what is asked.
type term struct {
	word  string
	sound string         // of what may be a name
	full  string         // the same before letters fall together
	names []string       // that are near it, the nearest first
	keys  []string       // that match, without those that are near
	worth map[string]int // what it is worth that a key matches, spelling too
}

// What a match is worth.
const (
	worthNear   = 2
	worthText   = 3
	worthName   = 4
	worthPlace  = 4
	worthSpelt  = 6
	worthMark   = 8
	worthNumber = 10
	worthSheet  = 5 // for each word beyond the first that stands in one sheet
)

// terms are the words of what is asked; more says that some were left out.
func (x *Index) terms(text string) (out []term, more bool) {
	marks := marksIn(text)
	for _, m := range marks {
		t := term{word: text[m.from:m.to], worth: map[string]int{}}
		for _, key := range m.asked {
			t.add(key, worthMark)
		}
		out = append(out, t)
	}
	for _, s := range spans(text) {
		if slices.ContainsFunc(marks, func(m mark) bool { return s.from < m.to && m.from < s.to }) {
			continue
		}
		word := text[s.from:s.to]
		if script.Related(word) {
			continue
		}
		t := x.term(script.Unmixed(word))
		if t.word != word { // what is written so in a text is found by it, too
			t.add(textKey(script.Fold(word)), worthText)
			t.word = word
		}
		if len(t.keys) > 0 {
			out = append(out, t)
		}
	}
	// A number may be typed with other dashes, or in parts: then it answers to each of its words.
	if whole := alnum(text); strings.ContainsFunc(whole, unicode.IsDigit) {
		for i := range out {
			out[i].add(asNumber+whole, worthNumber)
		}
	}
	if len(out) > mostTerms {
		return out[:mostTerms], true
	}
	return out, false
}

func (t *term) add(key string, worth int) {
	if key == "" || len(key) == 1 || slices.Contains(t.keys, key) {
		return
	}
	t.keys = append(t.keys, key)
	t.worth[key] = worth
}

// term is one that has no shape of its own.
func (x *Index) term(word string) term {
	t := term{word: word, worth: map[string]int{}}
	folded := script.Fold(word)
	if len(folded) < 2 && !strings.ContainsFunc(folded, unicode.IsDigit) {
		return t // an initial
	}
	t.add(textKey(folded), worthText)
	if len(folded) <= 8 {
		t.add(asArticle+folded, worthPlace)
	}
	for _, code := range x.codes[folded] {
		t.add(asArticle+code, worthPlace)
	}
	if strings.Trim(folded, "0123456789") == "" {
		t.add(asNumber+strings.TrimLeft(folded, "0"), worthNumber)
		t.add(asNumber+folded, worthNumber)
		if len(folded) == 4 || len(folded) == 7 || len(folded) == 10 {
			t.add(asPlace+folded, worthPlace)
		}
		return t
	}
	if sound, full := script.Sounds(word); len(sound) > 1 {
		t.sound, t.full = sound, full
		t.add(asName+sound, worthName)
		t.worth[asSpelt+folded] = worthSpelt
	}
	if codes := x.places[folded]; len(codes) <= mostPlaces {
		for _, code := range codes {
			t.add(asPlace+code, worthPlace)
		}
	}
	return t
}

// Asks reports whether something was typed that can be looked for.
func (x *Index) Asks(text string) bool {
	list, _ := x.terms(text)
	return len(list) > 0
}
