package signin_test

import (
	"bytes"
	"strings"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/fault"
	"nazorat/internal/signin"
)

// session of an officer who has just signed in.
func session(t *testing.T, k *signin.Keeper, officer string, at calendar.Moment) (token string, s *signin.Session) {
	t.Helper()
	token, err := k.Begin(ctx, officer, signin.ByPassword, "", at)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = k.Session(ctx, token, at); err != nil {
		t.Fatal(err)
	}
	return token, s
}

// enrol gives the first officer a key.
func enrol(t *testing.T, k *signin.Keeper, c *signin.Ceremonies, name string) *authenticator {
	t.Helper()
	_, s := session(t, k, "o1", now)
	options, err := c.Enrol(ctx, s, now)
	if err != nil {
		t.Fatal(err)
	}
	a := newAuthenticator(t)
	if err := c.Enrolled(ctx, s, name, a.create(t, options), now); err != nil {
		t.Fatalf("%v: %v", err, fault.Of(err).Unwrap())
	}
	return a
}

func ask(t *testing.T, c *signin.Ceremonies, at calendar.Moment) []byte {
	t.Helper()
	options, err := c.Ask(ctx, signin.Machine{Address: here}, at)
	if err != nil {
		t.Fatal(err)
	}
	return options
}

func TestPasskeyOpensWithoutALogin(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		c := ceremonies(t, k)
		a := enrol(t, k, c, "  The key \t on my ring ")
		token, err := c.SignIn(ctx, a.get(t, ask(t, c, now+calendar.Minute)), signin.Machine{Address: here}, now+calendar.Minute)
		if err != nil {
			t.Fatal(err, fault.Of(err).Unwrap())
		}
		s, err := k.Session(ctx, token, now+calendar.Minute)
		if err != nil || s.Officer.ID != "o1" || s.Way != signin.ByPasskey || s.Proven != now+calendar.Minute {
			t.Errorf("%+v, %v", s, err)
		}
		list, err := k.List(ctx, "o1")
		if err != nil || len(list) != 1 || list[0].Name != "The key on my ring" || list[0].Added != now || list[0].Used != now+calendar.Minute {
			t.Errorf("%+v, %v", list, err)
		}
		if got := strings.Join(k.Recorded(t, "o1"), " "); got != "password_set passkey_added" {
			t.Errorf("on record: %s", got)
		}
	})
}

// What is asked for: a key that is found without a login, and that knows its owner.
func TestAuthenticatorsAreAskedToVerifyTheirOwner(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		c := ceremonies(t, k)
		enrol(t, k, c, "one")
		_, s := session(t, k, "o1", now)
		options, err := c.Enrol(ctx, s, now)
		if err != nil {
			t.Fatal(err)
		}
		p := read(t, options).PublicKey
		if p.AuthenticatorSelection.ResidentKey != "required" || p.AuthenticatorSelection.UserVerification != "required" || p.RP.ID != domain || len(p.ExcludeCredentials) != 1 || p.Attestation != "none" {
			t.Errorf("%s", options)
		}
		if handle, _ := b64.DecodeString(p.User.ID); len(handle) != 32 || bytes.Contains(handle, []byte("o1")) {
			t.Errorf("the authenticator is told %q", p.User.ID)
		}
		p = read(t, ask(t, c, now)).PublicKey
		if p.UserVerification != "required" || p.RPID != domain || len(p.AllowCredentials) != 0 {
			t.Error("a stranger is told something, or the owner is not verified")
		}
		if options, err = c.AskPresence(ctx, s, now); err != nil {
			t.Fatal(err)
		}
		if p := read(t, options).PublicKey; p.UserVerification != "required" || len(p.AllowCredentials) != 1 {
			t.Errorf("%s", options)
		}
	})
}

