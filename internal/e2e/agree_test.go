package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// what a page shows of a deadline: the link to it, then its tag.
var deadlineOrTag = regexp.MustCompile(`href="(/proceedings/[^"/]+/deadlines/\d+)"|class="nz-deadline nz-deadline--(\w+)"`)

// tones reads the tone that a page gives to each deadline which it names.
func tones(html string) map[string]string {
	out, href := map[string]string{}, ""
	for _, m := range deadlineOrTag.FindAllStringSubmatch(html, -1) {
		if m[1] != "" {
			href = m[1]
		} else if href != "" {
			out[href], href = m[2], ""
		}
	}
	return out
}

// A deadline stands at one place, whichever page tells of it: the work of whoever
// owes it, the time lines of its proceeding, its own page, the board.
func TestEveryPageSaysTheSameOfADeadline(t *testing.T) {
	t.Parallel()
	o := serve(t, 300)
	compared, seen := 0, map[string]bool{}
	for _, role := range []string{"investigator", "prosecutor"} {
		who := o.as(t, role)
		c := o.client(t).signIn(who)
		page := func(path string) string {
			a := c.get(path)
			if a.status != http.StatusOK {
				t.Fatalf("%s: %d", path, a.status)
			}
			return a.body
		}
		own := func(href string) string {
			m := regexp.MustCompile(`class="nz-due nz-due--(\w+)"`).FindStringSubmatch(page(href))
			if m == nil {
				t.Fatalf("%s shows no end", href)
			}
			return m[1]
		}
		cases := map[string]map[string]string{}
		check := func(where, href, tone string) {
			id, _, _ := strings.Cut(strings.TrimPrefix(href, "/proceedings/"), "/")
			if cases[id] == nil {
				cases[id] = tones(page("/proceedings/" + id))
			}
			if lines, alone := cases[id][href], own(href); lines != tone || alone != tone {
				t.Errorf("%s is %q on %s, %q on the time lines, %q on its own page", href, tone, where, lines, alone)
			}
			compared++
			seen[tone] = true
		}
		for href, tone := range tones(page("/")) {
			check("the work of the "+role, href, tone)
		}
		for href, tone := range tones(page("/offices/" + who.Office)) {
			if tone != "late" {
				t.Errorf("%s is among what is overdue on the board, and is %q", href, tone)
			}
			check("the board", href, tone)
		}
	}
	if compared < 10 || !seen["late"] || len(seen) < 2 {
		t.Errorf("%d deadlines compared, of tones %v: that shows little", compared, seen)
	}
}
