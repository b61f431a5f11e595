package eventlog

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"nazorat/internal/fault"
)

// lexer cuts an XML document into tags. It knows the part of XML 1.0 that an
// XES log consists of: elements with attributes, comments, processing
// instructions; names are of ASCII, text is blank, and there is no document type. Why it is our own
// is told in docs/decisions/0004-reading-event-logs.md.
//
// Its window grows only for a tag that does not fit, and a tag is bounded by
// the bound on one attribute. Every byte is checked to be UTF-8 when it enters
// the window, so that what is found to be wrong is wrong at its own place: the
// window ends before the fault, and the fault is told when all before it is used.
type lexer struct {
	src   io.Reader
	buf   []byte
	pos   int   // what has been used
	end   int   // what has been read and checked
	full  int   // what has been read; a character may be incomplete at the end
	base  int64 // bytes before buf[0]
	lines int   // line ends before mark
	mark  int
	err   error // what comes after buf[:end]
	max   int   // bytes of one name or value
	start int64 // where the document begins, behind a byte order mark

	// The tag at hand, valid until the next call of next.
	name    []byte
	empty   bool // <a/>
	tagPos  int
	attrs   [maxTagAttrs]tagAttr
	n       int
	scratch []byte

	class [256]uint8 // what a byte means: in a value (low bits), in a name (high bits)
}

// tagAttr is one attribute of a tag, as places in the window.
type tagAttr struct {
	name, nameEnd   int
	value, valueEnd int
	dirty           bool // has references or blanks to be turned into spaces
}

const (
	maxTagAttrs   = 32
	firstWindow   = 256 << 10
	slackOfTag    = 64 << 10
	classOther    = 0 // in a value: as it is
	classDirty    = 1 // & tab CR LF
	classStop     = 2 // " ' <
	classControl  = 3
	nameStartByte = 4
	nameByte      = 8
)

type token uint8

const (
	tokenStart token = iota + 1
	tokenEnd
	tokenEOF
)

// errShort says that the window ends within the tag.
var errShort = errors.New("the window ends within a tag")

func newLexer(src io.Reader, maxAttribute int) *lexer {
	l := &lexer{src: src, buf: make([]byte, firstWindow), max: maxAttribute}
	for c := range 256 {
		switch {
		case c == '&' || c == '\t' || c == '\n' || c == '\r':
			l.class[c] = classDirty
		case c == '"' || c == '\'' || c == '<':
			l.class[c] = classStop
		case c < 0x20:
			l.class[c] = classControl
		}
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == ':':
			l.class[c] |= nameStartByte | nameByte
		case c >= '0' && c <= '9' || c == '-' || c == '.':
			l.class[c] |= nameByte
		}
	}
	return l
}