func TestPasskeyThatDoesNotHoldOpensNothing(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		c := ceremonies(t, k)
		a := enrol(t, k, c, "one")
		_, s := session(t, k, "o1", now)
		for name, answer := range map[string]func() ([]byte, calendar.Moment){
			"nobody verified": func() ([]byte, calendar.Moment) {
				b := *a
				b.flags = present
				return b.get(t, ask(t, c, now)), now
			},
			"for another domain": func() ([]byte, calendar.Moment) {
				b := *a
				b.domain = "nazorat.example.evil"
				return b.get(t, ask(t, c, now)), now
			},
			"from another page": func() ([]byte, calendar.Moment) {
				b := *a
				b.origin = "https://nazorat.evil"
				return b.get(t, ask(t, c, now)), now
			},
			"another's key": func() ([]byte, calendar.Moment) {
				b := newAuthenticator(t)
				b.handle, b.id = a.handle, a.id
				return b.get(t, ask(t, c, now)), now
			},
			"a key that is not known": func() ([]byte, calendar.Moment) {
				b := newAuthenticator(t)
				b.handle = a.handle
				return b.get(t, ask(t, c, now)), now
			},
			"an owner who is not known": func() ([]byte, calendar.Moment) {
				b := newAuthenticator(t)
				b.handle = bytes.Repeat([]byte{7}, 32)
				return b.get(t, ask(t, c, now)), now
			},
			"a challenge of its own": func() ([]byte, calendar.Moment) {
				return a.get(t, []byte(`{"publicKey":{"challenge":"`+b64.EncodeToString(make([]byte, 32))+`"}}`)), now
			},
			"too late": func() ([]byte, calendar.Moment) { return a.get(t, ask(t, c, now)), now + signin.ChallengeEnd },
			"a challenge for something else": func() ([]byte, calendar.Moment) {
				options, err := c.AskPresence(ctx, s, now)
				if err != nil {
					t.Fatal(err)
				}
				return a.get(t, options), now
			},
			"nothing":  func() ([]byte, calendar.Moment) { return nil, now },
			"rubbish":  func() ([]byte, calendar.Moment) { return []byte(`{"id":"x"`), now },
			"too much": func() ([]byte, calendar.Moment) { return bytes.Repeat([]byte("x"), 1<<20), now },
		} {
			raw, at := answer()
			if _, err := c.SignIn(ctx, raw, signin.Machine{Address: there}, at); keyOf(err) != "sign_in.wrong_passkey" || !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := c.SignIn(ctx, a.get(t, ask(t, c, now)), signin.Machine{Address: here}, now); err != nil {
			t.Errorf("its owner afterwards: %v", err)
		}
	})
}

func TestChallengeIsGoodForOneTry(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		c := ceremonies(t, k)
		a := enrol(t, k, c, "one")
		options := ask(t, c, now)
		b := *a
		b.flags = present
		if _, err := c.SignIn(ctx, b.get(t, options), signin.Machine{}, now); err == nil {
			t.Fatal("opened")
		}
		if _, err := c.SignIn(ctx, a.get(t, options), signin.Machine{}, now); keyOf(err) != "sign_in.wrong_passkey" {
			t.Errorf("a second try: %v", err)
		}
		// The same answer sent many times at once opens once.
		a.counter++
		answer := a.get(t, ask(t, c, now))
		opened := make(chan bool)
		for range 8 {
			go func() {
				_, err := c.SignIn(ctx, answer, signin.Machine{}, now)
				opened <- err == nil
			}()
		}
		n := 0
		for range 8 {
			if <-opened {
				n++
			}
		}
		if n != 1 {
			t.Errorf("it opened %d times", n)
		}
	})
}

// Somebody who copied the key out of its device signs with a count that was there before.
func TestCopyOfAKeyIsNoticed(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		c := ceremonies(t, k)
		a := enrol(t, k, c, "one")
		thief := *a
		for range 2 {
			if _, err := c.SignIn(ctx, a.get(t, ask(t, c, now)), signin.Machine{}, now); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := c.SignIn(ctx, thief.get(t, ask(t, c, now)), signin.Machine{}, now); keyOf(err) != "passkey.copied" || !fault.Is(err, fault.Forbidden) {
			t.Errorf("the copy: %v", err)
		}
		if got := strings.Join(k.Recorded(t, "o1"), " "); !strings.Contains(got, "passkey_copied") {
			t.Errorf("on record: %s", got)
		}
	})
}

// Two that sign with the same count are both looked at before either is noted.
func TestOfTwoWithTheSameCountOneOpens(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		c := ceremonies(t, k)
		a := enrol(t, k, c, "one")
		opened := make(chan bool)
		var answers [][]byte
		for range 6 {
			copied := *a
			answers = append(answers, copied.get(t, ask(t, c, now)))
		}
		for _, answer := range answers {
			go func() {
				_, err := c.SignIn(ctx, answer, signin.Machine{}, now)
				opened <- err == nil
			}()
		}
		n := 0
		for range answers {
			if <-opened {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d opened", n)
		}
	})
}

