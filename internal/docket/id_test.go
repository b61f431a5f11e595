package docket_test

import (
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/docket"
)

// Ids of a later second come later, and no two are the same, also within a second.
func TestIdsComeInTheOrderOfTheSeconds(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	last := ""
	for second := range calendar.Moment(3000) {
		at := calendar.Moment(1767225600000000) + second*calendar.Second
		for range 3 {
			id := docket.NewID(at + 7)
			if len(id) != 26 || seen[id] || last != "" && id[:7] < last[:7] {
				t.Fatalf("%s after %s", id, last)
			}
			seen[id], last = true, id
		}
	}
	if a, b := docket.NewID(0), docket.NewID(calendar.Second); a[:7] >= b[:7] {
		t.Errorf("%s is not before %s", a, b)
	}
}
