package find_test

import (
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/db"
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
		h.must(t, inquirer, r.Proceeding, "add_suspect", 0, map[string]string{"name": "Petrov Petr"})
		h.must(t, inquirer, r.Proceeding, "enter_warrant", 1, map[string]string{"counsel": "otabek", "warrant_no": "1"})
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
			{"words of a sheet that he sees", duty, find.Likeness{Texts: []string{"hiddeninstructions secretwords"}}, r.Number},
			{"words of a sheet that is hidden from him", otabek, find.Likeness{Texts: []string{"hiddeninstructions secretwords"}}, ""},
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

// No act of the law names a place on a sheet that is hidden from somebody today: the row is written as the index would write it.
func TestThePlaceOfAHiddenSheetMakesNothingAlike(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		h := open(t, location)
		r := h.register(t, "Chorsu bozorida qizil velosiped", "Petrova Anna")
		h.must(t, inquirer, r.Proceeding, "add_suspect", 0, map[string]string{"name": "Petrov Petr"})
		h.must(t, inquirer, r.Proceeding, "enter_warrant", 1, map[string]string{"counsel": "otabek", "warrant_no": "1"})
		sheet := h.must(t, prosecutor, r.Proceeding, "give_instructions", 0, map[string]string{"instructions": "Look there"})
		h.catchUp(t)
		err := h.db.Write(ctx, func(tx *db.Tx) error {
			n, err := tx.Exec(`INSERT INTO find_word (word, no, seq, source) SELECT DISTINCT $1, no, seq, source FROM find_word WHERE seq = $2`, find.PlaceKey("1703"), sheet.Seq)
			if err == nil && n == 0 {
				t.Error("no row of the sheet is in the index")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for who, want := range map[*access.Actor]bool{&prosecutor: true, &otabek: false} {
			list, err := h.Alike(ctx, *who, find.Likeness{Texts: []string{"qizil velosiped bozorida"}, Place: "1703"})
			if err != nil || len(list) != 1 || list[0].Number != r.Number {
				t.Fatalf("%s: %+v, %v", who.Officer, list, err)
			}
			if list[0].Place != want {
				t.Errorf("to %s it is of the place: %v, want %v", who.Officer, list[0].Place, want)
			}
		}
	})
}
