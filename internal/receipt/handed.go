package receipt

import (
	"net/http"

	"github.com/a-h/templ"

	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/web"
)

// Handed is what whoever did an act from outside of the service takes home of it.
type Handed struct {
	Number   string
	Standing string // where the matter stands now, in the words that the law allows; "" where it allows none
	Article  string // that lets it be told
	Sheet    templ.Component
	Whole    *journal.Receipt // nil while no checkpoint covers it
}

// Standing is where a proceeding of a law stands, in the words that the law lets those be told who hold a receipt of it or are told of it otherwise, and the article that lets it; ok
// is false where it lets nothing be told.
func (r *Room) Standing(law, state, lang string) (word, article string, ok bool) {
	d := r.told[law]
	if d == nil {
		return "", "", false
	}
	word, ok = d.in(d.states[state], lang)
	return word, d.article, ok
}

// Handed puts together the receipt of an entry, and says where its proceeding stands. That the asker did that act the caller has made sure of; file is where he gets it as
// a file. While no checkpoint covers it the answer says when to look again.
func (r *Room) Handed(w http.ResponseWriter, q *web.Request, proceeding string, seq int64, file string) (*Handed, error) {
	p, e, state, err := r.proceedings.Handed(q.Context(), proceeding, seq)
	if err != nil {
		return nil, err
	}
	t := q.Words
	h := &Handed{Number: p.Number}
	if law := r.told[p.Law.Name]; law != nil {
		if word, ok := law.standing(e.Act, state, t.Lang); ok {
			h.Standing, h.Article = word, t.Law(p.Law.Name).Article(law.article)
		}
	}
	v := sheetView{Facts: r.facts(t, p, e)}
	whole, signed, err := r.Of(q.Context(), e)
	switch {
	case fault.Is(err, fault.Unavailable):
		r.missing(w, q, e, &v)
	case err != nil:
		return nil, err
	default:
		if err := r.show(q, p.ID, whole, signed, &v); err != nil {
			return nil, err
		}
		v.FileHref, h.Whole = file, whole
	}
	h.Sheet = sheetBody(v)
	return h, nil
}
