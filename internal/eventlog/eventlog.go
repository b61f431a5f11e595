// Package eventlog reads what other systems recorded: event logs in XES
// (IEEE 1849; .xes, .xes.gz) and in CSV (.csv, .csv.gz).
//
// It owns the reading and nothing else. It hands over one case after another
// with its events as they were written; what an activity means in law, and
// whether it was in time, is not its affair.
//
// Invariants:
//   - An XES log is never held in memory: at most one trace of it, and that
//     within Options.MaxTraceBytes. The order of the file is kept.
//   - A CSV log must be grouped, so its rows are held, compactly, within
//     CSVOptions.MaxRows and CSVOptions.MaxHeld.
//   - Every trace that is handed over was read whole. When a log is cut off or
//     broken, all whole traces before that place have been handed over.
//   - Nothing is guessed: a moment without an offset, a missing activity, an
//     unknown element or column is an Error that names the place and the cure.
//     The caller may choose to leave such an event out and have it counted
//     (Options.OnBad); the package never does so by itself.
//
// It refuses document type definitions and entities other than the five
// predefined ones and character references, any encoding but UTF-8, and
// everything beyond the bounds of Options. It fetches nothing: the addresses
// of XES extensions are names only.
//
// The formats: IEEE Std 1849-2016 and xes-standard.org for XES, XML 1.0 (fifth
// edition), RFC 4180 for CSV, ISO 8601 and XML Schema dateTime for moments.
package eventlog

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// Kind is the type of an attribute's value.
type Kind uint8

// The kinds of XES. A CSV column is a String unless it is declared otherwise.
const (
	String    Kind = iota // Attr.Str
	Date                  // Attr.Int, UTC microseconds; Attr.Zone
	Int                   // Attr.Int
	Float                 // Attr.Float
	Boolean               // Attr.Int, 0 or 1
	ID                    // Attr.Str
	List                  // Attr.Children, in order, keys may repeat
	Container             // Attr.Children
)

var kindNames = [...]string{"string", "date", "int", "float", "boolean", "id", "list", "container"}

// String gives the kind's name in XES.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "kind " + strconv.Itoa(int(k))
}

// Attr is one attribute: a key and a value of one kind.
type Attr struct {
	Key   string
	Str   string  // the value of String and ID; empty for the others
	Int   int64   // the value of Int and Boolean; of Date in UTC microseconds
	Float float64 // the value of Float
	// Children are the members of a List or Container, and the attributes that
	// an attribute of any kind may itself have in XES.
	Children []Attr
	Kind     Kind
	HasZone  bool  // of Date: the offset was written in the log
	Zone     int16 // of Date: minutes east of UTC, as written, or as Options.Zone has it then
}

// Text is the value as text, whatever its kind: a Date as RFC 3339 in its own
// offset, a Float in the fewest digits that give it back, a Boolean as true or
// false, a List or Container as nothing.
func (a *Attr) Text() string {
	switch a.Kind {
	case Date:
		return momentText(a.Int, a.Zone)
	case Int:
		return strconv.FormatInt(a.Int, 10)
	case Float:
		return strconv.FormatFloat(a.Float, 'f', -1, 64)
	case Boolean:
		return strconv.FormatBool(a.Int != 0)
	}
	return a.Str
}

// Event is one recorded event.
type Event struct {
	Activity string // concept:name, never empty
	At       int64  // time:timestamp, UTC microseconds; finer digits are cut off
	Attrs    []Attr // the others, in the order of the file
	Line     int    // where the event begins in the (uncompressed) file, from 1
	HasZone  bool   // the offset was written in the log
	Zone     int16  // minutes east of UTC, as written, or as Options.Zone has it then
}

// Attr returns the event's first attribute of that key, nil if it has none.
// The activity and the moment are fields of Event and not among them.
func (e *Event) Attr(key string) *Attr { return attrOf(e.Attrs, key) }

// Moment is At as a time in the event's own offset.
func (e *Event) Moment() time.Time {
	return time.UnixMicro(e.At).In(time.FixedZone("", int(e.Zone)*60))
}

// Trace is one case of the log.
//
// A trace is lent to the callback: its slices are used again for the next one.
// Its strings may be kept; whoever keeps the trace, its events or attributes
// must Clone it.
type Trace struct {
	ID     string // concept:name of the trace, the case column of a CSV; never empty
	Attrs  []Attr // the trace's other attributes, in the order of the file
	Events []Event
	Line   int // where the trace begins in the (uncompressed) file, from 1
}

// Attr returns the trace's first attribute of that key, nil if it has none.
func (t *Trace) Attr(key string) *Attr { return attrOf(t.Attrs, key) }

