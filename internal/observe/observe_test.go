package observe_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/eventlog"
	"nazorat/internal/fault"
	"nazorat/internal/lawtext"
	"nazorat/internal/observe"
)

var update = flag.Bool("update", false, "write the golden files anew")

func town() observe.Options {
	return observe.Options{Laws: os.DirFS("testdata/laws"), Law: "town/permits", Log: "testdata/permits.csv"}
}

func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (go test -update writes it anew); got:\n%s", file, got)
	}
}

func TestSmallLogGivesTheWholeReportAsJSONAndText(t *testing.T) {
	t.Parallel()
	rep, err := observe.Run(context.Background(), town())
	if err != nil {
		t.Fatal(err)
	}
	js, err := json.MarshalIndent(rep, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/permits.json.golden", append(js, '\n'))
	var text bytes.Buffer
	if err := rep.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/permits.txt.golden", text.Bytes())
}

// The figures that can be worked out by hand from permits.csv.
func TestEveryDeadlineHasOneEnd(t *testing.T) {
	t.Parallel()
	rep, err := observe.Run(context.Background(), town())
	if err != nil {
		t.Fatal(err)
	}
	for _, term := range rep.Terms {
		if sum := term.InTime + term.Late + term.FellAway + term.Open + term.Stopped; sum != term.Started {
			t.Errorf("%s: %d started, %d ended in some way", term.Name, term.Started, sum)
		}
	}
	deciding := termOf(t, rep, "deciding")
	if deciding.Late != 2 || deciding.LastDay != 1 || deciding.After != 1 || deciding.FellAway != 1 || deciding.Open != 3 || deciding.Overdue != 2 {
		t.Errorf("deciding: %+v", deciding)
	}
	if o := termOf(t, rep, "objection"); o.Before != 1 || o.InTime != 1 {
		t.Errorf("an objection before the decision counts as one in time: %+v", o)
	}
	if d := deviationOf(rep, "give_paper.no_such_thing", "give_paper"); d.Count != 1 || d.Article != "PL 4" || d.Examples[0] != "no-paper" {
		t.Errorf("a paper that nobody wanted: %+v", d)
	}
	for _, d := range rep.Deviations {
		if d.Name == "fee_paid" {
			t.Errorf("a fee that is not known is no deviation: %+v", d)
		}
	}
	if len(rep.Undecided) != 1 || rep.Undecided[0].Name != "fee_paid" || rep.Undecided[0].Count != 2 {
		t.Errorf("undecided: %+v", rep.Undecided)
	}
	if rep.Bad.Values != 2 || len(rep.Bad.Places) != 2 || !strings.Contains(rep.Bad.Places[0]+rep.Bad.Places[1], `"much" is no money`) {
		t.Errorf("values that are none: %+v", rep.Bad)
	}
}

func termOf(t *testing.T, r *observe.Report, name string) observe.Term {
	t.Helper()
	for _, x := range r.Terms {
		if x.Name == name {
			return x
		}
	}
	t.Fatalf("the report has no term %s", name)
	return observe.Term{}
}

func deviationOf(r *observe.Report, name, act string) observe.Deviation {
	for _, d := range r.Deviations {
		if d.Name == name && (act == "" || d.Act == act) {
			return d
		}
	}
	return observe.Deviation{Examples: []string{""}}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestUnmappedActivityIsCountedAndAnErrorBesideTheReport(t *testing.T) {
	t.Parallel()
	o := town()
	o.Log = write(t, "log.csv", "permit,what,day\na,Asked desk,2024-01-02\na,Danced,2024-01-03\nb,Danced,2024-01-03\nb,Sang,2024-01-03\n")
	rep, err := observe.Run(context.Background(), o)
	if !errors.Is(err, observe.ErrUnmapped) || !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "Danced") {
		t.Fatalf("error: %v", err)
	}
	if rep == nil || len(rep.Unmapped) != 2 || rep.Unmapped[0] != (observe.Named{Name: "Danced", Count: 2}) {
		t.Fatalf("report: %+v", rep)
	}
	var text bytes.Buffer
	if err := rep.WriteText(&text); err != nil || !strings.Contains(text.String(), "2  Danced") {
		t.Errorf("text: %v\n%s", err, text.String())
	}
}

func TestBrokenEventIsLeftOutOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	o := town()
	o.Log = write(t, "log.csv", "permit,what,day,fee\na,Asked desk,2024-01-02,1\na,Decided,on Friday,\n")
	rep, err := observe.Run(context.Background(), o)
	var bad *eventlog.Error
	if rep != nil || !errors.As(err, &bad) || bad.Line != 3 {
		t.Fatalf("without GoOn: %v, %v", rep, err)
	}
	o.GoOn = true
	rep, err = observe.Run(context.Background(), o)
	if err != nil || rep.Bad.Events != 1 || rep.Events != 1 || len(rep.Bad.Places) != 1 || !strings.Contains(rep.Bad.Places[0], "3") {
		t.Fatalf("with GoOn: %+v, %v", rep, err)
	}
}

