package portal

import (
	"context"
	"io/fs"

	"nazorat/internal/docket"
	"nazorat/internal/procedure"
)

// Bounds of what is sent.
const (
	PerAddress = perAddress
	PerMachine = perMachine
	MostTries  = mostTries
)

// TakeCode confirms a report as a process does that dies before it enters it.
func (k *Desk) TakeCode(ctx context.Context, token, typed string) error {
	_, err := k.takeCode(ctx, token, typed)
	return err
}

// BringIn enters a report as a process does that dies before it notes that it did.
func (k *Desk) BringIn(ctx context.Context, token string) (*docket.Receipt, error) {
	r, err := k.of(ctx, token)
	if err != nil {
		return nil, err
	}
	return k.bringIn(ctx, r)
}

// ReadTellings reads what laws let those be told whom a case is about.
func ReadTellings(fsys fs.FS, laws ...*procedure.Law) error {
	_, err := readTellings(fsys, laws)
	return err
}
