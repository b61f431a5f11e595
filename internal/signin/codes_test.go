package signin_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/fault"
	"nazorat/internal/signin"
)

const step = 30 * calendar.Second

func newRing(t *testing.T) *signin.Ring {
	t.Helper()
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	r, err := signin.NewRing(key)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// withGenerator gives an officer a code generator, and says its secret; the code of now is used up.
func withGenerator(t *testing.T, k *signin.Keeper, officer string) (secret string) {
	t.Helper()
	token, s := session(t, k, officer, now)
	g, err := k.NewGenerator(ctx, s, now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.AddGenerator(ctx, s, token, g.Offer, signin.CodeOf(t, g.Secret, now), now); err != nil {
		t.Fatal(err)
	}
	return g.Secret
}

// half is what the password alone gives.
func half(t *testing.T, k *signin.Keeper, from signin.Machine, at calendar.Moment) string {
	t.Helper()
	token, half, err := k.SignIn(ctx, "jasur", password, from, at)
	if err != nil || token != "" || half == "" {
		t.Fatalf("%q, %q, %v", token, half, err)
	}
	return half
}

func TestPasswordAloneIsNotEnoughBesideACodeGenerator(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		k = k.With(signin.Rules{Secrets: newRing(t), Service: "Nazorat"})
		token, s := session(t, k, "o1", now)
		g, err := k.NewGenerator(ctx, s, now)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(g.URL)
		if err != nil || u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/Nazorat:jasur" || u.Query().Get("issuer") != "Nazorat" || u.Query().Get("secret") != strings.ReplaceAll(g.Secret, " ", "") || len(u.Query().Get("secret")) != 32 {
			t.Errorf("%s: %v", g.URL, err)
		}
		// Before a code was given nothing is asked for.
		if _, err := k.AddGenerator(ctx, s, token, g.Offer, "000000", now); keyOf(err) != "code.wrong" {
			t.Errorf("a wrong code: %v", err)
		}
		if token, _, err := k.SignIn(ctx, "jasur", password, machine, now); err != nil || token == "" {
			t.Errorf("before it was set up: %v", err)
		}
		same, err := k.SameGenerator(s, g.Offer, now)
		if err != nil || same.Secret != g.Secret {
			t.Errorf("%+v, %v", same, err)
		}
		renewed, err := k.AddGenerator(ctx, s, token, g.Offer, signin.CodeOf(t, g.Secret, now), now)
		if err != nil || renewed == token {
			t.Fatal(renewed, err)
		}
		if s, err := k.Session(ctx, renewed, now); err != nil || s.Way != signin.ByCode || s.Proven != now {
			t.Errorf("%+v, %v", s, err)
		}
		if added, used, err := k.GeneratorSince(ctx, "o1"); err != nil || added != now || used != now {
			t.Errorf("%v, %v, %v", added, used, err)
		}
		if sealed := k.Secret(t, "o1"); bytes.Contains(sealed, []byte(strings.ReplaceAll(g.Secret, " ", ""))) || len(sealed) < 60 {
			t.Errorf("%q is what the database holds", sealed)
		}

		at := now + 2*step
		h := half(t, k, machine, at)
		if _, err := k.SignInWithCode(ctx, h, "000000", machine, at); keyOf(err) != "code.wrong" {
			t.Errorf("a wrong code: %v", err)
		}
		code := signin.CodeOf(t, g.Secret, at)
		token, err = k.SignInWithCode(ctx, h, " "+code[:3]+" "+code[3:], machine, at)
		if err != nil {
			t.Fatal(err)
		}
		if s, err := k.Session(ctx, token, at); err != nil || s.Way != signin.ByCode || s.Officer.ID != "o1" {
			t.Errorf("%+v, %v", s, err)
		}
		if got := strings.Join(k.Recorded(t, "o1"), " "); got != "password_set generator_added code_wrong" {
			t.Errorf("on record: %s", got)
		}
	})
}

