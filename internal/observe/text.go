package observe

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Rows that the text form shows; the JSON has all.
const (
	textSteps = 20
	textPaths = 10
	textWidth = 100
)

// WriteText writes the report in English for a person to read, about 100 columns wide.
func (r *Report) WriteText(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n%s held against the law %s (%s)\n\n", r.title(), r.Log, r.Law, strings.Join(r.Editions, ", "))
	pairs := [][]string{{"cases", number(r.Cases)}, {"events", number(r.Events)}}
	if r.Things != nil {
		pairs = append(pairs, []string{"things of kind " + r.Things.Kind, number(r.Things.Count)})
	}
	pairs = append(pairs, []string{"first event", r.First}, []string{"last event", r.Last}, []string{"open duties judged at", r.Ends}, []string{"zone", r.Zone})
	table(&b, "", "lr", pairs)
	r.textBad(&b)
	r.textDeviations(&b)
	r.textTerms(&b)
	r.textSteps(&b)
	r.textPaths(&b)
	_, err := w.Write(b.Bytes())
	return err
}

func (r *Report) title() string {
	if l := r.Label["en"]; l != "" {
		return l
	}
	return r.Law
}

func english(label map[string]string, name string) string {
	if l := label["en"]; l != "" {
		return l
	}
	return strings.ReplaceAll(name, "_", " ")
}

func (r *Report) textBad(b *bytes.Buffer) {
	if r.Bad.Events+r.Bad.Cases+r.Bad.Values > 0 {
		fmt.Fprintf(b, "\nNot read: %s events, %s cases, %s values\n", number(r.Bad.Events), number(r.Bad.Cases), number(r.Bad.Values))
		for _, p := range r.Bad.Places {
			fmt.Fprintf(b, "  %s\n", p)
		}
	}
	for _, l := range []struct {
		title string
		list  []Named
	}{{"Activities that observe.yaml does not map (left out of all below)", r.Unmapped}, {"Activities that observe.yaml ignores", r.Ignored}} {
		if len(l.list) > 0 {
			rows := [][]string{}
			for _, n := range l.list {
				rows = append(rows, []string{number(n.Count), n.Name})
			}
			table(b, l.title, "rl", rows)
		}
	}
}

func (r *Report) textDeviations(b *bytes.Buffer) {
	for _, l := range []struct {
		title string
		list  []Deviation
	}{{"Where it departs from the law", r.Deviations}, {"Could not be decided: a fact is missing (no deviations)", r.Undecided}} {
		if len(l.list) == 0 {
			if l.title[0] == 'W' {
				fmt.Fprintf(b, "\n%s: nowhere\n", l.title)
			}
			continue
		}
		rows := [][]string{{"count", "of", "share", "article", "rule"}}
		for _, d := range l.list {
			rows = append(rows, []string{number(d.Count), number(d.Of), percent(d.Share), d.Article, d.Name})
		}
		fmt.Fprintf(b, "\n%s\n", l.title)
		for i, line := range columns("rrrll", rows) {
			b.WriteString(line)
			if i == 0 {
				continue
			}
			d := &l.list[i-1]
			b.WriteString(wrapped("        ", d.sentence()))
			if len(d.Examples) > 0 {
				b.WriteString(wrapped("        e.g. ", strings.Join(d.Examples, ", ")))
			}
		}
	}
}

// sentence says in English what the rule is about.
func (d *Deviation) sentence() string {
	s := english(d.Label, d.Name)
	where := strings.ReplaceAll(d.Where, "_", " ")
	switch d.Kind {
	case "late":
		return "late: " + s
	case "condition", "undecidable":
		return strings.ReplaceAll(d.Act, "_", " ") + ": " + s
	case "wrong_state":
		return s + ": not possible in the state " + where
	case "no_such_thing":
		return s + ": there is no " + where
	case "after_recorded":
		return s + ": later than the log was written"
	case "bad_form":
		return s + ": " + d.Where
	}
	return strings.TrimSpace(s + ": " + strings.ReplaceAll(d.Kind, "_", " ") + " " + where)
}

