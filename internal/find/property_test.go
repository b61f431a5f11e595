package find_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/find"
	"nazorat/internal/proceedings"
)

// What random services are made of. Few words, so that they meet.
var (
	surnames  = []string{"Joʻrayev", "Джураев", "Karimov", "Каримов", "Karimova", "Petrov", "Toʻrayev", "Nazarov"}
	givens    = []string{"Toʻlqin", "Тулкин", "Anvar", "Анвар", "Anna", "Sanjar"}
	patronyms = []string{"Botir oʻgʻli", "Ботирович", "Karimovna", ""}
	things    = []string{"velosiped", "телефон +998901234567", "mashina 01A123BC", "oʻgʻirlik", "кража", "hovli", "bicycle", "karta 8600123456789012"}
	articles  = []string{"CC 169", "CC 97", "CC 168"}
	places    = []string{"1726", "1703"}
)

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func name(r *rand.Rand) string {
	return strings.TrimSpace(pick(r, surnames) + " " + pick(r, givens) + " " + pick(r, patronyms))
}

func text(r *rand.Rand) string {
	var words []string
	for range 1 + r.IntN(4) {
		words = append(words, pick(r, things))
	}
	return strings.Join(words, " ")
}

// live lets a service do what it may: some of it is refused by the law, and is no matter here.
func (h *house) live(tb testing.TB, r *rand.Rand, cases int) (ids []string) {
	tb.Helper()
	type started struct {
		id     string
		who    access.Actor
		things int32
	}
	var open []*started
	for len(ids) < cases || r.IntN(40) > 0 {
		if len(ids) < cases && (len(open) == 0 || r.IntN(4) == 0) {
			who := pick(r, []access.Actor{inquirer, second, bek})
			by := who
			receipt := h.must(tb, by, "", "register_report", 0, map[string]string{"source": "statement", "applicant": name(r), "summary": text(r), "assign_to": who.Officer, "happened_in": pick(r, places)})
			ids = append(ids, receipt.Proceeding)
			open = append(open, &started{receipt.Proceeding, who, 1})
			h.try(who, receipt.Proceeding, "open_inquiry", 0, map[string]string{"crime_article": pick(r, articles)})
			continue
		}
		c := pick(r, open)
		thing := int32(r.IntN(int(c.things) + 1))
		pros := prosecutor
		if c.who == bek {
			pros = stranger
		}
		var done bool
		switch r.IntN(11) {
		case 0, 1, 2:
			done = h.try(c.who, c.id, "add_suspect", 0, map[string]string{"name": name(r)}) != nil
		case 3:
			done = h.try(c.who, c.id, "enter_warrant", thing, map[string]string{"counsel": pick(r, []string{"otabek", "nodira"}), "warrant_no": "1"}) != nil
		case 4:
			h.try(pros, c.id, "give_instructions", 0, map[string]string{"instructions": text(r)})
		case 5:
			done = h.try(c.who, c.id, "intercept_in_urgency", thing, map[string]string{"begun_at": "2026-03-02T14:10", "reasons": text(r)}) != nil
		case 6:
			h.try(c.who, c.id, "act_in_urgency", 0, map[string]string{"what": "search", "object": text(r), "done_at": "2026-03-02T14:00", "video_recorded": "yes"})
		case 7:
			if r.IntN(3) == 0 {
				h.try(c.who, c.id, "begin_reading", 0, map[string]string{})
			}
		case 8:
			if r.IntN(2) == 0 {
				h.try(c.who, c.id, "close_case", 0, map[string]string{"secrecy_ground": "minor", "note": text(r)})
			}
		case 9:
			h.try(pick(r, []access.Actor{otabek, nodira}), c.id, "file_complaint", 0, map[string]string{"against": "officer", "by_whom": name(r), "what_for": text(r)})
		case 10:
			into := pick(r, open)
			if number, err := h.Numbers(ctx, []string{into.id}); err == nil && r.IntN(2) == 0 {
				h.try(c.who, c.id, "join_into", 0, map[string]string{"main_case": number[into.id], "note": text(r)})
			}
		}
		if done {
			c.things++
		}
	}
	return ids
}

