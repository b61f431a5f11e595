package find

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"nazorat/internal/db"
	"nazorat/internal/fact"
	"nazorat/internal/proceedings"
	"nazorat/internal/script"
)

// answer puts what was found in order, and says of one page of it what and where.
func (s *search) answer(ctx context.Context, out *Answer) error {
	out.How, out.Apart, out.byHolder = s.how, s.how == Together || s.how == NearTogether, s.byHolder
	if err := s.weigh(ctx); err != nil {
		return err
	}
	slices.SortStableFunc(s.found, func(a, b *Hit) int { return cmp.Or(cmp.Compare(b.worth, a.worth), cmp.Compare(b.no, a.no)) })
	page := s.found[min(s.ask.Past, len(s.found)):]
	switch {
	case len(page) > s.x.bounds.page:
		page = page[:s.x.bounds.page]
		// What came since would move the rest: the next page begins from the newest of this one.
		out.Next = &Next{How: s.how, Below: s.top(), Down: s.below, Past: s.ask.Past + s.x.bounds.page}
	case s.below != 0:
		out.Next = &Next{How: s.how, Below: s.below}
		out.Looked = s.looked
	}
	if err := s.describe(ctx, page); err != nil {
		return err
	}
	return s.quote(ctx, page, out)
}

// top is the number below which all of this lies.
func (s *search) top() int64 {
	if s.ask.Below != 0 {
		return s.ask.Below
	}
	var top int64
	for _, h := range s.found {
		top = max(top, h.no)
	}
	return top + 1
}

