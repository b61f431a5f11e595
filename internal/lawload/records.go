package lawload

import (
	"slices"

	"nazorat/internal/condition"
	"nazorat/internal/fact"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// records reads what an act enters into the directory of the service.
func (c *compiler) records(r *procedure.ActRule, n lawtext.Node) {
	var known []string
	for _, w := range procedure.RecordWords() {
		known = append(known, w.Does)
	}
	for _, item := range c.things(n, "{ does: give_mandate, ... }") {
		does := ""
		var rest []lawtext.Entry
		x := procedure.RecordRule{Line: item.Line()}
		for _, e := range c.Entries(item) {
			switch e.Name {
			case "does":
				does = c.Text(e.Value)
				if _, ok := procedure.RecordWordOf(does); !ok {
					c.BadName(e.Value, "word for the directory", does, known)
				}
			case "when":
				x.When = c.condition(r, e.Value, condition.YesOrNo)
			default:
				rest = append(rest, e)
			}
		}
		if does == "" {
			c.Bad(item, "it is not said what the directory has from now on").Meant = "say does: give_mandate"
			continue
		}
		word, ok := procedure.RecordWordOf(does)
		if !ok {
			continue
		}
		x.Does = does
		c.slots(r, item, &x, word, rest)
		r.Records = append(r.Records, x)
	}
}

// slots reads the facts of a record: none that the word does not have, and all that it must have.
func (c *compiler) slots(r *procedure.ActRule, at lawtext.Node, x *procedure.RecordRule, word procedure.RecordWord, given []lawtext.Entry) {
	var names []string
	for _, w := range word.Slots {
		names = append(names, w.Name)
		found := false
		for _, e := range given {
			if e.Name != w.Name {
				continue
			}
			found = true
			want := condition.AText
			switch {
			case w.Ends:
				want = condition.AnEnd
			case w.Type == fact.Moment:
				want = condition.AMoment
			}
			if v := c.condition(r, e.Value, want); v != nil {
				x.Slots = append(x.Slots, procedure.Slot{Name: w.Name, Value: v})
			}
		}
		if !found && !w.Optional {
			c.Bad(at, "%s wants %s", word.Does, w.Name)
		}
	}
	for _, e := range given {
		if !slices.Contains(names, e.Name) {
			c.BadName(e.Key, "fact of "+word.Does, e.Name, names)
		}
	}
}
