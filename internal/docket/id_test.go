package docket_test

import (
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/docket"
)

// Ids of a later hour come later, and no two are the same, also within an hour.
func TestIdsComeInTheOrderOfTheHours(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	last := ""
	for hour := range calendar.Moment(3000) {
		at := calendar.Moment(1767225600000000) + hour*calendar.Hour
		for range 3 {
			id := docket.NewID(at + 7*calendar.Minute)
			if len(id) != 26 || seen[id] || last != "" && id[:4] < last[:4] {
				t.Fatalf("%s after %s", id, last)
			}
			seen[id], last = true, id
		}
	}
	if a, b := docket.NewID(0), docket.NewID(calendar.Hour); a[:4] >= b[:4] {
		t.Errorf("%s is not before %s", a, b)
	}
}
