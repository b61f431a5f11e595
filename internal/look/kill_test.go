package look_test

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/look"
	"nazorat/laws"
)

// childOf names the variable that makes this test binary a process which looks until it is killed: "DATABASE|SPOOL|ROUND".
const childOf = "NAZORAT_TEST_LOOKS"

// child looks again and again, and says so when each look was taken.
func child(at string) {
	part := strings.Split(at, "|")
	fail := func(err error) {
		if err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
	}
	d, err := db.Open(ctx, part[0])
	fail(err)
	r, err := look.LoadRules(laws.FS)
	fail(err)
	k := look.Open(d, r)
	fail(k.Begin(part[1], quiet))
	for i := 0; ; i++ {
		fail(k.Add(view("o1", fmt.Sprintf("round %s look %d", part[2], i), int64(i))))
		fmt.Println(i)
	}
}

// A process is killed in the midst of recording, at any moment: before a look is written into the spool, after it,
// while it is committed, before its file is taken away. What was answered is in the journal, once.
func TestKilledProcessLosesNoLookAndDoublesNone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		d := create(t, location)
		spool := filepath.Join(t.TempDir(), "looks")
		acknowledged := map[string]bool{}
		rounds := 6
		if testing.Short() { // a process with the detector takes seconds to begin
			rounds = 2
		}
		for round := range rounds {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), childOf+"="+location+"|"+spool+"|"+strconv.Itoa(round))
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			after := 1 + rand.IntN(3000) // #nosec G404 -- no secret
			lines := bufio.NewScanner(out)
			for n := 0; lines.Scan(); n++ {
				if strings.HasPrefix(lines.Text(), "error:") {
					t.Fatal(lines.Text())
				}
				acknowledged["round "+strconv.Itoa(round)+" look "+lines.Text()] = true
				if n == after {
					_ = cmd.Process.Kill()
				}
			}
			_ = cmd.Wait()
			k := look.Open(d, rules(t))
			if err := k.Begin(spool, quiet); err != nil {
				t.Fatal(err)
			}
			if err := k.Flush(ctx); err != nil {
				t.Fatal(err)
			}
			k.Close()
		}
		rows, err := d.Query(ctx, `SELECT proceeding, count(*) FROM look GROUP BY proceeding`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		found := map[string]bool{}
		for rows.Next() {
			var name string
			var n int
			if err := rows.Scan(&name, &n); err != nil {
				t.Fatal(err)
			}
			if n != 1 {
				t.Errorf("%s is there %d times", name, n)
			}
			found[name] = true
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		for name := range acknowledged {
			if !found[name] {
				t.Errorf("%s was answered and is lost", name)
			}
		}
		if len(found)-len(acknowledged) > 12 {
			t.Errorf("%d looks are there, and %d were answered", len(found), len(acknowledged))
		}
		audit(t, d)
		if left, err := os.ReadDir(spool); err != nil || len(left) > 0 {
			t.Errorf("%d files are left: %v", len(left), err)
		}
	})
}

// segment is what is in the only file of a spool, left behind by a process that could not write to its database.
func segment(t *testing.T, n int) (dir string, content []byte) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "looks")
	d := create(t, dbtest.SQLite(t))
	k := look.Open(d, rules(t))
	if err := k.Begin(dir, quiet); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := k.Add(view("o1", fmt.Sprintf("p%d", i), int64(i))); err != nil {
			t.Fatal(err)
		}
	}
	k.Close()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		content = append(content, b...)
		if err := os.Remove(filepath.Join(dir, f.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return dir, content
}

// takenUp is how many looks a process finds that begins with such a spool, and the names of the files that are left.
func takenUp(t *testing.T, dir string, content []byte) (n int, left []string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "left.looks"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	d := create(t, dbtest.SQLite(t))
	k := look.Open(d, rules(t))
	if err := k.Begin(dir, quiet); err != nil {
		t.Fatal(err)
	}
	if err := k.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	k.Close()
	if err := d.QueryRow(ctx, `SELECT count(*) FROM look`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		left = append(left, f.Name())
		if err := os.Remove(filepath.Join(dir, f.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return n, left
}

func TestDamagedSpoolGivesWhatCanBeReadOfIt(t *testing.T) {
	t.Parallel()
	dir, whole := segment(t, 5)
	lines := bytes.SplitAfter(whole, []byte("\n"))
	if len(lines) != 6 {
		t.Fatalf("%d lines", len(lines)-1)
	}
	changed := bytes.Replace(whole, []byte(`"p2"`), []byte(`"p9"`), 1)
	for name, c := range map[string]struct {
		content []byte
		want    int
		kept    bool
	}{
		"whole":                         {whole, 5, false},
		"empty":                         {nil, 0, false},
		"cut within its last line":      {whole[:len(whole)-7], 4, false},
		"cut within its first line":     {whole[:9], 0, false},
		"a line that was changed":       {changed, 4, true},
		"a line that is nothing":        {bytes.Join([][]byte{lines[0], []byte("nothing\n"), lines[1]}, nil), 2, true},
		"a line that is longer than is": {bytes.Join([][]byte{bytes.Repeat([]byte("x"), 200_000), []byte("\n"), lines[1]}, nil), 1, true},
	} {
		n, left := takenUp(t, dir, c.content)
		if n != c.want || (len(left) == 1) != c.kept {
			t.Errorf("%s: %d looks of %d; left: %v", name, n, c.want, left)
		}
	}
}

func TestSpoolOfARunningProcessIsItsOwn(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "looks")
	d := create(t, dbtest.SQLite(t))
	one, other := begun(t, d, dir), begun(t, d, dir)
	for i := range 20 {
		if err := one.Add(view("o1", fmt.Sprint("p", i), int64(i))); err != nil {
			t.Fatal(err)
		}
		if err := other.Add(view("o2", fmt.Sprint("p", i), int64(i))); err != nil {
			t.Fatal(err)
		}
		if i%5 == 0 {
			begun(t, d, dir) // one more begins, and looks what was left
		}
	}
	one.Close()
	other.Close()
	if r := audit(t, d); r.Looks != 40 {
		t.Errorf("%d looks of 40", r.Looks)
	}
}
