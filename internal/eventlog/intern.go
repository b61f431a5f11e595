package eventlog

import "hash/maphash"

// memory remembers the strings that came lately, so that a log's few activity
// names and values are not allocated half a million times. It never grows: a
// string that is pushed out is made anew when it comes again. The table is
// two-way: the newer of two strings that fall together comes first.
type memory[T any] struct {
	seed  maphash.Seed
	slots []remembered[T]
	mask  uint64
	make  func(s string) T
}

type remembered[T any] struct {
	s     string
	value T
}

// longestRemembered keeps long texts, which rarely repeat, out of the table.
const longestRemembered = 64

// newMemory makes a memory of 2^bits strings; of tells what goes with a string.
func newMemory[T any](bits int, of func(s string) T) *memory[T] {
	return &memory[T]{seed: maphash.MakeSeed(), slots: make([]remembered[T], 1<<bits), mask: 1<<bits - 2, make: of}
}

// of gives the string of b and what goes with it.
func (m *memory[T]) of(b []byte) *remembered[T] {
	if len(b) > longestRemembered {
		s := string(b)
		return &remembered[T]{s: s, value: m.make(s)}
	}
	i := maphash.Bytes(m.seed, b) & m.mask
	pair := m.slots[i : i+2 : i+2]
	if pair[0].s == string(b) {
		return &pair[0]
	}
	if pair[1].s == string(b) {
		pair[0], pair[1] = pair[1], pair[0]
		return &pair[0]
	}
	s := string(b)
	pair[1] = pair[0]
	pair[0] = remembered[T]{s: s, value: m.make(s)}
	return &pair[0]
}
