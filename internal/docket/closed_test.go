package docket_test

import (
	"errors"
	"slices"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/db"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/proceedings"
)

var (
	otabek    = actor("otabek", "defence_counsel", "bar-1")
	asVictims = access.Actor{Officer: "otabek", Role: "representative", Office: "bar-1", Mandate: "otabek-2"} // the same advocate, for victims
	nodira    = actor("nodira", "defence_counsel", "bar-1")
)

// counselled is the house with two defence counsel of a chamber that serves it.
func counselled(tb testing.TB, location string) *house {
	tb.Helper()
	h := administered(tb, location)
	for _, text := range []string{
		`INSERT INTO office (id, code, kind, path, place, name_uz, name_ru, name_en) VALUES ('bar-1', 'A1', 'bar', '/bar-1/', '1726', 'B', 'B', 'B'), ('lab-1', 'E1', 'interior', '/lab-1/', '1726', 'L', 'L', 'L'), ('lab-2', 'E2', 'interior', '/lab-2/', '1730', 'L', 'L', 'L')`,
		`INSERT INTO competence (office, role, competent) VALUES ('iib-1', 'defence_counsel', 'bar-1'), ('iib-1', 'representative', 'bar-1'), ('iib-1', 'expert_body', 'lab-1')`,
		`INSERT INTO officer (id, name, login) VALUES ('otabek', 'O', 'otabek'), ('nodira', 'N', 'nodira')`,
		`INSERT INTO mandate (id, officer, role, office, valid_from, valid_to, basis) VALUES ('otabek-1', 'otabek', 'defence_counsel', 'bar-1', 1, 0, 'f'), ('otabek-2', 'otabek', 'representative', 'bar-1', 1, 0, 'f'), ('nodira-1', 'nodira', 'defence_counsel', 'bar-1', 1, 0, 'f')`,
	} {
		h.change(tb, text)
	}
	if err := h.dir.Reload(ctx); err != nil {
		tb.Fatal(err)
	}
	return h
}

func (h *house) change(tb testing.TB, text string, args ...any) {
	tb.Helper()
	if err := h.db.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(text, args...); return err }); err != nil {
		tb.Fatal(err)
	}
}

// admit admits an officer of an office to what is secret until a day, by two administrators.
func (h *house) admit(tb testing.TB, who, one, other access.Actor, until string) (file string, admission int32) {
	tb.Helper()
	file = h.must(tb, docket.Command{Law: "uz/service", Act: "open_file", Actor: one, Form: map[string]string{"login": who.Officer, "office": who.Office}}).Proceeding
	h.must(tb, docket.Command{Proceeding: file, Act: "propose_admission", Actor: one, Form: map[string]string{"level": "secret", "from": "2026-03-02", "to": until, "order": "5-M"}})
	h.must(tb, docket.Command{Proceeding: file, Act: "confirm_admission", Thing: 1, Actor: other})
	return file, 1
}

// sees says what an officer is shown of a proceeding, in every way in which it can be shown: all or nothing.
func (h *house) sees(tb testing.TB, who access.Actor, id, number string) bool {
	tb.Helper()
	_, err := h.Proceeding(ctx, who, id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		tb.Fatal(err)
	}
	_, byNumber := h.ByNumber(ctx, who, number)
	if (err == nil) != (byNumber == nil) {
		tb.Errorf("%s: by its id %v, by its number %v", who.Officer, err, byNumber)
	}
	listed := false
	for _, office := range []string{"iib-1", "pr-1"} {
		if list, failed := h.OfOffice(ctx, who, office, proceedings.Behind{}, 50); failed == nil {
			counts, failed := h.Board(ctx, who, []string{office}, h.Now(), 1<<62)
			if failed != nil {
				tb.Fatal(failed)
			}
			list = slices.DeleteFunc(list, func(l proceedings.Listed) bool { return l.Law != "uz/criminal" })
			n, due := 0, counts[0].Soon+counts[0].Overdue
			for state, m := range counts[0].States {
				if state[:11] == "uz/criminal" {
					n += m
				}
			}
			if (n == 1) != (len(list) == 1) || (err == nil) != (len(list) == 1) || (due > 0) != (err == nil) {
				tb.Errorf("%s, %s: %d are listed, %d counted, %d due; reading: %v", who.Officer, office, len(list), n, due, err)
			}
			listed = true
		}
	}
	if !listed && err == nil && who.Office == "iib-1" {
		tb.Errorf("%s reads it and sees no list", who.Officer)
	}
	return err == nil
}

