package directory_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/directory"
	"nazorat/internal/fault"
)

var ctx = context.Background()

const (
	password = "a long enough password"
	here     = "192.0.2.1"    // the officer's own machine
	there    = "198.51.100.7" // a stranger's
	now      = calendar.Moment(1_772_443_800_000_000)
)

// each runs a test on a database of each kind.
func each(t *testing.T, f func(t *testing.T, dir *directory.Directory)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) { f(t, open(t, location)) })
}

func open(t *testing.T, location string) *directory.Directory {
	t.Helper()
	d, err := db.Create(ctx, location)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(ctx, directory.Migrations); err != nil {
		t.Fatal(err)
	}
	dir, err := directory.Open(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	hash, err := directory.HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	s := &directory.Service{
		Offices: []directory.Office{
			{ID: "gp", Code: "00", Kind: directory.Prosecutor, Place: "17", Names: map[string]string{"uz": "Bosh prokuratura", "en": "General office"}},
			{ID: "region", Code: "01", Kind: directory.Prosecutor, Parent: "gp", Place: "1726"},
			{ID: "district", Code: "02", Kind: directory.Prosecutor, Parent: "region", Place: "1726"},
			{ID: "police", Code: "03", Kind: directory.Interior, Place: "1726"},
		},
		Competences: []directory.Competence{{Office: "police", Role: directory.SupervisorRole, Competent: "district"}, {Office: "police", Role: "prosecutor", Competent: "district"}},
		Officers: []directory.NewOfficer{
			{Officer: directory.Officer{ID: "o1", Name: "Jasur", Login: "jasur"}, Password: hash, Mandates: []directory.Mandate{
				{ID: "m1", Role: "prosecutor", Office: "district", From: now - 100*calendar.Hour},
				{ID: "m2", Role: "regional_prosecutor", Office: "region", From: now - calendar.Hour},
				{ID: "m3", Role: "prosecutor", Office: "gp", From: now - 100*calendar.Hour, To: now - calendar.Hour}}},
			{Officer: directory.Officer{ID: "o2", Name: "Olim", Login: "olim"}, Password: hash},
		},
	}
	if err := dir.Import(ctx, s, now); err != nil {
		t.Fatal(err)
	}
	return dir
}

// keyOf is the key of the fault that an error is, "" for none.
func keyOf(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Key
	}
	return ""
}

func TestTreeKnowsWhoIsBelowAndWhoSupervises(t *testing.T) {
	each(t, func(t *testing.T, dir *directory.Directory) {
		tree := dir.Tree()
		if got := strings.Join(tree.Under("gp"), " "); got != "gp region district" {
			t.Errorf("under gp: %s", got)
		}
		if !tree.IsUnder("district", "gp") || tree.IsUnder("gp", "district") || tree.IsUnder("police", "gp") || tree.IsUnder("nowhere", "gp") {
			t.Error("who is under whom")
		}
		if tree.Supervisor("police") != "district" || tree.Competent("police", "inquirer") != "police" {
			t.Errorf("supervisor %s, inquirer %s", tree.Supervisor("police"), tree.Competent("police", "inquirer"))
		}
		if n := tree.Office("gp").Name("ru"); n != "Bosh prokuratura" {
			t.Errorf("a name that is missing in Russian is %q", n)
		}
	})
}

func TestSignInTellsAStrangerNothing(t *testing.T) {
	each(t, func(t *testing.T, dir *directory.Directory) {
		_, unknown := dir.SignIn(ctx, "nobody", password, here, now)
		_, wrong := dir.SignIn(ctx, "jasur", "not the password", here, now)
		if unknown == nil || wrong == nil || unknown.Error() != wrong.Error() {
			t.Errorf("unknown login: %v; wrong password: %v", unknown, wrong)
		}
		if _, err := dir.SignIn(ctx, "olim", password, here, now); keyOf(err) != "sign_in.no_mandate" {
			t.Errorf("without a mandate: %v", err)
		}
	})
}

// No database stores such a login, so nobody has it.
func TestLoginThatCannotBeStoredIsWrong(t *testing.T) {
	each(t, func(t *testing.T, dir *directory.Directory) {
		for _, login := range []string{"jas\x00ur", "jas\xffur"} {
			if _, err := dir.SignIn(ctx, login, password, here, now); keyOf(err) != "sign_in.wrong" {
				t.Errorf("%q: %v", login, err)
			}
		}
	})
}

