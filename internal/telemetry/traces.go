package telemetry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// scope is what the spans are made by.
const scope = "nazorat"

// sendWithin bounds one sending of spans.
const sendWithin = 10 * time.Second

// Traces sends what requests and commits took to a collector of OpenTelemetry.
// The zero value sends nothing and costs nothing.
type Traces struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
}

// NewTraces sends spans to a collector, such as http://localhost:4318, by OTLP
// over HTTP in its JSON form. headers are sent along ("name=value,..."), such as
// the key of a service; they are secrets and told to nobody. How many requests
// are traced follows OpenTelemetry's own environment (OTEL_TRACES_SAMPLER), and
// whoever calls with a traceparent header decides for his call.
func NewTraces(collector, headers, version string, log *slog.Logger) (*Traces, error) {
	u, err := url.Parse(collector)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1") {
		return nil, errors.New("traces: want the address of a collector, such as https://collector.example:4318; http is for localhost only")
	}
	e := &exporter{to: u.JoinPath("v1", "traces").String(), header: http.Header{}, client: &http.Client{Timeout: sendWithin, CheckRedirect: stay}, log: log}
	for pair := range strings.SplitSeq(headers, ",") {
		if pair = strings.TrimSpace(pair); pair == "" {
			continue
		}
		name, value, ok := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(strings.TrimSpace(value))
		if !ok || err != nil {
			return nil, errors.New("traces: headers are written name=value,name=value") // and not told: they are secrets
		}
		e.header.Set(strings.TrimSpace(name), plain)
	}
	res := resource.NewSchemaless(attribute.String("service.name", "nazorat"), attribute.String("service.version", version))
	if named, err := resource.New(context.Background(), resource.WithFromEnv()); err == nil {
		if res, err = resource.Merge(res, named); err != nil {
			return nil, fmt.Errorf("traces: %w", err)
		}
	}
	p := sdk.NewTracerProvider(sdk.WithBatcher(e), sdk.WithResource(res))
	return &Traces{provider: p, tracer: p.Tracer(scope)}, nil
}

