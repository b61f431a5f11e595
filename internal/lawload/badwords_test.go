package lawload_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/lawload"
)

const (
	courtMain   = "xx/court/2025-01-01.yaml"
	watchMain   = "xx/watch/2025-01-01.yaml"
	courtPlaces = "places/xx.yaml"
)

func TestEveryMistakeInTheOtherWordsIsNamedWithItsPlace(t *testing.T) {
	t.Parallel()
	for _, c := range append(slices.Clone(badWords), badMeanings...) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			files := fstest.MapFS{}
			for _, f := range []string{courtMain, watchMain, courtPlaces, "calendars/xx.yaml"} {
				data, err := os.ReadFile("../scenario/testdata/laws/" + f)
				if err != nil {
					t.Fatal(err)
				}
				text := string(data)
				if f == c.file {
					if strings.Count(text, c.old) != 1 {
						t.Fatalf("%q occurs %d times in %s", c.old, strings.Count(text, c.old), c.file)
					}
					text = strings.Replace(text, c.old, c.new, 1)
				}
				files[f] = &fstest.MapFile{Data: []byte(text)}
			}
			law := "xx/court"
			if c.file == watchMain {
				law = "xx/watch"
			}
			_, _, err := lawload.Load(files, law)
			if err == nil {
				t.Fatal("it loaded")
			}
			if got, want := err.Error(), strings.Join(c.want, "\n"); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func TestATransitionOfWhatIsNotThereIsNamed(t *testing.T) {
	t.Parallel()
	load := func(transition string) error {
		files := tiny(t)
		files["xx/tiny/2026-01-01.yaml"] = &fstest.MapFile{Data: []byte("procedure: xx/tiny\nin_force: 2026-01-01\nbased_on: 2025-01-01\nkinds:\n  paper: { states: [drawn_up] }\ntransition: " + transition + "\n")}
		_, _, err := lawload.Load(files, "xx/tiny")
		return err
	}
	for transition, want := range map[string]string{
		"{ states: { paper: { drown_up: drawn_up } } }": `xx/tiny/2026-01-01.yaml:6:34: there is no state of the edition before "drown_up"`,
		"{ recount: [answer], end: [answer] }":          `xx/tiny/2026-01-01.yaml:6:25: answer cannot be counted anew and fall away; leave it out of recount: or of end:`,
	} {
		if err := load(transition); err == nil || err.Error() != want {
			t.Errorf("%s: got %v\nwant %s", transition, err, want)
		}
	}
}

func TestASwitchOnWhichNothingHangsIsWarnedOf(t *testing.T) {
	t.Parallel()
	files := tiny(t)
	text := string(files[tinyMain].Data)
	files[tinyMain] = &fstest.MapFile{Data: []byte(text + "switches:\n  first_day: { asks: \"Which?\", article: Act 1, choices: [from_day, from_next], default: from_day }\n")}
	_, warnings, err := lawload.Load(files, "xx/tiny")
	if err != nil || len(warnings) != 1 || warnings[0].What != `no term hangs on the switch "first_day"` {
		t.Errorf("%v, %v", warnings, err)
	}
}

func TestCountingAnewWhatIsCountedAsBeforeIsWarnedOf(t *testing.T) {
	t.Parallel()
	load := func(editions ...string) []string {
		files := tiny(t)
		before := "2025-01-01"
		for _, text := range editions {
			day := "2026" + before[4:]
			if before != "2025-01-01" {
				day = "2027-01-01"
			}
			files["xx/tiny/"+day+".yaml"] = &fstest.MapFile{Data: []byte("procedure: xx/tiny\nin_force: " + day + "\nbased_on: " + before + "\n" + text)}
			before = day
		}
		_, warnings, err := lawload.Load(files, "xx/tiny")
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, w := range warnings {
			out = append(out, w.String())
		}
		return out
	}
	longer := "terms:\n  answer: { article: Act 3, starts: begin, at: act.asked_at, within: 12d, rolls: next_working_day, owed_by: clerk, met_by: [finish], extended_by: { prolong: { to: 1mo } } }\n"
	const recount = "transition: { recount: [answer] }\n"
	if got := load(recount + longer); len(got) > 0 {
		t.Errorf("twelve days for ten: %v", got)
	}
	if got := load(longer, recount); len(got) > 0 {
		t.Errorf("what the first edition began is ten days long still: %v", got)
	}
	want := "xx/tiny/2026-01-01.yaml:4:25: answer is counted as in every edition before: counted anew, no end moves; leave it out, or say what is new of it under terms:"
	if got := load(recount); len(got) != 1 || got[0] != want {
		t.Errorf("got  %v\nwant %s", got, want)
	}
}
