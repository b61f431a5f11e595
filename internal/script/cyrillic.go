package script

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Cyrillic writes Uzbek Latin text in Cyrillic letters.
//
// It keeps as they are: whatever is not a Latin word, text in braces ({name}),
// addresses and file names, Roman numerals, and words with letters that Uzbek
// Latin does not have. Capitals are kept (SHAHAR is ШАҲАР, Shahar is Шаҳар).
// It makes one string and no other garbage; pages call it once for a text of the
// catalogue and keep the answer.
func Cyrillic(latin string) string {
	lex := exceptions()
	var w wordBuffer
	out := make([]byte, 0, len(latin)*2)
	chunkEnd := 0 // until where we know that no address begins
	for i := 0; i < len(latin); {
		c := latin[i]
		if c == '{' {
			n := bracedLen(latin[i:])
			out = append(out, latin[i:i+n]...)
			i += n
			continue
		}
		if !asciiLetter(c) {
			if c >= utf8.RuneSelf {
				if n := foreignLen(latin[i:]); n > 0 {
					out = append(out, latin[i:i+n]...)
					i += n
					continue
				}
			}
			out = append(out, c)
			i++
			continue
		}
		if i >= chunkEnd {
			var n int
			n, chunkEnd = addressLen(latin, i)
			if n > 0 {
				out = append(out, latin[i:i+n]...)
				i += n
				continue
			}
		}
		n := w.read(latin, i)
		if w.foreign || isRoman(latin, i, n) {
			out = append(out, latin[i:i+n]...)
		} else {
			out = w.write(out, lex)
		}
		i += n
	}
	return string(out)
}

// bracedLen is the length of the braced text that s begins with, inner braces
// counted; a brace that is never closed stands for itself.
func bracedLen(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 1
}

// wordBuffer is one Latin word, normalised: small letters, every apostrophe a '.
type wordBuffer struct {
	low      []byte
	upper    []bool
	foreign  bool // has letters that Uzbek Latin does not have
	inside   bool // goes on after a soft hyphen
	lowRoom  [48]byte
	caseRoom [48]bool
}

// read takes the word at s[at:] and returns its length in bytes.
func (w *wordBuffer) read(s string, at int) int {
	w.low, w.upper = w.lowRoom[:0], w.caseRoom[:0]
	w.foreign = false
	w.inside = strings.HasSuffix(s[:at], "\u00AD")
	i := at
	for i < len(s) {
		c := s[i]
		if asciiLetter(c) {
			w.foreign = w.foreign || c|0x20 == 'w' || c|0x20 == 'c' && (i+1 == len(s) || s[i+1]|0x20 != 'h')
			w.low = append(w.low, c|0x20)
			w.upper = append(w.upper, asciiUpper(c))
			i++
			continue
		}
		if c == '"' || c < 0x27 || c > 0x27 && c < 0x60 || c > 0x7A && c < utf8.RuneSelf {
			break
		}
		n := apostrophe(s[i:])
		if n == 0 {
			n = foreignLen(s[i:])
			if n == 0 {
				break
			}
			w.foreign = true
			i += n
			continue
		}
		if !w.takesApostrophe(s, at, i+n, n) {
			break
		}
		i += n
		w.low = append(w.low, '\'')
		if i < len(s) && asciiLetter(s[i]) { // Aʼlo, AʼLO: the sign goes with what follows
			w.upper = append(w.upper, asciiUpper(s[i]))
		} else {
			w.upper = append(w.upper, len(w.upper) > 1 && w.upper[len(w.upper)-1])
		}
	}
	return i - at
}

// takesApostrophe says whether the apostrophe of n bytes before s[end] belongs to the
// word that began at s[at]: inside a word always, after it only as the second
// half of oʻ or gʻ or as a tutuq belgisi proper, and not as the end of a quotation.
func (w *wordBuffer) takesApostrophe(s string, at, end, n int) bool {
	if end < len(s) && asciiLetter(s[end]) {
		return true
	}
	switch w.low[len(w.low)-1] {
	case 'o':
		return turnsO(s[end-n:], n)
	case 'g':
		return turnsO(s[end-n:], n) || !(strings.HasSuffix(s[:at], "'") || strings.HasSuffix(s[:at], "‘"))
	}
	return s[end-n:end] == tutuq // jomeʼ
}

// foreignLen is the length of the Latin letter outside ASCII that s begins with.
func foreignLen(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	if r >= utf8.RuneSelf && r != 'ʻ' && r != 'ʼ' && unicode.Is(unicode.Latin, r) {
		return n
	}
	return 0
}

// write appends the word in Cyrillic letters.
func (w *wordBuffer) write(out []byte, lex *lexicon) []byte {
	low := w.low
	p := 0
	if !w.inside {
		if s := lex.start.longest(low); s.size > 0 {
			out = w.writeStem(out, 0, s)
			p = s.size
		}
	}
	for p < len(low) {
		if lex.inside[0].next[symbol(low[p])] != 0 {
			if s := lex.inside.longest(low[p:]); s.size > 0 {
				out = w.writeStem(out, p, s)
				p += s.size
				continue
			}
		}
		var n int
		out, n = w.writeLetter(out, p)
		p += n
	}
	return out
}

