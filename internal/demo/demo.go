// Package demo makes a synthetic service and lets it live: offices, officers
// and cases for `nazorat demo`, for tests, and for tests under load.
//
// It owns nothing that lasts; what it writes it writes through the doors that
// everybody uses. Every act of Live goes through docket.ActAll or docket.Act
// at the act's own moment, so that what a board shows is what the law made of
// it, and each deadline, refusal and delay has come about as it does in life.
// (Fill, for load tests, is the one exception; it says so.)
//
// Everything follows from Options.Seed and Options.Now: the same two give the
// same journal, hash by hash. No clock is read.
//
// All is fictional. Names come from lists of common names, summaries were
// written for this package, logins begin with "demo.".
package demo

import (
	"math/rand/v2"

	"nazorat/internal/calendar"
	"nazorat/internal/vault"
)

// Options of a synthetic service. Zero values: no cases, seed 0; Now must be given.
type Options struct {
	Cases    int                   // how many proceedings
	Seed     uint64                // what all chance follows from
	Now      calendar.Moment       // when the service is looked at: the last act lies before it
	Vault    *vault.Keeper         // where the files that acts name are, which the docket takes from it; nil: there are none, and a document is a hash alone
	Progress func(done, total int) // called now and then with the number of proceedings begun; may be nil
}

// Streams of chance, so that more of one thing does not change another.
const (
	serviceStream uint64 = iota + 1
	arrivalStream
	idStream
	caseStream // and all numbers above it, one for each case
)

func random(seed, stream uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, stream)) }

const day = 24 * calendar.Hour