func TestGuessingIsSlowedDown(t *testing.T) {
	each(t, func(t *testing.T, dir *directory.Directory) {
		for range 5 {
			if _, err := dir.SignIn(ctx, "jasur", "guess", there, now); keyOf(err) != "sign_in.wrong" {
				t.Fatal(err)
			}
		}
		if _, err := dir.SignIn(ctx, "jasur", password, there, now); keyOf(err) != "sign_in.wait" {
			t.Errorf("after five failures: %v", err)
		}
		if _, err := dir.SignIn(ctx, "jasur", password, here, now); err != nil {
			t.Errorf("the officer's own machine is locked out by a stranger's guesses: %v", err)
		}
		if _, err := dir.SignIn(ctx, "jasur", password, there, now+14*calendar.Minute); keyOf(err) != "sign_in.wait" {
			t.Errorf("the officer's success gave the stranger his guesses back: %v", err)
		}
		if _, err := dir.SignIn(ctx, "Jasur ", password, there, now+16*calendar.Minute); err != nil {
			t.Errorf("later: %v", err)
		}
	})
}

// Forty guesses sent at once were all tried: each was counted before any of
// them had failed.
func TestGuessesAtOnceAreNoMoreThanGuessesInTurn(t *testing.T) {
	each(t, func(t *testing.T, dir *directory.Directory) {
		const guesses = 30 // no more than may wait
		keys := make(chan string, guesses)
		for range guesses {
			go func() {
				_, err := dir.SignIn(ctx, "jasur", "guess", there, now)
				keys <- keyOf(err)
			}()
		}
		got := map[string]int{}
		for range guesses {
			got[<-keys]++
		}
		if got["sign_in.wrong"] != 5 || got["sign_in.wait"] != guesses-5 {
			t.Errorf("%v", got)
		}
	})
}

// The counting alone, without the hashing that lets few through at a time.
func TestAttemptsAtOnceAreCountedOneByOne(t *testing.T) {
	each(t, func(t *testing.T, dir *directory.Directory) {
		const guesses = 40
		let := make(chan bool, guesses)
		for range guesses {
			go func() {
				err := dir.Attempt(ctx, "jasur", there, now)
				if err != nil && keyOf(err) != "sign_in.wait" {
					t.Error(err)
				}
				let <- err == nil
			}()
		}
		n := 0
		for range guesses {
			if <-let {
				n++
			}
		}
		if n != 5 {
			t.Errorf("%d of %d were let through", n, guesses)
		}
	})
}

