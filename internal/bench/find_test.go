package main

import (
	"encoding/json"
	"fmt"
	"io"
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
	"nazorat/internal/finder"
	"nazorat/internal/script"
)

// BenchmarkFind measures pages of what was found, as a reader waits for them, by what he types and how much he may see. Budget: p99
// 50 ms with a million proceedings.
func BenchmarkFind(b *testing.B) { onBoth(b, followed, findPages) }

func findPages(b *testing.B, o *app.Office) {
	app.Roomy() // as where it is served
	h, err := o.Handler(app.Pages{Log: quiet(), Spool: spool(b)})
	must(b, err)
	srv := httptest.NewServer(h)
	defer srv.Close()
	defer srv.CloseClientConnections()
	client := srv.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client.Transport.(*http.Transport).MaxIdleConnsPerHost = 8
	v := newVisitors(b, o)
	general := v.as(b, v.holder(b, "gp", "prosecutor_general"))
	visits := map[string][]visit{}
	add := func(name, token, typed string) {
		visits[name] = append(visits[name], visit{token, finder.Href + "?q=" + url.QueryEscape(typed)})
	}
	for _, c := range v.cases {
		name, text := v.said(b, c.id)
		words := strings.Fields(text)
		if name == "" || len(words) < 4 {
			continue
		}
		charge, super := v.as(b, c.charge), v.prosecutor(b, c.supervisor)
		family := strings.Fields(name)[0]
		add("person", charge, name)
		add("person_in_cyrillic", super, script.Cyrillic(name))
		add("person_mistyped", super, mistyped(v.r, name))
		add("person_elsewhere", charge, mistyped(v.r, family)+" "+strings.Fields(name)[1])
		add("surname", super, family)
		add("surname_of_the_republic", general, family)
		add("common_word", charge, words[v.r.IntN(len(words))])
		add("common_word_of_the_republic", general, words[v.r.IntN(len(words))])
		add("three_words", super, words[0]+" "+words[1]+" "+words[3])
		add("end_of_a_number", super, c.number[strings.LastIndexByte(c.number, '-')+1:])
		add("nothing", charge, "hechnarsa "+words[0])
	}
	names := make([]string, 0, len(visits))
	for name := range visits {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, readers := range []int{1, 4} {
			b.Run(fmt.Sprintf("%s/%d_at_once", name, readers), func(b *testing.B) {
				took := make([]time.Duration, picked*b.N)
				var wg sync.WaitGroup
				for reader := range readers {
					wg.Go(func() {
						for i := reader; i < len(took); i += readers {
							start := time.Now()
							if err := looked(client, srv.URL, visits[name][i%len(visits[name])]); err != nil {
								b.Error(err)
								return
							}
							took[i] = time.Since(start)
						}
					})
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

// said is the name and the text in the first form of a proceeding.
func (v *visitors) said(b *testing.B, id string) (name, text string) {
	b.Helper()
	var form []byte
	must(b, v.office.DB.QueryRow(ctx, `SELECT form FROM entry WHERE proceeding = $1 AND seq = 1`, id).Scan(&form))
	var values map[string][2]string
	must(b, json.Unmarshal(form, &values))
	for _, value := range values {
		switch value[0] {
		case "person":
			name = value[1]
		case "text":
			text = value[1]
		}
	}
	return name, text
}

// mistyped leaves a letter out of one of the words.
func mistyped(r *rand.Rand, s string) string {
	words := strings.Fields(s)
	i := r.IntN(min(2, len(words)))
	w := []rune(words[i])
	at := 1 + r.IntN(max(len(w)-2, 1))
	words[i] = string(slices.Delete(w, at, min(at+1, len(w))))
	return strings.Join(words, " ")
}

// looked asks for a page of what was found; that nothing was is an answer too.
func looked(client *http.Client, base string, v visit) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+v.path, nil)
	if err != nil {
		return err
	}
	req.AddCookie(&http.Cookie{Name: "session", Value: v.token})
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusNotFound && res.StatusCode != http.StatusSeeOther || strings.HasPrefix(res.Header.Get("Location"), "/sign-in") {
		text, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		return fmt.Errorf("%s: %s: %.200s", v.path, res.Status, text)
	}
	return discard(res.Body)
}
