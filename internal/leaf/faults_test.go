package leaf_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/journal"
	"nazorat/internal/leaf"
	"nazorat/internal/seal"
)

// hand is a signer that a test may interrupt.
type hand struct {
	seal.Signer
	sign func(do func() ([]byte, error)) ([]byte, error)
	last func() // before it tells what it signed last
}

func (h *hand) Sign(text []byte) ([]byte, error) {
	if h.sign == nil {
		return h.Signer.Sign(text)
	}
	return h.sign(func() ([]byte, error) { return h.Signer.Sign(text) })
}

func (h *hand) Last() (*journal.Checkpoint, error) {
	if h.last != nil {
		h.last()
	}
	return h.Signer.Last()
}

func newHand(t *testing.T) *hand {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	if _, err := seal.Generate(path, "office.example"); err != nil {
		t.Fatal(err)
	}
	s, err := seal.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	return &hand{Signer: s}
}

// holds checks that all checkpoints are of one tree, each signed and each once, and that the newest covers all leaves.
func holds(t *testing.T, what string, l *leaf.Log, s *hand, size int64) {
	t.Helper()
	list, err := l.Checkpoints(ctx, -1, "", 10_000)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	seen := map[string]bool{}
	for _, c := range list {
		key := fmt.Sprint(c.Size, c.Signer)
		root, err := l.Root(ctx, c.Size)
		if err != nil || root != c.Root || seen[key] {
			t.Errorf("%s: the checkpoint of %d leaves: %v, again %v", what, c.Size, err, seen[key])
		}
		seen[key] = true
		if _, err := journal.OpenCheckpoint(c.Note, journal.Keys{s.Key()}); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if len(list) == 0 || list[len(list)-1].Size != size {
		t.Errorf("%s: the newest is not of %d leaves", what, size)
	}
}

// Every step of a checkpoint goes wrong in every way, before it happens and after:
// the next one is signed all the same, there is one tree, and nobody calls it two.
func TestEveryStepOfACheckpointMayFail(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, create func(testing.TB) *db.DB) {
		d, s := create(t), newHand(t)
		l := leaf.Open(d)
		fenced := 0
		l.Fence = func(ctx context.Context, tx *db.Tx) error {
			fenced++
			_, err := tx.Exec(`UPDATE journal_head SET size = size WHERE id = 2`) // as a fence is: a statement before the first
			return err
		}
		now := calendar.Moment(0)
		sign := func() error {
			now++
			_, err := l.Checkpoint(ctx, s, now)
			return err
		}
		appendLeaves(t, d, 300)
		if err := sign(); err != nil {
			t.Fatal(err)
		}
		var names []string
		stop := dbtest.Interpose(t, d, func(st dbtest.Step) error {
			words := strings.Fields(st.Text)
			names = append(names, string(st.What)+" "+strings.Join(words[:min(len(words), 3)], " "))
			return st.Do()
		})
		_, _ = appendLeaves(t, d, 1)
		before := len(names)
		if err := sign(); err != nil {
			t.Fatal(err)
		}
		stop()
		names = names[before:]
		t.Logf("%d steps: %s", len(names), strings.Join(names, ", "))
		if len(names) < 8 || fenced == 0 {
			t.Fatal("that cannot be all")
		}
		for at, name := range names {
			for _, f := range dbtest.Faults() {
				what := fmt.Sprintf("%s at step %d, %s", f, at+1, name)
				size, _ := appendLeaves(t, d, 7)
				seen := 0
				stop := dbtest.Interpose(t, d, func(st dbtest.Step) error {
					if seen++; seen == at+1 {
						return f.Take(d, st)
					}
					return st.Do()
				})
				err := sign()
				stop()
				if err == nil && !f.Told || errors.Is(err, leaf.ErrForked) {
					t.Errorf("%s: %v", what, err)
				}
				if seen <= at {
					t.Errorf("%s: there were only %d steps", what, seen)
				}
				if at%2 == 1 { // the tree has grown meanwhile, or not
					size, _ = appendLeaves(t, d, 3)
				}
				if err := sign(); err != nil {
					t.Errorf("%s: the next: %v", what, err)
				}
				holds(t, what, l, s, size)
			}
		}
		for what, f := range map[string]func(do func() ([]byte, error)) ([]byte, error){
			"the signer fails": func(func() ([]byte, error)) ([]byte, error) { return nil, errors.New("no") },
			"the signer signs and is cut off": func(do func() ([]byte, error)) ([]byte, error) {
				_, err := do()
				return nil, errors.Join(errors.New("cut off"), err)
			},
		} {
			_, _ = appendLeaves(t, d, 7)
			s.sign = f
			if err := sign(); err == nil {
				t.Errorf("%s: no error", what)
			}
			s.sign = nil
			size, _ := appendLeaves(t, d, 3)
			if err := sign(); err != nil {
				t.Errorf("%s: the next: %v", what, err)
			}
			holds(t, what, l, s, size)
		}
	})
}

// Two processes sign with one key. The one that stood still after it had looked at
// the tree finds that the key has signed more than it saw: that is no second tree.
func TestWhoStoodStillSeesNoForkInWhatAnotherSigned(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, create func(testing.TB) *db.DB) {
		d, s := create(t), newHand(t)
		l := leaf.Open(d)
		size, _ := appendLeaves(t, d, 10)
		still := false
		s.last = func() {
			if still {
				return
			}
			still = true
			size, _ = appendLeaves(t, d, 5)
			if _, err := leaf.Open(d).Checkpoint(ctx, s, 1); err != nil {
				t.Error(err)
			}
		}
		if _, err := l.Checkpoint(ctx, s, 2); errors.Is(err, leaf.ErrForked) {
			t.Errorf("who stood still: %v", err)
		}
		size, _ = appendLeaves(t, d, 1)
		if _, err := l.Checkpoint(ctx, s, 3); err != nil {
			t.Error(err)
		}
		holds(t, "afterwards", l, s, size)
	})
}