// Keys that are kept by a phone's maker and shared between devices do not count.
func TestKeyThatDoesNotCountOpensAgainAndAgain(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		c := ceremonies(t, k)
		_, s := session(t, k, "o1", now)
		options, err := c.Enrol(ctx, s, now)
		if err != nil {
			t.Fatal(err)
		}
		a := newAuthenticator(t)
		a.counter = ^uint32(0)
		if err := c.Enrolled(ctx, s, "phone", a.create(t, options), now); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			a.counter = ^uint32(0)
			if _, err := c.SignIn(ctx, a.get(t, ask(t, c, now)), signin.Machine{}, now); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestKeysAreAddedAndRemovedByWhoIsThereNow(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		c := ceremonies(t, k)
		token, s := session(t, k, "o1", now)
		options, err := c.Enrol(ctx, s, now)
		if err != nil {
			t.Fatal(err)
		}
		late := now + signin.Fresh + 1
		if _, err := c.Enrol(ctx, s, late); keyOf(err) != signin.PresenceRequired {
			t.Errorf("asked late: %v", err)
		}
		a := newAuthenticator(t)
		answer := a.create(t, options)
		if err := c.Enrolled(ctx, s, "x", answer, late); keyOf(err) != signin.PresenceRequired {
			t.Errorf("sent late: %v", err)
		}
		if err := c.Enrolled(ctx, s, " ", answer, now); keyOf(err) != "passkey.name" {
			t.Errorf("without a name: %v", err)
		}
		if err := c.Enrolled(ctx, s, strings.Repeat("ш", 61), answer, now); keyOf(err) != "passkey.name" {
			t.Errorf("with a long name: %v", err)
		}
		_, other := session(t, k, "o1", now)
		if err := c.Enrolled(ctx, other, "x", answer, now); keyOf(err) != "passkey.wrong" {
			t.Errorf("in another session: %v", err)
		}
		if err := c.Enrolled(ctx, s, "x", answer, now); err != nil {
			t.Fatalf("a name that is wrong must not cost the challenge, nor another's session: %v", err)
		}
		if err := c.Enrolled(ctx, s, "x", answer, now); keyOf(err) != "passkey.wrong" {
			t.Errorf("again: %v", err)
		}
		list, err := k.List(ctx, "o1")
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		if err := k.Remove(ctx, s, list[0].ID, late); keyOf(err) != signin.PresenceRequired {
			t.Errorf("removed late: %v", err)
		}
		if err := k.Remove(ctx, s, "x", now); !fault.Is(err, fault.NotFound) {
			t.Errorf("none of his: %v", err)
		}
		ask2, err := c.AskPresence(ctx, s, late)
		if err != nil {
			t.Fatal(err)
		}
		renewed, err := c.ProvePresence(ctx, s, token, a.get(t, ask2), late)
		if err != nil || renewed == token {
			t.Fatal(renewed, err)
		}
		if s, err = k.Session(ctx, renewed, late); err != nil || s.Proven != late {
			t.Fatal(s, err)
		}
		if err := k.Remove(ctx, s, list[0].ID, late); err != nil {
			t.Fatal(err)
		}
		if _, err := c.SignIn(ctx, a.get(t, ask(t, c, late)), signin.Machine{}, late); keyOf(err) != "sign_in.wrong_passkey" {
			t.Errorf("a removed key: %v", err)
		}
		if got := strings.Join(k.Recorded(t, "o1"), " "); got != "password_set passkey_added passkey_removed" {
			t.Errorf("on record: %s", got)
		}
	})
}

func TestPresenceIsProvenByTheOfficerOfTheSession(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		c := ceremonies(t, k)
		a := enrol(t, k, c, "one")
		if err := k.Run(`INSERT INTO mandate (id, officer, role, office, valid_from, valid_to, basis) VALUES ('m9', 'o2', 'prosecutor', 'gp', 1, 0, '')`); err != nil {
			t.Fatal(err)
		}
		token, s := session(t, k, "o2", now)
		if _, err := c.AskPresence(ctx, s, now); !fault.Is(err, fault.NotFound) {
			t.Errorf("who has no key is asked for one: %v", err)
		}
		_, mine := session(t, k, "o1", now)
		options, err := c.AskPresence(ctx, mine, now)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.ProvePresence(ctx, s, token, a.get(t, options), now); keyOf(err) != "sign_in.wrong_passkey" {
			t.Errorf("a colleague's key: %v", err)
		}
	})
}

