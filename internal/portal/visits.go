package portal

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"nazorat/internal/calendar"
	"nazorat/internal/fault"
	"nazorat/internal/notice"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// VisitHref is the address at which whoever a case is about asks for a code.
const VisitHref = "/your-case"

// Addresses behind it.
const (
	visitCode = VisitHref + "/code"
	visitTold = VisitHref + "/told"
	visitEnd  = VisitHref + "/leave"
)

// visitCookie is what his browser keeps: of the code that he waits for, and then of his visit.
const visitCookie = "visit"

// fieldNumber is the number of the case, as it is typed.
const fieldNumber = "number"

type visitView struct {
	Heading ui.HeadingView
	None    *ui.NoticeView // it cannot be asked here
	Notices []ui.NoticeView
	Lead    []string
	ID      string
	Action  string
	Fields  []templ.Component
	Button  string
	Else    string // where to begin again
	ElseAt  string
}

// wanted is one filling of the form by which a code is asked for.
type wanted struct {
	number  string
	by      notice.Channel
	address map[notice.Channel]string
	errs    map[string]string
	failed  string
}

// keepVisit lets the browser keep something of a visit, or nothing any more.
func (p *room) keepVisit(w http.ResponseWriter, token string) {
	seconds := int((codeLives + visitLives) / calendar.Second)
	if token == "" {
		seconds = -1
	}
	http.SetCookie(w, p.OwnCookie(visitCookie, token, seconds))
}

// visiting is the visit of a browser; NotFound where it has none.
func (p *room) visiting(r *web.Request) (token string, v *visit, err error) {
	token = p.OwnCookieOf(r, visitCookie)
	if token == "" {
		return "", nil, fault.New(fault.NotFound, "visit.over", nil)
	}
	v, err = p.visitOf(r.Context(), token)
	return token, v, err
}

// closed are the headers of pages that nobody but their reader keeps.
func closed(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Robots-Tag", "noindex")
}

// askPage is where a code is asked for. Who is on a visit is led to it.
func (p *room) askPage(w http.ResponseWriter, r *web.Request) error {
	if _, v, err := p.visiting(r); err == nil && v.entered > 0 {
		closed(w)
		return web.SeeOther(w, r, visitTold)
	} else if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return p.askForm(w, r, http.StatusOK, &wanted{})
}

func (p *room) askForm(w http.ResponseWriter, r *web.Request, status int, f *wanted) error {
	t := r.Words
	closed(w)
	v := visitView{Heading: ui.HeadingView{Title: t.T("visit.title"), Lead: t.T("visit.lead")}, ID: "visit", Action: VisitHref, Button: t.T("visit.ask")}
	page := r.Page(v.Heading.Title)
	page.Narrow = true
	switch {
	case len(p.tellings) == 0:
		v.None = &ui.NoticeView{Tone: ui.Info, Title: t.T("visit.none_title"), Text: t.T("visit.none")}
	case len(p.channels()) == 0:
		v.None = &ui.NoticeView{Tone: ui.Warn, Title: t.T("portal.no_codes_title"), Text: t.T("visit.no_codes")}
	default:
		number := ui.TextField{Field: ui.Field{Name: fieldNumber, Label: t.T("visit.number"), Hint: t.T("visit.number_hint"), Error: f.errs[fieldNumber]}, Value: f.number, Width: 20}
		if number.Error != "" {
			page.Errors = append(page.Errors, ui.FieldError{Field: fieldNumber, Text: number.Error})
		}
		v.Fields = append(v.Fields, ui.Text(number), p.reachedBy(r, &filled{by: f.by, address: f.address, errs: f.errs}, &page, t.T("visit.by")))
	}
	if f.failed != "" {
		page.Errors = append(page.Errors, ui.FieldError{Text: f.failed})
	}
	return r.Render(w, status, page, visitBody(v))
}

