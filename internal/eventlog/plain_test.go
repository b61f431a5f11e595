package eventlog

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// plainXES reads an XES log by encoding/xml and package time, slowly and
// without bounds: what ReadXES must agree with on every log that it accepts.
func plainXES(r io.Reader) (string, error) {
	d := xml.NewDecoder(r)
	var s show
	var t Trace
	var event *Event
	inTrace := false
	var stack []*Attr // open attributes; nil for what is none
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return s.String(), nil
		}
		if err != nil {
			return s.String(), err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			stack = append(stack, nil)
			switch tok.Name.Local {
			case "trace":
				t, inTrace = Trace{}, true
			case "event":
				event = &Event{}
			case "string", "date", "int", "float", "boolean", "id", "list", "container":
				a, err := plainAttr(tok)
				if err != nil && inTrace {
					return s.String(), err
				}
				stack[len(stack)-1] = &a
			}
		case xml.EndElement:
			a := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			switch {
			case tok.Name.Local == "trace":
				_ = s.trace(&t)
				inTrace = false
			case tok.Name.Local == "event":
				t.Events = append(t.Events, *event)
				event = nil
			case a != nil:
				var parent *Attr
				for _, p := range stack {
					if p != nil {
						parent = p
					}
				}
				switch {
				case parent != nil:
					parent.Children = append(parent.Children, *a)
				case event != nil && a.Key == keyName:
					event.Activity = a.Str
				case event != nil && a.Key == keyTime:
					event.At, event.Zone, event.HasZone = a.Int, a.Zone, true
				case event != nil:
					event.Attrs = append(event.Attrs, *a)
				case inTrace && a.Key == keyName:
					t.ID = a.Str
				case inTrace:
					t.Attrs = append(t.Attrs, *a)
				}
			}
		}
	}
}

func plainAttr(e xml.StartElement) (a Attr, err error) {
	value := ""
	for _, x := range e.Attr {
		switch {
		case x.Name.Space != "":
		case x.Name.Local == "key":
			a.Key = x.Value
		case x.Name.Local == "value":
			value = x.Value
		}
	}
	for k, name := range kindNames {
		if name == e.Name.Local {
			a.Kind = Kind(k)
		}
	}
	if a.Key == keyName {
		a.Str = value
		return a, nil
	}
	switch a.Kind {
	case String, ID:
		a.Str = value
	case Date:
		var at time.Time
		if at, err = time.Parse(time.RFC3339, value); err == nil {
			_, off := at.Zone()
			a.Int, a.Zone, a.HasZone = at.UnixMicro(), int16(off/60), true
		}
	case Int:
		a.Int, err = strconv.ParseInt(value, 10, 64)
	case Float:
		a.Float, err = strconv.ParseFloat(value, 64)
	case Boolean:
		var b bool
		if b, err = strconv.ParseBool(value); b {
			a.Int = 1
		}
	}
	return a, err
}

// withoutLines forgets what encoding/xml does not know or does not do: line
// numbers, and the blanks of values that XML makes spaces.
func withoutLines(shown string) string {
	var b strings.Builder
	for line := range strings.Lines(shown) {
		line = strings.TrimSuffix(line, "\n")
		if i := strings.LastIndex(line, " line "); i >= 0 {
			line = line[:i]
		}
		line = strings.NewReplacer(`\r\n`, " ", `\n`, " ", `\t`, " ", `\r`, " ").Replace(line)
		fmt.Fprintln(&b, line)
	}
	return b.String()
}

// agree compares a log that ReadXES accepted with what encoding/xml reads of it.
func agree(log []byte, got string) error {
	want, err := plainXES(bytes.NewReader(log))
	if err != nil {
		return fmt.Errorf("accepted, but encoding/xml says %w", err)
	}
	if withoutLines(got) != withoutLines(want) {
		return errors.New("read as\n" + withoutLines(got) + "encoding/xml reads\n" + withoutLines(want))
	}
	return nil
}
