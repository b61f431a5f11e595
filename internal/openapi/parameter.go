package openapi

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"
)

// Parameter is what the description says of a query parameter or a header, to hold what was sent against.
type Parameter struct {
	Name     string
	Header   bool // else of the query
	required bool
	enum     []string
	pattern  *regexp.Regexp
	least    int
	most     int // 0: no bound
	date     bool
}

// Read gives those of an operation, as the shared ones say them. It errs where one is not there, or says what is not known here.
func (s *Shared) Read(names []string) (out []Parameter, err error) {
	for _, name := range names {
		o, _ := s.Parameters[name].(Object)
		if o == nil {
			return nil, fmt.Errorf("there is no parameter %q", name)
		}
		p := Parameter{}
		p.Name, _ = o["name"].(string)
		p.required, _ = o["required"].(bool)
		switch o["in"] {
		case "query":
		case "header":
			p.Header = true
		default:
			return nil, fmt.Errorf("parameter %q is neither of the query nor a header", name)
		}
		schema, _ := o["schema"].(Object)
		for key, v := range schema {
			switch key {
			case "type":
			case "enum":
				for _, x := range v.([]any) {
					p.enum = append(p.enum, x.(string))
				}
			case "pattern":
				if p.pattern, err = regexp.Compile(v.(string)); err != nil {
					return nil, fmt.Errorf("parameter %q: %w", name, err)
				}
			case "minLength":
				p.least = int(v.(float64))
			case "maxLength":
				p.most = int(v.(float64))
			case "format":
				p.date = v == "date"
			default:
				return nil, fmt.Errorf("parameter %q: nothing is known of %q", name, key)
			}
		}
		out = append(out, p)
	}
	return out, nil
}

// Takes reports whether what was sent for a parameter is as the description has it: once, or not at all where it may be left out.
func (p *Parameter) Takes(values []string) bool {
	if len(values) == 0 {
		return !p.required
	}
	v := values[0]
	n := utf8.RuneCountInString(v)
	switch {
	case len(values) > 1, !utf8.ValidString(v), n < p.least, p.most > 0 && n > p.most, len(p.enum) > 0 && !slices.Contains(p.enum, v), p.pattern != nil && !p.pattern.MatchString(v):
		return false
	case p.date:
		_, err := time.Parse(time.DateOnly, v)
		return err == nil
	}
	return true
}

// Of the query or the headers of a request.
func (p *Parameter) Of(query url.Values, header map[string][]string) []string {
	if p.Header {
		return header[p.Name] // the names are written as Go writes headers
	}
	return query[p.Name]
}
