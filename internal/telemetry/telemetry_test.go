package telemetry_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"nazorat/internal/fault"
	"nazorat/internal/telemetry"
)

// scrape reads the figures as Prometheus does: every line is a comment that names a type, or a series with a
// value; a series comes once and behind its type.
func scrape(t *testing.T, m *telemetry.Telemetry) map[string]float64 {
	t.Helper()
	w := httptest.NewRecorder()
	m.Metrics().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	if kind := w.Header().Get("Content-Type"); !strings.HasPrefix(kind, "text/plain; version=0.0.4") {
		t.Errorf("content type %q", kind)
	}
	line := regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\.)*"(?:, ?)?)*\})? (\S+)$`)
	out, typed := map[string]float64{}, map[string]bool{}
	for s := bufio.NewScanner(w.Body); s.Scan(); {
		if rest, ok := strings.CutPrefix(s.Text(), "# TYPE "); ok {
			name, _, _ := strings.Cut(rest, " ")
			if typed[name] {
				t.Errorf("%s has its type twice", name)
			}
			typed[name] = true
			continue
		}
		if strings.HasPrefix(s.Text(), "# HELP ") {
			continue
		}
		found := line.FindStringSubmatch(s.Text())
		if found == nil {
			t.Errorf("not a line of Prometheus: %s", s.Text())
			continue
		}
		v, err := strconv.ParseFloat(found[3], 64)
		if err != nil {
			t.Errorf("%s: %v", s.Text(), err)
		}
		base := found[1]
		for _, end := range []string{"_bucket", "_sum", "_count"} {
			if b, ok := strings.CutSuffix(base, end); ok && typed[b] {
				base = b
			}
		}
		if !typed[base] {
			t.Errorf("%s has no type", s.Text())
		}
		if _, twice := out[found[1]+found[2]]; twice {
			t.Errorf("%s comes twice", found[1]+found[2])
		}
		out[found[1]+found[2]] = v
	}
	return out
}

func TestFiguresAreWhatPrometheusReads(t *testing.T) {
	t.Parallel()
	m := telemetry.New(`v1 "quoted"`)
	ctx := t.Context()
	m.Page(ctx, "GET /cases/{id}", 200, 3*time.Millisecond, false)
	m.Page(ctx, "GET /cases/{id}", 200, 70*time.Millisecond, false)
	m.Page(ctx, "GET /cases/{id}", 503, time.Minute, false)
	m.Page(ctx, "", 404, time.Microsecond, false)
	m.Page(ctx, "GET /live", 200, time.Hour, true)
	m.Batch(7, []error{fault.New(fault.Forbidden, "refusal.wrong_role", nil), fault.New(fault.Conflict, "conflict.changed", nil),
		fault.New(fault.Unavailable, "fault.not_saved", nil), errors.New("boom"), fmt.Errorf("act: %w", context.Canceled)}, false, 4*time.Millisecond)
	m.Batch(200, nil, true, 2*time.Second)
	m.Gauge("nazorat_queue_acts", func() float64 { return 7 })
	got := scrape(t, m)
	for series, want := range map[string]float64{
		`nazorat_build_info{version="v1 \"quoted\""}`:                                  1,
		`nazorat_page_seconds_bucket{page="GET /cases/{id}",status="2xx",le="0.0025"}`: 0,
		`nazorat_page_seconds_bucket{page="GET /cases/{id}",status="2xx",le="0.005"}`:  1,
		`nazorat_page_seconds_bucket{page="GET /cases/{id}",status="2xx",le="0.1"}`:    2,
		`nazorat_page_seconds_bucket{page="GET /cases/{id}",status="2xx",le="+Inf"}`:   2,
		`nazorat_page_seconds_count{page="GET /cases/{id}",status="2xx"}`:              2,
		`nazorat_page_seconds_sum{page="GET /cases/{id}",status="2xx"}`:                0.07300000000000001,
		`nazorat_page_seconds_bucket{page="GET /cases/{id}",status="5xx",le="10"}`:     0,
		`nazorat_page_seconds_count{page="none",status="4xx"}`:                         1,
		`nazorat_streams_total{page="GET /live",status="2xx"}`:                         1,
		`nazorat_acts_total{outcome="done"}`:                                           202,
		`nazorat_acts_total{outcome="refused"}`:                                        1,
		`nazorat_acts_total{outcome="conflict"}`:                                       1,
		`nazorat_acts_total{outcome="unavailable"}`:                                    1,
		`nazorat_acts_total{outcome="failed"}`:                                         1,
		`nazorat_acts_total{outcome="given_up"}`:                                       1,
		`nazorat_refusals_total{reason="refusal.wrong_role"}`:                          1,
		`nazorat_batch_acts_bucket{le="8"}`:                                            1,
		`nazorat_batch_acts_bucket{le="256"}`:                                          2,
		`nazorat_batch_acts_sum`:                                                       207,
		`nazorat_commit_seconds_count`:                                                 2,
		`nazorat_batches_alone_total`:                                                  1,
		`nazorat_queue_acts`:                                                           7,
	} {
		if v, ok := got[series]; !ok || v != want {
			t.Errorf("%s is %v, %v; want %v", series, v, ok, want)
		}
	}
	for _, series := range []string{"go_goroutines", "process_resident_memory_bytes", "process_open_fds"} {
		if got[series] <= 0 {
			t.Errorf("%s is %v", series, got[series])
		}
	}
	for series := range got {
		if strings.HasPrefix(series, "nazorat_page_seconds") && strings.Contains(series, "/live") {
			t.Errorf("a stream was timed: %s", series)
		}
	}
}

