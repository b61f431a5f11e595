package docket_test

import (
	"strings"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
)

var (
	gulnora = actor("gulnora", "administrator", "gp")
	hamid   = actor("hamid", "administrator", "gp")
)

// reshaped is the house with two administrators at its top.
func reshaped(tb testing.TB, location string) *house {
	tb.Helper()
	h := administered(tb, location)
	err := h.db.Write(ctx, func(tx *db.Tx) error {
		for _, a := range []access.Actor{gulnora, hamid} {
			if _, err := tx.Exec(`INSERT INTO officer (id, name, login) VALUES ($1, $1, $1)`, a.Officer); err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO mandate (id, officer, role, office, valid_from, valid_to, basis) VALUES ($1, $2, $3, $4, 1, 0, 'f')`, a.Mandate, a.Officer, a.Role, a.Office); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// found founds an office under another, and gives it with its file, which have the same id.
func (h *house) found(tb testing.TB, code, parent string) string {
	tb.Helper()
	return h.must(tb, docket.Command{Law: "uz/service", Act: "found_office", Actor: gulnora, Form: map[string]string{"code": code, "kind": directory.Prosecutor, "parent": parent, "place": "1726", "name_uz": code}}).Proceeding
}

func (h *house) officeFile(tb testing.TB, by access.Actor, office string) string {
	tb.Helper()
	return h.must(tb, docket.Command{Law: "uz/service", Act: "open_office_file", Actor: by, Form: map[string]string{"office": office}}).Proceeding
}

// twice does what two decide on: the first proposes it, the second confirms the thing that came in.
func (h *house) twice(tb testing.TB, file, act string, form map[string]string, first, second access.Actor) error {
	tb.Helper()
	r := h.must(tb, docket.Command{Proceeding: file, Act: "propose_" + act, Actor: first, Form: form})
	thing := int32(0)
	for _, f := range r.Effects {
		thing = max(thing, f.Thing)
	}
	confirm := docket.Command{Proceeding: file, Act: "confirm_" + act, Thing: thing, Actor: second}
	alone := confirm
	alone.Actor = first
	if _, err := h.Act(ctx, alone); err == nil {
		tb.Fatalf("%s: who proposed it confirmed it", act)
	}
	_, err := h.Act(ctx, confirm)
	if err != nil {
		h.must(tb, docket.Command{Proceeding: file, Act: "refuse_" + act, Thing: thing, Actor: second, Form: map[string]string{"reasons": "not possible"}})
	}
	return err
}

func under(parent string) map[string]string {
	return map[string]string{"parent": parent, "order": "30"}
}

func TestOfficeIsPutUnderAnotherWithAllThatStandBelowIt(t *testing.T) {
	each(t, reshaped, func(t *testing.T, h *house) {
		a, b := h.found(t, "A", "gp"), h.found(t, "B", "gp")
		c := h.found(t, "C", a)
		if err := h.twice(t, a, "move", under(b), gulnora, hamid); err != nil {
			t.Fatal(err)
		}
		tree := h.dir.Tree()
		if tree.Office(a).Parent != b || !tree.IsUnder(a, b) || !tree.IsUnder(c, b) || !strings.HasPrefix(tree.Office(c).Path, tree.Office(a).Path) || tree.Office(c).Parent != a {
			t.Errorf("%+v, %+v", tree.Office(a), tree.Office(c))
		}
		// One with which the service was founded, and then the one under which it was put.
		pr2 := h.officeFile(t, gulnora, "pr-2")
		if err := h.twice(t, pr2, "move", under("pr-1"), gulnora, hamid); err != nil {
			t.Fatal(err)
		}
		pr1 := h.officeFile(t, gulnora, "pr-1")
		if err := h.twice(t, pr1, "move", under(c), hamid, gulnora); err != nil {
			t.Fatal(err)
		}
		tree = h.dir.Tree()
		if got := tree.Office("pr-2").Path; got != "/gp/"+b+"/"+a+"/"+c+"/pr-1/pr-2/" {
			t.Errorf("pr-2 is at %s", got)
		}
		for name, x := range map[string]struct{ file, parent, want string }{
			"under itself": {a, a, directory.BelowItself}, "below itself": {a, "pr-2", directory.BelowItself}, "where it is": {a, b, directory.SameParent},
			"under one that is not theirs": {a, "iib-1", "directory.not_yours"},
		} {
			if err := h.twice(t, x.file, "move", under(x.parent), gulnora, hamid); err == nil || fieldKey(err) != x.want {
				t.Errorf("%s: %v, want %s", name, err, x.want)
			}
		}
		if h.dir.Tree().Office("pr-2").Path != tree.Office("pr-2").Path {
			t.Error("what was refused moved something")
		}
		h.fits(t)
		// Whoever stands above sees what came under him, and acts there.
		if !h.MayAdminister(gulnora, "pr-2") || !h.dir.Tree().IsUnder("pr-2", "pr-1") {
			t.Error("the tree is not asked")
		}
	})
}

func TestOfficeIsClosedOnceNothingIsLeftThere(t *testing.T) {
	each(t, reshaped, func(t *testing.T, h *house) {
		order := map[string]string{"order": "40"}
		refused := func(file, want, tells string, first, second access.Actor) {
			t.Helper()
			err := h.twice(t, file, "closing", order, first, second)
			f := fault.Of(err)
			if err == nil || f.Key != want || !strings.Contains(f.Error(), tells) {
				t.Errorf("%v, want %s: %s", err, want, tells)
			}
			h.set(h.Now() + calendar.Minute)
		}
		// A case that is open.
		r := h.must(t, register("sardor"))
		refused(h.officeFile(t, aziza, "iib-1"), "directory.still_open", r.Number, aziza, bahrom)
		if list, all, err := h.OpenAt(ctx, aziza, "iib-1"); err != nil || all != 1 || len(list) != 1 || list[0].Number != r.Number {
			t.Errorf("%+v of %d, %v", list, all, err)
		}
		if list, all, err := h.OpenAt(ctx, abroad, "iib-1"); err != nil || all != 1 || len(list) != 0 {
			t.Errorf("to whoever may not read it: %+v of %d, %v", list, all, err)
		}
		// Officers, offices below it, those for which it has a role; one after the other they go elsewhere.
		a := h.found(t, "A", "gp")
		b := h.found(t, "B", a)
		refused(h.officeFile(t, gulnora, "pr-2"), directory.StillMandates, "n=1", gulnora, hamid)
		refused(a, directory.StillBelow, "B", gulnora, hamid)
		if err := h.twice(t, b, "closing", order, gulnora, hamid); err != nil {
			t.Fatal(err)
		}
		if got := h.dir.Tree().Office(b); got == nil || got.Closed == 0 {
			t.Errorf("%+v", got)
		}
		if err := h.twice(t, a, "closing", order, hamid, gulnora); err != nil {
			t.Fatal(err)
		}
		h.fits(t)
		// Nothing comes there any more.
		file := h.file(t, "sardor")
		for name, x := range map[string]struct {
			c    docket.Command
			want string
		}{
			"an office under it": {docket.Command{Law: "uz/service", Act: "found_office", Actor: gulnora, Form: map[string]string{"code": "Z", "kind": directory.Prosecutor, "parent": a, "place": "1726", "name_uz": "Z"}}, "parent: field.not_a_choice"},
			"a mandate":          {docket.Command{Proceeding: file, Act: "appoint", Actor: aziza, Form: map[string]string{"role": "inquirer", "office": a, "from": "2026-03-02", "order": "1"}}, "office: field.not_a_choice"},
			"another name":       {docket.Command{Proceeding: a, Act: "rename_office", Actor: gulnora, Form: map[string]string{"name_uz": "Z", "order": "1"}}, ""},
			"another closing":    {docket.Command{Proceeding: a, Act: "propose_closing", Actor: gulnora, Form: order}, ""},
		} {
			if _, err := h.Act(ctx, x.c); err == nil || x.want != "" && fieldKey(err) != x.want {
				t.Errorf("%s: %v, want %s", name, err, x.want)
			}
		}
		h.fits(t)
	})
}

func TestOfficeThatHasARoleForOthersIsNotClosed(t *testing.T) {
	each(t, reshaped, func(t *testing.T, h *house) {
		a := h.found(t, "A", "gp")
		file := h.officeFile(t, aziza, "iib-1")
		if err := h.twice(t, file, "competence", map[string]string{"role": "judge", "competent": a, "order": "1"}, aziza, bahrom); err != nil {
			t.Fatal(err)
		}
		err := h.twice(t, a, "closing", map[string]string{"order": "1"}, gulnora, hamid)
		if f := fault.Of(err); err == nil || f.Key != directory.StillCompetent || f.Args["list"] != "1726" {
			t.Errorf("%v", err)
		}
		h.set(h.Now() + calendar.Hour)
		h.must(t, docket.Command{Proceeding: file, Act: "lift_competence", Thing: 1, Actor: aziza, Form: map[string]string{"order": "2"}})
		if err := h.twice(t, a, "closing", map[string]string{"order": "1"}, gulnora, hamid); err != nil {
			t.Error(err)
		}
		h.fits(t)
	})
}
