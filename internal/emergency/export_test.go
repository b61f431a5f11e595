package emergency

// SelectLeafs is how what was opened is found among the leaves of the journal.
const SelectLeafs = selectLeafs
