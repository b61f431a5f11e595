package journal

// Record is a leaf of the journal as a bundle has it and as a verifier reads it: an
// entry, or looks.
type Record struct {
	At        int64  // number of its leaf
	Number    string // of the proceeding
	Salt      Salt
	Canonical []byte       // of the entry; nil where it was erased, then there is nothing but the leaf, and where the leaf is of looks
	Looks     []SealedLook // of a leaf of looks, in their order
	Leaf      Hash         // the data of the leaf
}
