// Package laws carries the law as data: one folder per procedure, with a file
// for each edition, its labels, its scenarios, and for the laws of other
// systems' logs the mapping of their events; and the policies, who may see and do
// what, those of all laws in a folder of their own. It holds no rule in Go.
package laws

import "embed"

// FS is this folder as built into the binary.
//
//go:embed all:calendars all:it all:places all:policies all:us-il all:uz
var FS embed.FS
