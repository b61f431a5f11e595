package desk

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"nazorat/internal/access"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/fact"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// fields makes the form's inputs from the law.
func (d *Desk) fields(ctx context.Context, r *web.Request, f *form, v *actView, errs map[string]string) error {
	t := r.Words
	lb := t.Law(f.law.Name)
	if list := f.candidates(); len(list) > 1 && (f.thing == 0 || len(list) <= mostOffered) || len(list) == 1 && f.thing == 0 {
		sel := &ui.SelectField{Field: ui.Field{Name: fieldThing, Label: lb.Kind(f.law.KindName(f.rule.On))}, Value: v.Thing, Empty: t.T("act.choose")}
		sel.Error = errs[fieldThing]
		for _, no := range list {
			sel.Options = append(sel.Options, ui.Option{Value: strconv.Itoa(int(no)), Text: t.Thing(f.law, &f.p.State, no)})
		}
		v.ThingField = sel
	}
	of, err := d.lookedUp(ctx, f)
	if err != nil {
		return err
	}
	for _, fld := range f.rule.Form {
		if fld == nil {
			continue
		}
		base := ui.Field{Name: fieldPrefix + fld.Name, Label: lb.Field(f.rule.Name, fld.Name), Optional: fld.Optional, Article: lb.Article(fld.Article), Error: errs[fieldPrefix+fld.Name]}
		if fld.Question != nil && f.p != nil {
			v.Fields = append(v.Fields, question(d.question(r, f, &of, fld, base)))
			continue
		}
		c, err := d.input(ctx, r, f, fld, base)
		if err != nil {
			return err
		}
		v.Fields = append(v.Fields, c)
	}
	return nil
}

// mostOffered is among how many things of a kind another can be chosen in the form of an act on one of them.
const mostOffered = 200

// inputModes are the keys that a telephone offers for a text that must look like something.
var inputModes = map[procedure.Shape]string{procedure.Telephone: "tel", procedure.Email: "email"}

// fewChoices are shown as radios, more as a list to open.
const fewChoices = 7

func (d *Desk) input(ctx context.Context, r *web.Request, f *form, fld *procedure.Field, base ui.Field) (templ.Component, error) {
	t := r.Words
	lb := t.Law(f.law.Name)
	value := f.typed[fld.Name]
	switch fld.Type {
	case fact.Choice:
		var options []ui.Option
		for _, c := range fld.Choices {
			options = append(options, ui.Option{Value: c, Text: lb.Choice(f.rule.Name, fld.Name, c)})
		}
		if len(options) > fewChoices {
			return ui.Select(ui.SelectField{Field: base, Value: value, Options: options, Empty: t.T("act.choose")}), nil
		}
		return ui.Radios(ui.ChoiceField{Field: base, Values: []string{value}, Options: options}), nil
	case fact.YesNo:
		return ui.Radios(ui.ChoiceField{Field: base, Values: []string{value}, Inline: true, Options: []ui.Option{{Value: "yes", Text: t.T("value.yes")}, {Value: "no", Text: t.T("value.no")}}}), nil
	case fact.Officer, fact.Office:
		office := r.Actor().Office
		if f.p != nil {
			office = f.p.Office
		}
		options, err := Choices(ctx, d.docket, d.dir, t, r.Actor(), office, f.law, f.rule, fld)
		if err != nil {
			return nil, err
		}
		return ui.Select(ui.SelectField{Field: base, Value: value, Options: options, Empty: t.T("act.choose")}), nil
	case fact.Thing:
		var options []ui.Option
		if f.p != nil {
			for _, no := range fld.Nameable(&f.p.State) {
				options = append(options, ui.Option{Value: strconv.Itoa(int(no)), Text: t.Thing(f.law, &f.p.State, no)})
			}
		}
		return ui.Select(ui.SelectField{Field: base, Value: value, Options: options, Empty: t.T("act.choose")}), nil
	case fact.Date:
		return ui.Date(ui.DateField{Field: base, Value: value}), nil
	case fact.Moment:
		return ui.Moment(ui.DateField{Field: base, Value: value}), nil
	case fact.Number:
		return ui.Number(ui.NumberField{Field: base, Value: value, Width: 5}), nil
	case fact.Money:
		return moneyInput(t, f, fld, base, value), nil
	case fact.Place:
		return placeInput(t, f, base, value), nil
	case fact.Proceeding:
		base.Hint = t.T("act.proceeding_hint")
		return ui.Text(ui.TextField{Field: base, Value: value, Width: 20}), nil
	case fact.Document:
		return d.fileInput(ctx, r, fld, base, value)
	case fact.Article:
		base.Hint = t.T("act.article_hint")
		return ui.Text(ui.TextField{Field: base, Value: value, Width: 20}), nil
	case fact.Text:
		if fld.Shape != procedure.AnyShape {
			return ui.Text(ui.TextField{Field: base, Value: value, InputMode: inputModes[fld.Shape], Width: 20}), nil
		}
		if fld.Most == 0 || fld.Most > 300 {
			return ui.TextArea(ui.TextAreaField{Field: base, Value: value, Rows: 4}), nil
		}
	}
	return ui.Text(ui.TextField{Field: base, Value: value}), nil
}

// Choices are the officers or the offices that a field may name, in an act of a proceeding that an office has. The API offers the same.
func Choices(ctx context.Context, k *docket.Docket, dir *directory.Directory, t *web.Words, who access.Actor, office string, law *procedure.Law, rule *procedure.ActRule, fld *procedure.Field) ([]ui.Option, error) {
	if fld.Type == fact.Officer {
		return officers(ctx, k, dir, t, office, law, fld)
	}
	var options []ui.Option
	for _, o := range dir.Tree().Offices() {
		if o.Closed != 0 || notHis(k, who, rule, fld, o.ID) {
			continue
		}
		options = append(options, ui.Option{Value: o.ID, Text: t.Office(o)})
	}
	return options, nil
}

