package procedure

import (
	"maps"
	"regexp"
	"slices"
)

// Shape is how a text must look that is an address: one that nobody can be reached at is found out where it is typed. It is asked of what is
// typed alone: what is on record stays what it is, and a replay does not ask.
type Shape string

// Shapes of a text.
const (
	AnyShape  Shape = ""
	Telephone Shape = "telephone" // one number, in digits
	Email     Shape = "email"
)

// What they look like, as browsers, programs and Go read it. A telephone number has as many digits as one with its country may have (E.164, at most
// fifteen), with the signs that people put between them; an e-mail address has plain letters.
var shapes = map[Shape]struct {
	pattern *regexp.Regexp
	fault   string // what is said of what does not look so
}{
	Telephone: {regexp.MustCompile("^[+( \u00a0]{0,4}([0-9][- \u00a0\u2011\u2013\u2014().]{0,4}){8,15}$"), FieldNoPhone},
	Email:     {regexp.MustCompile(`^[0-9A-Za-z!#$%&'*+/=?^_{|}~-]+([.][0-9A-Za-z!#$%&'*+/=?^_{|}~-]+)*@[0-9A-Za-z-]+([.][0-9A-Za-z-]+)+$`), FieldNoEmail},
}

// Pattern is a regular expression that a text of this shape matches; "" for any.
func (s Shape) Pattern() string {
	if s == AnyShape {
		return ""
	}
	return shapes[s].pattern.String()
}

// ShapeNames are the shapes that a law can ask for.
func ShapeNames() []string {
	var out []string
	for _, s := range slices.Sorted(maps.Keys(shapes)) {
		out = append(out, string(s))
	}
	return out
}
