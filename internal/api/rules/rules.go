// Package rules tells laws as JSON: which can be read, their editions, all rules of one. They are anybody's to read.
package rules

import (
	"nazorat/internal/api/wire"
	"net/http"

	"nazorat/internal/calendar"
	"nazorat/internal/docket"
	"nazorat/internal/explain"
	"nazorat/internal/fault"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
)

// Room answers.
type Room struct {
	docket *docket.Docket
	laws   []*procedure.Law
}

// New answers of the laws that can be read, in their order. The docket knows which of them are applied, and the time.
func New(d *docket.Docket, laws []*procedure.Law) *Room {
	return &Room{docket: d, laws: laws}
}

// lawJSON is a law as lists show it.
type lawJSON struct {
	Name     string        `json:"name"`
	Label    string        `json:"label"`
	Applied  bool          `json:"applied"`  // the office works by it; else it is there to be read
	InForce  string        `json:"in_force"` // the edition that governs acts done now
	Editions []editionLink `json:"editions"`
}

// LawsJSON is the answer with all laws.
type LawsJSON struct {
	Laws []lawJSON `json:"laws"`
}

type editionLink struct {
	Name    string `json:"name"`
	InForce string `json:"in_force"`
	Acts    int    `json:"acts"`
	Terms   int    `json:"terms"`
	URL     string `json:"url"`
}

type citeJSON struct {
	Short string `json:"short"`
	Title string `json:"title"`
}

type LawFull struct {
	lawJSON
	Cites []citeJSON `json:"cites"`
}

func (ro *Room) lawForm(t *web.Words, law *procedure.Law) lawJSON {
	j := lawJSON{Name: law.Name, Label: t.Law(law.Name).Law, Applied: ro.docket.Law(law.Name) != nil, InForce: law.At(ro.docket.Now()).Name, Editions: []editionLink{}}
	for _, e := range law.Editions {
		j.Editions = append(j.Editions, editionLink{Name: e.Name, InForce: e.InForce.String(), Acts: len(e.ActNames()), Terms: len(e.TermNames()), URL: "/api/v1/laws/" + law.Name + "/" + e.Name})
	}
	return j
}

func (ro *Room) List(w http.ResponseWriter, r *web.Request) error {
	out := LawsJSON{[]lawJSON{}}
	for _, law := range ro.laws {
		out.Laws = append(out.Laws, ro.lawForm(r.Words, law))
	}
	return wire.Write(w, r, out)
}

// lawNamed is the law that the address names.
func (ro *Room) lawNamed(r *web.Request) (*procedure.Law, error) {
	name := r.PathValue("country") + "/" + r.PathValue("procedure")
	for _, law := range ro.laws {
		if law.Name == name {
			return law, nil
		}
	}
	return nil, fault.New(fault.NotFound, "law.none", nil)
}

func (ro *Room) Law(w http.ResponseWriter, r *web.Request) error {
	law, err := ro.lawNamed(r)
	if err != nil {
		return err
	}
	return wire.Write(w, r, LawFull{ro.lawForm(r.Words, law), cites(r.Words, law.At(ro.docket.Now()))})
}

func cites(t *web.Words, e *procedure.Edition) []citeJSON {
	out := []citeJSON{}
	lb := t.Law(e.Law.Name)
	for _, c := range e.Cites {
		out = append(out, citeJSON{c.Short, explain.Title(lb, c)})
	}
	return out
}

// EditionJSON is all rules of an edition.
type EditionJSON struct {
	Law        string         `json:"law"`
	Edition    string         `json:"edition"`
	InForce    string         `json:"in_force"`
	Label      string         `json:"label"`
	Cites      []citeJSON     `json:"cites"`
	Kinds      []kindJSON     `json:"kinds"`
	Acts       []actJSON      `json:"acts"`
	Terms      []termJSON     `json:"terms"`
	Questions  []questionJSON `json:"questions"`
	Transition transitionJSON `json:"transition"`
}

type kindJSON struct {
	wire.Named
	Of     string      `json:"of,omitempty"`
	States []stateJSON `json:"states"`
}