func TestAClosedCaseIsSeenByThoseWhoWorkOnItAlone(t *testing.T) { each(t, administered, closedCase) }

func closedCase(t *testing.T, h *house) {
	r := h.must(t, register("sardor"))
	everybody := []access.Actor{duty, inquirer, second, prosecutor, general}
	for _, who := range everybody {
		if !h.sees(t, who, r.Proceeding, r.Number) {
			t.Errorf("%s does not see an open case", who.Officer)
		}
	}
	h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "close_case", Actor: inquirer, Form: map[string]string{"secrecy_ground": "minor"}})
	for who, want := range map[access.Actor]bool{duty: false, inquirer: true, second: false, prosecutor: true, general: true, aziza: false} {
		if got := h.sees(t, who, r.Proceeding, r.Number); got != want {
			t.Errorf("closed: %s sees it: %v", who.Officer, got)
		}
	}
	// Who is in charge changes who sees it.
	h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "assign", Actor: prosecutor, Form: map[string]string{"assign_to": "malika"}})
	if h.sees(t, inquirer, r.Proceeding, r.Number) || !h.sees(t, second, r.Proceeding, r.Number) {
		t.Error("it is not the new officer in charge who sees it")
	}
	p, err := h.Proceeding(ctx, second, r.Proceeding)
	if err != nil || p.Secrecy != "closed" {
		t.Fatalf("%v, %q", err, p.Secrecy)
	}
	if field, why := p.Law.Because(&p.State); field != "secrecy_ground" || why != "minor" {
		t.Errorf("why: %s %s", field, why)
	}
	h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "lift_secrecy", Actor: prosecutor, Form: map[string]string{"reasons": "None took part"}})
	for _, who := range everybody {
		if !h.sees(t, who, r.Proceeding, r.Number) {
			t.Errorf("%s does not see what was opened again", who.Officer)
		}
	}
	h.fits(t)
}

func TestASecretCaseIsForThoseWhoAreAdmitted(t *testing.T) { each(t, administered, secretCase) }

