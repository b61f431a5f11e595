package docket

import (
	"crypto/rand"

	"nazorat/internal/calendar"
)

// idLetters in the order of their bytes, so that later ids come later in an index.
const idLetters = "234567ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// NewID gives an id that nobody can guess: 26 letters, of which the first seven
// tell the second and the others, 95 bits, are chance. Ids of one time stand
// together in the database, so that acts which are committed together touch few
// of its pages, most of them the last; the second is no secret from whoever may see the proceeding, and
// to anybody else an id says nothing that would help to guess another.
func NewID(at calendar.Moment) string {
	seconds := int64(at / calendar.Second)
	var b [7]byte
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = idLetters[seconds&31]
		seconds >>= 5
	}
	return string(b[:]) + rand.Text()[len(b):]
}
