package web

import (
	"strings"

	"nazorat/internal/fault"
	"nazorat/internal/procedure"
)

// Told puts a fault into words as Words.Fault does, and says of a refusal what the policies that forbid it say: each is one
// sentence of its own.
func (r *Request) Told(law *procedure.Law, f *fault.Error) string {
	said := []string{r.Words.Fault(law, f)}
	for _, id := range f.Policies {
		if p := r.server.Docket.InForce().Named(id); p != nil {
			said = append(said, p.Text(r.Words.Lang))
		}
	}
	return strings.Join(said, " ")
}
