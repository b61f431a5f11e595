package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"nazorat/internal/desk"
)

// What pages tell and what the API tells are two ways of saying the same: to whoever asks, about whatever he asks.

// found are what an expression finds in a page, each once, sorted.
func found(page string, expression *regexp.Regexp) []string {
	out := []string{}
	for _, m := range expression.FindAllStringSubmatch(page, -1) {
		if !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	slices.Sort(out)
	return out
}

func sortedTexts(list []string) []string {
	slices.Sort(list)
	return append([]string{}, slices.Compact(list)...)
}

// data asks the API.
func data[T any](t *testing.T, c *client, path string) (v T, status int) {
	t.Helper()
	a := c.get(path)
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("%s: %d %v", path, a.status, err)
	}
	return v, a.status
}

var (
	caseLinks     = regexp.MustCompile(`href="/proceedings/([A-Z0-9]{20,})"`)
	deadlineLinks = regexp.MustCompile(`href="/proceedings/([A-Z0-9]{20,}/deadlines/[0-9]+)"`)
	thingRows     = regexp.MustCompile(`id="thing-([0-9]+)"`)
	entryItems    = regexp.MustCompile(`id="entry-([0-9]+)"`)
)

type listed struct{ Proceedings []struct{ ID string } }

func (l listed) ids() (out []string) {
	for _, p := range l.Proceedings {
		out = append(out, p.ID)
	}
	return sortedTexts(out)
}

type owedList struct {
	Owed, Escalated []struct {
		Proceeding string
		No         int
	}
}

