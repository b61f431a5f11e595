package web

import (
	"net/http"
	"net/url"
	"time"
)

// Language is one that pages are written in.
type Language struct {
	Code  string
	Name  string // in its own letters
	Short string
}

// Languages of the pages. Uzbek Cyrillic is derived from Latin by rule.
var Languages = []Language{
	{"uz", "Oʻzbekcha", "Oʻz"},
	{"uz-Cyrl", "Ўзбекча", "Ўз"},
	{"ru", "Русский", "Ру"},
	{"en", "English", "En"},
}

const languageCookie = "language"

func known(code string) bool {
	for _, l := range Languages {
		if l.Code == code {
			return true
		}
	}
	return false
}

// language of a request: what was chosen, else what the browser asks for, else Uzbek.
func (s *Server) language(r *http.Request) string {
	if c, err := r.Cookie(s.cookieName(languageCookie)); err == nil && known(c.Value) {
		return c.Value
	}
	return preferred(r.Header.Get("Accept-Language"))
}

// withLanguage is the address of this page in another language. After a form
// was sent and refused, it leads to the page of the form.
func withLanguage(r *http.Request, code string) string {
	q := r.URL.Query()
	q.Set("lang", code)
	return here(r.URL, q)
}

// here is the address of a page of ours with another query. The path stays as
// it was sent: decoded, /%2Fevil.example would be the address of another site.
func here(u *url.URL, query url.Values) string {
	path := next(u.EscapedPath())
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// switchLanguage keeps the language that ?lang= asks for and leads back to the same page without it.
func (s *Server) switchLanguage(w http.ResponseWriter, r *Request) bool {
	q := r.URL.Query()
	code := q.Get("lang")
	if code == "" || !known(code) || r.Method != http.MethodGet {
		return false
	}
	//nolint:gosec // Secure follows the setting: an office behind TLS sets it, a demonstration on localhost cannot
	http.SetCookie(w, &http.Cookie{Name: s.cookieName(languageCookie), Value: code, Path: "/", MaxAge: int((365 * 24 * time.Hour).Seconds()),
		HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode})
	q.Del("lang")
	http.Redirect(w, r.Request, here(r.URL, q), http.StatusSeeOther) //nolint:gosec // checked by next
	return true
}
