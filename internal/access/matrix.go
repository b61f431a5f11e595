package access

// Relation is how the office of a mandate stands to a proceeding. Together they are
// all that the policies tell apart by offices, for whoever reads them as a table.
type Relation string

// The relations, from the nearest.
const (
	Own             Relation = "own"              // it has the proceeding, and the role is exercised in it
	OwnTaken        Relation = "own_taken"        // it has the proceeding; another office has the role for it
	InRole          Relation = "in_role"          // another one has the proceeding, and it has the role for that one
	SupervisesRole  Relation = "supervises_role"  // the same, and it supervises
	Supervises      Relation = "supervises"       // it supervises, and has not the role
	Above           Relation = "above"            // it stands above the one that has the proceeding
	AboveSupervisor Relation = "above_supervisor" // it stands above the one that supervises
	IsParty         Relation = "party"            // its officer is a party to it, in his role
	Stranger        Relation = "stranger"         // none of these
)

// Relations lists them all.
func Relations() []Relation {
	return []Relation{Own, OwnTaken, InRole, SupervisesRole, Supervises, Above, AboveSupervisor, IsParty, Stranger}
}

// Line is what the policies answer for one role in one relation, by action.
type Line struct {
	Role     string
	Relation Relation
	Answers  map[Action]Decision
}

// Matrix asks the policies about proceedings of a law for every role in every relation, nobody being in charge or on leave, under an appointment.
func (e *Edition) Matrix(law string, roles []string) (out []Line) {
	for _, role := range roles {
		for _, r := range Relations() {
			s, office := example(role, r)
			l := Line{Role: role, Relation: r, Answers: map[Action]Decision{}}
			who := Subject{Officer: anybody, Role: role, Office: office}
			what := Resource{Law: law, Office: "has", Supervisor: "supervises"}
			if r == IsParty {
				what.Parties = []Party{{Officer: who.Officer, As: who.Role}}
			}
			for _, do := range Tabled() {
				of := what
				if do == Search {
					of = Resource{Office: office}
				}
				l.Answers[do] = e.Decide(s, who, do, of)
			}
			out = append(out, l)
		}
	}
	return out
}

// example is a small service in which an office stands to the one that has a proceeding as a relation says.
func example(role string, r Relation) (s *Service, office string) {
	has := Office{ID: "has", Parent: "above", Competent: map[string]string{"supervisor": "supervises"}}
	switch r {
	case Own:
		office = "has"
	case OwnTaken:
		office, has.Competent[role] = "has", "role"
	case InRole:
		office, has.Competent[role] = "role", "role"
	case SupervisesRole:
		office, has.Competent[role] = "supervises", "supervises"
	case Supervises:
		office = "supervises"
	case Above:
		office = "above"
	case AboveSupervisor:
		office = "above-supervisor"
	case Stranger, IsParty:
		office = "stranger"
	}
	return NewService([]Office{{ID: "above"}, has, {ID: "above-supervisor"}, {ID: "supervises", Parent: "above-supervisor"}, {ID: "role"}, {ID: "stranger"}}), office
}