type stateJSON struct {
	wire.Named
	Final bool `json:"final"`
}

type actJSON struct {
	wire.Named
	Article    string      `json:"article"`
	Confidence string      `json:"confidence"` // "" where no mark is given
	By         []string    `json:"by"`
	Presence   bool        `json:"presence"`
	Opens      bool        `json:"opens"`
	On         string      `json:"on"`
	From       []string    `json:"from"`
	To         string      `json:"to,omitempty"`
	Adds       string      `json:"adds,omitempty"`
	Copies     []string    `json:"copies"`
	Links      []linkJSON  `json:"links"`
	Form       []fieldJSON `json:"form"`
	Conditions []ruleJSON  `json:"conditions"`
	Starts     []string    `json:"starts"`
	Meets      []string    `json:"meets"`
	Extends    []string    `json:"extends"`
}

type linkJSON struct {
	Law string `json:"law"`
	Act string `json:"act"`
}

type fieldJSON struct {
	wire.Named
	Type     string       `json:"type"`
	Optional bool         `json:"optional"`
	Choices  []wire.Named `json:"choices,omitempty"`
}

type ruleJSON struct {
	wire.Named
	Article string `json:"article"`
}

type termJSON struct {
	wire.Named
	Article    string          `json:"article"`
	Confidence string          `json:"confidence"`
	Within     string          `json:"within,omitempty"`        // as the law writes it: "10d"; of a given end the longest allowed
	Withins    []lengthJSON    `json:"within_by_act,omitempty"` // where it depends on the act that starts it
	AtOnce     bool            `json:"at_once"`
	Given      bool            `json:"given"` // its end is stated in a form
	Before     *hangsJSON      `json:"before,omitempty"`
	After      *hangsJSON      `json:"after,omitempty"`
	Counts     string          `json:"counts"`
	Rolls      string          `json:"rolls"`
	Ends       string          `json:"ends"`
	Questions  []string        `json:"questions"` // the open questions on which its counting hangs
	Per        string          `json:"per"`
	OwedBy     string          `json:"owed_by,omitempty"`
	StartedBy  []string        `json:"started_by"`
	MetBy      []string        `json:"met_by"`
	EndedBy    []string        `json:"ended_by"`
	ExtendedBy []extensionJSON `json:"extended_by"`
	StoppedBy  []string        `json:"stopped_by"`
	ResumedBy  []string        `json:"resumed_by"`
	Bars       []string        `json:"bars"` // acts that must wait for its end
	Repeats    bool            `json:"repeats"`
	Sums       string          `json:"sums,omitempty"`
	Share      string          `json:"share,omitempty"`
	Credits    []creditJSON    `json:"credits,omitempty"`
	Breach     breachJSON      `json:"breach"`
}

type creditJSON struct {
	Kind    string `json:"kind"`
	State   string `json:"state"`
	Days    string `json:"days"`
	Article string `json:"article"`
}

type hangsJSON struct {
	Term string `json:"term"`
	By   string `json:"by,omitempty"`
}

type lengthJSON struct {
	Act    string `json:"act"`
	Within string `json:"within"`
}

type extensionJSON struct {
	Act     string `json:"act"`
	To      string `json:"to,omitempty"`
	Add     string `json:"add,omitempty"`
	Times   int    `json:"times,omitempty"`
	Until   bool   `json:"until"` // to a moment stated in the act
	Article string `json:"article"`
}

type breachJSON struct {
	Does        string     `json:"does"`
	LateRefused bool       `json:"late_refused"`
	Steps       []stepJSON `json:"steps"`
}

type stepJSON struct {
	After string   `json:"after"`
	Does  string   `json:"does"`
	To    []string `json:"to"`
}

type questionJSON struct {
	Name    string   `json:"name"`
	Asks    string   `json:"asks"`
	Article string   `json:"article"`
	Choices []string `json:"choices"`
	Default string   `json:"default"`
	Chosen  string   `json:"chosen"`
}

