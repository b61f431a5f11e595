package script

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold makes the search key of a text: the same for a word in Uzbek Latin with
// any apostrophe or none, in Uzbek Cyrillic, in Karakalpak of either script, and
// in Russian as far as the two spellings differ only by letters. The key is lower
// case Latin without apostrophes; blanks and punctuation stay.
//
// On purpose the key forgets what people, scripts and loan words mix up: oʻ and
// o, gʻ and g, x and h, e and ye, ts and s, dj and j, and a y between a consonant
// and a vowel (sentabr, сентябрь). It keeps q and k apart.
//
// Of Karakalpak, the w (Cyrillic ў) is a v in the key; ў counts as that letter
// beside a vowel, and as the Uzbek oʻ elsewhere.
func Fold(s string) string {
	f := folder{out: make([]byte, 0, len(s)+8)}
	composed := false // a combining mark that composing left belongs to no letter we know
	for i := 0; i < len(s); {
		c := s[i]
		if n := apostrophe(s[i:]); n > 0 {
			if f.bareO && turnsO(s[i:], n) {
				f.turn()
			} else {
				f.turned = false // a stop between the oʻ and the next letter, as ъ is
			}
			f.bareO = false
			i += n
			continue
		}
		if c < utf8.RuneSelf {
			f.ascii(c, i+1 < len(s) && s[i+1]|0x20 == 'h')
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r >= 0x0300 && r <= 0x036F:
			if !composed { // й, ў, ё or á in two code points
				s, i, composed = norm.NFC.String(s), 0, true
				f = folder{out: f.out[:0]}
				continue
			}
		case r == utf8.RuneError && n == 1:
			f.mark(c)
		default:
			f.rune(r)
		}
		i += n
	}
	return string(f.out)
}

// turnsO says whether the apostrophe of n bytes that s begins with, behind an o,
// makes it oʻ. Before a letter it always does. At the end of a word, where Uzbek
// hardly ever has oʻ, only those signs do that do not also close a quotation.
func turnsO(s string, n int) bool {
	if n < len(s) && asciiLetter(s[n]) {
		return true
	}
	switch s[:n] {
	case turnedComma, "‘", "`":
		return true
	}
	return false
}

// folder collects the key letter by letter. Every script comes in as the same
// stream of small Latin letters, and what the key forgets is forgotten there, so
// the scripts cannot come to differ.
type folder struct {
	out []byte

	// Of the last letter as it was written, not as it stands in the key:
	vowel      bool // a vowel
	bareO      bool // a Latin o; an apostrophe may still make it oʻ
	turned     bool // oʻ or ў that stands in the key as an o
	afterVowel bool // it followed a vowel
}

// letter takes the next letter of the stream.
func (f *folder) letter(c byte) {
	n := len(f.out)
	f.afterVowel = f.vowel
	f.vowel = latinVowel(c)
	f.bareO = false
	switch {
	case f.vowel:
		if f.turned {
			f.out[n-1] = 'v'
		}
		for n > 0 && f.out[n-1] == 'y' && (c == 'e' || n > 1 && isConsonant(f.out[n-2])) {
			n--
		}
		f.out = f.out[:n]
	case n == 0:
	case c == 's' && f.out[n-1] == 't', c == 'j' && f.out[n-1] == 'd':
		f.out = f.out[:n-1]
	}
	f.turned = false
	f.out = append(f.out, c)
}

// turn makes the o just taken an oʻ.
func (f *folder) turn() {
	f.bareO = false
	if f.afterVowel {
		f.out[len(f.out)-1] = 'v'
		return
	}
	f.turned = true
}

// mark takes what is no letter.
func (f *folder) mark(c byte) {
	f.out = append(f.out, c)
	f.vowel, f.bareO, f.turned = false, false, false
}

// ascii takes a character of ASCII other than an apostrophe; beforeH says that
// the next one is an h.
func (f *folder) ascii(c byte, beforeH bool) {
	if !asciiLetter(c) {
		f.mark(c)
		return
	}
	switch c |= 0x20; c {
	case 'o':
		f.letter('o')
		f.bareO = true
	case 'x':
		f.letter('h')
	case 'w':
		f.letter('v')
	case 'c':
		if beforeH {
			f.letter('c')
			return
		}
		f.letter('t') // as Karakalpak writes ц
		f.letter('s')
	default:
		f.letter(c)
	}
}

// rune takes a character outside ASCII.
func (f *folder) rune(r rune) {
	if text := foldedRune(unicode.ToLower(r)); text != "" {
		for i := 0; i < len(text); i++ {
			f.letter(text[i])
		}
		if r == 'ў' || r == 'Ў' {
			f.turn()
		}
		return
	}
	switch r {
	case 'ъ', 'Ъ':
		f.turned = false
		return
	case 'ь', 'Ь', '\u00AD', '\u200B', '\u200C', '\u200D', '\uFEFF':
		return // as if not written
	case '\u00A0', '\u202F', '\u2009':
		f.mark(' ')
		return
	}
	f.vowel, f.bareO, f.turned = false, false, false
	f.out = utf8.AppendRune(f.out, unicode.ToLower(r))
}

func isConsonant(c byte) bool {
	return c >= 'a' && c <= 'z' && c != 'y' && !latinVowel(c)
}

// foldedRune is what a small letter outside ASCII brings to the stream. Every
// Cyrillic е comes as ye, for its y is forgotten wherever Latin may leave it out.
func foldedRune(r rune) string {
	switch r {
	case 'а', 'ә', 'á', 'â', 'à', 'ä':
		return "a"
	case 'б':
		return "b"
	case 'в':
		return "v"
	case 'г', 'ғ', 'ǵ', 'ğ':
		return "g"
	case 'д':
		return "d"
	case 'е':
		return "ye"
	case 'ё':
		return "yo"
	case 'ж':
		return "j"
	case 'з':
		return "z"
	case 'и', 'ы', 'і', 'ı', 'í':
		return "i"
	case 'й':
		return "y"
	case 'к':
		return "k"
	case 'л':
		return "l"
	case 'м':
		return "m"
	case 'н', 'ң', 'ń', 'ñ':
		return "n"
	case 'о', 'ө', 'ў', 'ó', 'õ', 'ö', 'ŏ':
		return "o"
	case 'п':
		return "p"
	case 'р':
		return "r"
	case 'с':
		return "s"
	case 'т':
		return "t"
	case 'у', 'ү', 'ú', 'ü':
		return "u"
	case 'ф':
		return "f"
	case 'х', 'ҳ', 'һ':
		return "h"
	case 'ц':
		return "ts"
	case 'ч', 'ç':
		return "ch"
	case 'ш', 'щ', 'ş':
		return "sh"
	case 'э', 'é', 'è', 'ê':
		return "e"
	case 'ю':
		return "yu"
	case 'я':
		return "ya"
	case 'қ':
		return "q"
	}
	return ""
}
