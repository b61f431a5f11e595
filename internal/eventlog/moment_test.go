package eventlog

import (
	"testing"
	"time"
	_ "time/tzdata" // the zones of the tests, whatever the machine has

	"pgregory.net/rapid"
)

func TestMomentsInTheFormsOfLogs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s, strict, loose string // as RFC 3339, a local moment with Z and "local"; empty where it is refused
	}{
		{"2025-03-07T10:00:00+05:00", "2025-03-07T05:00:00Z", "2025-03-07T05:00:00Z"},
		{"2025-03-07T10:00:00Z", "2025-03-07T10:00:00Z", "2025-03-07T10:00:00Z"},
		{"2025-03-07T10:00:00.1234567-14:00", "2025-03-08T00:00:00.123456Z", "2025-03-08T00:00:00.123456Z"},
		{"1969-12-31T23:59:59.9999999Z", "1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"},
		{"0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
		{"9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"},
		{"2024-02-29T00:00:00", "2024-02-29T00:00:00Z local", "2024-02-29T00:00:00Z local"},
		{"2025-03-07", "", "2025-03-07T00:00:00Z local"},
		{"2025-03-07 10:00", "", "2025-03-07T10:00:00Z local"},
		{"2025-03-07T10:00Z", "", "2025-03-07T10:00:00Z"},
		{"2025-03-07 10:00:00.5 +0530", "", "2025-03-07T04:30:00.5Z"},
		{"2025-03-07 10:00:00+05", "", "2025-03-07T05:00:00Z"},
		{"", "", ""}, {"2025", "", ""}, {"2025-13-01", "", ""}, {"2025-00-01", "", ""}, {"2025-01-00", "", ""},
		{"2025-02-29T00:00:00Z", "", ""}, {"1900-02-29T00:00:00Z", "", ""}, {"2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z"},
		{"2025-04-31T00:00:00Z", "", ""}, {"2025-03-07T24:00:00Z", "", ""}, {"2025-03-07T23:60:00Z", "", ""}, {"2025-03-07T23:59:60Z", "", ""},
		{"0000-01-01T00:00:00Z", "", ""}, {"2025-03-07T10:00:00.Z", "", ""}, {"2025-03-07T10:00:00+14:01", "", ""}, {"2025-03-07T10:00:00+05:60", "", ""},
		{"2025-03-07T10:00:00+5:00", "", ""}, {"2025-03-07T10:00:0Z", "", ""}, {"2025-03-07T10:00:00Z ", "", ""}, {"2025-03-07T10:00:00,5Z", "", ""},
		{"2025-3-7T10:00:00Z", "", ""}, {"-025-03-07T10:00:00Z", "", ""}, {"2025-03-07T", "", ""}, {"2025-03-07T10:00:00 ", "", ""}, {"٢٠٢٥-03-07", "", ""},
	} {
		for loose, want := range map[bool]string{false: c.strict, true: c.loose} {
			got := ""
			m, ok := parseISO(c.s, loose)
			if ok {
				got = time.UnixMicro(m.micros).UTC().Format(time.RFC3339Nano)
				if !m.hasZone {
					got += " local"
				}
			}
			if got != want {
				t.Errorf("%q, loose %v: %q, want %q", c.s, loose, got, want)
			}
			if b, okB := parseISO([]byte(c.s), loose); b != m || okB != ok {
				t.Errorf("%q reads differently as bytes", c.s)
			}
		}
	}
}

func TestEveryMomentReadsAsThePackageTimeReadsIt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := time.UnixMicro(rapid.Int64Range(-62135596800_000_000+14*3600_000_000, 253402300799_000_000-14*3600_000_000).Draw(t, "micros"))
		zone := rapid.IntRange(-14*60, 14*60).Draw(t, "zone")
		layout := rapid.SampledFrom([]string{time.RFC3339Nano, "2006-01-02T15:04:05.000000Z07:00", "2006-01-02T15:04:05.000000000-07:00", "2006-01-02 15:04:05-0700", "2006-01-02T15:04Z07:00"}).Draw(t, "layout")
		s := at.In(time.FixedZone("", zone*60)).Format(layout)
		want, err := time.Parse(layout, s)
		if err != nil {
			t.Fatal(err)
		}
		m, ok := parseISO(s, true)
		if !ok || m.micros != want.UnixMicro() || !m.hasZone || int(m.zone) != zone {
			t.Fatalf("%s is %+v, %v; want %d in %d", s, m, ok, want.UnixMicro(), zone)
		}
	})
}

func FuzzMoment(f *testing.F) {
	for _, s := range []string{"2025-03-07T10:00:00+05:00", "2025-03-07T10:00:00.123Z", "2025-03-07", "2024-02-29 23:59", "2025-03-07 10:00:00 -0330"} {
		f.Add(s)
	}
	layouts := []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05"}
	f.Fuzz(func(t *testing.T, s string) {
		m, ok := parseISO(s, false)
		if !ok {
			return
		}
		layout := layouts[1]
		if m.hasZone {
			layout = layouts[0]
		}
		want, err := time.Parse(layout, s)
		if err != nil || want.UnixMicro() != m.micros {
			t.Errorf("%q is %d here and %v, %v in package time", s, m.micros, want, err)
		}
		if m2, ok := parseISO(s, true); !ok || m2 != m {
			t.Errorf("%q: what is right strictly is right loosely too", s)
		}
	})
}

func TestALocalMomentAtAClockChangeTakesTheOffsetBeforeIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zone, local, want string
	}{
		{"Asia/Tashkent", "2025-03-07T10:00:00", "2025-03-07T10:00:00+05:00"},
		{"Europe/Rome", "2025-03-30T01:59:59", "2025-03-30T01:59:59+01:00"},
		{"Europe/Rome", "2025-03-30T02:30:00", "2025-03-30T03:30:00+02:00"}, // skipped
		{"Europe/Rome", "2025-03-30T03:00:00", "2025-03-30T03:00:00+02:00"},
		{"Europe/Rome", "2025-10-26T02:30:00", "2025-10-26T02:30:00+02:00"}, // twice
		{"Europe/Rome", "2025-10-26T03:00:00", "2025-10-26T03:00:00+01:00"},
		{"America/Chicago", "2019-11-03T01:30:00", "2019-11-03T01:30:00-05:00"}, // twice
		{"America/Chicago", "2019-03-10T02:30:00", "2019-03-10T03:30:00-05:00"}, // skipped
		{"Pacific/Apia", "2011-12-30T12:00:00", "2011-12-31T12:00:00+14:00"},    // a whole day skipped
	} {
		loc, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		m, ok := parseISO(c.local, false)
		if !ok {
			t.Fatal(c.local)
		}
		m = m.in(loc)
		if got := momentText(m.micros, m.zone); got != c.want || m.hasZone {
			t.Errorf("%s in %s is %s, want %s", c.local, c.zone, got, c.want)
		}
	}
}
