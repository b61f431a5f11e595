package find

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"nazorat/internal/fact"
	"nazorat/internal/script"
)

// Kinds of keys, the first letter of each. What is looked for as one kind is not found as another.
const (
	asName    = "n" // a word of a name, as it sounds
	asPair    = "p" // two words of one name, as they sound
	asFull    = "L" // no key: how a word of a name sounds in full, and its key; by which those near it are found
	asSpelt   = "N" // the same as it is spelt: for the order of what is found alone
	asText    = "t" // a word of a text
	asArticle = "a" // a part of an article: the code, the number
	asPlace   = "s" // a place, and what it lies in
	asNumber  = "c" // the number of a proceeding
	asDigits  = "#" // telephones, accounts, cards: digits alone
	asSign    = "=" // plates of vehicles, documents: letters and digits
	asHas     = "@" // no word: the office that has a proceeding or has had it, with hasOffice, and so on
)

// stem is how many letters of a word are looked for: Uzbek and Russian put their endings behind, and cutting words off is
// nearly as good as knowing the endings.
const stem = 6

// span is a word in a text, by bytes.
type span struct{ from, to int }

// spans are the words of a text: letters and digits, with apostrophes inside.
func spans(text string) (out []span) {
	from := -1
	for i, r := range text {
		inside := unicode.IsLetter(r) || unicode.IsDigit(r)
		if from >= 0 && !inside {
			switch {
			case unicode.Is(unicode.Mn, r), r == '\u00AD', r == '\u200C', r == '\u200D':
				inside = true
			case r != utf8.RuneError && strings.ContainsRune("'`´‘’ʻʼ", r):
				next, _ := utf8.DecodeRuneInString(text[i+utf8.RuneLen(r):])
				inside = unicode.IsLetter(next) || r == 'ʻ' || r == 'ʼ'
			}
		}
		switch {
		case inside && from < 0:
			from = i
		case !inside && from >= 0:
			out, from = append(out, span{from, i}), -1
		}
	}
	if from >= 0 {
		out = append(out, span{from, len(text)})
	}
	return out
}

// textKey is the key of a folded word of a text; "" for a word that says nothing.
func textKey(word string) string {
	n := 0
	for i := range word {
		if n == stem && !strings.ContainsFunc(word, unicode.IsDigit) {
			return asText + word[:i]
		}
		n++
	}
	if n < 2 && !strings.ContainsFunc(word, unicode.IsDigit) {
		return ""
	}
	return asText + word
}

// keysOf gives the keys by which a value is found. Those of one value may be given twice.
func keysOf(v fact.Value, add func(key string)) {
	switch v.Type {
	case fact.Person:
		var sounds []string
		for _, s := range spans(v.Text) {
			if sound := nameKeys(v.Text[s.from:s.to], add); sound != "" && len(sounds) < mostNames {
				sounds = append(sounds, sound)
			}
		}
		for i, sound := range sounds {
			for _, other := range sounds[:i] {
				add(pairKey(sound, other))
			}
		}
	case fact.Text:
		for _, s := range spans(v.Text) {
			if key := textKey(script.Fold(v.Text[s.from:s.to])); key != "" {
				add(key)
			}
		}
		for _, m := range marksIn(v.Text) {
			for _, key := range m.indexed {
				add(key)
			}
		}
	case fact.Article:
		for _, s := range spans(v.Text) {
			add(asArticle + script.Fold(v.Text[s.from:s.to]))
		}
	case fact.Place:
		for _, n := range []int{4, 7, 10} { // a region, a district, what lies in it
			if n < len(v.Text) {
				add(asPlace + v.Text[:n])
			}
		}
		add(asPlace + v.Text)
	case fact.Number:
		if d := v.String(); len(d) >= leastDigits {
			for _, key := range digitKeys(d) {
				add(key)
			}
		}
	case fact.Proceeding:
		add(asNumber + alnum(v.Text))
	}
}

// mostNames is how many words of one name are looked for together.
const mostNames = 5

// nameKeys are the keys of a word of a name. It gives how the word sounds, "" for none that is looked for.
func nameKeys(word string, add func(key string)) string {
	if script.Related(word) {
		return ""
	}
	sound, full := script.Sounds(word)
	if len(sound) < 2 {
		return ""
	}
	add(asName + sound)
	add(asSpelt + script.Fold(word))
	add(asFull + full + " " + sound)
	return sound
}

// pairKey is the key of two words of one name, in either order.
func pairKey(a, b string) string {
	if b < a {
		a, b = b, a
	}
	return asPair + a + " " + b
}

// numberKeys are the keys of the number of a proceeding: whole, without its first parts, and its last part without noughts.
func numberKeys(number string, add func(key string)) {
	parts := strings.FieldsFunc(script.Fold(number), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i := range parts {
		add(asNumber + strings.Join(parts[i:], ""))
	}
	if len(parts) > 1 {
		add(asNumber + strings.TrimLeft(parts[len(parts)-1], "0"))
	}
}

// alnum is a text folded, without what is neither letter nor digit.
func alnum(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, script.Fold(text))
}

