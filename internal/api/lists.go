package api

import (
	"nazorat/internal/api/systems"
	"nazorat/internal/api/wire"
	"net/http"

	"nazorat/internal/calendar"
	"nazorat/internal/desk"
	"nazorat/internal/fault"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
)

// listedJSON is a proceeding in a list.
type listedJSON struct {
	ID       string      `json:"id"`
	Number   string      `json:"number"`
	Law      string      `json:"law"`
	Title    string      `json:"title"`
	State    wire.Named  `json:"state"`
	Office   wire.Office `json:"office"`
	InCharge string      `json:"in_charge,omitempty" doc:"The name of the officer in charge."`
	Opened   string      `json:"opened" is:"date-time"`
	Changed  string      `json:"changed" is:"date-time"`
	NextDue  *string     `json:"next_due" is:"date-time" doc:"The earliest end of what is owed in it, as far as whoever asks sees it."`
}

// listJSON is a page of proceedings, the newest first.
type listJSON struct {
	Proceedings []listedJSON `json:"proceedings"`
	wire.Page
}

func behindOf(r *web.Request) (b proceedings.Behind, err error) {
	c, err := wire.CursorOf(r, 2)
	if err != nil || c == nil {
		return b, err
	}
	b = proceedings.Behind{Opened: calendar.Moment(c.Whole(0)), ID: c.Text(1)}
	return b, c.Bad()
}

// list answers with a page of a list that was read for whoever asks, one row more than a page has.
func (a *api) list(w http.ResponseWriter, r *web.Request, about string, list []proceedings.Listed) error {
	if err := r.LookedAtList(about, min(len(list), wire.MostListed)); err != nil {
		return err
	}
	j := listJSON{Proceedings: []listedJSON{}}
	if len(list) > wire.MostListed {
		list = list[:wire.MostListed]
		last := &list[len(list)-1]
		j.Next = wire.Cursor(int64(last.Opened), last.ID)
	}
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].InCharge
	}
	names, err := a.dir.Names(r.Context(), ids)
	if err != nil {
		return err
	}
	for i := range list {
		l := &list[i]
		zone := a.docket.Zone()
		v := listedJSON{ID: l.ID, Number: l.Number, Law: l.Law, Title: r.Words.Name(l.Title), State: wire.Named{Name: l.RootState, Label: l.RootState}, Office: a.office(r.Words, l.Office),
			InCharge: r.Words.Name(names[l.InCharge]), Opened: wire.Moment(zone, l.Opened), Changed: wire.Moment(zone, l.Changed), NextDue: wire.MomentOr(zone, l.NextDue)}
		if law := a.docket.Law(l.Law); law != nil {
			v.State.Label = r.Words.Law(l.Law).State(law.KindName(0), l.RootState)
		}
		j.Proceedings = append(j.Proceedings, v)
	}
	return wire.Write(w, r, j)
}

// cases are the proceedings that the officer is in charge of, or a party to.
func (a *api) cases(w http.ResponseWriter, r *web.Request) error {
	behind, err := behindOf(r)
	if err != nil {
		return err
	}
	read := a.docket.InCharge
	if desk.IsParty(a.docket.Reader, r.Actor().Role) {
		read = a.docket.AsParty
	}
	list, err := read(r.Context(), r.Actor(), behind, wire.MostListed+1)
	if err != nil {
		return err
	}
	return a.list(w, r, "", list)
}

// foundJSON is where a number leads.
type foundJSON struct {
	ID  string `json:"id"`
	URL string `json:"url"`
}

