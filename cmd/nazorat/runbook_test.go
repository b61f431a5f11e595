package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"nazorat/internal/db/dbtest"
	"nazorat/internal/web/static"
)

// machine is where the runbooks of docs/operations.md are tried: a folder that stands for the root of a file
// system, with the few commands in it that only a real machine has.
type machine struct {
	t       *testing.T
	root    string
	work    string // where whoever follows the runbook stands
	replace *strings.Replacer
	address string
}

// stand-ins for what only a real machine and its root can do. Units are started as they say, by their own lines.
var standIns = map[string]string{
	"systemd-sysusers": "exit 0\n",
	"runuser":          "while [ \"$1\" != -- ]; do shift; done; shift; exec \"$@\"\n",
	"install":          "args=(); while [ $# -gt 0 ]; do case $1 in -o|-g) shift 2;; *) args+=(\"$1\"); shift;; esac; done; exec REAL_INSTALL \"${args[@]}\"\n",
	"systemctl": `
unit() { [ -f ROOT/etc/systemd/system/$1 ] || { echo "no unit $1" >&2; exit 5; }; sed -n "s/^$2=//p" ROOT/etc/systemd/system/$1 | head -1; }
run() { set -a; . "$(unit $1 EnvironmentFile)"; set +a; cd "$(unit $1 WorkingDirectory)"; exec $(unit $1 ExecStart); }
start() {
	if [ $1 = nazorat-backup.timer ]; then unit $1 OnCalendar >ROOT/timer; return; fi
	if [ $1 = nazorat-backup.service ]; then (run $1); return; fi
	(run $1) >>ROOT/log 2>&1 &
	echo $! >ROOT/pid
	until (exec 3<>/dev/tcp/HOST/PORT) 2>/dev/null; do kill -0 $! || { tail ROOT/log >&2; exit 1; }; sleep 0.05; done
}
stop() { pid=$(cat ROOT/pid); rm ROOT/pid; kill -TERM $pid; while kill -0 $pid 2>/dev/null; do sleep 0.05; done; }
verb=$1; shift
case $verb in
daemon-reload) ;;
enable) [ "$1" = --now ]; shift; for u in "$@"; do start $u; done ;;
restart) stop; start $1 ;;
start|stop) $verb $1 ;;
*) echo "systemctl $verb" >&2; exit 1 ;;
esac
`,
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the runbooks are for Linux")
	}
	if err := static.Check(); err != nil {
		t.Skipf("the pages cannot be served: %v", err)
	}
	m := &machine{t: t, root: t.TempDir()}
	m.work = filepath.Join(m.root, "work")
	pages, figures := freeAddress(t), freeAddress(t)
	m.address = "http://" + pages
	pairs := []string{"localhost:8080", pages, "localhost:9464", figures}
	for _, dir := range []string{"/etc/nazorat", "/etc/systemd/system", "/etc/sysusers.d", "/var/lib/nazorat", "/var/backups/nazorat", "/usr/local/bin"} {
		pairs = append(pairs, dir, m.root+dir)
		if dir != "/etc/nazorat" && !strings.HasPrefix(dir, "/var/") { // those the runbook makes
			must(t, os.MkdirAll(m.root+dir, 0o755))
		}
	}
	must(t, os.MkdirAll(filepath.Join(m.root, "/var/lib"), 0o755), os.MkdirAll(filepath.Join(m.root, "/var/backups"), 0o755), os.MkdirAll(filepath.Join(m.root, "/etc"), 0o755))
	m.replace = strings.NewReplacer(pairs...)
	files, err := filepath.Glob("../../deploy/*")
	if err != nil || len(files) < 7 {
		t.Fatalf("deploy has %v, %v", files, err)
	}
	must(t, os.MkdirAll(filepath.Join(m.work, "deploy"), 0o755), os.MkdirAll(filepath.Join(m.root, "bin"), 0o755))
	for _, f := range files {
		text, err := os.ReadFile(f)
		must(t, err, os.WriteFile(filepath.Join(m.work, "deploy", filepath.Base(f)), []byte(m.replace.Replace(string(text))), 0o644))
	}
	binary, err := exec.LookPath("nazorat")
	must(t, err)
	program, err := os.ReadFile(binary)
	must(t, err, os.WriteFile(filepath.Join(m.work, "nazorat"), program, 0o755))
	must(t, os.WriteFile(filepath.Join(m.work, "directory.yaml"), fewOfficers(t), 0o644)) // init.txtar makes an office of the whole example
	install, err := exec.LookPath("install")
	must(t, err)
	host, port, err := net.SplitHostPort(pages)
	must(t, err)
	for name, text := range standIns {
		text = strings.NewReplacer("ROOT", m.root, "HOST", host, "PORT", port, "REAL_INSTALL", install).Replace(strings.ReplaceAll(text, "REAL_INSTALL", install))
		must(t, os.WriteFile(filepath.Join(m.root, "bin", name), []byte("#!/bin/bash\nset -eu\n"+text), 0o755))
	}
	t.Cleanup(m.end)
	return m
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// freeAddress is one that nobody listens at. The office of a runbook comes back to it again and again: so its port is none of those (from 32768 on) that the system
// gives to whoever asks for any, as other tests do meanwhile.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 15_000+rand.N(17_000)))
		if err == nil {
			must(t, l.Close())
			return l.Addr().String()
		}
	}
	t.Fatal("no port is free")
	return ""
}

