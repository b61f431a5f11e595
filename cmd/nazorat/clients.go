package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/client"
	"nazorat/internal/directory"
)

const clientsUsage = "clients add --id NAME --name TEXT --office ID --scope SCOPE[,SCOPE...] (--secret | --key FILE | --cert FILE)... [--days N] [--db LOCATION]\n       nazorat clients list [--db LOCATION]\n       nazorat clients revoke --id NAME [--db LOCATION]"

// runClients registers and revokes systems that ask the API in their own name.
func runClients(ctx context.Context, env environment, args []string) (err error) {
	flags := flag.NewFlagSet("clients", flag.ContinueOnError)
	location := flags.String("db", defaultDB, "the office's database: "+locations)
	id := flags.String("id", "", "name of the client, such as court-registry; it is never given twice")
	name := flags.String("name", "", "what system it is")
	office := flags.String("office", "", "id of the office whose system it is: it reads what that office would, as far as its scopes go")
	scopes := flags.String("scope", "", "what it is for, with commas between: laws/policies/clients.cedar says what a scope opens")
	withSecret := flags.Bool("secret", false, "draw a secret for it, shown once")
	key := flags.String("key", "", "file of its public key, a JWK, with which it signs assertions")
	cert := flags.String("cert", "", "file of its certificate (PEM), which it shows")
	days := flags.Int("days", 365, "for how many days it is registered; 0 for no end")
	rest, err := options(env, flags, clientsUsage, args)
	if err != nil {
		return err
	}
	verb := strings.Join(rest, " ")
	if verb != "add" && verb != "list" && verb != "revoke" || verb != "list" && *id == "" || *days < 0 {
		return usageError(env, clientsUsage, "say whether to add, to list or to revoke, and which client")
	}
	r := client.Registration{ID: *id, Name: *name, Office: *office, WithSecret: *withSecret}
	if *scopes != "" {
		r.Scopes = strings.Split(*scopes, ",")
	}
	if *key != "" {
		text, err := os.ReadFile(*key)
		if err != nil {
			return fmt.Errorf("key of the client: %w", err)
		}
		r.Key = string(text)
	}
	if *cert != "" {
		if r.Certificate, err = readCertificate(*cert); err != nil {
			return err
		}
	}
	d, err := openDatabase(ctx, *location)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	dir, err := directory.Open(ctx, d)
	if err != nil {
		return err
	}
	k, now := client.New(d, dir), calendar.At(time.Now())
	switch verb {
	case "add":
		r.From = now
		if *days > 0 {
			r.To = now + calendar.Moment(*days)*24*calendar.Hour
		}
		return addClient(ctx, env, k, r, now)
	case "revoke":
		if err := k.Revoke(ctx, *id, now); err != nil {
			return err
		}
		fmt.Fprintf(env.stdout, "%s is revoked, and its tokens are ended\n", *id)
		return nil
	}
	return listClients(ctx, env, k, now)
}

func addClient(ctx context.Context, env environment, k *client.Keeper, r client.Registration, now calendar.Moment) error {
	secret, err := k.Add(ctx, r, now)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.stdout, "%s of %s is registered for %s\n", r.ID, r.Office, strings.Join(r.Scopes, " "))
	if secret != "" {
		fmt.Fprintf(env.stdout, "its secret, shown only now: %s\n", secret)
	}
	return nil
}

func listClients(ctx context.Context, env environment, k *client.Keeper, now calendar.Moment) error {
	list, err := k.List(ctx)
	if err != nil {
		return err
	}
	for _, c := range list {
		state := "asks"
		switch {
		case c.Revoked != 0:
			state = "revoked"
		case !c.Holds(now):
			state = "ended"
		}
		var ways []string
		for _, w := range []struct {
			has  bool
			name string
		}{{c.Secret, "secret"}, {c.Key != "", "key"}, {c.Certificate != "", "certificate"}} {
			if w.has {
				ways = append(ways, w.name)
			}
		}
		fmt.Fprintf(env.stdout, "%-24s %-8s %s: %s, by %s: %s\n", c.ID, state, c.Office, strings.Join(c.Scopes, " "), strings.Join(ways, ", "), c.Name)
	}
	return nil
}

// readCertificate reads the first certificate of a PEM file.
func readCertificate(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("certificate of the client: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, fmt.Errorf("certificate of the client: %s is no PEM certificate", path)
	}
	return block.Bytes, nil
}

// certificates are how the office speaks TLS itself; nil where it does not.
func (s *settings) certificates() (*tls.Config, error) {
	if s.tlsCert == "" && s.tlsKey == "" {
		if s.clientCA != "" {
			return nil, errors.New("--client-ca wants --tls-cert and --tls-key: what stands before the office sees the certificates of systems, and the office does not")
		}
		return nil, nil
	}
	own, err := tls.LoadX509KeyPair(s.tlsCert, s.tlsKey)
	if err != nil {
		return nil, fmt.Errorf("certificate of the office: %w", err)
	}
	c := ourTLS(own)
	if s.clientCA == "" {
		return c, nil
	}
	text, err := os.ReadFile(s.clientCA)
	if err != nil {
		return nil, fmt.Errorf("authorities of systems: %w", err)
	}
	c.ClientCAs = x509.NewCertPool()
	if !c.ClientCAs.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("authorities of systems: %s has no certificates", s.clientCA)
	}
	c.ClientAuth = tls.VerifyClientCertIfGiven // whoever has none of these authorities is not asked: officers
	return c, nil
}
