package client_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"nazorat/internal/calendar"
	"nazorat/internal/client"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/directory"
	"nazorat/internal/fault"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var ctx = context.Background()

const (
	now = calendar.Moment(1_772_443_800_000_000)
	aud = "https://nazorat.example/oauth/token"
)

type registry struct {
	*client.Keeper
	db *db.DB
}

func each(t *testing.T, f func(t *testing.T, k *registry)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, location string) {
		d, err := db.Create(ctx, location)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		if err := d.Migrate(ctx, slices.Concat(directory.Migrations, client.Migrations)); err != nil {
			t.Fatal(err)
		}
		dir, err := directory.Open(ctx, d)
		if err != nil {
			t.Fatal(err)
		}
		if err := dir.Import(ctx, &directory.Service{Offices: []directory.Office{{ID: "court", Code: "1", Kind: directory.Court, Place: "17"}}}, now); err != nil {
			t.Fatal(err)
		}
		f(t, &registry{client.New(d, dir, aud, "https://nazorat.example"), d})
	})
}

// pair is a key pair, and its public half as a JWK.
func pair(t *testing.T) (*ecdsa.PrivateKey, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	text, err := (&jose.JSONWebKey{Key: key.Public()}).MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return key, string(text)
}

func certificate(t *testing.T, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	c := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "court"}, NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return c
}

