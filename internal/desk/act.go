package desk

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"nazorat/internal/calendar"
	"nazorat/internal/docket"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/lawbook"
	"nazorat/internal/look"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/registering"
	"nazorat/internal/signin"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Names of what a form carries besides the fields of the law. The latter are
// prefixed, so that no law can name a field that means something here.
const (
	fieldPrefix     = "f."
	regionPrefix    = "region."   // of a place: the region chosen, where no code is typed
	currencyPrefix  = "currency." // of an amount
	dropPrefix      = "drop."     // of a file that was sent before: it is left out
	fieldVersion    = "version"
	fieldSubmission = "submission"
	fieldThing      = "thing"
	fieldDone       = "done"
)

type actView struct {
	Heading    ui.HeadingView
	On         string // what it is done on; "": the proceeding
	Refusal    *ui.RefusalView
	Action     string
	Version    string
	Submission string
	Thing      string
	ThingField *ui.SelectField
	Fields     []templ.Component
	Done       ui.DateField
	Button     string
	Cancel     string
	CancelHref string
	Back       string // where it leads when it is done, if not to the proceeding
	Another    string // of the button that does the act and leads to its form once more; "": there is none
	Closed     bool   // the act may not be done: no form
	Files      bool   // it takes files
	FollowsIs  string
	Follows    []string
	About      []ui.SummaryRow
	Before     *beforeView // what is shown first; nil: nothing
	Asked      bool        // it was shown, and the form is asked for once more
}

// form is one filling of an act's form on its way from the reader and back.
type form struct {
	law        *procedure.Law
	edition    *procedure.Edition
	rule       *procedure.ActRule
	p          *proceedings.Proceeding // nil for an act that opens one
	thing      int32
	typed      map[string]string // by the law's field names
	done       string            // as typed
	version    int64
	submission string
	failed     *fault.Error
	path       string
	back       string             // where it leads when it is done; "": to the proceeding
	shown      *registering.Shown // what is shown before it is done; nil: nothing
	asked      bool               // it was sent, and is asked about once more
	inside     *Inside            // the page that holds it; nil: one of its own
}

// actPage: the form of an act.
func (d *Desk) actPage(w http.ResponseWriter, r *web.Request) error {
	f, err := d.formOf(r, r.PathValue("act"))
	if err != nil {
		return err
	}
	return d.fresh(w, r, f)
}

// fresh shows the form of an act that nothing was typed into yet but what leads to it.
func (d *Desk) fresh(w http.ResponseWriter, r *web.Request, f *form) (err error) {
	f.thing, err = thingNo(r.URL.Query().Get(fieldThing))
	if err != nil {
		return err
	}
	f.thing = d.onlyThing(f, f.thing)
	if h := f.p.Hides(f.thing); h != nil {
		return h.Fault()
	}
	f.prefill(r.URL.Query())
	if f.inside == nil {
		f.back = backTo(r.URL.Query().Get(fieldBack))
	}
	if err := d.answered(r.Context(), r.Words, f); err != nil {
		return err
	}
	f.version, f.submission = f.p.Version, rand.Text()
	if err := d.shows(r, f); err != nil {
		return err
	}
	return d.showForm(w, r, http.StatusOK, f)
}

// openPage: the form of an act that opens a proceeding.
func (d *Desk) openPage(w http.ResponseWriter, r *web.Request) error {
	f, err := d.openingOf(r)
	if err != nil {
		return err
	}
	f.prefill(r.URL.Query())
	f.submission = rand.Text()
	return d.showForm(w, r, http.StatusOK, f)
}

// prefill takes over what a page that leads here knows already: f.office=... It is shown, and sent by whoever reads it.
func (f *form) prefill(q url.Values) {
	for _, fld := range f.rule.Form {
		if fld != nil && q.Get(fieldPrefix+fld.Name) != "" {
			f.typed[fld.Name] = q.Get(fieldPrefix + fld.Name)
		}
	}
}

func (d *Desk) act(w http.ResponseWriter, r *web.Request) error {
	f, err := d.formOf(r, r.PathValue("act"))
	if err != nil {
		return err
	}
	return d.do(w, r, f)
}

func (d *Desk) open(w http.ResponseWriter, r *web.Request) error {
	f, err := d.openingOf(r)
	if err != nil {
		return err
	}
	return d.do(w, r, f)
}

