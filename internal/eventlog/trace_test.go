package eventlog

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// show writes a log so that two readings, or a reading and a golden file, can
// be compared.
type show struct{ strings.Builder }

func (s *show) trace(t *Trace) error {
	fmt.Fprintf(s, "trace %q line %d\n", t.ID, t.Line)
	s.attrs("  ", t.Attrs)
	for i := range t.Events {
		e := &t.Events[i]
		fmt.Fprintf(s, "  event %q at %s %s line %d\n", e.Activity, momentText(e.At, e.Zone), said(e.HasZone), e.Line)
		s.attrs("    ", e.Attrs)
	}
	return nil
}

func said(written bool) string {
	if written {
		return "as written"
	}
	return "by the options' zone"
}

func (s *show) attrs(indent string, attrs []Attr) {
	for i := range attrs {
		a := &attrs[i]
		fmt.Fprintf(s, "%s%s %q %q\n", indent, a.Kind, a.Key, a.Text())
		s.attrs(indent+"  ", a.Children)
	}
}

func (s *show) head(h *Head) {
	fmt.Fprintf(s, "version %q features %q\n", h.Version, h.Features)
	for _, e := range h.Extensions {
		fmt.Fprintf(s, "extension %q %q %q\n", e.Name, e.Prefix, e.URI)
	}
	for _, c := range h.Classifiers {
		fmt.Fprintf(s, "classifier %q %q %q\n", c.Name, c.Scope, c.Keys)
	}
	for _, g := range []struct {
		of    string
		attrs []Attr
	}{{"trace", h.TraceGlobals}, {"event", h.EventGlobals}} {
		for _, a := range g.attrs {
			fmt.Fprintf(s, "global of a %s: %s %q %q\n", g.of, a.Kind, a.Key, a.Str)
		}
	}
	s.attrs("log ", h.Attrs)
}

func readXES(t *testing.T, r io.Reader, o Options) (string, Summary, error) {
	t.Helper()
	var s show
	sum, err := ReadXES(context.Background(), r, o, s.trace)
	return s.String(), sum, err
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func zipped(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// log wraps traces into an XES log whose traces begin on line 2.
func xesLog(traces string) string { return "<log>\n" + traces + "\n</log>" }

func xesTrace(id string, events ...string) string {
	return `<trace><string key="concept:name" value="` + id + `"/>` + "\n" + strings.Join(events, "\n") + "\n</trace>"
}

func xesEvent(name, at string, attrs ...string) string {
	return `<event><string key="concept:name" value="` + name + `"/><date key="time:timestamp" value="` + at + `"/>` + strings.Join(attrs, "") + `</event>`
}

func TestACloneSharesNothingWithTheTraceItCameFrom(t *testing.T) {
	t.Parallel()
	var kept []*Trace
	var shown []string
	_, err := ReadXES(context.Background(), bytes.NewReader(fixture(t, "inspections.xes")), Options{}, func(tr *Trace) error {
		var s show
		_ = s.trace(tr)
		kept, shown = append(kept, tr.Clone()), append(shown, s.String())
		for i := range tr.Events { // whoever is lent a trace may spoil it
			for j := range tr.Events[i].Attrs {
				tr.Events[i].Attrs[j].Key = "spoilt"
				for k := range tr.Events[i].Attrs[j].Children {
					tr.Events[i].Attrs[j].Children[k].Key = "spoilt"
				}
			}
			tr.Events[i].Activity = "spoilt"
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, k := range kept {
		var s show
		_ = s.trace(k)
		if s.String() != shown[i] {
			t.Errorf("trace %d is kept as\n%s\nand was read as\n%s", i, s.String(), shown[i])
		}
	}
}

func TestAnAttributeIsFoundByItsKeyAndShownAsText(t *testing.T) {
	t.Parallel()
	tr := Trace{
		Attrs: []Attr{{Key: "a", Str: "first"}, {Key: "a", Str: "second"}},
		Events: []Event{{At: 1_000_000, Zone: 300, Attrs: []Attr{
			{Key: "n", Kind: Int, Int: -3}, {Key: "f", Kind: Float, Float: 1e21}, {Key: "i", Kind: Float, Float: math.Inf(-1)},
			{Key: "b", Kind: Boolean}, {Key: "d", Kind: Date, Int: 500, Zone: -90},
		}}},
	}
	if got := tr.Attr("a").Text(); got != "first" {
		t.Errorf("the first of two is wanted, got %q", got)
	}
	if tr.Attr("b") != nil {
		t.Error("an attribute that is not there was found")
	}
	e := &tr.Events[0]
	for key, want := range map[string]string{"n": "-3", "f": "1000000000000000000000", "i": "-Inf", "b": "false", "d": "1969-12-31T22:30:00.0005-01:30"} {
		if got := e.Attr(key).Text(); got != want {
			t.Errorf("%s is shown as %q, want %q", key, got, want)
		}
	}
	if got := e.Moment().Format("2006-01-02T15:04:05Z07:00"); got != "1970-01-01T05:00:01+05:00" {
		t.Errorf("the moment is %s", got)
	}
}
