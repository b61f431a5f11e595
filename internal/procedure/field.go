package procedure

import (
	"slices"
	"strings"
	"unicode/utf8"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
)

// The reasons for which what was typed is no value of a field, beside those for which it
// is no value of the field's type (package fact). They are translation keys.
const (
	FieldMissing    = "field.missing"
	FieldUnknown    = "field.unknown"
	FieldNotChoice  = "field.not_a_choice"
	FieldTooLong    = "field.too_long"
	FieldNoPhone    = "field.not_a_telephone"
	FieldNoEmail    = "field.not_an_email"
	FieldFuture     = "field.in_the_future"
	FieldTooEarly   = "field.too_early"
	FieldNoLength   = "field.no_length"
	FieldBadArticle = "field.bad_article"
	FieldCurrency   = "field.not_a_currency"
	FieldBadPlace   = "field.bad_place"
	FieldBadFile    = "field.bad_document"
	FieldNoUpload   = "field.no_upload"
	FieldNoThing    = "field.no_such_thing"
	FieldWrongState = "field.thing_in_another_state"
)

// Limits on what a field may hold.
const (
	MostText = 10_000 // letters, where the field sets no limit of its own
	MostName = 200
)

// ParseValue reads what somebody typed into a field. An empty text is "not
// given". key is "" or the reason why it is no value. The zone is the one in
// which moments without an offset are meant.
func (f *Field) ParseValue(s string, zone *calendar.Zone) (v fact.Value, key string) {
	v, key = fact.Parse(f.Type, s, zone)
	if key == "" && v.Given() {
		key = f.limits(&v)
	}
	if key != "" {
		return fact.Value{}, key
	}
	return v, ""
}

// limits says what is wrong with a value of the field's type; "" if nothing.
func (f *Field) limits(v *fact.Value) string {
	switch f.Type {
	case fact.Number, fact.YesNo, fact.Date, fact.Moment, fact.Thing: // whether there is such a thing is asked of the state: named
		return ""
	case fact.Money:
		return f.currency(v)
	}
	most := f.Most
	if most == 0 {
		most = MostName
		if f.Type == fact.Text {
			most = MostText
		}
	}
	switch s := v.Text; {
	case utf8.RuneCountInString(s) > most:
		return FieldTooLong
	case f.Type == fact.Choice && !slices.Contains(f.Choices, s):
		return FieldNotChoice
	case f.Shape != AnyShape && !shapes[f.Shape].pattern.MatchString(s):
		return shapes[f.Shape].fault
	case f.Type != fact.Text && strings.ContainsAny(s, "\n\r\t"):
		return fact.BadText
	case f.Type == fact.Place && f.In != nil && !f.In.Places.Known(s):
		return FieldBadPlace
	case f.Type == fact.Document && !fact.IsDocument(s):
		return FieldBadFile
	case f.Type == fact.Article && f.In != nil && len(f.In.Codes) > 0: // a law that names no codes writes articles as its country does
		code := fact.CodeOf(s)
		if !slices.ContainsFunc(f.In.Codes, func(c Cite) bool { return c.Short == code }) {
			return FieldBadArticle
		}
	}
	return ""
}

// currency holds a sum against the currencies that may be given. The edition's own needs no name.
func (f *Field) currency(v *fact.Value) string {
	own := ""
	if f.In != nil {
		own = f.In.Currency
	}
	switch {
	case (v.Text == "" || v.Text == own) && (len(f.Currencies) == 0 || slices.Contains(f.Currencies, own)):
		v.Text = ""
	case v.Text == "" || !slices.Contains(f.Currencies, v.Text):
		return FieldCurrency
	}
	return ""
}

// named says what is wrong with the thing that a form names; "" if nothing.
func (f *Field) named(s *State, v fact.Value) string {
	if v.Num < 1 || v.Num >= int64(len(s.Things)) || s.Things[v.Num].Kind != f.Kind {
		return FieldNoThing
	}
	if len(f.While) > 0 && !slices.Contains(f.While, s.Things[v.Num].State) {
		return FieldWrongState
	}
	return ""
}

// Nameable are the things of a proceeding that a field of type thing may name, in the order in which they came.
func (f *Field) Nameable(s *State) (out []int32) {
	if f.Type != fact.Thing {
		return nil
	}
	for no := int32(1); int(no) < len(s.Things); no++ {
		if !s.Things[no].Withheld() && f.named(s, fact.NumberOf(fact.Thing, int64(no))) == "" {
			out = append(out, no)
		}
	}
	return out
}

// ReadForm reads what was typed into the form of an act, by field. bad holds
// the key of what is wrong, by field; a field that the form does not have is wrong too.
func (e *Edition) ReadForm(r *ActRule, typed map[string]string) (form []fact.Value, bad map[string]string) {
	zone := e.Days.Zone()
	form = make([]fact.Value, len(r.Form))
	fail := func(name, key string) {
		if bad == nil {
			bad = make(map[string]string)
		}
		bad[name] = key
	}
	for name, text := range typed {
		f := r.Field(name)
		if f == nil {
			fail(name, FieldUnknown)
			continue
		}
		v, key := f.ParseValue(text, zone)
		if key != "" {
			fail(name, key)
			continue
		}
		form[f.ID] = v
	}
	return form, bad
}
