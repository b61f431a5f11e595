package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/web/static"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"nazorat": main})
}

// TestScripts runs testdata/*.txtar. Beside the commands of testscript they know
//
//	start ARG...            run nazorat in the background, wait for the address that it prints
//	get PATH [STATUS]       fetch a page from there; its text, or where it leads, is stdout
//	post PATH STATUS K=V... send a form there
//	await PATH              fetch a page that is not there yet, but soon
//	keep_url NAME           set a variable to the address of the office
//	stop                    ask it to end (SIGTERM); it must end well; what it wrote is stdout and stderr
//	keep NAME REGEXP        set a variable to what the group in REGEXP finds in stdout
//	pack FROM TO            compress a file with gzip
//	journal DB              say how many entries a database's journal has and what they amount to
//	postgres NAME           make an empty PostgreSQL database and set a variable to its location
//
// $EXAMPLE is the example of a directory, $FEW what fewOfficers makes of it.
func TestScripts(t *testing.T) {
	t.Parallel()
	example, err := filepath.Abs("../../docs/directory.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	few := filepath.Join(t.TempDir(), "few.yaml")
	must(t, os.WriteFile(few, fewOfficers(t), 0o600))
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("EXAMPLE", example)
			e.Setenv("FEW", few)
			if growth := os.Getenv("GOGC"); growth != "" {
				e.Setenv("GOGC", growth)
			}
			e.Values[running{}] = &process{}
			return nil
		},
		Condition: func(name string) (bool, error) {
			if name == "pages" { // they are built by make, not by go
				return static.Check() == nil, nil
			}
			if name == "postgres" {
				location, drop, err := dbtest.Make()
				if err != nil {
					if dbtest.Required() {
						return false, err
					}
					return false, nil
				}
				return location != "", drop()
			}
			return false, fmt.Errorf("there is no condition %s", name)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"start": start, "get": get, "await": await, "post": post, "stop": stop, "keep_url": keepURL, "keep": keep, "pack": pack, "journal": entries, "postgres": postgres,
		},
	})
}

// fewOfficers is the directory of the example with two of its officers, one who registers reports and one who is given them: first
// passwords are hashed at the full cost, which for all thirteen takes longer than most of what an office is made for here.
func fewOfficers(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("../../docs/directory.example.yaml")
	must(t, err)
	var out bytes.Buffer
	for line := range bytes.Lines(text) {
		_, after, officer := bytes.Cut(line, []byte(", login: "))
		if !officer || bytes.HasPrefix(after, []byte("d.ergashev,")) || bytes.HasPrefix(after, []byte("s.rahimov,")) {
			out.Write(line)
		}
	}
	return out.Bytes()
}

// process is the office that a script has started.
type process struct {
	cmd    *exec.Cmd
	client *http.Client
	url    string
	out    bytes.Buffer
	errs   bytes.Buffer
	read   chan struct{} // closed when all output is read
}

type running struct{}

func want(ts *testscript.TestScript, neg, ok bool, usage string) {
	if neg || !ok {
		ts.Fatalf("usage: %s", usage)
	}
}

func start(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) > 0, "start ARG...")
	p := ts.Value(running{}).(*process)
	jar, err := cookiejar.New(nil)
	ts.Check(err)
	*p = process{read: make(chan struct{}), client: &http.Client{Jar: jar, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	binary, err := exec.LookPath(filepath.Join(binaries(ts), "nazorat"))
	ts.Check(err)
	p.cmd = exec.Command(binary, args...)
	p.cmd.Dir, p.cmd.Env, p.cmd.Stderr = ts.MkAbs("."), environ(ts), &p.errs
	stdout, err := p.cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(p.cmd.Start())
	ts.Defer(func() { _ = p.cmd.Process.Kill() }) // does nothing to one that was stopped
	address := make(chan string, 1)
	go func() {
		defer close(p.read)
		defer close(address)
		found := regexp.MustCompile(`http://\S+`)
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			fmt.Fprintln(&p.out, lines.Text())
			if at := found.FindString(lines.Text()); at != "" && p.url == "" {
				p.url = at
				address <- at
			}
		}
	}()
	if _, ok := <-address; !ok {
		_ = p.cmd.Wait()
		ts.Fatalf("nazorat %s ended without an address: %s%s", strings.Join(args, " "), p.out.String(), p.errs.String())
	}
}

// binaries is the folder where testscript put the command.
func binaries(ts *testscript.TestScript) string {
	return filepath.SplitList(ts.Getenv("PATH"))[0]
}

