package lawload_test

import (
	"io/fs"
	"maps"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/lawload"
)

// tiny is a small law that loads without a mistake or a warning; each case below spoils it in one place.
func tiny(t testing.TB) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	dir := os.DirFS("testdata/tiny")
	err := fs.WalkDir(dir, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(dir, p)
		out[p] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const (
	tinyMain = "xx/tiny/2025-01-01.yaml"
	tinyPart = "xx/tiny/part.yaml"
	tinyDays = "calendars/xx.yaml"
)

func TestTheTinyLawLoadsWithoutAWarning(t *testing.T) {
	t.Parallel()
	_, warnings, err := lawload.Load(tiny(t), "xx/tiny")
	if err != nil || len(warnings) > 0 {
		t.Fatalf("%v, %v", err, warnings)
	}
}

type badLaw struct {
	name string
	file string // where the mistake is made
	old  string // "" appends
	new  string
	want []string // what Load says, each with file, line and column
}

func TestEveryMistakeInALawIsNamedWithItsPlace(t *testing.T) {
	t.Parallel()
	for _, c := range badLaws {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			files := maps.Clone(tiny(t))
			text := string(files[c.file].Data)
			if c.old == "" {
				text += c.new
			} else {
				if strings.Count(text, c.old) != 1 {
					t.Fatalf("%q occurs %d times in %s", c.old, strings.Count(text, c.old), c.file)
				}
				text = strings.Replace(text, c.old, c.new, 1)
			}
			files[c.file] = &fstest.MapFile{Data: []byte(text)}
			_, _, err := lawload.Load(files, "xx/tiny")
			if err == nil {
				t.Fatal("it loaded")
			}
			if got, want := err.Error(), strings.Join(c.want, "\n"); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func TestFilesThatNobodyCouldReadAreRefused(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 40) + strings.Repeat("]", 40)
	for _, c := range []struct{ name, text, want string }{
		{"two megabytes", "# " + strings.Repeat("x", 2<<20) + "\n", tinyMain + ": is longer than 1024 KiB"},
		{"nothing", "", tinyMain + ": is empty"},
		{"only a comment", "# to be written\n", tinyMain + ": is empty"},
		{"one word", "law\n", tinyMain + `:1:1: lines of "name: value" are wanted here`},
		{"a list", "- one\n- two\n", tinyMain + `:1:1: lines of "name: value" are wanted here`},
		{"lists in lists", "kinds: " + deep + "\n", tinyMain + ":1:40: this is nested too deeply"},
		{"too many values", "kinds: [" + strings.Repeat("x,", 210_000) + "x]\n", tinyMain + ":1:400003: the file has too many values"},
	} {
		files := tiny(t)
		files[tinyMain] = &fstest.MapFile{Data: []byte(c.text)}
		_, _, err := lawload.Load(files, "xx/tiny")
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v\nwant %s", c.name, err, c.want)
		}
	}
	if _, _, err := lawload.Load(tiny(t), "xx/none"); err == nil || err.Error() != `no law "xx/none": it would be a folder with a file such as xx/none/2025-01-01.yaml` {
		t.Errorf("no such law: %v", err)
	}
}

func TestALawThatNothingReachesOrLabelsLoadsWithWarnings(t *testing.T) {
	t.Parallel()
	files := tiny(t)
	text := strings.Replace(string(files[tinyMain].Data), "states: [open, closed]", "states: [open, halted, closed]", 1)
	text = strings.Replace(text, "  party:\n", "  paper: { states: [drawn_up] }\n  party:\n", 1)
	files[tinyMain] = &fstest.MapFile{Data: []byte(text)}
	files["xx/tiny/labels.en.yaml"] = &fstest.MapFile{Data: []byte("law: Small matters\nroles: { clerk: Clerk, chef: Chief, officer_in_charge: In charge }\n" +
		"kinds: { matter: { name: Matter, states: { open: Open, halted: Halted, closed: Closed } }, party: { name: Party, states: { known: Known, heard: Heard } }, paper: { name: Paper, states: { drawn_up: Drawn up } } }\n" +
		"fields: { about: About, urgent: Urgent, size: Size, asked_at: Asked at, applicant: Applicant, name: Name, note: Note }\nchoices: { size: { small: Small } }\n" +
		"acts: { begin: Begin, admit: Admit, hear: Hear, prolong: Prolong, finish: { name: Finish, hint: At last } }\n" +
		"terms: { answer: Answer, ask_to_prolong: Ask, hear_party: Hear }\nrules: { somebody_asks: Somebody must ask }\ncites: { Act: The Act }\n")}
	law, warnings, err := lawload.Load(files, "xx/tiny")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"xx/tiny/2025-01-01.yaml:12:3: no act brings a matter into the state halted",
		"xx/tiny/2025-01-01.yaml:16:3: no act adds a paper",
		"xx/tiny/labels.en.yaml: no label for the choice begin.size.large",
		"xx/tiny/labels.en.yaml: no label for the role chief",
		`xx/tiny/labels.en.yaml:2:24: labels a role "chef" that the law does not have; was "chief" meant?`,
	}
	if got := warnings.Error(); got != strings.Join(want, "\n") {
		t.Errorf("got:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
	en := law.Labels["en"]
	if got := []string{en.Act("finish"), en.Hint("finish"), en.Choice("begin", "size", "large"), en.Role("chief"), en.State("matter", "halted"), en.Rule("somebody_asks")}; strings.Join(got, "|") != "Finish|At last|large|chief|Halted|Somebody must ask" {
		t.Errorf("labels: %q", got)
	}
}
