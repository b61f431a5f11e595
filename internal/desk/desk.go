// Package desk is what an officer sees and does all day, under any law: his
// work, a proceeding, the form of an act, a term explained, the board of an
// office. One page stands in one file: view, handler, read, show. The pictures
// are those of picture, and the law itself is read on the pages of lawbook.
//
// Everything that a page says about a law comes from the law; nothing here
// knows an act, a term or a role by name. What a system adds to that for its
// own law (criminal cases, inspections) lives in that system's room.
package desk

import (
	"embed"

	"nazorat/internal/calendar"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/emergency"
	"nazorat/internal/registering"
	"nazorat/internal/vault"
	"nazorat/internal/web"
)

// Texts of this package, one folder a language.
//
//go:embed texts
var Texts embed.FS

// Desk serves the pages.
type Desk struct {
	docket *docket.Docket
	dir    *directory.Directory
	zone   *calendar.Zone
	vault  *vault.Keeper     // nil where no files are kept
	glass  *emergency.Keeper // nil where nothing can be opened in an emergency

	registering *registering.Desk // nil where nothing is shown before an act

	boards *Boards
}

// Register adds the pages to a server, and gives what shows them: other rooms of pages show parts of a proceeding as it does (lend.go).
func Register(s *web.Server) *Desk {
	d := &Desk{docket: s.Docket, dir: s.Directory, zone: s.Zone, glass: s.Emergency, vault: s.Vault, boards: NewBoards(s.Docket.Reader, s.Directory)}
	s.Handle("GET /{$}", d.workPage)
	s.Handle("GET /escalated", d.escalatedPage)
	s.Handle("GET /copies", d.copiesPage)
	s.Handle("POST /copies", d.noteCopies)
	s.Handle("GET /cases", d.casesPage)
	s.Handle("GET /proceedings/{id}", d.proceedingPage)
	s.Handle("GET /proceedings/{id}/history", d.historyPage)
	s.Handle("GET /proceedings/{id}/closed", d.closedPage)
	s.Handle("GET /proceedings/{id}/deadlines/{no}", d.deadlinePage)
	s.Handle("GET /proceedings/{id}/acts/{act}", d.actPage)
	s.Handle("POST /proceedings/{id}/acts/{act}", d.act)
	s.Handle("GET /open/{act}", d.openPage)
	s.Handle("POST /open/{act}", d.open)
	s.Handle("GET /board", d.boardHome)
	s.Handle("GET /offices/{office}", d.boardPage)
	s.Handle("GET /offices/{office}/live", d.boardLive)
	s.Handle("GET /offices/{office}/proceedings", d.officeCasesPage)
	return d
}

// Nav is the main navigation of an officer.
func Nav() []web.NavItem {
	return []web.NavItem{{Key: "nav.work", Href: "/"}, {Key: "nav.cases", Href: "/cases"}, {Key: "nav.board", Href: "/board"}, {Key: "nav.laws", Href: "/laws"}}
}
