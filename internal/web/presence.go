package web

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"nazorat/internal/fault"
	"nazorat/internal/signin"
	"nazorat/internal/web/ui"
)

// Names of what a form carries when presence is proven along with it. No field
// of a page begins so, and they never reach its handler.
const (
	presencePrefix   = "presence."
	presencePassword = presencePrefix + "password"
	presenceCode     = presencePrefix + "code"
	presencePasskey  = presencePrefix + "passkey"
	presenceChosen   = presencePrefix + "chosen"

	// SecretPrefix begins the names of fields that never come back in a page, whatever became of the form.
	SecretPrefix = "secret."
)

// presenceView is a form that waits for a proof that its sender is there.
type presenceView struct {
	Title, Text string
	Action      string
	Fields      []sentField
	Passkey     *ui.PasskeyView
	Password    *ui.TextField
	Code        *ui.TextField // beside the password of who has a code generator
	Confirm     string        // the button that sends the password
	Provider    string        // the link to the identity provider, on another page
	ByHref      string
	ByText      string
	Again       string // the button that sends the form once that is done
	Chosen      string // the button of the demonstration, where nobody has a password
	ChosenText  string
	Without     string // what is said to whoever can prove nothing
	Typed       string
	Texts       []ui.SummaryRow
}

// prove takes the proof of presence that a form brings along, if it does: the
// session is renewed before the form is looked at. It reports whether the form
// is answered already: a proof that does not hold is asked for again, and all
// else that was sent comes back.
func (s *Server) prove(w http.ResponseWriter, r *Request) (answered bool, err error) {
	if r.Method != http.MethodPost {
		return false, nil
	}
	password, code, passkey, chosen := r.PostForm.Get(presencePassword), r.PostForm.Get(presenceCode), r.PostForm.Get(presencePasskey), r.PostForm.Get(presenceChosen)
	brought := r.PostForm.Has(presencePassword) || r.PostForm.Has(presencePasskey) || r.PostForm.Has(presenceChosen)
	if !brought {
		return false, nil
	}
	for name := range r.PostForm {
		if strings.HasPrefix(name, presencePrefix) {
			r.PostForm.Del(name)
			r.Form.Del(name)
		}
	}
	if password == "" && passkey == "" && chosen == "" && signin.IsFresh(r.Session.Proven, s.Docket.Now()) {
		return false, nil // it was proven elsewhere, on the page of the identity provider
	}
	token, err := s.proof(r, passkey, password, code, chosen != "")
	if fault.Is(err, fault.NotFound) { // the session ended, or was renewed on another page, while this was on its way
		return true, s.unsent(w, r, nil)
	}
	if err != nil {
		s.event(r, "presence not proven", fault.Of(err).Key)
		return true, s.askPresence(w, r, err)
	}
	if err := s.Kept(w, r, token); err != nil {
		return true, err
	}
	s.event(r, "presence proven", "")
	return false, nil
}

// proof holds a proof of presence against what the officer has, and renews his session.
func (s *Server) proof(r *Request, passkey, password, code string, chosen bool) (token string, err error) {
	now := s.Docket.Now()
	switch {
	case passkey != "" && s.Ceremonies != nil:
		return s.Ceremonies.ProvePresence(r.Context(), r.Session, r.Token, []byte(passkey), now)
	case password != "":
		return s.SignIn.ProvePassword(r.Context(), r.Session, r.Token, password, code, now)
	case chosen && s.offered(r.Session.Officer.ID):
		return s.SignIn.ProveChoice(r.Context(), r.Session, r.Token, now)
	}
	return "", fault.New(fault.Invalid, "presence.wrong", nil)
}

// ProvePresence takes a proof of presence from a program: a password, with a code where one is needed, or in the demonstration that somebody was chosen.
// The session goes on with the cookie that the answer sets. Its errors are those of a page that asks for it.
func (r *Request) ProvePresence(w http.ResponseWriter, password, code string, chosen bool) error {
	s := r.server
	token, err := s.proof(r, "", password, code, chosen)
	if err != nil {
		s.event(r, "presence not proven", fault.Of(err).Key)
		return err
	}
	if err := s.Kept(w, r, token); err != nil {
		return err
	}
	s.event(r, "presence proven", "")
	return nil
}

