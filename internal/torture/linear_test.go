package torture_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"nazorat/internal/db/dbtest"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
)

// asked is what a caller wants of a proceeding.
type asked struct {
	proceeding int
	read       bool
	version    int64 // that an act is to be done over; 0: whichever it is
}

// got is what he was told.
type got struct {
	done    bool // else another act came first
	version int64
}

// version is what a proceeding is to those who act on it: a version that every
// act makes one larger, and that an act over another version does not change.
var version = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		of := map[int][]porcupine.Operation{}
		for _, o := range history {
			p := o.Input.(asked).proceeding
			of[p] = append(of[p], o)
		}
		var out [][]porcupine.Operation
		for _, list := range of {
			out = append(out, list)
		}
		return out
	},
	Init: func() any { return int64(1) },
	Step: func(state, input, output any) (bool, any) {
		now, in, out := state.(int64), input.(asked), output.(got)
		switch {
		case in.read:
			return out.version == now, now
		case out.done:
			return (in.version == 0 || in.version == now) && out.version == now+1, now + 1
		default:
			return in.version != 0 && in.version != now, now
		}
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v: %+v", input, output) },
}

func TestModelOfAVersionKnowsWhatCannotBe(t *testing.T) {
	t.Parallel()
	op := func(caller int, from, to int64, in asked, out got) porcupine.Operation {
		return porcupine.Operation{ClientId: caller, Call: from, Return: to, Input: in, Output: out}
	}
	write, read := asked{version: 1}, asked{read: true}
	for _, c := range []struct {
		what    string
		history []porcupine.Operation
		want    bool
	}{
		{"one of two wins", []porcupine.Operation{op(1, 1, 9, write, got{true, 2}), op(2, 2, 8, write, got{}), op(3, 10, 11, read, got{version: 2})}, true},
		{"both win", []porcupine.Operation{op(1, 1, 9, write, got{true, 2}), op(2, 2, 8, write, got{true, 2})}, false},
		{"nobody wins", []porcupine.Operation{op(1, 1, 9, write, got{}), op(2, 2, 8, write, got{})}, false},
		{"an old page after the answer", []porcupine.Operation{op(1, 1, 3, write, got{true, 2}), op(2, 4, 5, read, got{version: 1})}, false},
		{"an old page meanwhile", []porcupine.Operation{op(1, 1, 9, write, got{true, 2}), op(2, 4, 5, read, got{version: 1})}, true},
		{"a version twice", []porcupine.Operation{op(1, 1, 3, asked{}, got{true, 2}), op(2, 4, 5, asked{}, got{true, 2})}, false},
	} {
		if got := porcupine.CheckOperations(version, c.history); got != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}

// Acts with versions, acts without, and looks at a few proceedings, from many
// callers through every process, some of which are killed: there is one order of it
// all in which each was told what he had to be told, and which agrees with the
// clock on the wall.
func TestActsOnOneProceedingHaveOneOrder(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some ten seconds")
	}
	world(t, func(t *testing.T, o *office, _ *dbtest.Server) {
		const proceedings, callers, turns = 4, 12, 60
		c := newCrowd(o, theSeed(t))
		o.startAll()
		var ids []string
		r := rand.New(rand.NewPCG(c.seed, 0))
		for range proceedings {
			ids = append(ids, c.send(r, c.token(), register("one of a few")).Proceeding)
		}
		var mu sync.Mutex
		var history []porcupine.Operation
		start := time.Now()
		var wg sync.WaitGroup
		for caller := range callers {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(c.seed, uint64(caller)+1))
				known := make([]int64, proceedings) // versions
				for range turns {
					in := asked{proceeding: r.IntN(proceedings), read: r.IntN(3) == 0}
					if r.IntN(2) == 0 && !in.read {
						in.version = known[in.proceeding]
					}
					from := time.Since(start).Nanoseconds()
					out := c.operate(r, in, ids[in.proceeding])
					to := time.Since(start).Nanoseconds()
					if out.version > 0 {
						known[in.proceeding] = out.version
					}
					mu.Lock()
					history = append(history, porcupine.Operation{ClientId: caller, Input: in, Output: out, Call: from, Return: to})
					mu.Unlock()
				}
			})
		}
		all := make(chan struct{})
		go func() { wg.Wait(); close(all) }()
		killed := 0
		const kills = 5 // one after each sixth of all, however quick the office is
		for done := false; !done; {
			select {
			case <-all:
				done = true
			case <-time.After(time.Millisecond):
				mu.Lock()
				next := killed < kills && len(history) > (killed+1)*callers*turns/(kills+1)
				mu.Unlock()
				if next {
					o.nodes[killed%len(o.nodes)].kill()
					killed++
					o.startAll()
				}
			}
		}
		switch porcupine.CheckOperationsTimeout(version, history, time.Minute) {
		case porcupine.Ok:
		case porcupine.Illegal:
			t.Errorf("there is no such order of %d acts and looks", len(history))
		case porcupine.Unknown:
			t.Errorf("an order of %d acts and looks was not found in time", len(history))
		}
		for _, wrong := range c.ledger.wrong {
			t.Error(wrong)
		}
		conflicts := 0
		for _, h := range history {
			if out := h.Output.(got); !out.done && out.version == 0 {
				conflicts++
			}
		}
		t.Logf("%d acts and looks, %d conflicts, %d kills", len(history), conflicts, killed)
		if conflicts < 10 || killed == 0 {
			t.Error("that shows nothing")
		}
	})
}

// operate does one thing, as often as it takes until there is an answer.
func (c *crowd) operate(r *rand.Rand, in asked, id string) got {
	node := r.IntN(len(c.office.nodes))
	if !in.read {
		token := c.token()
		cmd := docket.Command{Proceeding: id, Version: in.version, Act: "assign", Actor: prosecutor, Submission: "form-" + token,
			Form: map[string]string{"assign_to": sardor.Officer, "note": token}}
		if receipt := c.sendTo(node, &cmd); receipt != nil {
			return got{true, receipt.Seq}
		}
		return got{}
	}
	for ; ; node++ {
		a, err := c.office.nodes[node%len(c.office.nodes)].ask(order{Read: id})
		if err == nil && a.Receipt != nil {
			return got{version: a.Receipt.Seq}
		}
		if err == nil && a.Fault != fault.Unavailable.String() {
			c.ledger.say("read %s: %s", id, a.Text)
			return got{}
		}
		time.Sleep(5 * time.Millisecond)
	}
}
