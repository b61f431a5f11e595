package app

import (
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// row of the table of doors.
type row struct {
	line    int
	route   string // as it is registered
	method  string
	address string
	form    string
	words   []string // by caller
}

func readDoors(text string) (rows []row, wrong []string) {
	for i, line := range strings.Split(text, "\n") {
		f := strings.Fields(line)
		if len(f) == 0 || f[0] == "#" {
			continue
		}
		plain := 3 + len(callers)
		if len(f) != plain && len(f) != plain+1 {
			wrong = append(wrong, fmt.Sprintf("line %d: %d columns", i+1, len(f)))
			continue
		}
		r := row{line: i + 1, method: f[0], route: f[0] + " " + f[1], address: f[2], words: f[len(f)-len(callers):]}
		if r.method == "ANY" {
			r.method, r.route = http.MethodGet, f[1]
		}
		if len(f) > plain {
			r.form = f[3]
		}
		rows = append(rows, r)
	}
	return rows, wrong
}

func doors(t *testing.T) []row {
	t.Helper()
	text, err := os.ReadFile("testdata/doors.txt")
	must(t, err)
	rows, wrong := readDoors(string(text))
	for _, w := range wrong {
		t.Error(w)
	}
	return rows
}

// unmatched are routes without a row, and rows without a route.
func unmatched(routes []string, rows []row) (out []string) {
	has := map[string]bool{}
	for _, r := range rows {
		has[r.route] = true
		if !slices.Contains(routes, r.route) {
			out = append(out, fmt.Sprintf("line %d: there is no route %s", r.line, r.route))
		}
	}
	for _, route := range routes {
		if !has[route] {
			out = append(out, fmt.Sprintf("the route %s has no row: say in testdata/doors.txt who is let in", route))
		}
	}
	return out
}

func TestRouteWithoutARowAndRowWithoutARouteAreSeen(t *testing.T) {
	t.Parallel()
	rows, wrong := readDoors("# a\nGET /a /a 1 2 3 4 5 6 7 8\nGET /b /b x=1 1 2 3 4 5 6 7 8\nANY /c /c 1\n")
	if len(rows) != 2 || rows[1].form != "x=1" || len(wrong) != 1 {
		t.Fatalf("%v %v", rows, wrong)
	}
	got := unmatched([]string{"GET /a", "POST /a"}, rows)
	if len(got) != 2 || !strings.Contains(got[0], "no route GET /b") || !strings.Contains(got[1], "route POST /a has no row") {
		t.Errorf("%q", got)
	}
}

// names in capitals of an address or a form.
var names = regexp.MustCompile(`\b[A-Z]{5,}\b`)

// told says what each name in a row stands for.
type told map[string]made

// fill puts what is there in place of the names; those of missing stand for what is not there.
func (m told) fill(text string, missing []string) string {
	return names.ReplaceAllStringFunc(text, func(name string) string {
		if slices.Contains(missing, name) {
			return m[name].missing
		}
		return m[name].there
	})
}

// question is a row's question as one caller puts it.
func (m told) question(r row, caller string, missing ...string) request {
	if strings.HasPrefix(r.form, "{") {
		return request{method: r.method, address: m.fill(r.address, missing), json: m.fill(r.form, missing), caller: caller}
	}
	form, err := url.ParseQuery(m.fill(r.form, missing))
	if err != nil {
		form = url.Values{"broken": {err.Error()}}
	}
	return request{method: r.method, address: m.fill(r.address, missing), form: form, caller: caller}
}

// plain is an answer without what differs by itself: the number of the request, the time, what was asked for.
func (m told) plain(q request, a reply) string {
	h := a.header.Clone()
	id := h.Get("X-Request-Id")
	for _, name := range []string{"X-Request-Id", "Date"} {
		h.Del(name)
	}
	var out strings.Builder
	fmt.Fprintln(&out, a.status)
	for _, name := range slices.Sorted(maps.Keys(h)) {
		fmt.Fprintln(&out, name, h[name])
	}
	out.WriteString(a.body)
	text := out.String()
	if id != "" {
		text = strings.ReplaceAll(text, id, "REQUEST")
	}
	path, _, _ := strings.Cut(q.address, "?")
	for _, asked := range []string{q.address, path} {
		for _, form := range []string{url.QueryEscape(asked), html.EscapeString(asked), asked} {
			text = strings.ReplaceAll(text, form, "ADDRESS")
		}
	}
	for _, x := range m {
		for _, value := range []string{x.there, x.missing} {
			if len(value) > 5 {
				text = strings.ReplaceAll(text, value, "ASKED")
			}
		}
	}
	return text
}

// meets reports what is not as a word of the table says: "303>/account=".
func meets(a reply, word string) string {
	word = strings.TrimSuffix(word, "=")
	status, to, leads := strings.Cut(word, ">")
	if got := strconv.Itoa(a.status); got != status {
		return fmt.Sprintf("answered %s, not %s", got, status)
	}
	if at := a.header.Get("Location"); leads && at != to && !strings.HasPrefix(at, to) {
		return fmt.Sprintf("led to %q, not to %s", at, to)
	}
	return ""
}

// ofTheirs are the names for things that belong to the case or to the officer: of them a stranger must learn nothing.
func ofTheirs(r row) (out []string) {
	for _, name := range names.FindAllString(r.address+" "+r.form, -1) {
		if name != "VERSION" && name != "SUBMISSION" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func TestEveryDoorLetsInWhomItShouldAndTellsOthersNothing(t *testing.T) {
	t.Parallel()
	w := everyDoor(t)
	for _, wrong := range w.wrong {
		t.Error(wrong)
	}
	if w.shown < 20 {
		t.Errorf("those who may see the case were told of it %d times: the test sees nothing", w.shown)
	}
}

// apart are the names one by one, and all together.
func apart(all []string) (out [][]string) {
	for _, name := range all {
		out = append(out, []string{name})
	}
	if len(all) > 1 {
		out = append(out, all)
	}
	return out
}

// Every door refuses a form of another site, before anything is done with it.
func TestEveryDoorRefusesTheFormsOfOtherSites(t *testing.T) {
	t.Parallel()
	h := build(t)
	tried := 0
	for _, r := range doors(t) {
		if r.method == http.MethodGet {
			continue
		}
		m := h.tell(t, r)
		before := h.stands(t)
		for _, from := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}} {
			q := m.question(r, "supervisor")
			q.headers = from
			tried++
			if a := h.ask(t, q); a.status != http.StatusForbidden || !strings.Contains(a.body, "came from another site") {
				t.Errorf("line %d: %s with %v: %d", r.line, r.route, from, a.status)
			}
		}
		if strings.HasPrefix(r.route, "POST /api/") { // data: what a page of another site can send without being asked is no such thing
			q := m.question(r, "supervisor")
			q.json, q.headers = "", []string{"X-Silent", "yes"}
			if a := h.ask(t, q); a.status != http.StatusUnsupportedMediaType {
				t.Errorf("line %d: a form for %s: %d", r.line, r.route, a.status)
			}
			continue
		}
		// Where the browser says nothing, the form has to.
		if r.route != "POST /oauth/token" { // for programs, and of no browser's session
			for _, token := range []string{"", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"} {
				q := m.question(r, "supervisor")
				q.headers = []string{"X-Silent", "yes"}
				if token != "" {
					q.form.Set("csrf_token", token)
				}
				if a := h.ask(t, q); a.status != http.StatusForbidden || !strings.Contains(a.body, "not sent from a page of this office") {
					t.Errorf("line %d: %s with the token %q: %d", r.line, r.route, token, a.status)
				}
			}
		}
		if after := h.stands(t); after != before {
			t.Errorf("line %d: %s changed something: %s, before %s", r.line, r.route, after, before)
		}
	}
	if tried < 60 {
		t.Errorf("only %d tries", tried)
	}
}

var (
	aForm     = regexp.MustCompile(`(?s)<form\b([^>]*)>(.*?)</form>`)
	withToken = regexp.MustCompile(`<input type="hidden" name="csrf_token" value="[A-Za-z0-9_-]{43}"/?>`)
)

// tokenless are the forms of a page that change something and show no token, or more than one.
func tokenless(page string) (out []string, seen int) {
	for _, m := range aForm.FindAllStringSubmatch(page, -1) {
		if strings.Contains(m[1], `method="get"`) {
			if withToken.MatchString(m[2]) {
				out = append(out, "a form that only reads carries its token into the address: "+m[1])
			}
			continue
		}
		seen++
		if n := len(withToken.FindAllString(m[2], -1)); n != 1 {
			out = append(out, fmt.Sprintf("%d tokens in the form%s", n, m[1]))
		}
	}
	return out, seen
}

// Every form of every page shows that a page of ours has shown it.
func TestEveryFormOfEveryPageHoldsItsToken(t *testing.T) {
	t.Parallel()
	all := 0
	for _, a := range everyDoor(t).asked {
		wrong, seen := tokenless(a.body)
		all += seen
		for _, w := range wrong {
			t.Errorf("line %d: %s as %s: %s", a.line, a.route, a.caller, w)
		}
	}
	if all < 200 {
		t.Errorf("only %d forms", all)
	}
}

func TestAFormWithoutItsTokenIsSeen(t *testing.T) {
	t.Parallel()
	const token = `<input type="hidden" name="csrf_token" value="AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"/>`
	for page, want := range map[string]int{
		`<form method="post">` + token + `</form>`: 0, `<form method="post"></form>`: 1, `<form></form>`: 1, `<form method="post">` + token + token + `</form>`: 1,
		`<form method="get"></form>`: 0, `<form method="get">` + token + `</form>`: 1,
	} {
		if got, _ := tokenless(page); len(got) != want {
			t.Errorf("%s: %q", page, got)
		}
	}
}

// The headers that go with every answer, whoever asks and whatever comes of it.
func TestEveryDoorSetsItsHeaders(t *testing.T) {
	t.Parallel()
	for _, a := range everyDoor(t).asked {
		for _, wrong := range unguarded(a.reply, a.caller != "nobody", a.route) {
			t.Errorf("line %d: %s as %s: %s", a.line, a.route, a.caller, wrong)
		}
	}
}

// inline is what the policy of the pages would stop: script or style within a page.
var inline = regexp.MustCompile(`(?i)<script(?:\s[^>]*)?>[^<]|<style|\sstyle=|\son[a-z]+=["']|javascript:`)

// plainName is how a file that is given out is named: nothing in it has to be written in another way.
var plainName = regexp.MustCompile(`^attachment; filename="[A-Za-z0-9][A-Za-z0-9._-]*"$`)

func unguarded(a reply, signedIn bool, route string) (out []string) {
	for name, want := range map[string]string{
		"Content-Security-Policy": "frame-ancestors 'none'", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Permissions-Policy": "camera=()",
	} {
		if got := a.header.Get(name); !strings.Contains(got, want) {
			out = append(out, fmt.Sprintf("%s is %q", name, got))
		}
	}
	for _, unsafe := range []string{"unsafe-inline", "unsafe-eval", "*", "http:", "https:"} {
		if csp := a.header.Get("Content-Security-Policy"); strings.Contains(csp, unsafe) {
			out = append(out, fmt.Sprintf("the policy allows %s", unsafe))
		}
	}
	for _, tells := range []string{"Server", "X-Powered-By"} {
		if got := a.header.Get(tells); got != "" {
			out = append(out, fmt.Sprintf("%s tells %q", tells, got))
		}
	}
	if origin := a.header.Get("Access-Control-Allow-Origin"); origin != "" && (route != "GET /log/" || origin != "*") {
		out = append(out, "another site may read it")
	}
	if name := a.header.Get("Content-Disposition"); name != "" && !plainName.MatchString(name) {
		out = append(out, fmt.Sprintf("the file is named %q", name))
	}
	kind := a.header.Get("Content-Type")
	if a.body != "" && kind == "" {
		out = append(out, "it does not say what it is")
	}
	if strings.HasPrefix(kind, "text/") && !strings.Contains(kind, "charset=utf-8") {
		out = append(out, fmt.Sprintf("%q names no charset", kind))
	}
	if found := inline.FindString(a.body); found != "" && strings.HasPrefix(kind, "text/html") {
		out = append(out, fmt.Sprintf("the page holds something inline: %q", found))
	}
	// What bears somebody's name, and what was answered to a form, no cache may keep.
	if pages := !slices.Contains([]string{"GET /static/", "GET /log/", "GET /healthz", "GET /readyz", "GET /metrics"}, route); signedIn && pages && a.header.Get("Cache-Control") != "no-store" {
		out = append(out, fmt.Sprintf("Cache-Control is %q", a.header.Get("Cache-Control")))
	}
	for _, c := range a.header.Values("Set-Cookie") {
		if !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") || !strings.Contains(c, "Path=/") || strings.Contains(c, "Domain=") {
			out = append(out, "cookie "+c)
		}
	}
	return out
}

