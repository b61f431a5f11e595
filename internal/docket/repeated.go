package docket

import (
	"context"
	"database/sql"
	"errors"
)

// Repeated answers whoever sends a form again to a proceeding that he may not read any more, as after an act that gave it
// away: with what the first sending did, as Act would, but for what was done along with it elsewhere. nil where he sent nothing with that submission: nobody learns
// from it what others sent.
func (k *Docket) Repeated(ctx context.Context, c Command) (*Receipt, error) {
	x, err := scanSending(k.db.QueryRow(ctx, selectSent, c.Submission))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if x.officer != c.Actor.Officer || x.receipt.Proceeding != c.Proceeding {
		return nil, nil
	}
	return k.again(x, &c)
}

// Sent reports whether an officer has sent a form before, and what it did is done: whoever sends it again gets that answer, and is asked nothing more.
func (k *Docket) Sent(ctx context.Context, officer, submission string) (bool, error) {
	x, err := scanSending(k.db.QueryRow(ctx, selectSent, submission))
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil && x.officer == officer, err
}
