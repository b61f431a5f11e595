package publiclog

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"nazorat/internal/calendar"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/leaf"
)

// Witness is somebody else who signs that he saw one tree grow, and no second one.
type Witness struct {
	Key *journal.Key
	URL string // what /add-checkpoint is put behind
}

// ParseWitnesses reads a file of witnesses: a verifier key and a URL on each line;
// empty lines and those that begin with # say nothing.
func ParseWitnesses(text string) ([]Witness, error) {
	var out []Witness
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		bad := func(what string) error { return fmt.Errorf("witnesses, line %d: %s", i+1, what) }
		part := strings.Fields(line)
		if len(part) != 2 {
			return nil, bad("want a verifier key and a URL")
		}
		k, err := journal.ParseKey(part[0])
		if err != nil {
			return nil, bad(err.Error())
		}
		if !k.Witness() {
			return nil, bad("the key is none of a witness (cosignature/v1)")
		}
		u, err := url.Parse(part[1])
		if err != nil || u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1") || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
			return nil, bad("want a URL of https without query; http is for localhost only")
		}
		for _, w := range out {
			if w.Key.Name() == k.Name() {
				return nil, bad("this witness comes twice")
			}
		}
		out = append(out, Witness{Key: k, URL: strings.TrimSuffix(part[1], "/")})
	}
	return out, nil
}

// Asker asks witnesses for signatures of checkpoints (C2SP tlog-witness). Safe for concurrent use.
type Asker struct {
	log       *leaf.Log
	witnesses []Witness
	client    *http.Client

	mu    sync.Mutex
	stand map[string]int64 // size that a witness saw last, by its name, as far as it told
}

// NewAsker makes one. The client bounds each question by its Timeout. A witness answers at
// the address that stands in its list: where it leads elsewhere nobody goes.
func NewAsker(log *leaf.Log, witnesses []Witness, client *http.Client) *Asker {
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Asker{log: log, witnesses: witnesses, client: &own, stand: map[string]int64{}}
}

// Ask asks every witness, all at once, to sign a checkpoint, and keeps what they
// give. The error joins those of the witnesses that did not; what others gave is kept.
func (a *Asker) Ask(ctx context.Context, s *leaf.Stored) error {
	errs := make([]error, len(a.witnesses))
	var wg sync.WaitGroup
	for i := range a.witnesses {
		wg.Go(func() {
			if err := a.ask(ctx, &a.witnesses[i], s); err != nil {
				errs[i] = fmt.Errorf("witness %s: %w", a.witnesses[i].Key.Name(), err)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// longestAnswer of a witness that is read.
const longestAnswer = 64 << 10

func (a *Asker) ask(ctx context.Context, w *Witness, s *leaf.Stored) error {
	a.mu.Lock()
	old := min(a.stand[w.Key.Name()], s.Size)
	a.mu.Unlock()
	for range 3 { // where it stands is learnt from the first refusal; another asker may be in between
		status, kind, body, err := a.post(ctx, w, s, old)
		if err != nil {
			return err
		}
		switch {
		case status == http.StatusOK:
			if err := a.keep(ctx, w, s, body); err != nil {
				return err
			}
			a.mu.Lock()
			a.stand[w.Key.Name()] = s.Size
			a.mu.Unlock()
			return nil
		case status == http.StatusConflict && kind == "text/x.tlog.size":
			text, ended := strings.CutSuffix(body, "\n")
			size, err := strconv.ParseInt(text, 10, 64)
			if err != nil || !ended || size < 0 || strconv.FormatInt(size, 10) != text {
				return fmt.Errorf("it says that it stands at %q", clip(body))
			}
			if size > s.Size {
				return fmt.Errorf("it has seen %d leaves, this checkpoint has %d", size, s.Size)
			}
			if size == old {
				return fmt.Errorf("it has seen another tree of %d leaves", size)
			}
			old = size
		default:
			return fmt.Errorf("it answers %d: %q", status, clip(body))
		}
	}
	return errors.New("it stands at another size each time")
}

func clip(s string) string { return s[:min(len(s), 100)] }

// post submits the checkpoint as it was signed by the office alone.
func (a *Asker) post(ctx context.Context, w *Witness, s *leaf.Stored, old int64) (status int, kind, body string, err error) {
	proof, err := a.log.Consistency(ctx, old, s.Size)
	if err != nil {
		return 0, "", "", err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "old %d\n", old)
	for _, h := range proof {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	b.WriteString("\n")
	b.Write(s.Note)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL+"/add-checkpoint", &b)
	if err != nil {
		return 0, "", "", err
	}
	res, err := a.client.Do(req)
	if err != nil {
		return 0, "", "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, longestAnswer))
	return res.StatusCode, res.Header.Get("Content-Type"), string(text), err
}

// keep takes the witness's own signature out of its answer; signatures of keys that we do not know are let be.
func (a *Asker) keep(ctx context.Context, w *Witness, s *leaf.Stored, body string) error {
	for line := range strings.Lines(body) {
		line = strings.TrimSuffix(line, "\n")
		_, err := w.Key.CheckLine(s.Text(), line)
		if errors.Is(err, journal.ErrUnsigned) {
			continue
		}
		if err != nil {
			return err
		}
		return a.log.Cosigned(ctx, s, w.Key, line)
	}
	return errors.New("its answer holds no signature of its key")
}

// Run asks for each new checkpoint, at most once in every, until ctx ends. A witness
// that fails is told of in the log and asked again with the next checkpoint, and
// also for the same one.
func (a *Asker) Run(ctx context.Context, every time.Duration, log *slog.Logger) error {
	if len(a.witnesses) == 0 {
		<-ctx.Done()
		return nil
	}
	var done *leaf.Stored
	failing := false
	return tick(ctx, every, func() {
		s, err := a.log.Latest(ctx)
		if fault.Is(err, fault.NotFound) || err == nil && done != nil && done.Checkpoint == s.Checkpoint && done.Signer == s.Signer {
			return
		}
		if err == nil {
			err = a.Ask(ctx, s)
		}
		failing = tell(ctx, log, "ask witnesses", err, failing)
		if err == nil {
			done = s
		}
	})
}

// Sign signs the tree every so often, when it has grown, until ctx ends. It is the
// work of a duty: one process at a time.
func Sign(ctx context.Context, l *leaf.Log, s note.Signer, every time.Duration, now func() calendar.Moment, log *slog.Logger) error {
	failing := false
	return tick(ctx, every, func() {
		_, err := l.Checkpoint(ctx, s, now())
		failing = tell(ctx, log, "sign a checkpoint", err, failing)
	})
}

// tell logs the first of a row of failures, and that they are over.
func tell(ctx context.Context, log *slog.Logger, what string, err error, failing bool) bool {
	switch {
	case err != nil && ctx.Err() != nil:
		return failing
	case err != nil && !failing:
		log.ErrorContext(ctx, what, "error", err)
	case err == nil && failing:
		log.InfoContext(ctx, what+": works again")
	}
	return err != nil
}

// tick does something at once and then every so often.
func tick(ctx context.Context, every time.Duration, do func()) error {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		do()
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}
