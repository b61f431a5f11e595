package api

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

// mostListed is the length of one page of a list.
const mostListed = 50

// pageJSON says where a list goes on.
type pageJSON struct {
	Next string `json:"next,omitempty" doc:"Where the list goes on: sent back as after. Left out at its end."`
}

// cursor writes where a list goes on.
func cursor(parts ...any) string {
	text, err := json.Marshal(parts)
	if err != nil {
		return "" // numbers and texts always can
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// position is where a list goes on, as it was sent back.
type position struct {
	parts  []any
	broken bool
}

// cursorOf reads where a list of so many parts goes on; nil where it begins. Invalid for what is none of ours.
func cursorOf(r *web.Request, parts int) (*position, error) {
	text := r.URL.Query().Get(afterParam)
	if text == "" {
		return nil, nil
	}
	p := &position{}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		d := json.NewDecoder(strings.NewReader(string(raw)))
		d.UseNumber()
		err = d.Decode(&p.parts)
	}
	if p.broken = err != nil || len(p.parts) != parts; p.broken {
		return nil, p.bad()
	}
	return p, nil
}

// whole is a part that is a whole number.
func (p *position) whole(i int) int64 {
	n, isNumber := p.parts[i].(json.Number)
	v, err := n.Int64()
	if !isNumber || err != nil {
		p.broken = true
	}
	return v
}

// text is a part that is a text.
func (p *position) text(i int) string {
	s, isText := p.parts[i].(string)
	if !isText || strings.ContainsRune(s, 0) {
		p.broken = true
	}
	return s
}

// spoil says that a part, though it could be read, cannot be one of ours.
func (p *position) spoil() { p.broken = true }

// bad says that what was sent back was not what was given; nil where it was.
func (p *position) bad() error {
	if !p.broken {
		return nil
	}
	return &fault.Error{Kind: fault.Invalid, Key: "refusal.bad_form", Fields: map[string]fault.Error{afterParam: {Kind: fault.Invalid, Key: "api.field.cursor"}}}
}
