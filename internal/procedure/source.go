package procedure

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Problem is one mistake in a law file.
type Problem struct {
	File    string
	Line    int
	Column  int
	What    string // what is wrong
	Meant   string // what was probably meant, or what would be right
	Warning bool   // the law can be used all the same
}

func (p Problem) String() string {
	s := p.File
	if p.Line > 0 {
		s += ":" + strconv.Itoa(p.Line)
		if p.Column > 0 {
			s += ":" + strconv.Itoa(p.Column)
		}
	}
	s += ": " + p.What
	if p.Meant != "" {
		s += "; " + p.Meant
	}
	return s
}

// Problems is the error of a law that does not load: all its mistakes, in the order of the files.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

func (ps Problems) sort() {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), strings.Compare(a.What, b.What))
	})
}

// Bounds on law files: they are written by people and read at one sitting.
const (
	mostFile  = 1 << 20
	mostDepth = 32
	mostNodes = 200_000
	mostLines = 20_000 // above it a mistake in the YAML is not searched for line by line
)

// source reads YAML files and collects what is wrong with them.
type source struct {
	fsys     fs.FS
	problems Problems
}

// node is a YAML node with the file that it stands in.
type node struct {
	*yaml.Node
	file string
}

// entry is one "name: value" of a mapping.
type entry struct {
	name  string
	key   node
	value node
}

func (s *source) bad(at node, what string, args ...any) *Problem {
	s.problems = append(s.problems, Problem{File: at.file, What: fmt.Sprintf(what, args...)})
	p := &s.problems[len(s.problems)-1]
	if at.Node != nil {
		p.Line, p.Column = at.Line, at.Column
	}
	return p
}

// badName reports a name that is none of the known ones, with the nearest of them.
func (s *source) badName(at node, what, name string, known []string) {
	p := s.bad(at, "there is no %s %q", what, name)
	p.Meant = meant(name, known)
}

func meant(name string, known []string) string {
	if near := nearest(name, known); near != "" {
		return fmt.Sprintf("was %q meant?", near)
	}
	if len(known) > 0 && len(known) <= 12 {
		return "known: " + strings.Join(known, ", ")
	}
	return ""
}

// err gives the mistakes found, in the order of the files, or nil. Warnings are no error.
func (s *source) err() error {
	var out Problems
	for _, p := range s.problems {
		if !p.Warning {
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		return nil
	}
	out.sort()
	return slices.CompactFunc(out, func(a, b Problem) bool { return a == b })
}

// read parses a file into its top mapping; ok is false if it could not be read.
func (s *source) read(file string) (top node, ok bool) {
	data, err := fs.ReadFile(s.fsys, file)
	if err != nil {
		s.bad(node{file: file}, "cannot be read: %v", err)
		return node{}, false
	}
	return s.parse(file, data)
}

func (s *source) parse(file string, data []byte) (top node, ok bool) {
	at := node{file: file}
	if len(data) > mostFile {
		s.bad(at, "is longer than %d KiB", mostFile>>10)
		return at, false
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		line, what := yamlError(err)
		line = firstBad(data, line, what)
		what, hint := plainYAML(what, lineOf(data, line))
		s.problems = append(s.problems, Problem{File: file, Line: line, What: what, Meant: hint})
		return at, false
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) == 0 {
		s.bad(at, "is empty")
		return at, false
	}
	count := 0
	if n, what := outOfBounds(doc.Content[0], 0, &count); n != nil {
		s.bad(node{n, file}, "%s", what)
		return at, false
	}
	at.Node = doc.Content[0]
	if at.Kind != yaml.MappingNode {
		s.bad(at, "lines of \"name: value\" are wanted here")
		return at, false
	}
	return at, true
}

// outOfBounds refuses aliases and anchors too: they can make a small file endless.
func outOfBounds(n *yaml.Node, depth int, count *int) (*yaml.Node, string) {
	*count++
	switch {
	case depth > mostDepth:
		return n, "this is nested too deeply"
	case *count > mostNodes:
		return n, "the file has too many values"
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return n, "a law file says everything in full: no &name and *name"
	}
	for _, c := range n.Content {
		if n, p := outOfBounds(c, depth+1, count); n != nil {
			return n, p
		}
	}
	return nil, ""
}

// firstBad is the line at which a file stops being YAML. The parser often
// names only the line at which the spoilt part began.
func firstBad(data []byte, line int, what string) int {
	lines := bytes.SplitAfter(data, []byte("\n"))
	if line < 1 || line > len(lines) || len(lines) > mostLines {
		return line
	}
	for _, pair := range []string{"[]", "{}"} {
		if !strings.Contains(what, "expected ',' or '"+pair[1:]+"'") {
			continue
		}
		for i, l := range lines[line-1:] {
			if bytes.Count(l, []byte(pair[:1])) > bytes.Count(l, []byte(pair[1:])) {
				return line + i
			}
		}
	}
	if !strings.Contains(what, "did not find expected key") {
		return line
	}
	n := sort.Search(len(lines)-line, func(i int) bool {
		var doc yaml.Node
		err := yaml.Unmarshal(bytes.Join(lines[:line+i], nil), &doc)
		if err == nil {
			return false
		}
		_, same := yamlError(err)
		return same == what
	})
	return line + n
}

func lineOf(data []byte, line int) string {
	for i := 1; i < line; i++ {
		_, data, _ = bytes.Cut(data, []byte("\n"))
	}
	text, _, _ := bytes.Cut(data, []byte("\n"))
	return string(text)
}

// plainYAML says the parser's complaint about a line in plain words.
func plainYAML(what, line string) (plain, hint string) {
	switch {
	case strings.Contains(line, "\t"):
		return "a tab stands in this line", "use blanks"
	case strings.Contains(what, "expected ',' or ']'"):
		return "a list begun with [ does not end", "end it with ]"
	case strings.Contains(what, "expected ',' or '}'"):
		return "what begins with { does not end", "end it with }"
	case strings.Contains(what, "did not find expected key"), strings.Contains(what, "did not find expected '-' indicator"):
		return "this line does not begin where its neighbours begin", "what stands together begins after the same number of blanks"
	case strings.Contains(what, "mapping values are not allowed"):
		return "a colon stands where none can", "put the text in quotes, or begin a new line"
	}
	return "this is not YAML: " + what, "what stands together begins after the same number of blanks; a text with a colon stands in quotes"
}

func yamlError(err error) (line int, what string) {
	what = strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(what, "line "); ok {
		if num, text, ok := strings.Cut(rest, ": "); ok {
			if n, err := strconv.Atoi(num); err == nil {
				return n, text
			}
		}
	}
	return 0, what
}

// entries lists a mapping in the order written; a name given twice is a mistake.
func (s *source) entries(n node) []entry {
	if n.Node == nil || n.Tag == "!!null" {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		s.bad(n, "lines of \"name: value\" are wanted here")
		return nil
	}
	out := make([]entry, 0, len(n.Content)/2)
	seen := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		e := entry{name: n.Content[i].Value, key: node{n.Content[i], n.file}, value: node{n.Content[i+1], n.file}}
		if line := seen[e.name]; line > 0 {
			s.bad(e.key, "%q is given twice", e.name).Meant = fmt.Sprintf("it stands in line %d too", line)
			continue
		}
		seen[e.name] = e.key.Line
		out = append(out, e)
	}
	return out
}