func TestGuessingFromManyAddressesIsStoppedToo(t *testing.T) {
	each(t, func(t *testing.T, dir *directory.Directory) {
		for i := range 50 {
			if err := dir.Attempt(ctx, "jasur", fmt.Sprintf("198.51.100.%d", i), now); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := dir.SignIn(ctx, "jasur", password, here, now); keyOf(err) != "sign_in.wait" {
			t.Errorf("after fifty: %v", err)
		}
		if _, err := dir.SignIn(ctx, "jasur", password, here, now+15*calendar.Minute); err != nil {
			t.Errorf("a quarter of an hour later: %v", err)
		}
		if n := dir.Attempts(t); n != 0 {
			t.Errorf("%d old attempts are kept", n)
		}
	})
}

func TestSuccessForgetsTheMistakesBeforeIt(t *testing.T) {
	each(t, func(t *testing.T, dir *directory.Directory) {
		for range 2 {
			for range 4 {
				if _, err := dir.SignIn(ctx, "jasur", "mistyped", here, now); keyOf(err) != "sign_in.wrong" {
					t.Fatal(err)
				}
			}
			if _, err := dir.SignIn(ctx, "jasur", password, here, now); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// Whoever waits for a password to be worked on waits no longer than his
// request lives, and a crowd is turned away rather than queued without end.
func TestCrowdAtTheDoorIsTurnedAway(t *testing.T) {
	each(t, func(t *testing.T, dir *directory.Directory) {
		free := dir.FillPlaces(t)
		waiting, giveUp := context.WithCancel(ctx)
		queued := make(chan error, directory.HashingQueue)
		for range directory.HashingQueue {
			go func() {
				_, err := dir.SignIn(waiting, "jasur", password, here, now)
				queued <- err
			}()
		}
		dir.AwaitFullQueue()
		if _, err := dir.SignIn(ctx, "jasur", password, here, now); keyOf(err) != "sign_in.busy" || !fault.Is(err, fault.Unavailable) {
			t.Errorf("one too many: %v", err)
		}
		giveUp()
		for range directory.HashingQueue {
			if err := <-queued; !errors.Is(err, context.Canceled) {
				t.Errorf("who gave up: %v", err)
			}
		}
		free()
		if _, err := dir.SignIn(ctx, "jasur", password, here, now); err != nil {
			t.Errorf("who was turned away was counted as guessing: %v", err)
		}
	})
}

// A board left open looks at the session again and again; that is no use of it.
func TestLookingAtASessionDoesNotKeepItAlive(t *testing.T) {
	each(t, func(t *testing.T, dir *directory.Directory) {
		token, err := dir.Begin(ctx, "o1", now)
		if err != nil {
			t.Fatal(err)
		}
		for at := now; at <= now+2*calendar.Hour; at += 30 * calendar.Minute {
			if s, err := dir.Look(ctx, token, at); err != nil || s.Officer.ID != "o1" {
				t.Fatalf("at %v: %+v, %v", at-now, s, err)
			}
		}
		if _, err := dir.Look(ctx, token, now+2*calendar.Hour+calendar.Minute); !fault.Is(err, fault.NotFound) {
			t.Errorf("nobody used it for two hours: %v", err)
		}
	})
}

func TestSessionEndsByItself(t *testing.T) {
	each(t, func(t *testing.T, dir *directory.Directory) {
		token, err := dir.SignIn(ctx, "jasur", password, here, now)
		if err != nil {
			t.Fatal(err)
		}
		s, err := dir.Session(ctx, token, now+calendar.Hour)
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
			if _, err := dir.Session(ctx, token, c.at); (err == nil) != c.ok {
				t.Errorf("%s: %v", c.what, err)
			}
		}
		token, err = dir.Begin(ctx, "o1", now)
		if err != nil {
			t.Fatal(err)
		}
		for at := now; at < now+12*calendar.Hour; at += calendar.Hour {
			if _, err := dir.Session(ctx, token, at); err != nil {
				t.Fatalf("at %v: %v", at-now, err)
			}
		}
		if _, err := dir.Session(ctx, token, now+12*calendar.Hour); !fault.Is(err, fault.NotFound) {
			t.Errorf("after twelve hours: %v", err)
		}
		for _, forged := range []string{"", "x", token + "x", strings.Repeat("x", 200)} {
			if _, err := dir.Session(ctx, forged, now); !fault.Is(err, fault.NotFound) {
				t.Errorf("token %q: %v", forged, err)
			}
		}
	})
}

func TestSignedOutIsSignedOut(t *testing.T) {
	each(t, func(t *testing.T, dir *directory.Directory) {
		token, err := dir.Begin(ctx, "o1", now)
		if err != nil {
			t.Fatal(err)
		}
		if err := dir.End(ctx, token, now); err != nil {
			t.Fatal(err)
		}
		if _, err := dir.Session(ctx, token, now); !fault.Is(err, fault.NotFound) {
			t.Errorf("after signing out: %v", err)
		}
	})
}

func TestNewPasswordEndsTheSessions(t *testing.T) {
	each(t, func(t *testing.T, dir *directory.Directory) {
		token, err := dir.Begin(ctx, "o1", now)
		if err != nil {
			t.Fatal(err)
		}
		if err := dir.SetPassword(ctx, "jasur", "too short"); keyOf(err) != "password.length" {
			t.Errorf("a short password: %v", err)
		}
		if err := dir.SetPassword(ctx, "nobody", "another long password"); !fault.Is(err, fault.NotFound) {
			t.Errorf("nobody's password: %v", err)
		}
		if err := dir.SetPassword(ctx, "jasur", "another long password"); err != nil {
			t.Fatal(err)
		}
		if _, err := dir.Session(ctx, token, now); !fault.Is(err, fault.NotFound) {
			t.Errorf("the old session: %v", err)
		}
		if _, err := dir.SignIn(ctx, "jasur", password, here, now); err == nil {
			t.Error("the old password still opens")
		}
		if _, err := dir.SignIn(ctx, "jasur", "another long password", here, now); err != nil {
			t.Errorf("the new password: %v", err)
		}
	})
}

func TestMandateOfAnotherOrOfThePastIsNotUsed(t *testing.T) {
	each(t, func(t *testing.T, dir *directory.Directory) {
		token, err := dir.Begin(ctx, "o1", now)
		if err != nil {
			t.Fatal(err)
		}
		if err := dir.UseMandate(ctx, token, "m2", now); err != nil {
			t.Fatal(err)
		}
		if s, err := dir.Session(ctx, token, now); err != nil || s.Mandate.Role != "regional_prosecutor" {
			t.Errorf("%+v, %v", s, err)
		}
		for _, m := range []string{"m3", "x", ""} {
			if err := dir.UseMandate(ctx, token, m, now); !fault.Is(err, fault.NotFound) {
				t.Errorf("mandate %q: %v", m, err)
			}
		}
	})
}

func TestDirectoryFileSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                        "is empty",
		"officez: []":             "field officez not found",
		"offices: [{id: a}]":      "office 1 needs id, code and names",
		"officers: [{id: a}]":     "officer 1 needs id, name, login and mandates",
		"offices: [{id: a, x: 1}": "yaml",
	} {
		if _, _, err := directory.ReadService(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	s, passwords, err := directory.ReadService(strings.NewReader(`
offices: [{id: gp, code: "00", kind: prosecutor, place: "17", names: {uz: Bosh prokuratura}}]
officers: [{id: o1, name: Jasur, login: jasur, mandates: [{role: prosecutor, office: gp, order: "1"}]}]`))
	if err != nil || len(s.Officers) != 1 || len(passwords["jasur"]) < directory.ShortestPassword || strings.Contains(s.Officers[0].Password, passwords["jasur"]) {
		t.Errorf("%+v, %v, %v", s, passwords, err)
	}
}
