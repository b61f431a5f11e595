package notice

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fault"
)

// State of a message.
type State string

// The states. Of those that end it, Delivered, Failed, Refused and GivenUp are the last word.
const (
	Waiting   State = "waiting"   // it is to be sent, for the first time or again
	Sent      State = "sent"      // the server or the gateway took it
	Delivered State = "delivered" // the gateway says that it arrived
	Failed    State = "failed"    // the gateway says that it did not, and will not
	Refused   State = "refused"   // the other side does not take it, and never will
	GivenUp   State = "given_up"  // it could not be sent for as long as it was of use
)

// Purposes of messages.
const (
	ofNotice = "notice"
	ofCode   = "code"
	ofLetter = "letter"
)

// Letter is what is to be sent to an address outside.
type Letter struct {
	Reference string // by which it is known: a second letter of the same reference is not sent
	Channel   Channel
	Address   string
	Subject   string // of an e-mail
	Text      string
	Within    calendar.Moment // how long it is of use; after that it is given up
	Urgent    bool            // somebody waits for it: a code. It goes before what can wait

	officer, purpose string
	next             calendar.Moment // 0: at once
}

// How long notices and codes are of use.
const (
	noticeLives = 72 * calendar.Hour
	codeLives   = 15 * calendar.Minute
	letterLives = 7 * 24 * calendar.Hour
)

// slot is for how long notices that are not about a release are gathered into one message; it goes out at its end, and grace later, when no
// notice of it can still be on its way.
const (
	slot  = 5 * calendar.Minute
	grace = 20 * calendar.Second
)

var insertMessages = db.NewRows(`INSERT INTO message (id, reference, channel, officer, purpose, address, subject, body, state, made, until, attempts, calm, next, holder, changed, gateway, reason)`, 18,
	`ON CONFLICT (reference) DO NOTHING`)

// Send writes down a letter to somebody outside of the service, in the transaction of whoever causes it: it goes out if that is committed, and only
// then. What became of it is asked of StateOf by its reference. A letter of a reference that there is already is the same letter, and not sent again.
// Invalid for an address that is none, Unavailable where the office has no such channel.
func (k *Keeper) Send(tx *db.Tx, l Letter) error {
	address, err := k.AddressOf(l.Channel, l.Address)
	if err != nil {
		return err
	}
	if l.Channel == Email && k.Mail == nil || l.Channel == SMS && k.Gateway == nil {
		return fault.New(fault.Unavailable, "notice.no_channel", nil)
	}
	l.Address = address
	if l.purpose == "" {
		l.purpose = ofLetter
		l.Reference = ofLetter + "/" + l.Reference
	}
	if l.Within <= 0 {
		l.Within = letterLives
	}
	return k.put(tx, []Letter{l}, k.reader.Now())
}

const deleteWaiting = `DELETE FROM message WHERE reference = $1 AND state = 'waiting'`

// Withdraw takes back a letter that has not left yet, by its reference: another took its place. One that is just being sent may arrive all the same.
func (k *Keeper) Withdraw(tx *db.Tx, reference string) error {
	if _, err := tx.Exec(deleteWaiting, ofLetter+"/"+reference); err != nil {
		return fmt.Errorf("take back a letter: %w", err)
	}
	return nil
}

func (k *Keeper) put(tx *db.Tx, list []Letter, now calendar.Moment) error {
	var rows []any
	for i := range list {
		l := &list[i]
		calm := int64(1)
		if l.Urgent {
			calm = 0
		}
		rows = append(rows, k.newID(), l.Reference, string(l.Channel), l.officer, l.purpose, l.Address, l.Subject, l.Text, string(Waiting), int64(now), int64(now+l.Within), int64(0),
			calm, int64(max(l.next, now)), "", int64(now), "", "")
	}
	if _, err := tx.ExecRows(insertMessages, rows); err != nil {
		return fmt.Errorf("write messages: %w", err)
	}
	return nil
}

// Passage is what became of a letter.
type Passage struct {
	State    State
	Changed  calendar.Moment
	Attempts int
	Reason   string // in the words of the other side, shortened; "" where it said nothing
}

const selectSent = `SELECT state, changed, attempts, reason FROM message WHERE reference = $1`

// StateOf says what became of a letter, by its reference. NotFound where there is none.
func (k *Keeper) StateOf(ctx context.Context, reference string) (Passage, error) {
	return k.passage(ctx, ofLetter+"/"+reference)
}

func (k *Keeper) passage(ctx context.Context, reference string) (p Passage, err error) {
	err = k.db.QueryRow(ctx, selectSent, reference).Scan(&p.State, &p.Changed, &p.Attempts, &p.Reason)
	if errors.Is(err, sql.ErrNoRows) || errors.Is(err, db.ErrText) {
		return p, fault.New(fault.NotFound, "notice.no_message", nil)
	}
	if err != nil {
		return p, fmt.Errorf("read a message: %w", err)
	}
	return p, nil
}

