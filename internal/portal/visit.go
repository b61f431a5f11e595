package portal

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/duty"
	"nazorat/internal/fault"
	"nazorat/internal/notice"
	"nazorat/internal/proceedings"
)

// Whoever a proceeding is about asks for a code here and looks with it. He is answered before anybody has looked whether there is such a proceeding: that is done
// behind the answer, by a duty, so that neither the words of the answer nor its time can tell. What is asked about nothing has a row like any other, with a code that nobody has.

// visit is one, from asking for the code to its end.
type visit struct {
	key, number   string
	channel       notice.Channel
	address, lang string
	proceeding    string // that the code was sent for; "": none was
	code          string
	until         calendar.Moment // of the code, and then of the session
	tries         int
	made, entered calendar.Moment
}

// Bounds of visits.
const (
	visitDigits = 8
	visitLives  = 20 * calendar.Minute // from the code on, whatever is done meanwhile
	// mostNumber bounds what is typed as the number of a case, in bytes.
	mostNumber = 100
	// mostAnswered are visits that are answered at a time.
	mostAnswered = 100
)

const (
	visitColumns  = `key, number, channel, address, lang, proceeding, code, until, tries, made, entered`
	insertVisit   = `INSERT INTO told_visit (key, number, channel, address, lang, proceeding, code, until, tries, made, asked, entered) VALUES ($1, $2, $3, $4, $5, '', $6, $7, 0, $8, 1, 0)`
	selectVisit   = `SELECT ` + visitColumns + ` FROM told_visit WHERE key = $1`
	selectAsking  = `SELECT ` + visitColumns + ` FROM told_visit WHERE asked = 1 AND until > $1 ORDER BY made, key LIMIT $2`
	answerVisit   = `UPDATE told_visit SET asked = 0, proceeding = $2, code = $3 WHERE key = $1 AND asked = 1`
	passVisit     = `UPDATE told_visit SET asked = 0 WHERE key = $1 AND asked = 1`
	tryVisit      = `UPDATE told_visit SET tries = tries + 1 WHERE key = $1`
	visitEntered  = `UPDATE told_visit SET key = $2, code = '', entered = $3, until = $4 WHERE key = $1`
	visitEnded    = `DELETE FROM told_visit WHERE key = $1`
	forgetVisits  = `DELETE FROM told_visit WHERE key IN (SELECT key FROM told_visit WHERE until < $1 LIMIT $2)`
	allVisits     = "all visits"
	visitLetter   = "visit/"
	keyVisitOver  = "visit.code_over"
	keyVisitWrong = "visit.code_wrong"
)

func scanVisit(row db.Row) (*visit, error) {
	var v visit
	err := row.Scan(&v.key, &v.number, &v.channel, &v.address, &v.lang, &v.proceeding, &v.code, &v.until, &v.tries, &v.made, &v.entered)
	if errors.Is(err, sql.ErrNoRows) || errors.Is(err, db.ErrText) {
		return nil, fault.New(fault.NotFound, "visit.over", nil)
	}
	if err != nil {
		return nil, fmt.Errorf("read a visit: %w", err)
	}
	return &v, nil
}

func visitKey(token string) string { return hashOf("visit", token) }

// askToLook writes down that somebody wants a code, and gives what his browser keeps. Forbidden where one machine, or all together, have asked too often.
func (k *Desk) askToLook(ctx context.Context, v *visit, machine string) (token string, err error) {
	token = rand.Text()
	v.key = visitKey(token)
	now := k.docket.Now()
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		if err := k.counts(tx, now, machine, allVisits); err != nil {
			return err
		}
		_, err := tx.Exec(insertVisit, v.key, v.number, string(v.channel), v.address, v.lang, hashOf(v.key, rand.Text()), now+codeLives, now)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("ask for a code: %w", err)
	}
	return token, nil
}

