package wire

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"nazorat/internal/fault"
	"nazorat/internal/web"
)

// Lists go on behind their last row. Where that is stands in the answer as a text that whoever asks sends back as it is: what is in it
// is nobody's secret, and opens nothing that the list would not show.

// afterParam is the parameter that says where a list goes on.
const afterParam = "after"

// MostListed is the length of one page of a list.
const MostListed = 50

// Page says where a list goes on.
type Page struct {
	Next string `json:"next,omitempty" doc:"Where the list goes on: sent back as after. Left out at its end."`
}

// Cursor writes where a list goes on.
func Cursor(parts ...any) string {
	text, err := json.Marshal(parts)
	if err != nil {
		return "" // numbers and texts always can
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// Position is where a list goes on, as it was sent back.
type Position struct {
	parts  []any
	broken bool
}

// CursorOf reads where a list of so many parts goes on; nil where it begins. Invalid for what is none of ours.
func CursorOf(r *web.Request, parts int) (*Position, error) {
	text := r.URL.Query().Get(afterParam)
	if text == "" {
		return nil, nil
	}
	p := &Position{}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		d := json.NewDecoder(strings.NewReader(string(raw)))
		d.UseNumber()
		err = d.Decode(&p.parts)
	}
	if p.broken = err != nil || len(p.parts) != parts; p.broken {
		return nil, p.Bad()
	}
	return p, nil
}

// Whole is a part that is a whole number.
func (p *Position) Whole(i int) int64 {
	n, isNumber := p.parts[i].(json.Number)
	v, err := n.Int64()
	if !isNumber || err != nil {
		p.broken = true
	}
	return v
}

// Text is a part that is a text.
func (p *Position) Text(i int) string {
	s, isText := p.parts[i].(string)
	if !isText || strings.ContainsRune(s, 0) {
		p.broken = true
	}
	return s
}

// Spoil says that a part, though it could be read, cannot be one of ours.
func (p *Position) Spoil() { p.broken = true }

// Bad says that what was sent back was not what was given; nil where it was.
func (p *Position) Bad() error {
	if !p.broken {
		return nil
	}
	return &fault.Error{Kind: fault.Invalid, Key: "refusal.bad_form", Fields: map[string]fault.Error{afterParam: {Kind: fault.Invalid, Key: "api.field.cursor"}}}
}
