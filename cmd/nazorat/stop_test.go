package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/duty"
	"nazorat/internal/web/static"
)

// served is an office that runs as a process of its own.
type served struct {
	t         *testing.T
	location  string
	passwords map[string]string
	vars      []string // beside the environment
	cmd       *exec.Cmd
	url       string
	figures   string
	errs      *bytes.Buffer
	ended     chan struct{}
	state     string // folder of what outlives the process
}

// firstPasswords as init prints them.
var firstPasswords = regexp.MustCompile(`(?m)^  (\S+) +([A-Z2-7]{26})$`)

// initOffice makes an office of a few officers.
func initOffice(t *testing.T, location string) *served {
	t.Helper()
	if err := static.Check(); err != nil {
		t.Skipf("the pages cannot be served: %v", err)
	}
	few := filepath.Join(t.TempDir(), "few.yaml")
	must(t, os.WriteFile(few, fewOfficers(t), 0o600))
	cmd := exec.Command("nazorat", "init", "--directory", few, "--db", location)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("init: %v\n%s", err, out)
	}
	s := &served{t: t, location: location, passwords: map[string]string{}}
	for _, found := range firstPasswords.FindAllStringSubmatch(string(out), -1) {
		s.passwords[found[1]] = found[2]
	}
	return s
}

// serve begins to serve it, and waits until it says where.
func (s *served) serve(args ...string) {
	s.t.Helper()
	s.cmd = exec.Command("nazorat", append([]string{"serve", "--db", s.location, "--addr", "127.0.0.1:0", "--metrics-addr", "127.0.0.1:0"}, args...)...)
	if s.state == "" {
		s.state = s.t.TempDir()
	}
	s.cmd.Env = append(append(os.Environ(), "STATE_DIRECTORY="+s.state), s.vars...)
	s.errs, s.ended = &bytes.Buffer{}, make(chan struct{})
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	errs, err := s.cmd.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = s.cmd.Process.Kill() }) // does nothing to one that ended
	figures := make(chan string, 1)
	go func() {
		defer close(s.ended)
		for lines := bufio.NewScanner(errs); lines.Scan(); {
			fmt.Fprintln(s.errs, lines.Text())
			if _, at, ok := strings.Cut(lines.Text(), "msg=figures addr="); ok {
				figures <- "http://" + at
			}
		}
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	at := regexp.MustCompile(`http://\S+`).FindString(line)
	if at == "" {
		<-s.ended
		s.t.Fatalf("it says no address: %s %v\n%s", line, err, s.errs)
	}
	s.url, s.figures = at, <-figures
}

