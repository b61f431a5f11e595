package lawload_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"nazorat/internal/lawload"
	"nazorat/internal/lawtext"
)

// FuzzLaw puts arbitrary bytes in the place of an edition. Whatever they are,
// Load answers, soon, and each of its complaints names a file.
func FuzzLaw(f *testing.F) {
	files := tiny(f)
	f.Add(files[tinyMain].Data)
	f.Add(files[tinyPart].Data)
	f.Add(files[tinyDays].Data)
	f.Add([]byte(amended))
	for _, c := range badLaws {
		text := string(files[c.file].Data)
		if c.old == "" {
			text += c.new
		} else {
			text = strings.Replace(text, c.old, c.new, 1)
		}
		f.Add([]byte(text))
	}
	if law, err := os.ReadFile("../../laws/uz/criminal/referral.yaml"); err == nil {
		f.Add(law)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, at := range []string{tinyMain, tinyPart, tinyDays} {
			files := tiny(t)
			files[at] = &fstest.MapFile{Data: data}
			began := time.Now()
			law, _, err := lawload.Load(files, "xx/tiny")
			if took := time.Since(began); took > 10*time.Second {
				t.Fatalf("%s: %v for %d bytes", at, took, len(data))
			}
			if (law == nil) == (err == nil) {
				t.Fatalf("%s: law %v, error %v", at, law, err)
			}
			var problems lawtext.Problems
			if errors.As(err, &problems) {
				for _, p := range problems {
					if p.File == "" || p.What == "" {
						t.Fatalf("%s: a complaint without a place: %+v", at, p)
					}
				}
			}
			if law != nil {
				for _, e := range law.Editions {
					if e.Days == nil || len(e.Kinds) == 0 || e.Kinds[0] == nil {
						t.Fatalf("%s: loaded, and half of it is missing", at)
					}
				}
			}
		}
	})
}
