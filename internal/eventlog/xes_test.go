package eventlog

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"nazorat/internal/fault"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile("testdata/"+name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := string(fixture(t, name)); got != want {
		t.Errorf("testdata/%s differs; got\n%s", name, got)
	}
}

func TestEveryElementOfXESIsRead(t *testing.T) {
	t.Parallel()
	traces, sum, err := readXES(t, bytes.NewReader(fixture(t, "inspections.xes")), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var s show
	s.head(&sum.Head)
	golden(t, "inspections.xes.golden", s.String()+traces)
	sum.Head = Head{}
	file := fixture(t, "inspections.xes")
	want := Summary{Traces: 3, Events: 3, First: -500_000, Last: time.Date(2025, 3, 10, 4, 0, 0, 0, time.UTC).UnixMicro(), Lines: bytes.Count(file, []byte("\n")) + 1, Bytes: int64(len(file))}
	if !reflect.DeepEqual(sum, want) {
		t.Errorf("the summary is %+v, want %+v", sum, want)
	}
}

func TestALogReadsTheSameInWhateverPiecesItArrives(t *testing.T) {
	t.Parallel()
	plain := fixture(t, "inspections.xes")
	// More than one window of it, so that tags fall on its edges.
	var long strings.Builder
	for i := range 4000 {
		long.WriteString(xesTrace(fmt.Sprintf("c%d", i), xesEvent("ариза", "2025-01-01T00:00:00Z", fmt.Sprintf(`<string key="n" value="%s"/>`, strings.Repeat("я", i%300)))))
	}
	for name, log := range map[string][]byte{"short": plain, "long": []byte(xesLog(long.String()))} {
		want, wantSum, err := readXES(t, bytes.NewReader(log), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for how, r := range map[string]io.Reader{
			"a byte at a time":          iotest.OneByteReader(bytes.NewReader(log)),
			"by halves":                 iotest.HalfReader(bytes.NewReader(log)),
			"the end with the last":     iotest.DataErrReader(bytes.NewReader(log)),
			"gzip":                      bytes.NewReader(zipped(t, log)),
			"gzip, a byte at a time":    iotest.OneByteReader(bytes.NewReader(zipped(t, log))),
			"gzip in two members":       io.MultiReader(bytes.NewReader(zipped(t, log[:100])), bytes.NewReader(zipped(t, log[100:]))),
			"with a mark of byte order": io.MultiReader(strings.NewReader("\xEF\xBB\xBF"), bytes.NewReader(log)),
		} {
			got, sum, err := readXES(t, r, Options{})
			if strings.HasPrefix(how, "with a mark") {
				sum.Bytes -= 3
			}
			if err != nil || got != want || !reflect.DeepEqual(sum, wantSum) {
				t.Errorf("%s, %s: %v, %+v", name, how, err, sum)
			}
		}
	}
}

func TestOnlyTheKeptAttributesAreHandedOver(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		keep []string
		want int
	}{{nil, 10}, {[]string{}, 0}, {[]string{"office", "note", "room"}, 2}, {[]string{"seen"}, 1}} {
		n := 0
		_, err := ReadXES(context.Background(), bytes.NewReader(fixture(t, "inspections.xes")), Options{Keep: c.keep}, func(tr *Trace) error {
			n += len(tr.Attrs)
			for _, e := range tr.Events {
				n += len(e.Attrs)
				if s := e.Attr("seen"); s != nil && len(s.Children) != 2 {
					t.Error("what a kept list holds is kept with it")
				}
			}
			return nil
		})
		if err != nil || n != c.want {
			t.Errorf("keeping %q: %d attributes, %v; want %d", c.keep, n, err, c.want)
		}
	}
}

const good = "2025-01-01T00:00:00Z"

func TestABadLogIsRefusedWhereItIsBad(t *testing.T) {
	t.Parallel()
	whole := xesTrace("A", xesEvent("x", good)) // three lines: 2 to 4 of a log
	type place struct {
		line  int
		trace string
		event int
	}
	for _, c := range []struct {
		name, log, key string
		at             place
		says           string
	}{
		{"nothing", "", "log.empty", place{}, "empty"},
		{"blank", " \n\n", "log.truncated", place{line: 3}, "cut off"},
		{"document type", "<?xml version=\"1.0\"?>\n<!DOCTYPE log SYSTEM \"http://example.org/x.dtd\">\n" + xesLog(whole), "log.doctype", place{line: 2}, "document type"},
		{"billion laughs", "<!DOCTYPE log [<!ENTITY a \"b\"><!ENTITY c \"&a;&a;\">]>" + xesLog(""), "log.doctype", place{line: 1}, "Remove"},
		{"entity", xesLog(whole + "\n" + xesTrace("B&c;", xesEvent("x", good))), "log.entity", place{line: 5}, "&c;"},
		{"entity in what is not kept", xesLog(xesTrace("B", xesEvent("x", good, `<string key="skipped" value="&xxe;"/>`))), "log.entity", place{3, "B", 1}, "&xxe;"},
		{"open reference", xesLog(xesTrace("A & B")), "log.entity", place{line: 2}, "& B"},
		{"reference to no character", xesLog(xesTrace("&#0;")), "log.entity", place{line: 2}, "&#0;"},
		{"reference to half a character", xesLog(xesTrace("&#xD800;")), "log.entity", place{line: 2}, "&#xD800;"},
		{"control character", xesLog(xesTrace("a\x01b")), "log.control_character", place{line: 2}, `\x01`},
		{"NUL between", "<log>\n\x00</log>", "log.control_character", place{line: 2}, `\x00`},
		{"not UTF-8", xesLog(whole + "\n" + xesTrace("B", xesEvent("x", good), xesEvent("\xC0\xAE", good))), "log.utf8", place{7, "B", 2}, "c0 ae"},
		{"UTF-16", "\xFF\xFE<\x00l\x00o\x00g\x00>\x00", "log.encoding", place{line: 1}, "UTF-16LE"},
		{"another encoding", `<?xml version="1.0" encoding="windows-1251"?>` + xesLog(""), "log.encoding", place{line: 1}, "windows-1251"},
		{"late XML declaration", "\n<?xml version=\"1.0\"?>" + xesLog(""), "log.malformed", place{line: 2}, "beginning"},
		{"another root", "<html></html>", "log.not_xes", place{line: 1}, "<html>"},
		{"two roots", xesLog(whole) + "\n" + xesLog(whole), "log.malformed", place{line: 6}, "end of the log"},
		{"text", xesLog(xesTrace("A", "<event>paid</event>")), "log.text", place{3, "A", 1}, "paid"},
		{"text after", xesLog(whole) + "\nthe end", "log.text", place{line: 6}, "the end"},
		{"CDATA", xesLog("<![CDATA[x]]>"), "log.text", place{line: 2}, "CDATA"},
		{"misspelt element", xesLog("<trase></trase>"), "log.element_meant", place{line: 2}, "did you mean <trace>?"},
		{"element in a wrong place", xesLog(xesTrace("A", "<event><trace/></event>")), "log.element", place{3, "A", 1}, "<trace> has no place in <event>"},
		{"values outside a list", xesLog("<values/>"), "log.element", place{line: 2}, "<values>"},
		{"wrong end", xesLog(xesTrace("A", "<event></trace>")), "log.end_tag", place{3, "A", 1}, "</trace> where </event>"},
		{"end too many", "<log></log></log>", "log.malformed", place{line: 1}, "</log>"},
		{"no quotes", xesLog("<string key=a value=b/>"), "log.malformed", place{line: 2}, "quotation mark"},
		{"no value in the tag", xesLog("<string key/>"), "log.malformed", place{line: 2}, "="},
		{"no blank", xesLog(`<string key="a"value="b"/>`), "log.malformed", place{line: 2}, "blank"},
		{"tag in a value", xesLog(`<string key="a><b"/>`), "log.malformed", place{line: 2}, "end of the value"},
		{"attribute twice", xesLog(`<string key="a" key="b"/>`), "log.twice", place{line: 2}, `"key"`},
		{"bad comment", xesLog("<!-- a -- b -->"), "log.malformed", place{line: 2}, "comment"},
		{"empty tag", xesLog("< log>"), "log.malformed", place{line: 2}, "name of an element"},
		{"unknown declaration", xesLog("<!ELEMENT a>"), "log.malformed", place{line: 2}, "an element"},
		{"cut in a comment", xesLog(whole) + "<!-- and", "log.truncated", place{line: 5}, "after 1 whole traces"},
		{"cut in a trace", "<log>\n" + whole + "\n<trace><string key=\"concept:name\" value=\"B\"/>\n" + xesEvent("x", good) + "\n\n<event><string key=", "log.truncated", place{8, "B", 2}, "line 8, trace \"B\", event 2: the log is cut off here, after 1 whole traces"},
		{"cut in a character", xesLog(xesTrace("\xD0"))[:43], "log.truncated", place{line: 2}, "cut off"},

		{"key missing", xesLog(xesTrace("A", xesEvent("x", good, `<string value="b"/>`))), "log.no_key", place{3, "A", 1}, "no key"},
		{"key missing in the head", xesLog(`<string value="b"/>`), "log.no_key", place{line: 2}, "no key"},
		{"value missing", xesLog(xesTrace("A", xesEvent("x", good, `<int key="b"/>`))), "log.no_key", place{3, "A", 1}, "no value"},
		{"case missing", xesLog(whole + "\n<trace>\n" + xesEvent("x", good) + "\n</trace>"), "log.no_case", place{line: 5}, "concept:name"},
		{"case empty", xesLog(xesTrace("", xesEvent("x", good))), "log.no_case", place{line: 2}, "concept:name"},
		{"case twice", xesLog(xesTrace("A", `<string key="concept:name" value="B"/>`)), "log.twice", place{3, "A", 0}, "Which one"},
		{"activity missing", xesLog(xesTrace("A", xesEvent("x", good), `<event><date key="time:timestamp" value="`+good+`"/></event>`)), "log.no_activity", place{4, "A", 2}, "concept:name, the activity, is missing"},
		{"activity twice", xesLog(xesTrace("A", xesEvent("x", good, `<string key="concept:name" value="y"/>`))), "log.twice", place{3, "A", 1}, "concept:name"},
		{"moment missing", xesLog(xesTrace("A", `<event><string key="concept:name" value="x"/></event>`)), "log.no_time", place{3, "A", 1}, "time:timestamp, the moment, is missing"},
		{"moment twice", xesLog(xesTrace("A", xesEvent("x", good, `<date key="time:timestamp" value="`+good+`"/>`))), "log.twice", place{3, "A", 1}, "time:timestamp"},
		{"moment as text", xesLog(xesTrace("A", `<event><string key="concept:name" value="x"/><string key="time:timestamp" value="`+good+`"/></event>`)), "log.kind", place{3, "A", 1}, "must be a <date>"},
		{"no such day", xesLog(xesTrace("A", xesEvent("x", good), xesEvent("x", "2025-02-29T00:00:00Z"))), "log.date", place{4, "A", 2}, `"2025-02-29T00:00:00Z", which is not a date that exists in the form 2006-01-02T15:04:05.000+05:00`},
		{"other form", xesLog(xesTrace("A", xesEvent("x", "07.03.2025 10:00"))), "log.date", place{3, "A", 1}, "07.03.2025 10:00"},
		{"day alone", xesLog(xesTrace("A", xesEvent("x", "2025-03-07"))), "log.date", place{3, "A", 1}, "2025-03-07"},
		{"no offset", xesLog(xesTrace("A", xesEvent("x", "2025-03-07T10:00:00"))), "log.zone", place{3, "A", 1}, "time zone"},
		{"wrong date of a trace", xesLog(xesTrace("A", `<date key="until" value="soon"/>`)), "log.date", place{3, "A", 0}, `"until" is "soon"`},
		{"no int", xesLog(xesTrace("A", xesEvent("x", good, `<int key="n" value="9223372036854775808"/>`))), "log.value", place{3, "A", 1}, "int"},
		{"no float", xesLog(xesTrace("A", xesEvent("x", good, `<float key="n" value="0x1p4"/>`))), "log.value", place{3, "A", 1}, "float"},
		{"no boolean", xesLog(xesTrace("A", xesEvent("x", good, `<boolean key="n" value="yes"/>`))), "log.value", place{3, "A", 1}, "boolean"},
		{"event outside a trace", xesLog(whole + "\n" + xesEvent("x", good)), "log.event_outside_trace", place{5, "", 1}, "<trace>"},
	} {
		var s show
		_, err := ReadXES(context.Background(), strings.NewReader(c.log), Options{Keep: []string{"until", "n"}}, s.trace)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: got %v", c.name, err)
			continue
		}
		if got := (place{e.Line, e.Trace, e.Event}); e.Key != c.key || got != c.at {
			t.Errorf("%s: got %s at %+v, want %s at %+v\n%v", c.name, e.Key, got, c.key, c.at, err)
		}
		if !strings.Contains(err.Error(), c.says) || strings.ContainsAny(err.Error(), "{}") {
			t.Errorf("%s: %q does not say %q", c.name, err, c.says)
		}
		if f := fault.Of(err); f.Kind != fault.Invalid || f.Key != c.key || f.Args["line"] != c.at.line {
			t.Errorf("%s: the edge would show %v", c.name, f)
		}
		if strings.HasPrefix(c.log, "<log>\n"+whole) && !strings.Contains(s.String(), `trace "A"`) {
			t.Errorf("%s: the whole trace before the fault was not handed over", c.name)
		}
	}
}