// outgoing are the references of the messages that go out with a notice.
type outgoing struct{ email, sms string }

func (o *outgoing) set(c Channel, reference string) {
	if c == Email {
		o.email = reference
	} else {
		o.sms = reference
	}
}

// outside writes down the messages that go out with notices, as their receivers chose and the law demands.
func (k *Keeper) outside(tx *db.Tx, list []told, now calendar.Moment) ([]outgoing, error) {
	out := make([]outgoing, len(list))
	if k.Words == nil || len(k.Channels()) == 0 || len(list) == 0 {
		return out, nil
	}
	ways, err := waysOf(tx, list)
	if err != nil || len(ways) == 0 {
		return out, err
	}
	var letters []Letter
	known := map[string]bool{}
	for i := range list {
		t := &list[i]
		for _, w := range ways[t.who.Officer] {
			if !w.takes(t) || w.channel == Email && k.Mail == nil || w.channel == SMS && k.Gateway == nil {
				continue
			}
			l := k.letter(t, &w, now)
			out[i].set(w.channel, l.Reference)
			if !known[l.Reference] {
				known[l.Reference] = true
				letters = append(letters, l)
			}
		}
	}
	return out, k.put(tx, letters, now)
}

// letter is the message of a notice. It names nobody and nothing of the proceeding; notices of one officer that would say the same share one, but those of a release.
func (k *Keeper) letter(t *told, w *way, now calendar.Moment) Letter {
	l := Letter{Channel: w.channel, Address: w.address, Within: noticeLives, officer: t.who.Officer, purpose: ofNotice}
	words := k.Words(w.lang)
	what := "anything"
	switch {
	case t.no > 0 && t.kind != Charge && t.due >= now:
		what = "ends"
	case t.no > 0 && t.kind != Charge:
		what = "over"
	}
	key, args := "notice.out."+what, []any{"link", k.link()}
	if what != "anything" {
		args = append(args, "when", words.Moment(k.reader.Zone(), t.due))
	}
	if t.urgent == Release {
		key, l.Urgent = "notice.out.release_"+what, true
		l.Reference = fmt.Sprintf("r/%s/%s/%s/%s", w.channel, t.who.Officer, t.proceeding, t.source)
		l.Subject = words.T("notice.out.subject_release")
	} else {
		n := now / slot
		l.next = (n+1)*slot + grace
		l.Reference = fmt.Sprintf("n/%s/%s/%s/%d/%d", w.channel, t.who.Officer, what, t.due, n)
		if what == "anything" {
			l.Reference = fmt.Sprintf("n/%s/%s/%s/%d", w.channel, t.who.Officer, what, n)
		}
		l.Subject = words.T("notice.out.subject")
	}
	l.Text = words.T(key, args...)
	return l
}

// link is where an officer signs in to see more; "" where the office does not know.
func (k *Keeper) link() string {
	if k.Address == "" {
		return ""
	}
	return strings.TrimSuffix(k.Address, "/") + "/inbox"
}

// Queue is how much of a channel is in a state.
type Queue struct {
	Channel Channel
	State   State
	N       int
	Oldest  calendar.Moment // when the oldest was made
}

const selectQueues = `SELECT channel, state, count(*), min(made) FROM message WHERE state = 'waiting' GROUP BY channel, state
UNION ALL SELECT channel, state, count(*), min(made) FROM message WHERE state = 'given_up' AND changed > $1 GROUP BY channel, state ORDER BY 1, 2`

// Queues counts what waits, and what was given up since a moment, by channel: for those who watch over the office.
func Queues(ctx context.Context, d *db.DB, since calendar.Moment) ([]Queue, error) {
	rows, err := d.Query(ctx, selectQueues, since)
	if err != nil {
		return nil, fmt.Errorf("count messages: %w", err)
	}
	defer rows.Close()
	var out []Queue
	for rows.Next() {
		var q Queue
		if err := rows.Scan(&q.Channel, &q.State, &q.N, &q.Oldest); err != nil {
			return nil, err
		}
		out = append(out, q)
	}
	return out, rows.Err()
}

// without is what the other side said without the address, which it likes to repeat.
func without(text, address string) string {
	address = strings.TrimPrefix(address, "+")
	if address == "" {
		return text
	}
	return regexp.MustCompile(`(?i)\+?`+regexp.QuoteMeta(address)).ReplaceAllLiteralString(text, "…")
}

// reasonOf is what the other side said, as it is kept: short, and such that it can be stored.
func reasonOf(text string) string {
	const most = 200
	runes := []rune(strconv.QuoteToGraphic(text))
	runes = runes[1 : len(runes)-1]
	return string(runes[:min(len(runes), most)])
}

// moments of the office's clock in which something lasts.
func lasts(d time.Duration) calendar.Moment { return calendar.Moment(d / time.Microsecond) }
