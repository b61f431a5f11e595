package client_test

import (
	"context"
	"errors"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/client"
	"nazorat/internal/db"
	"nazorat/internal/fault"
)

// write is what administrators write with, without a journal.
func (k *registry) write(ctx context.Context, also func(*db.Tx) error) error {
	return k.db.Write(ctx, also, db.Repeatable)
}

func keyOf(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Key
	}
	return ""
}

func TestSystemThatAnAdministratorRegisteredAsksOnceAnotherHasConfirmedIt(t *testing.T) {
	each(t, func(t *testing.T, k *registry) {
		d, err := k.Draft(client.Registration{ID: "court-registry", Name: " Registry ", Office: "court", Scopes: []string{"supervision", "proceedings", "proceedings"}, From: now, WithSecret: true})
		if err != nil || d.Name != "Registry" || len(d.Scopes) != 2 {
			t.Fatalf("%+v, %v", d, err)
		}
		if err := k.Register(ctx, k.write, d, "anora", now); err != nil {
			t.Fatal(err)
		}
		if err := k.Register(ctx, k.write, d, "anora", now); keyOf(err) != "client.taken" {
			t.Errorf("registered twice: %v", err)
		}
		proof := client.Proof{ID: "court-registry", Secret: d.Secret}
		if _, err := k.Give(ctx, proof, nil, now); !errors.Is(err, client.InvalidClient) {
			t.Errorf("it asks before it is confirmed: %v", err)
		}
		c, err := k.One(ctx, "court-registry")
		if err != nil || !c.Waits() || c.AddedBy != "anora" {
			t.Fatalf("%+v, %v", c, err)
		}
		if err := k.Confirm(ctx, k.write, c, "anora", now); keyOf(err) != "client.second" {
			t.Errorf("by whoever registered it: %v", err)
		}
		if err := k.Confirm(ctx, k.write, c, "bobur", now+1); err != nil {
			t.Fatal(err)
		}
		if err := k.Confirm(ctx, k.write, c, "bobur", now+1); keyOf(err) != "client.none" {
			t.Errorf("confirmed twice: %v", err)
		}
		token, err := k.Give(ctx, proof, nil, now+calendar.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if c, err = k.One(ctx, "court-registry"); err != nil || c.Waits() || c.ConfirmedBy != "bobur" || c.Seen != now+calendar.Minute {
			t.Fatalf("%+v, %v", c, err)
		}
		for at, want := range map[calendar.Moment]calendar.Moment{now + calendar.Minute + calendar.Second: now + calendar.Minute, now + 5*calendar.Minute: now + 5*calendar.Minute} {
			if err := k.Saw(ctx, c, at); err != nil {
				t.Fatal(err)
			}
			if got, err := k.One(ctx, "court-registry"); err != nil || got.Seen < want {
				t.Errorf("seen %d, want %d: %v", got.Seen, want, err)
			}
		}
		secret, err := k.Renew(ctx, k.write, "court-registry", "bobur", now+2)
		if err != nil || secret == d.Secret || len(secret) < 40 {
			t.Fatalf("%q, %v", secret, err)
		}
		if c, err := k.ByToken(ctx, token.Text, nil, now+calendar.Minute); c != nil || err != nil {
			t.Errorf("what was given for the former secret goes on: %+v, %v", c, err)
		}
		if _, err := k.Give(ctx, proof, nil, now+calendar.Minute); !errors.Is(err, client.InvalidClient) {
			t.Errorf("the former secret: %v", err)
		}
		if _, err := k.Give(ctx, client.Proof{ID: "court-registry", Secret: secret}, nil, now+calendar.Minute); err != nil {
			t.Errorf("the new one: %v", err)
		}
		if err := k.RevokeBy(ctx, k.write, "court-registry", "anora", now+3); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Renew(ctx, k.write, "court-registry", "bobur", now+3); keyOf(err) != "client.none" {
			t.Errorf("a secret for what is revoked: %v", err)
		}
		list, err := k.Events(ctx, "court-registry", 10)
		if err != nil {
			t.Fatal(err)
		}
		by := map[string]string{}
		for _, e := range list {
			by[e.What] = e.By
		}
		if by["added"] != "anora" || by["confirmed"] != "bobur" || by["renewed"] != "bobur" || by["revoked"] != "anora" {
			t.Errorf("%+v", list)
		}
		if _, there := by["token"]; there {
			t.Error("each token is told")
		}
	})
}

func TestSystemThatWaitsCanBeRevokedAndIsNeverConfirmedAfterwards(t *testing.T) {
	each(t, func(t *testing.T, k *registry) {
		d, err := k.Draft(client.Registration{ID: "court-registry", Name: "Registry", Office: "court", Scopes: []string{"proceedings"}, From: now, WithSecret: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := k.Register(ctx, k.write, d, "anora", now); err != nil {
			t.Fatal(err)
		}
		c, err := k.One(ctx, "court-registry")
		if err != nil {
			t.Fatal(err)
		}
		if err := k.RevokeBy(ctx, k.write, "court-registry", "anora", now); err != nil {
			t.Fatal(err)
		}
		if err := k.Confirm(ctx, k.write, c, "bobur", now); keyOf(err) != "client.none" {
			t.Errorf("confirmed after it was revoked: %v", err)
		}
		err = k.db.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE client SET confirmed = 1, confirmed_by = added_by WHERE id = 'court-registry'`)
			return err
		})
		if err == nil {
			t.Error("the table lets one person do both")
		}
	})
}
