package script

import "strings"

// Sound makes the key of a word of a name: the same for the spellings in which one name is met, in Uzbek Latin and
// Cyrillic, in Karakalpak, in Russian, and as passports wrote it in Latin letters by rules that changed every few years
// (Jo'rayev, Жўраев, Джураев, Djuraev, Dzhuraev, Juraev). It goes on where Fold ends and forgets more: a, o, oʻ and u;
// e and i; q and k; kh, x and h; gh and g; zh, dzh and j; double letters, a y beside a vowel, an h at the end. A Russian
// patronymic is the father's name: Botirovich is Botir, as oʻgʻli (Related) says it.
//
// It is a key for looking, not a spelling: different names may share one (Olim and Alim do, and Karim and Korim). It
// is "" for a word without a letter. Letters that are neither Latin nor Cyrillic are kept as they are.
func Sound(word string) string {
	key, _ := Sounds(word)
	return key
}

// Sounds is Sound, and the same before letters that stand together fall into one: a typing error changes one letter of that, where it
// may change two of the key.
func Sounds(word string) (key, full string) {
	f := strings.Map(letterOnly, Fold(word))
	for _, end := range patronymics {
		if stem, cut := strings.CutSuffix(f, end); cut && len(stem) > 2 {
			f = stem
			break
		}
	}
	out, all := make([]byte, 0, len(f)), make([]byte, 0, len(f))
	for i := 0; i < len(f); {
		c, n := soundAt(f, i)
		i += n
		if c != 0 {
			all = append(all, c)
		}
		if c == 0 || len(out) > 0 && (out[len(out)-1] == c || soundVowel(c) && soundVowel(out[len(out)-1])) {
			continue
		}
		out = append(out, c)
	}
	if n := len(out); n > 2 && out[n-1] == 'h' && soundVowel(out[n-2]) {
		out = out[:n-1]
	}
	return string(out), string(all)
}

// patronymics are the ends of Russian ones, and of Uzbek ones that are written as one word, as Fold gives them.
var patronymics = []string{"ovich", "evich", "ovna", "evna", "ogli", "ugli", "qizi", "kizi"}

// Related reports whether a word of a name says only whose child somebody is: oʻgʻli, угли, қизи, kyzy.
func Related(word string) bool {
	switch strings.Map(letterOnly, Fold(word)) {
	case "ogli", "ugli", "ogly", "ugly", "ogil", "ugil", "qizi", "kizi", "qyzy", "kyzy", "uli", "uly":
		return true
	}
	return false
}

func letterOnly(r rune) rune {
	if r >= 'a' && r <= 'z' || r > 0x7F {
		return r
	}
	return -1
}

// soundAt is what the letters at i bring to the key, and how many of them there are; 0 for nothing.
func soundAt(f string, i int) (c byte, n int) {
	for _, s := range sounds {
		if strings.HasPrefix(f[i:], s.letters) {
			return s.key, len(s.letters)
		}
	}
	switch c = f[i]; c {
	case 'q':
		return 'k', 1
	case 'a', 'o', 'u':
		return 'a', 1
	case 'i':
		if i == 0 && len(f) > 1 && latinVowel(f[1]) && f[1] != 'e' && f[1] != 'i' { // Iusuf
			return 'y', 1
		}
		return 'i', 1
	case 'e':
		return 'i', 1
	case 'y':
		before, after := i > 0 && latinVowel(f[i-1]), i+1 < len(f) && latinVowel(f[i+1])
		switch {
		case i == 0 && after:
			return 'y', 1
		case before || after:
			return 0, 1
		}
		return 'i', 1
	}
	return c, 1
}

// sounds of several letters; longer ones first.
var sounds = []struct {
	letters string
	key     byte
}{
	{"shch", 'x'}, {"dzh", 'j'}, {"sch", 'x'}, {"sh", 'x'}, {"ch", 'c'}, {"kh", 'h'}, {"zh", 'j'}, {"gh", 'g'}, {"ph", 'f'},
}

func soundVowel(c byte) bool { return c == 'a' || c == 'i' }

// Distance is how many letters must be typed, left out, put in or changed with their neighbour to make one key of another.
func Distance(a, b string) int {
	// Three rows of the table: the one before the last is for neighbours that changed places.
	older, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			change := 1
			if a[i] == b[j] {
				change = 0
			}
			row[j+1] = min(last[j]+change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], older[j-1]+1)
			}
		}
		older, last, row = last, row, older
	}
	return last[len(b)]
}
