// Package publiclog is what everybody may see of the journal: the tiles of its
// Merkle tree and its checkpoints over HTTP, as C2SP tlog-tiles has them, so that
// clients and witnesses of others read them; the asking of witnesses for their
// signatures; and the loop that signs.
//
// What is served tells nothing about a person: an entry of the public log is the 32
// bytes of a salted commitment. Nothing is served that no checkpoint covers yet.
//
// It owns no table and keeps no state that matters: a restart asks a witness once
// more where it stands.
package publiclog

import (
	"bytes"
	"net/http"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/leaf"
)

// Handler serves the log. Its paths are relative to where it is mounted:
//
//	mux.Handle("GET /log/", http.StripPrefix("/log/", &publiclog.Handler{Log: log}))
type Handler struct {
	Log *leaf.Log
	// Witnesses, where more than 0, is how many must have signed a checkpoint for
	// it to be served; as long as there is none such, the newest is.
	Witnesses int
}

// Caching: a tile that was served once never changes; a checkpoint is the newest for a second.
const (
	forever  = "public, max-age=31536000, immutable"
	aSecond  = "public, max-age=1"
	hashSize = len(journal.Hash{})
)

// ServeHTTP answers GET and HEAD of checkpoint, tile/L/N[.p/W] and tile/entries/N[.p/W].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// Clients in browsers of other sites may read what everybody may read.
	w.Header().Set("Access-Control-Allow-Origin", "*")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	if r.URL.Path == "checkpoint" {
		h.checkpoint(w, r)
		return
	}
	h.tile(w, r)
}

func (h *Handler) checkpoint(w http.ResponseWriter, r *http.Request) {
	s, err := h.Log.Latest(r.Context())
	if err == nil && h.Witnesses > 0 {
		cosigned, cosignedErr := h.Log.LatestCosigned(r.Context(), h.Witnesses)
		if cosignedErr == nil {
			s = cosigned
		} else if !fault.Is(cosignedErr, fault.NotFound) {
			err = cosignedErr
		}
	}
	if err != nil {
		fail(w, err)
		return
	}
	write(w, r, "text/plain; charset=utf-8", aSecond, s.Note)
}

func (h *Handler) tile(w http.ResponseWriter, r *http.Request) {
	t, ok := parseTile(r.URL.Path)
	if !ok {
		http.Error(w, "there is no such thing here", http.StatusNotFound)
		return
	}
	size, err := h.Log.Published(r.Context())
	if err != nil {
		fail(w, err)
		return
	}
	level := max(t.L, 0)
	if t.N<<t.H+int64(t.W) > size>>(t.H*level) {
		w.Header().Set("Cache-Control", "no-store") // it may be there in a second
		http.Error(w, "the tree does not reach so far yet", http.StatusNotFound)
		return
	}
	var data []byte
	if t.L < 0 {
		data, err = h.entries(r, t)
	} else {
		data, err = h.Log.Tile(r.Context(), t)
	}
	if err != nil {
		fail(w, err)
		return
	}
	write(w, r, "application/octet-stream", forever, data)
}

// entries is a bundle: each entry with its length before it.
func (h *Handler) entries(r *http.Request, t tlog.Tile) ([]byte, error) {
	first := t.N << t.H
	raw, err := h.Log.Leaves(r.Context(), first, first+int64(t.W))
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, t.W*(2+hashSize))
	for len(raw) > 0 {
		out = append(append(out, 0, byte(hashSize)), raw[:hashSize]...)
		raw = raw[hashSize:]
	}
	return out, nil
}

// deepest level of a tile: no tree of 63 bits has more.
const deepest = 7

// parseTile reads tile/0/x001/234.p/5; a level of -1 stands for entries.
func parseTile(path string) (t tlog.Tile, ok bool) {
	rest, ok := strings.CutPrefix(path, "tile/")
	if !ok || len(path) > 100 {
		return t, false
	}
	level, number, ok := strings.Cut(rest, "/")
	if !ok || level == "data" {
		return t, false
	}
	if level == "entries" {
		level = "data"
	}
	// tlog's own paths name the height as well; beside that they are the same.
	t, err := tlog.ParseTilePath("tile/8/" + level + "/" + number)
	return t, err == nil && t.L <= deepest && t.N <= 1<<62>>(t.H*(max(t.L, 0)+1))
}

func write(w http.ResponseWriter, r *http.Request, kind, caching string, data []byte) {
	head := w.Header()
	head.Set("Content-Type", kind)
	head.Set("Cache-Control", caching)
	head.Set("X-Content-Type-Options", "nosniff")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

// fail tells nothing but the kind of what went wrong: the caller is anybody.
func fail(w http.ResponseWriter, err error) {
	w.Header().Set("Cache-Control", "no-store")
	switch fault.Of(err).Kind {
	case fault.NotFound:
		http.Error(w, "nothing was signed yet", http.StatusNotFound)
	case fault.Unavailable:
		w.Header().Set("Retry-After", "2")
		http.Error(w, "try again", http.StatusServiceUnavailable)
	default:
		http.Error(w, "internal error", http.StatusInternalServerError)
	}
}
