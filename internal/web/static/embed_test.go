package static

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func built() fstest.MapFS {
	return fstest.MapFS{
		"dist/.gitkeep":        {Data: []byte("kept")},
		"dist/manifest.json":   {Data: []byte(`{"app.css":"app-AB12.css"}`)},
		"dist/app-AB12.css":    {Data: []byte("body{}")},
		"dist/app-AB12.css.br": {Data: []byte("br-form")},
		"dist/app-AB12.css.gz": {Data: []byte("gz-form")},
		"dist/sans-CD.woff2":   {Data: []byte("font")},
	}
}

func TestFrontEndThatIsNotBuiltSaysSo(t *testing.T) {
	_, err := readManifest(fstest.MapFS{"dist/.gitkeep": {}})
	if !errors.Is(err, ErrNotBuilt) || !strings.Contains(err.Error(), "make assets") {
		t.Fatalf("got %v", err)
	}
}

func TestManifestThatNamesAMissingFileIsRefused(t *testing.T) {
	files := built()
	delete(files, "dist/app-AB12.css")
	if _, err := readManifest(files); err == nil || !strings.Contains(err.Error(), "app-AB12.css") {
		t.Fatalf("got %v", err)
	}
}

func TestBuiltFilesAreServedInTheFormTheReaderAccepts(t *testing.T) {
	for _, c := range []struct{ accept, coding, body string }{
		{"", "", "body{}"},
		{"gzip, deflate, br, zstd", "br", "br-form"},
		{"gzip", "gzip", "gz-form"},
		{"br;q=0, gzip;q=0.5", "gzip", "gz-form"},
		{"*", "br", "br-form"},
		{"br; q=0, *;q=0", "", "body{}"},
		{"identity", "", "body{}"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/static/app-AB12.css", nil)
		if c.accept != "" {
			r.Header.Set("Accept-Encoding", c.accept)
		}
		w := httptest.NewRecorder()
		handler(built()).ServeHTTP(w, r)
		body, _ := io.ReadAll(w.Body)
		if w.Code != 200 || string(body) != c.body || w.Header().Get("Content-Encoding") != c.coding {
			t.Errorf("%q: %d %q %q", c.accept, w.Code, w.Header().Get("Content-Encoding"), body)
		}
		if w.Header().Get("Content-Type") != "text/css; charset=utf-8" || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%q: headers %v", c.accept, w.Header())
		}
	}
}

func TestNothingButBuiltFilesIsServed(t *testing.T) {
	for _, name := range []string{"", ".gitkeep", "app-AB12.css.br", "app-AB12.css.gz", "../embed.go", "x/y.css", "app-OLD.css"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/static/x", nil)
		r.URL.Path = Prefix + name
		handler(built()).ServeHTTP(w, r)
		if w.Code != http.StatusNotFound || w.Header().Get("Cache-Control") != "" {
			t.Errorf("%q: %d %v", name, w.Code, w.Header())
		}
	}
	w := httptest.NewRecorder()
	handler(built()).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/static/app-AB12.css", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
}

func TestEveryNameThatPagesAskForIsBuilt(t *testing.T) {
	if err := Check(); err != nil {
		t.Skip(err)
	}
	for _, name := range []string{"app.css", "app.js", "live.js", "emblem.svg", "favicon.svg", "licences.txt"} {
		w := httptest.NewRecorder()
		Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, Path(name), nil))
		if w.Code != 200 || w.Body.Len() == 0 {
			t.Errorf("%s at %s: %d", name, Path(name), w.Code)
		}
	}
}
