// Package fact is what laws, forms and journals state of things: values of a few
// types (text, date, moment, money with its currency, choice, article of a code,
// person, place, document, ...), how people type them and how they are kept.
//
// A value has one canonical text, which Parse reads back to the same value. The
// package knows no law: which values a field allows is for whoever owns the field.
package fact

import (
	"fmt"
	"slices"
	"strconv"

	"nazorat/internal/calendar"
)

// Type of a fact.
type Type uint8

// The types of facts.
const (
	NoType     Type = iota
	Text            // free text
	Number          // a whole number
	Money           // an amount in hundredths, of the edition's currency where it names none
	YesNo           // true or false
	Date            // a civil date
	Moment          // an instant
	Choice          // one of the field's choices
	Person          // the name of a person: personal data
	Officer         // an officer of the service, by id
	Office          // an office of the service, by id
	Article         // an article of a code: "CC 169"
	Place           // a place by its SOATO code
	Document        // a document in the vault, by its SHA-256
	Proceeding      // another proceeding of the service, by its number
	Thing           // another thing of the same proceeding, by its number, from 1
)

var typeNames = [...]string{"", "text", "number", "money", "yes_no", "date", "moment", "choice", "person", "officer", "office", "article", "place", "document", "proceeding", "thing"}

func (t Type) String() string { return typeNames[t] }

// TypeNamed is the type that a law file names so; a choice is not named but listed, and of a thing the kind is said.
func TypeNamed(word string) (Type, bool) {
	i := slices.Index(typeNames[:], word)
	return Type(max(i, 0)), i > 0 && !saidOtherwise(Type(i))
}

// saidOtherwise reports whether a law says a type by more than its name.
func saidOtherwise(t Type) bool { return t == Choice || t == Thing }

// TypeNames are the types that a law file can name.
func TypeNames() []string {
	return slices.DeleteFunc(slices.Clone(typeNames[1:]), func(n string) bool { return n == Choice.String() || n == Thing.String() })
}

// Value is one fact. The zero Value is "not given". Num holds a number, an
// amount in hundredths, 0 or 1, a calendar.Date, a calendar.Moment or the number of a thing; Text
// holds everything else.
type Value struct {
	Type Type
	Num  int64
	Text string
}

// Given reports whether there is a value.
func (v Value) Given() bool { return v.Type != NoType }

// TextOf makes a value of a type that is written as it is: text, choice, person and the like.
func TextOf(t Type, s string) Value { return Value{Type: t, Text: s} }

// NumberOf makes a number, an amount in hundredths, a yes_no (0 or 1) or the number of a thing.
func NumberOf(t Type, n int64) Value { return Value{Type: t, Num: n} }

// MomentOf makes a moment.
func MomentOf(m calendar.Moment) Value { return Value{Type: Moment, Num: int64(m)} }

// DateOf makes a date.
func DateOf(d calendar.Date) Value { return Value{Type: Date, Num: int64(d)} }

// String is the canonical written form, the one that Parse reads and the
// journal keeps: dates as 2026-03-02, moments as RFC 3339 in UTC, amounts with a point.
func (v Value) String() string {
	switch v.Type {
	case NoType:
		return ""
	case Number, Thing:
		return strconv.FormatInt(v.Num, 10)
	case Money:
		sign, n := "", v.Num
		if n < 0 {
			sign, n = "-", -n
		}
		amount := fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
		if v.Text != "" {
			amount += " " + v.Text
		}
		return amount
	case YesNo:
		if v.Num != 0 {
			return "yes"
		}
		return "no"
	case Date:
		return calendar.Date(v.Num).String()
	case Moment:
		return calendar.Moment(v.Num).Time().Format("2006-01-02T15:04:05.999999Z07:00")
	}
	return v.Text
}
