package signin_test

import (
	"testing"

	"nazorat/internal/fault"
	"nazorat/internal/signin"
)

// An officer's machine was stolen: an administrator of his ends what runs in his name, and is on record with it.
func TestAdministratorEndsTheSessionsOfHisOfficersOnly(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		anora, _, district := administrators(t, k)
		_, officer := session(t, k, "o1", now)
		first, second := begin(t, k), begin(t, k)
		late := now + signin.Fresh + 1
		for name, c := range map[string]struct {
			who   *signin.Session
			login string
			want  string
		}{
			"who is no administrator": {officer, "jasur", "fault.no_page"},
			"of another office":       {district, "bobur", "recovery.nobody"},
			"himself":                 {anora, "anora", "recovery.own"},
			"nobody":                  {anora, "none", "recovery.nobody"},
		} {
			if err := k.EndSessions(ctx, c.who, c.login, now); keyOf(err) != c.want {
				t.Errorf("%s: %v, want %s", name, err, c.want)
			}
		}
		if err := k.EndSessions(ctx, anora, "jasur", late); keyOf(err) != signin.PresenceRequired {
			t.Errorf("without a proof of presence: %v", err)
		}
		if _, err := k.Session(ctx, first, now); err != nil {
			t.Fatalf("a session ended that nobody ended: %v", err)
		}
		if err := k.EndSessions(ctx, anora, " Jasur ", now); err != nil {
			t.Fatal(err)
		}
		for _, token := range []string{first, second} {
			if _, err := k.Session(ctx, token, now); !fault.Is(err, fault.NotFound) {
				t.Errorf("it still runs: %v", err)
			}
		}
		if got := k.Recorded(t, "o1"); got[len(got)-1] != "sessions_ended" {
			t.Errorf("on record: %v", got)
		}
		if _, _, err := k.SignIn(ctx, "jasur", password, machine, now); err != nil {
			t.Errorf("he cannot come in again: %v", err)
		}
	})
}
