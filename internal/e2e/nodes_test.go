package e2e

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"nazorat/internal/app"
	"nazorat/internal/browsertest"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/demo"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/web"
)

// A node is this test binary, run again as a process that serves the pages of an office which lies in a database.
const nodeDB = "NAZORAT_E2E_NODE"

func TestMain(m *testing.M) {
	if at := os.Getenv(nodeDB); at != "" {
		if err := serveNode(at); err != nil {
			fmt.Fprintln(os.Stderr, "node:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	browsertest.Main(dbtest.Runs(m))
}

// serveNode serves until it is killed, and says first where.
func serveNode(at string) error {
	ctx := context.Background()
	d, err := db.Open(ctx, at)
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, d, docket.Options{Now: func() calendar.Moment { return calendar.At(time.Now()) }})
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	_, accounts := demo.Service(demo.Options{Seed: 1, Now: a.Docket.Now()})
	pages, err := a.Handler(app.Pages{Log: log, Synthetic: true, Accounts: offered(accounts)})
	if err != nil {
		return err
	}
	stop := a.Keep(ctx, log)
	defer stop()
	srv := httptest.NewServer(pages)
	fmt.Println(srv.URL)
	_, err = io.Copy(io.Discard, os.Stdin) // whoever started it has gone
	return err
}

func offered(accounts []demo.Account) (out []web.Account) {
	for _, x := range accounts {
		out = append(out, web.Account{Officer: x.Officer, Name: x.Name, Role: x.Role, Office: x.Office, Shows: x.Shows})
	}
	return out
}

// node is a process that serves.
type node struct {
	url *url.URL
	cmd *exec.Cmd
}

func startNode(t *testing.T, location string) *node {
	t.Helper()
	n := &node{cmd: exec.Command(os.Args[0])}
	n.cmd.Env, n.cmd.Stderr = append(os.Environ(), nodeDB+"="+location), os.Stderr
	in, err := n.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := n.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := n.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = n.cmd.Process.Kill() // it may have been killed before
		_ = n.cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("a node does not serve: %v", err)
	}
	if n.url, err = url.Parse(strings.TrimSpace(line)); err != nil {
		t.Fatal(err)
	}
	return n
}

// balancer stands before nodes as in a server room: what the first of them does not
// answer is sent to the next. With kill set, the next form is the last that the
// first node sees: it is done there, and its answer is lost with the process.
type balancer struct {
	nodes []*node

	mu     sync.Mutex
	kill   bool
	killed int // forms whose answer was lost
}

func (b *balancer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	for _, n := range b.nodes {
		if b.pass(w, r, n, string(body)) {
			return
		}
	}
	http.Error(w, "no node answers", http.StatusBadGateway)
}

var errLost = errors.New("the answer is lost")

// pass reports whether a node answered.
func (b *balancer) pass(w http.ResponseWriter, r *http.Request, n *node, body string) bool {
	ok := true
	r = r.Clone(r.Context())
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	p := httputil.ReverseProxy{
		Rewrite:       func(p *httputil.ProxyRequest) { p.Out.URL.Scheme, p.Out.URL.Host = n.url.Scheme, n.url.Host },
		FlushInterval: -1,
		ErrorHandler:  func(http.ResponseWriter, *http.Request, error) { ok = false },
		ModifyResponse: func(res *http.Response) error {
			b.mu.Lock()
			defer b.mu.Unlock()
			if !b.kill || r.Method != http.MethodPost {
				return nil
			}
			b.kill = false
			b.killed++
			return errors.Join(errLost, n.cmd.Process.Kill())
		},
	}
	p.ServeHTTP(w, r)
	return ok
}

// Two nodes share one PostgreSQL. What is done on one shows on a board that the
// other serves, at once; and when a node is killed between doing an act and
// answering, the officer's form goes to the other, which answers: it is done, once.
func TestOfTwoNodesOneIsKilledAndNobodyNotices(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	location := dbtest.Postgres(t)
	ctx := t.Context()
	d, err := db.Create(ctx, location)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	if err := d.Migrate(ctx, app.Migrations()); err != nil {
		t.Fatal(err)
	}
	o := demo.Options{Seed: 1, Now: calendar.At(time.Now())}
	service, accounts := demo.Service(o)
	dir, err := directory.Open(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	if err := dir.Import(ctx, service, 1); err != nil {
		t.Fatal(err)
	}
	front := &balancer{nodes: []*node{startNode(t, location), startNode(t, location)}}
	balanced := httptest.NewServer(front)
	t.Cleanup(func() {
		balanced.CloseClientConnections()
		balanced.Close()
	})
	through, second := &office{url: balanced.URL, accounts: accounts}, &office{url: front.nodes[1].url.String(), accounts: accounts}

	board, officer := b.Page(t, 1366, 768), b.Page(t, 390, 844)
	board.Goto(second.url + "/sign-in?lang=en")
	signIn(board, second, second.as(t, "prosecutor"))
	board.Goto(second.url + "/board")
	board.WaitText("#open", "0")

	officer.Goto(through.url + "/sign-in?lang=en")
	signIn(officer, through, through.as(t, "duty_officer"))
	report := func(summary string) {
		officer.Goto(through.url + openReport)
		officer.Fill("[name='f.summary']", summary)
		choose(officer, "source", "direct")
		officer.Fill("[name='f.assign_to']", through.as(t, "inquirer").Officer)
		submit(officer)
		if officer.Count("input[name=shown]") > 0 { // something alike is there: he has looked, and sends it
			submit(officer)
		}
		contains(t, officer, "h1", summary)
	}
	report("A bicycle was stolen from the yard of house 12")
	start := time.Now()
	board.WaitText("#open", "1")
	t.Logf("on the other node's board %s after the officer saw his act done", time.Since(start).Round(time.Millisecond))

	front.mu.Lock()
	front.kill = true
	front.mu.Unlock()
	report("A second bicycle was stolen from the same yard")
	if front.killed != 1 {
		t.Errorf("%d answers were lost", front.killed)
	}
	board.WaitText("#open", "2")
	officer.Goto(through.url + "/") // signed in there is signed in here
	contains(t, officer, "header", through.as(t, "duty_officer").Name)
	var entries int
	if err := d.QueryRow(ctx, `SELECT count(*) FROM entry`).Scan(&entries); err != nil || entries != 2 {
		t.Errorf("%d entries, %v", entries, err)
	}
}
