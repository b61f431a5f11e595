package lawload

import (
	"path"
	"slices"
	"strings"

	"nazorat/internal/procedure"
)

// beside lists what stands beside the editions of a law and says how sure it is: files that no edition includes, each read and checked by
// whoever goes by it, such as what citizens are told. Here they are listed alone.
func (l *loader) beside() (out []procedure.Beside) {
	for _, file := range l.Files(l.law.Name, ".yaml") {
		base := path.Base(file)
		if isEdition(base) || strings.HasPrefix(base, "labels.") || slices.Contains(l.included, file) {
			continue
		}
		top, ok := l.Read(file)
		if !ok || !top.Mapping() {
			continue
		}
		b := procedure.Beside{Name: strings.TrimSuffix(base, ".yaml")}
		for _, e := range l.Entries(top) {
			switch e.Name {
			case "article":
				b.Article = strings.Join(l.Texts(e.Value), ", ")
			case "confidence":
				b.Confidence, b.Line = e.Value.Word(), e.Key.Line()
			}
		}
		if b.Confidence != "" {
			out = append(out, b)
		}
	}
	return out // sorted by name, as files are
}
