package docket

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
)

type request struct {
	ctx      context.Context
	commands []Command
	receipts []*Receipt
	changes  []Change
	err      error
	reply    chan struct{}
}

// mostTogether bounds a batch, and so how long the first of it waits for the last.
const mostTogether = 256

// write is the one writer: it takes what waits, commits it together, answers.
func (k *Docket) write() {
	defer close(k.done)
	for {
		var batch []*request
		select {
		case r := <-k.queue:
			batch = append(batch, r)
		case <-k.stop:
			return
		}
	more:
		for len(batch) < mostTogether {
			select {
			case r := <-k.queue:
				batch = append(batch, r)
			default:
				break more
			}
		}
		k.commit(batch)
	}
}

func (k *Docket) commit(batch []*request) {
	err := k.db.Write(context.Background(), func(tx *db.Tx) error {
		for _, r := range batch {
			if r.err = r.ctx.Err(); r.err != nil {
				continue
			}
			r.err = tx.Savepoint(func() error { return k.decideAll(tx, r) })
		}
		return nil
	})
	for _, r := range batch {
		if err != nil && r.err == nil {
			// Whether it is on disk cannot be told from here; sending the form again will tell.
			r.err = fault.New(fault.Unavailable, "fault.not_saved", nil).Because(err)
		}
		if r.err == nil {
			for _, c := range r.changes {
				k.tell(c)
			}
		}
		close(r.reply)
	}
}

func (k *Docket) decideAll(tx *db.Tx, r *request) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("act: panic: %v", p) // this act fails, its neighbours do not
		}
	}()
	for i := range r.commands {
		receipt, err := k.decide(tx, &r.commands[i], &r.changes)
		if err != nil {
			r.changes = nil
			return err
		}
		r.receipts = append(r.receipts, receipt)
	}
	return nil
}

const (
	selectForAct = `SELECT law, number, office, supervisor, in_charge, root_state, version, state FROM proceeding WHERE id = $1`
	selectLast   = `SELECT hash FROM entry WHERE proceeding = $1 AND seq = $2`
	selectSent   = `SELECT e.proceeding, p.number, e.seq, e.recorded, e.hash, e.effects, e.officer, e.law, e.edition, e.act, e.thing, e.form FROM entry e JOIN proceeding p ON p.id = e.proceeding WHERE e.submission = $1`
)

// work is one act on its way through decide.
type work struct {
	tx       *db.Tx
	cmd      *Command
	depth    int // how many links lead to it
	law      *procedure.Law
	edition  *procedure.Edition
	rule     *procedure.ActRule // nil where an edition comes into force: nobody acts
	name     string             // of the act
	id       string
	number   string
	version  int64 // before the act
	office   string
	super    string
	charge   string
	root     string
	state    procedure.State
	act      procedure.Act
	next     procedure.State
	effects  []procedure.Effect
	recorded calendar.Moment
}

// decide does one act, with those that it does elsewhere, and adds what changed on boards.
func (k *Docket) decide(tx *db.Tx, c *Command, changes *[]Change) (*Receipt, error) {
	if c.Submission == "" {
		c.Submission = k.newID()
	} else if sent, err := k.sent(tx, c); sent != nil || err != nil {
		return sent, err
	}
	return k.carryOut(&work{tx: tx, cmd: c, recorded: k.now()}, changes)
}

// carryOut takes an act from the question whether it may be done to its last row.
func (k *Docket) carryOut(w *work, changes *[]Change) (*Receipt, error) {
	if err := k.load(w); err != nil {
		return nil, err
	}
	if err := k.judge(w); err != nil {
		return nil, err
	}
	receipt, err := k.store(w)
	if err != nil {
		return nil, err
	}
	*changes = append(*changes, *k.change(w))
	if receipt.Linked, err = k.follow(w, receipt.Seq, changes); err != nil {
		return nil, err
	}
	return receipt, nil
}

// sent finds what an earlier sending of the same form did. The same submission
// with other answers is another form: nothing of it was done, and its sender is told.
func (k *Docket) sent(tx *db.Tx, c *Command) (*Receipt, error) {
	var r Receipt
	var hash, effects, form []byte
	var officer, law, edition, act string
	var thing int32
	err := tx.QueryRow(selectSent, c.Submission).Scan(&r.Proceeding, &r.Number, &r.Seq, &r.Recorded, &hash, &effects, &officer, &law, &edition, &act, &thing, &form)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for an earlier sending: %w", err)
	}
	if officer != c.Actor.Officer {
		return nil, fault.New(fault.NotFound, "proceeding.none", nil) // a forged submission id
	}
	if r.Hash, err = journal.HashOf(hash); err != nil {
		return nil, err
	}
	same := c.Act == act && c.Thing == thing && (c.Proceeding == "" || c.Proceeding == r.Proceeding) && (c.Proceeding != "" || r.Seq == 1)
	if same {
		if same, err = k.sameForm(law, edition, act, c.Form, form); err != nil {
			return nil, err
		}
	}
	if !same {
		return nil, fault.New(fault.Conflict, "conflict.other_form", fault.Args{"number": r.Number})
	}
	r.Repeated = true
	if r.Linked, err = linkedFrom(tx, r.Proceeding, r.Seq, 0); err != nil {
		return nil, err
	}
	return &r, json.Unmarshal(effects, &r.Effects)
}