// assertion is what a client signs; change bends it.
func assertion(t *testing.T, key any, alg jose.SignatureAlgorithm, change func(*jwt.Claims)) string {
	t.Helper()
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	at := func(m calendar.Moment) *jwt.NumericDate { return jwt.NewNumericDate(m.Time()) }
	c := jwt.Claims{Issuer: "court-registry", Subject: "court-registry", Audience: jwt.Audience{aud}, ID: rand.Text(), IssuedAt: at(now), Expiry: at(now + calendar.Minute)}
	if change != nil {
		change(&c)
	}
	text, err := jwt.Signed(s).Claims(c).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// ofKind is a good assertion that says of which kind it is.
func ofKind(t *testing.T, key any, kind string) string {
	t.Helper()
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, (&jose.SignerOptions{}).WithType(jose.ContentType(kind)))
	if err != nil {
		t.Fatal(err)
	}
	at := func(m calendar.Moment) *jwt.NumericDate { return jwt.NewNumericDate(m.Time()) }
	text, err := jwt.Signed(s).Claims(jwt.Claims{Issuer: "court-registry", Subject: "court-registry", Audience: jwt.Audience{aud}, ID: rand.Text(), IssuedAt: at(now), Expiry: at(now + calendar.Minute)}).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (k *registry) add(t *testing.T, change func(*client.Registration)) (secret string) {
	t.Helper()
	r := client.Registration{ID: "court-registry", Name: "Registry of the court", Office: "court", Scopes: []string{"proceedings", "supervision"}, From: now, WithSecret: true}
	if change != nil {
		change(&r)
	}
	secret, err := k.Add(ctx, r, now)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

func (k *registry) events(t *testing.T) string {
	t.Helper()
	rows, err := k.db.Query(ctx, `SELECT what FROM client_event ORDER BY at, what`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var w string
		if err := rows.Scan(&w); err != nil {
			t.Fatal(err)
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}

func TestClientIsGivenATokenForItsSecret(t *testing.T) {
	each(t, func(t *testing.T, k *registry) {
		secret := k.add(t, nil)
		if len(secret) < 40 {
			t.Fatalf("%q", secret)
		}
		token, err := k.Give(ctx, client.Proof{ID: "court-registry", Secret: secret}, nil, now)
		if err != nil || token.Lasts != 10*time.Minute || !slices.Equal(token.Scopes, []string{"proceedings", "supervision"}) {
			t.Fatalf("%+v, %v", token, err)
		}
		c, err := k.ByToken(ctx, token.Text, nil, now+10*calendar.Minute-1)
		if err != nil || c == nil || c.Subject().Office != "court" || len(c.Subject().Scopes) != 2 {
			t.Fatalf("%+v, %v", c, err)
		}
		if c, err := k.ByToken(ctx, token.Text, nil, now+10*calendar.Minute); c != nil || err != nil {
			t.Errorf("after ten minutes: %+v, %v", c, err)
		}
		fewer, err := k.Give(ctx, client.Proof{ID: "court-registry", Secret: secret}, []string{"proceedings"}, now)
		if err != nil {
			t.Fatal(err)
		}
		if c, err := k.ByToken(ctx, fewer.Text, nil, now); err != nil || !slices.Equal(c.Scopes, []string{"proceedings"}) {
			t.Errorf("%+v, %v", c, err)
		}
		if _, err := k.Give(ctx, client.Proof{ID: "court-registry", Secret: secret}, []string{"everything"}, now); !errors.Is(err, client.InvalidScope) {
			t.Errorf("a scope that it has not: %v", err)
		}
		for name, p := range map[string]client.Proof{"nobody": {ID: "nobody", Secret: secret}, "another secret": {ID: "court-registry", Secret: secret[1:] + "A"}, "none": {ID: "court-registry"},
			"no name": {Secret: secret}, "no text": {ID: "court\x00", Secret: secret}, "a book": {ID: "court-registry", Secret: strings.Repeat("x", 10_000)}} {
			if _, err := k.Give(ctx, p, nil, now); !errors.Is(err, client.InvalidClient) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, forged := range []string{"", "x", token.Text + "x", strings.Repeat("A", len(token.Text)), secret, "\x00" + token.Text[1:]} {
			if c, err := k.ByToken(ctx, forged, nil, now); c != nil || err != nil {
				t.Errorf("token %q: %+v, %v", forged, c, err)
			}
		}
		for _, text := range []string{secret, token.Text} {
			var n int
			if err := k.db.QueryRow(ctx, `SELECT (SELECT count(*) FROM client WHERE secret = $1) + (SELECT count(*) FROM client_token WHERE token = $1)`, []byte(text)).Scan(&n); err != nil || n != 0 {
				t.Errorf("it is kept as it is: %d, %v", n, err)
			}
		}
		if got := k.events(t); got != "added refused refused token token" {
			t.Errorf("on record: %s", got)
		}
	})
}

func TestClientIsGivenATokenForAnAssertionOnce(t *testing.T) {
	each(t, func(t *testing.T, k *registry) {
		key, public := pair(t)
		k.add(t, func(r *client.Registration) { r.Key, r.WithSecret = public, false })
		good := assertion(t, key, jose.ES256, nil)
		if _, err := k.Give(ctx, client.Proof{Assertion: good}, nil, now); err != nil {
			t.Fatal(err)
		}
		for _, kind := range []string{"JWT", "client-authentication+jwt"} {
			if _, err := k.Give(ctx, client.Proof{Assertion: ofKind(t, key, kind)}, nil, now); err != nil {
				t.Errorf("of the kind %s: %v", kind, err)
			}
		}
		if _, err := k.Give(ctx, client.Proof{ID: "court-registry", Assertion: good}, nil, now); !errors.Is(err, client.InvalidClient) {
			t.Errorf("once more: %v", err)
		}
		stranger, _ := pair(t)
		for name, a := range map[string]string{
			"a stranger's":                     assertion(t, stranger, jose.ES256, nil),
			"for another office":               assertion(t, key, jose.ES256, func(c *jwt.Claims) { c.Audience = jwt.Audience{"https://other.example"} }),
			"for nobody":                       assertion(t, key, jose.ES256, func(c *jwt.Claims) { c.Audience = nil }),
			"over":                             assertion(t, key, jose.ES256, func(c *jwt.Claims) { c.Expiry = jwt.NewNumericDate(now.Time()) }),
			"without end":                      assertion(t, key, jose.ES256, func(c *jwt.Claims) { c.Expiry = nil }),
			"for hours":                        assertion(t, key, jose.ES256, func(c *jwt.Claims) { c.Expiry = jwt.NewNumericDate((now + calendar.Hour).Time()) }),
			"of tomorrow":                      assertion(t, key, jose.ES256, func(c *jwt.Claims) { c.NotBefore = jwt.NewNumericDate((now + calendar.Hour).Time()) }),
			"about another":                    assertion(t, key, jose.ES256, func(c *jwt.Claims) { c.Subject = "another" }),
			"by another":                       assertion(t, key, jose.ES256, func(c *jwt.Claims) { c.Issuer = "another" }),
			"without a number":                 assertion(t, key, jose.ES256, func(c *jwt.Claims) { c.ID = "" }),
			"with the public half as a secret": assertion(t, []byte(public), jose.HS256, nil),
			"not signed":                       "eyJhbGciOiJub25lIn0." + strings.Split(good, ".")[1] + ".",
			"of another kind":                  ofKind(t, key, "at+jwt"),
			"air":                              "x",
		} {
			if _, err := k.Give(ctx, client.Proof{ID: "court-registry", Assertion: a}, nil, now+calendar.Minute/2); !errors.Is(err, client.InvalidClient) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := k.Give(ctx, client.Proof{ID: "court-registry", Secret: "x", Assertion: assertion(t, key, jose.ES256, nil)}, nil, now); !errors.Is(err, client.InvalidClient) {
			t.Errorf("two proofs: %v", err)
		}
		const racers = 4
		raced, won := assertion(t, key, jose.ES256, nil), make(chan bool, racers)
		for range racers {
			go func() {
				_, err := k.Give(ctx, client.Proof{Assertion: raced}, nil, now)
				won <- err == nil
			}()
		}
		n := 0
		for range racers {
			if <-won {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d tokens for one assertion", n)
		}
	})
}

func TestClientIsKnownByTheKeyOfItsCertificate(t *testing.T) {
	each(t, func(t *testing.T, k *registry) {
		key, _ := pair(t)
		stranger, _ := pair(t)
		k.add(t, func(r *client.Registration) { r.Certificate, r.WithSecret = certificate(t, key).Raw, false })
		renewed := certificate(t, key) // made anew for the same key
		if c, err := k.ByCertificate(ctx, renewed, now); err != nil || c == nil || c.ID != "court-registry" {
			t.Fatalf("%+v, %v", c, err)
		}
		if c, err := k.ByCertificate(ctx, certificate(t, stranger), now); err != nil || c != nil {
			t.Errorf("a stranger's: %+v, %v", c, err)
		}
		if _, err := k.Give(ctx, client.Proof{ID: "court-registry", Certificate: renewed}, nil, now); err != nil {
			t.Errorf("a token for it: %v", err)
		}
		bound, err := k.Give(ctx, client.Proof{ID: "court-registry", Certificate: renewed}, nil, now)
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			cert *x509.Certificate
			ok   bool
		}{"that certificate": {renewed, true}, "none": {nil, false}, "a stranger's": {certificate(t, stranger), false}, "one made anew for the same key": {certificate(t, key), false}} {
			if got, err := k.ByToken(ctx, bound.Text, c.cert, now); err != nil || (got != nil) != c.ok {
				t.Errorf("the token over a connection with %s: %+v, %v", name, got, err)
			}
		}
		if _, err := k.Give(ctx, client.Proof{ID: "court-registry", Certificate: certificate(t, stranger)}, nil, now); !errors.Is(err, client.InvalidClient) {
			t.Errorf("a token for a stranger's: %v", err)
		}
		k.add(t, func(r *client.Registration) { r.ID, r.Certificate = "court-second", renewed.Raw })
		if c, err := k.ByCertificate(ctx, renewed, now); err != nil || c != nil {
			t.Errorf("of two clients: %+v, %v", c, err)
		}
	})
}

func TestClientOfThePastHasNoTokens(t *testing.T) {
	each(t, func(t *testing.T, k *registry) {
		day := 24 * calendar.Hour
		secret := k.add(t, func(r *client.Registration) { r.From, r.To = now, now+day })
		proof := client.Proof{ID: "court-registry", Secret: secret}
		for at, ok := range map[calendar.Moment]bool{now - 1: false, now: true, now + day - 1: true, now + day: false} {
			if _, err := k.Give(ctx, proof, nil, at); (err == nil) != ok {
				t.Errorf("at %v: %v", at-now, err)
			}
		}
		token, err := k.Give(ctx, proof, nil, now+day-calendar.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if c, err := k.ByToken(ctx, token.Text, nil, now+day); c != nil || err != nil {
			t.Errorf("its token outlives it: %+v, %v", c, err)
		}
		token, err = k.Give(ctx, proof, nil, now+calendar.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if err := k.Revoke(ctx, "court-registry", now+calendar.Hour); err != nil {
			t.Fatal(err)
		}
		if c, err := k.ByToken(ctx, token.Text, nil, now+calendar.Hour); c != nil || err != nil {
			t.Errorf("revoked, its token goes on: %+v, %v", c, err)
		}
		if _, err := k.Give(ctx, proof, nil, now+calendar.Hour); !errors.Is(err, client.InvalidClient) {
			t.Errorf("revoked: %v", err)
		}
		if err := k.Revoke(ctx, "court-registry", now); !fault.Is(err, fault.NotFound) {
			t.Errorf("once more: %v", err)
		}
		if _, err := k.Add(ctx, client.Registration{ID: "court-registry", Name: "x", Office: "court", Scopes: []string{"proceedings"}, WithSecret: true}, now); err == nil {
			t.Error("its name was given to another")
		}
		if list, err := k.List(ctx); err != nil || len(list) != 1 || list[0].Revoked == 0 || list[0].Holds(now) {
			t.Errorf("%+v, %v", list, err)
		}
		if err := k.db.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(`DELETE FROM client_event`); return err }); err == nil {
			t.Error("what happened to it can be taken away")
		}
	})
}

func TestClientThatAsksTooOftenWaits(t *testing.T) {
	each(t, func(t *testing.T, k *registry) {
		secret := k.add(t, nil)
		k.add(t, func(r *client.Registration) { r.ID = "court-second" })
		proof := client.Proof{ID: "court-registry", Secret: secret}
		for range 30 {
			if _, err := k.Give(ctx, proof, nil, now); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := k.Give(ctx, proof, nil, now); !errors.Is(err, client.SlowDown) {
			t.Errorf("the thirty-first: %v", err)
		}
		if _, err := k.Give(ctx, client.Proof{ID: "court-second", Secret: "guess"}, nil, now); !errors.Is(err, client.InvalidClient) {
			t.Errorf("another client: %v", err)
		}
		if _, err := k.Give(ctx, proof, nil, now+calendar.Minute); err != nil {
			t.Errorf("a minute later: %v", err)
		}
		c := &client.Client{ID: "court-registry"}
		for range 600 {
			if !k.Enter(c, now) {
				t.Fatal("too soon")
			}
		}
		if k.Enter(c, now+calendar.Second) || !k.Enter(c, now+calendar.Minute) {
			t.Error("data without bounds, or never again")
		}
	})
}

func TestRegistrationThatCannotBeIsRefused(t *testing.T) {
	each(t, func(t *testing.T, k *registry) {
		key, public := pair(t)
		private, err := (&jose.JSONWebKey{Key: key}).MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		for name, change := range map[string]func(*client.Registration){
			"no name": func(r *client.Registration) { r.ID = "" }, "a bad name": func(r *client.Registration) { r.ID = "Court Registry" }, "no title": func(r *client.Registration) { r.Name = " " },
			"no office": func(r *client.Registration) { r.Office = "nowhere" }, "no scope": func(r *client.Registration) { r.Scopes = nil }, "a bad scope": func(r *client.Registration) { r.Scopes = []string{"a b"} },
			"no proof": func(r *client.Registration) { r.WithSecret, r.Key = false, "" }, "an end before its beginning": func(r *client.Registration) { r.From, r.To = now, now },
			"a private key": func(r *client.Registration) { r.Key = string(private) }, "no key": func(r *client.Registration) { r.Key = "{}" }, "a secret as a key": func(r *client.Registration) { r.Key = `{"kty":"oct","k":"AAAA"}` },
			"no certificate": func(r *client.Registration) { r.Certificate = []byte("x") },
		} {
			r := client.Registration{ID: "court-registry", Name: "Registry", Office: "court", Scopes: []string{"proceedings"}, WithSecret: true, Key: public}
			change(&r)
			if _, err := k.Add(ctx, r, now); err == nil {
				t.Errorf("%s: registered", name)
			}
		}
	})
}
