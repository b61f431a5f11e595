package looked

import (
	"net/http"
	"strings"

	"nazorat/internal/fault"
	"nazorat/internal/look"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Names of what the form of a purpose carries.
const (
	fieldTo         = "to"
	fieldProceeding = "proceeding"
	fieldPurpose    = "purpose"
	fieldWhy        = "why"
	fieldNumber     = "number"
)

type purposeView struct {
	Heading    ui.HeadingView
	Lead       string
	To         string
	Proceeding string
	Purpose    ui.ChoiceField
	Why        ui.TextAreaField
	Number     ui.TextField
	Button     string
	Held       string
}

// typedPurpose is what was typed into the form.
type typedPurpose struct{ to, purpose, why, number string }

// ask stands before a page of a case that is not the officer's own work.
func (l *looked) ask(w http.ResponseWriter, r *web.Request, p *proceedings.Proceeding) error {
	return l.showPurpose(w, r, http.StatusForbidden, p, typedPurpose{to: r.Here()}, nil)
}

func (l *looked) showPurpose(w http.ResponseWriter, r *web.Request, status int, p *proceedings.Proceeding, typed typedPurpose, wrong map[string]string) error {
	t := r.Words
	v := purposeView{Heading: ui.HeadingView{Caption: p.Number, Title: t.T("purpose.title")}, Lead: t.T("purpose.lead"), To: typed.to, Proceeding: p.ID, Button: t.T("purpose.button"),
		Held:    t.T("purpose.held", "length", t.Length(l.Looks.Rules().Holds)),
		Purpose: ui.ChoiceField{Field: ui.Field{Name: fieldPurpose, Label: t.T("purpose.purpose"), Error: wrong[fieldPurpose]}, Values: []string{typed.purpose}},
		Number:  ui.TextField{Field: ui.Field{Name: fieldNumber, Label: t.T("purpose.number"), Hint: t.T("purpose.number_hint"), Error: wrong[fieldNumber]}, Value: typed.number, Width: 30, Autocomplete: "off"},
		Why:     ui.TextAreaField{Field: ui.Field{Name: fieldWhy, Label: t.T("purpose.why"), Hint: t.T("purpose.why_hint"), Error: wrong[fieldWhy]}, Value: typed.why, Rows: 2}}
	rules := l.Looks.Rules()
	for i := range rules.Purposes {
		x := &rules.Purposes[i]
		o := ui.Option{Value: x.ID, Text: purposeText(t, x)}
		if !x.Itself {
			o.Hint = t.T("purpose.needs_number")
		}
		v.Purpose.Options = append(v.Purpose.Options, o)
	}
	page := r.Page(v.Heading.Title + " · " + p.Number)
	page.Narrow = true
	for _, field := range []string{fieldPurpose, fieldNumber, fieldWhy} {
		if wrong[field] != "" {
			page.Errors = append(page.Errors, ui.FieldError{Field: field, Text: wrong[field]})
		}
	}
	return r.Render(w, status, page, purposeBody(v))
}

// give takes a purpose, and leads to the page that was asked for.
func (l *looked) give(w http.ResponseWriter, r *web.Request) error {
	p, err := l.Docket.Proceeding(r.Context(), r.Actor(), r.PostForm.Get(fieldProceeding))
	if err != nil {
		return err
	}
	t := r.Words
	typed := typedPurpose{to: web.Back(r.PostForm.Get(fieldTo)), purpose: r.PostForm.Get(fieldPurpose), why: strings.TrimSpace(r.PostForm.Get(fieldWhy)), number: strings.TrimSpace(r.PostForm.Get(fieldNumber))}
	wrong := map[string]string{}
	given := look.Given{Purpose: typed.purpose, Serves: p.ID, Why: typed.why}
	chosen := l.Looks.Rules().Purpose(typed.purpose)
	switch {
	case chosen == nil:
		wrong[fieldPurpose] = t.T("purpose.choose")
	case !chosen.Itself && typed.number == "":
		wrong[fieldNumber] = t.T("purpose.number_missing")
	case !chosen.Itself:
		given.Serves, err = l.Docket.ByNumber(r.Context(), r.Actor(), typed.number)
		switch {
		case fault.Is(err, fault.NotFound):
			wrong[fieldNumber] = t.T("field.no_proceeding")
		case fault.Is(err, fault.Forbidden):
			wrong[fieldNumber] = r.Told(nil, fault.Of(err))
		case err != nil:
			return err
		case given.Serves == p.ID:
			wrong[fieldNumber] = t.T("purpose.number_same")
		}
	}
	if typed.why == "" {
		wrong[fieldWhy] = t.T("field.missing")
	}
	if len(wrong) > 0 {
		return l.showPurpose(w, r, http.StatusUnprocessableEntity, p, typed, wrong)
	}
	if err := l.Looks.Remember(r.Context(), r.Session.ID, p.ID, given, l.Docket.Now()); err != nil {
		return err
	}
	return web.SeeOther(w, r, typed.to)
}
