package desk

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// soonIs how far ahead a board looks.
const soonIs = 3 * 24 * calendar.Hour

// mostLate is how many overdue duties a board names.
const mostLate = 15

type boardView struct {
	Stats  []ui.StatView
	Below  ui.TableView // the offices below: what is late there
	Stages ui.TableView // and where their proceedings stand
	LateIs string
	Late   workGroup
	Calm   string
	AsOf   string
}

// boardHome leads to the board of one's own office.
func (d *Desk) boardHome(w http.ResponseWriter, r *web.Request) error {
	return web.SeeOther(w, r, officeHref(r.Actor().Office))
}

func officeHref(id string) string { return "/offices/" + url.PathEscape(id) }

// office that the page is about, if the officer may see it.
func (d *Desk) office(r *web.Request) (*directory.Office, error) {
	tree := d.dir.Tree()
	o := tree.Office(r.PathValue("office"))
	if o == nil || !d.docket.MayList(r.Actor(), o.ID) {
		return nil, fault.New(fault.NotFound, "office.none", nil)
	}
	return o, nil
}

// boardPage: the board of an office and of those below it, live.
func (d *Desk) boardPage(w http.ResponseWriter, r *web.Request) error {
	o, err := d.office(r)
	if err != nil {
		return err
	}
	v, err := d.board(r.Context(), r, o, d.boards.counting.get)
	if err != nil {
		return err
	}
	if err := r.LookedAtList(o.ID, len(v.Late.Rows)); err != nil {
		return err
	}
	t := r.Words
	page := r.Page(t.Office(o))
	page.Breadcrumbs = d.officeCrumbs(r, o)
	page.Live = officeHref(o.ID) + "/live"
	held, err := d.heldLink(r, o.ID)
	if err != nil {
		return err
	}
	links := []doLink{{Text: t.T("board.cases"), Href: officeHref(o.ID) + "/proceedings"}, held, d.hearingsLink(t, o.ID)}
	for _, link := range d.leads {
		text, at := link(r, o.ID)
		links = append(links, doLink{Text: text, Href: at})
	}
	if d.docket.Decide(r.Actor(), access.WatchLooks, access.Resource{Office: o.ID}).Allowed {
		links = append(links, doLink{Text: t.T("board.looks"), Href: officeHref(o.ID) + "/looks"})
	}
	links = slices.DeleteFunc(links, func(l doLink) bool { return l.Href == "" })
	return r.Render(w, http.StatusOK, page, boardBody(ui.HeadingView{Title: t.Office(o), Lead: t.T("board.lead")}, links, v))
}

// boardLive sends the board anew whenever something on it changes.
func (d *Desk) boardLive(w http.ResponseWriter, r *web.Request) error {
	o, err := d.office(r)
	if err != nil {
		return err
	}
	watched := d.docket.MayListUnder(r.Actor(), o.ID)
	named := false // one opening of a stream is one look, however often it is sent anew
	return r.Live(w, "board",
		func(c docket.Change) bool { return web.Concerns(c, watched) },
		func() (templ.Component, error) {
			v, err := d.board(r.Context(), r, o, d.boards.counting.anew)
			if err != nil {
				return nil, err
			}
			if len(v.Late.Rows) > 0 && !named {
				if err := r.LookedAtList(o.ID, len(v.Late.Rows)); err != nil {
					return nil, err
				}
				named = true
			}
			return boardLive(v), nil
		})
}

// officeCrumbs lead from the highest office that the officer may see down to this one.
func (d *Desk) officeCrumbs(r *web.Request, o *directory.Office) []ui.Crumb {
	tree := d.dir.Tree()
	var out []ui.Crumb
	for x := o; x != nil && d.docket.MayList(r.Actor(), x.ID); x = tree.Office(x.Parent) {
		out = append([]ui.Crumb{{Text: r.Words.Office(x), Href: officeHref(x.ID)}}, out...)
	}
	if len(out) < 2 {
		return nil // one's own office: its name is the title of the page
	}
	out[len(out)-1].Href = ""
	return out
}

// counter gives what a function counts of an office, or what it counted a moment ago.
type counter func(ctx context.Context, office string, count func(context.Context) (*Figures, error)) (*Figures, error)

// board shows what an office has: in all, by the offices below it or that it supervises, and what is overdue.
func (d *Desk) board(ctx context.Context, r *web.Request, o *directory.Office, get counter) (boardView, error) {
	t := r.Words
	counts, err := d.boards.of(ctx, r.Actor(), o.ID, get)
	if err != nil {
		return boardView{}, err
	}
	v := boardView{Stats: d.boardStats(t, counts.Own), Below: d.boardTable(t, counts.Below), Stages: d.stagesTable(t, counts.Below), LateIs: t.T("board.late"), Calm: t.T("board.calm"),
		AsOf: t.T("board.as_of", "when", t.Moment(d.zone, counts.At))}
	late, err := d.docket.OverdueOf(ctx, r.Actor(), o.ID, d.docket.Now(), mostWork)
	if err != nil {
		return boardView{}, err
	}
	rows, err := d.owed(ctx, t, Overdue(d.docket.Reader, late), nil)
	if err != nil {
		return boardView{}, err
	}
	slices.SortStableFunc(rows, freedFirst)
	rows = rows[:min(len(rows), mostLate)]
	v.Late = workGroup{ID: "late", Title: v.LateIs, Rows: rows, Who: true,
		Columns: owedColumns{What: t.T("work.column.what"), Case: t.T("work.column.case"), Until: t.T("work.column.until"), Who: t.T("work.column.who")}}
	return v, nil
}