func TestSlowFiguresAreReadSeldomAndToldWithTheirAge(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := telemetry.New("v")
		ctx, stop := context.WithCancel(t.Context())
		var reads, failures atomic.Int32
		a, b := telemetry.Series("nazorat_x", "of", "a"), telemetry.Series("nazorat_x", "of", "b")
		var wg sync.WaitGroup
		wg.Go(func() {
			m.Watch(ctx, "x", 15*time.Second, func(context.Context) (map[string]float64, error) {
				time.Sleep(3 * time.Second) // ten million rows on a slow disk
				switch reads.Add(1) {
				case 1:
					return map[string]float64{a: 1, b: 2}, nil
				case 2:
					return map[string]float64{b: 5}, nil
				}
				return nil, errors.New("away")
			}, func(error) { failures.Add(1) })
		})
		const age = `nazorat_figures_age_seconds{figures="x"}`
		time.Sleep(time.Second)
		if got := scrape(t, m); got[age] != -1 {
			t.Errorf("%v before the first reading was done", got[age])
		}
		time.Sleep(9 * time.Second)
		if got := scrape(t, m); got[a] != 1 || got[b] != 2 || got[age] != 7 {
			t.Errorf("%v %v %v", got[a], got[b], got[age])
		}
		time.Sleep(58 * time.Second) // the next reading began a minute after the first
		got := scrape(t, m)
		if _, still := got[a]; still || got[b] != 5 || reads.Load() != 2 {
			t.Errorf("%v after %d readings", got, reads.Load())
		}
		time.Sleep(62 * time.Second)
		if got := scrape(t, m); got[b] != 5 || failures.Load() != 1 {
			t.Errorf("%v after a failed reading, %d failures", got[b], failures.Load())
		}
		stop()
		wg.Wait()
	})
}

func health(t *testing.T, checks ...telemetry.Check) (*telemetry.Health, *strings.Builder) {
	t.Helper()
	var log strings.Builder
	return telemetry.NewHealth(slog.New(slog.NewTextHandler(&log, nil)), checks), &log
}

func ask(t *testing.T, h http.Handler) (status int, body string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	return w.Code, strings.TrimSpace(w.Body.String())
}

