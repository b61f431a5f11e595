package web

import (
	"net/http"
	"net/url"

	"nazorat/internal/fault"
	"nazorat/internal/web/ui"
)

// codeView is the second step of signing in with a password: the code.
type codeView struct {
	Heading  ui.HeadingView
	Next     string
	Half     string
	Code     ui.TextField
	Button   string
	Again    string // the link to begin anew
	Lost     string
	LostHref string
}

// Names of what the second step carries.
const (
	fieldHalf = "half"
	fieldCode = "code"
)

// codeField is where a code is typed: telephones offer it from the application.
func codeField(t *Words, name string) *ui.TextField {
	return &ui.TextField{Field: ui.Field{Name: name, Label: t.T("sign_in.code"), Hint: t.T("sign_in.code_hint")}, Autocomplete: "one-time-code", InputMode: "numeric", Width: 10}
}

func (s *Server) showCode(w http.ResponseWriter, r *Request, status int, to, half string, failed *fault.Error) error {
	t := r.Words
	v := codeView{Heading: ui.HeadingView{Title: t.T("sign_in.code_title")}, Next: to, Half: half, Code: *codeField(t, fieldCode), Button: t.T("sign_in.button"), Again: t.T("sign_in.again")}
	if s.Recover != "" {
		v.Lost, v.LostHref = t.T("sign_in.lost_generator"), s.Recover
	}
	page := r.Page(v.Heading.Title)
	page.Narrow = true
	page.Languages = nil // a link away would lose what was begun
	if failed != nil {
		v.Code.Error = t.Fault(nil, failed)
		page.Errors = []ui.FieldError{{Field: fieldCode, Text: v.Code.Error}}
	}
	w.Header().Set("Cache-Control", "no-store")
	return r.Render(w, status, page, codeBody(v))
}

// signInCode takes the code of whoever was asked for it after his password.
func (s *Server) signInCode(w http.ResponseWriter, r *Request) error {
	to, half := next(r.PostForm.Get("next")), r.PostForm.Get(fieldHalf)
	token, err := s.SignIn.SignInWithCode(r.Context(), half, r.PostForm.Get(fieldCode), r.From(), s.Docket.Now())
	switch f := fault.Of(err); {
	case err == nil:
		return s.Enter(w, r, token, to)
	case f.Kind == fault.Internal:
		return err
	case f.Key == "code.wrong" || f.Key == "sign_in.wait":
		return s.showCode(w, r, Status(f), to, half, f)
	default:
		return s.showSignIn(w, r, Status(f), to, "", f)
	}
}

func needsSecondFactor() error { return fault.New(fault.Forbidden, "sign_in.second_factor", nil) }

// toSecondFactor answers whoever has yet to make a passkey or to set up a code
// generator: a reader is led there, a form is refused.
func (s *Server) toSecondFactor(w http.ResponseWriter, r *Request) error {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || s.SecondFactor == "" {
		return needsSecondFactor()
	}
	return SeeOther(w, r, s.SecondFactor+"?"+url.Values{"next": {next(r.URL.RequestURI())}}.Encode())
}

// Next is where a page leads that was shown on the way to another one: a page of
// ours, or the first.
func (r *Request) Next() string { return next(r.FormValue("next")) }

// Kept renews what the browser knows its session by, once that has another token.
func (s *Server) Kept(w http.ResponseWriter, r *Request, token string) error {
	session, err := s.SignIn.Look(r.Context(), token, s.Docket.Now())
	if err != nil {
		return err
	}
	r.Session, r.Token = session, token
	s.keep(w, token)
	return nil
}
