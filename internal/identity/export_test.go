package identity

import (
	"context"
	"strconv"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
)

// ForgetFailure lets the provider be asked again at once.
func (p *Provider) ForgetFailure() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failed = time.Time{}
}

// FillTries begins as many tries as one machine may have.
func FillTries(d *db.DB, remote string, now calendar.Moment) error {
	return d.Write(context.Background(), func(tx *db.Tx) error {
		for i := range mostTries {
			if _, err := tx.Exec(insertTry, []byte(strconv.Itoa(i)), []byte{}, "", "/", remote, now+tryEnd); err != nil {
				return err
			}
		}
		return nil
	})
}
