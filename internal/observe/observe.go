// Package observe holds what another system recorded against a law: it reads
// an event log, takes its activities as acts by the law's observe.yaml, lives
// every case through the same engine that decides live acts, and reports where
// what happened departs from the law.
//
// It owns the mapping of logs to acts and the report. It decides nothing in
// law itself: every deviation comes from procedure.Run.Observe or from a
// deadline that this engine started, and carries that rule and its article.
//
// Invariants:
//   - A log is read once and streaming; one case at a time is alive. What is
//     kept per event is a duration of eight bytes.
//   - The same log, mapping and law give the same report, byte for byte.
//   - What cannot be decided for want of a fact is counted apart and is never a
//     deviation. What the mapping does not know is counted and is an error.
//
// It refuses to guess: an activity that observe.yaml does not map is not taken
// for a likely act, an attribute that is no value of its field is left out,
// counted and listed, and a broken event ends the run unless Options.GoOn.
package observe

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"nazorat/internal/calendar"
	"nazorat/internal/eventlog"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
)

// Options of Run. Laws, Law and Log are needed.
type Options struct {
	Laws fs.FS  // the tree of laws, such as laws.FS
	Law  string // "it/road-fines"
	Log  string // path of the log: .xes, .xes.gz, .csv, .csv.gz

	GoOn     bool                    // leave out events that cannot be read, count and list them
	Progress func(read, total int64) // bytes of the file; total 0 if not known; called from Run's goroutine
	Paths    int                     // most paths to list; 0: 1,000
	Examples int                     // example cases per rule; 0: 5
}

// Bounds on what is kept of a log that goes on for ever.
const (
	mostActivities = 10_000
	mostPlaces     = 20
	mostPaths      = 200_000
	eventsOfBatch  = 4096
)

// ErrUnmapped is wrapped by the error of a log with activities that
// observe.yaml neither maps nor ignores. The report beside it is whole but for them.
var ErrUnmapped = errors.New("activities are not mapped")

// Run reads the log and reports. Errors: a lawtext.Problems where the law or
// its observe.yaml is at fault, an *eventlog.Error where the log is, one that
// wraps ErrUnmapped (and a fault of kind Invalid), or the context's cause. Only
// with ErrUnmapped there is a report too.
func Run(ctx context.Context, o Options) (*Report, error) {
	law, _, err := lawload.Load(o.Laws, o.Law)
	if err != nil {
		return nil, fmt.Errorf("law %s: %w", o.Law, err)
	}
	m, err := readMapping(o.Laws, law)
	if err != nil {
		return nil, fmt.Errorf("mapping of %s: %w", o.Law, err)
	}
	if o.Paths <= 0 {
		o.Paths = 1000
	}
	if o.Examples <= 0 {
		o.Examples = 5
	}
	rd := newReader(law, m)
	rp := newReplayer(law, m, o.Examples)
	sum, places, err := rd.all(ctx, o, rp.batch)
	if err != nil {
		return nil, err
	}
	rep := rp.report(rd, &sum, o)
	rep.Log = filepath.Base(o.Log)
	rep.Bad.Places = append(rep.Bad.Places, places...)
	if len(rep.Unmapped) > 0 {
		f := fault.New(fault.Invalid, "observe.unmapped", fault.Args{"law": law.Name, "count": len(rep.Unmapped), "first": rep.Unmapped[0].Name})
		return rep, f.Because(fmt.Errorf("%d %w, first %q", len(rep.Unmapped), ErrUnmapped, rep.Unmapped[0].Name))
	}
	return rep, nil
}

// all reads the log and hands it on in batches, to another goroutine, until all is
// done. places lists events that Options.GoOn left out.
func (r *reader) all(ctx context.Context, o Options, do func(*batch)) (sum eventlog.Summary, places []string, err error) {
	file, err := eventlog.Open(o.Log)
	if err != nil {
		return sum, nil, err
	}
	defer func() { _ = file.Close() }() // read only
	done := make(chan struct{})
	go func() {
		defer close(done)
		for b := range r.full {
			do(b)
			select {
			case r.free <- b:
			default:
			}
		}
	}()
	read := r.m.log
	read.Progress = o.Progress
	if o.GoOn {
		read.OnBad = func(e *eventlog.Error) error {
			if len(places) < mostPlaces {
				places = append(places, e.Error())
			}
			return nil
		}
	}
	sum, err = file.Read(ctx, read, r.trace)
	if err == nil {
		r.flush()
	}
	close(r.full)
	<-done
	return sum, places, err
}