func secretCase(t *testing.T, h *house) {
	r := h.must(t, register("sardor"))
	secret := docket.Command{Proceeding: r.Proceeding, Act: "make_secret", Actor: prosecutor, Form: map[string]string{"reasons": "The maps"}}
	refused := func(what, key string, c docket.Command) {
		t.Helper()
		if _, err := h.Act(ctx, c); fault.Of(err).Key != key {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("by one who is not admitted", "access.not_admitted", secret)
	zafar, lola := actor("zafar", "administrator", "pr-1"), actor("lola", "administrator", "pr-1")
	h.change(t, `INSERT INTO officer (id, name, login) VALUES ('zafar', 'Z', 'zafar'), ('lola', 'L', 'lola')`)
	h.change(t, `INSERT INTO mandate (id, officer, role, office, valid_from, valid_to, basis) VALUES ('zafar-1', 'zafar', 'administrator', 'pr-1', 1, 0, 'f'), ('lola-1', 'lola', 'administrator', 'pr-1', 1, 0, 'f')`)
	h.admit(t, prosecutor, zafar, lola, "2026-12-31")
	refused("in the charge of one who is not admitted", "access.charge_not_admitted", secret)
	file, admission := h.admit(t, inquirer, aziza, bahrom, "2026-03-20")
	h.must(t, secret)
	for who, want := range map[access.Actor]bool{duty: false, inquirer: true, second: false, prosecutor: true, general: false, aziza: false, stranger: false} {
		if got := h.sees(t, who, r.Proceeding, r.Number); got != want {
			t.Errorf("secret: %s sees it: %v", who.Officer, got)
		}
	}
	refused("into the charge of one who is not admitted", "access.charge_not_admitted", docket.Command{Proceeding: r.Proceeding, Act: "assign", Actor: prosecutor, Form: map[string]string{"assign_to": "malika"}})
	refused("an act of one who is not admitted", "proceeding.none", docket.Command{Proceeding: r.Proceeding, Act: "assign", Actor: duty, Form: map[string]string{"assign_to": "malika"}})

	// An admission has an end, and can be ended before it.
	if mine, err := h.Mine(ctx, inquirer, proceedings.After{}, 50); err != nil || len(mine) == 0 {
		t.Errorf("his work: %v, %v", mine, err)
	}
	h.set(at(t, "2026-03-21 00:00"))
	if h.sees(t, inquirer, r.Proceeding, r.Number) {
		t.Error("he sees it after his admission ended")
	}
	if mine, err := h.Mine(ctx, inquirer, proceedings.After{}, 50); err != nil || len(mine) != 0 {
		t.Errorf("his work after his admission ended: %v, %v", mine, err)
	}
	h.set(at(t, "2026-03-20 23:59"))
	if !h.sees(t, inquirer, r.Proceeding, r.Number) {
		t.Error("he does not see it on the last day of his admission")
	}
	h.must(t, docket.Command{Proceeding: file, Act: "lift_admission", Thing: admission, Actor: aziza, Form: map[string]string{"order": "9-M"}})
	if h.sees(t, inquirer, r.Proceeding, r.Number) {
		t.Error("he sees it after his admission was ended")
	}
	h.fits(t)
}

func TestASecretCaseIsHandedOverToWhoIsAdmittedAlone(t *testing.T) {
	each(t, administered, func(t *testing.T, h *house) {
		r := h.must(t, register("sardor"))
		h.must(t, register("sardor"))
		h.change(t, `INSERT INTO officer (id, name, login) VALUES ('zafar', 'Z', 'zafar'), ('lola', 'L', 'lola')`)
		h.change(t, `INSERT INTO mandate (id, officer, role, office, valid_from, valid_to, basis) VALUES ('zafar-1', 'zafar', 'administrator', 'pr-1', 1, 0, 'f'), ('lola-1', 'lola', 'administrator', 'pr-1', 1, 0, 'f')`)
		h.admit(t, prosecutor, actor("zafar", "administrator", "pr-1"), actor("lola", "administrator", "pr-1"), "2026-12-31")
		file, _ := h.admit(t, inquirer, aziza, bahrom, "2026-12-31")
		h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "make_secret", Actor: prosecutor, Form: map[string]string{"reasons": "The maps"}})
		relieve := docket.Command{Proceeding: file, Act: "relieve", Actor: aziza, Form: map[string]string{"order": "40-SH", "successor": "malika"}}
		if _, err := h.Act(ctx, relieve); err == nil || fieldKey(err) != "successor: directory.successor_not_admitted" {
			t.Errorf("to one who is not admitted: %v", err)
		}
		if mine, err := h.InCharge(ctx, inquirer, proceedings.Behind{}, 50); err != nil || len(mine) != 2 || h.roles(t, "sardor") == "" {
			t.Errorf("what was refused was done: he has %d, %v", len(mine), err)
		}
		h.admit(t, second, aziza, bahrom, "2026-12-31")
		h.must(t, relieve)
		if mine, err := h.InCharge(ctx, second, proceedings.Behind{}, 50); err != nil || len(mine) != 2 {
			t.Errorf("she has %d, %v", len(mine), err)
		}
		h.fits(t)
	})
}

