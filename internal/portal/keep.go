package portal

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/docket"
	"nazorat/internal/duty"
	"nazorat/internal/fault"
	"nazorat/internal/notice"
)

// report is one as it is kept.
type report struct {
	key, law        string
	named           bool
	office          string
	form            map[string]string
	channel         notice.Channel
	address, lang   string
	code            string
	until           calendar.Moment
	tries, sent     int
	reference       string
	made, confirmed calendar.Moment
	submission      string
	entered         calendar.Moment
	proceeding      string
	seq             int64
}

// hashOf is what is kept of something that must not be read from the table.
func hashOf(what, value string) string {
	sum := sha256.Sum256([]byte(what + " " + value))
	return hex.EncodeToString(sum[:])
}

func keyOf(token string) string { return hashOf("report", token) }

const (
	insertReport = `INSERT INTO online_report (key, law, named, office, form, channel, address, lang, code, until, tries, sent, reference, made, confirmed, submission, next, entered, proceeding, seq)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 0, 0, 0, '', $9, $10, $11, $10, 0, '', 0)`
	selectReport = `SELECT key, law, named, office, form, channel, address, lang, code, until, tries, sent, reference, made, confirmed, submission, entered, proceeding, seq FROM online_report WHERE key = $1`
	countCodes   = `SELECT count(*) FROM online_code WHERE who = $1 AND at > $2`
	insertCode   = `INSERT INTO online_code (id, who, at) VALUES ($1, $2, $3)`
	sentCode     = `UPDATE online_report SET code = $2, until = $3, tries = 0, sent = sent + 1, reference = $4, channel = $5, address = $6, form = $7 WHERE key = $1 AND confirmed = 0`
	tryCode      = `UPDATE online_report SET tries = tries + 1 WHERE key = $1`
	confirm      = `UPDATE online_report SET confirmed = $2, next = $2, code = '', until = 0 WHERE key = $1 AND confirmed = 0`
	enteredNow   = `UPDATE online_report SET entered = $2, proceeding = $3, seq = $4, form = '', address = '', reference = '' WHERE key = $1 AND entered = 0`
	later        = `UPDATE online_report SET next = $2 WHERE key = $1 AND entered = 0`
)

func scan(row db.Row) (*report, error) {
	var r report
	var form string
	var named int
	err := row.Scan(&r.key, &r.law, &named, &r.office, &form, &r.channel, &r.address, &r.lang, &r.code, &r.until, &r.tries, &r.sent, &r.reference, &r.made, &r.confirmed, &r.submission, &r.entered, &r.proceeding, &r.seq)
	if errors.Is(err, sql.ErrNoRows) || errors.Is(err, db.ErrText) {
		return nil, fault.New(fault.NotFound, "portal.none_such", nil)
	}
	if err != nil {
		return nil, fmt.Errorf("read a report: %w", err)
	}
	r.named = named == 1
	if form != "" {
		if err := json.Unmarshal([]byte(form), &r.form); err != nil {
			return nil, fmt.Errorf("read a report: %w", err)
		}
	}
	return &r, nil
}

// of finds the report of a page. NotFound where there is none.
func (k *Desk) of(ctx context.Context, token string) (*report, error) {
	return scan(k.db.QueryRow(ctx, selectReport, keyOf(token)))
}

// tooMany is said to whoever sends more than anybody needs.
func tooMany() error { return fault.New(fault.Forbidden, "portal.too_many", nil) }

// keep writes a report down, and sends its code; one without a name needs none, and is confirmed by being sent. It gives what stands in
// the address of its page. Forbidden where one machine, or all together, have sent too many.
func (k *Desk) keep(ctx context.Context, r *report, machine string) (token string, err error) {
	token = rand.Text()
	r.key, r.submission = keyOf(token), rand.Text()
	now := k.docket.Now()
	form, err := json.Marshal(r.form)
	if err != nil {
		return "", err
	}
	named, confirmed := 1, calendar.Moment(0)
	if !r.named {
		named, confirmed = 0, now
	}
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		if err := k.counts(tx, now, machine, allReports); err != nil {
			return err
		}
		if _, err := tx.Exec(insertReport, r.key, r.law, named, r.office, string(form), string(r.channel), r.address, r.lang, now, confirmed, r.submission); err != nil {
			return err
		}
		if !r.named {
			return nil
		}
		return k.send(tx, r, nil, now)
	})
	if err != nil {
		return "", fmt.Errorf("keep a report: %w", err)
	}
	if !r.named {
		k.enterSoon(ctx, r)
	}
	return token, nil
}

// allReports is by what the sendings of all together are counted who report.
const allReports = "all"

