// Package identity lets officers sign in by an identity provider, such as one
// that the state runs for all its servants: OpenID Connect, of which this is the
// relying party (authorization code, PKCE, state, nonce).
//
// It owns which identity is which officer's (officer_identity), kept by whoever
// holds the office's database or by administrators, two for each (identity_proposal),
// and the tries that are under way (provider_try).
// A try is good once, for ten minutes, in the browser that began it: what the
// code is exchanged with and what the token must name follow from a secret that
// this browser alone keeps, and the database has only hashes.
//
// The provider says who somebody is and when he was asked last, nothing else: an
// officer or a mandate is never made here, an identity that is nobody's opens
// nothing, and what an officer may do is said by his mandates as before. It is
// asked for when somebody wants to sign in by it, so an office starts and serves
// while it is away.
package identity

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fault"
	"nazorat/internal/signin"
)

// Settings say which provider, and what the office is to it.
type Settings struct {
	Issuer   string // "https://id.example"; http is for localhost only
	ClientID string
	Secret   string
	Claim    string   // of the token, that says who somebody is: "sub" unless another is agreed
	Name     string   // as officers know the provider
	ACR      []string // grades of authentication that are good enough; none: whatever the provider takes
	Redirect string   // where it sends people back to
}

// Provider is the relying party of one provider. Safe for concurrent use.
type Provider struct {
	Settings
	db     *db.DB
	keeper *signin.Keeper
	client *http.Client

	mu     sync.Mutex
	known  *known    // nil until it was asked
	asked  time.Time // when known was read
	failed time.Time // when asking failed last
}

// known is what a provider says of itself.
type known struct {
	*oidc.Provider
	issues bool             // it names itself when it sends people back (RFC 9207)
	style  oauth2.AuthStyle // how it wants to be told the office's secret
}

const (
	// askWithin is how long the provider may take for each answer.
	askWithin = 5 * time.Second
	// longestAnswer that is read of it.
	longestAnswer = 1 << 20
	// askAgain: what it says of itself is read anew after this; where that fails, what it said before goes on.
	askAgain = time.Hour
	// leaveAlone is how long after a failure nobody is made to wait for another.
	leaveAlone = 5 * time.Second
)

// Open makes a relying party. The provider is not asked yet. The error says what is wrong with the settings.
func Open(d *db.DB, keeper *signin.Keeper, s Settings) (*Provider, error) {
	for _, address := range []string{s.Issuer, s.Redirect} {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.Fragment != "" || u.RawQuery != "" || u.User != nil || u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1") {
			return nil, fmt.Errorf("identity provider: %q is no address such as https://id.example; http is for localhost only", address)
		}
	}
	if s.ClientID == "" {
		return nil, errors.New("identity provider: the office needs the name that it has there")
	}
	if s.Claim == "" {
		s.Claim = "sub"
	}
	if s.Name == "" {
		u, _ := url.Parse(s.Issuer)
		s.Name = u.Host
	}
	client := &http.Client{Timeout: askWithin, Transport: bounded{http.DefaultTransport}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &Provider{Settings: s, db: d, keeper: keeper, client: client}, nil
}

// bounded reads no more of an answer than can be one.
type bounded struct{ http.RoundTripper }

// RoundTrip sends a request.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, longestAnswer), resp.Body}
	}
	return resp, err
}

func away(cause error) error {
	return fault.New(fault.Unavailable, "provider.away", nil).Because(cause)
}

// discover gives what the provider says of itself, asking it where that is not
// known, or old. Unavailable where it cannot be asked.
func (p *Provider) discover(ctx context.Context) (*known, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	lately := time.Since(p.failed) < leaveAlone
	switch {
	case p.known != nil && (lately || time.Since(p.asked) < askAgain):
		return p.known, nil
	case lately:
		return nil, away(errors.New("it was away a moment ago"))
	}
	found, err := p.ask(ctx)
	switch {
	case err == nil:
		p.known, p.asked = found, time.Now()
	case ctx.Err() != nil: // whoever asked has gone, which says nothing of the provider
		return nil, ctx.Err()
	default:
		p.failed = time.Now()
		if p.known == nil {
			return nil, away(err)
		}
	}
	return p.known, nil
}

func (p *Provider) ask(ctx context.Context) (*known, error) {
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.Issuer)
	if err != nil {
		return nil, err
	}
	var says struct {
		Issues  bool     `json:"authorization_response_iss_parameter_supported"`
		Methods []string `json:"code_challenge_methods_supported"`
		Proofs  []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := found.Claims(&says); err != nil {
		return nil, err
	}
	if len(says.Methods) > 0 && !slices.Contains(says.Methods, "S256") {
		return nil, errors.New("it knows no S256 for PKCE")
	}
	// Said, and not found out by trying: a code that is sent twice is spent.
	k := &known{Provider: found, issues: says.Issues, style: oauth2.AuthStyleInHeader}
	if len(says.Proofs) > 0 && !slices.Contains(says.Proofs, "client_secret_basic") {
		k.style = oauth2.AuthStyleInParams
	}
	return k, nil
}

