package wire

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"nazorat/internal/web"
)

// plain is what was read, as encoding/json gives it.
func plain(v any) any {
	switch v := v.(type) {
	case Members:
		out := map[string]any{}
		for name, x := range v {
			out[name] = plain(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = plain(v[i])
		}
		return out
	}
	return v
}

// What is taken is what every other reader takes it for: nothing in it is read in two ways.
func FuzzWhatIsSentIsReadAsOthersReadIt(f *testing.F) {
	for _, text := range []string{`{}`, `{"a":1,"b":[true,null,"x\ud83d\ude00"],"c":{"d":1e2}}`, `{"a":1,"a":2}`, `{"a":"\ud800"}`, `{"a":"\\ud800"}`, "{\"a\":\"\xff\"}", `{"a":"\u0000"}`, `[]`, `{}{}`, `{"a":`, `{"\u0061":1,"a":1}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := parseObject(text)
		if err != nil {
			return
		}
		if !utf8.Valid(text) || !json.Valid(text) {
			t.Fatalf("%q was taken", text)
		}
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		var want map[string]any
		if err := d.Decode(&want); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if !reflect.DeepEqual(plain(got), any(want)) {
			t.Errorf("%q: %v, others read %v", text, got, want)
		}
		if !strings.Contains(string(text), "\ufffd") && !strings.Contains(strings.ToLower(string(text)), `\ufffd`) {
			again, err := json.Marshal(plain(got))
			if err != nil || strings.Contains(string(again), "\ufffd") {
				t.Errorf("%q: something in it was replaced: %s, %v", text, again, err)
			}
		}
	})
}

// Whatever is sent back as the place in a list, it is read or refused.
func FuzzPlaceInAListIsReadOrRefused(f *testing.F) {
	for _, text := range []string{"", Cursor(int64(1), "a", int32(2)), Cursor("x"), "WzFd", "bnVsbA", "W10", "eyJhIjoxfQ"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := &web.Request{Request: httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/?"+url.Values{afterParam: {text}}.Encode(), nil)}
		p, err := CursorOf(r, 3)
		if (p == nil) != (text == "" || err != nil) {
			t.Fatalf("%q: %v, %v", text, p, err)
		}
		if p == nil {
			return
		}
		due, id, no := p.Whole(0), p.Text(1), p.Whole(2)
		if p.Bad() == nil && strings.ContainsRune(id, 0) {
			t.Errorf("%q: %d %q %d", text, due, id, no)
		}
	})
}
