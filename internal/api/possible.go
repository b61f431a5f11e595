package api

import (
	"nazorat/internal/api/systems"
	"nazorat/internal/api/wire"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"nazorat/internal/access"
	"nazorat/internal/client"
	"nazorat/internal/desk"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/openapi"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
)

// Which acts are possible now, and which are not and why; and the form of one, with what can be chosen.

// possibleJSON is whether an act may be done now on a thing.
type possibleJSON struct {
	Act      wire.Named  `json:"act"`
	Article  string      `json:"article"`
	Thing    int32       `json:"thing" doc:"The thing that it is done on; 0 for the proceeding itself."`
	Possible bool        `json:"possible"`
	Presence bool        `json:"presence" doc:"The law wants the officer to be present for it."`
	Meets    []int32     `json:"meets" doc:"The running deadlines that it would meet, by their numbers."`
	Why      *reasonJSON `json:"why,omitempty" doc:"What stands against it."`
	Form     string      `json:"form" doc:"Where its form is read, and where it is sent."`
}

// reasonJSON is why an act may not be done.
type reasonJSON struct {
	Key      string   `json:"key"`
	Text     string   `json:"text"`
	Article  string   `json:"article,omitempty"`
	Policies []string `json:"policies,omitempty"`
}

// actsJSON are all acts of a proceeding on all its things, in the order of the law.
type actsJSON struct {
	Proceeding string         `json:"proceeding"`
	Version    int64          `json:"version"`
	Acts       []possibleJSON `json:"acts"`
}

func actHref(id, act string) string {
	return "/api/v1/proceedings/" + url.PathEscape(id) + "/acts/" + url.PathEscape(act)
}

// possible are the acts of a proceeding as the officer may do them now.
func (a *api) possible(w http.ResponseWriter, r *web.Request) error {
	p, err := a.read(r)
	if err != nil {
		return err
	}
	judged, err := desk.Judge(r.Context(), a.docket.Reader, p, r.Actor(), a.docket.Now())
	if err != nil {
		return err
	}
	j := actsJSON{Proceeding: p.ID, Version: p.Version, Acts: []possibleJSON{}}
	lb := r.Words.Law(p.Law.Name)
	for i := range judged.List {
		v := &judged.List[i]
		if v.Rule.OnlyByLink {
			continue
		}
		x := possibleJSON{Act: wire.Named{Name: v.Rule.Name, Label: lb.Act(v.Rule.Name)}, Article: v.Rule.Article, Thing: v.Thing, Presence: v.Rule.Presence, Meets: []int32{}, Form: actHref(p.ID, v.Rule.Name)}
		for _, dl := range v.Owes {
			x.Meets = append(x.Meets, dl.No)
		}
		x.Why = a.against(r, p, &judged, v)
		x.Possible = x.Why == nil
		j.Acts = append(j.Acts, x)
	}
	return wire.Write(w, r, j)
}

// against is what stands against an act; nil where nothing does.
func (a *api) against(r *web.Request, p *proceedings.Proceeding, judged *desk.Judged, v *procedure.Verdict) *reasonJSON {
	switch why := judged.Against(v); {
	case v.Refusal != nil:
		return &reasonJSON{Key: "refusal." + v.Refusal.Reason.String(), Text: r.Words.Refusal(p.Law, v.Refusal), Article: v.Refusal.Article}
	case why != nil:
		return &reasonJSON{Key: why.Key, Text: r.Told(p.Law, why), Article: why.Article, Policies: why.Policies}
	}
	return nil
}

// formJSON is the form of an act.
type formJSON struct {
	Law      string       `json:"law"`
	Edition  string       `json:"edition"`
	Act      wire.Named   `json:"act"`
	Hint     string       `json:"hint,omitempty"`
	Article  string       `json:"article"`
	By       []wire.Named `json:"by" doc:"Who may do it, by role."`
	Presence bool         `json:"presence"`
	Version  int64        `json:"version,omitempty" doc:"Of the proceeding, to be sent along."`
	Things   []choiceJSON `json:"things" doc:"The things that it can be done on; none where that is the proceeding itself."`
	Fields   []inputJSON  `json:"fields"`
	InName   []byJSON     `json:"in_name_of,omitempty" doc:"Of a system: in whose name it may be sent."`
	Why      *reasonJSON  `json:"why,omitempty" doc:"What stands against it now, on the thing that was asked about, whatever is filled in."`
	Schema   string       `json:"schema" doc:"The document that has the schema of what is sent."`
}

// inputJSON is one field of a form.
type inputJSON struct {
	wire.Named
	Type       string        `json:"type"`
	Needed     bool          `json:"needed"`
	NeededIf   bool          `json:"needed_if,omitempty" doc:"Whether it is needed depends on the other answers."`
	Article    string        `json:"article,omitempty"`
	Most       int           `json:"most,omitempty" doc:"The longest text, in letters."`
	Future     bool          `json:"future,omitempty" doc:"It may lie after now."`
	Currencies []string      `json:"currencies,omitempty"`
	Choices    []choiceJSON  `json:"choices,omitempty" doc:"What can be chosen: of an officer or an office the ids, of a thing the numbers."`
	Found      []foundByJSON `json:"found,omitempty" doc:"Where it asks for a judgement of the whole file: what the office finds by itself. It binds nobody."`
}

