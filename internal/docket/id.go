package docket

import (
	"crypto/rand"

	"nazorat/internal/calendar"
)

// idLetters in the order of their bytes, so that ids of later hours come later in an index.
const idLetters = "234567ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// NewID gives an id that nobody can guess: 26 letters, of which the first four
// tell the hour and the others, 110 bits, are chance. Ids of one time stand
// together in the database, so that acts which are committed together touch few
// of its pages; the hour is no secret from whoever may see the proceeding, and
// to anybody else an id says nothing that would help to guess another.
func NewID(at calendar.Moment) string {
	hours := int64(at / calendar.Hour)
	var b [4]byte
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = idLetters[hours&31]
		hours >>= 5
	}
	return string(b[:]) + rand.Text()[len(b):]
}
