package e2e

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"nazorat/internal/browsertest"
)

// What a page may cost over the wire, with all that stands on it: the first one, and every other.
const (
	mostAtFirst = 150_000
	mostAfter   = 30_000
)

// transferred is how many bytes came over the wire for the page that is shown, when all of it had come.
const transferred = `(async () => {
	await document.fonts.ready
	let sum = performance.getEntriesByType("navigation")[0].transferSize
	for (const e of performance.getEntriesByType("resource")) sum += e.transferSize
	return sum
})()`

// noPage are the addresses among those of showing that give a file, a stream or data.
var noPage = regexp.MustCompile(`^/api/|/live$|\.csv|\.xlsx|/file$|/documents/`)

func TestPagesAreLightTheFirstTimeAndAfter(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	o := serve(t, 150)
	o.counted(t)
	o.indexed(t)
	paper := o.withPapers(t)
	prosecutor := o.as(t, "prosecutor")
	id, number := o.caseOf(t, o.as(t, "inquirer").Office)
	large, kind := o.large(t, o.as(t, "inquirer").Office)
	fill := strings.NewReplacer("{paper}", paper, "{sheet}", "5", "{exhibit}", "1", "{id}", id, "{large}", large, "{kind}", kind, "{number}", url.QueryEscape(number), "{office}", prosecutor.Office, "{officer}", prosecutor.Officer, "{today}", o.Docket.Now().Time().Format("2006-01-02"))
	for _, lang := range []string{"uz-Cyrl", "ru", "uz", "en"} {
		p := b.Page(t, 1366, 768)
		weigh := func(most int) {
			t.Helper()
			n, err := strconv.Atoi(p.Eval(transferred))
			if err != nil || n > most || n < 1000 {
				t.Errorf("%s %s: %d bytes came for it, %d are possible (%v)", lang, p.URL(), n, most, err)
			}
		}
		p.Goto(o.url + "/laws/uz/criminal?lang=" + lang)
		weigh(mostAtFirst)
		signIn(p, o, prosecutor)
		for _, path := range []string{"/", "/board", "/laws/uz/criminal/2025-01-01/rules", "/laws/uz/criminal/2025-01-01/stages", "/laws/uz/criminal/2025-01-01/part/custody"} {
			p.Goto(o.url + path)
			weigh(mostAfter)
		}
		if lang == "ru" { // its words are the longest
			for pattern, path := range showing {
				if strings.HasPrefix(pattern, "GET ") && !noPage.MatchString(path) {
					p.Goto(o.url + fill.Replace(path))
					weigh(mostAfter)
				}
			}
		}
		p.Goto(o.url + "/")
		p.Follow("td a[href^='/proceedings/']:not([href*='/deadlines/']):not([href*='/acts/'])")
		weigh(mostAfter)
	}
}
