package db

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

// channel is where notices are said; PostgreSQL keeps those of one database apart from another's.
const channel = "nazorat"

var errClosed = errors.New("the database was closed")

// How long nothing is heard before the connection is tried, and how long after
// it was lost another is made.
const (
	silence   = 5 * time.Second
	listenAge = 500 * time.Millisecond
)

// listen has one connection for all who listen in this process.
func (p *postgres) listen(ctx context.Context) error {
	p.ears.Lock()
	defer p.ears.Unlock()
	if p.hears {
		return nil
	}
	conn, err := p.ear(ctx)
	if err != nil {
		return err
	}
	p.hears = true
	p.beside.Go(func() { p.hear(conn) })
	return nil
}

// ear makes a connection that listens.
func (p *postgres) ear(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, p.settings(unhurried))
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		p.circuit.hangUp(conn)
		return nil, err
	}
	return conn, nil
}

// hear listens until the database is closed, over one connection after the other.
func (p *postgres) hear(conn *pgx.Conn) {
	for {
		err := p.hearOver(conn)
		p.circuit.hangUp(conn)
		for conn = nil; conn == nil; {
			if p.background.Err() != nil {
				return
			}
			p.circuit.saw(err)
			if conn, err = p.ear(p.background); err == nil {
				break
			}
			again := time.NewTimer(listenAge)
			select {
			case <-p.background.Done():
			case <-again.C:
			}
			again.Stop()
		}
		p.hub.tell("") // what was said meanwhile nobody heard
	}
}

// hearOver listens over one connection until it fails.
func (p *postgres) hearOver(conn *pgx.Conn) error {
	for {
		ctx, cancel := context.WithTimeout(p.background, silence)
		n, err := conn.WaitForNotification(ctx)
		late := ctx.Err() != nil && p.background.Err() == nil
		cancel()
		switch {
		case err == nil:
			p.hub.tell(n.Payload)
		case late && !conn.IsClosed():
			ctx, cancel := context.WithTimeout(p.background, answerWithin)
			err := conn.Ping(ctx)
			cancel()
			if err != nil {
				return err
			}
		default:
			return err
		}
	}
}
