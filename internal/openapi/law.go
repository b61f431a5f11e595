package openapi

import (
	"slices"
	"strconv"
	"strings"

	"nazorat/internal/fact"
	"nazorat/internal/procedure"
)

// Words are the texts that a document is written in: web.Words.
type Words interface {
	// T is the text of a key with its variables, names and values in turn.
	T(key string, args ...any) string
	// Law is the labels of a law.
	Law(name string) *procedure.Labels
	// Or joins with "or".
	Or(list []string) string
}

// Addresses of acts, as net/http writes them.
const (
	// ActPath is where an act is done in a proceeding.
	ActPath = "/api/v1/proceedings/{id}/acts/{act}"
	// OpenPath is where an act is done that opens one.
	OpenPath = "/api/v1/laws/{country}/{procedure}/open/{act}"
)

// actStatuses are those of the problems that the sending of an act may meet.
var actStatuses = []int{400, 401, 403, 404, 409, 413, 415, 422, 429}

// ActStatuses gives them.
func ActStatuses() []int { return slices.Clone(actStatuses) }

// law writes the document of an edition.
type law struct {
	e  *procedure.Edition
	lb *procedure.Labels
	t  Words
}

// Law describes the acts of an edition: one path each, with the schema of what is sent. given is the schema of the answer and form that of the form of
// an act, by their names among the shared ones; shared must hold them, Problem, and the parameters.
func Law(s *Shared, e *procedure.Edition, t Words, given, form string) Object {
	l := &law{e: e, lb: t.Law(e.Law.Name), t: t}
	schemas := closure(s.Schemas, given, form, "Problem")
	schemas["By"] = Object{"type": "object", "description": t.T("openapi.by_whom"), "additionalProperties": false, "required": []string{"officer", "role"},
		"properties": Object{"officer": Object{"type": "string", "minLength": 1, "maxLength": 200}, "role": Object{"type": "string", "minLength": 1, "maxLength": 100}}}
	schemas["Version"] = Object{"type": "integer", "format": "int64", "minimum": 1, "maximum": mostWhole, "description": t.T("openapi.version")}
	schemas["Moment"] = Object{"type": "string", "pattern": MomentForm, "description": t.T("openapi.done")}
	paths := Object{}
	for _, r := range e.Acts {
		if r == nil || r.OnlyByLink {
			continue
		}
		at := strings.Replace(ActPath, "{act}", r.Name, 1)
		if r.Opens {
			country, name, _ := strings.Cut(e.Law.Name, "/")
			at = strings.NewReplacer("{country}", country, "{procedure}", name, "{act}", r.Name).Replace(OpenPath)
		}
		schemas["act."+r.Name] = l.body(r)
		paths[at] = Object{"get": l.formOf(r, form), "post": l.operation(r, given)}
	}
	params := Object{}
	for _, name := range []string{"id", "key", "lang", "purpose", "serves", "thing", "why"} {
		params[name] = s.Parameters[name]
	}
	tags := []Object{}
	for _, part := range e.Parts() {
		tags = append(tags, Object{"name": l.tag(part)})
	}
	info := Object{"title": l.lb.Law, "version": e.Name, "description": t.T("openapi.law", "date", e.Name)}
	return Object{"openapi": Version, "info": info, "servers": []Object{{"url": "/"}}, "tags": tags, "paths": paths,
		"components": Object{"securitySchemes": s.Security, "parameters": params, "responses": s.Responses, "schemas": schemas}}
}

// mostWhole is the greatest number that every program reads as it is.
const mostWhole = 1<<53 - 1

func (l *law) tag(part string) string {
	if part == "" {
		return l.lb.Law
	}
	return l.lb.Part(part)
}

func (l *law) operation(r *procedure.ActRule, given string) Object {
	params := []Object{}
	names := []string{"key", "lang"}
	if !r.Opens {
		names = []string{"id", "key", "lang", "purpose", "serves", "thing", "why"}
	}
	for _, name := range names {
		params = append(params, Object{"$ref": "#/components/parameters/" + name})
	}
	answers := Object{}
	for _, status := range []int{200, 201} {
		answers[strconv.Itoa(status)] = Object{"description": l.t.T("openapi.status." + strconv.Itoa(status)), "content": Object{"application/json": Object{"schema": Object{"$ref": schemaRef + given}}}}
	}
	problems(answers, actStatuses)
	return Object{"operationId": r.Name, "summary": l.lb.Act(r.Name), "description": l.says(r), "tags": []string{l.tag(r.Part)}, "parameters": params,
		"requestBody": Object{"required": true, "content": Object{"application/json": Object{"schema": Object{"$ref": schemaRef + "act." + r.Name}, "example": l.example(r)}}},
		"responses":   answers, "x-act": l.machine(r)}
}

