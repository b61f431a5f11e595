package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// How long the server lets things last. A writer that died in the middle of a
// transaction holds its locks no longer than idleInTransaction, and whoever
// waits for one outlasts that; so of two nodes one is back at work within ten
// seconds of the other's end, however it came about.
const (
	statementLimit    = 15 * time.Second
	countingLimit     = 2 * time.Minute
	idleInTransaction = 5 * time.Second
	lockLimit         = 8 * time.Second
	connectLimit      = 3 * time.Second
	turnLimit         = 10 * time.Second // how long a writer waits for a connection
	idleConnection    = 5 * time.Minute
)

// The pools, where the location does not say: ?readers=20&writers=10.
const (
	fewestReaders = 8
	mostReaders   = 32
	writers       = 8
)

// leastServer is the oldest PostgreSQL that this is tried with.
const leastServer = 150000

// postgres is a database on a server.
type postgres struct {
	config  *pgx.ConnConfig
	label   string
	read    *sql.DB
	write   *sql.DB
	long    *sql.DB // for what takes long
	circuit *circuit
	hub     *hub

	background context.Context // of what runs beside; stop ends it
	stop       context.CancelFunc
	beside     sync.WaitGroup

	ears  sync.Mutex
	hears bool
}

// take takes one of our own settings out of a location's query.
func take(q url.Values, name string, otherwise int) (int, error) {
	if !q.Has(name) {
		return otherwise, nil
	}
	n, err := strconv.Atoi(q.Get(name))
	if err != nil || n < 1 || n > 1000 {
		return 0, fmt.Errorf("database: %s=%s: want a number from 1 to 1000", name, q.Get(name))
	}
	q.Del(name)
	return n, nil
}

func openPostgres(ctx context.Context, location string, h *hub) (*postgres, error) {
	u, err := url.Parse(location)
	if err != nil {
		return nil, fmt.Errorf("database %q: it is no URL", redact(location)) // the error's own text holds the password
	}
	q := u.Query()
	readers, err := take(q, "readers", min(max(fewestReaders, 4*runtime.NumCPU()), mostReaders))
	if err != nil {
		return nil, err
	}
	writers, err := take(q, "writers", writers)
	if err != nil {
		return nil, err
	}
	// Of several servers one writes; which one, may change.
	if !q.Has("target_session_attrs") && strings.Contains(u.Host+q.Get("host"), ",") {
		q.Set("target_session_attrs", "read-write")
	}
	u.RawQuery = q.Encode()
	config, err := configured(u)
	if err != nil {
		return nil, fmt.Errorf("database %q: %w", redact(location), err)
	}
	if !q.Has("connect_timeout") {
		config.ConnectTimeout = connectLimit
	}
	p := &postgres{config: config, label: fmt.Sprintf("postgres://%s/%s", net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port))), config.Database), hub: h}
	if strings.HasPrefix(config.Host, "/") {
		p.label = "postgres:" + config.Host + "/" + config.Database
	}
	p.circuit = newCircuit(config)
	p.read, p.write, p.long = p.pool(readers, reading), p.pool(writers, writing), p.pool(runtime.GOMAXPROCS(0), counting)
	p.background, p.stop = context.WithCancel(context.Background())
	if err := p.greet(ctx); err != nil {
		return nil, errors.Join(err, p.close())
	}
	p.beside.Go(func() { p.circuit.watch(p.background) })
	return p, nil
}

// purpose of a connection.
type purpose int

const (
	reading purpose = iota
	writing
	counting  // reading what there is much of, for somebody who waits
	unhurried // reading or writing much, without time-outs
)

