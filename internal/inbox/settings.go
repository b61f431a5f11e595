package inbox

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"nazorat/internal/fault"
	"nazorat/internal/notice"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Names of what the forms of settings carry.
const (
	fieldAddress = "address"
	fieldCode    = "code"
	fieldKinds   = "kinds"
)

type wayView struct {
	ID, Title, Action string
	State             string
	Address           ui.TextField
	Send              string
	Code              *ui.TextField // nil: none is awaited
	Confirm           string
	Kinds             *ui.ChoiceField // nil while no address is confirmed
	Save              string
	Drop              string
}

type settingsView struct {
	Heading  ui.HeadingView
	None     string // the office has no channel
	Demanded string
	Articles []string
	Ways     []wayView
}

// settingsPage: where and for what an officer is reached besides the inbox.
func (b *inbox) settingsPage(w http.ResponseWriter, r *web.Request) error {
	return b.settings(w, r, http.StatusOK, nil, "", "")
}

// wrong is what the officer typed, to be shown again with what is wrong about it.
func (b *inbox) settings(w http.ResponseWriter, r *web.Request, status int, wrong *fault.Error, channel notice.Channel, field string) error {
	t := r.Words
	ways, err := b.notices.Ways(r.Context(), r.Session.Officer.ID)
	if err != nil {
		return err
	}
	v := settingsView{Heading: ui.HeadingView{Title: t.T("reach.title"), Lead: t.T("reach.lead")}}
	page := r.Page(v.Heading.Title)
	page.Breadcrumbs = []ui.Crumb{{Text: t.T("inbox.title"), Href: Href}, {Text: v.Heading.Title}}
	channels := b.notices.Channels()
	if len(channels) == 0 {
		v.None = t.T("reach.none")
	}
	v.Demanded = t.T("reach.demanded")
	releases := b.notices.Releases()
	for _, law := range slices.Sorted(maps.Keys(releases)) {
		lb := t.Law(law)
		var articles []string
		for _, a := range releases[law] {
			articles = append(articles, lb.Article(a))
		}
		v.Articles = append(v.Articles, lb.Law+": "+strings.Join(articles, ", "))
	}
	for _, c := range channels {
		x := b.way(r, c, ways[c])
		if wrong != nil && c == channel {
			text, at := t.Fault(nil, wrong), &x.Address
			if field == fieldCode && x.Code != nil {
				at = x.Code
			}
			at.Error, at.Value = text, r.PostForm.Get(field)
			page.Errors = append(page.Errors, ui.FieldError{Field: at.ID, Text: text})
		}
		v.Ways = append(v.Ways, x)
	}
	return r.Render(w, status, page, settingsBody(v))
}

func (b *inbox) way(r *web.Request, c notice.Channel, has *notice.Way) wayView {
	t, id := r.Words, string(c)
	v := wayView{ID: id, Title: t.T("reach." + id), Action: settingsHref + "/" + id, State: t.T("reach.no_address"), Send: t.T("reach.send"), Confirm: t.T("reach.confirm"), Save: t.T("reach.save"),
		Address: ui.TextField{Field: ui.Field{Name: fieldAddress, ID: id + "-address", Label: t.T("reach." + id + "_address"), Hint: t.T("reach.email_hint", "example", notice.ExampleEmail)}, Type: "email", Autocomplete: "email", Width: 30}}
	if c == notice.SMS {
		v.Address.Type, v.Address.Autocomplete, v.Address.Width, v.Address.Hint = "tel", "tel", 20, t.T("reach.sms_hint", "example", b.notices.Example)
	}
	if has == nil {
		return v
	}
	if has.Proposed != "" && b.Docket.Now() <= has.Until {
		v.Code = &ui.TextField{Field: ui.Field{Name: fieldCode, ID: id + "-code", Label: t.T("reach.code"), Hint: t.T("reach.code_hint", "address", has.Proposed)}, Autocomplete: "one-time-code", InputMode: "numeric", Width: 10}
	}
	if has.Address == "" {
		return v
	}
	v.State, v.Drop = t.T("reach.confirmed", "address", has.Address), t.T("reach.drop")
	v.Send = t.T("reach.change")
	kinds := &ui.ChoiceField{Field: ui.Field{Name: fieldKinds, ID: id + "-kinds", Label: t.T("reach.kinds"), Hint: t.T("reach.kinds_hint")}}
	for _, k := range notice.Kinds() {
		kinds.Options = append(kinds.Options, ui.Option{Value: string(k), Text: t.T("reach.kind." + string(k))})
	}
	for _, k := range has.Kinds {
		kinds.Values = append(kinds.Values, string(k))
	}
	v.Kinds = kinds
	return v
}

// channel that a form is about; one that the office does not have is no page.
func (b *inbox) channel(r *web.Request) (notice.Channel, error) {
	c := notice.Channel(r.PathValue("channel"))
	if !slices.Contains(b.notices.Channels(), c) {
		return "", fault.New(fault.NotFound, "fault.no_page", nil)
	}
	return c, nil
}

// done answers a form: with the page and what is wrong beside its field, or by leading back to it.
func (b *inbox) done(w http.ResponseWriter, r *web.Request, c notice.Channel, field string, err error) error {
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Forbidden) {
		f := fault.Of(err)
		return b.settings(w, r, web.Status(f), f, c, field)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, settingsHref)
}

func (b *inbox) propose(w http.ResponseWriter, r *web.Request) error {
	c, err := b.channel(r)
	if err != nil {
		return err
	}
	return b.done(w, r, c, fieldAddress, b.notices.Propose(r.Context(), r.Session.Officer.ID, c, r.PostForm.Get(fieldAddress), r.Words.Lang))
}

func (b *inbox) confirm(w http.ResponseWriter, r *web.Request) error {
	c, err := b.channel(r)
	if err != nil {
		return err
	}
	return b.done(w, r, c, fieldCode, b.notices.Confirm(r.Context(), r.Session.Officer.ID, c, r.PostForm.Get(fieldCode), r.Words.Lang))
}

func (b *inbox) choose(w http.ResponseWriter, r *web.Request) error {
	c, err := b.channel(r)
	if err != nil {
		return err
	}
	var kinds []notice.Kind
	for _, k := range r.PostForm[fieldKinds] {
		if kind := notice.Kind(k); !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	if err := b.notices.Choose(r.Context(), r.Session.Officer.ID, c, kinds); err != nil {
		return err
	}
	return web.SeeOther(w, r, settingsHref)
}

func (b *inbox) drop(w http.ResponseWriter, r *web.Request) error {
	c, err := b.channel(r)
	if err != nil {
		return err
	}
	if err := b.notices.Drop(r.Context(), r.Session.Officer.ID, c); err != nil {
		return err
	}
	return web.SeeOther(w, r, settingsHref)
}
