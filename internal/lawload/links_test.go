package lawload_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
)

// linked loads the two laws of no country that lead to each other, the first spoilt in one place.
func linked(t *testing.T, old, new string) map[string]*procedure.Law {
	t.Helper()
	files := fstest.MapFS{}
	for _, f := range []string{"xx/court/2025-01-01.yaml", "xx/watch/2025-01-01.yaml", "calendars/xx.yaml", "places/xx.yaml"} {
		data, err := os.ReadFile("../scenario/testdata/laws/" + f)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		if f == "xx/court/2025-01-01.yaml" {
			if !strings.Contains(text, old) {
				t.Fatalf("the law does not say %q", old)
			}
			text = strings.Replace(text, old, new, 1)
		}
		files[f] = &fstest.MapFile{Data: []byte(text)}
	}
	out := map[string]*procedure.Law{}
	for _, n := range []string{"xx/court", "xx/watch"} {
		law, _, err := lawload.Load(files, n)
		if err != nil {
			t.Fatal(err)
		}
		out[n] = law
	}
	return out
}

func TestEveryLinkThatLeadsNowhereIsNamed(t *testing.T) {
	t.Parallel()
	if wrong := lawload.CheckLinks(linked(t, "Act 1", "Act 1")); len(wrong) > 0 {
		t.Fatalf("nothing is wrong: %v", wrong)
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"another law", "procedure: xx/watch,", "procedure: xx/wacht,", `there is no law "xx/wacht" to do open_watch in; was "xx/watch" meant?`},
		{"another act", "act: open_watch,", "act: open_wach,", `xx/watch has no act "open_wach" on 2025-01-01; was "open_watch" meant?`},
		{"an act that opens nothing", "act: open_watch, when: \"act.reasons != 'none'\", form: { about: act.reasons }", "act: look", `look is done in a proceeding, and the link says not in which; say to: act.x, a field of type proceeding`},
		{"a field that is not there", "form: { about: act.reasons }", "form: { about: act.reasons, abuot: act.reasons }", `the form of open_watch has no field "abuot"; was "about" meant?`},
		{"a field that is left out", ", form: { about: act.reasons }", "", `open_watch asks for "about", and the link does not say it; fill it in under form:`},
		{"what nobody takes", "takes: [person, hold]", "takes: [person]", `take_in does not take over a hold; say takes: [hold] there`},
		{"an act that opens", "act: take_in, to: act.main, form: { from: proceeding.about }, carries: [person, hold]", "act: register, to: act.main, form: { about: proceeding.about }", `register opens a proceeding: it is done in none that there is; leave out to:`},
		{"an act on a thing", "act: take_in, to: act.main, form: { from: proceeding.about }, carries: [person, hold]", "act: free, to: act.main", `free is done on a hold, and a link knows only the proceeding; link to an act on the case`},
		{"nobody may do both", "  answer: { article: Act 2, by: [clerk]", "  answer: { article: Act 2, by: [judge]", "nobody who may do answer may do open_watch in xx/watch"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			wrong := lawload.CheckLinks(linked(t, c.old, c.new))
			if len(wrong) != 1 || !strings.HasSuffix(wrong[0].String(), c.want) || !strings.HasPrefix(wrong[0].String(), "xx/court/2025-01-01.yaml:") {
				t.Errorf("got  %v\nwant %s", wrong, c.want)
			}
		})
	}
}

func TestALinkIsHeldAgainstEveryEditionThatItMeets(t *testing.T) {
	t.Parallel()
	laws := linked(t, "Act 1", "Act 1")
	files := fstest.MapFS{}
	for _, f := range []string{"xx/watch/2025-01-01.yaml", "calendars/xx.yaml"} {
		data, err := os.ReadFile("../scenario/testdata/laws/" + f)
		if err != nil {
			t.Fatal(err)
		}
		files[f] = &fstest.MapFile{Data: data}
	}
	files["xx/watch/2027-01-01.yaml"] = &fstest.MapFile{Data: []byte("procedure: xx/watch\nin_force: 2027-01-01\nbased_on: 2025-01-01\nacts:\n  open_watch: { article: Act 1, by: [clerk], opens: matter, form: { about: text, why: text }, sets: { about: act.about } }\n")}
	law, _, err := lawload.Load(files, "xx/watch")
	if err != nil {
		t.Fatal(err)
	}
	laws["xx/watch"] = law
	if wrong := lawload.CheckLinks(laws); len(wrong) != 1 || !strings.HasSuffix(wrong[0].String(), `open_watch asks for "why", and the link does not say it; fill it in under form:`) {
		t.Errorf("got %v", wrong)
	}
}

