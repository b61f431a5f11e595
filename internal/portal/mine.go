package portal

import (
	"crypto/rand"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Names of what the form holds by which something is asked for.
const (
	fieldAsk        = "what"
	fieldWho        = "who"
	fieldSubmission = "submission"
)

// mostTold are the newest entries of each act that are told.
const mostTold = 20

type toldView struct {
	Heading ui.HeadingView
	Until   string
	Facts   []ui.SummaryRow
	Parts   []toldPart
	AskIs   string
	AskLead string
	Ask     []templ.Component // nil: nothing can be asked now
	Action  string
	Send    string
	LeaveAt string
	Leave   string
}

type toldPart struct {
	ID, Title string
	Table     ui.TableView
}

// look is a visit as it is shown.
type look struct {
	*visit
	p      *proceedings.Proceeding
	d      *telling
	mine   []int32 // things of the proceeding
	asked  []int32
	typed  string // into the form
	who    string
	wrong  string // with it
	failed string
}

// looking is the visit of a browser with its proceeding as it stands now; nil where there is none, or it is over.
func (p *room) looking(r *web.Request) (*look, error) {
	_, v, err := p.visiting(r)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil || v.entered == 0 {
		return nil, err
	}
	c, d, mine, err := p.concerned(r.Context(), v)
	if err != nil || c == nil || c.ID != v.proceeding {
		return nil, err
	}
	return &look{visit: v, p: c, d: d, mine: mine, asked: d.asked(c, mine)}, nil
}

// over leads whoever's visit is over, or whom the proceeding does not reach any more, back to the beginning.
func (p *room) over(w http.ResponseWriter, r *web.Request) error {
	p.keepVisit(w, "")
	closed(w)
	return web.SeeOther(w, r, VisitHref)
}

// toldPage is what somebody is told of the case that is about him.
func (p *room) toldPage(w http.ResponseWriter, r *web.Request) error {
	x, err := p.looking(r)
	if err != nil {
		return err
	}
	if x == nil {
		return p.over(w, r)
	}
	return p.tell(w, r, http.StatusOK, x)
}

// tell shows it, once the look is recorded.
func (p *room) tell(w http.ResponseWriter, r *web.Request, status int, x *look) error {
	closed(w)
	for _, no := range x.mine {
		if err := r.LookedAsPerson(x.p, no, x.d.role); err != nil {
			return err
		}
	}
	t := r.Words
	lb := t.Law(x.p.Law.Name)
	v := toldView{Heading: ui.HeadingView{Caption: t.T("visit.title"), Title: x.p.Number, Lead: t.T("visit.told", "article", lb.Article(x.d.article))}, Action: visitTold, LeaveAt: visitEnd, Leave: t.T("visit.leave"),
		Until: t.T("visit.until", "when", t.Moment(p.Zone, x.until))}
	page := r.Page(x.p.Number)
	if word, article, ok := p.receipts.Standing(x.p.Law.Name, x.p.RootState, t.Lang); ok {
		v.Facts = append(v.Facts, ui.SummaryRow{Key: t.T("portal.standing"), Text: word, Note: t.T("check.standing_by", "article", lb.Article(article))})
	}
	next := ui.SummaryRow{Key: t.T("visit.hearing"), Text: t.T("visit.no_hearing")}
	h, err := p.hearings.Next(r.Context(), x.p, p.docket.Now())
	if err != nil {
		return err
	}
	if h != nil && h.Ends >= p.docket.Now() {
		next.Text, next.Note = t.LongMoment(p.Zone, h.At), lb.Act(h.Act)
	}
	v.Facts = append(v.Facts, next)
	decided, err := p.decided(r, x)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, decided, p.runs(r, x))
	if x.d.sums.kind != procedure.None {
		v.Parts = append(v.Parts, p.lost(r, x))
	}
	if x.d.asks != nil {
		v.Parts = append(v.Parts, p.petitions(r, x))
		p.asks(r, x, &v, &page)
	}
	return r.Render(w, status, page, toldBody(v))
}