// begin passes over a byte order mark; it refuses what is not UTF-8 by it.
func (l *lexer) begin() error {
	err := l.more(4)
	if name := utf16(l.buf[:l.full]); name != "" {
		return &Error{Line: 1, Key: "log.encoding", Args: fault.Args{"value": name}}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if bytes.HasPrefix(l.buf[:l.end], []byte(byteOrderMark)) {
		l.pos = len(byteOrderMark)
		l.start = int64(l.pos)
	}
	return nil
}

// next gives the next tag; comments and processing instructions are passed
// over. Its errors are *Error without trace, or what src answered; io.EOF is
// the end of the data within a tag or comment.
func (l *lexer) next() (token, error) {
	want := 1
	for {
		l.pos = l.skipBlank(l.pos)
		if l.pos < l.end {
			if l.buf[l.pos] != '<' {
				return 0, l.text()
			}
			tok, err := l.tag()
			if err == nil && tok != 0 {
				return tok, nil
			}
			if err == nil { // a comment: on to what follows
				want = 1
				continue
			}
			if !errors.Is(err, errShort) {
				return 0, err
			}
			// Twice as much before the tag is tried again: else a reader that gives
			// a byte at a time would make it quadratic.
			want = 2 * (l.end - l.pos)
			if l.end-l.pos > 2*l.max+slackOfTag {
				return 0, l.fault(l.pos, "log.long_tag", fault.Args{"max": 2*l.max + slackOfTag})
			}
		}
		if err := l.more(want); err != nil {
			if errors.Is(err, io.EOF) && l.pos == l.full {
				return tokenEOF, nil
			}
			return 0, err
		}
	}
}

func (l *lexer) skipBlank(i int) int {
	for i < l.end {
		switch l.buf[i] {
		case '\n', '\t', ' ', '\r':
			i++
		default:
			return i
		}
	}
	return i
}

// text is the fault for text between tags.
func (l *lexer) text() error {
	b := l.buf[l.pos:l.end]
	if i := bytes.IndexByte(b, '<'); i >= 0 {
		b = b[:i]
	}
	if b[0] < 0x20 {
		return l.fault(l.pos, "log.control_character", fault.Args{"value": quoted(b[:1])})
	}
	return l.fault(l.pos, "log.text", fault.Args{"value": quoted(bytes.TrimSpace(b))})
}

// more reads until the window holds at least want bytes from pos on, and at
// least one new one. What comes before pos leaves the window.
func (l *lexer) more(want int) error {
	if l.pos > 0 {
		l.lines = l.lineAt(l.pos) - 1
		n := copy(l.buf, l.buf[l.pos:l.full])
		l.base += int64(l.pos)
		l.end -= l.pos
		l.full, l.mark, l.pos = n, 0, 0
	}
	before, idle := l.end, 0
	for l.end == before || l.end < want {
		if l.err != nil {
			if l.end > before {
				return nil
			}
			return l.err
		}
		if l.full == len(l.buf) {
			grown := make([]byte, 2*len(l.buf))
			copy(grown, l.buf[:l.full])
			l.buf = grown
		}
		n, err := l.src.Read(l.buf[l.full:])
		l.full += n
		l.err = err
		if idle++; n > 0 {
			idle = 0
		} else if idle > 100 {
			l.err = unread{io.ErrNoProgress}
		}
		l.check()
	}
	return nil
}

// check moves end over what is UTF-8.
func (l *lexer) check() {
	b := l.buf[l.end:l.full]
	if utf8.Valid(b) {
		l.end = l.full
		return
	}
	i := notUTF8(b)
	l.end += i
	if b = b[i:]; utf8.FullRune(b) {
		l.err = l.fault(l.end, "log.utf8", fault.Args{"value": hexOf(b)})
	}
	// Else the character goes on in what is not yet read. If nothing follows, the
	// log is cut off there, which is told as such.
}

// tag reads the tag at pos and moves pos behind it. It gives 0 for what is
// passed over and errShort when the window ends first.
func (l *lexer) tag() (token, error) {
	b := l.buf[:l.end]
	i := l.pos + 1
	if i >= len(b) {
		return 0, errShort
	}
	l.tagPos = l.pos
	switch b[i] {
	case '/':
		return l.endTag(i + 1)
	case '!':
		return 0, l.declaration()
	case '?':
		return 0, l.instruction()
	}
	if l.class[b[i]]&nameStartByte == 0 {
		return 0, l.unexpected(i, "the name of an element")
	}
	start := i
	for i < len(b) && l.class[b[i]]&nameByte != 0 {
		i++
	}
	l.name = b[start:i]
	l.n = 0
	if i-start > l.max {
		return 0, l.fault(start, "log.long_name", fault.Args{"max": l.max})
	}
	for {
		blank := i
		i = l.skipBlank(i)
		if i >= len(b) {
			return 0, errShort
		}
		switch b[i] {
		case '>':
			l.empty = false
			l.pos = i + 1
			return tokenStart, nil
		case '/':
			if i+1 >= len(b) {
				return 0, errShort
			}
			if b[i+1] != '>' {
				return 0, l.unexpected(i+1, "\">\"")
			}
			l.empty = true
			l.pos = i + 2
			return tokenStart, nil
		}
		if blank == i {
			return 0, l.unexpected(i, "a blank or the end of the tag")
		}
		if l.class[b[i]]&nameStartByte == 0 {
			return 0, l.unexpected(i, "the name of an attribute")
		}
		if l.n == maxTagAttrs {
			return 0, l.unexpected(i, "the end of a tag with so many attributes")
		}
		var err error
		if i, err = l.attribute(i); err != nil {
			return 0, err
		}
	}
}

// attribute reads name="value" at i and gives the place behind it.
func (l *lexer) attribute(i int) (int, error) {
	b := l.buf[:l.end]
	a := &l.attrs[l.n]
	a.name = i
	for i < len(b) && l.class[b[i]]&nameByte != 0 {
		i++
	}
	a.nameEnd = i
	if i-a.name > l.max {
		return 0, l.fault(a.name, "log.long_name", fault.Args{"max": l.max})
	}
	i = l.skipBlank(i)
	if i >= len(b) {
		return 0, errShort
	}
	if b[i] != '=' {
		return 0, l.unexpected(i, "\"=\"")
	}
	i = l.skipBlank(i + 1)
	if i >= len(b) {
		return 0, errShort
	}
	quote := b[i]
	if quote != '"' && quote != '\'' {
		return 0, l.unexpected(i, "a quotation mark")
	}
	i++
	a.value, a.dirty = i, false
	for ; ; i++ {
		for i < len(b) && l.class[b[i]]&3 == classOther {
			i++
		}
		if i-a.value > l.max {
			return 0, l.fault(a.value, "log.long_value", fault.Args{"name": quoted(b[a.name:a.nameEnd]), "max": l.max})
		}
		if i >= len(b) {
			return 0, errShort
		}
		switch c := b[i]; {
		case c == quote:
			a.valueEnd = i
			return i + 1, l.attributeEnds()
		case l.class[c]&3 == classDirty:
			a.dirty = true
		case c == '<':
			return 0, l.unexpected(i, "the end of the value")
		case l.class[c]&3 == classControl:
			return 0, l.fault(i, "log.control_character", fault.Args{"value": quoted(b[i : i+1])})
		}
	}
}

// attributeEnds takes up the attribute at hand; a name may stand only once.
func (l *lexer) attributeEnds() error {
	a := &l.attrs[l.n]
	if bytes.Count(l.buf[a.name:a.nameEnd], []byte(":")) > 1 {
		return l.unexpected(a.name, "a name with one colon at most")
	}
	for i := range l.n {
		o := &l.attrs[i]
		if bytes.Equal(l.buf[o.name:o.nameEnd], l.buf[a.name:a.nameEnd]) {
			return l.fault(a.name, "log.twice", fault.Args{"value": quoted(l.buf[a.name:a.nameEnd])})
		}
	}
	l.n++
	return nil
}

func (l *lexer) endTag(i int) (token, error) {
	b := l.buf[:l.end]
	start := i
	for i < len(b) && l.class[b[i]]&nameByte != 0 {
		i++
	}
	if i-start > l.max {
		return 0, l.fault(start, "log.long_name", fault.Args{"max": l.max})
	}
	l.name = b[start:i]
	i = l.skipBlank(i)
	if i >= len(b) {
		return 0, errShort
	}
	if b[i] != '>' {
		return 0, l.unexpected(i, "the end of an end tag")
	}
	l.pos = i + 1
	return tokenEnd, nil
}

// declaration passes over a comment at pos, however long, and refuses
// everything else that begins with <!.
func (l *lexer) declaration() error {
	b := l.buf[l.pos:l.end]
	const comment, doctype, cdata = "<!--", "<!DOCTYPE", "<![CDATA["
	for _, known := range []string{comment, doctype, cdata} {
		if len(b) < len(known) && strings.HasPrefix(known, string(b)) {
			return errShort
		}
	}
	switch {
	case bytes.HasPrefix(b, []byte(comment)):
		l.pos += len(comment)
		if err := l.passTo("--"); err != nil {
			return err
		}
		if l.pos == l.end {
			if err := l.more(1); err != nil {
				return err
			}
		}
		if l.buf[l.pos] != '>' {
			return l.unexpected(l.pos, "\">\" after the -- of a comment")
		}
		l.pos++
		return nil
	case bytes.HasPrefix(b, []byte(doctype)):
		return l.fault(l.pos, "log.doctype", nil)
	case bytes.HasPrefix(b, []byte(cdata)):
		return l.fault(l.pos, "log.text", fault.Args{"value": "a CDATA section"})
	}
	return l.unexpected(l.pos+1, "an element")
}

// passTo moves pos behind the next mark without keeping what stands before it.
func (l *lexer) passTo(mark string) error {
	for {
		if i := bytes.Index(l.buf[l.pos:l.end], []byte(mark)); i >= 0 {
			l.pos += i + len(mark)
			return nil
		}
		l.pos = max(l.pos, l.end-len(mark)+1)
		if err := l.more(len(mark)); err != nil {
			return err
		}
	}
}

// instruction passes over <?…?>; the XML declaration must not name another encoding.
func (l *lexer) instruction() error {
	b := l.buf[l.pos:l.end]
	const xml = "<?xml"
	if len(b) <= len(xml) {
		return errShort
	}
	if bytes.HasPrefix(b, []byte(xml)) && (b[len(xml)] == ' ' || l.class[b[len(xml)]]&3 == classDirty) {
		if l.offset(l.pos) != l.start {
			return l.unexpected(l.pos+1, "an element; the XML declaration stands at the very beginning")
		}
		i := bytes.Index(b, []byte("?>"))
		if i < 0 {
			return errShort
		}
		enc := encodingOf(b[:i])
		if enc != "" && !strings.EqualFold(enc, "utf-8") && !strings.EqualFold(enc, "utf8") && !strings.EqualFold(enc, "us-ascii") {
			return l.fault(l.pos, "log.encoding", fault.Args{"value": quoted(enc)})
		}
		l.pos += i + 2
		return nil
	}
	if l.class[b[2]]&nameStartByte == 0 {
		return l.unexpected(l.pos+2, "the name of a processing instruction")
	}
	l.pos += 2
	return l.passTo("?>")
}

// offset is how many bytes of the log come before a place in the window.
func (l *lexer) offset(i int) int64 { return l.base + int64(i) }

// lineAt is the line of a place in the window. Asked for places in their order,
// it looks at every byte once.
func (l *lexer) lineAt(i int) int {
	if i < l.mark {
		return l.lines - bytes.Count(l.buf[i:l.mark], []byte("\n")) + 1
	}
	l.lines += bytes.Count(l.buf[l.mark:i], []byte("\n"))
	l.mark = i
	return l.lines + 1
}

// attrName is the name of the tag's i-th attribute.
func (l *lexer) attrName(i int) []byte { return l.buf[l.attrs[i].name:l.attrs[i].nameEnd] }

func (l *lexer) fault(i int, key string, args fault.Args) *Error {
	return &Error{Line: l.lineAt(i), Offset: l.offset(i), Key: key, Args: args}
}

func (l *lexer) unexpected(i int, want string) *Error {
	_, n := utf8.DecodeRune(l.buf[i:l.end])
	return l.fault(i, "log.malformed", fault.Args{"value": quoted(l.buf[i : i+n]), "want": want})
}
