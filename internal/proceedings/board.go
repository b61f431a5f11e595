package proceedings

import (
	"context"
	"fmt"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/procedure"
)

// Counts is a line of a board: one office, with what it has and what it supervises.
type Counts struct {
	Office  string
	States  map[string]int // proceedings by law and state of the proceeding: "uz/criminal check"
	Overdue int            // running deadlines that are over
	Soon    int            // running deadlines that end before the given moment
	Release int            // of the overdue: those whose breach is a release
}

// Sum adds lines that have nothing in common up to one of an office.
func Sum(office string, lines []Counts) Counts {
	all := Counts{Office: office, States: map[string]int{}}
	for _, c := range lines {
		for state, n := range c.States {
			all.States[state] += n
		}
		all.Overdue, all.Soon, all.Release = all.Overdue+c.Overdue, all.Soon+c.Soon, all.Release+c.Release
	}
	return all
}

// Board counts, for each of the given offices, what it and all below it have
// and supervise, as far as the actor may see their boards: of proceedings those that he may read one by
// one, and of deadlines those in proceedings that nothing closes to him. A proceeding is counted once, in the line of
// its supervisor where that has one: of an office and its supervisor in one call only the latter's line counts.
func (k *Reader) Board(ctx context.Context, who access.Actor, offices []string, now, soon calendar.Moment) ([]Counts, error) {
	b := board{k: k, who: who, subject: k.Subject(who), out: make([]Counts, len(offices)), line: map[string]int{}}
	b.reach = k.InForce().Reach(k.dir.Tree().Service(), b.subject)
	for i, o := range offices {
		b.out[i] = Counts{Office: o, States: map[string]int{}}
		for _, below := range k.MayListUnder(who, o) {
			if _, taken := b.line[below]; !taken {
				b.line[below] = i
				b.under = append(b.under, below)
			}
		}
	}
	if len(b.under) == 0 {
		return b.out, nil
	}
	b.ids = db.Keys(b.under)
	for _, count := range []func(context.Context) error{b.states, b.own, func(ctx context.Context) error { return b.deadlines(ctx, now, soon) },
		func(ctx context.Context) error { return b.closed(ctx, now, soon) }} {
		if err := count(ctx); err != nil {
			return nil, err
		}
	}
	return b.out, nil
}

// CountsAs names those whose boards of an office count the same as an actor's: whoever has his role for his
// office and is admitted to the same, unless some proceeding is closed to them and not to him.
func (k *Reader) CountsAs(ctx context.Context, who access.Actor) (string, error) {
	s := k.Subject(who)
	own, err := k.own(ctx, who, k.InForce().Reach(k.dir.Tree().Service(), s))
	if err != nil {
		return "", err
	}
	name := who.Role + " of " + who.Office + " admitted to " + s.Clearance
	if len(own) > 0 {
		name += ", " + who.Officer
	}
	return name, nil
}

// board is one that is being counted.
type board struct {
	k       *Reader
	who     access.Actor
	subject access.Subject
	reach   *access.Reach
	out     []Counts
	line    map[string]int // office -> line of the board
	under   []string       // offices
	ids     []any          // the same, as keys
}

// of is the line of a proceeding: that of its supervisor, or of the office that has it.
func (b *board) of(office, supervisor string) (line int, ok bool) {
	if line, ok = b.line[supervisor]; !ok {
		line, ok = b.line[office]
	}
	return line, ok
}

// another is in charge of what has an officer in charge, where it is counted with others: who is, no count knows.
const another = "\x00another"

const selectTallies = `SELECT office, supervisor, law, state, secrecy, charged, n FROM tally WHERE n > 0 AND `

