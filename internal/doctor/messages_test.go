package doctor_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"nazorat/internal/app"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/doctor"
	"nazorat/internal/notice"
)

func TestTheDoctorFindsMessagesThatDoNotGoOut(t *testing.T) {
	t.Parallel()
	location := dbtest.SQLite(t)
	d, err := db.Create(t.Context(), location)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(t.Context(), app.Migrations()); err != nil {
		t.Fatal(err)
	}
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := nobody.Addr().String()
	_ = nobody.Close()
	mail, err := notice.NewMail("smtp://"+at, "nazorat@office.example", "")
	if err != nil {
		t.Fatal(err)
	}
	examine := func(p doctor.Patient, state doctor.State, says string) {
		t.Helper()
		p.DB = location
		var all []string
		found := false
		doctor.Examine(t.Context(), p, func(f doctor.Finding) {
			if f.Of == "mail" || f.Of == "messages" {
				all = append(all, f.State.String()+" "+f.Says)
				found = found || f.State == state && strings.Contains(f.Says, says)
			}
		})
		if !found {
			t.Errorf("want %v %q, found %q", state, says, all)
		}
	}
	put := func(id, state string, age time.Duration) {
		t.Helper()
		made := time.Now().Add(-age).UnixMicro()
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO message (id, reference, channel, officer, purpose, address, subject, body, state, made, until, attempts, calm, next, holder, changed, gateway, reason)
VALUES ($1, $1, 'email', 'a', 'notice', 'a@example.uz', '', '', $2, $3, $3, 1, 1, 1, '', $3, '', '')`, id, state, made)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	examine(doctor.Patient{}, doctor.OK, "neither e-mail nor SMS is set")
	examine(doctor.Patient{Mail: mail}, doctor.Fail, "connection refused")
	put("a", "waiting", time.Minute)
	examine(doctor.Patient{}, doctor.Warn, "1 wait to go out by email")
	examine(doctor.Patient{Mail: mail}, doctor.OK, "1 wait to go out by email")
	put("b", "waiting", 2*time.Hour)
	examine(doctor.Patient{Mail: mail}, doctor.Warn, "2 wait to go out by email, the oldest for 2 hours")
	put("c", "waiting", 9*time.Hour)
	examine(doctor.Patient{Mail: mail}, doctor.Fail, "3 wait to go out by email")
	put("d", "given_up", 3*time.Hour)
	examine(doctor.Patient{Mail: mail}, doctor.Warn, "1 were given up by email")
}
