// Package access answers one question: may this officer do or see this.
//
// What an act asks of a role is in the law; what this package adds is which
// proceedings an officer's mandate reaches. An officer acts for one office in
// one role. He may act on a proceeding if his office has that role for the
// office that has the proceeding. He may see a proceeding of his own office, of
// an office below it, of an office that his office or one below it supervises,
// and one in which his office or one below it has a part.
//
// Whoever may not see a proceeding is told that there is none.
package access

// Subject is who asks: an officer under one mandate.
type Subject struct {
	Officer string
	Role    string
	Office  string
}

// Resource is what he asks about: where a proceeding stands.
type Resource struct {
	Office     string // the office that has it
	Supervisor string // the office that supervises it
}

// Offices is what must be known of the service: see directory.Tree.
type Offices interface {
	// Competent is the office that has a role for an office.
	Competent(office, role string) string
	// IsUnder reports whether an office is another one or lies below it.
	IsUnder(office, above string) bool
}

// MayRead reports whether the subject may see the proceeding.
func MayRead(o Offices, s Subject, r Resource) bool {
	return s.Office != "" && (o.IsUnder(r.Office, s.Office) || o.IsUnder(r.Supervisor, s.Office) || s.Role != "" && o.Competent(r.Office, s.Role) == s.Office)
}

// MayAct reports whether the subject's mandate reaches the proceeding. Whether
// the law gives his role the act is asked of the law.
func MayAct(o Offices, s Subject, r Resource) bool {
	return MayRead(o, s, r) && o.Competent(r.Office, s.Role) == s.Office
}

// MayReadOffice reports whether the subject may see the board and the lists of an office.
func MayReadOffice(o Offices, s Subject, office, supervisor string) bool {
	return s.Office != "" && (o.IsUnder(office, s.Office) || o.IsUnder(supervisor, s.Office))
}
