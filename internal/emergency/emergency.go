// Package emergency lets an officer open, for a short time and in plain sight, one
// proceeding that he may not read ("break the glass"): it keeps who opened what and why,
// until when, and what his superior and the supervising office said to it.
//
// Invariants: what was opened, what was tried at a number that is not there, and each
// answer is an entry of the journal, written in the same transaction as the row (look.Keeper's Write);
// rows are only ever added. An opening ends by its time or, at once, by the first objection. It is for reading
// only: package proceedings asks for it where one is read and nowhere else, so that nothing can be
// done, listed or found by it. Nobody answers for himself. Who may open and who
// answers is said by the policies; how long, how often and until when is said by the rules of looking.
package emergency

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/look"
	"nazorat/internal/proceedings"
	"nazorat/internal/signin"
)

// Migrations of this package's tables. proceeding is "" where somebody tried a number that is not there; has is the
// office that had the proceeding, supervisor the one that supervised it, then.
var Migrations = []db.Migration{{ID: "emergency/0001", SQL: `
CREATE TABLE emergency (
	id         TEXT PRIMARY KEY,
	officer    TEXT NOT NULL,
	role       TEXT NOT NULL,
	mandate    TEXT NOT NULL,
	office     TEXT NOT NULL,
	number     TEXT NOT NULL,
	proceeding TEXT NOT NULL,
	law        TEXT NOT NULL,
	has        TEXT NOT NULL,
	supervisor TEXT NOT NULL,
	why        TEXT NOT NULL,
	at         {int} NOT NULL,
	until      {int} NOT NULL,
	answer_by  {int} NOT NULL
) {strict};

CREATE INDEX emergency_officer ON emergency (officer, at DESC, id);
CREATE INDEX emergency_at ON emergency (at DESC, id) WHERE proceeding <> '';

{append_only:emergency id}

CREATE TABLE emergency_answer (
	emergency TEXT NOT NULL REFERENCES emergency(id),
	side      TEXT NOT NULL CHECK (side IN ('superior', 'supervisor')),
	officer   TEXT NOT NULL,
	role      TEXT NOT NULL,
	office    TEXT NOT NULL,
	answer    TEXT NOT NULL CHECK (answer IN ('confirmed', 'objected')),
	why       TEXT NOT NULL,
	at        {int} NOT NULL,
	PRIMARY KEY (emergency, side)
) {strict};

{append_only:emergency_answer emergency,side}
`}}

// Side is one of those who answer for an emergency.
type Side string

// The sides.
const (
	Superior   Side = "superior"   // of the officer
	Supervisor Side = "supervisor" // of what he opened
)

// Answer is what a side said.
type Answer struct {
	Side    Side
	Officer string
	Role    string
	Office  string
	Objects bool
	Why     string
	At      calendar.Moment
}

// Emergency is one proceeding opened by one officer.
type Emergency struct {
	ID         string
	Officer    string
	Role       string
	Office     string // that he opened it for
	Number     string
	Proceeding string // id; "" where there is none of that number
	Law        string
	Has        string // office
	Supervisor string // office
	Why        string
	At         calendar.Moment
	Until      calendar.Moment
	AnswerBy   calendar.Moment
	Answers    []Answer // the earliest first
}

// Of is what a side answered; nil if it did not.
func (e *Emergency) Of(side Side) *Answer {
	for i := range e.Answers {
		if e.Answers[i].Side == side {
			return &e.Answers[i]
		}
	}
	return nil
}

// Objected reports whether a side objected, so that the proceeding is closed again.
func (e *Emergency) Objected() bool {
	for i := range e.Answers {
		if e.Answers[i].Objects {
			return true
		}
	}
	return false
}

// Runs reports whether the officer may read the proceeding.
func (e *Emergency) Runs(now calendar.Moment) bool {
	return e.Proceeding != "" && now < e.Until && !e.Objected()
}

// Keeper keeps emergencies. Safe for concurrent use.
type Keeper struct {
	db      *db.DB
	looks   *look.Keeper
	dir     *directory.Directory
	inForce func() *access.Edition
}