// formOf is how the form of an act is read, with what can be chosen in it now.
func (l *law) formOf(r *procedure.ActRule, form string) Object {
	params := []Object{}
	names := []string{"lang"}
	if !r.Opens {
		names = []string{"id", "lang", "purpose", "serves", "thing", "why"}
	}
	for _, name := range names {
		params = append(params, Object{"$ref": "#/components/parameters/" + name})
	}
	answers := Object{"200": Object{"description": "OK", "content": Object{"application/json": Object{"schema": Object{"$ref": schemaRef + form}}}}}
	problems(answers, []int{401, 403, 404, 422, 429})
	return Object{"operationId": "form." + r.Name, "summary": l.lb.Act(r.Name), "description": l.t.T("openapi.form"), "tags": []string{l.tag(r.Part)}, "parameters": params, "responses": answers}
}

// says is what a person is told of an act.
func (l *law) says(r *procedure.ActRule) string {
	var lines []string
	if hint := l.lb.Hint(r.Name); hint != "" {
		lines = append(lines, hint)
	}
	if r.Article != "" {
		lines = append(lines, l.t.T("openapi.article", "article", l.lb.Article(r.Article)))
	}
	lines = append(lines, l.t.T("openapi.by", "list", l.t.Or(l.roles(r.By))))
	if !r.Opens {
		kind := l.e.Law.KindName(r.On)
		lines = append(lines, l.t.T("openapi.on", "kind", l.lb.Kind(kind)))
		if len(r.From) > 0 {
			var states []string
			for _, s := range l.e.StateNames(r.On, r.From) {
				states = append(states, l.lb.State(kind, s))
			}
			lines = append(lines, l.t.T("openapi.from", "list", l.t.Or(states)))
		}
	}
	for _, c := range r.When {
		lines = append(lines, l.t.T("openapi.when", "rule", l.lb.Rule(c.Rule), "article", l.lb.Article(orElse(c.Article, r.Article))))
	}
	if r.Presence {
		lines = append(lines, l.t.T("openapi.presence"))
	}
	return strings.Join(lines, "\n\n")
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func (l *law) roles(names []string) []string {
	out := make([]string, len(names))
	for i, role := range names {
		out[i] = l.lb.Role(role)
	}
	return out
}

// machine is the same for programs, by the names of the law.
func (l *law) machine(r *procedure.ActRule) Object {
	out := Object{"law": l.e.Law.Name, "act": r.Name, "article": r.Article, "by": r.By, "presence": r.Presence, "opens": r.Opens}
	if !r.Opens {
		out["on"] = l.e.Law.KindName(r.On)
		if len(r.From) > 0 {
			out["from"] = l.e.StateNames(r.On, r.From)
		}
	}
	if to := l.e.Law.StateName(r.On, r.To); to != "" {
		out["to"] = to
	}
	return out
}

// OnThing reports whether an act is done on a thing that has to be named: not on the proceeding itself, and not to open one.
func OnThing(r *procedure.ActRule) bool { return !r.Opens && r.On != 0 }

// body is the schema of what is sent.
func (l *law) body(r *procedure.ActRule) Object {
	form, needed := Object{}, []string{}
	for _, f := range r.Form {
		if f == nil {
			continue
		}
		form[f.Name] = l.field(r, f)
		if !f.Optional && f.NeededIf == nil {
			needed = append(needed, f.Name)
		}
	}
	properties := Object{"done": Object{"$ref": schemaRef + "Moment"}, "by": Object{"$ref": schemaRef + "By"},
		"form": Object{"type": "object", "properties": form, "required": needed, "additionalProperties": false}}
	required := []string{}
	if !r.Opens {
		properties["version"] = Object{"$ref": schemaRef + "Version"}
		required = append(required, "version")
	}
	if OnThing(r) {
		properties["thing"] = Object{"type": "integer", "minimum": 1, "maximum": 1<<31 - 1, "description": l.t.T("openapi.thing", "kind", l.lb.Kind(l.e.Law.KindName(r.On)))}
		required = append(required, "thing")
	}
	if len(needed) > 0 {
		required = append(required, "form")
	}
	return Object{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

// field is the schema of one field.
func (l *law) field(r *procedure.ActRule, f *procedure.Field) Object {
	out := Object{"type": "string", "title": l.lb.Field(r.Name, f.Name), "x-type": f.Type.String(), "minLength": 1}
	var says []string
	if f.Article != "" {
		says = append(says, l.t.T("openapi.article", "article", l.lb.Article(f.Article)))
	}
	if f.NeededIf != nil {
		says = append(says, l.t.T("openapi.needed_if"))
	}
	switch f.Type {
	case fact.Choice:
		out["enum"] = f.Choices
		delete(out, "minLength")
		for _, c := range f.Choices {
			says = append(says, l.t.T("openapi.choice", "name", c, "label", l.lb.Choice(r.Name, f.Name, c)))
		}
	case fact.YesNo:
		out["enum"] = []string{"yes", "no"}
		delete(out, "minLength")
	case fact.Money:
		out["pattern"] = amountPattern(f)
		says = append(says, l.t.T("openapi.type.money"))
	default:
		if form := forms[f.Type]; form != nil {
			out["pattern"] = form.String()
		}
		if pattern := f.Shape.Pattern(); pattern != "" {
			out["pattern"] = pattern
		}
		switch f.Type {
		case fact.Text, fact.Person, fact.Officer, fact.Office, fact.Proceeding:
			out["maxLength"] = Longest(f)
		}
		if key := "openapi.type." + f.Type.String(); l.t.T(key) != key {
			says = append(says, l.t.T(key))
		}
	}
	if f.Type == fact.Date {
		out["format"] = "date"
	}
	if f.Type == fact.Thing {
		kind := l.e.Law.KindName(f.Kind)
		out["x-kind"] = kind
		says = append(says, l.t.T("openapi.thing", "kind", l.lb.Kind(kind)))
	}
	if len(f.Roles) > 0 {
		out["x-roles"] = f.Roles
		says = append(says, l.t.T("openapi.roles", "list", l.t.Or(l.roles(f.Roles))))
	}
	if len(says) > 0 {
		out["description"] = strings.Join(says, "\n")
	}
	return out
}

// Longest is how long the text of a field may be, in letters.
func Longest(f *procedure.Field) int {
	switch {
	case f.Most > 0:
		return f.Most
	case f.Type == fact.Text:
		return procedure.MostText
	}
	return procedure.MostName
}

// example is a body that has the form which is asked for. Officers and numbers in it are of nobody and nothing.
func (l *law) example(r *procedure.ActRule) Object {
	form := Object{}
	for _, f := range r.Form {
		if f != nil && !f.Optional {
			form[f.Name] = l.sample(f)
		}
	}
	out := Object{"form": form}
	if !r.Opens {
		out["version"] = 3
	}
	if OnThing(r) {
		out["thing"] = 1
	}
	return out
}

func (l *law) sample(f *procedure.Field) string {
	day := l.e.InForce.String()
	switch f.Type {
	case fact.Choice:
		return f.Choices[0]
	case fact.YesNo:
		return "yes"
	case fact.Number, fact.Thing:
		return "1"
	case fact.Money:
		if len(f.Currencies) > 0 {
			return "1250000.50 " + f.Currencies[0]
		}
		return "1250000.50"
	case fact.Date:
		return day
	case fact.Moment:
		return day + "T10:30"
	case fact.Article:
		if len(l.e.Codes) > 0 {
			return l.e.Codes[0].Short + " 169"
		}
		return "Law 1"
	case fact.Place:
		if l.e.Places != nil && len(l.e.Places.Regions) > 0 {
			return l.e.Places.Regions[0]
		}
		return "1726"
	case fact.Document:
		return strings.Repeat("0123456789abcdef", 4)
	case fact.Person:
		return "Karimov Anvar"
	case fact.Officer, fact.Office:
		return f.Type.String() + "-id"
	case fact.Proceeding:
		return "1726-2026-000001"
	}
	return strings.Repeat("…", min(1, Longest(f)))
}
