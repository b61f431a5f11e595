package procedure

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"nazorat/internal/calendar"
)

// Type of a field.
type Type uint8

// The types of facts.
const (
	NoType     Type = iota
	Text            // free text
	Number          // a whole number
	Money           // an amount in hundredths of the edition's currency
	YesNo           // true or false
	Date            // a civil date
	Moment          // an instant
	Choice          // one of the field's choices
	Person          // the name of a person: personal data
	Officer         // an officer of the service, by id
	Office          // an office of the service, by id
	Article         // an article of a code: "CC 169"
	Place           // a place by its SOATO code
	Document        // a document in the vault, by its SHA-256
	Proceeding      // another proceeding of the service, by its number
)

var typeNames = [...]string{"", "text", "number", "money", "yes_no", "date", "moment", "choice", "person", "officer", "office", "article", "place", "document", "proceeding"}

func (t Type) String() string { return typeNames[t] }

// TypeNamed is the type that a law file names so; a choice is not named but listed.
func TypeNamed(word string) (Type, bool) {
	i := slices.Index(typeNames[:], word)
	return Type(max(i, 0)), i > 0 && Type(i) != Choice
}

// TypeNames are the types that a law file can name.
func TypeNames() []string {
	return slices.DeleteFunc(slices.Clone(typeNames[1:]), func(n string) bool { return n == Choice.String() })
}

// IsCurrency reports whether a word has the form of an ISO 4217 code.
func IsCurrency(s string) bool { return currencyForm.MatchString(s) }

// Value is one fact. The zero Value is "not given". Num holds a number, an
// amount in hundredths, 0 or 1, a calendar.Date or a calendar.Moment; Text
// holds everything else.
type Value struct {
	Type Type
	Num  int64
	Text string
}

// Given reports whether there is a value.
func (v Value) Given() bool { return v.Type != NoType }

// TextOf, NumberOf, DateOf and MomentOf make values.
func TextOf(t Type, s string) Value { return Value{Type: t, Text: s} }

// NumberOf makes a number, an amount in hundredths or a yes_no (0 or 1).
func NumberOf(t Type, n int64) Value { return Value{Type: t, Num: n} }

// MomentOf makes a moment.
func MomentOf(m calendar.Moment) Value { return Value{Type: Moment, Num: int64(m)} }

// DateOf makes a date.
func DateOf(d calendar.Date) Value { return Value{Type: Date, Num: int64(d)} }

// String is the canonical written form, the one that ParseValue reads and the
// journal keeps: dates as 2026-03-02, moments as RFC 3339 in UTC, amounts with a point.
func (v Value) String() string {
	switch v.Type {
	case NoType:
		return ""
	case Number:
		return strconv.FormatInt(v.Num, 10)
	case Money:
		sign, n := "", v.Num
		if n < 0 {
			sign, n = "-", -n
		}
		amount := fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
		if v.Text != "" {
			amount += " " + v.Text
		}
		return amount
	case YesNo:
		if v.Num != 0 {
			return "yes"
		}
		return "no"
	case Date:
		return calendar.Date(v.Num).String()
	case Moment:
		return calendar.Moment(v.Num).Time().Format("2006-01-02T15:04:05.999999Z07:00")
	}
	return v.Text
}

// The reasons for which a field's text is no value. They are translation keys.
const (
	FieldMissing    = "field.missing"
	FieldUnknown    = "field.unknown"
	FieldNotDate    = "field.not_a_date"
	FieldNotMoment  = "field.not_a_moment"
	FieldNotNumber  = "field.not_a_number"
	FieldNotMoney   = "field.not_an_amount"
	FieldNotYesNo   = "field.not_yes_or_no"
	FieldNotChoice  = "field.not_a_choice"
	FieldTooLong    = "field.too_long"
	FieldFuture     = "field.in_the_future"
	FieldTooEarly   = "field.too_early"
	FieldBadText    = "field.bad_text"
	FieldBadArticle = "field.bad_article"
	FieldCurrency   = "field.not_a_currency"
	FieldBadPlace   = "field.bad_place"
	FieldBadFile    = "field.bad_document"
)

// Limits on what a field may hold.
const (
	MostText = 10_000 // letters, where the field sets no limit of its own
	mostName = 200
)

