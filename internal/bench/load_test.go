package main

import (
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"nazorat/internal/app"
	"nazorat/internal/calendar"
	"nazorat/internal/signin"
)

const (
	officersAtWork = 2000
	everyOfficer   = 10 * time.Second // asks for a page
	pagesPerSecond = officersAtWork / int(everyOfficer/time.Second)
	warmingUp      = officersAtWork // pages that are asked for first and not counted: one of each who has signed in
)

// BenchmarkAtWork lets 2,000 signed-in officers ask for a page every ten seconds each, of the command
// as people run it, for half a minute.
//
// The load is open: when a page is asked for follows from the clock alone. Whoever finds the office slow does
// not ask less, and a page's time is counted from the moment at which it was to be asked for, so
// that what waited behind a slow one is counted as slow. Budget: p99 100 ms.
func BenchmarkAtWork(b *testing.B) {
	for _, place := range []struct {
		name string
		at   func(*testing.B) string
	}{
		{"sqlite", func(b *testing.B) string { return "sqlite:" + inMemory(b, followed(b)) }},
		{"postgres", func(b *testing.B) string { return moved(b, followed(b)) }},
	} {
		b.Run(place.name, func(b *testing.B) {
			location, nazorat := place.at(b), binary(b)
			days := ofOfficers(b, location)
			p := serve(b, nazorat, location)
			client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: officersAtWork, MaxIdleConns: officersAtWork}}
			askAsTheyWork(b, client, p.url, days, warmingUp)
			start, stolen := time.Now(), steal(b)
			took := askAsTheyWork(b, client, p.url, days, 30*pagesPerSecond*b.N)
			b.ReportMetric(stolen(), "stolen-%")
			b.ReportMetric(float64(len(took))/time.Since(start).Seconds(), "pages/s")
			slices.Sort(took)
			b.ReportMetric(ms(took[len(took)/2]), "p50-ms")
			b.ReportMetric(ms(took[len(took)*99/100]), "p99-ms")
			b.ReportMetric(ms(took[len(took)-1]), "most-ms")
			b.ReportMetric(0, "ns/op")
			client.CloseIdleConnections()
			p.stop(b)
		})
	}
}

// askAsTheyWork asks for pages by the clock, one officer after the other, and gives how long each took from when it was to be asked for.
func askAsTheyWork(b *testing.B, client *http.Client, base string, days [][]visit, pages int) []time.Duration {
	b.Helper()
	took := make([]time.Duration, pages)
	failed := make(chan error, pages)
	var wg sync.WaitGroup
	start := time.Now()
	for i := range pages {
		due := start.Add(time.Duration(i) * time.Second / time.Duration(pagesPerSecond))
		time.Sleep(time.Until(due))
		wg.Go(func() {
			day := days[i%len(days)]
			if err := fetch(client, base, day[i/len(days)%len(day)]); err != nil {
				failed <- err
			}
			took[i] = time.Since(due)
		})
	}
	wg.Wait()
	if n := len(failed); n > 0 {
		b.Fatalf("%d of %d pages failed, one with: %v", n, pages, <-failed)
	}
	return took
}

// ofOfficers signs 2,000 officers in and lays out what each looks at, in turn: most have cases of their own, one in
// ten supervises others. Sessions are begun by the clock on the wall: the command has no other.
func ofOfficers(b *testing.B, location string) (days [][]visit) {
	b.Helper()
	o := openAt(b, location, func() calendar.Moment { return calendar.At(time.Now()) })
	r := chance()
	token := func(officer string) string {
		t, err := o.SignIn.Begin(ctx, officer, signin.ByChoice, "", o.Docket.Now())
		must(b, err)
		return t
	}
	for len(days) < officersAtWork {
		c := anyCase(b, o, r)
		page := "/proceedings/" + url.PathEscape(c.id)
		if len(days)%10 == 9 {
			var supervisor string
			must(b, o.DB.QueryRow(ctx, `SELECT officer FROM mandate WHERE office = $1 AND role = 'prosecutor' ORDER BY id LIMIT 1`, c.supervisor).Scan(&supervisor))
			t, office := token(supervisor), "/offices/"+url.PathEscape(c.supervisor)
			days = append(days, []visit{{t, "/"}, {t, office}, {t, page}, {t, office + "/proceedings"}, {t, page + "/history"}})
			continue
		}
		t := token(c.charge)
		days = append(days, []visit{{t, "/"}, {t, page}, {t, page + "/deadlines/1"}, {t, "/cases"}, {t, page + "/acts/refuse"}, {t, "/find?q=" + url.QueryEscape(c.number)}})
	}
	// Not all begin their day with the same page.
	for i, day := range days {
		days[i] = append(day[i%len(day):], day[:i%len(day)]...)
	}
	return days
}

// oneCase is a proceeding and who has to do with it.
type oneCase struct{ id, number, charge, supervisor string }

func anyCase(b *testing.B, o *app.Office, r *rand.Rand) (c oneCase) {
	b.Helper()
	must(b, o.DB.QueryRow(ctx, `SELECT id, number, in_charge, supervisor FROM proceeding WHERE id >= $1 ORDER BY id LIMIT 1`, nth(r.IntN(cases(b)))).Scan(&c.id, &c.number, &c.charge, &c.supervisor))
	return c
}