func TestALogCutOffAnywhereHasHandedOverEveryWholeTrace(t *testing.T) {
	t.Parallel()
	log := fixture(t, "inspections.xes")
	whole, _, err := readXES(t, bytes.NewReader(log), Options{})
	if err != nil {
		t.Fatal(err)
	}
	end := bytes.Index(log, []byte("</xes:log>")) + len("</xes:log>")
	for cut := range end {
		got, sum, err := readXES(t, bytes.NewReader(log[:cut]), Options{})
		var e *Error
		if !errors.As(err, &e) || e.Key != "log.truncated" && !(cut == 0 && e.Key == "log.empty") {
			t.Fatalf("cut after %d bytes: %v", cut, err)
		}
		want := bytes.Count(log[:cut], []byte("</trace>")) + bytes.Count(log[:cut], []byte("</xes:trace>"))
		if sum.Traces != want || strings.Count(got, "trace \"") != want || !strings.HasPrefix(whole, got) {
			t.Fatalf("cut after %d bytes: %d traces, want %d", cut, sum.Traces, want)
		}
		if cut > 0 && (e.Args["whole"] != want || e.Line != 1+bytes.Count(log[:cut], []byte("\n"))) {
			t.Fatalf("cut after %d bytes, line %d: the error says %v", cut, 1+bytes.Count(log[:cut], []byte("\n")), err)
		}
	}
}