// counts counts one sending by a machine, and one among all of a sort, and refuses it where there were too many.
func (k *Desk) counts(tx *db.Tx, now calendar.Moment, machine, all string) error {
	if err := tx.Alone("codes of citizens"); err != nil {
		return err
	}
	for _, bound := range []struct {
		who  string
		most int
	}{{hashOf("machine", machine), perMachine}, {all, inAll}} {
		var n int
		if err := tx.QueryRow(countCodes, bound.who, now-counted).Scan(&n); err != nil {
			return err
		}
		if n >= bound.most {
			return tooMany()
		}
		if _, err := tx.Exec(insertCode, k.newID(), bound.who, now); err != nil {
			return err
		}
	}
	return nil
}

// boundOf is what the codes to the address of a report are counted by. Its letters' case is nothing: most servers of mail deliver alike.
func boundOf(r *report) string { return hashOf(string(r.channel), strings.ToLower(r.address)) }

// send draws a code and writes its letter down; a letter of the code before that has not left yet is taken back. To an address that had enough of them nothing
// goes, and nobody is told: the code that went there last for this report holds, if it was this address's. was is the report as it was kept; nil: it is new.
func (k *Desk) send(tx *db.Tx, r, was *report, now calendar.Moment) error {
	who := boundOf(r)
	var n int
	if err := tx.QueryRow(countCodes, who, now-counted).Scan(&n); err != nil {
		return err
	}
	form, err := json.Marshal(r.form)
	if err != nil {
		return err
	}
	if n >= perAddress {
		if was != nil && boundOf(was) == who {
			return nil
		}
		if err := k.withdraw(tx, was); err != nil {
			return err
		}
		return k.sent(tx, r, rand.Text(), "", string(form), now) // a code that nobody has
	}
	drawn, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return fmt.Errorf("draw a code: %w", err)
	}
	code := fmt.Sprintf("%0*d", codeDigits, drawn)
	reference := "online/" + rand.Text()
	if _, err := tx.Exec(insertCode, k.newID(), who, now); err != nil {
		return err
	}
	if len(k.notices.Channels()) == 0 && k.synthetic {
		k.shown.Store(r.key, code)
		return k.sent(tx, r, code, reference, string(form), now)
	}
	if err := k.withdraw(tx, was); err != nil {
		return err
	}
	words := k.notices.Words(r.lang)
	err = k.notices.Send(tx, notice.Letter{Reference: reference, Channel: r.channel, Address: r.address, Subject: words.T("portal.mail_subject"), Text: words.T("portal.mail", "code", code), Within: codeLives, Urgent: true})
	if err != nil {
		return err
	}
	return k.sent(tx, r, code, reference, string(form), now)
}

// withdraw takes back the letter of a report's last code, if it has not left yet.
func (k *Desk) withdraw(tx *db.Tx, was *report) error {
	if was == nil || was.reference == "" {
		return nil
	}
	return k.notices.Withdraw(tx, was.reference)
}

func (k *Desk) sent(tx *db.Tx, r *report, code, reference, form string, now calendar.Moment) error {
	_, err := tx.Exec(sentCode, r.key, hashOf(r.key, code), now+codeLives, reference, string(r.channel), r.address, form)
	return err
}

// again sends another code for a report, to the same address or another.
func (k *Desk) again(ctx context.Context, r *report, machine string) error {
	now := k.docket.Now()
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		was, err := scan(tx.QueryRow(selectReport, r.key))
		if err != nil || was.confirmed > 0 {
			return err
		}
		if err := k.counts(tx, now, machine, allReports); err != nil {
			return err
		}
		return k.send(tx, r, was, now)
	})
	if err != nil {
		return fmt.Errorf("send a code again: %w", err)
	}
	return nil
}

// confirm takes the code of a report, and enters it. Invalid for a wrong one, for one that is too old, and for any after five that were wrong.
func (k *Desk) confirm(ctx context.Context, token, typed string) error {
	r, err := k.takeCode(ctx, token, typed)
	if err != nil {
		return err
	}
	k.enterSoon(ctx, r)
	return nil
}

// takeCode confirms a report. A crash after it loses nothing: what is confirmed is entered by the duty.
func (k *Desk) takeCode(ctx context.Context, token, typed string) (*report, error) {
	key, now := keyOf(token), k.docket.Now()
	var r *report
	wrong := false
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		wrong = false
		if err := tx.Alone("report " + key); err != nil {
			return err
		}
		var err error
		if r, err = scan(tx.QueryRow(selectReport, key)); err != nil {
			return err
		}
		switch {
		case r.confirmed > 0:
			return nil
		case r.code == "" || now > r.until || r.tries >= mostTries:
			return fault.New(fault.Invalid, "portal.code_over", nil)
		}
		given := hashOf(key, strings.Join(strings.Fields(typed), ""))
		if wrong = subtle.ConstantTimeCompare([]byte(given), []byte(r.code)) != 1; wrong {
			_, err := tx.Exec(tryCode, key)
			return err
		}
		_, err = tx.Exec(confirm, key, now)
		return err
	})
	if err == nil && wrong { // the try counts
		err = fault.New(fault.Invalid, "portal.code_wrong", nil)
	}
	if err != nil {
		return nil, fmt.Errorf("confirm a report: %w", err)
	}
	k.shown.Delete(key)
	return r, nil
}

