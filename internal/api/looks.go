package api

import (
	"nazorat/internal/api/wire"
	"net/http"

	"nazorat/internal/calendar"
	"nazorat/internal/look"
	"nazorat/internal/looked"
	"nazorat/internal/web"
)

// lookJSON is one look at personal data.
type lookJSON struct {
	At         string       `json:"at" is:"date-time"`
	Kind       string       `json:"kind" doc:"view, list, search, download, ..."`
	Page       string       `json:"page" doc:"The pattern of the address."`
	By         *officerJSON `json:"by" doc:"Who looked; of a system its id, with the role client."`
	InNameOf   *officerJSON `json:"in_name_of,omitempty" doc:"The officer in whose name a system looked, when it sent an act for him."`
	Proceeding string       `json:"proceeding,omitempty" doc:"Its number."`
	Thing      int32        `json:"thing,omitempty"`
	About      string       `json:"about,omitempty" doc:"Of a list the office, of a search what was typed, of an officer's looks the officer."`
	Shown      int64        `json:"shown,omitempty" doc:"How many rows a list had."`
	Basis      string       `json:"basis" doc:"Why he was let look: own, purpose, emergency."`
	Purpose    string       `json:"purpose,omitempty"`
	Serves     string       `json:"serves,omitempty" doc:"The number of the proceeding that the purpose serves."`
	Why        string       `json:"why,omitempty" doc:"In his words."`
}

// looksJSON is a page of looks, the newest first.
type looksJSON struct {
	Looks []lookJSON `json:"looks"`
	wire.Page
}

func lookAfter(r *web.Request) (after look.After, err error) {
	c, err := wire.CursorOf(r, 3)
	if err != nil || c == nil {
		return after, err
	}
	after = look.After{At: calendar.Moment(c.Whole(0)), Leaf: c.Whole(1), N: c.Whole(2)}
	return after, c.Bad()
}

// whoLooked is who looked at a proceeding.
func (a *api) whoLooked(w http.ResponseWriter, r *web.Request) error {
	after, err := lookAfter(r)
	if err != nil {
		return err
	}
	p, err := a.docket.Proceeding(r.Context(), r.Actor(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := looked.MaySee(r, p); err != nil {
		return err
	}
	r.FlushLooks()
	list, err := a.looks.Of(r.Context(), p.ID, after, wire.MostListed+1)
	if err != nil {
		return err
	}
	if err := r.LookedWho(p.ID, "", min(len(list), wire.MostListed)); err != nil {
		return err
	}
	return a.looksList(w, r, list)
}

// lookedAt is what an officer looked at.
func (a *api) lookedAt(w http.ResponseWriter, r *web.Request) error {
	after, err := lookAfter(r)
	if err != nil {
		return err
	}
	officer := r.PathValue("officer")
	if err := looked.MayWatch(r, officer); err != nil {
		return err
	}
	r.FlushLooks()
	list, err := a.looks.By(r.Context(), officer, after, wire.MostListed+1)
	if err != nil {
		return err
	}
	if err := r.LookedWho("", officer, min(len(list), wire.MostListed)); err != nil {
		return err
	}
	return a.looksList(w, r, list)
}

func (a *api) looksList(w http.ResponseWriter, r *web.Request, list []look.Past) error {
	j := looksJSON{Looks: []lookJSON{}}
	if len(list) > wire.MostListed {
		list = list[:wire.MostListed]
		last := &list[len(list)-1]
		j.Next = wire.Cursor(int64(last.At), last.Leaf, last.N)
	}
	var officers, cases []string
	for i := range list {
		officers = append(officers, list[i].Officer, look.InNameOf(&list[i].Look))
		cases = append(cases, list[i].Proceeding, list[i].Serves)
	}
	names, err := a.dir.Names(r.Context(), officers)
	if err != nil {
		return err
	}
	numbers, err := a.docket.Numbers(r.Context(), cases)
	if err != nil {
		return err
	}
	t := r.Words
	for i := range list {
		x := &list[i]
		j.Looks = append(j.Looks, lookJSON{At: wire.Moment(a.docket.Zone(), x.At), Kind: x.Kind, Page: x.Page, Proceeding: numbers[x.Proceeding], Thing: x.Thing, About: about(x), Shown: x.Shown, Basis: x.Basis, Purpose: x.Purpose, Serves: numbers[x.Serves], Why: x.Why,
			By: &officerJSON{ID: x.Officer, Name: t.Name(names[x.Officer]), Role: &wire.Named{Name: x.Role, Label: t.Role(x.Role)}, Office: x.Office}})
		if who := look.InNameOf(&x.Look); who != "" {
			j.Looks[i].InNameOf = &officerJSON{ID: who, Name: t.Name(names[who])}
		}
	}
	return wire.Write(w, r, j)
}

// about is what a list, a search or a look at an officer was about. Which sheet of a file somebody opened is not told, as on the pages: what counsel reads is his own.
func about(x *look.Past) string {
	if x.Kind == look.View && x.Proceeding != "" {
		return ""
	}
	return x.About
}
