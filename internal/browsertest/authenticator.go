package browsertest

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// Authenticator is a device that holds passkeys for one page: it belongs to a
// person who is there, verifies him, and needs nobody to touch it.
type Authenticator struct {
	page *Page
	id   webauthn.AuthenticatorID
}

// Authenticator gives the page a new device without keys. The page sees no
// other, until it is taken away.
func (p *Page) Authenticator() *Authenticator {
	p.t.Helper()
	call(p, "turn virtual authenticators on", webauthn.Enable, webauthn.EnableParams{})
	got := call(p, "add an authenticator", webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}})
	return &Authenticator{page: p, id: got.AuthenticatorID}
}

// Verifies says whether the device recognises whoever holds it.
func (a *Authenticator) Verifies(yes bool) {
	a.page.t.Helper()
	call(a.page, "set user verification", webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: a.id, IsUserVerified: yes})
}

// Keys is how many keys the device holds.
func (a *Authenticator) Keys() int {
	a.page.t.Helper()
	return len(call(a.page, "list keys", webauthn.GetCredentials, webauthn.GetCredentialsParams{AuthenticatorID: a.id}).Credentials)
}

// Lose takes the device away with all its keys.
func (a *Authenticator) Lose() {
	a.page.t.Helper()
	call(a.page, "remove an authenticator", webauthn.RemoveVirtualAuthenticator, webauthn.RemoveVirtualAuthenticatorParams{AuthenticatorID: a.id})
}

func call[P, R any](p *Page, what string, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	got, err := chromedp.Call(ctx, command, params)
	if err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
	return got
}
