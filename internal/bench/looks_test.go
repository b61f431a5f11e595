package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"nazorat/internal/app"
	"nazorat/internal/calendar"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/demo"
	"nazorat/internal/docket"
	"nazorat/internal/journal"
	"nazorat/internal/look"
	"nazorat/internal/signin"
)

// BenchmarkLook measures what it costs to record who looked, against the page of a proceeding that it
// is recorded for, without a network: what the page waits for, and what writing the looks into the journal takes
// beside the pages. With a spool the page waits for a file, without one for the commit.
func BenchmarkLook(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { looks(b, dbtest.SQLite(b), "") })
	b.Run("postgres_spooled", func(b *testing.B) { looks(b, dbtest.Postgres(b), spool(b)) })
	b.Run("postgres_waiting", func(b *testing.B) { looks(b, dbtest.Postgres(b), "") })
}

func looks(b *testing.B, location, spool string) {
	o := demo.Options{Cases: 100, Seed: 1, Now: now()}
	d, _, service := create(b, location, o)
	clock := demo.NewClock(o.Now, func() calendar.Moment { return calendar.At(time.Now()) })
	office, err := app.Open(ctx, d, docket.Options{Now: clock.Now, NewID: clock.NewID})
	must(b, err)
	defer func() { must(b, office.Close()) }()
	_, err = demo.Live(ctx, office.Docket, clock, service, o)
	must(b, err)
	pages, err := office.Handler(app.Pages{Log: quiet(), Spool: spool})
	must(b, err)
	var id, charge string
	must(b, d.QueryRow(ctx, `SELECT id, in_charge FROM proceeding WHERE in_charge <> '' AND law = 'uz/criminal' ORDER BY id LIMIT 1`).Scan(&id, &charge))
	token, err := office.SignIn.Begin(ctx, charge, signin.ByChoice, "", office.Docket.Now())
	must(b, err)
	page := func() time.Duration {
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/proceedings/"+id, nil)
		r.AddCookie(&http.Cookie{Name: "session", Value: token})
		w := httptest.NewRecorder()
		start := time.Now()
		pages.ServeHTTP(w, r)
		took := time.Since(start)
		if w.Code != http.StatusOK {
			b.Fatalf("%d", w.Code)
		}
		return took
	}
	l := journal.Look{At: office.Docket.Now(), Kind: look.View, Page: "GET /proceedings/{id}", Proceeding: id, Officer: charge, Role: "investigator", Mandate: "m", Office: "o", Basis: look.Own}
	var shown, waited, written time.Duration
	page()
	for b.Loop() {
		shown += page()
		start := time.Now()
		must(b, office.Looks.Add(l))
		waited += time.Since(start)
		if b.N%200 == 0 {
			must(b, office.Looks.Flush(ctx))
		}
	}
	must(b, office.Looks.Flush(ctx))
	const together = 500
	for range together {
		if spool != "" || strings.HasPrefix(location, "sqlite:") { // else each would wait for itself
			must(b, office.Looks.Add(l))
		}
	}
	start := time.Now()
	must(b, office.Looks.Flush(ctx))
	written = time.Since(start) / together
	n := time.Duration(b.N)
	b.ReportMetric(float64((shown/n).Nanoseconds())/1000, "us-page")
	b.ReportMetric(float64((waited/n).Nanoseconds())/1000, "us-waited")
	b.ReportMetric(float64(written.Nanoseconds())/1000, "us-written")
	b.ReportMetric(float64(waited/n+written)/float64(shown/n-waited/n), "part")
	b.ReportMetric(0, "ns/op")
}