func TestReadinessSaysWhichCheckFailsAndNoSecret(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var fails atomic.Bool
		fails.Store(true)
		asked := 0
		h, log := health(t,
			telemetry.Check{Name: "clock", Holds: func(context.Context) (string, error) { return "", nil }},
			telemetry.Check{Name: "database", Holds: func(context.Context) (string, error) {
				asked++
				if fails.Load() {
					return "cannot be reached", errors.New("dial postgres://office:secret@host")
				}
				return "", nil
			}},
			telemetry.Check{Name: "hung", Holds: func(ctx context.Context) (string, error) {
				if fails.Load() {
					time.Sleep(time.Minute) // and does not look at ctx
				}
				return "", nil
			}},
			telemetry.Check{Name: "schema", Holds: func(context.Context) (string, error) { return "", nil }})
		status, body := ask(t, h.Readiness())
		want := `{"checks":[{"name":"clock","ok":true},{"name":"database","ok":false,"wrong":"cannot be reached"},{"name":"hung","ok":false,"wrong":"no answer in time"},{"name":"schema","ok":true}],"ready":false}`
		if status != http.StatusServiceUnavailable || body != want {
			t.Errorf("%d %s", status, body)
		}
		for range 5 {
			ask(t, h.Readiness())
		}
		if asked != 1 {
			t.Errorf("asked %d times within a second", asked)
		}
		if status, _ := ask(t, h.Alive()); status != http.StatusOK {
			t.Errorf("alive: %d", status)
		}
		time.Sleep(checkAgain)
		ask(t, h.Readiness())
		if n := strings.Count(log.String(), "cannot be reached"); n != 1 {
			t.Errorf("told %d times:\n%s", n, log)
		}
		fails.Store(false)
		time.Sleep(2 * time.Minute)
		if status, body := ask(t, h.Readiness()); status != http.StatusOK {
			t.Errorf("back again: %d %s", status, body)
		}
		h.Stop()
		if status, body := ask(t, h.Readiness()); status != http.StatusServiceUnavailable || !strings.Contains(body, "stopping") {
			t.Errorf("stopping: %d %s", status, body)
		}
	})
}

const checkAgain = 1100 * time.Millisecond

func TestWhatIsWrongEverywhereTakesNoNodeOut(t *testing.T) {
	t.Parallel()
	h, _ := health(t, telemetry.Check{Name: "journal", Shared: true, Holds: func(context.Context) (string, error) { return "behind", nil }})
	if status, body := ask(t, h.Readiness()); status != http.StatusOK || !strings.Contains(body, `"ok":false,"wrong":"behind"`) {
		t.Errorf("%d %s", status, body)
	}
	w := httptest.NewRecorder()
	h.Readiness().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/?all", nil))
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("asked for all: %d", w.Code)
	}
}

// A collector that the test is: what it is sent, by name of the span.
type collector struct {
	*httptest.Server
	mu     sync.Mutex
	key    string
	spans  map[string]span
	status int
}

type span struct {
	TraceID, SpanID, ParentSpanID, Name, StartTimeUnixNano, EndTimeUnixNano string
	Kind                                                                    int
	Attributes                                                              []struct {
		Key   string
		Value map[string]any
	}
	Status struct{ Code int }
}

func newCollector(t *testing.T) *collector {
	c := &collector{spans: map[string]span{}, status: http.StatusOK}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			ResourceSpans []struct {
				Resource struct {
					Attributes []struct {
						Key   string
						Value struct{ StringValue string }
					}
				}
				ScopeSpans []struct{ Spans []span }
			}
		}
		body, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(body, &in); err != nil || r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %v\n%s", r.URL, err, body)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.key = r.Header.Get("X-Key")
		for _, rs := range in.ResourceSpans {
			for _, ss := range rs.ScopeSpans {
				for _, s := range ss.Spans {
					c.spans[s.Name] = s
				}
			}
		}
		w.WriteHeader(c.status)
	}))
	t.Cleanup(c.Close)
	return c
}

func TestARequestIsTracedUnderWhoeverCalls(t *testing.T) {
	t.Parallel()
	c := newCollector(t)
	var log strings.Builder
	logger, err := telemetry.NewLog(&log, telemetry.JSON, slog.LevelInfo)
	if err != nil {
		t.Fatal(err)
	}
	traces, err := telemetry.NewTraces(c.URL, "X-Key=a%20b", "v1", logger)
	if err != nil {
		t.Fatal(err)
	}
	m := telemetry.New("v1")
	h := traces.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		logger.InfoContext(r.Context(), "inside")
		traces.Span(r.Context(), "commit", 5*time.Millisecond)
		m.Page(r.Context(), "GET /cases/{id}", 500, time.Second, false)
	}))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/cases/17?q=Karimov", nil)
	r.Header.Set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	h.ServeHTTP(httptest.NewRecorder(), r)
	if err := traces.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	page, commit := c.spans["GET /cases/{id}"], c.spans["commit"]
	if page.TraceID != "0af7651916cd43dd8448eb211c80319c" || page.ParentSpanID != "b7ad6b7169203331" || page.Kind != 2 || page.Status.Code != 2 {
		t.Errorf("the page's span: %+v", page)
	}
	if commit.TraceID != page.TraceID || commit.ParentSpanID != page.SpanID || len(commit.SpanID) != 16 {
		t.Errorf("the commit's span: %+v", commit)
	}
	from, _ := strconv.ParseInt(commit.StartTimeUnixNano, 10, 64)
	to, _ := strconv.ParseInt(commit.EndTimeUnixNano, 10, 64)
	if time.Duration(to-from) != 5*time.Millisecond {
		t.Errorf("it took %s", time.Duration(to-from))
	}
	if c.key != "a b" {
		t.Errorf("the key came as %q", c.key)
	}
	if !strings.Contains(log.String(), `"trace":"0af7651916cd43dd8448eb211c80319c"`) {
		t.Errorf("the log does not name the trace: %s", &log)
	}
	for _, s := range c.spans {
		text, _ := json.Marshal(s)
		if strings.Contains(string(text), "Karimov") || strings.Contains(string(text), "/17") {
			t.Errorf("a span tells what was asked for: %s", text)
		}
	}
}

