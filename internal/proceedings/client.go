package proceedings

import (
	"context"

	"nazorat/internal/access"
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