// stages are the states of the proceeding that a board counts, of every law that the office applies.
func (d *Desk) stages(t *web.Words) (keys, names []string, final map[string]bool) {
	return Stages(d.docket.Reader, t)
}

// Stages are the states of the proceeding that a board counts, by law and name, with their words; final says of each that is known whether it is left out
// of what is open.
func Stages(k *proceedings.Reader, t *web.Words) (keys, names []string, final map[string]bool) {
	final = map[string]bool{}
	for _, name := range k.Laws() {
		law := k.Law(name)
		root := law.At(k.Now()).Kinds[0]
		for _, s := range root.States {
			key := name + " " + law.StateName(0, s)
			final[key] = root.Final[s] || law.At(k.Now()).Inward // of the service itself: no board counts it
			if final[key] {
				continue
			}
			if s != root.Start || enteredFirst(law.At(k.Now()), s) {
				keys = append(keys, key)
				names = append(names, t.Law(name).State(root.Name, law.StateName(0, s)))
			}
		}
	}
	return keys, names, final
}

// enteredFirst reports whether proceedings can be in their first state: some laws leave it at once.
func enteredFirst(e *procedure.Edition, s procedure.StateID) bool {
	for _, r := range e.Acts {
		if r != nil && r.Opens && (r.To == s || r.To < 0) {
			return true
		}
	}
	return false
}

// StillOpen counts the proceedings that have not come to an end.
func StillOpen(c proceedings.Counts, final map[string]bool) (n int) {
	for key, of := range c.States {
		if !final[key] {
			n += of
		}
	}
	return n
}

func (d *Desk) boardStats(t *web.Words, c proceedings.Counts) []ui.StatView {
	_, _, final := d.stages(t)
	return []ui.StatView{
		{ID: "release", Number: t.Number(int64(c.Release)), Label: t.T("board.release"), Tone: toneIf(c.Release, ui.Late), Href: anchor(c.Release, "#late")},
		{ID: "overdue", Number: t.Number(int64(c.Overdue)), Label: t.T("board.overdue"), Tone: toneIf(c.Overdue, ui.Late), Href: anchor(c.Overdue, "#late")},
		{ID: "due-soon", Number: t.Number(int64(c.Soon)), Label: t.T("board.soon"), Tone: toneIf(c.Soon, ui.Soon)},
		{ID: "open", Number: t.Number(int64(StillOpen(c, final))), Label: t.T("board.open")},
	}
}

// counted is a cell of a board; a nought is passed over by the eye.
func counted(t *web.Words, n int) ui.Cell { return ui.Cell{Text: t.Number(int64(n)), Quiet: n == 0} }

func (d *Desk) officeCell(t *web.Words, id string) ui.Cell {
	return ui.Cell{Text: t.Office(d.dir.Tree().Office(id)), Href: officeHref(id), Head: true}
}

// boardTable has a line for each office: what is late there, what soon will be, how much is open.
func (d *Desk) boardTable(t *web.Words, lines []proceedings.Counts) ui.TableView {
	_, _, final := d.stages(t)
	v := ui.TableView{ID: "offices", Caption: t.T("board.below"), Columns: []ui.Column{{Text: t.T("board.column.office")},
		{Text: t.T("board.column.release"), Numeric: true}, {Text: t.T("board.overdue"), Numeric: true}, {Text: t.T("board.soon"), Numeric: true}, {Text: t.T("board.open"), Numeric: true}}}
	for _, c := range lines {
		row := ui.Row{ID: "office-" + c.Office, Tone: toneIf(c.Overdue, ui.Late), Cells: []ui.Cell{d.officeCell(t, c.Office),
			counted(t, c.Release), counted(t, c.Overdue), counted(t, c.Soon), counted(t, StillOpen(c, final))}}
		if c.Release > 0 {
			row.Cells[1].Body = ui.Tag(ui.Bad, row.Cells[1].Text)
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

// stagesTable says of each office where its open proceedings stand. Stages in which none stands are left out.
func (d *Desk) stagesTable(t *web.Words, lines []proceedings.Counts) ui.TableView {
	keys, names, _ := d.stages(t)
	v := ui.TableView{ID: "stages", Caption: t.T("board.stages"), Scroll: true, Columns: []ui.Column{{Text: t.T("board.column.office")}}}
	var some []string
	for i, k := range keys {
		if slices.ContainsFunc(lines, func(c proceedings.Counts) bool { return c.States[k] > 0 }) {
			some = append(some, k)
			v.Columns = append(v.Columns, ui.Column{Text: names[i], Numeric: true})
		}
	}
	if len(some) == 0 {
		return v
	}
	for _, c := range lines {
		row := ui.Row{ID: "stages-" + c.Office, Cells: []ui.Cell{d.officeCell(t, c.Office)}}
		for _, k := range some {
			row.Cells = append(row.Cells, counted(t, c.States[k]))
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}
