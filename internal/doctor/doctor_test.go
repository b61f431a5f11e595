package doctor_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"nazorat/internal/access"
	"nazorat/internal/app"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/demo"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/doctor"
	"nazorat/internal/leaf"
	"nazorat/internal/seal"
)

// lived is the database of an office that has lived, made once.
var lived = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "nazorat-doctor-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ctx, path := context.Background(), filepath.Join(dir, "office.db")
	d, err := db.Create(ctx, "sqlite:"+path)
	if err != nil {
		return nil, err
	}
	if err := d.Migrate(ctx, app.Migrations()); err != nil {
		return nil, err
	}
	o := demo.Options{Cases: 6, Seed: 3, Now: calendar.At(time.Now())}
	service, _ := demo.Service(o)
	people, err := directory.Open(ctx, d)
	if err != nil {
		return nil, err
	}
	if err := people.Import(ctx, service, 1); err != nil {
		return nil, err
	}
	clock := demo.NewClock(o.Now, func() calendar.Moment { return calendar.At(time.Now()) })
	office, err := app.Open(ctx, d, docket.Options{Now: clock.Now, NewID: clock.NewID})
	if err != nil {
		return nil, err
	}
	if _, err := demo.Live(ctx, office.Docket, clock, service, o); err != nil {
		return nil, err
	}
	if err := office.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// patient is a copy of the office that has lived, with a key that has signed its journal.
type patient struct {
	doctor.Patient
	t    *testing.T
	path string
	key  string
}

