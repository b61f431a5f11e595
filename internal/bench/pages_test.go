package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"nazorat/internal/app"
	"nazorat/internal/signin"
)

// visit is a page that an officer asks for.
type visit struct{ token, path string }

// visitors pick pages at random, so that no page is measured only because it was asked for before.
type visitors struct {
	office *app.Office
	cases  []oneCase
	tokens map[string]string // by officer
	r      *rand.Rand
}

const picked = 300

func newVisitors(b *testing.B, o *app.Office) *visitors {
	b.Helper()
	v := &visitors{office: o, tokens: map[string]string{}, r: chance()}
	for range picked {
		v.cases = append(v.cases, anyCase(b, o, v.r))
	}
	return v
}

// as gives the session of an officer.
func (v *visitors) as(b *testing.B, officer string) string {
	b.Helper()
	if t := v.tokens[officer]; t != "" {
		return t
	}
	t, err := v.office.SignIn.Begin(ctx, officer, signin.ByChoice, "", now())
	must(b, err)
	v.tokens[officer] = t
	return t
}

// holder is an officer with a role in an office.
func (v *visitors) holder(b *testing.B, office, role string) string {
	b.Helper()
	var id string
	must(b, v.office.DB.QueryRow(ctx, `SELECT officer FROM mandate WHERE office = $1 AND role = $2 ORDER BY id LIMIT 1`, office, role).Scan(&id))
	return id
}

// role of the prosecutors who watch over a proceeding: a region's office has others than a district's.
func (v *visitors) prosecutor(b *testing.B, office string) string {
	b.Helper()
	return v.as(b, v.holder(b, office, "prosecutor"))
}

// pages by name; each gives as many visits as there are cases picked.
func (v *visitors) pages(b *testing.B) (names []string, visits map[string][]visit) {
	b.Helper()
	general := v.as(b, v.holder(b, "gp", "prosecutor_general"))
	visits = map[string][]visit{}
	add := func(name, token, path string) {
		if visits[name] == nil {
			names = append(names, name)
		}
		visits[name] = append(visits[name], visit{token, path})
	}
	for _, c := range v.cases {
		token, super := v.as(b, c.charge), v.prosecutor(b, c.supervisor)
		page := "/proceedings/" + url.PathEscape(c.id)
		add("my_work", token, "/")
		add("work_of_a_prosecutor", super, "/")
		add("cases", token, "/cases")
		add("cases_of_an_office", super, "/offices/"+url.PathEscape(c.supervisor)+"/proceedings")
		add("proceeding", token, page)
		add("history", token, page+"/history")
		add("deadline", token, page+"/deadlines/1")
		add("act_form", token, page+"/acts/refuse")
		add("find_by_number", token, "/find?q="+url.QueryEscape(c.number)) // and the proceeding that it leads to
		add("board_of_a_district", super, "/offices/"+url.PathEscape(c.supervisor))
		add("board_of_the_republic", general, "/offices/gp")
		add("law", token, "/laws/uz/criminal")
	}
	return names, visits
}

// BenchmarkPage measures pages as a reader waits for them: over a connection
// on the loopback interface, to the last byte. Budget: p99 50 ms with a million
// proceedings.
func BenchmarkPage(b *testing.B) {
	onBoth(b, followed, func(b *testing.B, o *app.Office) { readPages(b, o, func(string) bool { return true }) })
}

// BenchmarkPageOverdue measures the pages that count what is overdue where
// nearly every proceeding is: nothing that was due in four hundred days was done.
func BenchmarkPageOverdue(b *testing.B) {
	onBoth(b, filled, func(b *testing.B, o *app.Office) {
		readPages(b, o, func(page string) bool { return strings.HasPrefix(page, "board") || strings.Contains(page, "work") })
	})
}

func readPages(b *testing.B, o *app.Office, wanted func(page string) bool) {
	app.Roomy() // as where it is served
	h, err := o.Handler(app.Pages{Log: quiet(), Spool: spool(b)})
	must(b, err)
	srv := httptest.NewServer(h)
	defer srv.Close()
	defer srv.CloseClientConnections()
	names, visits := newVisitors(b, o).pages(b)
	client := srv.Client()
	client.Transport.(*http.Transport).MaxIdleConnsPerHost = 8
	for _, name := range names {
		if !wanted(name) {
			continue
		}
		for _, readers := range []int{1, 4} {
			b.Run(fmt.Sprintf("%s/%d_at_once", name, readers), func(b *testing.B) {
				took := make([]time.Duration, picked*b.N)
				var wg sync.WaitGroup
				for reader := range readers {
					wg.Add(1)
					go func() {
						defer wg.Done()
						for i := reader; i < len(took); i += readers {
							start := time.Now()
							if err := fetch(client, srv.URL, visits[name][i%picked]); err != nil {
								b.Error(err)
								return
							}
							took[i] = time.Since(start)
						}
					}()
				}
				wg.Wait()
				slices.Sort(took)
				b.ReportMetric(ms(took[len(took)/2]), "p50-ms")
				b.ReportMetric(ms(took[len(took)*99/100]), "p99-ms")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func fetch(client *http.Client, base string, v visit) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+v.path, nil)
	if err != nil {
		return err
	}
	req.AddCookie(&http.Cookie{Name: "session", Value: v.token})
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		_ = res.Body.Close()
		return fmt.Errorf("%s: %s", v.path, res.Status)
	}
	if res.Request.URL.Path == "/sign-in" {
		_ = res.Body.Close()
		return fmt.Errorf("%s: not signed in", v.path)
	}
	return discard(res.Body)
}
