package amend

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/lawload"
	"nazorat/internal/observe"
	"nazorat/internal/procedure"
	"nazorat/laws"
)

const village = `procedure: town/permits
in_force: 2024-01-01
days: town
number: "{year}-{seq:6}"
cites: { PL: "Permits Law" }
kinds:
  permit: { states: [asked, heard, decided], final: [decided] }
acts:
  ask: { article: PL 1, by: [clerk], opens: permit, form: { topic: optional text } }
  hear: { article: PL 2, by: [clerk], on: permit, from: [asked], to: heard }
  decide: { article: PL 3, by: [mayor], on: permit, from: [asked, heard], to: decided }
terms:
  deciding: { article: PL 3, starts: ask, within: 10d, rolls: next_working_day, owed_by: mayor, met_by: [decide] }
`

func draft(t testing.TB, base, text string) *Draft {
	t.Helper()
	d, err := LoadDraft(files(base), "town/permits", Text{Name: "draft.yaml", Text: []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// done is one act: "2024-03-04 10:00 role act [field=value]".
func (d *Draft) done(t testing.TB, line string) PastAct {
	t.Helper()
	w := strings.Fields(line)
	e := d.Law.Editions[0]
	at, err := e.Days.Zone().ParseMoment(w[0] + " " + w[1])
	if err != nil {
		t.Fatal(err)
	}
	r := e.Act(w[3])
	a := PastAct{Act: procedure.Act{Act: r.ID, Done: at, Recorded: at, Officer: w[2], Role: w[2], Office: "o"}}
	typed := map[string]string{}
	for _, f := range w[4:] {
		name, value, _ := strings.Cut(f, "=")
		typed[name] = value
	}
	var bad map[string]string
	if a.Form, bad = e.ReadForm(r, typed); len(bad) > 0 {
		t.Fatal(bad)
	}
	return a
}

func (d *Draft) moment(t testing.TB, s string) calendar.Moment {
	t.Helper()
	m, err := d.Edition.Days.Zone().ParseMoment(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// lived are six proceedings of Monday, 4 March 2024. Ten days end on Thursday the 14th, five on Saturday the 9th, and so on Monday the 11th.
func lived(t testing.TB, d *Draft) []*Past {
	var out []*Past
	for i, decided := range []string{"2024-03-08", "2024-03-11", "2024-03-12", "2024-03-14", "2024-03-15", ""} {
		p := &Past{Number: fmt.Sprint("P", i+1), Office: []string{"north", "south"}[i%2], Acts: []PastAct{d.done(t, "2024-03-04 10:00 clerk ask")}}
		if decided != "" {
			p.Acts = append(p.Acts, d.done(t, decided+" 10:00 mayor decide"))
		}
		out = append(out, p)
	}
	return out
}

func try(tr *Trial, past []*Past) *Report {
	l := tr.Lane()
	for _, p := range past {
		l.Try(p)
	}
	return tr.Report(l)
}

// The breaches are those that a person counts: as it was, P5 (decided on the 15th) and P6 (never) were late. With five
// days P3 and P4 (the 12th and the 14th) would have been too, and P2, on the Monday to which the end moves, would not.
func TestAShorterTermYieldsTheBreachesThatAPersonCounts(t *testing.T) {
	t.Parallel()
	d := draft(t, village, strings.NewReplacer("within: 10d", "within: 5d", "2024-01-01", "2025-01-01").Replace(village))
	for _, asOf := range []calendar.Moment{d.moment(t, "2024-04-01 00:00"), 0} {
		past := lived(t, d)
		if asOf == 0 { // the last act of all then says when the open ones are looked at
			past = append(past, &Past{Number: "P7", Office: "north", Acts: []PastAct{d.done(t, "2024-03-29 10:00 clerk ask")}})
		}
		r := try(NewTrial(d, 0, asOf), past)
		n := len(past)
		if r.Proceedings != n || r.Touched != n || r.Sum.Earlier != n || r.Sum.Later+r.Sum.Same+r.Sum.New+r.Sum.Gone != 0 {
			t.Errorf("of %d proceedings %d are touched: %+v", r.Proceedings, r.Touched, r.Sum)
		}
		want := Breaches{Before: 2, After: 4, Appear: 2}
		if r.Sum.Breaches != want || len(r.Terms) != 1 || r.Terms[0].Breaches != want || len(r.Articles) != 1 || r.Articles[0] != (ArticleLine{"PL 3", want}) {
			t.Errorf("breaches %+v, terms %+v, articles %+v", r.Sum.Breaches, r.Terms, r.Articles)
		}
		line := r.Terms[0]
		if !slices.Equal(line.Appears, []string{"P3", "P4"}) || len(line.Goes) != 0 {
			t.Errorf("a breach appears in %v, goes in %v", line.Appears, line.Goes)
		}
		if line.Median != -3 || line.Least < -5 || line.Most != -3 {
			t.Errorf("moved by %d to %d days, in the middle %d", line.Least, line.Most, line.Median)
		}
		for _, o := range r.Offices { // P3 in the north, P4 in the south; P5 north and P6 south were late as it was
			if (o.Breaches != Breaches{Before: 1, After: 2, Appear: 1}) {
				t.Errorf("%s: %+v", o.Office, o)
			}
		}
		if len(r.Offices) != 2 || len(r.Refused)+len(r.Possible)+len(r.Untold) != 0 {
			t.Errorf("offices %+v, refused %+v", r.Offices, r.Refused)
		}
		moved := 0
		for _, b := range r.Days {
			if b.Count > 0 && (!b.Early || b.To > -1) {
				t.Errorf("moved by %+v", b)
			}
			moved += b.Count
		}
		if moved != n {
			t.Errorf("the distribution has %d of %d", moved, n)
		}
	}
}

// A longer term takes breaches away: with twelve days the end is Saturday the 16th, and so Monday the 18th.
func TestALongerTermTakesBreachesAway(t *testing.T) {
	t.Parallel()
	d := draft(t, village, strings.NewReplacer("within: 10d", "within: 12d", "2024-01-01", "2025-01-01").Replace(village))
	r := try(NewTrial(d, 0, d.moment(t, "2024-04-01 00:00")), lived(t, d))
	if r.Sum.Breaches != (Breaches{Before: 2, After: 1, Go: 1}) || !slices.Equal(r.Terms[0].Goes, []string{"P5"}) || r.Terms[0].Median != 4 || r.Sum.Later != 6 {
		t.Errorf("%+v, %+v", r.Sum, r.Terms)
	}
}

func TestOnlyActsSinceTheDayGivenAreJudgedByTheDraft(t *testing.T) {
	t.Parallel()
	d := draft(t, village, strings.NewReplacer("within: 10d", "within: 5d", "2024-01-01", "2025-01-01", "by: [mayor]", "by: [clerk]", "owed_by: mayor", "owed_by: clerk").Replace(village))
	day := calendar.DateOf(2024, 3, 12)
	r := try(NewTrial(d, day, d.moment(t, "2024-04-01 00:00")), lived(t, d))
	if r.Sum.Same != 6 || r.Sum.Appear != 0 || r.Since != "2024-03-12" {
		t.Errorf("a term that began before the day is kept: %+v", r.Sum)
	}
	// Decided on the 12th, 14th and 15th by the mayor, who may no longer; on the 8th and 11th he still could.
	if len(r.Refused) != 1 || r.Refused[0].Count != 3 || r.Refused[0].Act != "decide" || r.Refused[0].Reason != "wrong_role" || !slices.Equal(r.Refused[0].Examples, []string{"P3", "P4", "P5"}) {
		t.Errorf("refused: %+v", r.Refused)
	}
}

func TestActsThatBecomePossibleAndActsThatWouldBeRefusedAreCounted(t *testing.T) {
	t.Parallel()
	d := draft(t, village, strings.NewReplacer("decide: { article: PL 3, by: [mayor], on: permit, from: [asked, heard]", "decide: { article: PL 3, by: [clerk], on: permit, from: [heard]", "owed_by: mayor", "owed_by: clerk", "2024-01-01", "2025-01-01").Replace(village))
	past := []*Past{
		{Number: "A", Acts: []PastAct{d.done(t, "2024-03-04 10:00 clerk ask"), d.done(t, "2024-03-05 10:00 clerk hear"), d.done(t, "2024-03-06 10:00 clerk decide")}},
		{Number: "B", Acts: []PastAct{d.done(t, "2024-03-04 10:00 clerk ask"), d.done(t, "2024-03-06 10:00 mayor decide")}},
	}
	r := try(NewTrial(d, 0, d.moment(t, "2024-03-07 00:00")), past)
	if len(r.Possible) != 1 || r.Possible[0].Act != "decide" || !slices.Equal(r.Possible[0].Examples, []string{"A"}) {
		t.Errorf("possible: %+v", r.Possible)
	}
	if len(r.Refused) != 1 || r.Refused[0].Count != 1 || !slices.Equal(r.Refused[0].Examples, []string{"B"}) || r.Refused[0].Article != "PL 3" {
		t.Errorf("refused: %+v", r.Refused)
	}
}

// What an old form did not ask is no refusal; a choice that is no more is one.
func TestWhatAnOldFormDidNotAskIsNotCountedAsRefused(t *testing.T) {
	t.Parallel()
	d := draft(t, village, strings.NewReplacer("topic: optional text }", "topic: text, why: text }", "2024-01-01", "2025-01-01").Replace(village))
	r := try(NewTrial(d, 0, d.moment(t, "2024-03-31 00:00")), lived(t, d))
	if len(r.Refused) != 0 || len(r.Untold) != 1 || r.Untold[0].Count != 6 || r.Untold[0].Rule != "topic, why" {
		t.Errorf("refused %+v, untold %+v", r.Refused, r.Untold)
	}
	chosen := strings.Replace(village, "topic: optional text", "topic: { choice: [house, shop] }", 1)
	d = draft(t, chosen, strings.NewReplacer("[house, shop]", "[house]", "2024-01-01", "2025-01-01").Replace(chosen))
	r = try(NewTrial(d, 0, d.moment(t, "2024-03-31 00:00")), []*Past{{Number: "S", Acts: []PastAct{d.done(t, "2024-03-04 10:00 clerk ask topic=shop")}}})
	if len(r.Refused) != 1 || r.Refused[0].Reason != "bad_form" || r.Refused[0].Rule != "topic" {
		t.Errorf("refused: %+v", r.Refused)
	}
}

func TestTheOrderAndTheLanesDoNotMatter(t *testing.T) {
	t.Parallel()
	d := draft(t, village, strings.NewReplacer("within: 10d", "within: 5d", "by: [mayor]", "by: [clerk, mayor]", "from: [asked, heard]", "from: [heard]", "2024-01-01", "2025-01-01").Replace(village))
	var past []*Past
	for i := range 10 {
		for _, p := range lived(t, d) {
			p.Number = fmt.Sprint(p.Number, "-", i)
			past = append(past, p)
		}
	}
	want, err := json.Marshal(try(NewTrial(d, 0, 0), past))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		r.Shuffle(len(past), func(i, j int) { past[i], past[j] = past[j], past[i] })
		tr := NewTrial(d, 0, 0)
		lanes := []*Lane{tr.Lane(), tr.Lane(), tr.Lane()}
		for _, p := range past {
			lanes[r.IntN(3)].Try(p)
		}
		if got, err := json.Marshal(tr.Report(lanes...)); err != nil || string(got) != string(want) {
			t.Fatalf("%v\n got %s\nwant %s", err, got, want)
		}
	}
}

// same holds that a draft which says what the law says changes nothing.
func same(t *testing.T, r *Report, atLeast int) {
	t.Helper()
	if r.Changed() || r.Sum.Earlier+r.Sum.Later+r.Sum.New+r.Sum.Gone+r.Sum.Appear+r.Sum.Go != 0 || r.Sum.Before != r.Sum.After {
		t.Errorf("the law itself changes something: %+v, terms %+v, refused %+v, possible %+v, untold %+v", r.Sum, r.Terms, r.Refused, r.Possible, r.Untold)
	}
	if r.Proceedings < atLeast || r.Sum.Same < atLeast {
		t.Errorf("%d proceedings with %d deadlines: that cannot be all", r.Proceedings, r.Sum.Same)
	}
}

// itself is the newest edition of a law as a draft.
func itself(t testing.TB, law string) *Draft {
	t.Helper()
	list, _, err := lawload.Load(laws.FS, law)
	if err != nil {
		t.Fatal(err)
	}
	text, err := laws.FS.ReadFile(list.Editions[len(list.Editions)-1].File)
	if err != nil {
		t.Fatal(err)
	}
	d, err := LoadDraft(laws.FS, law, Text{Name: "same.yaml", Text: text})
	if err != nil {
		t.Fatal(err)
	}
	diff := Diff(d.Law.Editions[len(d.Law.Editions)-2], d.Edition)
	// What an edition says of open proceedings it says of the one before it, and so it is new each time.
	diff = slices.DeleteFunc(diff, func(c Change) bool { return c.Subject == OfEdition && c.Part == "recounts" })
	if len(diff) > 0 {
		t.Errorf("%s as a draft differs: %+v", law, diff[0])
	}
	return d
}

const roadFines = "../../../shared/data/eventlogs/road_traffic_fines.xes.gz"

func TestTheLawItselfChangesNothingInTheRoadFines(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(roadFines); err != nil {
		t.Skipf("needs a log that is not part of the project: %v", err)
	}
	d := itself(t, "it/road-fines")
	last := d.Law.Editions[len(d.Law.Editions)-2]
	tr := NewTrial(d, last.InForce, 0) // since it was in force; what came before was under another
	l := tr.Lane()
	taken, err := observe.Acts(context.Background(), observe.Options{Laws: laws.FS, Law: "it/road-fines", Log: roadFines}, func(id string, acts []procedure.Act) error {
		l.Try(Of(id, acts))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	r := tr.Report(l)
	if taken.Cases != 150_370 || taken.Events != 561_470 || r.Acts != taken.Events {
		t.Errorf("%+v, %d acts", taken, r.Acts)
	}
	same(t, r, 150_000)
}

// The acts of all scenarios, those that the law allows, told once more.
func TestTheLawItselfChangesNothingInItsScenarios(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"uz/criminal", "it/road-fines", "us-il/felony"} {
		d := itself(t, name)
		last := len(d.Law.Editions) - 2
		if name == "uz/criminal" {
			last-- // the last edition changed no rule that what was done before it met: reviews came as things, where there had been facts
		}
		from := d.Law.Editions[last].InForce
		var past []*Past
		list, err := laws.FS.ReadDir(path.Join(name, "scenarios"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			text, err := laws.FS.ReadFile(path.Join(name, "scenarios", f.Name()))
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range strings.Split(string(text), "\nscenario:")[1:] {
				if p := told(d, s); p != nil && d.Edition.Days.Zone().Date(p.Acts[0].Done) >= from {
					past = append(past, p)
				}
			}
		}
		same(t, try(NewTrial(d, 0, 0), past), 5)
	}
}

// told is a scenario as a proceeding of the past: each act that is not refused. Those that speak of several proceedings are left out.
func told(d *Draft, text string) *Past {
	p := &Past{Number: strings.SplitN(text, "\n", 2)[0]}
	things := map[string]int32{"": 0}
	var run procedure.Run
	for _, line := range strings.Split(text, "\n")[1:] {
		if i := strings.Index(line, "   #"); i >= 0 {
			line = line[:i]
		}
		if line == "" || line[0] < '0' || line[0] > '9' || strings.Contains(line, "refused:") {
			continue
		}
		w := fields(line)
		if strings.Contains(w[3], ":") || strings.Contains(line, " opens ") {
			return nil
		}
		at, err := d.Edition.Days.Zone().ParseMoment(w[0] + " " + w[1])
		e := d.Base.At(at)
		if err != nil || e.Act(w[3]) == nil {
			return nil
		}
		e = d.Law.Editions[e.Index]
		r := e.Act(w[3])
		role, name, named := strings.Cut(w[2], ":")
		if !named {
			name = role
		}
		a := PastAct{Act: procedure.Act{Act: r.ID, Done: at, Recorded: at, Officer: name, Role: role, Office: "o"}}
		typed, as := map[string]string{}, ""
		for i := 4; i < len(w); i++ {
			field, value, given := strings.Cut(w[i], "=")
			switch {
			case given:
				typed[field] = value
			case w[i] == "as":
				as = w[i+1]
				i++
			default:
				a.Thing = things[w[i]]
			}
		}
		a.Form, _ = e.ReadForm(r, typed)
		n := int32(len(run.State.Things))
		if run.State.Office == "" {
			run.State.Office = "o"
		}
		if _, err := run.Apply(e, &a.Act); err != nil {
			return nil
		}
		if as != "" {
			things[as] = n
		}
		p.Acts = append(p.Acts, a)
	}
	if len(p.Acts) == 0 {
		return nil
	}
	return p
}

// fields splits a line at blanks outside quotes.
func fields(line string) []string {
	var out []string
	quoted, word := false, ""
	for _, c := range line + " " {
		switch {
		case c == '"':
			quoted = !quoted
		case c == ' ' && !quoted:
			if word != "" {
				out = append(out, word)
			}
			word = ""
		default:
			word += string(c)
		}
	}
	return out
}

func TestADraftThatDoesNotLoadIsToldWithItsOwnLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{strings.Replace(village, "met_by: [decide]", "met_by: [decidde]", 1), `draft.yaml:13:`},
		{strings.Replace(village, "in_force: 2024-01-01\n", "", 1), "in_force is missing"},
		{strings.Replace(village, "2024-01-01", "soon", 1), "draft.yaml:2: in_force: "},
		{strings.Replace(village, "town/permits", "town/papers", 1), `the draft says procedure: "town/papers"`},
		{"based_on: 2024-01-01\nprocedure: town/permits\nin_force: 2025-01-01\nterms: { deciding: ~ }\n", "draft.yaml:"}, // what becomes of it is not said
		{strings.Repeat("# a long text\n", 50_000), "is longer than 512 KiB"},
	} {
		_, err := LoadDraft(files(village), "town/permits", Text{Name: "draft.yaml", Text: []byte(c.text)})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	d := draft(t, village, "procedure: town/permits\nin_force: 2023-05-05   # before it\nbased_on: 2024-01-01\nterms:\n  deciding: { article: PL 3, starts: ask, within: 3d, owed_by: mayor, met_by: [decide] }\n")
	if d.InForce.String() != "2023-05-05" || d.Edition != d.Law.Editions[1] || d.Edition.Term("deciding").Within.N != 3 || len(d.Base.Editions) != 1 {
		t.Errorf("a draft comes last, whatever its day: %+v", d.Edition.Term("deciding"))
	}
}
