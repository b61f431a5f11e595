package scenario_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/lawload"
	"nazorat/internal/scenario"
	"nazorat/laws"
)

// guideFile is a block of the guide that is a file: its first line names it.
var guideFile = regexp.MustCompile("(?s)```(?:yaml|text)\n# laws/([^\n]+)\n(.*?)```")

// The guide walks a lawyer through a new edition. What it tells him to write must load, hold, and be all that is needed.
func TestTheEditionThatTheGuideWritesHolds(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/laws.md")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	err = fs.WalkDir(laws.FS, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(laws.FS, p)
		files[p] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	edition := ""
	for _, m := range guideFile.FindAllStringSubmatch(string(guide), -1) {
		if files[m[1]] != nil {
			t.Errorf("the guide writes %s, which is there already", m[1])
			continue
		}
		files[m[1]] = &fstest.MapFile{Data: []byte(m[2])}
		if !strings.Contains(m[1], "scenarios/") {
			edition = m[1]
		}
	}
	if edition == "" {
		t.Fatal("the guide writes no edition")
	}
	law, warnings, err := lawload.Load(files, "uz/criminal")
	if err != nil || len(warnings) > 0 {
		t.Fatalf("%v\n%v", err, warnings)
	}
	if last := law.Editions[len(law.Editions)-1]; last.File != edition {
		t.Errorf("the last edition is %s, the guide writes %s", last.File, edition)
	}
	rep, err := scenario.Run(files, law)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range rep.Failures {
		t.Error(f)
	}
	for _, u := range append(rep.Untouched(), rep.Unshown()...) {
		t.Errorf("not shown: %s", u)
	}
}