func newPatient(t *testing.T) *patient {
	t.Helper()
	office, err := lived()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	p := &patient{t: t, path: filepath.Join(dir, "office.db"), key: filepath.Join(dir, "key")}
	if err := os.WriteFile(p.path, office, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.Generate(p.key, "office.example/log"); err != nil {
		t.Fatal(err)
	}
	p.DB, p.Sample = "sqlite:"+p.path, 1000
	p.Patient.Signer = func(ctx context.Context) (seal.Signer, error) { return seal.Open(ctx, p.key) }
	p.sign()
	return p
}

// sign signs its journal.
func (p *patient) sign() {
	p.t.Helper()
	d, err := db.Open(p.t.Context(), p.DB)
	if err != nil {
		p.t.Fatal(err)
	}
	defer d.Close()
	s, err := seal.Open(p.t.Context(), p.key)
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := leaf.Open(d).Checkpoint(p.t.Context(), s, calendar.At(time.Now())); err != nil {
		p.t.Fatal(err)
	}
}

// change does to its tables what nobody should.
func (p *patient) change(table, text string) {
	p.t.Helper()
	d, err := db.Open(p.t.Context(), p.DB)
	if err != nil {
		p.t.Fatal(err)
	}
	defer d.Close()
	if guarded := map[string]bool{"entry": true, "journal_leaf": true, "checkpoint": true}; guarded[table] {
		dbtest.Unguard(p.t, d, table)
	}
	err = d.Write(p.t.Context(), func(tx *db.Tx) error {
		n, err := tx.Exec(text)
		if err == nil && n == 0 {
			err = fmt.Errorf("%s changes nothing", text)
		}
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// findings examines it. What the clock of the machine is like is not the test's business.
func (p *patient) findings() (worst doctor.State, list []doctor.Finding) {
	p.t.Helper()
	doctor.Examine(p.t.Context(), p.Patient, func(f doctor.Finding) {
		if f.Of == "clock" && strings.Contains(f.Says, "nobody keeps") || f.Of == "disk" {
			return
		}
		worst = max(worst, f.State)
		list = append(list, f)
		if (f.Do == "") != (f.State == doctor.OK) {
			p.t.Errorf("%+v: what is not well says what to do, and what is well does not", f)
		}
	})
	return worst, list
}

// finds examines it and wants exactly one finding that is not well.
func (p *patient) finds(state doctor.State, of, says string) {
	p.t.Helper()
	_, list := p.findings()
	var bad []doctor.Finding
	for _, f := range list {
		if f.State != doctor.OK {
			bad = append(bad, f)
		}
	}
	if len(bad) != 1 || bad[0].State != state || bad[0].Of != of || !strings.Contains(bad[0].Says, says) {
		p.t.Errorf("found %+v, want %s of %s: %s", bad, state, of, says)
	}
}

func TestAnOfficeThatIsWellIsFoundWell(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	worst, list := p.findings()
	seen := map[string]string{}
	for _, f := range list {
		seen[f.Of] = f.Says
	}
	for of, says := range map[string]string{"database": "answers", "file": "-rw-------", "schema": "up to date", "laws": "uz/criminal", "journal": "all under a checkpoint",
		"key": "office.example/log+", "deadlines": "6 proceedings are what their entries lead to", "duty": "no process of the office runs", "clock": "apart"} {
		if !strings.Contains(seen[of], says) {
			t.Errorf("%s: %q, want %q", of, seen[of], says)
		}
	}
	if worst != doctor.OK {
		t.Errorf("%+v", list)
	}
}

func TestTheDoctorFindsWhatIsWrongWithADatabase(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		harm   func(*patient)
		state  doctor.State
		of     string
		says   string
		silent bool
	}{
		{"a file that others may read", func(p *patient) { _ = os.Chmod(p.path, 0o644) }, doctor.Warn, "file", "may be read or written by others", false},
		{"an older schema", func(p *patient) { p.change("migration", `DELETE FROM migration WHERE id LIKE 'duty/%'`) }, doctor.Fail, "schema", "1 of", false},
		{"a newer schema", func(p *patient) {
			p.change("migration", `INSERT INTO migration (id, hash, applied) VALUES ('docket/9999', 'x', 1)`)
		}, doctor.Fail, "schema", "newer than this program", false},
		{"a changed schema", func(p *patient) { p.change("migration", `UPDATE migration SET hash = 'x' WHERE id LIKE 'duty/%'`) }, doctor.Fail, "schema", "changed after it was applied", false},
		{"a deadline that was moved", func(p *patient) {
			p.change("deadline", `UPDATE deadline SET due = due + 1 WHERE status = 'running'`)
		}, doctor.Fail, "deadlines", "the stored deadline", false},
		{"an entry that was changed", func(p *patient) {
			p.change("entry", `UPDATE entry SET office = 'x' WHERE leaf = (SELECT max(leaf) FROM entry)`)
		}, doctor.Fail, "journal", "do not commit to its leaf", true},
		{"a leaf that was changed", func(p *patient) {
			p.change("journal_leaf", `UPDATE journal_leaf SET data = zeroblob(length(data))`)
		}, doctor.Fail, "journal", "is not the one that was signed", true},
		{"a key that others may read", func(p *patient) { _ = os.Chmod(p.key, 0o644) }, doctor.Fail, "key", "may be read or written by others", false},
		{"a key that is not there", func(p *patient) { _ = os.Remove(p.key) }, doctor.Fail, "key", "no such file", false},
		{"a journal that nobody signs", func(p *patient) {
			p.change("checkpoint", `UPDATE checkpoint SET at = at - 3600000000`)
			p.act()
		}, doctor.Fail, "journal", "leaves are under no checkpoint; the newest was signed 6", false},
		{"an entry of the future", func(p *patient) { p.actAt(calendar.At(time.Now().Add(time.Hour))) }, doctor.Fail, "clock", "minutes in the future", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newPatient(t)
			c.harm(p)
			if !c.silent {
				p.finds(c.state, c.of, c.says)
				return
			}
			_, list := p.findings() // one harm that shows in several places
			for _, f := range list {
				if f.State == c.state && f.Of == c.of && strings.Contains(f.Says, c.says) {
					return
				}
			}
			t.Errorf("found %+v, want %s of %s: %s", list, c.state, c.of, c.says)
		})
	}
}

// act registers a report now.
func (p *patient) act() { p.actAt(calendar.At(time.Now())) }

func (p *patient) actAt(now calendar.Moment) {
	p.t.Helper()
	ctx := p.t.Context()
	d, err := db.Open(ctx, p.DB)
	if err != nil {
		p.t.Fatal(err)
	}
	o, err := app.Open(ctx, d, docket.Options{Now: func() calendar.Moment { return now }})
	if err != nil {
		p.t.Fatal(err)
	}
	// Whoever registered a report before registers another, for whoever has one.
	var a access.Actor
	var assign string
	err = d.QueryRow(ctx, `SELECT officer, role, mandate, office FROM entry WHERE act = 'register_report' ORDER BY leaf LIMIT 1`).Scan(&a.Officer, &a.Role, &a.Mandate, &a.Office)
	if err == nil {
		err = d.QueryRow(ctx, `SELECT in_charge FROM proceeding WHERE office = $1 AND in_charge <> '' LIMIT 1`, a.Office).Scan(&assign)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	_, err = o.Docket.Act(ctx, docket.Command{Law: app.Applied[0], Act: "register_report", Actor: a, Form: map[string]string{"source": "direct", "summary": "A window was broken", "assign_to": assign}})
	if err := errors.Join(err, o.Close()); err != nil {
		p.t.Fatal(err)
	}
}

// A backup that was put back lacks what was done since: the key remembers.
func TestADatabaseThatWasPutBackIsFound(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	before, err := os.ReadFile(p.path)
	if err != nil {
		t.Fatal(err)
	}
	p.act()
	p.sign()
	if worst, list := p.findings(); worst != doctor.OK {
		t.Errorf("before: %+v", list)
	}
	if err := os.WriteFile(p.path, before, 0o600); err != nil {
		t.Fatal(err)
	}
	p.finds(doctor.Fail, "key", "the database was put back")
	p.act() // also once it has as many leaves as then
	_, list := p.findings()
	for _, f := range list {
		if f.Of == "key" && f.State == doctor.Fail {
			return
		}
	}
	t.Errorf("after another act: %+v", list)
}

func TestWhatIsNotThereOrNotReachedIsSaidWithoutSecrets(t *testing.T) {
	t.Parallel()
	for location, says := range map[string]string{
		"sqlite:" + filepath.Join(t.TempDir(), "none.db"): "there is no database",
		"postgres://office:secret@127.0.0.1:1/office":     "",
		"mysql://office:secret@host/office":               "want sqlite:PATH",
	} {
		p := &patient{t: t, Patient: doctor.Patient{DB: location}}
		_, list := p.findings()
		if len(list) != 1 || list[0].State != doctor.Fail || list[0].Of != "database" || !strings.Contains(list[0].Says, says) || strings.Contains(fmt.Sprint(list), "secret") {
			t.Errorf("%s: %+v", location, list)
		}
	}
}

func TestTheAgeOfTheNewestBackupIsTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ages  []time.Duration
		text  string
		state doctor.State
		says  string
	}{
		{nil, "x", doctor.Fail, "there is none in"},
		{[]time.Duration{72 * time.Hour, time.Hour}, "x", doctor.OK, "1.backup, is 6"},
		{[]time.Duration{30 * time.Hour}, "x", doctor.Warn, "0.backup, is 30 hours old"},
		{[]time.Duration{9 * 24 * time.Hour}, "x", doctor.Fail, "0.backup, is 9 days old"},
		{[]time.Duration{time.Hour}, "", doctor.Fail, "is empty"},
	} {
		dir := t.TempDir()
		for i, age := range c.ages {
			name := filepath.Join(dir, fmt.Sprintf("%d.backup", i))
			at := time.Now().Add(-age)
			if err := os.WriteFile(name, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(name, at, at); err != nil {
				t.Fatal(err)
			}
		}
		p := &patient{t: t, Patient: doctor.Patient{Backups: dir}}
		_, list := p.findings()
		if len(list) != 1 || list[0].Of != "backup" || list[0].State != c.state || !strings.Contains(list[0].Says, c.says) {
			t.Errorf("%v: %+v, want %s: %s", c.ages, list, c.state, c.says)
		}
	}
	p := &patient{t: t, Patient: doctor.Patient{Backups: filepath.Join(t.TempDir(), "none")}}
	if worst, list := p.findings(); worst != doctor.Fail {
		t.Errorf("no folder: %+v", list)
	}
}

func TestAServedOfficeIsSeenAsThoseSeeItWhoUseIt(t *testing.T) {
	t.Parallel()
	answers := func(with map[string]string) map[string]string {
		all := map[string]string{"/healthz": `{"alive":true}`, "/readyz": `{"ready":true,"checks":[{"name":"database","ok":true}]}`, "/sign-in": "<form>", "/metrics": "nazorat_build_info 1\n"}
		for path, body := range with {
			all[path] = body
		}
		return all
	}
	for _, c := range []struct {
		name  string
		give  map[string]string // by path; an answer that begins with three digits has that status
		state doctor.State
		of    string
		says  string
	}{
		{"well", answers(nil), doctor.OK, "ready", "it says so of database"},
		{"another service", map[string]string{}, doctor.Fail, "served", "status 404"},
		{"not ready", answers(map[string]string{"/readyz": `503{"ready":false,"checks":[{"name":"database","ok":true},{"name":"writer","ok":false,"wrong":"acts wait and none is done"}]}`}),
			doctor.Fail, "ready", "writer: acts wait and none is done"},
		{"no page", answers(map[string]string{"/sign-in": "500"}), doctor.Fail, "page", "status 500"},
		{"a log that is none", answers(map[string]string{"/log/checkpoint": "hello"}), doctor.Fail, "log", "cannot be read"},
		{"figures that are none", answers(map[string]string{"/metrics": "hello"}), doctor.Warn, "figures", "not with figures"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, ok := c.give[r.URL.Path]
				status := http.StatusOK
				switch {
				case !ok:
					status = http.StatusNotFound
				case len(body) >= 3 && body[0] == '5':
					status, _ = fmt.Sscanf(body[:3], "%d", &status)
					status = 500 + int(body[2]-'0')
					body = body[3:]
				}
				w.WriteHeader(status)
				_, _ = w.Write([]byte(body))
			}))
			t.Cleanup(srv.Close)
			p := &patient{t: t, Patient: doctor.Patient{URL: srv.URL}}
			if c.of == "figures" {
				p.Figures = strings.TrimPrefix(srv.URL, "http://")
			}
			_, list := p.findings()
			for _, f := range list {
				if f.Of == c.of && f.State == c.state && strings.Contains(f.Says, c.says) {
					return
				}
			}
			t.Errorf("found %+v, want %s of %s: %s", list, c.state, c.of, c.says)
		})
	}
	p := &patient{t: t, Patient: doctor.Patient{URL: "http://office:secret@127.0.0.1:1"}}
	if worst, list := p.findings(); worst != doctor.Fail || strings.Contains(fmt.Sprint(list), "secret") {
		t.Errorf("nobody serves: %+v", list)
	}
}
