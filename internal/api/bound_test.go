package api_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// issued is a certificate of an authority, nil for one that signs itself, for a key, nil for a new one.
func issued(t *testing.T, by *tls.Certificate, key *ecdsa.PrivateKey) tls.Certificate {
	t.Helper()
	var err error
	if key == nil {
		if key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			t.Fatal(err)
		}
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "system"}, NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	parent, signer := c, key
	if by == nil {
		c.IsCA, c.BasicConstraintsValid, c.KeyUsage, c.ExtKeyUsage = true, true, x509.KeyUsageCertSign, nil
	} else {
		parent, signer = by.Leaf, by.PrivateKey.(*ecdsa.PrivateKey)
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// A token that a system was given for its certificate is good over connections with that certificate, and no other: whoever
// copied it has nothing. Over real connections, as the office serves them.
func TestTokenForACertificateIsGoodWithThatCertificateOnly(t *testing.T) {
	t.Parallel()
	h := open(t)
	authority := issued(t, nil, nil)
	own, stranger := issued(t, &authority, nil), issued(t, &authority, nil)
	renewed := issued(t, &authority, own.PrivateKey.(*ecdsa.PrivateKey))
	secret := h.register(t, "registry", "court", own.Leaf.Raw, "proceedings")
	h.register(t, "stranger", "court", stranger.Leaf.Raw, "proceedings")

	srv := httptest.NewUnstartedServer(h)
	pool := x509.NewCertPool()
	pool.AddCert(authority.Leaf)
	srv.TLS = &tls.Config{MinVersion: tls.VersionTLS12, ClientAuth: tls.VerifyClientCertIfGiven, ClientCAs: pool}
	srv.StartTLS()
	defer srv.Close()
	with := func(cert *tls.Certificate) *http.Client {
		transport := srv.Client().Transport.(*http.Transport).Clone()
		if cert != nil {
			transport.TLSClientConfig.Certificates = []tls.Certificate{*cert}
		}
		return &http.Client{Transport: transport, Timeout: time.Minute}
	}
	ask := func(c *http.Client, r *http.Request) (int, string) {
		t.Helper()
		resp, err := c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(body)
	}
	give := func(c *http.Client, form url.Values) string {
		t.Helper()
		form.Set("grant_type", "client_credentials")
		form.Set("client_id", "registry")
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+"/oauth/token", strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		status, body := ask(c, r)
		var says struct {
			Token string `json:"access_token"`
		}
		if err := json.Unmarshal([]byte(body), &says); err != nil || status != http.StatusOK {
			t.Fatalf("%d %s", status, body)
		}
		return says.Token
	}
	bound, free := give(with(&own), url.Values{}), give(with(nil), url.Values{"client_secret": {secret}})
	for name, c := range map[string]struct {
		cert  *tls.Certificate
		token string
		want  int
	}{
		"its certificate":                           {&own, bound, http.StatusOK},
		"no certificate":                            {nil, bound, http.StatusUnauthorized},
		"another system's":                          {&stranger, bound, http.StatusUnauthorized},
		"one made anew for its key":                 {&renewed, bound, http.StatusUnauthorized}, // it asks for another token
		"a token for a secret, without":             {nil, free, http.StatusOK},
		"a token for a secret, over any connection": {&stranger, free, http.StatusOK},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/api/v1/proceedings/"+h.id, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+c.token)
		if status, body := ask(with(c.cert), r); status != c.want {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	if token := give(with(&renewed), url.Values{}); token == "" {
		t.Error("no token for the certificate that was made anew")
	}
}
