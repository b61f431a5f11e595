package statistics

import (
	"context"
	"strings"

	"nazorat/internal/directory"
	"nazorat/internal/fact"
	"nazorat/internal/figures"
	"nazorat/internal/web"
)

// Words names what is counted, by what figures are told apart, and the values of that, for pages and for programs.
type Words struct{ dir *directory.Directory }

// NewWords gives them, with the offices and officers of a directory.
func NewWords(dir *directory.Directory) *Words { return &Words{dir} }

// Called is a name that a law's file has in each language.
func Called(t *web.Words, names map[string]string) string {
	if t.Lang == "uz-Cyrl" {
		return t.Name(names["uz"])
	}
	return names[t.Lang]
}

// Sum is what an amount of a count is called.
func (n *Words) Sum(t *web.Words, c *figures.Count, name string) string {
	if s := c.Sum(name); s != nil && s.Of != nil {
		return Called(t, s.Called)
	}
	return t.Law(c.Law).Field(c.Kind, name)
}

// Names of the officers among the values of an answer and of its question, read at once.
func (n *Words) Names(ctx context.Context, c *figures.Count, q *figures.Question, as *figures.Answer) (map[string]string, error) {
	var ids []string
	for part, list := range map[string][]string{q.Rows: as.Rows, q.Columns: as.Columns} {
		if ofOfficers(c, part) {
			ids = append(ids, list...)
		}
	}
	for part, value := range q.Where {
		if ofOfficers(c, part) {
			ids = append(ids, value)
		}
	}
	return n.dir.Names(ctx, ids)
}

// Officers is how many officers an answer names; 0 where it is told apart by something else.
func Officers(c *figures.Count, q *figures.Question, as *figures.Answer) (n int) {
	if ofOfficers(c, q.Rows) {
		n += len(as.Rows)
	}
	if ofOfficers(c, q.Columns) {
		n += len(as.Columns)
	}
	for part := range q.Where {
		if ofOfficers(c, part) {
			n++
		}
	}
	return n
}

// Part is what a part is called.
func (n *Words) Part(t *web.Words, c *figures.Count, part string) string {
	p := c.Part(part)
	if p == nil {
		return t.T("statistics.part." + part)
	}
	switch p.From {
	case figures.TheAct:
		return t.T("statistics.part.act")
	case figures.TheState:
		return t.T("statistics.part.state")
	case figures.TheTerm:
		return t.T("statistics.part.term")
	case figures.TheEnd:
		return t.T("statistics.part.kept")
	case figures.TheRole:
		return t.T("statistics.part.owed_by")
	}
	return t.Law(c.Law).Field(p.Words[0], p.Field)
}

// ofOfficers reports whether the values of a part are officers.
func ofOfficers(c *figures.Count, part string) bool {
	p := c.Part(part)
	return part == "officer" || p != nil && p.Type == fact.Officer
}

// Value is what a value of a part is called; names are those of officers.
func (n *Words) Value(t *web.Words, c *figures.Count, names map[string]string, part, value string) string {
	lb := t.Law(c.Law)
	if value == "" && part == "region" {
		return t.T("statistics.no_region")
	}
	if value == "" {
		return t.T("statistics.unsaid")
	}
	p := c.Part(part)
	switch {
	case part == "office" || p != nil && p.Type == fact.Office:
		if o := n.dir.Tree().Office(value); o != nil {
			return t.Office(o)
		}
		return value
	case ofOfficers(c, part):
		if name := names[value]; name != "" {
			return t.Name(name)
		}
		return value
	case part == "region" || p != nil && p.Type == fact.Place:
		return lb.Place(value)
	case p == nil:
		return period(t, part, value)
	}
	switch p.From {
	case figures.TheAct:
		return lb.Act(value)
	case figures.TheState:
		return lb.State(c.Kind, value)
	case figures.TheTerm:
		return lb.Term(value)
	case figures.TheEnd:
		return t.T("statistics.kept." + value)
	case figures.TheRole:
		return t.Role(value)
	}
	switch p.Type {
	case fact.Choice:
		return lb.Choice(p.Words[0], p.Field, value)
	case fact.YesNo:
		return t.T("value." + value)
	}
	return lb.Article(value)
}

// period is a year, a quarter or a month in words.
func period(t *web.Words, part, value string) string {
	year, rest, _ := strings.Cut(value, "-")
	switch strings.TrimSuffix(part, "_end") {
	case "quarter":
		return t.T("statistics.quarter", "n", strings.TrimPrefix(rest, "Q"), "year", year)
	case "month":
		return rest + "." + year
	}
	return value
}
