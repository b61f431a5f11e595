package api

import (
	"net/http"

	"nazorat/internal/calendar"
	"nazorat/internal/directory"
	"nazorat/internal/service"
	"nazorat/internal/web"
)

// The directory as pages show it to administrators. What changes it is an act, sent as every act is.

// staffRoom answers.
type staffRoom struct {
	dir  *directory.Directory
	zone *calendar.Zone
}

// newStaffRoom answers of the directory, with moments in a zone.
func newStaffRoom(dir *directory.Directory, zone *calendar.Zone) *staffRoom {
	return &staffRoom{dir: dir, zone: zone}
}

// unitJSON is an office in the directory.
type unitJSON struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Code       string `json:"code" doc:"Short, in the numbers of proceedings."`
	Kind       string `json:"kind"`
	Place      string `json:"place" doc:"Its SOATO code."`
	Above      string `json:"above,omitempty" doc:"The id of the office above it."`
	Supervisor string `json:"supervisor,omitempty" doc:"The id of the office that supervises it."`
	Closed     string `json:"closed,omitempty" is:"date-time"`
}

// unitsJSON are offices, those above before those below.
type unitsJSON struct {
	Offices []unitJSON `json:"offices"`
}

// mandateJSON is a mandate of an officer.
type mandateJSON struct {
	ID      string `json:"id"`
	Officer string `json:"officer" doc:"The id."`
	Name    string `json:"name"`
	Login   string `json:"login"`
	Role    named  `json:"role"`
	Office  string `json:"office" doc:"Its id."`
	From    string `json:"from" is:"date-time"`
	To      string `json:"to,omitempty" is:"date-time"`
	Manner  string `json:"manner,omitempty" doc:"How he has it: appointment, substitution, delegation."`
	Instead string `json:"instead,omitempty" doc:"Of a substitution who is away, of a delegation who gave it."`
	Order   string `json:"order,omitempty"`
	Away    string `json:"away,omitempty" is:"date-time" doc:"Until when he is on leave now."`
}

// unitFullJSON is an office with those who serve in it.
type unitFullJSON struct {
	unitJSON
	Mandates []mandateJSON    `json:"mandates"`
	Roles    []competenceJSON `json:"roles" doc:"Which offices have a role for it."`
}

// competenceJSON is an office that has a role for another.
type competenceJSON struct {
	Role    named  `json:"role"`
	Office  string `json:"office" doc:"Its id."`
	Derived bool   `json:"derived" doc:"It follows from place and kind, and was not laid down."`
}

// personJSON is an officer in the directory.
type personJSON struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Login    string        `json:"login"`
	File     string        `json:"file,omitempty" doc:"The id of the proceeding that is his file."`
	Mandates []mandateJSON `json:"mandates" doc:"All that he ever had, the newest first, and those that others have in his place."`
	Leave    []leaveJSON   `json:"leave"`
}

type leaveJSON struct {
	From       string `json:"from" is:"date-time"`
	To         string `json:"to" is:"date-time"`
	Order      string `json:"order,omitempty"`
	Substitute string `json:"substitute,omitempty" doc:"The id of who stands in for him."`
}

// soughtJSON are officers whom a search found.
type soughtJSON struct {
	Officers []soughtOfficerJSON `json:"officers"`
}

type soughtOfficerJSON struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Login  string `json:"login"`
	Role   named  `json:"role"`
	Office string `json:"office"`
}

func (a *staffRoom) unit(t *web.Words, o *directory.Office) unitJSON {
	j := unitJSON{ID: o.ID, Name: t.Office(o), Code: o.Code, Kind: o.Kind, Place: o.Place, Above: o.Parent}
	if by := a.dir.Tree().Supervisor(o.ID); by != o.ID {
		j.Supervisor = by
	}
	if o.Closed != 0 {
		j.Closed = moment(a.zone, o.Closed)
	}
	return j
}

func (a *staffRoom) mandates(t *web.Words, list []directory.Held) []mandateJSON {
	zone := a.zone
	out := []mandateJSON{}
	for i := range list {
		h := &list[i]
		j := mandateJSON{ID: h.ID, Officer: h.Officer, Name: t.Name(h.Name), Login: h.Login, Role: named{h.Role, t.Role(h.Role)}, Office: h.Office, From: moment(zone, h.From), Manner: h.Manner, Instead: h.InsteadOf, Order: h.Order}
		if h.To != 0 {
			j.To = moment(zone, h.To)
		}
		if h.Away != 0 {
			j.Away = moment(zone, h.Away)
		}
		out = append(out, j)
	}
	return out
}

// units are the offices that whoever asks administers.
func (a *staffRoom) units(w http.ResponseWriter, r *web.Request) error {
	list, err := service.Administered(r)
	if err != nil {
		return err
	}
	j := unitsJSON{Offices: []unitJSON{}}
	for _, o := range list {
		j.Offices = append(j.Offices, a.unit(r.Words, o))
	}
	return write(w, r, j)
}

func (a *staffRoom) unitFull(w http.ResponseWriter, r *web.Request) error {
	o, list, err := service.Office(r, r.PathValue("office"))
	if err != nil {
		return err
	}
	j := unitFullJSON{unitJSON: a.unit(r.Words, o), Mandates: a.mandates(r.Words, list), Roles: []competenceJSON{}}
	tree := a.dir.Tree()
	for _, c := range tree.Competences(o.ID) {
		j.Roles = append(j.Roles, competenceJSON{named{c.Role, r.Words.Role(c.Role)}, c.Competent, c.Role == directory.SupervisorRole && tree.Derived(o.ID)})
	}
	return write(w, r, j)
}

// sought looks for officers by a part of their name, or their login.
func (a *staffRoom) sought(w http.ResponseWriter, r *web.Request) error {
	typed := r.URL.Query().Get("find")
	if typed == "" {
		return badMember("find", "field.missing")
	}
	list, err := service.Sought(r, typed)
	if err != nil {
		return err
	}
	j := soughtJSON{Officers: []soughtOfficerJSON{}}
	for _, f := range list {
		j.Officers = append(j.Officers, soughtOfficerJSON{f.ID, r.Words.Name(f.Name), f.Login, named{f.Role, r.Words.Role(f.Role)}, f.Office})
	}
	return write(w, r, j)
}

func (a *staffRoom) person(w http.ResponseWriter, r *web.Request) error {
	o, all, err := service.Officer(r, r.PathValue("officer"))
	if err != nil {
		return err
	}
	leave, err := a.dir.Absences(r.Context(), o.ID)
	if err != nil {
		return err
	}
	zone := a.zone
	j := personJSON{ID: o.ID, Name: r.Words.Name(o.Name), Login: o.Login, File: o.File, Mandates: a.mandates(r.Words, all), Leave: []leaveJSON{}}
	for _, x := range leave {
		j.Leave = append(j.Leave, leaveJSON{moment(zone, x.From), moment(zone, x.To), x.Order, x.Substitute})
	}
	return write(w, r, j)
}
