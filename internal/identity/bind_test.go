package identity_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fault"
	"nazorat/internal/identity"
	"nazorat/internal/signin"
)

// written counts how often something is written, as a journal would be beside it.
func (o *office) written(n *int) identity.Writer {
	return func(ctx context.Context, also func(*db.Tx) error) error {
		err := o.DB.Write(ctx, also, db.Repeatable)
		if err == nil {
			*n++
		}
		return err
	}
}

// events are what is on record of an officer's ways in, the oldest first.
func (o *office) events(t *testing.T, officer string) string {
	t.Helper()
	list, err := o.keeper.Events(ctx, officer, 10)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range slices.Backward(list) {
		out = append(out, e.What+" by "+e.By)
	}
	return strings.Join(out, ", ")
}

func (o *office) waiting(t *testing.T, at calendar.Moment) []identity.Proposal {
	t.Helper()
	list, err := o.provider.Proposals(ctx, []string{"gp"}, at)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestIdentityIsAnOfficersOnceAnotherAdministratorHasConfirmedIt(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n := 0
		write := o.written(&n)
		const subject = "30101800000077"
		if err := o.provider.Propose(ctx, write, subject, "o2", "o1", now); err != nil {
			t.Fatal(err)
		}
		list := o.waiting(t, now)
		if len(list) != 1 || list[0].Subject != subject || list[0].Officer.ID != "o2" || list[0].By != "o1" {
			t.Fatalf("%+v", list)
		}
		x := &list[0]
		if err := o.provider.Confirm(ctx, write, x, "o1", now); keyOf(err) != "provider.second" {
			t.Errorf("by whoever proposed it: %v", err)
		}
		if err := o.provider.Confirm(ctx, write, x, "o2", now); keyOf(err) != "provider.second" {
			t.Errorf("by the officer himself: %v", err)
		}
		if has, err := o.provider.Has(ctx, "o2"); err != nil || has {
			t.Errorf("it opens something before it is confirmed: %v, %v", has, err)
		}
		const racers = 3
		won := make(chan error, racers)
		for range racers {
			go func() {
				var n int
				won <- o.provider.Confirm(ctx, o.written(&n), x, "o3", now+calendar.Second)
			}()
		}
		good := 0
		for range racers {
			if err := <-won; err == nil {
				good++
			} else if keyOf(err) != "provider.no_proposal" {
				t.Error(err)
			}
		}
		if good != 1 {
			t.Errorf("confirmed %d times", good)
		}
		held, err := o.provider.Of(ctx, "gp", now+calendar.Second)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, h := range held {
			found = found || h.Officer.ID == "o2" && h.Subject == subject && h.Added == now+calendar.Second
		}
		if !found {
			t.Errorf("%+v", held)
		}
		if err := o.provider.Propose(ctx, write, subject, "o2", "o1", now); keyOf(err) != "provider.has_it" {
			t.Errorf("his already: %v", err)
		}
		if err := o.provider.Propose(ctx, write, subject, "o1", "o3", now); keyOf(err) != "provider.taken" {
			t.Errorf("another's: %v", err)
		}
		if len(o.waiting(t, now)) != 0 {
			t.Error("something waits still")
		}
		if n != 1 {
			t.Errorf("%d things were written beside what was done", n)
		}
		if got := o.events(t, "o2"); got != "identity_proposed by o1, identity_added by o3" {
			t.Errorf("on record: %s", got)
		}
	})
}

func TestProposedIdentityCanBeRefusedAndDoesNotWaitForEver(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n := 0
		write := o.written(&n)
		propose := func(subject string) *identity.Proposal {
			if err := o.provider.Propose(ctx, write, subject, "o2", "o1", now); err != nil {
				t.Fatal(err)
			}
			list := o.waiting(t, now)
			return &list[len(list)-1]
		}
		x := propose("1")
		if again := propose("1"); len(o.waiting(t, now)) != 1 || again.ID == x.ID {
			t.Error("the same is proposed twice")
		} else {
			x = again
		}
		if err := o.provider.Refuse(ctx, write, x, "o3", now); err != nil {
			t.Fatal(err)
		}
		if err := o.provider.Refuse(ctx, write, x, "o3", now); keyOf(err) != "provider.no_proposal" {
			t.Errorf("refused twice: %v", err)
		}
		if err := o.provider.Confirm(ctx, write, x, "o3", now); keyOf(err) != "provider.no_proposal" {
			t.Errorf("confirmed after it was refused: %v", err)
		}
		x = propose("2")
		late := x.Ends
		if list := o.waiting(t, late); len(list) != 0 {
			t.Errorf("after a week: %+v", list)
		}
		if _, err := o.provider.Proposal(ctx, x.ID, late); !fault.Is(err, fault.NotFound) {
			t.Errorf("found after a week: %v", err)
		}
		if err := o.provider.Confirm(ctx, write, x, "o3", late); keyOf(err) != "provider.no_proposal" {
			t.Errorf("confirmed after a week: %v", err)
		}
		for _, id := range []string{"", "x", "\x00"} {
			if _, err := o.provider.Proposal(ctx, id, now); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q: %v", id, err)
			}
		}
		for _, typed := range []string{"", " ", strings.Repeat("x", 256), "a\x00"} {
			if _, err := identity.Subject(typed); keyOf(err) != "provider.subject" {
				t.Errorf("%q is an identity: %v", typed, err)
			}
		}
	})
}

func TestUnboundIdentityOpensNothingAndEndsItsSessions(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n := 0
		sent, keep := o.there(t, nil)
		a, err := o.provider.Finish(ctx, sent, keep, nil, "", machine, now)
		if err != nil {
			t.Fatal(err)
		}
		other, err := o.keeper.Begin(ctx, "o1", signin.ByPassword, "", now)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.provider.Unbind(ctx, o.written(&n), "another", "o1", "o3", now); keyOf(err) != "provider.not_his" {
			t.Errorf("what he has not: %v", err)
		}
		if err := o.provider.Unbind(ctx, o.written(&n), o.fake.subject, "o1", "o3", now); err != nil {
			t.Fatal(err)
		}
		if _, err := o.keeper.Session(ctx, a.Token, now); !fault.Is(err, fault.NotFound) {
			t.Errorf("the session that was begun with it goes on: %v", err)
		}
		if _, err := o.keeper.Session(ctx, other, now); err != nil {
			t.Errorf("another session of his was ended: %v", err)
		}
		sent, keep = o.there(t, nil)
		if _, err := o.provider.Finish(ctx, sent, keep, nil, "", machine, now); keyOf(err) != "provider.nobody" {
			t.Errorf("it opens still: %v", err)
		}
	})
}
