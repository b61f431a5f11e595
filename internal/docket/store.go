package docket

import (
	"fmt"
	"slices"

	"nazorat/internal/fact"
	"nazorat/internal/journal"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
)

// entry is an act as the journal will have it, with what its row needs beside.
type entry struct {
	journal.Entry
	submission string
	salt       journal.Salt
	hash       journal.Hash
	form       []byte // as stored, and as the hash is over it
	effects    []byte
	receipt    *Receipt
}

// store puts what follows from an act on the sheet: the proceeding as it now
// stands, its entry, deadlines, tallies and copies.
func (k *Docket) store(w *work) (*Receipt, error) {
	was := w.was
	now := *was
	now.office, now.charge = w.next.Office, w.next.InCharge
	now.super = k.dir.Tree().Supervisor(now.office)
	now.root = w.law.StateName(0, w.next.Things[0].State)
	now.edition = w.law.Editions[w.next.Edition].Name
	now.state, now.changed = w.next, w.recorded
	now.fresh = was.fresh || was.version == 0
	now.secrecy, now.parties = w.law.Secrecy(&w.next), w.law.Parties(&w.next)
	now.moved = was.moved || now.office != was.office || now.super != was.super || now.edition != was.edition || now.secrecy != was.secrecy || !slices.Equal(now.parties, was.parties)
	now.handed = was.handed || now.charge != was.charge
	now.version++
	if was.version == 0 {
		now.opened = w.act.Done
		var err error
		if now.number, err = k.nextNumber(w); err != nil {
			return nil, err
		}
	}
	e, err := k.enter(w, &now)
	if err != nil {
		return nil, err
	}
	now.head = e.hash
	storeDocuments(w, e)
	if err := k.storeDeadlines(w, &now); err != nil {
		return nil, err
	}
	k.storeTallies(w, &now)
	k.storeCopies(w, &now)
	storeParties(w, &now)
	w.t.held[now.id] = &now
	w.t.changes = append(w.t.changes, k.change(w, &now))
	return e.receipt, nil
}

// enter makes the entry of an act.
func (k *Docket) enter(w *work, now *held) (*entry, error) {
	e := &entry{submission: w.cmd.Submission, salt: journal.NewSalt(), Entry: journal.Entry{Format: journal.Format, Proceeding: now.id, Seq: now.version, Law: w.law.Name,
		Edition: w.edition.Name, Act: w.name, Thing: w.act.Thing, Officer: w.act.Officer, Role: w.act.Role, Mandate: w.cmd.Actor.Mandate, Office: w.act.Office, Client: w.cmd.Actor.Client,
		Done: w.act.Done, Recorded: w.recorded, Form: map[string]fact.JSON{}, Effects: stored.Effects(w.law, w.effects), Previous: w.was.head}}
	if w.handedTo != "" {
		e.Form = stored.HandedForm(w.handedTo)
	}
	if w.rule != nil {
		e.Form = stored.EncodeForm(w.law, w.rule.ID, w.act.Form)
	}
	var err error
	if e.Cargo, err = stored.EncodeCargo(w.law, w.act.Cargo); err != nil {
		return nil, fmt.Errorf("entry: %w", err)
	}
	e.form, e.effects = journal.AppendForm(nil, e.Form), journal.AppendEffects(nil, e.Effects)
	var head [512]byte
	e.hash = journal.Commit(e.AppendCanonical(make([]byte, 0, 2048), e.form, e.effects), e.Head(now.number).Append(head[:0]), e.salt)
	// Turns follow each other, and one that is not kept leaves no gap: the next leaf is known.
	leaf := w.t.s.began + w.t.s.count + int64(len(w.t.entries))
	e.receipt = &Receipt{Proceeding: now.id, Number: now.number, Seq: e.Seq, Leaf: leaf, Recorded: w.recorded, Hash: e.hash, Effects: e.Effects}
	w.t.entries = append(w.t.entries, e)
	w.t.sent[e.submission] = e
	return e, nil
}

func (k *Docket) nextNumber(w *work) (string, error) {
	year, _, _ := w.edition.Days.Zone().Date(w.act.Done).Civil()
	seq, err := w.t.next(series{w.next.Office, w.law.Name, year})
	if err != nil {
		return "", err
	}
	code := w.next.Office
	if o := k.dir.Tree().Office(w.next.Office); o != nil {
		code = o.Code
	}
	return procedure.FormatNumber(w.edition.Number, code, year, seq)
}

// tallyRow is what a count that boards show grows by: of proceedings that policies cannot tell apart, unless
// by who is in charge of them or a party to them.
type tallyRow struct {
	office, super, law, state, secrecy string
	charged                            int // 1: somebody is in charge
	n                                  int
}

// tally is the count that a proceeding is in.
func (h *held) tally() tallyRow {
	t := tallyRow{office: h.office, super: h.super, law: h.law.Name, state: h.root, secrecy: h.secrecy}
	if h.charge != "" {
		t.charged = 1
	}
	return t
}

// storeTallies keeps the counts by state that boards show, each proceeding in one.
func (k *Docket) storeTallies(w *work, now *held) {
	was, is := w.was.tally(), now.tally()
	if w.was.version > 0 && was == is {
		return
	}
	is.n, was.n = 1, -1
	if w.t.tallies = append(w.t.tallies, is); w.was.version > 0 {
		w.t.tallies = append(w.t.tallies, was)
	}
}

// change says whose boards the act touches.
func (k *Docket) change(w *work, now *held) Change {
	c := Change{Proceeding: now.id}
	seen := map[string]bool{}
	add := func(o string) {
		if o != "" && !seen[o] {
			seen[o] = true
			c.Offices = append(c.Offices, o)
		}
	}
	add(w.was.office)
	add(w.was.super)
	add(now.office)
	add(now.super)
	for i := range w.effects {
		if d := &w.effects[i].Deadline; d.No > 0 {
			_, owing := k.Owner(w.law, &w.next, d)
			add(owing)
		}
	}
	return c
}
