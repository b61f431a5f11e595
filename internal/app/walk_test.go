package app

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"nazorat/internal/web/static"
)

// walk is one way through all doors of an office, as all callers. It takes most of the time of this package, so it is gone once, and
// whatever holds for every answer is held against the answers that it brought back.
type walk struct {
	asked []asked
	wrong []string // what is not as the table says
	shown int      // how often those who may see the case were told of it
	whole bool     // it came to its end
}

// asked is what a door answered a caller.
type asked struct {
	row
	caller, word string // as the table has it; "-" where it says nothing
	reply
}

var walked struct {
	once sync.Once
	walk
}

// everyDoor gives the answers of all doors to all callers of the table.
func everyDoor(t *testing.T) *walk {
	t.Helper()
	if err := static.Check(); err != nil {
		t.Skipf("the pages cannot be served: %v", err)
	}
	walked.once.Do(func() { walked.through(t, build(t)) })
	if !walked.whole {
		t.Fatal("the walk through the doors came to no end; the test that went it says why")
	}
	return &walked.walk
}

func (w *walk) fail(format string, args ...any) {
	w.wrong = append(w.wrong, fmt.Sprintf(format, args...))
}

func (w *walk) through(t *testing.T, h *house) {
	t.Helper()
	rows := doors(t)
	w.wrong = unmatched(h.routes, rows)
	for _, r := range rows {
		for i, caller := range callers {
			if r.words[i] != "-" {
				w.door(t, h, r, caller, r.words[i])
			}
		}
	}
	for _, r := range rows { // what an officer is shown where the table asks others alone
		if officer := 3; r.words[officer] == "-" {
			w.asked = append(w.asked, asked{r, callers[officer], "-", h.ask(t, h.tell(t, r).question(r, callers[officer]))})
		}
	}
	w.whole = true
}

// tell makes what the names in a row stand for.
func (h *house) tell(t *testing.T, r row) told {
	t.Helper()
	m := told{}
	for _, name := range names.FindAllString(r.address+" "+r.form, -1) {
		if m[name].there == "" {
			m[name] = h.make(t, name)
		}
	}
	return m
}

// door asks at one door, and again for what is not there where the answer must be the same.
func (w *walk) door(t *testing.T, h *house, r row, caller, word string) {
	t.Helper()
	theirs := ofTheirs(r)
	same := strings.HasSuffix(word, "=")
	if len(theirs) > 0 && !same && !sees[caller] {
		w.fail("line %d: %s must learn nothing of %v there; write %s=", r.line, caller, theirs, word)
	}
	m := h.tell(t, r)
	before := h.stands(t)
	q := m.question(r, caller)
	a := h.ask(t, q)
	w.asked = append(w.asked, asked{r, caller, word, a})
	if wrong := meets(a, word); wrong != "" {
		w.fail("line %d: %s %s as %s %s\n%.600s", r.line, r.method, q.address, caller, wrong, a.body)
		return
	}
	text := m.plain(q, a)
	for _, secret := range []string{h.number, theSummary, theSuspect} {
		if !strings.Contains(text, secret) {
			continue
		}
		if w.shown++; !sees[caller] {
			w.fail("line %d: %s %s tells %s of the case: %q", r.line, r.method, q.address, caller, secret)
		}
	}
	if !same {
		return
	}
	for _, missing := range apart(theirs) {
		other := m.question(r, caller, missing...)
		if got := m.plain(other, h.ask(t, other)); got != text {
			w.fail("line %d: %s %s as %s: the answer tells whether there is %v\n--- there\n%.1500s\n--- not there\n%.1500s", r.line, r.method, q.address, caller, missing, text, got)
		}
	}
	if after := h.stands(t); after != before && r.method != http.MethodGet && caller != "officer" {
		w.fail("line %d: %s %s as %s changed something: %s, before %s", r.line, r.method, q.address, caller, after, before)
	}
}
