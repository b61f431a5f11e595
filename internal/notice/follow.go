package notice

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/stored"
)

// MostFollowed is how many leaves Follow is told of at once at most.
const MostFollowed = 200

const selectEntries = `SELECT e.proceeding, e.seq, e.law, e.act, e.officer, e.recorded, e.effects, p.office, p.supervisor, p.in_charge
FROM entry e JOIN proceeding p ON p.id = e.proceeding WHERE e.leaf >= $1 AND e.leaf < $2 ORDER BY e.leaf`

// entered is an entry, with who has its proceeding now.
type entered struct {
	proceeding                  string
	seq                         int64
	law, act, officer           string
	recorded                    calendar.Moment
	effects                     []stored.Effect
	office, supervisor, charged string
}

// Follow tells what happened in the leaves [from, to) of the journal: it is a follower of package follow, from the
// end of the journal on, since nobody wants to be told of what was before. What a deadline that an entry began or moved has
// come to already is told here too: the clock has passed those moments by.
func (k *Keeper) Follow(ctx context.Context, tx *db.Tx, from, to int64) error {
	now := k.reader.Now()
	all, err := k.opened(ctx, tx, from, to, now)
	if err != nil {
		return err
	}
	entries, err := readEntries(tx, from, to)
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return k.write(tx, all, nil, now)
	}
	var ids []string
	for i := range entries {
		ids = append(ids, entries[i].proceeding)
	}
	list, err := k.reader.RunningOf(ctx, ids)
	if err != nil {
		return err
	}
	runs := make(map[deadlineKey]*proceedings.Deadline, len(list))
	for i := range list {
		runs[deadlineKey{list[i].Proceeding, list[i].No}] = &list[i]
	}
	var drafts, steps []*draft
	touched := map[deadlineKey]calendar.Moment{} // when an entry began or moved it last
	for i := range entries {
		e := &entries[i]
		drafts = append(drafts, e.drafts(runs)...)
		for j := range e.effects {
			if d := e.effects[j].Deadline; d != nil {
				touched[deadlineKey{e.proceeding, d.No}] = e.recorded
			}
		}
	}
	for i := range list {
		d := &list[i]
		recorded, ok := touched[deadlineKey{d.Proceeding, d.No}]
		if !ok {
			continue
		}
		of, err := k.clocked(d, recorded, now, true)
		if err != nil {
			return err
		}
		drafts, steps = append(drafts, of...), append(steps, of...)
	}
	of, err := k.resolve(ctx, drafts, now)
	if err != nil {
		return err
	}
	return k.write(tx, append(all, of...), steps, now)
}

func readEntries(tx *db.Tx, from, to int64) (out []entered, _ error) {
	rows, err := tx.Query(selectEntries, from, to)
	if err != nil {
		return nil, fmt.Errorf("read entries: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var e entered
		var effects []byte
		if err := rows.Scan(&e.proceeding, &e.seq, &e.law, &e.act, &e.officer, &e.recorded, &effects, &e.office, &e.supervisor, &e.charged); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(effects, &e.effects); err != nil {
			return nil, fmt.Errorf("entry %s/%d: effects: %w", e.proceeding, e.seq, err)
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// drafts of what an entry tells, all of one source: an officer gets one of them, what concerns him most. First that he is in charge, or owes
// something by it, of several terms the one that ends first; then that he gets a copy; then that something was done. runs are the deadlines that run by now.
func (e *entered) drafts(runs map[deadlineKey]*proceedings.Deadline) (out []*draft) {
	base := draft{proceeding: e.proceeding, source: "e/" + strconv.FormatInt(e.seq, 10), at: e.recorded, law: e.law, seq: e.seq, act: e.act, actor: e.officer, step: noStep, except: e.officer}
	inPlace, charged := "", false // of whom it was done; it put him in charge who is
	var begun []*proceedings.Deadline
	var copies []receiver
	for i := range e.effects {
		f := &e.effects[i]
		switch {
		case f.Effect == procedure.Started.String() && f.Deadline != nil:
			if x := runs[deadlineKey{e.proceeding, f.Deadline.No}]; x != nil {
				begun = append(begun, x)
			}
		case f.Value == nil:
		case f.Effect == procedure.Charged.String():
			charged = e.charged != "" && f.Value[1] == e.charged
		case f.Effect == procedure.Copied.String():
			copies = append(copies, receiver{office: e.supervisor, role: f.Value[1], kind: Copy})
		case f.Effect == procedure.StoodIn.String():
			inPlace = f.Value[1]
		}
	}
	slices.SortFunc(begun, func(a, b *proceedings.Deadline) int {
		return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.No, b.No))
	})
	for _, x := range begun {
		d, r := base, owner(x)
		if r.kind = Begun; charged && r.officer == e.charged {
			r.kind = Charge
		}
		d.no, d.term, d.starter, d.thing, d.due, d.to = x.No, x.Term, x.Basis.By, x.Thing, x.Due, []receiver{r}
		out = append(out, &d)
	}
	if charged {
		base.to = append(base.to, receiver{officer: e.charged, office: e.office, kind: Charge})
	}
	if base.to = append(base.to, copies...); e.officer != "" && e.charged != "" && inPlace != e.charged {
		base.to = append(base.to, receiver{officer: e.charged, office: e.office, kind: Act})
	}
	return append(out, &base)
}

// owner is who owes a deadline.
func owner(d *proceedings.Deadline) receiver {
	return receiver{officer: d.Officer, office: d.Office, role: d.Role}
}

// clocked are the drafts of those moments of a running deadline that are told of now: see timely.
func (k *Keeper) clocked(d *proceedings.Deadline, from, now calendar.Moment, all bool) (out []*draft, _ error) {
	law := k.reader.Law(d.Law)
	if law == nil {
		return nil, nil // the office does not apply it any more
	}
	basis, err := stored.DecodeDeadline(law, d.Basis)
	if err != nil {
		return nil, fmt.Errorf("proceeding %s: %w", d.Proceeding, err)
	}
	t := law.TermOf(&basis)
	for _, m := range timely(moments(law, basis), d.Due, from, now, all) {
		x := &draft{proceeding: d.Proceeding, source: fmt.Sprintf("d/%d/%d/%s", d.No, d.Due, m.name), at: m.at, law: d.Law, no: d.No, term: d.Term, starter: d.Basis.By, thing: d.Thing, due: d.Due, step: m.step}
		switch {
		case t.Breach == procedure.Release:
			x.urgent = Release
		case m.kind != Warning:
			x.urgent = Pressed
		}
		if m.to == nil {
			r := owner(d)
			r.kind = m.kind
			x.to = []receiver{r}
		}
		for _, role := range m.to {
			x.to = append(x.to, k.comesTo(d, t, role, m.kind))
		}
		out = append(out, x)
	}
	return out, nil
}

// comesTo is to whom a step comes that names a role.
func (k *Keeper) comesTo(d *proceedings.Deadline, t *procedure.Term, role string, kind Kind) receiver {
	of := d.Of()
	if role == t.OwedBy && kind == Told {
		kind = Due // to him it is his own term
	}
	if role == procedure.InCharge {
		return receiver{officer: of.InCharge, office: of.Office, role: role, kind: kind}
	}
	return receiver{office: k.dir.Tree().Competent(of.Office, role), role: role, kind: kind}
}
