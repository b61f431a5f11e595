package torture_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"nazorat/internal/access"
	"nazorat/internal/app"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/journal"
	"nazorat/internal/seal"
)

var ctx = context.Background()

func actor(officer, role, office string) access.Actor {
	return access.Actor{Officer: officer, Role: role, Office: office, Mandate: officer + "-1", Present: access.Always}
}

var (
	duty         = actor("dilshod", "duty_officer", "iib-1")
	sardor       = actor("sardor", "inquirer", "iib-1")
	malika       = actor("malika", "inquirer", "iib-1")
	prosecutor   = actor("jasur", "prosecutor", "pr-1")
	investigator = actor("nodira", "investigator", "pr-1")
	general      = actor("aziz", "prosecutor_general", "gp")
)

func service() *directory.Service {
	s := &directory.Service{
		Offices: []directory.Office{
			{ID: "gp", Code: "00", Kind: directory.Prosecutor, Place: "17"},
			{ID: "pr-1", Code: "01", Kind: directory.Prosecutor, Parent: "gp", Place: "1726"},
			{ID: "iib-1", Code: "1726", Kind: directory.Interior, Place: "1726"},
		},
		Competences: []directory.Competence{
			{Office: "iib-1", Role: directory.SupervisorRole, Competent: "pr-1"},
			{Office: "iib-1", Role: "prosecutor", Competent: "pr-1"},
			{Office: "iib-1", Role: "prosecutor_general", Competent: "gp"},
		},
	}
	for _, a := range []access.Actor{duty, sardor, malika, prosecutor, investigator, general} {
		s.Officers = append(s.Officers, directory.NewOfficer{
			Officer:  directory.Officer{ID: a.Officer, Name: a.Officer, Login: a.Officer},
			Mandates: []directory.Mandate{{ID: a.Mandate, Officer: a.Officer, Role: a.Role, Office: a.Office}},
		})
	}
	return s
}

// treeName is what the journal is called in the world.
const treeName = "torture.example"

// office is one that processes serve, over one database. It has no connection to it while they do.
type office struct {
	tb    testing.TB
	at    string
	ahead int64 // of the machine's clock, in microseconds: the day before an edition of the criminal law comes into force
	nodes []*node
	keys  journal.Keys
}

// newOffice makes an office in a database, to be served by so many processes.
func newOffice(tb testing.TB, at string, nodes int) *office {
	tb.Helper()
	d, err := db.Create(ctx, at)
	if err != nil {
		tb.Fatal(err)
	}
	defer d.Close()
	if err := d.Migrate(ctx, app.Migrations()); err != nil {
		tb.Fatal(err)
	}
	dir, err := directory.Open(ctx, d)
	if err != nil {
		tb.Fatal(err)
	}
	if err := dir.Import(ctx, service(), 1); err != nil {
		tb.Fatal(err)
	}
	zone := time.FixedZone("Tashkent", 5*60*60)
	o := &office{tb: tb, at: at, ahead: time.Date(2024, 12, 31, 12, 0, 0, 0, zone).UnixMicro() - time.Now().UnixMicro()}
	for i := range nodes {
		key := filepath.Join(tb.TempDir(), fmt.Sprintf("key-%d", i))
		k, err := seal.Generate(key, treeName) // each its own, so that it is seen who signed
		if err != nil {
			tb.Fatal(err)
		}
		o.keys = append(o.keys, k)
		n := &node{office: o, name: string(rune('a' + i)), key: key}
		n.ahead.Store(o.ahead)
		o.nodes = append(o.nodes, n)
	}
	tb.Cleanup(o.killAll)
	return o
}

func (o *office) killAll() {
	for _, n := range o.nodes {
		n.kill()
	}
}

// startAll starts the processes that do not run, and waits until they serve.
func (o *office) startAll() {
	o.tb.Helper()
	var wg sync.WaitGroup
	for _, n := range o.nodes {
		wg.Go(n.start)
	}
	wg.Wait()
}

// stopAll asks all processes to end, as an operator does, and waits.
func (o *office) stopAll() {
	o.tb.Helper()
	for _, n := range o.nodes {
		n.stop()
	}
}

// mostStart is how long a process may take until it serves; a machine that others use too is slow.
const mostStart = time.Minute

// node is a process of the office, which comes and goes.
type node struct {
	office *office
	name   string
	key    string
	ahead  atomic.Int64 // its clock, of the machine's: no two machines agree on the time

	mu   sync.Mutex
	life *life // nil: it does not run
}

// life is one run of a process.
type life struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	log    bytes.Buffer
	ended  chan struct{} // closed when it has ended and nothing more will be heard
	serves chan struct{} // closed when it is ready
	n      atomic.Int64

	mu   sync.Mutex
	asks map[int64]chan answer
}