func TestACompressedLogCutOffAnywhereSaysSo(t *testing.T) {
	t.Parallel()
	log := zipped(t, fixture(t, "inspections.xes"))
	whole, _, err := readXES(t, bytes.NewReader(log), Options{})
	if err != nil {
		t.Fatal(err)
	}
	most := 0
	for cut := 2; cut < len(log); cut++ {
		got, sum, err := readXES(t, bytes.NewReader(log[:cut]), Options{})
		var e *Error
		if !errors.As(err, &e) || e.Key != "log.truncated_gzip" || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("cut after %d bytes: %v", cut, err)
		}
		if !strings.HasPrefix(whole, got) || e.Args["whole"] != sum.Traces {
			t.Fatalf("cut after %d bytes: read %s", cut, got)
		}
		most = max(most, sum.Traces)
	}
	if most != 3 {
		t.Errorf("with only its check sum cut off, all 3 traces can be read; got %d", most)
	}
}

func TestADamagedArchiveIsNotTakenForACutOne(t *testing.T) {
	t.Parallel()
	log := zipped(t, fixture(t, "inspections.xes"))
	log[len(log)-6] ^= 1 // in the check sum
	_, _, err := readXES(t, bytes.NewReader(log), Options{})
	var e *Error
	if !errors.As(err, &e) || e.Key != "log.damaged_gzip" || e.Args["whole"] != 3 {
		t.Errorf("got %v", err)
	}
}

