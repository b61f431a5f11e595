package fact

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"nazorat/internal/calendar"
)

// The reasons for which a text is no value of its type. They are translation keys.
const (
	BadText   = "field.bad_text"
	NotDate   = "field.not_a_date"
	NotMoment = "field.not_a_moment"
	NotNumber = "field.not_a_number"
	NotMoney  = "field.not_an_amount"
	NotYesNo  = "field.not_yes_or_no"
	NotThing  = "field.not_a_thing"
)

// Parse reads what somebody typed for a fact of a type. An empty text is "not given".
// key is "" or the reason why it is no value. The zone is the one in which moments
// without an offset are meant. A sum keeps the currency that it names.
func Parse(t Type, s string, zone *calendar.Zone) (v Value, key string) {
	s = strings.TrimSpace(s)
	if s == "" {
		return Value{}, ""
	}
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return Value{}, BadText
	}
	switch t {
	case Number:
		n, err := strconv.ParseInt(strings.ReplaceAll(s, " ", ""), 10, 64)
		if err != nil {
			return Value{}, NotNumber
		}
		return NumberOf(Number, n), ""
	case Thing:
		n, err := strconv.ParseInt(s, 10, 32)
		if err != nil || n < 1 {
			return Value{}, NotThing
		}
		return NumberOf(Thing, n), ""
	case Money:
		return parseSum(s)
	case YesNo:
		switch strings.ToLower(s) {
		case "yes", "true", "1":
			return NumberOf(YesNo, 1), ""
		case "no", "false", "0":
			return NumberOf(YesNo, 0), ""
		}
		return Value{}, NotYesNo
	case Date:
		d, err := calendar.ParseDate(s)
		if err != nil || !sensible(d) {
			return Value{}, NotDate
		}
		return DateOf(d), ""
	case Moment:
		m, err := zone.ParseMoment(s)
		if err != nil || !sensible(zone.Date(m)) {
			return Value{}, NotMoment
		}
		return MomentOf(m), ""
	}
	return TextOf(t, s), ""
}

var (
	// articleForm is an article of a code with its part and letter: "CC 169", "CC 168(2)", "CC 165(3)a", "CPC 405-1".
	articleForm  = regexp.MustCompile(`^([A-Z][A-Za-z]*) [0-9]{1,4}(-[0-9]{1,3})?(\([0-9]{1,2}\))?[a-zа-я]?$`)
	currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)
)

// IsCurrency reports whether a word has the form of an ISO 4217 code.
func IsCurrency(s string) bool { return currencyForm.MatchString(s) }

// CodeOf is the short name of the code that an article belongs to; "" if the text is
// not written as an article of a code is.
func CodeOf(article string) string {
	if m := articleForm.FindStringSubmatch(article); m != nil {
		return m[1]
	}
	return ""
}

// parseSum reads "1 250.50" or "1250,5 USD".
func parseSum(s string) (Value, string) {
	currency := ""
	if n := len(s) - 3; n > 0 && IsCurrency(strings.ToUpper(s[n:])) {
		s, currency = strings.TrimSpace(s[:n]), strings.ToUpper(s[n:])
	}
	n, ok := parseAmount(s)
	if !ok {
		return Value{}, NotMoney
	}
	return Value{Type: Money, Num: n, Text: currency}, ""
}

// sensible keeps slips of the pen (year 0202, year 20226) out of the record.
func sensible(d calendar.Date) bool {
	return d >= calendar.DateOf(1900, 1, 1) && d <= calendar.DateOf(2199, 12, 31)
}

// parseAmount reads "1 250.50", "1250,5" or "35" into hundredths.
func parseAmount(s string) (int64, bool) {
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
