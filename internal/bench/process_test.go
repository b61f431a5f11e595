package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/signin"
)

const roadFines = "../../../shared/data/eventlogs/road_traffic_fines.xes.gz"

// BenchmarkObserve runs the command as people do, from the packed log to the
// report, and takes its time and the most memory that it held.
// Budget: 5 s, 300 MB.
func BenchmarkObserve(b *testing.B) {
	if _, err := os.Stat(roadFines); err != nil {
		b.Skip("needs a log that is not part of the project: road_traffic_fines.xes.gz in ../shared/data/eventlogs")
	}
	nazorat, report := binary(b), filepath.Join(b.TempDir(), "report.json")
	var took time.Duration
	most := 0.0
	for range b.N {
		cmd := command(nazorat, "observe", "--law", "it/road-fines", "--json", "--out", report, roadFines)
		cmd.Stderr = os.Stderr
		start := time.Now()
		must(b, cmd.Start())
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		// What wait would tell is no less than what this process held when it made the other: so look, until it ends.
		look := time.NewTicker(5 * time.Millisecond)
		for running := true; running; {
			select {
			case err := <-ended:
				must(b, err)
				running = false
			case <-look.C:
				if m, ok := memory(b, cmd.Process.Pid, "VmHWM:"); ok {
					most = max(most, m)
				}
			}
		}
		look.Stop()
		took += time.Since(start)
	}
	text, err := os.ReadFile(report)
	must(b, err)
	for _, figure := range []string{`"cases": 150370,`, `"events": 561470,`} {
		if !bytes.Contains(text, []byte(figure)) {
			b.Fatalf("the report does not say %s", figure)
		}
	}
	b.ReportMetric(took.Seconds()/float64(b.N), "s")
	b.ReportMetric(most, "MiB-most")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkStart takes the time from starting the command to the whole first
// page, and the memory that it holds after three seconds in which nobody asks
// for anything; then what it takes of the processor for a quarter of a minute in which nobody asks either, and the memory again after two
// hundred pages. Budget: 1 s, 150 MB.
func BenchmarkStart(b *testing.B) {
	for _, office := range []struct {
		name string
		path func(*testing.B) string
	}{{"empty", empty}, {"million", followed}} {
		b.Run(office.name, func(b *testing.B) {
			nazorat, path := binary(b), office.path(b)
			session := begin(b, path)
			var took time.Duration
			var rest, after, busy float64
			for range b.N {
				p := serve(b, nazorat, "sqlite:"+path)
				took += p.took
				time.Sleep(3 * time.Second) // this is what is measured: at rest
				rest = max(rest, p.resident(b))
				busy = max(busy, p.busy(b, 15*time.Second))
				for i := range 200 {
					page := []string{"/", "/cases", "/board", "/laws/uz/criminal"}[i%4]
					must(b, fetch(http.DefaultClient, p.url, visit{session, page}))
				}
				http.DefaultClient.CloseIdleConnections()
				time.Sleep(3 * time.Second)
				after = max(after, p.resident(b))
				p.stop(b)
			}
			b.ReportMetric(took.Seconds()/float64(b.N), "s")
			b.ReportMetric(rest, "MiB-rest")
			b.ReportMetric(after, "MiB-used")
			b.ReportMetric(busy, "core-%-rest")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// begin begins a session of an officer who sees a district, by the clock on the wall: the command has no other.
func begin(b *testing.B, path string) string {
	b.Helper()
	d, err := db.Open(ctx, "sqlite:"+path)
	must(b, err)
	dir, err := directory.Open(ctx, d)
	must(b, err)
	var officer string
	must(b, d.QueryRow(ctx, `SELECT officer FROM mandate WHERE role = 'inquirer' ORDER BY id LIMIT 1`).Scan(&officer))
	token, err := signin.New(d, dir).Begin(ctx, officer, signin.ByChoice, "", calendar.At(time.Now()))
	must(b, err)
	must(b, d.Close())
	return token
}

type server struct {
	cmd  *exec.Cmd
	url  string
	took time.Duration
}

func serve(b *testing.B, nazorat, location string) *server {
	b.Helper()
	cmd := command(nazorat, "serve", "--db", location, "--addr", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	must(b, err)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	start := time.Now()
	must(b, cmd.Start())
	b.Cleanup(func() { _ = cmd.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatalf("serve: %v\n%s", err, errs.String())
	}
	_, at, _ := strings.Cut(strings.TrimSpace(line), "http://")
	p := &server{cmd: cmd, url: "http://" + at}
	res, err := http.Get(p.url + "/sign-in")
	must(b, err)
	must(b, discard(res.Body))
	if p.took = time.Since(start); res.StatusCode != http.StatusOK {
		b.Fatal(res.Status)
	}
	return p
}

func (p *server) stop(b *testing.B) {
	b.Helper()
	http.DefaultClient.CloseIdleConnections()
	must(b, p.cmd.Process.Signal(syscall.SIGTERM))
	must(b, p.cmd.Wait())
}

// resident is the memory of the process, in MiB, with the pages of files that it has mapped.
func (p *server) resident(b *testing.B) float64 {
	b.Helper()
	m, ok := memory(b, p.cmd.Process.Pid, "VmRSS:")
	if !ok {
		b.Fatal("the office has ended")
	}
	return m
}

// busy is how much of one core the process takes over a while, in percent.
func (p *server) busy(b *testing.B, over time.Duration) float64 {
	b.Helper()
	ticks := func() float64 {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
		must(b, err)
		_, behind, _ := strings.Cut(string(text), ") ") // the name of the command may hold anything
		f := strings.Fields(behind)
		user, err := strconv.ParseFloat(f[11], 64)
		must(b, err)
		system, err := strconv.ParseFloat(f[12], 64)
		must(b, err)
		return user + system
	}
	before, start := ticks(), time.Now()
	time.Sleep(over)
	return (ticks() - before) / time.Since(start).Seconds() // a tick is a hundredth of a second
}

// memory reads a line of /proc/PID/status, in MiB; not ok for a process that has ended.
func memory(b *testing.B, pid int, key string) (mib float64, ok bool) {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == key {
			kib, err := strconv.Atoi(f[1])
			must(b, err)
			return float64(kib) / 1024, true
		}
	}
	return 0, false
}