func TestAPageWithoutItsGuardIsSeen(t *testing.T) {
	t.Parallel()
	bare := reply{200, http.Header{"Content-Type": {"text/html"}, "Set-Cookie": {"a=b"}, "Server": {"x"}, "Content-Disposition": {`attachment; filename="a\"b"`}}, `<p style="x">`}
	if got := unguarded(bare, true, "GET /x"); len(got) < 13 {
		t.Errorf("only %q", got)
	}
}

// A form that is larger than any of ours is not read, wherever it is sent.
func TestEveryDoorBoundsWhatItReads(t *testing.T) {
	t.Parallel()
	h := build(t)
	huge := "f.name=" + strings.Repeat("x", 2<<20)
	for _, r := range doors(t) {
		if r.method == http.MethodGet {
			continue
		}
		m := h.tell(t, r)
		before := h.stands(t)
		q := m.question(r, "supervisor")
		q.body = huge
		status, says := http.StatusUnprocessableEntity, "larger than"
		if r.route == "POST /oauth/token" { // answers programs, in the words of RFC 6749
			status, says = http.StatusBadRequest, "invalid_request"
		}
		if r.route == "POST /api/v1/documents" { // takes files, and no form: api.TestBadFilesAreRefused bounds these
			status, says = http.StatusUnsupportedMediaType, "api.media_bytes"
		}
		if q.json != "" {
			status = http.StatusRequestEntityTooLarge
		}
		if a := h.ask(t, q); a.status != status || !strings.Contains(a.body, says) {
			t.Errorf("line %d: %s: %d %.200s", r.line, r.route, a.status, a.body)
		}
		if after := h.stands(t); after != before {
			t.Errorf("line %d: %s changed something: %s, before %s", r.line, r.route, after, before)
		}
	}
}