// mark is a telephone, an account, a plate or a document in a text, known by its shape.
type mark struct {
	span
	indexed []string // keys by which it is found
	asked   []string // keys that somebody looks for who types it
}

var (
	digitsIn = regexp.MustCompile(`\+?\(?\d(?:[ \x{00A0}().-]{0,2}\d)+`)
	plateIn  = regexp.MustCompile(`(?i)\d{2}[ |-]?(?:\p{L}[ -]?\d{3}[ -]?\p{L}{2}|\d{3}[ -]?\p{L}{3})`)
	paperIn  = regexp.MustCompile(`(?i)\p{L}{2}[ -]?(?:№ ?)?\d{7}`)
	groupIn  = regexp.MustCompile(`\d+`)
)

const (
	plateDigits = 5 // of a plate; all other shapes have more
	leastDigits = 7 // of a number that may be a telephone or an account
	mostDigits  = 24
	shortPhone  = 7 // as it is dialled at home
	longPhone   = 9
	country     = "998"
	trunk       = "8" // dialled once, and still written, in front of a number within the country
)

// marksIn finds what is known by its shape; what was taken for one thing is not taken for another.
func marksIn(text string) (out []mark) {
	digits := 0
	for i := range len(text) {
		if '0' <= text[i] && text[i] <= '9' {
			digits++
		}
	}
	if digits < plateDigits { // as in most texts: no shape need be tried
		return nil
	}
	taken := func(s span) bool {
		for _, m := range out {
			if s.from < m.to && m.from < s.to {
				return true
			}
		}
		before, _ := utf8.DecodeLastRuneInString(text[:s.from])
		after, _ := utf8.DecodeRuneInString(text[s.to:])
		return unicode.IsLetter(before) || unicode.IsDigit(before) || unicode.IsLetter(after) || unicode.IsDigit(after)
	}
	for _, shape := range []*regexp.Regexp{plateIn, paperIn} {
		for _, at := range shape.FindAllStringIndex(text, -1) {
			s := span{at[0], at[1]}
			if taken(s) {
				continue
			}
			key := []string{asSign + sign(text[s.from:s.to])}
			out = append(out, mark{s, key, key})
		}
	}
	for _, at := range digitsIn.FindAllStringIndex(text, -1) {
		s := span{at[0], at[1]}
		if taken(s) {
			continue
		}
		groups := groupIn.FindAllString(text[s.from:s.to], -1)
		if whole := strings.Join(groups, ""); len(whole) >= leastDigits {
			asked := []string{asDigits + dialled(whole), asNumber + whole}
			if home := fromHome(whole); home != "" {
				asked = append(asked, asDigits+home)
			}
			out = append(out, mark{s, runKeys(groups), asked})
		}
	}
	return out
}

// runKeys are the keys of digits in groups: of the whole, and of each row of groups that is as long as a telephone, a
// card, an account or the number of a person; for two numbers may stand beside each other.
func runKeys(groups []string) (out []string) {
	whole := strings.Join(groups, "")
	if len(whole) <= mostDigits {
		out = digitKeys(whole)
	}
	for i := range groups {
		row := ""
		for _, g := range groups[i:] {
			row += g
			switch len(row) {
			case shortPhone, longPhone, len(country) + longPhone, 14, 16, 20:
				if row != whole {
					out = append(out, digitKeys(row)...)
				}
			}
		}
	}
	return out
}

// digitKeys are the keys of a number: of a telephone, with the code of the country and without, and as it is dialled at home.
func digitKeys(d string) []string {
	if home := fromHome(d); home != "" {
		return append(digitKeys(home), asDigits+d) // or it is none: an account, a card
	}
	d = dialled(d)
	if len(d) == longPhone {
		return []string{asDigits + d, asDigits + d[longPhone-shortPhone:]}
	}
	return []string{asDigits + d}
}

// fromHome is a number as it is dialled within the country, without what stands in front of it there; "" for any other.
func fromHome(d string) string {
	if home, ok := strings.CutPrefix(d, trunk); ok && len(home) == longPhone {
		return home
	}
	return ""
}

// dialled is a number without the code of the country.
func dialled(d string) string {
	if len(d) == len(country)+longPhone && strings.HasPrefix(d, country) {
		return d[len(country):]
	}
	return d
}

// sign is a plate or a document as one word. Cyrillic letters count for the Latin ones that they look like: that is how they are typed off.
func sign(text string) string {
	return strings.Map(func(r rune) rune {
		r = unicode.ToLower(r)
		if i := strings.IndexRune("авекмнорстух", r); i >= 0 {
			return rune("abekmhopctyx"[i/2])
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, text)
}

// parts of how a name sounds in full: itself, and itself without one letter. Two names are near each other where they share one.
func parts(full string) []string {
	out := []string{full}
	if len(full) < leastNear {
		return out
	}
	for i := range full {
		if p := full[:i] + full[i+1:]; i == 0 || full[i] != full[i-1] {
			out = append(out, p)
		}
	}
	return out
}

// leastNear is how long a name must be for a typing error to leave it known.
const leastNear = 4
