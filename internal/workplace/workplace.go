// Package workplace is a case by its things: the pages on which an officer works through two hundred persons or five
// thousand exhibits. One page has the things of one kind as a table, one has a single thing with what it was before, and
// one is the label that is stuck on it.
//
// Everything that they show comes from the law: kinds, states, fields, acts and terms are its words, and none of them is
// known here by name. What is hidden from the reader is not shown, not counted and not added up; that it is there is said
// as the proceeding's own page says it. Nothing is done here: acts are done by the desk's forms, which lead back.
//
// Invariants: amounts are added up as the law's own sums are, over things that have not come to their end, and never over
// two currencies; every page records who looked before it shows anything.
package workplace

import (
	"embed"
	"net/url"
	"slices"
	"strconv"
	"unicode"
	"unicode/utf8"

	"nazorat/internal/calendar"
	"nazorat/internal/desk"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/picture"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/stored"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Texts of this package, one folder a language.
//
//go:embed texts
var Texts embed.FS

// room serves the pages.
type room struct {
	docket  *docket.Docket
	dir     *directory.Directory
	zone    *calendar.Zone
	desk    *desk.Desk
	address string // where the service is reached by those outside, for labels; "" where each page is asked for
}

// Register adds the pages to a server. Parts of a proceeding are shown as the desk shows them. The address is that of the
// service as a label names it, such as https://nazorat.example; without one it is that at which the page was asked for.
func Register(s *web.Server, d *desk.Desk, address string) {
	m := &room{docket: s.Docket, dir: s.Directory, zone: s.Zone, desk: d, address: address}
	s.Handle("GET /proceedings/{id}/things/{kind}", m.kindPage)
	s.Handle("GET /proceedings/{id}/things/{kind}/{no}", m.thingPage)
	s.Handle("GET /proceedings/{id}/things/{kind}/{no}/label", m.labelPage)
}

func kindHref(id, kind string) string { return desk.KindHref(id, kind) }

// thingHref is the page of a thing that the reader sees.
func thingHref(p *proceedings.Proceeding, no int32) string {
	return kindHref(p.ID, p.Law.KindName(p.State.Things[no].Kind)) + "/" + strconv.Itoa(int(no))
}

// kindOf is a kind as the newest edition that has it says; nil where none has it.
func kindOf(e *procedure.Edition, id procedure.KindID) *procedure.Kind {
	for i := e.Index; i >= 0; i-- {
		if k := e.Law.Editions[i].Kinds[id]; k != nil {
			return k
		}
	}
	for _, later := range e.Law.Editions[e.Index:] {
		if k := later.Kinds[id]; k != nil {
			return k
		}
	}
	return nil
}

// kind that a page is about: never that of the proceeding itself.
func (m *room) kind(r *web.Request, p *proceedings.Proceeding) (*procedure.Kind, error) {
	id := p.Law.Kind(r.PathValue("kind"))
	if id <= 0 {
		return nil, desk.NoPage()
	}
	if k := kindOf(p.Law.At(m.docket.Now()), id); k != nil {
		return k, nil
	}
	return nil, desk.NoPage()
}

// ended reports whether a thing has come to its end.
func ended(k *procedure.Kind, th *procedure.Thing) bool {
	return th.State >= 0 && int(th.State) < len(k.Final) && k.Final[th.State]
}

// dueView is one deadline of a thing.
type dueView struct {
	Tone        ui.DeadlineTone
	Term, Href  string
	Until, Left string
	Machine     string
	Thing       string // where it runs for what belongs to the thing
	due         calendar.Moment
}

// dues are the running deadlines of each thing, the earliest first. A time of waiting is nobody's duty, and stands on the page of the proceeding.
func (m *room) dues(t *web.Words, p *proceedings.Proceeding, now calendar.Moment, of map[int32]bool) map[int32][]dueView {
	out := map[int32][]dueView{}
	for i := range p.State.Deadlines {
		d := &p.State.Deadlines[i]
		if !of[d.Thing] {
			continue
		}
		if v, ok := m.due(t, p, d, now); ok {
			out[d.Thing] = append(out[d.Thing], v)
		}
	}
	for _, list := range out {
		slices.SortStableFunc(list, func(a, b dueView) int { return int(min(1, max(-1, a.due-b.due))) })
	}
	return out
}

func (m *room) due(t *web.Words, p *proceedings.Proceeding, d *procedure.Deadline, now calendar.Moment) (dueView, bool) {
	term := p.Law.TermOf(d)
	if term == nil || term.Waiting() {
		return dueView{}, false
	}
	dl := proceedings.Deadline{Proceeding: p.ID, No: d.No, Law: p.Law.Name, Term: term.Name, Thing: d.Thing, Started: d.Start, Due: d.Due, Status: stored.Running}
	if d.Stopped != 0 {
		dl.Status = stored.Stopped
	}
	stands := picture.Stands(term, &dl, now)
	if !stands.Open() {
		return dueView{}, false
	}
	return dueView{Tone: stands.Tone(), Term: t.Law(p.Law.Name).Term(term.Name), Href: desk.DeadlineHref(&dl), Until: t.Moment(m.zone, d.Due), Machine: web.Machine(m.zone, d.Due),
		Left: stands.Words(t, term, &dl, now), due: d.Due}, true
}

// worst is the tone of the most urgent of some deadlines.
func worst(list []dueView) ui.DeadlineTone {
	out := ui.DeadlineTone("")
	for _, v := range list {
		switch {
		case v.Tone == ui.Late:
			return ui.Late
		case v.Tone == ui.Soon:
			out = ui.Soon
		}
	}
	return out
}

// link is where something leads.
type link struct{ Text, Href, About, Note string }

// act is the link to the form of an act that leads back to a page of ours.
func (m *room) act(t *web.Words, p *proceedings.Proceeding, v *procedure.Verdict, back string) link {
	lb := t.Law(p.Law.Name)
	return link{Text: lb.Act(v.Rule.Name), Href: desk.ActHref(p.ID, v.Rule.Name, v.Thing, back), Note: lb.Article(v.Rule.Article), About: t.Thing(p.Law, &p.State, v.Thing)}
}

// byUrgency puts acts first that meet what ends first; the others stay as the law has them.
func byUrgency(list []procedure.Verdict) {
	ends := func(v *procedure.Verdict) calendar.Moment {
		end := calendar.Moment(1 << 62)
		for i := range v.Owes {
			end = min(end, v.Owes[i].Due)
		}
		return end
	}
	slices.SortStableFunc(list, func(a, b procedure.Verdict) int { return int(min(1, max(-1, ends(&a)-ends(&b)))) })
}

// query is the address of a page with some of its parameters.
func query(path string, q url.Values) string {
	for name := range q {
		if q.Get(name) == "" {
			q.Del(name)
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// capital begins a word of the law as titles begin.
func capital(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	if n == 0 {
		return text
	}
	return string(unicode.ToUpper(r)) + text[n:]
}
