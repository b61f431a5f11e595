package access

// Forget lets the next question be asked afresh.
func (s *Service) Forget() { clear(s.decisions) }