func TestOnlyWayInIsNotRemoved(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		c := ceremonies(t, k)
		enrol(t, k, c, "one")
		if err := k.Run(`DELETE FROM password WHERE officer = 'o1'`); err != nil {
			t.Fatal(err)
		}
		_, s := session(t, k, "o1", now)
		list, err := k.List(ctx, "o1")
		if err != nil {
			t.Fatal(err)
		}
		if err := k.Remove(ctx, s, list[0].ID, now); keyOf(err) != "passkey.last" {
			t.Errorf("%v", err)
		}
		if has, err := k.HasPassword(ctx, "o1"); err != nil || has {
			t.Errorf("%v, %v", has, err)
		}
	})
}

func TestOfficerHasSoManyKeysAndNoMore(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		c := ceremonies(t, k)
		_, s := session(t, k, "o1", now)
		late, err := c.Enrol(ctx, s, now)
		if err != nil {
			t.Fatal(err)
		}
		for range signin.MostPasskeys {
			enrol(t, k, c, "one of many")
		}
		if err := c.Enrolled(ctx, s, "one more", newAuthenticator(t).create(t, late), now); keyOf(err) != "passkey.too_many" {
			t.Errorf("%v", err)
		}
		if _, err := c.Enrol(ctx, s, now); keyOf(err) != "passkey.too_many" {
			t.Errorf("%v", err)
		}
	})
}

// A machine that asks and never answers fills nothing, and does not stop the others.
func TestChallengesThatNobodyAnswersAreBounded(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		c := ceremonies(t, k)
		if err := k.FillChallenges(there, now); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Ask(ctx, signin.Machine{Address: there}, now); keyOf(err) != "sign_in.busy" || !fault.Is(err, fault.Unavailable) {
			t.Errorf("one too many: %v", err)
		}
		ask(t, c, now)
		if _, err := c.Ask(ctx, signin.Machine{Address: there}, now+signin.ChallengeEnd); err != nil {
			t.Errorf("five minutes later: %v", err)
		}
		if n := k.Challenges(t); n != 1 {
			t.Errorf("%d are kept", n)
		}
	})
}

func TestRelyingPartyThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	k := signin.New(nil, nil)
	for _, rp := range []signin.RelyingParty{
		{Domain: domain}, {Origins: []string{origin}}, {Domain: domain, Origins: []string{"http://nazorat.example"}}, {Domain: domain, Origins: []string{"nazorat.example"}},
		{Domain: domain, Origins: []string{"https://nazorat.example/"}}, {Domain: "not a domain", Origins: []string{origin}}, {Domain: domain, Origins: []string{"https://"}},
		{Domain: domain, Origins: []string{origin, "javascript:x"}},
	} {
		if _, err := k.Ceremonies(rp); err == nil {
			t.Errorf("%+v", rp)
		}
	}
	if _, err := k.Ceremonies(signin.RelyingParty{Domain: "localhost", Origins: []string{"http://localhost:8080"}}); err != nil {
		t.Error(err)
	}
}

// Whatever a browser sends as the answer of an authenticator opens nothing and breaks nothing.
func FuzzAnswer(f *testing.F) {
	k := openOne(f)
	c, err := k.Ceremonies(signin.RelyingParty{Domain: domain, Origins: []string{origin}})
	if err != nil {
		f.Fatal(err)
	}
	token, err := k.Begin(ctx, "o1", signin.ByPassword, "", now)
	if err != nil {
		f.Fatal(err)
	}
	s, err := k.Session(ctx, token, now)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AAAA","signature":"AA","userHandle":"AA"}}`))
	f.Add([]byte(`{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVgA"}}`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		if _, err := c.SignIn(ctx, answer, signin.Machine{}, now); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v", err)
		}
		if err := c.Enrolled(ctx, s, "x", answer, now); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v", err)
		}
	})
}
