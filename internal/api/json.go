package api

import (
	"bytes"
	"encoding/json"
	"net/http"

	"nazorat/internal/calendar"
	"nazorat/internal/directory"
	"nazorat/internal/web"
)

// write answers with JSON in the language of the request.
func write(w http.ResponseWriter, r *web.Request, v any) error {
	return writeJSON(w, r, "application/json", http.StatusOK, v)
}

func writeJSON(w http.ResponseWriter, r *web.Request, kind string, status int, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Language", r.Words.Lang)
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a reader who has hung up cannot be told
	return nil
}

// moment is an instant in RFC 3339 with the offset of a zone, to the microsecond.
func moment(zone *calendar.Zone, m calendar.Moment) string {
	return m.Time().In(zone.Location()).Format("2006-01-02T15:04:05.999999Z07:00")
}

// momentOr is nil for no moment.
func momentOr(zone *calendar.Zone, m calendar.Moment) *string {
	if m == 0 {
		return nil
	}
	s := moment(zone, m)
	return &s
}

// named is a name of the law with its word in the language asked for.
type named struct {
	Name  string `json:"name"`
	Label string `json:"label"`
}

// none keeps an empty list a list: null would be another type.
func none[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// officeJSON is an office wherever one is named.
type officeJSON struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func officeOf(t *web.Words, dir *directory.Directory, id string) officeJSON {
	return officeJSON{id, t.Office(dir.Tree().Office(id))}
}
