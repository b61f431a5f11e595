package desk

import (
	"math"
	"net/http"
	"strconv"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/docket"
	"nazorat/internal/lawbook"
	"nazorat/internal/picture"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// mostEntries is how far back the journal is searched for what happened to one deadline.
const mostEntries = 500

type deadlineView struct {
	Heading  ui.HeadingView
	Due      dueView
	Facts    []ui.SummaryRow
	WhyIs    string
	Steps    []string
	Closed   string
	Unknown  string // days off of a year that are not decreed yet
	DoIs     string
	Do       []wayView
	AwayIs   string
	Away     string
	LongerIs string
	Longer   []longerView
	NoLonger string
	BreachIs string
	Breach   string
	Release  bool // a person is to be freed: shown as a warning
	CountIs  string
	Count    daysCounted
	Clock    picture.ClockView
	OnClock  bool
}

// dueView is the end of the term, large.
type dueView struct {
	Tone           ui.DeadlineTone
	Label          string
	Day, Time, Tag string
	Machine        string
}

// wayView is an act that meets the term; Href is set where this officer may do it now.
type wayView struct {
	Act, Href, Who  string
	Article, LawURL string
}

// longerView is a way to make the term longer.
type longerView struct {
	Act, Href, Who, Article string
	Says                    []string
	Spent                   bool
}

// deadlineRead is all that the page of a deadline is made of.
type deadlineRead struct {
	p        *docket.Proceeding
	dl       *docket.Deadline
	x        procedure.Explanation
	story    termStory
	verdicts []procedure.Verdict // nil where the officer's mandate does not reach the proceeding
	now      calendar.Moment
	stands   picture.Standing
}

// deadlinePage: one deadline explained: who owes what, until when, why then,
// what ends it, who may make it longer, what happens if it runs out.
func (d *Desk) deadlinePage(w http.ResponseWriter, r *web.Request) error {
	no, err := strconv.ParseInt(r.PathValue("no"), 10, 32)
	if err != nil {
		return badLink(err)
	}
	read, err := d.readDeadline(r, int32(no))
	if err != nil {
		return err
	}
	v := d.deadlineView(r.Words, read)
	page := r.Page(v.Heading.Title + " · " + read.p.Number)
	page.Breadcrumbs = []ui.Crumb{{Text: read.p.Number, Href: proceedingHref(read.p.ID)}, {Text: v.Heading.Title}}
	return r.Render(w, http.StatusOK, page, deadlineBody(v))
}

func (d *Desk) readDeadline(r *web.Request, no int32) (*deadlineRead, error) {
	ctx, who, now := r.Context(), r.Actor(), d.docket.Now()
	p, err := d.docket.Proceeding(ctx, who, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	dl, err := d.docket.Deadline(ctx, p, no)
	if err != nil {
		return nil, err
	}
	decoded, err := p.Law.DecodeDeadline(dl.Basis)
	if err != nil {
		return nil, err
	}
	read := &deadlineRead{p: p, dl: dl, x: p.Law.Explain(decoded), now: now}
	read.stands = picture.Stands(read.x.Term, dl, now)
	history, err := d.docket.History(ctx, p, math.MaxInt64, mostEntries)
	if err != nil {
		return nil, err
	}
	read.story = storyOf(p.Law, dl, history)
	if read.x.Before != nil {
		all, err := d.docket.Deadlines(ctx, p)
		if err != nil {
			return nil, err
		}
		read.story.parent = parentOf(&read.x, dl, all)
	}
	if read.story.names, err = d.dir.Names(ctx, append(read.story.officers(), dl.Officer)); err != nil {
		return nil, err
	}
	if list, reach := d.judge(p, who, now); reach {
		read.verdicts = list
	}
	return read, nil
}

// parentOf finds the deadline before whose end this one ends: of its term, for
// the same thing, and so far after it as the law says; the newest of those.
func parentOf(x *procedure.Explanation, dl *docket.Deadline, all []docket.Deadline) *docket.Deadline {
	for i := range all {
		o := &all[i]
		if o.Term == x.Before.Name && o.Thing == dl.Thing && x.Edition.Days.Before(o.Due, x.By) == dl.Due {
			return o
		}
	}
	return nil
}

func (d *Desk) deadlineView(t *web.Words, read *deadlineRead) deadlineView {
	p, dl, x := read.p, read.dl, &read.x
	lb := t.Law(p.Law.Name)
	v := deadlineView{
		Heading: ui.HeadingView{Caption: lb.Kind(p.Law.KindName(0)) + " " + p.Number, Title: lb.Term(dl.Term)},
		Due:     d.dueView(t, read),
		Facts:   d.deadlineFacts(t, read),
		WhyIs:   t.T("deadline.why"), Steps: termSteps(t, p.Law, *x, read.story),
		DoIs: t.T("deadline.do"), Do: d.waysToMeet(t, read),
		BreachIs: t.T("law.breach"), Breach: t.T("law.breach." + x.Term.Breach.String()), Release: x.Term.Breach == procedure.Release,
		CountIs: t.T("deadline.count"), Count: termMonths(t, p.Law, *x, read.story, read.now),
	}
	if dl.Thing > 0 {
		v.Heading.Lead = t.T("deadline.about", "thing", t.Thing(p.Law, &p.State, dl.Thing))
	}
	if !x.Known {
		v.Unknown = t.T("deadline.unknown_days")
	}
	v.Closed = closedWords(t, d.zone, p.Law, read)
	if len(v.Count.Months) == 0 {
		v.OnClock, v.Clock = true, picture.NewClock(t, d.zone, p, []docket.Deadline{*dl}, deadlineHref, read.now)
		v.Clock.Alone = true
	}
	if len(x.Term.EndedBy) > 0 {
		var acts []string
		for _, id := range x.Term.EndedBy {
			acts = append(acts, t.T("deadline.quoted", "act", lb.Act(p.Law.ActName(id))))
		}
		v.AwayIs, v.Away = t.T("deadline.away"), t.T("deadline.away_by", "list", t.Or(acts))
	}
	if read.stands.Open() {
		v.LongerIs = t.T("deadline.longer")
		v.Longer, v.NoLonger = d.waysToLengthen(t, read)
	}
	return v
}

func (d *Desk) dueView(t *web.Words, read *deadlineRead) dueView {
	dl := read.dl
	date := t.Date(d.zone.Date(dl.Due))
	tod := strings.TrimPrefix(t.Moment(d.zone, dl.Due), date+" ") // "24:00" at the end of a day
	v := dueView{Tone: read.stands.Tone(), Label: t.T("deadline.until"), Day: t.LongDate(d.zone.Date(dl.Due)), Machine: web.Machine(d.zone, dl.Due),
		Tag: read.stands.Words(t, read.x.Term, dl, read.now), Time: t.T("deadline.time", "time", tod)}
	if read.stands == picture.Stopped {
		v.Label = t.T("deadline.until_stopped")
	}
	return v
}

// deadlineFacts: what must be done, who owes it, which law says so.
func (d *Desk) deadlineFacts(t *web.Words, read *deadlineRead) []ui.SummaryRow {
	p, dl, term := read.p, read.dl, read.x.Term
	lb := t.Law(p.Law.Name)
	who, note := lb.Role(dl.Role), ""
	if name := read.story.names[dl.Officer]; name != "" {
		who, note = t.Name(name), lb.Role(dl.Role)
	}
	office := t.Office(d.dir.Tree().Office(dl.Office))
	rows := []ui.SummaryRow{{Key: t.T("deadline.owes"), Text: who, Note: note}}
	if office != "" {
		rows = append(rows, ui.SummaryRow{Key: t.T("deadline.office"), Text: office})
	}
	rows = append(rows, ui.SummaryRow{Key: t.T("deadline.article"), Text: lb.Article(term.Article), Href: lawbook.TermHref(read.x.Edition, term.Name), Note: lawbook.Source(lb, read.x.Edition, term.Article)},
		ui.SummaryRow{Key: t.T("deadline.edition"), Text: t.T("law.since", "date", t.Date(read.x.Edition.InForce))})
	if read.story.parent != nil {
		rows = append(rows, ui.SummaryRow{Key: t.T("deadline.parent"), Text: lb.Term(read.x.Before.Name), Href: deadlineHref(read.story.parent)})
	}
	return rows
}

// closedWords tells how a deadline that is over came to its end; "" for one that is not.
func closedWords(t *web.Words, zone *calendar.Zone, law *procedure.Law, read *deadlineRead) string {
	if read.dl.Closed == 0 || read.stands.Open() {
		return ""
	}
	key, args := "deadline.closed."+string(read.stands), []any{"when", t.LongMoment(zone, read.dl.Closed), "length", t.Length(read.dl.Closed - read.dl.Due)}
	if l := read.story.closed; l != nil {
		role := t.Law(law.Name).Role(l.Role)
		who := role
		if name := read.story.names[l.Officer]; name != "" {
			who = t.T("deadline.who", "name", t.Name(name), "role", role)
		}
		key += "_by"
		args = append(args, "who", who, "act", t.Law(law.Name).Act(l.Act))
	}
	return t.T(key, args...)
}

// waysToMeet lists the acts that meet the term.
func (d *Desk) waysToMeet(t *web.Words, read *deadlineRead) []wayView {
	lb := t.Law(read.p.Law.Name)
	var out []wayView
	for _, r := range read.x.MetBy {
		out = append(out, wayView{Act: lb.Act(r.Name), Who: t.Or(web.Roles(lb, r.By)), Article: lb.Article(r.Article),
			LawURL: lawbook.ActHref(read.x.Edition, r.Name), Href: read.mayDo(r.Name)})
	}
	return out
}

// mayDo is where the officer can do an act that bears on this deadline now; "" if he may not.
func (read *deadlineRead) mayDo(act string) string {
	if !read.stands.Open() {
		return ""
	}
	for _, v := range read.verdicts {
		if v.Refusal != nil || v.Rule.Name != act {
			continue
		}
		if v.Thing == read.dl.Thing || v.Thing == 0 || read.dl.Thing == 0 || read.belongs(v.Thing, read.dl.Thing) {
			return actHref(read.p.ID, act, v.Thing)
		}
	}
	return ""
}

// belongs reports whether one of two things belongs to the other.
func (read *deadlineRead) belongs(a, b int32) bool {
	things := read.p.State.Things
	under := func(a, b int32) bool {
		for a > 0 && int(a) < len(things) {
			if a == b {
				return true
			}
			a = things[a].Of
		}
		return a == b
	}
	return under(a, b) || under(b, a)
}

// waysToLengthen lists the ways to make a running term longer, or says why there is none.
func (d *Desk) waysToLengthen(t *web.Words, read *deadlineRead) (ways []longerView, none string) {
	x, lb := &read.x, t.Law(read.p.Law.Name)
	switch {
	case x.Before != nil:
		return nil, t.T("deadline.longer.before", "term", lb.Term(x.Before.Name))
	case len(x.Longer) == 0:
		return nil, t.T("deadline.longer.never")
	case read.stands == picture.Over:
		return nil, t.T("deadline.longer.over")
	}
	spent := 0
	for _, lg := range x.Longer {
		v := longerView{Act: lb.Act(lg.Act.Name), Who: t.Or(web.Roles(lb, lg.Act.By)), Article: lb.Article(lg.Article), Spent: lg.Spent, Says: longerWords(t, d.zone, lb, lg, read.now)}
		if v.Article == "" {
			v.Article = lb.Article(lg.Act.Article)
		}
		if lg.Spent {
			spent++
		} else {
			v.Href = read.mayDo(lg.Act.Name)
		}
		ways = append(ways, v)
	}
	if spent == len(ways) {
		none = t.T("deadline.longer.spent_all")
	}
	return ways, none
}

func longerWords(t *web.Words, zone *calendar.Zone, lb *procedure.Labels, lg procedure.Longer, now calendar.Moment) []string {
	if lg.Spent {
		return []string{t.T("deadline.longer.spent")}
	}
	var says []string
	args := []any{"when", t.LongMoment(zone, lg.Would)}
	switch {
	case !lg.To.IsZero():
		says = append(says, t.T("deadline.longer.to", append(args, "period", t.Period(lg.To))...))
	case !lg.Add.IsZero():
		says = append(says, t.T("deadline.longer.add", append(args, "period", t.Period(lg.Add))...))
	default:
		says = append(says, t.T("deadline.longer.until"))
	}
	if lg.AskUntil == 0 || lg.Would == 0 {
		return says
	}
	var acts, by []string
	for _, r := range lg.AskAct {
		acts = append(acts, t.T("deadline.quoted", "act", lb.Act(r.Name)))
		by = append(by, web.Roles(lb, r.By)...)
	}
	key := "deadline.longer.ask"
	if lg.AskUntil < now {
		key = "deadline.longer.ask_over"
	}
	return append(says, t.T(key, "when", t.LongMoment(zone, lg.AskUntil), "acts", t.Or(acts), "who", t.Or(by)))
}
