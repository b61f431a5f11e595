package web

import (
	"strings"

	"nazorat/internal/fault"
	"nazorat/internal/procedure"
)

// Told puts a fault into words as Words.Fault does, and says of a refusal what the policies that forbid it say: each is one
// sentence of its own.
func (r *Request) Told(law *procedure.Law, f *fault.Error) string {
	return strings.Join(append([]string{r.Words.Fault(law, f)}, r.Policies(f.Policies)...), " ")
}

// Policies are the sentences of policies in force, by their names, in the language of the page.
func (r *Request) Policies(ids []string) (said []string) {
	for _, id := range ids {
		if p := r.server.Docket.InForce().Named(id); p != nil {
			said = append(said, p.Text(r.Words.Lang))
		}
	}
	return said
}
