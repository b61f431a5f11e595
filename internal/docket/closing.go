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
	for _, held := range []map[string]*held{w.t.s.held, w.t.held} {
		for id, h := range held {
			list = slices.DeleteFunc(list, func(x proceedings.OpenAt) bool { return x.ID == id })
			if h.office == office && !proceedings.Inward(h.law) && len(h.state.Things) > 0 && !h.law.Over(&h.state) {
				list = append(list, proceedings.OpenAt{ID: id, Law: h.law.Name, Number: h.number})
			}
		}
	}
	if len(list) == 0 {
		return nil
	}
	var numbers []string
	for _, x := range list {
		numbers = append(numbers, x.Number)
	}
	slices.Sort(numbers)
	return fault.New(fault.Invalid, "directory.still_open", fault.Args{"n": len(list), "list": directory.Told(numbers)})
}
