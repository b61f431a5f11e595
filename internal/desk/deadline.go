package desk

import (
	"net/http"
	"strconv"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/explain"
	"nazorat/internal/lawbook"
	"nazorat/internal/look"
	"nazorat/internal/picture"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

type deadlineView struct {
	Heading     ui.HeadingView
	Due         dueView
	Facts       []ui.SummaryRow
	WhyIs       string
	Steps       []string
	Edition     []string // by which edition it is counted
	OpenIs      string
	Open        []string // what the law leaves open about its counting
	Closed      string
	DoIs        string
	Do          []wayView
	EndsIs      string
	Ends        []string
	LongerIs    string
	Longer      []longerView
	NoLonger    string
	BreachIs    string
	Warning     string // a person is to be freed
	Breach      []string
	BreachSteps []breachStep // one after the other, each with its moment
	Told        doLink       // who was told of it
	SureIs      string
	Sure        []string
	Doubt       bool // a lawyer has yet to confirm the rule
	CountIs     string
	Count       daysCounted
	Clock       picture.ClockView
	OnClock     bool
	CreditIs    string
	Credit      ui.TableView // what counts toward it that was before; no rows where nothing does
	CreditNote  string
}

// dueView is the end of the term, large. Alarm stands above it, larger still: a person must be freed now.
type dueView struct {
	Alarm          string
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

// breachStep is a step of what follows if the term is not met; Reached is set where it has been taken.
type breachStep struct{ Text, Reached string }

// longerView is a way to make the term longer.
type longerView struct {
	Act, Href, Who, Article string
	Says                    []string
	Spent                   bool
}

// deadlineRead is all that the page of a deadline is made of.
type deadlineRead struct {
	p        *proceedings.Proceeding
	dl       *proceedings.Deadline
	x        procedure.Explanation
	story    explain.Story
	told     explain.Explained
	verdicts []procedure.Verdict // on acts that no policy keeps from the officer
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
	if err := r.LookedAt(look.View, read.p, read.dl.Thing); err != nil {
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
	x, story, err := Story(ctx, d.docket.Reader, d.dir, p, dl)
	if err != nil {
		return nil, err
	}
	read := &deadlineRead{p: p, dl: dl, x: x, story: story, told: explain.Tell(p.Law, x, story, now), now: now}
	read.stands = picture.Stands(x.Term, dl, now)
	judged, err := JudgeOf(ctx, d.docket.Reader, p, who, now, func(_ *procedure.ActRule, thing int32) bool { return read.bears(thing) })
	read.verdicts = judged.open()
	return read, err
}

func (d *Desk) deadlineView(t *web.Words, read *deadlineRead) deadlineView {
	p, dl, x := read.p, read.dl, &read.x
	lb := t.Law(p.Law.Name)
	part := func(part explain.Part) (title string, says []string) {
		return t.T(part.Key()), read.told.Texts(t, read.told.Of(part))
	}
	v := deadlineView{
		Heading: ui.HeadingView{Caption: lb.Kind(p.Law.KindName(0)) + " " + p.Number, Title: lb.Term(dl.Term), Aside: d.level(t, p)},
		Due:     d.dueView(t, read),
		Facts:   d.deadlineFacts(t, read),
		Count:   termMonths(t, p.Law, *x, read.story, read.now), CountIs: t.T("deadline.count"),
	}
	v.CreditIs, v.Credit, v.CreditNote = d.creditView(t, read)
	v.WhyIs, v.Steps = part(explain.Why)
	_, v.Edition = part(explain.Edition)
	v.OpenIs, v.Open = part(explain.Question)
	// What meets it, and its article, stand elsewhere on the page.
	v.EndsIs, v.Ends = t.T("deadline.away"), read.besides(t, explain.Ends, "explain.ends.met")
	v.SureIs, v.Sure = t.T("deadline.sure"), read.besides(t, explain.Sure, "explain.article.")
	_, sure := explain.Mark(x.Term.Confidence)
	v.Doubt = !sure
	v.DoIs, v.Do = d.waysToMeet(t, read)
	d.breachView(t, read, &v)
	v.Told = doLink{Text: t.T("deadline.told"), Href: deadlineHref(dl) + "/told"}
	if dl.Thing > 0 {
		v.Heading.Lead = t.T("deadline.about", "thing", t.Thing(p.Law, &p.State, dl.Thing))
	}
	if _, over := part(explain.Over); len(over) > 0 {
		v.Closed = over[0]
	}
	if len(v.Count.Months) == 0 && !x.Term.AtOnce { // what is due at once has no length to be drawn
		v.OnClock, v.Clock = true, picture.NewClock(t, d.zone, p, []proceedings.Deadline{*dl}, deadlineHref, read.now)
		v.Clock.Alone = true
	}
	if read.stands.Open() {
		v.LongerIs = t.T(explain.Longer.Key())
		v.Longer, v.NoLonger = d.waysToLengthen(t, read)
	}
	return v
}

// besides gives the sentences of a part but those whose keys begin with a prefix.
func (read *deadlineRead) besides(t *web.Words, part explain.Part, prefix string) (out []string) {
	for _, s := range read.told.Of(part) {
		if !strings.HasPrefix(s.Key, prefix) {
			out = append(out, read.told.Text(t, s))
		}
	}
	return out
}

// breachView: what follows if it is not met; that a person must be freed is a warning.
func (d *Desk) breachView(t *web.Words, read *deadlineRead, v *deadlineView) {
	v.BreachIs = t.T(explain.Breach.Key())
	for _, s := range read.told.Of(explain.Breach) {
		text := read.told.Text(t, s)
		switch s.Key {
		case "explain.breach.release":
			v.Warning = text
		case "explain.breach.told", "explain.breach.escalated":
			step := breachStep{Text: text}
			if n := len(v.BreachSteps); n < len(read.x.Steps) && read.stands.Open() && read.stands != picture.Stopped && read.x.Steps[n].At <= read.now {
				step.Reached = t.T("deadline.reached")
			}
			v.BreachSteps = append(v.BreachSteps, step)
		default:
			v.Breach = append(v.Breach, text)
		}
	}
}

func (d *Desk) dueView(t *web.Words, read *deadlineRead) dueView {
	dl := read.dl
	date := t.Date(d.zone.Date(dl.Due))
	tod := strings.TrimPrefix(t.Moment(d.zone, dl.Due), date+" ") // "24:00" at the end of a day
	v := dueView{Tone: read.stands.Tone(), Label: t.T("deadline.until"), Day: t.LongDate(d.zone.Date(dl.Due)), Machine: web.Machine(d.zone, dl.Due),
		Tag: read.stands.Words(t, read.x.Term, dl, read.now), Time: t.T("deadline.time", "time", tod)}
	switch {
	case read.stands == picture.Stopped:
		v.Label = t.T("deadline.until_stopped")
	case read.x.Term.Waiting():
		v.Label = t.T("deadline.until_waiting")
	case read.x.Term.AtOnce:
		v.Label, v.Time = t.T("deadline.until_at_once"), t.T("deadline.time_since", "time", tod)
	case read.stands == picture.Over && read.x.Term.Breach == procedure.Release:
		v.Alarm = t.T("release.now")
	}
	return v
}

// deadlineFacts: what must be done, who owes it, which law says so.
func (d *Desk) deadlineFacts(t *web.Words, read *deadlineRead) []ui.SummaryRow {
	p, dl, term := read.p, read.dl, read.x.Term
	lb := t.Law(p.Law.Name)
	var rows []ui.SummaryRow
	if !term.Waiting() {
		who, note := lb.Role(dl.Role), ""
		if name := read.story.Names[dl.Officer]; name != "" {
			who, note = t.Name(name), lb.Role(dl.Role)
		}
		rows = append(rows, ui.SummaryRow{Key: t.T("deadline.owes"), Text: who, Note: note})
	}
	if office := t.Office(d.dir.Tree().Office(dl.Office)); office != "" {
		rows = append(rows, ui.SummaryRow{Key: t.T("deadline.office"), Text: office})
	}
	rows = append(rows, ui.SummaryRow{Key: t.T("deadline.article"), Text: lb.Article(term.Article), Href: lawbook.TermHref(read.x.Edition, term.Name), Note: lawbook.Source(lb, read.x.Edition, term.Article)},
		ui.SummaryRow{Key: t.T("deadline.edition"), Text: t.T("law.since", "date", t.Date(read.x.Edition.InForce))})
	if base := read.story.Parent; base != nil {
		rows = append(rows, ui.SummaryRow{Key: t.T("deadline.parent"), Text: lb.Term(p.Law.TermName(base.Term)), Href: deadlineHref(&proceedings.Deadline{Proceeding: p.ID, No: base.No})})
	}
	return rows
}

// waysToMeet lists the acts that meet the term; of a time of waiting, those that must wait.
func (d *Desk) waysToMeet(t *web.Words, read *deadlineRead) (title string, ways []wayView) {
	lb := t.Law(read.p.Law.Name)
	title, rules := t.T("deadline.do"), read.x.MetBy
	if read.x.Term.Waiting() {
		title, rules = t.T("deadline.waits"), read.x.Waiting
	}
	for _, r := range rules {
		if r == nil {
			continue
		}
		ways = append(ways, wayView{Act: lb.Act(r.Name), Who: t.Or(web.Roles(lb, r.By)), Article: lb.Article(r.Article),
			LawURL: lawbook.ActHref(read.x.Edition, r.Name), Href: read.mayDo(r.Name)})
	}
	return title, ways
}

// mayDo is where the officer can do an act that bears on this deadline now; "" if he may not.
func (read *deadlineRead) mayDo(act string) string {
	if !read.stands.Open() && read.stands != picture.Waited {
		return ""
	}
	for _, v := range read.verdicts {
		if v.Refusal != nil || v.Rule.Name != act {
			continue
		}
		return actHref(read.p.ID, act, v.Thing)
	}
	return ""
}

// bears reports whether what is done on a thing may bear on the deadline.
func (read *deadlineRead) bears(thing int32) bool {
	of := read.dl.Thing
	return thing == 0 || of == 0 || read.p.State.Under(thing, of) || read.p.State.Under(of, thing)
}

// waysToLengthen lists the ways to make a running term longer, or says why there is none.
func (d *Desk) waysToLengthen(t *web.Words, read *deadlineRead) (ways []longerView, none string) {
	lb := t.Law(read.p.Law.Name)
	list := read.told.Of(explain.Longer)
	for _, s := range list {
		if s.About == "" {
			none = read.told.Text(t, s)
		}
	}
	for _, lg := range read.x.Longer {
		v := longerView{Act: lb.Act(lg.Act.Name), Who: t.Or(web.Roles(lb, lg.Act.By)), Article: lb.Article(lg.Article), Spent: lg.Spent}
		if v.Article == "" {
			v.Article = lb.Article(lg.Act.Article)
		}
		for _, s := range list {
			if s.About == lg.Act.Name && s.Key != "explain.longer.who" { // who and by which article stand at its head
				v.Says = append(v.Says, read.told.Text(t, s))
			}
		}
		if len(v.Says) == 0 {
			continue
		}
		if !lg.Spent {
			v.Href = read.mayDo(lg.Act.Name)
		}
		ways = append(ways, v)
	}
	return ways, none
}
