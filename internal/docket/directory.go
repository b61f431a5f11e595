package docket

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"nazorat/internal/directory"
	"nazorat/internal/fault"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
)

// This file hands what acts enter into the directory to package directory, in the
// acts' own transaction; and when an officer leaves, it puts another one in charge
// of what he was in charge of. An act that enters nothing does not come here.

// mostHandedOver bounds what one act hands over, and so how long others wait for it.
const mostHandedOver = 2000

// mayEnter asks whether the actor may administer the offices that the records of his act are about:
// that of the file as it is afterwards, and those that the records name. Which office has a role for it may be any.
func (k *Docket) mayEnter(w *work) error {
	if len(w.rule.Records) == 0 {
		return nil
	}
	bad := map[string]fault.Error{}
	no := fault.Error{Kind: fault.Forbidden, Key: "directory.not_yours"}
	all := k.administers(w, w.next.Office)
	for i := range w.effects {
		r := w.effects[i].Record
		if r == nil {
			continue
		}
		for _, slot := range []string{"office", "parent"} {
			if v := r.Values[slot]; v.Given() && !k.administers(w, v.Text) {
				all = false
				if field := w.rule.FieldOf(r.Does, slot); field != "" {
					bad[field] = no
				}
			}
		}
	}
	switch {
	case len(bad) > 0:
		return &fault.Error{Kind: fault.Invalid, Key: "refusal.bad_form", Fields: bad}
	case !all:
		return &no
	}
	return nil
}

// enterRecords notes what the act enters into the directory, and hands over what it says is handed over.
func (k *Docket) enterRecords(w *work, receipt *Receipt) error {
	for i := range w.effects {
		f := &w.effects[i]
		if f.Record == nil {
			continue
		}
		e := directory.Entry{Proceeding: receipt.Proceeding, Seq: receipt.Seq, Thing: f.Thing, By: w.cmd.Actor.Officer, At: w.recorded, Record: f.Record}
		if f.Record.Does == procedure.HandOver {
			if err := k.handOver(w, e); err != nil {
				return err
			}
		}
		if f.Record.Does == procedure.CloseOffice {
			if err := k.mayClose(w, e); err != nil {
				return err
			}
		}
		if f.Record.Does == procedure.EraseDocument {
			if err := k.mayErase(w, e); err != nil {
				return err
			}
			continue
		}
		w.t.records = append(w.t.records, e)
		w.t.entering = append(w.t.entering, w.rule)
	}
	return nil
}

// followed lets the directory follow what the commands of a request entered. Nothing of the request was kept by then: what
// the directory refuses was not done. Mandates that were looked up before are looked up again.
func (t *turn) followed() error {
	tx, err := t.s.reading()
	if err != nil {
		return err
	}
	err = t.s.k.dir.Follow(tx, t.records)
	var refused *directory.Refused
	if errors.As(err, &refused) {
		return t.unentered(refused)
	}
	clear(t.s.holds)
	return err
}

// unentered says beside which field of which form a record is refused.
func (t *turn) unentered(r *directory.Refused) error {
	i := slices.IndexFunc(t.records, func(e directory.Entry) bool { return e.Record == r.Entry.Record })
	if i >= 0 && r.Slot != "" {
		if field := t.entering[i].FieldOf(r.Entry.Record.Does, r.Slot); field != "" {
			return (&fault.Error{Kind: fault.Invalid, Key: "refusal.bad_form", Fields: map[string]fault.Error{field: {Kind: fault.Invalid, Key: r.Key}}}).Because(r)
		}
	}
	return fault.New(fault.Invalid, r.Key, r.Args).Because(r)
}

// directed reads the offices anew where a batch that is on disk has changed them, so that who did it sees it at once.
func (k *Docket) directed(s *sheet) {
	if len(s.records) > 0 && directory.Changed(s.records) {
		_ = k.dir.Reload(context.Background()) // the notice of the commit is heard besides
	}
}

// An officer's open proceedings: those that have not come to their end, and those of the others in which he still owes something.
const selectLeft = `SELECT p.id, p.law, p.root_state, EXISTS (SELECT 1 FROM deadline d WHERE d.officer = p.in_charge AND d.proceeding = p.id AND d.status = 'running')
FROM proceeding p WHERE p.in_charge = $1 AND p.in_charge <> '' AND ($2 = '' OR p.office = $2) ORDER BY p.id`

// left are the open proceedings that an officer is in charge of, of one office or ("") of any: as the tables have them, and
// as what the batch did before has them now.
func (t *turn) left(officer, office string) ([]string, error) {
	tx, err := t.s.reading()
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(selectLeft, officer, office)
	if err != nil {
		return nil, fmt.Errorf("read what he is in charge of: %w", err)
	}
	open := map[string]bool{}
	err = func() error {
		defer rows.Close()
		for rows.Next() {
			if err := t.s.k.scanLeft(rows, open); err != nil {
				return err
			}
		}
		return rows.Err()
	}()
	if err != nil {
		return nil, fmt.Errorf("read what he is in charge of: %w", err)
	}
	for _, held := range []map[string]*held{t.s.held, t.held} {
		for id, h := range held {
			delete(open, id)
			if h.charge == officer && (office == "" || h.office == office) && len(h.state.Things) > 0 && !h.law.Over(&h.state) {
				open[id] = true
			}
		}
	}
	return sorted(open), nil
}

