package signin_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nazorat/internal/signin"
)

func TestSecretsOpenForWhatTheyWereSealedAbout(t *testing.T) {
	t.Parallel()
	r := newRing(t)
	sealed := r.Seal([]byte("secret"), "o1")
	if got, err := r.Open(sealed, "o1"); err != nil || string(got) != "secret" {
		t.Fatalf("%q, %v", got, err)
	}
	if bytes.Equal(sealed, r.Seal([]byte("secret"), "o1")) {
		t.Error("sealed twice it looks the same")
	}
	for name, c := range map[string]struct {
		sealed []byte
		about  string
	}{"another's": {sealed, "o2"}, "none": {nil, "o1"}, "cut": {sealed[:len(sealed)-1], "o1"}, "its head": {sealed[:5], "o1"}, "bent": {append(bytes.Clone(sealed[:len(sealed)-1]), sealed[len(sealed)-1]^1), "o1"},
		"of another version": {append([]byte{2}, sealed[1:]...), "o1"}} {
		if got, err := r.Open(c.sealed, c.about); err == nil {
			t.Errorf("%s opened: %q", name, got)
		}
	}
	if _, err := newRing(t).Open(sealed, "o1"); err == nil {
		t.Error("another key opened it")
	}
}

// A new key stands above the former ones: what is sealed from now on is sealed under it, and what was before still opens.
func TestKeysAreRotatedByANewOneAbove(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	former, newer := filepath.Join(dir, "former"), filepath.Join(dir, "newer")
	for _, path := range []string{former, newer} {
		if err := signin.GenerateKey(path); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("%v, %v", info, err)
		}
	}
	if err := signin.GenerateKey(former); err == nil {
		t.Error("a key was written over")
	}
	before, err := signin.OpenRing(former)
	if err != nil {
		t.Fatal(err)
	}
	one, _ := os.ReadFile(former)
	two, _ := os.ReadFile(newer)
	if err := os.WriteFile(newer, append(two, one...), 0o600); err != nil {
		t.Fatal(err)
	}
	both, err := signin.OpenRing(newer)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := both.Open(before.Seal([]byte("old"), "x"), "x"); err != nil || string(got) != "old" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := before.Open(both.Seal([]byte("new"), "x"), "x"); err == nil {
		t.Error("it was sealed under the former key")
	}
}

func TestKeyFileThatOthersMayReadIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good := filepath.Join(dir, "good")
	if err := signin.GenerateKey(good); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text string
		mode os.FileMode
		want string
	}{
		"open to others": {string(text), 0o640, "chmod 600"}, "empty": {"", 0o600, "line 1"}, "no key": {"hello\n", 0o600, "line 1"},
		"a short one": {"AAAA\n", 0o600, "line 1"}, "a second that is none": {string(text) + "x\n", 0o600, "line 2"}, "too long": {strings.Repeat("x", 5000), 0o600, "too long"},
	} {
		path := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, c.mode); err != nil {
			t.Fatal(err)
		}
		if _, err := signin.OpenRing(path); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := signin.OpenRing(path); err != nil && len(c.text) > 10 && strings.Contains(err.Error(), strings.TrimSpace(c.text)) {
			t.Errorf("%s: the error tells the key", name)
		}
	}
	if _, err := signin.OpenRing(filepath.Join(dir, "none")); err == nil {
		t.Error("no file is a ring")
	}
}
