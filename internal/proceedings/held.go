package proceedings

import (
	"context"
	"fmt"
	"slices"

	"nazorat/internal/access"
	"nazorat/internal/db"
)

// Who is held, and until when: the running terms whose end sets somebody free. A list of them is of an office, as a list of what is
// overdue is (OverdueOf): of what a supervisor supervises, of what an office owes, or of what lies below.

const (
	heldAre      = `SELECT ` + deadlineColumns + ` FROM deadline d JOIN proceeding p ON p.id = d.proceeding WHERE d.status = 'running' AND d.breach = 'release' AND (d.due, d.proceeding, d.no) > ($1, $2, $3)`
	heldOf       = heldAre + ` AND d.office = $5`
	heldUnderOne = heldAre + ` AND d.supervisor = $5`
	// Read in the order of the ends, as selectOverdueUnder is.
	heldBelow = heldAre + ` AND (d.supervisor || '' IN %[1]s OR d.office || '' IN %[1]s)`
	orderHeld = ` ORDER BY d.due, d.proceeding, d.no LIMIT $4`
)

// Held lists the running terms at whose end a person is set free, in the proceedings of an office as OverdueOf has them, the earliest
// end first: whoever must be free already stands before all others. It has those that the actor may read, and of these the ones that
// he sees. The caller has made sure that he may see the office.
func (k *Reader) Held(ctx context.Context, who access.Actor, office string, after After, limit int) ([]Deadline, error) {
	return k.filled(ctx, who, after, limit, func(after After) ([]Deadline, error) {
		text, w := k.heldQuery(who, office, after, limit)
		if w == nil {
			return nil, nil
		}
		return k.deadlinesWithin(ctx, text, orderHeld, w)
	})
}

// heldQuery is the question for a page of an office's list; nil for an office of which the actor sees no list.
func (k *Reader) heldQuery(who access.Actor, office string, after After, limit int) (text string, w *within) {
	tree := k.dir.Tree()
	args := []any{after.Due, after.Proceeding, after.No, limit}
	if len(tree.Children(office)) > 0 {
		ids := db.Keys(k.MayListUnder(who, office))
		if len(ids) == 0 {
			return "", nil
		}
		return fmt.Sprintf(heldBelow, db.In(len(ids), len(args)+1)), k.within(who, append(args, ids...)...)
	}
	w = k.within(who, append(args, office)...)
	if tree.Supervises(office) {
		w.supervisor = office
		return heldUnderOne, w
	}
	return heldOf, w
}

const (
	selectProceedings = `SELECT id, law, number, title, office, supervisor, in_charge, root_state, secrecy, parties, version, edition, opened, changed, state FROM proceeding WHERE id IN `
	selectRunningOf   = `SELECT ` + deadlineColumns + ` FROM deadline d JOIN proceeding p ON p.id = d.proceeding WHERE d.status = 'running' AND d.proceeding IN %s ORDER BY d.due, d.proceeding, d.no LIMIT %d`
)

// mostRunning bounds how many running deadlines of a page of proceedings are read.
const mostRunning = 5000

// Around gives the proceedings of a list of deadlines as the actor sees them, by id, and what else runs in them, the earliest first.
// Those that he may not read any more are left out.
func (k *Reader) Around(ctx context.Context, who access.Actor, list []Deadline) (map[string]*Proceeding, []Deadline, error) {
	ids := map[string]bool{}
	var keys []string
	for i := range list {
		if id := list[i].Proceeding; !ids[id] {
			ids[id], keys = true, append(keys, id)
		}
	}
	out := make(map[string]*Proceeding, len(keys))
	if len(keys) == 0 {
		return out, nil, nil
	}
	args := db.Keys(keys)
	if err := k.readAll(ctx, who, args, out); err != nil {
		return nil, nil, err
	}
	all, err := scanDeadlines(k.db.Query(ctx, fmt.Sprintf(selectRunningOf, db.In(len(args), 1), mostRunning), args...))
	if err != nil {
		return nil, nil, err
	}
	running := all[:0]
	for i := range all {
		if p := out[all[i].Proceeding]; p != nil && p.sight.stored(&all[i].Basis) == nil {
			running = append(running, all[i])
		}
	}
	return out, running, nil
}

// Several are some proceedings by id, as the actor sees them; those that he may not read are left out.
func (k *Reader) Several(ctx context.Context, who access.Actor, ids []string) (map[string]*Proceeding, error) {
	out := make(map[string]*Proceeding, len(ids))
	for some := range slices.Chunk(ids, mostTogether) {
		if err := k.readAll(ctx, who, db.Keys(some), out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// mostTogether is how many proceedings are read with one statement.
const mostTogether = 500

// readAll reads proceedings by id as the actor sees them; those that he may not read are left out.
func (k *Reader) readAll(ctx context.Context, who access.Actor, ids []any, out map[string]*Proceeding) error {
	rows, err := k.db.Query(ctx, selectProceedings+db.In(len(ids), 1), ids...)
	if err != nil {
		return fmt.Errorf("read proceedings: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var p Proceeding
		var law string
		var state []byte
		if err := rows.Scan(&p.ID, &law, &p.Number, &p.Title, &p.Office, &p.Supervisor, &p.InCharge, &p.RootState, &p.Secrecy, &p.Parties, &p.Version, &p.Edition, &p.Opened, &p.Changed, &state); err != nil {
			return err
		}
		if p.Law = k.laws[law]; p.Law == nil || !k.MayRead(who, p.Resource()) {
			continue
		}
		if p.State, err = k.large.decode(p.Law, state); err != nil {
			return fmt.Errorf("proceeding %s: %w", p.ID, err)
		}
		out[p.ID] = p.seen(k.sightOf(k.now(), who, p.Law, &p.State, p.Resource()))
	}
	return rows.Err()
}
