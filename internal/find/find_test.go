package find_test

import (
	"strings"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/docket"
	"nazorat/internal/find"
)

// register registers a report, and opens an inquiry of it.
func (h *house) register(tb testing.TB, summary, applicant string) *docket.Receipt {
	tb.Helper()
	r := h.must(tb, duty, "", "register_report", 0, map[string]string{"source": "statement", "applicant": applicant, "summary": summary, "assign_to": "sardor", "happened_in": "1726"})
	h.must(tb, inquirer, r.Proceeding, "open_inquiry", 0, map[string]string{"crime_article": "CC 169"})
	return r
}

func TestOneBoxFindsEverything(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		h := open(t, location)
		h.Call(map[string]string{"CC": "УК"})
		r := h.register(t, "Oʻgʻirlangan telefon: +998 90 123-45-67, karta 8600 1234 5678 9012. Mashina 01 A 123 BC koʻrilgan.", "Joʻrayev Toʻlqin Botir oʻgʻli")
		other := h.register(t, "A bicycle was stolen from the yard", "Petrova Anna Sergeyevna")
		h.must(t, inquirer, r.Proceeding, "add_suspect", 0, map[string]string{"name": "Qahhorov Shuhrat Karim oʻgʻli"})
		h.catchUp(t)
		for _, c := range []struct {
			typed string
			want  *docket.Receipt
			how   find.How
		}{
			{r.Number, r, 0}, {strings.ReplaceAll(r.Number, "-", ""), r, 0}, {strings.ReplaceAll(r.Number, "-", "/"), r, 0}, {strings.TrimLeft(r.Number[strings.LastIndexByte(r.Number, '-')+1:], "0"), r, 0},
			{"Джураев Тулкин", r, 0}, {"жўраев", r, 0}, {"DZHURAEV TULKIN BOTIROVICH", r, 0}, {"Каххаров", r, 0}, {"kakhkharov shukhrat", r, 0}, {"Qahorov Shuxrat", r, 0},
			{"Петрова Анна Сергеевна", other, 0}, {"Kаххаpoв", r, 0}, {"Пeтpова", other, 0}, {"petrova", other, 0}, {"Pertova Anna", other, find.NearTogether}, {"jurayev tulqim", r, find.NearTogether}, {"Pertova velocipede bicycle", other, find.Some}, {"Pertova bicycle", other, find.Near}, {"Petrova Anna Ivanovna", other, find.Some},
			{"901234567", r, 0}, {"998901234567", r, 0}, {"90 123 45 67", r, 0}, {"8 90 123 45 67", r, 0}, {"+998 (90) 123 45 67", r, 0}, {"1234567", r, 0}, {"8600 1234 5678 9012", r, 0}, {"8600123456789012", r, 0}, {"01A123BC", r, 0}, {"01 а 123 вс", r, 0},
			{"oʻgʻirlangan", r, 0}, {"ўғирлаган", r, 0}, {"bicycle", other, 0}, {"Toshkent bicycle", other, 0}, {"169 bicycle", other, 0}, {"УК 169 stolen", other, 0}, {"CC petrova", other, 0}, {"1726 petrova", other, 0},
			{"nobody", nil, 0}, {"petrova каххаров", nil, 0}, {"7654321", nil, 0}, {"", nil, 0}, {"a", nil, 0}, {"'", nil, 0}, {"oʻgʻli", nil, 0}, {"\x00", nil, 0},
		} {
			hits, how := h.found(t, inquirer, find.Ask{Text: c.typed})
			switch {
			case c.want == nil && len(hits) > 0:
				t.Errorf("%q found %s", c.typed, hits[0].Number)
			case c.want != nil && (len(hits) != 1 || hits[0].ID != c.want.Proceeding || how > find.AsWritten && how != c.how || how <= find.AsWritten && c.how != 0):
				t.Errorf("%q found %d, in the manner %d; want %s, %d", c.typed, len(hits), how, c.want.Number, c.how)
			}
		}
		if hits, how := h.found(t, inquirer, find.Ask{Text: "petrova bicycle"}); len(hits) != 1 || how != find.AsWritten {
			t.Errorf("a person and a word: %d, %d", len(hits), how)
		}
		hits, _ := h.found(t, inquirer, find.Ask{Text: "kakhkharov telefon"})
		if len(hits) != 1 || len(hits[0].Said) != 2 {
			t.Fatalf("quoted %+v", hits)
		}
		quoted := map[string]string{}
		for _, s := range hits[0].Said {
			for _, m := range s.Marked {
				quoted[s.Act] += s.Text[m.From:m.To] + "|"
			}
		}
		if quoted["add_suspect"] != "Qahhorov|" || quoted["register_report"] != "telefon|" {
			t.Errorf("quoted %v", quoted)
		}
	})
}

func TestWhatASheetHidesIsNotFoundByIt(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		h := open(t, location)
		r := h.register(t, "A bicycle was stolen", "A. Karimov")
		h.must(t, inquirer, r.Proceeding, "add_suspect", 0, map[string]string{"name": "B. Tursunov"})
		h.must(t, inquirer, r.Proceeding, "enter_warrant", 1, map[string]string{"counsel": "otabek", "warrant_no": "117"})
		h.must(t, prosecutor, r.Proceeding, "give_instructions", 0, map[string]string{"instructions": "Hiddeninstructions"})
		h.must(t, inquirer, r.Proceeding, "intercept_in_urgency", 1, map[string]string{"begun_at": "2026-03-02T14:10", "reasons": "Covertreasons"})
		finds := func(who access.Actor, typed string) bool {
			hits, _ := h.found(t, who, find.Ask{Text: typed})
			return len(hits) == 1
		}
		look := func(instructions, reasons map[access.Actor]bool) {
			t.Helper()
			h.catchUp(t)
			for _, who := range everybody {
				reads := who != stranger && who != bek && who != nodira
				if finds(who, "tursunov") != reads {
					t.Errorf("%s finds the person: %v", who.Officer, !reads)
				}
				if finds(who, "hiddeninstructions") != instructions[who] || finds(who, "hiddeninstructions tursunov") != instructions[who] {
					t.Errorf("%s finds the instructions: %v", who.Officer, !instructions[who])
				}
				if finds(who, "covertreasons") != reasons[who] {
					t.Errorf("%s finds the reasons: %v", who.Officer, !reasons[who])
				}
			}
		}
		working := map[access.Actor]bool{duty: true, inquirer: true, second: true, head: true, prosecutor: true, general: true}
		few := map[access.Actor]bool{inquirer: true, head: true, prosecutor: true, general: true}
		look(working, few)
		h.must(t, inquirer, r.Proceeding, "begin_reading", 0, map[string]string{})
		opened := map[access.Actor]bool{otabek: true}
		for who := range working {
			opened[who] = true
		}
		open := map[access.Actor]bool{otabek: true}
		for who := range few {
			open[who] = true
		}
		look(opened, open)
		h.must(t, inquirer, r.Proceeding, "close_case", 0, map[string]string{"secrecy_ground": "minor"})
		h.catchUp(t)
		for who, want := range map[access.Actor]bool{duty: false, second: false, inquirer: true, head: true, prosecutor: true, otabek: true, stranger: false} {
			if finds(who, "tursunov") != want {
				t.Errorf("the case is closed, and %s finds it: %v", who.Officer, !want)
			}
		}
	})
}