func TestPagesAndTheAPITellTheSame(t *testing.T) {
	t.Parallel()
	o := serve(t, 150)
	rows, err := o.DB.Query(t.Context(), `SELECT id FROM proceeding ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var cases []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, id)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	var offices []string
	for _, x := range o.Directory.Tree().Offices() {
		offices = append(offices, x.ID)
	}
	r := rand.New(rand.NewPCG(7, 11)) //nolint:gosec // the same each time
	asked, seen := 0, 0
	for _, who := range o.accounts {
		c := o.client(t).signIn(who)
		c.get("/sign-in?lang=en")
		mine, _ := data[listed](t, c, "/api/v1/proceedings")
		for _, path := range append(pick(r, cases, 5), pick(r, mine.ids(), 4)...) {
			asked++
			if sameCase(t, c, who.Role, path) {
				seen++
			}
		}
		if got, want := mine.ids(), found(c.get("/cases").body, caseLinks); !slices.Equal(got, want) {
			t.Errorf("%s: cases: the API %v, the page %v", who.Role, got, want)
		}
		sameLists(t, c, who.Role, pick(r, offices, 6))
	}
	if asked < 60 || seen < 25 {
		t.Errorf("%d were asked about, %d seen: the test sees too little", asked, seen)
	}
}

// pick draws some of a list.
func pick(r *rand.Rand, list []string, n int) (out []string) {
	for range min(n, len(list)) {
		out = append(out, list[r.IntN(len(list))])
	}
	return out
}

// sameCase compares what is told of a case, and reports whether it is seen.
func sameCase(t *testing.T, c *client, role, id string) bool {
	t.Helper()
	page := c.get("/proceedings/" + id)
	p, status := data[struct {
		HiddenThings []struct{} `json:"hidden_things"`
		HiddenSheets int        `json:"hidden_sheets"`
		Things       []struct{ No int }
	}](t, c, "/api/v1/proceedings/"+id)
	if status != page.status {
		t.Errorf("%s, %s: the page answers %d, the API %d", role, id, page.status, status)
	}
	if looks, _ := data[any](t, c, "/api/v1/proceedings/"+id+"/looks"); looks == nil {
		t.Errorf("%s, %s: no answer", role, id)
	}
	for _, path := range [][2]string{{"/looks", "/looks"}, {"/history", "/entries"}, {"/deadlines/1", "/deadlines/1/explanation"}, {"/receipts/1", "/entries/1/receipt"}} {
		page, data := c.get("/proceedings/"+id+path[0]).status, c.get("/api/v1/proceedings/"+id+path[1]).status
		if path[0] == "/receipts/1" && page == http.StatusOK && data == http.StatusServiceUnavailable {
			continue // nothing is signed here: the page says so in words
		}
		if path[0] == "/deadlines/1" && page == http.StatusNotFound && data == http.StatusForbidden {
			continue // there is none of that number: the API asks first what for
		}
		if page != data {
			t.Errorf("%s, %s%s: the page answers %d, the API %d", role, id, path[0], page, data)
		}
	}
	if status != http.StatusOK {
		return false
	}
	var things []string
	for _, x := range p.Things {
		if x.No > 0 {
			things = append(things, strconv.Itoa(x.No))
		}
	}
	// A case of many things leads to a page of each kind; what those tell is held by the tests of their room.
	many := strings.Contains(page.body, `href="`+desk.KindHref(id, ""))
	if want := found(page.body, thingRows); !many && !slices.Equal(sortedTexts(things), want) {
		t.Errorf("%s, %s: things: the API %v, the page %v", role, id, things, want)
	}
	acts, _ := data[struct {
		Acts []struct {
			Act      struct{ Name string }
			Thing    int
			Possible bool
		}
	}](t, c, "/api/v1/proceedings/"+id+"/acts")
	var possible []string
	for _, x := range acts.Acts {
		name := x.Act.Name
		if x.Thing > 0 {
			name = fmt.Sprintf("%s?thing=%d", name, x.Thing)
		}
		if x.Possible {
			possible = append(possible, name)
		}
	}
	if want := found(page.body, regexp.MustCompile(`href="/proceedings/`+id+`/acts/([^"]+)"`)); !many && !slices.Equal(sortedTexts(possible), want) {
		t.Errorf("%s, %s: acts: the API %v, the page %v", role, id, possible, want)
	}
	deadlines, _ := data[struct{ Deadlines []struct{ No int } }](t, c, "/api/v1/proceedings/"+id+"/deadlines")
	var nos []string
	for _, x := range deadlines.Deadlines {
		nos = append(nos, fmt.Sprintf("%s/deadlines/%d", id, x.No))
	}
	for _, link := range found(page.body, deadlineLinks) {
		if !slices.Contains(nos, link) {
			t.Errorf("%s: the page shows %s, the API does not", role, link)
		}
	}
	entries, _ := data[struct {
		Entries []struct {
			Seq    int
			Hidden *struct{}
		}
	}](t, c, "/api/v1/proceedings/"+id+"/entries")
	shown := found(c.get("/proceedings/"+id+"/history").body, entryItems)
	hidden := 0
	for _, x := range entries.Entries {
		if x.Hidden != nil {
			hidden++
		} else if !slices.Contains(shown, strconv.Itoa(x.Seq)) {
			t.Errorf("%s, %s: the API tells of entry %d, the page does not", role, id, x.Seq)
		}
	}
	if hidden == 0 && len(shown) != len(entries.Entries) || len(entries.Entries) < 50 && hidden != p.HiddenSheets {
		t.Errorf("%s, %s: %d entries on the page, %d in the API, %d of them hidden and %d said to be", role, id, len(shown), len(entries.Entries), hidden, p.HiddenSheets)
	}
	return true
}

// sameLists compares lists and boards.
func sameLists(t *testing.T, c *client, role string, offices []string) {
	t.Helper()
	work, _ := data[owedList](t, c, "/api/v1/work")
	page := found(c.get("/").body, deadlineLinks)
	for _, x := range work.Owed {
		if link := fmt.Sprintf("%s/deadlines/%d", x.Proceeding, x.No); !slices.Contains(page, link) {
			t.Errorf("%s: the API says that he owes %s, the page does not", role, link)
		}
	}
	escalated, _ := data[owedList](t, c, "/api/v1/escalated")
	var links []string
	for _, x := range escalated.Escalated {
		links = append(links, fmt.Sprintf("%s/deadlines/%d", x.Proceeding, x.No))
	}
	if want := found(c.get("/escalated").body, deadlineLinks); !slices.Equal(sortedTexts(links), want) {
		t.Errorf("%s: escalated: the API %v, the page %v", role, links, want)
	}
	for _, office := range offices {
		board, list := c.get("/offices/"+office), c.get("/offices/"+office+"/proceedings")
		figures, status := data[struct {
			Office struct{ Overdue, Open int }
		}](t, c, "/api/v1/offices/"+office+"/board")
		cases, listStatus := data[listed](t, c, "/api/v1/offices/"+office+"/proceedings")
		if status != board.status || listStatus != list.status {
			t.Errorf("%s, %s: the pages answer %d and %d, the API %d and %d", role, office, board.status, list.status, status, listStatus)
		}
		if listStatus != http.StatusOK {
			continue
		}
		if want := found(list.body, caseLinks); !slices.Equal(cases.ids(), want) {
			t.Errorf("%s, %s: the API lists %d, the page %d", role, office, len(cases.ids()), len(want))
		}
		for id, n := range map[string]int{"overdue": figures.Office.Overdue, "open": figures.Office.Open} {
			if !regexp.MustCompile(`id="` + id + `"[^>]*><span class="nz-stat__number">\s*` + strconv.Itoa(n) + `\s*<`).MatchString(board.body) {
				t.Errorf("%s, %s: %s is %d in the API, and not on the page", role, office, id, n)
			}
		}
	}
}

// Where a page asks first what an officer looks for, a program says it along with its question.
func TestAProgramSaysWhatItLooksFor(t *testing.T) {
	t.Parallel()
	o := serve(t, 150)
	inquirer := o.as(t, "inquirer")
	id, _ := o.caseOf(t, inquirer.Office)
	tree := o.Directory.Tree()
	c := o.officer(t, "prosecutor", tree.Office(tree.Supervisor(inquirer.Office)).Parent)
	ask := func(purpose, serves, why string) answer {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.url+"/api/v1/proceedings/"+id, nil)
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range map[string]string{"Look-Purpose": purpose, "Look-Serves": serves, "Look-Why": why} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		return c.do(r)
	}
	for name, x := range map[string]struct {
		purpose, serves, why, field string
	}{
		"something forged":      {"curiosity", "", "a%20reason", "Look-Purpose"},
		"no number":             {"complaint", "", "a%20reason", "Look-Serves"},
		"a number of no case":   {"complaint", "1-1-1", "a%20reason", "Look-Serves"},
		"no reason":             {"oversight", "", "", "Look-Why"},
		"a reason that is none": {"oversight", "", "%zz", "Look-Why"},
		"what nobody can keep":  {"oversight", "", "a%00b", "Look-Why"},
		"no UTF-8":              {"oversight", "", "%ff", "Look-Why"},
		"another form of name":  {"Own Duty", "", "x", "Look-Purpose"},
	} {
		if a := ask(x.purpose, x.serves, x.why); a.status != http.StatusUnprocessableEntity || !regexp.MustCompile(`"field":"`+x.field+`"`).MatchString(a.body) {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if a := ask("", "", ""); a.status != http.StatusForbidden {
		t.Fatalf("a purpose that was refused opened the case: %d", a.status)
	}
	if a := ask("oversight", "", "%D0%B6%D0%B0%D0%BB%D0%BE%D0%B1%D0%B0"); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if a := c.get("/proceedings/" + id); a.status != http.StatusOK {
		t.Errorf("the page asks again: %d", a.status)
	}
	if n := o.count(t, `SELECT count(*) FROM look WHERE proceeding = $1 AND purpose = 'oversight' AND why = 'жалоба'`, id); n != 2 {
		t.Errorf("%d looks are recorded with their purpose", n)
	}
}
