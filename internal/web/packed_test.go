package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAPageIsCompressedForWhoTakesItAndOnlyWhereItWasFound(t *testing.T) {
	page := strings.Repeat("Nazorat. ", 1000)
	for _, c := range []struct {
		accepts string
		status  int
		packed  bool
	}{{"gzip, deflate, br", http.StatusOK, true}, {"*", http.StatusOK, true}, {"gzip;q=0", http.StatusOK, false}, {"", http.StatusOK, false},
		{"gzip", http.StatusNotFound, false}, {"gzip", http.StatusUnprocessableEntity, false}} {
		for range 2 { // a packer that was used before writes as a new one
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
			r.Header.Set("Accept-Encoding", c.accepts)
			w := httptest.NewRecorder()
			if err := (&Request{Request: r}).write(w, c.status, func(to io.Writer) error { _, err := io.WriteString(to, page); return err }); err != nil {
				t.Fatal(err)
			}
			var body io.Reader = w.Body
			if packed := w.Header().Get("Content-Encoding") == "gzip"; packed != c.packed || packed && w.Body.Len() > len(page)/10 {
				t.Errorf("%q, %d: packed %v, %d bytes", c.accepts, c.status, packed, w.Body.Len())
			}
			if c.packed {
				z, err := gzip.NewReader(w.Body)
				if err != nil {
					t.Fatal(err)
				}
				body = z
			}
			if got, err := io.ReadAll(body); err != nil || string(got) != page || w.Code != c.status {
				t.Errorf("%q, %d: %d bytes of the page arrive (%v)", c.accepts, c.status, len(got), err)
			}
		}
	}
}
