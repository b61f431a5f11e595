package access

import "github.com/cedar-policy/cedar-go/types"

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
	if e == nil || s == nil || !s.known(who.Office) || len(who.Scopes) == 0 {
		return Decision{}
	}
	q := question{service: s, request: types.Request{Principal: askingClient, Action: types.EntityUID{Type: actionType, ID: types.String(Fetch)}, Resource: asked}}
	q.mandate = types.Entity{UID: askingClient, Attributes: types.NewRecord(types.RecordMap{ofOffice: officeUID(who.Office), ofScopes: setOfTexts(who.Scopes)})}
	q.about(what.spot(new(Subject)))
	return e.of(what.Law, Fetch).decide(&q)
}
