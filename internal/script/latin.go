package script

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Latin writes Uzbek Cyrillic text in Latin letters, with ʻ in oʻ and gʻ and ʼ
// for tutuq belgisi. Whatever is not Cyrillic stays as it is; Russian ы and щ
// become i and sh. It is meant for typed input and for search: it does not
// promise Latin(Cyrillic(x)) == x, since people spell one word in several ways.
func Latin(cyrillic string) string {
	// Text from some systems has й, ў and ё in two code points.
	if strings.ContainsAny(cyrillic, "\u0306\u0308") {
		cyrillic = norm.NFC.String(cyrillic)
	}
	lex := exceptions()
	out := make([]byte, 0, len(cyrillic))
	for i := 0; i < len(cyrillic); {
		n := cyrillicWordLen(cyrillic[i:])
		if n == 0 {
			out = append(out, cyrillic[i])
			i++
			continue
		}
		out = lex.appendLatin(out, cyrillic[i:i+n])
		i += n
	}
	return string(out)
}

// cyrillicWordLen is the length of the Cyrillic word that s begins with.
func cyrillicWordLen(s string) int {
	for i, r := range s {
		if !isCyrillic(r) {
			return i
		}
	}
	return len(s)
}

func isCyrillicWord(s string) bool { return cyrillicWordLen(s) == len(s) }

func isCyrillic(r rune) bool { return r >= 0x0400 && r <= 0x052F }

// appendLatin appends one Cyrillic word, by its stem in the exceptions if it
// has one there.
func (l *lexicon) appendLatin(out []byte, word string) []byte {
	low := strings.ToLower(word)
	if len(low) != len(word) || len(low)%2 != 0 {
		return appendLatinByRule(out, word, 0)
	}
	// The letters of these stems have two bytes each, and none has fewer than two.
	for n := min(l.longest, len(low)); n >= 4; n -= 2 {
		s, found := l.back[low[:n]]
		if !found || s.whole && !isEnding([]byte(latinByRule(low[n:]))) {
			continue
		}
		text := s.latin
		first, _ := utf8.DecodeRuneInString(word)
		switch {
		case word[:n] == strings.ToUpper(word[:n]):
			text = strings.ToUpper(text)
		case unicode.IsUpper(first):
			text = strings.ToUpper(text[:1]) + text[1:]
		}
		out = append(out, text...)
		before, _ := utf8.DecodeLastRuneInString(low[:n])
		return appendLatinByRule(out, word[n:], before)
	}
	return appendLatinByRule(out, word, 0)
}

// latinByRule is the Latin of a word that is no exception.
func latinByRule(word string) string { return string(appendLatinByRule(nil, word, 0)) }

// appendLatinByRule appends a word, or the rest of one, letter by letter; before
// is the small letter before it, 0 at the beginning of a word.
func appendLatinByRule(out []byte, word string, before rune) []byte {
	for i, r := range word {
		low := unicode.ToLower(r)
		next, size := utf8.DecodeRuneInString(word[i+utf8.RuneLen(r):])
		text := latinLetter(low, before, unicode.ToLower(next))
		if low != r && text != "" {
			// SHAHAR or Shahar: the letter after decides, at the end the one before.
			all := size > 0 && unicode.IsUpper(next) || size == 0 && upperBefore(word[:i])
			if all || len(text) == 1 || !asciiLetter(text[1]) {
				text = strings.ToUpper(text)
			} else {
				text = strings.ToUpper(text[:1]) + text[1:]
			}
		}
		out = append(out, text...)
		before = low
	}
	return out
}

func upperBefore(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.IsUpper(r)
}

// latinLetter is the Latin of a small Cyrillic letter between its neighbours.
func latinLetter(r, before, next rune) string {
	switch r {
	case 'а':
		return "a"
	case 'б':
		return "b"
	case 'в':
		return "v"
	case 'г':
		return "g"
	case 'д':
		return "d"
	case 'е':
		if before == 0 || cyrillicVowel(before) || before == 'ъ' || before == 'ь' || before == 'й' {
			return "ye"
		}
		return "e"
	case 'ё':
		return "yo"
	case 'ж':
		return "j"
	case 'з':
		return "z"
	case 'и', 'ы':
		return "i"
	case 'й':
		return "y"
	case 'к':
		return "k"
	case 'л':
		return "l"
	case 'м':
		return "m"
	case 'н':
		return "n"
	case 'о':
		if before == 'ь' { // батальон
			return "yo"
		}
		return "o"
	case 'п':
		return "p"
	case 'р':
		return "r"
	case 'с':
		if next == 'ҳ' { // Исҳоқ
			return "s" + tutuq
		}
		return "s"
	case 'т':
		return "t"
	case 'у':
		return "u"
	case 'ф':
		return "f"
	case 'х':
		return "x"
	case 'ц': // ts after a vowel, s elsewhere: милиция, акция
		if cyrillicVowel(before) {
			return "ts"
		}
		return "s"
	case 'ч':
		return "ch"
	case 'ш', 'щ':
		return "sh"
	case 'ъ': // written neither before ye (объект) nor after oʻ (мўъжиза)
		if next == 'е' || before == 'ў' {
			return ""
		}
		return tutuq
	case 'ь':
		return ""
	case 'э':
		return "e"
	case 'ю':
		return "yu"
	case 'я':
		return "ya"
	case 'ў':
		return "o" + turnedComma
	case 'қ':
		return "q"
	case 'ғ':
		return "g" + turnedComma
	case 'ҳ':
		return "h"
	}
	return string(r)
}

func cyrillicVowel(r rune) bool {
	switch r {
	case 'а', 'е', 'ё', 'и', 'о', 'у', 'ў', 'э', 'ю', 'я', 'ы':
		return true
	}
	return false
}