func TestACollectorThatIsAwayOrRefusesLosesTracesAndNothingElse(t *testing.T) {
	t.Parallel()
	c := newCollector(t)
	c.status = http.StatusForbidden
	for name, at := range map[string]string{"refuses": c.URL, "away": "http://127.0.0.1:1"} {
		var log strings.Builder
		traces, err := telemetry.NewTraces(at, "X-Key=secret", "v1", slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		traces.Span(t.Context(), "commit", time.Second)
		if err := traces.Close(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.Contains(log.String(), "traces are lost") || strings.Contains(log.String(), "secret") {
			t.Errorf("%s: the log says %s", name, &log)
		}
	}
	// One that leads elsewhere is not followed: there the key would be told to somebody else.
	elsewhere := newCollector(t)
	leading := httptest.NewServer(http.RedirectHandler(elsewhere.URL+"/v1/traces", http.StatusTemporaryRedirect))
	t.Cleanup(leading.Close)
	led, err := telemetry.NewTraces(leading.URL, "X-Key=secret", "v1", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	led.Span(t.Context(), "commit", time.Second)
	if err := led.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if n := len(elsewhere.spans); n > 0 {
		t.Errorf("%d traces went elsewhere", n)
	}
	var none *telemetry.Traces
	none.Span(t.Context(), "commit", time.Second)
	if err := none.Close(t.Context()); err != nil {
		t.Error(err)
	}
	for _, bad := range [][2]string{{"collector:4318", ""}, {"ftp://collector", ""}, {"https://collector", "secret"}} {
		if _, err := telemetry.NewTraces(bad[0], bad[1], "v1", slog.Default()); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

// What is traced goes over no network in the open.
func TestCollectorIsToldOverTLS(t *testing.T) {
	t.Parallel()
	for at, good := range map[string]bool{
		"https://collector.example:4318": true, "http://localhost:4318": true, "http://127.0.0.1:4318": true,
		"http://collector.example:4318": false, "http://10.0.0.9:4318": false, "http://localhost.example:4318": false,
	} {
		traces, err := telemetry.NewTraces(at, "", "v1", slog.Default())
		if (err == nil) != good {
			t.Errorf("%s: %v", at, err)
		}
		if err == nil {
			if err := traces.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestTheFormatOfALogIsTextOrJSON(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]string{telemetry.Text: "msg=stopping", telemetry.JSON: `"msg":"stopping"`} {
		// What was sent cannot make a line of its own, or look like a field of ours.
		var forged strings.Builder
		lf, err := telemetry.NewLog(&forged, format, slog.LevelInfo)
		if err != nil {
			t.Fatal(err)
		}
		lf.Info("refused", "page", "/x\ntime=2026 level=INFO msg=\"signed in\" officer=o1\r\n\x1b[2J")
		if strings.Count(forged.String(), "\n") != 1 || strings.ContainsAny(forged.String(), "\r\x1b") || !strings.Contains(forged.String(), "time") {
			t.Errorf("%s: %q", format, &forged)
		}
		var b strings.Builder
		l, err := telemetry.NewLog(&b, format, slog.LevelInfo)
		if err != nil {
			t.Fatal(err)
		}
		l.With("a", 1).WithGroup("g").Info("stopping", "b", 2)
		l.Debug("unseen")
		if !strings.Contains(b.String(), want) || strings.Contains(b.String(), "unseen") {
			t.Errorf("%s: %s", format, &b)
		}
	}
	if _, err := telemetry.NewLog(io.Discard, "xml", slog.LevelInfo); err == nil {
		t.Error("xml is taken for a format")
	}
}
