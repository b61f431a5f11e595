package look_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nazorat/internal/db/dbtest"
	"nazorat/internal/look"
)

func TestSpoolLiesBesideTheFileOrInTheFolderOfState(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		d := create(t, location)
		state := filepath.Join(t.TempDir(), "state", "nazorat")
		for name, c := range map[string]struct{ set, state, want string }{
			"set":         {"/srv/looks", state, "/srv/looks"},
			"set to none": {look.NoSpool, state, ""},
		} {
			if got, err := look.SpoolOf(ctx, d, c.set, c.state); err != nil || got != c.want {
				t.Errorf("%s: %q, %v", name, got, err)
			}
		}
		got, err := look.SpoolOf(ctx, d, "", state)
		if path := d.Path(); path != "" {
			if want := filepath.Join(filepath.Dir(path), "looks."+filepath.Base(path)); err != nil || got != want {
				t.Errorf("%q, %v; want %q", got, err, want)
			}
			return
		}
		if errors.Is(err, look.ErrNoPlace) && strings.Contains(err.Error(), "outlive") {
			t.Skip("temporary folders do not outlive this machine")
		}
		if err != nil || filepath.Dir(got) != state || !strings.HasPrefix(filepath.Base(got), "looks.") {
			t.Fatalf("%q, %v", got, err)
		}
		if again, err := look.SpoolOf(ctx, d, "", state); err != nil || again != got {
			t.Errorf("asked again: %q, %v", again, err)
		}
		if other, err := look.SpoolOf(ctx, create(t, dbtest.Postgres(t)), "", state); err != nil || other == got {
			t.Errorf("two databases have one folder: %q, %v", other, err)
		}
		if _, err := os.Stat(state); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("asking makes the folder: %v", err)
		}
		begun(t, d, got).Close()
		if info, err := os.Stat(got); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%v, %v", info, err)
		}
		if info, err := os.Stat(state); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%v, %v", info, err)
		}
	})
}

func TestFolderThatOthersReachIsNoPlaceForASpool(t *testing.T) {
	t.Parallel()
	d := create(t, dbtest.Postgres(t))
	open := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o777); err != nil { //nolint:gosec // what is to be refused
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, state := range map[string]string{"none": "", "no whole path": "state", "open to others": open, "within one that is": filepath.Join(open, "nazorat"), "a file": file} {
		if got, err := look.SpoolOf(ctx, d, "", state); !errors.Is(err, look.ErrNoPlace) || got != "" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	k := look.Open(d, rules(t))
	if err := k.Begin(open, quiet); err == nil || !strings.Contains(err.Error(), "chmod 700") {
		t.Errorf("a spool that others read: %v", err)
		k.Close()
	}
}

func TestWhatIsLeftInASpoolIsTold(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	dir, other := filepath.Join(state, "looks.one"), filepath.Join(state, "looks.other")
	if _, err := look.Look(dir, time.Now()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there is none: %v", err)
	}
	for path, content := range map[string]string{filepath.Join(dir, "new.looks"): "x", filepath.Join(dir, "old.looks"): "x", filepath.Join(dir, "empty.looks"): "", filepath.Join(dir, "x.looks.damaged"): "x", filepath.Join(other, "x.looks"): "x"} {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	for _, name := range []string{"old.looks", "empty.looks"} {
		if err := os.Chtimes(filepath.Join(dir, name), now, now.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	l, err := look.Look(dir, now)
	if err != nil || l.Old != 1 || l.Oldest < 59*time.Minute || l.Damaged != 1 || len(l.Others) != 1 || l.Others[0] != other || l.Mode.Perm() != 0o700 {
		t.Errorf("%+v, %v", l, err)
	}
}