// states counts by state, from the counts that are kept by all that policies ask about but who the officer himself is.
func (b *board) states(ctx context.Context) error {
	in := db.In(len(b.ids), 1)
	rows, err := b.k.db.Query(ctx, selectTallies+`supervisor IN `+in+` UNION ALL `+selectTallies+`office IN `+in+` AND supervisor NOT IN `+in, b.ids...)
	if err != nil {
		return fmt.Errorf("read tallies: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r access.Resource
		var charged, n int
		if err := rows.Scan(&r.Office, &r.Supervisor, &r.Law, &r.Stage, &r.Secrecy, &charged, &n); err != nil {
			return err
		}
		if charged != 0 {
			r.InCharge = another
		}
		if line, ok := b.of(r.Office, r.Supervisor); ok && b.reach.Reads(b.subject, r) {
			b.out[line].States[r.Law+" "+r.Stage] += n
		}
	}
	return rows.Err()
}

// own puts right what the counts take for another's: what the officer is in charge of, or a party to.
func (b *board) own(ctx context.Context) error {
	list, err := b.k.own(ctx, b.who, b.reach)
	if err != nil {
		return err
	}
	for _, r := range list {
		line, ok := b.of(r.Office, r.Supervisor)
		if !ok {
			continue
		}
		counted := r
		if counted.Parties = nil; counted.InCharge != "" {
			counted.InCharge = another
		}
		switch may := b.reach.Reads(b.subject, r); {
		case may && !b.reach.Reads(b.subject, counted):
			b.out[line].States[r.Law+" "+r.Stage]++
		case !may && b.reach.Reads(b.subject, counted):
			b.out[line].States[r.Law+" "+r.Stage]--
		}
	}
	return nil
}

// countDeadlines counts by sums and not by groups of breaches: the rows then come in the order of an
// index that holds all that is asked, and nothing is sorted. A possibility that is gone
// (lapse) is no duty left undone, and what is due at once is not called late by a number that no law gives.
const countDeadlines = `count(*) FILTER (WHERE due < $1 AND breach NOT IN ('lapse', 'at_once')), count(*) FILTER (WHERE due >= $1 AND breach NOT IN ('lapse', 'at_once')), count(*) FILTER (WHERE due < $1 AND breach = 'release')
FROM deadline WHERE status = 'running' AND due < $2 AND `

func (b *board) deadlines(ctx context.Context, now, soon calendar.Moment) error {
	// A supervisor's board counts what is owed in the proceedings that it supervises, the board of another office what it owes itself; nothing counts twice.
	in := db.In(len(b.ids), 3)
	text := `SELECT supervisor, ` + countDeadlines + `supervisor IN ` + in + ` GROUP BY supervisor
UNION ALL SELECT office, ` + countDeadlines + `office IN ` + in + ` AND supervisor NOT IN ` + in + ` GROUP BY office`
	rows, err := b.k.db.Query(ctx, text, append([]any{now, soon}, b.ids...)...)
	if err != nil {
		return fmt.Errorf("count deadlines: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var office string
		var overdue, soon, release int
		if err := rows.Scan(&office, &overdue, &soon, &release); err != nil {
			return err
		}
		c := &b.out[b.line[office]]
		c.Overdue, c.Soon, c.Release = c.Overdue+overdue, c.Soon+soon, c.Release+release
	}
	return rows.Err()
}

// An index has the deadlines of closed and secret proceedings alone, by their secrecy: they are few, and those of other offices are passed over in it.
// The empty texts, the sign and the order of texts keep the databases from choosing another index, in which every running deadline would be looked up.
const selectClosed = `SELECT d.office, d.supervisor, d.due, d.breach, ` + asked + ` FROM deadline d JOIN proceeding p ON p.id = d.proceeding
WHERE d.status = 'running' AND d.secrecy <> '' AND d.secrecy > '' AND +d.due < $1 AND d.breach NOT IN ('lapse', 'at_once') AND `

func closedQuery(soon calendar.Moment, offices []any) (text string, args []any) {
	in := db.In(len(offices), 2)
	return selectClosed + `(d.supervisor || '' IN ` + in + ` OR d.office || '' IN ` + in + `)`, append([]any{soon}, offices...)
}

// closed takes back what was counted of deadlines in proceedings that are closed to the officer.
func (b *board) closed(ctx context.Context, now, soon calendar.Moment) error {
	text, args := closedQuery(soon, b.ids)
	rows, err := b.k.db.Query(ctx, text, args...)
	if err != nil {
		return fmt.Errorf("count closed deadlines: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var office, supervisor, breach string
		var due calendar.Moment
		var r access.Resource
		if err := rows.Scan(into(&r, &office, &supervisor, &due, &breach)...); err != nil {
			return err
		}
		line, ok := b.of(office, supervisor)
		if !ok || b.reach.Reads(b.subject, r) {
			continue
		}
		c := &b.out[line]
		switch {
		case due >= now:
			c.Soon--
		case breach == procedure.Release.String():
			c.Release--
			fallthrough
		default:
			c.Overdue--
		}
	}
	return rows.Err()
}
