package desk

import (
	"slices"

	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
)

// mostHeldCounted is up to how many of those who are held a board counts.
const mostHeldCounted = 200

// HeldHref is the page of those who are held in the proceedings of an office.
func HeldHref(office string) string { return officeHref(office) + "/held" }

// OfficeHref is the board of an office.
func OfficeHref(id string) string { return officeHref(id) }

// ThingHref is the page of a thing that the reader of a proceeding sees.
func ThingHref(p *proceedings.Proceeding, no int32) string { return thingPageHref(p, no) }

// heldLink leads from a board to those who are held, and says how many they are as far as its reader sees them.
func (d *Desk) heldLink(r *web.Request, office string) (doLink, error) {
	list, err := d.docket.Held(r.Context(), r.Actor(), office, proceedings.After{}, mostHeldCounted+1)
	if err != nil {
		return doLink{}, err
	}
	type kept struct {
		proceeding string
		thing      int32
	}
	things := map[kept]bool{} // several terms may keep one person
	for i := range list[:min(len(list), mostHeldCounted)] {
		things[kept{list[i].Proceeding, list[i].Thing}] = true
	}
	t, l := r.Words, doLink{Href: HeldHref(office)}
	switch n := len(things); {
	case len(list) > mostHeldCounted:
		l.Text = t.T("board.held_many", "n", n)
	case n > 0:
		l.Text = t.T("board.held_count", "n", n)
	default:
		l.Text = t.T("board.held")
	}
	return l, nil
}

// hearingsLink leads from the board of an office to what is held there; nowhere for an office whose roles appoint nothing.
func (d *Desk) hearingsLink(t *web.Words, office string) doLink {
	tree, now := d.dir.Tree(), d.docket.Now()
	for _, name := range d.docket.Laws() {
		for _, rule := range d.docket.Law(name).At(now).Acts {
			if rule == nil || !slices.ContainsFunc(rule.Form, func(f *procedure.Field) bool { return f != nil && !f.Appoints.IsZero() }) {
				continue
			}
			for _, role := range rule.By {
				if slices.ContainsFunc(tree.Serves(office), func(of string) bool { return tree.Competent(of, role) == office }) {
					return doLink{Text: t.T("board.hearings"), Href: officeHref(office) + "/hearings"}
				}
			}
		}
	}
	return doLink{}
}
