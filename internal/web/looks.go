package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"nazorat/internal/access"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/look"
	"nazorat/internal/proceedings"
)

// A page that shows personal data says so, before it shows any: Looked for one
// proceeding, LookedAtList for a list, LookedFor for a search. What they answer goes
// out of the handler: a look that cannot be recorded is not had, and whoever looks beyond his own work is
// asked first what for. A test holds every route to it.

// PurposeNeeded is in the chain of what Looked answers where the officer has to say what he looks for.
type PurposeNeeded struct{ Proceeding *proceedings.Proceeding }

func (*PurposeNeeded) Error() string { return "a purpose is needed" }

// flushWithin is how long a page of looks waits for the newest of them.
const flushWithin = 2 * time.Second

// keyPurpose is what is told where there is no page to ask on: to a program.
const keyPurpose = "look.purpose_needed"

var errNoLooks = errors.New("this server has nowhere to record who looked")

// Looked records that the officer is shown a proceeding, as a kind of look (look.View, ...).
func (r *Request) Looked(kind string, p *proceedings.Proceeding) error { return r.LookedAt(kind, p, 0) }

// LookedAt is Looked for a page about one thing of a proceeding.
func (r *Request) LookedAt(kind string, p *proceedings.Proceeding, thing int32) error {
	return r.looked(kind, p, thing, "")
}

// LookedAtSheet is Looked for a page that shows one sheet of the file: the look tells which, so that the time of reading can be told.
func (r *Request) LookedAtSheet(p *proceedings.Proceeding, seq int64) error {
	return r.looked(look.View, p, 0, strconv.FormatInt(seq, 10))
}

func (r *Request) looked(kind string, p *proceedings.Proceeding, thing int32, about string) error {
	l, err := r.look(kind)
	if err != nil {
		return err
	}
	l.Proceeding, l.Thing, l.About = p.ID, thing, about
	who := r.Actor()
	switch {
	case p.Exception != "":
		l.Basis, l.Emergency = look.InEmergency, p.Exception
	case r.server.Docket.Decide(who, access.LookFreely, p.Resource()).Allowed:
		l.Basis = look.Own
	default:
		at := l.At
		if r.Method == http.MethodPost {
			at -= look.FormOpen
		}
		given, err := r.server.Looks.Given(r.Context(), r.Session.ID, p.ID, at)
		if err != nil {
			return err
		}
		if given == nil {
			return fault.New(fault.Forbidden, keyPurpose, nil).Because(&PurposeNeeded{p})
		}
		l.Basis, l.Purpose, l.Serves, l.Why = look.ForPurpose, given.Purpose, given.Serves, given.Why
	}
	l.Namesakes = look.Namesakes(r.Session.Officer.Name, persons(p))
	return r.server.Looks.Add(l)
}

// LookedAsSystem records that a system of an office, which signs in by itself, was told of a proceeding; inName is the officer in whose name it asks, if in anybody's:
// the look tells him too, and by which mandate.
func (r *Request) LookedAsSystem(kind string, p *proceedings.Proceeding, client, office string, inName access.Actor) error {
	if r.server.Looks == nil {
		return errNoLooks
	}
	return r.server.Looks.Add(journal.Look{At: r.server.Docket.Now(), Kind: kind, Page: r.Pattern, Proceeding: p.ID, About: inName.Officer, Officer: client, Role: look.System, Mandate: inName.Mandate, Office: office, Basis: look.Own})
}

// LookedAsPerson records that somebody whom a proceeding holds was told of it by a public page. He has no account: the look is his by the number of the thing by which he is in
// it, under the role of the page.
func (r *Request) LookedAsPerson(p *proceedings.Proceeding, thing int32, role string) error {
	if r.server.Looks == nil {
		return errNoLooks
	}
	return r.server.Looks.Add(journal.Look{At: r.server.Docket.Now(), Kind: look.View, Page: r.Pattern, Proceeding: p.ID, Thing: thing, Role: role, Office: p.Office, Basis: look.Own})
}

