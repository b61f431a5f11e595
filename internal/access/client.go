package access

import (
	"slices"

	"github.com/cedar-policy/cedar-go/types"
	"github.com/cedar-policy/cedar-go/x/exp/ast"
)

// Fetch is to read a proceeding as a client: a system of another agency, or of
// an office's own, that asks the API in its own name and under no mandate. What
// officers do is asked by the other actions, which no policy opens to clients.
const Fetch Action = "fetch"

// Client is a system that asks.
type Client struct {
	Office string   // whose system it is
	Scopes []string // what it was registered for, and asks with now
}

const (
	clientType = "Client"
	ofScopes   = "scopes"
)

var askingClient = types.EntityUID{Type: clientType, ID: "asker"}

// DecideClient asks the policies of all laws, and those of the law of the
// resource, whether a client may read a proceeding. Safe for concurrent use. A
// nil Edition allows nothing, and nothing is allowed to a client of no office
// or without a scope.
func (e *Edition) DecideClient(s *Service, who Client, what Resource) Decision {
	return e.decideClient(s, who, Fetch, asked, what)
}

// DecideClientSheet asks whether a client sees a sheet of a proceeding that it may read. As DecideClient.
func (e *Edition) DecideClientSheet(s *Service, who Client, what Resource) Decision {
	return e.decideClient(s, who, ReadSheet, askedSheet, what)
}

func (e *Edition) decideClient(s *Service, who Client, do Action, about types.EntityUID, what Resource) Decision {
	if e == nil || s == nil || !s.known(who.Office) || len(who.Scopes) == 0 {
		return Decision{}
	}
	q := question{service: s, request: types.Request{Principal: askingClient, Action: types.EntityUID{Type: actionType, ID: types.String(do)}, Resource: about}}
	q.mandate = types.Entity{UID: askingClient, Attributes: types.NewRecord(types.RecordMap{ofOffice: officeUID(who.Office), ofScopes: setOfTexts(who.Scopes)})}
	q.about(what.spot(new(Subject)))
	return e.of(what.Law, do).decide(&q)
}

// Scope is a word that a system can be registered for, and the policies by which it opens something.
type Scope struct {
	Name     string
	Policies []*Policy
}

// Scopes are those that some policy asks for, in the order of the policies. What none asks for opens nothing.
func (p *Policies) Scopes() (out []Scope) {
	for _, x := range p.All() {
		for _, name := range x.scopes {
			i := slices.IndexFunc(out, func(s Scope) bool { return s.Name == name })
			if i < 0 {
				i, out = len(out), append(out, Scope{Name: name})
			}
			out[i].Policies = append(out[i].Policies, x)
		}
	}
	return out
}

// scoped notes a scope that a policy asks for: principal.scopes.contains("proceedings").
func (p *Policy) scoped(n ast.NodeTypeContains) {
	of, ok := n.Left.(ast.NodeTypeAccess)
	if !ok || of.Value != ofScopes {
		return
	}
	if v, ok := of.Arg.(ast.NodeTypeVariable); !ok || v.Name != "principal" {
		return
	}
	if v, ok := n.Right.(ast.NodeValue); ok {
		if text, ok := v.Value.(types.String); ok && !slices.Contains(p.scopes, string(text)) {
			p.scopes = append(p.scopes, string(text))
		}
	}
}
