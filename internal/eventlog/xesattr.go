package eventlog

import (
	"math"
	"strconv"
	"strings"

	"nazorat/internal/fault"
)

// declare reads what the log says of itself: the root, an extension, a
// classifier, the scope of globals.
func (x *xesReader) declare(el element) error {
	said := make(map[string]string, x.l.n)
	for i := range x.l.n {
		v, err := x.value(i)
		if err != nil {
			return err
		}
		said[string(x.l.attrName(i))] = string(v)
	}
	h := &x.sum.Head
	switch el {
	case elLog:
		h.Version, h.Features = said["xes.version"], said["xes.features"]
	case elExtension:
		h.Extensions = append(h.Extensions, Extension{said["name"], said["prefix"], said["uri"]})
	case elClassifier:
		h.Classifiers = append(h.Classifiers, Classifier{said["name"], said["scope"], said["keys"]})
	case elGlobal:
		x.global = &h.EventGlobals // also without a scope
		if said["scope"] == "trace" {
			x.global = &h.TraceGlobals
		}
	}
	return nil
}

// value is the tag's i-th attribute with its references resolved.
func (x *xesReader) value(i int) ([]byte, error) {
	v, err := x.l.raw(i)
	if err != nil {
		return nil, x.ended(err)
	}
	return v, nil
}

// startAttr reads an attribute of the log, a trace, an event or another attribute.
func (x *xesReader) startAttr(kind Kind) error {
	keyAt, valueAt := -1, -1
	for i := range x.l.n {
		switch string(x.l.attrName(i)) {
		case "key":
			keyAt = i
		case "value":
			valueAt = i
		default:
			if _, err := x.value(i); err != nil {
				return err
			}
		}
	}
	a := Attr{Kind: kind}
	var k key
	var wrong *Error
	if keyAt >= 0 {
		b, err := x.value(keyAt)
		if err != nil {
			return err
		}
		known := x.keys.of(b)
		a.Key, k = known.s, known.value
	}
	var v []byte
	if valueAt >= 0 {
		var err error
		if v, err = x.value(valueAt); err != nil {
			return err
		}
	}
	inHead := !x.inTrace && !x.inEvent
	switch {
	case a.Key == "":
		wrong = x.fault("log.no_key", fault.Args{"value": kind.String(), "want": "key"})
	case valueAt < 0 && kind < List && !inHead:
		wrong = x.fault("log.no_key", fault.Args{"value": kind.String(), "want": "value"})
	}
	if wrong != nil {
		if inHead {
			return wrong
		}
		if err := x.spoil(wrong); err != nil {
			return err
		}
		k = key{}
	}
	keep, err := x.take(&a, k, v, inHead)
	if err != nil {
		return err
	}
	switch {
	case !x.l.empty:
		x.nested = append(x.nested, keeping{a, keep})
	case keep:
		x.give(a)
	}
	return nil
}

// take decides what an attribute is: what identifies the trace or the event,
// one to keep with its value, or one to pass over.
func (x *xesReader) take(a *Attr, k key, v []byte, inHead bool) (keep bool, err error) {
	switch {
	case inHead:
		x.declared(a, v)
		return true, nil
	case x.badTrace || x.inEvent && x.badEvent:
		return false, nil
	case len(x.nested) > 0:
		if !x.nested[len(x.nested)-1].keep {
			return false, nil
		}
	case k.name && x.inEvent:
		if x.event.Activity != "" {
			return false, x.spoil(x.fault("log.twice", fault.Args{"value": keyName}))
		}
		x.event.Activity = x.values.of(v).s
		return false, nil
	case k.name:
		if x.trace.ID != "" {
			return false, x.spoil(x.fault("log.twice", fault.Args{"value": keyName}))
		}
		x.trace.ID = string(v)
		return false, nil
	case k.time && x.inEvent:
		return false, x.takeTime(a, v)
	case !k.keep:
		return false, nil
	}
	if a.Kind == String || a.Kind == ID {
		a.Str = x.values.of(v).s
		return true, nil
	}
	if key, want := setValue(a, v, x.o, false); key != "" {
		return false, x.spoil(x.fault(key, fault.Args{"key": quoted(a.Key), "value": quoted(v), "want": want}))
	}
	return true, nil
}

