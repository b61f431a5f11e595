package lawload

import (
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// Lists of choices that have a name, so that a long one is said once: choices: { name: [a, b] } in an edition or a part of it, choice: name in a field. The name
// is gone once the law is loaded: a field has the choices, as if they had been written there, so nothing that compares, replays or keeps forms knows of it.

// sectionChoices is the section of these lists, in ownName.
const sectionChoices = 4

// choicesOf reads the choices of a field: a list, or the name of one.
func (c *compiler) choicesOf(f *procedure.Field, n lawtext.Node) {
	if !n.Scalar() || n.Empty() {
		f.Choices = c.Texts(n)
		if len(f.Choices) == 0 {
			c.Bad(n, "a choice of nothing")
		}
		return
	}
	var known []string
	for _, list := range c.raw.choices {
		if known = append(known, list.Name); list.Name == n.Word() {
			// Read for every edition: each has a copy of its own. That it is not empty namedChoices has seen to.
			f.Choices, c.lists[f] = c.Texts(list.Value), list.Name
			return
		}
	}
	p := c.Bad(n, "there is no list of choices %q", n.Word())
	if p.Meant = lawtext.Meant(n.Word(), known); len(known) == 0 {
		p.Meant = "say choice: [" + n.Word() + "], or name a list under choices:"
	}
}

// namedChoices holds the lists against what they can be.
func (c *compiler) namedChoices() {
	for _, list := range c.raw.choices {
		if c.raw.since[ownName(sectionChoices, list.Name)] != c.e.Name {
			continue // told where it stands
		}
		switch {
		case !isPart.MatchString(list.Name):
			c.Bad(list.Key, "a list of choices cannot be called %q", list.Name).Meant = "small letters and _, such as ranks"
		case list.Value.Scalar() || !list.Value.Mapping() && len(c.Texts(list.Value)) == 0:
			c.Bad(list.Value, "the list of choices %q wants something to choose from", list.Name).Meant = "say " + list.Name + ": [one, two]"
		}
		c.twice(list.Value, "the choice %q is given twice")
	}
}

// sinceList is the edition since which an act is as it is: that which gave it, or a list that its form names, anew.
func (c *compiler) sinceList(r *procedure.ActRule) string {
	since := r.Since
	for _, f := range r.Form {
		if list := c.lists[f]; f != nil && list != "" {
			since = max(since, c.raw.since[ownName(sectionChoices, list)]) // editions are named by their days
		}
	}
	return since
}

// unusedChoices warns of lists that an edition gives and no field of it names.
func (c *compiler) unusedChoices() {
	used := map[string]bool{}
	for f, list := range c.lists {
		used[list] = used[list] || f.In == c.e
	}
	for _, list := range c.raw.choices {
		if c.raw.since[ownName(sectionChoices, list.Name)] == c.e.Name && !used[list.Name] {
			c.Bad(list.Key, "no field names the list of choices %q", list.Name).Warning = true
		}
	}
}