// askPresence answers a form for which the officer has to prove that he is
// there: the page holds all that was sent, and sends it again with the proof.
func (s *Server) askPresence(w http.ResponseWriter, r *Request, cause error) error {
	failed := fault.Of(cause)
	if failed.Kind == fault.Internal || failed.Kind == fault.NotFound {
		return cause
	}
	t := r.Words
	keys, err := s.SignIn.List(r.Context(), r.Session.Officer.ID)
	if err != nil {
		return err
	}
	password, err := s.SignIn.HasPassword(r.Context(), r.Session.Officer.ID)
	if err != nil {
		return err
	}
	generator, _, err := s.SignIn.GeneratorSince(r.Context(), r.Session.Officer.ID)
	if err != nil {
		return err
	}
	v := presenceView{Title: t.T("presence.title"), Text: t.Fault(nil, signin.NotPresent()), Action: here(r.URL, r.URL.Query()), Typed: t.T("unsent.typed")}
	v.Fields, v.Texts = r.sent()
	if len(keys) > 0 && s.Ceremonies != nil {
		v.Passkey = &ui.PasskeyView{Options: "/presence/passkey", Field: presencePasskey, Text: t.T("presence.passkey"), Failed: t.T("passkey.failed")}
	}
	if password {
		v.Confirm = t.T("presence.confirm")
		v.Password = &ui.TextField{Field: ui.Field{Name: presencePassword, Label: t.T("sign_in.password")}, Type: "password", Autocomplete: "current-password", Width: 30}
		if generator > 0 {
			v.Confirm = t.T("presence.confirm_code")
			v.Code = codeField(t, presenceCode)
		}
	}
	if s.Provider != nil {
		has, err := s.Provider.Has(r.Context(), r.Session.Officer.ID)
		if err != nil {
			return err
		}
		if has {
			v.Provider, v.ByHref, v.ByText, v.Again = t.T("presence.provider", "name", s.Provider.Name), s.Provider.Href+"?presence", t.T("presence.provider_text"), t.T("unsent.again")
		}
	}
	if s.offered(r.Session.Officer.ID) && r.Session.Way == signin.ByChoice {
		v.Chosen, v.ChosenText = t.T("presence.chosen"), t.T("presence.chosen_text")
	}
	if v.Passkey == nil && v.Password == nil && v.Chosen == "" && v.Provider == "" {
		v.Without = t.T("presence.without")
	}
	page := r.Page(v.Title)
	page.Narrow = true
	page.Languages = nil // a link away would lose what was typed
	if failed.Key != signin.PresenceRequired {
		text, field := t.Fault(nil, failed), ""
		if v.Password != nil && failed.Key == "presence.wrong" {
			v.Password.Error, field = text, presencePassword
		}
		page.Errors = []ui.FieldError{{Field: field, Text: text}}
		if failed.Kind == fault.Unavailable {
			w.Header().Set("Retry-After", retryAfter)
		}
	}
	return r.Render(w, Status(failed), page, presenceBody(v))
}

// One button of a page is the loudest: the first way that there is.

func confirmKind(v presenceView) ui.ButtonKind {
	if v.Passkey != nil {
		return ui.Secondary
	}
	return ui.Primary
}

func chosenKind(v presenceView) ui.ButtonKind {
	if v.Passkey != nil || v.Password != nil {
		return ui.Secondary
	}
	return ui.Primary
}

// sent is what a form has brought, to be sent again, but for secrets, and what of it was typed, to be read.
func (r *Request) sent() (fields []sentField, texts []ui.SummaryRow) {
	for _, name := range slices.Sorted(maps.Keys(r.PostForm)) {
		if strings.HasPrefix(name, presencePrefix) || strings.HasPrefix(name, SecretPrefix) {
			continue
		}
		for _, value := range r.PostForm[name] {
			fields = append(fields, sentField{name, value})
			if field, ok := strings.CutPrefix(name, "f."); ok && strings.TrimSpace(value) != "" {
				texts = append(texts, ui.SummaryRow{Key: r.Words.FormField(r.URL.Query().Get("law"), r.PathValue("act"), field), Body: typedText(strings.Split(value, "\n"))})
			}
		}
	}
	return fields, texts
}

// presenceOptions says what to ask the authenticator of whoever is signed in.
func (s *Server) presenceOptions(w http.ResponseWriter, r *Request) error {
	if s.Ceremonies == nil {
		return fault.New(fault.NotFound, "fault.no_page", nil)
	}
	options, err := s.Ceremonies.AskPresence(r.Context(), r.Session, s.Docket.Now())
	if err != nil {
		return err
	}
	return WriteOptions(w, options)
}

// signInOptions says what to ask the authenticator of whoever wants to sign in.
func (s *Server) signInOptions(w http.ResponseWriter, r *Request) error {
	if s.Ceremonies == nil {
		return fault.New(fault.NotFound, "fault.no_page", nil)
	}
	options, err := s.Ceremonies.Ask(r.Context(), r.From(), s.Docket.Now())
	if err != nil {
		return err
	}
	return WriteOptions(w, options)
}

// WriteOptions answers the script of the pages with what an authenticator is to be asked.
func WriteOptions(w http.ResponseWriter, options []byte) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(options) //nolint:gosec // JSON that was made here; a reader who has hung up cannot be told
	return nil
}
