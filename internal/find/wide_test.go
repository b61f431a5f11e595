package find_test

import (
	"fmt"
	"strings"
	"testing"

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
