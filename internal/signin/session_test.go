package signin_test

import (
	"strings"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/fault"
	"nazorat/internal/signin"
)

// A board left open looks at the session again and again; that is no use of it.
func TestLookingAtASessionDoesNotKeepItAlive(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		token, err := k.Begin(ctx, "o1", signin.ByPassword, "", now)
		if err != nil {
			t.Fatal(err)
		}
		for at := now; at <= now+2*calendar.Hour; at += 30 * calendar.Minute {
			if s, err := k.Look(ctx, token, at); err != nil || s.Officer.ID != "o1" {
				t.Fatalf("at %v: %+v, %v", at-now, s, err)
			}
		}
		if _, err := k.Look(ctx, token, now+2*calendar.Hour+calendar.Minute); !fault.Is(err, fault.NotFound) {
			t.Errorf("nobody used it for two hours: %v", err)
		}
	})
}

func TestSessionEndsByItself(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		token, _, err := k.SignIn(ctx, "jasur", password, signin.Machine{Address: here}, now)
		if err != nil {
			t.Fatal(err)
		}
		s, err := k.Session(ctx, token, now+calendar.Hour)
		if err != nil || s.Officer.ID != "o1" || s.Mandate.ID != "m1" {
			t.Fatalf("%+v, %v", s, err)
		}
		for _, c := range []struct {
			what string
			at   calendar.Moment
			ok   bool
		}{
			{"in use", now + 2*calendar.Hour, true},
			{"idle for two hours and more", now + 4*calendar.Hour + calendar.Minute, false},
		} {
			if _, err := k.Session(ctx, token, c.at); (err == nil) != c.ok {
				t.Errorf("%s: %v", c.what, err)
			}
		}
		token, err = k.Begin(ctx, "o1", signin.ByPassword, "", now)
		if err != nil {
			t.Fatal(err)
		}
		for at := now; at < now+12*calendar.Hour; at += calendar.Hour {
			if _, err := k.Session(ctx, token, at); err != nil {
				t.Fatalf("at %v: %v", at-now, err)
			}
		}
		if _, err := k.Session(ctx, token, now+12*calendar.Hour); !fault.Is(err, fault.NotFound) {
			t.Errorf("after twelve hours: %v", err)
		}
		for _, forged := range []string{"", "x", token + "x", strings.Repeat("x", 200)} {
			if _, err := k.Session(ctx, forged, now); !fault.Is(err, fault.NotFound) {
				t.Errorf("token %q: %v", forged, err)
			}
		}
	})
}

func TestSignedOutIsSignedOut(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		token, err := k.Begin(ctx, "o1", signin.ByPassword, "", now)
		if err != nil {
			t.Fatal(err)
		}
		if err := k.End(ctx, token, now); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Session(ctx, token, now); !fault.Is(err, fault.NotFound) {
			t.Errorf("after signing out: %v", err)
		}
	})
}

func TestMandateOfAnotherOrOfThePastIsNotUsed(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		token := begin(t, k)
		for _, m := range []string{"m3", "x", ""} {
			if _, err := k.UseMandate(ctx, token, m, now); !fault.Is(err, fault.NotFound) {
				t.Errorf("mandate %q: %v", m, err)
			}
		}
		if s, err := k.Session(ctx, token, now); err != nil || s.Mandate.ID != "m1" {
			t.Errorf("after what was refused: %+v, %v", s, err)
		}
	})
}

