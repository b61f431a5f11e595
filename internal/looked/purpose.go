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
)

// The fields that say what something is looked at for.
const (
	FieldPurpose = "purpose"
	FieldWhy     = "why"
	FieldNumber  = "number"
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
		Purpose: ui.ChoiceField{Field: ui.Field{Name: FieldPurpose, Label: t.T("purpose.purpose"), Error: wrong[FieldPurpose]}, Values: []string{typed.purpose}},
		Number:  ui.TextField{Field: ui.Field{Name: FieldNumber, Label: t.T("purpose.number"), Hint: t.T("purpose.number_hint"), Error: wrong[FieldNumber]}, Value: typed.number, Width: 30, Autocomplete: "off"},
		Why:     ui.TextAreaField{Field: ui.Field{Name: FieldWhy, Label: t.T("purpose.why"), Hint: t.T("purpose.why_hint"), Error: wrong[FieldWhy]}, Value: typed.why, Rows: 2}}
	rules := l.Looks.Rules()
	for i := range rules.Purposes {
		x := &rules.Purposes[i]
		o := ui.Option{Value: x.ID, Text: PurposeText(t, x)}
		if !x.Itself {
			o.Hint = t.T("purpose.needs_number")
		}
		v.Purpose.Options = append(v.Purpose.Options, o)
	}
	page := r.Page(v.Heading.Title + " · " + p.Number)
	page.Narrow = true
	for _, field := range []string{FieldPurpose, FieldNumber, FieldWhy} {
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
	typed := typedPurpose{to: web.Back(r.PostForm.Get(fieldTo)), purpose: r.PostForm.Get(FieldPurpose), why: strings.TrimSpace(r.PostForm.Get(FieldWhy)), number: strings.TrimSpace(r.PostForm.Get(FieldNumber))}
	faults, err := State(r, p, Said{Purpose: typed.purpose, Number: typed.number, Why: typed.why})
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		wrong := map[string]string{}
		for field, f := range faults {
			wrong[field] = r.Told(nil, f)
		}
		return l.showPurpose(w, r, http.StatusUnprocessableEntity, p, typed, wrong)
	}
	return web.SeeOther(w, r, typed.to)
}

// Said is what an officer says that he looks at a proceeding for.
type Said struct {
	Purpose string // one of the rules
	Number  string // of the proceeding that it serves, where that is another
	Why     string
}

// State remembers for the session what a proceeding, which the officer may read, is looked at for. wrong is what is wrong with what he says,
// by field; then nothing is remembered. The API takes a purpose in the same way.
func State(r *web.Request, p *proceedings.Proceeding, said Said) (wrong map[string]*fault.Error, err error) {
	s := r.Server()
	wrong = map[string]*fault.Error{}
	bad := func(field, key string) { wrong[field] = fault.New(fault.Invalid, key, nil) }
	given := look.Given{Purpose: said.Purpose, Serves: p.ID, Why: strings.TrimSpace(said.Why)}
	chosen, number := s.Looks.Rules().Purpose(said.Purpose), strings.TrimSpace(said.Number)
	switch {
	case chosen == nil:
		bad(FieldPurpose, "purpose.choose")
	case !chosen.Itself && number == "":
		bad(FieldNumber, "purpose.number_missing")
	case !chosen.Itself:
		given.Serves, err = s.Docket.ByNumber(r.Context(), r.Actor(), number)
		switch {
		case fault.Is(err, fault.NotFound):
			bad(FieldNumber, "field.no_proceeding")
		case fault.Is(err, fault.Forbidden):
			wrong[FieldNumber] = fault.Of(err)
		case err != nil:
			return nil, err
		case given.Serves == p.ID:
			bad(FieldNumber, "purpose.number_same")
		}
	}
	switch {
	case given.Why == "":
		bad(FieldWhy, "field.missing")
	case strings.ContainsRune(given.Why, 0):
		bad(FieldWhy, "field.bad_text")
	}
	if len(wrong) > 0 {
		return wrong, nil
	}
	return nil, s.Looks.Remember(r.Context(), r.Session.ID, p.ID, given, s.Docket.Now())
}