func TestAWarrantMakesACounselAPartyAsLongAsItIsInTheFile(t *testing.T) {
	each(t, counselled, func(t *testing.T, h *house) {
		warrants(t, h)
		advocates(t, h)
		laboratories(t, h)
	})
}

// advocates: a victim's advocate is a party as counsel is, in a role of his own; of what the investigation hides he is told that it does, and by which article.
func advocates(t *testing.T, h *house) {
	r := h.must(t, register("sardor"))
	do := func(who access.Actor, act string, thing int32, form map[string]string) (*docket.Receipt, error) {
		return h.Act(ctx, docket.Command{Proceeding: r.Proceeding, Act: act, Thing: thing, Actor: who, Form: form})
	}
	must := func(who access.Actor, act string, thing int32, form map[string]string) {
		t.Helper()
		if _, err := do(who, act, thing, form); err != nil {
			t.Fatalf("%s: %v", act, err)
		}
	}
	must(inquirer, "open_inquiry", 0, map[string]string{"crime_article": "CC 169"})
	must(inquirer, "add_victim", 0, map[string]string{"name": "D. Aliyeva"})
	must(inquirer, "plan_task", 0, map[string]string{"what": "Question the neighbours", "by_day": "2026-04-20"})
	petition := map[string]string{"whose": "representative", "what": "Value the car anew"}
	sees := func(who access.Actor, want bool) *proceedings.Proceeding {
		t.Helper()
		p, err := h.Proceeding(ctx, who, r.Proceeding)
		list, failed := h.AsParty(ctx, who, proceedings.Behind{}, 50)
		if failed != nil || err != nil && !fault.Is(err, fault.NotFound) {
			t.Fatal(err, failed)
		}
		listed := slices.ContainsFunc(list, func(l proceedings.Listed) bool { return l.ID == r.Proceeding })
		if (err == nil) != want || listed != want {
			t.Errorf("as %s he reads it: %v; it is listed: %v", who.Role, err == nil, listed)
		}
		return p
	}
	sees(asVictims, false)
	if _, err := do(asVictims, "file_petition", 0, petition); !fault.Is(err, fault.NotFound) {
		t.Errorf("a petition before he is admitted: %v", err)
	}
	must(inquirer, "admit_representative", 1, map[string]string{"name": "O. Karimov", "capacity": "lawyer", "advocate": "otabek"})
	p := sees(asVictims, true)
	sees(otabek, false) // in this case he defends nobody
	sees(nodira, false)
	list, err := h.History(ctx, p, 1<<60, 50)
	if err != nil {
		t.Fatal(err)
	}
	hidden := 0
	for i := range list {
		if x := list[i].Hidden; x != nil {
			if hidden++; x.Article != "CPC 353" || !slices.Equal(x.Policies, []string{"uz/criminal/investigation-not-for-parties"}) {
				t.Errorf("a sheet is hidden by %q of %v", x.Article, x.Policies)
			}
		}
	}
	if hidden != 1 {
		t.Errorf("%d sheets are hidden from him", hidden)
	}
	must(asVictims, "file_petition", 0, petition)
	if _, err := do(inquirer, "end_representation", 3, map[string]string{"reasons": "He is in the way"}); err == nil {
		t.Error("the inquirer ended what an advocate does")
	}
	must(inquirer, "begin_reading", 0, nil)
	if list, err = h.History(ctx, sees(asVictims, true), 1<<60, 50); err != nil || slices.ContainsFunc(list, func(l proceedings.Logged) bool { return l.Hidden != nil }) {
		t.Errorf("the file was opened to the parties, and sheets are hidden from him: %v", err)
	}
	must(asVictims, "end_representation", 3, map[string]string{"reasons": "The agreement is over"})
	sees(asVictims, false)
	h.fits(t)
}