// weigh finds out which sheets of what was found have which of the words, as far as the reader sees them.
func (s *search) weigh(ctx context.Context) error {
	if len(s.found) == 0 {
		return nil
	}
	q := s.x.reader.Query(s.who)
	var keys []string
	for _, t := range s.terms {
		for key := range t.worth {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	byNo, nos := map[int64]*Hit{}, make([]int64, 0, len(s.found))
	for _, h := range s.found {
		byNo[h.no], nos = h, append(nos, h.no)
	}
	// A question for each key, of each proceeding: joined, a server would at times read all that have a common word.
	sheet := visible(s.sources, q, "w")
	keysAsked := padded(keys, narrow)
	columns := make([]string, len(keysAsked))
	for i, key := range keysAsked {
		columns[i] = fmt.Sprintf(`coalesce((SELECT w.seq * %d + w.source FROM find_word w WHERE w.word = %s AND w.no = f.no%s ORDER BY w.seq DESC, w.source DESC LIMIT 1), 0)`, mostSources, q.Arg(key), sheet)
	}
	text := `SELECT f.no, f.proceeding, ` + strings.Join(columns, ", ") + ` FROM find_case f JOIN proceeding p ON p.id = f.proceeding WHERE f.no IN ` + q.Numbers(nos)
	rows, err := s.x.db.Query(ctx, text, q.Values()...)
	if err != nil {
		return fmt.Errorf("weigh: %w", err)
	}
	defer rows.Close()
	var no int64
	var proceeding string
	where := make([]int64, len(keysAsked))
	into := []any{&no, &proceeding}
	for i := range where {
		into = append(into, &where[i])
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		met := map[proceedings.Ref]map[int]int{}
		for i, at := range where {
			if at == 0 || i >= len(keys) {
				continue
			}
			ref := ref(s.sources.Of(at%mostSources), proceeding, at/mostSources)
			if met[ref] == nil {
				met[ref] = map[int]int{}
			}
			for t := range s.terms {
				if worth := s.terms[t].worth[keys[i]]; worth > met[ref][t] {
					met[ref][t] = worth
				}
			}
		}
		byNo[no].ID = proceeding
		byNo[no].weigh(met)
	}
	return rows.Err()
}

// weigh sums up what a proceeding is worth: each word by its best match, and more where words stand in one sheet. It chooses
// the sheets to be quoted: the best, and one that has words which that one lacks.
func (h *Hit) weigh(met map[proceedings.Ref]map[int]int) {
	best := map[int]int{}
	var refs []proceedings.Ref
	value := map[proceedings.Ref]int{}
	for ref, words := range met {
		for i, worth := range words {
			best[i] = max(best[i], worth)
			value[ref] += worth
		}
		value[ref] += worthSheet * (len(words) - 1)
		if ref.Seq > 0 {
			refs = append(refs, ref)
		}
	}
	together := 0
	for ref := range met {
		together = max(together, worthSheet*(len(met[ref])-1))
	}
	h.worth = together
	for _, worth := range best {
		h.worth += worth
	}
	slices.SortFunc(refs, func(a, b proceedings.Ref) int {
		return cmp.Or(cmp.Compare(value[b], value[a]), cmp.Compare(b.Seq, a.Seq))
	})
	covered := map[int]bool{}
	for _, ref := range refs {
		fresh := false
		for i := range met[ref] {
			fresh = fresh || !covered[i]
			covered[i] = true
		}
		if fresh && len(h.refs) < quoted {
			h.refs = append(h.refs, ref)
		}
	}
}

// quoted is how many sheets of a proceeding are quoted.
const quoted = 2

const selectHits = `SELECT p.id, p.number, p.title, p.law, p.root_state, p.office, p.in_charge, p.opened FROM proceeding p WHERE p.id IN `

// describe reads what lists say of proceedings.
func (s *search) describe(ctx context.Context, page []*Hit) error {
	byID, ids := map[string]*Hit{}, make([]string, 0, len(page))
	for _, h := range page {
		byID[h.ID], ids = h, append(ids, h.ID)
	}
	keys := db.Keys(ids)
	rows, err := s.x.db.Query(ctx, selectHits+db.In(len(keys), 1), keys...)
	if err != nil {
		return fmt.Errorf("describe: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var h Hit
		if err := rows.Scan(&h.ID, &h.Number, &h.Title, &h.Law, &h.Stage, &h.Office, &h.InCharge, &h.Opened); err != nil {
			return err
		}
		of := byID[h.ID]
		h.no, h.worth, h.refs = of.no, of.worth, of.refs
		*of = h
	}
	return rows.Err()
}

// quote shows where the words stand. What its reader does not see now, whatever the index says, takes its proceeding out: it
// was found by that.
func (s *search) quote(ctx context.Context, page []*Hit, out *Answer) error {
	var refs []proceedings.Ref
	for _, h := range page {
		refs = append(refs, h.refs...)
	}
	shown, err := s.x.reader.Shown(ctx, s.who, refs)
	if err != nil {
		return err
	}
	for _, h := range page {
		seen := true
		for _, ref := range h.refs {
			sheet, is := shown[ref]
			if seen = seen && is; !is {
				continue
			}
			if h.Closer = h.Closer || !sheet.Free; !sheet.Free {
				continue
			}
			for _, v := range sheet.Values {
				if marked := s.marks(v.Value); len(marked) > 0 {
					h.Said = append(h.Said, cut(Said{Law: h.Law, Act: sheet.Act, Kind: v.Kind, Field: v.Field, Text: v.Value.String(), Marked: marked}))
				}
			}
		}
		if !seen {
			out.withdrawn++
			continue
		}
		out.Hits = append(out.Hits, *h)
	}
	return nil
}

// marks are the parts of a value that match.
func (s *search) marks(v fact.Value) (out []Marked) {
	wanted := func(key string) bool {
		return slices.ContainsFunc(s.terms, func(t term) bool { return slices.Contains(t.keys, key) })
	}
	hit := func(from, to int, keys func(add func(string))) {
		found := false
		keys(func(key string) { found = found || wanted(key) })
		if found {
			out = append(out, Marked{from, to})
		}
	}
	switch v.Type {
	case fact.Person, fact.Text, fact.Article:
		var marks []mark
		if v.Type == fact.Text {
			marks = marksIn(v.Text)
		}
		for _, m := range marks {
			hit(m.from, m.to, func(add func(string)) {
				for _, key := range m.indexed {
					add(key)
				}
			})
		}
		for _, w := range spans(v.Text) {
			if slices.ContainsFunc(out, func(m Marked) bool { return w.from < m.To && m.From < w.to }) {
				continue
			}
			part := fact.Value{Type: v.Type, Text: v.Text[w.from:w.to]}
			hit(w.from, w.to, func(add func(string)) { keysOf(part, add) })
		}
		slices.SortFunc(out, func(a, b Marked) int { return cmp.Compare(a.From, b.From) })
	case fact.Place, fact.Number, fact.Proceeding:
		hit(0, len(v.String()), func(add func(string)) { keysOf(v, add) })
	}
	return out
}

// How much of a text is quoted, and how much of that before the first word that matches; in bytes.
const (
	mostQuoted = 240
	before     = 60
)

// cut quotes the part of a long text in which the first words stand that match.
func cut(s Said) Said {
	if len(s.Text) <= mostQuoted {
		return s
	}
	from := 0
	if first := s.Marked[0].From; first > before {
		from = first - before
		if i := strings.LastIndexByte(s.Text[:from], ' '); i >= 0 && from-i < before {
			from = i + 1
		}
	}
	for from > 0 && !startsRune(s.Text[from]) {
		from--
	}
	to := min(from+mostQuoted, len(s.Text))
	if i := strings.LastIndexByte(s.Text[from:to], ' '); to < len(s.Text) && i > 0 {
		to = from + i
	}
	for to < len(s.Text) && !startsRune(s.Text[to]) {
		to++
	}
	head, tail := "", ""
	if from > 0 {
		head = "… "
	}
	if to < len(s.Text) {
		tail = " …"
	}
	var marked []Marked
	for _, m := range s.Marked {
		if m.From >= from && m.To <= to {
			marked = append(marked, Marked{m.From - from + len(head), m.To - from + len(head)})
		}
	}
	s.Text, s.Marked = head+s.Text[from:to]+tail, marked
	return s
}

func startsRune(b byte) bool { return b&0xC0 != 0x80 }

const selectNear = `SELECT n.part, n.name FROM find_near n WHERE n.part IN `

// near are words, each that may be a name with the names that are a typing error away.
func (x *Index) near(ctx context.Context, words []term) ([]term, error) {
	var asked []string
	for _, t := range words {
		asked = append(asked, nearParts(t.full)...)
	}
	if len(asked) == 0 {
		return words, nil
	}
	keys := db.Keys(asked)
	rows, err := x.db.Query(ctx, selectNear+db.In(len(keys), 1)+` ORDER BY n.part, n.name LIMIT 4000`, keys...)
	if err != nil {
		return nil, fmt.Errorf("names: %w", err)
	}
	defer rows.Close()
	names := map[string][]string{} // by their parts
	for rows.Next() {
		var part, name string
		if err := rows.Scan(&part, &name); err != nil {
			return nil, err
		}
		names[part] = append(names[part], name)
	}
	out := make([]term, len(words))
	for i, t := range words {
		more := term{word: t.word, sound: t.sound, full: t.full, keys: slices.Clone(t.keys), worth: maps.Clone(t.worth)}
		var list []string
		for _, part := range nearParts(t.full) {
			list = append(list, names[part]...)
		}
		slices.Sort(list)
		more.names = nearest(t.sound, slices.Compact(list), min(mostNear, mostKeys-len(more.keys)))
		for _, name := range more.names {
			more.add(asName+name, worthNear)
		}
		out[i] = more
	}
	return out, rows.Err()
}

// nearParts are the parts of a name's key by which others are near it; none of one that is too short.
func nearParts(full string) []string {
	if len(full) < leastNear {
		return nil
	}
	return parts(full)
}

// nearest are the n names whose keys are the nearest.
func nearest(sound string, names []string, n int) []string {
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(script.Distance(sound, a), script.Distance(sound, b)) })
	return names[:min(n, len(names))]
}
