package api

import (
	"mime"
	"nazorat/internal/api/systems"
	"nazorat/internal/api/wire"
	"net/http"

	"nazorat/internal/access"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/look"
	"nazorat/internal/vault"
	"nazorat/internal/web"
)

// Documents over the API. A file is sent as its bytes, before the act that names it: it waits as its officer's upload, as one that a page has brought, and
// the answer has the hash that the form of the act names. What it is its bytes say. A document is given out as pages give it out: to whoever
// reads the sheet that names it and may take something out of the case, with a look on record.

// bytesType is what a file is sent as. No page of another site sends that without having asked.
const bytesType = "application/octet-stream"

// bringing stands for the act where policies are asked about a file that comes in before one is known: about the act itself they are asked when it comes.
const bringing = "bring_document"

// documentTypes are what a document may come back as.
var documentTypes = []string{vault.JPEG, vault.PNG, vault.PDF, vault.Text + "; charset=utf-8"}

// documentJSON is a file that was taken in.
type documentJSON struct {
	Hash string `json:"hash" doc:"Its SHA-256: what a field of type document of a form is given, within two days."`
	Type string `json:"type" doc:"What its bytes say that it is."`
	Size int64  `json:"size" doc:"In bytes."`
	Name string `json:"name" doc:"What it is called here."`
}

// upload takes in a file.
func (a *api) upload(w http.ResponseWriter, r *web.Request) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	encoding := r.Header.Get("Content-Encoding")
	if err != nil || kind != bytesType || encoding != "" && encoding != "identity" {
		return wire.Unread(w, r, &wire.BadBody{Status: http.StatusUnsupportedMediaType, Key: "api.media_bytes"})
	}
	officer, err := a.uploader(r)
	if err != nil {
		return err
	}
	if a.vault == nil {
		return fault.New(fault.Unavailable, "vault.no_folder", nil)
	}
	if r.ContentLength > vault.MostBytes {
		return wire.Unread(w, r, tooLarge(nil))
	}
	f, err := a.vault.Take(r.Context(), officer, r.URL.Query().Get("name"), r.Upload(w))
	switch told := fault.Of(err); {
	case err == nil:
		return wire.WriteAs(w, r, "application/json", http.StatusCreated, documentJSON{f.Hash, f.Type, f.Size, f.Name})
	case told.Key == "vault.too_large":
		return wire.Unread(w, r, tooLarge(err))
	case told.Key == "vault.cut_off":
		return wire.Unread(w, r, &wire.BadBody{Status: http.StatusBadRequest, Key: told.Key, Cause: err})
	}
	return err
}

func tooLarge(cause error) error {
	return &wire.BadBody{Status: http.StatusRequestEntityTooLarge, Key: "vault.too_large", Args: fault.Args{"n": vault.MostBytes >> 20}, Cause: cause}
}

// uploader is whose upload a file becomes: the officer of the session, or the one whom a system names, where it may send acts of his.
func (a *api) uploader(r *web.Request) (string, error) {
	s := &sentAct{wrong: map[string]fault.Error{}}
	query := r.URL.Query()
	if id, role := query.Get("officer"), query.Get("role"); id != "" || role != "" {
		s.by = &byJSON{Officer: id, Role: role}
	}
	who, err := a.sender(r, s)
	if err != nil {
		return "", err
	}
	if wrong, bad := s.wrong["by"]; bad {
		return "", &fault.Error{Kind: fault.Invalid, Key: "refusal.bad_form", Fields: map[string]fault.Error{"officer": wrong}}
	}
	if c := systems.Of(r); c != nil {
		if refused := a.docket.MayEnterAt(a.docket.Now(), c.Subject(), access.Resource{Office: who.Office}, access.Entered{Act: bringing, Role: who.Role, Office: who.Office}); refused != nil {
			return "", refused
		}
	}
	return who.Officer, nil
}

// document gives out a document as the file that it came in as.
func (a *api) document(w http.ResponseWriter, r *web.Request) error {
	p, err := a.docket.Proceeding(r.Context(), r.Actor(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if refused := a.docket.MayDownload(r.Actor(), p.Resource()); refused != nil {
		return refused
	}
	seq, there := p.EntryNumber(r.PathValue("seq"))
	if !there {
		return fault.New(fault.NotFound, "api.no_entry", nil)
	}
	e, err := a.docket.Entry(r.Context(), p, seq)
	if err != nil {
		return err
	}
	f, as, named := docket.Document(e, r.PathValue("field"))
	if !named {
		return fault.New(fault.NotFound, "api.no_document", nil)
	}
	content, err := a.vault.Whole(r.Context(), f)
	if err != nil {
		return err
	}
	defer content.Close()
	if err := a.lookedAs(r, look.Download, p, e.Thing); err != nil {
		return err
	}
	for _, name := range []string{"Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"} {
		r.Header.Del(name) // it is given whole or not at all, as the description says
	}
	r.ServeFile(w, f, content, as)
	return nil
}
