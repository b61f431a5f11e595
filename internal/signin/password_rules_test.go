package signin_test

import (
	"strings"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/signin"
)

// Length is asked for and nothing else; what was typed is what counts, to the last blank, and for as long as nobody changes it.
func TestPasswordsAreLongOfAnyLettersAndTakenAsTyped(t *testing.T) {
	t.Parallel()
	k := openOne(t)
	for _, short := range []string{"", "elevenchars", strings.Repeat("ў", signin.ShortestPassword-1)} {
		if err := k.SetPassword(ctx, "jasur", short, now); keyOf(err) != "password.length" {
			t.Errorf("%q: %v", short, err)
		}
	}
	if err := k.SetPassword(ctx, "jasur", strings.Repeat("x", 257), now); keyOf(err) != "password.length" {
		t.Errorf("too long: %v", err)
	}
	in := func(typed string, at calendar.Moment) string {
		_, _, err := k.SignIn(ctx, "jasur", typed, signin.Machine{Address: here}, at)
		return keyOf(err)
	}
	for _, good := range []string{"tulporbulutlardansakraydi", " blanks around it ", "йўлда учта дарахт бор", strings.Repeat("long ", 50)} {
		if err := k.SetPassword(ctx, "jasur", good, now); err != nil {
			t.Fatalf("%q: %v", good, err)
		}
		if got := in(good, now); got != "" {
			t.Errorf("%q: %s", good, got)
		}
		for _, other := range []string{strings.ToUpper(good), strings.TrimSpace(good) + "\t", good[:len(good)-1]} {
			if got := in(other, now); got != "sign_in.wrong" {
				t.Errorf("%q opens what %q opens: %q", other, good, got)
			}
		}
	}
	const years = 3 * 365 * 24 * calendar.Hour
	if got := in(strings.Repeat("long ", 50), now+years); got != "" {
		t.Errorf("after years: %s", got)
	}
	stored, err := signin.HashPassword("tulporbulutlardansakraydi")
	if err != nil || !strings.HasPrefix(stored, "$argon2id$v=19$m=65536,t=3,p=1$") {
		t.Errorf("%s: %v", stored, err)
	}
}

func TestAHashThatIsNoneOrTakesMoreThanTheFullCostFitsNothing(t *testing.T) {
	good, err := signin.HashHastily("tulporbulutlardansakraydi")
	if err != nil {
		t.Fatal(err)
	}
	if !signin.Matches(good, "tulporbulutlardansakraydi") || signin.Matches(good, "tulporbulutlardansakraydu") {
		t.Error("a hash says what it cost, and fits its own password alone")
	}
	for _, bad := range []string{
		"", "$", strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "v=19", "v=16", 1), strings.Replace(good, "t=1", "t=0", 1), strings.Replace(good, "t=1", "t=4", 1),
		strings.Replace(good, "m=64", "m=65537", 1), strings.Replace(good, "p=1", "p=2", 1), strings.Replace(good, "m=64,", "", 1), good + "A", good + "$", good[:len(good)-4],
	} {
		if signin.Matches(bad, "tulporbulutlardansakraydi") {
			t.Errorf("%s fits", bad)
		}
	}
}
