package api

import (
	"errors"
	"nazorat/internal/api/systems"
	"nazorat/internal/api/wire"
	"net/url"
	"unicode/utf8"

	"nazorat/internal/access"
	"nazorat/internal/fault"
	"nazorat/internal/look"
	"nazorat/internal/looked"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
)

// Whoever is told of a proceeding is on record before he is, as on pages. Where a page asks first what he looks for, a
// program says it along with its question, in headers.

// The headers with a purpose.
const (
	purposeHeader = "Look-Purpose"
	servesHeader  = "Look-Serves"
	whyHeader     = "Look-Why" // percent-encoded: headers hold no letters beyond ASCII
)

// looked records that whoever asks is told of a proceeding, or of one thing of it.
func (a *api) looked(r *web.Request, p *proceedings.Proceeding, thing int32) error {
	return a.lookedAs(r, look.View, p, thing)
}

// lookedToAct is looked for whoever sends an act: a system may send it in an officer's name.
func (a *api) lookedToAct(r *web.Request, p *proceedings.Proceeding, thing int32, who access.Actor) error {
	if c := systems.Of(r); c != nil {
		return r.LookedAsSystem(look.View, p, c.ID, c.Office, who)
	}
	return a.looked(r, p, thing)
}

// lookedAs is looked for a kind of look.
func (a *api) lookedAs(r *web.Request, kind string, p *proceedings.Proceeding, thing int32) error {
	if c := systems.Of(r); c != nil {
		return r.LookedAsSystem(kind, p, c.ID, c.Office, access.Actor{})
	}
	err := r.LookedAt(kind, p, thing)
	var need *web.PurposeNeeded
	if !errors.As(err, &need) || r.Header.Get(purposeHeader) == "" {
		return err
	}
	why, failed := url.PathUnescape(r.Header.Get(whyHeader))
	if failed != nil || !utf8.ValidString(why) {
		return wire.BadMember(whyHeader, "field.bad_text")
	}
	wrong, err := looked.State(r, p, looked.Said{Purpose: r.Header.Get(purposeHeader), Number: r.Header.Get(servesHeader), Why: why})
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		f := &fault.Error{Kind: fault.Invalid, Key: "refusal.bad_form", Fields: map[string]fault.Error{}}
		for field, e := range wrong {
			f.Fields[map[string]string{looked.FieldPurpose: purposeHeader, looked.FieldNumber: servesHeader, looked.FieldWhy: whyHeader}[field]] = *e
		}
		return f
	}
	return r.LookedAt(kind, p, thing)
}

// readFor is a proceeding, for the system or the officer who asks. That it was looked at is on record.
func (a *api) readFor(r *web.Request, id string) (*proceedings.Proceeding, error) {
	p, err := a.unlooked(r, id)
	if err != nil {
		return nil, err
	}
	return p, a.looked(r, p, 0)
}
