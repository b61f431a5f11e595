package docket

import (
	"slices"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/procedure"
)

// partyRow says that an officer is a party to a proceeding in a role, or is one no longer.
type partyRow struct {
	proceeding, officer, role string
	opened                    calendar.Moment // the proceeding
	present                   bool
}

// Whoever is a party no longer keeps his row: nothing is deleted, and he may become one again.
var writeParty = db.NewRows(`INSERT INTO party (proceeding, officer, role, opened, present)`, 5, `ON CONFLICT (proceeding, officer, role) DO UPDATE SET present = excluded.present`)

// storeParties notes who has become a party by an act, and who is one no longer.
func storeParties(w *work, now *held) {
	for _, change := range []struct {
		from, to []procedure.Party
		present  bool
	}{{now.parties, w.was.parties, false}, {w.was.parties, now.parties, true}} {
		for _, p := range change.to {
			if p.Office == "" && !slices.Contains(change.from, p) { // an office has no list of its own
				w.t.parties = append(w.t.parties, partyRow{now.id, p.Officer, p.As, now.opened, change.present})
			}
		}
	}
}

// partyArgs are the values of the rows of parties: of one who came and went the last.
func (s *sheet) partyArgs() (args []any) {
	type key struct{ proceeding, officer, role string }
	last := map[key]int{}
	for i, p := range s.parties {
		last[key{p.proceeding, p.officer, p.role}] = i
	}
	for i, p := range s.parties {
		if last[key{p.proceeding, p.officer, p.role}] != i {
			continue
		}
		present := int64(0)
		if p.present {
			present = 1
		}
		args = append(args, p.proceeding, p.officer, p.role, int64(p.opened), present)
	}
	return args
}
