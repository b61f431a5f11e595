package identity

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fault"
	"nazorat/internal/signin"
)

const (
	// tryEnd is how long somebody may take at the provider.
	tryEnd = 10 * calendar.Minute
	// mostTries of one machine may be under way; wide, since behind a proxy the proxy is one machine for everybody.
	mostTries   = 1000
	longestNext = 2000
)

// TryEnd is how long a try may take, for its cookie.
func TryEnd() time.Duration { return time.Duration(tryEnd) * time.Microsecond }

const (
	deleteOldTries = `DELETE FROM provider_try WHERE ends <= $1`
	countTries     = `SELECT count(*) FROM provider_try WHERE remote = $1`
	insertTry      = `INSERT INTO provider_try (state, browser, session, next, remote, ends) VALUES ($1, $2, $3, $4, $5, $6)`
	selectTry      = `SELECT session, next FROM provider_try WHERE state = $1 AND browser = $2 AND ends > $3`
	deleteTry      = `DELETE FROM provider_try WHERE state = $1`
)

func hashed(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// derived is a secret of a try that nobody can tell who has not what its browser keeps.
func derived(browser, what, state string) string {
	h := hmac.New(sha256.New, []byte(browser))
	h.Write([]byte(what + " " + state))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// isToken reports whether something can be what Begin has given a browser.
func isToken(text string) bool { return len(text) == len(rand.Text()) && db.Storable(text) }

// Begin begins a try: to sign in, or, with a session, to prove in it that its
// officer is there. browser is what the browser keeps of an earlier try, "" for
// nothing; next is the page of ours to which it leads. The answer is where the
// browser goes, and what it is to keep. Errors: Unavailable where the provider
// cannot be reached, or the machine has too many tries under way.
func (p *Provider) Begin(ctx context.Context, s *signin.Session, browser, next, lang string, from signin.Machine, now calendar.Moment) (to, keep string, err error) {
	known, err := p.discover(ctx)
	if err != nil {
		return "", "", err
	}
	if !isToken(browser) {
		browser = rand.Text()
	}
	if len(next) > longestNext || !db.Storable(next) {
		next = "/"
	}
	state, session := rand.Text(), ""
	if s != nil {
		session = s.ID
	}
	err = p.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(deleteOldTries, now); err != nil {
			return err
		}
		var n int
		if err := tx.QueryRow(countTries, from.Address).Scan(&n); err != nil {
			return err
		}
		if n >= mostTries {
			return fault.New(fault.Unavailable, "sign_in.busy", nil)
		}
		_, err := tx.Exec(insertTry, hashed(state), hashed(browser), session, next, from.Address, now+tryEnd)
		return err
	}, db.Repeatable)
	if err != nil {
		return "", "", fmt.Errorf("begin at the provider: %w", err)
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(derived(browser, "nonce", state)), oauth2.S256ChallengeOption(derived(browser, "verifier", state)), oauth2.SetAuthURLParam("ui_locales", lang)}
	if s != nil {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	} else {
		// Whoever signs in need not be asked again; when he was asked must be said, which max_age makes a provider do.
		options = append(options, oauth2.SetAuthURLParam("max_age", "86400"))
	}
	if len(p.ACR) > 0 {
		options = append(options, oauth2.SetAuthURLParam("acr_values", strings.Join(p.ACR, " ")))
	}
	return p.config(known).AuthCodeURL(state, options...), browser, nil
}

// Arrival is somebody who has come back from the provider.
type Arrival struct {
	Token    string // of the session that was begun, or of the same one anew
	Next     string // where he was on his way to
	Presence bool   // he has proven that he is there, in the session that he had
}

// Finish ends a try with what the provider sent along. browser is what the
// browser keeps of the try, s and token its session, if there is one. Errors:
// Invalid where it does not hold, whyever; Forbidden where the identity is
// nobody's here or its officer has no mandate, where he said no, or the provider
// does not say that he was asked just now and presence was to be proven;
// Unavailable where the provider cannot be reached.
func (p *Provider) Finish(ctx context.Context, sent url.Values, browser string, s *signin.Session, token string, from signin.Machine, now calendar.Moment) (*Arrival, error) {
	wrong := fault.New(fault.Invalid, "provider.wrong", nil)
	state := sent.Get("state")
	if !isToken(state) || !isToken(browser) {
		return nil, wrong.Because(errors.New("there is no such try in this browser"))
	}
	session, next, err := p.take(ctx, state, browser, now)
	if err != nil {
		return nil, err
	}
	if session == nil {
		return nil, wrong.Because(errors.New("there is no such try in this browser"))
	}
	a := &Arrival{Next: next, Presence: *session != ""}
	if a.Presence && (s == nil || s.ID != *session) {
		return a, wrong.Because(errors.New("the session of the try has ended"))
	}
	known, err := p.discover(ctx)
	if err != nil {
		return a, err
	}
	if iss := sent.Get("iss"); iss != p.Issuer && (iss != "" || known.issues) {
		return a, wrong.Because(errors.New("another provider has answered"))
	}
	switch e := sent.Get("error"); e {
	case "":
	case "access_denied", "login_required", "interaction_required":
		return a, fault.New(fault.Forbidden, "provider.denied", nil)
	case "temporarily_unavailable", "server_error":
		return a, away(errors.New("it says that it is"))
	default:
		return a, wrong.Because(errors.New("the provider refuses the try"))
	}
	who, err := p.redeem(ctx, known, sent.Get("code"), derived(browser, "verifier", state), derived(browser, "nonce", state), now)
	if err != nil {
		return a, err
	}
	officer, err := p.officer(ctx, who.subject)
	if err != nil {
		return a, err
	}
	if a.Presence {
		a.Token, err = p.present(ctx, s, token, officer, who, now)
		return a, err
	}
	proven := calendar.Moment(0)
	if who.fresh(now) {
		proven = min(who.asked, now)
	}
	a.Token, err = p.keeper.BeginProven(ctx, officer, signin.ByProvider, from.Agent, proven, now)
	return a, err
}

// present notes in a session that its officer is there, if it is he, and he was asked just now.
func (p *Provider) present(ctx context.Context, s *signin.Session, token, officer string, who *said, now calendar.Moment) (renewed string, err error) {
	switch {
	case officer != s.Officer.ID:
		return "", fault.New(fault.Forbidden, "provider.another", nil)
	case !who.fresh(now):
		return "", fault.New(fault.Forbidden, "provider.stale", nil)
	}
	return p.keeper.Renew(ctx, token, now)
}

// take gives what a try was for, once: it is gone whatever becomes of it. nil
// where there is none of that browser now.
func (p *Provider) take(ctx context.Context, state, browser string, now calendar.Moment) (session *string, next string, err error) {
	err = p.db.Write(ctx, func(tx *db.Tx) error {
		session, next = nil, ""
		var s, to string
		err := tx.QueryRow(selectTry, hashed(state), hashed(browser), now).Scan(&s, &to)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		n, err := tx.Exec(deleteTry, hashed(state))
		if err == nil && n == 1 { // else somebody else has taken it in the meantime
			session, next = &s, to
		}
		return err
	}, db.Repeatable)
	if err != nil {
		return nil, "", fmt.Errorf("take a try: %w", err)
	}
	return session, next, nil
}
