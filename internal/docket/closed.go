package docket

import (
	"errors"
	"slices"

	"nazorat/internal/access"
	"nazorat/internal/fault"
	"nazorat/internal/proceedings"
)

// seen refuses an act by which a proceeding would be closed to whoever does it, or come into the
// charge of an officer to whom it is closed: it would be there, its terms would run, and nobody who has to meet them would see it. What an
// act elsewhere brings along is not asked again.
func (k *Docket) seen(w *work) error {
	level := w.law.Secrecy(&w.next)
	closer := level != w.was.secrecy
	if level == "" || w.depth > 0 || !closer && w.next.InCharge == w.was.charge {
		return nil
	}
	next := k.asked(w)
	if closer && !k.DecideAt(w.recorded, w.cmd.Actor, access.Read, next).Allowed {
		return &fault.Error{Kind: fault.Forbidden, Key: "access.not_admitted", Article: w.rule.Article}
	}
	charge := w.next.InCharge
	if charge == "" || charge == w.act.Officer {
		return nil
	}
	if sees, err := k.sees(w, charge, next); sees || err != nil {
		return err
	}
	return &fault.Error{Kind: fault.Forbidden, Key: "access.charge_not_admitted", Article: w.rule.Article}
}

// errUnseen is that a proceeding would come into hands to which it is closed. It does not say which: whoever hands over need
// not know that there is such a one.
var errUnseen = errors.New("the successor would not see it")

// seenBySuccessor returns errUnseen where the officer to whom a proceeding is handed would not see it.
func (k *Docket) seenBySuccessor(w *work) error {
	if w.law.Secrecy(&w.next) == "" {
		return nil
	}
	if sees, err := k.sees(w, w.handedTo, k.asked(w)); sees || err != nil {
		return err
	}
	return errUnseen
}

// asked is the proceeding, as the work leaves it, that policies are asked about.
func (k *Docket) asked(w *work) access.Resource {
	return proceedings.Resource(w.law.Name, w.next.Office, k.dir.Tree().Supervisor(w.next.Office), w.next.InCharge, w.law.StateName(0, w.next.Things[0].State), w.law.Secrecy(&w.next), w.law.Parties(&w.next))
}

// sees reports whether an officer may read a proceeding under one of the mandates that he has.
func (k *Docket) sees(w *work, officer string, what access.Resource) (bool, error) {
	if err := w.t.s.lookUp([]string{officer}); err != nil {
		return false, err
	}
	return slices.ContainsFunc(w.t.s.holds[officer], func(h holding) bool {
		return h.from <= w.recorded && (h.to == 0 || h.to > w.recorded) && k.DecideAt(w.recorded, access.Actor{Officer: officer, Role: h.role, Office: h.office}, access.Read, what).Allowed
	}), nil
}