// askCode takes what was typed, and leads to where the code is entered: the same for everybody.
func (p *room) askCode(w http.ResponseWriter, r *web.Request) error {
	t, form := r.Words, r.PostForm
	f := &wanted{number: strings.TrimSpace(form.Get(fieldNumber)), by: notice.Channel(form.Get(fieldBy)), address: map[notice.Channel]string{}, errs: map[string]string{}}
	v := &visit{number: f.number, lang: t.Lang}
	if f.number == "" || len(f.number) > mostNumber || strings.ContainsFunc(f.number, func(c rune) bool { return c < ' ' }) {
		f.errs[fieldNumber] = t.T("visit.number_missing")
	}
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
		v.channel, v.address = f.by, at
	}
	if len(p.tellings) == 0 || len(f.errs) > 0 {
		return p.askForm(w, r, http.StatusUnprocessableEntity, f)
	}
	token, err := p.askToLook(r.Context(), v, r.Machine())
	switch {
	case fault.Is(err, fault.Forbidden):
		f.failed = t.T("visit.too_many")
		return p.askForm(w, r, http.StatusTooManyRequests, f)
	case err != nil:
		return err
	}
	p.keepVisit(w, token)
	closed(w)
	return web.SeeOther(w, r, visitCode)
}

// codePage is where the code is entered. It says the same to everybody who asked for one.
func (p *room) codePage(w http.ResponseWriter, r *web.Request) error {
	_, v, err := p.visiting(r)
	switch {
	case fault.Is(err, fault.NotFound):
		closed(w)
		return web.SeeOther(w, r, VisitHref)
	case err != nil:
		return err
	case v.entered > 0:
		closed(w)
		return web.SeeOther(w, r, visitTold)
	}
	return p.codeForm(w, r, http.StatusOK, v, "", "")
}

func (p *room) codeForm(w http.ResponseWriter, r *web.Request, status int, x *visit, typed, wrong string) error {
	t := r.Words
	closed(w)
	v := visitView{Heading: ui.HeadingView{Title: t.T("portal.confirm_title")}, ID: "visit-code", Action: visitCode, Button: t.T("visit.enter"), Else: t.T("visit.again"), ElseAt: VisitHref,
		Lead: []string{t.T("visit.sent", "address", x.address), t.T("visit.not_sent")}}
	page := r.Page(v.Heading.Title)
	page.Narrow = true
	if p.synthetic && len(p.notices.Channels()) == 0 {
		say := ui.NoticeView{Tone: ui.Info, Title: t.T("portal.code"), Text: t.T("visit.soon")}
		if code, ok := p.shown.Load(x.key); ok {
			say.Text = t.T("portal.shown", "code", code)
		}
		v.Notices = append(v.Notices, say)
	}
	v.Fields = []templ.Component{ui.Text(ui.TextField{Field: ui.Field{Name: fieldCode, Label: t.T("portal.code"), Error: wrong}, Value: typed, Autocomplete: "one-time-code", InputMode: "numeric", Width: 10})}
	if wrong != "" {
		page.Errors = append(page.Errors, ui.FieldError{Field: fieldCode, Text: wrong})
	}
	return r.Render(w, status, page, visitBody(v))
}

// takeVisitCode takes the code.
func (p *room) takeVisitCode(w http.ResponseWriter, r *web.Request) error {
	token, v, err := p.visiting(r)
	if fault.Is(err, fault.NotFound) {
		closed(w)
		return web.SeeOther(w, r, VisitHref)
	}
	if err != nil {
		return err
	}
	typed := r.PostForm.Get(fieldCode)
	session, err := p.enterVisit(r.Context(), token, typed)
	if fault.Is(err, fault.Invalid) {
		f := fault.Of(err)
		return p.codeForm(w, r, web.Status(f), v, typed, r.Words.Fault(nil, f))
	}
	if err != nil {
		return err
	}
	p.keepVisit(w, session)
	closed(w)
	return web.SeeOther(w, r, visitTold)
}

// leave ends the visit.
func (p *room) leave(w http.ResponseWriter, r *web.Request) error {
	if token := p.OwnCookieOf(r, visitCookie); token != "" {
		if err := p.endVisit(r.Context(), token); err != nil {
			return err
		}
	}
	p.keepVisit(w, "")
	closed(w)
	return web.SeeOther(w, r, VisitHref)
}
