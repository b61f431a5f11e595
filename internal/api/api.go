// Package api answers programs as the pages answer people: laws, proceedings,
// their deadlines, and why a deadline ends when it does, as JSON.
//
// It has no rule of its own about who may know what. Whoever asks is known by
// his session, as on pages, or is a system that was registered (package client); laws are anybody's to read; of a proceeding that he
// may not see he is told, by the same read and in the same words, that there is
// none. Everything is read only, nothing may be kept by a cache, and what goes
// wrong is told as problem details (RFC 9457). openapi.json describes every
// route; a test holds description and routes to each other, and every answer to
// its schema.
package api

import (
	"bytes"
	"embed"
	"encoding/json"
	"net/http"

	"nazorat/internal/calendar"
	"nazorat/internal/client"
	"nazorat/internal/directory"
	"nazorat/internal/fault"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
)

// Texts of this package, one folder a language.
//
//go:embed texts
var Texts embed.FS

// Description of the API: OpenAPI 3.1.
//
//go:embed openapi.json
var Description []byte

// api serves the routes.
type api struct {
	proceedings *proceedings.Reader
	dir         *directory.Directory
	laws        []*procedure.Law
	// clients are the systems that may ask in their own name; nil: none may.
	clients *client.Keeper
}

// route is one address that is answered.
type route struct {
	path string
	open bool // anybody may ask, also without a session
	h    web.Handler
}

func (a *api) routes() []route {
	return []route{
		{"/api/openapi.json", true, a.description},
		{"/api/v1/laws", true, a.lawList},
		{"/api/v1/laws/{country}/{procedure}", true, a.law},
		{"/api/v1/laws/{country}/{procedure}/{edition}", true, a.edition},
		{"/api/v1/proceedings/{id}", false, a.proceeding},
		{"/api/v1/proceedings/{id}/deadlines", false, a.deadlines},
		{"/api/v1/proceedings/{id}/deadlines/{no}/explanation", false, a.explanation},
	}
}

// Paths are the addresses that are answered, as the description writes them.
func Paths() (out []string) {
	for _, r := range new(api).routes() {
		out = append(out, r.path)
	}
	return out
}

// Register adds the API to a server. laws are those that can be read, in the order in which they are listed.
// clients are the systems that may ask in their own name; nil for none.
func Register(s *web.Server, laws []*procedure.Law, clients *client.Keeper) {
	a := &api{proceedings: s.Docket.Reader, dir: s.Directory, laws: laws, clients: clients}
	if clients != nil {
		registerClients(s, clients)
	}
	for _, r := range a.routes() {
		h := r.h
		if !r.open {
			h = a.known(h)
		}
		s.HandleData("GET "+r.path, h, tell)
	}
	s.HandleData("/api/", nothing, tell)
}

// known answers only those who have a session, and systems.
func (a *api) known(h web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		if answered, err := a.asSystem(w, r, h); answered {
			return err
		}
		if r.Session == nil {
			w.Header().Set("WWW-Authenticate", `Session realm="nazorat"`)
			return writeProblem(w, r, problem{Type: "api.sign_in", Status: http.StatusUnauthorized, Title: r.Words.T("api.sign_in.title"), Detail: r.Words.T("api.sign_in")})
		}
		return h(w, r)
	}
}

// nothing answers every other address.
func nothing(w http.ResponseWriter, r *web.Request) error {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		return writeProblem(w, r, problem{Type: "api.method", Status: http.StatusMethodNotAllowed, Title: r.Words.T("api.method.title"), Detail: r.Words.T("api.method")})
	}
	return fault.New(fault.NotFound, "api.none", nil)
}

func (a *api) description(w http.ResponseWriter, _ *web.Request) error {
	w.Header().Set("Content-Type", "application/vnd.oai.openapi+json;version=3.1")
	_, _ = w.Write(Description) // a reader who has hung up cannot be told
	return nil
}

// write answers with JSON in the language of the request.
func write(w http.ResponseWriter, r *web.Request, v any) error {
	return writeJSON(w, r, "application/json", http.StatusOK, v)
}

func writeJSON(w http.ResponseWriter, r *web.Request, kind string, status int, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Language", r.Words.Lang)
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a reader who has hung up cannot be told
	return nil
}

// problem is RFC 9457's problem details. Type names what went wrong for
// machines; Title and Detail are for people, in the language asked for.
type problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail"`
	Instance string `json:"instance"`
	Request  string `json:"request"` // its number in the log
	Article  string `json:"article,omitempty"`
}

func writeProblem(w http.ResponseWriter, r *web.Request, p problem) error {
	p.Type, p.Instance, p.Request = "urn:nazorat:fault:"+p.Type, r.URL.EscapedPath(), r.ID
	return writeJSON(w, r, "application/problem+json", p.Status, p)
}

// tell answers with what went wrong.
func tell(w http.ResponseWriter, r *web.Request, f *fault.Error) {
	key := f.Key
	if f.Kind == fault.Internal || key == "" {
		key = "fault.internal"
	}
	_ = writeProblem(w, r, problem{Type: key, Status: web.Status(f), Title: r.Words.T("fault.title." + f.Kind.String()), Detail: r.Told(nil, f), Article: f.Article}) // nobody is left to be told
}

// moment is an instant in RFC 3339 with the offset of a zone, to the microsecond.
func moment(zone *calendar.Zone, m calendar.Moment) string {
	return m.Time().In(zone.Location()).Format("2006-01-02T15:04:05.999999Z07:00")
}

// momentOr is nil for no moment.
func momentOr(zone *calendar.Zone, m calendar.Moment) *string {
	if m == 0 {
		return nil
	}
	s := moment(zone, m)
	return &s
}

// named is a name of the law with its word in the language asked for.
type named struct {
	Name  string `json:"name"`
	Label string `json:"label"`
}

// none keeps an empty list a list: null would be another type.
func none[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
