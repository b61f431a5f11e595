package web

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"nazorat/internal/fault"
	"nazorat/internal/vault"
)

// part of a form: a file where it has a name.
type part struct{ field, name, text string }

// formOf is a form with files as a browser sends it.
func formOf(t *testing.T, parts ...part) (body []byte, kind string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for _, p := range parts {
		var w io.Writer
		var err error
		if p.name == "" {
			w, err = m.CreateFormField(p.field)
		} else {
			w, err = m.CreateFormFile(p.field, p.name)
		}
		if err == nil {
			_, err = io.WriteString(w, p.text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), m.FormDataContentType()
}

// What is wrong with a file is said beside its field, and the rest of the form is as it was typed; what cannot be read to its end is not done, and
// says where what was typed is.
func TestBadFilesOfAFormAreToldAndTheRestStays(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	folder := t.TempDir()
	store, err := vault.NewDisk(folder)
	if err != nil {
		t.Fatal(err)
	}
	s.Vault = vault.Open(s.db, store, s.Docket.Now)
	var typed, hash string
	var faults map[string]fault.Error
	done := 0
	s.Handle("POST /acts/report", func(w http.ResponseWriter, r *Request) error {
		typed, hash, faults = r.PostForm.Get("f.what"), r.PostForm.Get("f.photo"), r.FileFaults
		done++
		_, err := fmt.Fprint(w, r.PostForm.Get("f.note"))
		return err
	})
	token := s.begin(t)
	send := func(body io.Reader, kind string) *httptest.ResponseRecorder {
		t.Helper()
		typed, hash, faults, done = "", "", nil, 0
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/acts/report", body)
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Accept-Language", "en")
		r.AddCookie(&http.Cookie{Name: "session", Value: token})
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	for _, c := range []struct{ what, name, text, key string }{
		{"good", "a.txt", "A text\n", ""},
		{"another type under the name of a picture", "knife.jpg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "vault.other_type"},
		{"a picture that is cut", "knife.jpg", "\xff\xd8\xff\xe0\x00\x10JFIF", "vault.damaged"},
		{"a picture that unpacks to more than memory", "a.png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01\x00\x00\x00\x01\x00\x00\x08\x06\x00\x00\x00\x00\x00\x00\x00", "vault.too_many_pixels"},
		{"nothing", "a.txt", "", "vault.empty"},
	} {
		body, kind := formOf(t, part{"f.what", "", "A knife"}, part{"file.photo", c.name, c.text}, part{"f.note", "", "behind it"})
		w := send(bytes.NewReader(body), kind)
		if w.Code != http.StatusOK || typed != "A knife" || w.Body.String() != "behind it" || faults["photo"].Key != c.key || (hash == "") != (c.key != "") {
			t.Errorf("%s: %d, typed %q, hash %q, %v", c.what, w.Code, typed, hash, faults)
		}
	}
	// The upload ends in the middle.
	body, kind := formOf(t, part{"f.what", "", "A knife"}, part{"file.photo", "a.txt", strings.Repeat("a", 5000)})
	w := send(io.MultiReader(bytes.NewReader(body[:3000]), iotest.ErrReader(io.ErrUnexpectedEOF)), kind)
	if w.Code != http.StatusUnprocessableEntity || done != 0 || !strings.Contains(w.Body.String(), "is still on the page before") {
		t.Errorf("an upload that ended: %d, %d done, %s", w.Code, done, w.Body)
	}
	// A file of a million rows is pasted where a text is typed, with a file in the form and without.
	rows := strings.Repeat("1;2026-03-02;12.50\n", 1_000_000)
	large, kind := formOf(t, part{"f.what", "", rows})
	for _, x := range []struct{ body, kind string }{{string(large), kind}, {"f.what=" + strings.ReplaceAll(rows, "\n", "%0D%0A"), "application/x-www-form-urlencoded"}} {
		w := send(strings.NewReader(x.body), x.kind)
		if w.Code != http.StatusUnprocessableEntity || done != 0 || !strings.Contains(w.Body.String(), "larger than 1024 KiB") || !strings.Contains(w.Body.String(), "go back, and shorten it") {
			t.Errorf("a million rows: %d, %d done, %.300s", w.Code, done, w.Body)
		}
	}
	// The disk does not take it: that is said beside the field and logged, and what was typed stays.
	drafts := filepath.Join(folder, "drafts")
	if err := os.RemoveAll(drafts); err != nil {
		t.Fatal(err)
	}
	body, kind = formOf(t, part{"f.what", "", "A knife"}, part{"file.photo", "a.txt", "A text"})
	if w := send(bytes.NewReader(body), kind); w.Code != http.StatusOK || typed != "A knife" || hash != "" || faults["photo"].Key != "vault.not_kept" {
		t.Errorf("no place: %d, typed %q, hash %q, %v", w.Code, typed, hash, faults)
	}
	if log := s.log.String(); !strings.Contains(log, "a file was not kept") || strings.Contains(log, "A text") || strings.Contains(log, "a.txt") {
		t.Errorf("the log says %q", log)
	}
}
