package proceedings

import (
	"context"
	"fmt"

	"nazorat/internal/access"
	"nazorat/internal/db"
	"nazorat/internal/fault"
)

// EscalatedQuery is the question that a page of escalations asks the database.
func (k *Reader) EscalatedQuery(role string, supers []string) (text string, args []any) {
	return overdueQuery(k.reaching(role), supers, true, After{}, k.Now(), 20)
}

// ClosedQueries are the questions by which a board puts right its counts.
func (k *Reader) ClosedQueries(offices []string) []Asked {
	text, args := closedQuery(k.now(), db.Keys(offices))
	return []Asked{{text, args}, {selectOwnClosed, []any{"sardor"}}}
}

// Asked is a question to the database.
type Asked struct {
	Text string
	Args []any
}

// ListQueries are the questions of lists that an actor asks, each as it is with his reach, and as it was before it was asked for.
func (k *Reader) ListQueries(who access.Actor, office string) (with, without map[string]Asked) {
	with, without = map[string]Asked{}, map[string]Asked{}
	add := func(name, text, order string, w *within) {
		without[name] = Asked{text + order, append([]any{}, w.args...)}
		more, _ := w.where()
		with[name] = Asked{text + more + order, w.args}
	}
	add("mine", selectMine, orderMine, k.within(who, who.Officer, 0, "", 0, 50, who.Office, k.Now()))
	add("of my role", selectOffices, orderOffices, k.within(who, who.Office, who.Role, 0, "", 0, 50, k.Now()))
	add("overdue", selectOverdue, orderLate, k.within(who, office, k.Now(), 50))
	add("owed late", selectOwedLate, orderLate, k.within(who, office, k.Now(), 50))
	add("overdue below", selectOverdueUnder+`(d.supervisor || '' IN ($3, $4) OR d.office || '' IN ($3, $4))`, ` ORDER BY d.due LIMIT $2`, k.within(who, k.Now(), 50, office, who.Office))
	add("in charge", listInCharge, orderListed, k.within(who, who.Officer, k.Now(), "", 50, k.Now(), who.Office))
	add("of an office", listOffice, orderListed, k.within(who, office, k.Now(), "", 50, k.Now()))
	add("supervised", listSupervised, orderListed, k.within(who, office, k.Now(), "", 50, k.Now()))
	return with, without
}

// Weighed reads a proceeding by its id and by its number, and tells how often the policies were asked in each; nothing may be read.
func (k *Reader) Weighed(ctx context.Context, id, number string) (byID, byNumber int, err error) {
	count := func(n *int) func(access.Resource) bool {
		return func(access.Resource) bool { *n++; return false }
	}
	if _, err := k.read(ctx, id, count(&byID)); !fault.Is(err, fault.NotFound) {
		return byID, byNumber, fmt.Errorf("by id: %w", err)
	}
	if _, err := k.find(ctx, number, count(&byNumber)); !fault.Is(err, fault.NotFound) {
		return byID, byNumber, fmt.Errorf("by number: %w", err)
	}
	return byID, byNumber, nil
}

// HeldQuery is the question for a page of an office's list of who is held; "" for an office of which the actor sees none.
func (k *Reader) HeldQuery(who access.Actor, office string) Asked {
	text, w := k.heldQuery(who, office, After{}, 50)
	if w == nil {
		return Asked{}
	}
	return Asked{text + orderHeld, w.args}
}

// EndingQuery is the question that whoever watches the clock asks.
func EndingQuery(ranges []Range) Asked {
	text, args := endingQuery(ranges, 200)
	return Asked{text, args}
}