// AnswerSome sends their codes to those who asked for one and whom a proceeding reaches where they said. To others nothing is sent, and nobody is told.
func (k *Desk) AnswerSome(ctx context.Context) error {
	if len(k.tellings) == 0 {
		return nil
	}
	list, err := k.asking(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, v := range list {
		p, _, _, err := k.concerned(ctx, v)
		if err == nil {
			err = k.answerOne(ctx, v, p)
		}
		failed = errors.Join(failed, err) // one that cannot be answered does not hold up the others
	}
	return failed
}

func (k *Desk) asking(ctx context.Context) (out []*visit, _ error) {
	rows, err := k.db.Query(ctx, selectAsking, k.docket.Now(), mostAnswered)
	if err != nil {
		return nil, fmt.Errorf("read visits: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		v, err := scanVisit(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// concerned is the proceeding of a visit as its visitor may be told of it, what its law says of that, and the things by which he is in it; nil where there is no such
// proceeding, where its law tells nothing, where the policies refuse it, or where it does not reach him there.
func (k *Desk) concerned(ctx context.Context, v *visit) (*proceedings.Proceeding, *telling, []int32, error) {
	id, what, err := k.docket.Found(ctx, v.number)
	if err != nil {
		return nil, nil, nil, unlessNone(err)
	}
	d := k.tellings[what.Law]
	if d == nil {
		return nil, nil, nil, nil
	}
	p, err := k.docket.Proceeding(ctx, d.actor(what.Office), id)
	if err != nil {
		return nil, nil, nil, unlessNone(err)
	}
	mine := d.mine(k.notices, p, v.channel, v.address)
	if p.Exception != "" || len(mine) == 0 {
		return nil, nil, nil, nil
	}
	return p, d, mine, nil
}

// unlessNone is an error but that there is no such thing.
func unlessNone(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// answerOne sends the code of a visit, if it is about a proceeding and its address has not had enough of them.
func (k *Desk) answerOne(ctx context.Context, v *visit, p *proceedings.Proceeding) error {
	shown := ""
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		shown = ""
		if err := duty.Fence(ctx, tx); err != nil {
			return err
		}
		if err := tx.Alone("codes of citizens"); err != nil {
			return err
		}
		who, now, n := hashOf(string(v.channel), strings.ToLower(v.address)), k.docket.Now(), 0
		if err := tx.QueryRow(countCodes, who, now-counted).Scan(&n); err != nil {
			return err
		}
		if p == nil || n >= perAddress {
			_, err := tx.Exec(passVisit, v.key)
			return err
		}
		drawn, err := rand.Int(rand.Reader, big.NewInt(100_000_000))
		if err != nil {
			return fmt.Errorf("draw a code: %w", err)
		}
		code := fmt.Sprintf("%0*d", visitDigits, drawn)
		answered, err := tx.Exec(answerVisit, v.key, p.ID, hashOf(v.key, code))
		if err != nil || answered == 0 {
			return err // another has answered it
		}
		if _, err := tx.Exec(insertCode, k.newID(), who, now); err != nil {
			return err
		}
		if len(k.notices.Channels()) == 0 && k.synthetic {
			shown = code
			return nil
		}
		words := k.notices.Words(v.lang)
		return k.notices.Send(tx, notice.Letter{Reference: visitLetter + rand.Text(), Channel: v.channel, Address: v.address, Subject: words.T("portal.mail_subject"),
			Text: words.T("visit.mail", "code", code), Within: codeLives, Urgent: true})
	})
	if err != nil {
		return fmt.Errorf("answer a visit: %w", err)
	}
	if shown != "" {
		k.shown.Store(v.key, shown)
	}
	return nil
}

// enterVisit takes the code of a visit and begins its session; what the browser keeps from then on is another than before. Invalid for a wrong code, for one that is too old,
// and for any after five that were wrong.
func (k *Desk) enterVisit(ctx context.Context, token, typed string) (session string, err error) {
	key, now := visitKey(token), k.docket.Now()
	session = rand.Text()
	wrong := false
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		wrong = false
		if err := tx.Alone("visit " + key); err != nil {
			return err
		}
		v, err := scanVisit(tx.QueryRow(selectVisit, key))
		if err != nil {
			return err
		}
		if v.entered > 0 || now > v.until || v.tries >= mostTries {
			return fault.New(fault.Invalid, keyVisitOver, nil)
		}
		given := hashOf(key, strings.Join(strings.Fields(typed), ""))
		if wrong = subtle.ConstantTimeCompare([]byte(given), []byte(v.code)) != 1; wrong {
			_, err := tx.Exec(tryVisit, key)
			return err
		}
		_, err = tx.Exec(visitEntered, key, visitKey(session), now, now+visitLives)
		return err
	})
	if err == nil && wrong { // the try counts
		err = fault.New(fault.Invalid, keyVisitWrong, nil)
	}
	if err != nil {
		return "", fmt.Errorf("take the code of a visit: %w", err)
	}
	k.shown.Delete(key)
	return session, nil
}

// visitOf is the visit of a browser; NotFound where there is none, or it is over.
func (k *Desk) visitOf(ctx context.Context, token string) (*visit, error) {
	v, err := scanVisit(k.db.QueryRow(ctx, selectVisit, visitKey(token)))
	if err != nil {
		return nil, err
	}
	if k.docket.Now() > v.until {
		return nil, fault.New(fault.NotFound, "visit.over", nil)
	}
	return v, nil
}

// endVisit ends a visit.
func (k *Desk) endVisit(ctx context.Context, token string) error {
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(visitEnded, visitKey(token))
		return err
	}, db.Repeatable)
	if err != nil {
		return fmt.Errorf("end a visit: %w", err)
	}
	return nil
}
