package main

import (
	"context"
	"flag"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"nazorat/internal/db/dbtest"
)

// Units are read by systemd's own checker, which also says how much they leave open.
func TestUnitsAreWhatSystemdReadsAndLeaveLittleOpen(t *testing.T) {
	t.Parallel()
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("there is no systemd-analyze here")
	}
	dir := t.TempDir()
	var units []string
	for _, name := range []string{"nazorat.service", "nazorat-backup.service", "nazorat-backup.timer"} {
		text, err := os.ReadFile(filepath.Join("../../deploy", name))
		must(t, err)
		// The programs are not installed here.
		unit := filepath.Join(dir, name)
		must(t, os.WriteFile(unit, regexp.MustCompile(`/usr/local/bin/nazorat\S*`).ReplaceAll(text, []byte("/bin/true")), 0o644))
		units = append(units, unit)
	}
	if out, err := exec.Command(analyze, append([]string{"verify"}, units...)...).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("verify: %v\n%s", err, out)
	}
	for _, u := range units[:2] {
		// 20 of 100 is "OK"; what stays open is the network, and the folder.
		if out, err := exec.Command(analyze, "security", "--offline=true", "--no-pager", "--threshold=20", u).CombinedOutput(); err != nil {
			t.Errorf("security of %s: %v\n%s", filepath.Base(u), err, out)
		}
	}
}

// A setting that the file to begin with names and the program does not know would keep the office from starting.
func TestTheFileOfSettingsNamesOnlySettings(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../deploy/nazorat.env")
	must(t, err)
	var vars []string
	for _, found := range regexp.MustCompile(`(?m)^#?(NAZORAT_[A-Z_]+=\S*)$`).FindAllStringSubmatch(string(text), -1) {
		vars = append(vars, found[1])
	}
	if len(vars) < 12 {
		t.Fatalf("%v", vars)
	}
	var s settings
	fs := flag.NewFlagSet("serve", flag.ContinueOnError)
	s.flags(fs)
	var errs strings.Builder
	if err := fromEnvironment(environment{stderr: &errs, vars: vars}, fs); err != nil {
		t.Errorf("%v: %s", err, &errs)
	}
	if s.db == defaultDB || s.metrics == "" || s.url != "https://nazorat.example" {
		t.Errorf("%+v", s)
	}
}

// systemd is told when pages are answered and not before, and that the office stops.
func TestSystemdIsToldWhenTheOfficeServesAndWhenItStops(t *testing.T) {
	t.Parallel()
	s := initOffice(t, dbtest.SQLite(t))
	dir, err := os.MkdirTemp("", "nazorat-notify-") // a socket's path is short
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "notify")
	listener, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	must(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	ctx, stop := context.WithCancel(t.Context())
	s.vars = []string{"NOTIFY_SOCKET=" + socket}
	s.serve()
	told := func() string {
		b := make([]byte, 100)
		must(t, listener.SetReadDeadline(time.Now().Add(time.Minute)))
		n, err := listener.Read(b)
		must(t, err)
		return string(b[:n])
	}
	if got := told(); got != "READY=1" {
		t.Errorf("told %q", got)
	}
	s.signedIn("d.ergashev")
	must(t, s.cmd.Process.Signal(os.Interrupt))
	if got := told(); got != "STOPPING=1" {
		t.Errorf("told %q", got)
	}
	if log, err := s.wait(); err != nil {
		t.Errorf("%v\n%s", err, log)
	}
	stop()
	notify(ctx, environment{vars: []string{"NOTIFY_SOCKET=/nowhere/at/all"}}) // who is not there is not told
}
