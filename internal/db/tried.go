package db

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5/stdlib"

	"nazorat/internal/db/internal/seam"
)

// Interpose hands each step from now on to a hook; nil takes it away. It is for
// tests alone, which cannot name a hook either: dbtest.Interpose does it for them.
func (d *DB) Interpose(hook seam.Hook) {
	if hook == nil {
		d.hook.Store(nil)
		return
	}
	d.hook.Store(&hook)
}

// begin begins a transaction, which tells a hook of its steps if there is one.
func (d *DB) begin(ctx context.Context) (in transaction, err error) {
	hook := d.hook.Load()
	if hook == nil {
		return d.engine.begin(ctx)
	}
	err = (*hook)(seam.Step{What: seam.Begin, Do: func() error {
		in, err = d.engine.begin(ctx)
		return err
	}})
	if err != nil && in != nil { // begun, and nobody knows
		err = errors.Join(err, in.rollback())
	}
	if err != nil {
		return nil, err
	}
	return &tried{in, *hook}, nil
}

// read reads outside of a transaction, in one of the ways that an engine has.
func (d *DB) read(ctx context.Context, text string, args []any, way func(context.Context, string, []any) (*sql.Rows, error)) (rows *sql.Rows, err error) {
	hook := d.hook.Load()
	if hook == nil {
		return way(ctx, text, args)
	}
	return asked(*hook, seam.Step{What: seam.Read, Text: text}, func() (*sql.Rows, error) { return way(ctx, text, args) })
}

// asked takes a step that gives rows.
func asked(hook seam.Hook, s seam.Step, do func() (*sql.Rows, error)) (rows *sql.Rows, err error) {
	s.Do = func() error {
		rows, err = do() //nolint:rowserrcheck,sqlclosecheck // the caller's
		return err
	}
	if err := hook(s); err != nil {
		if rows != nil {
			_ = rows.Close()
		}
		return nil, err
	}
	return rows, nil
}

// tried is a transaction whose steps a hook takes. What is no step passes it by: a restore is tried as a whole.
type tried struct {
	transaction
	hook seam.Hook
}

func (t *tried) step(what seam.What, text string, do func() error) error {
	s := t.of(what, text)
	s.Do = do
	return t.saw(t.hook(s))
}

// saw lets a transaction of SQLite know of a fault of the disk, as it would have seen it.
func (t *tried) saw(err error) error {
	if s, ok := t.transaction.(*sqliteTx); ok {
		return s.saw(err)
	}
	return err
}

func (t *tried) of(what seam.What, text string) seam.Step {
	s := seam.Step{What: what, Text: text, Run: func(text string) error {
		_, err := t.transaction.exec(text, nil)
		return err
	}}
	if p, ok := t.transaction.(*postgresTx); ok {
		s.Sever = func() {
			_ = p.conn.Raw(func(driver any) error {
				if c, ok := driver.(*stdlib.Conn); ok {
					_ = c.Conn().PgConn().Conn().Close()
				}
				return nil
			})
		}
	}
	return s
}

func (t *tried) exec(text string, args []any) (res sql.Result, err error) {
	told := t.step(seam.Statement, text, func() error {
		res, err = t.transaction.exec(text, args)
		return err
	})
	return res, told
}

func (t *tried) query(text string, args []any) (*sql.Rows, error) {
	rows, err := asked(t.hook, t.of(seam.Statement, text), func() (*sql.Rows, error) { return t.transaction.query(text, args) })
	return rows, t.saw(err)
}

func (t *tried) script(text string) error {
	return t.step(seam.Statement, text, func() error { return t.transaction.script(text) })
}

func (t *tried) notify(text string) error {
	return t.step(seam.Notify, "", func() error { return t.transaction.notify(text) })
}

func (t *tried) alone(key int64) error {
	return t.step(seam.Alone, "", func() error { return t.transaction.alone(key) })
}

func (t *tried) now() (now int64, err error) {
	told := t.step(seam.Clock, "", func() error {
		now, err = t.transaction.now()
		return err
	})
	return now, told
}

// commit tells of a failure what the real one tells: whether it may have taken effect.
func (t *tried) commit() error {
	ended := false
	err := t.step(seam.Commit, "", func() error {
		ended = true
		return t.transaction.commit()
	})
	if !ended {
		_ = t.transaction.rollback()
	}
	if err == nil || errors.Is(err, ErrMaybe) {
		return err
	}
	doubtful := ioFault(err)
	if _, ok := t.transaction.(*postgresTx); ok {
		doubtful = open(err)
	}
	if doubtful {
		return errors.Join(ErrMaybe, err)
	}
	return err
}

func (t *tried) rollback() error {
	ended := false
	err := t.step(seam.Rollback, "", func() error {
		ended = true
		return t.transaction.rollback()
	})
	if !ended { // nobody would get another turn
		_ = t.transaction.rollback()
	}
	return err
}
