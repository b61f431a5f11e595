package docket

import (
	"sync"

	"nazorat/internal/journal"
	"nazorat/internal/procedure"
)

// states remembers how proceedings stood after the acts that this process did
// last, so that the next act on one need not read its state from JSON. It is
// asked by the hash of the last entry: a state of any other moment is none.
type states struct {
	mu         sync.Mutex
	young, old map[string]remembered
}

type remembered struct {
	head  journal.Hash
	state procedure.State
}

// mostRemembered bounds each of the two generations.
const mostRemembered = 1024

func newStates() *states {
	return &states{young: map[string]remembered{}, old: map[string]remembered{}}
}

// at gives the state of a proceeding after the entry with a hash; nil if it is not known. It must not be changed.
func (s *states) at(id string, head journal.Hash) *procedure.State {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, known := s.young[id]
	if !known {
		r, known = s.old[id]
	}
	if !known || r.head != head {
		return nil
	}
	return &r.state
}

// keep remembers what a batch changed, once it is on disk.
func (s *states) keep(held map[string]*held) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, h := range held {
		if !h.dirty {
			continue
		}
		if len(s.young) >= mostRemembered {
			s.young, s.old = make(map[string]remembered, mostRemembered), s.young
		}
		s.young[id] = remembered{h.head, h.state}
	}
}
