package proceedings

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
)

// Escalated is a deadline that was not met, and whose steps have come to a role.
type Escalated struct {
	Deadline
	Step    int             // which step came to the role first, from 0
	Steps   int             // how many the term has
	Since   calendar.Moment // when it came
	Matter  bool            // the matter itself went to the role; else the role is told of it
	Release bool            // a person must be set free
}

// EscalatedAfter is where a list of what was escalated goes on. Releases stand
// first whatever else there is: no list leaves them out.
type EscalatedAfter struct {
	Others bool // the releases were all shown
	After
}

// reach is a term whose steps come to a role, with the shortest time after its end at which they do in any edition.
type reach struct {
	law, term string
	after     calendar.Moment
	release   bool // its rows may say so, in one edition or another
	other     bool // its rows may say something else
}

// reaching lists the terms of all laws whose steps come to a role.
func (k *Reader) reaching(role string) []reach {
	var out []reach
	for _, name := range k.order {
		byTerm := map[string]int{}
		for _, e := range k.laws[name].Editions {
			for _, t := range e.Terms {
				if t == nil {
					continue
				}
				after, ok := t.Reaches(role)
				if !ok {
					continue
				}
				i, seen := byTerm[t.Name]
				if !seen {
					i = len(out)
					byTerm[t.Name] = i
					out = append(out, reach{law: name, term: t.Name, after: atLeast(after)})
				}
				r := &out[i]
				r.after = min(r.after, atLeast(after))
				release := stored.Breach(t) == procedure.Release.String()
				r.release, r.other = r.release || release, r.other || !release
			}
		}
	}
	return out
}

// atLeast is a time that a period surely lasts: what the database leaves out by it has not come to anybody.
func atLeast(p calendar.Period) calendar.Moment {
	n := calendar.Moment(p.N)
	switch p.Unit {
	case calendar.Minutes:
		return n * calendar.Minute
	case calendar.Hours:
		return n * calendar.Hour
	case calendar.DaysUnit, calendar.WorkingDays:
		return max(n*24-1, 0) * calendar.Hour // a day on which clocks are put forward has 23
	case calendar.Months:
		return n * 28 * 24 * calendar.Hour
	}
	return n * 365 * 24 * calendar.Hour
}

// fewSupervisors is up to how many supervising offices are looked up one by one.
const fewSupervisors = 1

// mostLooks bounds how often a page looks on because what it found had not come to the role after all.
const mostLooks = 4

// Escalated lists what has been escalated to the actor's role at his office and
// is still not done: releases first, then the longest overdue. For a role that
// no law escalates to it asks the database nothing. more says whether there may be more behind next.
func (k *Reader) Escalated(ctx context.Context, who access.Actor, after EscalatedAfter, now calendar.Moment, limit int) (list []Escalated, next EscalatedAfter, more bool, err error) {
	terms := k.reaching(who.Role)
	supers := k.supervisorsOf(who)
	if len(terms) == 0 || len(supers) == 0 {
		return nil, after, false, nil
	}
	next = after
	for _, others := range []bool{false, true} {
		if next.Others && !others {
			continue
		}
		if others && !next.Others {
			next = EscalatedAfter{Others: true}
		}
		of := slices.DeleteFunc(slices.Clone(terms), func(r reach) bool { return !others && !r.release || others && !r.other })
		from := next.After // up to where it was read
		for look := 0; len(of) > 0; look++ {
			if look == mostLooks {
				return list, next, true, nil
			}
			rows, err := k.overdueOf(ctx, of, supers, others, next.After, now, limit+1)
			if err != nil {
				return nil, after, false, err
			}
			read := len(rows)
			if read > 0 {
				last := rows[read-1]
				from = After{Due: last.Due, Proceeding: last.Proceeding, No: last.No}
			}
			if rows, err = k.visible(ctx, who, rows); err != nil {
				return nil, after, false, err
			}
			for i := range rows {
				d := &rows[i]
				e, ok := k.escalation(who, d, now)
				if ok && len(list) == limit {
					return list, next, true, nil
				}
				next.After = After{Due: d.Due, Proceeding: d.Proceeding, No: d.No}
				if ok {
					list = append(list, e)
				}
			}
			if next.After = from; read <= limit {
				break
			}
		}
	}
	return list, next, false, nil
}

