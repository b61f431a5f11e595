package web

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/vault"
)

// Files come with the forms of acts. They are read as they arrive, part by part, and never held: each goes straight to where uploads are kept, and
// in its place the handler finds its hash, as if it had been typed. What is wrong with a file is said beside its field, and the
// rest of the form is as it was sent.

// FilePrefix is what the name of an input begins with that takes a file for the field of a law: file.photo for f.photo.
const (
	FilePrefix  = "file."
	fieldPrefix = "f."
)

// What a form with files may bring.
const (
	mostFilesBody = 110 << 20 // bytes in all
	mostFiles     = 10
	mostParts     = 1000
	mostFieldName = 200
	// partWithin is how long nothing may arrive, and formWithin how long the whole may take.
	partWithin = 30 * time.Second
	formWithin = 15 * time.Minute
)

// bodyKey is under what a request's context holds its body as it came, before it was bounded.
type bodyKey struct{}

// hasFiles reports whether a request brings a form that may hold files.
func hasFiles(r *http.Request) bool {
	return strings.HasPrefix(strings.ToLower(r.Header.Get("Content-Type")), "multipart/form-data")
}

// patient gives each part of a body its own time: a slow line is no attack as long as something arrives.
type patient struct {
	io.Reader
	c   *http.ResponseController
	end time.Time
}

func (p *patient) Read(b []byte) (int, error) {
	until := time.Now().Add(partWithin)
	if until.After(p.end) {
		until = p.end
	}
	_ = p.c.SetReadDeadline(until) // a connection that knows no deadline needs none
	return p.Reader.Read(b)
}

// Upload is the body of a request that is a file, for whoever takes it; bounded, with time for a slow line.
func (r *Request) Upload(w http.ResponseWriter) io.Reader {
	body, ok := r.Context().Value(bodyKey{}).(io.ReadCloser)
	if !ok {
		body = r.Body
	}
	return &patient{http.MaxBytesReader(w, body, mostFilesBody), http.NewResponseController(w), time.Now().Add(formWithin)}
}

// Bounds of what is read and thrown away of a form that is too large.
const (
	mostSpent   = 64 << 20
	spentWithin = 30 * time.Second
)

// spend reads what is left of a form that is too large. A browser that is still sending when we hang up says that the connection broke, and
// shows nothing of our answer.
func spend(w http.ResponseWriter, r *Request) {
	body, ok := r.Context().Value(bodyKey{}).(io.ReadCloser)
	if !ok {
		return
	}
	_, _ = io.Copy(io.Discard, &patient{io.LimitReader(body, mostSpent), http.NewResponseController(w), time.Now().Add(spentWithin)}) // whoever sends more is hung up on
}

// readFiles reads a form that may hold files. Files of somebody who is not signed in are not kept; the rest of his form is.
func (s *Server) readFiles(w http.ResponseWriter, r *Request) error {
	r.Body = io.NopCloser(r.Upload(w))
	parts, err := r.MultipartReader()
	if err != nil {
		return fault.New(fault.Invalid, "fault.bad_form", nil).Because(err)
	}
	values, left, files := url.Values{}, int64(mostBody), 0
	for range mostParts {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			r.PostForm, r.Form = values, url.Values{}
			for _, from := range []url.Values{values, r.URL.Query()} {
				for name, list := range from {
					r.Form[name] = append(r.Form[name], list...)
				}
			}
			return nil
		}
		if err != nil {
			return unreadable(err)
		}
		name := part.FormName()
		if name == "" || len(name) > mostFieldName {
			return fault.New(fault.Invalid, "fault.bad_form", nil)
		}
		field, isFile := strings.CutPrefix(name, FilePrefix)
		switch {
		case !isFile:
			text, err := io.ReadAll(io.LimitReader(part, left+1))
			if err != nil {
				return unreadable(err)
			}
			if left -= int64(len(text) + len(name)); left < 0 {
				return &http.MaxBytesError{Limit: mostBody}
			}
			values.Add(name, string(text))
		case part.FileName() == "":
			// nothing was chosen
		case s.tokenWanted(r, values.Get(formField)):
			return fault.New(fault.Forbidden, "fault.form_token", nil) // before anything of it is kept
		case r.Session == nil || s.Vault == nil:
			if _, err := io.Copy(io.Discard, part); err != nil {
				return unreadable(err)
			}
		default:
			if files++; files > mostFiles {
				return fault.New(fault.Invalid, "vault.too_many_files", fault.Args{"n": mostFiles})
			}
			f, err := s.Vault.Take(r.Context(), r.Session.Officer.ID, part.FileName(), part)
			var large *http.MaxBytesError
			switch wrong := fault.Of(err); {
			case err == nil:
				values.Set(fieldPrefix+field, f.Hash)
			case errors.As(err, &large):
				return unreadable(err)
			case wrong.Kind == fault.Internal:
				return err
			default:
				if wrong.Key == "vault.not_kept" {
					s.Log.ErrorContext(r.Context(), "a file was not kept", "request", r.ID, "error", err)
				}
				if r.FileFaults == nil {
					r.FileFaults = map[string]fault.Error{}
				}
				r.FileFaults[field] = *wrong
			}
		}
	}
	return fault.New(fault.Invalid, "fault.bad_form", nil)
}

// unreadable is why a form with files could not be read to its end.
func unreadable(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return fault.New(fault.Invalid, "vault.form_too_large", fault.Args{"n": mostFilesBody >> 20}).Because(err)
	}
	return fault.New(fault.Invalid, "fault.bad_form", nil).Because(err)
}

// ServeFile answers with a file, or the part of it that was asked for: to be kept under a name of ours, of plain letters, or, without one, to be
// looked at. Nothing runs in it, whatever it says: its type is what it was found to be, and it is not guessed. A paper (PDF) is shown in a
// frame of our pages, nothing else in any. The handler has recorded the look.
func (r *Request) ServeFile(w http.ResponseWriter, f fact.File, content io.ReadSeeker, name string) {
	h := w.Header()
	kind, framed := f.Type, "'none'"
	switch kind {
	case vault.Text:
		kind += "; charset=utf-8"
	case vault.PDF:
		framed = "'self'"
		h.Set("X-Frame-Options", "SAMEORIGIN")
	}
	h.Set("Content-Type", kind)
	if name != "" {
		h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	}
	h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors "+framed)
	h.Set("Cache-Control", "no-store")
	if f.Hash != "" {
		h.Set("ETag", `"`+f.Hash+`"`)
	}
	http.ServeContent(w, r.Request, "", time.Time{}, &steady{content, http.NewResponseController(w)})
}

// steady gives each part of an answer its own time to be written.
type steady struct {
	io.ReadSeeker
	c *http.ResponseController
}

func (s *steady) Read(b []byte) (int, error) {
	_ = s.c.SetWriteDeadline(time.Now().Add(writeWithin)) // likewise
	return s.ReadSeeker.Read(b)
}
