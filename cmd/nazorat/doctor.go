package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"

	"nazorat/internal/doctor"
	"nazorat/internal/seal"
	"nazorat/internal/telemetry"
)

const doctorUsage = "doctor [--db LOCATION] [--url URL] [--key PLACE] [--backups FOLDER] [OPTION...]"

// runDoctor looks an office over and says what to do. It ends with status 1 if anything is not well.
func runDoctor(ctx context.Context, env environment, args []string) error {
	flags := flag.NewFlagSet("doctor", flag.ContinueOnError)
	var s settings
	s.flags(flags)
	sample := flags.Int("sample", 25, "how many proceedings are checked against their entries; nazorat verify checks all")
	url := flags.String("url", "", "where the office is served, such as http://localhost:8080; left out, the served office is not looked at")
	quiet := flags.Bool("quiet", false, "say only what is not well")
	rest, err := options(env, flags, doctorUsage, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usageError(env, doctorUsage, "doctor takes no other arguments")
	}
	named := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { named[f.Name] = true })
	if named["url"] && !named["db"] {
		s.db = "" // an office that is looked at from afar
	}
	worst := doctor.OK
	tell := func(f doctor.Finding) {
		worst = max(worst, f.State)
		if *quiet && f.State == doctor.OK {
			return
		}
		fmt.Fprintf(env.stdout, "%-5s %-12s %s\n", f.State, f.Of, f.Says)
		if f.Do != "" {
			fmt.Fprintf(env.stdout, "      %-12s do: %s\n", "", f.Do)
		}
	}
	p := doctor.Patient{DB: s.db, Backups: s.backups, Secrets: s.secrets, Spool: s.spool, Documents: s.documents, State: state(env), URL: *url, Figures: s.metrics, Sample: *sample}
	s.examine(ctx, &p, tell)
	if s.key != "" {
		p.Signer = func(ctx context.Context) (seal.Signer, error) { return seal.Open(ctx, s.key) }
	}
	doctor.Examine(ctx, p, tell)
	if worst == doctor.Fail {
		return errFailed
	}
	return nil
}

// examine looks at the settings themselves, and gives the patient what they name.
func (s *settings) examine(ctx context.Context, p *doctor.Patient, tell func(doctor.Finding)) {
	bad := func(state doctor.State, says, do string) {
		tell(doctor.Finding{State: state, Of: "settings", Says: says, Do: do})
	}
	if _, err := telemetry.NewLog(nil, s.logFormat, slog.LevelInfo); err != nil {
		bad(doctor.Fail, err.Error(), "set --log-format to text or json")
	}
	if s.traces != "" {
		if _, err := telemetry.NewTraces(s.traces, "", "", slog.New(slog.DiscardHandler)); err != nil {
			bad(doctor.Fail, err.Error(), "set --traces to the address of a collector, or leave it out")
		}
	}
	if host, _, err := net.SplitHostPort(s.addr); err != nil {
		bad(doctor.Fail, "--addr: "+err.Error(), "want HOST:PORT, such as localhost:8080")
	} else if !s.secure && (!loopback(host) || strings.HasPrefix(s.url, "https:")) {
		bad(doctor.Warn, "cookies may be sent without TLS", "let TLS stand before the office, and set --secure")
	}
	if host, _, err := net.SplitHostPort(s.metrics); err == nil && host == "" {
		bad(doctor.Warn, "the figures are open to every network", "set --metrics-addr to an address that only those reach who watch")
	}
	var err error
	others := *s
	others.key = "" // the doctor looks at it himself
	if _, p.Witnesses, err = others.signing(ctx); err != nil {
		bad(doctor.Fail, err.Error(), "see the file that --witnesses names")
	}
	if p.Mail, p.Gateway, err = s.channels(); err != nil {
		bad(doctor.Fail, err.Error(), "see what --smtp, --mail-from, --smtp-password and --sms-gateway name")
	}
	if p.Keys, err = s.keys(); err != nil {
		bad(doctor.Fail, err.Error(), "see the file that --public-keys names")
	}
	if s.key == "" {
		return
	}
	if signer, err := seal.Open(ctx, s.key); err == nil { // else it is told with the journal
		p.Keys = append(p.Keys, signer.Key())
	}
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
