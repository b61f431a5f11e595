package api

import (
	"nazorat/internal/api/wire"
	"net/http"
	"strconv"

	"nazorat/internal/calendar"
	"nazorat/internal/desk"
	"nazorat/internal/explain"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/picture"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
)

// proceedingJSON is a proceeding as it stands.
type proceedingJSON struct {
	ID         string      `json:"id"`
	Number     string      `json:"number"`
	Law        string      `json:"law"`
	Title      string      `json:"title"`
	State      wire.Named  `json:"state"`
	Office     wire.Office `json:"office"`
	Supervisor wire.Office `json:"supervisor"`
	InCharge   string      `json:"in_charge,omitempty"` // the name of the officer
	Opened     string      `json:"opened"`
	Changed    string      `json:"changed"`
	Version    int64       `json:"version"`
	Things     []thingJSON `json:"things"` // the first is the proceeding itself

	HiddenThings []hiddenJSON `json:"hidden_things,omitempty"` // from whoever asks
	HiddenSheets int          `json:"hidden_sheets,omitempty"` // how many entries are
}

// hiddenJSON is that something is hidden from whoever asks, and what hides it.
type hiddenJSON struct {
	No      int64    `json:"no"`
	Why     []string `json:"why"` // what the policies say
	Article string   `json:"article,omitempty"`
}

func hidden(r *web.Request, list []proceedings.Hidden) (out []hiddenJSON) {
	for i := range list {
		out = append(out, hiddenJSON{No: list[i].No, Why: wire.None(r.Policies(list[i].Policies)), Article: list[i].Article})
	}
	return out
}

type thingJSON struct {
	No     int        `json:"no"`
	Of     *int       `json:"of,omitempty"` // the thing that it belongs to
	Kind   wire.Named `json:"kind"`
	State  wire.Named `json:"state"`
	Came   string     `json:"came"`
	Since  string     `json:"since"`
	Fields []factJSON `json:"fields"`
}

type factJSON struct {
	wire.Named
	Type  string `json:"type"`
	Value string `json:"value"` // canonical
	Text  string `json:"text"`  // for people
}

// deadlineJSON is a deadline as lists show it.
type deadlineJSON struct {
	No       int32       `json:"no"`
	Term     wire.Named  `json:"term"`
	Thing    int32       `json:"thing"`
	Article  string      `json:"article"`
	Edition  string      `json:"edition"`
	OwedBy   *wire.Named `json:"owed_by"`           // nobody owes a time of waiting
	Officer  string      `json:"officer,omitempty"` // the name of the one who owes it
	Office   string      `json:"office,omitempty"`  // its id
	Started  string      `json:"started"`
	Due      string      `json:"due"`    // the last moment in time
	Status   string      `json:"status"` // as stored: running, stopped, met, late, ended
	Standing string      `json:"standing"`
	Closed   *string     `json:"closed"`
	URL      string      `json:"explanation"`
}

type deadlinesJSON struct {
	Proceeding string         `json:"proceeding"`
	Deadlines  []deadlineJSON `json:"deadlines"`
	Hidden     []hiddenJSON   `json:"hidden_deadlines,omitempty"`
}

// read is the proceeding that the address names, for whoever may see it.
func (a *api) read(r *web.Request) (*proceedings.Proceeding, error) {
	return a.readFor(r, r.PathValue("id"))
}

func (a *api) proceeding(w http.ResponseWriter, r *web.Request) error {
	p, err := a.read(r)
	if err != nil {
		return err
	}
	t, zone := r.Words, zoneOf(p.Law)
	lb := t.Law(p.Law.Name)
	ids := []string{p.InCharge}
	for i := range p.State.Things {
		for _, v := range p.State.Things[i].Fields {
			if v.Type == fact.Officer {
				ids = append(ids, v.Text)
			}
		}
	}
	names, err := a.dir.Names(r.Context(), ids)
	if err != nil {
		return err
	}
	root := p.Law.KindName(0)
	j := proceedingJSON{ID: p.ID, Number: p.Number, Law: p.Law.Name, Title: t.Name(p.Title), State: wire.Named{Name: p.RootState, Label: lb.State(root, p.RootState)},
		Office: a.office(t, p.Office), Supervisor: a.office(t, p.Supervisor), InCharge: t.Name(names[p.InCharge]),
		Opened: wire.Moment(zone, p.Opened), Changed: wire.Moment(zone, p.Changed), Version: p.Version, Things: []thingJSON{}}
	j.HiddenThings = hidden(r, p.HiddenThings)
	if j.HiddenSheets, err = a.docket.HiddenSheets(r.Context(), p); err != nil {
		return err
	}
	for no := range p.State.Things {
		if p.State.Things[no].Withheld() {
			continue
		}
		j.Things = append(j.Things, a.thing(t, p, no, names))
	}
	return wire.Write(w, r, j)
}

func (a *api) office(t *web.Words, id string) wire.Office { return wire.OfficeOf(t, a.dir, id) }

