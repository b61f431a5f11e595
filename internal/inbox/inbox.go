// Package inbox is the pages of an officer's notices: what is new, what he was told before, what is on record of a term that runs
// out, and where and for what he is reached besides.
//
// Whose page it is follows from the session. What it shows is what package notice lets him read at this moment; it shows no notice of
// others but on the record of a deadline, which whoever may read the deadline may read. It makes no notice and sends nothing by itself.
package inbox

import (
	"embed"
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"nazorat/internal/calendar"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/notice"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Texts of this package, and of the messages that package notice sends; one folder a language.
//
//go:embed texts
var Texts embed.FS

// Href is the address of the inbox.
const Href = "/inbox"

// Addresses of the others.
const (
	beforeHref   = Href + "/all"
	notedHref    = Href + "/noted"
	liveHref     = Href + "/live"
	settingsHref = Href + "/settings"
)

// Names of what forms carry.
const (
	fieldCase   = "proceeding"
	fieldSource = "source"
	fieldBy     = "by"
	fieldBack   = "back" // the page of ours that it was taken note of on; "": the inbox
	fieldClosed = "closed"
)

// mostListed is the length of a page of all that an officer was told.
const mostListed = 50

// inbox serves the pages.
type inbox struct {
	*web.Server
	notices *notice.Keeper
}

// Register adds the pages to a server.
func Register(s *web.Server, k *notice.Keeper) {
	b := &inbox{s, k}
	s.Handle("GET "+Href, b.page)
	s.Handle("GET "+beforeHref, b.beforePage)
	s.Handle("GET "+liveHref, b.live)
	s.Handle("POST "+notedHref, b.note)
	s.Handle("GET /proceedings/{id}/deadlines/{no}/told", b.toldPage)
	s.Handle("GET "+settingsHref, b.settingsPage)
	s.Handle("POST "+settingsHref+"/{channel}", b.propose)
	s.Handle("POST "+settingsHref+"/{channel}/code", b.confirm)
	s.Handle("POST "+settingsHref+"/{channel}/choice", b.choose)
	s.Handle("POST "+settingsHref+"/{channel}/drop", b.drop)
}

// Nav is the entry of the main navigation, with how much is new.
func Nav(k *notice.Keeper) web.NavItem {
	return web.NavItem{Key: "nav.inbox", Href: Href, Count: func(r *web.Request) (int, string) {
		n, err := k.CountNew(r.Context(), r.Actor())
		if err != nil || n == 0 {
			return 0, "" // less is said
		}
		return n, r.Words.T("inbox.count", "n", n)
	}}
}

// AcknowledgeView is the button by which an officer takes note of a notice on another page than the inbox.
type AcknowledgeView struct{ Case, Source, About, Text, Back string }

// Acknowledgement of a notice, of what it is about; back is the page that the button stands on.
func Acknowledgement(t *web.Words, n *notice.Notice, about, back string) AcknowledgeView {
	return AcknowledgeView{Case: n.Proceeding, Source: n.Source, About: about, Text: t.T("inbox.acknowledge"), Back: back}
}

func proceedingHref(id string) string { return "/proceedings/" + url.PathEscape(id) }

func deadlineHref(id string, no int32) string {
	return proceedingHref(id) + "/deadlines/" + strconv.FormatInt(int64(no), 10)
}

// itemView is a notice.
type itemView struct {
	Tag     string
	Tone    ui.Tone
	Text    string
	Article string
	Note    string
	Href    string // of the deadline, or of the proceeding
	When    string
	Machine string
	Ends    string // when the term ends; ""
	Stands  string // and what has become of it
	Told    string // the link to what is on record
	ToldAt  string
	Button  string // "" where he has taken note of it
	Case    string
	Source  string
	Urgent  bool
}

// groupView is the notices of one proceeding.
type groupView struct {
	Number, Href, Title string
	Table               ui.TableView
	Case, By, Button    string // takes note of all of them
}

type newView struct {
	Groups    []groupView
	Empty     string
	EmptyIs   string
	By        string
	All       string // the button that takes note of all; "" where there is nothing that it would
	Elsewhere []string
	// How much was told of what is closed to him by now, and the button that takes note of that; "" for none.
	Closed, ClosedBy, NoteClosed string
}

type pageView struct {
	Heading  ui.HeadingView
	Tabs     []ui.TabItem
	TabsAre  string
	Settings string
}

func (b *inbox) frame(r *web.Request, here string) pageView {
	t := r.Words
	return pageView{Heading: ui.HeadingView{Title: t.T("inbox.title")}, TabsAre: t.T("inbox.title"), Settings: t.T("inbox.settings"),
		Tabs: []ui.TabItem{{Text: t.T("inbox.new"), Href: Href, Current: here == Href}, {Text: t.T("inbox.before"), Href: beforeHref, Current: here == beforeHref}}}
}

// page: what is new, by proceeding, the most urgent first.
func (b *inbox) page(w http.ResponseWriter, r *web.Request) error {
	v, n, err := b.fresh(r)
	if err != nil {
		return err
	}
	if err := r.LookedAtList("", n); err != nil {
		return err
	}
	page := r.Page(r.Words.T("inbox.title"))
	page.Live = liveHref
	return r.Render(w, http.StatusOK, page, newBody(b.frame(r, Href), v))
}

// live sends what is new whenever something changes at the office.
func (b *inbox) live(w http.ResponseWriter, r *web.Request) error {
	office := []string{r.Actor().Office}
	looked := false // one opening of a stream is one look, however often it is sent anew
	return r.Live(w, "inbox", func(c docket.Change) bool { return web.Concerns(c, office) }, func() (templ.Component, error) {
		v, n, err := b.fresh(r)
		if err != nil {
			return nil, err
		}
		if n > 0 && !looked {
			if err := r.LookedAtList("", n); err != nil {
				return nil, err
			}
			looked = true
		}
		return newPart(v), nil
	})
}

// fresh is what is new, and how many notices that is.
func (b *inbox) fresh(r *web.Request) (v newView, n int, err error) {
	t := r.Words
	list, closed, err := b.notices.New(r.Context(), r.Actor())
	if err != nil {
		return v, 0, err
	}
	if closed > 0 {
		v.Closed, v.ClosedBy, v.NoteClosed = t.T("inbox.closed", "n", closed), strconv.FormatInt(int64(b.Docket.Now()), 10), t.T("inbox.note_closed")
	}
	v.Empty, v.EmptyIs = t.T("inbox.empty"), t.T("inbox.empty_is")
	items, err := b.items(r, list)
	if err != nil {
		return v, 0, err
	}
	at := map[string]int{}
	var by calendar.Moment
	for i := range list {
		x := &list[i]
		by = max(by, x.Made)
		g, seen := at[x.Proceeding]
		if !seen {
			g = len(v.Groups)
			at[x.Proceeding] = g
			href := proceedingHref(x.Proceeding)
			if x.Kind == notice.Emergency { // what is shown of it stands there
				href = items[i].Href
			}
			v.Groups = append(v.Groups, groupView{Number: x.Number, Href: href, Title: t.Name(x.Title), Case: x.Proceeding,
				Table: ui.TableView{Caption: t.T("inbox.of_case", "number", x.Number), HideCaption: true, Columns: columns(t)}})
		}
		v.Groups[g].Table.Rows = append(v.Groups[g].Table.Rows, row(&items[i], x.Number))
		if x.Urgent != notice.Release {
			v.All = t.T("inbox.note_all")
		}
	}
	v.By = strconv.FormatInt(int64(by), 10)
	for i := range v.Groups {
		if g := &v.Groups[i]; len(g.Table.Rows) > 1 {
			g.By, g.Button = v.By, t.T("inbox.note_case")
		}
	}
	if len(v.Groups) < 2 {
		v.All = ""
	}
	elsewhere, err := b.notices.Elsewhere(r.Context(), r.Actor())
	if err != nil {
		return v, 0, err
	}
	for _, e := range elsewhere {
		v.Elsewhere = append(v.Elsewhere, t.T("inbox.elsewhere", "office", t.Office(b.Directory.Tree().Office(e.Office))))
	}
	return v, len(list), nil
}

// items puts notices into words, each with how its deadline stands now.
func (b *inbox) items(r *web.Request, list []notice.Notice) ([]itemView, error) {
	t, now := r.Words, b.Docket.Now()
	var actors, ids []string
	for i := range list {
		actors = append(actors, list[i].Actor)
		if list[i].No > 0 {
			ids = append(ids, list[i].Proceeding)
		}
	}
	names, err := b.Directory.Names(r.Context(), actors)
	if err != nil {
		return nil, err
	}
	running, err := b.Docket.RunningOf(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	type deadline struct {
		proceeding string
		no         int32
	}
	runs := make(map[deadline]*proceedings.Deadline, len(running))
	for i := range running {
		runs[deadline{running[i].Proceeding, running[i].No}] = &running[i]
	}
	out := make([]itemView, len(list))
	for i := range list {
		n := &list[i]
		lb := t.Law(n.Law)
		v := itemView{Href: proceedingHref(n.Proceeding), When: t.Moment(b.Zone, n.Made), Machine: web.Machine(b.Zone, n.Made), Case: n.Proceeding, Source: n.Source, Urgent: n.Urgent == notice.Release}
		switch {
		case v.Urgent:
			v.Tag, v.Tone = t.T("inbox.release"), ui.Bad
		case n.Urgent == notice.Pressed:
			v.Tag, v.Tone = t.T("inbox.overdue"), ui.Bad
		case n.Kind == notice.Warning:
			v.Tag, v.Tone = t.T("inbox.soon"), ui.Warn
		}
		v.Text = t.T("inbox.kind."+string(n.Kind), "term", lb.Term(n.Term), "act", lb.Act(n.Act))
		if n.Actor != "" {
			v.Note = t.T("inbox.by", "act", lb.Act(n.Act), "name", t.Name(names[n.Actor]))
		}
		if n.No > 0 {
			v.Href = deadlineHref(n.Proceeding, n.No)
			v.Ends = t.Moment(b.Zone, n.Due)
			if law := b.Docket.Law(n.Law); law != nil {
				if term := law.At(now).Term(n.Term); term != nil {
					v.Article = lb.Article(term.Article)
				}
			}
			if x := runs[deadline{n.Proceeding, n.No}]; x != nil && x.Due == n.Due {
				v.Stands = t.Left(now, n.Due)
			} else {
				v.Stands = t.T("inbox.over")
			}
		}
		if id := n.Emergency(); id != "" {
			v.Href, v.Tag, v.Tone = "/emergencies/"+url.PathEscape(id), t.T("inbox.emergency"), ui.Warn
			v.Note = t.Name(names[n.Actor])
		}
		if n.Urgent > notice.Calm && n.No > 0 {
			v.Told, v.ToldAt = t.T("inbox.told"), deadlineHref(n.Proceeding, n.No)+"/told"
		}
		if n.Noted != 0 {
			v.Stands = joined(v.Stands, t.T("inbox.noted", "when", t.Moment(b.Zone, n.Noted)))
		} else if v.Button = t.T("inbox.note"); v.Urgent {
			v.Button = t.T("inbox.acknowledge")
		}
		out[i] = v
	}
	return out, nil
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + " · " + b
}

// beforePage: all that the officer was told at his office, the newest first.
func (b *inbox) beforePage(w http.ResponseWriter, r *web.Request) error {
	q := r.URL.Query()
	var after notice.After
	if q.Get("made") != "" {
		made, err := strconv.ParseInt(q.Get("made"), 10, 64)
		if err != nil {
			return fault.New(fault.NotFound, "fault.no_page", nil).Because(err)
		}
		after = notice.After{Made: calendar.Moment(made), Proceeding: q.Get("id"), Source: q.Get("source")}
	}
	list, next, more, err := b.notices.All(r.Context(), r.Actor(), after, mostListed)
	if err != nil {
		return err
	}
	if err := r.LookedAtList("", len(list)); err != nil {
		return err
	}
	items, err := b.items(r, list)
	if err != nil {
		return err
	}
	t := r.Words
	v := beforeView{Table: ui.TableView{Caption: t.T("inbox.before"), HideCaption: true, Empty: t.T("inbox.empty_is"), Columns: append([]ui.Column{{Text: t.T("inbox.column.case"), Unbroken: true}}, columns(t)...)}}
	for i := range list {
		n := &list[i]
		x := row(&items[i], n.Number)
		href := proceedingHref(n.Proceeding)
		if n.Kind == notice.Emergency {
			href = items[i].Href
		}
		x.Cells = append([]ui.Cell{{Text: n.Number, Href: href, Note: t.Name(n.Title)}}, x.Cells...)
		v.Table.Rows = append(v.Table.Rows, x)
	}
	if more {
		older := url.Values{"made": {strconv.FormatInt(int64(next.Made), 10)}, "id": {next.Proceeding}, "source": {next.Source}}
		v.Pages.OlderHref, v.Pages.OlderText = beforeHref+"?"+older.Encode(), t.T("pages.older")
	}
	if after != (notice.After{}) {
		v.Pages.NewerHref, v.Pages.NewerText = beforeHref, t.T("pages.newest")
	}
	return r.Render(w, http.StatusOK, r.Page(t.T("inbox.title")), beforeBody(b.frame(r, beforeHref), v))
}

type beforeView struct {
	Table ui.TableView
	Pages ui.PaginationView
}

// note takes note: of one notice, of all of a proceeding, or of all that the page showed.
func (b *inbox) note(w http.ResponseWriter, r *web.Request) error {
	form := r.PostForm
	if source := form.Get(fieldSource); source != "" {
		if err := b.notices.Note(r.Context(), r.Actor(), form.Get(fieldCase), source); err != nil {
			return err
		}
		if back := form.Get(fieldBack); back != "" {
			return web.SeeOther(w, r, web.Back(back))
		}
		return web.SeeOther(w, r, Href)
	}
	by, err := strconv.ParseInt(form.Get(fieldBy), 10, 64)
	if err != nil {
		return fault.New(fault.Invalid, "fault.bad_form", nil).Because(err)
	}
	if id := form.Get(fieldCase); form.Get(fieldClosed) != "" {
		err = b.notices.NoteClosed(r.Context(), r.Actor(), calendar.Moment(by))
	} else if id != "" {
		err = b.notices.NoteProceeding(r.Context(), r.Actor(), id, calendar.Moment(by))
	} else {
		err = b.notices.NoteAll(r.Context(), r.Actor(), calendar.Moment(by))
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, Href)
}
