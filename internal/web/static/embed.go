// Package static serves the built front end: one style sheet, one script, the
// fonts and the pictures.
//
// The files are built by `make assets` from assets/ and the npm packages of
// package-lock.json, and embedded. Every file has the hash of its content in
// its name, so a browser may keep it for ever; manifest.json says which hashed
// name a plain name has now. Text files also lie there in brotli and gzip form
// and are sent so to whoever accepts that.
//
// A program that was compiled before the assets were built knows it: Check
// says so, and Path panics instead of writing a page without its style.
package static

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// Prefix is where Handler must be mounted.
const Prefix = "/static/"

// ErrNotBuilt says that the program was compiled without its front end.
var ErrNotBuilt = errors.New("static: the front end is not built: run `make assets`, then build again")

//go:embed all:dist
var dist embed.FS

// manifest is a pure function of the embedded files, so it is read once.
var manifest = sync.OnceValues(func() (map[string]string, error) { return readManifest(dist) })

func readManifest(files fs.FS) (map[string]string, error) {
	raw, err := fs.ReadFile(files, "dist/manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	if err != nil {
		return nil, fmt.Errorf("read the manifest of the front end: %w", err)
	}
	var names map[string]string
	if err := json.Unmarshal(raw, &names); err != nil {
		return nil, fmt.Errorf("read the manifest of the front end: %w", err)
	}
	for plain, hashed := range names {
		if _, err := fs.Stat(files, "dist/"+hashed); err != nil {
			return nil, fmt.Errorf("the manifest of the front end names %s for %s: %w", hashed, plain, err)
		}
	}
	return names, nil
}

// Check returns ErrNotBuilt, or what else is wrong with the embedded front
// end. A program calls it once when it starts.
func Check() error {
	_, err := manifest()
	return err
}

// Path returns the address of a built file by its plain name: "app.css",
// "app.js", "live.js", "emblem.svg", "favicon.svg", "licences.txt". It panics when the
// front end is not built or holds no such file: both are mistakes of the
// build, and a page without its style must not pass for a page.
func Path(name string) string {
	names, err := manifest()
	if err != nil {
		panic(err)
	}
	hashed, ok := names[name]
	if !ok {
		panic(fmt.Sprintf("static: the front end holds no %q", name))
	}
	return Prefix + hashed
}

// Handler serves the built files under Prefix, for GET and HEAD. A name that
// is not a built file is 404, which is never cached for long because the next
// release may have it.
func Handler() http.Handler { return handler(dist) }

func handler(files fs.FS) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(r.URL.Path, Prefix)
		// One flat folder: no name with a slash, and neither the keep file nor
		// the compressed forms under their own names.
		ext := path.Ext(name)
		if name == "" || strings.Contains(name, "/") || strings.HasPrefix(name, ".") || ext == ".br" || ext == ".gz" {
			http.NotFound(w, r)
			return
		}
		body, err := fs.ReadFile(files, "dist/"+name)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Add("Vary", "Accept-Encoding")
		for _, form := range [...]struct{ coding, ext string }{{"br", ".br"}, {"gzip", ".gz"}} {
			if !Accepts(r.Header.Values("Accept-Encoding"), form.coding) {
				continue
			}
			if packed, err := fs.ReadFile(files, "dist/"+name+form.ext); err == nil {
				body = packed
				h.Set("Content-Encoding", form.coding)
				break
			}
		}
		h.Set("Content-Type", contentType(ext))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Content-Length", strconv.Itoa(len(body)))
		if r.Method == http.MethodGet {
			// A reader who went away is not our error, and nothing can be told to him.
			_, _ = w.Write(body) //nolint:gosec // files built into the program
		}
	})
}

// contentType does not ask the machine's own mime tables first for the types
// that we build: they differ between machines.
func contentType(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".txt":
		return "text/plain; charset=utf-8"
	case ".json":
		return "application/json"
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return "application/octet-stream"
}

// Accepts says whether an Accept-Encoding allows the coding: named, or by a
// star, and not with a weight of zero (RFC 9110, 12.5.3).
func Accepts(headers []string, coding string) bool {
	star := false
	for _, header := range headers {
		for part := range strings.SplitSeq(header, ",") {
			name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
			name = strings.ToLower(strings.TrimSpace(name))
			ok := true
			if q, found := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q="); found {
				weight, err := strconv.ParseFloat(q, 64)
				ok = err == nil && weight > 0
			}
			switch name {
			case coding:
				return ok
			case "*":
				star = ok
			}
		}
	}
	return star
}