// laboratories: a system of a body that examines reads the case of which something is asked of it, by its id and by its number, and no other that it could be asked in.
func laboratories(t *testing.T, h *house) {
	system := func(office string) access.Client {
		return access.Client{Office: office, Scopes: []string{"experts"}, Proof: "certificate"}
	}
	one, other := h.must(t, register("sardor")), h.must(t, register("sardor"))
	reads := func(who access.Client, r *docket.Receipt, want bool) {
		t.Helper()
		_, byID := h.ProceedingFor(ctx, who, r.Proceeding)
		id, byNumber := h.NumberFor(ctx, who, r.Number)
		p, err := h.Stored(ctx, r.Proceeding)
		if err != nil {
			t.Fatal(err)
		}
		may := h.MayFetchAt(h.Now(), who, p.Resource())
		if (byID == nil) != want || (byNumber == nil) != want || want != (id == r.Proceeding) || may != want {
			t.Errorf("the system of %s: by its id %v, by its number %v, as an act would leave it %v", who.Office, byID, byNumber, may)
		}
	}
	for _, r := range []*docket.Receipt{one, other} {
		h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "open_inquiry", Actor: inquirer, Form: map[string]string{"crime_article": "CC 169"}})
		reads(system("lab-1"), r, false)
	}
	ask := map[string]string{"questions": "Whose traces are these?", "expert_body": "A laboratory"}
	h.must(t, docket.Command{Proceeding: one.Proceeding, Act: "order_examination", Actor: inquirer, Form: ask})
	reads(system("lab-1"), one, false) // of a body that is none of the service
	ask["laboratory"] = "lab-2"
	h.must(t, docket.Command{Proceeding: other.Proceeding, Act: "order_examination", Actor: inquirer, Form: ask})
	reads(system("lab-1"), other, false)
	reads(system("lab-2"), other, false) // it has no part in the cases of this office
	opened := docket.Command{Proceeding: one.Proceeding, Act: "assign_laboratory", Thing: 1, Actor: inquirer, Form: map[string]string{"laboratory": "lab-2"}}
	h.must(t, opened)
	reads(system("lab-1"), one, false)
	opened.Form["laboratory"] = "lab-1" // in the place of the other
	h.must(t, opened)
	reads(system("lab-1"), one, true)
	reads(system("lab-1"), other, false)
	reads(system("lab-2"), one, false)
	reads(access.Client{Office: "lab-1", Scopes: []string{"court", "facility", "supervision", "proceedings"}, Proof: "certificate"}, one, false)
	h.must(t, docket.Command{Proceeding: one.Proceeding, Act: "close_case", Actor: inquirer, Form: map[string]string{"secrecy_ground": "minor"}})
	reads(system("lab-1"), one, false)
	h.fits(t)
}