// The code of a step of time is good once, and none before it afterwards, also for two at once.
func TestACodeIsGoodOnce(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		k = k.With(signin.Rules{Secrets: newRing(t), Service: "Nazorat"})
		secret := withGenerator(t, k, "o1")
		if _, err := k.SignInWithCode(ctx, half(t, k, machine, now), signin.CodeOf(t, secret, now), machine, now); keyOf(err) != "code.wrong" {
			t.Errorf("the code that set it up: %v", err)
		}
		at := now + 10*step
		first := half(t, k, machine, at)
		for name, c := range map[string]struct {
			code string
			ok   bool
		}{
			"two steps ago": {signin.CodeOf(t, secret, at-2*step), false},
			"two steps on":  {signin.CodeOf(t, secret, at+2*step), false},
			"too short":     {"12345", false}, "too long": {signin.CodeOf(t, secret, at) + "0", false}, "none": {"", false}, "no digits": {"абвгде", false},
		} {
			if _, err := k.SignInWithCode(ctx, first, c.code, signin.Machine{Address: name}, at); (err == nil) != c.ok {
				t.Errorf("%s: %v", name, err)
			}
		}
		const both = 2
		halves, errs := [both]string{half(t, k, signin.Machine{Address: "a"}, at), half(t, k, signin.Machine{Address: "b"}, at)}, make(chan error, both)
		for i, h := range halves {
			go func() {
				_, err := k.SignInWithCode(ctx, h, signin.CodeOf(t, secret, at-step), signin.Machine{Address: fmt.Sprint("racer ", i)}, at) // a clock that is slow
				errs <- err
			}()
		}
		var done, wrong int
		for range both {
			switch err := <-errs; {
			case err == nil:
				done++
			case keyOf(err) == "code.wrong":
				wrong++
			default:
				t.Error(err)
			}
		}
		if done != 1 || wrong != 1 {
			t.Errorf("%d signed in, %d did not", done, wrong)
		}
		// A clock that is fast; then the code of now is one from before it.
		again := half(t, k, signin.Machine{Address: "c"}, at)
		if _, err := k.SignInWithCode(ctx, again, signin.CodeOf(t, secret, at+step), signin.Machine{Address: "d"}, at); err != nil {
			t.Errorf("a step on: %v", err)
		}
		if _, err := k.SignInWithCode(ctx, again, signin.CodeOf(t, secret, at), signin.Machine{Address: "e"}, at); keyOf(err) != "code.wrong" {
			t.Errorf("an earlier one after a later: %v", err)
		}
	})
}

func TestHalfOfASignInIsGoodForItsOfficerAndMinutes(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		ring := newRing(t)
		k = k.With(signin.Rules{Secrets: ring})
		secret := withGenerator(t, k, "o1")
		at := now + calendar.Hour
		h := half(t, k, machine, at)
		other := k.With(signin.Rules{Secrets: newRing(t)})
		late := at + 5*calendar.Minute + 1
		if _, err := k.SignInWithCode(ctx, h, signin.CodeOf(t, secret, late), machine, late); keyOf(err) != "code.late" {
			t.Errorf("after five minutes: %v", err)
		}
		another, middle := half(t, k, machine, at), len(h)/2
		for name, forged := range map[string]string{
			"": "", "no base64": "%%%", "cut": h[:len(h)-4], "of another office": half(t, other, machine, at), "of two halves": another[:middle] + h[middle:],
		} {
			if _, err := k.SignInWithCode(ctx, forged, signin.CodeOf(t, secret, at), machine, at); err == nil || keyOf(err) != "code.late" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := other.SignInWithCode(ctx, h, signin.CodeOf(t, secret, at), machine, at); keyOf(err) != "code.late" {
			t.Errorf("under another key: %v", err)
		}
		// An offer is no half, and a half no offer.
		_, s := session(t, k, "o1", at)
		g, err := k.NewGenerator(ctx, s, at)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.SignInWithCode(ctx, g.Offer, signin.CodeOf(t, secret, at), machine, at); keyOf(err) != "code.late" {
			t.Errorf("an offer: %v", err)
		}
		if _, err := k.SameGenerator(s, h, at); keyOf(err) != "code.late" {
			t.Errorf("a half: %v", err)
		}
		// And neither an offer of another session, nor an old one.
		_, elsewhere := session(t, k, "o1", at)
		if _, err := k.SameGenerator(elsewhere, g.Offer, at); keyOf(err) != "code.late" {
			t.Errorf("another session's offer: %v", err)
		}
		if _, err := k.SameGenerator(s, g.Offer, at+15*calendar.Minute+1); keyOf(err) != "code.late" {
			t.Errorf("an old offer: %v", err)
		}
	})
}