// read is what somebody is shown who opens one proceeding after the other: the keys of all that he reads in each.
func (h *house) read(tb testing.TB, who access.Actor, ids []string) map[string]map[string]bool {
	tb.Helper()
	out := map[string]map[string]bool{}
	for _, id := range ids {
		p, err := h.Proceeding(ctx, who, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			tb.Fatal(err)
		}
		keys := map[string]bool{}
		add := func(list []string) {
			for _, key := range list {
				keys[key] = true
			}
		}
		add(find.NumberKeys(p.Number))
		entries, err := h.Entries(ctx, p, 0, 1000)
		if err != nil {
			tb.Fatal(err)
		}
		for _, e := range entries {
			if e.Hidden != nil {
				continue
			}
			for _, stored := range e.Form {
				v, err := fact.Decode(stored)
				if err != nil {
					tb.Fatal(err)
				}
				add(find.KeysOf(v))
			}
		}
		for no := range p.State.Things {
			for _, v := range p.State.Things[no].Fields {
				if no > 0 {
					add(find.KeysOf(v))
				}
			}
		}
		out[id] = keys
	}
	return out
}

// naive is what somebody finds in what he was shown.
func naive(shown map[string]map[string]bool, wants [][]string, least int) (out []string) {
	for id, keys := range shown {
		met := 0
		for _, any := range wants {
			if slices.ContainsFunc(any, func(key string) bool { return keys[key] }) {
				met++
			}
		}
		if met >= least {
			out = append(out, id)
		}
	}
	return out
}

func (h *house) names(tb testing.TB) map[string]string {
	tb.Helper()
	out := map[string]string{}
	rows, err := h.db.Query(ctx, `SELECT name, sound FROM find_name`)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name, sound string
		if err := rows.Scan(&name, &sound); err != nil {
			tb.Fatal(err)
		}
		out[name] = sound
	}
	return out
}

// query is what somebody might type.
func query(r *rand.Rand) string {
	var words []string
	if r.IntN(4) == 0 {
		words = strings.Fields(name(r))
	}
	for range 3 - r.IntN(3) - len(words) {
		word := pick(r, slices.Concat(strings.Fields(name(r)), strings.Fields(text(r)), strings.Fields(pick(r, articles)), places, []string{"Toshkent", "nobody", "169", "oʻgʻirlandi", "90 123 45 67", "2026"}))
		if r.IntN(5) == 0 && len(word) > 4 { // a typing error
			i := 1 + r.IntN(len(word)-2)
			if word[i] < 0x80 && word[i-1] < 0x80 {
				word = word[:i] + word[i+1:]
			}
		}
		words = append(words, word)
	}
	if r.IntN(4) == 0 {
		words[0] = strings.Replace(words[0], "ar", "ra", 1)
	}
	return strings.Join(words, " ")
}

// Whatever is done in a service, and whoever asks: found is what matches and may be read, sheet by sheet, whether the index
// followed each act by itself or all at once.
func TestFoundIsWhatMatchesAndMayBeRead(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		h := open(t, location)
		h.Narrow(3, 5, 5, 2, 4)
		r := rand.New(rand.NewPCG(7, 5))
		var ids []string
		tried, met, hidden, parted, manners := 0, 0, 0, 0, map[find.How]int{}
		for range 3 {
			ids = append(ids, h.live(t, r, 8)...)
			h.catchUp(t)
			names, shown := h.names(t), map[access.Actor]map[string]map[string]bool{}
			for _, who := range everybody {
				shown[who] = h.read(t, who, ids)
			}
			for range 50 {
				who, typed := pick(r, everybody), query(r)
				var want, others []string
				how := find.Together
				for ; how <= find.Some; how++ {
					if groups, least, may := h.Wants(typed, how, names); may {
						want, others = naive(shown[who], groups, least), naive(shown[general], groups, least)
					}
					if len(want) > 0 {
						break
					}
				}
				hits, got, cut := h.foundOf(t, who, find.Ask{Text: typed})
				var is []string
				for _, hit := range hits {
					is = append(is, hit.ID)
				}
				slices.Sort(is)
				slices.Sort(want)
				if cut && (got != how || len(is) == 0) { // not all was looked at, and that is said: what is found matches, as it is said to
					parted++
					groups, least, _ := h.Wants(typed, got, names)
					if want = naive(shown[who], groups, least); slices.ContainsFunc(is, func(id string) bool { return !slices.Contains(want, id) }) {
						t.Fatalf("%s types %q and finds %v in the manner %d, of which %v match", who.Officer, typed, is, got, want)
					}
					continue
				}
				if !slices.Equal(is, want) || len(want) > 0 && got != how {
					t.Fatalf("%s types %q and finds %v in the manner %d, not %v in %d", who.Officer, typed, is, got, want, how)
				}
				tried++
				if len(want) > 0 {
					met++
					manners[how]++
				}
				if len(others) > len(want) && len(want) > 0 {
					hidden++
				}
			}
		}
		t.Logf("%d queries, %d found something, of %d some did not, %d that said so looked at a part: %v", tried, met, hidden, parted, manners)
		t.Logf("%d answers by who has the cases", h.byHolder)
		if met < 40 || hidden < 15 || len(manners) < 4 || parted > tried/4 || h.byHolder < 15 {
			t.Errorf("the draw shows too little: %d queries, %d found something, of %d some did not: %v", tried, met, hidden, manners)
		}
	})
}

