package docket

// EscalatedQuery is the question that a page of escalations asks the database.
func (k *Docket) EscalatedQuery(role string, supers []string) (text string, args []any) {
	return overdueQuery(k.reaching(role), supers, true, After{}, k.now(), 20)
}

// Forget lets the docket read everything anew, as after a start.
func (k *Docket) Forget() { k.memory = newMemory() }
