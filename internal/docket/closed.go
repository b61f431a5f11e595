package docket

import (
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
	next := proceedings.Resource(w.law.Name, w.next.Office, k.dir.Tree().Supervisor(w.next.Office), w.next.InCharge, w.law.StateName(0, w.next.Things[0].State), level, w.law.Parties(&w.next))
	if closer && !k.DecideAt(w.recorded, w.cmd.Actor, access.Read, next).Allowed {
		return &fault.Error{Kind: fault.Forbidden, Key: "access.not_admitted", Article: w.rule.Article}
	}
	charge := w.next.InCharge
	if charge == "" || charge == w.act.Officer {
		return nil
	}
	if err := w.t.s.lookUp([]string{charge}); err != nil {
		return err
	}
	for _, h := range w.t.s.holds[charge] {
		if h.from <= w.recorded && (h.to == 0 || h.to > w.recorded) && k.DecideAt(w.recorded, access.Actor{Officer: charge, Role: h.role, Office: h.office}, access.Read, next).Allowed {
			return nil
		}
	}
	return &fault.Error{Kind: fault.Forbidden, Key: "access.charge_not_admitted", Article: w.rule.Article}
}