// A token that was seen under one mandate must not act under another.
func TestAnotherMandateIsAnotherToken(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		token := begin(t, k)
		before, err := k.Session(ctx, token, now)
		if err != nil {
			t.Fatal(err)
		}
		renewed, err := k.UseMandate(ctx, token, "m2", now+calendar.Minute)
		if err != nil || renewed == token {
			t.Fatalf("%q, %v", renewed, err)
		}
		if _, err := k.Session(ctx, token, now); !fault.Is(err, fault.NotFound) {
			t.Errorf("the former token: %v", err)
		}
		s, err := k.Session(ctx, renewed, now+calendar.Minute)
		if err != nil || s.Mandate.Role != "regional_prosecutor" || s.ID != before.ID || s.Created != before.Created || s.Proven != before.Proven {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

func TestSessionsAreListedAndEndedByTheirOwnerOnly(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
		idle := begin(t, k)
		mine, err := k.Begin(ctx, "o1", signin.ByPasskey, firefox, now+2*calendar.Hour)
		if err != nil {
			t.Fatal(err)
		}
		other, err := k.Begin(ctx, "o1", signin.ByPassword, "", now+2*calendar.Hour+calendar.Minute)
		if err != nil {
			t.Fatal(err)
		}
		at := now + 2*calendar.Hour + 2*calendar.Minute
		list, err := k.Sessions(ctx, "o1", at)
		if err != nil || len(list) != 2 || list[0].Way != signin.ByPassword || list[1].Way != signin.ByPasskey || list[1].Device != (signin.Device{Browser: "Firefox", System: "Linux"}) {
			t.Fatalf("%+v, %v: the idle one has ended", list, err)
		}
		s, err := k.Session(ctx, mine, at)
		if err != nil || s.ID != list[1].ID || s.Device != list[1].Device {
			t.Fatalf("%+v, %v", s, err)
		}
		if err := k.EndOne(ctx, "o2", list[0].ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("another officer ended it: %v", err)
		}
		for _, id := range []string{"", "x", "\x00", mine} {
			if err := k.EndOne(ctx, "o1", id); !fault.Is(err, fault.NotFound) {
				t.Errorf("session %q: %v", id, err)
			}
		}
		if err := k.EndOne(ctx, "o1", list[0].ID); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Session(ctx, other, at); !fault.Is(err, fault.NotFound) {
			t.Errorf("an ended one: %v", err)
		}
		for range 3 {
			begin(t, k)
		}
		if err := k.EndOthers(ctx, s); err != nil {
			t.Fatal(err)
		}
		if list, err := k.Sessions(ctx, "o1", now); err != nil || len(list) != 1 || list[0].ID != s.ID {
			t.Errorf("%+v, %v", list, err)
		}
		if _, err := k.Session(ctx, mine, at); err != nil {
			t.Errorf("his own: %v", err)
		}
		if _, err := k.Session(ctx, idle, now); err == nil {
			t.Error("one of the others runs")
		}
	})
}

func TestFreshPasswordIsAProofAndANewToken(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		token := begin(t, k)
		s, err := k.Session(ctx, token, now)
		if err != nil || !signin.IsFresh(s.Proven, now+5*calendar.Minute) || signin.IsFresh(s.Proven, now+5*calendar.Minute+1) || signin.IsFresh(0, now) {
			t.Fatalf("%+v, %v", s, err)
		}
		at := now + calendar.Hour
		if _, err := k.ProvePassword(ctx, s, token, "not the password", "", at); keyOf(err) != "presence.wrong" {
			t.Errorf("a wrong one: %v", err)
		}
		if s, err := k.Session(ctx, token, at); err != nil || signin.IsFresh(s.Proven, at) {
			t.Errorf("a wrong one was taken: %+v, %v", s, err)
		}
		renewed, err := k.ProvePassword(ctx, s, token, password, "", at)
		if err != nil || renewed == token {
			t.Fatal(renewed, err)
		}
		if _, err := k.Session(ctx, token, at); !fault.Is(err, fault.NotFound) {
			t.Errorf("the former token: %v", err)
		}
		if s, err := k.Session(ctx, renewed, at); err != nil || s.Proven != at {
			t.Errorf("%+v, %v", s, err)
		}
		// Somebody at an officer's open machine guesses no oftener than a stranger.
		for range 5 {
			_, _ = k.ProvePassword(ctx, s, renewed, "guess", "", at)
		}
		if _, err := k.ProvePassword(ctx, s, renewed, password, "", at); keyOf(err) != "sign_in.wait" {
			t.Errorf("after five: %v", err)
		}
	})
}

func TestKindOfDeviceIsReadFromWhatTheBrowserSays(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]signin.Device{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0":               {Browser: "Edge", System: "Windows"},
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 YaBrowser/24.1 Safari/537.36":          {Browser: "Yandex Browser", System: "Windows"},
		"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36":                   {Browser: "Chrome", System: "Android"},
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1": {Browser: "Safari", System: "iPhone"},
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:120.0) Gecko/20100101 Firefox/120.0":                                                    {Browser: "Firefox", System: "macOS"},
		"curl/8.0": {}, "": {}, "<script>Linux": {System: "Linux"},
	} {
		if got := signin.DeviceOf(agent); got != want {
			t.Errorf("%s: %+v", agent, got)
		}
	}
}

// begin begins a session of the officer with two mandates.
func begin(t *testing.T, k *signin.Keeper) (token string) {
	t.Helper()
	token, err := k.Begin(ctx, "o1", signin.ByPassword, "", now)
	if err != nil {
		t.Fatal(err)
	}
	return token
}
