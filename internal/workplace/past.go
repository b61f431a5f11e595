package workplace

import (
	"slices"

	"nazorat/internal/calendar"
	"nazorat/internal/desk"
	"nazorat/internal/fact"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/vault"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// What a thing was before is read from the entries that its reader sees, and from nothing else.

// was is a fact, or a state, as an entry made it.
type was struct {
	text    string
	href    string
	when    calendar.Moment
	act     string
	officer string
	seq     int64
}

// pastLine is one of them in words.
type pastLine struct{ Text, By string }

type factView struct {
	Text, Href string
	Code       bool   // a hash
	Picture    string // the address of the preview of a picture
	PictureIs  string
	By         string
	Past       []pastLine // the newest first
}

// stateKey stands for the state among the names of fields.
const stateKey = ""

// past is what was known of a thing, by field, the newest first; older says that there may be more than was looked through.
func (m *room) past(r *web.Request, p *proceedings.Proceeding, k *procedure.Kind, no int32) (out map[string][]was, names map[string]string, older bool, err error) {
	entries, next, err := m.docket.ThingEntries(r.Context(), p, no, p.Version+1, mostPast)
	if err != nil {
		return nil, nil, false, err
	}
	ids := desk.OfficersOf(&p.State, []int32{no})
	for i := range entries {
		ids = append(ids, entries[i].Officer)
		for _, f := range entries[i].Effects {
			if f.Value != nil && f.Thing == no && f.Value[0] == fact.Officer.String() {
				ids = append(ids, f.Value[1])
			}
		}
	}
	if names, err = m.dir.Names(r.Context(), ids); err != nil {
		return nil, nil, false, err
	}
	t, out := r.Words, map[string][]was{}
	lb := t.Law(p.Law.Name)
	for i := range entries {
		l := &entries[i]
		at := was{when: l.Done, act: l.Act, officer: l.Officer, seq: l.Seq}
		for j := len(l.Effects) - 1; j >= 0; j-- {
			f := &l.Effects[j]
			if f.Thing != no {
				continue
			}
			switch f.Effect {
			case procedure.Set.String():
				if f.Value == nil {
					continue
				}
				v, err := fact.Decode(*f.Value)
				if err != nil {
					continue
				}
				w := at
				w.text = m.desk.Value(t, p, k.Name, f.Field, v, names)
				if v.Type == fact.Thing && seen(p, v.Num) {
					w.href = thingHref(p, int32(v.Num))
				}
				out[f.Field] = append(out[f.Field], w)
			case procedure.Added.String(), procedure.Moved.String():
				w := at
				w.text = lb.State(k.Name, f.To)
				out[stateKey] = append(out[stateKey], w)
			}
		}
	}
	for name, list := range out { // set anew to what it was is nothing new
		out[name] = slices.CompactFunc(list, func(a, b was) bool { return a.text == b.text })
	}
	return out, names, next > 0, nil
}

// facts are what is known of a thing now, and under each what it was before: who changed it, when, by which act.
func (m *room) facts(r *web.Request, p *proceedings.Proceeding, k *procedure.Kind, no int32, v *thingView) error {
	t := r.Words
	lb := t.Law(p.Law.Name)
	past, names, older, err := m.past(r, p, k, no)
	if err != nil {
		return err
	}
	th := &p.State.Things[no]
	v.FactsIs = t.T("workplace.facts")
	if older {
		v.Older = t.T("workplace.past_older")
	}
	came := int64(0) // the sheet by which it came in, which need not be named under each fact
	if list := past[stateKey]; len(list) > 0 && !older {
		came = list[len(list)-1].seq
	}
	state := factView{Text: lb.State(k.Name, p.Law.StateName(th.Kind, th.State))}
	m.before(t, p, &state, past[stateKey], names, 0)
	v.Facts = append(v.Facts, ui.SummaryRow{Key: t.T("thing.column.state"), Body: factBody(state)})
	for _, f := range k.Fields {
		if f == nil {
			continue
		}
		val := th.Field(f.ID)
		if !val.Given() && len(past[f.Name]) == 0 {
			continue
		}
		view := factView{Text: "—"}
		if val.Given() {
			m.shown(t, p, no, f.Name, val, &view)
			view.Text = m.desk.Value(t, p, k.Name, f.Name, val, names)
			if val.Type == fact.Thing && seen(p, val.Num) {
				view.Href = thingHref(p, int32(val.Num))
			}
		}
		m.before(t, p, &view, past[f.Name], names, came)
		v.Facts = append(v.Facts, ui.SummaryRow{Key: lb.Field(k.Name, f.Name), Body: factBody(view)})
	}
	return nil
}

// shown leads to a document that a fact names, and shows a picture; a document of which the hash alone is known stands as that.
func (m *room) shown(t *web.Words, p *proceedings.Proceeding, no int32, field string, v fact.Value, view *factView) {
	if v.Type != fact.Document {
		return
	}
	f, _ := fact.FileOf(v.Text)
	if view.Code = f.Type == ""; view.Code {
		return
	}
	view.Href = desk.ThingDocumentHref(p, no, field)
	if vault.IsPicture(f.Type) {
		view.Picture, view.PictureIs = view.Href+"?as=small", t.T("workplace.photo", "what", t.Thing(p.Law, &p.State, no))
		view.Href += "?as=large"
	}
}

// before says of a fact who made it what it is, and what it was; of one that has been so since the thing came in nothing need be said.
func (m *room) before(t *web.Words, p *proceedings.Proceeding, v *factView, list []was, names map[string]string, came int64) {
	for i, w := range list {
		if len(list) == 1 && w.seq == came && w.text == v.Text {
			return
		}
		by := t.T("workplace.by", "when", t.Moment(m.zone, w.when), "name", t.Name(names[w.officer]), "act", t.Law(p.Law.Name).Act(w.act), "n", w.seq)
		if i == 0 && w.text == v.Text {
			v.By = by
			continue
		}
		v.Past = append(v.Past, pastLine{Text: w.text, By: by})
	}
}
