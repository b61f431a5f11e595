package docket

import (
	"sync"
	"sync/atomic"

	"nazorat/internal/db"
)

// typist writes the rows of a sheet, in the order in which they are handed
// over, while the next acts are decided. The transaction is the typist's from
// then on until it is idle.
type typist struct {
	jobs chan func() error
	open sync.WaitGroup // jobs that are not done
	err  error          // of the first that failed; those after it are passed over
	gone atomic.Bool    // nobody wants what is still to be done
}

// mostAhead is how many jobs wait at most while the deciding goes on.
const mostAhead = 16

func newTypist() *typist {
	t := &typist{jobs: make(chan func() error, mostAhead)}
	go func() {
		for job := range t.jobs {
			if t.err == nil && !t.gone.Load() {
				t.err = guarded(job)
			}
			t.open.Done()
		}
	}()
	return t
}

// idle waits until all is written.
func (t *typist) idle() error {
	t.open.Wait()
	return t.err
}

// end waits for the job under way and lets the typist go; the others are not done.
func (t *typist) end() {
	t.gone.Store(true)
	close(t.jobs)
	t.open.Wait()
}

// hand gives rows to the typist, or writes them where there is none.
func (s *sheet) hand(job func() error) error {
	if s.typist == nil {
		return job()
	}
	s.typist.open.Add(1)
	s.typist.jobs <- job
	return nil
}

// reading gives the transaction to whoever reads, once all that was handed over is written.
func (s *sheet) reading() (*db.Tx, error) {
	if s.typist == nil {
		return s.tx, nil
	}
	return s.tx, s.typist.idle()
}
