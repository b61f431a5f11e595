package wire

import (
	"net/http"

	"nazorat/internal/web"
)

// ProblemMedia is the type of an answer that says what went wrong.
const ProblemMedia = "application/problem+json"

// Problem is RFC 9457's problem details. Type names what went wrong for
// machines; Title and Detail are for people, in the language asked for.
type Problem struct {
	Type     string         `json:"type" doc:"urn:nazorat:fault:... names what went wrong, whatever the language."`
	Title    string         `json:"title"`
	Status   int            `json:"status"`
	Detail   string         `json:"detail"`
	Instance string         `json:"instance"`
	Request  string         `json:"request" doc:"The number of the request in the log."`
	Article  string         `json:"article,omitempty" doc:"The article on which a refusal rests."`
	Policies []string       `json:"policies,omitempty" doc:"The policies that forbid it, by name; what they say stands in detail."`
	Fields   []FieldProblem `json:"fields,omitempty" doc:"What is wrong with what was sent, in the order of the form."`
}

// FieldProblem is what is wrong with one member of what was sent.
type FieldProblem struct {
	Field   string `json:"field" doc:"The member, such as version or form.reason; of a header or a parameter its name."`
	Key     string `json:"key" doc:"Names what is wrong, whatever the language."`
	Detail  string `json:"detail" doc:"The same in words."`
	Label   string `json:"label,omitempty" doc:"What the law calls the field."`
	Article string `json:"article,omitempty" doc:"The article that asks for it."`
}

// About names the question that it answers, and makes its type one for machines.
func (p *Problem) About(r *web.Request) {
	p.Type, p.Instance, p.Request = "urn:nazorat:fault:"+p.Type, r.URL.EscapedPath(), r.ID
}

// WriteProblem answers with what went wrong.
func WriteProblem(w http.ResponseWriter, r *web.Request, p Problem) error {
	p.About(r)
	return WriteAs(w, r, ProblemMedia, p.Status, p)
}
