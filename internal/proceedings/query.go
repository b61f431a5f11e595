package proceedings

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"nazorat/internal/access"
	"nazorat/internal/db"
	"nazorat/internal/fact"
	"nazorat/internal/stored"
)

// Rooms that keep something beside the proceedings (an index, figures) ask for it with queries of their own. What a reader
// may know of it is decided here all the same: they add the conditions of a Query, and show what Shown gives them.

// Query is a query of another room over rows that are joined to a proceeding p, for one reader. It collects the
// query's values, so that conditions add theirs. It belongs to one goroutine.
type Query struct {
	k *Reader
	w *within
}

// Query begins a query for an actor.
func (k *Reader) Query(who access.Actor) *Query { return &Query{k: k, w: k.within(who)} }

// CopiedQuery is Query over rows p of another room that has what policies ask about of a proceeding, but not its list of parties.
func (k *Reader) CopiedQuery(who access.Actor) *Query {
	q := k.Query(who)
	q.w.copied = true
	return q
}

// CountingQuery begins such a query for an actor who counts what he need not be able to read: Readable of it is what he may count. No row of it, and
// nothing that is told of few rows, is shown to him.
func (k *Reader) CountingQuery(who access.Actor) *Query { return &Query{k: k, w: k.counting(who)} }

// Arg adds a value and gives its placeholder.
func (q *Query) Arg(v any) string {
	q.w.args = append(q.w.args, v)
	return fmt.Sprintf("$%d", len(q.w.args))
}

// Args adds values and gives a list of their placeholders: (NULL) for none.
func (q *Query) Args(list []string) string {
	keys := db.Keys(list)
	in := db.In(len(keys), len(q.w.args)+1)
	q.w.args = append(q.w.args, keys...)
	return in
}

// Numbers is Args for whole numbers.
func (q *Query) Numbers(list []int64) string {
	n := len(list)
	for n&(n-1) != 0 {
		n++
	}
	in := db.In(n, len(q.w.args)+1)
	for i := range n {
		q.w.args = append(q.w.args, list[min(i, len(list)-1)])
	}
	return in
}

// Values of the query, in the order of their placeholders.
func (q *Query) Values() []any { return q.w.args }

// Readable is the condition that the actor may read the proceeding p, to be added behind others; some is false where he
// may read none.
func (q *Query) Readable() (text string, some bool) { return q.w.where() }

// Bounds are what a proceeding has of which a reader may read it: one of these offices has it or supervises it, or he is in charge of it or a
// party to it. What has none of them he does not read; what has one he need not be able to.
type Bounds struct {
	Offices, Supervisors []string
	Mine, Party          bool
}

// Bounds of the actor; ok is false where there are none, as for whoever reads all proceedings but some.
func (q *Query) Bounds() (b Bounds, ok bool) {
	all := q.w.reach.Own()
	for _, law := range slices.Sorted(maps.Keys(all)) {
		if !b.add(&all[law].May) {
			return Bounds{}, false
		}
	}
	if !b.add(&q.w.reach.Common().May) {
		return Bounds{}, false
	}
	for _, list := range []*[]string{&b.Offices, &b.Supervisors} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return b, true
}

// add widens bounds by a choice; ok is false where that has none.
func (b *Bounds) add(t *access.Terms) (ok bool) {
	if t.All || t.Others || t.Nobodys || t.NoParty || t.Offices.Rest || t.Supervisors.Rest || !t.Stages.Empty() || !t.Secrecies.Empty() {
		return false
	}
	b.Offices, b.Supervisors = append(b.Offices, t.Offices.IDs...), append(b.Supervisors, t.Supervisors.IDs...)
	b.Mine, b.Party = b.Mine || t.Mine, b.Party || t.Party
	for _, together := range t.Together { // all of them hold: that one is bounded is enough
		var least *Bounds
		for i := range together {
			var one Bounds
			if one.add(&together[i]) && (least == nil || one.size() < least.size()) {
				least = &one
			}
		}
		if least == nil {
			return false
		}
		b.Offices, b.Supervisors = append(b.Offices, least.Offices...), append(b.Supervisors, least.Supervisors...)
		b.Mine, b.Party = b.Mine || least.Mine, b.Party || least.Party
	}
	return true
}

