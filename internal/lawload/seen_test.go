package lawload_test

import (
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
)

// seen is the tiny law with what it says of who may see a matter.
func seen(t *testing.T, matter, party string) fstest.MapFS {
	t.Helper()
	files := maps.Clone(tiny(t))
	text := string(files[tinyMain].Data)
	text = strings.Replace(text, "    fields: { about: text }\n", "    fields: { about: text, level: { choice: [open, shut] }, only: { choice: [one] }, why: { choice: [young] } }\n"+matter, 1)
	text = strings.Replace(text, "    fields: { name: person }\n", "    fields: { name: person, counsel: { officer: [clerk] }, anybody: officer }\n"+party, 1)
	files[tinyMain] = &fstest.MapFile{Data: []byte(text)}
	return files
}

func TestAMistakeAboutWhoMaySeeIsNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ matter, party, want string }{
		{"    secrecy: { level: levl }\n", "", `there is no field of the matter "levl"; was "level" meant?`},
		{"    secrecy: { level: about }\n", "", `the field "about" is of type text; one of type choice is wanted here`},
		{"    secrecy: { level: only }\n", "", `the field "only" has one level`},
		{"    secrecy: { level: level, because: about }\n", "", `one of type choice is wanted here`},
		{"    secrecy: { levels: level }\n", "", `there is no key "levels"`},
		{"", "    secrecy: { level: level }\n", `only the proceeding itself is closed`},
		{"", "    party: { officer: name, as: clerk }\n", `one of type officer is wanted here`},
		{"", "    party: { officer: counsel }\n", `it is not said in which role he is a party`},
		{"", "    party: { officer: counsel, as: clark }\n", `the field "counsel" holds no clark; was "clerk" meant?`},
		{"", "    party: { officer: anybody, as: clerk }\n", `the field "anybody" holds no clerk`},
		{"", "    party: { officer: counsel, as: clerk, while: [herd] }\n", `the party has no state "herd"; was "heard" meant?`},
		{"", "    asks: { office: name }\n", `the field "name" is of type person; one of type office is wanted here`},
		{"", "    asks: { officer: counsel }\n", `there is no key "officer"`},
		{"", "    asks: { while: [heard] }\n", `one word or one text is wanted here`},
	} {
		if _, _, err := lawload.Load(seen(t, c.matter, c.party), "xx/tiny"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s%s: got %v, want %s", c.matter, c.party, err, c.want)
		}
	}
}

func TestHowClosedAMatterIsAndWhoIsAPartyFollowsFromItsState(t *testing.T) {
	t.Parallel()
	law, _, err := lawload.Load(seen(t, "    secrecy: { level: level, because: why }\n", "    party: { officer: counsel, as: clerk, while: [heard] }\n"), "xx/tiny")
	if err != nil {
		t.Fatal(err)
	}
	choice := func(field, value string) func(*procedure.State) {
		return func(s *procedure.State) {
			id := law.Field(0, field)
			for int(id) >= len(s.Things[0].Fields) {
				s.Things[0].Fields = append(s.Things[0].Fields, fact.Value{})
			}
			s.Things[0].Fields[id] = fact.TextOf(fact.Choice, value)
		}
	}
	state := func(with ...func(*procedure.State)) *procedure.State {
		s := &procedure.State{Things: []procedure.Thing{{Of: procedure.None, Came: calendar.Moment(1)}}}
		for _, f := range with {
			f(s)
		}
		return s
	}
	for _, c := range []struct {
		state      *procedure.State
		level, why string
	}{
		{&procedure.State{}, "", ""},
		{state(), "", ""},
		{state(choice("level", "open"), choice("why", "young")), "", ""},
		{state(choice("level", "shut")), "shut", ""},
		{state(choice("level", "shut"), choice("why", "young")), "shut", "young"},
	} {
		if _, why := law.Because(c.state); law.Secrecy(c.state) != c.level || why != c.why {
			t.Errorf("%+v: %q because of %q", c.state, law.Secrecy(c.state), why)
		}
	}
	party := func(officer, in string) func(*procedure.State) {
		return func(s *procedure.State) {
			kind := law.Kind("party")
			fields := make([]fact.Value, len(law.Names.Fields[kind].List))
			fields[law.Field(kind, "counsel")] = fact.TextOf(fact.Officer, officer)
			s.Things = append(s.Things, procedure.Thing{Kind: kind, State: law.Editions[0].State(kind, in), Fields: fields})
		}
	}
	got := law.Parties(state(party("b", "heard"), party("a", "heard"), party("c", "known"), party("a", "heard")))
	if len(got) != 2 || got[0] != (procedure.Party{Officer: "a", As: "clerk"}) || got[1].Officer != "b" {
		t.Errorf("parties: %+v", got)
	}
}
