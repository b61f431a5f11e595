// Package portal is the public pages for those without an account: the one on which a citizen reports a crime, and the one on which somebody whom a case is about, as
// its victim, is told of it and asks for something.
//
// It owns the table online_report, in which a report waits until its citizen has confirmed by a code where he is reached, and until the
// office has entered it; and online_code, which counts codes, so that nobody's letterbox is filled by them. How citizens report under a law, by which
// act and to which body, stands beside the law (online.yaml). It owns told_visit, the visits of those whom a case is about: what they are told, and what they may ask, stands beside the law as
// well (told.yaml).
//
// Invariants:
//
//   - What was sent is on disk before anything else is done, and stays until it was entered, or was not confirmed for a week.
//
//   - A confirmed report is entered once: as an act, under a submission that was drawn before. It is tried until the docket has taken it.
//
//   - Once it is entered, nothing is kept here but which entry it is.
//
//   - Nobody is told whether an address is known here, or how often codes were sent to it. Of one address, one machine and all
//     together only so many codes are sent in an hour.
//
//   - A code is one of a million, holds for a quarter of an hour and five tries. Whoever reads the table learns neither codes nor the
//     addresses of the pages by which citizens come back.
//
//   - A code for a case goes to nobody but where the case itself reaches its victim. Whether there is such a case, and whom it reaches, shows neither in an answer
//     nor in its time: it is looked for behind the answer.
//
//   - Whoever looks is looked for again in the case at each look, by where it reaches him: who is no victim any more, or is reached elsewhere, sees nothing. Each look is
//     recorded as his before anything is shown.
//
// It shows nobody a report but whoever has the address of its page, and of a proceeding what told.yaml says to whom it says.
package portal

import (
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/notice"
	"nazorat/internal/procedure"
)

// Texts of this package, one folder a language.
//
//go:embed texts
var Texts embed.FS

// Migrations of this package's tables. key is the hash of what stands in the address of a report's page. form is what was typed, as JSON, until it was
// entered; code the hash of the code that was sent last, sent how many there were, reference the letter of it. made, confirmed and entered are when; next is when to
// try entering it again. proceeding and seq are the entry.
//
// online_code has one row for each code that was asked for: who is the hash of an address or of a machine.
var Migrations = []db.Migration{{ID: "portal/0001", SQL: `
CREATE TABLE online_report (
	key        TEXT PRIMARY KEY,
	law        TEXT NOT NULL,
	named      {int} NOT NULL CHECK (named IN (0, 1)),
	office     TEXT NOT NULL,
	form       TEXT NOT NULL,
	channel    TEXT NOT NULL CHECK (channel IN ('', 'email', 'sms')),
	address    TEXT NOT NULL,
	lang       TEXT NOT NULL,
	code       TEXT NOT NULL,
	until      {int} NOT NULL,
	tries      {int} NOT NULL,
	sent       {int} NOT NULL,
	reference  TEXT NOT NULL,
	made       {int} NOT NULL,
	confirmed  {int} NOT NULL,
	submission TEXT NOT NULL,
	next       {int} NOT NULL,
	entered    {int} NOT NULL,
	proceeding TEXT NOT NULL,
	seq        {int} NOT NULL
) {strict};

CREATE INDEX online_report_next ON online_report (next, key) WHERE confirmed > 0 AND entered = 0;
CREATE INDEX online_report_made ON online_report (made, key) WHERE confirmed = 0;

CREATE TABLE online_code (
	id  TEXT PRIMARY KEY,
	who TEXT NOT NULL,
	at  {int} NOT NULL
) {keyed};

CREATE INDEX online_code_who ON online_code (who, at);
CREATE INDEX online_code_at ON online_code (at);
`}, {ID: "portal/0002", SQL: `
-- key is the hash of what the visitor's browser keeps, code that of the code; until is how long the code holds and then the visit; asked is 1 until it was looked whom the code is for.
CREATE TABLE told_visit (
	key        TEXT PRIMARY KEY,
	number     TEXT NOT NULL,
	channel    TEXT NOT NULL CHECK (channel IN ('email', 'sms')),
	address    TEXT NOT NULL,
	lang       TEXT NOT NULL,
	proceeding TEXT NOT NULL,
	code       TEXT NOT NULL,
	until      {int} NOT NULL,
	tries      {int} NOT NULL,
	made       {int} NOT NULL,
	asked      {int} NOT NULL CHECK (asked IN (0, 1)),
	entered    {int} NOT NULL
) {strict};

CREATE INDEX told_visit_asked ON told_visit (made, key) WHERE asked = 1;
CREATE INDEX told_visit_until ON told_visit (until);
`}}

// Desk takes reports of citizens, and tells those of their cases whom these are about. Safe for concurrent use.
type Desk struct {
	db      *db.DB
	dir     *directory.Directory
	docket  *docket.Docket
	notices *notice.Keeper
	rules   *rules // nil: no law says how citizens report
	newID   func() string
	log     *slog.Logger

	tellings map[string]*telling // by law: what whom a case is about is told

	// shown are codes by report, where the data is synthetic and nothing leaves the office: the page says them itself.
	synthetic bool
	shown     sync.Map
}

// Open opens the desk in a migrated database. It errs where a law's online.yaml or told.yaml is at fault. newID draws ids that cannot be guessed.
func Open(d *db.DB, dir *directory.Directory, k *docket.Docket, n *notice.Keeper, laws fs.FS, newID func() string) (*Desk, error) {
	var applied []*procedure.Law
	for _, name := range k.Laws() {
		applied = append(applied, k.Law(name))
	}
	r, err := readRules(laws, applied)
	if err != nil {
		return nil, fmt.Errorf("how citizens report: %w", err)
	}
	tellings, err := readTellings(laws, applied)
	if err != nil {
		return nil, fmt.Errorf("what those are told whom a case is about: %w", err)
	}
	return &Desk{db: d, dir: dir, docket: k, notices: n, rules: r, tellings: tellings, newID: newID, log: slog.New(slog.DiscardHandler)}, nil
}

// Bounds of what is sent to citizens.
const (
	codeDigits = 6
	codeLives  = 15 * calendar.Minute
	mostTries  = 5

	perAddress = 3 // codes in an hour
	perMachine = 30
	inAll      = 600
	counted    = calendar.Hour

	// unconfirmedLives is how long a report is kept that was not confirmed.
	unconfirmedLives = 7 * 24 * calendar.Hour
)
