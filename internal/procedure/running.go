package procedure

// termSet is a set of terms of which deadlines may run, so that an act need not look through
// all deadlines for each term that it has to do with: in a large case most run for things
// and terms that it does not touch. It may hold more than there are (two terms can share a
// place, and one whose last deadline has ended stays); what it does not hold does not run.
// Its zero value holds every term.
type termSet struct {
	told   bool
	places [4]uint64
}

// fewDeadlines are looked through as fast as a set of them is made.
const fewDeadlines = 8

// runningOf is the set of a state's terms.
func (s *termSet) runningOf(list []Deadline) {
	*s = termSet{}
	if len(list) <= fewDeadlines {
		return
	}
	s.told = true
	for i := range list {
		s.add(list[i].Term)
	}
}

func (s *termSet) add(t TermID) { s.places[t>>6&3] |= 1 << (t & 63) }

func (s *termSet) has(t TermID) bool { return !s.told || s.places[t>>6&3]>>(t&63)&1 == 1 }

// among are the deadlines to look through for those of a term: all, or none where none runs.
func (d *decision) among(t TermID) []Deadline {
	if !d.running.has(t) {
		return nil
	}
	return d.state.Deadlines
}