// Clone returns a trace that shares no memory with t but its strings.
func (t *Trace) Clone() *Trace {
	c := *t
	c.Attrs = cloneAttrs(t.Attrs)
	c.Events = slices.Clone(t.Events)
	for i := range c.Events {
		c.Events[i].Attrs = cloneAttrs(c.Events[i].Attrs)
	}
	return &c
}

func attrOf(attrs []Attr, key string) *Attr {
	for i := range attrs {
		if attrs[i].Key == key {
			return &attrs[i]
		}
	}
	return nil
}

func cloneAttrs(attrs []Attr) []Attr {
	c := slices.Clone(attrs)
	for i := range c {
		if c[i].Children != nil {
			c[i].Children = cloneAttrs(c[i].Children)
		}
	}
	return c
}

// The bounds that a zero Options has.
const (
	DefaultMaxAttribute  = 1 << 20
	DefaultMaxDepth      = 64
	DefaultMaxEvents     = 1_000_000
	DefaultMaxTraceBytes = 32 << 20
	DefaultMaxRows       = 20_000_000
	DefaultMaxHeld       = 2 << 30
)

// Options say what to keep of a log and how much to bear. The zero value keeps
// everything within the default bounds and stops at the first fault.
type Options struct {
	// Keep are the keys of the attributes to keep, of traces and of events; nil
	// keeps all, an empty list none. The identity of a trace, the activity and
	// the moment are always read. The values of attributes that are not kept are
	// checked as XML only.
	Keep []string

	// Zone is where moments without an offset were written; nil refuses them. A
	// local moment that a clock change skips or repeats is taken with the offset
	// before that change.
	Zone *time.Location

	MaxAttribute  int   // bytes of one attribute's value or name
	MaxDepth      int   // elements within elements
	MaxEvents     int   // events of one trace
	MaxTraceBytes int64 // of XES: bytes of one trace as written, and of all that stands outside traces

	// OnBad is asked about a fault that spoils one event or trace of an XES log,
	// or one row of a CSV: a wrong date, a missing activity. When it returns nil,
	// that event or row (of XES, the trace, when Error.Event is 0) is left out and
	// counted in the Summary; when it returns an error, reading stops with that
	// error. Without OnBad it stops with the fault itself. It is not asked about a
	// log that is cut off or malformed.
	OnBad func(*Error) error

	// Progress is told now and then, and at the end, how many bytes of the file
	// have been read, as they stand on disk; total is 0 where it is not known. It
	// is called from the goroutine that called the reader.
	Progress func(read, total int64)
}

func (o Options) withDefaults() Options {
	o.MaxAttribute = cmp.Or(o.MaxAttribute, DefaultMaxAttribute)
	o.MaxDepth = cmp.Or(o.MaxDepth, DefaultMaxDepth)
	o.MaxEvents = cmp.Or(o.MaxEvents, DefaultMaxEvents)
	o.MaxTraceBytes = cmp.Or(o.MaxTraceBytes, DefaultMaxTraceBytes)
	return o
}

// Summary says what was read. It is right also beside an error: up to there.
type Summary struct {
	Traces    int   // handed over
	Events    int   // in them
	BadEvents int   // left out because OnBad allowed it; rows, of a CSV
	BadTraces int   // left out because OnBad allowed it, with all their events
	First     int64 // the earliest and the latest moment of an event handed over,
	Last      int64 // UTC microseconds; both 0 where there is none
	Lines     int   // the line of the uncompressed file that was reached, from 1
	Bytes     int64 // of the uncompressed file that were read to there
	Head      Head
}

func (s *Summary) count(t *Trace) {
	for i := range t.Events {
		at := t.Events[i].At
		if s.Events == 0 && i == 0 {
			s.First, s.Last = at, at
		}
		s.First, s.Last = min(s.First, at), max(s.Last, at)
	}
	s.Traces++
	s.Events += len(t.Events)
}

// Head is what a log says of itself. Of an XES log what stands outside its
// traces, of a CSV its columns.
type Head struct {
	Version     string // xes.version
	Features    string // xes.features
	Extensions  []Extension
	Classifiers []Classifier
	// Globals declare what every trace or event has, with a value to use when one
	// is made. They are not defaults: an event that lacks one lacks it. The values
	// are in Str as written, whatever their kind.
	TraceGlobals []Attr
	EventGlobals []Attr
	Attrs        []Attr // of the log; a value that is not of its kind is in Str as written
	Columns      []string
	Delimiter    rune
}

// Extension is a vocabulary that an XES log declares. The URI is never fetched.
type Extension struct{ Name, Prefix, URI string }

// Classifier is a rule of an XES log by which events count as alike.
type Classifier struct{ Name, Scope, Keys string }
