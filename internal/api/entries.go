package api

import (
	"nazorat/internal/api/wire"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/stored"
	"nazorat/internal/web"
)

// mostLinks is how many links of a proceeding are told, to others and from others.
const mostLinks = 100

// entryJSON is an entry of a proceeding, as far as whoever asks sees it. Of one that is hidden it has the number, and when it was written down.
type entryJSON struct {
	Seq      int64        `json:"seq"`
	Recorded string       `json:"recorded" is:"date-time"`
	Hidden   *hiddenJSON  `json:"hidden,omitempty" doc:"What hides it from whoever asks; then nothing else is told."`
	Act      *wire.Named  `json:"act,omitempty"`
	Article  string       `json:"article,omitempty"`
	Edition  string       `json:"edition,omitempty"`
	Thing    int32        `json:"thing,omitempty" doc:"The thing that it was done on; left out where that is the proceeding itself."`
	Done     string       `json:"done,omitempty" is:"date-time"`
	By       *officerJSON `json:"by,omitempty" doc:"Who did it; left out where an edition came into force and nobody did."`
	Form     []factJSON   `json:"form,omitempty"`
	Effects  []effectJSON `json:"effects,omitempty"`
	Withheld int          `json:"withheld,omitempty" doc:"So many effects are about what is hidden from whoever asks."`
	Leaf     int64        `json:"leaf,omitempty"`
	Hash     string       `json:"hash,omitempty"`
}

// officerJSON is who did something, and as what.
type officerJSON struct {
	ID      string      `json:"id"`
	Name    string      `json:"name,omitempty"`
	Role    *wire.Named `json:"role,omitempty"`
	Office  string      `json:"office,omitempty" doc:"Its id."`
	Through string      `json:"through,omitempty" doc:"The system that sent it in his name."`
}

// effectJSON is what followed from an act.
type effectJSON struct {
	Effect   string       `json:"effect" doc:"What happened: opened, moved, added, set, started, met, ended, extended, stopped, resumed, charged, handed, copied, linked, ..."`
	Thing    int32        `json:"thing"`
	Kind     *wire.Named  `json:"kind,omitempty"`
	From     *wire.Named  `json:"from,omitempty"`
	To       *wire.Named  `json:"to,omitempty"`
	Field    *wire.Named  `json:"field,omitempty"`
	Value    string       `json:"value,omitempty" doc:"Canonical."`
	Deadline *startedJSON `json:"deadline,omitempty"`
	Was      string       `json:"was,omitempty" is:"date-time" doc:"The end that it had before."`
	Late     bool         `json:"late,omitempty"`
	Call     *calledJSON  `json:"call,omitempty"`
	Record   *enteredJSON `json:"record,omitempty"`
	Rule     *wire.Named  `json:"rule,omitempty"`
	Reason   string       `json:"reason,omitempty"`
}

type startedJSON struct {
	No   int32      `json:"no"`
	Term wire.Named `json:"term"`
	Due  string     `json:"due" is:"date-time"`
}

type calledJSON struct {
	Law string     `json:"law"`
	Act wire.Named `json:"act"`
}

type enteredJSON struct {
	Does string `json:"does" doc:"What the directory of the service has from then on."`
}

func entryHref(proceeding string, seq int64) string {
	return "/api/v1/proceedings/" + url.PathEscape(proceeding) + "/entries/" + strconv.FormatInt(seq, 10)
}

