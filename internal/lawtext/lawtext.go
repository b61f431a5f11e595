// Package lawtext reads the files of laws/ as texts, before anybody asks what
// they mean. It owns
//
//   - how a file is read: YAML, strictly, each value with the file, line and
//     column that it stands at (Source, Node, Entry);
//   - how a mistake is told: where, what is wrong, what was probably meant (Problem);
//   - the two kinds of file that hold no rules: tables of days off (Days) and
//     the words of a law in a language (Labels).
//
// A name that nobody asked for, a name given twice, an anchor or an alias, a
// file longer or deeper than people write: each is a mistake, none is skipped.
// Reading goes on after a mistake, so that one run names them all. The package
// knows no act and no term; what a rule means is procedure's to say. It is pure
// but for the file system that it is given.
package lawtext

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Languages that laws can be labelled in; Uzbek Cyrillic follows from Latin by rule.
var Languages = []string{"uz", "ru", "en"}

// Source reads YAML files of one tree and collects what is wrong with them. It
// belongs to one goroutine. Whatever it cannot read it reports and gives back
// as its zero value, so a caller may go on and ask Err once, at the end.
type Source struct {
	fsys     fs.FS
	problems Problems
}

// New is a source of the files of a tree.
func New(fsys fs.FS) *Source { return &Source{fsys: fsys} }

// Node is one value of a file with its place. Its zero value is a value that was not given.
type Node struct {
	yaml *yaml.Node
	file string
}

// At is a whole file, for problems that have no line.
func At(file string) Node { return Node{file: file} }

// Given reports whether there is a value.
func (n Node) Given() bool { return n.yaml != nil }

// Or is the value itself or, where none was given, another place to point at.
func (n Node) Or(other Node) Node {
	if n.Given() {
		return n
	}
	return other
}

// File is the path of the file that the value stands in.
func (n Node) File() string { return n.file }

// Line of the value, from 1; 0 where none was given.
func (n Node) Line() int {
	if !n.Given() {
		return 0
	}
	return n.yaml.Line
}

// Scalar reports whether the value is one word or one text; an empty value ("name: ~") counts.
func (n Node) Scalar() bool { return n.Given() && n.yaml.Kind == yaml.ScalarNode }

// Mapping reports whether the value is lines of "name: value".
func (n Node) Mapping() bool { return n.Given() && n.yaml.Kind == yaml.MappingNode }

// Empty reports whether the value is given as nothing: "name: ~", or nothing behind the colon.
func (n Node) Empty() bool { return n.Given() && n.yaml.Tag == "!!null" }

// Word is a scalar as written; "" where there is none. Source.Text says so too, and reports what is no scalar.
func (n Node) Word() string {
	if !n.Given() {
		return ""
	}
	return n.yaml.Value
}

// Items are the values of a list; of a mapping, its names and values in turn.
func (n Node) Items() []Node {
	if !n.Given() {
		return nil
	}
	out := make([]Node, len(n.yaml.Content))
	for i, c := range n.yaml.Content {
		out[i] = Node{c, n.file}
	}
	return out
}

// Entry is one "name: value" of a mapping; Key is the name with its place.
type Entry struct {
	Name  string
	Key   Node
	Value Node
}

// Bad reports a mistake at a place. What is returned may be added to until the next report.
func (s *Source) Bad(at Node, what string, args ...any) *Problem {
	p := Problem{File: at.file, What: fmt.Sprintf(what, args...)}
	if at.Given() {
		p.Line, p.Column = at.yaml.Line, at.yaml.Column
	}
	s.problems = append(s.problems, p)
	return &s.problems[len(s.problems)-1]
}

// BadName reports a name that is none of the known ones, with the nearest of them.
func (s *Source) BadName(at Node, what, name string, known []string) {
	s.Bad(at, "there is no %s %q", what, name).Meant = Meant(name, known)
}

// Err gives the mistakes found, in the order of the files, as Problems; nil if
// there are none. Warnings are no error.
func (s *Source) Err() error {
	out := slices.DeleteFunc(slices.Clone(s.problems), func(p Problem) bool { return p.Warning })
	if len(out) == 0 {
		return nil
	}
	out.sort()
	return slices.CompactFunc(out, func(a, b Problem) bool { return a == b })
}

