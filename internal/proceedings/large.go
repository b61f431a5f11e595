package proceedings

import (
	"bytes"
	"slices"
	"sync"

	"nazorat/internal/procedure"
	"nazorat/internal/stored"
)

// Of a proceeding with thousands of things the text of its state is megabytes, and to read it takes longer than all that a
// page does with it. The last few of those are kept as they were read. What is kept is taken only for the very same text: it can
// be nothing else, whichever process wrote it, and nothing has to be told that it changed.

const (
	largeFrom = 64 << 10 // bytes of a state's text
	mostLarge = 6        // states kept: some ten megabytes each at the most that anybody has seen
)

// large are the states that were read last. Safe for concurrent use; a state that it gives is shared, and nobody changes it.
type large struct {
	mu   sync.Mutex
	kept []largeState // the last used first
}

type largeState struct {
	law   *procedure.Law
	text  []byte
	state procedure.State
}

// decode reads a state. The text is the caller's to give away.
func (l *large) decode(law *procedure.Law, text []byte) (procedure.State, error) {
	if len(text) < largeFrom {
		return stored.DecodeState(law, text)
	}
	if s, ok := l.known(law, text); ok {
		return s, nil
	}
	s, err := stored.DecodeState(law, text)
	if err != nil {
		return s, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept = slices.Insert(l.kept, 0, largeState{law, text, s})
	if len(l.kept) > mostLarge {
		l.kept = slices.Delete(l.kept, mostLarge, len(l.kept))
	}
	return s, nil
}

func (l *large) known(law *procedure.Law, text []byte) (procedure.State, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.kept, func(k largeState) bool { return k.law == law && bytes.Equal(k.text, text) })
	if i < 0 {
		return procedure.State{}, false
	}
	k := l.kept[i]
	copy(l.kept[1:i+1], l.kept[:i])
	l.kept[0] = k
	return k.state, true
}
