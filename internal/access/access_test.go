package access_test

import (
	"testing"

	"nazorat/internal/access"
)

// service: the general office above two regions, each above a district; the
// district prosecutor supervises the police of his district, whose judge is in a court of its own tree.
type service struct{}

var above = map[string]string{"region-1": "general", "region-2": "general", "district-1": "region-1", "district-2": "region-2"}

var competent = map[[2]string]string{
	{"police-1", "prosecutor"}: "district-1", {"police-1", "regional_prosecutor"}: "region-1", {"police-1", "judge"}: "court-1",
	{"police-2", "prosecutor"}: "district-2", {"police-2", "judge"}: "court-2",
}

func (service) Competent(office, role string) string {
	if c := competent[[2]string{office, role}]; c != "" {
		return c
	}
	return office
}

func (service) IsUnder(id, top string) bool {
	for ; id != ""; id = above[id] {
		if id == top {
			return true
		}
	}
	return false
}

func TestWhoReachesAProceeding(t *testing.T) {
	t.Parallel()
	matter := access.Resource{Office: "police-1", Supervisor: "district-1"}
	for _, c := range []struct {
		role, office string
		read, act    bool
	}{
		{"inquirer", "police-1", true, true},
		{"prosecutor", "district-1", true, true},
		{"regional_prosecutor", "region-1", true, true},
		{"prosecutor", "region-1", true, false}, // the region sees it; the district's prosecutor has it
		{"prosecutor", "general", true, false},  // so does the general office
		{"prosecutor", "district-2", false, false},
		{"regional_prosecutor", "region-2", false, false},
		{"inquirer", "police-2", false, false},
		{"judge", "court-1", true, true},
		{"judge", "court-2", false, false},
		{"prosecutor", "police-1", true, false}, // a role that another office has for this one
		{"inquirer", "court-1", false, false},   // his office has a role for it, and it is not his
		{"inquirer", "", false, false},
	} {
		s := access.Subject{Officer: "o", Role: c.role, Office: c.office}
		if got := access.MayRead(service{}, s, matter); got != c.read {
			t.Errorf("%s of %q may read: %v", c.role, c.office, got)
		}
		if got := access.MayAct(service{}, s, matter); got != c.act {
			t.Errorf("%s of %q may act: %v", c.role, c.office, got)
		}
	}
}

// That an office has some role for another opens single proceedings to whoever holds that role, not the other's board and lists to everybody in it.
func TestAPartInProceedingsIsNoViewOfTheOffice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		role, office string
		want         bool
	}{
		{"inquirer", "police-1", true},
		{"prosecutor", "district-1", true},
		{"prosecutor", "region-1", true},
		{"judge", "court-1", false},
		{"inquirer", "police-2", false},
	} {
		if got := access.MayReadOffice(service{}, access.Subject{Officer: "o", Role: c.role, Office: c.office}, "police-1", "district-1"); got != c.want {
			t.Errorf("%s of %s sees the board of police-1: %v", c.role, c.office, got)
		}
	}
}
