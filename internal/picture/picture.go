// Package picture shows what people would rather look at than read: the path
// of a proceeding through its stages, and its deadlines on time lines. It also
// owns the one answer to where a deadline stands, which every list, tag and
// picture of deadlines gives.
//
// A picture is made of what it is given, a proceeding as package proceedings reads it
// and the moment that counts as now: nothing here reads a clock or a database,
// and nothing here knows a page. Where a picture leads is told by whoever
// shows it. The words beside a picture say all that the picture shows.
package picture

import "embed"

// Texts of this package, one folder a language.
//
//go:embed texts
var Texts embed.FS
