package docket

import "nazorat/internal/directory"

// signs asks whether the actor may sign, where the law wants the act signed by one who is present.
func (k *Docket) signs(w *work) error {
	if !w.rule.Presence {
		return nil
	}
	away, err := w.t.s.onLeave(w)
	if err != nil {
		return err
	}
	if f := k.MaySignAt(w.recorded, w.cmd.Actor, away, w.was.resource()); f != nil {
		return f
	}
	return nil
}

// onLeave reports whether the officer who acts is on leave. It is looked up once for a batch.
func (s *sheet) onLeave(w *work) (bool, error) {
	officer := w.cmd.Actor.Officer
	away, known := s.away[officer]
	if known {
		return away, nil
	}
	tx, err := s.reading()
	if err != nil {
		return false, err
	}
	if away, err = directory.OnLeaveIn(tx, officer, w.recorded); err != nil {
		return false, err
	}
	if s.away == nil {
		s.away = map[string]bool{}
	}
	s.away[officer] = away
	return away, nil
}
