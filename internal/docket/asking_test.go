package docket_test

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/access"
	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/proceedings"
	"nazorat/internal/signin"
	"nazorat/laws"
)

// besides are the built-in policies with one more file.
func besides(tb testing.TB, text string) *access.Policies {
	tb.Helper()
	return besidesIn(tb, "policies/besides.cedar", text)
}

// besidesIn are those with one more file of that name.
func besidesIn(tb testing.TB, name, text string) *access.Policies {
	tb.Helper()
	files := fstest.MapFS{name: {Data: []byte(text)}}
	err := fs.WalkDir(laws.FS, ".", func(f string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasPrefix(path.Ext(f), ".cedar") {
			return err
		}
		body, err := fs.ReadFile(laws.FS, f)
		files[f] = &fstest.MapFile{Data: body}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	p, err := access.Load(files)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// refusal is what was refused, and by which policies.
func refusal(err error) string {
	f := fault.Of(err)
	return fmt.Sprintf("%s %s %v", f.Kind, f.Key, f.Policies)
}

// The office runs over midnight: what was decided, listed and remembered before it is decided anew by the policies of the new day.
func TestTheDayChangesThePoliciesWithoutARestart(t *testing.T) {
	each(t, open, func(t *testing.T, h *house) {
		p := besides(t, `@id("closed-in-spring") @from("2026-03-03") @until("2026-03-04") @reason("a test") @en("A") @ru("A") @uz("A")
forbid (principal is Mandate, action in [Action::"read", Action::"list"], resource) when { principal.role == "inquirer" };
@id("silent-in-spring") @from("2026-03-05") @reason("a test") @en("A") @ru("A") @uz("A")
forbid (principal is Mandate, action in [Action::"act", Action::"search", Action::"download"], resource) when { principal.role == "inquirer" };`)
		k := h.besideWith(t, p)
		r := h.must(t, register("sardor"))
		for _, c := range []struct {
			now             string
			read, act, find bool
		}{
			{"2026-03-02 23:59", true, true, true},
			{"2026-03-03 00:00", false, false, false},
			{"2026-03-04 23:59", false, false, false},
			{"2026-03-05 00:00", true, false, false},
		} {
			h.set(at(t, c.now))
			got, err := k.Proceeding(ctx, inquirer, r.Proceeding)
			if (err == nil) != c.read || err != nil && !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: read: %v", c.now, err)
			}
			list, err := k.InCharge(ctx, inquirer, proceedings.Behind{}, 10)
			if err != nil || len(list) == 1 != c.read {
				t.Errorf("%s: %d are listed, %v", c.now, len(list), err)
			}
			if board := k.MayList(inquirer, "iib-1"); board != c.read {
				t.Errorf("%s: his board: %v", c.now, board)
			}
			if got != nil {
				if refused := k.MayAct(inquirer, got.Resource()); (refused == nil) != c.act {
					t.Errorf("%s: acting: %v", c.now, refused)
				}
				if refused := k.MayDownload(inquirer, got.Resource()); (refused == nil) != c.act {
					t.Errorf("%s: taking out: %v", c.now, refused)
				}
			}
			_, err = k.ByNumber(ctx, inquirer, r.Number)
			switch {
			case c.find && err != nil, !c.find && err == nil:
				t.Errorf("%s: found: %v", c.now, err)
			case c.read && !c.find && refusal(err) != "forbidden access.no_search [silent-in-spring]":
				t.Errorf("%s: %s", c.now, refusal(err))
			}
		}
		// A past day is still answered by its own policies.
		if d := p.On(h.Zone().Date(at(t, "2026-03-02 12:00"))).Decide(h.dir.Tree().Service(), inquirer.Subject(), access.Search, access.Resource{Office: "iib-1"}); !d.Allowed {
			t.Errorf("on the day before it was %s", d)
		}
	})
}

// detained leads a case of the inquirer to where he may detain a suspect, which is an act that is signed.
func (h *house) detained(t *testing.T) docket.Command {
	t.Helper()
	r := h.must(t, register("sardor"))
	in := func(act string, thing int32, form map[string]string) docket.Command {
		return docket.Command{Proceeding: r.Proceeding, Act: act, Thing: thing, Form: form, Actor: inquirer}
	}
	h.must(t, in("open_inquiry", 0, map[string]string{"crime_article": "CC 169"}))
	h.must(t, in("add_suspect", 0, map[string]string{"name": "B. Tursunov"}))
	p, err := h.Proceeding(ctx, inquirer, r.Proceeding)
	if err != nil {
		t.Fatal(err)
	}
	if rule := p.Law.At(h.Now()).Act("detain"); rule == nil || !rule.Presence {
		t.Fatal("detaining is not signed: this test shows nothing")
	}
	return in("detain", int32(len(p.State.Things)-1), map[string]string{"detained_at": "2026-03-02 14:00", "delivered_at": "2026-03-02 14:20", "place": "At the market"})
}

func TestWhoIsOnLeaveOrActsByDelegationSignsNothing(t *testing.T) {
	each(t, open, func(t *testing.T, h *house) {
		detain := h.detained(t)
		leave := func(from, to string) {
			t.Helper()
			err := h.db.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(`INSERT INTO absence (id, officer, valid_from, valid_to, basis, substitute, made_in, made_seq) VALUES ($1, 'sardor', $2, $3, 'f', '', '', 0)`, from, at(t, from), at(t, to))
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		leave("2026-03-02 00:00", "2026-03-04 00:00")
		_, err := h.Act(ctx, detain)
		if got := refusal(err); got != "forbidden access.no_signature [sign-not-on-leave]" {
			t.Errorf("on leave: %s", got)
		}
		absent := detain
		absent.Actor.Present = 0
		if _, err := h.Act(ctx, absent); fault.Of(err).Key != "access.no_signature" {
			t.Errorf("he is asked to prove who he is for what is refused anyway: %v", err)
		}
		// What is not signed he may do.
		h.must(t, docket.Command{Proceeding: detain.Proceeding, Act: "add_victim", Form: map[string]string{"name": "V. Olimova"}, Actor: inquirer})
		what, err := h.Proceeding(ctx, inquirer, detain.Proceeding)
		if err != nil {
			t.Fatal(err)
		}
		for manner, want := range map[string]string{"": "", "appointment": "", "substitution": "", "delegation": "[sign-not-by-delegation]"} {
			who := second
			who.Manner = manner
			f, err := h.MaySign(ctx, who, what.Resource())
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if f != nil {
				got = fmt.Sprint(f.Policies)
			}
			if got != want {
				t.Errorf("by %q: %q, want %q", manner, got, want)
			}
		}
		if f, err := h.MaySign(ctx, stranger, what.Resource()); err != nil || f == nil || len(f.Policies) > 0 {
			t.Errorf("a stranger: %v, %v", f, err)
		}
		// Back from leave he is asked for his presence before anything is done; under a delegation it is not asked for.
		h.set(at(t, "2026-03-04 00:00"))
		if _, err := h.Act(ctx, absent); fault.Of(err).Key != signin.PresenceRequired {
			t.Errorf("back from leave: %v", err)
		}
		absent.Actor.Manner = directory.Delegation
		if _, err := h.Act(ctx, absent); refusal(err) != "forbidden access.no_signature [sign-not-by-delegation]" {
			t.Errorf("by delegation: %s", refusal(err))
		}
		// Away again, he has a substitute, who signs in his place.
		leave("2026-03-04 00:00", "2026-03-06 00:00")
		if _, err := h.Act(ctx, detain); fault.Of(err).Key != "access.no_signature" {
			t.Errorf("away again: %v", err)
		}
		instead := detain
		instead.Actor = second
		instead.Actor.Manner, instead.Actor.For = directory.Substitution, "sardor"
		h.must(t, instead)
	})
}

func TestWhoMayNotReadIsToldThatThereIsNoneBeforeAnythingElseIsAsked(t *testing.T) {
	each(t, open, func(t *testing.T, h *house) {
		p := besides(t, `@id("nothing-leaves") @reason("a test") @en("A") @ru("A") @uz("A")
forbid (principal is Mandate, action in [Action::"download", Action::"sign"], resource);`)
		k := h.besideWith(t, p)
		r := h.must(t, register("sardor"))
		what, err := k.Proceeding(ctx, inquirer, r.Proceeding)
		if err != nil {
			t.Fatal(err)
		}
		if f := k.MayDownload(inquirer, what.Resource()); f == nil || refusal(f) != "forbidden access.no_download [nothing-leaves]" {
			t.Errorf("%v", f)
		}
		if f := k.MayDownload(bek, what.Resource()); f == nil || len(f.Policies) > 0 {
			t.Errorf("a stranger is told by which policy: %v", f)
		}
		if f := k.MayDownloadList(inquirer, "iib-1"); f == nil || refusal(f) != "forbidden access.no_list [nothing-leaves]" {
			t.Errorf("%v", f)
		}
		if _, err := k.ByNumber(ctx, bek, r.Number); !fault.Is(err, fault.NotFound) {
			t.Errorf("a stranger searches: %v", err)
		}
		if _, err := k.ByNumber(ctx, access.Actor{}, r.Number); fault.Of(err).Kind != fault.Forbidden {
			t.Errorf("nobody searches: %v", err)
		}
	})
}