func (d *Desk) formOf(r *web.Request, act string) (*form, error) {
	p, err := d.docket.Proceeding(r.Context(), r.Actor(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	f := &form{p: p, law: p.Law, edition: p.Law.At(d.docket.Now()), typed: map[string]string{}}
	f.rule = f.edition.Act(act)
	if f.rule == nil || f.rule.Opens {
		return nil, fault.New(fault.NotFound, "fault.no_page", nil)
	}
	f.path = proceedingHref(p.ID) + "/acts/" + url.PathEscape(f.rule.Name)
	return f, nil
}

func (d *Desk) openingOf(r *web.Request) (*form, error) {
	law := d.docket.Law(r.URL.Query().Get("law"))
	if law == nil {
		return nil, fault.New(fault.NotFound, "fault.no_page", nil)
	}
	f := &form{law: law, edition: law.At(d.docket.Now()), typed: map[string]string{}}
	f.rule = f.edition.Act(r.PathValue("act"))
	if f.rule == nil || !f.rule.Opens {
		return nil, fault.New(fault.NotFound, "fault.no_page", nil)
	}
	f.path = "/open/" + url.PathEscape(f.rule.Name) + "?" + url.Values{"law": {law.Name}}.Encode()
	return f, nil
}

func thingNo(s string) (int32, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n < 0 {
		return 0, fault.New(fault.NotFound, "fault.no_page", nil)
	}
	return int32(n), nil
}

// candidates are the things that the act can be done on.
func (f *form) candidates() []int32 {
	var out []int32
	if f.p == nil || f.rule.On == 0 {
		return nil
	}
	for no := range f.p.State.Things {
		if f.p.State.Things[no].Kind == f.rule.On {
			out = append(out, int32(no))
		}
	}
	return out
}

// onlyThing chooses the thing where there is but one that it can be.
func (d *Desk) onlyThing(f *form, no int32) int32 {
	if list := f.candidates(); no == 0 && len(list) == 1 {
		return list[0]
	}
	return no
}

// sent takes over what a form brings that was sent.
func (f *form) sent(r *web.Request) (err error) {
	for name, values := range r.PostForm {
		if field, ok := strings.CutPrefix(name, fieldPrefix); ok && len(values) > 0 {
			f.typed[field] = values[0]
		}
	}
	f.compose(r.PostForm, r.Words.Law(f.law.Name))
	if f.thing, err = thingNo(r.PostForm.Get(fieldThing)); err != nil {
		return err
	}
	f.submission, f.done = r.PostForm.Get(fieldSubmission), strings.TrimSpace(r.PostForm.Get(fieldDone))
	if f.inside == nil {
		f.back = backTo(r.PostForm.Get(fieldBack))
	}
	if len(f.submission) < 16 || len(f.submission) > 64 || strings.ContainsFunc(f.submission, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fault.New(fault.Invalid, "fault.bad_form", nil)
	}
	if f.p == nil {
		return nil
	}
	if h := f.p.Hides(f.thing); h != nil {
		return h.Fault()
	}
	if f.version, err = number(r.PostForm.Get(fieldVersion)); err != nil || f.version < 1 {
		return fault.New(fault.Invalid, "fault.bad_form", nil)
	}
	return nil
}

// do sends the act to the docket; what was typed comes back with whatever is wrong.
func (d *Desk) do(w http.ResponseWriter, r *web.Request, f *form) error {
	err := f.sent(r)
	if err != nil {
		return err
	}
	c := docket.Command{Law: f.law.Name, Act: f.rule.Name, Actor: r.Actor(), Form: f.typed, Thing: f.thing, Submission: f.submission}
	if f.p != nil {
		c.Proceeding, c.Version = f.p.ID, f.version
	}
	if f.done != "" {
		// Moment 0 means "now" to the docket; nobody means it who types it.
		if c.Done, err = d.zone.ParseMoment(f.done); err != nil || c.Done == 0 {
			f.failed = &fault.Error{Kind: fault.Invalid, Key: "refusal.bad_form", Fields: map[string]fault.Error{fieldDone: {Key: fact.NotMoment}}}
			return d.showForm(w, r, http.StatusUnprocessableEntity, f)
		}
		// Minutes are what is filled in: this minute is now, and not its beginning, before which the thing may not have been there.
		if since := d.docket.Now() - c.Done; since >= 0 && since < calendar.Minute {
			c.Done = 0
		}
	}
	if len(r.FileFaults) > 0 {
		f.failed = &fault.Error{Kind: fault.Invalid, Key: "refusal.bad_form", Fields: r.FileFaults}
		return d.showForm(w, r, http.StatusUnprocessableEntity, f)
	}
	if f.rule.On != 0 && f.thing == 0 { // several to choose from, and none was chosen
		f.failed = &fault.Error{Kind: fault.Invalid, Key: "refusal.bad_form", Fields: map[string]fault.Error{fieldThing: {Key: procedure.FieldMissing}}}
		return d.showForm(w, r, http.StatusUnprocessableEntity, f)
	}
	if done, err := d.askFirst(w, r, f); done || err != nil {
		return err
	}
	receipt, err := d.docket.Act(r.Context(), c)
	if from := earliest(err); c.Done < from && from-c.Done < calendar.Minute && c.Done > 0 { // in the minute that was filled in, but not from its beginning
		c.Done = from
		receipt, err = d.docket.Act(r.Context(), c)
	}
	if err == nil {
		return web.SeeOther(w, r, f.leads(receipt, r.PostForm.Get(fieldAgain) != ""))
	}
	f.failed = fault.Of(err)
	if f.failed.Key == signin.PresenceRequired {
		return err // asked for on a page that keeps this form
	}
	switch f.failed.Kind {
	case fault.Internal:
		return err
	case fault.Conflict:
		// The other act is done; this form stays, and may be sent again over what there is now.
		f.submission = rand.Text()
		if f.p == nil {
			break
		}
		now, err := d.docket.Proceeding(r.Context(), r.Actor(), f.p.ID)
		switch {
		case err == nil:
			f.p, f.version = now, now.Version
		case !fault.Is(err, fault.NotFound):
			return err
		} // else it was handed away: the form is shown over what its officer saw last
	case fault.Unavailable:
		// The submission stays the same: if it was saved after all, it is not done twice.
	}
	return d.showForm(w, r, web.Status(f.failed), f)
}

// earliest is from when an act could have been done that was refused for being too early, or 0.
func earliest(err error) calendar.Moment {
	var refusal *procedure.Refusal
	if errors.As(err, &refusal) && refusal.Reason == procedure.TooEarly {
		return refusal.Due
	}
	return 0
}

func (d *Desk) showForm(w http.ResponseWriter, r *web.Request, status int, f *form) error {
	if f.p != nil && f.inside == nil { // the page around it says itself what is looked at
		if err := r.LookedAt(look.View, f.p, f.thing); err != nil {
			return err
		}
	}
	t, now := r.Words, d.docket.Now()
	lb := t.Law(f.law.Name)
	v := actView{Action: f.path, Submission: f.submission, Version: strconv.FormatInt(f.version, 10), Thing: strconv.Itoa(int(f.thing)),
		Button: lb.Act(f.rule.Name), Cancel: t.T("act.cancel"), CancelHref: "/",
		Heading: ui.HeadingView{Title: lb.Act(f.rule.Name), Lead: lb.Hint(f.rule.Name)}}
	page := r.Page(v.Heading.Title)
	if f.p != nil {
		v.CancelHref = proceedingHref(f.p.ID)
		v.Heading.Caption = f.p.Number
		if name := t.Thing(f.law, &f.p.State, f.thing); name != "" {
			v.Heading.Caption = t.T("act.caption", "number", f.p.Number, "thing", name)
			v.On = name
		}
		page.Breadcrumbs = []ui.Crumb{{Text: f.p.Number, Href: v.CancelHref}, {Text: v.Heading.Title}}
		if err := d.returns(r, f, &v, &page); err != nil {
			return err
		}
	}
	fieldErrors := map[string]string{}
	d.failure(r, f, &v, &page, fieldErrors)
	if f.failed == nil {
		var j Judged
		if f.p != nil {
			var err error
			of := func(rule *procedure.ActRule, thing int32) bool {
				return rule == f.rule && (f.thing == 0 || rule.On == 0 || thing == f.thing)
			}
			if j, err = JudgeOf(r.Context(), d.docket.Reader, f.p, r.Actor(), now, of); err != nil {
				return err
			}
		}
		v.Refusal = d.beforehand(r, f, &j)
		v.Closed = v.Refusal != nil && (f.inside == nil || r.Method == http.MethodGet) // what was typed is not taken away
	}
	if err := d.fields(r.Context(), r, f, &v, fieldErrors); err != nil {
		return err
	}
	done := f.done
	if done == "" && f.failed == nil {
		done = now.Time().In(d.zone.Location()).Format("2006-01-02T15:04")
	}
	v.Done = ui.DateField{Field: ui.Field{Name: fieldDone, Label: t.T("act.done"), Hint: t.T("act.done_hint"), Error: fieldErrors[fieldDone]}, Value: done}
	v.Files = d.vault != nil && f.takesFiles()
	v.FollowsIs, v.Follows = t.T("act.follows"), d.follows(t, f)
	v.About = []ui.SummaryRow{{Key: t.T("act.article"), Text: lb.Article(f.rule.Article), Href: lawbook.ActHref(f.edition, f.rule.Name)}, {Key: t.T("act.by"), Text: t.Or(web.Roles(lb, f.rule.By))}}
	if f.p != nil && f.thing > 0 && int(f.thing) < len(f.p.State.Things) { // what is decided on stands beside the button
		names, err := d.dir.Names(r.Context(), OfficersOf(&f.p.State, []int32{f.thing}))
		if err != nil {
			return err
		}
		v.About = append(d.facts(t, f.p, f.thing, names), v.About...)
	}
	if v.Before, v.Asked = d.before(r, f), f.asked; f.asked {
		v.Button = t.T("before.all_the_same", "act", v.Button)
	}
	if f.rule.Presence {
		v.About = append(v.About, ui.SummaryRow{Key: t.T("act.presence"), Text: t.T("act.presence_asked")})
	}
	if f.inside != nil {
		return f.inside.Show(f.p, status, page, actInside(v))
	}
	return r.Render(w, status, page, actBody(v))
}

// failure shows what a sending came back with.
func (d *Desk) failure(r *web.Request, f *form, v *actView, page *ui.Page, fieldErrors map[string]string) {
	if f.failed == nil {
		return
	}
	t := r.Words
	lb := t.Law(f.law.Name)
	for _, name := range f.inOrder() {
		wrong := f.failed.Fields[name]
		text := t.Fault(nil, &wrong)
		id := fieldPrefix + name
		label := lb.Field(f.rule.Name, name)
		switch {
		case name == fieldDone:
			id, label = fieldDone, t.T("act.done")
			fieldErrors[fieldDone] = text
		case name == fieldThing && f.rule.Field(name) == nil:
			id, label = fieldThing, lb.Kind(f.law.KindName(f.rule.On))
			fieldErrors[fieldThing] = text
		default:
			fieldErrors[fieldPrefix+name] = text
			if f.rule.Field(name) == nil {
				id = "" // no such field: nowhere to lead to
			}
		}
		page.Errors = append(page.Errors, ui.FieldError{Field: id, Text: t.T("act.field_error", "field", label, "error", text)})
	}
	if len(f.failed.Fields) > 0 {
		return
	}
	var refusal *procedure.Refusal
	switch {
	case errors.As(error(f.failed), &refusal):
		v.Refusal = f.refusalView(t, refusal)
		page.Errors = []ui.FieldError{{Text: v.Refusal.Title + " " + v.Refusal.Text}}
	case f.failed.Kind == fault.Conflict:
		page.Notices = append(page.Notices, d.conflict(r, f))
	default:
		page.Errors = []ui.FieldError{{Text: r.Told(f.law, f.failed)}}
	}
}

// inOrder lists the fields at fault as they stand in the form, then the others by name.
func (f *form) inOrder() []string {
	var out []string
	for _, fld := range f.rule.Form {
		if fld != nil {
			if _, bad := f.failed.Fields[fld.Name]; bad {
				out = append(out, fld.Name)
			}
		}
	}
	var rest []string
	for name := range f.failed.Fields {
		if f.rule.Field(name) == nil {
			rest = append(rest, name)
		}
	}
	sort.Strings(rest)
	return append(out, rest...)
}

// conflict tells what the other officer did.
func (d *Desk) conflict(r *web.Request, f *form) ui.NoticeView {
	t := r.Words
	n := ui.NoticeView{Tone: ui.Warn, Title: t.T("conflict.title"), Text: t.Fault(f.law, f.failed) + " " + t.T("conflict.kept")}
	if f.p == nil || f.failed.Key != "conflict.changed" {
		return n
	}
	// Whoever was first is told where he can be found out; else the notice says less, and the form matters more.
	last, err := d.docket.History(r.Context(), f.p, f.p.Version+1, 1)
	if err == nil && len(last) == 1 && last[0].Act == procedure.ComesIntoForce {
		n.Title, n.Text = t.T("conflict.edition_title"), t.T("conflict.edition")+" "+t.T("conflict.kept")
	} else if err == nil && len(last) == 1 && last[0].Hidden == nil {
		names, err := d.dir.Names(r.Context(), []string{last[0].Officer})
		if err == nil {
			n.Text = t.T("conflict.text", "name", t.Name(names[last[0].Officer]), "act", t.Law(f.law.Name).Act(last[0].Act), "when", t.Moment(d.zone, last[0].Recorded)) + " " + t.T("conflict.kept")
		}
	}
	return n
}

func (f *form) refusalView(t *web.Words, refusal *procedure.Refusal) *ui.RefusalView {
	return &ui.RefusalView{Title: t.T("refusal.title"), Text: t.Refusal(f.law, refusal), Article: t.Law(f.law.Name).Article(refusal.Article), ArticleHref: lawbook.ActHref(f.edition, refusal.Act)}
}

// beforehand says what would be refused whatever is filled in.
func (d *Desk) beforehand(r *web.Request, f *form, j *Judged) *ui.RefusalView {
	t := r.Words
	if f.p == nil {
		if !f.rule.Role(r.Actor().Role) {
			return f.refusalView(t, &procedure.Refusal{Reason: procedure.WrongRole, Act: f.rule.Name, Article: f.rule.Article, Roles: f.rule.By, Zone: d.zone})
		}
		return nil
	}
	if len(j.List) > 0 {
		ver := &j.List[0]
		if ver.Refusal != nil {
			return f.refusalView(t, ver.Refusal)
		}
		if why := j.Against(ver); why != nil {
			return f.policyView(r, why)
		}
		return nil
	}
	return f.refusalView(t, &procedure.Refusal{Reason: procedure.NoSuchThing, Act: f.rule.Name, Article: f.rule.Article, Kind: f.law.KindName(f.rule.On), Zone: d.zone})
}

// policyView is why no policy lets the officer do the act, or which forbids it.
func (f *form) policyView(r *web.Request, why *fault.Error) *ui.RefusalView {
	return &ui.RefusalView{Title: r.Words.T("refusal.not_reached"), Text: r.Told(f.law, why), Article: r.Words.Law(f.law.Name).Article(why.Article)}
}

// follows says what the act will bring about, from the law.
func (d *Desk) follows(t *web.Words, f *form) []string {
	lb := t.Law(f.law.Name)
	var out []string
	if f.rule.To >= 0 {
		kind := f.law.KindName(f.rule.On)
		out = append(out, t.T("follows.stage", "state", lb.State(kind, f.law.StateName(f.rule.On, f.rule.To))))
	}
	for _, term := range f.rule.Meets() {
		out = append(out, t.T("follows.meets", "term", lb.Term(term.Name), "article", lb.Article(term.Article)))
	}
	for _, term := range f.rule.Extends() {
		out = append(out, t.T("follows.extends", "term", lb.Term(term.Name), "article", lb.Article(term.Article)))
	}
	for _, term := range f.rule.Starts() {
		key := "follows.starts"
		switch {
		case term.Until != nil:
			key = "follows.starts_until"
		case term.Lengths != nil && term.Waiting():
			key = "follows.waits_until"
		case term.Lengths != nil:
			key = "follows.starts_length"
		case term.Waiting():
			key = "follows.waits"
		}
		out = append(out, t.T(key, "term", lb.Term(term.Name), "within", t.Period(term.Within), "article", lb.Article(term.Article)))
	}
	if len(f.rule.Copies) > 0 {
		out = append(out, t.T("follows.copies", "list", t.And(web.Roles(lb, f.rule.Copies))))
	}
	for _, link := range f.rule.Links {
		out = append(out, t.T("follows.links", "act", t.Law(link.Procedure).Act(link.Act)))
	}
	return out
}
