package journal

// Record is an entry as a bundle has it and as a verifier reads it.
type Record struct {
	At        int64  // number of its leaf
	Number    string // of the proceeding
	Salt      Salt
	Canonical []byte // nil where the entry was erased: then there is nothing but the leaf
	Leaf      Hash   // the data of the leaf
}
