package signin

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ccojocar/zxcvbn-go"

	"nazorat/internal/calendar"
	"nazorat/internal/directory"
	"nazorat/internal/fault"
)

// What a password is measured by: how many guesses somebody needs who knows
// common passwords, words and names, keyboards, dates and sequences, and knows
// whose password it is. There are no rules about kinds of letters.
const (
	// leastEntropy in bits. Guessed at 200 an hour, that is never; read out of a stolen database and tried against
	// argon2id, it is years.
	leastEntropy = 32
	// measured letters: what is longer is measured by its beginning, since the work grows faster than the length.
	measured = 64
)

// Words that a stranger would try here first, as they are typed in Latin letters.
var localWords = []string{"nazorat", "prokuratura", "prokuror", "prosecutor", "tergov", "tergovchi", "surishtiruv", "sud", "sudya", "advokat", "ichkiishlar", "politsiya", "militsiya",
	"parol", "maxfiy", "salom", "assalom", "ozbekiston", "uzbekistan", "uzbekiston", "toshkent", "tashkent", "samarqand", "samarkand", "buxoro", "bukhara", "andijon", "fargona",
	"namangan", "xorazm", "qashqadaryo", "surxondaryo", "navoiy", "jizzax", "sirdaryo", "qoraqalpogiston", "mustaqillik", "navruz", "privet", "rossiya", "sluzhba", "zakon", "qonun", "adolat"}

// maySet refuses a password that is too short, too long, or easily guessed by
// somebody who knows whose it is.
func (k *Keeper) maySet(ctx context.Context, o directory.Officer, password string, now calendar.Moment) error {
	if err := ofLength(password); err != nil {
		return err
	}
	mandates, err := k.dir.Mandates(ctx, o.ID, now)
	if err != nil {
		return err
	}
	about := []string{o.Login, o.Name}
	for _, m := range mandates {
		if office := k.dir.Tree().Office(m.Office); office != nil {
			about = append(about, office.Code)
			for _, name := range office.Names {
				about = append(about, name)
			}
		}
	}
	if entropy(password, about) < leastEntropy {
		return fault.New(fault.Invalid, "password.common", nil)
	}
	return nil
}

// entropy of a password, in bits, for somebody who knows of its owner what is
// about him. It is read in each way in which it can have been thought of: as it
// stands, as a Cyrillic word, and as one that was typed with the wrong keyboard.
func entropy(password string, about []string) float64 {
	if runes := []rune(password); len(runes) > measured {
		password = string(runes[:measured])
	}
	known := slices.Clone(localWords)
	for _, text := range about {
		for _, word := range strings.FieldsFunc(latin(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if len(word) >= 3 && len(word) <= measured {
				known = append(known, word)
			}
		}
	}
	readings := []string{strings.ToLower(plain(password)), latin(password), byKeys(password)}
	least := zxcvbn.PasswordStrength(plain(password), known).Entropy
	slices.Sort(readings)
	for _, r := range slices.Compact(readings) {
		if r == "" || r == plain(password) {
			continue
		}
		least = min(least, zxcvbn.PasswordStrength(r, known).Entropy)
	}
	return least
}

// plain keeps one byte for each letter: the library counts bytes, and a letter of three is no harder to guess.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf {
			return r
		}
		return '~'
	}, text)
}

// letters of the Russian and Uzbek Cyrillic alphabets as they are written in Latin, roughly: what is guessed is a word, not its spelling.
var letters = map[rune]string{'а': "a", 'б': "b", 'в': "v", 'г': "g", 'д': "d", 'е': "e", 'ё': "yo", 'ж': "j", 'з': "z", 'и': "i", 'й': "y", 'к': "k", 'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p",
	'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "x", 'ц': "ts", 'ч': "ch", 'ш': "sh", 'щ': "sh", 'ъ': "", 'ы': "i", 'ь': "", 'э': "e", 'ю': "yu", 'я': "ya", 'ў': "o", 'қ': "q", 'ғ': "g", 'ҳ': "h"}

// latin is a text in small Latin letters, without apostrophes.
func latin(text string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		switch l, cyrillic := letters[r]; {
		case cyrillic:
			b.WriteString(l)
		case r == '\'' || r == 'ʻ' || r == 'ʼ' || r == '’' || r == '‘' || r == '`':
		default:
			b.WriteRune(r)
		}
	}
	return plain(b.String())
}

// The keys of a Russian keyboard, and those of a Latin one in the same places.
const (
	russianKeys = "йцукенгшщзхъфывапролджэячсмитьбюё"
	latinKeys   = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
)

// byKeys is what the keys give that were pressed on the other keyboard: Latin for
// Cyrillic letters, and the word behind a Cyrillic one typed in Latin letters, in Latin.
func byKeys(text string) string {
	russian := []rune(russianKeys)
	text = strings.ToLower(text)
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) {
		return plain(strings.Map(func(r rune) rune {
			if i := slices.Index(russian, r); i >= 0 {
				return rune(latinKeys[i])
			}
			return r
		}, text))
	}
	return latin(strings.Map(func(r rune) rune {
		if i := strings.IndexRune(latinKeys, r); i >= 0 {
			return russian[i]
		}
		return r
	}, text))
}