func (p *Provider) config(k *known) *oauth2.Config {
	end := k.Endpoint()
	end.AuthStyle = k.style
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.Secret, Endpoint: end, RedirectURL: p.Redirect, Scopes: []string{oidc.ScopeOpenID}}
}

// said is what a token that holds says of whoever brought it.
type said struct {
	subject string
	asked   calendar.Moment // when he was asked who he is; 0 where that is not said
}

// clockOff is how far the provider's clock may be ahead of ours.
const clockOff = 30 * calendar.Second

// redeem exchanges a code for a token, and checks it: that this provider has
// signed it, for us, not too long ago, in answer to this try.
func (p *Provider) redeem(ctx context.Context, known *known, code, verifier, nonce string, now calendar.Moment) (*said, error) {
	wrong := fault.New(fault.Invalid, "provider.wrong", nil)
	ctx = oidc.ClientContext(ctx, p.client)
	got, err := p.config(known).Exchange(ctx, code, oauth2.VerifierOption(verifier))
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && refused.Response != nil && refused.Response.StatusCode/100 == 4 {
		return nil, wrong.Because(fmt.Errorf("the provider does not exchange the code: %s", refused.ErrorCode))
	}
	if err != nil {
		return nil, away(err)
	}
	raw, ok := got.Extra("id_token").(string)
	if !ok {
		return nil, wrong.Because(errors.New("the provider gave no ID token"))
	}
	if kind := kindOf(raw); kind != "" && !strings.EqualFold(kind, "JWT") {
		return nil, wrong.Because(fmt.Errorf("what the provider gave as an ID token is of the kind %.40q", kind))
	}
	token, err := known.VerifierContext(ctx, &oidc.Config{ClientID: p.ClientID, Now: now.Time}).Verify(ctx, raw)
	if err != nil {
		if unreachable(err) {
			return nil, away(err)
		}
		return nil, wrong.Because(err)
	}
	var claims map[string]any
	if err := token.Claims(&claims); err != nil {
		return nil, wrong.Because(err)
	}
	authorized, _ := claims["azp"].(string)
	acr, _ := claims["acr"].(string)
	issued := calendar.At(token.IssuedAt)
	switch {
	case token.Nonce == "" || token.Nonce != nonce:
		return nil, wrong.Because(errors.New("the token answers another try"))
	case len(token.Audience) > 1 && authorized == "" || authorized != "" && authorized != p.ClientID:
		return nil, wrong.Because(errors.New("the token is for another"))
	case issued > now+clockOff:
		return nil, wrong.Because(errors.New("the token is of the future"))
	case token.AccessTokenHash != "" && token.VerifyAccessToken(got.AccessToken) != nil:
		return nil, wrong.Because(errors.New("the token goes with another access token"))
	case len(p.ACR) > 0 && !slices.Contains(p.ACR, acr):
		return nil, fault.New(fault.Forbidden, "provider.grade", nil).Because(fmt.Errorf("the provider says %q of how he was asked", acr))
	}
	s := &said{}
	if s.subject, ok = claims[p.Claim].(string); !ok || s.subject == "" || len(s.subject) > longestSubject || !db.Storable(s.subject) {
		return nil, wrong.Because(fmt.Errorf("the token has no %s", p.Claim))
	}
	if at, ok := claims["auth_time"].(float64); ok && at > 0 && at < 1e11 {
		s.asked = calendar.Moment(at * 1e6)
	}
	return s, nil
}

// kindOf is the kind that a token says it is of (typ, RFC 8725): an ID token says JWT or nothing, and what a provider
// signs with the same key for something else, as an access token (at+jwt) or to log somebody out (logout+jwt), is none.
func kindOf(raw string) string {
	head, _, _ := strings.Cut(raw, ".")
	text, err := base64.RawURLEncoding.DecodeString(head)
	var says struct {
		Type string `json:"typ"`
	}
	if err != nil || json.Unmarshal(text, &says) != nil {
		return "" // what cannot be read is not signed either
	}
	return says.Type
}

// unreachable reports whether a token could not be looked at because the
// provider's keys could not be had. The library says so in words only.
func unreachable(err error) bool {
	var network *url.Error
	return errors.As(err, &network) || strings.Contains(err.Error(), "fetching keys")
}

// fresh reports whether somebody was asked not long before now.
func (s *said) fresh(now calendar.Moment) bool {
	return s.asked <= now+clockOff && signin.IsFresh(min(s.asked, now), now)
}
