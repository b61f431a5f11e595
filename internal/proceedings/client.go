package proceedings

import (
	"context"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/fault"
)

// ProceedingFor reads a proceeding for a system that asks in its own name.
// NotFound if there is none, and in the same words where no policy lets it read it.
func (k *Reader) ProceedingFor(ctx context.Context, who access.Client, id string) (*Proceeding, error) {
	p, err := k.read(ctx, id, func(what access.Resource) bool {
		return k.InForce().DecideClient(k.dir.Tree().Service(), who, what).Allowed
	})
	if err != nil {
		return nil, err
	}
	return p.seen(k.sightOfClient(who, p)), nil
}

// NumberFor finds a proceeding's id by its number for a system that may read it; fault.NotFound else.
func (k *Reader) NumberFor(ctx context.Context, who access.Client, number string) (string, error) {
	return k.find(ctx, number, func(what access.Resource) bool {
		return k.InForce().DecideClient(k.dir.Tree().Service(), who, what).Allowed
	})
}

// MayEnter reports why a system may not send an act in an officer's name, nil if it may. Whether he may do it himself is asked of him.
func (k *Reader) MayEnter(who access.Client, what access.Resource, act access.Entered) *fault.Error {
	return k.MayEnterAt(k.now(), who, what, act)
}

// MayEnterAt is MayEnter by the policies in force at a moment.
func (k *Reader) MayEnterAt(at calendar.Moment, who access.Client, what access.Resource, act access.Entered) *fault.Error {
	return refused(k.inForce(at).DecideClientAct(k.dir.Tree().Service(), who, what, act), "access.no_enter")
}

// MayFetchAt reports whether a system may read a proceeding, by the policies in force at a moment.
func (k *Reader) MayFetchAt(at calendar.Moment, who access.Client, what access.Resource) bool {
	return k.inForce(at).DecideClient(k.dir.Tree().Service(), who, what).Allowed
}
