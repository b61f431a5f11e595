package notice

import (
	"context"
	"fmt"
	"strings"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fault"
	"nazorat/internal/proceedings"
)

// Notice is one as its receiver reads it.
type Notice struct {
	Proceeding, Number, Title string
	Source                    string
	Role                      string // in which he was told
	Kind                      Kind
	Urgent                    int
	At, Made                  calendar.Moment
	Law                       string
	Seq                       int64 // of the entry; 0: it tells of none
	Act, Actor                string
	No                        int32 // of the deadline; 0: it tells of none
	Term                      string
	Thing                     int32
	Due                       calendar.Moment
	Step                      int
	Noted                     calendar.Moment

	starter string
}

// After is where a list of notices goes on: behind this one. The zero value is the beginning.
type After struct {
	Made               calendar.Moment
	Proceeding, Source string
}

const (
	noticeColumns = `SELECT n.proceeding, p.number, p.title, n.source, n.role, n.kind, n.urgent, n.at, n.made, n.law, n.seq, n.act, n.actor, n.no, n.term, n.starter, n.thing, n.due, n.step, n.noted
FROM notice n JOIN proceeding p ON p.id = n.proceeding WHERE `
	selectNew = noticeColumns + `n.officer = $1 AND n.office = $2 AND n.noted = 0 ORDER BY n.urgent DESC, n.made DESC, n.proceeding DESC, n.source DESC LIMIT $3`
	selectAll = noticeColumns + `n.officer = $1 AND n.office = $2 AND (n.made, n.proceeding, n.source) < ($3, $4, $5) ORDER BY n.made DESC, n.proceeding DESC, n.source DESC LIMIT $6`

	// The rows are bounded before they are counted, so that a thousand cost no more than a hundred.
	countNew = `SELECT count(*) FROM (SELECT 1 FROM notice WHERE officer = $1 AND office = $2 AND noted = 0 LIMIT $3) AS told`

	selectElsewhere = `SELECT office, count(*), max(urgent) FROM notice WHERE officer = $1 AND office <> $2 AND noted = 0 GROUP BY office ORDER BY office`
)

// MostNew is how many new notices are counted and listed at most.
const MostNew = 100

// CountNew is how many notices an officer has not taken note of, at the office that he acts for; at most MostNew. It is for the header of
// every page: it reads one index, and asks no policy, since each was told to him when he might read it.
func (k *Keeper) CountNew(ctx context.Context, who access.Actor) (n int, _ error) {
	if err := k.db.QueryRow(ctx, countNew, who.Officer, who.Office, MostNew).Scan(&n); err != nil {
		return 0, fmt.Errorf("count notices: %w", err)
	}
	return n, nil
}

// New lists what an officer has not taken note of, at the office that he acts for: what is most urgent first, then the newest. Of those that he may not
// read by now it gives the number alone. At most MostNew in all.
func (k *Keeper) New(ctx context.Context, who access.Actor) (list []Notice, closed int, _ error) {
	all, err := k.read(ctx, selectNew, who.Officer, who.Office, MostNew)
	if err != nil {
		return nil, 0, err
	}
	list, err = k.veiled(ctx, who, all)
	return list, len(all) - len(list), err
}

// All lists all that he was ever told there, the newest first. more says that there may be more behind the last that was read, next.
func (k *Keeper) All(ctx context.Context, who access.Actor, after After, limit int) (list []Notice, next After, more bool, err error) {
	if after.Made == 0 {
		after.Made = 1 << 62
	}
	rows, err := k.read(ctx, selectAll, who.Officer, who.Office, after.Made, after.Proceeding, after.Source, limit+1)
	if err != nil {
		return nil, after, false, err
	}
	if more = len(rows) > limit; more {
		rows = rows[:limit]
	}
	if len(rows) > 0 {
		last := &rows[len(rows)-1]
		next = After{last.Made, last.Proceeding, last.Source}
	}
	list, err = k.veiled(ctx, who, rows)
	return list, next, more, err
}

