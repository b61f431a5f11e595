package eventlog

import (
	"bytes"
	"context"
	"errors"
	"io"

	"nazorat/internal/fault"
)

// The keys of XES that say which case, what, and when.
const (
	keyName = "concept:name"
	keyTime = "time:timestamp"
)

// ReadXES reads an XES log, plain or compressed with gzip, and calls each with
// every trace, in the order of the file. It reads from r until its end or until
// it returns, never afterwards.
//
// Errors are *Error, the context's cause, or what each or OnBad returned. The
// Summary counts what was handed over, also beside an error.
func ReadXES(ctx context.Context, r io.Reader, o Options, each func(*Trace) error) (Summary, error) {
	o = o.withDefaults()
	src := newSource(ctx, r, o)
	defer src.close()
	x := newXESReader(ctx, src, o, each)
	err := x.read()
	x.sum.Lines = x.l.lineAt(x.l.pos)
	x.sum.Bytes = x.l.offset(x.l.pos)
	return x.sum, err
}

// element is what a tag of XES is.
type element uint8

const (
	inNothing element = iota // outside the root
	elLog
	elTrace
	elEvent
	elExtension
	elGlobal
	elClassifier
	elValues
	elAttr // and the kinds: elAttr + Kind
)

// elementNames are the names of the elements, then of the kinds.
func elementNames() []string {
	return append([]string{"", "log", "trace", "event", "extension", "global", "classifier", "values"}, kindNames[:]...)
}

// allows tells whether a child has a place in an element.
func (e element) allows(child element) bool {
	switch {
	case e == inNothing:
		return child == elLog
	case e == elLog:
		return child != elLog && child != elValues
	case e == elTrace:
		return child == elEvent || child >= elAttr
	case e == elEvent || e == elGlobal || e == elValues:
		return child >= elAttr
	case e == elAttr+element(List):
		return child == elValues || child >= elAttr
	}
	return e >= elAttr && child >= elAttr
}

// key is what is known of an attribute's key.
type key struct {
	name, time, keep bool
}

// xesReader turns tags into traces.
type xesReader struct {
	ctx  context.Context
	l    *lexer
	o    Options
	each func(*Trace) error
	sum  Summary

	elements map[string]element
	keys     *memory[key]
	values   *memory[struct{}]

	// The open elements. Their names lie one after another in names.
	open  []element
	names []byte
	ends  []int

	global  *[]Attr   // where the attributes of an open <global> go
	nested  []keeping // the open attributes that have children
	rooted  bool      // the root was there
	outside int64     // bytes of the tags outside of traces

	inTrace    bool
	inEvent    bool
	trace      Trace
	attrs      []Attr // of the trace's events, one after another
	traceStart int64
	eventNo    int  // in the trace, bad ones included; outside of traces, loose
	badTrace   bool // the trace at hand is left out
	badEvent   bool
	event      Event
	from       int // the event's first attribute in attrs
	hasTime    bool
	loose      int // events outside of traces
}

// keeping is an open attribute with what its end tag decides.
type keeping struct {
	a    Attr
	keep bool
}

func newXESReader(ctx context.Context, src io.Reader, o Options, each func(*Trace) error) *xesReader {
	wanted := make(map[string]bool, len(o.Keep))
	for _, k := range o.Keep {
		wanted[k] = true
	}
	elements := make(map[string]element)
	for i, name := range elementNames()[1:] {
		elements[name] = element(i + 1)
	}
	return &xesReader{
		ctx: ctx,
		l:   newLexer(src, o.MaxAttribute), o: o, each: each, elements: elements,
		keys: newMemory(10, func(s string) key {
			return key{name: s == keyName, time: s == keyTime, keep: o.Keep == nil || wanted[s]}
		}),
		values: newMemory(12, func(string) struct{} { return struct{}{} }),
	}
}