// end ends the office that still runs.
func (m *machine) end() {
	text, err := os.ReadFile(filepath.Join(m.root, "pid"))
	if err != nil {
		return
	}
	if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// run runs commands as they stand in a runbook, and gives what they print.
func (m *machine) run(commands string) (string, error) {
	m.t.Helper()
	cmd := exec.Command("bash", "-c", "set -eu -o pipefail\n"+m.replace.Replace(commands))
	cmd.Dir = m.work
	cmd.Env = append(os.Environ(), fmt.Sprintf("PATH=%s/bin:%s/usr/local/bin:%s", m.root, m.root, os.Getenv("PATH")))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

// block of commands of a runbook.
type block struct {
	section  string
	kind     string // of the fence: "" or "postgres"
	commands string
}

func runbooks(t *testing.T) (out []block) {
	t.Helper()
	text, err := os.ReadFile("../../docs/operations.md")
	must(t, err)
	section, kind, inside := "", "", false
	var commands strings.Builder
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "```") && !inside:
			inside, kind = true, strings.TrimPrefix(line, "```")
			commands.Reset()
		case strings.HasPrefix(line, "```"):
			inside = false
			if commands.Len() > 0 {
				out = append(out, block{section, kind, commands.String()})
			}
		case inside:
			if c, ok := strings.CutPrefix(line, "$ "); ok {
				commands.WriteString(c + "\n")
			}
		case strings.HasPrefix(line, "#"):
			section = strings.TrimLeft(line, "# ")
		}
	}
	return out
}