func (k *Docket) scanLeft(rows *sql.Rows, open map[string]bool) error {
	var id, law, root string
	var owes bool
	if err := rows.Scan(&id, &law, &root, &owes); err != nil {
		return err
	}
	l := k.Law(law)
	if l == nil {
		return fmt.Errorf("%s: the law %s is not loaded", id, law)
	}
	state := l.Names.States[0].Find(root)
	for _, e := range l.Editions {
		kind := e.Kinds[0]
		if !owes && state >= 0 && state < len(kind.Final) && kind.Final[state] {
			return nil
		}
	}
	open[id] = true
	return nil
}

// handOver puts the officer whom a record names in charge of what the officer of the file is in charge of. It is refused
// where there is something and nobody is named, he has no mandate like one of the leaver's there, or would not see all of it.
func (k *Docket) handOver(w *work, e directory.Entry) error {
	tx, err := w.t.s.reading()
	if err != nil {
		return err
	}
	from, err := directory.Leaver(tx, e)
	if err != nil {
		return err
	}
	office := e.Record.Values["office"].Text
	ids, err := w.t.left(from, office)
	if err != nil || len(ids) == 0 || from == "" {
		return err
	}
	refuse := func(key string) error {
		n := fault.Args{"n": len(ids), "most": mostHandedOver}
		if field := w.rule.FieldOf(procedure.HandOver, "officer"); field != "" {
			return &fault.Error{Kind: fault.Invalid, Key: "refusal.bad_form", Fields: map[string]fault.Error{field: {Kind: fault.Invalid, Key: key, Args: n}}}
		}
		return fault.New(fault.Invalid, key, n)
	}
	to := e.Record.Values["officer"].Text
	switch {
	case to == "" && office != "":
		stays, err := w.t.stays(w, from, office)
		if err != nil || stays {
			return err
		}
		return refuse("directory.successor_needed")
	case to == "":
		return refuse("directory.successor_needed")
	case to == from:
		return refuse(directory.Himself)
	case len(ids) > mostHandedOver:
		return refuse("directory.too_many_at_once")
	}
	fits, err := k.takesOver(w, from, to, office)
	if err != nil {
		return err
	}
	if !fits {
		return refuse("directory.successor_has_no_such_mandate")
	}
	if err := w.t.s.read(missing(w.t, ids)); err != nil {
		return err
	}
	for _, id := range ids {
		err := k.changeHands(w, id, to)
		if errors.Is(err, errUnseen) {
			return refuse("directory.successor_not_admitted")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// stays reports whether an officer who loses a role for an office has another one there.
func (t *turn) stays(w *work, officer, office string) (bool, error) {
	if err := t.s.lookUp([]string{officer}); err != nil {
		return false, err
	}
	lost := ""
	for i := range w.effects {
		if r := w.effects[i].Record; r != nil && r.Does == procedure.EndMandate {
			lost = r.Values["role"].Text
		}
	}
	return slices.ContainsFunc(t.s.holds[officer], func(h holding) bool {
		return h.office == office && h.role != lost && h.from <= w.recorded && (h.to == 0 || h.to > w.recorded)
	}), nil
}

// missing are proceedings that the sheet does not have.
func missing(t *turn, ids []string) (out []string) {
	for _, id := range ids {
		if t.held[id] == nil && t.s.held[id] == nil {
			out = append(out, id)
		}
	}
	return out
}

// takesOver reports whether an officer has a mandate of the same role for the same office as one that the leaver has.
func (k *Docket) takesOver(w *work, from, to, office string) (bool, error) {
	s := w.t.s
	if err := s.lookUp([]string{from, to}); err != nil {
		return false, err
	}
	for _, h := range s.holds[from] {
		if h.from > w.recorded || h.to != 0 && h.to <= w.recorded || office != "" && h.office != office {
			continue
		}
		if has, err := s.serves(to, h.office, h.role, w.recorded); has || err != nil {
			return has, err
		}
	}
	return false, nil
}

// changeHands puts another officer in charge of one proceeding, with an entry of its own.
func (k *Docket) changeHands(by *work, id, to string) error {
	was, err := by.t.proceeding(id)
	if err != nil || was == nil {
		return err
	}
	w := &work{t: by.t, cmd: &Command{Submission: stored.HandedSubmission(by.cmd.Submission, id), Actor: by.cmd.Actor}, law: was.law, edition: was.law.Editions[was.state.Edition],
		name: procedure.ChangesHands, was: was, recorded: by.recorded, handedTo: to,
		act: procedure.Act{Act: procedure.None, Done: by.recorded, Recorded: by.recorded, Officer: by.act.Officer, Role: by.act.Role, Office: by.act.Office}}
	w.next, w.effects = was.state.GiveOver(to)
	if err := k.seenBySuccessor(w); err != nil {
		return err
	}
	if _, err := k.store(w); err != nil {
		return fmt.Errorf("proceeding %s changes hands: %w", was.number, err)
	}
	w.t.held[id].edition = was.edition // it may be one that left the proceeding as it was
	return nil
}
