package desk

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"sort"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// mostWork is how much of his work an officer is shown at once.
const mostWork = 60

type workView struct {
	Heading ui.HeadingView
	Open    []doLink // the first is what an officer of this role opens most days
	OtherIs string   // the others
	Stats   []ui.StatView
	Groups  []workGroup
	Empty   string
	EmptyIs string
	More    string
	MoreURL string
	Others  workGroup // overdue in what his office supervises
	Copies  doLink
	Urgent  escalatedView // what has come to his role because nobody did it in time
}

type workGroup struct {
	ID, Title string
	Rows      []owedRow
	Who       bool
	Columns   owedColumns
}

type owedColumns struct{ What, Case, Until, Who, Do string }

// workPage: what I owe, by urgency.
func (d *Desk) workPage(w http.ResponseWriter, r *web.Request) error {
	t, who := r.Words, r.Actor()
	after, err := ReadAfter(r.URL.Query())
	if err != nil {
		return err
	}
	list, more, err := Work(r.Context(), d.docket.Reader, who, after, mostWork)
	if err != nil {
		return err
	}
	v := workView{Heading: ui.HeadingView{Title: t.T("work.title")}, Open: d.openings(t, who),
		Empty: t.T("work.empty"), EmptyIs: t.T("work.empty_is")}
	if n := len(v.Open) - 1; n > 0 {
		v.OtherIs = t.T("work.open_other", "n", n)
	}
	rows, err := d.owed(r.Context(), t, list, &who)
	if err != nil {
		return err
	}
	counts := map[ui.DeadlineTone]int{}
	groups := []workGroup{{ID: "late", Title: t.T("work.late")}, {ID: "soon", Title: t.T("work.soon")}, {ID: "later", Title: t.T("work.later")}}
	for _, row := range rows {
		g := 2
		switch row.Tone {
		case ui.Late:
			g = 0
		case ui.Soon:
			g = 1
		}
		counts[row.Tone]++
		groups[g].Rows = append(groups[g].Rows, row)
	}
	cols := owedColumns{What: t.T("work.column.what"), Case: t.T("work.column.case"), Until: t.T("work.column.until"), Who: t.T("work.column.who"), Do: t.T("work.column.do")}
	for _, g := range groups {
		if len(g.Rows) > 0 {
			slices.SortStableFunc(g.Rows, freedFirst)
			g.Columns = cols
			v.Groups = append(v.Groups, g)
		}
	}
	if after == (proceedings.After{}) && !more {
		v.Stats = []ui.StatView{
			{Number: t.Number(int64(counts[ui.Late])), Label: t.T("work.late"), Href: anchor(counts[ui.Late], "#late"), Tone: toneIf(counts[ui.Late], ui.Late)},
			{Number: t.Number(int64(counts[ui.Soon])), Label: t.T("work.soon"), Href: anchor(counts[ui.Soon], "#soon"), Tone: toneIf(counts[ui.Soon], ui.Soon)},
			{Number: t.Number(int64(len(rows) - counts[ui.Late] - counts[ui.Soon])), Label: t.T("work.later"), Href: anchor(len(rows)-counts[ui.Late]-counts[ui.Soon], "#later")},
		}
	}
	if more && len(list) > 0 {
		last := list[len(list)-1]
		v.More, v.MoreURL = t.T("work.more"), "/?"+AfterOf(last).Encode()
	}
	if v.Copies, err = d.copiesLink(r, who); err != nil {
		return err
	}
	if v.Urgent, err = d.escalated(r, who); err != nil {
		return err
	}
	if err := d.othersLate(r, who, &v, cols); err != nil {
		return err
	}
	if err := r.LookedAtList("", len(rows)+len(v.Urgent.Table.Rows)+len(v.Others.Rows)); err != nil {
		return err
	}
	page := r.Page(v.Heading.Title)
	if page.Notices, err = d.emergencies(r); err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, page, workBody(v))
}

func anchor(n int, href string) string {
	if n == 0 {
		return ""
	}
	return href
}

func toneIf(n int, tone ui.DeadlineTone) ui.DeadlineTone {
	if n == 0 {
		return ""
	}
	return tone
}

// Work merges what the officer himself owes with what his role owes in his office, behind a place in the list and so much at most; more says
// whether there is more. The API lists the same.
func Work(ctx context.Context, k *proceedings.Reader, who access.Actor, after proceedings.After, most int) (list []proceedings.Deadline, more bool, err error) {
	mine, err := k.Mine(ctx, who, after, most+1)
	if err != nil {
		return nil, false, err
	}
	role, err := k.OfRole(ctx, who, after, most+1)
	if err != nil {
		return nil, false, err
	}
	list = append(mine, role...)
	sort.SliceStable(list, func(i, j int) bool {
		a, b := &list[i], &list[j]
		if a.Due != b.Due {
			return a.Due < b.Due
		}
		if a.Proceeding != b.Proceeding {
			return a.Proceeding < b.Proceeding
		}
		return a.No < b.No
	})
	if len(list) > most {
		return list[:most], true, nil
	}
	return list, false, nil
}

// freedFirst sorts rows: first those where a person must be set free.
func freedFirst(a, b owedRow) int {
	switch {
	case a.Release != "" && b.Release == "":
		return -1
	case a.Release == "" && b.Release != "":
		return 1
	}
	return 0
}

// othersLate shows a supervising office what is overdue elsewhere, but for what stands above already because it was escalated.
func (d *Desk) othersLate(r *web.Request, who access.Actor, v *workView, cols owedColumns) error {
	if len(d.dir.Tree().Serves(who.Office)) == 0 {
		return nil
	}
	late, err := d.docket.Overdue(r.Context(), who, d.docket.Now(), mostWork)
	if err != nil {
		return err
	}
	theirs := slices.DeleteFunc(Overdue(d.docket.Reader, late), func(dl proceedings.Deadline) bool {
		return dl.Office == who.Office && dl.Officer == "" || v.Urgent.shown[deadlineHref(&dl)]
	})
	rows, err := d.owed(r.Context(), r.Words, theirs, nil)
	if err != nil {
		return err
	}
	slices.SortStableFunc(rows, freedFirst)
	v.Others = workGroup{ID: "others", Title: r.Words.T("work.others_late"), Rows: rows, Who: true, Columns: cols}
	return nil
}

// AfterOf are the parameters of a page of deadlines that begins behind one.
func AfterOf(dl proceedings.Deadline) url.Values {
	return url.Values{"due": {fact.NumberOf(fact.Number, int64(dl.Due)).String()}, "id": {dl.Proceeding}, "no": {fact.NumberOf(fact.Number, int64(dl.No)).String()}}
}

// ReadAfter reads what AfterOf has written; NotFound where something else stands there.
func ReadAfter(q url.Values) (proceedings.After, error) {
	if q.Get("due") == "" {
		return proceedings.After{}, nil
	}
	due, err1 := number(q.Get("due"))
	no, err2 := number(q.Get("no"))
	if err1 != nil || err2 != nil {
		return proceedings.After{}, badLink(err1, err2)
	}
	return proceedings.After{Due: calendar.Moment(due), Proceeding: q.Get("id"), No: int32(no)}, nil
}
