package eventlog

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// differs finds what encoding/xml refuses and we do not: other versions of XML,
// and U+FFFE and U+FFFF, which do no harm.
var differs = regexp.MustCompile(`<\?[xX]|\x{FFFE}|\x{FFFF}|&#(65534|65535|[xX]0*[fF]{3}[eEfF]);`)

func FuzzXES(f *testing.F) {
	whole := fixture(f, "inspections.xes")
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add(zipped(f, whole))
	f.Add([]byte(xesLog(xesTrace("A&lt;", xesEvent("x", good, `<list key="l"><values><int key="a" value="1"/></values></list>`)))))
	f.Add([]byte(`<log><trace><string value="A" key="concept:name"/><event/></trace><global scope="trace"/><!-- - --><?p i?></log>`))
	f.Add([]byte("<!DOCTYPE log []><log/>"))
	f.Fuzz(func(t *testing.T, log []byte) {
		var s show
		o := Options{MaxAttribute: 4096, MaxDepth: 16, MaxEvents: 64, MaxTraceBytes: 1 << 16, Keep: nil}
		sum, err := ReadXES(context.Background(), bytes.NewReader(log), o, s.trace)
		if n := strings.Count(s.String(), "\ntrace \""); sum.Traces > 0 && sum.Traces != n+1 {
			t.Errorf("%d traces counted, %d handed over", sum.Traces, n+1)
		}
		var e *Error
		switch {
		case errors.As(err, &e):
			if text := err.Error(); english(e.Key) == e.Key || !utf8.ValidString(text) || len(text) > 2000 {
				t.Errorf("an unfit error: %q", text)
			}
			if !isGzip(log) && e.Line > 1+bytes.Count(log, []byte("\n")) {
				t.Errorf("the line %d is not in the log", e.Line)
			}
		case err != nil:
			t.Errorf("an error of no kind: %v", err)
		case !isGzip(log) && !differs.Match(log):
			if err := agree(log, s.String()); err != nil {
				t.Error(err)
			}
		}

		// Whatever is bad, leaving it out must not make more of it than there was.
		var lenient show
		o.OnBad = func(*Error) error { return nil }
		with, _ := ReadXES(context.Background(), bytes.NewReader(log), o, lenient.trace)
		if with.Traces < sum.Traces || !strings.HasPrefix(lenient.String(), s.String()) {
			t.Errorf("leaving out what is bad gives\n%s\nand not\n%s", lenient.String(), s.String())
		}
	})
}

func FuzzCSV(f *testing.F) {
	whole := fixture(f, "inspections.csv")
	f.Add(whole)
	f.Add(zipped(f, whole))
	f.Add(semicolons(whole))
	f.Add([]byte("case_id\tactivity\ttimestamp\nA\tx\t2025-01-01\nA\tx\n"))
	f.Add([]byte("case_id,activity,timestamp,fine\nA,x,2025-01-01,\"1\"\"\"\n"))
	f.Fuzz(func(t *testing.T, log []byte) {
		events := 0
		o := CSVOptions{Options: Options{MaxAttribute: 4096, Zone: tashkent()}, MaxRows: 1000}
		sum, err := ReadCSV(context.Background(), bytes.NewReader(log), o, func(tr *Trace) error {
			if tr.ID == "" || len(tr.Events) == 0 {
				t.Errorf("a case without a name or events: %+v", tr)
			}
			for i, e := range tr.Events {
				events++
				if e.Activity == "" || i > 0 && (tr.Events[i-1].At > e.At || tr.Events[i-1].At == e.At && tr.Events[i-1].Line > e.Line) {
					t.Errorf("event %d of %q is out of order or has no activity", i, tr.ID)
				}
			}
			return nil
		})
		if events != sum.Events || err != nil && events > 0 {
			t.Errorf("%d events handed over, %d counted, beside %v", events, sum.Events, err)
		}
		var e *Error
		if errors.As(err, &e) {
			if text := err.Error(); english(e.Key) == e.Key || !utf8.ValidString(text) || len(text) > 4000 {
				t.Errorf("an unfit error: %q", text)
			}
		} else if err != nil {
			t.Errorf("an error of no kind: %v", err)
		}
	})
}