func environ(ts *testscript.TestScript) []string {
	var out []string
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "GOCOVERDIR", "NAZORAT_DB", "NAZORAT_ADDR", "NAZORAT_METRICS_ADDR", "NAZORAT_LOG_FORMAT", "NAZORAT_KEY", "NAZORAT_VERBOSE", "GOGC"} {
		if v := ts.Getenv(name); v != "" {
			out = append(out, name+"="+v)
		}
	}
	return out
}

func get(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) == 1 || len(args) == 2, "get PATH [STATUS]")
	p := ts.Value(running{}).(*process)
	status := "200"
	if len(args) == 2 {
		status = args[1]
	}
	res, err := p.client.Get(p.url + args[0])
	ts.Check(err)
	answer(ts, res, status)
}

// await gets what is not there yet, but soon.
func await(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) == 1, "await PATH")
	p := ts.Value(running{}).(*process)
	for end := time.Now().Add(time.Minute); ; {
		res, err := p.client.Get(p.url + args[0])
		ts.Check(err)
		if res.StatusCode == http.StatusOK || time.Now().After(end) {
			answer(ts, res, "200")
			return
		}
		ts.Check(res.Body.Close())
		time.Sleep(50 * time.Millisecond)
	}
}

func post(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) >= 2, "post PATH STATUS NAME=VALUE...")
	p := ts.Value(running{}).(*process)
	form := url.Values{}
	for _, a := range args[2:] {
		name, value, _ := strings.Cut(a, "=")
		form.Add(name, value)
	}
	res, err := send(p.client, p.url+args[0], form)
	ts.Check(err)
	answer(ts, res, args[1])
}

func answer(ts *testscript.TestScript, res *http.Response, status string) {
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	ts.Check(err)
	if to := res.Header.Get("Location"); to != "" {
		fmt.Fprintf(ts.Stdout(), "Location: %s\n", to)
	} else {
		_, err = ts.Stdout().Write(body)
		ts.Check(err)
	}
	if have := strconv.Itoa(res.StatusCode); have != status {
		ts.Fatalf("%s %s: status %s, want %s\n%.2000s", res.Request.Method, res.Request.URL, have, status, body)
	}
}

func stop(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) == 0, "stop")
	p := ts.Value(running{}).(*process)
	p.client.CloseIdleConnections()
	ts.Check(p.cmd.Process.Signal(syscall.SIGTERM))
	<-p.read
	err := p.cmd.Wait()
	_, _ = ts.Stdout().Write(p.out.Bytes())
	_, _ = ts.Stderr().Write(p.errs.Bytes())
	if err != nil {
		ts.Fatalf("the office did not end well: %v\n%s", err, p.errs.String())
	}
}

func keepURL(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) == 1, "keep_url NAME")
	ts.Setenv(args[0], ts.Value(running{}).(*process).url)
}

func keep(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) == 2, "keep NAME REGEXP")
	re, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	found := re.FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) != 2 {
		ts.Fatalf("%s finds nothing in stdout, or has not one group", args[1])
	}
	ts.Setenv(args[0], found[1])
}

func pack(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) == 2, "pack FROM TO")
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := io.WriteString(z, ts.ReadFile(args[0]))
	ts.Check(err)
	ts.Check(z.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b.Bytes(), 0o600))
}

func entries(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) == 1, "journal DB")
	ctx := context.Background()
	at := args[0]
	if !strings.HasPrefix(at, "postgres://") {
		at = "sqlite:" + ts.MkAbs(at)
	}
	d, err := db.Open(ctx, at)
	ts.Check(err)
	defer d.Close()
	rows, err := d.Query(ctx, `SELECT leaf, proceeding, seq, act, officer, done, recorded, form, effects, submission FROM entry ORDER BY leaf`)
	ts.Check(err)
	defer rows.Close()
	n, sum := 0, sha256.New()
	for rows.Next() {
		// Not the hash: a salt is in it, which is chance whatever the seed.
		var leaf, seq, done, recorded int64
		var proceeding, act, officer, form, effects, submission string
		ts.Check(rows.Scan(&leaf, &proceeding, &seq, &act, &officer, &done, &recorded, &form, &effects, &submission))
		fmt.Fprintln(sum, leaf, proceeding, seq, act, officer, done, recorded, form, effects, submission)
		n++
	}
	ts.Check(rows.Err())
	fmt.Fprintf(ts.Stdout(), "%d entries, %x\n", n, sum.Sum(nil))
}

func postgres(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) == 1, "postgres NAME")
	location, drop, err := dbtest.Make()
	ts.Check(err)
	ts.Defer(func() { ts.Check(drop()) })
	ts.Setenv(args[0], location)
}
