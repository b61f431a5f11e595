package signin

import (
	"context"
	"fmt"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
)

// MayHelp reports why the holder of a session may not decide now in which ways an officer signs in, for
// rooms that keep ways of signing in of their own: NotFound to whoever is no administrator; NotPresent; Forbidden
// of himself; NotFound where the officer is none of those whom he administers.
func (k *Keeper) MayHelp(ctx context.Context, s *Session, officer string, now calendar.Moment) error {
	if err := k.mayHelp(s, now); err != nil {
		return err
	}
	return k.reaches(ctx, s, officer, now)
}

// MayRefuse is MayHelp for what only leaves things as they are: it asks for no fresh proof.
func (k *Keeper) MayRefuse(ctx context.Context, s *Session, officer string, now calendar.Moment) error {
	if !k.MayRecover(s) {
		return notYours()
	}
	return k.reaches(ctx, s, officer, now)
}

// RecordBy writes down what an administrator did to the ways in of an officer, in the transaction that did it.
func RecordBy(tx *db.Tx, now calendar.Moment, what, officer, by string) error {
	return record(tx, now, officer, by, what, "")
}

const endByWay = `DELETE FROM session WHERE officer = $1 AND way = $2`

// EndByWay ends the sessions of an officer that were begun in one way: it is his no more.
func EndByWay(tx *db.Tx, officer string, way Way) error {
	if _, err := tx.Exec(endByWay, officer, string(way)); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}