// foundByJSON is what a check of the law came to.
type foundByJSON struct {
	Rule    wire.Named `json:"rule"`
	Article string     `json:"article"`
	Holds   bool       `json:"holds"`
	Known   bool       `json:"known" doc:"Otherwise a fact that it needs was not given."`
}

// choiceJSON is something that can be chosen.
type choiceJSON struct {
	Value string `json:"value"`
	Text  string `json:"text"`
}

// form is the form of an act in a proceeding.
func (a *api) form(w http.ResponseWriter, r *web.Request) error {
	p, err := a.unlooked(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	e := p.Law.At(a.docket.Now())
	rule := e.Act(r.PathValue("act"))
	if rule == nil || rule.Opens || rule.OnlyByLink {
		return fault.New(fault.NotFound, "api.no_act", nil)
	}
	var thing int32
	if text := r.URL.Query().Get("thing"); text != "" {
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil || n < 0 || int(n) >= len(p.State.Things) {
			return wire.BadMember("thing", wire.NotWhole)
		}
		thing = int32(n)
	}
	if h := p.Hides(thing); h != nil {
		return h.Fault()
	}
	if err := a.looked(r, p, thing); err != nil {
		return err
	}
	j, err := a.formOf(r, e, rule, p, p.Office)
	if err != nil {
		return err
	}
	j.Version = p.Version
	for no := range p.State.Things {
		if t := &p.State.Things[no]; openapi.OnThing(rule) && t.Kind == rule.On && !t.Withheld() {
			j.Things = append(j.Things, choiceJSON{strconv.Itoa(no), r.Words.Thing(p.Law, &p.State, int32(no))})
		}
	}
	if systems.Of(r) == nil {
		if j.Why, err = a.beforehand(r, p, rule, thing); err != nil {
			return err
		}
	}
	return wire.Write(w, r, j)
}

// beforehand is what would be refused whatever is filled in; nil for nothing, or where the thing is still to be named.
func (a *api) beforehand(r *web.Request, p *proceedings.Proceeding, rule *procedure.ActRule, thing int32) (*reasonJSON, error) {
	if openapi.OnThing(rule) && thing == 0 {
		return nil, nil
	}
	judged, err := desk.Judge(r.Context(), a.docket.Reader, p, r.Actor(), a.docket.Now())
	if err != nil {
		return nil, err
	}
	for i := range judged.List {
		if v := &judged.List[i]; v.Rule == rule && v.Thing == thing {
			return a.against(r, p, &judged, v), nil
		}
	}
	return nil, nil
}

// openForm is the form of an act that opens a proceeding.
func (a *api) openForm(w http.ResponseWriter, r *web.Request) error {
	law := a.docket.Law(r.PathValue("country") + "/" + r.PathValue("procedure"))
	if law == nil {
		return fault.New(fault.NotFound, "law.none", nil)
	}
	e := law.At(a.docket.Now())
	rule := e.Act(r.PathValue("act"))
	if rule == nil || !rule.Opens || rule.OnlyByLink {
		return fault.New(fault.NotFound, "api.no_act", nil)
	}
	who := a.asActor(r)
	j, err := a.formOf(r, e, rule, nil, who.Office)
	if err != nil {
		return err
	}
	if systems.Of(r) == nil && !rule.Role(who.Role) {
		refusal := &procedure.Refusal{Reason: procedure.WrongRole, Act: rule.Name, Article: rule.Article, Roles: rule.By, Zone: e.Days.Zone()}
		j.Why = &reasonJSON{Key: "refusal." + refusal.Reason.String(), Text: r.Words.Refusal(law, refusal), Article: rule.Article}
	}
	return wire.Write(w, r, j)
}

// asActor is whoever asks as somebody of an office: of a system, nobody.
func (a *api) asActor(r *web.Request) access.Actor {
	if c := systems.Of(r); c != nil {
		return access.Actor{Office: c.Office}
	}
	return r.Actor()
}

// formOf is the form of an act, for a proceeding that an office has, or will have where p is nil.
func (a *api) formOf(r *web.Request, e *procedure.Edition, rule *procedure.ActRule, p *proceedings.Proceeding, office string) (*formJSON, error) {
	t, lb := r.Words, r.Words.Law(e.Law.Name)
	j := &formJSON{Law: e.Law.Name, Edition: e.Name, Act: wire.Named{Name: rule.Name, Label: lb.Act(rule.Name)}, Hint: lb.Hint(rule.Name), Article: rule.Article, Presence: rule.Presence, By: []wire.Named{}, Things: []choiceJSON{}, Fields: []inputJSON{},
		Schema: "/api/openapi/" + e.Law.Name + ".json"}
	for _, role := range rule.By {
		j.By = append(j.By, wire.Named{Name: role, Label: lb.Role(role)})
	}
	for _, f := range rule.Form {
		if f == nil {
			continue
		}
		v := inputJSON{Named: wire.Named{Name: f.Name, Label: lb.Field(rule.Name, f.Name)}, Type: f.Type.String(), Needed: !f.Optional && f.NeededIf == nil, NeededIf: f.NeededIf != nil, Article: f.Article, Future: f.Future, Currencies: f.Currencies}
		switch f.Type {
		case fact.Text, fact.Person:
			v.Most = openapi.Longest(f)
		case fact.Choice:
			for _, c := range f.Choices {
				v.Choices = append(v.Choices, choiceJSON{c, lb.Choice(rule.Name, f.Name, c)})
			}
		case fact.Officer, fact.Office:
			options, err := desk.Choices(r.Context(), a.docket, a.dir, t, a.asActor(r), office, e.Law, rule, f)
			if err != nil {
				return nil, err
			}
			for _, o := range options {
				v.Choices = append(v.Choices, choiceJSON{o.Value, o.Text})
			}
		}
		if p != nil {
			a.ofFile(r, e, rule, p, f, &v)
		}
		j.Fields = append(j.Fields, v)
	}
	if c := systems.Of(r); c != nil {
		var err error
		if j.InName, err = a.inName(r, c, e, rule, p); err != nil {
			return nil, err
		}
	}
	return j, nil
}

// inName are the officers in whose name a system may send an act: those of its office whose role the law gives it to.
func (a *api) inName(r *web.Request, c *client.Client, e *procedure.Edition, rule *procedure.ActRule, p *proceedings.Proceeding) (out []byJSON, err error) {
	resource := access.Resource{Law: e.Law.Name, Office: c.Office, Supervisor: a.dir.Tree().Supervisor(c.Office)}
	if p != nil {
		resource = p.Resource()
	}
	list, err := a.dir.Colleagues(r.Context(), c.Office, a.docket.Now())
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		by := byJSON{x.Officer.ID, x.Mandate.Role}
		if rule.Role(by.Role) && !slices.Contains(out, by) && a.docket.MayEnter(c.Subject(), resource, access.Entered{Act: rule.Name, Role: by.Role, Office: c.Office, Signed: rule.Presence}) == nil {
			out = append(out, by)
		}
	}
	return out, nil
}

