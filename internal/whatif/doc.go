// Package whatif is the pages on which a draft of a law is tried on the past:
// the form, the trial while it runs, its result with charts; and the same
// result as a page of its own or as plain text, for the command.
//
// It owns how a result is shown and the trials that are under way. What is
// compared, and how, is package amend's; the past is read by package proceedings,
// which gives a reader no proceeding that he may not open. Only those who may
// read the proceedings of every office come in here, because figures of a part
// would be taken for those of the whole.
//
// Invariants: a trial writes nothing; at most two run at a time, each for at most
// ten minutes; a result is shown to the officer who asked for it and to nobody
// else, and lives in memory only. A draft is text that is loaded as any law is:
// bounded, and refused with the lines that are wrong.
package whatif

import "embed"

// Texts of this package, one folder a language.
//
//go:embed texts
var Texts embed.FS
