package demo

import (
	"io/fs"
	"slices"

	"nazorat/internal/fact"
	"nazorat/internal/procedure"
)

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
	Law, Act string
	On       []string
}

// Habits lists what the people of the service are used to doing under some laws, or what is wrong with the files.
func Habits(fsys fs.FS, laws []*procedure.Law) ([]Habit, error) {
	b, err := readBook(fsys, laws)
	var out []Habit
	for _, h := range b.habits {
		out = append(out, Habit{h.law.Name, h.act, h.on})
	}
	return out, err
}

// Files are the habits as built in.
var Files fs.FS = files

// Scenes lists the terms that scenes lay, by law.
func Scenes(laws []*procedure.Law) map[string][]string {
	b, _ := readBook(files, laws)
	out := map[string][]string{}
	for _, s := range b.scenes {
		out[s.law.Name] = append(out[s.law.Name], s.name)
	}
	return out
}

// Texts lists everything that is written into forms.
func Texts(laws []*procedure.Law) (crimes, all []string) {
	b, _ := readBook(files, laws)
	for _, c := range b.crimes {
		crimes = append(crimes, c.text)
	}
	all = append(all, crimes...)
	for _, list := range b.phrases {
		all = append(all, list...)
	}
	return crimes, all
}

// Staff reads who works where.
func Staff() error {
	_, err := readStaff()
	return err
}

// Here reports whether a case of an office, with a number and so closed, may be named by one of another office.
func Here(law *procedure.Law, number, office, secrecy, other string) bool {
	var a, b life
	a.law, a.number, b.run.State.Office = law, number, other
	a.run.State.Office, a.run.State.Edition = office, int16(len(law.Editions)-1)
	fields := make([]fact.Value, len(law.Names.Fields[0].List))
	if secrecy != "" {
		fields[slices.Index(law.Names.Fields[0].List, "secrecy")] = fact.Value{Type: fact.Choice, Text: secrecy}
	}
	a.run.State.Things = []procedure.Thing{{Of: procedure.None, Fields: fields}}
	return a.here(&b)
}
