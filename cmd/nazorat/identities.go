package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/identity"
)

const identitiesUsage = "identities import --issuer URL --from FILE [--db LOCATION]\n       nazorat identities list --issuer URL [--db LOCATION]\n       nazorat identities remove --issuer URL --login LOGIN [--db LOCATION]"

// runIdentities says which identities of an identity provider are which officers'.
func runIdentities(ctx context.Context, env environment, args []string) (err error) {
	flags := flag.NewFlagSet("identities", flag.ContinueOnError)
	location := flags.String("db", defaultDB, "the office's database: "+locations)
	issuer := flags.String("issuer", "", "the identity provider, as --oidc-issuer of serve names it")
	from := flags.String("from", "", "CSV file: a line login,subject, then one for each identity")
	login := flags.String("login", "", "whose identities are removed")
	rest, err := options(env, flags, identitiesUsage, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 || *issuer == "" {
		return usageError(env, identitiesUsage, "say what to do with the identities of which provider")
	}
	var list []identity.Identity
	switch {
	case rest[0] == "import" && *from != "":
		f, err := os.Open(*from)
		if err != nil {
			return err
		}
		defer f.Close()
		if list, err = identity.ReadIdentities(f); err != nil {
			return err
		}
	case rest[0] == "list", rest[0] == "remove" && *login != "":
	default:
		return usageError(env, identitiesUsage, "import wants a file, remove a login")
	}
	d, err := openDatabase(ctx, *location)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	now := calendar.At(time.Now())
	switch rest[0] {
	case "import":
		added, err := identity.Import(ctx, d, *issuer, list, now)
		if err != nil {
			return err
		}
		fmt.Fprintf(env.stdout, "%d of %d added; the others were there\n", added, len(list))
	case "remove":
		if err := identity.Remove(ctx, d, *issuer, *login, now); err != nil {
			return err
		}
		fmt.Fprintf(env.stdout, "%s signs in by %s no more; sessions that were begun so are ended\n", *login, *issuer)
	case "list":
		list, err := identity.List(ctx, d, *issuer)
		if err != nil {
			return err
		}
		for _, i := range list {
			fmt.Fprintf(env.stdout, "%-20s %s\n", i.Login, i.Subject)
		}
	}
	return nil
}

// mostSecret is how long the secret at an identity provider may be.
const mostSecret = 4096

// identities are the settings of the identity provider.
func (s *settings) identities() (identity.Settings, error) {
	if s.issuer == "" {
		return identity.Settings{}, nil
	}
	out := identity.Settings{Issuer: s.issuer, ClientID: s.client, Claim: s.claim, Name: s.provider, Redirect: strings.TrimSuffix(s.url, "/")}
	if s.acr != "" {
		out.ACR = strings.Split(s.acr, ",")
	}
	if out.Redirect == "" { // an office that is tried on one machine
		_, port, err := net.SplitHostPort(s.addr)
		if err != nil {
			return out, fmt.Errorf("--addr: %w", err)
		}
		if s.secure {
			return out, errors.New("--oidc-issuer: say with --public-url where the identity provider sends people back to")
		}
		out.Redirect = "http://" + net.JoinHostPort(localhost, port)
	}
	if s.password == "" {
		return out, errors.New("--oidc-issuer wants --oidc-client-secret too")
	}
	info, err := os.Stat(s.password)
	if err != nil {
		return out, fmt.Errorf("secret at the identity provider: %w", err)
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 || info.Size() > mostSecret {
		return out, fmt.Errorf("secret at the identity provider: %s may be read or written by others (%s), or is too long: make it chmod 600", s.password, info.Mode())
	}
	text, err := os.ReadFile(s.password)
	if err != nil {
		return out, fmt.Errorf("secret at the identity provider: %w", err)
	}
	if out.Secret = strings.TrimSpace(string(text)); out.Secret == "" {
		return out, fmt.Errorf("secret at the identity provider: %s is empty", s.password)
	}
	return out, nil
}
