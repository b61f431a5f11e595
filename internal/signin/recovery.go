package signin

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/fault"
)

// RecoveryEnd is how long a recovery may take, from the first administrator to the officer's code.
const RecoveryEnd = 24 * calendar.Hour

const (
	// codeLength of each administrator's half of the code, in letters of five bits.
	codeLength    = 16
	longestReason = 500
)

// Recovery is an officer who lost what he signs in with, on his way back in.
//
// The first administrator asks for it and is given one half of a code, the
// second confirms it and is given the other; each hands his half to the officer,
// who needs both. So neither can sign in as the officer, and neither can be
// talked into it alone. The code opens once.
type Recovery struct {
	ID          string
	Officer     directory.Officer
	Reason      string
	AskedBy     string // an officer
	Asked       calendar.Moment
	ConfirmedBy string // "" while it is not
	Ends        calendar.Moment
}

// MayRecover reports whether the holder of a session is an administrator: whether he administers the
// office that he acts for. Administrators, two at a time, let officers in again of the offices that they administer.
func (k *Keeper) MayRecover(s *Session) bool { return s != nil && k.Administers(s, s.Mandate.Office) }

// notYours is what whoever is no administrator is told: such pages are not there for him.
func notYours() error { return fault.New(fault.NotFound, "fault.no_page", nil) }

func noRecovery() error { return fault.New(fault.NotFound, "recovery.none", nil) }

// newCode draws one half of a code, as it is shown: in groups of four.
func newCode() string {
	drawn := rand.Text()[:codeLength]
	var groups []string
	for g := range slices.Chunk([]byte(drawn), 4) {
		groups = append(groups, string(g))
	}
	return strings.Join(groups, "-")
}

// plainCode is a half of a code without what only parts it, however it was typed.
func plainCode(typed string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z' || r >= '2' && r <= '7':
			return r
		}
		return -1
	}, typed)
}

// drawCode draws one half of a code, and what is stored of it. It is kept as
// passwords are: trying one costs as much, and waits for the same places.
func (k *Keeper) drawCode(ctx context.Context) (code, stored string, err error) {
	leave, err := k.apart.enter(ctx)
	if err != nil {
		return "", "", err
	}
	defer leave()
	code = newCode()
	stored, err = k.cost.hash(plainCode(code))
	return code, stored, err
}

const (
	selectByLogin  = `SELECT id, name, login FROM officer WHERE login = $1`
	closeRecovery  = `UPDATE recovery SET ends = $1 WHERE officer = $2 AND used = 0 AND ends > $1`
	insertRecovery = `INSERT INTO recovery (id, officer, reason, asked_by, asked, confirmed_by, confirmed, first_code, second_code, ends, used)
VALUES ($1, $2, $3, $4, $5, NULL, 0, $6, '', $7, 0)`
)

// AskRecovery begins a recovery for the officer with a login; an earlier one of
// his that is under way ends. The answer is the first half of the code, told
// once. Errors: NotPresent; NotFound to whoever is no administrator; Forbidden
// to who asks for himself; Invalid without a reason; NotFound where there is no such officer
// in the administrator's reach.
func (k *Keeper) AskRecovery(ctx context.Context, s *Session, login, reason string, now calendar.Moment) (code string, err error) {
	if err := k.mayHelp(s, now); err != nil {
		return "", err
	}
	reason = strings.Join(strings.Fields(reason), " ")
	if n := utf8.RuneCountInString(reason); n == 0 || n > longestReason || !db.Storable(reason) {
		return "", fault.New(fault.Invalid, "recovery.reason", fault.Args{"most": longestReason})
	}
	o, err := k.inReach(ctx, s, login, now)
	if err != nil {
		return "", err
	}
	code, stored, err := k.drawCode(ctx)
	if err != nil {
		return "", err
	}
	return code, k.db.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Alone("recovery of " + o.ID); err != nil {
			return err
		}
		if _, err := tx.Exec(closeRecovery, now, o.ID); err != nil {
			return err
		}
		if _, err := tx.Exec(insertRecovery, rand.Text(), o.ID, reason, s.Officer.ID, now, stored, now+RecoveryEnd); err != nil {
			return fmt.Errorf("ask for recovery: %w", err)
		}
		return record(tx, now, o.ID, s.Officer.ID, recoveryAsked, reason)
	}, db.Repeatable)
}

// mayHelp asks whether somebody is an administrator who is there.
func (k *Keeper) mayHelp(s *Session, now calendar.Moment) error {
	if !k.MayRecover(s) {
		return notYours()
	}
	if !IsFresh(s.Proven, now) {
		return NotPresent()
	}
	return nil
}

