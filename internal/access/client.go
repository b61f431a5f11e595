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

// Enter is to send an act in an officer's name as a client. It is asked besides Fetch of the client, where the proceeding is there
// already, and besides Read and Act of the officer, who acts under a mandate of his own: no client does anything that he may not.
const Enter Action = "enter"

// Client is a system that asks.
type Client struct {
	Office string   // whose system it is
	Scopes []string // what it was registered for, and asks with now
	Proof  string   // how it has proven who it is: "secret", "assertion" or "certificate"
}

// Entered is an act that a client sends, and in whose name.
type Entered struct {
	Act    string // by the word of its law
	Role   string // of the mandate under which the officer acts
	Office string // for which he has it
	Signed bool   // the law wants the officer to be present for it
}

const (
	clientType = "Client"
	ofScopes   = "scopes"
	ofProof    = "proof"
	ofAct      = "act" // of the question, as is signed
	ofSigned   = "signed"
)

var askingClient = types.EntityUID{Type: clientType, ID: "asker"}

// DecideClient asks the policies of all laws, and those of the law of the
// resource, whether a client may read a proceeding. Safe for concurrent use. A
// nil Edition allows nothing, and nothing is allowed to a client of no office
// or without a scope.
func (e *Edition) DecideClient(s *Service, who Client, what Resource) Decision {
	return e.decideClient(s, who, Fetch, asked, what, nil)
}

// DecideClientAct asks whether a client may send an act in an officer's name: in a proceeding, or to open one that his office will have.
// As DecideClient.
func (e *Edition) DecideClientAct(s *Service, who Client, what Resource, act Entered) Decision {
	if s == nil || !s.known(act.Office) || act.Role == "" || act.Act == "" {
		return Decision{}
	}
	return e.decideClient(s, who, Enter, asked, what, types.RecordMap{ofAct: types.String(act.Act), ofRole: types.String(act.Role), ofOffice: officeUID(act.Office), ofSigned: types.Boolean(act.Signed)})
}

// DecideClientSheet asks whether a client sees a sheet of a proceeding that it may read. As DecideClient.
func (e *Edition) DecideClientSheet(s *Service, who Client, what Resource) Decision {
	return e.decideClient(s, who, ReadSheet, askedSheet, what, nil)
}

func (e *Edition) decideClient(s *Service, who Client, do Action, of types.EntityUID, what Resource, context types.RecordMap) Decision {
	if e == nil || s == nil || !s.known(who.Office) || len(who.Scopes) == 0 {
		return Decision{}
	}
	q := question{service: s, request: types.Request{Principal: askingClient, Action: types.EntityUID{Type: actionType, ID: types.String(do)}, Resource: of}}
	q.mandate = types.Entity{UID: askingClient, Attributes: types.NewRecord(types.RecordMap{ofOffice: officeUID(who.Office), ofScopes: setOfTexts(who.Scopes), ofProof: types.String(who.Proof)})}
	if context != nil {
		q.request.Context = types.NewRecord(context)
	}
	about := what.spot(new(Subject))
	about.party = slices.Contains(what.Parties, Party{Office: who.Office})
	q.about(about)
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
