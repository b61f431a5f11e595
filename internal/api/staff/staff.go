// Package staff tells administrators the directory as JSON, as their pages do (package service). What changes it is an act, sent as every act is.
package staff

import (
	"nazorat/internal/api/wire"
	"net/http"

	"nazorat/internal/calendar"
	"nazorat/internal/directory"
	"nazorat/internal/service"
	"nazorat/internal/web"
)

// Room answers.
type Room struct {
	dir  *directory.Directory
	zone *calendar.Zone
}

// New answers of the directory, with moments in a zone.
func New(dir *directory.Directory, zone *calendar.Zone) *Room {
	return &Room{dir: dir, zone: zone}
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

// UnitsJSON are offices, those above before those below.
type UnitsJSON struct {
	Offices []unitJSON `json:"offices"`
}

// mandateJSON is a mandate of an officer.
type mandateJSON struct {
	ID      string     `json:"id"`
	Officer string     `json:"officer" doc:"The id."`
	Name    string     `json:"name"`
	Login   string     `json:"login"`
	Role    wire.Named `json:"role"`
	Office  string     `json:"office" doc:"Its id."`
	From    string     `json:"from" is:"date-time"`
	To      string     `json:"to,omitempty" is:"date-time"`
	Manner  string     `json:"manner,omitempty" doc:"How he has it: appointment, substitution, delegation."`
	Instead string     `json:"instead,omitempty" doc:"Of a substitution who is away, of a delegation who gave it."`
	Order   string     `json:"order,omitempty"`
	Away    string     `json:"away,omitempty" is:"date-time" doc:"Until when he is on leave now."`
}

// UnitFullJSON is an office with those who serve in it.
type UnitFullJSON struct {
	unitJSON
	Mandates []mandateJSON    `json:"mandates"`
	Roles    []competenceJSON `json:"roles" doc:"Which offices have a role for it."`
}

// competenceJSON is an office that has a role for another.
type competenceJSON struct {
	Role    wire.Named `json:"role"`
	Office  string     `json:"office" doc:"Its id."`
	Derived bool       `json:"derived" doc:"It follows from place and kind, and was not laid down."`
}

// PersonJSON is an officer in the directory.
type PersonJSON struct {
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

// SoughtJSON are officers whom a search found.
type SoughtJSON struct {
	Officers []soughtOfficerJSON `json:"officers"`
}

type soughtOfficerJSON struct {
	ID     string     `json:"id"`
	Name   string     `json:"name"`
	Login  string     `json:"login"`
	Role   wire.Named `json:"role"`
	Office string     `json:"office"`
}

func (ro *Room) unit(t *web.Words, o *directory.Office) unitJSON {
	j := unitJSON{ID: o.ID, Name: t.Office(o), Code: o.Code, Kind: o.Kind, Place: o.Place, Above: o.Parent}
	if by := ro.dir.Tree().Supervisor(o.ID); by != o.ID {
		j.Supervisor = by
	}
	if o.Closed != 0 {
		j.Closed = wire.Moment(ro.zone, o.Closed)
	}
	return j
}

func (ro *Room) mandates(t *web.Words, list []directory.Held) []mandateJSON {
	zone := ro.zone
	out := []mandateJSON{}
	for i := range list {
		h := &list[i]
		j := mandateJSON{ID: h.ID, Officer: h.Officer, Name: t.Name(h.Name), Login: h.Login, Role: wire.Named{Name: h.Role, Label: t.Role(h.Role)}, Office: h.Office, From: wire.Moment(zone, h.From), Manner: h.Manner, Instead: h.InsteadOf, Order: h.Order}
		if h.To != 0 {
			j.To = wire.Moment(zone, h.To)
		}
		if h.Away != 0 {
			j.Away = wire.Moment(zone, h.Away)
		}
		out = append(out, j)
	}
	return out
}

// Units are the offices that whoever asks administers.
func (ro *Room) Units(w http.ResponseWriter, r *web.Request) error {
	list, err := service.Administered(r)
	if err != nil {
		return err
	}
	j := UnitsJSON{Offices: []unitJSON{}}
	for _, o := range list {
		j.Offices = append(j.Offices, ro.unit(r.Words, o))
	}
	return wire.Write(w, r, j)
}

func (ro *Room) UnitFull(w http.ResponseWriter, r *web.Request) error {
	o, list, err := service.Office(r, r.PathValue("office"))
	if err != nil {
		return err
	}
	j := UnitFullJSON{unitJSON: ro.unit(r.Words, o), Mandates: ro.mandates(r.Words, list), Roles: []competenceJSON{}}
	tree := ro.dir.Tree()
	for _, c := range tree.Competences(o.ID) {
		j.Roles = append(j.Roles, competenceJSON{wire.Named{Name: c.Role, Label: r.Words.Role(c.Role)}, c.Competent, c.Role == directory.SupervisorRole && tree.Derived(o.ID)})
	}
	return wire.Write(w, r, j)
}

// Sought looks for officers by a part of their name, or their login.
func (ro *Room) Sought(w http.ResponseWriter, r *web.Request) error {
	typed := r.URL.Query().Get("find")
	if typed == "" {
		return wire.BadMember("find", "field.missing")
	}
	list, err := service.Sought(r, typed)
	if err != nil {
		return err
	}
	j := SoughtJSON{Officers: []soughtOfficerJSON{}}
	for _, f := range list {
		j.Officers = append(j.Officers, soughtOfficerJSON{f.ID, r.Words.Name(f.Name), f.Login, wire.Named{Name: f.Role, Label: r.Words.Role(f.Role)}, f.Office})
	}
	return wire.Write(w, r, j)
}

func (ro *Room) Person(w http.ResponseWriter, r *web.Request) error {
	o, all, err := service.Officer(r, r.PathValue("officer"))
	if err != nil {
		return err
	}
	leave, err := ro.dir.Absences(r.Context(), o.ID)
	if err != nil {
		return err
	}
	zone := ro.zone
	j := PersonJSON{ID: o.ID, Name: r.Words.Name(o.Name), Login: o.Login, File: o.File, Mandates: ro.mandates(r.Words, all), Leave: []leaveJSON{}}
	for _, x := range leave {
		j.Leave = append(j.Leave, leaveJSON{wire.Moment(zone, x.From), wire.Moment(zone, x.To), x.Order, x.Substitute})
	}
	return wire.Write(w, r, j)
}
