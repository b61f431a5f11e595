package signin_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/directory"
	"nazorat/internal/fault"
	"nazorat/internal/signin"
	"nazorat/laws"
)

var ctx = context.Background()

const (
	password = "a long enough password"
	here     = "192.0.2.1"    // the officer's own machine
	there    = "198.51.100.7" // a stranger's
	now      = calendar.Moment(1_772_443_800_000_000)
)

func TestMain(m *testing.M) { dbtest.Main(m, dbtest.NoSync) }

// each runs a test on a database of each kind.
func each(t *testing.T, f func(t *testing.T, k *signin.Keeper)) {
	t.Helper()
	t.Parallel()
	founded.Each(t, newDirectory, func(t *testing.T, location string) { f(t, open(t, location)) })
}

// builtIn are the policies that are built in, loaded once for all tests: nobody changes them.
var builtIn = sync.OnceValues(func() (*access.Policies, error) { return access.Load(laws.FS) })

// policies are those that are built in: they say who is an administrator.
func policies(t testing.TB) *access.Policies {
	t.Helper()
	p, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// openOne opens a keeper on one database, for what does not hang on which.
func openOne(t testing.TB) *signin.Keeper {
	t.Helper()
	return open(t, founded.One(t, newDirectory))
}

// founded is the directory with everybody's password.
var founded dbtest.Model

// newDirectory makes it.
func newDirectory(location string) error {
	d, err := db.Create(ctx, location)
	if err != nil {
		return err
	}
	if err := d.Migrate(ctx, slices.Concat(directory.Migrations, signin.Migrations)); err != nil {
		return err
	}
	dir, err := directory.Open(ctx, d)
	if err != nil {
		return err
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
			{Officer: directory.Officer{ID: "o1", Name: "Jasur", Login: "jasur"}, Mandates: []directory.Mandate{
				{ID: "m1", Role: "prosecutor", Office: "district", From: now - 100*calendar.Hour},
				{ID: "m2", Role: "regional_prosecutor", Office: "region", From: now - calendar.Hour},
				{ID: "m3", Role: "prosecutor", Office: "gp", From: now - 100*calendar.Hour, To: now - calendar.Hour}}},
			{Officer: directory.Officer{ID: "o2", Name: "Olim", Login: "olim"}},
		},
	}
	if err := dir.Import(ctx, s, now); err != nil {
		return err
	}
	stored, err := signin.HashHastily(password)
	if err != nil {
		return err
	}
	k := signin.New(d, dir)
	if err := k.Run(`INSERT INTO password (officer, hash) SELECT id, $1 FROM officer`, stored); err != nil {
		return err
	}
	if err := k.Run(`INSERT INTO sign_in_event (id, at, officer, by_whom, what, about) SELECT id, 1, id, '', 'password_set', '' FROM officer`); err != nil {
		return err
	}
	return d.Close()
}

func open(t testing.TB, location string) *signin.Keeper {
	t.Helper()
	d, err := db.Open(ctx, location)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	dir, err := directory.Open(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	k := signin.New(d, dir).Hastily()
	k.Under(func() *access.Edition { return policies(t).On(0) })
	return k
}

// keyOf is the key of the fault that an error is, "" for none.
func keyOf(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Key
	}
	return ""
}

func TestSignInTellsAStrangerNothing(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		_, _, unknown := k.SignIn(ctx, "nobody", password, signin.Machine{Address: here}, now)
		_, _, wrong := k.SignIn(ctx, "jasur", "not the password", signin.Machine{Address: here}, now)
		if unknown == nil || wrong == nil || unknown.Error() != wrong.Error() {
			t.Errorf("unknown login: %v; wrong password: %v", unknown, wrong)
		}
		if _, _, err := k.SignIn(ctx, "olim", password, signin.Machine{Address: here}, now); keyOf(err) != "sign_in.no_mandate" {
			t.Errorf("without a mandate: %v", err)
		}
	})
}

// No database stores such a login, so nobody has it.
func TestLoginThatCannotBeStoredIsWrong(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		for _, login := range []string{"jas\x00ur", "jas\xffur"} {
			if _, _, err := k.SignIn(ctx, login, password, signin.Machine{Address: here}, now); keyOf(err) != "sign_in.wrong" {
				t.Errorf("%q: %v", login, err)
			}
		}
	})
}

func TestGuessingIsSlowedDown(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		for range 5 {
			if _, _, err := k.SignIn(ctx, "jasur", "guess", signin.Machine{Address: there}, now); keyOf(err) != "sign_in.wrong" {
				t.Fatal(err)
			}
		}
		if _, _, err := k.SignIn(ctx, "jasur", password, signin.Machine{Address: there}, now); keyOf(err) != "sign_in.wait" {
			t.Errorf("after five failures: %v", err)
		}
		if _, _, err := k.SignIn(ctx, "jasur", password, signin.Machine{Address: here}, now); err != nil {
			t.Errorf("the officer's own machine is locked out by a stranger's guesses: %v", err)
		}
		if _, _, err := k.SignIn(ctx, "jasur", password, signin.Machine{Address: there}, now+14*calendar.Minute); keyOf(err) != "sign_in.wait" {
			t.Errorf("the officer's success gave the stranger his guesses back: %v", err)
		}
		if _, _, err := k.SignIn(ctx, "Jasur ", password, signin.Machine{Address: there}, now+16*calendar.Minute); err != nil {
			t.Errorf("later: %v", err)
		}
	})
}

