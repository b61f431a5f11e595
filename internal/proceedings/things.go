package proceedings

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"nazorat/internal/db"
	"nazorat/internal/stored"
)

// What the entries and deadlines of one thing are. An entry is one of a thing that the act was done on, or that anything followed
// for. Entries that are hidden from the reader are left out and not counted: in a list of one thing's each would tell that there is
// something about it.

// oneThing finds the entries of a thing among those of its proceeding; what follows from an act is text to the database, so that
// what it finds may be of another thing, and is looked at again.
const oneThing = ` AND (thing = $3 OR effects LIKE $4 OR effects LIKE $5)`

const (
	entryColumns = `leaf, proceeding, seq, law, edition, act, thing, officer, role, mandate, office, client, done, recorded, form, cargo, effects, previous, hash, salt`
	ofThing      = `SELECT ` + entryColumns + ` FROM entry WHERE proceeding = $1 AND seq < $2` + oneThing
	newestFirst  = ` ORDER BY seq DESC LIMIT $6`
)

// ThingEntries gives the entries of one thing before a number, newest first, as far as its reader sees them; next is the number
// before which to go on, and 0 where there are no more. The caller has read the proceeding, and made sure that the thing is not hidden.
func (k *Reader) ThingEntries(ctx context.Context, p *Proceeding, thing int32, before int64, limit int) (out []Logged, next int64, err error) {
	if p.sight == nil {
		return nil, 0, errUnread
	}
	args := []any{p.ID, before, thing, fmt.Sprintf(`%%"thing":%d,%%`, thing), fmt.Sprintf(`%%"thing":%d}%%`, thing), limit + 1}
	others, args := p.sight.unseen(args)
	list, err := k.entries(ctx, ofThing+others+newestFirst, p.Number, args...)
	if err != nil {
		return nil, 0, err
	}
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].Seq
	}
	for i := range list {
		if l := p.sight.entry(list[i]); l.Hidden == nil && l.about(thing) {
			out = append(out, l)
		}
	}
	return out, next, nil
}

// about reports whether an entry as somebody sees it is of a thing.
func (l *Logged) about(thing int32) bool {
	return l.Thing == thing || slices.ContainsFunc(l.Effects, func(f stored.Effect) bool {
		return f.Thing == thing || f.Deadline != nil && f.Deadline.Thing == thing
	})
}

// unseen is the condition that the sheet of an entry is not hidden from the reader.
func (s *sight) unseen(args []any) (text string, all []any) {
	if s.whole {
		return "", args
	}
	var hidden, others []string // from him whoever did it, and where another did
	for _, name := range s.law.Names.Acts.List {
		switch {
		case s.sheet(name, s.officer, 0) != nil:
			hidden = append(hidden, name)
		case s.sheet(name, "", 0) != nil:
			others = append(others, name)
		}
	}
	var b strings.Builder
	if len(hidden) > 0 {
		ids := db.Keys(hidden)
		b.WriteString(` AND act NOT IN ` + db.In(len(ids), len(args)+1))
		args = append(args, ids...)
	}
	if len(others) > 0 {
		args = append(args, s.officer)
		fmt.Fprintf(&b, ` AND (officer = $%d OR act NOT IN `, len(args))
		ids := db.Keys(others)
		b.WriteString(db.In(len(ids), len(args)+1) + `)`)
		args = append(args, ids...)
	}
	return b.String(), args
}

const selectThingDeadlines = `SELECT ` + deadlineColumns + ` FROM deadline d JOIN proceeding p ON p.id = d.proceeding
WHERE d.proceeding = $1 AND d.thing = $2 ORDER BY d.no DESC LIMIT $3`

// ThingDeadlines are the deadlines of one thing that the reader of the proceeding sees, running and over, newest first.
func (k *Reader) ThingDeadlines(ctx context.Context, p *Proceeding, thing int32, limit int) ([]Deadline, error) {
	if p.sight == nil {
		return nil, errUnread
	}
	list, err := scanDeadlines(k.db.Query(ctx, selectThingDeadlines, p.ID, thing, limit))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(d Deadline) bool { return p.sight.stored(&d.Basis) != nil }), nil
}
