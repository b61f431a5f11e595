package docket

import "time"

// Waiting is how many requests wait to be on disk, and since when there has been no moment without any.
func (k *Docket) Waiting() (n int, since time.Time) {
	return int(k.waiting.Load()), time.Unix(0, k.since.Load())
}

// wait counts a request until it is answered.
func (k *Docket) wait() (answered func()) {
	if k.waiting.Add(1) == 1 {
		k.since.Store(time.Now().UnixNano())
	}
	return func() { k.waiting.Add(-1) }
}
