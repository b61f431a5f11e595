package app_test

import (
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/app"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
)

// lines hands each line of a log to whoever waits for it.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

func TestAnEditionTakesHoldWhileTheOfficeServes(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d, err := db.Create(ctx, dbtest.One(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(ctx, app.Migrations()); err != nil {
		t.Fatal(err)
	}
	dir, err := directory.Open(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	officer := func(id, role string) directory.NewOfficer {
		return directory.NewOfficer{Officer: directory.Officer{ID: id, Name: id, Login: id}, Mandates: []directory.Mandate{{ID: id + "-m", Role: role, Office: "iib"}}}
	}
	err = dir.Import(ctx, &directory.Service{
		Offices:     []directory.Office{{ID: "gp", Code: "00", Kind: directory.Prosecutor, Place: "17"}, {ID: "iib", Code: "1726", Kind: directory.Interior, Place: "1726"}},
		Competences: []directory.Competence{{Office: "iib", Role: directory.SupervisorRole, Competent: "gp"}},
		Officers:    []directory.NewOfficer{officer("dilshod", "duty_officer"), officer("sardor", "inquirer")}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	var now atomic.Int64
	o, err := app.Open(ctx, d, docket.Options{Now: func() calendar.Moment { return calendar.Moment(now.Load()) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
	law := o.Docket.Law(app.Applied[0])
	last := law.Editions[len(law.Editions)-1]
	if last.Index == 0 {
		t.Skip("the law has one edition")
	}
	begins := last.Days.Zone().Moment(last.InForce, 0)
	now.Store(int64(begins - calendar.Hour))
	r, err := o.Docket.Act(ctx, docket.Command{Law: law.Name, Act: "register_report", Actor: access.Actor{Officer: "dilshod", Role: "duty_officer", Office: "iib", Mandate: "dilshod-m"},
		Form: map[string]string{"source": "direct", "summary": "A window was broken", "assign_to": "sardor"}})
	if err != nil {
		t.Fatal(err)
	}
	now.Store(int64(begins))
	log := make(lines, 8)
	stop := o.Keep(ctx, slog.New(slog.NewTextHandler(log, nil)))
	for line := range log {
		if strings.Contains(line, "an edition came into force") {
			break
		}
		if !strings.Contains(line, "duty taken up") {
			t.Errorf("the log says %s", line)
		}
	}
	stop() // and waits for what is under way
	p, err := o.Docket.Proceeding(ctx, access.Actor{Officer: "sardor", Role: "inquirer", Office: "iib"}, r.Proceeding)
	if err != nil || p.Edition != last.Name {
		t.Fatalf("%+v, %v", p, err)
	}
	if whole, err := o.Docket.Stored(ctx, r.Proceeding); err != nil {
		t.Error(err)
	} else if err := o.Replay.Check(ctx, whole); err != nil {
		t.Error(err)
	}
}