type transitionJSON struct {
	Recount []string     `json:"recount"`
	End     []string     `json:"end"`
	States  []changeJSON `json:"states"`
}

type changeJSON struct {
	Kind string `json:"kind"`
	From string `json:"from"`
	To   string `json:"to"`
}

func transitionForm(e *procedure.Edition) transitionJSON {
	j := transitionJSON{Recount: []string{}, End: []string{}, States: []changeJSON{}}
	for _, id := range e.Transition.Recount {
		j.Recount = append(j.Recount, e.Law.TermName(id))
	}
	for _, id := range e.Transition.End {
		j.End = append(j.End, e.Law.TermName(id))
	}
	for _, k := range e.Kinds {
		if k == nil {
			continue
		}
		for _, c := range e.Transition.States[k.ID] {
			j.States = append(j.States, changeJSON{k.Name, e.Law.StateName(k.ID, c.From), e.Law.StateName(k.ID, c.To)})
		}
	}
	return j
}

func (ro *Room) Edition(w http.ResponseWriter, r *web.Request) error {
	law, err := ro.lawNamed(r)
	if err != nil {
		return err
	}
	e := law.Edition(r.PathValue("edition"))
	if e == nil {
		return fault.New(fault.NotFound, "law.no_edition", nil)
	}
	return wire.Write(w, r, editionForm(r.Words, e))
}

func editionForm(t *web.Words, e *procedure.Edition) EditionJSON {
	lb := t.Law(e.Law.Name)
	j := EditionJSON{Law: e.Law.Name, Edition: e.Name, InForce: e.InForce.String(), Label: lb.Law, Cites: cites(t, e), Kinds: []kindJSON{}, Acts: []actJSON{}, Terms: []termJSON{},
		Questions: []questionJSON{}, Transition: transitionForm(e)}
	for _, k := range e.Kinds {
		if k == nil {
			continue
		}
		v := kindJSON{Named: wire.Named{Name: k.Name, Label: lb.Kind(k.Name)}, States: []stateJSON{}}
		if k.Of != procedure.None {
			v.Of = e.Law.KindName(k.Of)
		}
		for _, s := range k.States {
			name := e.Law.StateName(k.ID, s)
			v.States = append(v.States, stateJSON{wire.Named{Name: name, Label: lb.State(k.Name, name)}, int(s) < len(k.Final) && k.Final[s]})
		}
		j.Kinds = append(j.Kinds, v)
	}
	for _, r := range e.Acts {
		if r != nil {
			j.Acts = append(j.Acts, actForm(lb, e, r))
		}
	}
	for _, x := range e.Terms {
		if x != nil {
			j.Terms = append(j.Terms, termForm(lb, e, x))
		}
	}
	for _, s := range e.Switches {
		j.Questions = append(j.Questions, questionJSON{s.Name, explain.Asked(lb, &s), s.Article, wire.None(s.Choices), s.Default, s.Chosen})
	}
	return j
}

func actForm(lb *procedure.Labels, e *procedure.Edition, r *procedure.ActRule) actJSON {
	j := actJSON{Named: wire.Named{Name: r.Name, Label: lb.Act(r.Name)}, Article: r.Article, Confidence: r.Confidence, By: wire.None(r.By), Presence: r.Presence, Opens: r.Opens, On: e.Law.KindName(r.On),
		From: []string{}, Copies: wire.None(r.Copies), Links: []linkJSON{}, Form: []fieldJSON{}, Conditions: []ruleJSON{}, Starts: termNames(r.Starts()), Meets: termNames(r.Meets()), Extends: termNames(r.Extends())}
	for _, s := range r.From {
		j.From = append(j.From, e.Law.StateName(r.On, s))
	}
	j.To = e.Law.StateName(r.On, r.To)
	if r.Adds != procedure.None {
		j.Adds = e.Law.KindName(r.Adds)
	}
	for _, l := range r.Links {
		j.Links = append(j.Links, linkJSON{l.Procedure, l.Act})
	}
	for _, f := range r.Form {
		if f == nil {
			continue
		}
		v := fieldJSON{Named: wire.Named{Name: f.Name, Label: lb.Field(r.Name, f.Name)}, Type: f.Type.String(), Optional: f.Optional}
		for _, c := range f.Choices {
			v.Choices = append(v.Choices, wire.Named{Name: c, Label: lb.Choice(r.Name, f.Name, c)})
		}
		j.Form = append(j.Form, v)
	}
	for _, c := range r.When {
		j.Conditions = append(j.Conditions, ruleJSON{wire.Named{Name: c.Rule, Label: lb.Rule(c.Rule)}, c.Article})
	}
	return j
}

