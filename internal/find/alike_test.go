package find_test

import (
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/find"
)

func TestWhatIsThereAlreadyIsFoundInAnyScript(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		h := open(t, location)
		r := h.register(t, "Chorsu bozorida qizil velosiped oʻgʻirlandi", "Joʻrayev Toʻlqin Botir oʻgʻli")
		other := h.register(t, "A shop window was broken at night", "Petrova Anna Sergeyevna")
		h.must(t, prosecutor, r.Proceeding, "give_instructions", 0, map[string]string{"instructions": "Hiddeninstructions secretwords"})
		h.catchUp(t)
		for _, c := range []struct {
			what string
			who  access.Actor
			l    find.Likeness
			want string
		}{
			{"the same in Cyrillic", duty, find.Likeness{Texts: []string{"Чорсу бозорида менинг қизил велосипедимни ўғирлашди"}}, r.Number},
			{"the same person, spelt as in Russian", duty, find.Likeness{Texts: []string{"Something else"}, Names: []string{"Джураев Тулкин"}}, r.Number},
			{"another language, other words", duty, find.Likeness{Texts: []string{"Разбили витрину"}}, ""},
			{"the shop", duty, find.Likeness{Texts: []string{"window of the shop broken"}, Place: "1726"}, other.Number},
			{"itself", duty, find.Likeness{Texts: []string{"Chorsu bozorida qizil velosiped"}, Not: r.Proceeding}, ""},
			{"one word alone", duty, find.Likeness{Texts: []string{"velosiped"}}, ""},
			{"nothing", duty, find.Likeness{}, ""},
			{"who may not read it", stranger, find.Likeness{Texts: []string{"Chorsu bozorida qizil velosiped oʻgʻirlandi"}}, ""},
		} {
			list, err := h.Alike(t.Context(), c.who, c.l)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if len(list) > 0 {
				got = list[0].Number
			}
			if len(list) > 1 || got != c.want {
				t.Errorf("%s: %d found, the first %q, want %q", c.what, len(list), got, c.want)
			}
		}
		list, err := h.Alike(t.Context(), duty, find.Likeness{Texts: []string{"window of the shop broken"}, Place: "1726"})
		if err != nil || len(list) != 1 || !list[0].Place || !list[0].Soon || len(list[0].Words) < 3 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}