// inReach finds the officer with a login whom an administrator may help. Of one who is not there as much is asked as of
// one who is: an administrator learns of no login elsewhere whether it is one, from the time either.
func (k *Keeper) inReach(ctx context.Context, s *Session, login string, now calendar.Moment) (o directory.Officer, err error) {
	err = k.db.QueryRow(ctx, selectByLogin, directory.Login(login)).Scan(&o.ID, &o.Name, &o.Login)
	if err != nil && !errors.Is(err, sql.ErrNoRows) && !errors.Is(err, db.ErrText) {
		return o, fmt.Errorf("read officer: %w", err)
	}
	return o, k.reaches(ctx, s, o.ID, now)
}

// EndSessions ends all sessions of the officer with a login, for an administrator in whose reach he is: his machine was
// stolen, and he cannot end them himself. He may sign in again with whatever he has. Errors: NotPresent; NotFound to whoever is no
// administrator, and where there is no such officer in his reach; Forbidden for his own, which are ended on his own page.
func (k *Keeper) EndSessions(ctx context.Context, s *Session, login string, now calendar.Moment) error {
	if err := k.mayHelp(s, now); err != nil {
		return err
	}
	o, err := k.inReach(ctx, s, login, now)
	if err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(endSessions, o.ID); err != nil {
			return err
		}
		return record(tx, now, o.ID, s.Officer.ID, sessionsEnded, "")
	}, db.Repeatable)
}

// reaches asks whether an administrator may help an officer: not himself, and
// none who acts for no office of his.
func (k *Keeper) reaches(ctx context.Context, s *Session, officer string, now calendar.Moment) error {
	if officer == s.Officer.ID {
		return fault.New(fault.Forbidden, "recovery.own", nil)
	}
	mandates, err := k.dir.Mandates(ctx, officer, now)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(mandates, func(m directory.Mandate) bool { return k.Administers(s, m.Office) }) {
		return fault.New(fault.NotFound, "recovery.nobody", nil)
	}
	return nil
}

// reachesOne asks the same about the officer of a recovery. An administrator whom it is
// not about is told that there is none: the answer tells him nothing of what he asked for.
func (k *Keeper) reachesOne(ctx context.Context, s *Session, officer string, now calendar.Moment) error {
	err := k.reaches(ctx, s, officer, now)
	if fault.Is(err, fault.NotFound) {
		return noRecovery()
	}
	return err
}

const (
	selectRecovery = `SELECT officer, asked_by FROM recovery WHERE id = $1 AND confirmed = 0 AND used = 0 AND ends > $2`
	confirmOne     = `UPDATE recovery SET confirmed_by = $1, confirmed = $2, second_code = $3 WHERE id = $4 AND confirmed = 0 AND used = 0 AND ends > $2`
	refuseOne      = `UPDATE recovery SET ends = $1 WHERE id = $2 AND used = 0 AND ends > $1`
	selectRefused  = `SELECT officer FROM recovery WHERE id = $1 AND used = 0 AND ends > $2`
)

// ConfirmRecovery makes a recovery valid that another administrator has asked
// for. The answer is the second half of the code, told once. Errors: NotPresent;
// Forbidden to who asked for it himself or is its officer; NotFound to whoever is
// no administrator, and where there is none under way, or it is confirmed.
func (k *Keeper) ConfirmRecovery(ctx context.Context, s *Session, id string, now calendar.Moment) (code string, err error) {
	if err := k.mayHelp(s, now); err != nil {
		return "", err
	}
	if !db.Storable(id) {
		return "", noRecovery()
	}
	var officer, by string
	err = k.db.QueryRow(ctx, selectRecovery, id, now).Scan(&officer, &by)
	if err != nil && !errors.Is(err, sql.ErrNoRows) { // where there is none, nobody's is asked about: that takes as long
		return "", fmt.Errorf("read recovery: %w", err)
	}
	if err := k.reachesOne(ctx, s, officer, now); err != nil {
		return "", err
	}
	if by == s.Officer.ID {
		return "", fault.New(fault.Forbidden, "recovery.second", nil)
	}
	code, stored, err := k.drawCode(ctx)
	if err != nil {
		return "", err
	}
	return code, k.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(confirmOne, s.Officer.ID, now, stored, id)
		if err != nil {
			return fmt.Errorf("confirm recovery: %w", err)
		}
		if n == 0 { // a third was quicker, or it was refused
			return noRecovery()
		}
		return record(tx, now, officer, s.Officer.ID, recoveryConfirmed, "")
	}, db.Repeatable)
}

// RefuseRecovery ends a recovery that is under way: any administrator in reach
// may, and needs no fresh proof to be on the safe side. NotFound where there is none.
func (k *Keeper) RefuseRecovery(ctx context.Context, s *Session, id string, now calendar.Moment) error {
	if !k.MayRecover(s) {
		return notYours()
	}
	if !db.Storable(id) {
		return noRecovery()
	}
	var officer string
	err := k.db.QueryRow(ctx, selectRefused, id, now).Scan(&officer)
	if err != nil && !errors.Is(err, sql.ErrNoRows) { // as in ConfirmRecovery
		return fmt.Errorf("read recovery: %w", err)
	}
	if officer != s.Officer.ID { // his own he may always refuse: he has not lost anything
		if err := k.reachesOne(ctx, s, officer, now); err != nil {
			return err
		}
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(refuseOne, now, id)
		if err == nil && n == 0 {
			return noRecovery()
		}
		if err != nil {
			return err
		}
		return record(tx, now, officer, s.Officer.ID, recoveryRefused, "")
	}, db.Repeatable)
}

