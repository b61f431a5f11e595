package script

import "strings"

// addressLen looks at the chunk of text without blanks that begins at s[at]. It
// returns the length of the web or mail address, file name or identifier that
// the chunk is, without the punctuation after it, or 0; and where the chunk ends.
func addressLen(s string, at int) (n, end int) {
	end = at
	dots := false
	marked := false
scan:
	for end < len(s) {
		switch s[end] {
		case ' ', '\n', '\t', '\r', '{':
			break scan
		case '.':
			dots = true
		case '@', '_':
			marked = true
		case ':':
			marked = marked || strings.HasPrefix(s[end:], "://")
		}
		end++
	}
	if !marked && !dots {
		return 0, end
	}
	chunk := strings.TrimRight(s[at:end], ".,;:!?)]\"'»”’")
	if marked && len(chunk) > 1 || strings.HasPrefix(chunk, "www.") || hasDomain(chunk) {
		return len(chunk), end
	}
	return 0, end
}

// hasDomain says whether chunk has a dot before one of the last labels of
// addresses and file names that stand in texts of this service.
func hasDomain(chunk string) bool {
	for {
		before, after, found := strings.Cut(chunk, ".")
		if !found {
			return false
		}
		n := 0
		for n < len(after) && asciiLetter(after[n]) {
			n++
		}
		if before != "" && !(n < len(after) && (apostrophe(after[n:]) > 0)) {
			switch after[:n] {
			case "uz", "ru", "com", "org", "net", "gov", "edu", "info", "me", "io", "kz", "tv",
				"html", "htm", "pdf", "doc", "docx", "xls", "xlsx", "zip", "csv", "xml", "json", "xes", "yaml", "txt", "jpg", "png":
				return true
			}
		}
		chunk = after
	}
}

// isRoman says whether the word s[at:at+n] is a Roman numeral. D and M are not
// taken for numerals: in Uzbek texts they are parts of abbreviations (DXX). A
// single letter before a full stop and a name is an initial.
func isRoman(s string, at, n int) bool {
	word := s[at : at+n]
	for i := 0; i < n; i++ {
		switch word[i] {
		case 'I', 'V', 'X', 'L', 'C':
		default:
			return false
		}
	}
	if n == 1 {
		return word != "L" && !isInitial(s, at)
	}
	rest := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(word, "C"), "C"), "C")
	rest = cutDigit(rest, "XC", "XL", "L", "X")
	rest = cutDigit(rest, "IX", "IV", "V", "I")
	return rest == ""
}

// cutDigit takes one decimal digit off a Roman numeral.
func cutDigit(s, nine, four, five, one string) string {
	if rest, ok := strings.CutPrefix(s, nine); ok {
		return rest
	}
	if rest, ok := strings.CutPrefix(s, four); ok {
		return rest
	}
	s = strings.TrimPrefix(s, five)
	for range 3 {
		s = strings.TrimPrefix(s, one)
	}
	return s
}

// isInitial says whether the single capital at s[at] is an initial of a name:
// "I. Karimov", "V.I.Lenin", "Karimov I.", but not the heading "I. Umumiy qism"
// at the beginning of a line, nor "V bob".
func isInitial(s string, at int) bool {
	if at+1 >= len(s) || s[at+1] != '.' {
		return false
	}
	if at == 0 || s[at-1] == '\n' {
		rest := s[at+2:]
		return len(rest) > 1 && asciiUpper(rest[0]) // no blank: "I.Karimov", "V.I."
	}
	return true
}