func termNames(terms []*procedure.Term) []string {
	out := []string{}
	for _, x := range terms {
		out = append(out, x.Name)
	}
	return out
}

// The words of the language for the ways of counting, by their numbers.
var (
	counting = [...]string{calendar.FromNext: "from_next", calendar.FromMoment: "from_moment", calendar.FromDay: "from_day"}
	rolling  = [...]string{calendar.RollNever: "never", calendar.RollNext: "next_working_day", calendar.RollPrevious: "previous_working_day"}
	closing  = [...]string{calendar.Midnight: "midnight", calendar.CloseOfBusiness: "close_of_business"}
)

func termForm(lb *procedure.Labels, e *procedure.Edition, x *procedure.Term) termJSON {
	acts := func(ids []procedure.ActID) []string {
		out := []string{}
		for _, id := range ids {
			out = append(out, e.Law.ActName(id))
		}
		return out
	}
	j := termJSON{Named: wire.Named{Name: x.Name, Label: lb.Term(x.Name)}, Article: x.Article, Confidence: x.Confidence, AtOnce: x.AtOnce, Given: x.Until != nil || x.Lengths != nil,
		Counts: counting[x.Rule.Counts], Rolls: rolling[x.Rule.Rolls], Ends: closing[x.Rule.Ends], Questions: wire.None(x.Switches), Per: e.Law.KindName(x.Per), OwedBy: x.OwedBy,
		StartedBy: acts(x.StartedBy), MetBy: acts(x.MetBy), EndedBy: acts(x.EndedBy), StoppedBy: acts(x.StoppedBy), ResumedBy: acts(x.ResumedBy), Bars: acts(x.Bars),
		ExtendedBy: []extensionJSON{}, Repeats: x.Repeats, Breach: breachJSON{x.Breach.String(), x.LateRefuse, []stepJSON{}}}
	if !x.AtOnce {
		j.Within = x.Within.String()
	}
	for id, p := range x.Withins {
		if !p.IsZero() {
			j.Withins = append(j.Withins, lengthJSON{e.Law.ActName(procedure.ActID(id)), p.String()})
		}
	}
	if x.Before != procedure.None {
		j.Before = &hangsJSON{e.Law.TermName(x.Before), x.By.String()}
	}
	if x.After != procedure.None {
		j.After = &hangsJSON{Term: e.Law.TermName(x.After)}
	}
	if x.Sums != procedure.None {
		j.Sums = e.Law.KindName(x.Sums)
	}
	if x.Share.Den > 0 {
		j.Share = x.Share.String()
	}
	for i := range x.Credits {
		c := &x.Credits[i]
		for s, r := range c.Ratios {
			if r.Den > 0 {
				j.Credits = append(j.Credits, creditJSON{e.Law.KindName(c.Kind), e.Law.StateName(c.Kind, procedure.StateID(s)), r.String(), c.Article})
			}
		}
	}
	for _, ext := range x.Extended {
		j.ExtendedBy = append(j.ExtendedBy, extensionJSON{e.Law.ActName(ext.Act), ext.To.String(), ext.Add.String(), ext.Times, ext.Until != nil, ext.Article})
	}
	for _, s := range x.Steps {
		does := "tell"
		if s.Escalate {
			does = "escalate"
		}
		j.Breach.Steps = append(j.Breach.Steps, stepJSON{s.After.String(), does, wire.None(s.To)})
	}
	return j
}
