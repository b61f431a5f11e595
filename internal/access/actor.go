package access

import (
	"math"

	"nazorat/internal/calendar"
)

// Actor is an officer who reads or acts, under one mandate.
type Actor struct {
	Officer string
	Role    string
	Office  string
	Mandate string
	For     string // the officer in whose place he acts: he is in charge of what that one is; "" for none
	Manner  string // how he has the mandate, as the directory says it; "" for an appointment
	// Client is the system that sends what he does in his name; "" where he does it himself. The journal has it with the entry.
	Client string
	// Present is when he proved last that it is he who acts; 0: not known. It decides
	// on acts that the law marks with presence, and is written nowhere.
	Present calendar.Moment
}

// Always is when somebody was present whom nobody asks to prove it: in a
// simulation, or where acts are brought in that were done elsewhere.
const Always = calendar.Moment(math.MaxInt64)

// Owes is the officer whose duties are the actor's: his own, or those of whom he stands in for.
func (a Actor) Owes() string {
	if a.For != "" {
		return a.For
	}
	return a.Officer
}

// Subject is the actor as policies are asked about him.
func (a Actor) Subject() Subject {
	return Subject{Officer: a.Officer, Role: a.Role, Office: a.Office, Manner: a.Manner}
}
