package web

import (
	"errors"
	"io"
	"net/http"
	"sync"

	"github.com/klauspost/compress/gzip"

	"nazorat/internal/web/static"
)

// packLevel is how hard pages are compressed: a page of 100 KB in about a millisecond, to an eighth. More effort gains a tenth.
const packLevel = 3

// packers are used again: each holds some hundred kilobytes.
var packers = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(io.Discard, packLevel)
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}}

// packed is where to write the body of a page: compressed where the browser
// takes that and the page was found. Pages that answer otherwise may say again
// what was asked for, beside the name of who asks; such a page is never
// compressed, for its length would tell about the one by the other.
// finish ends the body; the headers must not be written yet.
func (r *Request) packed(w http.ResponseWriter, status int) (body io.Writer, finish func() error) {
	if status != http.StatusOK || !static.Accepts(r.Header.Values("Accept-Encoding"), "gzip") {
		return w, func() error { return nil }
	}
	w.Header().Set("Content-Encoding", "gzip")
	z := packers.Get().(*gzip.Writer)
	z.Reset(w)
	return z, func() error {
		err := z.Close()
		z.Reset(io.Discard)
		packers.Put(z)
		return err
	}
}

// write sends a page.
func (r *Request) write(w http.ResponseWriter, status int, render func(io.Writer) error) error {
	body, finish := r.packed(w, status)
	w.WriteHeader(status)
	err := render(body)
	return errors.Join(err, finish())
}

// Packed sends data of a type that says nothing of whoever asks, compressed where the reader takes that.
func (r *Request) Packed(w http.ResponseWriter, kind string, data []byte) error {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Vary", "Cookie, Accept-Language, Accept-Encoding")
	return r.write(w, http.StatusOK, func(to io.Writer) error {
		_, err := to.Write(data)
		return err
	})
}
