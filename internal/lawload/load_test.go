package lawload_test

import (
	"testing"

	"nazorat/internal/lawload"
	"nazorat/laws"
)

func TestEveryLawLoads(t *testing.T) {
	t.Parallel()
	names, err := lawload.Names(laws.FS)
	if err != nil || len(names) == 0 {
		t.Fatalf("laws: %v, %v", names, err)
	}
	for _, name := range names {
		_, warnings, err := lawload.Load(laws.FS, name)
		if err != nil {
			t.Errorf("%s:\n%v", name, err)
		}
		for _, w := range warnings {
			t.Logf("%s: %s", name, w)
		}
	}
}
