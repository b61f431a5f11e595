// Package telemetry tells those who run an office how it does: figures for
// Prometheus, whether it is alive and ready, a structured log, and traces in
// OpenTelemetry's form where they are asked for.
//
// It tells of the machine and never of people: no label, attribute or line
// that it makes holds a name, a number of a proceeding, an address with what
// was typed into it, or anything of a form. Pages are counted by the pattern
// of their route and refusals by their reason; so the number of series is
// bounded by the program, whatever is sent to it.
//
// It owns no table and decides nothing.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/VictoriaMetrics/metrics"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"nazorat/internal/fault"
)

// Bounds of what is counted by how long it takes, and by how many there were. Budgets are among them:
// a page in 50 ms, a batch of at most 256 acts.
var (
	pageBounds   = []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}
	commitBounds = []float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5}
	batchBounds  = []float64{1, 2, 4, 8, 16, 32, 64, 128, 256}
)

// Telemetry collects the figures of one process. Safe for concurrent use.
type Telemetry struct {
	set *metrics.Set

	pages   family
	commit  *histogram
	batches *histogram

	batched atomic.Int64 // when the last batch was done with, in nanoseconds since 1970; 0: none was yet
}

// New begins to collect. version is the program's.
func New(version string) *Telemetry {
	metrics.ExposeMetadata(true) // the library's own switch: every series says what type it has
	t := &Telemetry{set: metrics.NewSet(),
		pages:   family{name: "nazorat_page_seconds", bounds: pageBounds, lines: map[string]*histogram{}},
		commit:  newHistogram(commitBounds),
		batches: newHistogram(batchBounds)}
	t.set.NewGauge(`nazorat_build_info{version=`+strconv.Quote(version)+`}`, func() float64 { return 1 })
	return t
}

// Gauge shows a number that is asked for whenever somebody looks; it must be cheap to tell.
// labels are pairs of a name and a value.
func (t *Telemetry) Gauge(name string, f func() float64, labels ...string) {
	t.set.NewGauge(series(name, labels), f)
}

// Page counts a page that was answered. pattern is the route's, never the path; a
// stream is counted and not timed, since it lasts as long as somebody looks.
func (t *Telemetry) Page(ctx context.Context, pattern string, status int, took time.Duration, stream bool) {
	if pattern == "" {
		pattern = "none"
	}
	class := strconv.Itoa(status/100) + "xx"
	if stream {
		t.set.GetOrCreateCounter(series("nazorat_streams_total", []string{"page", pattern, "status", class})).Inc()
	} else {
		t.pages.of("page", pattern, "status", class).observe(took.Seconds())
	}
	span := trace.SpanFromContext(ctx)
	if !span.IsRecording() {
		return
	}
	span.SetName(pattern)
	span.SetAttributes(attribute.String("http.route", pattern), attribute.Int("http.response.status_code", status))
	if status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
}

// Batch counts acts that were committed together: those that were done, and what became of the others, which are refused
// with a reason, too late for another's, not saved, or failed by a fault of ours. alone says that each was written by itself.
func (t *Telemetry) Batch(acts int, others []error, alone bool, took time.Duration) {
	t.batches.observe(float64(acts))
	t.commit.observe(took.Seconds())
	t.batched.Store(time.Now().UnixNano())
	if alone {
		t.set.GetOrCreateCounter("nazorat_batches_alone_total").Inc()
	}
	t.acts("done").Add(acts - len(others))
	for _, err := range others {
		switch f := fault.Of(err); {
		case errors.Is(err, context.Canceled):
			t.acts("given_up").Inc()
		case f.Kind == fault.Conflict:
			t.acts("conflict").Inc()
		case f.Kind == fault.Unavailable:
			t.acts("unavailable").Inc()
		case f.Kind == fault.Internal:
			t.acts("failed").Inc()
		default:
			t.acts("refused").Inc()
			t.set.GetOrCreateCounter(series("nazorat_refusals_total", []string{"reason", f.Key})).Inc()
		}
	}
}

