package portal

import (
	"errors"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/hearing"
	"nazorat/internal/notice"
	"nazorat/internal/procedure"
	"nazorat/internal/receipt"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Href is the address of the form.
const Href = "/report"

// Names of what the forms carry. The fields of the law are prefixed.
const (
	fieldPrefix  = "f."
	fieldNamed   = "named"
	fieldBy      = "by"
	fieldAddress = "address." // with the channel
	fieldCode    = "code"

	unnamed = "no"
)

// room is the pages.
type room struct {
	*Desk
	*web.Server
	receipts *receipt.Room
	hearings *hearing.Calendar
}

// Register adds the pages to a server.
func Register(s *web.Server, k *Desk, receipts *receipt.Room, hearings *hearing.Calendar) {
	k.log, k.synthetic = s.Log, s.Synthetic
	p := &room{k, s, receipts, hearings}
	s.HandlePublic("GET "+Href, p.formPage)
	s.HandlePublic("POST "+Href, p.send)
	s.HandlePublic("GET "+Href+"/{token}", p.reportPage)
	s.HandlePublic("POST "+Href+"/{token}/code", p.confirmCode)
	s.HandlePublic("POST "+Href+"/{token}/again", p.sendAgain)
	s.HandlePublic("GET "+Href+"/{token}/receipt", p.file)
	s.HandlePublic("GET "+VisitHref, p.askPage)
	s.HandlePublic("POST "+VisitHref, p.askCode)
	s.HandlePublic("GET "+visitCode, p.codePage)
	s.HandlePublic("POST "+visitCode, p.takeVisitCode)
	s.HandlePublic("GET "+visitTold, p.toldPage)
	s.HandlePublic("POST "+visitTold, p.ask)
	s.HandlePublic("POST "+visitEnd, p.leave)
}

type formView struct {
	Heading ui.HeadingView
	Urgent  ui.NoticeView
	None    *ui.NoticeView // no report can be made in this way
	Failed  string
	Tabs    []ui.TabItem
	TabsAre string
	Apart   string
	Action  string
	Named   string
	Fields  []templ.Component
	By      templ.Component // nil for one without a name
	False   string
	Button  string
	CheckIs string
	CheckAt string
}

// filled is one filling of the form.
type filled struct {
	named   bool
	typed   map[string]string
	by      notice.Channel
	address map[notice.Channel]string
	errs    map[string]string // what is wrong, in words, by field of the page
	failed  string
}

func (p *room) formPage(w http.ResponseWriter, r *web.Request) error {
	return p.form(w, r, http.StatusOK, &filled{named: r.URL.Query().Get(fieldNamed) != unnamed})
}

// rule of the act that a filling leads to; nil where there is none.
func (p *room) rule(named bool) *procedure.ActRule {
	if p.rules == nil || p.rules.act(named) == "" {
		return nil
	}
	return p.rules.law.At(p.docket.Now()).Act(p.rules.act(named))
}

// channels by which a code can be sent.
func (p *room) channels() []notice.Channel {
	list := p.notices.Channels()
	if len(list) == 0 && p.synthetic {
		return []notice.Channel{notice.Email, notice.SMS}
	}
	return list
}

func (p *room) form(w http.ResponseWriter, r *web.Request, status int, f *filled) error {
	t := r.Words
	v := formView{Heading: ui.HeadingView{Title: t.T("portal.title"), Lead: t.T("portal.lead")}, Urgent: ui.NoticeView{Tone: ui.Warn, Title: t.T("portal.urgent_title"), Text: t.T("portal.urgent")},
		Failed: f.failed, Action: Href, Button: t.T("portal.send"), False: t.T("portal.false"), TabsAre: t.T("portal.title"), CheckIs: t.T("check.title"), CheckAt: receipt.CheckPath}
	page := r.Page(v.Heading.Title)
	page.Narrow = true
	w.Header().Set("Cache-Control", "no-store")
	rule := p.rule(f.named)
	if rule == nil {
		v.None = &ui.NoticeView{Tone: ui.Info, Title: t.T("portal.none_title"), Text: t.T("portal.none")}
		return r.Render(w, status, page, formBody(v))
	}
	lb := t.Law(p.rules.law.Name)
	if p.rules.unnamed != "" {
		v.Tabs = []ui.TabItem{{Text: t.T("portal.named"), Href: Href, Current: f.named}, {Text: t.T("portal.unnamed"), Href: Href + "?" + fieldNamed + "=" + unnamed, Current: !f.named}}
	}
	if !f.named {
		v.Named, v.Apart = unnamed, t.T("portal.unnamed_is", "article", lb.Article(p.rules.apart))
	} else if len(p.channels()) == 0 {
		v.None = &ui.NoticeView{Tone: ui.Warn, Title: t.T("portal.no_codes_title"), Text: t.T("portal.no_codes")}
		return r.Render(w, status, page, formBody(v))
	}
	for _, fld := range rule.Form {
		if fld == nil || f.named && fld.Name == p.rules.reached {
			continue
		}
		v.Fields = append(v.Fields, p.input(r, rule, fld, f))
		if wrong := f.errs[fieldPrefix+fld.Name]; wrong != "" {
			page.Errors = append(page.Errors, ui.FieldError{Field: fieldPrefix + fld.Name, Text: t.T("portal.field_error", "field", lb.Field(rule.Name, fld.Name), "error", wrong)})
		}
	}
	if f.named {
		v.By = p.reachedBy(r, f, &page, t.T("portal.by"))
	}
	if f.failed != "" {
		page.Errors = append(page.Errors, ui.FieldError{Text: f.failed})
	}
	return r.Render(w, status, page, formBody(v))
}

// reachedBy asks where somebody is reached, in such words.
func (p *room) reachedBy(r *web.Request, f *filled, page *ui.Page, label string) templ.Component {
	t := r.Words
	choice := ui.ChoiceField{Field: ui.Field{Name: fieldBy, Label: label, Error: f.errs[fieldBy]}, Values: []string{string(f.by)}}
	if f.errs[fieldBy] != "" {
		page.Errors = append(page.Errors, ui.FieldError{Field: fieldBy, Text: f.errs[fieldBy]})
	}
	channels := p.channels()
	for _, c := range channels {
		x := p.address(t, c, f.address[c], f.errs[fieldAddress+string(c)])
		if x.Error != "" {
			page.Errors = append(page.Errors, ui.FieldError{Field: x.Name, Text: x.Error})
		}
		if len(channels) == 1 {
			return only(ui.Hidden(fieldBy, string(c)), ui.Text(x))
		}
		choice.Options = append(choice.Options, ui.Option{Value: string(c), Text: t.T("portal." + string(c)), Conditional: ui.Text(x)})
	}
	return ui.Radios(choice)
}

// address is the field for one of a channel.
func (p *room) address(t *web.Words, c notice.Channel, value, wrong string) ui.TextField {
	x := ui.TextField{Field: ui.Field{Name: fieldAddress + string(c), Label: t.T("portal.address." + string(c)), Hint: t.T("portal.email_hint", "example", notice.ExampleEmail), Error: wrong}, Value: value, Type: "email", Autocomplete: "email", Width: 30}
	if c == notice.SMS {
		x.Type, x.Autocomplete, x.Width, x.Hint = "tel", "tel", 20, t.T("portal.sms_hint", "example", p.notices.Example)
	}
	return x
}

// input is the field of the form for one of the law's.
func (p *room) input(r *web.Request, rule *procedure.ActRule, fld *procedure.Field, f *filled) templ.Component {
	t := r.Words
	lb := t.Law(p.rules.law.Name)
	base := ui.Field{Name: fieldPrefix + fld.Name, Label: lb.Field(rule.Name, fld.Name), Optional: fld.Optional, Error: f.errs[fieldPrefix+fld.Name]}
	value := f.typed[fld.Name]
	switch fld.Type {
	case fact.Choice:
		var options []ui.Option
		for _, c := range fld.Choices {
			options = append(options, ui.Option{Value: c, Text: lb.Choice(rule.Name, fld.Name, c)})
		}
		return ui.Select(ui.SelectField{Field: base, Value: value, Options: options, Empty: t.T("act.choose")})
	case fact.Place:
		var options []ui.Option
		seen := map[string]bool{}
		e := p.rules.law.At(p.docket.Now())
		for _, o := range p.dir.Tree().Offices() {
			if o.Kind == p.rules.kind && o.Closed == 0 && o.Place != "" && !seen[o.Place] {
				seen[o.Place] = true
				// The body of the whole country is at no place that the law knows.
				if _, bad := e.ReadForm(rule, map[string]string{fld.Name: o.Place}); bad[fld.Name] != "" {
					continue
				}
				options = append(options, ui.Option{Value: o.Place, Text: t.Office(o)})
			}
		}
		base.Hint = t.T("portal.place_hint")
		return ui.Select(ui.SelectField{Field: base, Value: value, Options: options, Empty: t.T("act.choose")})
	case fact.Date:
		return ui.Date(ui.DateField{Field: base, Value: value})
	case fact.Person:
		return ui.Text(ui.TextField{Field: base, Value: value, Autocomplete: "name"})
	case fact.Text:
		if fld.Most == 0 || fld.Most > 300 {
			return ui.TextArea(ui.TextAreaField{Field: base, Value: value, Rows: 5})
		}
	}
	return ui.Text(ui.TextField{Field: base, Value: value})
}

// read takes what was sent, and says what is wrong with it as the law does: it asks the law itself.
func (p *room) read(r *web.Request) (*filled, *report) {
	t, form := r.Words, r.PostForm
	f := &filled{named: form.Get(fieldNamed) != unnamed, typed: map[string]string{}, address: map[notice.Channel]string{}, errs: map[string]string{}}
	rule := p.rule(f.named)
	if rule == nil {
		return f, nil
	}
	for _, fld := range rule.Form {
		if fld == nil {
			continue
		}
		if text := strings.TrimSpace(form.Get(fieldPrefix + fld.Name)); text != "" {
			f.typed[fld.Name] = text
		}
	}
	x := &report{law: p.rules.law.Name, named: f.named, form: f.typed, lang: t.Lang}
	if f.named {
		f.by = notice.Channel(form.Get(fieldBy))
		known := false
		for _, c := range p.channels() {
			f.address[c] = form.Get(fieldAddress + string(c))
			known = known || c == f.by
		}
		if !known {
			f.errs[fieldBy] = t.T("portal.by_missing")
		} else if at, err := p.notices.AddressOf(f.by, f.address[f.by]); err != nil {
			f.errs[fieldAddress+string(f.by)] = t.Fault(nil, fault.Of(err))
		} else {
			x.channel, x.address = f.by, at
			f.typed[p.rules.reached] = at
		}
	}
	if offices := p.dir.Tree().Nearest(p.rules.kind, f.typed[p.rules.place]); len(offices) > 0 {
		x.office = offices[0].ID
	}
	bad, refused := p.wrong(rule, f.typed, x.office)
	if refused != nil && len(bad) == 0 {
		f.failed = t.Fault(p.rules.law, refused)
	}
	for name, key := range bad {
		if name == p.rules.reached && f.named {
			continue // it is said beside its own field
		}
		f.errs[fieldPrefix+name] = t.T(key)
	}
	if at := fieldPrefix + p.rules.place; x.office == "" && f.errs[at] == "" {
		f.errs[at] = t.T("portal.place_none")
	}
	return f, x
}

// wrong is what the law finds wrong with a form, by field: the keys of texts; and what else it has against the act, nil for nothing. What it
// would refuse is not kept: confirmed, it would wait for ever.
func (p *room) wrong(rule *procedure.ActRule, typed map[string]string, office string) (map[string]string, *fault.Error) {
	now := p.docket.Now()
	e := p.rules.law.At(now)
	form, bad := e.ReadForm(rule, typed)
	_, _, err := e.Apply(procedure.State{Office: office}, procedure.Act{Act: rule.ID, Form: form, Done: now, Recorded: now, Role: p.rules.role, Office: office})
	if bad == nil {
		bad = map[string]string{}
	}
	var refusal *procedure.Refusal
	switch {
	case err == nil:
		return bad, nil
	case !errors.As(err, &refusal):
		return bad, fault.Of(err)
	case refusal.Reason != procedure.BadForm:
		return bad, refusal.Fault()
	}
	for name, key := range refusal.Fields {
		if bad[name] == "" { // a field that could not be read is not missing
			bad[name] = key
		}
	}
	return bad, nil
}

// send keeps a report and leads to its page.
func (p *room) send(w http.ResponseWriter, r *web.Request) error {
	f, x := p.read(r)
	if x == nil {
		return fault.New(fault.NotFound, "fault.no_page", nil)
	}
	if len(f.errs) > 0 || f.failed != "" {
		return p.form(w, r, http.StatusUnprocessableEntity, f)
	}
	token, err := p.keep(r.Context(), x, r.Machine())
	switch {
	case fault.Is(err, fault.Forbidden):
		f.failed = r.Words.T("portal.too_many")
		return p.form(w, r, http.StatusTooManyRequests, f)
	case err != nil:
		p.log.ErrorContext(r.Context(), "a report of a citizen was not kept", "request", r.ID, "error", err)
		f.failed = r.Words.T("portal.failed")
		return p.form(w, r, http.StatusServiceUnavailable, f)
	}
	return web.SeeOther(w, r, Href+"/"+token)
}

type reportView struct {
	Heading ui.HeadingView
	Notices []ui.NoticeView
	Lead    []string
	Action  string
	Code    *ui.TextField
	Confirm string
	TypedIs string
	Typed   []ui.SummaryRow
	AgainIs string
	Again   string
	AgainBy string
	Address ui.TextField
	Button  string

	Done     string // it was entered
	DoneLead string
	Facts    []ui.SummaryRow
	Sheet    templ.Component
	Look     *ui.ButtonView
}

// reportPage: where a report is confirmed, and where its citizen sees what became of it.
func (p *room) reportPage(w http.ResponseWriter, r *web.Request) error {
	return p.show(w, r, http.StatusOK, "", "", "")
}

// show shows a report; field says which of its forms is wrong, and why.
func (p *room) show(w http.ResponseWriter, r *web.Request, status int, field, typed, wrong string) error {
	t := r.Words
	token := r.PathValue("token")
	x, err := p.of(r.Context(), token)
	if err != nil {
		return err
	}
	v := reportView{Action: Href + "/" + token}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Robots-Tag", "noindex")
	page := r.Page(t.T("portal.title"))
	page.Narrow = true
	switch {
	case x.entered > 0:
		h, err := p.receipts.Handed(w, r, x.proceeding, x.seq, v.Action+"/receipt")
		if err != nil {
			return err
		}
		v.Done, v.DoneLead, v.Sheet = t.T("portal.done"), t.T("portal.done_lead", "number", h.Number), h.Sheet
		if h.Standing != "" {
			v.Facts = []ui.SummaryRow{{Key: t.T("portal.standing"), Text: h.Standing, Note: t.T("check.standing_by", "article", h.Article)}}
		}
		page.Title = v.Done
	case x.confirmed > 0:
		v.Heading = ui.HeadingView{Title: t.T("portal.being_entered_title"), Lead: t.T("portal.being_entered")}
		v.Look = &ui.ButtonView{Text: t.T("portal.look"), Href: v.Action, Kind: ui.Secondary}
		w.Header().Set("Refresh", "15")
		page.Title = v.Heading.Title
	default:
		if err := p.asked(r, x, &v, &page, field, typed, wrong); err != nil {
			return err
		}
	}
	return r.Render(w, status, page, reportBody(v))
}

// asked is a report that waits for its code.
func (p *room) asked(r *web.Request, x *report, v *reportView, page *ui.Page, field, typed, wrong string) error {
	t := r.Words
	v.Heading = ui.HeadingView{Title: t.T("portal.confirm_title")}
	page.Title = v.Heading.Title
	passage, err := p.notices.StateOf(r.Context(), x.reference)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	switch {
	case err != nil: // nothing was sent: the code is shown, or there were enough of them
		if code, ok := p.shown.Load(x.key); ok && p.synthetic {
			v.Notices = append(v.Notices, ui.NoticeView{Tone: ui.Info, Title: t.T("portal.code"), Text: t.T("portal.shown", "code", code)})
		}
	case passage.State == notice.Waiting && passage.Attempts > 0 || passage.State == notice.GivenUp:
		v.Notices = append(v.Notices, ui.NoticeView{Tone: ui.Warn, Title: t.T("portal.waiting_title"), Text: t.T("portal.waiting")})
	case passage.State == notice.Refused || passage.State == notice.Failed:
		v.Notices = append(v.Notices, ui.NoticeView{Tone: ui.Warn, Title: t.T("portal.refused_title"), Text: t.T("portal.refused")})
	}
	v.Lead = []string{t.T("portal.kept")}
	if len(p.notices.Channels()) > 0 {
		v.Lead = []string{t.T("portal.confirm", "address", x.address), t.T("portal.kept")}
	}
	v.Code = &ui.TextField{Field: ui.Field{Name: fieldCode, Label: t.T("portal.code")}, Autocomplete: "one-time-code", InputMode: "numeric", Width: 10}
	v.Confirm = t.T("portal.confirm_button")
	v.AgainIs, v.Again, v.AgainBy, v.Button = t.T("portal.again_title"), t.T("portal.again_lead"), string(x.channel), t.T("portal.again")
	v.Address = p.address(t, x.channel, x.address, "")
	switch {
	case field == fieldCode:
		v.Code.Error, v.Code.Value = wrong, typed
	case field != "":
		v.Address.Error, v.Address.Value = wrong, typed
	}
	if wrong != "" {
		at := field
		if at != fieldCode {
			at = v.Address.Name
		}
		page.Errors = append(page.Errors, ui.FieldError{Field: at, Text: wrong})
	}
	lb := t.Law(x.law)
	v.TypedIs = t.T("portal.typed")
	rule := p.rule(x.named)
	if rule == nil {
		return nil
	}
	values, _ := p.rules.law.At(p.docket.Now()).ReadForm(rule, x.form)
	for _, fld := range rule.Form {
		if fld == nil || x.form[fld.Name] == "" {
			continue
		}
		text := x.form[fld.Name]
		if o := p.dir.Tree().Office(x.office); o != nil && fld.Name == p.rules.place {
			text = t.Office(o) // as it was chosen
		} else if int(fld.ID) < len(values) && values[fld.ID].Given() && fld.Type != fact.Text {
			text = t.Value(x.law, rule.Name, fld.Name, p.Zone, values[fld.ID], "")
		}
		v.Typed = append(v.Typed, ui.SummaryRow{Key: lb.Field(rule.Name, fld.Name), Text: text})
	}
	return nil
}

// confirmCode takes a code.
func (p *room) confirmCode(w http.ResponseWriter, r *web.Request) error {
	token, typed := r.PathValue("token"), r.PostForm.Get(fieldCode)
	err := p.confirm(r.Context(), token, typed)
	if fault.Is(err, fault.Invalid) {
		f := fault.Of(err)
		return p.show(w, r, web.Status(f), fieldCode, typed, r.Words.Fault(nil, f))
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, Href+"/"+token)
}

// sendAgain sends another code, to the address as it stands in the form.
func (p *room) sendAgain(w http.ResponseWriter, r *web.Request) error {
	token := r.PathValue("token")
	x, err := p.of(r.Context(), token)
	if err != nil {
		return err
	}
	typed := r.PostForm.Get(fieldAddress + string(x.channel))
	at, err := p.notices.AddressOf(x.channel, typed)
	if err == nil {
		x.address = at
		if p.rules != nil && x.form != nil {
			x.form[p.rules.reached] = at
		}
		err = p.again(r.Context(), x, r.Machine())
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Forbidden) {
		f := fault.Of(err)
		status := web.Status(f)
		if f.Kind == fault.Forbidden {
			status = http.StatusTooManyRequests
		}
		return p.show(w, r, status, fieldAddress, typed, r.Words.Fault(nil, f))
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, Href+"/"+token)
}

// file is the receipt as programs of others read it.
func (p *room) file(w http.ResponseWriter, r *web.Request) error {
	x, err := p.of(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	if x.entered == 0 {
		return fault.New(fault.NotFound, "portal.none_such", nil)
	}
	h, err := p.receipts.Handed(w, r, x.proceeding, x.seq, "")
	if err != nil {
		return err
	}
	if h.Whole == nil {
		return fault.New(fault.Unavailable, "receipt.waiting", nil)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="receipt.txt"`)
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write(h.Whole.Text())
	return err
}
