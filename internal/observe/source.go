package observe

import (
	"fmt"
	"io/fs"
	"slices"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"

	"nazorat/internal/procedure"
)

// mostFile bounds observe.yaml: people write it.
const mostFile = 1 << 20

// source reads one YAML file strictly and collects what is wrong with it, in
// the words in which mistakes of law files are told.
type source struct {
	file     string
	problems procedure.Problems
}

type entry struct {
	name       string
	key, value *yaml.Node
}

func (s *source) bad(at *yaml.Node, what string, args ...any) *procedure.Problem {
	p := procedure.Problem{File: s.file, What: fmt.Sprintf(what, args...)}
	if at != nil {
		p.Line, p.Column = at.Line, at.Column
	}
	s.problems = append(s.problems, p)
	return &s.problems[len(s.problems)-1]
}

func (s *source) badName(at *yaml.Node, what, name string, known []string) {
	p := s.bad(at, "there is no %s %q", what, name)
	if near := nearest(name, known); near != "" {
		p.Meant = fmt.Sprintf("was %q meant?", near)
	} else if len(known) > 0 && len(known) <= 12 {
		p.Meant = "known: " + strings.Join(known, ", ")
	}
}

// err is the mistakes in the order of the file, or nil.
func (s *source) err() error {
	if len(s.problems) == 0 {
		return nil
	}
	sort.SliceStable(s.problems, func(i, j int) bool { return s.problems[i].Line < s.problems[j].Line })
	return s.problems
}

func (s *source) read(fsys fs.FS) *yaml.Node {
	data, err := fs.ReadFile(fsys, s.file)
	if err != nil {
		s.bad(nil, "cannot be read: %v", err).Meant = "it says which activity of a log is which act of the law"
		return nil
	}
	var doc yaml.Node
	switch err := yaml.Unmarshal(data, &doc); {
	case len(data) > mostFile:
		s.bad(nil, "is longer than %d KiB", mostFile>>10)
	case err != nil:
		s.bad(nil, "%s", strings.TrimPrefix(err.Error(), "yaml: "))
	case len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode:
		s.bad(nil, "wants \"name: value\" lines")
	case aliased(doc.Content[0]):
		s.bad(nil, "aliases (&name, *name) are not used here")
	default:
		return doc.Content[0]
	}
	return nil
}

func aliased(n *yaml.Node) bool {
	return n.Kind == yaml.AliasNode || n.Anchor != "" || slices.ContainsFunc(n.Content, aliased)
}

func (s *source) entries(n *yaml.Node) []entry {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		s.bad(n, "wants \"name: value\" lines")
		return nil
	}
	var out []entry
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		e := entry{n.Content[i].Value, n.Content[i], n.Content[i+1]}
		if seen[e.name] {
			s.bad(e.key, "%q is given twice", e.name)
			continue
		}
		seen[e.name] = true
		out = append(out, e)
	}
	return out
}

func (s *source) keys(n *yaml.Node, known ...string) map[string]*yaml.Node {
	out := map[string]*yaml.Node{}
	for _, e := range s.entries(n) {
		if !slices.Contains(known, e.name) {
			s.badName(e.key, "key", e.name, known)
			continue
		}
		out[e.name] = e.value
	}
	return out
}

func (s *source) text(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode {
		s.bad(n, "wants one word or one line of text")
		return ""
	}
	return n.Value
}

// list of scalars; one scalar counts as a list of one.
func (s *source) list(n *yaml.Node) []*yaml.Node {
	switch {
	case n == nil:
		return nil
	case n.Kind == yaml.ScalarNode:
		return []*yaml.Node{n}
	case n.Kind != yaml.SequenceNode || slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return c.Kind != yaml.ScalarNode }):
		s.bad(n, "wants a list: [one, two]")
		return nil
	}
	return n.Content
}

func (s *source) yes(n *yaml.Node) bool {
	switch w := s.text(n); w {
	case "", "no", "false":
		return false
	case "yes", "true":
		return true
	default:
		s.bad(n, "wants true or false, not %q", w)
		return false
	}
}

// nearest is the known name that is most like a misspelt one; "" if none is like it.
func nearest(name string, known []string) string {
	best, bestAt := "", max(2, len(name)/3)+1
	for _, k := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < bestAt {
			best, bestAt = k, d
		}
	}
	return best
}

// distance is the number of letters to change, add or drop (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(row[j+1]+1, row[j]+1, cost)
		}
	}
	return row[len(b)]
}
