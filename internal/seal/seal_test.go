package seal_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"nazorat/internal/journal"
	"nazorat/internal/seal"
)

var ctx = context.Background()

const name = "office.example/log"

func checkpoint(size int64, root byte) journal.Checkpoint {
	return journal.Checkpoint{Origin: name, Size: size, Root: journal.Hash{root}}
}

func generate(t *testing.T) (path string, s seal.Signer) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "office.key")
	k, err := seal.Generate(path, name)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = seal.Open(ctx, path); err != nil {
		t.Fatal(err)
	}
	if s.Key().String() != k.String() || s.Name() != name {
		t.Fatalf("key %s, want %s", s.Key(), k)
	}
	return path, s
}

func TestKeyInFileSigns(t *testing.T) {
	t.Parallel()
	path, s := generate(t)
	signed, err := checkpoint(3, 1).Sign(s)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := journal.OpenCheckpoint(signed, journal.Keys{s.Key()}); err != nil || got.Checkpoint != checkpoint(3, 1) {
		t.Errorf("%v, %v", got, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if _, err := seal.Generate(path, name); err == nil {
		t.Error("a key was written over another")
	}
	if _, err := seal.Generate(path+"2", "two words"); err == nil {
		t.Error("a name with a blank was taken")
	}
}

func TestKeyThatOthersMayReadIsRefused(t *testing.T) {
	t.Parallel()
	path, _ := generate(t)
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := seal.Open(ctx, path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %v: %v", mode, err)
		}
	}
}

func TestFileThatIsNoKeyIsRefusedAndNotShown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i, text := range []string{"", "secret", "PRIVATE+KEY+a+00000000+secret", strings.Repeat("secret", 1000)} {
		path := filepath.Join(dir, string(rune('a'+i)))
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := seal.Open(ctx, path); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := seal.Open(ctx, dir); err == nil {
		t.Error("a folder was taken for a key")
	}
	if _, err := seal.Open(ctx, filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func TestWhatWasSignedIsRememberedBesideTheKey(t *testing.T) {
	t.Parallel()
	path, s := generate(t)
	if last, err := s.Last(); err != nil || last != nil {
		t.Errorf("before the first: %v, %v", last, err)
	}
	if _, err := checkpoint(5, 1).Sign(s); err != nil {
		t.Fatal(err)
	}
	again, err := seal.Open(ctx, path) // another start of the program
	if err != nil {
		t.Fatal(err)
	}
	if last, err := again.Last(); err != nil || last == nil || *last != checkpoint(5, 1) {
		t.Errorf("%v, %v", last, err)
	}
	for what, c := range map[string]journal.Checkpoint{"smaller": checkpoint(4, 1), "another root": checkpoint(5, 2), "another name": {Origin: "else.example", Size: 6}} {
		text := []byte(c.Text())
		if _, err := again.Sign(text); !errors.Is(err, seal.ErrRefused) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := again.Sign([]byte("I owe you a thousand\n")); err == nil {
		t.Error("a text that is no checkpoint was signed")
	}
	if _, err := checkpoint(5, 1).Sign(again); err != nil {
		t.Errorf("the same once more: %v", err)
	}
	if err := os.WriteFile(path+".last", []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := checkpoint(7, 1).Sign(again); err == nil {
		t.Error("signed with a broken memory")
	}
}

// program answers at a socket as a signer program does.
func program(t *testing.T, answer func(question string) string) (place string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "s") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			line, err := bufio.NewReader(c).ReadString('\n')
			if err == nil {
				_, _ = c.Write([]byte(answer(strings.TrimSuffix(line, "\n"))))
			}
			_ = c.Close()
		}
	}()
	return "unix:" + filepath.Join(dir, "s")
}

func TestProgramAtASocketSigns(t *testing.T) {
	t.Parallel()
	_, key := generate(t)
	lie := false
	place := program(t, func(q string) string {
		text, sign := strings.CutPrefix(q, "sign ")
		if !sign {
			last, _ := key.Last()
			if last == nil {
				return key.Key().String() + "\n"
			}
			return key.Key().String() + " " + base64.StdEncoding.EncodeToString([]byte(last.Text())) + "\n"
		}
		raw, _ := base64.StdEncoding.DecodeString(text)
		sig, err := key.Sign(raw)
		if err != nil {
			return "error " + err.Error() + "\n"
		}
		if lie {
			sig[0] ^= 1
		}
		return base64.StdEncoding.EncodeToString(sig) + "\n"
	})
	s, err := seal.Open(ctx, place)
	if err != nil {
		t.Fatal(err)
	}
	if last, err := s.Last(); err != nil || last != nil {
		t.Errorf("%v, %v", last, err)
	}
	signed, err := checkpoint(5, 1).Sign(s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := journal.OpenCheckpoint(signed, journal.Keys{s.Key()}); err != nil {
		t.Error(err)
	}
	if last, err := s.Last(); err != nil || last == nil || *last != checkpoint(5, 1) {
		t.Errorf("%v, %v", last, err)
	}
	if _, err := checkpoint(4, 1).Sign(s); !errors.Is(err, seal.ErrRefused) {
		t.Errorf("a smaller tree: %v", err)
	}
	lie = true
	if _, err := checkpoint(6, 1).Sign(s); err == nil {
		t.Error("a false signature was taken")
	}
}

func TestProgramThatAnswersNonsenseIsRefused(t *testing.T) {
	t.Parallel()
	witness, err := journal.NewKey("w.example", make([]byte, 32), true)
	if err != nil {
		t.Fatal(err)
	}
	_, key := generate(t)
	for _, answer := range []string{"", "\n", "hello\n", "error locked\n", witness.String() + "\n", key.Key().String() + " x\n", key.Key().String() + " \n", strings.Repeat("x", 1<<20) + "\n", "no end"} {
		if s, err := seal.Open(ctx, program(t, func(string) string { return answer })); err == nil {
			t.Errorf("%.30q was taken: %v", answer, s)
		}
	}
	if _, err := seal.Open(ctx, "unix:/nowhere/at/all"); err == nil {
		t.Error("a socket that is not there")
	}
}

var _ note.Signer = seal.Signer(nil)
