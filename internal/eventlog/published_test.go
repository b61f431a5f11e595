package eventlog

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// published opens a log that others published. It stands beside the
// repository, not in it.
func published(t testing.TB, name string) *File {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("../shared/data/%s is not there; the figures of this published log are not checked", name)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestPublishedLogsAreReadWhole(t *testing.T) {
	for _, c := range []struct {
		name           string
		traces, events int
		first, last    string
	}{
		{"eventlogs/road_traffic_fines.xes.gz", 150_370, 561_470, "2000-01-01T00:00:00+01:00", "2013-06-18T00:00:00+02:00"},
		{"eventlogs/receipt.xes.gz", 1_434, 8_577, "2010-10-02T09:20:39.266+02:00", "2012-01-23T15:42:54.644+01:00"},
		{"eventlogs/running-example.xes", 6, 42, "2010-12-30T11:02:00+01:00", "2011-01-24T14:56:00+01:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := published(t, c.name)
			events := 0
			sum, err := f.Read(context.Background(), CSVOptions{}, func(tr *Trace) error {
				events += len(tr.Events)
				return nil
			})
			if err != nil || sum.Traces != c.traces || sum.Events != c.events || events != c.events {
				t.Errorf("%d traces, %d events, %v", sum.Traces, sum.Events, err)
			}
			for want, got := range map[string]int64{c.first: sum.First, c.last: sum.Last} {
				if at, err := time.Parse(time.RFC3339Nano, want); err != nil || at.UnixMicro() != got {
					t.Errorf("the log reaches from or to %s, not %s", momentText(got, 0), want)
				}
			}
		})
	}
}

func TestPublishedLogsReadAsEncodingXMLReadsThem(t *testing.T) {
	for _, name := range []string{"eventlogs/receipt.xes.gz", "eventlogs/running-example.xes"} {
		t.Run(name, func(t *testing.T) {
			f := published(t, name)
			var s show
			if _, err := f.Read(context.Background(), CSVOptions{}, s.trace); err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(f.Path)
			if err != nil {
				t.Fatal(err)
			}
			if f.Gzip {
				z, err := gzip.NewReader(bytes.NewReader(b))
				if err != nil {
					t.Fatal(err)
				}
				if b, err = io.ReadAll(z); err != nil {
					t.Fatal(err)
				}
			}
			if err := agree(b, s.String()); err != nil {
				t.Error(err.Error()[:min(len(err.Error()), 2000)])
			}
		})
	}
}

// cookCounty reads the log of Cook County's prosecutor. Its dispositions are in
// another form, with a clock time that was cut off in the middle.
func cookCounty(by string) CSVOptions {
	return CSVOptions{
		Case: by, Time: "date", Layouts: []string{"2006-01-02", "1/2/2006"}, DayOnly: true,
		Options: Options{Zone: time.FixedZone("CST", -6*3600)},
	}
}

func TestTheCookCountyLogIsReadWhole(t *testing.T) {
	f := published(t, "caseflow/cook_county_eventlog_derived.csv.gz")
	for by, want := range map[string]int{"case_id": 33_405, "case_participant_id": 36_190} {
		early := 0
		sum, err := f.Read(context.Background(), cookCounty(by), func(tr *Trace) error {
			var incident, arrest int64
			for _, e := range tr.Events { // in the order of their moments
				switch {
				case e.Activity == "Incident" && incident == 0:
					incident = e.At
				case e.Activity == "Arrest" && arrest == 0:
					arrest = e.At
				}
			}
			if arrest != 0 && incident != 0 && arrest < incident {
				early++
			}
			return nil
		})
		if err != nil || sum.Events != 188_708 || sum.Traces != want {
			t.Errorf("by %s: %d events of %d, %v", by, sum.Events, sum.Traces, err)
		}
		if by == "case_participant_id" && early != 308 {
			t.Errorf("%d persons were arrested before the incident, not 308", early)
		}
	}
}

func TestACutRoadFinesLogHandsOverWhatIsWhole(t *testing.T) {
	f := published(t, "eventlogs/road_traffic_fines.xes.gz")
	b, err := os.ReadFile(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	sum, err := ReadXES(context.Background(), bytes.NewReader(b[:len(b)/8]), Options{}, func(*Trace) error {
		n++
		return nil
	})
	if err == nil || n != sum.Traces || n < 10_000 || !strings.Contains(err.Error(), fmt.Sprintf("after %d whole traces", n)) {
		t.Errorf("%d traces, then %v", n, err)
	}
}

func BenchmarkRoadFines(b *testing.B) {
	f := published(b, "eventlogs/road_traffic_fines.xes.gz")
	benchmark(b, 561_470, func(each func(*Trace) error) (Summary, error) {
		return f.Read(context.Background(), CSVOptions{}, each)
	})
}

func BenchmarkCookCounty(b *testing.B) {
	f := published(b, "caseflow/cook_county_eventlog_derived.csv.gz")
	benchmark(b, 188_708, func(each func(*Trace) error) (Summary, error) {
		return f.Read(context.Background(), cookCounty("case_participant_id"), each)
	})
}

func BenchmarkSyntheticXES(b *testing.B) {
	var log strings.Builder
	for i := range 10_000 {
		log.WriteString(xesTrace(fmt.Sprint("case ", i),
			xesEvent("opened", "2025-01-01T09:00:00.000+05:00", `<string key="org:resource" value="`+fmt.Sprint(i%50)+`"/>`, `<float key="amount" value="`+fmt.Sprint(i)+`.5"/>`),
			xesEvent("closed", "2025-02-01T09:00:00.000+05:00", `<string key="lifecycle:transition" value="complete"/>`)))
	}
	text := xesLog(log.String())
	benchmark(b, 20_000, func(each func(*Trace) error) (Summary, error) {
		return ReadXES(context.Background(), strings.NewReader(text), Options{}, each)
	})
}

func BenchmarkSyntheticCSV(b *testing.B) {
	var log strings.Builder
	log.WriteString("case_id,activity,timestamp,org,amount\n")
	for i := range 20_000 {
		fmt.Fprintf(&log, "case %d,%s,2025-01-%02dT09:00:00+05:00,%d,%d.5\n", i*7919%10_000, []string{"opened", "closed"}[i%2], i%28+1, i%50, i)
	}
	text := log.String()
	benchmark(b, 20_000, func(each func(*Trace) error) (Summary, error) {
		return ReadCSV(context.Background(), strings.NewReader(text), CSVOptions{}, each)
	})
}

func benchmark(b *testing.B, events int, read func(each func(*Trace) error) (Summary, error)) {
	b.ReportAllocs()
	var peak uint64
	for b.Loop() {
		n := 0
		sum, err := read(func(*Trace) error {
			if n++; n%10_000 == 0 {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapInuse)
			}
			return nil
		})
		if err != nil || sum.Events != events {
			b.Fatalf("%d events, %v", sum.Events, err)
		}
		b.SetBytes(sum.Bytes)
	}
	b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(peak)/1e6, "heap-MB")
}
