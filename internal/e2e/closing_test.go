package e2e

import (
	"os"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/browsertest"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
)

// Two administrators found an office and another below it, put one under the other, and close it once what is left there is gone;
// the page of the office says what that is.
func TestAdministratorsMoveAnOfficeAndCloseItOnceNothingIsLeft(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	g := guard(t)
	picture := func(p *browsertest.Page, name string) {
		if dir := os.Getenv("NAZORAT_PICTURES"); dir != "" {
			p.Screenshot(dir + "/closing-" + name + ".png")
		}
	}
	founded := func(code, parent string) string {
		anora := access.Actor{Officer: "anora", Role: "administrator", Office: "iib", Mandate: "anora-m", Present: access.Always}
		r, err := g.Docket.Act(t.Context(), docket.Command{Law: "uz/service", Act: "found_office", Actor: anora,
			Form: map[string]string{"code": code, "kind": "interior", "parent": parent, "place": "1726", "name_uz": code + " boʻlimi", "name_en": "Unit " + code}})
		if err != nil {
			t.Fatal(err)
		}
		return r.Proceeding
	}
	one := founded("A", "iib")
	two := founded("B", "iib")
	anora, bobur := b.Page(t, 1366, 768), b.Page(t, 390, 844)
	g.signIn(anora, "anora")
	g.signIn(bobur, "bobur")

	anora.Goto(g.url + "/service/offices/" + two)
	anora.FollowText("Propose to put it under another office")
	anora.Axe(t)
	sends(anora, "parent", one, "order", "30-SH")
	bobur.Goto(g.url + "/service/offices/" + two)
	contains(t, bobur, "#waiting", "Confirm the move")
	bobur.Axe(t)
	picture(bobur, "move-phone")
	bobur.FollowText("Confirm the move")
	submit(bobur)
	bobur.Goto(g.url + "/service/offices/" + two)
	contains(t, bobur, "main", "Unit A")

	anora.Goto(g.url + "/service/offices/" + one)
	anora.FollowText("Propose to close the office")
	sends(anora, "order", "31-SH")
	bobur.Goto(g.url + "/service/offices/" + one)
	contains(t, bobur, "#left", "Unit B")
	bobur.Axe(t)
	picture(bobur, "left-phone")
	bobur.FollowText("Confirm the closing")
	submit(bobur)
	contains(t, bobur, "main", "Offices stand below it still (1): B")
	bobur.Axe(t)
	picture(bobur, "refused-phone")

	// The office below goes first; then nothing is left.
	anora.Goto(g.url + "/service/offices/" + two)
	anora.FollowText("Propose to close the office")
	sends(anora, "order", "32-SH")
	anora.Goto(g.url + "/service/offices/" + two)
	contains(t, anora, "#left", "Nothing is left here")
	anora.Axe(t)
	picture(anora, "left")
	for _, office := range []string{two, one} {
		bobur.Goto(g.url + "/service/offices/" + office)
		bobur.FollowText("Confirm the closing")
		submit(bobur)
		bobur.Goto(g.url + "/service/offices/" + office)
		contains(t, bobur, "main", "Closed")
	}
	anora.Goto(g.url + "/service")
	contains(t, anora, "main", "(closed)")
	anora.Axe(t)
	picture(anora, "tree")
	if err := g.Directory.Check(t.Context(), func(f func(directory.Entry) error) error { return g.Replay.Entered(t.Context(), f) }); err != nil {
		t.Error(err)
	}
}
