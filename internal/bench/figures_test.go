package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	"nazorat/internal/app"
)

// BenchmarkFigures measures tables of figures, by how much is counted: of one body by who is in charge there, of a district by its prosecutor, of the
// republic by the prosecutor general; and the cases behind a figure. A table of the republic reads a row for each case.
func BenchmarkFigures(b *testing.B) { onBoth(b, followed, tables) }

func tables(b *testing.B, o *app.Office) {
	app.Roomy() // as where it is served
	h, err := o.Handler(app.Pages{Log: quiet(), Spool: spool(b)})
	must(b, err)
	srv := httptest.NewServer(h)
	defer srv.Close()
	defer srv.CloseClientConnections()
	client := srv.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	v := newVisitors(b, o)
	general := v.as(b, v.holder(b, "gp", "prosecutor_general"))
	visits := map[string][]visit{}
	add := func(name, token, page string, q ...string) {
		values := url.Values{"law": {"uz/criminal"}}
		for i := 0; i < len(q); i += 2 {
			values.Set(q[i], q[i+1])
		}
		visits[name] = append(visits[name], visit{token, page + "?" + values.Encode()})
	}
	lag, err := o.Figures.Lag(ctx)
	must(b, err)
	for i, c := range v.cases {
		at := strconv.FormatInt(lag.Next-int64(i), 10) // each as of another leaf: what was counted is kept
		var office string
		must(b, o.DB.QueryRow(ctx, `SELECT office FROM proceeding WHERE id = $1`, c.id).Scan(&office))
		charge, super := v.as(b, c.charge), v.prosecutor(b, c.supervisor)
		add("body", charge, "/figures/table", "count", "cases", "rows", "article", "columns", "stage", "office", office)
		add("district", super, "/figures/table", "count", "reports", "rows", "office", "columns", "source", "office", c.supervisor)
		add("district_terms", super, "/figures/table", "count", "terms", "rows", "term", "columns", "kept", "office", c.supervisor)
		add("district_cases", super, "/figures/cases", "count", "cases", "rows", "office", "office", c.supervisor)
		add("republic", general, "/figures/table", "count", "cases", "rows", "region", "columns", "stage", "office", "gp", "at", at)
		add("republic_month", general, "/figures/table", "count", "reports", "rows", "region", "columns", "source", "office", "gp", "from", "2026-03-01", "to", "2026-03-31", "at", at)
	}
	names := make([]string, 0, len(visits))
	for name := range visits {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		b.Run(name, func(b *testing.B) {
			took := make([]time.Duration, 30*b.N)
			for i := range took {
				start := time.Now()
				if err := looked(client, srv.URL, visits[name][i%len(visits[name])]); err != nil {
					b.Fatal(err)
				}
				took[i] = time.Since(start)
			}
			slices.Sort(took)
			b.ReportMetric(ms(took[len(took)/2]), "p50-ms")
			b.ReportMetric(ms(took[len(took)*99/100]), "p99-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}
