package docket

import (
	"encoding/json"
	"fmt"

	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
)

const (
	insertProceeding = `INSERT INTO proceeding (id, law, number, office, supervisor, in_charge, root_state, title, version, opened, changed, state, edition)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`
	updateProceeding = `UPDATE proceeding SET office = $1, supervisor = $2, in_charge = $3, root_state = $4, title = $5, version = $6, changed = $7, state = $8, edition = $9
WHERE id = $10 AND version = $11`
	insertEntry = `INSERT INTO entry (proceeding, seq, law, edition, act, thing, officer, role, mandate, office, done, recorded, form, effects, previous, hash, submission, cargo)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`
)

// store writes the entry, the proceeding, its deadlines and the tallies.
func (k *Docket) store(w *work) (*Receipt, error) {
	tree := k.dir.Tree()
	office := w.next.Office
	super := tree.Supervisor(office)
	root := w.law.StateName(0, w.next.Things[0].State)
	state, err := stored.EncodeState(w.law, &w.next)
	if err != nil {
		return nil, err
	}
	title, edition := w.law.Title(&w.next), w.law.Editions[w.next.Edition].Name
	if w.version == 0 {
		if w.number, err = k.nextNumber(w); err != nil {
			return nil, err
		}
		_, err = w.tx.Exec(insertProceeding, w.id, w.law.Name, w.number, office, super, w.next.InCharge, root, title, 1, w.act.Done, w.recorded, string(state), edition)
		if err != nil {
			return nil, fmt.Errorf("open proceeding: %w", err)
		}
	} else {
		n, err := w.tx.Exec(updateProceeding, office, super, w.next.InCharge, root, title, w.version+1, w.recorded, string(state), edition, w.id, w.version)
		if err != nil {
			return nil, fmt.Errorf("change proceeding: %w", err)
		}
		if n != 1 {
			return nil, fault.New(fault.Conflict, "conflict.changed", fault.Args{"number": w.number})
		}
	}
	receipt, err := k.enter(w)
	if err != nil {
		return nil, err
	}
	if err := k.storeDeadlines(w, super); err != nil {
		return nil, err
	}
	if err := k.storeTallies(w, office, super, root); err != nil {
		return nil, err
	}
	if err := k.storeCopies(w, super, receipt.Seq); err != nil {
		return nil, err
	}
	return receipt, nil
}

// enter writes the act into the journal.
func (k *Docket) enter(w *work) (*Receipt, error) {
	e := journal.Entry{Format: journal.Format, Proceeding: w.id, Seq: w.version + 1, Law: w.law.Name, Edition: w.edition.Name, Act: w.name, Thing: w.act.Thing,
		Officer: w.act.Officer, Role: w.act.Role, Mandate: w.cmd.Actor.Mandate, Office: w.act.Office, Done: w.act.Done, Recorded: w.recorded,
		Form: map[string]fact.JSON{}, Effects: stored.Effects(w.law, w.effects)}
	if w.rule != nil {
		e.Form = stored.EncodeForm(w.law, w.rule.ID, w.act.Form)
	}
	var err error
	if e.Cargo, err = stored.EncodeCargo(w.law, w.act.Cargo); err != nil {
		return nil, fmt.Errorf("entry: %w", err)
	}
	if w.version > 0 {
		var last []byte
		if err := w.tx.QueryRow(selectLast, w.id, w.version).Scan(&last); err != nil {
			return nil, fmt.Errorf("read the last entry: %w", err)
		}
		if e.Previous, err = journal.HashOf(last); err != nil {
			return nil, err
		}
	}
	sum, err := e.Sum()
	if err != nil {
		return nil, err
	}
	form, err := json.Marshal(e.Form)
	if err != nil {
		return nil, fmt.Errorf("entry: %w", err)
	}
	effects, err := json.Marshal(e.Effects)
	if err != nil {
		return nil, fmt.Errorf("entry: %w", err)
	}
	_, err = w.tx.Exec(insertEntry, e.Proceeding, e.Seq, e.Law, e.Edition, e.Act, e.Thing, e.Officer, e.Role, e.Mandate, e.Office, e.Done, e.Recorded,
		string(form), string(effects), e.Previous[:], sum[:], w.cmd.Submission, string(e.Cargo))
	if err != nil {
		return nil, fmt.Errorf("append entry: %w", err)
	}
	return &Receipt{Proceeding: w.id, Number: w.number, Seq: e.Seq, Recorded: w.recorded, Hash: sum, Effects: e.Effects}, nil
}

const nextNumber = `INSERT INTO numbering (office, law, year, last) VALUES ($1, $2, $3, 1)
ON CONFLICT (office, law, year) DO UPDATE SET last = numbering.last + 1 RETURNING last`

func (k *Docket) nextNumber(w *work) (string, error) {
	year, _, _ := w.edition.Days.Zone().Date(w.act.Done).Civil()
	var seq int64
	if err := w.tx.QueryRow(nextNumber, w.next.Office, w.law.Name, year).Scan(&seq); err != nil {
		return "", fmt.Errorf("next number: %w", err)
	}
	code := w.next.Office
	if o := k.dir.Tree().Office(w.next.Office); o != nil {
		code = o.Code
	}
	return procedure.FormatNumber(w.edition.Number, code, year, seq)
}

const addTally = `INSERT INTO tally (office, law, state, n) VALUES ($1, $2, $3, $4)
ON CONFLICT (office, law, state) DO UPDATE SET n = tally.n + excluded.n`

// storeTallies keeps the counts by state that boards show, for the office that
// has the proceeding and for the one that supervises it.
func (k *Docket) storeTallies(w *work, office, super, root string) error {
	if w.version > 0 && office == w.office && super == w.super && root == w.root {
		return nil
	}
	for _, o := range distinct(office, super) {
		if _, err := w.tx.Exec(addTally, o, w.law.Name, root, 1); err != nil {
			return fmt.Errorf("tally: %w", err)
		}
	}
	if w.version == 0 {
		return nil
	}
	for _, o := range distinct(w.office, w.super) {
		if _, err := w.tx.Exec(addTally, o, w.law.Name, w.root, -1); err != nil {
			return fmt.Errorf("tally: %w", err)
		}
	}
	return nil
}

func distinct(a, b string) []string {
	if a == b {
		return []string{a}
	}
	return []string{a, b}
}

// change says whose boards the act touches.
func (k *Docket) change(w *work) *Change {
	tree := k.dir.Tree()
	c := &Change{Proceeding: w.id}
	seen := map[string]bool{}
	add := func(o string) {
		if o != "" && !seen[o] {
			seen[o] = true
			c.Offices = append(c.Offices, o)
		}
	}
	add(w.office)
	add(w.super)
	add(w.next.Office)
	add(tree.Supervisor(w.next.Office))
	for i := range w.effects {
		if d := &w.effects[i].Deadline; d.No > 0 {
			_, owing := k.owner(w, d)
			add(owing)
		}
	}
	return c
}