// enterSoon enters a report at once where that is possible; else the duty does it.
func (k *Desk) enterSoon(ctx context.Context, r *report) {
	if err := k.enter(ctx, r); err != nil {
		k.log.WarnContext(ctx, "a report of a citizen waits to be entered", "error", err)
	}
}

// enter does the act of a confirmed report. It may be called again at any time: under one submission it is done once.
func (k *Desk) enter(ctx context.Context, r *report) error {
	if r.entered > 0 {
		return nil
	}
	receipt, err := k.bringIn(ctx, r)
	if err != nil {
		return err
	}
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(enteredNow, r.key, k.docket.Now(), receipt.Proceeding, receipt.Seq)
		return err
	}, db.Repeatable)
	if err != nil {
		return fmt.Errorf("note that a report was entered: %w", err)
	}
	return nil
}

func (k *Desk) bringIn(ctx context.Context, r *report) (*docket.Receipt, error) {
	receipt, err := k.docket.Act(ctx, docket.Command{Law: r.law, Act: k.rules.act(r.named), Form: r.form, Submission: r.submission,
		Actor: access.Actor{Role: k.rules.role, Office: r.office}})
	if err != nil {
		return nil, fmt.Errorf("enter a report: %w", err)
	}
	return receipt, nil
}

// Receiving is the name of the duty under which Receive runs.
const Receiving = "online_reports"

const (
	receiveEvery = 5 * time.Second
	forgetEvery  = 10 * calendar.Minute
	againAfter   = calendar.Minute
	mostReceived = 100
	// mostForgotten is more than can come in between: see inAll.
	mostForgotten = 2000

	selectWaiting = `SELECT key, law, named, office, form, channel, address, lang, code, until, tries, sent, reference, made, confirmed, submission, entered, proceeding, seq
FROM online_report WHERE confirmed > 0 AND entered = 0 AND next <= $1 ORDER BY next, key LIMIT $2`
	forgetReports = `DELETE FROM online_report WHERE key IN (SELECT key FROM online_report WHERE confirmed = 0 AND made < $1 ORDER BY made, key LIMIT $2)`
	forgetCodes   = `DELETE FROM online_code WHERE id IN (SELECT id FROM online_code WHERE at < $1 LIMIT $2)`
)

// Receive enters what was confirmed and could not be entered then, answers those who asked for a code to look by, and forgets what was never confirmed, until ctx ends. It
// is the work of a duty.
func (k *Desk) Receive(ctx context.Context) error {
	failing, forgot := false, calendar.Moment(0)
	for {
		err := errors.Join(k.ReceiveSome(ctx), k.AnswerSome(ctx))
		if now := k.docket.Now(); err == nil && now-forgot >= forgetEvery {
			err, forgot = k.Forget(ctx), now
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, duty.ErrLost):
			return err
		case err != nil && !failing:
			k.log.ErrorContext(ctx, "what citizens sent waits", "error", err)
		}
		failing = err != nil
		t := time.NewTimer(receiveEvery)
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-t.C:
		}
	}
}

// ReceiveSome enters what waits to be entered now. One report that cannot be entered does not hold up the others.
func (k *Desk) ReceiveSome(ctx context.Context) error {
	if k.rules == nil {
		return nil
	}
	now := k.docket.Now()
	list, err := k.waiting(ctx, now)
	if err != nil {
		return err
	}
	var failed error
	for _, r := range list {
		err := k.enter(ctx, r)
		if err == nil {
			continue
		}
		failed = errors.Join(failed, err)
		put := k.db.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(later, r.key, now+againAfter); return err }, db.Repeatable)
		if put != nil {
			return errors.Join(failed, put)
		}
	}
	return failed
}

// Forget takes away some of what was never confirmed, visits that are over, and counts of codes that are of no use any more.
func (k *Desk) Forget(ctx context.Context) error {
	now := k.docket.Now()
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		if err := duty.Fence(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.Exec(forgetReports, now-unconfirmedLives, mostForgotten); err != nil {
			return err
		}
		if _, err := tx.Exec(forgetVisits, now, mostForgotten); err != nil {
			return err
		}
		_, err := tx.Exec(forgetCodes, now-counted, mostForgotten)
		return err
	}, db.Repeatable)
	if err != nil {
		return fmt.Errorf("forget reports: %w", err)
	}
	return nil
}

func (k *Desk) waiting(ctx context.Context, now calendar.Moment) (out []*report, _ error) {
	rows, err := k.db.Query(ctx, selectWaiting, now, mostReceived)
	if err != nil {
		return nil, fmt.Errorf("read reports: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}
