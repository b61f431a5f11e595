package db

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// How a server is watched: asked so often, answering within so long, asked so
// often while it is away. Twice without an answer, and it is away: whoever waits
// for it waits no longer than some seven seconds, and nobody waits after that.
const (
	askEvery     = time.Second
	answerWithin = 3 * time.Second
	askAway      = 250 * time.Millisecond
)

// circuit lets calls fail at once while the server does not answer. It has a
// connection of its own, with which it asks. When there is no answer, it breaks
// the connections that others wait on.
type circuit struct {
	config *pgx.ConnConfig // for the connection that asks
	dial   pgconn.DialFunc
	away   atomic.Pointer[error]
	alarm  chan struct{}

	mu      sync.Mutex
	sockets map[*socket]struct{}
}

// newCircuit watches the connections that config makes from now on.
func newCircuit(config *pgx.ConnConfig) *circuit {
	c := &circuit{dial: config.DialFunc, alarm: make(chan struct{}, 1), sockets: map[*socket]struct{}{}}
	c.config = config.Copy()
	c.config.ConnectTimeout = min(c.config.ConnectTimeout, answerWithin)
	c.config.RuntimeParams["application_name"] = "nazorat watch"
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		if err := c.err(); err != nil {
			return nil, err
		}
		conn, err := c.dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return c.keep(conn), nil
	}
	return c
}

// err is what a call is answered while the server is away.
func (c *circuit) err() error {
	if e := c.away.Load(); e != nil {
		return *e
	}
	return nil
}

// saw tells the circuit of a failure: one of the connection makes it look at once.
func (c *circuit) saw(err error) {
	if err == nil || !gone(err) {
		return
	}
	select {
	case c.alarm <- struct{}{}:
	default:
	}
}

// refused reports whether a connection could not be made at all.
func refused(err error) bool {
	var door *pgconn.ConnectError
	return errors.As(err, &door) || errors.Is(err, errAway)
}

// watch asks the server until ctx ends.
func (c *circuit) watch(ctx context.Context) {
	var conn *pgx.Conn
	defer func() { c.hangUp(conn) }()
	for {
		var err error
		if conn, err = c.ask(ctx, conn); err != nil && ctx.Err() == nil {
			// The connection alone may be gone; the second question is asked over a new one.
			conn, err = c.ask(ctx, conn)
		}
		if ctx.Err() != nil {
			return
		}
		wait := askEvery
		if err == nil {
			c.away.Store(nil)
		} else {
			wait = askAway
			err = fmt.Errorf("%w: %w", errAway, err)
			if c.away.Swap(&err) == nil {
				c.breakAll()
			}
		}
		again := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-again.C:
		case <-c.alarm:
			if err != nil { // that it is away is known
				select {
				case <-ctx.Done():
				case <-again.C:
				}
			}
		}
		again.Stop()
	}
}

// ask asks once, and gives the connection if it is of further use.
func (c *circuit) ask(ctx context.Context, conn *pgx.Conn) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	if conn == nil {
		var err error
		if conn, err = pgx.ConnectConfig(ctx, c.config); err != nil {
			return nil, err
		}
	}
	var standby bool
	err := conn.QueryRow(ctx, `SELECT pg_is_in_recovery()`).Scan(&standby)
	if err == nil && standby && len(c.config.Fallbacks) > 0 {
		err = errors.New("the server became a standby") // another of those that the location names writes now
	}
	if err != nil {
		c.hangUp(conn)
		return nil, err
	}
	return conn, nil
}

// hangUp ends a connection without waiting for the other side.
func (c *circuit) hangUp(conn *pgx.Conn) {
	if conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	_ = conn.Close(ctx)
}

// socket is a connection that can be broken from outside.
type socket struct {
	net.Conn
	c *circuit
}

func (c *circuit) keep(conn net.Conn) net.Conn {
	s := &socket{conn, c}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sockets[s] = struct{}{}
	return s
}

// Close takes the connection off the list.
func (s *socket) Close() error {
	s.c.mu.Lock()
	delete(s.c.sockets, s)
	s.c.mu.Unlock()
	return s.Conn.Close()
}

// breakAll breaks all connections: who waits for an answer gets an error.
func (c *circuit) breakAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for s := range c.sockets {
		_ = s.Conn.Close()
		delete(c.sockets, s)
	}
}
