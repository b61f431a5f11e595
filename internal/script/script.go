// Package script owns the scripts that people of the office read and type:
// Uzbek in Latin and in Cyrillic letters, Karakalpak, Russian and English.
//
// It does four things. Cyrillic writes Uzbek Latin text in Cyrillic letters, so
// that one translation serves both. Latin goes back. Fold makes one search key
// of a word however it was written. PluralOf says which plural form a number
// takes.
//
// Invariants: every function is total (any string, valid UTF-8 or not, has an
// answer and nothing panics), pure, and safe for concurrent use. For a word x in
// the letters of Uzbek Latin, Fold(Cyrillic(x)) == Fold(x).
//
// It refuses to guess: a word with a letter that Uzbek does not have (w, or c
// without h), an address, a Roman numeral, a named variable in braces stay as
// they are. What the rules of spelling cannot know, namely which words came
// through Russian and keep its ц, ь, ъ or э, stands in exceptions.txt.
//
// The rules are those of the orthographies of 1956 (Cyrillic) and 1995 (Latin);
// the letter pairs agree with the transform uz_Cyrl-uz_Latn of the Unicode CLDR,
// which has no exceptions and so cannot restore ь or tell ц from с.
package script

// The two apostrophes of written Uzbek. People type six others for both.
const (
	turnedComma = "ʻ" // U+02BB, the second half of oʻ and gʻ
	tutuq       = "ʼ" // U+02BC, tutuq belgisi, the Cyrillic ъ
)

// apostrophe says how many bytes at the start of s are one apostrophe of the
// kinds that people type in Uzbek words: ʻ ʼ ' ‘ ’ ` ´. Zero means none.
func apostrophe(s string) int {
	if s == "" {
		return 0
	}
	switch s[0] {
	case '\'', '`':
		return 1
	case 0xC2: // U+00B4
		if len(s) > 1 && s[1] == 0xB4 {
			return 2
		}
	case 0xCA: // U+02BB, U+02BC
		if len(s) > 1 && (s[1] == 0xBB || s[1] == 0xBC) {
			return 2
		}
	case 0xE2: // U+2018, U+2019
		if len(s) > 2 && s[1] == 0x80 && (s[2] == 0x98 || s[2] == 0x99) {
			return 3
		}
	}
	return 0
}

func asciiLetter(c byte) bool {
	c |= 0x20
	return c >= 'a' && c <= 'z'
}

func asciiUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

func latinVowel(c byte) bool {
	switch c {
	case 'a', 'e', 'i', 'o', 'u':
		return true
	}
	return false
}
