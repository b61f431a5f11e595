package directory

import (
	"fmt"
	"slices"
	"strings"

	"nazorat/internal/db"
	"nazorat/internal/fault"
	"nazorat/internal/procedure"
)

// This file moves offices in the tree and closes them. An office that is closed stays in the tree, so that its past can be
// named and seen; nobody has a mandate for it any more, and it has no role for another. What it has open is not the
// directory's to know: whoever keeps proceedings looks at that.

// loadOffices reads all offices where records move or close one, since all below it come along; they are hundreds. It gives those that are closed.
func (p *projection) loadOffices(tx *db.Tx, list []Entry) (closing *keys, err error) {
	closing = &keys{}
	if !slices.ContainsFunc(list, restructures) {
		return closing, nil
	}
	if err := rowsOf(p.scanOffice)(tx.Query(officeColumns)); err != nil { //nolint:rowserrcheck // rowsOf does
		return nil, err
	}
	for _, e := range list {
		if o := p.officeOf(e.Proceeding); o != nil && e.Record.Does == procedure.CloseOffice {
			closing.add(o.ID)
		}
	}
	return closing, nil
}

func restructures(e Entry) bool {
	return e.Record.Does == procedure.MoveOffice || e.Record.Does == procedure.CloseOffice
}

// loadTies reads what keeps offices from being closed: who may act for them, and for which others they have a role.
func (p *projection) loadTies(tx *db.Tx, closing *keys) error {
	if err := each(tx, mandateColumns+` WHERE office IN `, closing, p.scanMandate); err != nil {
		return err
	}
	return each(tx, competenceColumns+` WHERE competent IN `, closing, p.scanCompetence)
}

// write notes what is to be written of an office beside its names.
func (o *officeRow) write(w *written) {
	if o.moved && !o.fresh {
		w.movedOffices = append(w.movedOffices, o.Parent, o.Path, o.ID)
	}
	if o.shut {
		w.closedOffices = append(w.closedOffices, int64(o.Closed), o.closedIn, o.ID)
	}
}

// path of an office, as those above it give it.
func (p *projection) path(o *officeRow) string {
	if above := p.offices[o.Parent]; above != nil {
		return p.path(above) + o.ID + "/"
	}
	return "/" + o.ID + "/"
}

func (p *projection) moveOffice(e Entry, v values, o *officeRow) *Refused {
	above := p.offices[v.text("parent")]
	switch {
	case above == nil:
		return refuse(e, "parent", NoOffice)
	case above.Closed != 0:
		return refuse(e, "parent", OfficeClosed)
	case above.ID == o.Parent:
		return refuse(e, "parent", SameParent)
	case strings.HasPrefix(above.Path, o.Path):
		return refuse(e, "parent", BelowItself)
	}
	was := o.Path
	o.Parent = above.ID
	for _, x := range p.offices {
		if strings.HasPrefix(x.Path, was) {
			x.Path, x.moved = above.Path+o.ID+"/"+x.Path[len(was):], true
		}
	}
	return nil
}

// mostTold of what keeps an office from being closed are told by name.
const mostTold = 10

// still refuses with a list.
func still(e Entry, key string, list []string) *Refused {
	slices.Sort(list)
	r := refuse(e, "", key)
	r.Args = fault.Args{"n": len(list), "list": Told(list)}
	return r
}

// Told is a list as a sentence has it: the first few, and how many more there are.
func Told(list []string) string {
	if len(list) <= mostTold {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s, … (+%d)", strings.Join(list[:mostTold], ", "), len(list)-mostTold)
}

func (p *projection) closeOffice(e Entry, o *officeRow) *Refused {
	var mandates, below, competent []string
	for _, m := range p.mandates {
		if m.Office == o.ID && m.open(e.At) {
			mandates = append(mandates, m.Role)
		}
	}
	for _, x := range p.offices {
		if x.Parent == o.ID && x.Closed == 0 {
			below = append(below, x.Code)
		}
	}
	for _, c := range p.competences {
		if x := p.offices[c.Office]; c.Competent == o.ID && c.Office != o.ID && c.to == 0 && x != nil && x.Closed == 0 {
			competent = append(competent, x.Code)
		}
	}
	switch {
	case len(mandates) > 0:
		r := still(e, StillMandates, mandates)
		delete(r.Args, "list") // who they are stands on the page of the office
		return r
	case len(below) > 0:
		return still(e, StillBelow, below)
	case len(competent) > 0:
		return still(e, StillCompetent, competent)
	}
	o.Closed, o.closedIn, o.shut = e.At, e.Proceeding, true
	return nil
}
