package notice

import (
	"context"
	"slices"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/directory"
	"nazorat/internal/proceedings"
)

// receiver is whom something comes to: an officer for an office, with those who stand in for him; or, without an officer, a role at an office.
type receiver struct {
	officer, office, role string
	kind                  Kind // as which it comes to him
}

// draft is a notice before it is known who gets it.
type draft struct {
	proceeding, source string
	urgent             int
	at                 calendar.Moment
	law                string
	seq                int64 // of the entry; 0: it tells of none
	act, actor         string
	no                 int32 // of the deadline; 0: it tells of none
	term, starter      string
	thing              int32
	due                calendar.Moment
	step               int
	to                 []receiver
	except             string // an officer who knows, since he did it
}

// told is a notice for one officer.
type told struct {
	*draft
	who  access.Actor
	kind Kind
}

// actor is somebody under a mandate.
func actor(m *directory.Mandate) access.Actor {
	return access.Actor{Officer: m.Officer, Role: m.Role, Office: m.Office, Mandate: m.ID, For: m.For(), Manner: m.Manner}
}

// resolve finds who gets drafts, as mandates are at a moment, and leaves out whoever may not read what they tell. An officer
// gets what comes from one source once: the first draft of it, and under the first mandate, that he may read.
func (k *Keeper) resolve(ctx context.Context, list []*draft, now calendar.Moment) ([]told, error) {
	mandates, err := k.mandates(ctx, list, now)
	if err != nil {
		return nil, err
	}
	var all []told
	var ask []proceedings.Telling
	for _, d := range list {
		for _, r := range d.to {
			for i := range mandates {
				m := &mandates[i]
				if !r.reaches(m) || m.Officer == d.except {
					continue
				}
				who := actor(m)
				all = append(all, told{d, who, r.kind})
				ask = append(ask, proceedings.Telling{Who: who, Proceeding: d.proceeding, Act: d.act, Officer: d.actor, Starter: d.starter, Thing: d.thing})
			}
		}
	}
	may, err := k.reader.MayTell(ctx, ask)
	if err != nil {
		return nil, err
	}
	seen := map[key]bool{}
	out := all[:0]
	for i, t := range all {
		if once := (key{t.proceeding, t.source, t.who.Officer}); may[i] && !seen[once] {
			seen[once] = true
			out = append(out, t)
		}
	}
	return out, nil
}

// reaches reports whether what comes to the receiver comes to whoever acts under a mandate.
func (r *receiver) reaches(m *directory.Mandate) bool {
	if r.office != m.Office {
		return false
	}
	if r.officer == "" {
		return r.role == m.Role
	}
	return m.Officer == r.officer && m.For() == "" || m.For() == r.officer
}

// mandates of all whom drafts may come to.
func (k *Keeper) mandates(ctx context.Context, list []*draft, now calendar.Moment) ([]directory.Mandate, error) {
	var officers, offices, roles []string
	for _, d := range list {
		for _, r := range d.to {
			if r.officer != "" {
				officers = append(officers, r.officer)
			} else {
				offices, roles = append(offices, r.office), append(roles, r.role)
			}
		}
	}
	for _, l := range []*[]string{&officers, &offices, &roles} {
		slices.Sort(*l)
		*l = slices.Compact(*l)
	}
	out, err := k.dir.ActingFor(ctx, officers, now)
	if err != nil {
		return nil, err
	}
	held, err := k.dir.Holders(ctx, offices, roles, now)
	return append(out, held...), err
}