// persons are the names of those whom a proceeding holds.
func persons(p *proceedings.Proceeding) (out []string) {
	for i := range p.State.Things {
		for _, v := range p.State.Things[i].Fields {
			if v.Type == fact.Person && v.Text != "" {
				out = append(out, v.Text)
			}
		}
	}
	return out
}

// LookedAtList records that the officer is shown a list of so many proceedings; about is the
// office whose list it is, or "" for his own. An empty list is no look.
func (r *Request) LookedAtList(about string, shown int) error {
	if shown == 0 {
		return nil
	}
	l, err := r.look(look.List)
	if err != nil {
		return err
	}
	l.About, l.Shown, l.Basis = about, int64(shown), look.Own
	return r.server.Looks.Add(l)
}

// LookedAtOfficers records that the officer is shown, or takes away, personal data of officers: of one (look.View), of
// an office or several (look.List, look.Download), or what he searched for (look.Search). about is that officer, the
// office, or what was typed. An empty list is no look.
func (r *Request) LookedAtOfficers(kind, about string, shown int) error {
	if kind == look.List && shown == 0 {
		return nil
	}
	l, err := r.look(kind)
	if err != nil {
		return err
	}
	l.About, l.Shown, l.Basis = about, int64(shown), look.Own
	return r.server.Looks.Add(l)
}

// LookedFor records that the officer searched for what he typed, and what he was led to: the id of a proceeding, or "" and how
// many were shown.
func (r *Request) LookedFor(typed, found string, shown int) error {
	l, err := r.look(look.Search)
	if err != nil {
		return err
	}
	l.About, l.Proceeding, l.Shown, l.Basis = typed, found, int64(shown), look.Own
	return r.server.Looks.Add(l)
}

// LookedWho records that the officer is shown who looked: at a proceeding, or what an officer or an office looked at.
func (r *Request) LookedWho(proceeding, about string, shown int) error {
	l, err := r.look(look.Looks)
	if err != nil {
		return err
	}
	l.Proceeding, l.About, l.Shown, l.Basis = proceeding, about, int64(shown), look.Own
	return r.server.Looks.Add(l)
}

// look begins the record of a look.
func (r *Request) look(kind string) (journal.Look, error) {
	if r.server.Looks == nil || r.Session == nil {
		return journal.Look{}, errNoLooks
	}
	m := r.Session.Mandate
	return journal.Look{At: r.server.Docket.Now(), Kind: kind, Page: r.Pattern, Officer: r.Session.Officer.ID, Role: m.Role, Mandate: m.ID, Office: m.Office}, nil
}

// Look is the beginning of a record for what is done together with other tables: see look.Keeper's Write.
func (r *Request) Look(kind string) (journal.Look, error) { return r.look(kind) }

// AskPurpose sets what answers a page that needs a purpose.
func (s *Server) AskPurpose(h func(w http.ResponseWriter, r *Request, p *proceedings.Proceeding) error) {
	s.askPurpose = h
}

// purpose asks what for where a handler says that it is needed, and else gives its error on.
func (s *Server) purpose(w http.ResponseWriter, r *Request, err error) error {
	var need *PurposeNeeded
	if s.askPurpose == nil || !errors.As(err, &need) || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return err
	}
	return s.askPurpose(w, r, need.Proceeding)
}

// Here is the address of the page that was asked for, for coming back to it.
func (r *Request) Here() string { return here(r.URL, r.URL.Query()) }

// Back is an address of ours that somebody sent, to be led back to; "/" for every other.
func Back(raw string) string { return next(raw) }

// FlushLooks waits until what was recorded so far can be read. Where it cannot be written now, what is shown is older.
func (r *Request) FlushLooks() {
	ctx, cancel := context.WithTimeout(r.Context(), flushWithin)
	defer cancel()
	_ = r.server.Looks.Flush(ctx) // a list that lacks the last second is a list all the same
}
