// Package api answers programs as the pages answer people: laws, proceedings and their history, deadlines and why they end when they do, what is owed
// and by whom, lists and boards, figures, what is held when, receipts, who looked, who works where; and it takes acts, as JSON.
//
// It has no rule of its own about who may know or do what. Whoever asks is known by
// his session, as on pages, or is a system that was registered (package client); laws are anybody's to read; of a proceeding that he
// may not see he is told, by the same read and in the same words, that there is
// none. An act is decided by the docket, whoever sends it; a system sends it in the name of an officer who could do it
// himself, and both are on record. Nothing may be kept by a cache, and what goes
// wrong is told as problem details (RFC 9457).
//
// Every route stands in one table, with the types of what it takes and gives: its description is made from that (package openapi), and
// that of acts from the laws. A test asks each and holds every answer to its schema.
//
// What hangs together and needs nothing of proceedings has a room below: wire, how things are sent and told; systems, the door for these;
// rules, counted, staff, which answer for laws, figures and the directory. Here are the table of routes, proceedings, acts and the lists of both.
package api

import (
	"embed"
	"fmt"
	"nazorat/internal/api/counted"
	"nazorat/internal/api/rules"
	"nazorat/internal/api/staff"
	"nazorat/internal/api/systems"
	"nazorat/internal/api/wire"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"nazorat/internal/client"
	"nazorat/internal/desk"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/figures"
	"nazorat/internal/hearing"
	"nazorat/internal/look"
	"nazorat/internal/openapi"
	"nazorat/internal/procedure"
	"nazorat/internal/receipt"
	"nazorat/internal/vault"
	"nazorat/internal/web"
)

// Texts of this package, one folder a language.
//
//go:embed texts
var Texts embed.FS

// shared is what all descriptions have in common: OpenAPI's parameters, and schemas that are written by hand.
//
//go:embed shared.json
var shared []byte

// api serves the routes.
type api struct {
	docket *docket.Docket
	dir    *directory.Directory
	looks  *look.Keeper
	laws   []*procedure.Law
	// systems lets in those that may ask in their own name; nil: none may.
	systems  *systems.Door
	receipts *receipt.Room
	vault    *vault.Keeper // nil: no documents are kept here
	boards   *desk.Boards
	hearings *hearing.Calendar
	rules    *rules.Room
	figures  *counted.Room
	staff    *staff.Room

	index  []byte         // the description of all routes
	acts   sync.Map       // descriptions of acts, by edition and language: as many as there are of these
	paths  *http.ServeMux // to find the path that an address is of, whatever its method
	shared *openapi.Shared
}

// Options of the API.
type Options struct {
	Laws     []*procedure.Law // those that can be read, in the order in which they are listed
	Clients  *client.Keeper   // the systems that may ask in their own name; nil for none
	Receipts *receipt.Room    // that gives out receipts and checks them
	Figures  *figures.Register
	Hearings *hearing.Calendar
}

// Register adds the API to a server. It errs where the description that is built in is at fault.
func Register(s *web.Server, o Options) error {
	a := &api{docket: s.Docket, dir: s.Directory, looks: s.Looks, laws: o.Laws, systems: systems.NewDoor(s, o.Clients), receipts: o.Receipts, vault: s.Vault, boards: desk.NewBoards(s.Docket.Reader, s.Directory),
		hearings: o.Hearings, rules: rules.New(s.Docket, o.Laws), figures: counted.New(s.Docket, s.Directory, o.Figures), staff: staff.New(s.Directory, s.Docket.Zone())}
	if err := a.describe(); err != nil {
		return fmt.Errorf("describe the API: %w", err)
	}
	a.paths = http.NewServeMux()
	methods := map[string][]string{}
	for _, r := range a.routes() {
		h, err := a.asked(r)
		if err != nil {
			return fmt.Errorf("describe %s: %w", r.Path, err)
		}
		switch {
		case r.Public:
		case r.Officers:
			h = a.known(officersOnly(h))
		default:
			h = a.known(h)
		}
		s.HandleData(r.Method+" "+r.Path, h, tell)
		if methods[r.Path] == nil {
			a.paths.Handle(r.Path, http.NotFoundHandler())
		}
		if methods[r.Path] = append(methods[r.Path], r.Method); r.Method == http.MethodGet {
			methods[r.Path] = append(methods[r.Path], http.MethodHead)
		}
	}
	s.HandleData("/api/", a.nothing(methods), tell)
	s.RefuseData("/api/", tell)
	return nil
}

// known answers only those who have a session, and systems.
func (a *api) known(h web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		if answered, err := a.systems.Enter(w, r, h); answered {
			return err
		}
		if r.Session == nil {
			w.Header().Set("WWW-Authenticate", `Session realm="nazorat"`)
			return wire.WriteProblem(w, r, wire.Problem{Type: "api.sign_in", Status: http.StatusUnauthorized, Title: r.Words.T("api.sign_in.title"), Detail: r.Words.T("api.sign_in")})
		}
		return h(w, r)
	}
}

// asked holds the parameters and headers of a request against what the description says of them, before anything is done. What
// an act is sent with is looked at with all else that is wrong with it.
func (a *api) asked(o route) (web.Handler, error) {
	params, err := a.shared.Read(slices.DeleteFunc(slices.Clone(o.Query), func(name string) bool { return name == "key" }))
	if err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter, r *web.Request) error {
		query, err := url.ParseQuery(r.URL.RawQuery)
		wrong := map[string]fault.Error{}
		for i := range params {
			if p := &params[i]; err != nil || !p.Takes(p.Of(query, r.Header)) {
				wrong[p.Name] = fault.Error{Kind: fault.Invalid, Key: "api.field.parameter"}
			}
		}
		if len(wrong) > 0 {
			return &fault.Error{Kind: fault.Invalid, Key: "refusal.bad_form", Fields: wrong}
		}
		return o.serve(w, r)
	}, nil
}

// officersOnly turns systems away: what is behind it is about whoever asks, and they are nobody's officer.
func officersOnly(h web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		if systems.Of(r) != nil {
			return fault.New(fault.Forbidden, "api.officers_only", nil)
		}
		return h(w, r)
	}
}

// nothing answers every other address, and every other method of an address that is there.
func (a *api) nothing(methods map[string][]string) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		_, path := a.paths.Handler(r.Request)
		if methods[path] == nil {
			return fault.New(fault.NotFound, "api.none", nil)
		}
		allow := strings.Join(methods[path], ", ")
		w.Header().Set("Allow", allow)
		return wire.WriteProblem(w, r, wire.Problem{Type: "api.method", Status: http.StatusMethodNotAllowed, Title: r.Words.T("api.method.title"), Detail: r.Words.T("api.method", "list", allow)})
	}
}
