package desk

import (
	"net/url"
	"strconv"

	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// fewThings is how many things the page of a proceeding lists itself, and how many it folds acts for; of more, it leads to a page of each kind.
const fewThings = 12

// KindHref is the page with the things of one kind of a proceeding.
func KindHref(id, kind string) string { return proceedingHref(id) + "/things/" + url.PathEscape(kind) }

// thingPageHref is the page of a thing that the reader sees.
func thingPageHref(p *proceedings.Proceeding, no int32) string {
	return KindHref(p.ID, p.Law.KindName(p.State.Things[no].Kind)) + "/" + strconv.Itoa(int(no))
}

// KindCount is how many things of a kind the reader of a proceeding sees.
type KindCount struct {
	Kind procedure.KindID
	N    int
}

// KindsOf counts the things that the reader of a proceeding sees, by kind in the order of the law; kinds of which there are none
// are left out, but for the one named.
func KindsOf(p *proceedings.Proceeding, but procedure.KindID) (out []KindCount) {
	counts := map[procedure.KindID]int{}
	last := but
	for no := 1; no < len(p.State.Things); no++ {
		if th := &p.State.Things[no]; !th.Withheld() {
			counts[th.Kind]++
			last = max(last, th.Kind)
		}
	}
	for k := procedure.KindID(1); k <= last; k++ {
		if counts[k] > 0 || k == but {
			out = append(out, KindCount{k, counts[k]})
		}
	}
	return out
}

// manyThings reports whether a proceeding has more things than its own page shows one by one.
func manyThings(p *proceedings.Proceeding) bool {
	return len(p.State.Things)-1-len(p.HiddenThings) > fewThings
}

// kinds leads to the things of each kind.
func (d *Desk) kinds(t *web.Words, p *proceedings.Proceeding) ui.TableView {
	lb := t.Law(p.Law.Name)
	v := ui.TableView{Caption: t.T("proceeding.things"), HideCaption: true, Columns: []ui.Column{{Text: t.T("thing.column.what")}, {Text: t.T("thing.column.number"), Numeric: true}}}
	for _, c := range KindsOf(p, procedure.None) {
		kind := p.Law.KindName(c.Kind)
		v.Rows = append(v.Rows, ui.Row{Cells: []ui.Cell{{Text: lb.Kind(kind), Href: KindHref(p.ID, kind), Head: true}, {Text: t.Number(int64(c.N))}}})
	}
	return v
}

// worthAsking are the acts that the page of a proceeding asks the law about: all, but where it has many things those on the
// proceeding itself, and those on things for which something runs, or on what belongs to these.
func worthAsking(p *proceedings.Proceeding) func(*procedure.ActRule, int32) bool {
	if !manyThings(p) {
		return func(*procedure.ActRule, int32) bool { return true }
	}
	things := p.State.Things
	near := make([]bool, len(things))
	for i := range p.State.Deadlines {
		for no := p.State.Deadlines[i].Thing; no > 0; no = things[no].Of {
			near[no] = true
		}
	}
	for no := 1; no < len(things); no++ { // what a thing belongs to came before it
		if of := things[no].Of; of > 0 && near[of] {
			near[no] = true
		}
	}
	return func(_ *procedure.ActRule, thing int32) bool { return thing == 0 || near[thing] }
}
