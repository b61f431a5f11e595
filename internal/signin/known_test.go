package signin_test

import (
	"fmt"
	"strings"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/fault"
	"nazorat/internal/signin"
)

// known is a machine at an address on which an officer has signed in.
func known(t *testing.T, k *signin.Keeper, officer, address string) signin.Machine {
	t.Helper()
	session, err := k.Begin(ctx, officer, signin.ByPassword, "", now)
	if err != nil {
		t.Fatal(err)
	}
	token, err := k.Remember(ctx, session, signin.Machine{Address: address}, now)
	if err != nil || token == "" {
		t.Fatalf("%q, %v", token, err)
	}
	return signin.Machine{Address: address, Token: token}
}

// The officer's duty does not wait for an attacker to tire. He guesses from more
// addresses than are let through; the officer signs in with a passkey anywhere,
// with his password on the machine that knows him, also from an address of the
// attacker's, and in the session that he has he proves that he is there.
func TestOfficerIsNotLockedOutByOneWhoGuessesFromEverywhere(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		c := ceremonies(t, k)
		key := enrol(t, k, c, "Key")
		own := known(t, k, "o1", here)
		running := begin(t, k)
		stopped := 0
		for i := range 200 {
			err := k.Attempt(ctx, "jasur", fmt.Sprintf("198.51.100.%d", i), now)
			if keyOf(err) == "sign_in.wait" {
				stopped++
			} else if err != nil {
				t.Fatal(err)
			}
		}
		if stopped != 150 {
			t.Fatalf("%d guesses were stopped: that is no attack", stopped)
		}
		for range 5 {
			if _, _, err := k.SignIn(ctx, "jasur", "guess", signin.Machine{Address: here, Token: strings.Repeat("A", len(own.Token))}, now); keyOf(err) != "sign_in.wait" {
				t.Errorf("with a token that was made up: %v", err)
			}
		}
		if _, _, err := k.SignIn(ctx, "jasur", password, own, now); err != nil {
			t.Errorf("on his own machine: %v", err)
		}
		if _, err := c.SignIn(ctx, key.get(t, ask(t, c, now)), signin.Machine{Address: "198.51.100.1"}, now); err != nil {
			t.Errorf("with a passkey: %v", err)
		}
		s, err := k.Session(ctx, running, now)
		if err != nil {
			t.Fatal(err)
		}
		at := now + calendar.Minute
		renewed, err := k.ProvePassword(ctx, s, running, password, "", at)
		if err != nil {
			t.Fatalf("presence: %v", err)
		}
		if s, err := k.Session(ctx, renewed, at); err != nil || !signin.IsFresh(s.Proven, at) {
			t.Errorf("%+v, %v", s, err)
		}
		if _, _, err := k.SignIn(ctx, "jasur", password, signin.Machine{Address: "203.0.113.9"}, now); keyOf(err) != "sign_in.wait" {
			t.Errorf("from a new machine: %v: then nobody is stopped", err)
		}
	})
}

// A crowd that keeps every place at work and every place in the queue taken.
func TestCrowdOfStrangersDoesNotKeepOutWhoIsKnown(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		own := known(t, k, "o1", here)
		running, s := session(t, k, "o1", now)
		free := k.FillPlaces(t)
		defer free()
		if _, _, err := k.SignIn(ctx, "jasur", password, own, now); err != nil {
			t.Errorf("on his own machine: %v", err)
		}
		if _, err := k.ProvePassword(ctx, s, running, password, "", now); err != nil {
			t.Errorf("presence: %v", err)
		}
	})
}

// Whoever holds the officer's machine guesses no oftener than at any place, and
// what he does there is not in the way elsewhere.
func TestGuessesAtAKnownMachineAreCountedByThemselves(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		own := known(t, k, "o1", here)
		for range 5 {
			if _, _, err := k.SignIn(ctx, "jasur", "guess", own, now); keyOf(err) != "sign_in.wrong" {
				t.Fatal(err)
			}
		}
		if _, _, err := k.SignIn(ctx, "jasur", password, signin.Machine{Address: there, Token: own.Token}, now); keyOf(err) != "sign_in.wait" {
			t.Errorf("after five, from another address: %v", err)
		}
		if _, _, err := k.SignIn(ctx, "jasur", password, signin.Machine{Address: here}, now); err != nil {
			t.Errorf("another machine at that address: %v", err)
		}
		// It is known for him and for nobody else.
		for i := range 50 {
			if err := k.Attempt(ctx, "olim", fmt.Sprintf("198.51.100.%d", i), now); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := k.SignIn(ctx, "olim", password, own, now); keyOf(err) != "sign_in.wait" {
			t.Errorf("another officer on it: %v", err)
		}
	})
}

