package app

import (
	"cmp"
	"strings"

	"nazorat/internal/account"
	"nazorat/internal/api/systems"
	"nazorat/internal/identity"
	"nazorat/internal/signin"
	"nazorat/internal/web"
)

// provider makes the relying party of an identity provider; nil where none is set.
func (o *Office) provider(keeper *signin.Keeper, s identity.Settings) (*identity.Provider, error) {
	if s.Issuer == "" {
		return nil, nil
	}
	s.Redirect += account.ProviderBackHref
	s.Claim = cmp.Or(s.Claim, "sub")
	return identity.Open(o.DB, keeper, s)
}

// offered is the provider as pages offer it.
func offered(p *identity.Provider) *web.Provider {
	if p == nil {
		return nil
	}
	return &web.Provider{Name: p.Name, Href: account.ProviderHref, Has: p.Has}
}

// audience are the names by which assertions of clients may call an office that
// is reached at an address: that, and its token endpoint. Without an address none
// is taken: one for another office must not be good here.
func audience(address string) []string {
	if address == "" {
		return nil
	}
	address = strings.TrimSuffix(address, "/")
	return []string{address, address + systems.TokenHref}
}
