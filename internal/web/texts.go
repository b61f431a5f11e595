package web

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"

	"nazorat/internal/directory"
	"nazorat/internal/procedure"
	"nazorat/internal/script"
)

// Texts of this package, one folder a language.
//
//go:embed texts
var Texts embed.FS

// Catalogue is the words of all pages in all languages. Read-only once made;
// safe for concurrent use.
type Catalogue struct {
	words map[string]*Words
}

// Words is one language.
type Words struct {
	Lang  string
	base  string // the language whose texts and plural rules hold: "uz" for uz-Cyrl
	texts map[string]string
	laws  map[string]*procedure.Labels
	order []string // names of laws: the first that knows a role names it
}

// NewCatalogue reads the texts of packages (folders uz, ru, en of files
// *.yaml with "key: text" lines) and the labels of laws. A key given twice is an error.
func NewCatalogue(laws []*procedure.Law, sources ...fs.FS) (*Catalogue, error) {
	c := &Catalogue{words: map[string]*Words{}}
	for _, lang := range []string{"uz", "ru", "en"} {
		w := &Words{Lang: lang, base: lang, texts: map[string]string{}, laws: map[string]*procedure.Labels{}}
		for _, src := range sources {
			if err := w.read(src); err != nil {
				return nil, err
			}
		}
		for _, l := range laws {
			w.order = append(w.order, l.Name)
			for _, choice := range []string{lang, "en", "uz"} {
				if lb := l.Labels[choice]; lb != nil {
					w.laws[l.Name] = lb
					break
				}
			}
			if w.laws[l.Name] == nil {
				w.laws[l.Name] = &procedure.Labels{Law: l.Name}
			}
		}
		c.words[lang] = w
	}
	uz := c.words["uz"]
	cyrl := &Words{Lang: "uz-Cyrl", base: "uz", texts: make(map[string]string, len(uz.texts)), laws: map[string]*procedure.Labels{}, order: uz.order}
	for k, v := range uz.texts {
		cyrl.texts[k] = script.Cyrillic(v)
	}
	for name, lb := range uz.laws {
		cyrl.laws[name] = lb.Map(script.Cyrillic)
	}
	c.words["uz-Cyrl"] = cyrl
	return c, nil
}

func (w *Words) read(src fs.FS) error {
	dir := path.Join("texts", w.base)
	files, err := fs.ReadDir(src, dir)
	if err != nil {
		return fmt.Errorf("texts: %w", err)
	}
	for _, f := range files {
		data, err := fs.ReadFile(src, path.Join(dir, f.Name()))
		if err != nil {
			return fmt.Errorf("texts: %w", err)
		}
		var m map[string]string
		if err := yaml.Unmarshal(data, &m); err != nil {
			return fmt.Errorf("texts %s/%s: %w", w.base, f.Name(), err)
		}
		for k, v := range m {
			if _, twice := w.texts[k]; twice {
				return fmt.Errorf("texts %s/%s: the key %s is given twice", w.base, f.Name(), k)
			}
			w.texts[k] = v
		}
	}
	return nil
}

// In gives the words of a language, Uzbek where it is not known.
func (c *Catalogue) In(lang string) *Words {
	if w := c.words[lang]; w != nil {
		return w
	}
	return c.words["uz"]
}

// Keys of a language, sorted; for tests of the catalogue.
func (w *Words) Keys() []string {
	out := make([]string, 0, len(w.texts))
	for k := range w.texts {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// Raw is the text of a key with its variables still in braces.
func (w *Words) Raw(key string) (string, bool) {
	s, ok := w.texts[key]
	return s, ok
}

// T is the text of a key with its named variables filled in; args are names
// and values in turn. A key with plural forms (key.one, key.few, key.many,
// key.other) chooses by the variable n. A key that is not there is shown as
// it is: a test finds it first.
func (w *Words) T(key string, args ...any) string {
	text, ok := w.texts[key]
	if !ok {
		text, ok = w.plural(key, args)
	}
	if !ok {
		return key
	}
	if len(args) == 0 || !strings.Contains(text, "{") {
		return text
	}
	return filled(text, args)
}

// filled puts values in the place of their names in braces; what is no name of theirs stays.
func filled(text string, args []any) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, rest, closed := strings.Cut(after, "}")
		i := 0
		for i+1 < len(args) && args[i] != name {
			i += 2
		}
		if !closed || i+1 >= len(args) {
			b.WriteByte('{')
			text = after
			continue
		}
		fmt.Fprint(&b, args[i+1])
		text = rest
	}
}

func (w *Words) plural(key string, args []any) (string, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] != "n" {
			continue
		}
		var n int64
		switch v := args[i+1].(type) {
		case int:
			n = int64(v)
		case int64:
			n = v
		}
		if text, ok := w.texts[key+"."+script.PluralOf(w.base, n).String()]; ok {
			return text, true
		}
		text, ok := w.texts[key+".other"]
		return text, ok
	}
	return "", false
}

// Law gives the labels of a law in this language.
func (w *Words) Law(name string) *procedure.Labels {
	if lb := w.laws[name]; lb != nil {
		return lb
	}
	return &procedure.Labels{Law: name}
}

// Role is the word for a role, from the first law that has one.
func (w *Words) Role(role string) string {
	if s, ok := w.texts["role."+role]; ok {
		return s
	}
	for _, law := range w.order {
		if s := w.laws[law].Roles[role]; s != "" {
			return s
		}
	}
	return strings.ReplaceAll(role, "_", " ")
}

// FormField is the label of a field of an act's form, from the law named, else
// from the first that has the act.
func (w *Words) FormField(law, act, field string) string {
	for _, name := range append([]string{law}, w.order...) {
		if lb := w.laws[name]; lb != nil && lb.Acts[act] != "" {
			return lb.Field(act, field)
		}
	}
	return field
}

// Office is the name of an office.
func (w *Words) Office(o *directory.Office) string {
	if o == nil {
		return ""
	}
	return w.Name(o.Name(w.base))
}

// Name writes a name that is stored in Uzbek Latin in the script of the language.
func (w *Words) Name(name string) string {
	if w.Lang == "uz-Cyrl" {
		return script.Cyrillic(name)
	}
	return name
}