// What a link fills in must be what the field takes: else the act there would be refused, and with it the act here.
func TestWhatALinkFillsInIsOfTheTypeThatIsWanted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ value, field, want string }{
		{"act.reasons", "text", ""},
		{"proceeding.where", "text", ""},
		{"proceeding.where", "place", ""},
		{"proceeding.damage", "money", ""},
		{"proceeding.damage + proceeding.damage", "money", ""},
		{"act.done", "moment", ""},
		{"plus(proceeding.heard, '10d')", "date", ""},
		{"proceeding.heard", "moment", ""},
		{"officer.office", "office", ""},
		{"'arson'", "{ choice: [theft, arson] }", ""},
		{"has(proceeding.where) ? 'arson' : 'theft'", "{ choice: [theft, arson] }", ""},
		{"act.reasons", "date", `the field "about" of open_watch is of type date, and act.reasons of type text`},
		{"act.done", "date", `the field "about" of open_watch is of type date, and act.done of type moment`},
		{"plus(proceeding.heard, '10h')", "date", `the field "about" of open_watch is of type date, and plus(proceeding.heard, '10h') of type moment`},
		{"proceeding.heard", "text", `the field "about" of open_watch is of type text, and proceeding.heard of type date`},
		{"proceeding.damage", "number", `the field "about" of open_watch is of type number, and proceeding.damage of type money`},
		{"count.person.all", "money", `the field "about" of open_watch is of type money, and count.person.all of type number`},
		{"proceeding.where", "article", `the field "about" of open_watch is of type article, and proceeding.where of type place`},
		{"'arsn'", "{ choice: [theft, arson] }", `the field "about" of open_watch does not take "arsn"; was "arson" meant?`},
		{"has(proceeding.where) ? 'arson' : 'rape'", "{ choice: [theft, arson] }", `the field "about" of open_watch does not take "rape"; known: theft, arson`},
	} {
		t.Run(c.value+" to "+c.field, func(t *testing.T) {
			t.Parallel()
			files := fstest.MapFS{}
			for _, f := range []string{"xx/court/2025-01-01.yaml", "xx/watch/2025-01-01.yaml", "calendars/xx.yaml", "places/xx.yaml"} {
				data, err := os.ReadFile("../scenario/testdata/laws/" + f)
				if err != nil {
					t.Fatal(err)
				}
				text := strings.Replace(string(data), "where: place,", "where: place, heard: date,", 1)
				text = strings.Replace(text, "form: { about: act.reasons }", `form: { about: "`+c.value+`" }`, 1)
				text = strings.Replace(text, "fields: { about: text }", "fields: {}", 1)
				text = strings.Replace(text, "    form: { about: text }\n    sets: { about: act.about }\n", "    form: { about: "+c.field+" }\n", 1)
				files[f] = &fstest.MapFile{Data: []byte(text)}
			}
			laws := map[string]*procedure.Law{}
			for _, n := range []string{"xx/court", "xx/watch"} {
				law, _, err := lawload.Load(files, n)
				if err != nil {
					t.Fatal(err)
				}
				laws[n] = law
			}
			wrong := lawload.CheckLinks(laws)
			switch {
			case c.want == "" && len(wrong) > 0:
				t.Errorf("nothing is wrong: %v", wrong)
			case c.want != "" && (len(wrong) != 1 || !strings.HasSuffix(wrong[0].String(), c.want)):
				t.Errorf("got  %v\nwant %s", wrong, c.want)
			}
		})
	}
}