// size of bounds: of how many things one must be there.
func (b *Bounds) size() int {
	n := len(b.Offices) + len(b.Supervisors)
	for _, is := range []bool{b.Mine, b.Party} {
		if is {
			n++
		}
	}
	return n
}

// Rows of something that was taken from sheets of a law: those of Class, whose act the reader did himself where Own
// holds, and in whose proceeding the file was opened to the parties where Opened holds. Own and Opened are conditions in SQL, in which a ? stands for
// the reader; Own may be "" where what the rows show is no single sheet, and then nobody's own.
type Rows struct {
	Law, Class, Own, Opened string
}

// Sheet is the condition that the actor sees such rows: settled if it is known beforehand, and then whether it holds.
// It says nothing of reading the proceeding.
func (q *Query) Sheet(r Rows) (text string, settled, holds bool) {
	either := func(text string) [2]condition {
		is := condition{text: "(" + text + ")"}
		for range strings.Count(text, "?") {
			is.values = append(is.values, q.w.officer)
		}
		return [2]condition{not(is), is}
	}
	own, opened := [2]condition{always, never}, either(r.Opened)
	if r.Own != "" {
		own = either(r.Own)
	}
	all := map[string]bool{}
	var list []condition
	for i, is := range own {
		if is.known && !is.holds {
			continue
		}
		for j, open := range opened {
			sees := q.w.rows(q.k.InForce().Sheets(q.k.dir.Tree().Service(), q.k.Subject(q.w.who), r.Law, r.Class, i == 1, j == 1))
			all[fmt.Sprint(sees.known, sees.holds, sees.text, sees.values)] = true
			list = append(list, joined("AND", is, open, sees))
			if len(all) == 1 && len(list) == 4 || len(all) == 1 && len(list) == 2 && r.Own == "" {
				return q.text(sees) // it does not hang on either
			}
		}
	}
	return q.text(joined("OR", list...))
}

// text writes a condition with the query's placeholders.
func (q *Query) text(c condition) (text string, settled, holds bool) {
	if c.known {
		return "", true, c.holds
	}
	text = c.text
	for _, v := range c.values {
		text = strings.Replace(text, "?", q.Arg(v), 1)
	}
	return "coalesce(" + text + ", false)", false, false
}

// Ref names what something was taken from: the sheet Seq of a proceeding, or, with Things, what its things are now.
type Ref struct {
	Proceeding string
	Seq        int64
	Things     bool
}

// Shown is what the reader is shown of a Ref: where it stands and what it says.
type Shown struct {
	Act    string // of a sheet
	Thing  int32
	Free   bool // he may look at the proceeding without being asked what for
	Values []Said
}

// Said is one value of a form, or of a thing.
type Said struct {
	Field string
	Kind  string // of the thing; "" for a form
	Value fact.Value
}

const selectForms = `SELECT e.proceeding, e.seq, e.law, e.act, e.officer, e.thing, e.form FROM entry e WHERE `

// Shown gives of each of several things what the actor sees of it now, whatever a query found: what he may not read, what
// is hidden from him and what is not there is left out. It reads with a few statements, however many there are.
func (k *Reader) Shown(ctx context.Context, who access.Actor, refs []Ref) (map[Ref]Shown, error) {
	var ids []string
	for _, r := range refs {
		if !slices.Contains(ids, r.Proceeding) {
			ids = append(ids, r.Proceeding)
		}
	}
	out := map[Ref]Shown{}
	if len(ids) == 0 {
		return out, nil
	}
	of, err := k.resources(ctx, who, ids)
	if err != nil {
		return nil, err
	}
	sights, err := k.sights(ctx, who, of)
	if err != nil {
		return nil, err
	}
	if err := k.shownForms(ctx, refs, of, sights, out); err != nil {
		return nil, err
	}
	if err := k.shownThings(ctx, refs, of, sights, out); err != nil {
		return nil, err
	}
	for r, shown := range out {
		shown.Free = k.Decide(who, access.LookFreely, of[r.Proceeding]).Allowed
		out[r] = shown
	}
	return out, nil
}