// writeLetter appends the letter at p by rule and returns how many symbols of
// the word it took.
func (w *wordBuffer) writeLetter(out []byte, p int) ([]byte, int) {
	c, upper := w.low[p], w.upper[p]
	next, after := w.at(p+1), w.at(p+2)
	switch c {
	case 'o':
		if next == '\'' {
			return appendCased(out, 'ў', upper), 2
		}
	case 'g':
		if next == '\'' {
			return appendCased(out, 'ғ', upper), 2
		}
	case 's':
		if next == 'h' {
			return appendCased(out, 'ш', upper), 2
		}
		if next == '\'' && after == 'h' { // Isʼhoq: the mark only parts s from h
			return appendCased(out, 'с', upper), 2
		}
	case 'c':
		return appendCased(out, 'ч', upper), 2
	case 'y':
		switch next {
		case 'a':
			return appendCased(out, 'я', upper), 2
		case 'u':
			return appendCased(out, 'ю', upper), 2
		case 'o':
			if after != '\'' { // yoʻl is й and ў
				return appendCased(out, 'ё', upper), 2
			}
		case 'e':
			if w.consonantBefore(p) { // premyer: only loan words part them so
				out = appendCased(out, 'ь', upper)
			}
			return appendCased(out, 'е', upper), 2
		}
	case 't':
		// Where s follows t in one native word, a vowel other than e comes next
		// (ketsa, hayotsiz), and no word begins so.
		if next == 's' && (p == 0 || after == 0 || after == 'e' || after != 'h' && after != '\'' && !latinVowel(after)) {
			return appendCased(out, 'ц', upper), 2
		}
	case 'e':
		if p == 0 && !w.inside || p > 0 && w.vowelBefore(p) {
			return appendCased(out, 'э', upper), 1
		}
	}
	return appendCased(out, cyrillicLetter(c), upper), 1
}

// at is the symbol at p, 0 beyond the end.
func (w *wordBuffer) at(p int) byte {
	if p < len(w.low) {
		return w.low[p]
	}
	return 0
}

// consonantBefore says whether a consonant other than y stands before p.
func (w *wordBuffer) consonantBefore(p int) bool {
	if p == 0 {
		return false
	}
	c := w.low[p-1]
	if c == '\'' {
		return p > 1 && w.low[p-2] == 'g'
	}
	return c != 'y' && !latinVowel(c)
}

// vowelBefore says whether a vowel stands before p; oʻ is one, tutuq belgisi not:
// sʼezd is съезд.
func (w *wordBuffer) vowelBefore(p int) bool {
	c := w.low[p-1]
	return latinVowel(c) || c == '\'' && p > 1 && w.low[p-2] == 'o'
}

// writeStem appends the Cyrillic of a stem found at p, in the case of what was
// typed. A soft sign at its end falls off before an ending: апрель, апрелдан.
func (w *wordBuffer) writeStem(out []byte, p int, s stem) []byte {
	text := s.cyrillic
	if p+s.size < len(w.low) {
		text = strings.TrimSuffix(text, "ь")
	}
	first := w.upper[p]
	all := first && (s.size > 1 || len(w.low) > 1)
	for _, u := range w.upper[p : p+s.size] {
		all = all && u
	}
	for i, r := range text {
		out = appendCased(out, r, all || first && i == 0)
	}
	return out
}

// appendCased appends a small Cyrillic letter, as a capital if upper.
func appendCased(out []byte, r rune, upper bool) []byte {
	if upper {
		r = unicode.ToUpper(r)
	}
	return utf8.AppendRune(out, r)
}

// cyrillicLetter is the Cyrillic of a Latin letter that stands alone.
func cyrillicLetter(c byte) rune {
	switch c {
	case 'a':
		return 'а'
	case 'b':
		return 'б'
	case 'd':
		return 'д'
	case 'e':
		return 'е'
	case 'f':
		return 'ф'
	case 'g':
		return 'г'
	case 'h':
		return 'ҳ'
	case 'i':
		return 'и'
	case 'j':
		return 'ж'
	case 'k':
		return 'к'
	case 'l':
		return 'л'
	case 'm':
		return 'м'
	case 'n':
		return 'н'
	case 'o':
		return 'о'
	case 'p':
		return 'п'
	case 'q':
		return 'қ'
	case 'r':
		return 'р'
	case 's':
		return 'с'
	case 't':
		return 'т'
	case 'u':
		return 'у'
	case 'v':
		return 'в'
	case 'x':
		return 'х'
	case 'y':
		return 'й'
	case 'z':
		return 'з'
	case '\'':
		return 'ъ'
	}
	return rune(c) // c and w: words with them are never written letter by letter
}
