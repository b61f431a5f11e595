package app

import (
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/access"
	"nazorat/laws"
)

// What leaves the office, as a file or on paper, and what is searched, is asked of the policies first. These tests close both
// by two policies more and go through every door of the table: a new one that gives something out, or looks for something,
// without asking is seen.

// closed are the built-in policies and two that let nobody take anything out, nor search.
func closed(t *testing.T) *access.Policies {
	t.Helper()
	return withPolicies(t, `@id("nothing-leaves") @reason("a test") @en("Nothing leaves this office.") @ru("A") @uz("A")
forbid (principal is Mandate, action in [Action::"download", Action::"take_figures"], resource);
@id("nobody-searches") @reason("a test") @en("Nobody searches in this office.") @ru("A") @uz("A")
forbid (principal is Mandate, action == Action::"search", resource);
`)
}

// withPolicies are the built-in policies and more.
func withPolicies(t *testing.T, text string) *access.Policies {
	t.Helper()
	files := fstest.MapFS{"policies/closed.cedar": {Data: []byte(text)}}
	must(t, fs.WalkDir(laws.FS, ".", func(f string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasPrefix(path.Ext(f), ".cedar") {
			return err
		}
		body, err := fs.ReadFile(laws.FS, f)
		files[f] = &fstest.MapFile{Data: body}
		return err
	}))
	p, err := access.Load(files)
	must(t, err)
	return p
}

// shown are the kinds of answers that are looked at and not kept: pages, what scripts and programs read, streams.
var shown = regexp.MustCompile(`^(text/html|application/json|application/problem\+json|text/event-stream|text/plain; charset=utf-8$|image/jpeg$)`)

// leaves reports whether an answer is made to be kept: as a file, or as a page that is made to be printed.
func leaves(a reply) bool {
	if a.status != http.StatusOK || a.body == "" {
		return false
	}
	return a.header.Get("Content-Disposition") != "" || !shown.MatchString(a.header.Get("Content-Type")) || strings.Contains(a.body, "data-print=")
}

// taken goes through all doors as those who may know of the case, and gives the routes by which something left, with who took it.
func (h *house) taken(t *testing.T, each func(r row, caller string, a reply)) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, r := range doors(t) {
		if strings.HasPrefix(r.words[0], "200") {
			continue // it is anybody's
		}
		for i, caller := range callers {
			if r.words[i] == "-" || !sees[caller] {
				continue
			}
			a := h.ask(t, h.tell(t, r).question(r, caller))
			if leaves(a) {
				out[r.route] = append(out[r.route], caller)
			}
			if each != nil {
				each(r, caller, a)
			}
		}
	}
	return out
}

func TestNothingLeavesByADoorThatDoesNotAsk(t *testing.T) {
	t.Parallel()
	open := map[string][]string{}
	for _, a := range everyDoor(t).asked {
		if !strings.HasPrefix(a.words[0], "200") && sees[a.caller] && leaves(a.reply) { // what is anybody's needs no leave
			open[a.route] = append(open[a.route], a.caller)
		}
	}
	// Who takes what is said by the policies; which doors there are is said here, so that none stops being looked at.
	want := map[string][]string{
		"GET /proceedings/{id}/documents/{seq}/{field}/file": {"officer", "supervisor"}, "GET /api/v1/proceedings/{id}/entries/{seq}/documents/{field}": {"officer", "supervisor"},
		"GET /figures/table.csv":                         {"officer", "supervisor", "administrator", "general"},
		"GET /figures/table.xlsx":                        {"officer", "supervisor", "administrator", "general"},
		"GET /proceedings/{id}/receipts/{seq}":           {"officer", "supervisor"},
		"GET /proceedings/{id}/receipts/{seq}/file":      {"officer", "supervisor"},
		"GET /proceedings/{id}/things/{kind}/{no}/label": {"officer", "supervisor"},
		"GET /service/export.csv":                        {"administrator"},
	}
	if !maps.EqualFunc(open, want, slices.Equal[[]string]) {
		t.Errorf("what leaves, and with whom: %v; this test knows of %v", open, want)
	}
	h := buildUnder(t, closed(t))
	still := h.taken(t, func(r row, caller string, a reply) {
		if !slices.Contains(want[r.route], caller) {
			return
		}
		if a.status != http.StatusForbidden || !strings.Contains(a.body, "Nothing leaves this office.") {
			t.Errorf("%s as %s: %d, and it is not told which policy forbids it\n%.600s", r.route, caller, a.status, a.body)
		}
	})
	for route, who := range still {
		t.Errorf("%s lets something out with %v, whom the policies forbid it: it asks neither for access.Download nor for access.TakeFigures", route, who)
	}
	// What cannot be taken is not offered.
	for _, page := range []struct{ caller, address string }{
		{"officer", "/proceedings/" + h.proceeding}, {"officer", "/proceedings/" + h.proceeding + "/history"}, {"administrator", "/service"}, {"administrator", "/service/offices/office-police"},
		{"officer", "/figures/table?law=uz/criminal&count=cases"},
	} {
		a := h.ask(t, request{method: http.MethodGet, address: page.address, caller: page.caller})
		if a.status != http.StatusOK || strings.Contains(a.body, "/receipts/") || strings.Contains(a.body, "export.csv") || strings.Contains(a.body, "table.csv") {
			t.Errorf("%s: %d, or what may not be taken is offered", page.address, a.status)
		}
	}
}

