// Package explain puts the explanation of a deadline into words: what is owed,
// by whom, until when, why exactly then, by which edition, what is open about
// its counting, who may make it longer, what ends it, what follows if it is not
// met, and how sure the rule is.
//
// What it gives are typed sentences: the key of a text and the values that the
// text names, each of its own type. One sentence is one text of the catalogue,
// in every language; none is put together from fragments. The facts come from
// the law (procedure.Explanation) and from the entries of the journal that bear
// on the deadline (Story); where the journal at hand does not reach, the sums
// that the deadline itself holds are told instead.
//
// It is pure. It decides nothing and counts nothing that the engine has not
// counted, but for one thing: what another answer to an open question would give.
package explain

import (
	"embed"

	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
)

// Texts of this package, one folder a language.
//
//go:embed texts
var Texts embed.FS

// Part of an explanation.
type Part string

// The parts, in the order in which they are told.
const (
	Owed     Part = "owed"     // what is owed, by whom, until when
	Over     Part = "over"     // how it came to its end
	Why      Part = "why"      // why exactly then
	Edition  Part = "edition"  // by which edition
	Question Part = "question" // what is open about its counting
	Longer   Part = "longer"   // who may make it longer
	Ends     Part = "ends"     // what ends it
	Breach   Part = "breach"   // what follows if it is not met
	Sure     Part = "sure"     // the article, and how sure the rule is
)

// Parts in their order.
var parts = []Part{Owed, Over, Why, Edition, Question, Longer, Ends, Breach, Sure}

// Parts gives all parts in the order in which they are told.
func Parts() []Part { return append([]Part(nil), parts...) }

// Key of the title of a part.
func (p Part) Key() string { return "explain.part." + string(p) }

// Sentence is one sentence of an explanation: the key of its text, and what the text names.
type Sentence struct {
	Part Part
	Key  string
	Args []Arg
	// About is the act that the sentence is about, where a part tells of several; "" else.
	About string
}

// Arg is one value that a text names.
type Arg struct {
	Name  string
	Value Value
}

// Explained is an explanation in sentences, of one law. Make it with Tell.
type Explained struct {
	Law       *procedure.Law
	Zone      *calendar.Zone
	Sentences []Sentence
}

// Of gives the sentences of a part.
func (x Explained) Of(p Part) (out []Sentence) {
	for _, s := range x.Sentences {
		if s.Part == p {
			out = append(out, s)
		}
	}
	return out
}

// Text is a sentence in a language.
func (x Explained) Text(w Words, s Sentence) string {
	args := make([]any, 0, 2*len(s.Args))
	for _, a := range s.Args {
		args = append(args, a.Name, x.Value(w, a.Value))
	}
	return w.T(s.Key, args...)
}

// Texts are sentences in a language.
func (x Explained) Texts(w Words, list []Sentence) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = x.Text(w, s)
	}
	return out
}

// Words is what must be known of a language; *web.Words knows it. It is an
// interface because this package stands below the pages.
type Words interface {
	// T is the text of a key with its variables, names and values in turn.
	T(key string, args ...any) string
	// Law is the labels of a law.
	Law(name string) *procedure.Labels
	// LongDate, LongMoment, Period and Length write time for a sentence.
	LongDate(d calendar.Date) string
	LongMoment(zone *calendar.Zone, m calendar.Moment) string
	Period(p calendar.Period) string
	Length(m calendar.Moment) string
	// Or and And join words.
	Or(list []string) string
	And(list []string) string
	// Name writes a name in the script of the language.
	Name(name string) string
}
