package torture_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"nazorat/internal/access"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
)

// callers is how many act at once.
const callers = 64

// hot is how many proceedings they have in common.
const hot = 6

// ledger is what the callers were told, in the memory of a process that nobody kills.
type ledger struct {
	mu      sync.Mutex
	acked   map[string]receipt // by submission
	refused map[string]string
	wrong   []string // what should not have been told at all

	sent, again, refusals atomic.Int64 // forms sent, of those again, and answers that are a refusal or a conflict
	last                  atomic.Int64 // when the last act was acknowledged, in nanoseconds
}

func newLedger() *ledger {
	return &ledger{acked: map[string]receipt{}, refused: map[string]string{}}
}

func (l *ledger) say(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wrong = append(l.wrong, fmt.Sprintf(format, args...))
}

// ack writes an acknowledgement down. Whoever sends a form again is told the same.
func (l *ledger) ack(submission string, r receipt) {
	r.Repeated = false
	l.last.Store(time.Now().UnixNano())
	l.mu.Lock()
	defer l.mu.Unlock()
	if before, known := l.acked[submission]; known && before != r {
		l.wrong = append(l.wrong, fmt.Sprintf("%s was acknowledged as %+v, and then as %+v", submission, before, r))
	}
	l.acked[submission] = r
}

func (l *ledger) size() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.acked)
}

// crowd are the callers of an office.
type crowd struct {
	office *office
	ledger *ledger
	seed   uint64
	think  time.Duration // how long a caller waits between two acts at most

	gate  sync.RWMutex // who closes it waits until everybody has his answer
	ended chan struct{}
	wait  sync.WaitGroup
	next  atomic.Int64

	mu     sync.Mutex
	common []*matter
}

// matter is a proceeding as a caller knows it.
type matter struct {
	id      string
	version int64
	charge  access.Actor
	inquiry bool
	appeal  bool
	over    bool // nothing more can be done in it
	longer  bool // the time to check it was extended
}

func newCrowd(o *office, seed uint64) *crowd {
	return &crowd{office: o, ledger: newLedger(), seed: seed, think: 100 * time.Millisecond, ended: make(chan struct{})}
}

// begin lets the callers act until end.
func (c *crowd) begin() {
	c.ledger.last.Store(time.Now().UnixNano())
	for i := range callers {
		c.wait.Go(func() { c.caller(rand.New(rand.NewPCG(c.seed, uint64(i)))) })
	}
}

// end waits until every caller has had his last answer.
func (c *crowd) end() {
	close(c.ended)
	c.wait.Wait()
}

// pause keeps callers from sending anything new, once everybody has his answer, until the function that it gives is called.
func (c *crowd) pause() (resume func()) {
	c.gate.Lock()
	return c.gate.Unlock
}

func (c *crowd) caller(r *rand.Rand) {
	var own []*matter
	for {
		select {
		case <-c.ended:
			return
		case <-time.After(time.Duration(r.Int64N(int64(c.think)))):
		}
		c.gate.RLock()
		own = c.turn(r, own)
		c.gate.RUnlock()
	}
}

// turn is one thing that a caller does.
func (c *crowd) turn(r *rand.Rand, own []*matter) []*matter {
	p := r.IntN(100)
	switch {
	case len(own) == 0 || p < 15:
		if m := c.open(r); m != nil {
			own = append(own, m)
		}
		if len(own) > 8 {
			own = own[1:]
		}
	case p < 40:
		c.share(r)
	default:
		i := r.IntN(len(own))
		if c.goOn(r, own[i]); own[i].over {
			own = slices.Delete(own, i, i+1)
		}
	}
	return own
}

// register is a report of a crime, given to the one who is in charge of a new matter.
func register(summary string) docket.Command {
	return docket.Command{Law: "uz/criminal", Act: "register_report", Actor: duty, Form: map[string]string{"source": "direct", "summary": summary, "assign_to": sardor.Officer}}
}

// open opens a proceeding.
func (c *crowd) open(r *rand.Rand) *matter {
	token := c.token()
	m := &matter{charge: sardor, version: 1}
	cmd := register(token)
	if r.IntN(4) == 0 {
		m.charge, m.appeal = prosecutor, true
		cmd = docket.Command{Law: "uz/appeals", Act: "register_appeal", Actor: prosecutor,
			Form: map[string]string{"sort": "complaint", "channel": "post", "summary": token, "applicant": "A. Karimov", "assign_to": prosecutor.Officer}}
	}
	got := c.send(r, token, cmd)
	if got == nil {
		return nil
	}
	m.id = got.Proceeding
	c.mu.Lock()
	defer c.mu.Unlock()
	if !m.appeal && len(c.common) < hot {
		c.common = append(c.common, m)
		return nil
	}
	return m
}

