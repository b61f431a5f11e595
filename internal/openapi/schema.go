package openapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strings"
)

// NewSchemas begins with some that are written by hand. They are not changed.
func NewSchemas(hand Object) *Schemas {
	s := &Schemas{all: maps.Clone(hand), own: map[string]string{}}
	if s.all == nil {
		s.all = Object{}
	}
	return s
}

// All of them, by name.
func (s *Schemas) All() Object { return s.all }

// Of is the schema of a value's type: a reference, where the type has a name.
func (s *Schemas) Of(v any) Object { return s.of(reflect.TypeOf(v)) }

var (
	rawType    = reflect.TypeFor[json.RawMessage]()
	objectType = reflect.TypeFor[Object]()
)

func (s *Schemas) of(t reflect.Type) Object {
	switch {
	case t == rawType:
		return Object{}
	case t == objectType:
		return Object{"type": "object"}
	}
	switch t.Kind() {
	case reflect.String:
		return Object{"type": "string"}
	case reflect.Bool:
		return Object{"type": "boolean"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return Object{"type": "integer"}
	case reflect.Slice:
		return Object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return Object{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.Interface:
		return Object{}
	case reflect.Struct:
		return s.structure(t)
	}
	panic(fmt.Sprintf("openapi: no schema for %s", t)) // a type of our own that is written down in a table of routes: a test finds it
}

// structure is a reference to the schema of a named type, or the schema of one without a name.
func (s *Schemas) structure(t reflect.Type) Object {
	name := typeName(t)
	if name == "" {
		return s.object(t)
	}
	ref := Object{"$ref": schemaRef + name}
	if other, known := s.own[name]; known && other != t.String() {
		panic(fmt.Sprintf("openapi: both %s and %s are called %s", other, t, name))
	}
	s.own[name] = t.String()
	if _, has := s.all[name]; !has {
		s.all[name] = Object{} // it may name itself
		s.all[name] = s.object(t)
	}
	return ref
}

// typeName is what a type is called in the document: proceedingJSON is Proceeding.
func typeName(t reflect.Type) string {
	name := strings.TrimSuffix(t.Name(), "JSON")
	if name == "" {
		return ""
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

func (s *Schemas) object(t reflect.Type) Object {
	properties, required := Object{}, []string{}
	s.fields(t, properties, &required)
	return Object{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

func (s *Schemas) fields(t reflect.Type, properties Object, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("json")
		if f.Anonymous && !tagged {
			s.fields(f.Type, properties, required)
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		if name == "-" || !f.IsExported() {
			continue
		}
		optional := strings.Contains(options, "omitempty")
		schema := s.of(f.Type)
		if list := strings.Fields(f.Tag.Get("of")); len(list) > 0 {
			at := schema
			if items, isList := schema["items"].(Object); isList {
				at = items
			}
			at["enum"] = list
		}
		if is := f.Tag.Get("is"); is != "" {
			schema["format"] = is
		}
		if fits := f.Tag.Get("fits"); fits != "" {
			schema["pattern"] = fits
		}
		if f.Type.Kind() == reflect.Pointer && !optional {
			schema = Object{"anyOf": []Object{schema, {"type": "null"}}}
		}
		if doc := f.Tag.Get("doc"); doc != "" {
			schema["description"] = doc
		}
		properties[name] = schema
		if !optional {
			*required = append(*required, name)
		}
	}
}