const (
	selectRecoveries = `SELECT r.id, o.id, o.name, o.login, r.reason, r.asked_by, r.asked, coalesce(r.confirmed_by, ''), r.ends
FROM recovery r JOIN officer o ON o.id = r.officer WHERE r.used = 0 AND r.ends > $1 AND (r.officer = $2 OR EXISTS
(SELECT 1 FROM mandate m WHERE m.officer = r.officer AND m.valid_from <= $1 AND (m.valid_to = 0 OR m.valid_to > $1) AND m.office IN `
	oldestRecoveries = `)) ORDER BY r.ends, r.id LIMIT 100`
)

// Recoveries lists those under way that an administrator may have a hand in and
// his own, the oldest first; at most 100.
func (k *Keeper) Recoveries(ctx context.Context, s *Session, now calendar.Moment) ([]Recovery, error) {
	if !k.MayRecover(s) {
		return nil, notYours()
	}
	args := []any{now, s.Officer.ID}
	reach := slices.DeleteFunc(k.dir.Tree().Under(s.Mandate.Office), func(office string) bool { return !k.Administers(s, office) })
	for _, office := range reach {
		args = append(args, office)
	}
	rows, err := k.db.Query(ctx, selectRecoveries+db.In(len(args)-2, 3)+oldestRecoveries, args...)
	if err != nil {
		return nil, fmt.Errorf("read recoveries: %w", err)
	}
	defer rows.Close()
	var out []Recovery
	for rows.Next() {
		var r Recovery
		if err := rows.Scan(&r.ID, &r.Officer.ID, &r.Officer.Name, &r.Officer.Login, &r.Reason, &r.AskedBy, &r.Asked, &r.ConfirmedBy, &r.Ends); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

const (
	selectCodes = `SELECT r.id, o.id, r.first_code, r.second_code FROM recovery r JOIN officer o ON o.id = r.officer
WHERE o.login = $1 AND r.confirmed > 0 AND r.used = 0 AND r.ends > $2 ORDER BY r.ends DESC LIMIT 1`
	useRecovery = `UPDATE recovery SET used = $1 WHERE id = $2 AND used = 0 AND ends > $1`
)

// Recover begins a session for the officer with a login who has both halves of
// a code. It ends all that run in his name. Tries are counted with those of
// passwords, and whoever guesses learns nothing: Invalid is the one answer, to
// him who has no code under way too. Forbidden after too many attempts, and
// without a mandate; Unavailable where too many sign in at once.
func (k *Keeper) Recover(ctx context.Context, login, first, second string, from Machine, now calendar.Moment) (token string, err error) {
	login = directory.Login(login)
	wrong := fault.New(fault.Invalid, "recovery.wrong", nil)
	if len(login) > 200 || len(first) > 200 || len(second) > 200 || !db.Storable(login) {
		return "", wrong
	}
	c, err := k.counts(ctx, login, from, now)
	if err != nil {
		return "", err
	}
	id, officer, err := k.proveCode(ctx, login, first, second, c, now)
	if err != nil {
		return "", err
	}
	if id == "" {
		return "", wrong
	}
	mandates, err := k.dir.Mandates(ctx, officer, now)
	if err != nil {
		return "", err
	}
	if len(mandates) == 0 { // before the code is spent
		return "", fault.New(fault.Forbidden, "sign_in.no_mandate", nil)
	}
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(useRecovery, now, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return wrong
		}
		if _, err := tx.Exec(endSessions, officer); err != nil {
			return err
		}
		return record(tx, now, officer, officer, recovered, "")
	}, db.Repeatable)
	if err != nil {
		return "", err
	}
	if err := k.succeeded(ctx, login, c); err != nil {
		return "", err
	}
	return k.Begin(ctx, officer, ByRecovery, from.Agent, now)
}

// proveCode finds the recovery whose halves these are, "" for none. Both halves
// are worked on whatever the first comes to, also where there is no recovery.
func (k *Keeper) proveCode(ctx context.Context, login, first, second string, c counting, now calendar.Moment) (id, officer string, err error) {
	leave, err := k.places(c).enter(ctx)
	if err != nil {
		return "", "", err
	}
	defer leave()
	if err := k.attempt(ctx, login, c, now); err != nil {
		return "", "", err
	}
	var stored [2]string
	err = k.db.QueryRow(ctx, selectCodes, login, now).Scan(&id, &officer, &stored[0], &stored[1])
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", "", fmt.Errorf("read recovery: %w", err)
	}
	one, two := k.cost.matches(stored[0], plainCode(first)), k.cost.matches(stored[1], plainCode(second))
	if !one || !two {
		return "", "", nil
	}
	return id, officer, nil
}