// signedIn gives a client of an officer's. Each request has a connection of its
// own: one that is kept may be closed in the moment in which it is used again,
// and nobody can tell that from a request that was lost.
func (s *served) signedIn(login string) *http.Client {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	c := &http.Client{Jar: jar, Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := send(c, s.url+"/sign-in", url.Values{"login": {login}, "password": {s.passwords[login]}})
	if err != nil || res.StatusCode != http.StatusSeeOther {
		s.t.Fatalf("sign in: %v %v\n%s", res, err, s.errs)
	}
	_ = res.Body.Close()
	return c
}

// send sends a form as a browser sends one of ours.
func send(c *http.Client, at string, form url.Values) (*http.Response, error) {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, at, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return c.Do(r)
}

// report registers a report, and tells the status and where the answer leads.
func (s *served) report(c *http.Client, submission string) (status int, to string, err error) {
	res, err := send(c, s.url+"/open/register_report?law=uz%2Fcriminal", url.Values{"submission": {submission}, "f.source": {"direct"},
		"f.summary": {"A window was broken"}, "f.assign_to": {"s.rahimov"}, "shown": {"yes"}})
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, res.Header.Get("Location"), err
}

// wait waits for its end, and gives how it ended and what it wrote.
func (s *served) wait() (string, error) {
	<-s.ended
	err := s.cmd.Wait()
	return s.errs.String(), err
}

// stored counts how often each submission is in the journal.
func (s *served) stored() map[string]int {
	s.t.Helper()
	ctx := context.Background()
	d, err := db.Open(ctx, s.location)
	if err != nil {
		s.t.Fatal(err)
	}
	defer d.Close()
	rows, err := d.Query(ctx, `SELECT submission FROM entry`)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var submission string
		if err := rows.Scan(&submission); err != nil {
			s.t.Fatal(err)
		}
		out[submission]++
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	if held, err := duty.All(ctx, d); err != nil || len(held) > 0 {
		s.t.Errorf("duties that are still held: %+v, %v\n%s", held, err, s.errs)
	}
	return out
}

func TestAnOfficeThatIsAskedToStopFinishesWhatRunsAndLosesNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		t.Parallel()
		s := initOffice(t, location)
		s.serve("--drain", "500ms")

		// Somebody watches a board.
		watcher := s.signedIn("d.ergashev")
		board, err := watcher.Get(s.url + "/offices/ia-chilonzor/live")
		if err != nil || board.StatusCode != http.StatusOK {
			t.Fatalf("%v %v", board, err)
		}
		ended := make(chan string, 1)
		go func() {
			defer board.Body.Close()
			last := ""
			lines := bufio.NewScanner(board.Body)
			lines.Buffer(nil, 1<<22)
			for lines.Scan() {
				if lines.Text() != "" {
					last = lines.Text()
				}
			}
			ended <- last
		}()

		// From eight windows reports are sent as fast as they are answered, until nobody answers any more.
		var mu sync.Mutex
		sent, done := map[string]bool{}, map[string]bool{}
		var enough, after atomic.Int64
		var asked atomic.Bool
		var storm sync.WaitGroup
		c := s.signedIn("d.ergashev")
		for i := range 8 {
			storm.Go(func() {
				for n := 0; ; n++ {
					submission := fmt.Sprintf("submission-%02d-%06d", i, n)
					mu.Lock()
					sent[submission] = true
					mu.Unlock()
					status, to, err := s.report(c, submission)
					switch {
					case err != nil && errors.Is(err, syscall.ECONNREFUSED):
						return
					case err != nil && errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
						return // it stood in the queue of the system when the door was closed
					case err != nil:
						t.Errorf("%v", err)
						return
					case status == http.StatusServiceUnavailable && asked.Load():
						return // told that the office is being restarted
					case status != http.StatusSeeOther || !strings.Contains(to, "?done="):
						t.Errorf("status %d, to %q", status, to)
						return
					}
					mu.Lock()
					done[submission] = true
					mu.Unlock()
					enough.Add(1)
					if asked.Load() {
						after.Add(1)
					}
				}
			})
		}
		for enough.Load() < 100 {
			time.Sleep(time.Millisecond)
		}
		asked.Store(true)
		if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}

		// It says at once that nobody should be sent here any more, and still answers those who are.
		for deadline := time.Now().Add(5 * time.Second); ; {
			res, err := http.Get(s.figures + "/readyz")
			if err != nil {
				t.Fatalf("it does not say that it stops: %v", err)
			}
			body, _ := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if res.StatusCode == http.StatusServiceUnavailable && strings.Contains(string(body), "stopping") {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("it does not say that it stops: %s", body)
			}
		}
		storm.Wait()
		log, err := s.wait()
		if err != nil || strings.Contains(log, "level=ERROR") || strings.Contains(log, "cut off") || !strings.Contains(log, "msg=stopping") {
			t.Errorf("it ended with %v\n%s", err, log)
		}
		if last := <-ended; !strings.HasPrefix(last, "retry: ") {
			t.Errorf("the board's last line is %q", last)
		}
		if after.Load() == 0 {
			t.Error("nobody was answered while it said that it stops")
		}
		stored := s.stored()
		for submission := range done {
			if stored[submission] != 1 {
				t.Errorf("%s was acknowledged and is there %d times", submission, stored[submission])
			}
		}
		for submission, n := range stored {
			if n != 1 || !sent[submission] {
				t.Errorf("%s is there %d times", submission, n)
			}
		}
		t.Logf("%d acknowledged, %d of them while it stopped, %d in the journal", len(done), after.Load(), len(stored))
		if _, err := os.Stat(strings.TrimPrefix(location, "sqlite:") + "-wal"); err == nil {
			t.Error("it left its write-ahead log behind")
		}
	})
}
