package find

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"nazorat/internal/proceedings"
)

// sources are what made the rows of the index, as the laws stand now.
type sources struct {
	all    map[int64]source
	most   int64
	groups []*classed
}

// classed are the sources of a law whose sheets have the same classes.
type classed struct {
	law     string
	classes []string
	sheets  bool // single sheets, which somebody made; else things
	ids     []int64
}

// mostSources is more than there are acts and kinds of things in all laws together.
const mostSources = 1 << 20

// ref is what a row of the index was made from.
func (s *sources) ref(proceeding string, seq, from int64) proceedings.Ref {
	of := s.all[from]
	if of.act == "" && of.kinds == "" {
		seq = 0 // its number, which is no sheet
	}
	return proceedings.Ref{Proceeding: proceeding, Seq: seq, Things: of.act == "" && of.kinds != ""}
}

// known reads the sources, and finds those to whose sheets the law gives a class today.
func (x *Index) known(ctx context.Context) (*sources, error) {
	rows, err := x.db.Query(ctx, selectSources)
	if err != nil {
		return nil, fmt.Errorf("read sources: %w", err)
	}
	defer rows.Close()
	out := &sources{all: map[int64]source{}, most: -1}
	groups := map[string]*classed{}
	for rows.Next() {
		var id int64
		var s source
		if err := rows.Scan(&id, &s.law, &s.act, &s.kinds); err != nil {
			return nil, err
		}
		out.all[id], out.most = s, max(out.most, id)
		classes := x.classes(s)
		if len(classes) == 0 {
			continue
		}
		key := fmt.Sprint(s.law, classes, s.act != "")
		if groups[key] == nil {
			groups[key] = &classed{law: s.law, classes: classes, sheets: s.act != ""}
			out.groups = append(out.groups, groups[key])
		}
		groups[key].ids = append(groups[key].ids, id)
	}
	return out, rows.Err()
}

// classes of the sheets of a source, by the edition in force.
func (x *Index) classes(s source) (out []string) {
	law := x.reader.Law(s.law)
	if law == nil {
		return nil // of its proceedings nothing is shown
	}
	e := law.At(x.reader.Now())
	add := func(class string) {
		if class != "" && !slices.Contains(out, class) {
			out = append(out, class)
		}
	}
	if s.act != "" {
		add(e.SheetOf(law.Act(s.act)))
		return out
	}
	for _, kind := range strings.Fields(s.kinds) {
		if id := law.Kind(kind); id >= 0 {
			add(e.SheetOfKind(id))
		}
	}
	slices.Sort(out)
	return out
}

// seen is the condition, to be added behind others, that the reader of a query sees the sheet that a row was made from.
// The row stands under the name alias, its proceeding as p, and f is what the index has of that. A source that came while this was
// read is left out: what class it has nobody asked.
func (s *sources) seen(q *proceedings.Query, alias string) string {
	var hang []int64 // whether they are seen hangs on something
	var parts []string
	for _, g := range s.groups {
		var conditions []string
		hidden := false
		for _, class := range g.classes {
			r := proceedings.Rows{Law: g.law, Class: class, Opened: "f.opened = 1"}
			if g.sheets {
				r.Own = `EXISTS (SELECT 1 FROM entry e WHERE e.proceeding = f.proceeding AND e.seq = ` + alias + `.seq AND e.officer = ?)`
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
	text := ` AND ` + alias + `.source <= ` + q.Arg(s.most)
	if len(hang) == 0 {
		return text
	}
	return text + ` AND (` + strings.Join(append([]string{alias + `.source NOT IN ` + q.Numbers(hang)}, parts...), " OR ") + `)`
}