// Whoever has the password guesses codes: at each address as often as passwords,
// and a day long no oftener than twenty times; and the officer goes on where he is known.
func TestGuessingCodesIsSlowedDownAndOnRecord(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		k = k.With(signin.Rules{Secrets: newRing(t)})
		secret := withGenerator(t, k, "o1")
		own := known(t, k, "o1", here)
		at := now + calendar.Hour
		h := half(t, k, signin.Machine{Address: there}, at)
		for range 4 {
			if _, err := k.SignInWithCode(ctx, h, "000000", signin.Machine{Address: there}, at); keyOf(err) != "code.wrong" {
				t.Fatal(err)
			}
		}
		if _, err := k.SignInWithCode(ctx, h, signin.CodeOf(t, secret, at), signin.Machine{Address: there}, at); keyOf(err) != "sign_in.wait" {
			t.Errorf("after a password and four codes: %v", err)
		}
		for i := range 16 {
			from := signin.Machine{Address: string(rune('a' + i))}
			if _, err := k.SignInWithCode(ctx, h, "000000", from, at); keyOf(err) != "code.wrong" {
				t.Fatal(err)
			}
		}
		late := at + 23*calendar.Hour
		h = half(t, k, signin.Machine{Address: there}, late)
		if _, err := k.SignInWithCode(ctx, h, signin.CodeOf(t, secret, late), signin.Machine{Address: there}, late); keyOf(err) != "code.wait" {
			t.Errorf("within a day after twenty: %v", err)
		}
		if _, err := k.SignInWithCode(ctx, half(t, k, own, late), signin.CodeOf(t, secret, late), own, late); err != nil {
			t.Errorf("on his own machine: %v", err)
		}
		if got := strings.Count(strings.Join(k.Recorded(t, "o1"), " "), "code_wrong"); got != 20 {
			t.Errorf("%d on record", got)
		}
		later := late + 2*calendar.Hour
		if _, err := k.SignInWithCode(ctx, half(t, k, signin.Machine{Address: there}, later), signin.CodeOf(t, secret, later), signin.Machine{Address: there}, later); err != nil {
			t.Errorf("a day later: %v", err)
		}
	})
}

func TestPresenceWantsTheCodeTooAndTakesThePasswordWithIt(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		k = k.With(signin.Rules{Secrets: newRing(t)})
		secret := withGenerator(t, k, "o1")
		token, s := session(t, k, "o1", now)
		at := now + calendar.Hour
		code := signin.CodeOf(t, secret, at)
		for name, c := range map[string][2]string{"no code": {password, ""}, "no password": {"", code}, "a wrong code": {password, "000000"}, "a wrong password": {"not the password", code}} {
			if _, err := k.ProvePassword(ctx, s, token, c[0], c[1], at); keyOf(err) != "presence.wrong" {
				t.Errorf("%s: %v", name, err)
			}
		}
		renewed, err := k.ProvePassword(ctx, s, token, password, code, at)
		if err != nil {
			t.Fatalf("a code that came with a wrong password was used up: %v", err)
		}
		if s, err := k.Session(ctx, renewed, at); err != nil || s.Proven != at {
			t.Errorf("%+v, %v", s, err)
		}
		if _, err := k.ProvePassword(ctx, s, renewed, password, code, at); keyOf(err) != "presence.wrong" {
			t.Errorf("the same code again: %v", err)
		}
	})
}

