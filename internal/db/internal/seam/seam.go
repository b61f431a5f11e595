// Package seam is where tests stand between package db and its database, to see
// each step that is taken and to make it fail: before it happens, or after it
// happened and without a word. Only package db and what lies below it can name
// what is here, so no other code and no setting can make a step fail; tests come
// in through package dbtest.
package seam

// What a step does.
type What string

// The steps that package db takes. Savepoints are statements.
const (
	Begin     What = "begin"
	Statement What = "statement"
	Alone     What = "alone"
	Clock     What = "clock"
	Notify    What = "notify"
	Commit    What = "commit"
	Rollback  What = "rollback"
	Read      What = "read" // outside of a transaction
)

// Step is one that is about to be taken.
type Step struct {
	What What
	Text string // of a statement
	// Do takes the step, once.
	Do func() error
	// Run sends another statement over the transaction's connection; nil before there is one, and for a read.
	Run func(text string) error
	// Sever breaks the transaction's connection, of a server; nil where there is none to break.
	Sever func()
}

// Hook is asked to take each step. What it returns is what the caller is told,
// whether or not it let the step happen.
type Hook func(Step) error