// decided are the decisions that he is told of: those on the whole and those on himself.
func (p *room) decided(r *web.Request, x *look) (toldPart, error) {
	t, lb := r.Words, r.Words.Law(x.p.Law.Name)
	part := toldPart{"decided", t.T("visit.decided"), ui.TableView{Caption: t.T("visit.decided"), HideCaption: true, Empty: t.T("visit.none_decided"),
		Columns: []ui.Column{{Text: t.T("visit.when"), Unbroken: true}, {Text: t.T("visit.decision")}}}}
	list, err := p.docket.Sheets(r.Context(), x.p, x.d.acts, mostTold)
	if err != nil {
		return part, err
	}
	for i := range list {
		e := &list[i]
		if e.Thing != 0 && !slices.Contains(x.mine, e.Thing) {
			continue
		}
		cell := ui.Cell{Text: lb.Act(e.Act)}
		if edition := x.p.Law.Edition(e.Edition); edition != nil && edition.Act(e.Act) != nil {
			cell.Note = lb.Article(edition.Act(e.Act).Article)
		}
		part.Table.Rows = append(part.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: t.Moment(p.Zone, e.Done), Head: true}, cell}})
	}
	return part, nil
}

// runs is what is due to him, or runs for him, and by when.
func (p *room) runs(r *web.Request, x *look) toldPart {
	t, lb, now := r.Words, r.Words.Law(x.p.Law.Name), p.docket.Now()
	part := toldPart{"due", t.T("visit.due"), ui.TableView{Caption: t.T("visit.due"), HideCaption: true, Empty: t.T("visit.none_due"),
		Columns: []ui.Column{{Text: t.T("visit.what")}, {Text: t.T("visit.by_when"), Unbroken: true}}}}
	for _, d := range x.d.due(x.p, x.mine, x.asked) {
		term := x.p.Law.TermOf(d)
		part.Table.Rows = append(part.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: lb.Term(term.Name), Note: lb.Article(term.Article), Head: true}, {Text: t.Moment(p.Zone, d.Due), Note: t.Left(now, d.Due)}}})
	}
	return part
}

// lost are his losses, by sums.
func (p *room) lost(r *web.Request, x *look) toldPart {
	t, law := r.Words, x.p.Law.Name
	part := toldPart{"losses", t.T("visit.losses"), ui.TableView{Caption: t.T("visit.losses"), HideCaption: true, Empty: t.T("visit.none_lost")}}
	for _, name := range x.d.sums.names {
		part.Table.Columns = append(part.Table.Columns, ui.Column{Text: t.Law(law).Field("", name), Numeric: true})
	}
	currency := x.p.Law.At(p.docket.Now()).Currency
	for _, thing := range x.d.lost(x.p, x.mine) {
		var row ui.Row
		for i, id := range x.d.sums.shows {
			row.Cells = append(row.Cells, ui.Cell{Text: t.Value(law, "", x.d.sums.names[i], p.Zone, thing.Field(id), currency)})
		}
		part.Table.Rows = append(part.Table.Rows, row)
	}
	return part
}

// petitions are what he asked for here, with what was answered.
func (p *room) petitions(r *web.Request, x *look) toldPart {
	t, lb, a := r.Words, r.Words.Law(x.p.Law.Name), x.d.asks
	part := toldPart{"asked", t.T("visit.asked"), ui.TableView{Caption: t.T("visit.asked"), HideCaption: true, Empty: t.T("visit.none_asked"),
		Columns: []ui.Column{{Text: t.T("visit.when"), Unbroken: true}, {Text: t.T("visit.what")}, {Text: t.T("visit.answer")}}}}
	for _, no := range x.asked {
		thing := &x.p.State.Things[no]
		part.Table.Rows = append(part.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: t.Moment(p.Zone, thing.Came), Head: true}, {Text: thing.Field(a.textID).Text},
			{Text: lb.State(x.p.Law.KindName(a.kind), x.p.Law.StateName(a.kind, thing.State)), Note: thing.Field(a.answerID).Text}}})
	}
	return part
}

