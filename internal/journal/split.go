package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"strconv"
)

// Parts are the pieces of an entry's canonical bytes that a verifier needs, found
// without reading the rest into values. Texts are as they stand, quotes and all.
type Parts struct {
	Proceeding []byte
	Seq        int64
	Office     []byte
	Act        []byte
	Recorded   int64
	Form       []byte
	Cargo      []byte // nil if there is none
	Effects    []byte
	Previous   Hash
}

// errCanonical means that bytes are not written as an entry is.
var errCanonical = errors.New("these are no canonical bytes of an entry")

// Split takes canonical bytes apart. It accepts what Entry.Canonical writes, and of
// other bytes only such as have the same keys in the same order and are JSON without
// blanks; the pieces point into canonical.
func Split(canonical []byte) (p Parts, err error) {
	s := newSplitter(canonical)
	s.word(`{"format":"` + Format + `","proceeding":`)
	p.Proceeding = s.text()
	s.word(`,"seq":`)
	p.Seq = s.number()
	s.word(`,"law":`)
	s.text()
	s.word(`,"edition":`)
	s.text()
	s.word(`,"act":`)
	p.Act = s.text()
	s.word(`,"thing":`)
	s.number()
	s.word(`,"officer":`)
	s.text()
	s.word(`,"role":`)
	s.text()
	s.word(`,"mandate":`)
	s.text()
	s.word(`,"office":`)
	p.Office = s.text()
	if bytes.HasPrefix(s.rest, []byte(`,"client":`)) {
		s.word(`,"client":`)
		s.text()
	}
	s.word(`,"done":`)
	s.number()
	s.word(`,"recorded":`)
	p.Recorded = s.number()
	s.word(`,"form":`)
	p.Form = s.value()
	if bytes.HasPrefix(s.rest, []byte(`,"cargo":`)) {
		s.word(`,"cargo":`)
		p.Cargo = s.value()
	}
	s.word(`,"effects":`)
	p.Effects = s.value()
	s.word(`,"previous":"`)
	if len(s.rest) != 2*len(p.Previous)+2 || string(s.rest[2*len(p.Previous):]) != `"}` {
		s.bad = true
	}
	if s.bad {
		return Parts{}, fmt.Errorf("%w: off at byte %d", errCanonical, len(canonical)-len(s.rest))
	}
	if !readHex(p.Previous[:], s.rest) {
		return Parts{}, fmt.Errorf("%w: the hash before it", errCanonical)
	}
	return p, nil
}

// AppendHead appends the canonical bytes of the head of an entry in the proceeding with this number.
func (p *Parts) AppendHead(dst []byte, number string) []byte {
	dst = appendKey(dst, `{"number":`, number)
	dst = appendInt(dst, `,"seq":`, p.Seq)
	dst = append(append(dst, `,"office":`...), p.Office...)
	dst = append(append(dst, `,"act":`...), p.Act...)
	return append(appendInt(dst, `,"recorded":`, p.Recorded), '}')
}

// eight is a word with the same byte eight times. What follows looks at eight bytes at a
// time: a byte of a word is marked by its highest bit.
const (
	eight = 0x0101010101010101
	high  = 0x80 * eight
)

// readHex fills out, whose length is a multiple of four, from lower-case hexadecimal digits.
func readHex(out, digits []byte) bool {
	off := uint64(0)
	for ; len(out) >= 4 && len(digits) >= 8; out, digits = out[4:], digits[8:] {
		x := binary.BigEndian.Uint64(digits)
		v := x&(0x0f*eight) + x>>6&eight*9                                 // a letter has 0x40, and is nine more than its last four bits
		letters := (v + 6*eight) >> 4 & eight                              // where that is ten or more
		off |= v&(0xf0*eight) | x ^ (v + '0'*eight + letters*('a'-10-'0')) // written again, it must be what was read
		v = (v | v>>4) & 0x00ff00ff00ff00ff
		v = (v | v>>8) & 0x0000ffff0000ffff
		binary.BigEndian.PutUint32(out, uint32(v|v>>16))
	}
	return off == 0
}

// splitter walks over JSON. Once it is bad it stays where it is.
type splitter struct {
	rest  []byte
	plain bool // there are no escapes in texts, as mostly: then nobody looks for them
	bad   bool
}

func newSplitter(b []byte) splitter { return splitter{rest: b, plain: bytes.IndexByte(b, '\\') < 0} }

func (s *splitter) word(w string) {
	if s.bad || len(s.rest) < len(w) || string(s.rest[:len(w)]) != w {
		s.bad = true
		return
	}
	s.rest = s.rest[len(w):]
}

// take gives the first n bytes, if there are any.
func (s *splitter) take(n int) []byte {
	if s.bad || n <= 0 {
		s.bad = true
		return nil
	}
	out := s.rest[:n:n]
	s.rest = s.rest[n:]
	return out
}

func (s *splitter) text() []byte {
	if s.bad {
		return nil
	}
	return s.take(textEnd(s.rest, 0, s.plain))
}

func (s *splitter) number() int64 {
	if s.bad {
		return 0
	}
	n := 0
	if len(s.rest) > 0 && s.rest[0] == '-' {
		n = 1
	}
	n = digitsEnd(s.rest, n)
	digits := s.take(n)
	if s.bad {
		return 0
	}
	if n < 19 && digits[0] != '-' { // nearly all
		v := int64(0)
		for _, c := range digits {
			v = 10*v + int64(c-'0')
		}
		s.bad = s.bad || n > 1 && digits[0] == '0'
		return v
	}
	v, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil || strconv.FormatInt(v, 10) != string(digits) {
		s.bad = true
	}
	return v
}

