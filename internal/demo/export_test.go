package demo

// Place is a place as the tests hold it against the register.
type Place struct{ SOATO, Uz, Ru string }

// Places lists the regions and districts of the service.
func Places() []Place {
	var out []Place
	for _, r := range regions() {
		out = append(out, Place{r.soato, r.uz, r.ru})
		for _, d := range r.districts {
			out = append(out, Place{d.soato, d.uz, d.ru})
		}
	}
	return out
}