// endless gives a beginning and then one byte again and again.
type endless struct {
	begin string
	fill  byte
	n     int64 // how many of them
	given int64
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.begin) > 0 {
		n := copy(p, e.begin)
		e.begin = e.begin[n:]
		return n, nil
	}
	if e.given >= e.n {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), e.n-e.given)]
	for i := range p {
		p[i] = e.fill
	}
	e.given += int64(len(p))
	return len(p), nil
}

func TestAnAttributeOfTenGigabytesIsRefusedWithoutBeingHeld(t *testing.T) {
	for name, begin := range map[string]string{
		"the value of an attribute": "<log>\n" + xesTrace("A", xesEvent("x", good)) + "<trace><string key=\"concept:name\" value=\"",
		"the value in the head":     "<log>\n" + xesTrace("A", xesEvent("x", good)) + "<string key=\"a\" value=\"",
		"the name of an attribute":  "<log>\n" + xesTrace("A", xesEvent("x", good)) + "<string a",
		"the name of an element":    "<log>\n" + xesTrace("A", xesEvent("x", good)) + "<a",
		"the name in an end":        "<log>\n" + xesTrace("A", xesEvent("x", good)) + "</a",
		"a tag full of blanks":      "<log>\n" + xesTrace("A", xesEvent("x", good)) + "<string ",
		"the declaration":           "<?xml ",
	} {
		fill := byte('a')
		if strings.HasSuffix(begin, " ") {
			fill = ' '
		}
		r := &endless{begin: begin, fill: fill, n: 10 << 30}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, sum, err := readXES(t, r, Options{})
		runtime.ReadMemStats(&after)
		var e *Error
		if !errors.As(err, &e) || !strings.HasPrefix(e.Key, "log.long_") {
			t.Errorf("%s: got %v", name, err)
			continue
		}
		if name != "the declaration" && (sum.Traces != 1 || e.Line != 4) {
			t.Errorf("%s: %d traces before it, line %d", name, sum.Traces, e.Line)
		}
		if r.given > 8<<20 || after.TotalAlloc-before.TotalAlloc > 24<<20 {
			t.Errorf("%s: %d bytes read and %d allocated to find that out", name, r.given, after.TotalAlloc-before.TotalAlloc)
		}
	}
}

