package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
)

// What is sent is read strictly, so that nobody takes it for something else than its sender did: JSON (RFC 8259) in UTF-8, one
// object, no name twice in it, nothing behind it. A member that is not known is named, and so is one of another type.

// deepest that an object may be; a body has two levels.
const deepest = 8

// BadBody is what is wrong with a body before anything in it is looked at.
type BadBody struct {
	Status int
	Key    string
	Args   fault.Args
	Cause  error
}

func (e *BadBody) Error() string { return fmt.Sprintf("body: %s: %v", e.Key, e.Cause) }

// Members are those of an object.
type Members map[string]any

// ReadObject reads the one object that was sent. What it errs with, unread tells.
func ReadObject(r *web.Request) (Members, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" || params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8") {
		return nil, &BadBody{Status: http.StatusUnsupportedMediaType, Key: "api.media"}
	}
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return nil, &BadBody{Status: http.StatusUnsupportedMediaType, Key: "api.media"}
	}
	text, err := io.ReadAll(r.Body)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, &BadBody{Status: http.StatusRequestEntityTooLarge, Key: "fault.too_large", Args: fault.Args{"kib": large.Limit >> 10}}
	case err != nil:
		return nil, &BadBody{Status: http.StatusBadRequest, Key: "api.bad_json", Cause: err}
	}
	out, err := parseObject(text)
	if err != nil {
		return nil, &BadBody{Status: http.StatusBadRequest, Key: "api.bad_json", Cause: err}
	}
	return out, nil
}

var (
	errEncoding = errors.New("it is not UTF-8, or half of a pair of escapes is missing")
	errTwice    = errors.New("a name stands twice in one object")
	errDeep     = errors.New("it is too deep")
	errObject   = errors.New("it is no object, or something stands behind it")
)

// parseObject reads one object, strictly.
func parseObject(text []byte) (Members, error) {
	if !utf8.Valid(text) || halfPair(text) {
		return nil, errEncoding
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	v, err := value(d, 0)
	if err != nil {
		return nil, err
	}
	out, isObject := v.(Members)
	if _, err := d.Token(); !isObject || !errors.Is(err, io.EOF) {
		return nil, errObject
	}
	return out, nil
}

// halfPair reports whether a text escapes one half of a pair (UTF-16) without the other, which readers take for different things.
func halfPair(text []byte) bool {
	for i := 0; i+1 < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		i++
		if text[i] != 'u' || i+4 >= len(text) {
			continue
		}
		n, err := strconv.ParseUint(string(text[i+1:i+5]), 16, 16)
		if err != nil {
			continue // no escape at all: the decoder says so
		}
		i += 4
		switch {
		case n >= 0xdc00 && n <= 0xdfff:
			return true
		case n >= 0xd800 && n <= 0xdbff:
			if i+6 >= len(text) || text[i+1] != '\\' || text[i+2] != 'u' {
				return true
			}
			low, err := strconv.ParseUint(string(text[i+3:i+7]), 16, 16)
			if err != nil || low < 0xdc00 || low > 0xdfff {
				return true
			}
			i += 6
		}
	}
	return false
}

// value reads the next value.
func value(d *json.Decoder, depth int) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	delim, isDelim := t.(json.Delim)
	switch {
	case !isDelim:
		return t, nil
	case depth >= deepest:
		return nil, errDeep
	case delim == '[':
		list := []any{}
		for d.More() {
			v, err := value(d, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err
	}
	out := Members{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, _ := key.(string)
		if _, has := out[name]; has {
			return nil, errTwice
		}
		if out[name], err = value(d, depth+1); err != nil {
			return nil, err
		}
	}
	_, err = d.Token()
	return out, err
}

// Unread answers what could not be read.
func Unread(w http.ResponseWriter, r *web.Request, err error) error {
	var body *BadBody
	if !errors.As(err, &body) {
		return err
	}
	f := fault.New(fault.Invalid, body.Key, body.Args)
	return WriteProblem(w, r, Problem{Type: body.Key, Status: body.Status, Title: r.Words.T("fault.title." + fault.Invalid.String()), Detail: r.Words.Fault(nil, f)})
}

// Keys of what is wrong with a member.
const (
	notText   = "api.field.not_text"
	NotWhole  = "api.field.not_whole"
	notObject = "api.field.not_object"
)

// Taking takes members out of an object, and notes what is wrong with them by their names.
type Taking struct {
	Of    Members
	In    string // what stands before the names: "by."
	Wrong map[string]fault.Error
}

func Take(of Members) *Taking { return &Taking{Of: of, Wrong: map[string]fault.Error{}} }

func (t *Taking) Bad(name, key string) {
	t.Wrong[t.In+name] = fault.Error{Kind: fault.Invalid, Key: key}
}

// Text takes a text; needed says that it must be there.
func (t *Taking) Text(name string, needed bool) string {
	v, has := t.Of[name]
	delete(t.Of, name)
	s, isText := v.(string)
	switch {
	case !has && needed:
		t.Bad(name, procedure.FieldMissing)
	case has && !isText:
		t.Bad(name, notText)
	case strings.ContainsRune(s, 0):
		t.Bad(name, fact.BadText)
	case has && strings.TrimSpace(s) == "":
		t.Bad(name, procedure.FieldMissing)
	default:
		return s
	}
	return ""
}

// Whole takes a whole number between two; 0 where it is not there.
func (t *Taking) Whole(name string, needed bool, least, most int64) int64 {
	v, has := t.Of[name]
	delete(t.Of, name)
	n, isNumber := v.(json.Number)
	switch {
	case !has && needed:
		t.Bad(name, procedure.FieldMissing)
	case has && !isNumber:
		t.Bad(name, NotWhole)
	case has:
		// 1.0 and 1e0 are the number 1 to JSON Schema, and to whoever writes all numbers as such.
		at, ok := wholeOf(n.String())
		if !ok || at < least || at > most {
			t.Bad(name, NotWhole)
			return 0
		}
		return at
	}
	return 0
}

// wholeOf reads a whole number as JSON may write it.
func wholeOf(s string) (int64, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != float64(int64(f)) || f > 1<<53 || f < -(1<<53) {
		return 0, false
	}
	return int64(f), true
}

// Object takes an object; nil where it is not there.
func (t *Taking) Object(name string, needed bool) Members {
	v, has := t.Of[name]
	delete(t.Of, name)
	o, isObject := v.(Members)
	switch {
	case !has && needed:
		t.Bad(name, procedure.FieldMissing)
	case has && !isObject:
		t.Bad(name, notObject)
	}
	return o
}

// Rest names what is left over: nobody knows it.
func (t *Taking) Rest() {
	for name := range t.Of {
		t.Bad(name, procedure.FieldUnknown)
	}
}

// Fault says what is wrong with the members; nil where nothing is.
func (t *Taking) Fault() *fault.Error {
	if len(t.Wrong) == 0 {
		return nil
	}
	return &fault.Error{Kind: fault.Invalid, Key: "refusal.bad_form", Fields: t.Wrong}
}

// BadMember says what is wrong with one member, header or parameter.
func BadMember(name, key string) error {
	return &fault.Error{Kind: fault.Invalid, Key: "refusal.bad_form", Fields: map[string]fault.Error{name: {Kind: fault.Invalid, Key: key}}}
}
