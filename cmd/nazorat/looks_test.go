package main

import (
	"context"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
)

// An officer is shown a case, and in the same second the office is killed. Who looked is in the journal when it has begun
// again, and the journal verifies.
func TestAKilledOfficeKnowsWhoLooked(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		t.Parallel()
		s := initOffice(t, location)
		s.serve()
		c := s.signedIn("d.ergashev")
		_, to, err := s.report(c, "AAAAAAAAAAAAAAAAAAAAAAAAAA")
		must(t, err)
		path, _, _ := strings.Cut(to, "?")
		const times = 5
		for range times {
			res, err := c.Get(s.url + path)
			must(t, err)
			_, err = io.Copy(io.Discard, res.Body)
			must(t, err, res.Body.Close())
			if res.StatusCode != http.StatusOK {
				t.Fatalf("%s: %d", path, res.StatusCode)
			}
		}
		must(t, s.cmd.Process.Kill())
		_, _ = s.wait()
		s.serve()
		must(t, s.cmd.Process.Signal(syscall.SIGTERM))
		log, err := s.wait()
		if err != nil {
			t.Fatalf("%v\n%s", err, log)
		}
		if !strings.Contains(log, "looks wait for the journal in a folder") && !strings.Contains(log, "does not outlive") {
			t.Errorf("nobody has set where looks wait, and the office has found no place:\n%s", log)
		}
		d, err := db.Open(context.Background(), location)
		must(t, err)
		var n int
		err = d.QueryRow(context.Background(), `SELECT count(*) FROM look WHERE officer = 'd.ergashev' AND proceeding = $1 AND kind = 'view'`, strings.TrimPrefix(path, "/proceedings/")).Scan(&n)
		must(t, err, d.Close())
		if n != times {
			t.Errorf("%d looks of %d are in the journal", n, times)
		}
		out, err := call("verify", location)
		if err != nil || !strings.Contains(out, "looks\n") || !strings.Contains(out, "everything fits") {
			t.Errorf("%v\n%s", err, out)
		}
	})
}