func TestAnEndlessCommentIsPassedOverInTheSameWindow(t *testing.T) {
	r := &endless{begin: "<log><!--", fill: 'x', n: 64 << 20}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, _, err := readXES(t, r, Options{})
	runtime.ReadMemStats(&after)
	var e *Error
	if !errors.As(err, &e) || e.Key != "log.truncated" {
		t.Errorf("got %v", err)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 4<<20 {
		t.Errorf("%d bytes allocated", grown)
	}
}

func TestTheBoundsHold(t *testing.T) {
	t.Parallel()
	event := xesEvent("x", good)
	for _, c := range []struct {
		name, within, beyond, key string
		o                         Options
	}{
		{"depth", xesLog(strings.Repeat(`<list key="a">`, 7) + strings.Repeat("</list>", 7)), xesLog(strings.Repeat(`<list key="a">`, 8)), "log.too_deep", Options{MaxDepth: 8}},
		{"events", xesLog(xesTrace("A", event, event)), xesLog(xesTrace("A", event, event, event)), "log.too_many_events", Options{MaxEvents: 2}},
		{"trace", xesLog(xesTrace("A", event, event)), xesLog(xesTrace("A", strings.Repeat(event, 20))), "log.big_trace", Options{MaxTraceBytes: 1000}},
		{"head", xesLog(strings.Repeat(xesTrace("A"), 50)), xesLog(strings.Repeat(`<int key="a" value="1"/>`, 50)), "log.big_head", Options{MaxTraceBytes: 1000}},
		{"value", xesLog(`<string key="a" value="1234567890"/>`), xesLog(`<string key="a" value="12345678901"/>`), "log.long_value", Options{MaxAttribute: 10}},
		{"tag", xesLog("<string key='a' value='' " + attributes(30) + "/>"), xesLog("<string key='a' value='' " + attributes(31) + "/>"), "log.malformed", Options{}},
	} {
		if _, _, err := readXES(t, strings.NewReader(c.within), c.o); err != nil {
			t.Errorf("%s: within the bound: %v", c.name, err)
		}
		_, _, err := readXES(t, strings.NewReader(c.beyond), c.o)
		var e *Error
		if !errors.As(err, &e) || e.Key != c.key {
			t.Errorf("%s: beyond the bound: %v", c.name, err)
		}
	}
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d='' ", i)
	}
	return b.String()
}