// share acts on a proceeding on which others act too; half of the time over the version that it knows.
func (c *crowd) share(r *rand.Rand) {
	c.mu.Lock()
	if len(c.common) == 0 {
		c.mu.Unlock()
		return
	}
	m := *c.common[r.IntN(len(c.common))]
	c.mu.Unlock()
	token := c.token()
	cmd := docket.Command{Proceeding: m.id, Act: "assign", Actor: prosecutor, Form: map[string]string{"assign_to": []string{sardor.Officer, malika.Officer}[r.IntN(2)], "note": token}}
	if r.IntN(2) == 0 {
		cmd.Version = m.version
	}
	got := c.send(r, token, cmd)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, x := range c.common {
		switch {
		case x.id != m.id:
		case got == nil: // another was faster: what he left can be seen on a page
			x.version++
		case got.Seq > x.version:
			x.version = got.Seq
		}
	}
}

// goOn does the next act on a caller's own proceeding.
func (c *crowd) goOn(r *rand.Rand, m *matter) {
	token := c.token()
	cmd := docket.Command{Proceeding: m.id, Actor: m.charge}
	p := r.IntN(10)
	var then func()
	switch {
	case m.appeal: // which opens a proceeding under another law
		cmd.Act, cmd.Form = "pass_as_crime_report", map[string]string{"assign_to": investigator.Officer, "note": token}
		then = func() { m.over = true }
	case p < 3 && !m.inquiry:
		cmd.Act, cmd.Form = "open_inquiry", map[string]string{"crime_article": "CC 169", "note": token}
		then = func() { m.inquiry = true }
	case p < 7 && m.inquiry:
		cmd.Act, cmd.Form = "add_suspect", map[string]string{"name": token}
	case p < 8 && !m.inquiry && !m.longer:
		cmd.Act, cmd.Actor, cmd.Form = "extend_check", prosecutor, map[string]string{"reason": "new_facts", "note": token}
		then = func() { m.longer = true }
	default:
		to := []access.Actor{sardor, malika}[r.IntN(2)]
		cmd.Act, cmd.Actor, cmd.Form = "assign", prosecutor, map[string]string{"assign_to": to.Officer, "note": token}
		then = func() { m.charge = to }
	}
	if r.IntN(2) == 0 {
		cmd.Version = m.version
	}
	if got := c.send(r, token, cmd); got != nil {
		if m.version = got.Seq; then != nil {
			then()
		}
	}
}

// tokens are in the texts of forms, each in one that is meant to be entered once:
// an act that was done twice is seen by them, whatever its submission.
var tokens = regexp.MustCompile(`token-[0-9]+-[0-9]+`)

func (c *crowd) token() string { return fmt.Sprintf("token-%d-%d", c.seed, c.next.Add(1)) }

// send sends a form until there is an answer, and sometimes twice at once, or once more afterwards; nil if it was refused.
func (c *crowd) send(r *rand.Rand, token string, cmd docket.Command) *receipt {
	cmd.Submission = "form-" + token
	twice, later := r.IntN(20) == 0, r.IntN(20) == 0
	var other sync.WaitGroup
	if twice {
		node := r.IntN(len(c.office.nodes))
		other.Go(func() { c.sendTo(node, &cmd) })
	}
	got := c.sendTo(r.IntN(len(c.office.nodes)), &cmd)
	other.Wait()
	if later && got != nil {
		c.sendTo(r.IntN(len(c.office.nodes)), &cmd)
	}
	return got
}

// sendTo sends a form to one node and, where it has no answer from it, to the next.
func (c *crowd) sendTo(node int, cmd *docket.Command) *receipt {
	for try := 0; ; try++ {
		if c.ledger.sent.Add(1); try > 0 {
			c.ledger.again.Add(1)
			time.Sleep(min(time.Duration(try)*5*time.Millisecond, 100*time.Millisecond))
		}
		a, err := c.office.nodes[(node+try)%len(c.office.nodes)].ask(order{Act: cmd})
		switch {
		case err != nil, a.Fault == fault.Unavailable.String():
		case a.Receipt != nil:
			c.ledger.ack(cmd.Submission, *a.Receipt)
			return a.Receipt
		case a.Fault == fault.Internal.String():
			c.ledger.say("%s of %s: %s", cmd.Act, cmd.Submission, a.Text)
			return nil
		default:
			c.ledger.refusals.Add(1)
			c.ledger.mu.Lock()
			defer c.ledger.mu.Unlock()
			c.ledger.refused[cmd.Submission] = a.Fault + " " + a.Text
			return nil
		}
	}
}

// reasons counts why forms were refused.
func (c *crowd) reasons() map[string]int {
	c.ledger.mu.Lock()
	defer c.ledger.mu.Unlock()
	out := map[string]int{}
	for _, why := range c.ledger.refused {
		out[numbers.ReplaceAllString(why, "#")]++
	}
	return out
}

var numbers = regexp.MustCompile(`[0-9][-0-9M:. ]*`)
