// Package openapi writes the description of the API, OpenAPI 3.1: of the operations that are there under any law (Describe), and of the acts of
// one edition of a law (Law), each a path of its own with the schema of its form.
//
// Nothing of a law stands here: acts, fields, choices, articles and words come from the edition and its labels. What an operation takes and gives is
// read from Go types (Schemas), so that the description cannot be of something else; what is longer than a type can say stands in the schemas that the caller hands in.
// A value of a form is a text, always: the canonical one of package fact, which is exact, and the same that things and entries give back.
// Fits is the rule by which such a text is taken, and the schema says that very rule.
//
// The package serves nothing, knows no route, and keeps nothing.
package openapi

import (
	"embed"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Texts of this package, one folder a language.
//
//go:embed texts
var Texts embed.FS

// Object is a JSON object.
type Object = map[string]any

// Version of OpenAPI that is written.
const Version = "3.1.0"

// MediaType of the documents.
const MediaType = "application/vnd.oai.openapi+json;version=3.1"

// Operation is one thing that can be asked.
type Operation struct {
	Method, Path string // Path as net/http writes it: /api/v1/proceedings/{id}
	ID           string
	Says         string // one sentence
	More         string // what else there is to say; ""
	Tag          string
	Public       bool     // anybody may ask
	Officers     bool     // officers alone may, in a session
	Query        []string // names of query parameters, and of headers, among the shared ones
	Takes        any      // a value of the type that is sent; nil for nothing
	Gives        any      // of the type that comes back; nil for nothing
	Media        string   // what comes back instead of JSON
	Brings       string   // the type of the bytes that are sent instead of JSON
	Files        []string // the types of the file that comes back, one of them
	Statuses     []int    // with which what is asked for comes; 200 where there is none
	Others       []int    // with which a problem comes
}

// Shared is what all documents have in common.
type Shared struct {
	Info       Object
	Schemas    Object // written by hand; a type whose name is here is not read
	Parameters Object // by name, those of paths among them
	Responses  Object // Problem
	Security   Object // the ways of saying who asks: session and system
}

// name of a variable in a path.
var variable = regexp.MustCompile(`\{([a-z]+)\}`)

// Describe writes the document of operations.
func Describe(s *Shared, list []Operation) Object {
	types := NewSchemas(s.Schemas)
	paths := Object{}
	used := map[string]bool{}
	for i := range list {
		o := &list[i]
		at, _ := paths[o.Path].(Object)
		if at == nil {
			at = Object{}
			paths[o.Path] = at
		}
		at[strings.ToLower(o.Method)] = operation(o, types, used)
	}
	params := Object{}
	for name := range used {
		params[name] = s.Parameters[name]
	}
	return Object{"openapi": Version, "info": s.Info, "servers": []Object{{"url": "/"}}, "paths": paths,
		"components": Object{"securitySchemes": s.Security, "parameters": params, "responses": s.Responses, "schemas": types.All()}}
}

func operation(o *Operation, types *Schemas, used map[string]bool) Object {
	out := Object{"operationId": o.ID, "summary": o.Says, "responses": responses(o, types)}
	if o.More != "" {
		out["description"] = o.More
	}
	if o.Tag != "" {
		out["tags"] = []string{o.Tag}
	}
	params := []Object{}
	for _, m := range variable.FindAllStringSubmatch(o.Path, -1) {
		params = append(params, parameter(m[1], used))
	}
	for _, name := range o.Query {
		params = append(params, parameter(name, used))
	}
	out["parameters"] = params
	if o.Takes != nil {
		out["requestBody"] = Object{"required": true, "content": Object{"application/json": Object{"schema": types.Of(o.Takes)}}}
	}
	if o.Brings != "" {
		out["requestBody"] = Object{"required": true, "content": Object{o.Brings: binary()}}
	}
	out["security"] = security(o)
	return out
}

func parameter(name string, used map[string]bool) Object {
	used[name] = true
	return Object{"$ref": "#/components/parameters/" + name}
}

func security(o *Operation) []Object {
	switch {
	case o.Public:
		return []Object{}
	case o.Officers:
		return []Object{{"session": []string{}}}
	}
	return []Object{{"session": []string{}}, {"system": []string{}}}
}

func responses(o *Operation, types *Schemas) Object {
	out := Object{}
	statuses := o.Statuses
	if len(statuses) == 0 {
		statuses = []int{200}
	}
	for _, status := range statuses {
		r := Object{"description": "OK"}
		switch {
		case len(o.Files) > 0:
			content := Object{}
			for _, kind := range o.Files {
				content[kind] = binary()
			}
			r["content"] = content
		case o.Media != "" && o.Gives == nil:
			r["content"] = Object{o.Media: Object{"schema": Object{"type": "string"}}}
		case o.Media != "":
			r["content"] = Object{o.Media: Object{"schema": types.Of(o.Gives)}}
		case o.Gives != nil:
			r["content"] = Object{"application/json": Object{"schema": types.Of(o.Gives)}}
		}
		out[strconv.Itoa(status)] = r
	}
	problems(out, o.Others)
	return out
}

// binary is what is said of bytes.
func binary() Object { return Object{"schema": Object{"type": "string", "format": "binary"}} }

// problems are the answers that are no answer. 500 and 503 may come of everything.
func problems(out Object, statuses []int) {
	for _, status := range append(slices.Clone(statuses), 500, 503) {
		out[strconv.Itoa(status)] = Object{"$ref": "#/components/responses/Problem"}
	}
}

// closure are the schemas of a document that some of them name, with all that these name.
func closure(all Object, names ...string) Object {
	out := Object{}
	var take func(v any)
	take = func(v any) {
		switch v := v.(type) {
		case Object:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				text, isText := v[key].(string)
				name, isSchema := strings.CutPrefix(text, schemaRef)
				if key != "$ref" || !isText || !isSchema {
					take(v[key])
					continue
				}
				if _, has := out[name]; !has {
					out[name] = all[name]
					take(all[name])
				}
			}
		case []any:
			for _, x := range v {
				take(x)
			}
		case []Object:
			for _, x := range v {
				take(x)
			}
		}
	}
	for _, name := range names {
		take(Object{"$ref": schemaRef + name})
	}
	return out
}

// schemaRef begins references to schemas.
const schemaRef = "#/components/schemas/"

// Schemas reads the schemas of Go types as encoding/json writes them. What is no pointer and has no omitempty is always there, and
// no object has anything else. Tags of a field say more: doc what it means, is its format ("date-time"), of the words that it may be, blanks between them.
type Schemas struct {
	all Object
	own map[string]string // by name: the type that has it
}
