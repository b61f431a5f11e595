package db

import (
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// configured reads a location on a server. Between us and a server on another machine there is TLS, and its
// certificate is checked, for its name too unless the location says sslmode=verify-ca: whoever sits between would
// read all cases. A location that asks for less is refused. On this machine, over a socket or the loopback, TLS is as it says.
func configured(u *url.URL) (*pgx.ConnConfig, error) {
	q := u.Query()
	if !q.Has("sslmode") && !q.Has("sslrootcert") && !q.Has("service") && os.Getenv("PGSSLMODE") == "" && os.Getenv("PGSERVICE") == "" && elsewhere(u, q) {
		q.Set("sslmode", "verify-full")
		u.RawQuery = q.Encode()
	}
	config, err := pgx.ParseConfig(u.String())
	if err != nil {
		return nil, err // pgx keeps passwords out of its errors
	}
	tried := append([]*pgconn.FallbackConfig{{Host: config.Host, TLSConfig: config.TLSConfig}}, config.Fallbacks...)
	for _, t := range tried {
		if !here(t.Host) && (t.TLSConfig == nil || t.TLSConfig.InsecureSkipVerify && t.TLSConfig.VerifyPeerCertificate == nil) {
			return nil, fmt.Errorf("the server at %s is on another machine: it is spoken to over TLS, and its certificate is checked; leave sslmode out, or say verify-full or verify-ca, and sslrootcert for an authority of your own", t.Host)
		}
	}
	return config, nil
}

// elsewhere reports whether a location names a server on another machine.
func elsewhere(u *url.URL, q url.Values) bool {
	hosts := q.Get("host")
	if hosts == "" {
		hosts = u.Host
	}
	for part := range strings.SplitSeq(hosts, ",") {
		if u.Host == hosts {
			part = (&url.URL{Host: part}).Hostname()
		}
		if part != "" && !here(part) {
			return true
		}
	}
	return false
}

// here reports whether a host is this machine: a socket's folder, or the loopback.
func here(host string) bool {
	if filepath.IsAbs(host) || strings.HasPrefix(host, "@") || host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
