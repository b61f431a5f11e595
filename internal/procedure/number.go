package procedure

import (
	"fmt"
	"strings"
)

// FormatNumber writes a proceeding's number by the pattern of its edition.
func FormatNumber(pattern, office string, year int, seq int64) (string, error) {
	var b strings.Builder
	rest := pattern
	for {
		text, after, found := strings.Cut(rest, "{")
		b.WriteString(text)
		if !found {
			return b.String(), nil
		}
		word, tail, found := strings.Cut(after, "}")
		if !found {
			return "", fmt.Errorf("number: %q lacks a closing brace", pattern)
		}
		rest = tail
		switch name, width, _ := strings.Cut(word, ":"); name {
		case "office":
			b.WriteString(office)
		case "year":
			fmt.Fprintf(&b, "%04d", year)
		case "seq":
			n := 1
			if width != "" {
				if _, err := fmt.Sscanf(width, "%d", &n); err != nil || n < 1 || n > 12 {
					return "", fmt.Errorf("number: %q is no width for seq", width)
				}
			}
			fmt.Fprintf(&b, "%0*d", n, seq)
		default:
			return "", fmt.Errorf("number: there is no {%s}; known: {office}, {year}, {seq:6}", name)
		}
	}
}
