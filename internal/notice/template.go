package notice

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// A template is a text with places, {name} or {name|how}, that are filled in. The language can do nothing else: no conditions, no loops, no calls. How a
// value is written says what stands around it, so that no value can end what it stands in:
//
//	json   a string of JSON, with its quotes
//	url    escaped for the query of an address, or a form
//
// A brace of the text itself is written twice.
type template struct {
	parts []part
}

type part struct {
	text      string
	name, how string // of a place; "" for text
}

// parseTemplate reads a template whose places have these names and are written in one of these ways; "" is the value as it is.
func parseTemplate(text string, names, hows []string) (*template, error) {
	t := &template{}
	for text != "" {
		i := strings.IndexAny(text, "{}")
		if i < 0 {
			t.parts = append(t.parts, part{text: text})
			break
		}
		if i+1 < len(text) && text[i+1] == text[i] {
			t.parts = append(t.parts, part{text: text[:i+1]})
			text = text[i+2:]
			continue
		}
		if text[i] == '}' {
			return nil, fmt.Errorf("a } without its {: a brace of the text itself is written twice")
		}
		inside, rest, closed := strings.Cut(text[i+1:], "}")
		if !closed {
			return nil, fmt.Errorf("a { without its }: a brace of the text itself is written twice")
		}
		name, how, _ := strings.Cut(inside, "|")
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("{%s}: want one of %s", inside, strings.Join(names, ", "))
		}
		if !slices.Contains(hows, how) {
			return nil, fmt.Errorf("{%s}: want it written as {%s|%s}", inside, name, strings.Join(hows, " or |"))
		}
		t.parts = append(t.parts, part{text: text[:i]}, part{name: name, how: how})
		text = rest
	}
	return t, nil
}

// fill writes the text with its values.
func (t *template) fill(values map[string]string) string {
	var b strings.Builder
	for _, p := range t.parts {
		v := values[p.name]
		switch {
		case p.name == "":
			b.WriteString(p.text)
		case p.how == "json":
			text, err := json.Marshal(v)
			if err != nil { // not reached: a text can always be written
				text = []byte(`""`)
			}
			b.Write(text)
		case p.how == "url":
			b.WriteString(url.QueryEscape(v))
		default:
			b.WriteString(v)
		}
	}
	return b.String()
}

// holds reports whether a value has a place in the text.
func (t *template) holds(name string) bool {
	return slices.ContainsFunc(t.parts, func(p part) bool { return p.name == name })
}
