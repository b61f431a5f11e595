package docket

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/signin"
	"nazorat/internal/stored"
)

// work is one act on its way through decide.
type work struct {
	t        *turn
	cmd      *Command
	depth    int // how many links lead to it
	law      *procedure.Law
	edition  *procedure.Edition
	rule     *procedure.ActRule // nil where an edition comes into force: nobody acts
	name     string             // of the act
	was      *held              // the proceeding before the act
	act      procedure.Act
	next     procedure.State
	effects  []procedure.Effect
	recorded calendar.Moment
	handedTo string // the officer into whose hands the proceeding comes, where that is all
}

// decide does one act, with those that it does elsewhere, and adds what changed on boards.
func (k *Docket) decide(t *turn, c *Command) (*Receipt, error) {
	if strings.HasPrefix(c.Submission, ownSubmission) || strings.HasPrefix(c.Submission, stored.LinkSubmission) {
		return nil, fault.New(fault.NotFound, "proceeding.none", nil) // forged: it would stand in the way of an entry of ours
	}
	if c.Submission == "" {
		c.Submission = k.newID()
	} else if sent, err := k.sent(t, c); sent != nil || err != nil {
		return sent, err
	}
	return k.carryOut(&work{t: t, cmd: c, recorded: k.Now()})
}

// carryOut takes an act from the question whether it may be done to its last row.
func (k *Docket) carryOut(w *work) (*Receipt, error) {
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
	if w.rule != nil && len(w.rule.Records) > 0 {
		if err := k.enterRecords(w, receipt); err != nil {
			return nil, err
		}
	}
	if receipt.Linked, err = k.follow(w, receipt.Seq); err != nil {
		return nil, err
	}
	return receipt, nil
}

// sending is what is known of an act that was done with a submission.
type sending struct {
	receipt                    Receipt
	officer, law, edition, act string
	thing                      int32
	form                       []byte
}

const selectSent = `SELECT e.proceeding, p.number, e.seq, e.leaf, e.recorded, e.hash, e.effects, e.officer, e.law, e.edition, e.act, e.thing, e.form
FROM entry e JOIN proceeding p ON p.id = e.proceeding WHERE e.submission = $1`

// sent finds what an earlier sending of the same form did. The same submission
// with other answers is another form: nothing of it was done, and its sender is told.
func (k *Docket) sent(t *turn, c *Command) (*Receipt, error) {
	x, err := t.sending(c.Submission)
	if x == nil || err != nil {
		return nil, err
	}
	return k.again(x, c)
}

// again answers a second sending with what the first did.
func (k *Docket) again(x *sending, c *Command) (*Receipt, error) {
	if x.officer != c.Actor.Officer {
		return nil, fault.New(fault.NotFound, "proceeding.none", nil) // a forged submission id
	}
	r := &x.receipt
	same := c.Act == x.act && c.Thing == x.thing && (c.Proceeding == "" || c.Proceeding == r.Proceeding) && (c.Proceeding != "" || r.Seq == 1)
	same = same && k.sameForm(x.law, x.edition, x.act, c.Form, x.form)
	if !same {
		return nil, fault.New(fault.Conflict, "conflict.other_form", fault.Args{"number": r.Number})
	}
	r.Repeated = true
	return r, nil
}

// sending is what was done with a submission, in this batch or before; nil if nothing was.
func (t *turn) sending(submission string) (*sending, error) {
	e := t.sent[submission]
	if e == nil {
		e = t.s.sent[submission]
	}
	if e != nil {
		return &sending{receipt: *e.receipt, officer: e.Officer, law: e.Law, edition: e.Edition, act: e.Act, thing: e.Thing, form: e.form}, nil
	}
	if !t.s.before[submission] {
		return nil, nil
	}
	tx, err := t.s.reading()
	if err != nil {
		return nil, err
	}
	x, err := scanSending(tx.QueryRow(selectSent, submission))
	if err != nil {
		return nil, err
	}
	r := &x.receipt
	r.Linked, err = linkedFrom(tx, r.Proceeding, r.Seq, 0)
	return x, err
}

// scanSending reads a row of selectSent.
func scanSending(row interface{ Scan(...any) error }) (*sending, error) {
	var x sending
	var hash, effects []byte
	r := &x.receipt
	err := row.Scan(&r.Proceeding, &r.Number, &r.Seq, &r.Leaf, &r.Recorded, &hash, &effects, &x.officer, &x.law, &x.edition, &x.act, &x.thing, &x.form)
	if err != nil {
		return nil, fmt.Errorf("look for an earlier sending: %w", err)
	}
	if r.Hash, err = journal.HashOf(hash); err != nil {
		return nil, err
	}
	return &x, json.Unmarshal(effects, &r.Effects)
}