// An answer that somebody keeps is told from one that he looks at.
func TestWhatLeavesIsSeen(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]bool{"text/html; charset=utf-8": false, "application/json": false, "text/csv; charset=utf-8": true, "image/svg+xml": true, "application/pdf": true, "text/plain": true, "": true} {
		if got := leaves(reply{200, http.Header{"Content-Type": {kind}}, "x"}); got != want {
			t.Errorf("%q leaves: %v", kind, got)
		}
	}
	printed := reply{200, http.Header{"Content-Type": {"text/html"}}, `<p data-print="Print">`}
	data := reply{200, http.Header{"Content-Type": {"application/json"}, "Content-Disposition": {"attachment"}}, "{}"}
	refused := reply{403, http.Header{"Content-Type": {"text/csv"}}, "x"}
	if !leaves(printed) || !leaves(data) || leaves(refused) {
		t.Error("a printed sheet, or a file of data, is not seen; or one that is refused is")
	}
}

func TestNobodySearchesWithoutBeingAsked(t *testing.T) {
	t.Parallel()
	open, h := build(t), buildUnder(t, closed(t))
	toCase := func(h *house, a reply) bool { return a.header.Get("Location") == "/proceedings/"+h.proceeding }
	says := func(text string) func(*house, reply) bool {
		return func(_ *house, a reply) bool { return strings.Contains(a.body, text) }
	}
	for name, c := range map[string]struct {
		method, address, form, caller string
		refused                       int
		found                         func(*house, reply) bool
	}{
		"a case by its number":                  {"GET", "/find?q=NUMBER", "", "officer", http.StatusForbidden, toCase},
		"an officer by his login":               {"GET", "/service?find=login-of-officer", "", "administrator", http.StatusForbidden, says("Name of officer")},
		"a case that another is looked at for":  {"POST", "/purpose", "proceeding=PROCEEDING&purpose=complaint&why=a+trial&number=1-1-1", "general", http.StatusUnprocessableEntity, says("There is no such proceeding")},
		"what one may not see, in an emergency": {"POST", "/emergency", "number=NUMBER&why=a+trial&lasts=15", "stranger", http.StatusForbidden, toCase},
	} {
		ask := func(h *house) reply {
			fill := strings.NewReplacer("NUMBER", h.number, "PROCEEDING", h.proceeding)
			form, err := url.ParseQuery(fill.Replace(c.form))
			must(t, err)
			return h.ask(t, request{method: c.method, address: fill.Replace(c.address), form: form, caller: c.caller})
		}
		if a := ask(open); !c.found(open, a) {
			t.Errorf("%s: where everybody searches it is not found: %d\n%.800s", name, a.status, a.body)
		}
		a := ask(h)
		if c.found(h, a) || a.status != c.refused || !strings.Contains(a.body, "Nobody searches in this office.") {
			t.Errorf("%s: %d, or it is not told which policy forbids it\n%.800s", name, a.status, a.body)
		}
	}
	// The field to search in is gone where nobody may; what is not searched is no look.
	for _, page := range []string{"/", "/cases"} {
		if a := h.ask(t, request{method: http.MethodGet, address: page, caller: "officer"}); a.status != http.StatusOK || strings.Contains(a.body, `action="/find"`) {
			t.Errorf("%s: %d, or it offers to search", page, a.status)
		}
	}
	must(t, h.Looks.Flush(t.Context()))
	must(t, open.Looks.Flush(t.Context()))
	const searches = `SELECT count(*) || '' FROM look WHERE kind = 'search'`
	if was, is := open.one(t, searches), h.one(t, searches); was == "0" || is != "0" {
		t.Errorf("%s searches are recorded where they are open, %s where they are not", was, is)
	}
}

// searchers are the rooms that look for something by what somebody typed. For a number package proceedings asks the policies itself, but for
// Found and Numbered; whoever calls those, or looks for officers, has asked.
var searchers = map[string][]string{
	"ByNumber": {"api", "finder", "looked"}, // asks
	"Search":   {"finder"},                  // asks
	"Found":    {"emergency", "portal"},     // asked before: access.Search and access.BreakGlass; and by the duty that sends a victim his code, of which whoever typed the number is told nothing
	"Numbered": {"cmd/nazorat"},             // of whoever holds the database
	"Find":     {"service"},                 // asked before: access.Search of each office
}

func TestOnlyRoomsThatAskTheirPoliciesSearch(t *testing.T) {
	t.Parallel()
	calls := regexp.MustCompile(`\.(ByNumber|Found|Numbered)\(|\bindex\.(Search)\(|\b(?:dir|Directory)\.(Find)\(`)
	found := map[string][]string{}
	for _, root := range []string{"..", "../../cmd"} {
		must(t, filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
				return err
			}
			text, err := os.ReadFile(p)
			room := strings.TrimPrefix(strings.TrimPrefix(filepath.ToSlash(filepath.Dir(p)), "../"), "../")
			for _, m := range calls.FindAllStringSubmatch(string(text), -1) {
				if name := m[1] + m[2] + m[3]; !slices.Contains(found[name], room) {
					found[name] = append(found[name], room)
				}
			}
			return err
		}))
	}
	for _, rooms := range found {
		slices.Sort(rooms)
	}
	if !maps.EqualFunc(found, searchers, slices.Equal[[]string]) {
		t.Errorf("%v search; this test knows of %v: a new one asks access.Search first", found, searchers)
	}
}
