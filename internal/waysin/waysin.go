// Package waysin is the pages on which administrators say who and what comes in beside officers with their
// passwords and keys: which identity of an identity provider is whose, and which systems may ask the API in their own name.
//
// What gives a way in is done by two: one administrator proposes, and it opens something once another has confirmed
// it. What takes one away is done by one. Each is written together with an entry of the journal that names who did it. Who
// is an administrator, and of which offices, is said by the policies; to everybody else there are no such pages.
//
// It keeps nothing: identities are kept by package identity, systems by package client. It shows a secret once, in the
// answer to the form that made it, and nowhere again.
package waysin

import (
	"embed"
	"net/url"
	"slices"

	"nazorat/internal/client"
	"nazorat/internal/directory"
	"nazorat/internal/fault"
	"nazorat/internal/identity"
	"nazorat/internal/look"
	"nazorat/internal/signin"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Texts of this package, one folder a language.
//
//go:embed texts
var Texts embed.FS

// Addresses of the pages.
const (
	IdentitiesHref = "/service/identities"
	SystemsHref    = "/service/systems"
	newSystemHref  = SystemsHref + "/new"
)

func systemHref(id string) string { return SystemsHref + "/" + url.PathEscape(id) }

// Names of what forms and addresses carry.
const (
	fieldOffice  = "office"
	fieldLogin   = "login"
	fieldSubject = "subject"
	fieldOfficer = "officer"
	fieldDone    = "done"
)

// waysin serves the pages.
type waysin struct {
	*web.Server
	provider *identity.Provider
	clients  *client.Keeper
}

// Register adds the pages to a server. provider is the identity provider by which officers sign in, nil for none:
// then there are no pages about it.
func Register(s *web.Server, provider *identity.Provider, clients *client.Keeper) {
	a := &waysin{s, provider, clients}
	s.Handle("GET "+SystemsHref, a.systems)
	s.Handle("GET "+newSystemHref, a.newSystem)
	s.Handle("POST "+SystemsHref, a.register)
	s.Handle("GET "+SystemsHref+"/{id}", a.system)
	s.Handle("POST "+SystemsHref+"/{id}/confirm", a.confirmSystem)
	s.Handle("POST "+SystemsHref+"/{id}/secret", a.renewSecret)
	s.Handle("POST "+SystemsHref+"/{id}/revoke", a.revokeSystem)
	if provider == nil {
		return
	}
	s.Handle("GET "+IdentitiesHref, a.identities)
	s.Handle("POST "+IdentitiesHref, a.propose)
	s.Handle("POST "+IdentitiesHref+"/remove", a.unbind)
	s.Handle("POST "+IdentitiesHref+"/{id}/confirm", a.confirm)
	s.Handle("POST "+IdentitiesHref+"/{id}/refuse", a.refuse)
}

func noPage() error { return fault.New(fault.NotFound, "fault.no_page", nil) }

// mine lists the offices that whoever is signed in administers, by path.
func (a *waysin) mine(r *web.Request) []string {
	return slices.DeleteFunc(a.Directory.Tree().Under(r.Actor().Office), func(id string) bool { return !a.Docket.MayAdminister(r.Actor(), id) })
}

// office that a page is about: the one that is named, or his own. There is no page to whoever does not administer it.
func (a *waysin) office(r *web.Request, id string) (*directory.Office, error) {
	if id == "" {
		id = r.Actor().Office
	}
	o := a.Directory.Tree().Office(id)
	if o == nil || !a.Docket.MayAdminister(r.Actor(), o.ID) {
		return nil, noPage()
	}
	return o, nil
}

// offices is the choice of one of those that he administers.
func (a *waysin) offices(r *web.Request, chosen string) ui.SelectField {
	t := r.Words
	f := ui.SelectField{Field: ui.Field{Name: fieldOffice, Label: t.T("waysin.office")}, Value: chosen}
	for _, id := range a.mine(r) {
		if a.Directory.Tree().Office(id).Closed != 0 && id != chosen {
			continue
		}
		f.Options = append(f.Options, ui.Option{Value: id, Text: t.Office(a.Directory.Tree().Office(id))})
	}
	return f
}

// present asks whether whoever is signed in has just proven that he is there.
func (a *waysin) present(r *web.Request) error {
	if !signin.IsFresh(r.Session.Proven, a.Docket.Now()) {
		return signin.NotPresent()
	}
	return nil
}

// noted is what writes something together with its entry in the journal: what was done, about whom or what, and the rest in words.
func (a *waysin) noted(r *web.Request, kind, about, rest string) (identity.Writer, error) {
	l, err := r.Look(kind)
	if err != nil {
		return nil, err
	}
	l.About, l.Why, l.Basis = about, rest, look.Own
	return a.Looks.With(l), nil
}

// done is a notice of what was just done, named by the address: one of a few words, or none.
func done(r *web.Request, keys map[string]string) []ui.NoticeView {
	key := keys[r.URL.Query().Get(fieldDone)]
	if key == "" {
		return nil
	}
	return []ui.NoticeView{{Tone: ui.Good, Title: r.Words.T(key)}}
}

// withDone leads to a page with a notice.
func withDone(path string, q url.Values, what string) string {
	q.Set(fieldDone, what)
	return path + "?" + q.Encode()
}
