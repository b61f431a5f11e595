// Package notice tells officers what happened and what runs out: into the inbox of each, and
// besides by e-mail and SMS, as he chose or the law demands.
//
// It owns the tables notice, notice_step and notice_clock (what was told to whom and when he took note of it, which
// steps the law takes where a term runs out, how far the clock was followed), notice_way and notice_choice
// (where an officer is reached, and for what), and message, the outbox: what leaves the office.
//
// What makes a notice follows from the law's data and from nothing here: who is in charge, copies, who owes a term, its warnings,
// its steps, and who answers for an emergency from the policies. There are two sources: the journal (Follow, a follower of package follow) and the clock (Watch, a duty).
//
// Invariants:
//
//   - One notice for each source and receiver. A source is an entry, or a moment of a deadline with the end that it
//     had then; the key of the table holds it, so that a second run, a second process or a clock that jumps tells nothing twice.
//   - Nothing is told that is no longer true: a deadline is looked at again in the transaction that tells of it.
//   - A notice is made for nobody who may not read, under the policies of that moment, what it tells; and it is shown
//     to nobody who may not read it when he looks (proceedings.Reader.MayTell). Of an emergency those are told who answer for it, without what they may not read.
//   - What a law calls a release is told whatever anybody chose. It can be acknowledged, and not be taken off; each step stands
//     in notice_step also where there was nobody to tell.
//   - What leaves the office names nobody, no proceeding and no number: it says that something waits, until when, and where to sign in.
//   - A message is written down with its notice in one transaction, and sent afterwards, until it was taken or refused. Between
//     being sent and being known to have been sent a process may die: then it is sent again, under the same
//     identity (Message-ID, idempotency key), by which whoever receives it can tell. At least once, and recognisably so.
//
// It decides nothing about who may read or act, and does no act.
package notice

import (
	"log/slog"
	"sync"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/emergency"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
)

// Kind says what a notice tells of.
type Kind string

// The kinds.
const (
	Charge    Kind = "charge"    // he is in charge of a proceeding
	Begun     Kind = "begun"     // a term that he owes was started by somebody else's act
	Copy      Kind = "copy"      // a copy that the law orders came to his office's role
	Act       Kind = "act"       // another officer did something in a proceeding that he is in charge of
	Warning   Kind = "warning"   // a term that he owes ends soon
	Due       Kind = "due"       // it has run out
	Told      Kind = "told"      // a term has run out, and the law has him told
	Escalated Kind = "escalated" // a term has run out, and the matter comes to him
	Emergency Kind = "emergency" // somebody opened in an emergency what he answers for
)

// Kinds lists them in the order of the settings.
func Kinds() []Kind {
	return []Kind{Charge, Act, Copy, Begun, Warning, Due, Told, Escalated, Emergency}
}

// How urgent a notice is.
const (
	Calm    = 0
	Pressed = 1 // a term has run out, or an emergency has to be answered for
	Release = 2 // it is about a person who must be set free
)

// Channel is a way out of the office.
type Channel string

// The channels besides the inbox.
const (
	Email Channel = "email"
	SMS   Channel = "sms"
)

// Words of one language.
type Words interface {
	T(key string, args ...any) string
	Moment(zone *calendar.Zone, m calendar.Moment) string
}

// Options are what a process needs to let something out of the office.
type Options struct {
	Words   func(lang string) Words // the words of messages; without it none are written
	Address string                  // where officers reach the service; "" where that is not known, and messages hold no link
	Mail    *Mail                   // nil: this process sends no e-mail
	Gateway *Gateway                // nil: this process sends no SMS
	Telephones
}

// Keeper keeps notices and messages. Safe for concurrent use once Begin was called.
type Keeper struct {
	Options
	db     *db.DB
	dir    *directory.Directory
	reader *proceedings.Reader
	glass  *emergency.Keeper
	newID  func() string
	spans  []span // how far from its end a moment of a deadline may lie, over all laws
	log    *slog.Logger

	failing sync.Map // of channels, whether what was sent last was not taken
}

// Open gives the notices in a migrated database, under the laws that the reader knows. newID draws ids of messages, which cannot be guessed.
func Open(d *db.DB, dir *directory.Directory, reader *proceedings.Reader, glass *emergency.Keeper, newID func() string) *Keeper {
	return &Keeper{db: d, dir: dir, reader: reader, glass: glass, newID: newID, spans: spans(reader), log: slog.New(slog.DiscardHandler)}
}

// Begin says what goes out of the office and how. It is called before anything else, or not at all: then all that is told is told in the inbox.
func (k *Keeper) Begin(log *slog.Logger, o Options) { k.log, k.Options = log, o }

// Channels lists the ways out that the office has.
func (k *Keeper) Channels() (out []Channel) {
	if k.Mail != nil {
		out = append(out, Email)
	}
	if k.Gateway != nil {
		out = append(out, SMS)
	}
	return out
}

// Releases lists the articles of the terms by whose running out a person must be set free, by law, as they are in force: on
// what rests that their notices cannot be taken off.
func (k *Keeper) Releases() map[string][]string {
	out := map[string][]string{}
	for _, name := range k.reader.Laws() {
		for _, t := range k.reader.Law(name).At(k.reader.Now()).Terms {
			if t != nil && t.Breach == procedure.Release {
				out[name] = appendNew(out[name], t.Article)
			}
		}
	}
	return out
}

func appendNew[T comparable](list []T, x T) []T {
	for _, have := range list {
		if have == x {
			return list
		}
	}
	return append(list, x)
}
