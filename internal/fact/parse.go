package fact

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
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
	TooMuch   = "field.too_much"
	Mixed     = "field.mixed_alphabets"
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
		n, err := strconv.ParseInt(ungrouped(plain.Replace(s)), 10, 64)
		if err != nil {
			return Value{}, NotNumber
		}
		return NumberOf(Number, n), ""
	case Person:
		if mixed(s) {
			return Value{}, Mixed
		}
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

// MostSum is what a sum stays below, in hundredths: ten trillion. So thousands of the largest can be added up.
const MostSum = 1_000_000_000_000_000

// parseSum reads "1 250.50" or "1250,5 USD".
func parseSum(s string) (Value, string) {
	currency := ""
	if n := len(s) - 3; n > 0 && IsCurrency(strings.ToUpper(s[n:])) {
		s, currency = strings.TrimSpace(s[:n]), strings.ToUpper(s[n:])
	}
	n, key := parseAmount(s)
	if key == "" && (n >= MostSum || n <= -MostSum) {
		key = TooMuch
	}
	if key != "" {
		return Value{}, key
	}
	return Value{Type: Money, Num: n, Text: currency}, ""
}

// sensible keeps slips of the pen (year 0202, year 20226) out of the record.
func sensible(d calendar.Date) bool {
	return d >= calendar.DateOf(1900, 1, 1) && d <= calendar.DateOf(2199, 12, 31)
}

// plain writes the blanks and the minus that people and pages put into figures as those of a keyboard.
var plain = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2009", " ", "\u2212", "-")

var (
	spaced = regexp.MustCompile(`^-?[0-9]{1,3}( [0-9]{3})+$`)
	// sums are the ways in which a sum is written: a whole part, and hundredths behind a point or a comma. Points or commas between thousands are
	// taken where they can be nothing else: whether 1,250 is more than a thousand or less than two is not guessed.
	sums = []*regexp.Regexp{
		regexp.MustCompile(`^(-?[0-9]+)(?:[.,]([0-9]{1,2}))?$`),
		regexp.MustCompile(`^(-?[0-9]{1,3}(?: [0-9]{3})+)(?:[.,]([0-9]{1,2}))?$`),
		regexp.MustCompile(`^(-?[0-9]{1,3}(?:,[0-9]{3})+)\.([0-9]{1,2})$`),
		regexp.MustCompile(`^(-?[0-9]{1,3}(?:\.[0-9]{3})+),([0-9]{1,2})$`),
		regexp.MustCompile(`^(-?[0-9]{1,3}(?:,[0-9]{3}){2,}|-?[0-9]{1,3}(?:\.[0-9]{3}){2,})()$`),
	}
)

// ungrouped takes the blanks between thousands out of a whole number.
func ungrouped(s string) string {
	if spaced.MatchString(s) {
		return strings.ReplaceAll(s, " ", "")
	}
	return s
}

// parseAmount reads "1 250.50", "1250,5", "1,250,000.00" or "35" into hundredths. key is "" or the reason why it is no sum.
func parseAmount(s string) (n int64, key string) {
	s = plain.Replace(s)
	for _, form := range sums {
		m := form.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		digits := strings.NewReplacer(" ", "", ",", "", ".", "").Replace(m[1]) + (m[2] + "00")[:2]
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			return 0, TooMuch
		}
		return n, ""
	}
	return 0, NotMoney
}

// mixed reports whether a word has letters of both alphabets: they look alike, and whoever looks for the name afterwards does not find it.
func mixed(s string) bool {
	latin, cyrillic := false, false
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Latin, r):
			latin = true
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic = true
		case !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune("'`´‘’", r):
			latin, cyrillic = false, false
		}
		if latin && cyrillic {
			return true
		}
	}
	return false
}
