package stored

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"nazorat/internal/fact"
	"nazorat/internal/procedure"
)

// The states of a deadline as stored.
const (
	Running = "running"
	Stopped = "stopped"
	Met     = "met"
	Late    = "late"
	Ended   = "ended"   // fell away
	Waiting = "waiting" // a time of waiting: nobody's duty, and never stored as a row
)

// Breach is what the rows say of a term that is over: what its breach means,
// or that it was due at once, and so is never over by a number.
func Breach(t *procedure.Term) string {
	if t.AtOnce {
		return "at_once"
	}
	return t.Breach.String()
}

// Steps says in a row whether anybody is told or the matter is escalated when
// the term runs out, so that those rows are found without the others.
func Steps(t *procedure.Term) int {
	if len(t.Steps) == 0 {
		return 0
	}
	return 1
}

// LinkSubmission begins the submissions of acts that were done along with others.
const LinkSubmission = "link-"

// LinkedSubmission is the submission of an act that another one does along with itself, n being which of them.
// It follows from that one's, and nobody can send it before.
func LinkedSubmission(of string, n int) string {
	return linked(fmt.Sprintf("link %d of %s", n, of))
}

// HandedSubmission is the submission of the entry by which a proceeding changes hands. It follows from that of the act, and nobody can send it before.
func HandedSubmission(of, proceeding string) string {
	return linked(fmt.Sprintf("hand %s over by %s", proceeding, of))
}

func linked(text string) string {
	sum := sha256.Sum256([]byte(text))
	return LinkSubmission + hex.EncodeToString(sum[:20])
}

// successor is the field of the form of an entry by which a proceeding changes hands: who is in charge from then on.
const successor = "officer"

// HandedForm is the form of an entry by which a proceeding changes hands.
func HandedForm(to string) map[string]fact.JSON {
	return map[string]fact.JSON{successor: fact.Encode(fact.TextOf(fact.Officer, to))}
}

// HandedTo is into whose hands such a form puts the proceeding; ok is false where it does not say.
func HandedTo(form map[string]fact.JSON) (officer string, ok bool) {
	to, ok := form[successor]
	return to[1], ok
}
