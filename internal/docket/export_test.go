package docket

import "log/slog"

// Forget lets the docket read everything anew, as after a start.
func (k *Docket) Forget() { k.memory = newMemory() }

// TookAway waits until the files that acts have erased were worked on.
func (k *Docket) TookAway() { k.taking.Wait() }

// LogTo is called before the first act.
func (k *Docket) LogTo(log *slog.Logger) { k.log = log }
