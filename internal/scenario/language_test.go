package scenario_test

import (
	"os"
	"testing"

	"nazorat/internal/lawload"
	"nazorat/internal/scenario"
)

// Laws of no country that use every word of the language: what the engine makes of them stands in their scenarios.
func TestEveryWordOfTheLanguageDoesWhatItSays(t *testing.T) {
	t.Parallel()
	files := os.DirFS("testdata/laws")
	for _, name := range []string{"xx/court", "xx/watch"} {
		law, warnings, err := lawload.Load(files, name)
		if err != nil || len(warnings) > 0 {
			t.Fatalf("%v\n%v", err, warnings)
		}
		rep, err := scenario.Run(files, law)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range rep.Failures {
			t.Error(f)
		}
		if rep.Tried < 8 || rep.Expected < 6 {
			t.Errorf("%s: %d acts, %d expectations", name, rep.Tried, rep.Expected)
		}
	}
}
