package fact

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"nazorat/internal/calendar"
)

// JSON is a fact as stored: its type and its canonical text, such as ["date","2026-03-02"].
type JSON [2]string

// Encode is a value as stored.
func Encode(v Value) JSON { return JSON{v.Type.String(), v.String()} }

// Decode reads a stored value exactly as it was: what was once recorded is
// never held against today's limits on what may be typed.
func Decode(j JSON) (Value, error) {
	v, ok := decode(j)
	if !ok {
		return Value{}, fmt.Errorf("stored value %q: %w", j, errStored)
	}
	return v, nil
}

var errStored = errors.New("not of a known form")

func decode(j JSON) (v Value, ok bool) {
	t := Type(slices.Index(typeNames[:], j[0]))
	switch t {
	case Number, Thing:
		n, err := strconv.ParseInt(j[1], 10, 64)
		if err != nil {
			return Value{}, false
		}
		return NumberOf(t, n), true
	case Money:
		amount, currency, _ := strings.Cut(j[1], " ")
		n, key := parseAmount(amount)
		if key != "" {
			return Value{}, false
		}
		return Value{Type: t, Num: n, Text: currency}, true
	case YesNo:
		if j[1] != "yes" && j[1] != "no" {
			return Value{}, false
		}
		if j[1] == "yes" {
			return NumberOf(t, 1), true
		}
		return NumberOf(t, 0), true
	case Date:
		d, err := calendar.ParseDate(j[1])
		if err != nil {
			return Value{}, false
		}
		return DateOf(d), true
	case Moment:
		at, err := time.Parse(time.RFC3339Nano, j[1])
		if err != nil {
			return Value{}, false
		}
		return MomentOf(calendar.At(at)), true
	case Text, Choice, Person, Officer, Office, Article, Place, Document, Proceeding:
		return TextOf(t, j[1]), true
	}
	return Value{}, false
}
