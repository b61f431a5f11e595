package web

import (
	"net/http"

	"nazorat/internal/fault"
	"nazorat/internal/web/ui"
)

// unsentView is a form that came without a session: nothing was done with it,
// and it can be sent again from here.
type unsentView struct {
	Title, Text, What string // What to do
	Action            string
	Fields            []sentField
	SignIn, Button    string
	Typed             string // above the typed texts
	Texts             []ui.SummaryRow
}

type sentField struct{ Name, Value string }

// unsent answers a form that nobody signed in has sent: the session ended while
// it was being filled in, or, with a cause, cannot be read now. All that was
// sent comes back in the page, to be sent again after signing in elsewhere, and
// what was typed is also shown, so that it can be copied.
func (s *Server) unsent(w http.ResponseWriter, r *Request, cause error) error {
	t := r.Words
	v := unsentView{Title: t.T("unsent.title"), Text: t.T("unsent.text"), What: t.T("unsent.what"), Action: here(r.URL, r.URL.Query()),
		SignIn: t.T("unsent.sign_in"), Button: t.T("unsent.again"), Typed: t.T("unsent.typed")}
	status := http.StatusUnauthorized
	if cause != nil {
		f := fault.Of(cause)
		s.Log.ErrorContext(r.Context(), "form not used", "request", r.ID, "page", r.Pattern, "error", cause)
		status = Status(f)
		v.Title, v.Text, v.What, v.SignIn = t.T("fault.title."+f.Kind.String()), t.Fault(nil, f), t.T("unsent.later"), ""
		w.Header().Set("Retry-After", retryAfter)
	}
	v.Fields, v.Texts = r.sent()
	page := r.Page(v.Title)
	page.Narrow = true
	page.Languages = nil // a link away would lose what was typed
	w.Header().Set("Cache-Control", "no-store")
	return r.Render(w, status, page, unsentBody(v))
}
