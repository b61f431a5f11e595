package whatif

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"nazorat/internal/amend"
	"nazorat/internal/web/ui"
)

//go:embed alone.css
var aloneCSS string

// WritePage writes a result as a page that needs nothing beside it.
func (s Showing) WritePage(ctx context.Context, w io.Writer, r *amend.Report) error {
	v := s.view(r)
	return ui.Fragment(s.Words, aloneBody(s.Words.Lang, v.Head, aloneCSS, v)).Render(ctx, w)
}

// WriteText writes a result as plain text.
func (s Showing) WriteText(w io.Writer, r *amend.Report) error {
	v := s.view(r)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n\n", v.Head, v.Heading.Lead)
	wide := 0
	for _, x := range v.Stats {
		wide = max(wide, utf8.RuneCountInString(x.Number))
	}
	for _, x := range v.Stats {
		fmt.Fprintf(&b, "  %s  %s\n", right(x.Number, wide), x.Label)
	}
	if v.Same != "" {
		fmt.Fprintf(&b, "\n%s\n", v.Same)
	}
	for _, n := range v.Notes {
		fmt.Fprintf(&b, "\n%s\n", n)
	}
	for _, f := range []*figureView{v.Days, v.Articles, v.Offices} {
		if f != nil {
			table(&b, f.Chart.Title, f.Table, nil)
		}
	}
	if len(v.Terms.Rows) > 0 {
		var named [][]string
		for _, x := range r.Terms {
			if x.Earlier+x.Later+x.New+x.Gone+x.Appear+x.Go > 0 {
				named = append(named, mostTelling(x))
			}
		}
		table(&b, v.TermsIs, v.Terms, named)
	}
	lists := [][]amend.ActLine{}
	for _, l := range [][]amend.ActLine{r.Refused, r.Possible, r.Untold} {
		if len(l) > 0 {
			lists = append(lists, l)
		}
	}
	for i, a := range v.Acts {
		var named [][]string
		for _, l := range lists[i] {
			named = append(named, l.Examples)
		}
		table(&b, a.Title, a.Table, named)
		if a.Note != "" {
			fmt.Fprintf(&b, "  %s\n", a.Note)
		}
	}
	if len(v.Changes)+len(v.Against) > 0 {
		fmt.Fprintf(&b, "\n%s\n", v.ChangeIs)
		b.WriteString(ChangeText(v.Changes, "  "))
	}
	for _, a := range v.Against {
		fmt.Fprintf(&b, "\n%s\n", a.Title)
		b.WriteString(ChangeText(a.Changes, "  "))
	}
	fmt.Fprintf(&b, "\n%s\n", v.Caveat)
	_, err := io.WriteString(w, b.String())
	return err
}

// ChangeText is changes as plain text, a rule and under it its parts.
func ChangeText(groups []amend.Group, indent string) string {
	var b strings.Builder
	for _, g := range groups {
		title := g.Title
		if len(g.Lines) == 0 {
			title = g.Text
		}
		if g.Article != "" {
			title += " (" + g.Article + ")"
		}
		fmt.Fprintf(&b, "%s%s\n", indent, title)
		for _, l := range g.Lines {
			fmt.Fprintf(&b, "%s  %s\n", indent, l.Text)
		}
	}
	return b.String()
}

// table writes a table with its columns under each other. A cell that is no text has its words in named, by row.
func table(b *strings.Builder, title string, t ui.TableView, named [][]string) {
	rows := [][]string{{}}
	for _, c := range t.Columns {
		rows[0] = append(rows[0], c.Text)
	}
	for i, r := range t.Rows {
		var row []string
		for _, c := range r.Cells {
			if c.Body != nil && i < len(named) {
				c.Text = strings.Join(named[i], ", ")
			}
			row = append(row, c.Text)
		}
		rows = append(rows, row)
	}
	wide := make([]int, len(t.Columns))
	for _, row := range rows {
		for i, c := range row {
			wide[i] = max(wide[i], utf8.RuneCountInString(c))
		}
	}
	fmt.Fprintf(b, "\n%s\n", title)
	for _, row := range rows {
		line := " "
		for i, c := range row {
			if t.Columns[i].Numeric {
				line += " " + right(c, wide[i]) + " "
			} else {
				line += " " + c + strings.Repeat(" ", wide[i]-utf8.RuneCountInString(c)) + " "
			}
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

func right(s string, wide int) string {
	return strings.Repeat(" ", max(wide-utf8.RuneCountInString(s), 0)) + s
}