func TestLogCutOffInTheMiddleGivesNoReport(t *testing.T) {
	t.Parallel()
	o := town()
	o.Log = write(t, "log.xes", `<log><trace><string key="concept:name" value="a"/><event>`)
	if rep, err := observe.Run(context.Background(), o); rep != nil || err == nil {
		t.Fatalf("%v, %v", rep, err)
	}
}

func TestCancelledRunStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(context.Background())
	why := errors.New("enough")
	cancel(why)
	if _, err := observe.Run(ctx, town()); !errors.Is(err, why) {
		t.Fatalf("error: %v", err)
	}
}

func TestEmptyLogIsAReportOfNothing(t *testing.T) {
	t.Parallel()
	o := town()
	o.Log = write(t, "log.xes", `<log xes.version="1.0"></log>`)
	rep, err := observe.Run(context.Background(), o)
	if err != nil || rep.Cases != 0 || len(rep.Deviations) != 0 {
		t.Fatalf("%+v, %v", rep, err)
	}
	if err := rep.WriteText(&bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
}

func TestProgressReachesTheEndOfTheFile(t *testing.T) {
	t.Parallel()
	o := town()
	var last, total int64
	o.Progress = func(r, t int64) { last, total = r, t }
	if _, err := observe.Run(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	if last == 0 || last != total {
		t.Errorf("read %d of %d", last, total)
	}
}

func TestMistakeInTheMappingNamesItsPlaceAndTheCure(t *testing.T) {
	t.Parallel()
	const good = "events:\n  Asked: ask\n"
	for name, c := range map[string]struct{ text, want string }{
		"no file":             {"", "town/permits/observe.yaml: cannot be read"},
		"no yaml":             {"events: [", "observe.yaml:1: this is not YAML"},
		"unknown key":         {"evnts: {}\n" + good, `observe.yaml:1:1: there is no key "evnts"; was "events" meant?`},
		"no events":           {"log: { case: x }\n", "maps no events"},
		"unknown act":         {"events:\n  Asked: aks\n", `observe.yaml:2:10: there is no act "aks"; was "ask" meant?`},
		"unknown field":       {"events:\n  Asked:\n    act: ask\n    form: { fe: x }\n", `observe.yaml:4:13: there is no field of ask "fe"; was "fee" meant?`},
		"unknown term":        {good + "terms: { decidng: { counts: done_after } }\n", `there is no term "decidng"; was "deciding" meant?`},
		"unknown counting":    {good + "terms: { deciding: { counts: afterwards } }\n", `there is no way to count "afterwards"`},
		"given twice":         {good + "  Asked: ask\n", `observe.yaml:3:3: "Asked" is given twice`},
		"no act":              {"events:\n  Asked: { form: {} }\n", `"Asked" says no act`},
		"suffix of nothing":   {"events:\n  Asked: { act: ask, form: { way: \"*\" } }\n", "this activity has none"},
		"bad constant":        {"events:\n  Asked: { act: ask, form: { way: { const: pigeon } } }\n", `"pigeon" is no choice`},
		"two sources":         {"events:\n  Asked: { act: ask, form: { way: { const: post, from: x } } }\n", "comes from one of"},
		"same_day incomplete": {good + "same_day: [decide]\n", "observe.yaml:3:11: same_day leaves out ask"},
		"opened by no opener": {good + "opened_by: decide\n", "decide opens nothing"},
		"unknown kind":        {good + "things: { papers: { key: x, added_by: want_paper } }\n", `there is no kind of thing "papers"; was "paper" meant?`},
		"act adds another":    {good + "things: { paper: { key: x, added_by: decide } }\n", "decide does not add a paper"},
		"choice of openers":   {"events:\n  Asked: [ask, decide]\n", "none may open"},
		"bad date":            {good + "log: { ends: tomorrow }\n", `date "tomorrow"`},
		"bad zone":            {good + "log: { zone: Mars/Base }\n", `unknown time zone "Mars/Base"`},
		"alias":               {"events: &e\n  Asked: ask\n", "observe.yaml:1:9: a law file says everything in full"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree := fstest.MapFS{}
			err := fs.WalkDir(os.DirFS("testdata/laws"), ".", func(p string, d fs.DirEntry, err error) error {
				if err == nil && !d.IsDir() {
					data, _ := os.ReadFile(filepath.Join("testdata/laws", p))
					tree[p] = &fstest.MapFile{Data: data}
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			delete(tree, "town/permits/observe.yaml")
			if c.text != "" {
				tree["town/permits/observe.yaml"] = &fstest.MapFile{Data: []byte(c.text)}
			}
			o := town()
			o.Laws = tree
			_, err = observe.Run(context.Background(), o)
			var ps lawtext.Problems
			if !errors.As(err, &ps) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v\n  wants %s", err, c.want)
			}
		})
	}
}