func TestMachineIsForgottenOnWhichNobodySignsIn(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		own := known(t, k, "o1", here)
		again, err := k.Begin(ctx, "o1", signin.ByPassword, "", now)
		if err != nil {
			t.Fatal(err)
		}
		if token, err := k.Remember(ctx, again, own, now+calendar.Hour); err != nil || token != own.Token {
			t.Errorf("the same machine: %q, %v", token, err)
		}
		attack := func(at calendar.Moment) {
			for i := range 50 {
				if err := k.Attempt(ctx, "jasur", fmt.Sprintf("198.51.100.%d", i), at); err != nil {
					t.Fatal(err)
				}
			}
		}
		late := now + calendar.Hour + 90*24*calendar.Hour
		attack(late - calendar.Minute)
		if _, _, err := k.SignIn(ctx, "jasur", password, own, late-calendar.Minute); err != nil {
			t.Errorf("on the last day: %v", err)
		}
		if _, _, err := k.SignIn(ctx, "jasur", password, own, late); keyOf(err) != "sign_in.wait" {
			t.Errorf("after that: %v", err)
		}
	})
}

func TestOfTooManyMachinesTheOneLongestUnusedIsForgotten(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		first := known(t, k, "o1", here)
		session, err := k.Begin(ctx, "o1", signin.ByPassword, "", now)
		if err != nil {
			t.Fatal(err)
		}
		var second string
		for i := range 20 {
			token, err := k.Remember(ctx, session, signin.Machine{}, now+calendar.Moment(i+1)*calendar.Minute)
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				second = token
			}
		}
		at := now + calendar.Hour
		for i := range 50 {
			if err := k.Attempt(ctx, "jasur", fmt.Sprintf("198.51.100.%d", i), at); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := k.SignIn(ctx, "jasur", password, first, at); keyOf(err) != "sign_in.wait" {
			t.Errorf("the twenty-first: %v", err)
		}
		if _, _, err := k.SignIn(ctx, "jasur", password, signin.Machine{Address: here, Token: second}, at); err != nil {
			t.Errorf("the twentieth: %v", err)
		}
	})
}

func TestDemonstrationRemembersNoMachine(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		session, err := k.Begin(ctx, "o1", signin.ByChoice, "", now)
		if err != nil {
			t.Fatal(err)
		}
		if token, err := k.Remember(ctx, session, signin.Machine{}, now); err != nil || token != "" {
			t.Errorf("%q, %v", token, err)
		}
		if token, err := k.Remember(ctx, "none", signin.Machine{}, now); err != nil || token != "" {
			t.Errorf("no session: %q, %v", token, err)
		}
	})
}

func TestPasswordIsChangedByWhoIsThere(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		other := begin(t, k)
		token, s := session(t, k, "o1", now)
		const better = "seventeen otters juggle brass"
		if err := k.ChangePassword(ctx, s, better, now+signin.Fresh+1); keyOf(err) != signin.PresenceRequired {
			t.Errorf("long after: %v", err)
		}
		for typed, want := range map[string]string{"short": "password.length", strings.Repeat("x ", 200): "password.length", "jasur2026jasur": "password.common"} {
			if err := k.ChangePassword(ctx, s, typed, now); keyOf(err) != want || !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", typed, err)
			}
		}
		if err := k.ChangePassword(ctx, s, better, now); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Session(ctx, token, now); err != nil {
			t.Errorf("his own session: %v", err)
		}
		if _, err := k.Session(ctx, other, now); !fault.Is(err, fault.NotFound) {
			t.Errorf("another: %v", err)
		}
		if _, _, err := k.SignIn(ctx, "jasur", better, machine, now); err != nil {
			t.Error(err)
		}
		if events, err := k.Events(ctx, "o1", 1); err != nil || events[0].What != "password_set" || events[0].By != "o1" {
			t.Errorf("%+v, %v", events, err)
		}
	})
}
