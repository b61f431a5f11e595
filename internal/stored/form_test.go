package stored_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"nazorat/internal/fact"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
)

// A stored form is read the same by the quick reader as by package json,
// whatever stands in it.
func FuzzFormTextIsReadAsJSON(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"a":["text","x"]}`, `{"a":["text","say \"no\""],"b":["date","2026-03-02"]}`, `{"b":["date","2026-03-02"],"a":["text","oʻq"]}`,
		`{"a":["text","x"]`, `{"a":["text","x"],}`, `{,"a":["text","x"]}`, `{"a":["text","x"]}}`, `{"a":["text"]}`, `{"a":["text","x","y"]}`, `{"c":["text","x"]}`,
		`{"a":["text","x"],"a":["text","y"]}`, ` {"a" : ["text", "x"]}`, `{"b":["date","x"]}`, `{"n":["number","7"]}`, `{"n":["number","7.5"]}`, `null`, ``, `[]`, "{\"a\":[\"text\",\"\n\"]}",
		`{"a":["text","\u003cb\u003e"]}`,
	} {
		f.Add(s)
	}
	law := &procedure.Law{Name: "xx/form"}
	law.Names.Acts.ID("tell")
	law.Names.Forms = make([]procedure.Names, 1)
	for _, name := range []string{"a", "b", "n"} {
		law.Names.Forms[0].ID(name)
	}
	f.Fuzz(func(t *testing.T, data string) {
		got, failed := stored.DecodeFormText(law, 0, data)
		var typed map[string]fact.JSON
		if err := json.Unmarshal([]byte(data), &typed); err != nil {
			if failed == nil {
				t.Fatalf("%q was read, and is no form: %v", data, err)
			}
			return
		}
		want, err := stored.DecodeForm(law, 0, typed)
		if (err == nil) != (failed == nil) {
			t.Fatalf("%q: %v, want %v", data, failed, err)
		}
		if err == nil && !(len(got) == 0 && len(want) == 0) && !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: %v, want %v", data, got, want)
		}
	})
}
