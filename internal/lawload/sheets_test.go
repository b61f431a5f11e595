package lawload_test

import (
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/lawload"
)

// classed is the tiny law with classes of sheets, changed in places: old, new, old, new.
func classed(t *testing.T, changes ...string) fstest.MapFS {
	t.Helper()
	files := maps.Clone(tiny(t))
	changes = append([]string{"include: [part.yaml]\n", "include: [part.yaml]\nsheets: [inner, covert]\n"}, changes...)
	for i := 0; i < len(changes); i += 2 {
		found := false
		for _, f := range []string{tinyMain, tinyPart} {
			if text := string(files[f].Data); strings.Contains(text, changes[i]) && !found {
				found = true
				files[f] = &fstest.MapFile{Data: []byte(strings.Replace(text, changes[i], changes[i+1], 1))}
			}
		}
		if !found {
			t.Fatalf("%q is not there", changes[i])
		}
	}
	return files
}

func TestALawThatTellsWhatASheetHidesIsRefused(t *testing.T) {
	t.Parallel()
	const (
		finish = "    article: Act 6\n"
		admit  = "    adds: party\n"
		party  = "    fields: { name: person }\n"
		hear   = "    on: party\n    to: heard\n"
	)
	hidden := func(s, class string) string { return s + "    sheet: " + class + "\n" }
	for name, c := range map[string]struct {
		changes []string
		want    string
	}{
		"no such class":               {[]string{finish, hidden(finish, "inmer")}, `there is no class of sheets "inmer"; was "inner" meant?`},
		"the proceeding":              {[]string{"    fields: { about: text }\n", hidden("    fields: { about: text }\n", "inner")}, "the matter is seen by whoever reads it"},
		"the act that opens":          {[]string{"    opens: matter\n", hidden("    opens: matter\n", "inner")}, "the act that opens a matter is seen"},
		"a state that is seen":        {[]string{finish, hidden(finish, "inner")}, "the state of the matter, which it changes, is seen"},
		"a thing that is seen":        {[]string{admit, hidden(admit, "inner")}, "the party that it adds would be seen"},
		"a thing that is not seen":    {[]string{party, hidden(party, "inner")}, "the sheet of admit would tell of it"},
		"another class than the kind": {[]string{party, hidden(party, "inner"), admit, hidden(admit, "inner"), hear, hidden(hear, "covert")}, "are of the class inner, and of no other"},
		"a fact that is seen":         {[]string{"    form: { note: text }\n", "    sheet: inner\n    form: { note: text }\n    sets: { about: act.note }\n"}, `the fact "about" of the matter, which it sets, is seen`},
		"who is in charge":            {[]string{"    form: { note: text }\n", "    sheet: inner\n    form: { note: text }\n    in_charge: act.note\n"}, "who is in charge, which it changes, is seen"},
		"an end that is seen":         {[]string{"    form: { note: text }\n", "    sheet: inner\n    form: { ends: { type: date, future: true } }\n", "{ prolong: { to: 1mo } }", "{ prolong: { until: act.ends } }"}, "the end of answer, which it gives, is seen"},
		"a release":                   {[]string{party, hidden(party, "inner"), admit, hidden(admit, "inner"), "    per: party\n", "    per: party\n    breach: release\n"}, "the end of hear_party sets somebody free"},
		"a field of a form":           {[]string{"    form: { note: text }\n", "    form: { note: { type: text, open: yes } }\n"}, "a field of a form is on its sheet"},
		"an open fact of a class":     {[]string{party, "    fields: { name: { type: person, open: yes } }\n    sheet: inner\n"}, `the field "name" is said to be open`},
		"opened by a text":            {[]string{"    fields: { about: text }\n", "    fields: { about: text }\n    opened: about\n"}, "one of type yes_no is wanted here"},
		"read and never opened":       {[]string{"    fields: { about: text }\n", "    fields: { about: text, open: yes_no }\n    reading: open\n"}, "only a file that was opened to the parties is read by them"},
		"opened under another kind":   {[]string{party, party + "    opened: name\n"}, "only the file of the whole is opened"},
	} {
		_, _, err := lawload.Load(classed(t, c.changes...), "xx/tiny")
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), ".yaml:") {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
	whole, _, err := lawload.Load(classed(t, party, hidden(party, "inner"), admit, hidden(admit, "inner"), "    fields: { about: text }\n", "    fields: { about: { type: text, open: yes } }\n",
		"    form: { note: text }\n", "    sheet: covert\n    form: { note: text }\n    sets: { about: act.note }\n"), "xx/tiny")
	if err != nil {
		t.Fatal(err)
	}
	e := whole.Editions[0]
	for act, want := range map[string]string{"admit": "inner", "hear": "inner", "prolong": "covert", "finish": "", "begin": ""} {
		if got := e.SheetOf(whole.Act(act)); got != want {
			t.Errorf("%s makes a sheet of the class %q, want %q", act, got, want)
		}
	}
}
