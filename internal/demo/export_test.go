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

// Habit is what a test must know of a habit.
type Habit struct {
	On, Act, By string
	Fields      []string
	Tries       bool
}

// Habits lists what the people of the service are used to doing.
func Habits() []Habit {
	var out []Habit
	for _, h := range habits() {
		x := Habit{On: h.on, Act: h.act, By: h.by, Tries: h.tries}
		for _, e := range h.form {
			x.Fields = append(x.Fields, e.field)
		}
		out = append(out, x)
	}
	return out
}

// Laid lists the scenes by the term that each lays.
func Laid() []string {
	var out []string
	for _, s := range scenes() {
		out = append(out, s.term)
	}
	return out
}

// Scenes lists the terms that the scenes name.
func Scenes() []string {
	var out []string
	for _, s := range scenes() {
		out = append(out, s.term)
		out = append(out, s.plan.forgets...)
	}
	return out
}

// Crimes lists the texts of reports.
func Crimes() []string {
	var out []string
	for _, c := range crimes() {
		out = append(out, c.text)
	}
	return out
}

// Texts lists everything that is written into forms.
func Texts() []string {
	out := Crimes()
	for _, list := range phrases {
		out = append(out, list...)
	}
	return out
}