// Open gives the emergencies in a migrated database; inForce are the policies of the moment when it is asked.
func Open(d *db.DB, looks *look.Keeper, dir *directory.Directory, inForce func() *access.Edition) *Keeper {
	return &Keeper{db: d, looks: looks, dir: dir, inForce: inForce}
}

// Rules bound what may be opened.
func (k *Keeper) Rules() *look.EmergencyRules { return &k.looks.Rules().Emergency }

func (k *Keeper) allowed(who access.Actor, do access.Action, what access.Resource) bool {
	return k.inForce().Decide(k.dir.Tree().Service(), who.Subject(), do, what).Allowed
}

// May reports whether an officer may open anything in an emergency.
func (k *Keeper) May(who access.Actor) bool {
	return k.allowed(who, access.BreakGlass, access.Resource{Office: who.Office})
}

const (
	selectRunning = `SELECT e.id FROM emergency e WHERE e.officer = $1 AND e.mandate = $2 AND e.proceeding = $3 AND e.proceeding <> '' AND e.until > $4
AND NOT EXISTS (SELECT 1 FROM emergency_answer a WHERE a.emergency = e.id AND a.answer = 'objected') ORDER BY e.until DESC LIMIT 1`
	countTries      = `SELECT count(*) FROM emergency WHERE officer = $1 AND at > $2`
	insertEmergency = `INSERT INTO emergency (id, officer, role, mandate, office, number, proceeding, law, has, supervisor, why, at, until, answer_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`
	countAnswers    = `SELECT count(*) FROM emergency_answer WHERE emergency = $1 AND (side IN ($2, $3) OR answer = 'objected')`
)

var insertAnswers = db.NewRows(`INSERT INTO emergency_answer (emergency, side, officer, role, office, answer, why, at)`, 8, ``)

// Running is the emergency in which an officer may read a proceeding under his mandate; "" if there is none.
func (k *Keeper) Running(ctx context.Context, who access.Actor, proceeding string, now calendar.Moment) (id string, err error) {
	err = k.db.QueryRow(ctx, selectRunning, who.Officer, who.Mandate, proceeding, now).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) || errors.Is(err, db.ErrText) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read emergencies: %w", err)
	}
	return id, nil
}

// day is over what tries are counted.
const day = 24 * calendar.Hour

// longestNumber that is looked for.
const longestNumber = 100

// Asked is what an officer asks for in an emergency.
type Asked struct {
	Who    access.Actor
	Number string
	Why    string
	Lasts  calendar.Moment // one of those that the rules offer
}

