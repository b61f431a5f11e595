package amend

import (
	"cmp"
	"slices"

	"nazorat/internal/procedure"
)

// Touch says which open proceedings changes bear on: those in which a deadline
// of a changed term runs or stands still, and those with a thing in a state in
// which a changed act is possible. What changes in how sure a source is, or in
// the title of one, touches nothing.
type Touch struct {
	terms map[string]bool
	acts  []reach
}

// reach is where an act is possible: on a kind, in some states (any, if none).
type reach struct {
	kind   string
	states []string
}

// NewTouch works out whom changes from one edition to another touch.
func NewTouch(changes Changes, a, b *procedure.Edition) *Touch {
	t := &Touch{terms: map[string]bool{}}
	acts := map[string]bool{}
	for _, c := range changes {
		if c.Part == "confidence" {
			continue
		}
		switch c.Subject {
		case OfTerm:
			t.terms[c.Name] = true
		case OfAct:
			acts[c.Name] = true
		}
	}
	for name := range acts {
		for _, e := range []*procedure.Edition{a, b} {
			if r := e.Act(name); r != nil && !r.Opens { // what opens a proceeding touches none that is open
				w := reach{kind: e.Law.KindName(r.On)}
				for _, s := range r.From {
					w.states = append(w.states, e.Law.StateName(r.On, s))
				}
				t.acts = append(t.acts, w)
			}
		}
	}
	return t
}

// Touches reports whether the changes bear on a proceeding of a law in this
// state, and through what. One that has come to its end is touched by nothing.
func (t *Touch) Touches(law *procedure.Law, s *procedure.State) (byTerm, byAct bool) {
	root := s.Root()
	if root == nil || ended(law, root) {
		return false, false
	}
	for i := range s.Deadlines {
		byTerm = byTerm || t.terms[law.TermName(s.Deadlines[i].Term)]
	}
	for i := range s.Things {
		th := &s.Things[i]
		kind, state := law.KindName(th.Kind), law.StateName(th.Kind, th.State)
		byAct = byAct || !ended(law, th) && slices.ContainsFunc(t.acts, func(r reach) bool {
			return r.kind == kind && (len(r.states) == 0 || slices.Contains(r.states, state))
		})
	}
	return byTerm, byAct
}

// ended: a thing has come to its end, by the newest edition that has its kind.
func ended(law *procedure.Law, t *procedure.Thing) bool {
	for _, e := range slices.Backward(law.Editions) {
		if int(t.Kind) < len(e.Kinds) && e.Kinds[t.Kind] != nil {
			k := e.Kinds[t.Kind]
			return int(t.State) < len(k.Final) && k.Final[t.State]
		}
	}
	return false
}

// Touched counts the open proceedings that changes touch.
type Touched struct {
	Open    int             `json:"open"`    // proceedings that have not come to their end
	Touched int             `json:"touched"` // of them
	ByTerm  int             `json:"by_term"` // in which a deadline of a changed term runs
	ByAct   int             `json:"by_act"`  // in which a changed act is possible
	Offices []OfficeTouched `json:"offices"` // the most touched first
	touch   *Touch
	places  map[string]int
}

// OfficeTouched is the touched proceedings of one office.
type OfficeTouched struct {
	Office  string   `json:"office"`
	Touched int      `json:"touched"`
	First   []string `json:"first"` // the first numbers, sorted
}

// Count begins to count.
func (t *Touch) Count() *Touched { return &Touched{touch: t, places: map[string]int{}} }

// Add looks at one proceeding.
func (c *Touched) Add(law *procedure.Law, number, office string, s *procedure.State) {
	root := s.Root()
	if root == nil || ended(law, root) {
		return
	}
	c.Open++
	byTerm, byAct := c.touch.Touches(law, s)
	if byTerm {
		c.ByTerm++
	}
	if byAct {
		c.ByAct++
	}
	if !byTerm && !byAct {
		return
	}
	c.Touched++
	i, known := c.places[office]
	if !known {
		i = len(c.Offices)
		c.places[office] = i
		c.Offices = append(c.Offices, OfficeTouched{Office: office})
	}
	o := &c.Offices[i]
	o.Touched++
	o.First = first(o.First, number)
}

// Done sorts what was counted; nothing is added afterwards.
func (c *Touched) Done() *Touched {
	slices.SortFunc(c.Offices, func(a, b OfficeTouched) int {
		return cmp.Or(cmp.Compare(b.Touched, a.Touched), cmp.Compare(a.Office, b.Office))
	})
	c.places = nil
	return c
}

// first keeps the least few numbers, so that the order in which they come does not matter.
func first(list []string, number string) []string {
	i, found := slices.BinarySearch(list, number)
	if found || i >= mostExamples {
		return list
	}
	list = slices.Insert(list, i, number)
	return list[:min(len(list), mostExamples)]
}
