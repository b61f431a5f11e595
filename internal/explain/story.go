package explain

import (
	"slices"

	"nazorat/internal/calendar"
	"nazorat/internal/journal"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
)

// Story is what is known of one deadline besides the law: which entry of the
// journal started it, what made it longer or stopped it, what ended it. Parts
// that the journal at hand does not reach are nil or missing; its zero value
// knows nothing, and the explanation does without.
type Story struct {
	Began   *journal.Entry
	First   procedure.Deadline // as it was when it began here; only where Began is known
	Changes []Change           // oldest first
	Closed  *journal.Entry
	Parent  *procedure.Deadline // the deadline on whose end this one hangs
	Over    Ending
	At      calendar.Moment   // when it came to its end; 0: it has not
	Names   map[string]string // officers by id
	Officer string            // who owes it, by id; "" where a role does
	Thing   string            // what it runs for, as pages call it; "" for the proceeding
}

// Ending is how a deadline came to its end.
type Ending string

// The ways in which a deadline ends; Open for one that has not.
const (
	Open Ending = ""
	Met  Ending = "met"
	Late Ending = "met_late"
	Fell Ending = "ended" // nothing is owed any more
)

// Change is one extension of a deadline, one stop of its clock, its going on,
// or a new edition's counting it anew.
type Change struct {
	Effect string // as in stored.Effect
	Entry  *journal.Entry
	Before procedure.Deadline // its No is 0 where it is not known
	After  procedure.Deadline
	Was    calendar.Moment // the end before
}

// StoryOf finds what entries, newest first, tell of the deadline with a number.
// What names things that the law has no more is passed over.
func StoryOf(law *procedure.Law, no int32, entries []*journal.Entry) Story {
	var s Story
	var last procedure.Deadline
	for _, e := range slices.Backward(entries) {
		for _, r := range e.Effects {
			if r.Deadline == nil || r.Deadline.No != no {
				continue
			}
			after, err := stored.DecodeDeadline(law, *r.Deadline)
			if err != nil {
				continue
			}
			switch r.Effect {
			case "started":
				s.Began, s.First = e, after
			case "met", "ended":
				s.Closed, s.At, s.Over = e, e.Done, Fell
				if r.Effect == "met" {
					s.Over = Met
				}
				if r.Late {
					s.Over = Late
				}
			default:
				s.Changes = append(s.Changes, Change{r.Effect, e, last, after, calendar.Moment(r.Was)})
			}
			last = after
		}
	}
	return s
}

// Officers that the story names, by id.
func (s *Story) Officers() []string {
	ids := []string{s.Officer}
	for _, e := range []*journal.Entry{s.Began, s.Closed} {
		if e != nil {
			ids = append(ids, e.Officer)
		}
	}
	for _, c := range s.Changes {
		ids = append(ids, c.Entry.Officer)
	}
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == "" })
}

// Stood are the times during which the clock stood still, each from its stop
// until it went on; one that stands still now has 0 for its end.
func (s *Story) Stood(d procedure.Deadline) (out [][2]calendar.Moment) {
	for _, c := range s.Changes {
		if c.Effect == "resumed" && c.Before.Stopped != 0 {
			out = append(out, [2]calendar.Moment{c.Before.Stopped, c.Entry.Done})
		}
	}
	if d.Stopped != 0 {
		out = append(out, [2]calendar.Moment{d.Stopped, 0})
	}
	return out
}

// HangsOn finds among deadlines the one on whose end a deadline hangs: of its
// term, for the same thing, and so far from it as the law says; the newest of those.
func HangsOn(x *procedure.Explanation, among []procedure.Deadline) *procedure.Deadline {
	base := x.Before
	if base == nil {
		base = x.After
	}
	if base == nil {
		return nil
	}
	var best *procedure.Deadline
	for i := range among {
		o := &among[i]
		if o.Term != base.ID || o.Thing != x.Deadline.Thing || best != nil && best.No > o.No {
			continue
		}
		if x.Before != nil && x.Edition.Days.Before(o.Due, x.By) == x.Deadline.Due || x.After != nil && o.Due == x.Start {
			best = o
		}
	}
	return best
}
