package app

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"nazorat/internal/db/dbtest"
	"nazorat/internal/signin"
)

// What a door does tells by its time whether something is there, though its words do not. Times are not measured here, where
// other things run: what takes the time is counted, the steps that the database is asked to take with their texts, and
// passwords that are hashed, at 64 MiB each.

// work is what was done for one answer.
type work struct {
	steps  []string
	hashes int
}

// hashes of passwords that so much memory was asked for: each takes 64 MiB, and nothing else comes near.
func hashesOf(bytes uint64) int { return int((bytes + 16<<20) / (64 << 20)) }

// watched asks, and tells what was done for the answer. It gives the session beforehand, since its beginning is no part of it.
func (h *house) watched(t *testing.T, q request) (reply, work) {
	t.Helper()
	if q.caller != "nobody" {
		q.session = h.begin(t, q.caller)
	}
	var mu sync.Mutex
	var w work
	stop := dbtest.Interpose(t, h.DB, func(s dbtest.Step) error {
		mu.Lock()
		w.steps = append(w.steps, fmt.Sprintf("%s %s", s.What, strings.Join(strings.Fields(s.Text), " ")))
		mu.Unlock()
		return s.Do()
	})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	a := h.ask(t, q)
	runtime.ReadMemStats(&after)
	stop()
	mu.Lock()
	defer mu.Unlock()
	w.hashes = hashesOf(after.TotalAlloc - before.TotalAlloc)
	return a, w
}

// tries: beside a door the office does other things at times, which pass; what a door does by itself does not.
const tries = 4

// alike asks about what is there and about what is not until both took the same work; what differs to the end is told.
func (h *house) alike(t *testing.T, there, missing request) (wrong string) {
	t.Helper()
	for range tries {
		_, one := h.watched(t, there)
		_, two := h.watched(t, missing)
		if slices.Equal(one.steps, two.steps) && one.hashes == two.hashes {
			return ""
		}
		wrong = fmt.Sprintf("--- there: %d hashes\n%s\n--- not there: %d hashes\n%s", one.hashes, strings.Join(one.steps, "\n"), two.hashes, strings.Join(two.steps, "\n"))
	}
	return wrong
}

// Whoever may not know whether something is there does not learn it from how long the answer takes: at every door that
// gives him one and the same answer, the same is done for both. Not beside other tests: their memory would be counted.
//
//nolint:paralleltest // see above
func TestNoDoorTellsByItsWorkWhatIsThere(t *testing.T) {
	h := build(t)
	asked := 0
	for _, r := range doors(t) {
		theirs := ofTheirs(r)
		for i, caller := range callers {
			if !strings.HasSuffix(r.words[i], "=") {
				continue
			}
			m := h.tell(t, r)
			for _, missing := range apart(theirs) {
				asked++
				if wrong := h.alike(t, m.question(r, caller), m.question(r, caller, missing...)); wrong != "" {
					t.Errorf("line %d: %s as %s: what is done tells whether there is %v\n%s", r.line, r.route, caller, missing, wrong)
				}
			}
		}
	}
	if asked < 60 {
		t.Errorf("only %d doors were compared", asked)
	}
}

// The doors at which nobody is signed in yet: a login that is one, and one that is none.
//
//nolint:paralleltest // memory is counted
func TestSigningInWorksAsHardForALoginThatIsNone(t *testing.T) {
	h := build(t)
	for name, form := range map[string]string{
		"a password":           "login=LOGIN&password=" + strings.ReplaceAll(housePassword, " ", "+") + "+not",
		"a code of two halves": "login=LOGIN&first=AAAA-AAAA-AAAA-AAAA&second=BBBB-BBBB-BBBB-BBBB",
	} {
		r := row{method: "POST", address: "/sign-in", form: form}
		want := 1
		if strings.HasPrefix(name, "a code") {
			r.address, want = "/sign-in/recover", 2
		}
		m := told{"LOGIN": h.make(t, "LOGIN")}
		if wrong := h.alike(t, m.question(r, "nobody"), m.question(r, "nobody", "LOGIN")); wrong != "" {
			t.Errorf("%s: %s", name, wrong)
		}
		h.write(t, `DELETE FROM sign_in_attempt`)
		if _, w := h.watched(t, m.question(r, "nobody")); w.hashes != want {
			t.Errorf("%s: %d passwords were hashed, want %d: the test sees nothing", name, w.hashes, want)
		}
	}
	// One who has no password yet is no other.
	h.write(t, `DELETE FROM sign_in_attempt`)
	m := told{"LOGIN": made{"login-of-neighbour", "login-of-ne1ghbour"}}
	r := row{method: "POST", address: "/sign-in", form: "login=LOGIN&password=a+password+that+is+none"}
	if wrong := h.alike(t, m.question(r, "nobody"), m.question(r, "nobody", "LOGIN")); wrong != "" {
		t.Errorf("an officer without a password: %s", wrong)
	}
}

// The counting itself: work that differs is seen.
//
//nolint:paralleltest // memory is counted
func TestADoorThatDoesMoreForWhatIsThereIsSeen(t *testing.T) {
	h := build(t)
	quiet := request{method: "GET", address: "/sign-in", caller: "nobody"}
	busy := request{method: "GET", address: "/", caller: "officer"}
	if wrong := h.alike(t, quiet, busy); wrong == "" {
		t.Error("a page that reads much and one that reads nothing are alike")
	}
	if wrong := h.alike(t, quiet, quiet); wrong != "" {
		t.Errorf("a page is not like itself: %s", wrong)
	}
	var before, after runtime.MemStats
	for want := range 3 {
		runtime.ReadMemStats(&before)
		for range want {
			if _, err := signin.HashPassword(housePassword); err != nil {
				t.Fatal(err)
			}
		}
		runtime.ReadMemStats(&after)
		if got := hashesOf(after.TotalAlloc - before.TotalAlloc); got != want {
			t.Errorf("%d hashes are counted as %d", want, got)
		}
	}
}