// Warnings gives what was reported and fails nothing, in the order of the files.
func (s *Source) Warnings() Problems {
	out := slices.DeleteFunc(slices.Clone(s.problems), func(p Problem) bool { return !p.Warning })
	if len(out) == 0 {
		return nil
	}
	out.sort()
	return out
}

// Files under a folder with an ending, sorted by name; none where there is no such folder.
func (s *Source) Files(dir, ending string) []string {
	list, err := fs.ReadDir(s.fsys, dir)
	if err != nil {
		return nil
	}
	var out []string
	for _, f := range list {
		if !f.IsDir() && strings.HasSuffix(f.Name(), ending) {
			out = append(out, path.Join(dir, f.Name()))
		}
	}
	sort.Strings(out)
	return out
}

// Entries lists a mapping in the order written; a name given twice is a mistake.
func (s *Source) Entries(n Node) []Entry {
	if !n.Given() || n.Empty() {
		return nil
	}
	if !n.Mapping() {
		s.Bad(n, "lines of \"name: value\" are wanted here")
		return nil
	}
	items := n.yaml.Content
	out := make([]Entry, 0, len(items)/2)
	var seen map[string]int // of a long mapping, where each name stands in out; most are a few lines
	if len(items)/2 > fewEntries {
		seen = make(map[string]int, len(items)/2)
	}
	for i := 0; i+1 < len(items); i += 2 {
		e := Entry{Name: items[i].Value, Key: Node{items[i], n.file}, Value: Node{items[i+1], n.file}}
		before, twice := seen[e.Name]
		if seen == nil {
			before = slices.IndexFunc(out, func(o Entry) bool { return o.Name == e.Name })
			twice = before >= 0
		}
		if twice {
			s.Bad(e.Key, "%q is given twice", e.Name).Meant = fmt.Sprintf("it stands in line %d too", out[before].Key.Line())
			continue
		}
		if seen != nil {
			seen[e.Name] = len(out)
		}
		out = append(out, e)
	}
	return out
}

// fewEntries are looked through faster than a map of them is made.
const fewEntries = 16

// Keys gives a mapping's values by name; names that are not known are mistakes.
func (s *Source) Keys(n Node, known ...string) map[string]Node {
	entries := s.Entries(n)
	out := make(map[string]Node, len(entries))
	for _, e := range entries {
		if !slices.Contains(known, e.Name) {
			s.BadName(e.Key, "key", e.Name, known)
			continue
		}
		out[e.Name] = e.Value
	}
	return out
}

// KeysClean is Keys, and whether every name was known: where one was not, what
// seems to be missing may be what was misspelt.
func (s *Source) KeysClean(n Node, known ...string) (v map[string]Node, clean bool) {
	before := len(s.problems)
	v = s.Keys(n, known...)
	return v, len(s.problems) == before
}

// Text of a scalar; "" where there is none.
func (s *Source) Text(n Node) string {
	if n.Given() && !n.Scalar() {
		s.Bad(n, "one word or one text is wanted here")
		return ""
	}
	return n.Word()
}

// List of scalars; one scalar counts as a list of one.
func (s *Source) List(n Node) []Node {
	switch {
	case !n.Given():
		return nil
	case n.Scalar():
		if n.Empty() {
			return nil
		}
		return []Node{n}
	case n.Mapping():
		s.Bad(n, "a list is wanted here: [one, two]")
		return nil
	}
	return slices.DeleteFunc(n.Items(), func(item Node) bool {
		if !item.Scalar() {
			s.Bad(item, "one word is wanted here")
		}
		return !item.Scalar()
	})
}

// Texts is List without the places.
func (s *Source) Texts(n Node) []string {
	var out []string
	for _, item := range s.List(n) {
		out = append(out, item.Word())
	}
	return out
}

// Yes reads yes or no (true, false); no where nothing is given.
func (s *Source) Yes(n Node) bool {
	if !n.Given() {
		return false
	}
	switch s.Text(n) {
	case "true", "yes":
		return true
	case "false", "no":
		return false
	}
	s.Bad(n, "yes or no is wanted here")
	return false
}

// OneOf reads a word that must be one of the given: its index, or 0 where
// nothing, or nothing known, is given. what names such words in the report.
func (s *Source) OneOf(n Node, what string, words ...string) int {
	if !n.Given() {
		return 0
	}
	w := s.Text(n)
	if i := slices.Index(words, w); i >= 0 {
		return i
	}
	s.BadName(n, what, w, words)
	return 0
}
