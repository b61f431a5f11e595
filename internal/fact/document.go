package fact

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// File is what a fact of type document says: which bytes, and what they were when they came in.
type File struct {
	Hash string // SHA-256 in 64 small hexadecimal digits
	Type string // "image/jpeg"; "" where the hash alone is known
	Size int64  // bytes
	Name string // as whoever brought it called it: one line, at most MostFileName letters
}

// MostFileName is how long the name of a file may be, in letters.
const MostFileName = 100

// The canonical text of a document: its hash, and mostly its type, its size and its name. The hash alone is what acts said before there
// were files here, and what records of other systems say.
var fileForm = regexp.MustCompile(`^([0-9a-f]{64})(?: ([a-z]+/[a-z0-9.+-]+) (0|[1-9][0-9]{0,14}) (\S(?:.*\S)?))?$`)

// Text is the canonical text of a file.
func (f File) Text() string {
	if f.Type == "" {
		return f.Hash
	}
	return f.Hash + " " + f.Type + " " + strconv.FormatInt(f.Size, 10) + " " + f.Name
}

// FileOf reads the canonical text of a document; false where it is none.
func FileOf(text string) (File, bool) {
	m := fileForm.FindStringSubmatch(text)
	if m == nil || utf8.RuneCountInString(m[4]) > MostFileName || strings.ContainsFunc(m[4], func(r rune) bool { return !unicode.IsPrint(r) }) {
		return File{}, false
	}
	size, err := strconv.ParseInt("0"+m[3], 10, 64)
	return File{Hash: m[1], Type: m[2], Size: size, Name: m[4]}, err == nil
}

// IsDocument reports whether a text is one of a document.
func IsDocument(s string) bool {
	_, ok := FileOf(s)
	return ok
}