// activity is one distinct activity of the log and how its events are read.
type activity struct {
	name   string
	read   *reading // nil: not mapped
	consts []fact.Value
	unfit  []string // by field: a suffix that is no value of it
	count  int
}

// batch is some cases on their way from the reader to the engine.
type batch struct {
	cases  []oneCase
	events []event
	values []fact.Value
	acts   []*activity // by event.activity, as known when the batch was full
}

type oneCase struct {
	id       string
	from, to int
}

type event struct {
	at       calendar.Moment
	activity int32
	values   int32  // where the values of its form begin
	key      string // of the keyed thing
}

// reader turns traces into batches. It runs beside the engine.
type reader struct {
	law    *procedure.Law
	m      *mapping
	ids    map[string]int32
	acts   []*activity
	full   chan *batch
	free   chan *batch
	cur    *batch
	unread int // values that were none
	places []string
}

func newReader(law *procedure.Law, m *mapping) *reader {
	return &reader{law: law, m: m, ids: map[string]int32{}, full: make(chan *batch, 2), free: make(chan *batch, 4), cur: &batch{}}
}

func (r *reader) trace(t *eventlog.Trace) error {
	b := r.cur
	from := len(b.events)
	for i := range t.Events {
		e := &t.Events[i]
		id, ok := r.ids[e.Activity]
		if !ok {
			if len(r.acts) >= mostActivities {
				return fault.New(fault.Invalid, "observe.too_many_activities", fault.Args{"max": mostActivities})
			}
			id = r.newActivity(e.Activity)
		}
		a := r.acts[id]
		a.count++
		ev := event{at: calendar.Moment(e.At), activity: id, values: int32(len(b.values))}
		for _, k := range r.m.keyed {
			if v := e.Attr(k.attr); v != nil {
				ev.key = v.Text()
			} else {
				r.cannot(t, e, "has no %s", k.attr)
			}
		}
		if a.read != nil {
			for j := range a.read.form {
				b.values = append(b.values, r.value(t, e, a, j))
			}
		}
		b.events = append(b.events, ev)
	}
	b.cases = append(b.cases, oneCase{t.ID, from, len(b.events)})
	if len(b.events) >= eventsOfBatch {
		r.flush()
	}
	return nil
}

// flush sends what there is to the engine.
func (r *reader) flush() {
	r.cur.acts = r.acts
	r.full <- r.cur
	select {
	case b := <-r.free:
		b.cases, b.events, b.values = b.cases[:0], b.events[:0], b.values[:0]
		r.cur = b
	default:
		r.cur = &batch{}
	}
}

func (r *reader) newActivity(name string) int32 {
	id := int32(len(r.acts))
	a := &activity{name: name}
	var suffix string
	a.read, suffix = r.m.find(name)
	if a.read != nil {
		a.consts, a.unfit = make([]fact.Value, len(a.read.form)), make([]string, len(a.read.form))
		for j := range a.read.form {
			g := &a.read.form[j]
			text := g.text
			if g.suffix {
				text = suffix
			}
			v, key := g.field.ParseValue(text, r.law.Editions[0].Days.Zone())
			if a.consts[j] = v; key != "" {
				a.unfit[j] = text
			}
		}
	}
	r.ids[name] = id
	r.acts = append(r.acts, a)
	return id
}

func (r *reader) value(t *eventlog.Trace, e *eventlog.Event, a *activity, j int) fact.Value {
	g := &a.read.form[j]
	if g.suffix || g.attr == "" {
		if a.unfit[j] != "" {
			r.cannot(t, e, "%q is no %s", a.unfit[j], g.field.Type)
		}
		return a.consts[j]
	}
	at := e.Attr(g.attr)
	if g.ofTrace {
		at = t.Attr(g.attr)
	}
	if at == nil || len(g.empty) > 0 && slices.Contains(g.empty, at.Text()) {
		return fact.Value{}
	}
	v, ok := valueOf(g.field, at, r.law.Editions[0].Days.Zone())
	if !ok {
		r.cannot(t, e, "%s %q is no %s", g.attr, at.Text(), g.field.Type)
	}
	return v
}

// cannot counts a value that could not be used, and lists the first few.
func (r *reader) cannot(t *eventlog.Trace, e *eventlog.Event, what string, args ...any) {
	r.unread++
	if len(r.places) < mostPlaces {
		r.places = append(r.places, fmt.Sprintf("line %d: case %s, %s: ", e.Line, t.ID, e.Activity)+fmt.Sprintf(what, args...))
	}
}