// keys gives a mapping's values by name; names that are not known are mistakes.
func (s *source) keys(n node, known ...string) map[string]node {
	out := make(map[string]node)
	for _, e := range s.entries(n) {
		if !slices.Contains(known, e.name) {
			s.badName(e.key, "key", e.name, known)
			continue
		}
		out[e.name] = e.value
	}
	return out
}

// keysClean is keys, and whether every name was known.
func (s *source) keysClean(n node, known ...string) (v map[string]node, clean bool) {
	before := len(s.problems)
	v = s.keys(n, known...)
	return v, len(s.problems) == before
}

// text of a scalar; "" where there is none.
func (s *source) text(n node) string {
	if n.Node == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode {
		s.bad(n, "one word or one text is wanted here")
		return ""
	}
	return n.Value
}

// list of scalars; one scalar counts as a list of one.
func (s *source) list(n node) []node {
	if n.Node == nil {
		return nil
	}
	switch n.Kind {
	case yaml.ScalarNode:
		if n.Tag == "!!null" {
			return nil
		}
		return []node{n}
	case yaml.SequenceNode:
		out := make([]node, 0, len(n.Content))
		for _, c := range n.Content {
			item := node{c, n.file}
			if c.Kind != yaml.ScalarNode {
				s.bad(item, "one word is wanted here")
				continue
			}
			out = append(out, item)
		}
		return out
	}
	s.bad(n, "a list is wanted here: [one, two]")
	return nil
}

func (s *source) texts(n node) []string {
	var out []string
	for _, item := range s.list(n) {
		out = append(out, item.Value)
	}
	return out
}

func (s *source) yes(n node) bool {
	if n.Node == nil {
		return false
	}
	switch s.text(n) {
	case "true", "yes":
		return true
	case "false", "no":
		return false
	}
	s.bad(n, "yes or no is wanted here")
	return false
}

// oneOf reads a word that must be one of the given; the index of it, or 0.
func (s *source) oneOf(n node, what string, words ...string) int {
	if n.Node == nil {
		return 0
	}
	w := s.text(n)
	if i := slices.Index(words, w); i >= 0 {
		return i
	}
	s.badName(n, what, w, words)
	return 0
}

// files under a folder with an ending, sorted.
func (s *source) files(dir, ending string) []string {
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

// nearest finds the known name that is most like a misspelt one; "" if none is like it.
func nearest(name string, known []string) string {
	best, bestAt := "", max(2, len(name)/3)+1
	for _, k := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < bestAt {
			best, bestAt = k, d
		}
	}
	return best
}

// distance is the number of letters to change, add, drop or swap (restricted Damerau-Levenshtein).
func distance(a, b string) int {
	prev2, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}
