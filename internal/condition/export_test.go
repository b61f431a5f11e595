package condition

import (
	"nazorat/internal/fact"
	"nazorat/internal/procedure"
)

// WasTranslated reports whether a formula is decided without CEL.
func WasTranslated(f procedure.Formula) bool {
	q := f.(*formula).quick
	return q.yesNo != nil || q.number != nil || q.text != nil
}

// ByCEL is what CEL says of a formula.
func ByCEL(f procedure.Formula, s *procedure.Scope) (fact.Value, error) { return f.(*formula).told(s) }

// HoldsByCEL is what CEL says of a formula that is to hold.
func HoldsByCEL(f procedure.Formula, s *procedure.Scope) (bool, error) { return f.(*formula).asked(s) }
