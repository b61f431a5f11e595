package proceedings

import (
	"fmt"
	"slices"
	"strings"

	"nazorat/internal/procedure"
)

// Source is what rows of another room were made from: the sheets of an act (Act), things of a kind (Kinds: that kind and those that
// such things belong to, with blanks between), or the deadlines (Deadline) that an act started for such a thing. With neither act nor
// kinds it is the proceeding itself, which is no sheet.
type Source struct {
	Law, Act, Kinds string
	Deadline        bool
}

// sheet reports whether rows were made from single sheets, which somebody made.
func (s *Source) sheet() bool { return s.Act != "" && !s.Deadline }

// Sources are the numbered sources of a room's rows, as the laws stand now. Read-only once made.
type Sources struct {
	all    map[int64]Source
	most   int64
	groups []*classed
}

// classed are the sources of a law whose rows have the same classes.
type classed struct {
	law     string
	classes []string
	sheets  bool
	ids     []int64
}

// Sources finds those to whose sheets the law gives a class today.
func (k *Reader) Sources(all map[int64]Source) *Sources {
	out := &Sources{all: all, most: -1}
	groups := map[string]*classed{}
	ids := make([]int64, 0, len(all))
	for id := range all {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		s := all[id]
		out.most = max(out.most, id)
		classes := k.classes(&s)
		if len(classes) == 0 {
			continue
		}
		key := fmt.Sprint(s.Law, classes, s.sheet())
		if groups[key] == nil {
			groups[key] = &classed{law: s.Law, classes: classes, sheets: s.sheet()}
			out.groups = append(out.groups, groups[key])
		}
		groups[key].ids = append(groups[key].ids, id)
	}
	return out
}

// Of is a source by its number.
func (s *Sources) Of(id int64) Source { return s.all[id] }

// classes of what was made from a source, by the edition in force.
func (k *Reader) classes(s *Source) (out []string) {
	law := k.laws[s.Law]
	if law == nil {
		return nil // of its proceedings nothing is shown
	}
	e := law.At(k.now())
	add := func(class string) {
		if class != "" && !slices.Contains(out, class) {
			out = append(out, class)
		}
	}
	if s.Act != "" {
		add(e.SheetOf(law.Act(s.Act)))
	}
	for _, kind := range strings.Fields(s.Kinds) {
		if id := law.Kind(kind); id >= 0 {
			add(e.SheetOfKind(id))
		}
	}
	slices.Sort(out)
	return out
}

// KindsOf are a kind and those that its things belong to, as Source has them; "" for the proceeding itself.
func KindsOf(e *procedure.Edition, kind procedure.KindID) string {
	var out []string
	for kind > 0 && e.Kinds[kind] != nil {
		out = append(out, e.Law.KindName(kind))
		kind = e.Kinds[kind].Of
	}
	return strings.Join(out, " ")
}

// Seen is the condition, to be added behind others, that the reader of a query sees what a row was made from; asks is false where it asks
// nothing of the proceeding, since he sees the sheets of all sources.
// The row stands under the name alias and has its source's number; own is a condition in SQL that the reader, for whom a ? stands,
// made its sheet himself, and opened one that the file was opened to the parties. A source that came while the sources were
// read is left out: what class it has nobody asked.
func (s *Sources) Seen(q *Query, alias, own, opened string) (text string, asks bool) {
	var hang []int64 // whether they are seen hangs on something
	var parts []string
	for _, g := range s.groups {
		var conditions []string
		hidden := false
		for _, class := range g.classes {
			r := Rows{Law: g.law, Class: class, Opened: opened}
			if g.sheets {
				r.Own = own
			}
			text, settled, holds := q.Sheet(r)
			if !settled {
				conditions = append(conditions, text)
			}
			hidden = hidden || settled && !holds
		}
		if !hidden && len(conditions) == 0 {
			continue
		}
		hang = append(hang, g.ids...)
		if !hidden {
			parts = append(parts, `(`+alias+`.source IN `+q.Numbers(g.ids)+` AND `+strings.Join(conditions, " AND ")+`)`)
		}
	}
	text = ` AND ` + alias + `.source <= ` + q.Arg(s.most)
	if len(hang) == 0 {
		return text, false
	}
	return text + ` AND (` + strings.Join(append([]string{alias + `.source NOT IN ` + q.Numbers(hang)}, parts...), " OR ") + `)`, true
}
