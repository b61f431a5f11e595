// Package wire is how what is sent to the API is read, and how what is told is written, whatever it is about: JSON that is read strictly, moments, lists
// that go on behind their last row, problem details. It knows no law, no proceeding and no route.
package wire

import (
	"bytes"
	"encoding/json"
	"net/http"

	"nazorat/internal/calendar"
	"nazorat/internal/directory"
	"nazorat/internal/web"
)

// Write answers with JSON in the language of the request.
func Write(w http.ResponseWriter, r *web.Request, v any) error {
	return WriteAs(w, r, "application/json", http.StatusOK, v)
}

func WriteAs(w http.ResponseWriter, r *web.Request, kind string, status int, v any) error {
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

// Moment is an instant in RFC 3339 with the offset of a zone, to the microsecond.
func Moment(zone *calendar.Zone, m calendar.Moment) string {
	return m.Time().In(zone.Location()).Format("2006-01-02T15:04:05.999999Z07:00")
}

// MomentOr is nil for no moment.
func MomentOr(zone *calendar.Zone, m calendar.Moment) *string {
	if m == 0 {
		return nil
	}
	s := Moment(zone, m)
	return &s
}

// Named is a name of the law with its word in the language asked for.
type Named struct {
	Name  string `json:"name"`
	Label string `json:"label"`
}

// None keeps an empty list a list: null would be another type.
func None[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Office is an office wherever one is named.
type Office struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func OfficeOf(t *web.Words, dir *directory.Directory, id string) Office {
	return Office{id, t.Office(dir.Tree().Office(id))}
}
