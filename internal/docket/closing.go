package docket

import (
	"slices"

	"nazorat/internal/directory"
	"nazorat/internal/fault"
	"nazorat/internal/proceedings"
)

// An office is closed when nothing is open there: each proceeding must have found another owner first, by the acts that
// its own law has for that. Files of officers and offices are no such proceedings: they stay, and those above read them.

// mayClose refuses to close an office that has something open, as the tables have it and as what the batch did before has it now.
func (k *Docket) mayClose(w *work, e directory.Entry) error {
	tx, err := w.t.s.reading()
	if err != nil {
		return err
	}
	office, err := directory.Filed(tx, e.Proceeding)
	if err != nil || office == "" { // whose file it is not, the directory says
		return err
	}
	list, err := k.OpenWithin(tx, office)
	if err != nil {
		return err
	}
	changed := map[string]bool{}
	for _, held := range []map[string]*held{w.t.s.held, w.t.held} {
		for id, h := range held {
			list = slices.DeleteFunc(list, func(x proceedings.OpenAt) bool { return x.ID == id })
			delete(changed, id)
			if h.office == office && !proceedings.Inward(h.law) && len(h.state.Things) > 0 && !h.law.Over(&h.state) {
				changed[id] = true
			}
		}
	}
	n := len(list) + len(changed)
	if n == 0 {
		return nil
	}
	var numbers []string
	for _, x := range list {
		if k.MayRead(w.cmd.Actor, x.Resource) { // how many there are he must be told, and of the others nothing
			numbers = append(numbers, x.Number)
		}
	}
	return fault.New(fault.Invalid, "directory.still_open", fault.Args{"n": n, "list": directory.Told(numbers)})
}
