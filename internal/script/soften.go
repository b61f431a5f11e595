package script

import (
	"strings"
	"unicode"
)

// softHyphen is where a word may be broken at the end of a line; it is seen only there.
const softHyphen = '\u00ad'

// Words shorter than this are not broken, and no piece is shorter than the other two say.
const (
	longWord  = 11
	leastHead = 5
	leastTail = 4
)

// Soften marks in each long word of Uzbek or Russian where it may be broken at the end of a line: before
// the consonant that begins a syllable. Browsers have no dictionaries for these languages, and a narrow
// column would cut their long words anywhere, or let them run into the next. Short words come back as they are.
func Soften(text string) string {
	var b strings.Builder
	word := make([]rune, 0, 32)
	flush := func() {
		soften(&b, word)
		word = word[:0]
	}
	for _, r := range text {
		if unicode.IsLetter(r) || r == 'ʻ' || r == 'ʼ' || r == '‘' || r == '’' || r == '\'' {
			word = append(word, r)
			continue
		}
		flush()
		b.WriteRune(r)
	}
	flush()
	return b.String()
}

func soften(b *strings.Builder, word []rune) {
	for i, r := range word {
		if i >= leastHead && len(word) >= longWord && len(word)-i >= leastTail && begins(word, i) {
			b.WriteRune(softHyphen)
		}
		b.WriteRune(r)
	}
}

// begins reports whether a syllable begins with the consonant at i.
func begins(word []rune, i int) bool {
	if !consonant(word[i]) || oneSound(word[i-1], word[i]) {
		return false
	}
	next := i + 1
	if oneSound(word[i], word[next]) || word[next] == 'ʻ' {
		next++
	}
	return next < len(word) && vowel(word[next])
}

// oneSound reports whether two Latin letters are one sound of Uzbek.
func oneSound(a, b rune) bool {
	a, b = unicode.ToLower(a), unicode.ToLower(b)
	return (a == 's' || a == 'c') && b == 'h' || a == 'n' && b == 'g'
}

func vowel(r rune) bool {
	return strings.ContainsRune("aeiouаеёиоуўыэюя", unicode.ToLower(r))
}

func consonant(r rune) bool {
	return unicode.IsLetter(r) && !vowel(r) && !strings.ContainsRune("ьъйʻʼ", unicode.ToLower(r))
}
