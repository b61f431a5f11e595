// Package fault is the one shape in which anything that went wrong is told to
// a person, a page, the API or another system.
//
// An Error carries a translation key and named arguments, never a sentence:
// the language is chosen at the edge. Whatever is not a fault.Error is shown
// as "internal error" with a request id, and its text goes to the log only.
package fault

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Kind says what sort of thing went wrong, and so which status it has at the edge.
type Kind uint8

const (
	// Internal is a fault of ours; its text is never shown.
	Internal Kind = iota
	// Invalid: what was sent is not usable; Fields may name the places.
	Invalid
	// NotFound: there is no such thing, or none that the asker may know of.
	NotFound
	// Conflict: somebody else was first; what was typed is kept and may be sent again.
	Conflict
	// Forbidden: the law or a mandate does not allow it; Article says which law.
	Forbidden
	// Unavailable: it may work later.
	Unavailable
)

var kindNames = [...]string{"internal", "invalid", "not_found", "conflict", "forbidden", "unavailable"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "internal"
}

// Args are the named variables of a translated text. Values are strings,
// integers, times or other values that the edge knows how to write.
type Args map[string]any

// Error is a fault that may be shown. Its zero value is an internal error.
type Error struct {
	Kind    Kind
	Key     string // translation key, e.g. "refusal.wrong_role"
	Args    Args   // named variables of that text
	Article string // the article that forbids it, where a law does: "CPC 329"
	// Policies are, for Forbidden, the names of those that forbid it; none where no
	// policy allows it, or a law forbids it.
	Policies []string
	Fields   map[string]Error // for Invalid: the fault of each named place
	cause    error
}

// New makes a fault of a kind with a translation key.
func New(kind Kind, key string, args Args) *Error {
	return &Error{Kind: kind, Key: key, Args: args}
}

// Because returns a copy of e that wraps cause, for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// Error is for logs and tests; people are shown the translation of Key.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Kind.String())
	b.WriteString(": ")
	b.WriteString(e.Key)
	if e.Article != "" {
		fmt.Fprintf(&b, " [%s]", e.Article)
	}
	if len(e.Policies) > 0 {
		fmt.Fprintf(&b, " (%s)", strings.Join(e.Policies, ", "))
	}
	for _, n := range slices.Sorted(maps.Keys(e.Args)) {
		fmt.Fprintf(&b, " %s=%v", n, e.Args[n])
	}
	for _, n := range slices.Sorted(maps.Keys(e.Fields)) {
		fmt.Fprintf(&b, "; %s: %s", n, e.Fields[n].Key)
	}
	if e.cause != nil {
		fmt.Fprintf(&b, ": %v", e.cause)
	}
	return b.String()
}

// Unwrap returns the cause, if any.
func (e *Error) Unwrap() error { return e.cause }

// Of returns the fault in err's chain, or an Internal one that wraps err.
// It returns nil for nil.
func Of(err error) *Error {
	if err == nil {
		return nil
	}
	var f *Error
	if errors.As(err, &f) {
		return f
	}
	return &Error{Kind: Internal, Key: "fault.internal", cause: err}
}

// Is reports whether err's chain holds a fault of this kind.
func Is(err error, kind Kind) bool {
	var f *Error
	return errors.As(err, &f) && f.Kind == kind
}