// shownForms adds the sheets among refs.
func (k *Reader) shownForms(ctx context.Context, refs []Ref, of map[string]access.Resource, sights map[string]*sight, out map[Ref]Shown) error {
	var pairs []string
	var args []any
	for _, r := range refs {
		if _, reads := of[r.Proceeding]; reads && !r.Things {
			pairs = append(pairs, fmt.Sprintf("(e.proceeding = $%d AND e.seq = $%d)", len(args)+1, len(args)+2))
			args = append(args, r.Proceeding, r.Seq)
		}
	}
	if len(pairs) == 0 {
		return nil
	}
	for len(pairs)&(len(pairs)-1) != 0 { // lists of few lengths are few statements that are kept
		pairs = append(pairs, fmt.Sprintf("(e.proceeding = $%d AND e.seq = $%d)", len(args)+1, len(args)+2))
		args = append(args, args[0], args[1])
	}
	rows, err := k.db.Query(ctx, selectForms+strings.Join(pairs, " OR "), args...)
	if err != nil {
		return fmt.Errorf("read forms: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r Ref
		var law, act, officer string
		var thing int32
		var data []byte
		if err := rows.Scan(&r.Proceeding, &r.Seq, &law, &act, &officer, &thing, &data); err != nil {
			return err
		}
		if s := sights[r.Proceeding]; s == nil || s.sheet(act, officer, r.Seq) != nil {
			continue
		}
		var form map[string]fact.JSON
		if err := json.Unmarshal(data, &form); err != nil {
			return fmt.Errorf("entry %s/%d: form: %w", r.Proceeding, r.Seq, err)
		}
		shown := Shown{Act: act, Thing: thing}
		for _, name := range slices.Sorted(maps.Keys(form)) {
			v, err := fact.Decode(form[name])
			if err != nil {
				return fmt.Errorf("entry %s/%d: %s: %w", r.Proceeding, r.Seq, name, err)
			}
			shown.Values = append(shown.Values, Said{Field: name, Value: v})
		}
		out[r] = shown
	}
	return rows.Err()
}

// shownThings adds the things of proceedings among refs, as they are now.
func (k *Reader) shownThings(ctx context.Context, refs []Ref, of map[string]access.Resource, sights map[string]*sight, out map[Ref]Shown) error {
	wanted := map[string][]Ref{}
	for _, r := range refs {
		if _, reads := of[r.Proceeding]; reads && r.Things {
			wanted[r.Proceeding] = append(wanted[r.Proceeding], r)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	keys := db.Keys(slices.Sorted(maps.Keys(wanted)))
	rows, err := k.db.Query(ctx, `SELECT id, state FROM proceeding WHERE id IN `+db.In(len(keys), 1), keys...)
	if err != nil {
		return fmt.Errorf("read states: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var data []byte
		if err := rows.Scan(&id, &data); err != nil {
			return err
		}
		law, s := k.laws[of[id].Law], sights[id]
		if s == nil {
			continue
		}
		state, err := stored.DecodeState(law, data)
		if err != nil {
			return fmt.Errorf("proceeding %s: %w", id, err)
		}
		var shown Shown
		for no := range state.Things {
			if no > 0 && s.thing(int32(no)) != nil {
				continue
			}
			t := &state.Things[no]
			for field, v := range t.Fields {
				if v.Given() {
					shown.Values = append(shown.Values, Said{Field: law.Names.Fields[t.Kind].List[field], Kind: law.KindName(t.Kind), Value: v})
				}
			}
		}
		for _, r := range wanted[id] {
			out[r] = shown
		}
	}
	return rows.Err()
}

// resources of those proceedings that the actor may read.
func (k *Reader) resources(ctx context.Context, who access.Actor, ids []string) (map[string]access.Resource, error) {
	keys := db.Keys(ids)
	rows, err := k.db.Query(ctx, `SELECT p.id, `+asked+` FROM proceeding p WHERE p.id IN `+db.In(len(keys), 1), keys...)
	if err != nil {
		return nil, fmt.Errorf("read proceedings: %w", err)
	}
	defer rows.Close()
	out := map[string]access.Resource{}
	for rows.Next() {
		var id string
		var what access.Resource
		if err := rows.Scan(into(&what, &id)...); err != nil {
			return nil, err
		}
		if k.MayRead(who, what) && k.laws[what.Law] != nil {
			out[id] = what
		}
	}
	return out, rows.Err()
}