func warrants(t *testing.T, h *house) {
	r := h.must(t, register("sardor"))
	h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "open_inquiry", Actor: inquirer, Form: map[string]string{"crime_article": "CC 169"}})
	h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "add_suspect", Actor: inquirer, Form: map[string]string{"name": "B. Tursunov"}})
	his := func(who access.Actor) int {
		t.Helper()
		list, err := h.AsParty(ctx, who, proceedings.Behind{}, 50)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	if h.sees(t, otabek, r.Proceeding, r.Number) || his(otabek) != 0 {
		t.Error("a counsel sees a case without a warrant, because his chamber serves the office")
	}
	complain := docket.Command{Proceeding: r.Proceeding, Act: "file_complaint", Actor: otabek, Form: map[string]string{"against": "officer", "by_whom": "B. Tursunov", "what_for": "He was not let in"}}
	if _, err := h.Act(ctx, complain); !fault.Is(err, fault.NotFound) {
		t.Errorf("a complaint without a warrant: %v", err)
	}
	h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "enter_warrant", Thing: 1, Actor: inquirer, Form: map[string]string{"counsel": "otabek", "warrant_no": "117"}})
	if !h.sees(t, otabek, r.Proceeding, r.Number) || his(otabek) != 1 || h.sees(t, nodira, r.Proceeding, r.Number) || his(nodira) != 0 {
		t.Error("it is not the counsel of the warrant, and he alone, who sees the case")
	}
	other := otabek
	other.Role = "bar_chamber"
	if h.sees(t, other, r.Proceeding, r.Number) {
		t.Error("he is a party in another role too")
	}
	h.must(t, complain)
	h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "close_case", Actor: inquirer, Form: map[string]string{"secrecy_ground": "minor"}})
	if !h.sees(t, otabek, r.Proceeding, r.Number) || his(otabek) != 1 {
		t.Error("a closed case is closed to its party")
	}
	// Two warrants of one counsel: he is a party until the last has ended.
	h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "enter_warrant", Thing: 1, Actor: inquirer, Form: map[string]string{"counsel": "otabek", "warrant_no": "118"}})
	h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "end_warrant", Thing: 2, Actor: otabek, Form: map[string]string{"warrant_ends": "replaced"}})
	if his(otabek) != 1 {
		t.Error("with one of his two warrants he is no party any more")
	}
	h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "end_warrant", Thing: 4, Actor: otabek, Form: map[string]string{"warrant_ends": "replaced"}})
	if h.sees(t, otabek, r.Proceeding, r.Number) || his(otabek) != 0 {
		t.Error("he sees the case after his last warrant ended")
	}
	h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "enter_warrant", Thing: 1, Actor: inquirer, Form: map[string]string{"counsel": "otabek", "warrant_no": "119"}})
	if his(otabek) != 1 {
		t.Error("he is no party by a new warrant")
	}
	h.fits(t)
}

// What lists and policies are asked by is held against the entries.
func TestARowThatSaysOtherwiseWhoMaySeeIsFound(t *testing.T) { each(t, counselled, rowsOfWhoMaySee) }

func rowsOfWhoMaySee(t *testing.T, h *house) {
	r := h.must(t, register("sardor"))
	h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "open_inquiry", Actor: inquirer, Form: map[string]string{"crime_article": "CC 169"}})
	h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "add_suspect", Actor: inquirer, Form: map[string]string{"name": "B. Tursunov"}})
	h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "enter_warrant", Thing: 1, Actor: inquirer, Form: map[string]string{"counsel": "otabek", "warrant_no": "117"}})
	h.must(t, docket.Command{Proceeding: r.Proceeding, Act: "close_case", Actor: inquirer, Form: map[string]string{"secrecy_ground": "minor"}})
	h.fits(t)
	for what, c := range map[string][2]string{
		"how closed it is":      {`UPDATE proceeding SET secrecy = ''`, `UPDATE proceeding SET secrecy = 'closed'`},
		"who its parties are":   {`UPDATE proceeding SET parties = ''`, `UPDATE proceeding SET parties = '[["defence_counsel","otabek"]]'`},
		"one who is no party":   {`INSERT INTO party (proceeding, officer, role, opened, present) SELECT id, 'nodira', 'defence_counsel', opened, 1 FROM proceeding`, `UPDATE party SET present = 0 WHERE officer = 'nodira'`},
		"one behind the last":   {`INSERT INTO party (proceeding, officer, role, opened, present) SELECT id, 'zafar', 'defence_counsel', opened, 1 FROM proceeding`, `UPDATE party SET present = 0 WHERE officer = 'zafar'`},
		"a party that is none":  {`UPDATE party SET present = 0 WHERE officer = 'otabek'`, `UPDATE party SET present = 1 WHERE officer = 'otabek'`},
		"a deadline as if open": {`UPDATE deadline SET secrecy = ''`, `UPDATE deadline SET secrecy = 'closed'`},
	} {
		h.change(t, c[0])
		if _, err := h.CheckAll(ctx); !errors.Is(err, journal.ErrBroken) {
			t.Errorf("%s: %v", what, err)
		}
		h.change(t, c[1])
	}
	h.fits(t)
}
