package calendar

import (
	"fmt"
	"time"
)

// Off is a day on which offices do not work, and why.
type Off struct {
	Date   Date
	Name   string // key of the holiday's name; "" for a plain weekend
	Source string // the decree or law that says so
}

// Days says which days are working days. Build it with NewDays; it is then
// read-only and safe for concurrent use.
type Days struct {
	zone     *Zone
	weekend  [7]bool
	closes   Moment // close of business, time of day
	from, to Date   // the first and last date of the years that are decreed
	off      map[Date]Off
	work     map[Date]bool // weekend days moved to work
	bits     []uint64      // from..to, 1 = off
}

// NewDays makes a calendar for the years from..to (inclusive), in which the
// listed dates are off and the dates in work are working days although they
// fall on the weekend. closes is the time of day at which offices close.
func NewDays(zone *Zone, weekend []time.Weekday, closes Moment, fromYear, toYear int, off []Off, work []Date) (*Days, error) {
	if toYear < fromYear {
		return nil, fmt.Errorf("calendar: years %d to %d", fromYear, toYear)
	}
	if len(weekend) > 6 {
		return nil, fmt.Errorf("calendar: no working day is left in the week")
	}
	c := &Days{
		zone: zone, closes: closes,
		from: DateOf(fromYear, 1, 1), to: DateOf(toYear, 12, 31),
		off: make(map[Date]Off, len(off)), work: make(map[Date]bool, len(work)),
	}
	for _, w := range weekend {
		c.weekend[w] = true
	}
	for _, o := range off {
		if o.Date < c.from || o.Date > c.to {
			return nil, fmt.Errorf("calendar: %s lies outside the years %d to %d", o.Date, fromYear, toYear)
		}
		c.off[o.Date] = o
	}
	for _, d := range work {
		if _, both := c.off[d]; both {
			return nil, fmt.Errorf("calendar: %s is both off and a working day", d)
		}
		c.work[d] = true
	}
	c.bits = make([]uint64, (int(c.to-c.from)+64)/64)
	for d := c.from; d <= c.to; d++ {
		_, holiday := c.off[d]
		if holiday || c.weekend[d.Weekday()] && !c.work[d] {
			i := uint(d - c.from)
			c.bits[i/64] |= 1 << (i % 64)
		}
	}
	return c, nil
}

// Zone in which the days are counted.
func (c *Days) Zone() *Zone { return c.zone }

// Known reports whether the days off of that date's year are decreed. For
// other years only the weekend is known.
func (c *Days) Known(d Date) bool { return d >= c.from && d <= c.to }

// Working reports whether offices work on the date.
func (c *Days) Working(d Date) bool {
	if !c.Known(d) {
		return !c.weekend[d.Weekday()]
	}
	i := uint(d - c.from)
	return c.bits[i/64]&(1<<(i%64)) == 0
}

// Why says why a date is off: the holiday, or an empty Name for a weekend.
// ok is false for a working day.
func (c *Days) Why(d Date) (o Off, ok bool) {
	if c.Working(d) {
		return Off{}, false
	}
	if o, found := c.off[d]; found {
		return o, true
	}
	return Off{Date: d}, true
}

// Next is the first working day on or after d.
func (c *Days) Next(d Date) Date {
	for !c.Working(d) {
		d++
	}
	return d
}

// Previous is the last working day on or before d.
func (c *Days) Previous(d Date) Date {
	for !c.Working(d) {
		d--
	}
	return d
}