// sameForm reports whether what was typed is what the journal has.
func (k *Docket) sameForm(law, edition, act string, typed map[string]string, entered []byte) bool {
	l := k.Law(law)
	if l == nil || l.Edition(edition) == nil || l.Edition(edition).Act(act) == nil {
		return false
	}
	rule := l.Edition(edition).Act(act)
	form, bad := l.Edition(edition).ReadForm(rule, typed)
	if len(bad) > 0 {
		return false
	}
	if !sameFiles(rule, form, entered) {
		return false
	}
	return string(journal.AppendForm(nil, stored.EncodeForm(l, rule.ID, form))) == string(entered)
}

// resource is the proceeding as the policies ask about it.
func (h *held) resource() access.Resource {
	return proceedings.Resource(h.law.Name, h.office, h.super, h.charge, h.root, h.secrecy, h.parties)
}

// load takes the proceeding that the act is for, or prepares a new one.
func (k *Docket) load(w *work) error {
	c, tree := w.cmd, k.dir.Tree()
	none := fault.New(fault.NotFound, "proceeding.none", nil)
	if c.Proceeding == "" {
		w.law = k.Law(c.Law)
		if w.law == nil || tree.Office(c.Actor.Office) == nil {
			return none
		}
		w.was = &held{id: k.newID(), law: w.law, office: c.Actor.Office, super: tree.Supervisor(c.Actor.Office)}
		w.was.state.Office = w.was.office
		return nil
	}
	var err error
	if w.was, err = w.t.proceeding(c.Proceeding); err != nil {
		return err
	}
	if w.was == nil || !k.reads(w, w.was) {
		return none
	}
	if c.Version != 0 && c.Version != w.was.version {
		return fault.New(fault.Conflict, "conflict.changed", fault.Args{"number": w.was.number})
	}
	w.law = w.was.law
	return nil
}

// reads asks whether the actor may read a proceeding, and so may the system that sends what he does.
func (k *Docket) reads(w *work, h *held) bool {
	return k.DecideAt(w.recorded, w.cmd.Actor, access.Read, h.resource()).Allowed && (w.cmd.Actor.Client == "" || k.MayFetchAt(w.recorded, w.cmd.Through, h.resource()))
}

// sends asks whether the system that sends the act may, where one does.
func (k *Docket) sends(w *work) *fault.Error {
	who := w.cmd.Actor
	if who.Client == "" {
		return nil
	}
	return k.MayEnterAt(w.recorded, w.cmd.Through, w.was.resource(), access.Entered{Act: w.name, Role: who.Role, Office: who.Office, Signed: w.rule.Presence})
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
	w.act = procedure.Act{Act: w.rule.ID, Thing: c.Thing, Done: done, Recorded: w.recorded, Officer: c.Actor.Officer, Role: c.Actor.Role, Office: c.Actor.Office, For: c.Actor.For, Cargo: c.cargo}
	if w.depth == 0 && k.Unseen(w.recorded, c.Actor, w.law, &w.was.state, w.was.resource(), c.Thing) { // it is not there for him, whatever might be said of it
		return (&procedure.Refusal{Reason: procedure.NoSuchThing, Act: w.rule.Name, Article: w.rule.Article, Kind: w.law.KindName(w.rule.On), Zone: w.edition.Days.Zone()}).Fault()
	}
	form, bad := w.edition.ReadForm(w.rule, c.Form)
	bad, err := k.brought(w, form, bad)
	if err != nil {
		return err
	}
	w.act.Form = form
	w.next, w.effects, err = w.edition.Apply(w.was.state, w.act)
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
	if refused := k.MayActAt(w.recorded, c.Actor, w.was.resource()); refused != nil {
		return refused
	}
	if refused := k.sends(w); refused != nil {
		return refused
	}
	if err := k.chosen(w); err != nil {
		return err
	}
	if err := k.mayEnter(w); err != nil {
		return err
	}
	if err := k.seen(w); err != nil {
		return err
	}
	if err := k.signs(w); err != nil {
		return err
	}
	// Last of all: nobody proves anything for an act that is refused anyway.
	if w.rule.Presence && !signin.IsFresh(c.Actor.Present, w.recorded) {
		return signin.NotPresent()
	}
	return nil
}

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
			if o := k.dir.Tree().Office(value); o == nil || o.Closed != 0 {
				bad[f.Name] = procedure.FieldNotChoice
			}
		case fact.Officer:
			found := false
			roles := f.Roles
			if len(roles) == 0 {
				roles = []string{""} // any officer of the office
			}
			for _, role := range roles {
				serves, err := w.t.s.serves(value, k.dir.Tree().Competent(w.next.Office, role), role, w.recorded)
				if err != nil {
					return err
				}
				found = found || serves
			}
			if !found {
				bad[f.Name] = procedure.FieldNotChoice
			}
		}
	}
	if len(bad) > 0 {
		return (&procedure.Refusal{Reason: procedure.BadForm, Act: w.rule.Name, Article: w.rule.Article, Fields: bad, Zone: w.edition.Days.Zone()}).Fault()
	}
	return nil
}
