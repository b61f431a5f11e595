package db

import (
	"net/url"
	"strings"
	"testing"
)

// Whoever sits between an office and its database would read all that there is.
func TestServerOnAnotherMachineIsSpokenToOverTLSAlone(t *testing.T) {
	t.Setenv("PGSSLMODE", "")
	t.Setenv("PGSERVICE", "")
	const (
		refused = "refused"
		checked = "checked by name"
		signed  = "checked by its authority"
		asSaid  = "as it says"
	)
	for location, want := range map[string]string{
		"postgres://nazorat@db.example/office":                                       checked,
		"postgres://nazorat@db1.example,db2.example:5433/office":                     checked,
		"postgres://nazorat@/office?host=db.example":                                 checked,
		"postgres://nazorat@192.0.2.7/office":                                        checked,
		"postgres://nazorat@[2001:db8::7]:5432/office":                               checked,
		"postgres://nazorat@db.example/office?sslmode=verify-full":                   checked,
		"postgres://nazorat@db.example/office?sslmode=verify-ca":                     signed,
		"postgres://nazorat@db.example/office?sslrootcert=system":                    checked,
		"postgres://nazorat@db.example/office?sslmode=disable":                       refused,
		"postgres://nazorat@db.example/office?sslmode=allow":                         refused,
		"postgres://nazorat@db.example/office?sslmode=prefer":                        refused,
		"postgres://nazorat@db.example/office?sslmode=require":                       refused,
		"postgres://nazorat@127.0.0.1,db.example/office?sslmode=prefer":              refused,
		"postgres://nazorat@/office?host=/run/postgresql,db.example&sslmode=disable": refused,
		"postgres://nazorat@127.0.0.1/office":                                        asSaid,
		"postgres://nazorat@localhost:5432/office?sslmode=disable":                   asSaid,
		"postgres://nazorat@/office?host=/run/postgresql":                            asSaid,
		"postgres://nazorat@[::1]/office":                                            asSaid,
	} {
		u, err := url.Parse(location)
		if err != nil {
			t.Fatal(err)
		}
		c, err := configured(u)
		switch {
		case want == refused:
			if err == nil || !strings.Contains(err.Error(), "another machine") {
				t.Errorf("%s: %v", location, err)
			}
			continue
		case err != nil:
			t.Errorf("%s: %v", location, err)
			continue
		case want == asSaid:
			continue
		}
		if c.TLSConfig == nil || want == checked && (c.TLSConfig.InsecureSkipVerify || c.TLSConfig.ServerName != c.Host) || want == signed && c.TLSConfig.VerifyPeerCertificate == nil {
			t.Errorf("%s: the certificate is not %s: %+v", location, want, c.TLSConfig)
		}
		for _, f := range c.Fallbacks {
			if f.TLSConfig == nil {
				t.Errorf("%s: without TLS where TLS is not had", location)
			}
		}
	}
	t.Setenv("PGSSLMODE", "disable")
	if _, err := Open(t.Context(), "postgres://nazorat@db.example/office"); err == nil || !strings.Contains(err.Error(), "another machine") {
		t.Errorf("by the environment: %v", err)
	}
}