func (k *Keeper) read(ctx context.Context, text string, args ...any) (out []Notice, _ error) {
	rows, err := k.db.Query(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("read notices: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var n Notice
		if err := rows.Scan(&n.Proceeding, &n.Number, &n.Title, &n.Source, &n.Role, &n.Kind, &n.Urgent, &n.At, &n.Made, &n.Law, &n.Seq, &n.Act, &n.Actor, &n.No, &n.Term, &n.starter, &n.Thing, &n.Due, &n.Step, &n.Noted); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Err()
}

// veiled leaves out what its reader may not read.
func (k *Keeper) veiled(ctx context.Context, who access.Actor, list []Notice) ([]Notice, error) {
	if len(list) == 0 {
		return nil, nil
	}
	glass, err := k.mayAnswer(ctx, who, list)
	if err != nil {
		return nil, err
	}
	ask := make([]proceedings.Telling, len(list))
	for i := range list {
		n := &list[i]
		ask[i] = proceedings.Telling{Who: who, Proceeding: n.Proceeding, Act: n.Act, Officer: n.Actor, Starter: n.starter, Thing: n.Thing}
	}
	may, err := k.reader.MayTell(ctx, ask)
	if err != nil {
		return nil, err
	}
	var out []Notice
	for i := range list {
		n := list[i]
		if n.Kind == Emergency {
			e := glass[n.Emergency()]
			if e == nil {
				continue
			}
			// He answers for who opened it, and need not be one who may read it.
			n.Number, n.Title, may[i] = e.Number, "", true
		}
		if may[i] {
			out = append(out, n)
		}
	}
	return out, nil
}

// Elsewhere is how much an officer has not taken note of at an office that he does not act for now. It counts rows: what they are about he sees there.
type Elsewhere struct {
	Office string
	N      int
	Urgent int // the most urgent of them
}

// Elsewhere counts what is new for an officer at other offices than the one that he acts for.
func (k *Keeper) Elsewhere(ctx context.Context, who access.Actor) ([]Elsewhere, error) {
	rows, err := k.db.Query(ctx, selectElsewhere, who.Officer, who.Office)
	if err != nil {
		return nil, fmt.Errorf("count notices: %w", err)
	}
	defer rows.Close()
	var out []Elsewhere
	for rows.Next() {
		var e Elsewhere
		if err := rows.Scan(&e.Office, &e.N, &e.Urgent); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

const (
	noteOne   = `UPDATE notice SET noted = $1 WHERE proceeding = $2 AND source = $3 AND officer = $4 AND office = $5 AND noted = 0`
	noteOf    = `UPDATE notice SET noted = $1 WHERE officer = $2 AND office = $3 AND proceeding = $4 AND made <= $5 AND noted = 0`
	noteAll   = `UPDATE notice SET noted = $1 WHERE officer = $2 AND office = $3 AND made <= $4 AND noted = 0 AND urgent < 2`
	noteThese = `UPDATE notice SET noted = {now} WHERE noted = 0 AND (proceeding, source) IN `
	countMine = `SELECT count(*) FROM notice WHERE proceeding = $1 AND source = $2 AND officer = $3 AND office = $4`
)

// Note takes note of one notice, for its receiver alone. A release is acknowledged by this; when he did stays on record, and a second time changes
// nothing. NotFound for a notice that is not his.
func (k *Keeper) Note(ctx context.Context, who access.Actor, proceeding, source string) error {
	if !db.Storable(proceeding) || !db.Storable(source) {
		return fault.New(fault.NotFound, "notice.none", nil)
	}
	return k.noting(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(noteOne, k.reader.Now(), proceeding, source, who.Officer, who.Office)
		if err != nil || n > 0 {
			return err
		}
		var there int
		if err := tx.QueryRow(countMine, proceeding, source, who.Officer, who.Office).Scan(&there); err != nil {
			return err
		}
		if there == 0 {
			return fault.New(fault.NotFound, "notice.none", nil)
		}
		return nil
	})
}

// NoteProceeding takes note of all of one proceeding that were made by a moment.
func (k *Keeper) NoteProceeding(ctx context.Context, who access.Actor, proceeding string, by calendar.Moment) error {
	if !db.Storable(proceeding) {
		return fault.New(fault.NotFound, "notice.none", nil)
	}
	return k.noting(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(noteOf, k.reader.Now(), who.Officer, who.Office, proceeding, by)
		return err
	})
}

// NoteAll takes note of all that were made by a moment, but of those about a release: each of these is acknowledged by itself, or with its proceeding.
func (k *Keeper) NoteAll(ctx context.Context, who access.Actor, by calendar.Moment) error {
	return k.noting(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(noteAll, k.reader.Now(), who.Officer, who.Office, by)
		return err
	})
}

// NoteClosed takes note of what New counts and does not list: notices that were made by a moment, of what is closed to their receiver by now. What
// was open to him when it was told and is open again when he looks stays.
func (k *Keeper) NoteClosed(ctx context.Context, who access.Actor, by calendar.Moment) error {
	all, err := k.read(ctx, selectNew, who.Officer, who.Office, MostNew)
	if err != nil {
		return err
	}
	list, err := k.veiled(ctx, who, all)
	if err != nil {
		return err
	}
	var closed []any
	for i := range all {
		n := &all[i]
		if len(list) > 0 && list[0].Proceeding == n.Proceeding && list[0].Source == n.Source {
			list = list[1:]
		} else if n.Made <= by {
			closed = append(closed, n.Proceeding, n.Source)
		}
	}
	if len(closed) == 0 {
		return nil
	}
	in, args := pairs(closed, "?")
	n := len(args)
	text := noteThese + in + fmt.Sprintf(` AND officer = $%d AND office = $%d`, n+2, n+3)
	return k.noting(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(strings.Replace(text, "{now}", fmt.Sprintf("$%d", n+1), 1), append(args, k.reader.Now(), who.Officer, who.Office)...)
		return err
	})
}