func (x *xesReader) read() error {
	if err := x.l.begin(); err != nil {
		return x.ended(err)
	}
	for {
		tok, err := x.l.next()
		if err == nil && tok == tokenEOF && (!x.rooted || len(x.open) > 0) {
			err = io.EOF
		}
		if err != nil {
			return x.ended(err)
		}
		switch tok {
		case tokenStart:
			err = x.start()
		case tokenEnd:
			err = x.end()
		case tokenEOF:
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// ended says what an error of the lexer, or of what it reads from, means.
func (x *xesReader) ended(err error) error {
	var own *Error
	if errors.As(err, &own) {
		return x.place(own)
	}
	e, ok := sourceError(err, x.sum.Traces)
	if !ok {
		return err
	}
	if x.l.offset(x.l.full) > 0 {
		e.Line, e.Offset = x.l.lineAt(x.l.full), x.l.offset(x.l.full)
	} else if e.Key == "log.truncated" {
		e.Key, e.Args = "log.empty", nil
	}
	return x.place(e)
}

// place adds to a fault in which trace and event it was found.
func (x *xesReader) place(e *Error) *Error {
	e.Trace = x.trace.ID
	if x.inEvent {
		e.Event = x.eventNo
	}
	return e
}

func (x *xesReader) top() element {
	if len(x.open) == 0 {
		return inNothing
	}
	return x.open[len(x.open)-1]
}

// fault is a fault of the tag at hand.
func (x *xesReader) fault(key string, args fault.Args) *Error {
	return x.place(x.l.fault(x.l.tagPos, key, args))
}

// spoil leaves the event or the trace at hand out, if the caller allows it.
func (x *xesReader) spoil(e *Error) error {
	if x.badTrace || x.inEvent && x.badEvent {
		return nil
	}
	if x.o.OnBad == nil {
		return e
	}
	if err := x.o.OnBad(e); err != nil {
		return err
	}
	if x.inEvent {
		x.badEvent = true
	} else {
		x.badTrace = true
	}
	return nil
}

func (x *xesReader) start() error {
	name := x.l.name
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	el, known := x.elements[string(name)]
	top := x.top()
	switch {
	case top == inNothing && x.rooted:
		return x.fault("log.malformed", fault.Args{"value": "<" + cutShort(name) + ">", "want": "the end of the log"})
	case top == inNothing && el != elLog:
		return x.fault("log.not_xes", fault.Args{"value": cutShort(name)})
	case !known:
		if m := meant(cutShort(name), elementNames()[1:]); m != "" {
			return x.fault("log.element_meant", fault.Args{"value": cutShort(name), "meant": m})
		}
		return x.fault("log.element", fault.Args{"value": cutShort(name), "parent": x.topName()})
	case !top.allows(el):
		return x.fault("log.element", fault.Args{"value": cutShort(name), "parent": x.topName()})
	case len(x.open) >= x.o.MaxDepth:
		return x.fault("log.too_deep", fault.Args{"max": x.o.MaxDepth})
	}
	x.rooted = true
	if err := x.bounded(el); err != nil {
		return err
	}
	empty := x.l.empty
	if !empty {
		x.open = append(x.open, el)
		x.names = append(x.names, x.l.name...)
		x.ends = append(x.ends, len(x.names))
	}
	var err error
	switch el {
	case elTrace:
		err = x.startTrace()
	case elEvent:
		err = x.startEvent()
	case elLog, elExtension, elGlobal, elClassifier:
		err = x.declare(el)
	case elValues:
	default:
		err = x.startAttr(Kind(el - elAttr))
	}
	if err == nil && empty && el < elAttr { // startAttr has given an empty one already
		err = x.close(el)
	}
	return err
}

// bounded holds the bound on what is kept of one trace, and of the log's head.
func (x *xesReader) bounded(el element) error {
	key, held := "log.big_trace", x.l.offset(x.l.pos)-x.traceStart
	if !x.inTrace {
		if el == elTrace {
			return nil
		}
		x.outside += int64(x.l.pos - x.l.tagPos)
		key, held = "log.big_head", x.outside
	}
	if held > x.o.MaxTraceBytes {
		return x.fault(key, fault.Args{"max": x.o.MaxTraceBytes})
	}
	return nil
}

func (x *xesReader) topName() string {
	return cutShort(x.names[x.topAt():])
}

// topAt is where the name of the innermost open element begins in names.
func (x *xesReader) topAt() int {
	if n := len(x.ends); n > 1 {
		return x.ends[n-2]
	}
	return 0
}

// cutShort is a name of the log for an error, never long.
func cutShort(name []byte) string {
	if len(name) > 60 {
		return string(bytes.ToValidUTF8(name[:60], nil)) + "…"
	}
	return string(name)
}

func (x *xesReader) end() error {
	if len(x.open) == 0 {
		return x.fault("log.malformed", fault.Args{"value": "</" + cutShort(x.l.name) + ">", "want": "the end of the log"})
	}
	n, begin := len(x.ends)-1, x.topAt()
	if !bytes.Equal(x.names[begin:], x.l.name) {
		return x.fault("log.end_tag", fault.Args{"value": cutShort(x.l.name), "want": cutShort(x.names[begin:])})
	}
	el := x.open[n]
	x.open, x.names, x.ends = x.open[:n], x.names[:begin], x.ends[:n]
	return x.close(el)
}

// close is what the end of an element brings about.
func (x *xesReader) close(el element) error {
	switch el {
	case elTrace:
		return x.endTrace()
	case elEvent:
		return x.endEvent()
	case elGlobal:
		x.global = nil
	case elLog, elExtension, elClassifier, elValues:
	default:
		last := len(x.nested) - 1
		k := x.nested[last]
		x.nested[last] = keeping{}
		x.nested = x.nested[:last]
		if k.keep {
			x.give(k.a)
		}
	}
	return nil
}

func (x *xesReader) startTrace() error {
	if err := context.Cause(x.ctx); err != nil {
		return err
	}
	x.inTrace, x.badTrace = true, false
	x.traceStart = x.l.offset(x.l.tagPos)
	x.eventNo = 0
	x.attrs = x.attrs[:0]
	x.trace = Trace{Attrs: x.trace.Attrs[:0], Events: x.trace.Events[:0], Line: x.l.lineAt(x.l.tagPos)}
	return nil
}

func (x *xesReader) endTrace() error {
	t := &x.trace
	if t.ID == "" && !x.badTrace {
		e := x.fault("log.no_case", fault.Args{"want": keyName})
		e.Line = t.Line
		if err := x.spoil(e); err != nil {
			return err
		}
	}
	x.inTrace = false
	if x.badTrace {
		x.sum.BadTraces++
		x.badTrace = false
	} else {
		if err := x.each(t); err != nil {
			return err
		}
		x.sum.count(t)
	}
	t.ID = ""
	return nil
}

func (x *xesReader) startEvent() error {
	x.inEvent, x.badEvent, x.hasTime = true, false, false
	x.from = len(x.attrs)
	x.event = Event{Line: x.l.lineAt(x.l.tagPos)}
	if !x.inTrace {
		x.loose++
		x.eventNo = x.loose
		return x.spoil(x.fault("log.event_outside_trace", nil))
	}
	x.eventNo++
	if x.eventNo > x.o.MaxEvents {
		return x.fault("log.too_many_events", fault.Args{"max": x.o.MaxEvents})
	}
	return nil
}

func (x *xesReader) endEvent() error {
	e := &x.event
	var missing *Error
	switch {
	case x.badEvent:
	case e.Activity == "":
		missing = x.fault("log.no_activity", fault.Args{"want": keyName})
	case !x.hasTime:
		missing = x.fault("log.no_time", fault.Args{"want": keyTime})
	}
	if missing != nil {
		missing.Line = e.Line
		if err := x.spoil(missing); err != nil {
			return err
		}
	}
	switch {
	case x.badTrace:
	case x.badEvent:
		x.sum.BadEvents++
		x.attrs = x.attrs[:x.from]
	default:
		e.Attrs = x.attrs[x.from:len(x.attrs):len(x.attrs)]
		x.trace.Events = append(x.trace.Events, *e)
	}
	x.inEvent, x.badEvent = false, false
	return nil
}
