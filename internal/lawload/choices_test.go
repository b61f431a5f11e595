package lawload_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/amend"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
)

// listed is the tiny law with its choices in a list, which a part names too.
func listed(t *testing.T) fstest.MapFS {
	t.Helper()
	files := tiny(t)
	text := string(files[tinyMain].Data)
	text = strings.Replace(text, "size: { choice: [small, large] }", "size: { choice: sizes }", 1)
	text = strings.Replace(text, "kinds:\n", "choices:\n  sizes: [small, large]\n\nkinds:\n", 1)
	files[tinyMain] = &fstest.MapFile{Data: []byte(text)}
	return files
}

func choicesOf(t *testing.T, law *procedure.Law, edition int, act, field string) []string {
	t.Helper()
	return law.Editions[edition].Act(act).Field(field).Choices
}

// A list with a name is only a shorter way to write: the law that it gives is the law with the choices written out.
func TestAListOfChoicesWithANameIsTheListWrittenOut(t *testing.T) {
	t.Parallel()
	long, _, err := lawload.Load(tiny(t), "xx/tiny")
	if err != nil {
		t.Fatal(err)
	}
	short, warnings, err := lawload.Load(listed(t), "xx/tiny")
	if err != nil || len(warnings) > 0 {
		t.Fatalf("%v %v", err, warnings)
	}
	if got := choicesOf(t, short, 0, "begin", "size"); !slices.Equal(got, []string{"small", "large"}) {
		t.Errorf("choices %q", got)
	}
	if d := amend.Diff(long.Editions[0], short.Editions[0]); len(d) > 0 {
		t.Errorf("%d changes: %+v", len(d), d)
	}
	holds(t, short, `
scenario: what was chosen before is chosen still
2025-11-03 09:00  clerk  begin  about=bricks urgent=no size=large asked_at=2025-11-03T09:00 applicant=A
  state case open

scenario: what is not in the list cannot be chosen
2025-11-03 09:00  clerk  begin  about=bricks urgent=no size=huge asked_at=2025-11-03T09:00 applicant=A   refused: size: field.not_a_choice (Act 1)
`)
}

// An edition that gives the list anew changes every field that names it, in itself and not before, and says that the act is another since.
func TestAnEditionThatGivesAListAnewChangesWhatNamesIt(t *testing.T) {
	t.Parallel()
	files := listed(t)
	const later = "procedure: xx/tiny\nin_force: 2026-01-01\nbased_on: 2025-01-01\n\nchoices:\n  sizes: [small, large, huge]\n"
	files["xx/tiny/2026-01-01.yaml"] = &fstest.MapFile{Data: []byte(later)}
	law, _, err := lawload.Load(files, "xx/tiny")
	if err != nil {
		t.Fatal(err)
	}
	if before, after := choicesOf(t, law, 0, "begin", "size"), choicesOf(t, law, 1, "begin", "size"); len(before) != 2 || !slices.Equal(after, []string{"small", "large", "huge"}) {
		t.Errorf("before %q, after %q", before, after)
	}
	if d := amend.Diff(law.Editions[0], law.Editions[1]); len(d) != 1 {
		t.Errorf("%d changes, want the one choice: %+v", len(d), d)
	}
	if got := [3]string{law.Editions[0].Act("begin").Since, law.Editions[1].Act("begin").Since, law.Editions[1].Act("finish").Since}; got != [3]string{"2025-01-01", "2026-01-01", "2025-01-01"} {
		t.Errorf("since %q", got)
	}
	files["xx/tiny/2026-01-01.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(later, "[small, large, huge]", "~", 1))}
	if _, _, err := lawload.Load(files, "xx/tiny"); err == nil || !strings.Contains(err.Error(), `there is no list of choices "sizes"`) {
		t.Errorf("a list that is taken out and still named: %v", err)
	}
}

func TestMistakesInListsOfChoicesAreNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ old, new, want string }{
		{"choice: sizes", "choice: size", `xx/tiny/2025-01-01.yaml:28:58: there is no list of choices "size"; was "sizes" meant?`},
		{"choices:\n  sizes: [small, large]\n", "", `xx/tiny/2025-01-01.yaml:26:58: there is no list of choices "sizes"; say choice: [sizes], or name a list under choices:`},
		{"sizes: [small, large]", "sizes: small", `xx/tiny/2025-01-01.yaml:12:10: the list of choices "sizes" wants something to choose from; say sizes: [one, two]`},
		{"sizes: [small, large]", "sizes: []", `xx/tiny/2025-01-01.yaml:12:10: the list of choices "sizes" wants something to choose from; say sizes: [one, two]`},
		{"sizes: [small, large]", "sizes: [small, small]", `xx/tiny/2025-01-01.yaml:12:18: the choice "small" is given twice`},
		{"sizes: [small, large]", "sizes: { small: large }", `xx/tiny/2025-01-01.yaml:12:10: a list is wanted here: [one, two]`},
		{"sizes: [small, large]", "sizes: [small, large]\n  Colours of it: [red]", `xx/tiny/2025-01-01.yaml:13:3: a list of choices cannot be called "Colours of it"; small letters and _, such as ranks`},
		{"sizes: [small, large]", "sizes: [small, large]\n  sizes: [small]", `xx/tiny/2025-01-01.yaml:13:3: "sizes" is given twice; it stands in line 12 too`},
		{"sizes: [small, large]", "sizes: [small, large]\n  colours: ~", `xx/tiny/2025-01-01.yaml:13:3: "colours" is taken out, but no earlier edition has it`},
	} {
		files := listed(t)
		text := strings.Replace(string(files[tinyMain].Data), c.old, c.new, 1)
		files[tinyMain] = &fstest.MapFile{Data: []byte(text)}
		if _, _, err := lawload.Load(files, "xx/tiny"); err == nil || err.Error() != c.want {
			t.Errorf("%s:\ngot  %v\nwant %s", c.new, err, c.want)
		}
	}
	files := listed(t)
	files[tinyMain] = &fstest.MapFile{Data: []byte(strings.Replace(string(files[tinyMain].Data), "sizes: [small, large]", "sizes: [small, large]\n  colours: [red, blue]", 1))}
	if _, warnings, err := lawload.Load(files, "xx/tiny"); err != nil || warnings.Error() != `xx/tiny/2025-01-01.yaml:13:3: no field names the list of choices "colours"` {
		t.Errorf("a list that nobody names: %v, %v", warnings, err)
	}
}

// The word for a choice is said once, under the list; an act or a field may have another.
func TestTheWordsOfAListAreSaidOnce(t *testing.T) {
	t.Parallel()
	files := listed(t)
	text := strings.Replace(string(files[tinyMain].Data), "form: { about: text, ", "form: { about: text, was: { choice: sizes }, ", 1)
	files[tinyMain] = &fstest.MapFile{Data: []byte(text)}
	files["xx/tiny/labels.en.yaml"] = &fstest.MapFile{Data: []byte("choices:\n  sizes: { small: Small, large: Large }\n  was: { large: Great }\n")}
	law, warnings, err := lawload.Load(files, "xx/tiny")
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range warnings {
		if strings.Contains(w.What, "choice") {
			t.Error(w)
		}
	}
	lb := law.Labels["en"]
	if got := [3]string{lb.Choice("begin", "size", "large"), lb.Choice("begin", "was", "large"), lb.Choice("begin", "was", "small")}; got != [3]string{"Large", "Great", "Small"} {
		t.Errorf("words %q", got)
	}
}
