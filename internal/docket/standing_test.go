package docket_test

import (
	"testing"

	"nazorat/internal/docket"
	"nazorat/internal/fault"
)

func TestLeafTellsWhereItsProceedingStandsNow(t *testing.T) {
	each(t, open, func(t *testing.T, h *house) {
		first := h.must(t, register("sardor"))
		h.must(t, register("malika"))
		opened := h.must(t, docket.Command{Proceeding: first.Proceeding, Act: "open_inquiry", Actor: inquirer, Form: map[string]string{"crime_article": "CC 169"}})
		for _, c := range []struct {
			of    *docket.Receipt
			act   string
			state string
		}{{first, "register_report", "inquiry"}, {opened, "open_inquiry", "inquiry"}} {
			s, err := h.Standing(t.Context(), c.of.Leaf)
			if err != nil {
				t.Fatal(err)
			}
			if s.Law != "uz/criminal" || s.Act != c.act || s.State != c.state || s.Leaf != c.of.Hash {
				t.Errorf("leaf %d: %+v", c.of.Leaf, s)
			}
		}
		if _, err := h.Standing(t.Context(), opened.Leaf+1); !fault.Is(err, fault.NotFound) {
			t.Errorf("a leaf that is not there: %v", err)
		}
	})
}