// Forty guesses sent at once were all tried: each was counted before any of
// them had failed.
func TestGuessesAtOnceAreNoMoreThanGuessesInTurn(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		const guesses = 30 // no more than may wait
		keys := make(chan string, guesses)
		for range guesses {
			go func() {
				_, _, err := k.SignIn(ctx, "jasur", "guess", signin.Machine{Address: there}, now)
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
	each(t, func(t *testing.T, k *signin.Keeper) {
		const guesses = 40
		let := make(chan bool, guesses)
		for range guesses {
			go func() {
				err := k.Attempt(ctx, "jasur", there, now)
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
	each(t, func(t *testing.T, k *signin.Keeper) {
		for i := range 50 {
			if err := k.Attempt(ctx, "jasur", fmt.Sprintf("198.51.100.%d", i), now); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := k.SignIn(ctx, "jasur", password, signin.Machine{Address: here}, now); keyOf(err) != "sign_in.wait" {
			t.Errorf("after fifty: %v", err)
		}
		if _, _, err := k.SignIn(ctx, "jasur", password, signin.Machine{Address: here}, now+15*calendar.Minute); err != nil {
			t.Errorf("a quarter of an hour later: %v", err)
		}
		if n := k.Attempts(t); n != 0 {
			t.Errorf("%d old attempts are kept", n)
		}
	})
}

func TestSuccessForgetsTheMistakesBeforeIt(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		for range 2 {
			for range 4 {
				if _, _, err := k.SignIn(ctx, "jasur", "mistyped", signin.Machine{Address: here}, now); keyOf(err) != "sign_in.wrong" {
					t.Fatal(err)
				}
			}
			if _, _, err := k.SignIn(ctx, "jasur", password, signin.Machine{Address: here}, now); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// Whoever waits for a password to be worked on waits no longer than his
// request lives, and a crowd is turned away rather than queued without end.
func TestCrowdAtTheDoorIsTurnedAway(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		free := k.FillPlaces(t)
		waiting, giveUp := context.WithCancel(ctx)
		queued := make(chan error, signin.HashingQueue)
		for range signin.HashingQueue {
			go func() {
				_, _, err := k.SignIn(waiting, "jasur", password, signin.Machine{Address: here}, now)
				queued <- err
			}()
		}
		k.AwaitFullQueue()
		if _, _, err := k.SignIn(ctx, "jasur", password, signin.Machine{Address: here}, now); keyOf(err) != "sign_in.busy" || !fault.Is(err, fault.Unavailable) {
			t.Errorf("one too many: %v", err)
		}
		giveUp()
		for range signin.HashingQueue {
			if err := <-queued; !errors.Is(err, context.Canceled) {
				t.Errorf("who gave up: %v", err)
			}
		}
		free()
		if _, _, err := k.SignIn(ctx, "jasur", password, signin.Machine{Address: here}, now); err != nil {
			t.Errorf("who was turned away was counted as guessing: %v", err)
		}
	})
}

func TestNewPasswordEndsTheSessions(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		token, err := k.Begin(ctx, "o1", signin.ByPassword, "", now)
		if err != nil {
			t.Fatal(err)
		}
		if err := k.SetPassword(ctx, "jasur", "too short", now); keyOf(err) != "password.length" {
			t.Errorf("a short password: %v", err)
		}
		if err := k.SetPassword(ctx, "nobody", "another quite long password", now); !fault.Is(err, fault.NotFound) {
			t.Errorf("nobody's password: %v", err)
		}
		if err := k.SetPassword(ctx, "jasur", "another quite long password", now); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Session(ctx, token, now); !fault.Is(err, fault.NotFound) {
			t.Errorf("the old session: %v", err)
		}
		if _, _, err := k.SignIn(ctx, "jasur", password, signin.Machine{Address: here}, now); err == nil {
			t.Error("the old password still opens")
		}
		if _, _, err := k.SignIn(ctx, "jasur", "another quite long password", signin.Machine{Address: here}, now); err != nil {
			t.Errorf("the new password: %v", err)
		}
	})
}

func TestFirstPasswordsOpenAndAreOnRecord(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		passwords, err := k.FirstPasswords(ctx, []directory.NewOfficer{{Officer: directory.Officer{ID: "o1", Login: "jasur"}}}, now)
		if err != nil || len(passwords["jasur"]) < signin.ShortestPassword {
			t.Fatal(passwords, err)
		}
		if _, _, err := k.SignIn(ctx, "jasur", passwords["jasur"], signin.Machine{Address: here}, now); err != nil {
			t.Error(err)
		}
		if got := k.Recorded(t, "o1"); strings.Join(got, ",") != "password_set,password_set" {
			t.Errorf("on record: %v", got)
		}
		// Whoever printed them has them too: they do not become what he keeps.
		late := now + 14*24*calendar.Hour
		if _, _, err := k.SignIn(ctx, "jasur", passwords["jasur"], signin.Machine{Address: here}, late-1); err != nil {
			t.Errorf("within fourteen days: %v", err)
		}
		if _, _, err := k.SignIn(ctx, "jasur", passwords["jasur"], signin.Machine{Address: here}, late); keyOf(err) != "sign_in.wrong" {
			t.Errorf("after fourteen days: %v", err)
		}
		if err := k.SetPassword(ctx, "jasur", "another quite long password", late); err != nil {
			t.Fatal(err)
		}
		if _, _, err := k.SignIn(ctx, "jasur", "another quite long password", signin.Machine{Address: here}, late+365*24*calendar.Hour); err != nil && keyOf(err) != "sign_in.no_mandate" {
			t.Errorf("his own, a year later: %v", err)
		}
	})
}

func TestWhatHappenedToTheWaysInIsNeverAltered(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		for _, text := range []string{`DELETE FROM sign_in_event`, `UPDATE sign_in_event SET by_whom = 'x'`} {
			if err := k.Run(text); err == nil {
				t.Errorf("%s went through", text)
			}
		}
	})
}
