package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"nazorat/internal/journal"
	"nazorat/internal/notice"
	"nazorat/internal/publiclog"
	"nazorat/internal/seal"
	"nazorat/internal/signin"
	"nazorat/internal/telemetry"
)

// settings are those of a running office: serve uses them, doctor looks at them.
type settings struct {
	db        string
	addr      string
	metrics   string
	key       string
	witnesses string
	public    string
	url       string
	domain    string
	origins   string
	secrets   string
	issuer    string
	client    string
	password  string
	claim     string
	provider  string
	acr       string
	tlsCert   string
	tlsKey    string
	clientCA  string
	factor    string
	backups   string
	spool     string
	documents string
	smtp      string
	from      string
	smtpPass  string
	gateway   string
	traces    string
	logFormat string
	drain     time.Duration
	secure    bool
	verbose   bool
}

// documentsAre says what the folder of documents is.
const documentsAre = "folder of the documents, which all processes of the office share; left out, one beside the database's file; none, and with a database on a server where it is left out: documents are neither taken nor shown"

// prefix of the variables that set what a call leaves out: NAZORAT_METRICS_ADDR for --metrics-addr.
const prefix = "NAZORAT_"

// Variables of tests, which may run beside a command.
var ofTests = []string{"TEST_", "REQUIRE_", "CHROMIUM"}

func (s *settings) flags(fs *flag.FlagSet) {
	fs.StringVar(&s.db, "db", defaultDB, "the office's database: "+locations)
	fs.StringVar(&s.addr, "addr", "localhost:8080", "address to serve at; without --tls-cert one of this machine alone, for what stands before the office with TLS")
	fs.StringVar(&s.metrics, "metrics-addr", "", "address of the figures for Prometheus, such as localhost:9464; beyond this machine over TLS; left out, none are served")
	fs.StringVar(&s.key, "key", "", "what signs the journal's checkpoints: a key file, or unix:SOCKET of a signer; left out, this process signs none")
	fs.StringVar(&s.witnesses, "witnesses", "", "file of witnesses that are asked to sign checkpoints too")
	fs.StringVar(&s.public, "public-keys", "", "file of public keys that receipts are checked with beside this process's own: former keys, and that of the process which signs, if it is another")
	fs.StringVar(&s.url, "public-url", "", "where those outside reach the service, such as https://nazorat.example: it goes onto receipts; left out, the address that each page is asked for at")
	fs.StringVar(&s.domain, "passkey-domain", "localhost", "domain that passkeys are made for, such as nazorat.example: a key opens nothing elsewhere, and none of those made before once this is changed")
	fs.StringVar(&s.origins, "passkey-origins", "", "where the pages are that passkeys are used on, with commas between, such as https://nazorat.example; left out, https at the domain itself, and of localhost the port of --addr")
	fs.StringVar(&s.secrets, "secrets", "", "file of the keys under which secrets are kept that have to be read again: what codes from applications are made from; left out, no codes are offered")
	fs.StringVar(&s.factor, "second-factor", optional, "whether a password alone is enough: optional, or required, where who has nothing else makes a passkey or sets up codes before he does anything")
	fs.StringVar(&s.issuer, "oidc-issuer", "", "identity provider by which officers sign in too, such as https://id.example (OpenID Connect); left out, there is none")
	fs.StringVar(&s.client, "oidc-client-id", "", "name that the office has at the identity provider")
	fs.StringVar(&s.password, "oidc-client-secret", "", "file with the secret that the office has at the identity provider, which its owner alone may read")
	fs.StringVar(&s.claim, "oidc-claim", "sub", "claim of the identity provider's token that says who somebody is: nazorat identities import says whose it is")
	fs.StringVar(&s.provider, "oidc-name", "", "name of the identity provider, as officers know it; left out, its address")
	fs.StringVar(&s.acr, "oidc-acr", "", "grades of authentication (acr) that are good enough, with commas between; left out, whichever the identity provider takes")
	fs.StringVar(&s.tlsCert, "tls-cert", "", "file of the certificate chain (PEM), where the office speaks TLS itself; left out, it is the business of what stands before it")
	fs.StringVar(&s.tlsKey, "tls-key", "", "file of the certificate's key (PEM)")
	fs.StringVar(&s.clientCA, "client-ca", "", "file of the authorities (PEM) whose certificates systems may show to the API; wants --tls-cert")
	fs.StringVar(&s.backups, "backups", "", "folder that backups are put into: doctor looks how old the newest is")
	fs.StringVar(&s.spool, "looks-spool", "", "folder in which looks wait for the journal, on a disk that outlives this process; left out, one beside the database's file, and with a server one in this user's folder of state; none: pages wait for the database")
	fs.StringVar(&s.documents, "documents", "", documentsAre)
	fs.StringVar(&s.smtp, "smtp", "", "mail server by which officers are told what waits for them, such as smtps://USER@mail.example:465 or smtp://USER@mail.example:587; left out, no e-mail is sent")
	fs.StringVar(&s.from, "mail-from", "", "address that e-mail is sent from; wants --smtp")
	fs.StringVar(&s.smtpPass, "smtp-password", "", "file with the password of the mail server, which its owner alone may read")
	fs.StringVar(&s.gateway, "sms-gateway", "", "file that describes the HTTP gateway by which SMS are sent; left out, none are")
	fs.StringVar(&s.traces, "traces", "", "collector of OpenTelemetry that requests are traced to, such as https://collector.example:4318; http is for localhost only")
	fs.StringVar(&s.logFormat, "log-format", telemetry.Text, "text or json")
	fs.DurationVar(&s.drain, "drain", 0, "how long requests are still taken while stopping, until what stands before this sends them elsewhere")
	fs.BoolVar(&s.secure, "secure", false, "send cookies over TLS only; set it when TLS stands before this")
	fs.BoolVar(&s.verbose, "verbose", false, "log every request")
}