// ofFile says of a field what follows from the file: which things it may name, and what the checks of its question came to.
func (a *api) ofFile(r *web.Request, e *procedure.Edition, rule *procedure.ActRule, p *proceedings.Proceeding, f *procedure.Field, v *inputJSON) {
	for _, no := range f.Nameable(&p.State) {
		v.Choices = append(v.Choices, choiceJSON{strconv.Itoa(int(no)), r.Words.Thing(p.Law, &p.State, no)})
	}
	if f.Question == nil || systems.Of(r) != nil {
		return
	}
	who, now := r.Actor(), a.docket.Now()
	for _, x := range e.Findings(&p.State, rule, f.Question, procedure.Act{Done: now, Recorded: now, Officer: who.Officer, Role: who.Role, Office: who.Office}) {
		v.Found = append(v.Found, foundByJSON{wire.Named{Name: x.Check.Rule, Label: r.Words.Law(p.Law.Name).Rule(x.Check.Rule)}, x.Check.Article, x.Holds, x.Known})
	}
}

// openingJSON is an act by which whoever asks can open a proceeding.
type openingJSON struct {
	Law  string     `json:"law"`
	Act  wire.Named `json:"act"`
	Form string     `json:"form"`
}

// openingsJSON are all of them, in the order of the laws.
type openingsJSON struct {
	Openings []openingJSON `json:"openings"`
}

func (a *api) openings(w http.ResponseWriter, r *web.Request) error {
	j := openingsJSON{Openings: []openingJSON{}}
	for _, name := range a.docket.Laws() {
		for _, rule := range a.docket.Law(name).At(a.docket.Now()).Acts {
			if rule == nil || !rule.Opens || rule.OnlyByLink || !rule.Role(r.Actor().Role) {
				continue
			}
			country, law, _ := strings.Cut(name, "/")
			j.Openings = append(j.Openings, openingJSON{name, wire.Named{Name: rule.Name, Label: r.Words.Law(name).Act(rule.Name)},
				strings.NewReplacer("{country}", country, "{procedure}", law, "{act}", rule.Name).Replace(openapi.OpenPath)})
		}
	}
	return wire.Write(w, r, j)
}

// linksJSON are the acts by which a proceeding is connected with others, the newest first.
type linksJSON struct {
	Proceeding string       `json:"proceeding"`
	Links      []linkedJSON `json:"links"`
}

func (a *api) links(w http.ResponseWriter, r *web.Request) error {
	p, err := a.read(r)
	if err != nil {
		return err
	}
	list, err := a.docket.Links(r.Context(), r.Actor(), p, mostLinks)
	if err != nil {
		return err
	}
	return wire.Write(w, r, linksJSON{p.ID, linksOf(r.Words, slices.Clip(list))})
}
