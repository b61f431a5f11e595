package notice

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/docket"
)

// alone is the name under which whoever writes notices down is alone: two who look at the same moment of a deadline must
// not each write what the other writes.
const alone = "notices"

const (
	selectThere   = `SELECT proceeding, source, officer FROM notice WHERE (proceeding, source) IN `
	selectRunning = `SELECT proceeding, no, due FROM deadline WHERE status = 'running' AND (proceeding, no) IN `
)

var (
	insertNotices = db.NewRows(`INSERT INTO notice (proceeding, source, officer, role, office, mandate, kind, urgent, at, made, law, seq, act, actor, no, term, starter, thing, due, step, email, sms)`, 22, ``)
	// A step that nobody could be told of is told of when there is somebody.
	insertSteps = db.NewRows(`INSERT INTO notice_step (proceeding, no, due, step, at, taken, release, receivers)`, 8,
		`ON CONFLICT (proceeding, no, due, step) DO UPDATE SET receivers = excluded.receivers WHERE notice_step.receivers = 0`)
)

// pairs writes "(VALUES ($1, $2), ...)" for pairs of values, filled up to a power of two, so that few texts are kept.
func pairs(args []any, second string) (text string, all []any) {
	for n := len(args) / 2; n&(n-1) != 0; n++ {
		args = append(args, args[len(args)-2], args[len(args)-1])
	}
	var b strings.Builder
	b.WriteString("(VALUES ")
	for i := 0; i < len(args); i += 2 {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("($" + strconv.Itoa(i+1) + ", " + strings.Replace(second, "?", "$"+strconv.Itoa(i+2), 1) + ")")
	}
	b.WriteByte(')')
	return b.String(), args
}

// key of a notice.
type key struct{ proceeding, source, officer string }

// write writes down what is new of notices and steps, with the messages that go out with them. list was resolved
// before; what a deadline of it has become since is looked at here.
func (k *Keeper) write(tx *db.Tx, list []told, steps []*draft, now calendar.Moment) error {
	if len(list)+len(steps) == 0 {
		return nil
	}
	if err := tx.Alone(alone); err != nil {
		return err
	}
	runs, err := running(tx, list, steps)
	if err != nil {
		return err
	}
	gone := func(d *draft) bool {
		return d.no > 0 && runs[deadlineKey{d.proceeding, d.no}] != d.due
	}
	list = slices.DeleteFunc(list, func(t told) bool { return gone(t.draft) })
	there, err := written(tx, list)
	if err != nil {
		return err
	}
	receivers := map[*draft]int{}
	var fresh []told
	for _, t := range list {
		receivers[t.draft]++
		if !there[key{t.proceeding, t.source, t.who.Officer}] {
			fresh = append(fresh, t)
		}
	}
	out, err := k.outside(tx, fresh, now)
	if err != nil {
		return err
	}
	var rows []any
	offices := map[string][]string{}
	for i := range fresh {
		t := &fresh[i]
		rows = append(rows, t.proceeding, t.source, t.who.Officer, t.who.Role, t.who.Office, t.who.Mandate, string(t.kind), int64(t.urgent), int64(t.at), int64(now), t.law, t.seq, t.act, t.actor,
			int64(t.no), t.term, t.starter, int64(t.thing), int64(t.due), int64(t.step), out[i].email, out[i].sms)
		offices[t.proceeding] = appendNew(offices[t.proceeding], t.who.Office)
	}
	if _, err := tx.ExecRows(insertNotices, rows); err != nil {
		return fmt.Errorf("write notices: %w", err)
	}
	var ladder []any
	for _, d := range steps {
		if d.step == noStep || gone(d) {
			continue
		}
		release := int64(0)
		if d.urgent == Release {
			release = 1
		}
		ladder = append(ladder, d.proceeding, int64(d.no), int64(d.due), int64(d.step), int64(d.at), int64(now), release, int64(receivers[d]))
	}
	if _, err := tx.ExecRows(insertSteps, ladder); err != nil {
		return fmt.Errorf("write steps: %w", err)
	}
	return announce(tx, offices)
}

// announce says on whose boards something new stands: inboxes that are open look again.
func announce(tx *db.Tx, offices map[string][]string) error {
	var changes []docket.Change
	for proceeding, of := range offices {
		changes = append(changes, docket.Change{Proceeding: proceeding, Offices: of})
	}
	return docket.Say(tx, changes)
}

type deadlineKey struct {
	proceeding string
	no         int32
}

// running gives the ends of those deadlines that run, as the transaction sees them.
func running(tx *db.Tx, list []told, steps []*draft) (map[deadlineKey]calendar.Moment, error) {
	out := map[deadlineKey]calendar.Moment{}
	seen := map[deadlineKey]bool{}
	var args []any
	add := func(d *draft) {
		if k := (deadlineKey{d.proceeding, d.no}); d.no > 0 && !seen[k] {
			seen[k] = true
			args = append(args, d.proceeding, int64(d.no))
		}
	}
	for i := range list {
		add(list[i].draft)
	}
	for _, d := range steps {
		add(d)
	}
	if len(args) == 0 {
		return out, nil
	}
	in, args := pairs(args, "CAST(? AS BIGINT)")
	rows, err := tx.Query(selectRunning+in, args...)
	if err != nil {
		return nil, fmt.Errorf("read deadlines: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var d deadlineKey
		var due calendar.Moment
		if err := rows.Scan(&d.proceeding, &d.no, &due); err != nil {
			return nil, err
		}
		out[d] = due
	}
	return out, rows.Err()
}

// written are the notices that are there already, of the sources of a list.
func written(tx *db.Tx, list []told) (map[key]bool, error) {
	out := map[key]bool{}
	type source struct{ proceeding, source string }
	seen := map[source]bool{}
	var args []any
	for i := range list {
		if s := (source{list[i].proceeding, list[i].source}); !seen[s] {
			seen[s] = true
			args = append(args, s.proceeding, s.source)
		}
	}
	if len(args) == 0 {
		return out, nil
	}
	in, args := pairs(args, "?")
	rows, err := tx.Query(selectThere+in, args...)
	if err != nil {
		return nil, fmt.Errorf("read notices: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var k key
		if err := rows.Scan(&k.proceeding, &k.source, &k.officer); err != nil {
			return nil, err
		}
		out[k] = true
	}
	return out, rows.Err()
}
