// Package systems lets systems ask in their own name, and gives them tokens for a proof of who they are.
// What they may then read and send the policies say (package client knows them); here is the door only.
package systems

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"nazorat/internal/api/wire"
	"net/http"
	"net/url"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/client"
	"nazorat/internal/web"
)

// TokenHref is where a system gets a token.
const TokenHref = "/oauth/token" //nolint:gosec // an address

// clientKey is under what a request's context holds the system that asks.
type clientKey struct{}

// Door lets systems in: with a token that they were given for a proof of who they are, or with a
// certificate, where the office itself speaks TLS. Nil lets none in.
type Door struct {
	clients *client.Keeper
	now     func() calendar.Moment
}

// Of is the system that asks; nil where an officer does.
func Of(r *web.Request) *client.Client {
	c, _ := r.Context().Value(clientKey{}).(*client.Client)
	return c
}

// system finds the system that asks. asks is false where nothing says that one
// does: then it is an officer, or nobody.
func (d *Door) find(r *web.Request) (c *client.Client, asks bool, err error) {
	if d == nil {
		return nil, false, nil
	}
	now := d.now()
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok || scheme != "" {
		if !strings.EqualFold(scheme, "Bearer") {
			return nil, true, nil
		}
		c, err = d.clients.ByToken(r.Context(), strings.TrimSpace(token), verified(r.Request), now)
		return c, true, err
	}
	if cert := verified(r.Request); cert != nil {
		c, err = d.clients.ByCertificate(r.Context(), cert, now)
		return c, true, err
	}
	return nil, false, nil
}

// verified is the certificate that the other side has shown on this connection and the server has verified; nil for none.
func verified(r *http.Request) *x509.Certificate {
	if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 {
		return nil
	}
	return r.TLS.PeerCertificates[0]
}

// Enter answers a system, if one asks. It reports whether the request is answered.
func (d *Door) Enter(w http.ResponseWriter, r *web.Request, h web.Handler) (answered bool, err error) {
	c, asks, err := d.find(r)
	if err != nil || !asks {
		return err != nil, err
	}
	if c == nil {
		w.Header().Set("WWW-Authenticate", `Bearer realm="nazorat", error="invalid_token"`)
		return true, wire.WriteProblem(w, r, wire.Problem{Type: "api.sign_in", Status: http.StatusUnauthorized, Title: r.Words.T("api.sign_in.title"), Detail: r.Words.T("api.token")})
	}
	if !d.clients.Enter(c, d.now()) {
		w.Header().Set("Retry-After", client.RetryAfter)
		return true, wire.WriteProblem(w, r, wire.Problem{Type: "api.slow_down", Status: http.StatusTooManyRequests, Title: r.Words.T("api.slow_down.title"), Detail: r.Words.T("api.slow_down")})
	}
	if err := d.clients.Saw(r.Context(), c, d.now()); err != nil {
		return true, err
	}
	r.Request = r.WithContext(context.WithValue(r.Context(), clientKey{}, c))
	return true, h(w, r)
}

// tokens is the token endpoint of RFC 6749 for client credentials (4.4), with a
// secret, a signed assertion (RFC 7523) or a certificate (RFC 8705).
type tokens struct {
	clients *client.Keeper
	now     func() calendar.Moment
	failed  func(r *http.Request, err error)
}

// mostForm bounds what is sent for a token.
const mostForm = 32 << 10

// ServeHTTP gives a token.
func (t *tokens) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	if err := r.ParseForm(); err != nil || twice(r.PostForm) {
		refuse(w, http.StatusBadRequest, "invalid_request")
		return
	}
	if r.PostForm.Get("grant_type") != "client_credentials" {
		refuse(w, http.StatusBadRequest, "unsupported_grant_type")
		return
	}
	proof, ok := proofOf(r)
	if !ok {
		refuse(w, http.StatusBadRequest, "invalid_request")
		return
	}
	token, err := t.clients.Give(r.Context(), proof, strings.Fields(r.PostForm.Get("scope")), t.now())
	var refused client.Refusal
	switch {
	case errors.As(err, &refused) && refused == client.SlowDown:
		h.Set("Retry-After", client.RetryAfter)
		refuse(w, http.StatusTooManyRequests, string(refused))
	case errors.As(err, &refused) && refused == client.InvalidClient:
		if r.Header.Get("Authorization") != "" {
			h.Set("WWW-Authenticate", `Basic realm="nazorat"`)
		}
		refuse(w, http.StatusUnauthorized, string(refused))
	case errors.As(err, &refused):
		refuse(w, http.StatusBadRequest, string(refused))
	case err != nil:
		t.failed(r, err)
		h.Set("Retry-After", "10")
		refuse(w, http.StatusServiceUnavailable, "temporarily_unavailable")
	default:
		answer(w, http.StatusOK, map[string]any{"access_token": token.Text, "token_type": "Bearer", "expires_in": int(token.Lasts.Seconds()), "scope": strings.Join(token.Scopes, " ")})
	}
}

// twice reports whether something was sent twice, which RFC 6749 forbids.
func twice(form url.Values) bool {
	for _, v := range form {
		if len(v) > 1 {
			return true
		}
	}
	return false
}

// proofOf reads how a client proves who it is: one way, not two.
func proofOf(r *http.Request) (p client.Proof, ok bool) {
	p = client.Proof{ID: r.PostForm.Get("client_id"), Secret: r.PostForm.Get("client_secret"), Assertion: r.PostForm.Get("client_assertion"), Remote: web.Remote(r)}
	ways := 0
	if id, secret, basic := r.BasicAuth(); basic {
		// RFC 6749 (2.3.1) has both encoded as in a form.
		plainID, err1 := url.QueryUnescape(id)
		plain, err2 := url.QueryUnescape(secret)
		if err1 != nil || err2 != nil || p.ID != "" && p.ID != plainID || p.Secret != "" {
			return p, false
		}
		p.ID, p.Secret = plainID, plain
		ways++
	} else if p.Secret != "" {
		ways++
	}
	if p.Assertion != "" {
		if r.PostForm.Get("client_assertion_type") != client.AssertionType {
			return p, false
		}
		ways++
	}
	if ways == 0 {
		p.Certificate = verified(r)
	}
	return p, ways <= 1
}

func refuse(w http.ResponseWriter, status int, why string) {
	answer(w, status, map[string]any{"error": why})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a reader who has hung up cannot be told
}

// NewDoor lets in the systems that a keeper knows, and gives them tokens at TokenHref. Without a keeper it is nil.
func NewDoor(s *web.Server, k *client.Keeper) *Door {
	if k == nil {
		return nil
	}
	s.Mount("POST "+TokenHref, &tokens{clients: k, now: s.Docket.Now, failed: func(r *http.Request, err error) {
		s.Log.ErrorContext(r.Context(), "token", "error", err)
	}})
	return &Door{clients: k, now: s.Docket.Now}
}
