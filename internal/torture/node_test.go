package torture_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"nazorat/internal/app"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/docket"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/seal"
)

// A node is this test binary, run again as a process that serves an office: what
// `nazorat serve` does, with lines of JSON in the place of pages. It is killed
// from outside and knows nothing of that.
const (
	nodeDB  = "NAZORAT_TORTURE_DB"
	nodeKey = "NAZORAT_TORTURE_KEY"
	nodeLag = "NAZORAT_TORTURE_CLOCK" // its clock is so many microseconds ahead of the machine's
)

func TestMain(m *testing.M) {
	if at := os.Getenv(nodeDB); at != "" {
		if err := serve(at); err != nil {
			fmt.Fprintln(os.Stderr, "node:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	dbtest.Main(m)
}

// order is a line that a node reads: an act, or something that its world does to it.
type order struct {
	N     int64           `json:"n"`
	Act   *docket.Command `json:"act,omitempty"`
	Read  string          `json:"read,omitempty"`  // the version of a proceeding
	Clock *int64          `json:"clock,omitempty"` // from now on its clock is so far ahead
	Files *uint64         `json:"files,omitempty"` // from now on no file can grow beyond this; 0: it can
}

// answer is a line that a node writes.
type answer struct {
	N       int64    `json:"n"`
	Ready   bool     `json:"ready,omitempty"` // the first line
	Receipt *receipt `json:"receipt,omitempty"`
	Fault   string   `json:"fault,omitempty"` // the kind, of one that was not done
	Text    string   `json:"text,omitempty"`
}

// receipt is what a caller keeps of an act that was acknowledged.
type receipt struct {
	Proceeding string       `json:"p"`
	Number     string       `json:"number"`
	Seq        int64        `json:"seq"`
	Leaf       int64        `json:"leaf"`
	Hash       journal.Hash `json:"hash"`
	Repeated   bool         `json:"repeated,omitempty"`
}

// serve is the node's life.
func serve(at string) (err error) {
	signal.Ignore(syscall.SIGXFSZ) // a file that cannot grow is an error, as on a disk that fails
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	var ahead atomic.Int64
	n, err := strconv.ParseInt(os.Getenv(nodeLag), 10, 64)
	if err != nil {
		return err
	}
	ahead.Store(n)
	d, err := db.Open(ctx, at)
	if err != nil {
		return err
	}
	office, err := app.Open(ctx, d, docket.Options{Now: func() calendar.Moment { return calendar.At(time.Now()) + calendar.Moment(ahead.Load()) }})
	if err != nil {
		return errors.Join(err, d.Close())
	}
	defer func() { err = errors.Join(err, office.Close()) }()
	signer, err := seal.Open(ctx, os.Getenv(nodeKey))
	if err != nil {
		return err
	}
	office.SignWith(signer, nil)
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	defer office.Keep(ctx, log)()
	return answers(ctx, office, &ahead, os.Stdin, os.Stdout)
}

// answers serves lines until there are no more or ctx ends, then what is under way.
func answers(ctx context.Context, office *app.Office, ahead *atomic.Int64, in io.Reader, out io.Writer) error {
	lines := make(chan []byte)
	go func() {
		defer close(lines)
		for s := bufio.NewReader(in); ; {
			line, err := s.ReadBytes('\n')
			if err != nil {
				return
			}
			select {
			case lines <- line:
			case <-ctx.Done():
				return
			}
		}
	}()
	var mu sync.Mutex
	say := func(a answer) {
		b, err := json.Marshal(a)
		if err != nil {
			panic(err)
		}
		mu.Lock()
		defer mu.Unlock()
		_, _ = out.Write(append(b, '\n')) // who does not listen has gone
	}
	say(answer{Ready: true})
	var under sync.WaitGroup
	defer under.Wait()
	for {
		select {
		case <-ctx.Done():
			return nil
		case line, more := <-lines:
			if !more {
				return nil
			}
			var o order
			if err := json.Unmarshal(line, &o); err != nil {
				return err
			}
			switch {
			case o.Act != nil:
				under.Go(func() { say(act(office, &o)) })
			case o.Read != "":
				under.Go(func() { say(read(office, &o)) })
			case o.Clock != nil:
				ahead.Store(*o.Clock)
				say(answer{N: o.N})
			case o.Files != nil:
				say(answer{N: o.N, Text: grow(*o.Files)})
			}
		}
	}
}

func act(office *app.Office, o *order) answer {
	r, err := office.Docket.Act(context.Background(), *o.Act)
	if err != nil {
		return answer{N: o.N, Fault: fault.Of(err).Kind.String(), Text: err.Error()}
	}
	return answer{N: o.N, Receipt: &receipt{Proceeding: r.Proceeding, Number: r.Number, Seq: r.Seq, Leaf: r.Leaf, Hash: r.Hash, Repeated: r.Repeated}}
}

func read(office *app.Office, o *order) answer {
	p, err := office.Docket.Proceeding(context.Background(), general, o.Read)
	switch {
	case db.Unavailable(err):
		return answer{N: o.N, Fault: fault.Unavailable.String(), Text: err.Error()}
	case err != nil:
		return answer{N: o.N, Fault: fault.Of(err).Kind.String(), Text: err.Error()}
	}
	return answer{N: o.N, Receipt: &receipt{Proceeding: p.ID, Number: p.Number, Seq: p.Version}}
}

// grow bounds how large files may become.
func grow(to uint64) string {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err.Error()
	}
	if limit.Cur = to; to == 0 {
		limit.Cur = limit.Max
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err.Error()
	}
	return ""
}
