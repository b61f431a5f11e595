package eventlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"nazorat/internal/fault"
)

func tashkent() *time.Location { return time.FixedZone("UZT", 5*3600) }

func readCSV(t *testing.T, r io.Reader, o CSVOptions) (string, Summary, error) {
	t.Helper()
	var s show
	sum, err := ReadCSV(context.Background(), r, o, s.trace)
	return s.String(), sum, err
}

func TestScatteredRowsAreGroupedByCaseAndSortedByMoment(t *testing.T) {
	t.Parallel()
	o := CSVOptions{Options: Options{Zone: tashkent()}, Columns: []Column{{"fine", Float}, {"office", String}, {"note", String}}}
	got, sum, err := readCSV(t, bytes.NewReader(fixture(t, "inspections.csv")), o)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "inspections.csv.golden", got)
	if sum.Traces != 2 || sum.Events != 6 || sum.Head.Delimiter != ',' || len(sum.Head.Columns) != 6 ||
		sum.First != time.Date(2025, 3, 7, 4, 0, 0, 0, time.UTC).UnixMicro() || sum.Bytes != int64(len(fixture(t, "inspections.csv"))) {
		t.Errorf("the summary is %+v", sum)
	}
}

func TestACSVReadsTheSameInWhateverFormItArrives(t *testing.T) {
	t.Parallel()
	b := fixture(t, "inspections.csv")
	o := CSVOptions{Options: Options{Zone: tashkent()}}
	want, _, err := readCSV(t, bytes.NewReader(b), o)
	if err != nil {
		t.Fatal(err)
	}
	for how, r := range map[string]io.Reader{
		"a byte at a time":       iotest.OneByteReader(bytes.NewReader(b)),
		"gzip":                   bytes.NewReader(zipped(t, b)),
		"with a byte order mark": io.MultiReader(strings.NewReader("\xEF\xBB\xBF"), bytes.NewReader(b)),
		"with CR LF":             bytes.NewReader(bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n"))),
		"with semicolons":        bytes.NewReader(semicolons(b)),
		"with blanks":            bytes.NewReader(bytes.Replace(b, []byte("case_id,activity"), []byte(" case_id , activity"), 1)),
		"without its last end":   bytes.NewReader(bytes.TrimRight(b, "\n")),
		"with blank lines":       bytes.NewReader(append(bytes.Clone(b), "\n\n"...)),
	} {
		got, _, err := readCSV(t, r, o)
		if err != nil || got != want {
			t.Errorf("%s: %v\n%s", how, err, got)
		}
	}
}

// semicolons writes the fixture as a spreadsheet in a land of decimal commas does.
func semicolons(b []byte) []byte {
	b = bytes.ReplaceAll(b, []byte("lines, with"), []byte("lines\x00 with"))
	b = bytes.ReplaceAll(b, []byte(","), []byte(";"))
	return bytes.ReplaceAll(b, []byte("\x00"), []byte(","))
}

func TestOnlyTheWantedColumnsAreKept(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		o    CSVOptions
		want []string
	}{
		{CSVOptions{}, []string{"office", "fine", "note"}},
		{CSVOptions{Options: Options{Keep: []string{"note", "office", "case_id"}}}, []string{"office", "note"}},
		{CSVOptions{Options: Options{Keep: []string{}}}, nil},
		{CSVOptions{Columns: []Column{{Name: "fine"}}}, []string{"fine"}},
		{CSVOptions{Columns: []Column{}}, nil},
	} {
		c.o.Zone = tashkent()
		seen := map[string]bool{}
		_, err := ReadCSV(context.Background(), bytes.NewReader(fixture(t, "inspections.csv")), c.o, func(tr *Trace) error {
			for _, e := range tr.Events {
				for _, a := range e.Attrs {
					seen[a.Key] = true
				}
			}
			return nil
		})
		want := map[string]bool{}
		for _, w := range c.want {
			want[w] = true
		}
		if err != nil || !reflect.DeepEqual(seen, want) {
			t.Errorf("%+v: kept %v, %v", c.o, seen, err)
		}
	}
}