// notHis reports whether a field names an office about which the directory would change, and which the officer does not administer.
func notHis(k *docket.Docket, who access.Actor, rule *procedure.ActRule, fld *procedure.Field, office string) bool {
	for i := range rule.Records {
		for _, slot := range []string{"office", "parent"} {
			if rule.FieldOf(rule.Records[i].Does, slot) == fld.Name {
				return !k.MayAdminister(who, office)
			}
		}
	}
	return false
}

// officers whom the form may name, in the roles that the law allows: of each role, those of the office that has it for the proceeding.
func officers(ctx context.Context, k *docket.Docket, dir *directory.Directory, t *web.Words, office string, law *procedure.Law, fld *procedure.Field) ([]ui.Option, error) {
	tree := dir.Tree()
	var out []ui.Option
	if len(fld.Roles) == 0 { // any officer of the office
		list, err := dir.Colleagues(ctx, office, k.Now())
		if err != nil {
			return nil, err
		}
		seen := map[string]bool{}
		for _, c := range list {
			if !seen[c.Officer.ID] {
				seen[c.Officer.ID] = true
				out = append(out, ui.Option{Value: c.Officer.ID, Text: t.T("act.officer", "name", t.Name(c.Officer.Name), "role", t.Role(c.Mandate.Role))})
			}
		}
		return out, nil
	}
	for _, role := range fld.Roles {
		list, err := dir.Colleagues(ctx, tree.Competent(office, role), k.Now())
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			if c.Mandate.Role == role {
				out = append(out, ui.Option{Value: c.Officer.ID, Text: t.T("act.officer", "name", t.Name(c.Officer.Name), "role", t.Law(law.Name).Role(role))})
			}
		}
	}
	return out, nil
}

// moneyInput is an amount in the edition's currency, or in one of those that the field allows.
func moneyInput(t *web.Words, f *form, fld *procedure.Field, base ui.Field, value string) templ.Component {
	if len(fld.Currencies) == 0 {
		return ui.Money(ui.NumberField{Field: base, Value: value, Suffix: f.edition.Currency, Width: 10})
	}
	amount, currency := value, fld.Currencies[0]
	for _, c := range fld.Currencies {
		if before, ok := strings.CutSuffix(value, " "+c); ok {
			amount, currency = before, c
		}
	}
	first := ui.NumberField{Field: base, Value: amount, Width: 10}
	first.Label = t.T("act.amount")
	second := ui.SelectField{Field: ui.Field{Name: currencyPrefix + fld.Name, Label: t.T("act.currency")}, Value: currency}
	for _, c := range fld.Currencies {
		second.Options = append(second.Options, ui.Option{Value: c, Text: c})
	}
	return pair(base.Label, ui.Money(first), ui.Select(second))
}

// placeInput is a region from the edition's table, or the code of a smaller place.
func placeInput(t *web.Words, f *form, base ui.Field, value string) templ.Component {
	base.Hint = t.T("act.place_hint")
	if f.edition.Places == nil {
		return ui.Text(ui.TextField{Field: base, Value: value, Width: 10, InputMode: "numeric"})
	}
	code := ui.TextField{Field: base, Value: value, Width: 10, InputMode: "numeric"}
	code.Label = t.T("act.place_code")
	code.Optional = true // beside the region
	region := ui.SelectField{Field: ui.Field{Name: regionPrefix + strings.TrimPrefix(base.Name, fieldPrefix), Label: t.T("act.region"), Optional: base.Optional, Article: base.Article}, Empty: t.T("act.choose")}
	for _, place := range f.edition.Places.Regions {
		region.Options = append(region.Options, ui.Option{Value: place, Text: t.Law(f.law.Name).Place(place)})
		if place == value {
			region.Value, code.Value = place, ""
		}
	}
	return pair(base.Label, ui.Select(region), ui.Text(code))
}

// compose makes of what was sent in two inputs the one text that the law reads,
// and writes articles as the law names its codes: in Uzbek one types JK 169 and the law says CC 169.
func (f *form) compose(sent url.Values, lb *procedure.Labels) {
	for _, fld := range f.rule.Form {
		if fld == nil {
			continue
		}
		text := strings.TrimSpace(f.typed[fld.Name])
		switch fld.Type {
		case fact.Document:
			if sent.Get(dropPrefix+fld.Name) != "" && sent.Get(web.FilePrefix+fld.Name) == "" {
				f.typed[fld.Name] = ""
			}
		case fact.Place:
			if region := sent.Get(regionPrefix + fld.Name); text == "" && region != "" {
				f.typed[fld.Name] = region
			}
		case fact.Money:
			if currency := sent.Get(currencyPrefix + fld.Name); text != "" && currency != "" && !namesCurrency(text) {
				f.typed[fld.Name] = text + " " + currency
			}
		case fact.Article:
			for short, local := range lb.Shorts {
				if rest, ok := strings.CutPrefix(text, local+" "); ok && local != short {
					f.typed[fld.Name] = short + " " + rest
				}
			}
		}
	}
}

// namesCurrency reports whether an amount names its currency: "1000 USD".
func namesCurrency(text string) bool {
	n := len(text) - 3
	return n > 0 && strings.Trim(strings.ToUpper(text[n:]), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && strings.ContainsAny(text[:n], "0123456789")
}
