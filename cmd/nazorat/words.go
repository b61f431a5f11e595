package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"nazorat/internal/eventlog"
	"nazorat/internal/fault"
	"nazorat/internal/waysin"
	"nazorat/internal/web"
)

// said puts an error into words. A fault carries a key, and people read
// sentences; an error of a log says in words already where and what is wrong.
func said(err error) string {
	var log *eventlog.Error
	var f *fault.Error
	if errors.As(err, &log) || !errors.As(err, &f) || f.Kind == fault.Internal {
		return err.Error()
	}
	// These are said nowhere but here.
	switch f.Key {
	case "officer.none":
		return fmt.Sprintf("there is no officer with the login %s", f.Args["login"])
	case "client.none":
		return fmt.Sprintf("there is no client %s, or it is revoked already", f.Args["id"])
	case "provider.taken":
		return fmt.Sprintf("the identity of %s is another officer's: nothing was added", f.Args["login"])
	case "provider.none":
		return fmt.Sprintf("%s has no identity of this provider", f.Args["login"])
	case "observe.unmapped":
		return fmt.Sprintf("the log has activities that %s/observe.yaml neither maps nor ignores: %d, the first is %q; the report leaves them out", f.Args["law"], f.Args["count"], f.Args["first"])
	case "observe.too_many_activities":
		return fmt.Sprintf("the log has more than %d different activities: is the right column taken for the activity?", f.Args["max"])
	}
	catalogue, unread := web.NewCatalogue(nil, web.Texts, waysin.Texts)
	if unread != nil {
		return err.Error()
	}
	words := catalogue.In("en")
	if _, known := words.Raw(f.Key); !known {
		return err.Error()
	}
	sentence := words.Fault(nil, f)
	for _, name := range slices.Sorted(maps.Keys(f.Fields)) {
		field := f.Fields[name]
		text := field.Key // where it is none of these texts
		if _, known := words.Raw(field.Key); known {
			field.Kind = fault.Invalid
			text = words.Fault(nil, &field)
		}
		sentence += "; " + name + ": " + text
	}
	if whole := err.Error(); strings.Contains(whole, f.Error()) { // with where it went wrong, which whoever wrapped it says
		return strings.Replace(whole, f.Error(), sentence, 1)
	}
	return sentence
}