func (s *splitter) value() []byte {
	if s.bad {
		return nil
	}
	return s.take(valueEnd(s.rest, 0, s.plain))
}

// deepest that a value may be; a law's forms are flat, its cargo has few levels.
const deepest = 64

// valueEnd is where the JSON value that begins at i ends, -1 if there is none. It
// walks once, without calling itself: most of verifying a bundle that is not hashing is spent here.
func valueEnd(b []byte, i int, plain bool) int {
	objects, depth := uint64(0), 0 // one bit for each list that is open: an object, or an array
	for {
		// A value begins.
		if i >= len(b) {
			return -1
		}
		switch c := b[i]; {
		case c == '"':
			i = textEnd(b, i, plain)
		case c == '{' || c == '[':
			if depth++; depth >= deepest {
				return -1
			}
			objects <<= 1
			if i++; c == '{' {
				objects |= 1
			}
			if i < len(b) && b[i] == c+2 { // } is two behind {, and ] behind [
				break
			}
			if c == '{' {
				i = keyEnd(b, i, plain)
			}
			if i < 0 {
				return -1
			}
			continue
		case c == '-' || c >= '0' && c <= '9':
			i = numberEnd(b, i)
		case bytes.HasPrefix(b[i:], []byte("true")) || bytes.HasPrefix(b[i:], []byte("null")):
			i += 4
		case bytes.HasPrefix(b[i:], []byte("false")):
			i += 5
		default:
			return -1
		}
		if i < 0 {
			return -1
		}
		// It has ended; so may the lists that it is the last of.
		for {
			if depth == 0 {
				return i
			}
			if i >= len(b) {
				return -1
			}
			end := byte(']')
			if objects&1 == 1 {
				end = '}'
			}
			if b[i] != end {
				break
			}
			objects >>= 1
			depth--
			i++
		}
		if b[i] != ',' {
			return -1
		}
		if i++; objects&1 == 1 {
			if i = keyEnd(b, i, plain); i < 0 {
				return -1
			}
		}
	}
}

// keyEnd is where the value of a key that begins at i begins.
func keyEnd(b []byte, i int, plain bool) int {
	if i = textEnd(b, i, plain); i < 0 || i >= len(b) || b[i] != ':' {
		return -1
	}
	return i + 1
}

// textEnd is where the JSON string that begins at i ends.
func textEnd(b []byte, i int, plain bool) int {
	if i >= len(b) || b[i] != '"' {
		return -1
	}
	i++
	if !plain {
		return escapedEnd(b, i)
	}
	for i+8 <= len(b) {
		x := binary.LittleEndian.Uint64(b[i:])
		low := (x - ('"'+1)*eight) &^ x & high // bytes up to the quotation mark; behind the first, others too
		if low == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(low) / 8
		if c := b[i]; c == '"' {
			return i + 1
		} else if c < ' ' {
			return -1
		}
		i++
	}
	return escapedEnd(b, i)
}

// escapedEnd is where the JSON string ends that goes on at i, with escapes in it or without.
func escapedEnd(b []byte, i int) int {
	for i+8 <= len(b) {
		x := binary.LittleEndian.Uint64(b[i:])
		quote, slash := x^'"'*eight, x^'\\'*eight
		special := ((x-' '*eight)&^x | (quote-eight)&^quote | (slash-eight)&^slash) & high
		if special == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(special) / 8
		if b[i] == '"' {
			return i + 1
		}
		if i = escapeEnd(b, i); i < 0 {
			return -1
		}
	}
	for i < len(b) {
		switch c := b[i]; {
		case c == '"':
			return i + 1
		case c != '\\' && c >= ' ':
			i++
		default:
			if i = escapeEnd(b, i); i < 0 {
				return -1
			}
		}
	}
	return -1
}

// escapeEnd is where the escape that begins at i ends.
func escapeEnd(b []byte, i int) int {
	if b[i] != '\\' || i+1 >= len(b) {
		return -1
	}
	switch b[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
		if i+5 < len(b) && isHex(b[i+2:i+6]) {
			return i + 6
		}
	}
	return -1
}

func isHex(b []byte) bool {
	for _, c := range b {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return true
}

func numberEnd(b []byte, i int) int {
	if b[i] == '-' {
		i++
	}
	from := i
	if i = digitsEnd(b, i); i == from || i-from > 1 && b[from] == '0' {
		return -1
	}
	if i < len(b) && b[i] == '.' {
		from = i + 1
		if i = digitsEnd(b, from); i == from {
			return -1
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		from = i
		if i = digitsEnd(b, from); i == from {
			return -1
		}
	}
	return i
}

func digitsEnd(b []byte, i int) int {
	for ; i+8 <= len(b); i += 8 {
		x := binary.LittleEndian.Uint64(b[i:]) ^ '0'*eight
		if others := ((x + (0x80-10)*eight) | x) & high; others != 0 { // bytes of ten and more; the first is marked rightly
			return i + bits.TrailingZeros64(others)/8
		}
	}
	for i < len(b) && b[i] >= '0' && b[i] <= '9' {
		i++
	}
	return i
}
