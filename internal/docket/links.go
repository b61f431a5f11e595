package docket

import (
	"fmt"

	"nazorat/internal/db"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
)

// mostLinks is how many acts may follow each other by links. A law whose acts
// lead to each other in a circle ends here, and not in a full disk.
const mostLinks = 3

// Linked is an act that was done along with another one, in another proceeding.
type Linked struct {
	Law        string
	Act        string
	Proceeding string
	Number     string
	Seq        int64
}

// LinkFailed says which act in which other proceeding could not be done, so
// that nothing was done. It is the Cause of a procedure.Refusal whose Reason is LinkFails.
type LinkFailed struct {
	Law    *procedure.Law
	Act    string
	Number string // "" where the act was to open a proceeding
	Fault  *fault.Error
}

func (f *LinkFailed) Error() string {
	where := f.Number
	if where == "" {
		where = "a new proceeding"
	}
	return fmt.Sprintf("%s of %s in %s: %v", f.Act, f.Law.Name, where, f.Fault)
}

func (f *LinkFailed) Unwrap() error { return f.Fault }

// Keys of what can be wrong with a link itself.
const (
	NoProceeding = "field.no_proceeding" // a field names a proceeding that is not there, or not for this officer
	linkTooDeep  = "link.too_deep"
)

// linkRow ties an entry to one that it did elsewhere.
type linkRow struct {
	from    string
	fromSeq int64
	n       int
	to      string
	toSeq   int64
}

// follow does what the act does elsewhere, each after the other: in the same
// transaction, by the same officer at the same moment. The act itself is on the
// sheet by then, so that one that leads back to the same proceeding finds it as it now is.
func (k *Docket) follow(w *work, seq int64) ([]Linked, error) {
	var out []Linked
	n := 0
	for i := range w.effects {
		call := w.effects[i].Call
		if w.effects[i].Kind != procedure.Linked || call == nil {
			continue
		}
		n++
		law := k.Law(call.Procedure)
		if law == nil {
			return nil, fmt.Errorf("%s of %s does %s of %s, and that law is not applied here", w.name, w.law.Name, call.Act, call.Procedure)
		}
		if call.Cargo != nil && law != w.law {
			return nil, fmt.Errorf("%s of %s hands things over to %s, a law that knows other things", w.name, w.law.Name, law.Name)
		}
		failed := &LinkFailed{Law: law, Act: call.Act, Number: call.To}
		if w.depth == mostLinks {
			failed.Fault = fault.New(fault.Forbidden, linkTooDeep, nil)
			return nil, w.refuse(failed)
		}
		c := Command{Law: law.Name, Act: call.Act, Form: call.Form, Done: w.act.Done, Actor: w.cmd.Actor, Through: w.cmd.Through, Submission: stored.LinkedSubmission(w.cmd.Submission, n), cargo: call.Cargo}
		if call.To != "" {
			id, err := k.linkedTo(w, call)
			if err != nil {
				return nil, err
			}
			c.Proceeding = id
		}
		receipt, err := k.carryOut(&work{t: w.t, cmd: &c, depth: w.depth + 1, recorded: w.recorded})
		if err != nil {
			if failed.Fault = fault.Of(err); failed.Fault.Kind == fault.Internal {
				return nil, fmt.Errorf("%s in %s: %w", call.Act, call.To, err)
			}
			return nil, w.refuse(failed)
		}
		w.t.links = append(w.t.links, linkRow{w.was.id, seq, n, receipt.Proceeding, receipt.Seq})
		out = append(append(out, Linked{Law: law.Name, Act: call.Act, Proceeding: receipt.Proceeding, Number: receipt.Number, Seq: receipt.Seq}), receipt.Linked...)
	}
	return out, nil
}

// refuse says that the act cannot be done because of one elsewhere. The article is that of the other act.
func (w *work) refuse(f *LinkFailed) error {
	r := &procedure.Refusal{Reason: procedure.LinkFails, Act: w.name, Article: f.Fault.Article, Zone: w.edition.Days.Zone(), Cause: f}
	return r.Fault()
}

// linkedTo finds the proceeding that a field of the act's form names. One that
// is not there, of another law, or not for this officer to see is all the same to him: a mistake in that field.
func (k *Docket) linkedTo(w *work, call *procedure.Call) (string, error) {
	h, err := w.t.byNumber(call.To)
	if err != nil {
		return "", err
	}
	if h != nil && h.law.Name == call.Procedure && k.reads(w, h) {
		return h.id, nil
	}
	none := &fault.Error{Kind: fault.NotFound, Key: "refusal.bad_form", Fields: map[string]fault.Error{}}
	for _, f := range w.rule.Form {
		if f != nil && f.Type == fact.Proceeding && int(f.ID) < len(w.act.Form) && w.act.Form[f.ID].Text == call.To {
			none.Fields[f.Name] = fault.Error{Kind: fault.NotFound, Key: NoProceeding}
		}
	}
	return "", none
}

const selectLinked = `SELECT e.law, e.act, l.to_proceeding, p.number, l.to_seq FROM link l
JOIN entry e ON e.proceeding = l.to_proceeding AND e.seq = l.to_seq JOIN proceeding p ON p.id = l.to_proceeding
WHERE l.from_proceeding = $1 AND l.from_seq = $2 ORDER BY l.n`

// linkedFrom reads what an earlier sending did elsewhere, in the order in which it was done.
func linkedFrom(tx *db.Tx, proceeding string, seq int64, depth int) ([]Linked, error) {
	own, err := linkedDirectly(tx, proceeding, seq)
	if err != nil || depth == mostLinks {
		return own, err
	}
	var out []Linked
	for _, l := range own {
		more, err := linkedFrom(tx, l.Proceeding, l.Seq, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(append(out, l), more...)
	}
	return out, nil
}

func linkedDirectly(tx *db.Tx, proceeding string, seq int64) (out []Linked, err error) {
	rows, err := tx.Query(selectLinked, proceeding, seq)
	if err != nil {
		return nil, fmt.Errorf("read links: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var l Linked
		if err := rows.Scan(&l.Law, &l.Act, &l.Proceeding, &l.Number, &l.Seq); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, rows.Err()
}
