package lawload_test

import (
	"os"
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
	for _, c := range badWords {
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
