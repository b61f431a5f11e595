package signin_test

import (
	"strings"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/fault"
	"nazorat/internal/signin"
)

// administrators gives the service three: of the general office, a second one
// there, and one of a district who does not reach the others.
func administrators(t *testing.T, k *signin.Keeper) (anora, bobur, district *signin.Session) {
	t.Helper()
	for _, text := range []string{
		`INSERT INTO officer (id, name, login) VALUES ('a1', 'Anora', 'anora'), ('a2', 'Bobur', 'bobur'), ('a3', 'Davron', 'davron'), ('p1', 'Polat', 'polat')`,
		`INSERT INTO mandate (id, officer, role, office, valid_from, valid_to, basis) VALUES ('ma1', 'a1', 'administrator', 'gp', 1, 0, ''), ('ma2', 'a2', 'administrator', 'gp', 1, 0, ''),
			('ma3', 'a3', 'administrator', 'police', 1, 0, ''), ('mp1', 'p1', 'inquirer', 'police', 1, 0, '')`,
	} {
		if err := k.Run(text); err != nil {
			t.Fatal(err)
		}
	}
	_, anora = session(t, k, "a1", now)
	_, bobur = session(t, k, "a2", now)
	_, district = session(t, k, "a3", now)
	return anora, bobur, district
}

func underWay(t *testing.T, k *signin.Keeper, s *signin.Session) []signin.Recovery {
	t.Helper()
	list, err := k.Recoveries(ctx, s, now)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

var machine = signin.Machine{Address: here}

func TestTwoAdministratorsLetAnOfficerInAgain(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		anora, bobur, _ := administrators(t, k)
		before := begin(t, k)
		first, err := k.AskRecovery(ctx, anora, " Jasur ", " lost his  key ", now)
		if err != nil || len(strings.ReplaceAll(first, "-", "")) != 16 {
			t.Fatalf("%q, %v", first, err)
		}
		list := underWay(t, k, bobur)
		if len(list) != 1 || list[0].Officer.ID != "o1" || list[0].Reason != "lost his key" || list[0].AskedBy != "a1" || list[0].ConfirmedBy != "" {
			t.Fatalf("%+v", list)
		}
		if _, err := k.Recover(ctx, "jasur", first, "", machine, now); keyOf(err) != "recovery.wrong" {
			t.Errorf("with one half, not confirmed: %v", err)
		}
		second, err := k.ConfirmRecovery(ctx, bobur, list[0].ID, now)
		if err != nil || second == first {
			t.Fatal(second, err)
		}
		if _, err := k.Session(ctx, before, now); err != nil {
			t.Errorf("his session ended before the code was used: %v", err)
		}
		for name, halves := range map[string][2]string{"the first twice": {first, first}, "the second twice": {second, second}, "crossed": {second, first}, "none": {"", ""}} {
			if _, err := k.Recover(ctx, "jasur", halves[0], halves[1], signin.Machine{Address: name}, now); keyOf(err) != "recovery.wrong" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := k.Recover(ctx, "olim", first, second, machine, now); keyOf(err) != "recovery.wrong" {
			t.Errorf("another's login: %v", err)
		}
		token, err := k.Recover(ctx, "Jasur", strings.ToLower(first), strings.ReplaceAll(second, "-", " "), machine, now)
		if err != nil {
			t.Fatal(err)
		}
		s, err := k.Session(ctx, token, now)
		if err != nil || s.Officer.ID != "o1" || s.Way != signin.ByRecovery || s.Proven != now {
			t.Errorf("%+v, %v", s, err)
		}
		if _, err := k.Session(ctx, before, now); !fault.Is(err, fault.NotFound) {
			t.Errorf("a session on what he lost still runs: %v", err)
		}
		if _, err := k.Recover(ctx, "jasur", first, second, machine, now); keyOf(err) != "recovery.wrong" {
			t.Errorf("a second time: %v", err)
		}
		if len(underWay(t, k, anora)) != 0 {
			t.Error("it is still under way")
		}
		if got := strings.Join(k.Recorded(t, "o1"), " "); got != "password_set recovered recovery_asked recovery_confirmed" {
			t.Errorf("on record: %s", got)
		}
	})
}

