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
	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/procedure"
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
		receipt, change, err := k.decide(tx, &r.commands[i])
		if err != nil {
			return err
		}
		r.receipts = append(r.receipts, receipt)
		if change != nil {
			r.changes = append(r.changes, *change)
		}
	}
	return nil
}

const (
	selectForAct = `SELECT law, number, office, supervisor, in_charge, root_state, version, state FROM proceeding WHERE id = $1`
	selectLast   = `SELECT hash FROM entry WHERE proceeding = $1 AND seq = $2`
	selectSent   = `SELECT e.proceeding, p.number, e.seq, e.recorded, e.hash, e.effects, e.officer, e.law, e.edition, e.act, e.thing, e.form FROM entry e JOIN proceeding p ON p.id = e.proceeding WHERE e.submission = $1`

	insertProceeding = `INSERT INTO proceeding (id, law, number, office, supervisor, in_charge, root_state, title, version, opened, changed, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	updateProceeding = `UPDATE proceeding SET office = $1, supervisor = $2, in_charge = $3, root_state = $4, title = $5, version = $6, changed = $7, state = $8
WHERE id = $9 AND version = $10`
	insertEntry = `INSERT INTO entry (proceeding, seq, law, edition, act, thing, officer, role, mandate, office, done, recorded, form, effects, previous, hash, submission)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`
)

// work is one act on its way through decide.
type work struct {
	tx       *db.Tx
	cmd      *Command
	law      *procedure.Law
	edition  *procedure.Edition
	rule     *procedure.ActRule
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

func (k *Docket) decide(tx *db.Tx, c *Command) (*Receipt, *Change, error) {
	if c.Submission == "" {
		c.Submission = k.newID()
	} else if sent, err := k.sent(tx, c); sent != nil || err != nil {
		return sent, nil, err
	}
	w := &work{tx: tx, cmd: c, recorded: k.now()}
	if err := k.load(w); err != nil {
		return nil, nil, err
	}
	if err := k.judge(w); err != nil {
		return nil, nil, err
	}
	receipt, err := k.store(w)
	if err != nil {
		return nil, nil, err
	}
	return receipt, k.change(w), nil
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
	return &r, json.Unmarshal(effects, &r.Effects)
}

// sameForm reports whether what was typed is what the journal has.
func (k *Docket) sameForm(law, edition, act string, typed map[string]string, stored []byte) (bool, error) {
	l := k.laws[law]
	if l == nil || l.Edition(edition) == nil || l.Edition(edition).Act(act) == nil {
		return false, nil
	}
	rule := l.Edition(edition).Act(act)
	form, bad := l.Edition(edition).ReadForm(rule, typed)
	if len(bad) > 0 {
		return false, nil
	}
	again, err := json.Marshal(l.EncodeForm(rule.ID, form))
	return string(again) == string(stored), err
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
	if w.state, err = w.law.DecodeState(state); err != nil {
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
	w.act = procedure.Act{Act: w.rule.ID, Thing: c.Thing, Done: done, Recorded: w.recorded, Officer: c.Actor.Officer, Role: c.Actor.Role, Office: c.Actor.Office}
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
		case procedure.Office:
			if k.dir.Tree().Office(value) == nil {
				bad[f.Name] = procedure.FieldNotChoice
			}
		case procedure.Officer:
			found := 0
			for _, role := range f.Roles {
				var n int
				if err := w.tx.QueryRow(selectHolds, value, w.next.Office, role, w.recorded).Scan(&n); err != nil {
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

// store writes the entry, the proceeding, its deadlines and the tallies.
func (k *Docket) store(w *work) (*Receipt, error) {
	tree := k.dir.Tree()
	office := w.next.Office
	super := tree.Supervisor(office)
	root := w.law.StateName(0, w.next.Things[0].State)
	state, err := w.law.EncodeState(&w.next)
	if err != nil {
		return nil, err
	}
	title := w.law.Title(&w.next)
	if w.version == 0 {
		if w.number, err = k.nextNumber(w); err != nil {
			return nil, err
		}
		_, err = w.tx.Exec(insertProceeding, w.id, w.law.Name, w.number, office, super, w.next.InCharge, root, title, 1, w.act.Done, w.recorded, string(state))
		if err != nil {
			return nil, fmt.Errorf("open proceeding: %w", err)
		}
	} else {
		n, err := w.tx.Exec(updateProceeding, office, super, w.next.InCharge, root, title, w.version+1, w.recorded, string(state), w.id, w.version)
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
	return receipt, nil
}

// enter writes the act into the journal.
func (k *Docket) enter(w *work) (*Receipt, error) {
	e := journal.Entry{Format: journal.Format, Proceeding: w.id, Seq: w.version + 1, Law: w.law.Name, Edition: w.edition.Name, Act: w.rule.Name, Thing: w.act.Thing,
		Officer: w.act.Officer, Role: w.act.Role, Mandate: w.cmd.Actor.Mandate, Office: w.act.Office, Done: w.act.Done, Recorded: w.recorded,
		Form: w.law.EncodeForm(w.rule.ID, w.act.Form), Effects: w.law.Records(w.effects)}
	if w.version > 0 {
		var last []byte
		if err := w.tx.QueryRow(selectLast, w.id, w.version).Scan(&last); err != nil {
			return nil, fmt.Errorf("read the last entry: %w", err)
		}
		var err error
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
		string(form), string(effects), e.Previous[:], sum[:], w.cmd.Submission)
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
