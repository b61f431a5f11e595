package find_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/find"
)

// A word that stands in the names of some two hundred places, such as "district": with all their codes as keys of one
// word, a search that found nothing as it was typed came to less than no room for names that are near.
func TestAWordThatAllPlacesHaveIsNoPlace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		h := open(t, location)
		h.register(t, "A bicycle was stolen", "A. Karimov")
		h.catchUp(t)
		var codes []string
		for i := range 200 {
			codes = append(codes, fmt.Sprint(1700000+i))
		}
		for _, word := range []string{"tumani", "viloyati", "rayon"} {
			h.Place(word, codes...)
		}
		for _, typed := range []string{"tumani", "tumani viloyati", "tumani viloyati rayon", strings.Repeat("tumani ", 8)} {
			if hits, _ := h.found(t, inquirer, find.Ask{Text: typed}); len(hits) > 0 {
				t.Errorf("%q found %d", typed, len(hits))
			}
		}
		if hits, _ := h.found(t, inquirer, find.Ask{Text: "Toshkent bicycle"}); len(hits) != 1 {
			t.Errorf("the city is not found any more: %d", len(hits))
		}
	})
}

// A word of everyday life is in thousands of cases of the republic: whoever reads few of them is shown those at once, however old they are.
func TestOfAWordThatThousandsHaveAReaderOfFewFindsHisOwn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		h := open(t, location)
		h.Narrow(3, 5, 6, 4, 4)
		var own []string
		for range 3 {
			own = append(own, h.register(t, "A bicycle was stolen", "A. Karimov").Proceeding)
		}
		for range 30 {
			h.must(t, bek, "", "register_report", 0, map[string]string{"source": "statement", "applicant": "B. Petrov", "summary": "A bicycle was stolen", "assign_to": bek.Officer, "happened_in": "1726"})
		}
		h.catchUp(t)
		search := func(who access.Actor, a find.Ask) *find.Answer {
			t.Helper()
			a.Text = "bicycle"
			answer, err := h.Search(ctx, who, a)
			if err != nil {
				t.Fatal(err)
			}
			return answer
		}
		for _, c := range []struct {
			who    access.Actor
			office string
		}{{inquirer, ""}, {head, ""}, {prosecutor, ""}, {general, "iib-1"}} {
			answer := search(c.who, find.Ask{Office: c.office})
			var is []string
			for _, hit := range answer.Hits {
				is = append(is, hit.ID)
			}
			slices.Sort(is)
			if !slices.Equal(is, own) || answer.Looked != 0 || !answer.ByHolder() {
				t.Errorf("%s of %q finds %v of %v at once, %d looked at, by holder: %v", c.who.Officer, c.office, is, own, answer.Looked, answer.ByHolder())
			}
		}
		if answer := search(general, find.Ask{}); answer.ByHolder() || len(answer.Hits) != 3 || answer.Next == nil {
			t.Errorf("who reads all finds %d by holder: %v", len(answer.Hits), answer.ByHolder())
		}
		if answer := search(stranger, find.Ask{Office: "iib-1"}); len(answer.Hits) != 0 {
			t.Errorf("who may read none of an office finds %d there", len(answer.Hits))
		}
	})
}

// A case of ten thousand persons that comes along with another is one entry, which cannot be followed in smaller steps.
func TestManyNamesAtOnceAreWritten(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		h := open(t, location)
		for range 2 {
			names := map[string]string{}
			for i := range 20_000 {
				names[fmt.Sprintf("name%05d", i)] = fmt.Sprintf("n%05d", i)
			}
			if err := h.db.Write(ctx, func(tx *db.Tx) error { return h.WriteNames(tx, names) }); err != nil {
				t.Fatal(err)
			}
		}
		var n int
		if err := h.db.QueryRow(ctx, `SELECT count(*) FROM find_name`).Scan(&n); err != nil || n != 20_000 {
			t.Errorf("%d names, %v", n, err)
		}
	})
}
