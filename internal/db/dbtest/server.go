package dbtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// Server is a PostgreSQL server in a temporary directory.
type Server struct {
	dir     string
	keeper  *exec.Cmd
	orders  io.WriteCloser
	answers *bufio.Scanner
	mu      sync.Mutex
	gone    sync.Once
}

// keep is the script of the process that stands over the server. It reads orders,
// one a line, and answers each with a line. When there are no more, as the test
// binary has ended in whatever way, it ends the server and takes the directory
// away. Nothing that ends the test binary from outside ends the keeper first.
const keep = `
trap '' INT TERM HUP
dir=$1 bin=$2 how=$3 model=$4
initialise() {
	if [ -n "$model" ] && [ -d "$model" ] && cp -Rp "$model" "$dir/data"; then return 0; fi
	rm -rf "$dir/data"
	"$bin/initdb" -D "$dir/data" -U nazorat -A trust -E UTF8 --locale="$1" --no-sync >"$dir/initdb.log" 2>&1 || return 1
	if [ -n "$model" ] && [ ! -e "$model" ]; then # whole when it is there, though another may make it at the same time
		cp -Rp "$dir/data" "$model.$$" && mv -nT "$model.$$" "$model"
		rm -rf "$model.$$"
	fi
}
begin() {
	"$bin/postgres" -D "$dir/data" -c listen_addresses= -c unix_socket_directories="$dir" \
		-c max_connections=300 -c shared_buffers=64MB -c autovacuum_naptime=5s $how >>"$dir/log" 2>&1 </dev/null &
	pg=$!
	tries=0
	until "$bin/pg_isready" -q -h "$dir" -d postgres; do
		kill -0 $pg 2>/dev/null || { tail -n 3 "$dir/log"; return 1; }
		tries=$((tries+1)); [ $tries -lt 1200 ] || { echo "the server does not come up"; return 1; }
		sleep 0.05
	done
}
all() { echo $pg; for f in /proc/[0-9]*/stat; do read -r id name state parent rest <"$f" 2>/dev/null && [ "$parent" = $pg ] && echo $id; done; }
pg=
while read -r order; do
	case $order in
	init) if initialise C.UTF-8 || initialise C; then echo ok; else echo "$dir: $(tail -n 1 "$dir/initdb.log" 2>&1)"; fi ;;
	start) if begin >"$dir/why"; then echo ok; else tr '\n' ' ' <"$dir/why"; echo; fi ;;
	kill) kill -QUIT $pg; wait $pg; echo ok ;;
	pause) kill -STOP $(all); echo ok ;;
	resume) kill -CONT $(all); echo ok ;;
	esac
done
[ -z "$pg" ] || { kill -CONT $(all); kill -QUIT $pg; wait $pg; } 2>/dev/null
rm -rf "$dir"
`

// start makes a server and waits until it answers.
func start(how []How) (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	// Not the test's own temporary directory: the path of a socket is short.
	dir, err := os.MkdirTemp("", "nazorat-pg-")
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir}
	var settings strings.Builder
	for _, h := range how {
		settings.WriteString(string(h) + " ")
	}
	s.keeper = exec.CommandContext(context.Background(), "sh", "-c", keep, "keeper", dir, bin, settings.String(), os.Getenv("NAZORAT_TEST_CLUSTER")) // #nosec G204 G702 -- a test's own script
	s.keeper.Dir = "/"
	s.keeper.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
	if s.keeper.SysProcAttr, err = unprivileged(dir); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if s.orders, err = s.keeper.StdinPipe(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	out, err := s.keeper.StdoutPipe()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	s.answers = bufio.NewScanner(out)
	if err := s.keeper.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	for _, order := range []string{"init", "start"} {
		if err := s.order(order); err != nil {
			s.end()
			return nil, err
		}
	}
	return s, nil
}

// programs finds where the newest PostgreSQL of this machine is installed.
func programs() (string, error) {
	var dirs []string
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin"} {
		found, _ := filepath.Glob(pattern) // the patterns are well formed
		dirs = append(dirs, found...)
	}
	if at, err := exec.LookPath("initdb"); err == nil {
		dirs = append(dirs, filepath.Dir(at))
	}
	best, newest := "", 14
	for _, d := range dirs {
		out, err := exec.CommandContext(context.Background(), filepath.Join(d, "postgres"), "--version").Output() // #nosec G204 -- whatever this machine has
		if err != nil {
			continue
		}
		if v := regexp.MustCompile(`\d+`).FindString(string(out)); v != "" {
			if n, err := strconv.Atoi(v); err == nil && n > newest {
				best, newest = d, n
			}
		}
	}
	if best == "" {
		return "", errors.New("PostgreSQL 15 or later is not installed here (scripts/setup.sh installs it), and NAZORAT_TEST_POSTGRES is not set")
	}
	return best, nil
}

// unprivileged lets the keeper run as somebody other than root, whom the server refuses, in a session of its own.
func unprivileged(dir string) (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Setsid: true}
	if os.Geteuid() != 0 {
		return attr, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return attr, os.Chown(dir, int(uid), int(gid))
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody")
}

// order has the keeper do something and waits until it is done.
func (s *Server) order(what string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := fmt.Fprintln(s.orders, what); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if !s.answers.Scan() {
		return fmt.Errorf("%s: the server's keeper has ended: %w", what, errors.Join(s.answers.Err(), io.EOF))
	}
	if answer := s.answers.Text(); answer != "ok" {
		return fmt.Errorf("%s PostgreSQL: %s", what, strings.TrimSpace(answer))
	}
	return nil
}

// end ends the server and waits until its directory is gone.
func (s *Server) end() {
	s.gone.Do(func() {
		_ = s.orders.Close()
		_ = s.keeper.Wait()
	})
}

// Location of a database on the server.
func (s *Server) Location(database string) string {
	return "postgres://nazorat@/" + database + "?" + url.Values{"host": {s.dir}}.Encode()
}

func (s *Server) must(tb testing.TB, what string) {
	tb.Helper()
	if err := s.order(what); err != nil {
		tb.Fatal(err)
	}
}

// Kill ends the server at once, as a crash would; its data stay.
func (s *Server) Kill(tb testing.TB) { tb.Helper(); s.must(tb, "kill") }

// Start starts it again after Kill and waits until it answers.
func (s *Server) Start(tb testing.TB) { tb.Helper(); s.must(tb, "start") }

// Pause makes all its processes stand still: it takes connections and does not answer.
func (s *Server) Pause(tb testing.TB) { tb.Helper(); s.must(tb, "pause") }

// Resume lets them go on.
func (s *Server) Resume(tb testing.TB) { tb.Helper(); s.must(tb, "resume") }
