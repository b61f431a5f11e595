package script

import "strings"

// Plural is the form that a counted word takes, as the Unicode CLDR names them.
// The zero value is Other, which every language has.
type Plural uint8

// The plural forms of the languages of this service.
const (
	Other Plural = iota
	One
	Few
	Many
)

// String is the CLDR name of the form, as catalogues write it.
func (p Plural) String() string {
	switch p {
	case One:
		return "one"
	case Few:
		return "few"
	case Many:
		return "many"
	}
	return "other"
}

// PluralOf says which form a whole number takes in a language, given by its tag:
// uz, uz-Cyrl, kaa, ru, en. The sign does not matter. An unknown language has only
// Other. The rules are the integer rules of CLDR; for Karakalpak, which CLDR
// does not list, the rule of its neighbours Kazakh and Uzbek stands in.
func PluralOf(lang string, n int64) Plural {
	u := uint64(n)
	if n < 0 {
		u = -u // also right for the least int64
	}
	base, _, _ := strings.Cut(lang, "-")
	switch base {
	case "uz", "kaa", "en":
		if u == 1 {
			return One
		}
	case "ru":
		unit, teen := u%10, u%100
		switch {
		case unit == 1 && teen != 11:
			return One
		case unit >= 2 && unit <= 4 && (teen < 12 || teen > 14):
			return Few
		}
		return Many
	}
	return Other
}
