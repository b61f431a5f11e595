package docket_test

import (
	"context"
	"io/fs"
	"reflect"
	"slices"
	"testing"
	"testing/fstest"

	"nazorat/internal/access"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/proceedings"
	"nazorat/laws"
)

// forbidding are the built-in policies and one that forbids a role to act.
func forbidding(tb testing.TB) *access.Policies {
	tb.Helper()
	files := fstest.MapFS{"policies/more.cedar": &fstest.MapFile{Data: []byte(`@id("no-prosecutors") @article("CPC 1") @en("A") @ru("A") @uz("A")
forbid (principal is Mandate, action == Action::"act", resource is Proceeding) when { principal.role == "prosecutor" };`)}}
	for _, f := range []string{"policies/service.cedarschema", "policies/offices.cedar"} {
		text, err := fs.ReadFile(laws.FS, f)
		if err != nil {
			tb.Fatal(err)
		}
		files[f] = &fstest.MapFile{Data: text}
	}
	p, err := access.Load(files)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// A refusal names the policies that forbid the act, and none where none allows it.
func TestARefusalNamesThePolicyThatForbids(t *testing.T) {
	each(t, open, func(t *testing.T, h *house) {
		r := h.must(t, register("sardor"))
		strict := h.besideWith(t, forbidding(t))
		instruct := docket.Command{Proceeding: r.Proceeding, Act: "assign", Actor: prosecutor, Form: map[string]string{"assign_to": "malika"}}
		_, err := strict.Act(context.Background(), instruct)
		f := fault.Of(err)
		if f.Kind != fault.Forbidden || f.Key != "access.forbidden" || f.Article != "CPC 1" || !slices.Equal(f.Policies, []string{"no-prosecutors"}) {
			t.Errorf("forbidden: %+v", f)
		}
		above := instruct
		above.Actor = actor("aziz", "prosecutor", "gp") // he sees it, and has not this role for it
		_, err = strict.Act(context.Background(), above)
		f = fault.Of(err)
		if f.Kind != fault.Forbidden || f.Key != "access.forbidden" {
			t.Errorf("forbidden and not allowed: %+v", f)
		}
		_, err = h.Act(context.Background(), above)
		f = fault.Of(err)
		if f.Kind != fault.Forbidden || f.Key != "access.not_your_proceeding" || len(f.Policies) > 0 {
			t.Errorf("not allowed: %+v", f)
		}
		if _, err := h.Act(context.Background(), instruct); err != nil {
			t.Errorf("what the built-in policies allow: %v", err)
		}
	})
}

// A stranger is told the same, word for word, of what there is and of what there is not.
func TestAStrangerCannotTellWhatThereIs(t *testing.T) {
	each(t, open, func(t *testing.T, h *house) {
		ctx := context.Background()
		r := h.must(t, register("sardor"))
		asked := map[string]func(id, number, office string) error{
			"a reading": func(id, _, _ string) error { _, err := h.Proceeding(ctx, stranger, id); return err },
			"a number":  func(_, number, _ string) error { _, err := h.ByNumber(ctx, stranger, number); return err },
			"an act": func(id, _, _ string) error {
				_, err := h.Act(ctx, docket.Command{Proceeding: id, Act: "assign", Actor: stranger, Form: map[string]string{"assign_to": "malika"}})
				return err
			},
			"a list": func(_, _, office string) error {
				_, err := h.OfOffice(ctx, stranger, office, proceedings.Behind{}, 5)
				return err
			},
		}
		for name, ask := range asked {
			there, not := ask(r.Proceeding, r.Number, "iib-1"), ask("id999999", "9-9", "nowhere")
			if !fault.Is(there, fault.NotFound) || !reflect.DeepEqual(fault.Of(there), fault.Of(not)) {
				t.Errorf("%s: of what there is %v, of what there is not %v", name, there, not)
			}
		}
	})
}
