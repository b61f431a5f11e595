package seal_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"nazorat/internal/journal"
	"nazorat/internal/seal"
)

// softHSM gives the settings of a fresh token "office" with the PIN 1234, and the module's library.
func softHSM(t *testing.T) (env []string, library string) {
	t.Helper()
	for _, at := range []string{"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so", "/opt/homebrew/lib/softhsm/libsofthsm2.so"} {
		if _, err := os.Stat(at); err == nil {
			library = at
		}
	}
	util, err := exec.LookPath("softhsm2-util")
	if err != nil || library == "" {
		t.Skip("there is no SoftHSM here (apt-get install softhsm2)")
	}
	dir := t.TempDir()
	conf := filepath.Join(dir, "softhsm2.conf")
	if err := os.Mkdir(filepath.Join(dir, "tokens"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(conf, fmt.Appendf(nil, "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", filepath.Join(dir, "tokens")), 0o600); err != nil {
		t.Fatal(err)
	}
	env = append(os.Environ(), "SOFTHSM2_CONF="+conf)
	cmd := exec.Command(util, "--init-token", "--free", "--label", "office", "--pin", "1234", "--so-pin", "5678")
	cmd.Env = env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("make a token: %v\n%s", err, out)
	}
	return env, library
}

// build makes the program, which is a module of its own and wants a C compiler.
func build(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("cc"); err != nil {
		t.Skip("there is no C compiler here, which PKCS#11 wants")
	}
	if out, err := exec.Command("go", "-C", "../../tools/hsm", "mod", "download").CombinedOutput(); err != nil {
		t.Skipf("the library for PKCS#11 cannot be had here: %s", out)
	}
	binary := filepath.Join(t.TempDir(), "nazorat-hsm")
	cmd := exec.Command("go", "-C", "../../tools/hsm", "build", "-o", binary, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1", "GOFLAGS=-mod=readonly")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return binary
}

func TestHardwareModuleSignsCheckpoints(t *testing.T) {
	t.Parallel()
	env, library := softHSM(t)
	binary := build(t)
	dir, err := os.MkdirTemp("", "h")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(at("pin"), []byte("1234\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(more ...string) (stop func()) {
		t.Helper()
		cmd := exec.Command(binary, append([]string{"--module", library, "--token", "office", "--key", "journal", "--origin", name,
			"--socket", at("s"), "--memory", at("last"), "--pin", at("pin")}, more...)...)
		cmd.Env = env
		errs, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(errs)
		var said strings.Builder
		for lines.Scan() {
			said.WriteString(lines.Text() + "\n")
			if strings.Contains(lines.Text(), "signing with") {
				break
			}
		}
		if !strings.Contains(said.String(), "signing with") {
			_ = cmd.Wait()
			t.Fatalf("it did not start: %s", said.String())
		}
		return func() {
			_ = cmd.Process.Signal(syscall.SIGTERM)
			for lines.Scan() {
				said.WriteString(lines.Text() + "\n")
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("%v\n%s", err, said.String())
			}
		}
	}
	stop := run("--generate")
	s, err := seal.Open(ctx, "unix:"+at("s"))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := checkpoint(5, 1).Sign(s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := journal.OpenCheckpoint(signed, journal.Keys{s.Key()}); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{checkpoint(4, 1).Text(), checkpoint(5, 2).Text(), "I owe you a thousand\n", "elsewhere.example\n9\n" + strings.SplitN(checkpoint(9, 1).Text(), "\n", 3)[2]} {
		if _, err := s.Sign([]byte(bad)); err == nil || !strings.Contains(err.Error(), "refuses") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	stop()
	if _, err := s.Last(); err == nil {
		t.Error("a program that is gone answers")
	}
	defer run()() // the same key, the same memory
	if last, err := s.Last(); err != nil || last == nil || *last != checkpoint(5, 1) {
		t.Errorf("%v, %v", last, err)
	}
	again, err := checkpoint(5, 1).Sign(s)
	if err != nil || string(again) != string(signed) {
		t.Errorf("%s, %v", again, err)
	}
}