// What narrows an answer narrows what was found, and nothing else.
func TestFiltersLeaveWhatTheySay(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		h := open(t, location)
		h.Narrow(3, 5, 10, 4, 8)
		r := rand.New(rand.NewPCG(11, 3))
		ids := h.live(t, r, 24)
		h.catchUp(t)
		of := map[string]*proceedings.Proceeding{}
		for _, id := range ids {
			p, err := h.Proceeding(ctx, general, id)
			if fault.Is(err, fault.NotFound) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			of[id] = p
		}
		ends := h.Ends("uz/criminal")
		mid := of[slices.Sorted(maps.Keys(of))[len(of)/2]].Opened
		suspect := func(p *proceedings.Proceeding, state string) bool {
			for no := range p.State.Things {
				th := &p.State.Things[no]
				if no == 0 || p.Law.StateName(th.Kind, th.State) != state {
					continue
				}
				for _, v := range th.Fields {
					if slices.ContainsFunc(find.KeysOf(v), func(key string) bool { return key == "n"+find.Sound("Joʻrayev") }) {
						return true
					}
				}
			}
			return false
		}
		all, _ := h.found(t, general, find.Ask{Text: "Joʻrayev"})
		if len(all) < 5 {
			t.Fatalf("%d found", len(all))
		}
		for what, c := range map[string]struct {
			ask  find.Ask
			keep func(p *proceedings.Proceeding) bool
		}{
			"law":    {find.Ask{Law: "uz/criminal"}, func(*proceedings.Proceeding) bool { return true }},
			"none":   {find.Ask{Law: "uz/appeals"}, func(*proceedings.Proceeding) bool { return false }},
			"stage":  {find.Ask{Stage: "inquiry"}, func(p *proceedings.Proceeding) bool { return p.RootState == "inquiry" }},
			"office": {find.Ask{Office: "iib-2"}, func(p *proceedings.Proceeding) bool { return p.Office == "iib-2" }},
			"open":   {find.Ask{Over: find.StillOpen}, func(p *proceedings.Proceeding) bool { return !slices.Contains(ends, p.RootState) }},
			"closed": {find.Ask{Over: find.Closed}, func(p *proceedings.Proceeding) bool { return slices.Contains(ends, p.RootState) }},
			"from":   {find.Ask{From: mid}, func(p *proceedings.Proceeding) bool { return p.Opened >= mid }},
			"to":     {find.Ask{To: mid}, func(p *proceedings.Proceeding) bool { return p.Opened < mid }},
			"role":   {find.Ask{State: "suspect"}, func(p *proceedings.Proceeding) bool { return suspect(p, "suspect") }},
			"all":    {find.Ask{Law: "uz/criminal", Stage: "inquiry", Office: "iib-1", Over: find.StillOpen, From: 1, To: 1 << 60}, func(p *proceedings.Proceeding) bool { return p.RootState == "inquiry" && p.Office == "iib-1" }},
		} {
			c.ask.Text = "Joʻrayev"
			got, _ := h.found(t, general, c.ask)
			var is, want []string
			for _, hit := range got {
				is = append(is, hit.ID)
			}
			for _, hit := range all {
				if c.keep(of[hit.ID]) {
					want = append(want, hit.ID)
				}
			}
			slices.Sort(is)
			slices.Sort(want)
			if !slices.Equal(is, want) {
				t.Errorf("%s: found %v, want %v", what, is, want)
			}
		}
	})
}