// sameForm reports whether what was typed is what the journal has.
func (k *Docket) sameForm(law, edition, act string, typed map[string]string, entered []byte) (bool, error) {
	l := k.laws[law]
	if l == nil || l.Edition(edition) == nil || l.Edition(edition).Act(act) == nil {
		return false, nil
	}
	rule := l.Edition(edition).Act(act)
	form, bad := l.Edition(edition).ReadForm(rule, typed)
	if len(bad) > 0 {
		return false, nil
	}
	again, err := json.Marshal(stored.EncodeForm(l, rule.ID, form))
	return string(again) == string(entered), err
}

// load reads the proceeding that the act is for, or prepares a new one.
func (k *Docket) load(w *work) error {
	c, tree := w.cmd, k.dir.Tree()
	none := fault.New(fault.NotFound, "proceeding.none", nil)
	if c.Proceeding == "" {
		w.law = k.laws[c.Law]
		if w.law == nil || tree.Office(c.Actor.Office) == nil {
			return none
		}
		w.id, w.office = k.newID(), c.Actor.Office
		w.super = tree.Supervisor(w.office)
		w.state.Office = w.office
		return nil
	}
	w.id = c.Proceeding
	var law string
	var state []byte
	err := w.tx.QueryRow(selectForAct, w.id).Scan(&law, &w.number, &w.office, &w.super, &w.charge, &w.root, &w.version, &state)
	if errors.Is(err, sql.ErrNoRows) {
		return none
	}
	if err != nil {
		return fmt.Errorf("read proceeding: %w", err)
	}
	if !access.MayRead(tree, c.Actor.Subject(), access.Resource{Office: w.office, Supervisor: w.super}) {
		return none
	}
	if c.Version != 0 && c.Version != w.version {
		return fault.New(fault.Conflict, "conflict.changed", fault.Args{"number": w.number})
	}
	if w.law = k.laws[law]; w.law == nil {
		return fmt.Errorf("proceeding %s: the law %s is not loaded", w.id, law)
	}
	if w.state, err = stored.DecodeState(w.law, state); err != nil {
		return fmt.Errorf("proceeding %s: %w", w.id, err)
	}
	return nil
}

// judge reads the form and asks the law.
func (k *Docket) judge(w *work) error {
	c := w.cmd
	done := c.Done
	if done == 0 {
		done = w.recorded
	}
	w.edition = w.law.At(done)
	if w.edition.Days.Zone().Date(done) < w.law.Editions[0].InForce {
		// No edition that is known here governed it: most likely a slip in the year.
		return &fault.Error{Kind: fault.Invalid, Key: "refusal.bad_form", Fields: map[string]fault.Error{"done": {Kind: fault.Invalid, Key: procedure.FieldTooEarly}}}
	}
	w.rule = w.edition.Act(c.Act)
	if w.rule == nil {
		return (&procedure.Refusal{Reason: procedure.NoSuchAct, Act: c.Act, Zone: w.edition.Days.Zone()}).Fault()
	}
	w.name = w.rule.Name
	w.act = procedure.Act{Act: w.rule.ID, Thing: c.Thing, Done: done, Recorded: w.recorded, Officer: c.Actor.Officer, Role: c.Actor.Role, Office: c.Actor.Office, Cargo: c.cargo}
	form, bad := w.edition.ReadForm(w.rule, c.Form)
	w.act.Form = form
	var err error
	w.next, w.effects, err = w.edition.Apply(w.state, w.act)
	var refusal *procedure.Refusal
	if errors.As(err, &refusal) {
		if len(bad) > 0 && refusal.Reason == procedure.BadForm {
			for f, key := range bad { // a field that could not be read is not "missing"
				refusal.Fields[f] = key
			}
		}
		return refusal.Fault()
	}
	if err != nil {
		return err
	}
	if len(bad) > 0 {
		return (&procedure.Refusal{Reason: procedure.BadForm, Act: w.rule.Name, Article: w.rule.Article, Fields: bad, Zone: w.edition.Days.Zone()}).Fault()
	}
	if !access.MayAct(k.dir.Tree(), c.Actor.Subject(), access.Resource{Office: w.office, Supervisor: w.super}) {
		return fault.New(fault.Forbidden, "access.not_your_proceeding", nil)
	}
	return k.chosen(w)
}

const selectHolds = `SELECT count(*) FROM mandate WHERE officer = $1 AND office = $2 AND role = $3 AND valid_from <= $4 AND (valid_to = 0 OR valid_to > $4)`

// chosen checks officers and offices that the form names: a forged id must not get in.
func (k *Docket) chosen(w *work) error {
	bad := map[string]string{}
	for _, f := range w.rule.Form {
		if f == nil || int(f.ID) >= len(w.act.Form) || !w.act.Form[f.ID].Given() {
			continue
		}
		value := w.act.Form[f.ID].Text
		switch f.Type {
		case fact.Office:
			if k.dir.Tree().Office(value) == nil {
				bad[f.Name] = procedure.FieldNotChoice
			}
		case fact.Officer:
			found := 0
			for _, role := range f.Roles {
				var n int
				if err := w.tx.QueryRow(selectHolds, value, k.dir.Tree().Competent(w.next.Office, role), role, w.recorded).Scan(&n); err != nil {
					return fmt.Errorf("read mandates: %w", err)
				}
				found += n
			}
			if found == 0 {
				bad[f.Name] = procedure.FieldNotChoice
			}
		}
	}
	if len(bad) > 0 {
		return (&procedure.Refusal{Reason: procedure.BadForm, Act: w.rule.Name, Article: w.rule.Article, Fields: bad, Zone: w.edition.Days.Zone()}).Fault()
	}
	return nil
}
