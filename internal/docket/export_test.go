package docket

// Forget lets the docket read everything anew, as after a start.
func (k *Docket) Forget() { k.memory = newMemory() }