// find leads to the proceeding of a number, for whoever may read it.
func (a *api) find(w http.ResponseWriter, r *web.Request) error {
	number := r.URL.Query().Get("number")
	if number == "" || len(number) > 100 {
		return wire.BadMember("number", "field.missing")
	}
	var id string
	var err error
	if c := systems.Of(r); c != nil {
		if id, err = a.docket.NumberFor(r.Context(), c.Subject(), number); err != nil {
			return err
		}
		if _, err := a.readFor(r, id); err != nil { // that it was led there is on record as that it was told of it
			return err
		}
	} else {
		id, err = a.docket.ByNumber(r.Context(), r.Actor(), number)
		if err == nil || fault.Is(err, fault.NotFound) {
			if err := r.LookedFor(number, id, 0); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
	}
	return wire.Write(w, r, foundJSON{id, "/api/v1/proceedings/" + id})
}

// officeCases are the proceedings that an office has or supervises.
func (a *api) officeCases(w http.ResponseWriter, r *web.Request) error {
	behind, err := behindOf(r)
	if err != nil {
		return err
	}
	office := r.PathValue("office")
	list, err := a.docket.OfOffice(r.Context(), r.Actor(), office, behind, wire.MostListed+1)
	if err != nil {
		return err
	}
	return a.list(w, r, office, list)
}

// lineJSON is a line of a board.
type lineJSON struct {
	Office  wire.Office `json:"office"`
	Release int         `json:"release" doc:"Of what is overdue: persons who must be set free."`
	Overdue int         `json:"overdue"`
	Soon    int         `json:"soon" doc:"What ends within three days."`
	Open    int         `json:"open" doc:"Proceedings that have not come to an end."`
	States  []stageJSON `json:"states" doc:"How many proceedings stand where; those that are nowhere are left out."`
}

type stageJSON struct {
	Law   string     `json:"law"`
	State wire.Named `json:"state"`
	Count int        `json:"count"`
	Final bool       `json:"final"`
}

// boardJSON is what an office has: in all, by the offices below it or that it supervises, and what is overdue.
type boardJSON struct {
	Office lineJSON   `json:"office"`
	Below  []lineJSON `json:"below"`
	AsOf   string     `json:"as_of" is:"date-time"`
	Late   []owedJSON `json:"late" doc:"What is overdue the longest."`
}

// mostLate is how many overdue duties a board names.
const mostLate = 15

func (a *api) board(w http.ResponseWriter, r *web.Request) error {
	o := a.dir.Tree().Office(r.PathValue("office"))
	if o == nil || !a.docket.MayList(r.Actor(), o.ID) {
		return fault.New(fault.NotFound, "office.none", nil)
	}
	f, err := a.boards.Of(r.Context(), r.Actor(), o.ID)
	if err != nil {
		return err
	}
	late, err := a.docket.OverdueOf(r.Context(), r.Actor(), o.ID, a.docket.Now(), wire.MostListed)
	if err != nil {
		return err
	}
	late = desk.Overdue(a.docket.Reader, late)
	late = late[:min(len(late), mostLate)]
	if err := r.LookedAtList(o.ID, len(late)); err != nil {
		return err
	}
	_, _, final := desk.Stages(a.docket.Reader, r.Words)
	j := boardJSON{Office: a.line(r.Words, o.ID, f.Own, final), Below: []lineJSON{}, AsOf: wire.Moment(a.docket.Zone(), f.At)}
	for _, c := range f.Below {
		j.Below = append(j.Below, a.line(r.Words, c.Office, c, final))
	}
	if j.Late, err = a.owedList(r, late); err != nil {
		return err
	}
	return wire.Write(w, r, j)
}

func (a *api) line(t *web.Words, office string, c proceedings.Counts, final map[string]bool) lineJSON {
	j := lineJSON{Office: a.office(t, office), Release: c.Release, Overdue: c.Overdue, Soon: c.Soon, Open: desk.StillOpen(c, final), States: []stageJSON{}}
	for _, name := range a.docket.Laws() {
		law := a.docket.Law(name)
		root := law.At(a.docket.Now()).Kinds[0]
		for _, s := range root.States {
			state := law.StateName(0, s)
			if n := c.States[name+" "+state]; n > 0 {
				j.States = append(j.States, stageJSON{name, wire.Named{Name: state, Label: t.Law(name).State(root.Name, state)}, n, root.Final[s]})
			}
		}
	}
	return j
}
