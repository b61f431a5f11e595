package client_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"nazorat/internal/client"
)

// A system proves who it is with a key that nobody can break: 128 bits of strength, whatever the kind of key.
func TestKeysOfSystemsAreStrong(t *testing.T) {
	each(t, func(t *testing.T, k *registry) {
		rsaOf := func(bits int) crypto.Signer {
			key, err := rsa.GenerateKey(rand.Reader, bits)
			if err != nil {
				t.Fatal(err)
			}
			return key
		}
		on := func(c elliptic.Curve) crypto.Signer {
			key, err := ecdsa.GenerateKey(c, rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			return key
		}
		_, edwards, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name   string
			key    crypto.Signer
			jwk    bool // there is a JWK of such keys
			strong bool
		}{
			{"rsa-2048", rsaOf(2048), true, false}, {"rsa-3072", rsaOf(3072), true, true}, {"p-224", on(elliptic.P224()), false, false}, {"p-256", on(elliptic.P256()), true, true}, {"ed25519", edwards, true, true},
		} {
			made := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: c.name}, NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
			der, err := x509.CreateCertificate(rand.Reader, made, made, c.key.Public(), c.key)
			if err != nil {
				t.Fatal(err)
			}
			r := client.Registration{ID: c.name + "-certificate", Name: "Registry", Office: "court", Scopes: []string{"proceedings"}, Certificate: der}
			if _, err := k.Add(ctx, r, now); (err == nil) != c.strong {
				t.Errorf("a certificate with %s: %v", c.name, err)
			}
			if !c.jwk {
				continue
			}
			text, err := (&jose.JSONWebKey{Key: c.key.Public()}).MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			r = client.Registration{ID: c.name + "-key", Name: "Registry", Office: "court", Scopes: []string{"proceedings"}, Key: string(text)}
			if _, err := k.Add(ctx, r, now); (err == nil) != c.strong {
				t.Errorf("a key of %s: %v", c.name, err)
			}
		}
	})
}