func TestABadCSVIsRefusedWhereItIsBad(t *testing.T) {
	t.Parallel()
	const head = "case_id,activity,timestamp,n\n"
	const row = "A,x,2025-01-01T00:00:00Z,1\n"
	for _, c := range []struct {
		name, log, key string
		line           int
		trace          string
		event          int
		says           string
	}{
		{"nothing", "", "log.empty", 0, "", 0, "empty"},
		{"blank", "\n\n", "log.empty", 0, "", 0, "empty"},
		{"misspelt column", "case_id,activty,timestamp\n", "log.column_meant", 1, "", 0, `no column "activity"; did you mean "activty"? The columns are: "case_id", "activty", "timestamp"`},
		{"another word for it", "Case-ID,activity,timestamp\n", "log.column_meant", 1, "", 0, `did you mean "Case-ID"?`},
		{"missing column", "case_id,activity,colour\n", "log.column", 1, "", 0, `no column "timestamp". The`},
		{"missing kept column", "case_id,activity,timestamp\n", "log.column", 1, "", 0, `"n"`},
		{"column twice", "case_id,activity,timestamp,n,n\n", "log.column_twice", 1, "", 0, "columns 4 and 5"},
		{"column without a name", "case_id,activity,timestamp,,n\n", "log.column_unnamed", 1, "", 0, "column 4"},
		{"XML", "<?xml version=\"1.0\"?>\n<log/>", "log.quote", 1, "", 0, "quotation"},
		{"ragged", head + row + "A,x,2025-01-01T00:00:00Z\n", "log.ragged", 3, "", 0, "3 fields; the first line names 4"},
		{"ragged after long text", head + "A,\"x\ny\nz\",2025-01-01T00:00:00Z,1\n" + "A,x\n", "log.ragged", 5, "", 0, "2 fields"},
		{"no case", head + row + ",x,2025-01-01T00:00:00Z,1\n", "log.no_case", 3, "", 0, `"case_id"`},
		{"no activity", head + row + "A,,2025-01-01T00:00:00Z,1\n", "log.no_activity", 3, "A", 2, `"activity"`},
		{"no moment", head + row + row + "A,x, ,1\n", "log.no_time", 4, "A", 3, `"timestamp"`},
		{"wrong date", head + row + "B,x,2025-02-30,1\n", "log.date", 3, "B", 1, "2006-01-02"},
		{"no offset", head + "B,x,2025-02-20,1\n", "log.zone", 2, "B", 1, "time zone"},
		{"no int", head + "B,x,2025-02-20T00:00:00Z,one\n", "log.value", 2, "B", 1, `"n" is "one"`},
		{"quotation mark within", head + row + "A,x\"y,2025-01-01T00:00:00Z,1\n", "log.quote", 3, "", 0, "column 4"},
		{"quotation mark left open", head + row + "A,\"x,2025-01-01T00:00:00Z,1\n", "log.quote", 3, "", 0, "quotation"},
		{"not UTF-8", head + row + "A,\xEF\xF0,2025-01-01T00:00:00Z,1\n", "log.utf8", 3, "", 0, "ef f0"},
		{"not UTF-8 in the first line", "case_id,activity,timestamp,n,\xCF\n", "log.utf8", 1, "", 0, "cf"},
		{"UTF-16", "\xFE\xFF\x00c", "log.encoding", 1, "", 0, "UTF-16BE"},
		{"NUL", head + "A,x\x00,2025-01-01T00:00:00Z,1\n", "log.control_character", 2, "", 0, `\x00`},
		{"long field", head + "A," + strings.Repeat("x", 2000) + ",2025-01-01T00:00:00Z,1\n", "log.long_value", 2, "", 0, "column 2"},
	} {
		_, sum, err := readCSV(t, strings.NewReader(c.log), CSVOptions{Options: Options{MaxAttribute: 1000}, Columns: []Column{{"n", Int}}})
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: got %v", c.name, err)
			continue
		}
		if e.Key != c.key || e.Line != c.line || e.Trace != c.trace || e.Event != c.event || sum.Traces != 0 {
			t.Errorf("%s: got %s at line %d, %q, %d\n%v", c.name, e.Key, e.Line, e.Trace, e.Event, err)
		}
		if !strings.Contains(err.Error(), c.says) || strings.ContainsAny(err.Error(), "{}") {
			t.Errorf("%s: %q does not say %q", c.name, err, c.says)
		}
		if f := fault.Of(err); f.Key != c.key {
			t.Errorf("%s: the edge would show %v", c.name, f)
		}
	}
}

