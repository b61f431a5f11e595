package proceedings

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"nazorat/internal/procedure"
)

// A large state is the one that its text says, though others were read before, by whoever and however often.
func TestALargeStateIsWhatItsTextSays(t *testing.T) {
	t.Parallel()
	law := &procedure.Law{Name: "xx/none"}
	text := func(i int) []byte {
		return []byte(fmt.Sprintf(`{"in_charge":"officer-%d","office":"%s"}`, i, strings.Repeat("o", largeFrom)))
	}
	var l large
	var wait sync.WaitGroup
	for worker := range 4 {
		wait.Go(func() {
			for round := range 60 {
				i := (round*7 + worker) % (2 * mostLarge)
				s, err := l.decode(law, text(i))
				if want := fmt.Sprintf("officer-%d", i); err != nil || s.InCharge != want {
					t.Errorf("%q, want %q: %v", s.InCharge, want, err)
				}
			}
		})
	}
	wait.Wait()
	if len(l.kept) != mostLarge {
		t.Errorf("%d states are kept", len(l.kept))
	}
	if _, err := l.decode(law, append(text(1), '}')); err == nil {
		t.Error("what is no state is read as one")
	}
	if _, ok := l.known(&procedure.Law{Name: "xx/none"}, text(1)); ok {
		t.Error("a state under one law is taken for one under another")
	}
}