func TestGeneratorIsTakenAwayByWhoIsThere(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		k = k.With(signin.Rules{Secrets: newRing(t)})
		withGenerator(t, k, "o1")
		_, s := session(t, k, "o1", now)
		late := now + signin.Fresh + 1
		if err := k.RemoveGenerator(ctx, s, late); keyOf(err) != signin.PresenceRequired {
			t.Errorf("long after: %v", err)
		}
		if _, err := k.NewGenerator(ctx, s, late); keyOf(err) != signin.PresenceRequired {
			t.Errorf("another, long after: %v", err)
		}
		if err := k.RemoveGenerator(ctx, s, now); err != nil {
			t.Fatal(err)
		}
		if err := k.RemoveGenerator(ctx, s, now); !fault.Is(err, fault.NotFound) {
			t.Errorf("once more: %v", err)
		}
		if token, _, err := k.SignIn(ctx, "jasur", password, machine, now); err != nil || token == "" {
			t.Errorf("the password: %v", err)
		}
	})
}

// An office that lost its key, or was started without it, must not let the password alone open.
func TestWithoutTheKeyAPasswordBesideAGeneratorOpensNothing(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		with := k.With(signin.Rules{Secrets: newRing(t)})
		withGenerator(t, with, "o1")
		token, s := session(t, k, "o1", now)
		if token, half, err := k.SignIn(ctx, "jasur", password, machine, now); token != "" || half != "" || keyOf(err) != "code.away" {
			t.Errorf("%q, %q, %v", token, half, err)
		}
		if _, err := k.ProvePassword(ctx, s, token, password, "", now); keyOf(err) != "code.away" {
			t.Errorf("presence: %v", err)
		}
		if _, err := k.NewGenerator(ctx, s, now); keyOf(err) != "code.away" || k.GeneratorsOffered() {
			t.Errorf("a new one: %v", err)
		}
		other := k.With(signin.Rules{Secrets: newRing(t)})
		if _, err := other.ProvePassword(ctx, s, token, password, "000000", now); keyOf(err) != "code.away" {
			t.Errorf("under another key: %v", err)
		}
	})
}

func TestOfficeThatWantsASecondFactorLetsNobodyActWithoutOne(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		k = k.With(signin.Rules{Secrets: newRing(t), SecondFactor: true})
		token, _, err := k.SignIn(ctx, "jasur", password, machine, now)
		if err != nil {
			t.Fatal(err)
		}
		s, err := k.Session(ctx, token, now)
		if err != nil || !k.Needs(s) {
			t.Fatalf("%+v, %v", s, err)
		}
		g, err := k.NewGenerator(ctx, s, now)
		if err != nil {
			t.Fatal(err)
		}
		token, err = k.AddGenerator(ctx, s, token, g.Offer, signin.CodeOf(t, g.Secret, now), now)
		if err != nil {
			t.Fatal(err)
		}
		s, err = k.Session(ctx, token, now)
		if err != nil || k.Needs(s) {
			t.Errorf("with a generator: %+v, %v", s, err)
		}
		if err := k.RemoveGenerator(ctx, s, now); keyOf(err) != "code.last" {
			t.Errorf("his only one: %v", err)
		}
		// Whoever knows the password alone makes no second factor of his own beside the officer's.
		_, thief := session(t, k, "o1", now)
		if _, err := k.NewGenerator(ctx, thief, now); keyOf(err) != "sign_in.needs_passkey" {
			t.Errorf("another's generator: %v", err)
		}
		if _, err := ceremonies(t, k).Enrol(ctx, thief, now); keyOf(err) != "sign_in.needs_passkey" {
			t.Errorf("another's passkey: %v", err)
		}
		// And with a passkey the password opens nothing.
		if err := k.RemoveGenerator(ctx, s, now); err == nil {
			t.Fatal("it went")
		}
		c := ceremonies(t, k)
		options, err := c.Enrol(ctx, s, now)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Enrolled(ctx, s, "Key", newAuthenticator(t).create(t, options), now); err != nil {
			t.Fatal(err)
		}
		if err := k.RemoveGenerator(ctx, s, now); err != nil {
			t.Fatal(err)
		}
		if _, _, err := k.SignIn(ctx, "jasur", password, machine, now); keyOf(err) != "sign_in.needs_passkey" {
			t.Errorf("beside a passkey: %v", err)
		}
		keys, err := k.List(ctx, "o1")
		if err != nil || len(keys) != 1 {
			t.Fatal(keys, err)
		}
		if err := k.Remove(ctx, s, keys[0].ID, now); keyOf(err) != "code.last" {
			t.Errorf("his only key: %v", err)
		}
	})
}
