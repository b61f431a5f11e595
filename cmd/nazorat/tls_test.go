package main

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
)

// speaking is a server with the certificate of an office, and who trusts it.
func speaking(t *testing.T) (addr string, roots *x509.CertPool) {
	t.Helper()
	dir, ours := t.TempDir(), newAuthority(t)
	own, key := issue(t, ours, &x509.Certificate{DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	s := settings{tlsCert: writePEM(t, filepath.Join(dir, "cert"), "CERTIFICATE", own.Raw), tlsKey: writePEM(t, filepath.Join(dir, "key"), "EC PRIVATE KEY", der)}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "a secret") }))
	if srv.TLS, err = s.certificates(); err != nil {
		t.Fatal(err)
	}
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	t.Cleanup(srv.Close)
	roots = x509.NewCertPool()
	roots.AddCert(ours.cert)
	return srv.Listener.Addr().String(), roots
}

// Of all suites that Go knows, also those that it would rather not, the office takes the good ones alone.
func TestOnlyGoodCipherSuitesAreSpoken(t *testing.T) {
	t.Parallel()
	addr, roots := speaking(t)
	taken := 0
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if suite.SupportedVersions[0] == tls.VersionTLS13 {
			continue
		}
		c, err := tls.Dial("tcp", addr, &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{suite.ID}})
		good := strings.HasPrefix(suite.Name, "TLS_ECDHE_") && (strings.Contains(suite.Name, "_GCM_") || strings.Contains(suite.Name, "_POLY1305"))
		if err == nil {
			taken++
			_ = c.Close()
		}
		if err == nil && !good {
			t.Errorf("%s is spoken", suite.Name)
		}
	}
	if taken != 3 { // those for a certificate with an elliptic curve
		t.Errorf("%d suites of TLS 1.2 are spoken", taken)
	}
	c, err := tls.Dial("tcp", addr, &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if c.ConnectionState().Version != tls.VersionTLS13 {
		t.Errorf("with who knows both, version %x", c.ConnectionState().Version)
	}
}

func TestPlainHTTPIsSpokenToThisMachineAlone(t *testing.T) {
	t.Parallel()
	for addr, plain := range map[string]bool{
		"localhost:8080": true, "127.0.0.1:8080": true, "[::1]:8080": true, "127.0.0.5:1": true,
		":8080": false, "0.0.0.0:8080": false, "[::]:8080": false, "10.0.0.11:8080": false, "nazorat.example:80": false, "nonsense": false,
	} {
		for _, s := range []settings{{addr: addr}, {addr: "localhost:8080", metrics: addr}} {
			if err := s.covered(nil); (err == nil) != plain {
				t.Errorf("%q and %q without TLS: %v", s.addr, s.metrics, err)
			}
			if err := s.covered(&tls.Config{MinVersion: tls.VersionTLS12}); err != nil {
				t.Errorf("%q with TLS: %v", addr, err)
			}
		}
	}
	// Where TLS is spoken, nothing else is.
	addr, _ := speaking(t)
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	if got, _ := io.ReadAll(c); strings.Contains(string(got), "a secret") || strings.Contains(string(got), "200 OK") {
		t.Errorf("plain HTTP is answered: %q", got)
	}
}
