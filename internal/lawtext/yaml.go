package lawtext

import (
	"bytes"
	"io/fs"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Bounds on law files: they are written by people and read at one sitting.
const (
	mostFile  = 1 << 20
	mostDepth = 32
	mostNodes = 200_000
	mostLines = 20_000 // above it a mistake in the YAML is not searched for line by line
)

// Read parses a file into its top mapping; ok is false, and a problem reported, if that cannot be done.
func (s *Source) Read(file string) (top Node, ok bool) {
	data, err := fs.ReadFile(s.fsys, file)
	if err != nil {
		s.Bad(At(file), "cannot be read: %v", err)
		return Node{}, false
	}
	return s.parse(file, data)
}

func (s *Source) parse(file string, data []byte) (top Node, ok bool) {
	at := At(file)
	if len(data) > mostFile {
		s.Bad(at, "is longer than %d KiB", mostFile>>10)
		return at, false
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		line, what := yamlError(err)
		line = tabbed(data, firstBad(data, line, what))
		what, hint := plainYAML(what, lineOf(data, line))
		s.problems = append(s.problems, Problem{File: file, Line: line, What: what, Meant: hint})
		return at, false
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) == 0 {
		s.Bad(at, "is empty")
		return at, false
	}
	count := 0
	if n, what := outOfBounds(doc.Content[0], 0, &count); n != nil {
		s.Bad(Node{n, file}, "%s", what)
		return at, false
	}
	at.yaml = doc.Content[0]
	if at.yaml.Kind != yaml.MappingNode {
		s.Bad(at, "lines of \"name: value\" are wanted here")
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

// tabbed is the line of a tab before the first word where that is the mistake: the parser
// names its line or the one before, and the first line of a file not at all.
func tabbed(data []byte, line int) int {
	for _, n := range []int{max(line, 1), line + 1} {
		if indent := strings.TrimLeft(lineOf(data, n), " "); strings.HasPrefix(indent, "\t") {
			return n
		}
	}
	return line
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
