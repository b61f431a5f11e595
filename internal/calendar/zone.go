package calendar

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"
	_ "time/tzdata" // laws name zones; the machine need not know them
)

// Zone is a time zone with its changes of offset laid out for fast look-up
// between 1970 and 2100. Safe for concurrent use.
type Zone struct {
	name    string
	loc     *time.Location
	starts  []int64 // Unix seconds from which offsets[i] holds
	offsets []int32 // seconds east of UTC
}

// LoadZone finds a zone by its IANA name, such as "Asia/Tashkent".
func LoadZone(name string) (*Zone, error) {
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, fmt.Errorf("unknown time zone %q", name)
	}
	z := &Zone{name: name, loc: loc}
	from, to := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	for t := from; t.Before(to); {
		local := t.In(loc)
		_, off := local.Zone()
		if n := len(z.offsets); n == 0 || z.offsets[n-1] != int32(off) {
			z.starts, z.offsets = append(z.starts, t.Unix()), append(z.offsets, int32(off))
		}
		_, end := local.ZoneBounds()
		if end.IsZero() {
			break
		}
		if !end.After(t) {
			// Package time takes every year of a zone's rule for 365 days: on 31 December of a leap year the bounds end where they are asked for.
			end = t.Add(24 * time.Hour)
		}
		t = end.UTC()
	}
	return z, nil
}

// Name is the IANA name.
func (z *Zone) Name() string { return z.name }

// Location is the zone for package time.
func (z *Zone) Location() *time.Location { return z.loc }

func (z *Zone) offset(sec int64) int64 {
	n := len(z.starts)
	if n == 1 || sec >= z.starts[n-1] {
		return int64(z.offsets[n-1])
	}
	i := sort.Search(n, func(i int) bool { return z.starts[i] > sec })
	if i == 0 {
		return int64(z.offsets[0])
	}
	return int64(z.offsets[i-1])
}

// Local splits a moment into the civil date and the time since that date's midnight by the clock on the wall.
func (z *Zone) Local(m Moment) (Date, Moment) {
	sec := floorDiv(int64(m), int64(Second))
	wall := int64(m) + z.offset(sec)*int64(Second)
	day := floorDiv(wall, int64(dayLength))
	return Date(day), Moment(wall - day*int64(dayLength))
}

// Date is the civil date of a moment.
func (z *Zone) Date(m Moment) Date {
	d, _ := z.Local(m)
	return d
}

// Moment is the instant at which the wall clock shows the date and the time of
// day. Where the clock shows it twice it is the first; where it skips it, the
// instant an offset before the change would give, as time.Date does.
func (z *Zone) Moment(d Date, timeOfDay Moment) Moment {
	wall := int64(d)*int64(dayLength) + int64(timeOfDay)
	sec := floorDiv(wall, int64(Second))
	off := z.offset(sec - z.offset(sec))
	if before := z.offset(sec - off - 3*3600); before != off {
		// Near a change: take the first of two instants that show this time.
		if early := sec - before; z.offset(early) == before {
			off = before
		}
	}
	return Moment(wall - off*int64(Second))
}

// EndOfDay is the last microsecond of the date: "until 24:00".
func (z *Zone) EndOfDay(d Date) Moment { return z.Moment(d+1, 0) - Microsecond }

// ParseMoment reads "2026-03-06T23:10", also with a blank for the T, with
// seconds, with a fraction, with an offset or Z; without an offset it is read in the zone.
// A bare date is that day's midnight.
func (z *Zone) ParseMoment(s string) (Moment, error) {
	for _, layout := range momentLayouts {
		if t, err := time.ParseInLocation(layout, s, z.loc); err == nil {
			return At(t), nil
		}
	}
	return 0, fmt.Errorf("moment %q: %s", s, noMoment(s))
}

// noMoment says what is wrong with the text of a moment.
func noMoment(s string) string {
	date, clock := s, ""
	if i := strings.IndexAny(s, "T "); i >= 0 {
		date, clock = s[:i], s[i+1:]
	}
	day, err := ParseDate(date)
	if errors.Is(err, errNoDay) {
		return errNoDay.Error()
	}
	var hour, minute int
	_, clockErr := fmt.Sscanf(clock+"$", "%2d:%2d$", &hour, &minute)
	switch {
	case err != nil || clockErr != nil:
		return "want YYYY-MM-DDTHH:MM"
	case hour == 24 && minute == 0:
		return fmt.Sprintf("a day ends before 24:00; say 00:00 of %s, or 23:59", day+1)
	}
	return "there is no such time of day"
}

var momentLayouts = [...]string{
	"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999",
	time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02",
}

// Format writes "2026-03-12 14:30" in the zone; the end of a day as "2026-03-12 24:00".
func (z *Zone) Format(m Moment) string {
	d, t := z.Local(m)
	if t == dayLength-Microsecond {
		return d.String() + " 24:00"
	}
	return fmt.Sprintf("%s %02d:%02d", d, t/Hour, t%Hour/Minute)
}