func (a *api) thing(t *web.Words, p *proceedings.Proceeding, no int, names map[string]string) thingJSON {
	th, zone, lb := &p.State.Things[no], zoneOf(p.Law), t.Law(p.Law.Name)
	kind, state := p.Law.KindName(th.Kind), p.Law.StateName(th.Kind, th.State)
	j := thingJSON{No: no, Kind: wire.Named{Name: kind, Label: lb.Kind(kind)}, State: wire.Named{Name: state, Label: lb.State(kind, state)}, Came: wire.Moment(zone, th.Came), Since: wire.Moment(zone, th.Since), Fields: []factJSON{}}
	if th.Of >= 0 {
		of := int(th.Of)
		j.Of = &of
	}
	for id, v := range th.Fields {
		name, e := fieldOf(p.Law, th.Kind, id)
		if !v.Given() || name == "" {
			continue
		}
		j.Fields = append(j.Fields, a.fact(t, p, e, "", name, v, names))
	}
	return j
}

// fieldOf is the name of a kind's field, in the newest edition that has it.
func fieldOf(law *procedure.Law, kind procedure.KindID, id int) (string, *procedure.Edition) {
	for i := len(law.Editions) - 1; i >= 0; i-- {
		e := law.Editions[i]
		if k := e.Kinds[kind]; k != nil && id < len(k.Fields) && k.Fields[id] != nil {
			return k.Fields[id].Name, e
		}
	}
	return "", nil
}

func zoneOf(law *procedure.Law) *calendar.Zone { return law.Editions[0].Days.Zone() }

func (a *api) deadlines(w http.ResponseWriter, r *web.Request) error {
	p, err := a.read(r)
	if err != nil {
		return err
	}
	list, out, err := a.docket.Deadlines(r.Context(), p)
	if err != nil {
		return err
	}
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].Officer
	}
	names, err := a.dir.Names(r.Context(), ids)
	if err != nil {
		return err
	}
	j := deadlinesJSON{p.ID, []deadlineJSON{}, hidden(r, out)}
	for i := range list {
		j.Deadlines = append(j.Deadlines, a.deadlineForm(r.Words, p.Law, &list[i], names))
	}
	return wire.Write(w, r, j)
}

func (a *api) deadlineForm(t *web.Words, law *procedure.Law, dl *proceedings.Deadline, names map[string]string) deadlineJSON {
	lb, zone, term := t.Law(law.Name), zoneOf(law), picture.TermOf(law, dl)
	j := deadlineJSON{No: dl.No, Term: wire.Named{Name: dl.Term, Label: lb.Term(dl.Term)}, Thing: dl.Thing, Edition: dl.Basis.Edition, Officer: t.Name(names[dl.Officer]), Office: dl.Office,
		Started: wire.Moment(zone, dl.Started), Due: wire.Moment(zone, dl.Due), Status: dl.Status, Standing: string(picture.Stands(term, dl, a.docket.Now())), Closed: wire.MomentOr(zone, dl.Closed),
		URL: "/api/v1/proceedings/" + dl.Proceeding + "/deadlines/" + strconv.Itoa(int(dl.No)) + "/explanation"}
	if dl.Role != "" {
		j.OwedBy = &wire.Named{Name: dl.Role, Label: lb.Role(dl.Role)}
	}
	if term != nil {
		j.Article = term.Article
	}
	return j
}

// explanationJSON is why a deadline ends when it does, in sentences.
type explanationJSON struct {
	Proceeding string       `json:"proceeding"`
	Deadline   deadlineJSON `json:"deadline"`
	Language   string       `json:"language"`
	Parts      []partJSON   `json:"parts"`
}

type partJSON struct {
	Part      string         `json:"part"`
	Title     string         `json:"title"`
	Sentences []sentenceJSON `json:"sentences"`
}

type sentenceJSON struct {
	Key    string         `json:"key"`
	Text   string         `json:"text"`
	About  string         `json:"about,omitempty"` // the act that it is about
	Values []sentenceFact `json:"values"`
}

type sentenceFact struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Value any    `json:"value"`
}

func (a *api) explanation(w http.ResponseWriter, r *web.Request) error {
	p, err := a.read(r)
	if err != nil {
		return err
	}
	no, err := strconv.ParseInt(r.PathValue("no"), 10, 32)
	if err != nil {
		return fault.New(fault.NotFound, "deadline.none", nil)
	}
	dl, err := a.docket.Deadline(r.Context(), p, int32(no))
	if err != nil {
		return err
	}
	x, story, err := desk.Story(r.Context(), a.docket.Reader, a.dir, p, dl)
	if err != nil {
		return err
	}
	t := r.Words
	story.Thing = t.Thing(p.Law, &p.State, dl.Thing)
	told := explain.Tell(p.Law, x, story, a.docket.Now())
	j := explanationJSON{Proceeding: p.ID, Deadline: a.deadlineForm(t, p.Law, dl, story.Names), Language: t.Lang, Parts: []partJSON{}}
	for _, part := range explain.Parts() {
		v := partJSON{Part: string(part), Title: t.T(part.Key())}
		for _, s := range told.Of(part) {
			f := sentenceJSON{Key: s.Key, Text: told.Text(t, s), About: s.About, Values: []sentenceFact{}}
			for _, arg := range s.Args {
				f.Values = append(f.Values, sentenceFact{arg.Name, arg.Value.Type(), told.Plain(arg.Value)})
			}
			v.Sentences = append(v.Sentences, f)
		}
		if len(v.Sentences) > 0 {
			j.Parts = append(j.Parts, v)
		}
	}
	return wire.Write(w, r, j)
}
