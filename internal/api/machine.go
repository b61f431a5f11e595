package api

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/client"
	"nazorat/internal/web"
)

// TokenHref is where a system gets a token.
const TokenHref = "/oauth/token" //nolint:gosec // an address

// Systems ask in their own name: with a token that they were given for a proof
// of who they are, or with a certificate, where the office itself speaks TLS.

type clientKey struct{}

// systemsDoor lets systems in. Nil lets none in.
type systemsDoor struct {
	clients *client.Keeper
	now     func() calendar.Moment
}

// clientOf is the system that asks; nil where an officer does.
func clientOf(r *web.Request) *client.Client {
	c, _ := r.Context().Value(clientKey{}).(*client.Client)
	return c
}

// system finds the system that asks. asks is false where nothing says that one
// does: then it is an officer, or nobody.
func (a *systemsDoor) find(r *web.Request) (c *client.Client, asks bool, err error) {
	if a == nil {
		return nil, false, nil
	}
	now := a.now()
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok || scheme != "" {
		if !strings.EqualFold(scheme, "Bearer") {
			return nil, true, nil
		}
		c, err = a.clients.ByToken(r.Context(), strings.TrimSpace(token), verified(r.Request), now)
		return c, true, err
	}
	if cert := verified(r.Request); cert != nil {
		c, err = a.clients.ByCertificate(r.Context(), cert, now)
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

// enter answers a system, if one asks. It reports whether the request is answered.
func (a *systemsDoor) enter(w http.ResponseWriter, r *web.Request, h web.Handler) (answered bool, err error) {
	c, asks, err := a.find(r)
	if err != nil || !asks {
		return err != nil, err
	}
	if c == nil {
		w.Header().Set("WWW-Authenticate", `Bearer realm="nazorat", error="invalid_token"`)
		return true, writeProblem(w, r, problem{Type: "api.sign_in", Status: http.StatusUnauthorized, Title: r.Words.T("api.sign_in.title"), Detail: r.Words.T("api.token")})
	}
	if !a.clients.Enter(c, a.now()) {
		w.Header().Set("Retry-After", client.RetryAfter)
		return true, writeProblem(w, r, problem{Type: "api.slow_down", Status: http.StatusTooManyRequests, Title: r.Words.T("api.slow_down.title"), Detail: r.Words.T("api.slow_down")})
	}
	if err := a.clients.Saw(r.Context(), c, a.now()); err != nil {
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

// newSystemsDoor lets in the systems that a keeper knows, and gives them tokens at TokenHref. Without a keeper it is nil.
func newSystemsDoor(s *web.Server, k *client.Keeper) *systemsDoor {
	if k == nil {
		return nil
	}
	s.Mount("POST "+TokenHref, &tokens{clients: k, now: s.Docket.Now, failed: func(r *http.Request, err error) {
		s.Log.ErrorContext(r.Context(), "token", "error", err)
	}})
	return &systemsDoor{clients: k, now: s.Docket.Now}
}
