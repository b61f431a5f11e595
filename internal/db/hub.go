package db

import (
	"context"
	"sync"
)

// mostUnheard is how many notices wait for a listener that does not keep up.
// Beyond it they are thrown away, and he is told to look at everything again.
const mostUnheard = 1024

// hub hands notices to those who listen in this process.
type hub struct {
	mu        sync.Mutex
	listeners map[*listener]struct{}
	closed    bool
	ended     sync.WaitGroup
}

type listener struct {
	mu      sync.Mutex
	waiting []string
	wake    chan struct{}
	end     chan struct{} // closed by the hub
}

func newHub() *hub { return &hub{listeners: map[*listener]struct{}{}} }

// Listen calls heard with every text that Tx.Notify says from now on, in this
// process or in another one that shares the database (of SQLite: in this process
// only), one call after the other, until ctx ends or the database is closed. It
// returns when it listens.
//
// heard("") means that something may have been missed, as the connection was
// lost or heard was too slow: look at everything again.
func (d *DB) Listen(ctx context.Context, heard func(text string)) error {
	l := &listener{wake: make(chan struct{}, 1), end: make(chan struct{})}
	h := d.hub
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return errClosed
	}
	h.listeners[l] = struct{}{}
	h.ended.Add(1)
	h.mu.Unlock()
	go func() {
		defer h.ended.Done()
		defer h.drop(l)
		for {
			select {
			case <-ctx.Done():
				return
			case <-l.end:
				return
			case <-l.wake:
			}
			for _, text := range l.take() {
				if ctx.Err() != nil {
					return
				}
				heard(text)
			}
		}
	}()
	if err := d.engine.listen(ctx); err != nil {
		h.drop(l)
		return err
	}
	return nil
}

func (h *hub) drop(l *listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, there := h.listeners[l]; there {
		delete(h.listeners, l)
		close(l.end)
	}
}

// tell hands texts to all who listen. It never waits for them.
func (h *hub) tell(texts ...string) {
	if len(texts) == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range h.listeners {
		l.add(texts)
	}
}

// close ends all listening and waits for calls that are under way.
func (h *hub) close() {
	h.mu.Lock()
	h.closed = true
	for l := range h.listeners {
		delete(h.listeners, l)
		close(l.end)
	}
	h.mu.Unlock()
	h.ended.Wait()
}

func (l *listener) add(texts []string) {
	l.mu.Lock()
	if l.waiting = append(l.waiting, texts...); len(l.waiting) > mostUnheard {
		l.waiting = append(l.waiting[:0], "")
	}
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *listener) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	texts := l.waiting
	l.waiting = nil
	return texts
}