// ParseValue reads what somebody typed into a field. An empty text is "not
// given". key is "" or the reason why it is no value. The zone is the one in
// which moments without an offset are meant.
func (f *Field) ParseValue(s string, zone *calendar.Zone) (v Value, key string) {
	s = strings.TrimSpace(s)
	if s == "" {
		return Value{}, ""
	}
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return Value{}, FieldBadText
	}
	switch f.Type {
	case Number:
		n, err := strconv.ParseInt(strings.ReplaceAll(s, " ", ""), 10, 64)
		if err != nil {
			return Value{}, FieldNotNumber
		}
		return NumberOf(Number, n), ""
	case Money:
		return f.parseAmount(s)
	case YesNo:
		switch strings.ToLower(s) {
		case "yes", "true", "1":
			return NumberOf(YesNo, 1), ""
		case "no", "false", "0":
			return NumberOf(YesNo, 0), ""
		}
		return Value{}, FieldNotYesNo
	case Date:
		d, err := calendar.ParseDate(s)
		if err != nil || !sensible(d) {
			return Value{}, FieldNotDate
		}
		return DateOf(d), ""
	case Moment:
		m, err := zone.ParseMoment(s)
		if err != nil || !sensible(zone.Date(m)) {
			return Value{}, FieldNotMoment
		}
		return MomentOf(m), ""
	}
	most := f.Most
	if most == 0 {
		most = mostName
		if f.Type == Text {
			most = MostText
		}
	}
	if utf8.RuneCountInString(s) > most {
		return Value{}, FieldTooLong
	}
	if f.Type == Choice && !slices.Contains(f.Choices, s) {
		return Value{}, FieldNotChoice
	}
	if f.Type != Text && strings.ContainsAny(s, "\n\r\t") {
		return Value{}, FieldBadText
	}
	if key := f.shape(s); key != "" {
		return Value{}, key
	}
	return TextOf(f.Type, s), ""
}

// articleForm is an article of a code with its part and letter: "CC 169", "CC 168(2)", "CC 165(3)a", "CPC 405-1".
var articleForm = regexp.MustCompile(`^([A-Z][A-Za-z]*) [0-9]{1,4}(-[0-9]{1,3})?(\([0-9]{1,2}\))?[a-zа-я]?$`)

var currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)

var documentForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// shape says what is wrong with the form of an article, a place or a document; "" if nothing.
func (f *Field) shape(s string) string {
	switch f.Type {
	case Article:
		if f.In == nil || len(f.In.Codes) == 0 {
			return "" // a law that names no codes writes articles as its country does
		}
		m := articleForm.FindStringSubmatch(s)
		if m == nil || !slices.ContainsFunc(f.In.Codes, func(c Cite) bool { return c.Short == m[1] }) {
			return FieldBadArticle
		}
	case Place:
		if f.In != nil && !f.In.Places.Known(s) {
			return FieldBadPlace
		}
	case Document:
		if !documentForm.MatchString(s) {
			return FieldBadFile
		}
	}
	return ""
}

// parseAmount reads "1 250.50" or "1250,5 USD". The edition's own currency needs no name.
func (f *Field) parseAmount(s string) (Value, string) {
	currency := ""
	if n := len(s) - 3; n > 0 && IsCurrency(strings.ToUpper(s[n:])) {
		s, currency = strings.TrimSpace(s[:n]), strings.ToUpper(s[n:])
	}
	n, ok := parseMoney(s)
	if !ok {
		return Value{}, FieldNotMoney
	}
	own := ""
	if f.In != nil {
		own = f.In.Currency
	}
	switch {
	case (currency == "" || currency == own) && (len(f.Currencies) == 0 || slices.Contains(f.Currencies, own)):
		return NumberOf(Money, n), ""
	case currency != "" && slices.Contains(f.Currencies, currency):
		return Value{Type: Money, Num: n, Text: currency}, ""
	}
	return Value{}, FieldCurrency
}

// sensible keeps slips of the pen (year 0202, year 20226) out of the record.
func sensible(d calendar.Date) bool {
	return d >= calendar.DateOf(1900, 1, 1) && d <= calendar.DateOf(2199, 12, 31)
}

// parseMoney reads "1 250.50", "1250,5" or "35" into hundredths.
func parseMoney(s string) (int64, bool) {
	s = strings.NewReplacer(" ", "", "\u00a0", "", ",", ".").Replace(s)
	sign := int64(1)
	if strings.HasPrefix(s, "-") {
		sign, s = -1, s[1:]
	}
	whole, frac, _ := strings.Cut(s, ".")
	frac = strings.TrimRight(frac, "0")
	if whole == "" || len(frac) > 2 || strings.ContainsAny(frac, "+-") || strings.ContainsAny(whole, "+-") {
		return 0, false
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n > math.MaxInt64/100-1 {
		return 0, false
	}
	n *= 100
	if frac != "" {
		c, err := strconv.ParseInt((frac + "0")[:2], 10, 64)
		if err != nil {
			return 0, false
		}
		n += c
	}
	return sign * n, true
}