// settings are what a session of ours asks of the server. Where the location
// names one of them (?statement_timeout=60000), it knows better.
func (p *postgres) settings(what purpose) *pgx.ConnConfig {
	c := p.config.Copy()
	set := func(name, value string) {
		if _, said := p.config.RuntimeParams[name]; !said {
			c.RuntimeParams[name] = value
		}
	}
	ms := func(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
	set("application_name", "nazorat")
	set("timezone", "UTC")
	set("default_transaction_isolation", "read committed")
	// The server finds out that we are gone as fast as we find out that it is.
	set("tcp_keepalives_idle", "5")
	set("tcp_keepalives_interval", "2")
	set("tcp_keepalives_count", "3")
	set("client_connection_check_interval", "2000")
	set("lock_timeout", ms(lockLimit))
	switch what {
	case reading:
		set("default_transaction_read_only", "on")
		set("jit", "off")                           // compiling costs more than any page may take,
		set("max_parallel_workers_per_gather", "0") // and so does starting processes for one: 60 ms where the rows take one
		// A page asks for few rows in the order of an index. Knowing the values, the server would at times
		// read another index from its beginning, in the hope that what is asked for lies there.
		set("plan_cache_mode", "force_generic_plan")
		set("statement_timeout", ms(statementLimit))
	case writing:
		set("jit", "off")
		set("max_parallel_workers_per_gather", "0")
		// What is written is written by its key: no plan is better for knowing the
		// values, and none that reads a whole table is ever meant, however young its statistics.
		set("plan_cache_mode", "force_generic_plan")
		set("enable_seqscan", "off")
		set("enable_hashjoin", "off")
		set("enable_mergejoin", "off")
		set("statement_timeout", ms(statementLimit))
		set("idle_in_transaction_session_timeout", ms(idleInTransaction))
	case counting:
		set("default_transaction_read_only", "on")
		set("plan_cache_mode", "force_custom_plan") // how much there is of what is asked for decides how it is best read
		set("statement_timeout", ms(countingLimit))
	case unhurried:
		c.RuntimeParams["statement_timeout"], c.RuntimeParams["idle_in_transaction_session_timeout"] = "0", "0"
	}
	return c
}

func (p *postgres) hastily(_ context.Context, f func() error) error { return f() }

// durable keeps a server that is set to answer before a commit is on disk from doing so here.
const durable = `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`

func (p *postgres) pool(size int, what purpose) *sql.DB {
	var then []stdlib.OptionOpenDB
	if what != reading {
		then = append(then, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
			_, err := c.Exec(ctx, durable)
			return err
		}))
	}
	pool := stdlib.OpenDB(*p.settings(what), then...)
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	pool.SetConnMaxIdleTime(idleConnection)
	return pool
}

// greet looks whom we are talking to.
func (p *postgres) greet(ctx context.Context) error {
	var version int
	var encoding string
	err := p.read.QueryRowContext(ctx, `SELECT current_setting('server_version_num')::int, current_setting('server_encoding')`).Scan(&version, &encoding)
	switch {
	case state(err) == stateNoDatabase:
		return fmt.Errorf("%w at %s: the server knows no database of that name; make an empty one there: CREATE DATABASE %s", ErrNoDatabase, p.label, pgx.Identifier{p.config.Database}.Sanitize())
	case err != nil:
		return fmt.Errorf("open database %s: %w", p.label, err)
	case version < leastServer:
		return fmt.Errorf("database %s: the server is PostgreSQL %d, want 15 or later", p.label, version/10000)
	case encoding != "UTF8":
		return fmt.Errorf("database %s: its encoding is %s, want UTF8", p.label, encoding)
	}
	return nil
}

func (p *postgres) name() string { return p.label }

func (p *postgres) close() error {
	p.stop()
	p.beside.Wait()
	return errors.Join(closed(p.read), closed(p.write), closed(p.long))
}

// closed closes a pool. A connection of it that the server had left is closed already, and that is no fault.
func closed(pool *sql.DB) error {
	if err := pool.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// mostReads is how often a query is sent that the connection failed before it answered.
const mostReads = 3

// query reads with a connection that cannot write; so where one is lost before
// its answer began, another one may be asked.
func (p *postgres) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	return p.ask(ctx, p.read, text, args)
}

func (p *postgres) much(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	return p.ask(ctx, p.long, text, args)
}

func (p *postgres) ask(ctx context.Context, pool *sql.DB, text string, args []any) (*sql.Rows, error) {
	for try := 1; ; try++ {
		if err := p.circuit.err(); err != nil {
			return nil, err
		}
		rows, err := pool.QueryContext(ctx, text, args...)
		if err == nil {
			return rows, nil
		}
		p.circuit.saw(err)
		if try == mostReads || ctx.Err() != nil || !gone(err) || refused(err) {
			return nil, err
		}
		p.freshen(pool)
	}
}

// freshen closes the connections that nobody uses now: where one was lost, the
// server was most likely started again, and they are lost too.
func (p *postgres) freshen(pool *sql.DB) {
	n := pool.Stats().MaxOpenConnections
	pool.SetMaxIdleConns(0)
	pool.SetMaxIdleConns(n)
}

func (p *postgres) bulk() (*sql.DB, error) {
	if err := p.circuit.err(); err != nil {
		return nil, err
	}
	return p.pool(runtime.GOMAXPROCS(0)+1, unhurried), nil
}

// ours are the tables of our schema, leaving out those that belong to an extension.
const (
	ours      = `SELECT c.relname ` + ourTables
	oursByOid = `SELECT c.oid ` + ourTables
	ourTables = `FROM pg_class c WHERE c.relnamespace = to_regnamespace(current_schema()) AND c.relkind IN ('r', 'p')
AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`
)

func (p *postgres) tables(ctx context.Context) ([]string, error) {
	rows, err := p.query(ctx, ours, nil)
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	return texts(rows)
}

