package script

import (
	"strings"
	"unicode"
)

// Letters that look the same, at the same places.
const (
	latinAlike    = "ABCEHKMOPTXYaceopxy"
	cyrillicAlike = "АВСЕНКМОРТХУасеорху"
)

var (
	toCyrillic = alike(latinAlike, cyrillicAlike)
	toLatin    = alike(cyrillicAlike, latinAlike)
)

func alike(from, to string) map[rune]rune {
	out, letters := map[rune]rune{}, []rune(to)
	for i, r := range []rune(from) {
		out[r] = letters[i]
	}
	return out
}

// Unmixed writes each word that has letters of both alphabets in the one that more of its letters are of: a word typed or pasted so looks right, and
// would be looked for as another. A word in which they are as many, or in which one of the others looks like no letter of that alphabet, is left as it is.
func Unmixed(s string) string {
	var out strings.Builder
	latin, cyrillic, from := 0, 0, 0
	end := func(to int) {
		word := s[from:to]
		into := toCyrillic
		if latin > cyrillic {
			into = toLatin
		}
		if latin > 0 && cyrillic > 0 && latin != cyrillic {
			as, alike := strings.Builder{}, 0
			for _, r := range word {
				other, ok := into[r]
				if ok {
					r = other
					alike++
				}
				as.WriteRune(r)
			}
			if alike == min(latin, cyrillic) {
				word = as.String()
			}
		}
		out.WriteString(word)
		latin, cyrillic, from = 0, 0, to
	}
	for i, r := range s {
		switch {
		case unicode.Is(unicode.Latin, r):
			latin++
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic++
		case !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune("'`´‘’ʻʼ", r):
			end(i)
		}
	}
	end(len(s))
	return out.String()
}
