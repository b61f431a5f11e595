package client

import (
	"sync"

	"nazorat/internal/calendar"
)

// How often a client may ask each process of the office within a minute: for a
// token, and for data. Whoever asks oftener is told when to come back.
const (
	tokensAMinute  = 30
	answersAMinute = 600
)

// RetryAfter is how many seconds a client waits that asks too often.
const RetryAfter = "60"

// limits count what clients ask. They are few: their names are looked up first.
type limits struct {
	mu      sync.Mutex
	windows map[string]window
}

type window struct {
	begins calendar.Moment
	asked  int
}

// enter counts, and reports whether there is room.
func (l *limits) enter(name string, most int, now calendar.Moment) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.windows[name]
	if now-w.begins >= calendar.Minute || now < w.begins {
		w = window{begins: now}
	}
	w.asked++
	l.windows[name] = w
	return w.asked <= most
}

// Enter counts that a client asks for data, and reports whether it may.
func (k *Keeper) Enter(c *Client, now calendar.Moment) bool {
	return k.limits.enter("data "+c.ID, answersAMinute, now)
}