func TestNobodyRecoversAlone(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		anora, bobur, district := administrators(t, k)
		_, officer := session(t, k, "o1", now)
		late := now + signin.Fresh + 1
		for name, c := range map[string]struct {
			s     *signin.Session
			login string
			at    calendar.Moment
			want  string
		}{
			"an officer":                  {officer, "jasur", now, "fault.no_page"},
			"nobody":                      {nil, "jasur", now, "fault.no_page"},
			"who proved long ago":         {anora, "jasur", late, signin.PresenceRequired},
			"for himself":                 {anora, "anora", now, "recovery.own"},
			"nobody of that name":         {anora, "nobody", now, "recovery.nobody"},
			"what no database holds":      {anora, "x\x00", now, "recovery.nobody"},
			"who has no mandate":          {anora, "olim", now, "recovery.nobody"},
			"of an office out of reach":   {anora, "polat", now, "recovery.nobody"},
			"of an office above his":      {district, "jasur", now, "recovery.nobody"},
			"within reach of his own":     {district, "polat", now, ""},
			"another administrator's key": {anora, "bobur", now, ""},
		} {
			if _, err := k.AskRecovery(ctx, c.s, c.login, "lost", c.at); keyOf(err) != c.want {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := k.AskRecovery(ctx, anora, "jasur", " ", now); keyOf(err) != "recovery.reason" {
			t.Errorf("without a reason: %v", err)
		}
		if _, err := k.AskRecovery(ctx, anora, "jasur", "lost", now); err != nil {
			t.Fatal(err)
		}
		var id, others string
		for _, r := range underWay(t, k, anora) {
			switch r.Officer.ID {
			case "o1":
				id = r.ID
			case "a2":
				others = r.ID
			}
		}
		for name, c := range map[string]struct {
			s    *signin.Session
			id   string
			at   calendar.Moment
			want string
		}{
			"who asked":           {anora, id, now, "recovery.second"},
			"its officer":         {bobur, others, now, "recovery.own"},
			"no administrator":    {officer, id, now, "fault.no_page"},
			"who proved long ago": {bobur, id, late, signin.PresenceRequired},
			"of another office":   {district, id, now, "recovery.none"},
			"none":                {bobur, "x", now, "recovery.none"},
			"one that cannot be":  {bobur, "\x00", now, "recovery.none"},
		} {
			if _, err := k.ConfirmRecovery(ctx, c.s, c.id, c.at); keyOf(err) != c.want {
				t.Errorf("confirmed by %s: %v", name, err)
			}
		}
		// What the program forgot, the table would refuse.
		if err := k.Run(`UPDATE recovery SET confirmed_by = asked_by, confirmed = 1`); err == nil {
			t.Error("one administrator is two")
		}
		if _, err := k.Recoveries(ctx, officer, now); keyOf(err) != "fault.no_page" {
			t.Errorf("an officer reads the list: %v", err)
		}
		if list := underWay(t, k, district); len(list) != 1 || list[0].Officer.ID != "p1" {
			t.Errorf("the district sees %+v", list)
		}
	})
}

func TestRecoveryEndsByItselfByRefusalAndByAnother(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		anora, bobur, _ := administrators(t, k)
		codes := func() (first, second, id string) {
			t.Helper()
			first, err := k.AskRecovery(ctx, anora, "jasur", "lost", now)
			if err != nil {
				t.Fatal(err)
			}
			id = underWay(t, k, bobur)[0].ID
			if second, err = k.ConfirmRecovery(ctx, bobur, id, now); err != nil {
				t.Fatal(err)
			}
			return first, second, id
		}
		first, second, id := codes()
		if _, err := k.ConfirmRecovery(ctx, bobur, id, now); keyOf(err) != "recovery.none" {
			t.Errorf("confirmed twice: %v", err)
		}
		if _, err := k.Recover(ctx, "jasur", first, second, machine, now+signin.RecoveryEnd); keyOf(err) != "recovery.wrong" {
			t.Errorf("a day later: %v", err)
		}
		if err := k.RefuseRecovery(ctx, anora, id, now); err != nil {
			t.Fatal(err)
		}
		if err := k.RefuseRecovery(ctx, anora, id, now); keyOf(err) != "recovery.none" {
			t.Errorf("refused twice: %v", err)
		}
		if _, err := k.Recover(ctx, "jasur", first, second, machine, now+1); keyOf(err) != "recovery.wrong" {
			t.Errorf("refused: %v", err)
		}
		first, second, _ = codes()
		third, err := k.AskRecovery(ctx, bobur, "jasur", "lost again", now+1)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []string{first, third} {
			if _, err := k.Recover(ctx, "jasur", f, second, machine, now+2); keyOf(err) != "recovery.wrong" {
				t.Errorf("a code of one that another has replaced: %v", err)
			}
		}
	})
}

func TestGuessingAtCodesIsSlowedDown(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		for range 5 {
			if _, err := k.Recover(ctx, "jasur", "AAAA", "BBBB", signin.Machine{Address: there}, now); keyOf(err) != "recovery.wrong" {
				t.Fatal(err)
			}
		}
		if _, err := k.Recover(ctx, "jasur", "AAAA", "BBBB", signin.Machine{Address: there}, now); keyOf(err) != "sign_in.wait" {
			t.Errorf("after five: %v", err)
		}
		_, known := k.Recover(ctx, "jasur", "A", "B", machine, now)
		_, unknown := k.Recover(ctx, "nobody", "A", "B", machine, now)
		if known.Error() != unknown.Error() {
			t.Errorf("%v, %v", known, unknown)
		}
		for _, odd := range []string{"x\x00", strings.Repeat("x", 300)} {
			if _, err := k.Recover(ctx, odd, "A", "B", machine, now); keyOf(err) != "recovery.wrong" {
				t.Errorf("%q: %v", odd, err)
			}
		}
	})
}

// Both halves, twice at once: one session, and the other is told what anybody is.
func TestCodeOpensOnce(t *testing.T) {
	each(t, func(t *testing.T, k *signin.Keeper) {
		anora, bobur, _ := administrators(t, k)
		first, err := k.AskRecovery(ctx, anora, "jasur", "lost", now)
		if err != nil {
			t.Fatal(err)
		}
		second, err := k.ConfirmRecovery(ctx, bobur, underWay(t, k, bobur)[0].ID, now)
		if err != nil {
			t.Fatal(err)
		}
		opened := make(chan bool)
		for range 4 {
			go func() {
				_, err := k.Recover(ctx, "jasur", first, second, machine, now)
				opened <- err == nil
			}()
		}
		n := 0
		for range 4 {
			if <-opened {
				n++
			}
		}
		if n != 1 {
			t.Errorf("it opened %d times", n)
		}
	})
}
