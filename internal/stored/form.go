package stored

import (
	"encoding/json"
	"fmt"
	"nazorat/internal/fact"
	"nazorat/internal/procedure"
	"strings"
	"unicode/utf8"
)

// DecodeFormText reads a stored form from its JSON, as EncodeForm's map is
// written. The texts of its values share data's memory.
func DecodeFormText(l *procedure.Law, act procedure.ActID, data string) ([]fact.Value, error) {
	if data == "{}" {
		return nil, nil
	}
	form := make([]fact.Value, 0, len(l.Names.Forms[act].List))
	rest, plain := strings.CutPrefix(data, "{")
	plain = plain && utf8.ValidString(data) && !strings.ContainsFunc(data, func(r rune) bool { return r == '\\' || r < ' ' })
	for first := true; plain && rest != "}"; first = false {
		var name, typ, text string
		if !first {
			rest, plain = strings.CutPrefix(rest, ",")
		}
		name, rest, plain = quoted(rest, plain, ":[")
		typ, rest, plain = quoted(rest, plain, ",")
		text, rest, plain = quoted(rest, plain, "]")
		if !plain {
			break
		}
		var err error
		if form, err = put(l, act, form, name, fact.JSON{typ, text}); err != nil {
			return nil, err
		}
	}
	if plain {
		return form, nil
	}
	var typed map[string]fact.JSON // with escapes, or written by another hand
	if err := json.Unmarshal([]byte(data), &typed); err != nil {
		return nil, fmt.Errorf("form: %w", err)
	}
	return DecodeForm(l, act, typed)
}

// put sets one field of a form.
func put(l *procedure.Law, act procedure.ActID, form []fact.Value, name string, j fact.JSON) ([]fact.Value, error) {
	id := l.Names.Forms[act].Find(name)
	if id < 0 {
		return nil, fmt.Errorf("form of %s has no field %q", l.ActName(act), name)
	}
	v, err := fact.Decode(j)
	if err != nil {
		return nil, fmt.Errorf("form of %s, %s: %w", l.ActName(act), name, err)
	}
	form = grow(form, id)
	form[id] = v
	return form, nil
}

// quoted takes a text in quotes and what follows it off the front of s.
func quoted(s string, ok bool, after string) (text, rest string, well bool) {
	if !ok {
		return "", s, false
	}
	if s, ok = strings.CutPrefix(s, `"`); !ok {
		return "", s, false
	}
	text, rest, ok = strings.Cut(s, `"`)
	if ok {
		rest, ok = strings.CutPrefix(rest, after)
	}
	return text, rest, ok
}