func TestTheCallerMayLeaveBadEventsAndTracesOut(t *testing.T) {
	t.Parallel()
	log := xesLog(strings.Join([]string{
		xesTrace("A", xesEvent("first", good), xesEvent("bad", "tomorrow", `<int key="n" value="x"/>`), xesEvent("last", good)),
		xesTrace("B", `<date key="until" value="soon"/>`, xesEvent("x", "soon")),
		"<trace>" + xesEvent("x", good) + "</trace>",
		xesEvent("nowhere", good),
		xesTrace("C", xesEvent("x", good, `<list key="kept"><int key="n" value="many"/></list>`), xesEvent("y", good)),
	}, "\n"))
	var asked []string
	got, sum, err := readXES(t, strings.NewReader(log), Options{OnBad: func(e *Error) error {
		asked = append(asked, fmt.Sprintf("%s %s %d", e.Key, e.Trace, e.Event))
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"log.date A 2", "log.date B 0", "log.no_case  0", "log.event_outside_trace  1", "log.value C 1"}; !reflect.DeepEqual(asked, want) {
		t.Errorf("asked about %q, want %q", asked, want)
	}
	if sum.Traces != 2 || sum.Events != 3 || sum.BadEvents != 3 || sum.BadTraces != 2 {
		t.Errorf("counted %+v", sum)
	}
	if strings.Contains(got, "bad") || strings.Contains(got, "nowhere") || strings.Contains(got, "kept") || strings.Count(got, "event") != 3 {
		t.Errorf("read\n%s", got)
	}

	enough := errors.New("enough")
	_, sum, err = readXES(t, strings.NewReader(log), Options{OnBad: func(e *Error) error {
		if e.Trace == "B" {
			return enough
		}
		return nil
	}})
	if err != enough || sum.Traces != 1 {
		t.Errorf("stopped with %v after %d traces", err, sum.Traces)
	}
}

func TestAMomentWithoutOffsetIsTakenInTheZoneOfTheOptions(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("UZT", 5*3600)
	got, _, err := readXES(t, strings.NewReader(xesLog(xesTrace("A", xesEvent("x", "2025-03-07T10:00:00"), xesEvent("y", "2025-03-07T10:00:00+03:00")))), Options{Zone: zone})
	if err != nil || !strings.Contains(got, "2025-03-07T10:00:00+05:00 by the options' zone") || !strings.Contains(got, "2025-03-07T10:00:00+03:00 as written") {
		t.Errorf("%v\n%s", err, got)
	}
}

func TestWhoeverStopsLeavesNothingBehind(t *testing.T) {
	// TestMain sees whether a goroutine is left.
	var long strings.Builder
	for i := range 60_000 {
		long.WriteString(xesTrace(fmt.Sprint(i), xesEvent("x", good)))
	}
	log := zipped(t, []byte(xesLog(long.String())))

	stop := errors.New("stop")
	for _, own := range []error{stop, io.EOF, &Error{Key: "log.truncated"}} {
		_, err := ReadXES(context.Background(), bytes.NewReader(log), Options{}, func(*Trace) error { return own })
		if err != own {
			t.Errorf("the callback's error %v came back as %v", own, err)
		}
	}

	ctx, cancel := context.WithCancelCause(context.Background())
	n := 0
	sum, err := ReadXES(ctx, bytes.NewReader(log), Options{}, func(*Trace) error {
		if n++; n == 10 {
			cancel(stop)
		}
		return nil
	})
	if err != stop || sum.Traces != 10 {
		t.Errorf("cancelled after 10 traces: %v after %d", err, sum.Traces)
	}
	if _, err = ReadXES(ctx, bytes.NewReader(log), Options{}, func(*Trace) error { return nil }); err != stop {
		t.Errorf("cancelled before: %v", err)
	}
}

func TestAFileThatCannotBeReadIsNotCalledCutOff(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")
	log := []byte(xesLog(xesTrace("A", xesEvent("x", good))))
	for name, b := range map[string][]byte{"plain": log[:len(log)-8], "gzip": zipped(t, log)[:60], "nothing": nil} {
		_, _, err := readXES(t, io.MultiReader(bytes.NewReader(b), iotest.ErrReader(broken)), Options{})
		var e *Error
		if !errors.As(err, &e) || e.Key != "log.read" || !errors.Is(err, broken) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	_, _, err := readXES(t, idle{}, Options{})
	if !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("a reader that gives nothing: %v", err)
	}
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }
