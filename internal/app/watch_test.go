package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/telemetry"
)

// open makes an office of one duty officer and one inquirer.
func open(t *testing.T, figures *telemetry.Telemetry, log *slog.Logger) *Office {
	t.Helper()
	ctx := t.Context()
	d, err := db.Create(ctx, dbtest.SQLite(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(ctx, Migrations()); err != nil {
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
	now := calendar.At(time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)) // in a bubble of time the year is another
	o, err := Open(ctx, d, docket.Options{Now: func() calendar.Moment { return now }, Observe: ObserveBatches(figures, nil, log)})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *Office) report(ctx context.Context) error {
	_, err := o.Docket.Act(ctx, docket.Command{Law: Applied[0], Act: "register_report", Actor: access.Actor{Officer: "dilshod", Role: "duty_officer", Office: "iib", Mandate: "dilshod-m"},
		Form: map[string]string{"source": "direct", "summary": "A window was broken", "assign_to": "sardor"}})
	return err
}

// In a bubble of time somebody holds the writer's place for a minute, and an act waits.
func TestAStuckWriterMakesAnOfficeNotReady(t *testing.T) {
	t.Parallel()
	if _, err := builtIn(); err != nil { // outside of the bubble: others wait for it too
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		logger := slog.New(slog.NewTextHandler(&log, nil))
		figures := telemetry.New("v")
		o := open(t, figures, logger)
		health := telemetry.NewHealth(logger, o.Checks(figures))
		if ready, found := health.Ready(t.Context(), true); !ready || len(found) != 3 {
			t.Errorf("before: %+v", found)
		}
		err := o.DB.Write(t.Context(), func(*db.Tx) error {
			done := make(chan error, 1)
			go func() { done <- o.report(t.Context()) }()
			time.Sleep(5 * time.Second)
			if ready, found := health.Ready(t.Context(), true); !ready {
				t.Errorf("after 5 seconds: %+v", found)
			}
			time.Sleep(55 * time.Second)
			if ready, found := health.Ready(t.Context(), false); ready || found[2].Name != "writer" || found[2].OK {
				t.Errorf("after a minute: %+v", found)
			}
			select {
			case err := <-done:
				t.Errorf("the act did not wait: %v", err)
			default:
			}
			go func() {
				if err := <-done; err != nil {
					t.Error(err)
				}
			}()
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		if ready, found := health.Ready(t.Context(), true); !ready {
			t.Errorf("afterwards: %+v", found)
		}
		if n := strings.Count(log.String(), "acts wait and none is done"); n != 1 {
			t.Errorf("told %d times:\n%s", n, &log)
		}
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestTheJournalIsBehindWhenWhatWasThereAMinuteAgoIsNotSigned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var p progress
		for _, c := range []struct {
			wait         time.Duration
			size, signed int64
			stands       time.Duration
		}{
			{0, 10, 0, 0}, // the first look
			{30 * time.Second, 20, 0, 30 * time.Second}, // it grows, and those ten wait
			{time.Second, 20, 12, 0},                    // those are signed; others wait since now
			{8 * time.Hour, 20, 20, 0},                  // a quiet night
			{8 * time.Hour, 21, 20, 0},                  // somebody acts in the moment in which it is looked at
			{time.Minute, 25, 20, time.Minute},
			{time.Minute, 25, 20, 2 * time.Minute},
			{time.Second, 25, 25, 0},
		} {
			time.Sleep(c.wait)
			if got := p.stands(c.size, c.signed); got != c.stands {
				t.Errorf("%d leaves, %d signed: %s, want %s", c.size, c.signed, got, c.stands)
			}
		}
	})
}

func TestFiguresOfAnOfficeAreThoseOfItsTables(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	figures := telemetry.New("v")
	o := open(t, figures, slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
	for range 3 {
		if err := o.report(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	journal, err := o.journalFigures(t.Context())
	if err != nil || journal["nazorat_journal_leaves"] != 3 || journal["nazorat_checkpoint_lag_leaves"] != 3 {
		t.Errorf("%v, %v", journal, err)
	}
	deadlines, err := o.deadlineFigures(t.Context())
	if err != nil || deadlines[telemetry.Series("nazorat_deadlines", "are", "open")] < 3 || deadlines[telemetry.Series("nazorat_deadlines", "are", "late")] != 0 {
		t.Errorf("%v, %v", deadlines, err)
	}
	w := httptest.NewRecorder()
	figures.Metrics().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	if !strings.Contains(w.Body.String(), `nazorat_acts_total{outcome="done"} 3`) {
		t.Errorf("%s", w.Body)
	}
}

// What could not be saved is told once for a batch; what the law refuses is nobody's news.
func TestABatchThatWasNotSavedIsLogged(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	observe := ObserveBatches(telemetry.New("v"), nil, slog.New(slog.NewTextHandler(&log, nil)))
	observe(docket.Batch{Acts: 2, Refused: []error{fault.New(fault.Forbidden, "refusal.wrong_role", nil)}, Took: time.Duration(calendar.Second)})
	if log.Len() > 0 {
		t.Errorf("a refusal is logged: %s", &log)
	}
	lost := fault.New(fault.Unavailable, "fault.not_saved", nil).Because(errors.New("disk full"))
	observe(docket.Batch{Acts: 3, Refused: []error{lost, lost, lost}})
	if strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), "disk full") || !strings.Contains(log.String(), "acts=3") {
		t.Errorf("logged: %s", &log)
	}
}
