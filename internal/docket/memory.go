package docket

import (
	"sync"

	"nazorat/internal/db"
)

// memory is what this process knows of the tables that its acts change: how
// proceedings stood after the acts that it did last, and the last numbers that
// it gave. Where nobody else writes to the database it is as good as the tables,
// and spares a batch to read them. Where others do, a proceeding is read, and
// if the last entry is the one remembered, its state need not be read from JSON.
type memory struct {
	// turn is held from the beginning of a transaction that reads from the memory until
	// the memory has what was committed: between the two it is behind the tables.
	turn sync.Mutex

	mark       db.Mark // under which it is as good as the tables
	size       int64   // of the journal then
	young, old map[string]*held
	last       map[series]int64
	tallies    map[tallyRow]struct{} // counts that have a row; one that is there stays there, whoever else writes
}

// mostRemembered bounds each of the two generations.
const mostRemembered = 1024

func newMemory() *memory {
	return &memory{young: map[string]*held{}, old: map[string]*held{}, last: map[series]int64{}, tallies: map[tallyRow]struct{}{}}
}

// trusted reports whether the memory is as good as the tables.
func (m *memory) trusted(mark db.Mark, size int64) bool {
	return mark != (db.Mark{}) && mark == m.mark && size == m.size
}

// of gives a proceeding as it is remembered; nil if it is not. It must not be changed.
func (m *memory) of(id string) *held {
	if h := m.young[id]; h != nil {
		return h
	}
	return m.old[id]
}

// keep remembers what a transaction left, once it is on disk.
func (m *memory) keep(s *sheet) {
	if !m.trusted(s.mark, s.began) {
		clear(m.last)
		if s.mark != (db.Mark{}) { // it is trusted again from here on, as far as this transaction read
			clear(m.young)
			clear(m.old)
		}
	}
	for id := range s.written {
		if len(m.young) >= mostRemembered {
			m.young, m.old = make(map[string]*held, mostRemembered), m.young
		}
		m.young[id] = s.held[id]
	}
	if len(m.last) > mostRemembered {
		clear(m.last)
	}
	for of, n := range s.last {
		m.last[of] = n
	}
	for _, t := range s.tallied {
		m.tallies[t] = struct{}{}
	}
	m.mark, m.size = s.mark, s.tip.Size
}

// doubt forgets everything: what is in the tables is not known.
func (m *memory) doubt() {
	m.mark = db.Mark{}
	clear(m.young)
	clear(m.old)
	clear(m.last)
	clear(m.tallies)
}