const clock = `SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint`

func (p *postgres) now(ctx context.Context) (now int64, err error) {
	err = firstOf(p.query(ctx, clock, nil)).Scan(&now)
	return now, err
}

func (p *postgres) ready(ctx context.Context) error {
	_, err := p.now(ctx)
	return err
}

func (p *postgres) discard(ctx context.Context) error {
	err := func() error {
		names, err := p.tables(ctx)
		if err != nil {
			return err
		}
		for i, n := range names {
			names[i] = pgx.Identifier{n}.Sanitize()
		}
		text := "DROP FUNCTION IF EXISTS append_only() CASCADE"
		if len(names) > 0 {
			text = "DROP TABLE " + strings.Join(names, ", ") + " CASCADE; " + text
		}
		_, err = p.write.ExecContext(ctx, text)
		return err
	}()
	return errors.Join(err, p.close())
}

// lockKey is the number of a lock with a name.
func lockKey(name string) int64 {
	sum := sha256.Sum256([]byte("nazorat/lock/" + name))
	return int64(binary.BigEndian.Uint64(sum[:])) // any 64 bits will do
}

// begin takes a connection of its own.
func (p *postgres) begin(ctx context.Context) (transaction, error) {
	wait, cancel := context.WithTimeout(ctx, turnLimit)
	defer cancel()
	for try := 1; ; try++ {
		if err := p.circuit.err(); err != nil {
			return nil, err
		}
		t, err := p.beginOnce(wait)
		if err == nil {
			return t, nil
		}
		p.circuit.saw(err)
		if wait.Err() != nil {
			if ctx.Err() == nil {
				err = errors.Join(errAway, err)
			}
			return nil, err
		}
		// A connection that the server closed meanwhile. Nothing was done over it.
		if try == mostTries || !gone(err) || refused(err) {
			return nil, err
		}
		p.freshen(p.write)
	}
}

func (p *postgres) beginOnce(ctx context.Context) (*postgresTx, error) {
	conn, err := p.write.Conn(ctx)
	if err != nil {
		return nil, err
	}
	// The transaction is not tied to ctx: giving up half-way is decided between statements.
	t := &postgresTx{p: p, ctx: context.WithoutCancel(ctx), conn: conn}
	if t.tx, err = conn.BeginTx(t.ctx, nil); err != nil {
		return nil, errors.Join(err, t.release(err))
	}
	return t, nil
}

// postgresTx is a transaction on a connection of its own.
type postgresTx struct {
	p    *postgres
	ctx  context.Context
	conn *sql.Conn
	tx   *sql.Tx
}

// release gives the connection back, or away where it is of no more use.
func (t *postgresTx) release(err error) error {
	// A server that became read-only was overtaken by another: the next connection is made to whoever writes now.
	if gone(err) || state(err) == stateReadOnly {
		_ = t.conn.Raw(func(any) error { return errBadConn })
	}
	if err := t.conn.Close(); err != nil && !errors.Is(err, sql.ErrConnDone) {
		return err
	}
	return nil
}

func (t *postgresTx) saw(err error) error {
	t.p.circuit.saw(err)
	return err
}

func (t *postgresTx) exec(text string, args []any) (sql.Result, error) {
	res, err := t.tx.ExecContext(t.ctx, text, args...)
	return res, t.saw(err)
}

func (t *postgresTx) query(text string, args []any) (*sql.Rows, error) {
	rows, err := t.tx.QueryContext(t.ctx, text, args...)
	return rows, t.saw(err)
}

func (t *postgresTx) script(text string) error {
	_, err := t.exec(text, nil)
	return err
}

func (t *postgresTx) notify(text string) error {
	_, err := t.exec(`SELECT pg_notify($1, $2)`, []any{channel, text})
	return err
}

func (t *postgresTx) alone(key int64) error {
	_, err := t.exec(`SELECT pg_advisory_xact_lock($1)`, []any{key})
	return err
}

func (t *postgresTx) now() (now int64, err error) {
	err = firstOf(t.query(clock, nil)).Scan(&now)
	return now, err
}

// mark: a server has others that write, and does not say so.
func (t *postgresTx) mark() (Mark, error) { return Mark{}, nil }

func (t *postgresTx) commit() error {
	err := t.saw(t.tx.Commit())
	// The outcome is known by now: a connection that cannot be given back is closed.
	if e := t.release(err); err == nil && e != nil {
		_ = t.conn.Raw(func(any) error { return errBadConn })
	}
	if open(err) {
		return errors.Join(ErrMaybe, err)
	}
	return err
}

func (t *postgresTx) rollback() error {
	err := t.saw(t.tx.Rollback())
	return errors.Join(err, t.release(err))
}