// What docs/operations.md tells to type works as it stands there, one runbook after the other, over an office in which somebody acts.
func TestEveryCommandOfTheRunbooksWorks(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	const remote = "postgres://nazorat@db1.example,db2.example/office"
	server, drop, err := dbtest.Make()
	if err != nil && dbtest.Required() {
		t.Fatal(err)
	}
	if err == nil {
		t.Cleanup(func() { must(t, drop()) })
	}
	acts := 0
	act := func() {
		t.Helper()
		s := &served{t: t, url: m.address, errs: &bytes.Buffer{}, passwords: map[string]string{}}
		first, err := os.ReadFile(filepath.Join(m.work, "first-passwords.txt"))
		must(t, err)
		for _, found := range firstPasswords.FindAllStringSubmatch(string(first), -1) {
			s.passwords[found[1]] = found[2]
		}
		acts++
		if status, _, err := s.report(s.signedIn("d.ergashev"), fmt.Sprintf("submission-%07d", acts)); err != nil || status != 303 {
			t.Fatalf("an act is answered %d, %v", status, err)
		}
	}
	seen := map[string]bool{}
	for _, b := range runbooks(t) {
		seen[b.section] = true
		if b.kind == "postgres" {
			if server == "" {
				t.Log("there is no PostgreSQL to move to")
				continue
			}
			b.commands = strings.ReplaceAll(b.commands, remote, server)
		}
		out, err := m.run(b.commands)
		if err != nil {
			log, _ := os.ReadFile(filepath.Join(m.root, "log"))
			t.Fatalf("%s: %v\n%s\n%s\nlog:\n%.3000s", b.section, err, b.commands, out, log)
		}
		if strings.Contains(b.commands, "doctor") && !strings.Contains(out, "ok    ready") {
			t.Errorf("%s: the doctor says\n%s", b.section, out)
		}
		// Somebody acts between the runbooks; what came after a backup that is put back would be lost, and is tried below.
		if _, err := os.Stat(filepath.Join(m.root, "pid")); err == nil && b.section != "Back up" && strings.Contains(b.commands, "doctor") {
			act()
		}
	}
	for _, section := range []string{"Install", "Back up", "Restore", "Rotate the signing key", "Upgrade", "Move to PostgreSQL"} {
		if !seen[section] {
			t.Errorf("there is no runbook %q", section)
		}
	}
	log, err := os.ReadFile(filepath.Join(m.root, "log"))
	if err != nil || strings.Contains(string(log), `"level":"ERROR"`) {
		t.Errorf("%v, the log:\n%s", err, log)
	}
}

// A backup is put back that lacks what was signed since: the doctor says so and nothing is signed, until there is a new key.
func TestARunbookHelpsAfterALoss(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	do := func(commands string) string {
		t.Helper()
		out, err := m.run(commands)
		if err != nil {
			log, _ := os.ReadFile(filepath.Join(m.root, "log"))
			t.Fatalf("%v\n%s\n%s\nlog:\n%.3000s", err, commands, out, log)
		}
		return out
	}
	var install string
	var rotate string
	for _, b := range runbooks(t) {
		switch {
		case b.section == "Install":
			install += b.commands
		case b.section == "Rotate the signing key" && rotate == "":
			rotate = b.commands
		}
	}
	do(install)
	s := &served{t: t, url: m.address, errs: &bytes.Buffer{}, passwords: map[string]string{}}
	first, err := os.ReadFile(filepath.Join(m.work, "first-passwords.txt"))
	must(t, err)
	for _, found := range firstPasswords.FindAllStringSubmatch(string(first), -1) {
		s.passwords[found[1]] = found[2]
	}
	c := s.signedIn("d.ergashev")
	report := func(submission string) {
		t.Helper()
		if status, _, err := s.report(c, submission); err != nil || status != 303 {
			t.Fatalf("an act is answered %d, %v", status, err)
		}
	}
	report("submission-0000001")
	do("nazorat-office backup --out /var/backups/nazorat/old.backup")
	report("submission-0000002")
	do("nazorat-office doctor --url http://localhost:8080") // and waits until it is signed
	do("systemctl stop nazorat.service\nrm /var/lib/nazorat/office.db*\nnazorat-office restore --from /var/backups/nazorat/old.backup\nsystemctl start nazorat.service")
	out, err := m.run("nazorat-office doctor --url http://localhost:8080")
	if err == nil || !strings.Contains(out, "fail  key") || !strings.Contains(out, "the database was put back") {
		t.Errorf("%v: the doctor says\n%s", err, out)
	}
	report("submission-0000002") // the office works, and the act is done again
	report("submission-0000003")
	if out, err := m.run("nazorat-office doctor --url http://localhost:8080"); err == nil {
		t.Errorf("the journal was signed in two ways:\n%s", out)
	}
	do(rotate)
	out = do("nazorat-office doctor --url http://localhost:8080")
	if !strings.Contains(out, "3 leaves, all under a checkpoint") {
		t.Errorf("the doctor says\n%s", out)
	}
}
