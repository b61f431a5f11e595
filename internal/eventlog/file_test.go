package eventlog

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestAFileIsKnownByItsNameAndItsContent(t *testing.T) {
	t.Parallel()
	xes, csv := fixture(t, "inspections.xes"), fixture(t, "inspections.csv")
	bom := []byte(byteOrderMark)
	for _, c := range []struct {
		name    string
		content []byte
		format  Format
		gzip    bool
		key     string
	}{
		{"a.xes", xes, XES, false, ""},
		{"a.XES.GZ", zipped(t, xes), XES, true, ""},
		{"named-plain.xes", zipped(t, xes), XES, true, ""},
		{"a.csv", csv, CSV, false, ""},
		{"a.csv.gz", zipped(t, csv), CSV, true, ""},
		{"no-ending", append(bom, xes...), XES, false, ""},
		{"no-ending-either", csv, CSV, false, ""},
		{"b.xes", csv, "", false, "log.named_xes"},
		{"b.csv.gz", zipped(t, xes), "", false, "log.named_csv"},
		{"empty.xes", nil, "", false, "log.empty"},
		{"empty.csv.gz", zipped(t, nil), "", false, "log.empty"},
		{"a.zip", []byte("PK\x03\x04rest"), "", false, "log.format"},
		{"a.db", []byte("SQLite format 3\x00"), "", false, "log.format"},
		{"utf16.csv", []byte("\xFF\xFEc\x00"), "", false, "log.encoding"},
		{"cut.xes.gz", zipped(t, xes)[:12], "", false, "log.truncated_gzip"},
		{"cut-in-the-head.xes.gz", zipped(t, xes)[:5], "", false, "log.truncated_gzip"},
		{"damaged.xes.gz", append(zipped(t, xes)[:10], "no deflate stream at all, not at all"...), "", false, "log.damaged_gzip"},
	} {
		path := filepath.Join(t.TempDir(), c.name)
		if err := os.WriteFile(path, c.content, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := Open(path)
		var e *Error
		if c.key != "" {
			if !errors.As(err, &e) || e.Key != c.key || e.File != path || !strings.HasPrefix(err.Error(), path+": ") {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if f.Format != c.format || f.Gzip != c.gzip || f.Size != int64(len(c.content)) {
			t.Errorf("%s is taken for %v, gzip %v, %d bytes", c.name, f.Format, f.Gzip, f.Size)
		}
		for range 2 { // a file may be read again
			var last, total int64
			o := CSVOptions{Options: Options{Zone: tashkent(), Progress: func(read, of int64) {
				if read < last {
					t.Errorf("%s: progress went back", c.name)
				}
				last, total = read, of
			}}}
			if sum, err := f.Read(context.Background(), o, func(*Trace) error { return nil }); err != nil || sum.Traces < 2 {
				t.Errorf("%s: %v, %+v", c.name, err, sum)
			}
			if last != f.Size || total != f.Size {
				t.Errorf("%s: progress ends at %d of %d, not at %d", c.name, last, total, f.Size)
			}
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "absent.xes")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an absent file: %v", err)
	}
	var e *Error
	if _, err := Open(t.TempDir()); !errors.As(err, &e) || e.Key != "log.folder" {
		t.Errorf("a folder: %v", err)
	}
}

func TestAFaultInAFileNamesTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bad.xes")
	log := xesLog(xesTrace("A", xesEvent("x", "soon"), xesEvent("x", "later")))
	if err := os.WriteFile(path, []byte(log), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const want = `/bad.xes: line 3, trace "A", event 1: "time:timestamp" is "soon", which is not a date that exists in the form 2006-01-02T15:04:05.000+05:00`
	_, err = f.Read(context.Background(), CSVOptions{}, func(*Trace) error { return nil })
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v", err)
	}
	var asked []string
	sum, err := f.Read(context.Background(), CSVOptions{Options: Options{OnBad: func(e *Error) error {
		asked = append(asked, e.Error())
		return nil
	}}}, func(*Trace) error { return nil })
	if err != nil || sum.BadEvents != 2 || len(asked) != 2 || !strings.HasSuffix(asked[0], want) {
		t.Errorf("%v, %+v, asked %q", err, sum, asked)
	}
	own := &Error{Key: "log.empty", File: "another"}
	_, err = f.Read(context.Background(), CSVOptions{Options: Options{OnBad: func(*Error) error { return nil }}}, func(*Trace) error { return own })
	if err != error(own) || own.File != "another" {
		t.Errorf("the callback's own error came back as %v", err)
	}
}

func TestEveryKeyHasAnEnglishTextAndEveryTextAKey(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	used, told := map[string]bool{}, map[string]bool{}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(case )?"(log\.[a-z0-9_]+)"`).FindAllStringSubmatch(string(b), -1) {
			if m[1] != "" {
				told[m[2]] = true
			} else {
				used[m[2]] = true
			}
		}
	}
	for k := range used {
		if !told[k] || english(k) == k {
			t.Errorf("%s has no text", k)
		}
	}
	for k := range told {
		if !used[k] {
			t.Errorf("the text of %s is never used", k)
		}
	}
	if len(used) < 30 {
		t.Errorf("only %d keys were found", len(used))
	}
}
