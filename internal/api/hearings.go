package api

import (
	"nazorat/internal/api/wire"
	"net/http"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/hearing"
	"nazorat/internal/web"
)

// hearingJSON is what is held in a proceeding.
type hearingJSON struct {
	At         string      `json:"at" is:"date-time"`
	Ends       string      `json:"ends" is:"date-time" doc:"As it is reckoned by the law."`
	Proceeding string      `json:"proceeding" doc:"Its id."`
	Number     string      `json:"number"`
	Title      string      `json:"title"`
	Law        string      `json:"law"`
	State      wire.Named  `json:"state" doc:"Of the proceeding."`
	Act        wire.Named  `json:"act" doc:"That appointed it."`
	Officer    officerJSON `json:"officer" doc:"Who holds it."`
	Clash      bool        `json:"clash" doc:"He holds another at that time."`
}

// hearingsJSON is the calendar of an office, the earliest first.
type hearingsJSON struct {
	Office   wire.Office   `json:"office"`
	From     string        `json:"from" is:"date"`
	To       string        `json:"to" is:"date" doc:"The last day, a week from the first."`
	Hearings []hearingJSON `json:"hearings" doc:"Those in proceedings that whoever asks may read."`
	More     bool          `json:"more" doc:"There are more than are told: ask for each officer by himself."`
}

// schedule is what is held at an office in a week.
func (a *api) schedule(w http.ResponseWriter, r *web.Request) error {
	o := a.dir.Tree().Office(r.PathValue("office"))
	if o == nil || !a.docket.MayList(r.Actor(), o.ID) {
		return fault.New(fault.NotFound, "office.none", nil)
	}
	zone := a.docket.Zone()
	first := zone.Date(a.docket.Now())
	if text := r.URL.Query().Get("from"); text != "" {
		v, key := fact.Parse(fact.Date, text, zone)
		if key != "" {
			return wire.BadMember("from", key)
		}
		first = calendar.Date(v.Num)
	}
	list, err := a.hearings.Of(r.Context(), r.Actor(), o.ID, r.URL.Query().Get("officer"), zone.Moment(first, 0), zone.Moment(first+hearing.Days, 0), hearing.Most+1)
	if err != nil {
		return err
	}
	j := hearingsJSON{Office: a.office(r.Words, o.ID), From: first.String(), To: (first + hearing.Days - 1).String(), Hearings: []hearingJSON{}, More: len(list) > hearing.Most}
	list = list[:min(len(list), hearing.Most)]
	if err := r.LookedAtList(o.ID, len(list)); err != nil {
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
	t := r.Words
	for i := range list {
		h := &list[i]
		lb, law := t.Law(h.Law), a.docket.Law(h.Law)
		v := hearingJSON{At: wire.Moment(zone, h.At), Ends: wire.Moment(zone, h.Ends), Proceeding: h.Proceeding, Number: h.Number, Title: t.Name(h.Title), Law: h.Law,
			State: wire.Named{Name: h.State, Label: h.State}, Act: wire.Named{Name: h.Act, Label: lb.Act(h.Act)}, Officer: officerJSON{ID: h.Officer, Name: t.Name(names[h.Officer])}, Clash: h.Clash}
		if law != nil {
			v.State.Label = lb.State(law.KindName(0), h.State)
		}
		j.Hearings = append(j.Hearings, v)
	}
	return wire.Write(w, r, j)
}
