package openapi

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"nazorat/internal/fact"
	"nazorat/internal/procedure"
)

// Forms of values in which no two people could read different things. What people type on pages may be written in more ways; a
// program has one. Each says what the schema says, so that the description is of what is taken.
const (
	// MomentForm is a date and a time of day, with an offset or, where there is none, in the zone of the law.
	MomentForm = `^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?$`

	dateForm     = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
	numberForm   = `^(0|-?[1-9][0-9]{0,17})$`
	amountForm   = `^-?(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?`
	articleForm  = `^[A-Z][A-Za-z]* [0-9]{1,4}(-[0-9]{1,3})?(\([0-9]{1,2}\))?[a-zа-я]?$`
	placeForm    = `^([0-9]{4}|[0-9]{7}|[0-9]{10})$`
	thingForm    = `^[1-9][0-9]{0,8}$`
	documentForm = `^[0-9a-f]{64}$`
	// textForm has something in it that is no blank, and nothing that a database cannot keep.
	textForm = `^[^\x00]*[^\x00\s][^\x00]*$`
	lineForm = `^[^\x00\n\r\t]*[^\x00\s][^\x00\n\r\t]*$`
)

// forms of values by the type of their field, but for sums.
var forms = map[fact.Type]*regexp.Regexp{
	fact.Text: regexp.MustCompile(textForm), fact.Number: regexp.MustCompile(numberForm), fact.YesNo: regexp.MustCompile(`^(yes|no)$`),
	fact.Date: regexp.MustCompile(dateForm), fact.Moment: regexp.MustCompile(MomentForm), fact.Article: regexp.MustCompile(articleForm),
	fact.Place: regexp.MustCompile(placeForm), fact.Thing: regexp.MustCompile(thingForm), fact.Document: regexp.MustCompile(documentForm),
	fact.Person: regexp.MustCompile(lineForm), fact.Officer: regexp.MustCompile(lineForm), fact.Office: regexp.MustCompile(lineForm), fact.Proceeding: regexp.MustCompile(lineForm),
}

// amounts that a text may be, where no currencies are named.
var amounts = regexp.MustCompile(amountForm + `( [A-Z]{3})?$`)

// unfit are the keys of what is wrong with a text that is no value of a type, by type.
var unfit = map[fact.Type]string{fact.Number: fact.NotNumber, fact.Money: fact.NotMoney, fact.YesNo: fact.NotYesNo, fact.Date: fact.NotDate, fact.Moment: fact.NotMoment, fact.Thing: fact.NotThing,
	fact.Article: procedure.FieldBadArticle, fact.Place: procedure.FieldBadPlace, fact.Document: procedure.FieldBadFile}

// Fits says what is wrong with the form in which a program wrote a value, by the key of a text; "" where nothing is. What the value
// means (a choice that is none, a day that is not there) is held against the law as everywhere else.
func Fits(f *procedure.Field, text string) string {
	form := forms[f.Type]
	if f.Type == fact.Money {
		form = amounts
	}
	switch {
	case strings.TrimSpace(text) == "":
		return procedure.FieldMissing // a field that is not given is left out
	case form == nil || form.MatchString(text):
		return ""
	case unfit[f.Type] != "":
		return unfit[f.Type]
	}
	return fact.BadText
}

// pattern of a sum that a field may hold, with the currencies that it may name.
func amountPattern(f *procedure.Field) string {
	own, more := "", f.Currencies
	if f.In != nil {
		own = f.In.Currency
	}
	if len(more) == 0 && own != "" {
		more = []string{own}
	}
	if len(more) == 0 {
		return amountForm + `( [A-Z]{3})?$`
	}
	optional := "?"
	if len(f.Currencies) > 0 && !slices.Contains(f.Currencies, own) {
		optional = "" // the law's own may not be given: one of the others must be named
	}
	return amountForm + fmt.Sprintf(`( (%s))%s$`, strings.Join(more, "|"), optional)
}
