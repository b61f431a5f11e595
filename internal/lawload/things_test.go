package lawload_test

import (
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/lawload"
)

// withPlace is the tiny law with a fact of the party that names another, an act that fills it in, and a question about the whole.
func withPlace(t *testing.T, changes ...string) fstest.MapFS {
	t.Helper()
	files := maps.Clone(tiny(t))
	changes = append([]string{
		"    fields: { name: person }\n", "    fields: { name: person, knows: { thing: party }, owes: money }\n",
		"    on: party\n    to: heard\n    form: { note: optional text }\n", "    on: party\n    to: heard\n    form: { note: optional text, whom: { thing: party, while: [known] } }\n    sets: { knows: act.whom }\n",
		"    by: [chief]\n    on: matter\n    form: { note: text }\n",
		"    by: [chief]\n    on: matter\n    form: { note: { type: text, answers: finish } }\n",
		"    to: closed\n    form: { note: optional text }\n",
		"    to: closed\n    form:\n      all_heard: { type: yes_no, good: yes, checks: [{ rule: nobody_waits, if: \"count.party.known == 0 && sum.party.owes < 100\" }], kept: [answer], shown_by: [hear] }\n",
	}, changes...)
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

func TestALawNamesThingsAndAsksQuestions(t *testing.T) {
	t.Parallel()
	law, _, err := lawload.Load(withPlace(t), "xx/tiny")
	if err != nil {
		t.Fatal(err)
	}
	e := law.Editions[0]
	if f := e.Act("hear").Field("whom"); f.Kind != law.Kind("party") || len(f.While) != 1 {
		t.Errorf("the field names %+v", f)
	}
	finish := e.Act("finish")
	q := finish.Field("all_heard").Question
	if !finish.Asks() || q == nil || !q.Good || len(q.Checks) != 1 || len(q.Kept) != 1 || len(q.ShownBy) != 1 {
		t.Errorf("the question is %+v", q)
	}
	if f := e.Act("prolong").Field("note"); f.Answers != finish.ID || e.Act("prolong").Asks() {
		t.Errorf("the answer is %+v", f)
	}
}

func TestMistakesInThingsAndQuestionsAreNamed(t *testing.T) {
	t.Parallel()
	const (
		whom  = "whom: { thing: party, while: [known] }"
		knows = "knows: { thing: party }"
		asked = "all_heard: { type: yes_no, good: yes, checks: [{ rule: nobody_waits, if: \"count.party.known == 0 && sum.party.owes < 100\" }], kept: [answer], shown_by: [hear] }"
	)
	for name, c := range map[string]struct {
		changes []string
		want    string
	}{
		"no such kind":                 {[]string{whom, "whom: { thing: partie }"}, `there is no kind "partie"; was "party" meant?`},
		"no such state":                {[]string{whom, "whom: { thing: party, while: [gone] }"}, `the party has no state "gone"`},
		"the proceeding itself":        {[]string{knows, "knows: { thing: matter }"}, "the matter itself needs no name in its own file"},
		"a state under a kind":         {[]string{knows, "knows: { thing: party, while: [known] }"}, "while: is said where a field is filled in"},
		"a state of nothing":           {[]string{whom, "whom: { type: text, while: [known] }"}, `the field "whom" names none; say thing: kind`},
		"the word alone":               {[]string{whom, "whom: thing"}, `there is no type "thing"`},
		"a number for a thing":         {[]string{"sets: { knows: act.whom }", "sets: { knows: \"3\" }"}, `the field "knows" of a party names a party, and 3 is none that is named`},
		"a thing when nothing is open": {[]string{"asked_at: moment, applicant", "asked_at: moment, other: { thing: party }, applicant"}, "an act that opens a matter has no thing to name"},
		"a sum of texts":               {[]string{"sum.party.owes < 100", "sum.party.name < 100"}, `it names "name", which does not exist`},
		"a sum of nothing":             {[]string{"sum.party.owes < 100", "sum.partie.owes < 100"}, `it names "partie", which does not exist; was "party" meant?`},
		"a question about a text":      {[]string{asked, "all_heard: { type: text, shown_by: [hear] }"}, `the field "all_heard" is of type text; a question is answered by yes or no`},
		"a question about a thing":     {[]string{"whom: { thing: party, while: [known] } }", "whom: { thing: party, while: [known] }, sure: { type: yes_no, good: no } }"}, "a question is about the whole matter, and hear is not done on it"},
		"a question under a kind":      {[]string{knows, "knows: { type: yes_no, good: no }", "    sets: { knows: act.whom }\n", ""}, "good: is said where a field is filled in"},
		"a check without a name":       {[]string{"rule: nobody_waits, ", ""}, "a check needs a name; say rule: name"},
		"a check of no answer":         {[]string{"count.party.known == 0 && sum.party.owes < 100", "count.party.known"}, "gives a number where a yes_no is wanted"},
		"no such term":                 {[]string{"kept: [answer]", "kept: [answers]"}, `there is no term "answers"; was "answer" meant?`},
		"no such act":                  {[]string{"shown_by: [hear]", "shown_by: [heard]"}, `there is no act "heard"; was "hear" meant?`},
		"an answer that is no text":    {[]string{"note: { type: text, answers: finish }", "note: { type: date, answers: finish }"}, `the field "note" is of type date; what is to be answered is written as a text`},
		"an answer to nothing":         {[]string{"answers: finish", "answers: finnish"}, `there is no act "finnish"; was "finish" meant?`},
		"what may be hidden": {[]string{"include: [part.yaml]\n", "include: [part.yaml]\nsheets: [inner]\n", "    states: [known, heard]\n", "    states: [known, heard]\n    sheet: inner\n",
			"    adds: party\n", "    adds: party\n    sheet: inner\n", "    on: matter\n    form: { note: { type: text, answers: finish } }\n", "    on: matter\n    form: { about: { thing: party } }\n"},
			`the field "about" names a party, which is not seen where sheets of the class inner are not`},
	} {
		_, _, err := lawload.Load(withPlace(t, c.changes...), "xx/tiny")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %s", name, err, c.want)
		}
	}
}
