package doctor_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nazorat/internal/db"
	"nazorat/internal/doctor"
	"nazorat/internal/signin"
)

// withCodes gives an officer of an office a code generator that is sealed under a key.
func withCodes(t *testing.T, location string, ring *signin.Ring) {
	t.Helper()
	d, err := db.Open(t.Context(), location)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var officer string
	if err := d.QueryRow(t.Context(), `SELECT id FROM officer ORDER BY id LIMIT 1`).Scan(&officer); err != nil {
		t.Fatal(err)
	}
	sealed := ring.Seal([]byte("a secret of the tests"), "generator "+officer)
	err = d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO code_generator (officer, secret, step, added, used) VALUES ($1, $2, 1, 1, 1)`, officer, sealed)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// of are the findings of one thing.
func (p *patient) of(what string) (out []doctor.Finding) {
	p.t.Helper()
	_, list := p.findings()
	for _, f := range list {
		if f.Of == what {
			out = append(out, f)
		}
	}
	return out
}

func TestKeyOfSecretsThatDoesNotOpenWhatIsKeptIsFound(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	right, wrong := filepath.Join(dir, "right"), filepath.Join(dir, "wrong")
	for _, path := range []string{right, wrong} {
		if err := signin.GenerateKey(path); err != nil {
			t.Fatal(err)
		}
	}
	ring, err := signin.OpenRing(right)
	if err != nil {
		t.Fatal(err)
	}
	p := newPatient(t)
	withCodes(t, p.DB, ring)
	for name, c := range map[string]struct {
		secrets string
		state   doctor.State
		says    string
	}{
		"the right one": {right, doctor.OK, "opens the codes of all 1"}, "another": {wrong, doctor.Fail, "of 0 of 1 officers"},
		"none": {"", doctor.Fail, "no key is set: they cannot sign in"}, "a folder": {dir, doctor.Fail, "may be read"}, "one that is not there": {filepath.Join(dir, "no"), doctor.Fail, "no such file"},
	} {
		p.Secrets = c.secrets
		if got := p.of("secrets"); len(got) != 1 || got[0].State != c.state || !strings.Contains(got[0].Says, c.says) || (c.state == doctor.OK) != (got[0].Do == "") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestLooksThatWaitForLongAreFound(t *testing.T) {
	t.Parallel()
	p, spool := newPatient(t), filepath.Join(t.TempDir(), "looks.spool")
	p.Spool = spool
	examine := func(state doctor.State, says string) {
		t.Helper()
		if got := p.of("looks"); len(got) != 1 || got[0].State != state || !strings.Contains(got[0].Says, says) {
			t.Errorf("want %q: %+v", says, got)
		}
	}
	examine(doctor.OK, "they will wait for the journal in "+spool)
	if err := os.Mkdir(spool, 0o700); err != nil {
		t.Fatal(err)
	}
	examine(doctor.OK, "none for long")
	left := filepath.Join(spool, "left.looks")
	if err := os.WriteFile(left, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(left, time.Now(), time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	examine(doctor.Warn, "1 files of looks have waited")
	if err := os.Chmod(spool, 0o755); err != nil { //nolint:gosec // what is to be found
		t.Fatal(err)
	}
	examine(doctor.Fail, "may be read or written by others")
}
