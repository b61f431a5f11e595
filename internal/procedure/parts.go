package procedure

// Parts lists the parts of the law that the edition has rules in, in the order in
// which the law's acts, then its terms, were first written: what belongs to no part
// comes last, as "". A law that is written in one file has that one only.
func (e *Edition) Parts() []string {
	var out []string
	seen, none := map[string]bool{}, false
	add := func(part string) {
		if part == "" {
			none = true
		} else if !seen[part] {
			seen[part] = true
			out = append(out, part)
		}
	}
	for _, r := range e.Acts {
		if r != nil {
			add(r.Part)
		}
	}
	for _, t := range e.Terms {
		if t != nil {
			add(t.Part)
		}
	}
	if none {
		out = append(out, "")
	}
	return out
}