// fromEnvironment sets what variables name: of serve and doctor all settings, of
// other commands the database, where they work on the office's. What the call
// itself says goes before, so it is read afterwards. A variable that names no
// setting is a slip, and refused: it would be missed only when it is needed.
func fromEnvironment(env environment, fs *flag.FlagSet) error {
	var known settings
	all := flag.NewFlagSet("settings", flag.ContinueOnError)
	known.flags(all)
	for _, v := range env.vars {
		name, value, _ := strings.Cut(v, "=")
		rest, ours := strings.CutPrefix(name, prefix)
		if !ours || ofATest(rest) {
			continue
		}
		option := strings.ToLower(strings.ReplaceAll(rest, "_", "-"))
		if all.Lookup(option) == nil {
			fmt.Fprintf(env.stderr, "nazorat: the environment has %s, and there is no such setting\n", name)
			return errUsage
		}
		f := fs.Lookup(option)
		if f == nil || fs.Lookup("metrics-addr") == nil && (option != "db" || f.DefValue != defaultDB) {
			continue // another command's
		}
		if err := fs.Set(option, value); err != nil {
			fmt.Fprintf(env.stderr, "nazorat: %s cannot be used: %v\n", name, err)
			return errUsage
		}
	}
	return nil
}

func ofATest(name string) bool {
	for _, p := range ofTests {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// state is the folder in which this user keeps what outlives a process: systemd's, or the one of the XDG rules. "" for none.
func state(env environment) string {
	var home string
	for _, v := range env.vars {
		name, value, _ := strings.Cut(v, "=")
		switch {
		case value == "":
		case name == "STATE_DIRECTORY":
			dir, _, _ := strings.Cut(value, ":")
			return dir
		case name == "XDG_STATE_HOME":
			home = filepath.Join(value, program)
		case name == "HOME" && home == "":
			if info, err := os.Stat(value); err == nil && info.IsDir() { // else it is the name of none
				home = filepath.Join(value, ".local", "state", program)
			}
		}
	}
	return home
}

// passkeys are what passkeys are made for; without a domain none are. An office
// that others reach over TLS is not at localhost: keys that it offered would open nothing.
func (s *settings) passkeys(log *slog.Logger) (signin.RelyingParty, error) {
	if s.secure && s.domain == localhost && s.origins == "" {
		log.Warn("no passkeys are offered: say with --passkey-domain where officers reach the office")
		return signin.RelyingParty{}, nil
	}
	rp := signin.RelyingParty{Domain: s.domain, Name: serviceName, Origins: []string{"https://" + s.domain}}
	switch {
	case s.origins != "":
		rp.Origins = strings.Split(s.origins, ",")
	case s.domain == localhost:
		_, port, err := net.SplitHostPort(s.addr)
		if err != nil {
			return rp, fmt.Errorf("--addr: %w", err)
		}
		rp.Origins = []string{"http://" + net.JoinHostPort(localhost, port)}
		if port == "80" {
			rp.Origins = []string{"http://" + localhost}
		}
	}
	return rp, nil
}

// rules are what the office asks of its officers when they sign in.
func (s *settings) rules(rp signin.RelyingParty) (r signin.Rules, err error) {
	r.Service = serviceName
	if s.secrets != "" {
		if r.Secrets, err = signin.OpenRing(s.secrets); err != nil {
			return r, err
		}
	}
	switch s.factor {
	case optional:
	case required:
		if r.Secrets == nil && rp.Domain == "" {
			return r, errors.New("--second-factor=required: nobody could make one: set --secrets or --passkey-domain")
		}
		r.SecondFactor = true
	default:
		return r, fmt.Errorf("--second-factor is optional or required, not %q", s.factor)
	}
	return r, nil
}

// channels are the ways out of the office, as far as they are set.
func (s *settings) channels() (mail *notice.Mail, gateway *notice.Gateway, err error) {
	if s.smtp == "" && (s.from != "" || s.smtpPass != "") {
		return nil, nil, errors.New("--mail-from and --smtp-password want --smtp")
	}
	if s.smtp != "" {
		if mail, err = notice.NewMail(s.smtp, s.from, s.smtpPass); err != nil {
			return nil, nil, err
		}
	}
	if s.gateway != "" {
		if gateway, err = notice.OpenGateway(s.gateway); err != nil {
			return nil, nil, err
		}
	}
	return mail, gateway, nil
}

const (
	program   = "nazorat"
	localhost = "localhost"
	optional  = "optional"
	required  = "required"
	// serviceName is what authenticators show beside a passkey, in whatever language.
	serviceName = "Nazorat"
)

// log of the process.
func (s *settings) log(env environment) (*slog.Logger, error) {
	level := slog.LevelInfo
	if s.verbose {
		level = slog.LevelDebug
	}
	return telemetry.NewLog(env.stderr, s.logFormat, level)
}

// signing gives what signs and who is asked to sign too, as far as they are set.
func (s *settings) signing(ctx context.Context) (signer seal.Signer, witnesses []publiclog.Witness, err error) {
	if s.key != "" {
		if signer, err = seal.Open(ctx, s.key); err != nil {
			return nil, nil, err
		}
	}
	if s.witnesses != "" {
		text, err := os.ReadFile(s.witnesses)
		if err != nil {
			return nil, nil, fmt.Errorf("witnesses: %w", err)
		}
		if witnesses, err = publiclog.ParseWitnesses(string(text)); err != nil {
			return nil, nil, err
		}
	}
	return signer, witnesses, nil
}

// keys that receipts are checked with beside the signer's own.
func (s *settings) keys() (journal.Keys, error) {
	if s.public == "" {
		return nil, nil
	}
	text, err := os.ReadFile(s.public)
	if err != nil {
		return nil, fmt.Errorf("public keys: %w", err)
	}
	keys, err := journal.ParseKeys(string(text))
	if err != nil {
		return nil, fmt.Errorf("public keys: %s, %w", s.public, err)
	}
	return keys, nil
}

// tracing sends traces where that is set. The collector's key, if it wants one, is in OpenTelemetry's own variable.
func (s *settings) tracing(env environment, log *slog.Logger) (*telemetry.Traces, error) {
	if s.traces == "" {
		return nil, nil
	}
	headers := ""
	for _, v := range env.vars {
		if value, ok := strings.CutPrefix(v, "OTEL_EXPORTER_OTLP_HEADERS="); ok {
			headers = value
		}
	}
	return telemetry.NewTraces(s.traces, headers, revision(), log)
}