func (r *Report) textTerms(b *bytes.Buffer) {
	if len(r.Terms) == 0 {
		return
	}
	rows := [][]string{{"term", "within", "started", "in time", "last day", "late", "fell away", "open", "overdue"}}
	lapses := false
	for _, t := range r.Terms {
		overdue := number(t.Overdue)
		if t.Breach == "lapse" {
			overdue, lapses = overdue+"*", true
		}
		rows = append(rows, []string{t.Name, t.Within, number(t.Started), number(t.InTime), number(t.LastDay), number(t.Late), number(t.FellAway), number(t.Open), overdue})
	}
	table(b, "What became of the terms", "lrrrrrrrr", rows)
	if lapses {
		b.WriteString("  * a possibility that lapsed, no duty\n")
	}
	rows = [][]string{{"term", "median", "p90", "count", "act"}}
	for _, t := range r.Terms {
		row := []string{t.Name, took(t.Took, t.Took.Median), took(t.Took, t.Took.P90), "", ""}
		add := func(count int, what string) {
			row[3], row[4] = number(count), what
			rows = append(rows, row)
			row = make([]string, len(row))
		}
		for _, n := range t.DoneBy {
			add(n.Count, n.Name)
		}
		if t.Before > 0 {
			add(t.Before, "(of these, before the term ran)")
		}
		if t.After > 0 {
			add(t.After, "(of these, after the duty had fallen away)")
		}
	}
	if len(rows) > 1 {
		table(b, "How long it took from the start of the term, and by which act it was done", "lrrrl", rows)
	}
}

func (r *Report) textSteps(b *bytes.Buffer) {
	if len(r.Steps) == 0 {
		return
	}
	rows := [][]string{{"count", "median", "p90", "from", "to"}}
	for i, s := range r.Steps {
		if i == textSteps {
			break
		}
		rows = append(rows, []string{number(s.Took.Count), length(s.Took.Median), length(s.Took.P90), s.From, s.To})
	}
	table(b, fmt.Sprintf("How long each step takes (%d of %d)", len(rows)-1, len(r.Steps)), "rrrll", rows)
}

func (r *Report) textPaths(b *bytes.Buffer) {
	fmt.Fprintf(b, "\nPaths taken, by %s: %s distinct, the longest of %d steps\n", r.Paths.Of, number(r.Paths.Distinct), r.Paths.Longest)
	for i, p := range r.Paths.List {
		if i == textPaths {
			break
		}
		lead := fmt.Sprintf("  %10s  %6s  ", number(p.Count), percent(p.Share))
		b.WriteString(wrapped(lead, strings.Join(p.Activities, " > ")))
	}
}

// wrapped breaks a text at blanks, indented below its lead.
func wrapped(lead, text string) string {
	var b strings.Builder
	b.WriteString(lead)
	at := utf8.RuneCountInString(lead)
	indent := strings.Repeat(" ", at)
	for i, word := range strings.Split(text, " ") {
		if n := utf8.RuneCountInString(word); i > 0 && at+1+n > textWidth {
			b.WriteString("\n" + indent)
			at = len(indent)
		} else if i > 0 {
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += utf8.RuneCountInString(word)
	}
	b.WriteByte('\n')
	return b.String()
}

// table writes a title and rows with aligned columns.
func table(b *bytes.Buffer, title, align string, rows [][]string) {
	if title != "" {
		fmt.Fprintf(b, "\n%s\n", title)
	}
	for _, line := range columns(align, rows) {
		b.WriteString(line)
	}
}

// columns makes a line of each row, l columns to the left, r to the right.
func columns(align string, rows [][]string) []string {
	width := make([]int, len(align))
	for _, row := range rows {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	lines := make([]string, len(rows))
	for n, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			if align[i] == 'r' {
				cell = pad + cell
			} else {
				cell += pad
			}
			line.WriteString("  " + cell)
		}
		lines[n] = strings.TrimRight(line.String(), " ") + "\n"
	}
	return lines
}

// number writes 1234567 as 1,234,567.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func percent(share float64) string {
	if share > 0 && share < 0.0005 {
		return "<0.1%"
	}
	return strconv.FormatFloat(share*100, 'f', 1, 64) + "%"
}

// took is a length, or a dash where nothing was measured.
func took(s Spread, hours float64) string {
	if s.Count == 0 {
		return "-"
	}
	return length(hours)
}

// length writes hours in hours up to two days, then in days.
func length(hours float64) string {
	if hours >= 48 || hours <= -48 {
		return strconv.FormatFloat(hours/24, 'f', 1, 64) + " d"
	}
	return strconv.FormatFloat(hours, 'f', 1, 64) + " h"
}