func (t *Telemetry) acts(outcome string) *metrics.Counter {
	return t.set.GetOrCreateCounter(series("nazorat_acts_total", []string{"outcome", outcome}))
}

// Batched is when the last batch was done with; the zero time if none was yet.
func (t *Telemetry) Batched() time.Time {
	at := t.batched.Load()
	if at == 0 {
		return time.Time{}
	}
	return time.Unix(0, at)
}

// Watch reads figures that take a query, again and again until ctx ends: not
// more often than every, and so that reading takes a twentieth of the time at
// most. Whoever looks sees what was read last, and how old it is
// (nazorat_figures_age_seconds, -1 before the first reading), under the name
// given. failed is told of the first of a row of readings that fail.
func (t *Telemetry) Watch(ctx context.Context, name string, every time.Duration, read func(context.Context) (map[string]float64, error), failed func(error)) {
	f := &figures{set: t.set}
	f.last.Store(&map[string]float64{})
	t.set.NewGauge(series("nazorat_figures_age_seconds", []string{"figures", name}), f.age)
	failing := false
	for {
		start := time.Now()
		last, err := read(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			f.show(last)
		case !failing:
			failed(err)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-time.After(max(every, 20*time.Since(start))):
		}
	}
}

// figures are what one Watch reads.
type figures struct {
	set  *metrics.Set
	last atomic.Pointer[map[string]float64] // by series
	at   atomic.Int64                       // when it was read, in nanoseconds since 1970; 0: never
}

func (f *figures) age() float64 {
	at := f.at.Load()
	if at == 0 {
		return -1
	}
	return time.Since(time.Unix(0, at)).Seconds()
}

// show keeps what was read. A series that is not among it any more is gone.
func (f *figures) show(now map[string]float64) {
	before := *f.last.Swap(&now)
	f.at.Store(time.Now().UnixNano())
	for name := range now {
		if _, known := before[name]; !known {
			f.set.NewGauge(name, func() float64 { return (*f.last.Load())[name] })
		}
	}
	for name := range before {
		if _, still := now[name]; !still {
			f.set.UnregisterMetric(name)
		}
	}
}

// Metrics answers with all figures in Prometheus's text format.
func (t *Telemetry) Metrics() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		t.write(w)
	})
}

func (t *Telemetry) write(w io.Writer) {
	t.set.WritePrometheus(w)
	t.pages.write(w)
	single("nazorat_commit_seconds", t.commit, w)
	single("nazorat_batch_acts", t.batches, w)
	metrics.WriteProcessMetrics(w)
	metrics.WriteFDMetrics(w)
}

// Series is the name of a series with its labels, pairs of a name and a value.
func Series(name string, labels ...string) string { return series(name, labels) }

func series(name string, labels []string) string {
	if len(labels) == 0 {
		return name
	}
	out := name + "{"
	for i := 0; i+1 < len(labels); i += 2 {
		if i > 0 {
			out += ","
		}
		out += labels[i] + "=" + strconv.Quote(labels[i+1])
	}
	return out + "}"
}

// family is a histogram for each set of labels.
type family struct {
	name   string
	bounds []float64
	mu     sync.RWMutex
	lines  map[string]*histogram // by their labels as written, in braces
}

func (f *family) of(labels ...string) *histogram {
	key := series("", labels)
	f.mu.RLock()
	h := f.lines[key]
	f.mu.RUnlock()
	if h != nil {
		return h
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lines[key] == nil {
		f.lines[key] = newHistogram(f.bounds)
	}
	return f.lines[key]
}

func (f *family) write(w io.Writer) {
	f.mu.RLock()
	lines := maps.Clone(f.lines)
	f.mu.RUnlock()
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(w, "# TYPE %s histogram\n", f.name)
	for _, labels := range slices.Sorted(maps.Keys(lines)) {
		lines[labels].write(w, f.name, labels)
	}
}

func single(name string, h *histogram, w io.Writer) {
	fmt.Fprintf(w, "# TYPE %s histogram\n", name)
	h.write(w, name, "{}")
}