// supervisorsOf lists the offices that supervise those for which the actor's office has his role.
func (k *Reader) supervisorsOf(who access.Actor) []string {
	tree := k.dir.Tree()
	var out []string
	for _, o := range append([]string{who.Office}, tree.Serves(who.Office)...) {
		if tree.Competent(o, who.Role) != who.Office {
			continue
		}
		if s := tree.Supervisor(o); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// escalation holds an overdue deadline of a proceeding against its steps: whether they have come to the actor's role at his office, and when.
func (k *Reader) escalation(who access.Actor, d *Deadline, now calendar.Moment) (Escalated, bool) {
	law, of := k.laws[d.Law], d.of
	if law == nil || k.dir.Tree().Competent(of.Office, who.Role) != who.Office || !k.MayRead(who, of) {
		return Escalated{}, false
	}
	basis, err := stored.DecodeDeadline(law, d.Basis)
	if err != nil {
		return Escalated{}, false // the law lost a name; the deadline is on its owner's list all the same
	}
	steps := law.Steps(basis)
	for i, s := range steps {
		if s.At <= now && slices.Contains(s.To, who.Role) {
			return Escalated{Deadline: *d, Step: i, Steps: len(steps), Since: s.At, Matter: s.Escalate, Release: law.TermOf(&basis).Breach == procedure.Release}, true
		}
	}
	return Escalated{}, false
}

// One range of an index for each term, and of those the earliest: a page costs
// the same however much is overdue. The empty text keeps the database from
// choosing the index of a single supervisor.
const (
	overdueOne = `SELECT * FROM (SELECT d.due, d.proceeding, d.no FROM deadline d WHERE d.status = 'running' AND d.steps > 0 AND d.law = `
	overdueEnd = ` ORDER BY d.due, d.proceeding, d.no LIMIT $4) o`
)

// overdueQuery asks for what is overdue of some terms under some supervising offices, with the office that has the proceeding.
func overdueQuery(terms []reach, supers []string, others bool, after After, now calendar.Moment, limit int) (text string, args []any) {
	kind := ` AND d.breach = 'release'`
	if others {
		kind = ` AND d.breach <> 'release'`
	}
	args = []any{after.Due, after.Proceeding, after.No, limit}
	place := ` AND d.supervisor = $5`
	if len(supers) > fewSupervisors {
		ids := db.Keys(supers)
		place = ` AND d.supervisor || '' IN ` + db.In(len(ids), 5)
		args = append(args, ids...)
	} else {
		args = append(args, supers[0])
	}
	var b strings.Builder
	b.WriteString(`SELECT ` + deadlineColumns + ` FROM (SELECT * FROM (`)
	for i, r := range terms {
		if i > 0 {
			b.WriteString(` UNION ALL `)
		}
		n := len(args) + 1
		fmt.Fprintf(&b, `%s$%d AND d.term = $%d AND d.due < $%d%s%s AND (d.due, d.proceeding, d.no) > ($1, $2, $3)%s`, overdueOne, n, n+1, n+2, place, kind, overdueEnd)
		args = append(args, r.law, r.term, now-r.after)
	}
	b.WriteString(`) y ORDER BY due, proceeding, no LIMIT $4) x JOIN deadline d ON d.proceeding = x.proceeding AND d.no = x.no JOIN proceeding p ON p.id = d.proceeding ORDER BY x.due, x.proceeding, x.no`)
	return b.String(), args
}

func (k *Reader) overdueOf(ctx context.Context, terms []reach, supers []string, others bool, after After, now calendar.Moment, limit int) ([]Deadline, error) {
	text, args := overdueQuery(terms, supers, others, after, now, limit)
	return scanDeadlines(k.db.Query(ctx, text, args...))
}