// Break opens the proceeding of a number for its asker. Errors: Forbidden where the policies do not let him, or he
// has tried too often; signin.NotPresent; NotFound where there is none of that number, which is recorded as well. l is the
// beginning of the record; it is completed here.
func (k *Keeper) Break(ctx context.Context, find *proceedings.Reader, l journal.Look, a Asked, now calendar.Moment) (*Emergency, error) {
	if !k.May(a.Who) {
		return nil, fault.New(fault.Forbidden, "emergency.not_you", nil)
	}
	if refused := find.MaySearch(a.Who); refused != nil {
		return nil, refused
	}
	if !signin.IsFresh(a.Who.Present, now) {
		return nil, signin.NotPresent()
	}
	number := []rune(strings.ToValidUTF8(strings.ReplaceAll(strings.TrimSpace(a.Number), "\x00", ""), "?"))
	number = number[:min(len(number), longestNumber)]
	e := &Emergency{ID: rand.Text(), Officer: a.Who.Officer, Role: a.Who.Role, Office: a.Who.Office, Number: string(number), Why: a.Why, At: now,
		Until: now + a.Lasts, AnswerBy: now + k.Rules().AnswerWithin}
	id, what, err := find.Found(ctx, e.Number)
	switch {
	case err == nil && !find.Decide(a.Who, access.OpenInEmergency, what).Allowed: // to him it is not there
		l.Kind = look.Tried
	case err == nil:
		e.Proceeding, e.Law, e.Has, e.Supervisor = id, what.Law, what.Office, what.Supervisor
		l.Kind = look.Opened
	case fault.Is(err, fault.NotFound):
		l.Kind = look.Tried
	default:
		return nil, err
	}
	l.Proceeding, l.About, l.Why, l.Basis, l.Emergency = e.Proceeding, e.Number, e.Why, look.InEmergency, e.ID
	err = k.looks.Write(ctx, []journal.Look{l}, func(tx *db.Tx) error {
		if err := tx.Alone("emergency of " + e.Officer); err != nil {
			return err
		}
		var n int
		if err := tx.QueryRow(countTries, e.Officer, now-day).Scan(&n); err != nil {
			return err
		}
		if n >= k.Rules().MostADay {
			return fault.New(fault.Forbidden, "emergency.too_many", fault.Args{"most": k.Rules().MostADay})
		}
		_, err := tx.Exec(insertEmergency, e.ID, e.Officer, e.Role, a.Who.Mandate, e.Office, e.Number, e.Proceeding, e.Law, e.Has, e.Supervisor, e.Why, e.At, e.Until, e.AnswerBy)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open in an emergency: %w", err)
	}
	if e.Proceeding == "" {
		return nil, fault.New(fault.NotFound, "emergency.no_number", nil)
	}
	return e, nil
}

// Sides for which somebody answers for an emergency, as the policies have it: none for his own.
func (k *Keeper) Sides(who access.Actor, e *Emergency) (out []Side) {
	if who.Officer == e.Officer {
		return nil
	}
	if k.allowed(who, access.AnswerEmergency, access.Resource{Law: e.Law, Office: e.Office}) {
		out = append(out, Superior)
	}
	if k.allowed(who, access.AnswerEmergency, access.Resource{Law: e.Law, Supervisor: e.Supervisor}) {
		out = append(out, Supervisor)
	}
	return out
}

// Owed are the sides for which somebody has still to answer. After an objection there is nothing left to answer.
func (k *Keeper) Owed(who access.Actor, e *Emergency) (out []Side) {
	if e.Objected() || e.Proceeding == "" {
		return nil
	}
	for _, side := range k.Sides(who, e) {
		if e.Of(side) == nil {
			out = append(out, side)
		}
	}
	return out
}

// Reply confirms an emergency or objects to it, for all sides that somebody answers for. Errors: NotFound for one that
// is not his to answer, Conflict where it was answered meanwhile, Invalid for an objection without a reason.
func (k *Keeper) Reply(ctx context.Context, l journal.Look, who access.Actor, id string, objects bool, why string, now calendar.Moment) error {
	if why = strings.TrimSpace(why); objects && why == "" {
		return &fault.Error{Kind: fault.Invalid, Key: "refusal.bad_form", Fields: map[string]fault.Error{"why": {Kind: fault.Invalid, Key: "field.missing"}}}
	}
	e, err := k.One(ctx, who, id)
	if err != nil {
		return err
	}
	owed := k.Owed(who, e)
	if len(owed) == 0 {
		return fault.New(fault.Conflict, "emergency.answered", nil)
	}
	answer := "confirmed"
	l.Kind = look.Confirmed
	if objects {
		answer, l.Kind = "objected", look.Objected
	}
	l.Proceeding, l.About, l.Why, l.Basis, l.Emergency = e.Proceeding, e.Officer, why, look.Own, e.ID
	err = k.looks.Write(ctx, []journal.Look{l}, func(tx *db.Tx) error {
		if err := tx.Alone("answers to " + e.ID); err != nil {
			return err
		}
		var n int
		if err := tx.QueryRow(countAnswers, e.ID, string(owed[0]), string(owed[len(owed)-1])).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return fault.New(fault.Conflict, "emergency.answered", nil)
		}
		var rows []any
		for _, side := range owed {
			rows = append(rows, e.ID, string(side), who.Officer, who.Role, who.Office, answer, l.Why, int64(now))
		}
		_, err := tx.ExecRows(insertAnswers, rows)
		return err
	})
	if err != nil {
		return fmt.Errorf("answer for an emergency: %w", err)
	}
	return nil
}
