package explain

import (
	"strings"

	"nazorat/internal/procedure"
)

// CiteOf is the act of law that an article belongs to: "CPC 329" to CPC. The
// longest short name that fits counts; ok is false where the edition cites no such act.
func CiteOf(e *procedure.Edition, article string) (c procedure.Cite, ok bool) {
	for _, of := range e.Cites {
		if strings.HasPrefix(article, of.Short+" ") && len(of.Short) > len(c.Short) {
			c = of
		}
	}
	return c, c.Short != ""
}

// Title of an act of law: its label, else the title in the law's own file.
func Title(lb *procedure.Labels, c procedure.Cite) string {
	if title := lb.Cites[c.Short]; title != "" {
		return title
	}
	return c.Title
}

// Asked is what an open question of counting asks: its label, else its words in the law's own file.
func Asked(lb *procedure.Labels, s *procedure.Switch) string {
	if asks := lb.Switch(s.Name); asks != "" {
		return asks
	}
	return s.Asks
}