// start starts the process if it does not run, and waits until it serves. Where it
// cannot (the database is away), it is started again, as whatever watches over it would.
func (n *node) start() {
	for end := time.Now().Add(mostStart); ; {
		l := n.begin()
		select {
		case <-l.serves:
			return
		case <-l.ended:
		}
		if time.Now().After(end) {
			n.office.tb.Errorf("node %s does not come up: %s", n.name, l.log.String())
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// begin gives the life that it has, or a new one.
func (n *node) begin() *life {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.life != nil {
		select {
		case <-n.life.ended:
		default:
			return n.life
		}
	}
	l := &life{ended: make(chan struct{}), serves: make(chan struct{}), asks: map[int64]chan answer{}}
	l.cmd = exec.Command(os.Args[0])
	l.cmd.Env = append(os.Environ(), nodeDB+"="+n.office.at, nodeKey+"="+n.key, fmt.Sprintf("%s=%d", nodeLag, n.ahead.Load()))
	l.cmd.Stderr = &l.log
	in, err := l.cmd.StdinPipe()
	if err != nil {
		panic(err)
	}
	out, err := l.cmd.StdoutPipe()
	if err != nil {
		panic(err)
	}
	if l.in = in; l.cmd.Start() != nil {
		panic("the process cannot be started")
	}
	go l.hear(out)
	n.life = l
	return l
}

// hear hands answers to those who asked.
func (l *life) hear(out io.Reader) {
	for s := bufio.NewReader(out); ; {
		line, err := s.ReadBytes('\n')
		if err != nil {
			break // a line that was cut off is none
		}
		var a answer
		if json.Unmarshal(line, &a) != nil {
			break
		}
		if a.Ready {
			close(l.serves)
			continue
		}
		l.mu.Lock()
		ask := l.asks[a.N]
		delete(l.asks, a.N)
		l.mu.Unlock()
		if ask != nil {
			ask <- a
		}
	}
	_ = l.cmd.Wait()
	close(l.ended)
}

// errGone: the process ended before it answered.
var errGone = errors.New("the node is gone")

// ask sends an order and waits for the answer, for ever if need be: a process that
// stands still answers when it goes on.
func (n *node) ask(o order) (answer, error) {
	n.mu.Lock()
	l := n.life
	n.mu.Unlock()
	if l == nil {
		return answer{}, errGone
	}
	select {
	case <-l.serves:
	case <-l.ended:
		return answer{}, errGone
	}
	o.N = l.n.Add(1)
	reply := make(chan answer, 1)
	l.mu.Lock()
	l.asks[o.N] = reply
	l.mu.Unlock()
	line, err := json.Marshal(o)
	if err != nil {
		return answer{}, err
	}
	if _, err := l.in.Write(append(line, '\n')); err != nil {
		return answer{}, errGone
	}
	select {
	case a := <-reply:
		return a, nil
	case <-l.ended:
		select { // it may have answered with its last breath
		case a := <-reply:
			return a, nil
		default:
			return answer{}, errGone
		}
	}
}

func (n *node) current() *life {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.life
}

// signal sends a signal to the process, if it runs.
func (n *node) signal(s syscall.Signal) {
	if l := n.current(); l != nil {
		_ = l.cmd.Process.Signal(s)
	}
}

// kill ends the process at once, and waits until it has ended.
func (n *node) kill() {
	if l := n.current(); l != nil {
		_ = l.cmd.Process.Kill()
		<-l.ended
	}
}

// stop has the process end as it likes, and waits for it.
func (n *node) stop() {
	l := n.current()
	if l == nil {
		return
	}
	n.signal(syscall.SIGTERM)
	select {
	case <-l.ended:
	case <-time.After(mostStart):
		n.kill()
		n.office.tb.Errorf("node %s did not end when it was asked to: %s", n.name, l.log.String())
	}
}

// setClock sets the clock of the process, and of its lives to come.
func (n *node) setClock(ahead int64) {
	n.ahead.Store(ahead)
	_, _ = n.ask(order{Clock: &ahead}) // who is gone begins with it
}

// moment is what the clock of whoever looks into the office shows.
func (o *office) moment() calendar.Moment { return calendar.At(time.Now()) + calendar.Moment(o.ahead) }

// open looks into the office's database while nobody serves it.
func (o *office) open(f func(a *app.Office)) {
	o.tb.Helper()
	d, err := db.Open(ctx, o.at)
	if err != nil {
		o.tb.Fatal(err)
	}
	a, err := app.Open(ctx, d, docket.Options{Now: o.moment})
	if err != nil {
		o.tb.Fatal(errors.Join(err, d.Close()))
	}
	defer func() {
		if err := a.Close(); err != nil {
			o.tb.Error(err)
		}
	}()
	f(a)
}

// logs are what the processes had to say in the lives that they have now.
func (o *office) logs() string {
	var b strings.Builder
	for _, n := range o.nodes {
		if l := n.current(); l != nil {
			select {
			case <-l.ended:
				fmt.Fprintf(&b, "node %s:\n%s", n.name, l.log.String())
			default:
			}
		}
	}
	return b.String()
}