// Handler makes a span of each request that next answers. Its name and outcome
// come from Page; of the address it tells nothing.
func (t *Traces) Handler(next http.Handler) http.Handler {
	if t == nil || t.tracer == nil {
		return next
	}
	from := propagation.TraceContext{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := from.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
		ctx, span := t.tracer.Start(ctx, "request", trace.WithSpanKind(trace.SpanKindServer))
		defer span.End()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// Span tells afterwards what took some time.
func (t *Traces) Span(ctx context.Context, name string, took time.Duration, attrs ...attribute.KeyValue) {
	if t == nil || t.tracer == nil {
		return
	}
	end := time.Now()
	_, span := t.tracer.Start(ctx, name, trace.WithTimestamp(end.Add(-took)), trace.WithAttributes(attrs...))
	span.End(trace.WithTimestamp(end))
}

// Close sends what is left.
func (t *Traces) Close(ctx context.Context) error {
	if t == nil || t.provider == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}

// stay goes nowhere else: the key of a collector is for the address that was set.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// exporter writes spans as OTLP's JSON (opentelemetry-proto, "JSON Protobuf
// encoding": ids in hexadecimal, 64-bit numbers as texts). The SDK's own
// exporter brings gRPC along and 6.8 MB; docs/decisions/0013 has the figures.
type exporter struct {
	to     string
	header http.Header
	client *http.Client
	log    *slog.Logger
}

type (
	otlpRequest struct {
		ResourceSpans []otlpResourceSpans `json:"resourceSpans"`
	}
	otlpResourceSpans struct {
		Resource   otlpAttributes   `json:"resource"`
		ScopeSpans []otlpScopeSpans `json:"scopeSpans"`
	}
	otlpAttributes struct {
		Attributes []otlpAttribute `json:"attributes"`
	}
	otlpScopeSpans struct {
		Scope struct {
			Name string `json:"name"`
		} `json:"scope"`
		Spans []otlpSpan `json:"spans"`
	}
	otlpSpan struct {
		TraceID           string          `json:"traceId"`
		SpanID            string          `json:"spanId"`
		TraceState        string          `json:"traceState,omitempty"`
		ParentSpanID      string          `json:"parentSpanId,omitempty"`
		Flags             uint32          `json:"flags"`
		Name              string          `json:"name"`
		Kind              int             `json:"kind"`
		StartTimeUnixNano string          `json:"startTimeUnixNano"`
		EndTimeUnixNano   string          `json:"endTimeUnixNano"`
		Attributes        []otlpAttribute `json:"attributes,omitempty"`
		Status            otlpStatus      `json:"status"`
	}
	otlpStatus struct {
		Code int `json:"code,omitempty"`
	}
	otlpAttribute struct {
		Key   string    `json:"key"`
		Value otlpValue `json:"value"`
	}
	otlpValue struct {
		String *string `json:"stringValue,omitempty"`
		Int    *string `json:"intValue,omitempty"`
		Bool   *bool   `json:"boolValue,omitempty"`
	}
)

// ExportSpans sends spans. A collector that is away loses them: an office does not wait for those who watch it.
func (e *exporter) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	if len(spans) == 0 {
		return nil
	}
	var all otlpScopeSpans
	all.Scope.Name = scope
	for _, s := range spans {
		all.Spans = append(all.Spans, otlpOf(s))
	}
	body, err := json.Marshal(otlpRequest{[]otlpResourceSpans{{
		Resource:   otlpAttributes{otlpAttrs(spans[0].Resource().Attributes())},
		ScopeSpans: []otlpScopeSpans{all}}}})
	if err != nil {
		return fmt.Errorf("traces: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.to, bytes.NewReader(body))
	if err != nil {
		return errors.New("traces: the collector's address")
	}
	r.Header = e.header.Clone()
	r.Header.Set("Content-Type", "application/json")
	res, err := e.client.Do(r)
	if err != nil {
		e.log.Warn("traces are lost: the collector does not answer", "spans", len(spans))
		return nil
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<16)) // so that the connection serves again
	if res.StatusCode/100 != 2 {
		e.log.Warn("traces are lost: the collector refuses them", "spans", len(spans), "status", res.StatusCode)
	}
	return nil
}

// Shutdown has nothing left to do.
func (e *exporter) Shutdown(context.Context) error { return nil }

func otlpOf(s sdk.ReadOnlySpan) otlpSpan {
	c := s.SpanContext()
	out := otlpSpan{TraceID: c.TraceID().String(), SpanID: c.SpanID().String(), TraceState: c.TraceState().String(), Flags: uint32(c.TraceFlags()),
		Name: s.Name(), Kind: int(s.SpanKind()), StartTimeUnixNano: strconv.FormatInt(s.StartTime().UnixNano(), 10), EndTimeUnixNano: strconv.FormatInt(s.EndTime().UnixNano(), 10),
		Attributes: otlpAttrs(s.Attributes())}
	if p := s.Parent(); p.SpanID().IsValid() {
		out.ParentSpanID = p.SpanID().String()
	}
	switch s.Status().Code.String() {
	case "Ok":
		out.Status.Code = 1
	case "Error":
		out.Status.Code = 2
	}
	return out
}

func otlpAttrs(list []attribute.KeyValue) (out []otlpAttribute) {
	for _, a := range list {
		var v otlpValue
		switch a.Value.Type() {
		case attribute.INT64:
			n := strconv.FormatInt(a.Value.AsInt64(), 10)
			v.Int = &n
		case attribute.BOOL:
			b := a.Value.AsBool()
			v.Bool = &b
		default:
			text := a.Value.String()
			v.String = &text
		}
		out = append(out, otlpAttribute{string(a.Key), v})
	}
	return out
}
