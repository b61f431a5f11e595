package api

import (
	"nazorat/internal/api/systems"
	"nazorat/internal/api/wire"
	"net/http"

	"nazorat/internal/looked"
	"nazorat/internal/web"
)

// meJSON is who asks.
type meJSON struct {
	Officer  *officerJSON     `json:"officer,omitempty" doc:"Of a session: who is signed in, and the mandate under which he acts."`
	Mandates []ownMandateJSON `json:"mandates,omitempty" doc:"All that he has now."`
	Present  string           `json:"present,omitempty" is:"date-time" doc:"When he proved last that he is there."`
	System   *systemJSON      `json:"system,omitempty" doc:"Of a token or a certificate: which system."`
}

type ownMandateJSON struct {
	ID     string      `json:"id"`
	Role   wire.Named  `json:"role"`
	Office wire.Office `json:"office"`
	Used   bool        `json:"used" doc:"It is the one under which he acts now."`
}

type systemJSON struct {
	ID     string      `json:"id"`
	Name   string      `json:"name"`
	Office wire.Office `json:"office"`
	Scopes []string    `json:"scopes"`
	Proof  string      `json:"proof" of:"secret assertion certificate" doc:"How it has proven who it is."`
}

func (a *api) me(w http.ResponseWriter, r *web.Request) error {
	t := r.Words
	if c := systems.Of(r); c != nil {
		return wire.Write(w, r, meJSON{System: &systemJSON{c.ID, c.Name, a.office(t, c.Office), wire.None(c.Scopes), c.Proof}})
	}
	s := r.Session
	j := meJSON{Officer: &officerJSON{ID: s.Officer.ID, Name: t.Name(s.Officer.Name), Role: &wire.Named{Name: s.Mandate.Role, Label: t.Role(s.Mandate.Role)}, Office: s.Mandate.Office}}
	if s.Proven > 0 {
		j.Present = wire.Moment(a.docket.Zone(), s.Proven)
	}
	list, err := a.dir.Mandates(r.Context(), s.Officer.ID, a.docket.Now())
	if err != nil {
		return err
	}
	for i := range list {
		j.Mandates = append(j.Mandates, ownMandateJSON{list[i].ID, wire.Named{Name: list[i].Role, Label: t.Role(list[i].Role)}, a.office(t, list[i].Office), list[i].ID == s.Mandate.ID})
	}
	return wire.Write(w, r, j)
}

// purposesJSON is what an officer can look at a proceeding for that is not his own work.
type purposesJSON struct {
	Purposes []purposeJSON `json:"purposes"`
}

type purposeJSON struct {
	Name   string `json:"name" doc:"What Look-Purpose says."`
	Label  string `json:"label"`
	Serves string `json:"serves" of:"itself another" doc:"Where it serves another proceeding, Look-Serves has the number of that."`
}

func (a *api) purposes(w http.ResponseWriter, r *web.Request) error {
	j := purposesJSON{Purposes: []purposeJSON{}}
	rules := a.looks.Rules()
	for i := range rules.Purposes {
		x := &rules.Purposes[i]
		serves := "another"
		if x.Itself {
			serves = "itself"
		}
		j.Purposes = append(j.Purposes, purposeJSON{x.ID, looked.PurposeText(r.Words, x), serves})
	}
	return wire.Write(w, r, j)
}

// presenceJSON is a proof that the officer is there.
type presenceJSON struct {
	Password string `json:"password,omitempty"`
	Code     string `json:"code,omitempty" doc:"Beside the password, of who has a code generator."`
	Chosen   bool   `json:"chosen,omitempty" doc:"In the demonstration, where nobody has a password."`
}

// presentJSON says from when on the officer is present.
type presentJSON struct {
	Present string `json:"present" is:"date-time"`
}

// presence takes a proof that the officer is there. The session goes on with another cookie.
func (a *api) presence(w http.ResponseWriter, r *web.Request) error {
	body, err := wire.ReadObject(r)
	if err != nil {
		return wire.Unread(w, r, err)
	}
	t := wire.Take(body)
	password, code := t.Text("password", false), t.Text("code", false)
	chosen, isBool := t.Of["chosen"].(bool)
	if _, has := t.Of["chosen"]; has && !isBool {
		t.Bad("chosen", "api.field.not_bool")
	}
	delete(t.Of, "chosen")
	t.Rest()
	if f := t.Fault(); f != nil {
		return f
	}
	if err := r.ProvePresence(w, password, code, chosen); err != nil {
		return err
	}
	return wire.Write(w, r, presentJSON{wire.Moment(a.docket.Zone(), r.Session.Proven)})
}
