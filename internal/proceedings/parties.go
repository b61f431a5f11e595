package proceedings

import (
	"context"
	"database/sql"
	"fmt"

	"nazorat/internal/access"
	"nazorat/internal/stored"
)

// A party to a proceeding has it in a list of his own: the office that has it shows him
// nothing, and he is in charge of nothing. The table of parties is read by him and his role, the newest proceeding first.

const listParty = `SELECT ` + listedColumns + ` FROM party y JOIN proceeding p ON p.id = y.proceeding
WHERE y.officer = $1 AND y.role = $6 AND y.present = 1 AND y.opened <= $2 AND (y.opened < $2 OR y.proceeding > $3)`

const orderParty = ` ORDER BY y.opened DESC, y.proceeding LIMIT $4`

// AsParty lists the proceedings to which an officer is a party in his role, the newest first, as far as he may read them.
func (k *Reader) AsParty(ctx context.Context, who access.Actor, behind Behind, limit int) ([]Listed, error) {
	w := k.within(who, who.Officer, behind.opened(), behind.ID, limit, k.now(), who.Role)
	more, some := w.where()
	if !some || who.Officer == "" {
		return nil, nil
	}
	list, err := scanListed(k.db.Query(ctx, listParty+more+orderParty, w.args...))
	if err != nil {
		return nil, err
	}
	return k.veilListed(ctx, who, list)
}

// Resource is what policies are asked about a proceeding, from what stands in its row.
func Resource(law, office, supervisor, inCharge, stage, secrecy string, parties stored.Parties) access.Resource {
	return access.Resource{Law: law, Office: office, Supervisor: supervisor, InCharge: inCharge, Stage: stage, Secrecy: secrecy, Parties: asAsked(parties)}
}

// asAsked are stored parties as policies ask about them.
func asAsked(list stored.Parties) (out []access.Party) {
	for _, p := range list {
		out = append(out, access.Party{Officer: p.Officer, As: p.As, Office: p.Office})
	}
	return out
}

// asked are the columns of a proceeding p that policies are asked about, as into scans them.
const asked = `p.law, p.office, p.supervisor, p.in_charge, p.root_state, p.secrecy, p.parties`

// into is where the columns that policies are asked about go, behind others.
func into(r *access.Resource, others ...any) []any {
	return append(others, &r.Law, &r.Office, &r.Supervisor, &r.InCharge, &r.Stage, &r.Secrecy, &parties{of: r})
}

// parties scans into a resource.
type parties struct{ of *access.Resource }

// Scan reads the parties of a row.
func (p *parties) Scan(src any) error {
	var list stored.Parties
	err := list.Scan(src)
	p.of.Parties = asAsked(list)
	return err
}

const (
	selectOwn = `SELECT p.id, ` + asked + ` FROM proceeding p WHERE p.in_charge = $1 AND p.in_charge <> ''`
	// Of those only what something closes, by an index of it: an officer of many years has thousands that nothing closes.
	selectOwnClosed = selectOwn + ` AND p.secrecy <> '' AND p.secrecy > ''`
	selectParty     = `SELECT p.id, ` + asked + ` FROM party y JOIN proceeding p ON p.id = y.proceeding WHERE y.officer = $1 AND y.role = $2 AND y.present = 1`
)

// own are the proceedings that an officer may read, or may not, because he is in charge of them or a party
// to them: counts that are kept by office know nothing of him, and are put right by these.
func (k *Reader) own(ctx context.Context, who access.Actor, reach *access.Reach) (map[string]access.Resource, error) {
	out := map[string]access.Resource{}
	add := func(rows *sql.Rows, err error) error {
		if err != nil {
			return fmt.Errorf("read what is an officer's own: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var id string
			var r access.Resource
			if err := rows.Scan(into(&r, &id)...); err != nil {
				return err
			}
			out[id] = r
		}
		return rows.Err()
	}
	text := selectOwnClosed
	if reach.HangsOnCharge("") {
		text = selectOwn
	}
	if err := add(k.db.Query(ctx, text, who.Officer)); err != nil { //nolint:rowserrcheck // add does
		return nil, err
	}
	return out, add(k.db.Query(ctx, selectParty, who.Officer, who.Role)) //nolint:rowserrcheck // add does
}