func (k *Keeper) noting(ctx context.Context, f func(*db.Tx) error) error {
	if err := k.db.Write(ctx, f, db.Repeatable); err != nil {
		return fmt.Errorf("take note: %w", err)
	}
	return nil
}

// Record is what is on record of one notice about a deadline: who was told, and through what.
type Record struct {
	Officer, Role, Office string
	Kind                  Kind
	Step                  int
	At, Made, Noted       calendar.Moment
	Email, SMS            *Passage // nil: it did not go this way
}

// Step is a step of the law that was taken, with how many there were to tell.
type Step struct {
	Step      int
	Due       calendar.Moment
	At, Taken calendar.Moment
	Receivers int
}

const (
	selectRecord = `SELECT n.officer, n.role, n.office, n.kind, n.step, n.at, n.made, n.noted,
	coalesce(e.state, ''), coalesce(e.changed, 0), coalesce(e.attempts, 0), coalesce(e.reason, ''), coalesce(s.state, ''), coalesce(s.changed, 0), coalesce(s.attempts, 0), coalesce(s.reason, '')
FROM notice n LEFT JOIN message e ON e.reference = n.email LEFT JOIN message s ON s.reference = n.sms
WHERE n.proceeding = $1 AND n.no = $2 ORDER BY n.at, n.made, n.officer LIMIT 500`
	selectSteps = `SELECT step, due, at, taken, receivers FROM notice_step WHERE proceeding = $1 AND no = $2 ORDER BY due, step LIMIT 500`
)

// Of is what is on record of a deadline: whom the office told of it, in order, and which steps of the law it took. The caller
// has read the deadline, and so may see it.
func (k *Keeper) Of(ctx context.Context, proceeding string, no int32) (list []Record, steps []Step, err error) {
	rows, err := k.db.Query(ctx, selectRecord, proceeding, no)
	if err != nil {
		return nil, nil, fmt.Errorf("read notices: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r Record
		var email, sms Passage
		if err := rows.Scan(&r.Officer, &r.Role, &r.Office, &r.Kind, &r.Step, &r.At, &r.Made, &r.Noted, &email.State, &email.Changed, &email.Attempts, &email.Reason, &sms.State, &sms.Changed, &sms.Attempts, &sms.Reason); err != nil {
			return nil, nil, err
		}
		if email.State != "" {
			r.Email = &email
		}
		if sms.State != "" {
			r.SMS = &sms
		}
		list = append(list, r)
	}
	if err := rows.Err(); err != nil {
		return nil, nil, err
	}
	taken, err := k.db.Query(ctx, selectSteps, proceeding, no)
	if err != nil {
		return nil, nil, fmt.Errorf("read steps: %w", err)
	}
	defer taken.Close()
	for taken.Next() {
		var s Step
		if err := taken.Scan(&s.Step, &s.Due, &s.At, &s.Taken, &s.Receivers); err != nil {
			return nil, nil, err
		}
		steps = append(steps, s)
	}
	return list, steps, taken.Err()
}
