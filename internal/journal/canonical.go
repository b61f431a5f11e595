package journal

import (
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"

	"nazorat/internal/stored"
)

// The canonical bytes are written here without reflection, field by field, in
// the same bytes as Entry.Canonical: a test holds the two against each other.
// Whoever stores a form and effects in exactly these bytes has the whole entry
// again by putting the columns side by side, without reading any of them.

// AppendCanonical appends the entry's canonical bytes. form and effects are those of
// AppendForm and AppendEffects; e.Form and e.Effects are not looked at, e.Cargo is
// taken as it is and must hold no blanks.
func (e *Entry) AppendCanonical(dst, form, effects []byte) []byte {
	dst = appendKey(dst, `{"format":`, e.Format)
	dst = appendKey(dst, `,"proceeding":`, e.Proceeding)
	dst = appendInt(dst, `,"seq":`, e.Seq)
	dst = appendKey(dst, `,"law":`, e.Law)
	dst = appendKey(dst, `,"edition":`, e.Edition)
	dst = appendKey(dst, `,"act":`, e.Act)
	dst = appendInt(dst, `,"thing":`, int64(e.Thing))
	dst = appendKey(dst, `,"officer":`, e.Officer)
	dst = appendKey(dst, `,"role":`, e.Role)
	dst = appendKey(dst, `,"mandate":`, e.Mandate)
	dst = appendKey(dst, `,"office":`, e.Office)
	dst = appendGiven(dst, `,"client":`, e.Client)
	dst = appendInt(dst, `,"done":`, int64(e.Done))
	dst = appendInt(dst, `,"recorded":`, int64(e.Recorded))
	dst = append(append(dst, `,"form":`...), form...)
	if len(e.Cargo) > 0 {
		dst = append(append(dst, `,"cargo":`...), e.Cargo...)
	}
	dst = append(append(dst, `,"effects":`...), effects...)
	dst = append(dst, `,"previous":"`...)
	dst = appendHex(dst, e.Previous[:])
	return append(dst, `"}`...)
}

// AppendForm appends a form as it stands in the canonical bytes: by key, no blanks, nothing escaped that need not be.
func AppendForm[V ~[2]string](dst []byte, form map[string]V) []byte {
	if form == nil {
		return append(dst, "null"...)
	}
	var few [16]string
	names := slices.AppendSeq(few[:0], maps.Keys(form))
	slices.Sort(names)
	dst = append(dst, '{')
	for i, name := range names {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, name), ':')
		dst = appendValue(dst, form[name])
	}
	return append(dst, '}')
}

// AppendEffects appends effects as they stand in the canonical bytes.
func AppendEffects(dst []byte, effects []stored.Effect) []byte {
	if effects == nil {
		return append(dst, "null"...)
	}
	dst = append(dst, '[')
	for i := range effects {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendEffect(dst, &effects[i])
	}
	return append(dst, ']')
}

func appendEffect(dst []byte, r *stored.Effect) []byte {
	dst = appendKey(dst, `{"effect":`, r.Effect)
	dst = appendInt(dst, `,"thing":`, int64(r.Thing))
	if r.Of != nil {
		dst = appendInt(dst, `,"of":`, int64(*r.Of))
	}
	dst = appendGiven(dst, `,"kind":`, r.Kind)
	dst = appendGiven(dst, `,"from":`, r.From)
	dst = appendGiven(dst, `,"to":`, r.To)
	dst = appendGiven(dst, `,"field":`, r.Field)
	if r.Value != nil {
		dst = appendValue(append(dst, `,"value":`...), [2]string(*r.Value))
	}
	if r.Deadline != nil {
		dst = appendDeadline(append(dst, `,"deadline":`...), r.Deadline)
	}
	dst = appendSome(dst, `,"was":`, r.Was)
	if r.Late {
		dst = append(dst, `,"late":true`...)
	}
	if c := r.Call; c != nil {
		dst = appendKey(dst, `,"call":{"procedure":`, c.Procedure)
		dst = appendKey(dst, `,"act":`, c.Act)
		dst = append(appendGiven(dst, `,"to":`, c.To), '}')
	}
	if r.Record != nil {
		dst = appendKey(dst, `,"record":{"does":`, r.Record.Does)
		dst = append(AppendForm(append(dst, `,"values":`...), r.Record.Values), '}')
	}
	dst = appendGiven(dst, `,"rule":`, r.Rule)
	dst = appendGiven(dst, `,"reason":`, r.Reason)
	return append(dst, '}')
}

func appendDeadline(dst []byte, d *stored.Deadline) []byte {
	dst = appendInt(dst, `{"no":`, int64(d.No))
	dst = appendKey(dst, `,"term":`, d.Term)
	dst = appendInt(dst, `,"thing":`, int64(d.Thing))
	dst = appendKey(dst, `,"edition":`, d.Edition)
	dst = appendKey(dst, `,"by":`, d.By)
	dst = appendInt(dst, `,"start":`, int64(d.Start))
	dst = appendGiven(dst, `,"within":`, d.Within)
	dst = appendGiven(dst, `,"added":`, d.Added)
	dst = appendSome(dst, `,"times":`, int64(d.Times))
	dst = appendSome(dst, `,"stopped_days":`, int64(d.Days))
	dst = appendSome(dst, `,"stopped_for":`, int64(d.For))
	dst = appendSome(dst, `,"spent_days":`, int64(d.Spent))
	dst = appendSome(dst, `,"spent_for":`, int64(d.Used))
	dst = appendSome(dst, `,"until":`, int64(d.Until))
	dst = appendSome(dst, `,"stopped":`, int64(d.Stopped))
	return append(appendInt(dst, `,"due":`, int64(d.Due)), '}')
}

func appendValue(dst []byte, v [2]string) []byte {
	dst = appendString(append(dst, '['), v[0])
	dst = appendString(append(dst, ','), v[1])
	return append(dst, ']')
}

// appendKey writes a text with what stands before it; appendGiven leaves out an empty one.
func appendKey(dst []byte, key, text string) []byte {
	return appendString(append(dst, key...), text)
}

func appendGiven(dst []byte, key, text string) []byte {
	if text == "" {
		return dst
	}
	return appendKey(dst, key, text)
}

// appendInt writes a number with what stands before it; appendSome leaves out 0.
func appendInt(dst []byte, key string, n int64) []byte {
	return strconv.AppendInt(append(dst, key...), n, 10)
}

func appendSome(dst []byte, key string, n int64) []byte {
	if n == 0 {
		return dst
	}
	return appendInt(dst, key, n)
}

const hexDigits = "0123456789abcdef"

func appendHex(dst, raw []byte) []byte {
	for _, c := range raw {
		dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
	}
	return dst
}

// appendString writes a JSON string: escaped are the quote, the backslash, what
// is below the blank (by letter where JSON has one), U+2028 and U+2029; bytes
// that are no UTF-8 become \ufffd.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			dst = append(dst, s[from:i]...)
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\b':
				dst = append(dst, `\b`...)
			case '\f':
				dst = append(dst, `\f`...)
			case '\n':
				dst = append(dst, `\n`...)
			case '\r':
				dst = append(dst, `\r`...)
			case '\t':
				dst = append(dst, `\t`...)
			default:
				dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			}
			i++
			from = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			dst = append(append(dst, s[from:i]...), `\ufffd`...)
			from = i + n
		case r == '\u2028' || r == '\u2029':
			dst = append(append(dst, s[from:i]...), `\u202`...)
			dst = append(dst, hexDigits[r&15])
			from = i + n
		}
		i += n
	}
	return append(append(dst, s[from:]...), '"')
}
