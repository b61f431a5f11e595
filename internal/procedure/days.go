package procedure

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"nazorat/internal/calendar"
)

var weekdays = map[string]time.Weekday{
	"monday": time.Monday, "tuesday": time.Tuesday, "wednesday": time.Wednesday, "thursday": time.Thursday,
	"friday": time.Friday, "saturday": time.Saturday, "sunday": time.Sunday,
}

// dayTable reads laws/calendars/<name>.yaml: zone, weekend, closing time, and
// for each year the days off with their source and the weekend days moved to work.
func (l *loader) dayTable(at node, name string) *calendar.Days {
	if d, ok := l.days[name]; ok {
		return d
	}
	if name == "" {
		l.bad(at, "days: is missing").Meant = "name a table of " + calendarsDir + "/, such as days: uz"
		return nil
	}
	if file := path.Join(calendarsDir, name+".yaml"); !slices.Contains(l.files(calendarsDir, ".yaml"), file) {
		var known []string
		for _, f := range l.files(calendarsDir, ".yaml") {
			known = append(known, strings.TrimSuffix(path.Base(f), ".yaml"))
		}
		l.badName(at, "table of days off", name, known)
		return nil
	}
	top, ok := l.read(path.Join(calendarsDir, name+".yaml"))
	if !ok {
		return nil
	}
	k := l.keys(top, "zone", "weekend", "closes", "names", "years")
	zone, err := calendar.LoadZone(l.text(k["zone"]))
	if err != nil {
		l.bad(orTop(k["zone"], top), "%v", err)
		return nil
	}
	var weekend []time.Weekday
	for _, w := range l.list(k["weekend"]) {
		day, ok := weekdays[w.Value]
		if !ok {
			l.badName(w, "day of the week", w.Value, []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"})
			continue
		}
		weekend = append(weekend, day)
	}
	closes, err := time.Parse("15:04", l.text(k["closes"]))
	if err != nil {
		l.bad(orTop(k["closes"], top), "closes: want a time such as \"18:00\"")
	}
	off, work, from, to := l.years(top, k["years"], l.dayNames(k["names"]))
	if l.err() != nil {
		return nil
	}
	days, err := calendar.NewDays(zone, weekend, calendar.Moment(closes.Hour())*calendar.Hour+calendar.Moment(closes.Minute())*calendar.Minute, from, to, off, work)
	if err != nil {
		l.bad(top, "%v", err)
		return nil
	}
	l.days[name] = days
	return days
}

// dayNames reads the names of the holidays in each language, and gives the keys of them.
func (l *loader) dayNames(n node) (keys []string) {
	for _, e := range l.entries(n) {
		keys = append(keys, e.name)
		for lang, text := range l.keys(e.value, Languages...) {
			if l.holidays[lang] == nil {
				l.holidays[lang] = map[string]string{}
			}
			l.holidays[lang][e.name] = l.text(text)
		}
	}
	return keys
}

func (l *loader) years(top, years node, names []string) (off []calendar.Off, work []calendar.Date, from, to int) {
	for _, y := range l.entries(years) {
		n, err := strconv.Atoi(y.name)
		if err != nil || n < 1900 || n > 2199 {
			l.bad(y.key, "%q is no year", y.name)
			continue
		}
		if to != 0 && n != to+1 {
			l.bad(y.key, "the year %d does not follow %d", n, to).Meant = "years stand in order, none left out: a day without data must not look like a working day"
		}
		if from == 0 {
			from = n
		}
		to = n
		k := l.keys(y.value, "source", "off", "work")
		src := l.text(k["source"])
		for _, o := range l.entries(k["off"]) {
			d, err := calendar.ParseDate(o.name)
			if yy, _, _ := d.Civil(); err != nil || yy != n {
				l.bad(o.key, "%q is no date of %d", o.name, n)
				continue
			}
			if name := l.text(o.value); !slices.Contains(names, name) {
				l.badName(o.value, "holiday", name, names)
			}
			off = append(off, calendar.Off{Date: d, Name: l.text(o.value), Source: src})
		}
		for _, w := range l.list(k["work"]) {
			d, err := calendar.ParseDate(w.Value)
			if yy, _, _ := d.Civil(); err != nil || yy != n {
				l.bad(w, "%q is no date of %d", w.Value, n)
				continue
			}
			if slices.ContainsFunc(off, func(o calendar.Off) bool { return o.Date == d }) {
				l.bad(w, "%s is off and a working day as well", d)
				continue
			}
			work = append(work, d)
		}
	}
	if from == 0 {
		l.bad(orTop(years, top), "years: lists no year")
	}
	return off, work, from, to
}
