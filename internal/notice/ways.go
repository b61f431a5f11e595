package notice

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"net/mail"
	"slices"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fault"
)

// way is where an officer is reached, and for what.
type way struct {
	channel       Channel
	address, lang string
	kinds         []Kind
}

// takes reports whether a notice goes this way too: as its owner chose, and always where a person must be set free.
func (w *way) takes(t *told) bool { return t.urgent == Release || slices.Contains(w.kinds, t.kind) }

const (
	selectWays    = `SELECT officer, channel, address, lang FROM notice_way WHERE confirmed > 0 AND officer IN `
	selectChoices = `SELECT officer, channel, kind FROM notice_choice WHERE officer IN `
)

// waysOf are the ways of the receivers of some notices, by officer.
func waysOf(tx *db.Tx, list []told) (map[string][]way, error) {
	var officers []string
	for i := range list {
		officers = append(officers, list[i].who.Officer)
	}
	slices.Sort(officers)
	ids := db.Keys(slices.Compact(officers))
	in := db.In(len(ids), 1)
	out := map[string][]way{}
	err := eachRow(tx, selectWays+in, ids, func(rows *sql.Rows) error {
		var officer string
		var w way
		err := rows.Scan(&officer, &w.channel, &w.address, &w.lang)
		out[officer] = append(out[officer], w)
		return err
	})
	if err != nil || len(out) == 0 {
		return nil, err
	}
	return out, eachRow(tx, selectChoices+in, ids, func(rows *sql.Rows) error {
		var officer string
		var c Channel
		var kind Kind
		if err := rows.Scan(&officer, &c, &kind); err != nil {
			return err
		}
		for i := range out[officer] {
			if w := &out[officer][i]; w.channel == c {
				w.kinds = append(w.kinds, kind)
			}
		}
		return nil
	})
}