// asks is the form by which he asks for something, where the law lets it be asked now and not too much waits.
func (p *room) asks(r *web.Request, x *look, v *toldView, page *ui.Page) {
	t, a := r.Words, x.d.asks
	v.AskIs = t.T("visit.ask_is")
	if refused := p.mayAsk(r, x); refused != "" {
		v.AskLead = refused
		if x.failed != "" {
			page.Errors = append(page.Errors, ui.FieldError{Text: x.failed})
		}
		return
	}
	v.AskLead, v.Send = t.T("visit.ask_lead"), t.T("visit.send")
	lb := t.Law(x.p.Law.Name)
	if len(x.mine) > 1 {
		var options []ui.Option
		for _, no := range x.mine {
			options = append(options, ui.Option{Value: strconv.Itoa(int(no)), Text: t.Thing(x.p.Law, &x.p.State, no)})
		}
		v.Ask = append(v.Ask, ui.Select(ui.SelectField{Field: ui.Field{Name: fieldWho, Label: lb.Field(a.act, a.who)}, Value: x.who, Options: options}))
	}
	v.Ask = append(v.Ask, ui.Hidden(fieldSubmission, rand.Text()),
		ui.TextArea(ui.TextAreaField{Field: ui.Field{Name: fieldAsk, Label: lb.Field(a.act, a.text), Error: x.wrong}, Value: x.typed, Rows: 5}))
	if x.wrong != "" {
		page.Errors = append(page.Errors, ui.FieldError{Field: fieldAsk, Text: x.wrong})
	}
	if x.failed != "" {
		page.Errors = append(page.Errors, ui.FieldError{Text: x.failed})
	}
}

// mayAsk says why nothing can be asked now; "" where it can.
func (p *room) mayAsk(r *web.Request, x *look) string {
	rule := x.p.Law.At(p.docket.Now()).Act(x.d.asks.act)
	switch {
	case rule == nil || len(rule.From) > 0 && !slices.Contains(rule.From, x.p.State.Root().State):
		return r.Words.T("visit.ask_not_now")
	case x.d.waiting(x.p, x.asked) >= x.d.asks.most:
		return r.Words.T("visit.ask_enough")
	}
	return ""
}

// ask files what he asks for, as an act of the office in his name. Sent twice it is filed once.
func (p *room) ask(w http.ResponseWriter, r *web.Request) error {
	x, err := p.looking(r)
	if err != nil {
		return err
	}
	if x == nil || x.d.asks == nil {
		return p.over(w, r)
	}
	x.typed, x.who = strings.TrimSpace(r.PostForm.Get(fieldAsk)), r.PostForm.Get(fieldWho)
	submission := r.PostForm.Get(fieldSubmission)
	if p.mayAsk(r, x) != "" {
		return p.tell(w, r, http.StatusUnprocessableEntity, x)
	}
	who := x.mine[0]
	if n, err := strconv.ParseInt(x.who, 10, 32); err == nil && slices.Contains(x.mine, int32(n)) {
		who = int32(n)
	}
	form := maps.Clone(x.d.asks.form)
	form[x.d.asks.text], form[x.d.asks.who] = x.typed, strconv.Itoa(int(who))
	// The submission is his alone, whatever he sends for it.
	_, err = p.docket.Act(r.Context(), docket.Command{Proceeding: x.p.ID, Act: x.d.asks.act, Form: form, Submission: hashOf("told "+x.key, submission), Actor: x.d.actor(x.p.Office)})
	if err == nil {
		closed(w)
		return web.SeeOther(w, r, visitTold)
	}
	f := fault.Of(err)
	if f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		return err
	}
	if bad, ok := f.Fields[x.d.asks.text]; ok {
		x.wrong = r.Words.Fault(x.p.Law, &bad)
	} else {
		x.failed = r.Told(x.p.Law, f)
	}
	return p.tell(w, r, web.Status(f), x)
}