func (x *xesReader) takeTime(a *Attr, v []byte) error {
	if a.Kind != Date {
		return x.spoil(x.fault("log.kind", fault.Args{"key": quoted(keyTime), "value": a.Kind.String(), "want": Date.String()}))
	}
	if x.hasTime {
		return x.spoil(x.fault("log.twice", fault.Args{"value": keyTime}))
	}
	if key, want := setValue(a, v, x.o, false); key != "" {
		return x.spoil(x.fault(key, fault.Args{"key": quoted(keyTime), "value": quoted(v), "want": want}))
	}
	x.hasTime = true
	x.event.At, x.event.Zone, x.event.HasZone = a.Int, a.Zone, a.HasZone
	return nil
}

// declared takes an attribute of the log itself: a value that is not of its
// kind, as in globals that say "UNKNOWN" for a number, stays as written.
func (x *xesReader) declared(a *Attr, v []byte) {
	if x.global != nil || a.Kind == String || a.Kind == ID {
		a.Str = string(v)
		return
	}
	if key, _ := setValue(a, v, x.o, false); key != "" {
		a.Str = string(v)
	}
}

// give puts a finished attribute where it belongs.
func (x *xesReader) give(a Attr) {
	switch {
	case len(x.nested) > 0:
		p := &x.nested[len(x.nested)-1].a
		p.Children = append(p.Children, a)
	case x.inEvent:
		x.attrs = append(x.attrs, a)
	case x.inTrace:
		x.trace.Attrs = append(x.trace.Attrs, a)
	case x.global != nil:
		*x.global = append(*x.global, a)
	default:
		x.sum.Head.Attrs = append(x.sum.Head.Attrs, a)
	}
}

// setValue reads a value of the attribute's kind. Where it is not one, it gives
// the key of the fault and what was wanted.
func setValue(a *Attr, v []byte, o Options, loose bool) (faultKey, want string) {
	switch a.Kind {
	case String, ID:
		a.Str = string(v)
	case Date:
		m, ok := parseISO(v, loose)
		want = wantDateTime
		if loose {
			want = wantCSVDateTime
		}
		if !ok {
			return "log.date", want
		}
		if !m.hasZone {
			if o.Zone == nil {
				return "log.zone", want
			}
			m = m.in(o.Zone)
		}
		a.Int, a.Zone, a.HasZone = m.micros, m.zone, m.hasZone
	case Int:
		n, err := strconv.ParseInt(string(v), 10, 64)
		if err != nil {
			return "log.value", "int"
		}
		a.Int = n
	case Float:
		f, ok := parseFloat(v)
		if !ok {
			return "log.value", "float"
		}
		a.Float = f
	case Boolean:
		switch string(v) {
		case "true", "1":
			a.Int = 1
		case "false", "0":
		default:
			return "log.value", "boolean"
		}
	}
	return "", ""
}

// parseFloat reads XML Schema's double. Short plain decimals, which logs are
// full of, are exact as a quotient of two integers that a double holds.
func parseFloat(v []byte) (float64, bool) {
	const exactDigits = 15
	digits, point, i := int64(0), -1, 0
	if len(v) > 0 && v[0] == '-' {
		i = 1
	}
	first := i
	for ; i < len(v) && i-first <= exactDigits; i++ {
		c := v[i]
		if c == '.' && point < 0 {
			point = i
			continue
		}
		if c-'0' > 9 {
			break
		}
		digits = digits*10 + int64(c-'0')
	}
	if i == len(v) && i > first && (point < 0 || i-first > 1) && i-first <= exactDigits {
		f := float64(digits)
		if point >= 0 {
			f /= math.Pow10(i - point - 1)
		}
		if first == 1 {
			f = -f
		}
		return f, true
	}
	s := string(v)
	switch s {
	case "INF", "+INF":
		return math.Inf(1), true
	case "-INF":
		return math.Inf(-1), true
	case "NaN":
		return math.NaN(), true
	}
	// ParseFloat knows more than XML Schema: hexadecimal, underscores, words.
	if s == "" || strings.Trim(s, "0123456789+-.eE") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}
