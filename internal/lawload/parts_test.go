package lawload_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
)

func TestARuleBelongsToThePartThatFirstHadIt(t *testing.T) {
	t.Parallel()
	files := withAmendment(t, strings.Replace(amended, "based_on: 2025-01-01\n", "based_on: 2025-01-01\ninclude: [later.yaml, more.yaml]\n", 1))
	rule := "  %s: { article: Act 9, by: [clerk], on: matter, from: [open] }\n"
	files["xx/tiny/later.yaml"] = &fstest.MapFile{Data: []byte("part: halting\nacts:\n" + fmt.Sprintf(rule, "admit_later") + fmt.Sprintf(rule, "begin_again"))}
	files["xx/tiny/more.yaml"] = &fstest.MapFile{Data: []byte("acts:\n" + fmt.Sprintf(rule, "look_again") + "  finish: { article: Act 8, by: [chief], on: matter, from: [open], to: closed }\n")}
	law, _, err := lawload.Load(files, "xx/tiny")
	if err != nil {
		t.Fatal(err)
	}
	first, second := law.Editions[0], law.Editions[1]
	for name, want := range map[string]string{"begin": "", "admit": "part", "prolong": "part", "halt": "", "begin_again": "halting", "look_again": "more", "finish": "part"} {
		if got := second.Act(name).Part; got != want {
			t.Errorf("the act %s is in the part %q, want %q", name, got, want)
		}
	}
	if got := [2]string{first.Term("ask_to_prolong").Part, second.Term("answer").Part}; got != [2]string{"part", ""} {
		t.Errorf("terms went to the parts %q", got)
	}
	if got := second.Parts(); !slices.Equal(got, []string{"part", "halting", "more", ""}) {
		t.Errorf("parts %q", got)
	}
	files["xx/tiny/later.yaml"] = &fstest.MapFile{Data: []byte("part: Halting it\nacts:\n" + fmt.Sprintf(rule, "begin_again"))}
	if _, _, err := lawload.Load(files, "xx/tiny"); err == nil || !strings.Contains(err.Error(), "xx/tiny/later.yaml:1:7: part: want the name of a part, such as searches") {
		t.Errorf("a part that no address can have: %v", err)
	}
}

func TestTheThingsOfALongLawWantPartsWithNames(t *testing.T) {
	t.Parallel()
	load := func(parts int, labels string) (*procedure.Law, string) {
		files := tiny(t)
		var names []string
		for i := range parts {
			name := fmt.Sprintf("extra%d", i)
			names = append(names, name+".yaml")
			files["xx/tiny/"+name+".yaml"] = &fstest.MapFile{Data: fmt.Appendf(nil, "acts:\n  %s: { article: Act 9, by: [clerk], on: matter, from: [open] }\n", name)}
			labels = strings.Replace(labels, "acts:\n", "acts:\n  "+name+": Something\n", 1)
		}
		text := strings.Replace(string(files[tinyMain].Data), "[part.yaml]", "[part.yaml, "+strings.Join(names, ", ")+"]", 1)
		files[tinyMain] = &fstest.MapFile{Data: []byte(text)}
		files["xx/tiny/labels.en.yaml"] = &fstest.MapFile{Data: []byte(labels)}
		law, warnings, err := lawload.Load(files, "xx/tiny")
		if err != nil {
			t.Fatal(err)
		}
		var about []string
		for _, w := range warnings {
			if strings.Contains(w.What, "part") && !strings.Contains(w.What, "party") {
				about = append(about, w.What)
			}
		}
		return law, strings.Join(about, "; ")
	}
	const words = "parts: { part: Small things, extra0: More, gone: Gone }\nacts:\n  begin: Begin\n"
	law, short := load(1, words)
	if short != `labels a part "gone" that the law does not have` {
		t.Errorf("a short law: %s", short)
	}
	if lb := law.Labels["en"]; lb.Part("part") != "Small things" || lb.Part("not_named") != "not named" || lb.Map(strings.ToUpper).Part("extra0") != "MORE" {
		t.Errorf("parts: %v", law.Labels["en"].Parts)
	}
	if _, long := load(6, words); !strings.Contains(long, "no label for the part extra5") || strings.Contains(long, "extra0") {
		t.Errorf("a long law: %s", long)
	}
}
