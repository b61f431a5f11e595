// Package calendar counts time as laws do: periods in hours, days, working
// days, months and years, the first day counted or not, ends that roll to a
// working day or never do.
//
// It owns civil dates, zones, the table of days off, and the arithmetic of
// terms. It is pure: it reads no clock and no file. What a year's days off are
// is data (laws/calendars), never code. Outside the years that the data covers
// only the weekend is known, and Known says so; callers must not hide that.
//
// Every instant is a Moment in microseconds UTC. The end of a term is the last
// microsecond in which the duty is still done in time, so that one comparison,
// done <= due, is right for "by 23:10" and for "until 24:00" alike.
package calendar

import (
	"errors"
	"fmt"
	"time"
)

// Moment is an instant in microseconds since 1970-01-01T00:00:00Z.
// Zero means "none": no act of any law here was done in that microsecond.
type Moment int64

// Lengths of time in the unit of Moment.
const (
	Microsecond Moment = 1
	Second             = 1_000_000 * Microsecond
	Minute             = 60 * Second
	Hour               = 60 * Minute
	dayLength          = 24 * Hour
)

// At converts a time.Time, dropping what is finer than a microsecond.
func At(t time.Time) Moment { return Moment(t.UnixMicro()) }

// Time converts to a time.Time in UTC.
func (m Moment) Time() time.Time { return time.UnixMicro(int64(m)).UTC() }

// Date is a civil date as the number of days since 1970-01-01, in the
// proleptic Gregorian calendar. It has no zone.
type Date int32

// DateOf makes a date. Month and day may lie outside their ranges, as with time.Date.
func DateOf(year, month, day int) Date {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return Date(floorDiv(t.Unix(), 86400))
}

// errNoDay tells of a day such as 30 February.
var errNoDay = errors.New("there is no such day")

// ParseDate reads "2026-03-02".
func ParseDate(s string) (Date, error) {
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		var year, month, day int
		if _, err := fmt.Sscanf(s+"$", "%4d-%2d-%2d$", &year, &month, &day); err == nil && len(s) == len("2006-01-02") {
			return 0, fmt.Errorf("date %q: %w", s, errNoDay)
		}
		return 0, fmt.Errorf("date %q: want YYYY-MM-DD", s)
	}
	return Date(floorDiv(t.Unix(), 86400)), nil
}

// Civil splits a date into year, month 1..12, and day.
// (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.)
func (d Date) Civil() (year, month, day int) {
	z := int(d) + 719468
	era := z / 146097
	if z < 0 {
		era = (z - 146096) / 146097
	}
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = doy - (153*mp+2)/5 + 1
	month = mp + 3
	if mp >= 10 {
		month = mp - 9
	}
	year = yoe + era*400
	if month <= 2 {
		year++
	}
	return year, month, day
}

// String writes "2026-03-02".
func (d Date) String() string {
	y, m, day := d.Civil()
	return fmt.Sprintf("%04d-%02d-%02d", y, m, day)
}

// Weekday of the date.
func (d Date) Weekday() time.Weekday {
	return time.Weekday(((int(d)+4)%7 + 7) % 7) // 1970-01-01 was a Thursday
}

// AddMonths moves by whole months; where the month has no such day, to its
// last one (CPC 315: "no such date, then the last day of the month").
func (d Date) AddMonths(n int) Date {
	y, m, day := d.Civil()
	total := y*12 + (m - 1) + n
	y, m = total/12, total%12+1
	if last := daysIn(y, m); day > last {
		day = last
	}
	return fromCivil(y, m, day)
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// fromCivil is days_from_civil of the same paper as Civil.
func fromCivil(y, m, d int) Date {
	if m <= 2 {
		y--
	}
	era := y / 400
	if y < 0 {
		era = (y - 399) / 400
	}
	yoe := y - era*400
	mp := m - 3
	if m <= 2 {
		mp = m + 9
	}
	doy := (153*mp+2)/5 + d - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return Date(era*146097 + doe - 719468)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