// entries puts entries into the form of the API.
func (a *api) entries(r *web.Request, p *proceedings.Proceeding, list []proceedings.Logged) ([]entryJSON, error) {
	var ids []string
	for i := range list {
		ids = append(ids, list[i].Officer)
		for _, v := range list[i].Form {
			if v[0] == fact.Officer.String() {
				ids = append(ids, v[1])
			}
		}
	}
	names, err := a.dir.Names(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	out := make([]entryJSON, 0, len(list))
	for i := range list {
		out = append(out, a.entry(r, p, &list[i], names))
	}
	return out, nil
}

func (a *api) entry(r *web.Request, p *proceedings.Proceeding, l *proceedings.Logged, names map[string]string) entryJSON {
	t, zone, lb := r.Words, zoneOf(p.Law), r.Words.Law(p.Law.Name)
	j := entryJSON{Seq: l.Seq, Recorded: wire.Moment(zone, l.Recorded)}
	if l.Hidden != nil {
		j.Hidden = &hidden(r, []proceedings.Hidden{*l.Hidden})[0]
		return j
	}
	j.Act = &wire.Named{Name: l.Act, Label: lb.Act(l.Act)}
	switch l.Act {
	case procedure.ComesIntoForce:
		j.Act.Label = t.T("history.edition", "date", t.Date(zone.Date(l.Done)))
	case procedure.ChangesHands:
		j.Act.Label = t.T("history.changes_hands")
	}
	j.Edition, j.Thing, j.Done, j.Leaf, j.Hash, j.Withheld = l.Edition, l.Thing, wire.Moment(zone, l.Done), l.At, l.Leaf.String(), l.Withheld
	e := p.Law.Edition(l.Edition)
	if e == nil {
		e = p.Law.At(l.Done)
	}
	if rule := e.Act(l.Act); rule != nil {
		j.Article = rule.Article
	}
	if l.Officer != "" {
		j.By = &officerJSON{ID: l.Officer, Name: t.Name(names[l.Officer]), Role: &wire.Named{Name: l.Role, Label: lb.Role(l.Role)}, Office: l.Office, Through: l.Client}
	}
	for name, v := range l.Form {
		val, err := fact.Decode(v)
		if err != nil {
			continue
		}
		j.Form = append(j.Form, a.fact(t, p, e, l.Act, name, val, names))
	}
	slices.SortFunc(j.Form, func(x, y factJSON) int { return strings.Compare(x.Name, y.Name) })
	for i := range l.Effects {
		j.Effects = append(j.Effects, a.effect(t, p, &l.Effects[i]))
	}
	return j
}

// fact is one value of a form or of a thing.
func (a *api) fact(t *web.Words, p *proceedings.Proceeding, e *procedure.Edition, of, name string, v fact.Value, names map[string]string) factJSON {
	f := factJSON{Named: wire.Named{Name: name, Label: t.Law(p.Law.Name).Field(of, name)}, Type: v.Type.String(), Value: v.String(), Text: t.Value(p.Law.Name, of, name, zoneOf(p.Law), v, e.Currency)}
	switch v.Type {
	case fact.Officer:
		f.Text = t.Name(names[v.Text])
	case fact.Office:
		f.Text = a.office(t, v.Text).Name
	case fact.Thing:
		f.Text = t.Thing(p.Law, &p.State, int32(v.Num))
	default:
	}
	return f
}

func (a *api) effect(t *web.Words, p *proceedings.Proceeding, f *stored.Effect) effectJSON {
	lb, zone := t.Law(p.Law.Name), zoneOf(p.Law)
	j := effectJSON{Effect: f.Effect, Thing: f.Thing, Late: f.Late, Reason: f.Reason}
	if f.Kind != "" {
		j.Kind = &wire.Named{Name: f.Kind, Label: lb.Kind(f.Kind)}
		j.From, j.To = stateOf(lb, f.Kind, f.From), stateOf(lb, f.Kind, f.To)
	}
	if f.Field != "" {
		j.Field = &wire.Named{Name: f.Field, Label: lb.Field(f.Kind, f.Field)}
	}
	if f.Value != nil {
		j.Value = f.Value[1]
	}
	if d := f.Deadline; d != nil {
		j.Deadline = &startedJSON{d.No, wire.Named{Name: d.Term, Label: lb.Term(d.Term)}, wire.Moment(zone, d.Due)}
	}
	if f.Was != 0 {
		j.Was = wire.Moment(zone, calendar.Moment(f.Was))
	}
	if f.Call != nil {
		j.Call = &calledJSON{f.Call.Procedure, wire.Named{Name: f.Call.Act, Label: t.Law(f.Call.Procedure).Act(f.Call.Act)}}
	}
	if f.Record != nil {
		j.Record = &enteredJSON{f.Record.Does}
	}
	if f.Rule != "" {
		j.Rule = &wire.Named{Name: f.Rule, Label: lb.Term(f.Rule)}
	}
	return j
}

func stateOf(lb *procedure.Labels, kind, state string) *wire.Named {
	if state == "" {
		return nil
	}
	return &wire.Named{Name: state, Label: lb.State(kind, state)}
}

func linksOf(t *web.Words, list []proceedings.Link) []linkedJSON {
	out := make([]linkedJSON, 0, len(list))
	for _, l := range list {
		j := linkedJSON{Out: l.Out, Seq: l.Seq, Hidden: l.Hidden}
		if !l.Hidden {
			j.Law, j.Act = l.Law, &wire.Named{Name: l.Act, Label: t.Law(l.Law).Act(l.Act)}
		}
		if l.Proceeding != "" {
			j.Proceeding, j.Number, j.Entry = l.Proceeding, l.Number, l.OtherSeq
		}
		out = append(out, j)
	}
	return out
}

// mostEntries is the length of one page of a history.
const mostEntries = 50

// entriesJSON is a page of the history of a proceeding, the newest entry first.
type entriesJSON struct {
	Proceeding string      `json:"proceeding"`
	Version    int64       `json:"version"`
	Entries    []entryJSON `json:"entries"`
	wire.Page
}

// history is the past of a proceeding, page by page.
func (a *api) history(w http.ResponseWriter, r *web.Request) error {
	c, err := wire.CursorOf(r, 1)
	if err != nil {
		return err
	}
	p, err := a.read(r)
	if err != nil {
		return err
	}
	before := p.Version + 1
	if c != nil {
		before = c.Whole(0)
		if err := c.Bad(); err != nil {
			return err
		}
	}
	list, err := a.docket.History(r.Context(), p, before, mostEntries+1)
	if err != nil {
		return err
	}
	j := entriesJSON{Proceeding: p.ID, Version: p.Version}
	if len(list) > mostEntries {
		list = list[:mostEntries]
		j.Next = wire.Cursor(list[len(list)-1].Seq)
	}
	if j.Entries, err = a.entries(r, p, list); err != nil {
		return err
	}
	return wire.Write(w, r, j)
}

// single is one entry.
func (a *api) single(w http.ResponseWriter, r *web.Request) error {
	p, err := a.read(r)
	if err != nil {
		return err
	}
	seq, there := p.EntryNumber(r.PathValue("seq"))
	if !there {
		return fault.New(fault.NotFound, "api.no_entry", nil)
	}
	list, err := a.docket.History(r.Context(), p, seq+1, 1)
	if err != nil {
		return err
	}
	if len(list) != 1 || list[0].Seq != seq {
		return fault.New(fault.NotFound, "api.no_entry", nil)
	}
	out, err := a.entries(r, p, list)
	if err != nil {
		return err
	}
	return wire.Write(w, r, out[0])
}