func TestColumnsCanServeOnlyOnePurpose(t *testing.T) {
	t.Parallel()
	const log = "id,what,at\n"
	for name, c := range map[string]struct {
		o   CSVOptions
		key string
	}{
		"right":              {CSVOptions{Case: "id", Activity: "what", Time: "at"}, ""},
		"case and activity":  {CSVOptions{Case: "id", Activity: "id", Time: "at"}, "log.column_roles"},
		"moment and kept":    {CSVOptions{Case: "id", Activity: "what", Time: "at", Columns: []Column{{Name: "at"}}}, "log.column_roles"},
		"a list in a column": {CSVOptions{Case: "id", Activity: "what", Time: "at"}, ""},
	} {
		if name == "a list in a column" {
			_, _, err := readCSV(t, strings.NewReader("id,what,at,l\n"), CSVOptions{Case: "id", Activity: "what", Time: "at", Columns: []Column{{"l", List}}})
			var e *Error
			if !errors.As(err, &e) || e.Key != "log.kind" {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		_, _, err := readCSV(t, strings.NewReader(log), c.o)
		var e *Error
		if got := errors.As(err, &e); got != (c.key != "") || got && e.Key != c.key {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLayoutsAreTriedInTheirOrder(t *testing.T) {
	t.Parallel()
	const head = "case_id,activity,timestamp\n"
	for _, c := range []struct {
		at, want string
		o        CSVOptions
	}{
		{"7.3.2025 10:05", "2025-03-07T10:05:00+05:00 by the options' zone", CSVOptions{Layouts: []string{"2.1.2006 15:04"}}},
		{"3/7/2025", "2025-03-07T00:00:00+05:00 by the options' zone", CSVOptions{Layouts: []string{"2006-01-02", "1/2/2006"}}},
		{"07 Mar 25 10:05 -0300", "2025-03-07T10:05:00-03:00 as written", CSVOptions{Layouts: []string{time.RFC822Z}}},
		{"4/8/2019 1", "2019-04-08T00:00:00+05:00 by the options' zone", CSVOptions{Layouts: []string{"1/2/2006"}, DayOnly: true}},
		{"2019-04-08T12:00:00Z", "2019-04-08T00:00:00+05:00 by the options' zone", CSVOptions{DayOnly: true}},
		{"2025-03-07", "", CSVOptions{Layouts: []string{"2.1.2006"}}},
	} {
		c.o.Zone = tashkent()
		got, _, err := readCSV(t, strings.NewReader(head+"A,x,"+c.at+"\n"), c.o)
		var e *Error
		if c.want == "" {
			if !errors.As(err, &e) || e.Key != "log.date" || !strings.Contains(err.Error(), "form 2.1.2006") {
				t.Errorf("%s: %v", c.at, err)
			}
			continue
		}
		if err != nil || !strings.Contains(got, " at "+c.want+" line") {
			t.Errorf("%s: %v\n%s", c.at, err, got)
		}
	}
}

func TestTheCallerMayLeaveBadRowsOut(t *testing.T) {
	t.Parallel()
	const log = "case_id,activity,timestamp\n" +
		"A,x,2025-01-01T00:00:00Z\n" + "A,y,soon\n" + "A,z\n" + "B,x,never\n" + "A,z,2025-01-02T00:00:00Z\n"
	var asked []string
	got, sum, err := readCSV(t, strings.NewReader(log), CSVOptions{Options: Options{OnBad: func(e *Error) error {
		asked = append(asked, fmt.Sprintf("%s %d", e.Key, e.Line))
		return nil
	}}})
	if err != nil || sum.Traces != 1 || sum.Events != 2 || sum.BadEvents != 3 || strings.Contains(got, "soon") {
		t.Errorf("%v, %+v\n%s", err, sum, got)
	}
	if want := []string{"log.date 3", "log.ragged 4", "log.date 5"}; !reflect.DeepEqual(asked, want) {
		t.Errorf("asked about %q", asked)
	}
}

func TestTheBoundsOnHeldRowsHold(t *testing.T) {
	t.Parallel()
	const log = "case_id,activity,timestamp,note\nA,x,2025-01-01T00:00:00Z,a\nA,x,2025-01-01T00:00:00Z,b\nB,x,2025-01-01T00:00:00Z,c\n"
	for key, o := range map[string]CSVOptions{
		"":                    {MaxRows: 3, MaxHeld: 2000},
		"log.too_many_rows":   {MaxRows: 2},
		"log.too_much_held":   {MaxHeld: 500},
		"log.too_many_events": {Options: Options{MaxEvents: 1}},
	} {
		_, _, err := readCSV(t, strings.NewReader(log), o)
		var e *Error
		if got := errors.As(err, &e); got != (key != "") || got && e.Key != key {
			t.Errorf("want %q, got %v", key, err)
		}
	}
}

func TestAFieldOfTenGigabytesIsRefusedWithoutBeingHeld(t *testing.T) {
	for _, begin := range []string{"case_id,activity,timestamp\nA,", "case_id,activity,timestamp\nA,\"", "case_id,"} {
		r := &endless{begin: begin, fill: 'x', n: 10 << 30}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err := readCSV(t, r, CSVOptions{})
		runtime.ReadMemStats(&after)
		var e *Error
		if !errors.As(err, &e) || e.Key != "log.long_row" {
			t.Errorf("%q: got %v", begin, err)
		}
		if r.given > 16<<20 || after.TotalAlloc-before.TotalAlloc > 64<<20 {
			t.Errorf("%q: %d bytes read, %d allocated", begin, r.given, after.TotalAlloc-before.TotalAlloc)
		}
	}
}

func TestACompressedCSVThatIsCutOffHandsNothingOver(t *testing.T) {
	t.Parallel()
	log := zipped(t, fixture(t, "inspections.csv"))
	for cut := 2; cut < len(log); cut++ {
		_, sum, err := readCSV(t, bytes.NewReader(log[:cut]), CSVOptions{Options: Options{Zone: tashkent()}})
		var e *Error
		if !errors.As(err, &e) || e.Key != "log.truncated_csv" || sum.Traces != 0 {
			t.Fatalf("cut after %d bytes: %v, %d traces", cut, err, sum.Traces)
		}
	}
	log[len(log)-6] ^= 1
	_, _, err := readCSV(t, bytes.NewReader(log), CSVOptions{Options: Options{Zone: tashkent()}})
	var e *Error
	if !errors.As(err, &e) || e.Key != "log.damaged_gzip" {
		t.Errorf("damaged: %v", err)
	}
	broken := errors.New("disk on fire")
	_, _, err = readCSV(t, io.MultiReader(strings.NewReader("case_id,activity,timestamp\nA,"), iotest.ErrReader(broken)), CSVOptions{})
	if !errors.As(err, &e) || e.Key != "log.read" || !errors.Is(err, broken) {
		t.Errorf("unreadable: %v", err)
	}
}

func TestReadingACSVCanBeStopped(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(context.Background())
	sum, err := ReadCSV(ctx, bytes.NewReader(zipped(t, fixture(t, "inspections.csv"))), CSVOptions{Options: Options{Zone: tashkent()}}, func(*Trace) error {
		cancel(stop)
		return nil
	})
	if err != stop || sum.Traces != 1 {
		t.Errorf("cancelled after a trace: %v, %+v", err, sum)
	}
	if _, err = ReadCSV(ctx, bytes.NewReader(fixture(t, "inspections.csv")), CSVOptions{}, nil); err != stop {
		t.Errorf("cancelled before: %v", err)
	}
}
