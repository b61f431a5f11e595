package eventlog

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"

	"nazorat/internal/fault"
)

// raw is the value of the tag's i-th attribute with its references resolved.
// It is valid until raw is called again or the next tag is read.
func (l *lexer) raw(i int) ([]byte, error) {
	a := &l.attrs[i]
	v := l.buf[a.value:a.valueEnd]
	if !a.dirty {
		return v, nil
	}
	out := l.scratch[:0]
	for j := 0; j < len(v); j++ {
		switch c := v[j]; c {
		case '\r':
			if j+1 < len(v) && v[j+1] == '\n' {
				j++
			}
			out = append(out, ' ')
		case '\n', '\t':
			out = append(out, ' ')
		case '&':
			end := bytes.IndexByte(v[j:], ';')
			if end < 0 {
				return nil, l.fault(a.value+j, "log.entity", fault.Args{"value": quoted(v[j:])})
			}
			var ok bool
			if out, ok = appendReference(out, v[j+1:j+end]); !ok {
				return nil, l.fault(a.value+j, "log.entity", fault.Args{"value": quoted(v[j : j+end+1])})
			}
			j += end
		default:
			out = append(out, c)
		}
	}
	l.scratch = out
	return out, nil
}

func appendReference(out, name []byte) ([]byte, bool) {
	switch string(name) {
	case "lt":
		return append(out, '<'), true
	case "gt":
		return append(out, '>'), true
	case "amp":
		return append(out, '&'), true
	case "quot":
		return append(out, '"'), true
	case "apos":
		return append(out, '\''), true
	}
	if len(name) < 2 || len(name) > 12 || name[0] != '#' {
		return out, false
	}
	digits, base := string(name[1:]), 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || !isXMLChar(rune(n)) {
		return out, false
	}
	return utf8.AppendRune(out, rune(n)), true
}

// isXMLChar is the production Char of XML 1.0.
func isXMLChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}

// encodingOf is the encoding that an XML declaration names, or nothing.
func encodingOf(decl []byte) string {
	_, after, ok := bytes.Cut(decl, []byte("encoding"))
	if !ok {
		return ""
	}
	after = bytes.TrimLeft(after, " \t\r\n=")
	if len(after) == 0 || after[0] != '"' && after[0] != '\'' {
		return ""
	}
	value, _, _ := bytes.Cut(after[1:], after[:1])
	return string(value)
}

// byteOrderMark is how some programs begin a file in UTF-8.
const byteOrderMark = "\xEF\xBB\xBF"

// utf16 names the encoding that the first bytes betray, where it is not UTF-8.
func utf16(b []byte) string {
	switch {
	case len(b) >= 2 && b[0] == 0xFE && b[1] == 0xFF, len(b) >= 4 && b[0] == 0 && b[1] == '<':
		return "UTF-16BE"
	case len(b) >= 2 && b[0] == 0xFF && b[1] == 0xFE, len(b) >= 4 && b[0] == '<' && b[1] == 0:
		return "UTF-16LE"
	}
	return ""
}

// notUTF8 is the place of the first bytes that are not UTF-8, the length if there are none.
func notUTF8[T string | []byte](s T) int {
	b := []byte(s)
	i := 0
	for i < len(b) {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		i += n
	}
	return i
}

// hexOf shows the first bytes as numbers.
func hexOf[T string | []byte](s T) string { return fmt.Sprintf("% x", s[:min(len(s), 4)]) }