func eachRow(tx *db.Tx, text string, args []any, f func(*sql.Rows) error) error {
	rows, err := tx.Query(text, args...)
	if err != nil {
		return fmt.Errorf("read ways: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Way is where an officer is reached by a channel, and for what, as his settings show it.
type Way struct {
	Channel   Channel
	Address   string // "" while none is confirmed
	Lang      string
	Kinds     []Kind // that he chose
	Proposed  string // an address that waits for its code
	Until     calendar.Moment
	Confirmed calendar.Moment
}

const (
	selectWaysOf    = `SELECT channel, address, lang, confirmed, proposed, until FROM notice_way WHERE officer = $1 ORDER BY channel`
	selectChoicesOf = `SELECT channel, kind FROM notice_choice WHERE officer = $1 ORDER BY channel, kind`
)

// Ways of an officer, by channel; those that he has not set up are not there.
func (k *Keeper) Ways(ctx context.Context, officer string) (map[Channel]*Way, error) {
	out := map[Channel]*Way{}
	rows, err := k.db.Query(ctx, selectWaysOf, officer)
	if err != nil {
		return nil, fmt.Errorf("read ways: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var w Way
		if err := rows.Scan(&w.Channel, &w.Address, &w.Lang, &w.Confirmed, &w.Proposed, &w.Until); err != nil {
			return nil, err
		}
		out[w.Channel] = &w
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	chosen, err := k.db.Query(ctx, selectChoicesOf, officer)
	if err != nil {
		return nil, fmt.Errorf("read choices: %w", err)
	}
	defer chosen.Close()
	for chosen.Next() {
		var c Channel
		var kind Kind
		if err := chosen.Scan(&c, &kind); err != nil {
			return nil, err
		}
		if out[c] != nil {
			out[c].Kinds = append(out[c].Kinds, kind)
		}
	}
	return out, chosen.Err()
}

// What a code is bound by: how many digits it has, how often it may be tried, how many an officer may ask for in an hour.
const (
	codeDigits   = 6
	mostTries    = 5
	mostCodes    = 5
	codesCounted = calendar.Hour
)

const longestAddress = 200

// ExampleEmail is how an e-mail address looks: no language writes it otherwise.
const ExampleEmail = "name@example.uz"

// AddressOf is an address of a channel as it is kept: an e-mail address of plain letters, a telephone number with its country (Telephones.Number). Invalid for what is none.
func (k *Keeper) AddressOf(c Channel, typed string) (string, error) {
	switch c {
	case Email:
		return email(typed)
	case SMS:
		return k.Telephones.Number(typed)
	}
	return "", fault.New(fault.NotFound, "fault.no_page", nil)
}

func email(typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	a, err := mail.ParseAddress(typed)
	if err != nil || a.Name != "" || a.Address != typed || len(typed) > longestAddress || strings.ContainsFunc(typed, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", fault.New(fault.Invalid, "notice.bad_email", fault.Args{"example": ExampleEmail})
	}
	return typed, nil
}

const (
	countCodes = `SELECT count(*) FROM message WHERE officer = $1 AND purpose = 'code' AND made > $2`
	proposeWay = `INSERT INTO notice_way (officer, channel, address, lang, confirmed, code, until, tries, proposed) VALUES ($1, $2, '', $3, 0, $4, $5, 0, $6)
ON CONFLICT (officer, channel) DO UPDATE SET code = excluded.code, until = excluded.until, tries = 0, proposed = excluded.proposed`
	selectProposal = `SELECT code, until, tries, proposed FROM notice_way WHERE officer = $1 AND channel = $2`
	tryCode        = `UPDATE notice_way SET tries = tries + 1 WHERE officer = $1 AND channel = $2`
	confirmWay     = `UPDATE notice_way SET address = proposed, lang = $3, confirmed = $4, code = '', until = 0, tries = 0, proposed = '' WHERE officer = $1 AND channel = $2`
	dropWay        = `DELETE FROM notice_way WHERE officer = $1 AND channel = $2`
	dropChoices    = `DELETE FROM notice_choice WHERE officer = $1 AND channel = $2`
)

var insertChoices = db.NewRows(`INSERT INTO notice_choice (officer, channel, kind)`, 3, ``)

// hashOf is a code as it is kept. It is of use for a quarter of an hour and five tries, so that a fast hash is enough.
func hashOf(officer string, c Channel, address, code string) string {
	sum := sha256.Sum256([]byte("code " + officer + " " + string(c) + " " + address + " " + code))
	return hex.EncodeToString(sum[:])
}

// Propose sends a code to an address that an officer wants to be reached at. The way that he had goes on until he confirms it.
// Errors: Invalid for an address that is none, Unavailable where the office has no such channel, Forbidden for whoever asked too often.
func (k *Keeper) Propose(ctx context.Context, officer string, c Channel, typed, lang string) error {
	address, err := k.AddressOf(c, typed)
	if err != nil {
		return err
	}
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return fmt.Errorf("draw a code: %w", err)
	}
	code := fmt.Sprintf("%0*d", codeDigits, n)
	now := k.reader.Now()
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Alone("codes of " + officer); err != nil {
			return err
		}
		var sent int
		if err := tx.QueryRow(countCodes, officer, now-codesCounted).Scan(&sent); err != nil {
			return err
		}
		if sent >= mostCodes {
			return fault.New(fault.Forbidden, "notice.too_many_codes", fault.Args{"most": mostCodes})
		}
		if _, err := tx.Exec(proposeWay, officer, string(c), lang, hashOf(officer, c, address, code), now+codeLives, address); err != nil {
			return err
		}
		words := k.Words(lang)
		return k.Send(tx, Letter{Reference: "c/" + k.newID(), Channel: c, Address: address, Subject: words.T("notice.code.subject"), Text: words.T("notice.code.text", "code", code), Within: codeLives, officer: officer, purpose: ofCode, Urgent: true})
	})
	if err != nil {
		return fmt.Errorf("propose a way: %w", err)
	}
	return nil
}

// Confirm takes a code that was sent to an address: from then on the officer is reached there. Invalid for a wrong code, for one
// that is too old, and for any after five that were wrong.
func (k *Keeper) Confirm(ctx context.Context, officer string, c Channel, typed, lang string) error {
	now := k.reader.Now()
	wrong := false
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Alone("codes of " + officer); err != nil {
			return err
		}
		var hash, proposed string
		var until calendar.Moment
		var tries int
		err := tx.QueryRow(selectProposal, officer, string(c)).Scan(&hash, &until, &tries, &proposed)
		if errors.Is(err, sql.ErrNoRows) || err == nil && (hash == "" || now > until || tries >= mostTries) {
			return fault.New(fault.Invalid, "notice.code_over", nil)
		}
		if err != nil {
			return err
		}
		given := hashOf(officer, c, proposed, strings.Join(strings.Fields(typed), ""))
		if wrong = subtle.ConstantTimeCompare([]byte(given), []byte(hash)) != 1; wrong {
			_, err := tx.Exec(tryCode, officer, string(c))
			return err
		}
		_, err = tx.Exec(confirmWay, officer, string(c), lang, now)
		return err
	})
	if err == nil && wrong { // the try counts
		err = fault.New(fault.Invalid, "notice.code_wrong", nil)
	}
	if err != nil {
		return fmt.Errorf("confirm a way: %w", err)
	}
	return nil
}

// Choose sets for what besides the inbox an officer is reached by a channel. What the law demands goes there whatever he chose.
func (k *Keeper) Choose(ctx context.Context, officer string, c Channel, kinds []Kind) error {
	var rows []any
	for _, kind := range kinds {
		if !slices.Contains(Kinds(), kind) {
			return fault.New(fault.Invalid, "fault.bad_form", nil)
		}
		rows = append(rows, officer, string(c), string(kind))
	}
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(dropChoices, officer, string(c)); err != nil {
			return err
		}
		_, err := tx.ExecRows(insertChoices, rows)
		return err
	})
	if err != nil {
		return fmt.Errorf("choose: %w", err)
	}
	return nil
}

// Drop forgets where an officer is reached by a channel, and what he chose for it.
func (k *Keeper) Drop(ctx context.Context, officer string, c Channel) error {
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(dropWay, officer, string(c)); err != nil {
			return err
		}
		_, err := tx.Exec(dropChoices, officer, string(c))
		return err
	})
	if err != nil {
		return fmt.Errorf("drop a way: %w", err)
	}
	return nil
}
