package desk

import (
	"slices"
	"strconv"
	"strings"

	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// What of a case its reader does not see is listed all the same: by number, with what hides it.

// hiddenView is that something is hidden, and what hides it.
type hiddenView struct {
	Text    string
	Why     []string // the sentences of policies
	Article string
	Sheets  []string // which, where there are several: number and moment
}

// hidden says of several things of a case that they are hidden, one line for each reason.
func (d *Desk) hidden(r *web.Request, p *proceedings.Proceeding, key string, list []proceedings.Hidden) (out []hiddenView) {
	for len(list) > 0 {
		first := list[0]
		var numbers []int64
		var others []proceedings.Hidden
		for _, h := range list {
			if sameReason(&h, &first) {
				numbers = append(numbers, h.No)
			} else {
				others = append(others, h)
			}
		}
		slices.Sort(numbers)
		texts := make([]string, len(numbers))
		for i, n := range numbers {
			texts[i] = strconv.FormatInt(n, 10)
		}
		v := d.hiddenBy(r, p, &first)
		v.Text = r.Words.T(key, "n", len(numbers), "list", strings.Join(texts, ", "))
		out, list = append(out, v), others
	}
	return out
}

func sameReason(a, b *proceedings.Hidden) bool {
	return a.Article == b.Article && slices.Equal(a.Policies, b.Policies)
}

// hiddenBy is what hides something, in the words of the policies.
func (d *Desk) hiddenBy(r *web.Request, p *proceedings.Proceeding, h *proceedings.Hidden) hiddenView {
	v := hiddenView{Why: r.Policies(h.Policies), Article: r.Words.Law(p.Law.Name).Article(h.Article)}
	if len(v.Why) == 0 {
		v.Why = []string{r.Words.T("sheet.no_policy")}
	}
	return v
}

// hiddenItem is a row of a history for hidden entries that follow each other and are hidden for one reason; entries are
// the newest first, as the history is. It takes so many of them.
func (d *Desk) hiddenItem(r *web.Request, p *proceedings.Proceeding, entries []proceedings.Logged) (item ui.TimelineItem, taken int) {
	t := r.Words
	first := &entries[0]
	for taken < len(entries) && entries[taken].Hidden != nil && sameReason(entries[taken].Hidden, first.Hidden) {
		taken++
	}
	last := &entries[taken-1]
	v := d.hiddenBy(r, p, first.Hidden)
	item = ui.TimelineItem{ID: "entry-" + strconv.FormatInt(first.Seq, 10), Title: t.T("sheet.single", "n", first.Seq), Article: v.Article,
		When: t.Moment(d.zone, first.Recorded), Datetime: web.Machine(d.zone, first.Recorded)}
	if taken > 1 {
		item.Title = t.T("sheet.some", "n", taken, "first", last.Seq, "last", first.Seq)
		for i := range entries[:taken] {
			v.Sheets = append(v.Sheets, t.T("sheet.written", "n", entries[i].Seq, "when", t.Moment(d.zone, entries[i].Recorded)))
		}
	}
	item.Body = hiddenBody(v)
	return item, taken
}

// hiddenSheets says how many sheets of a case are hidden; "" where none is.
func (d *Desk) hiddenSheets(r *web.Request, p *proceedings.Proceeding) (string, error) {
	n, err := d.docket.HiddenSheets(r.Context(), p)
	if err != nil || n == 0 {
		return "", err
	}
	return r.Words.T("sheet.count", "n", n), nil
}
