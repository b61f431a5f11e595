package lawtext

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"nazorat/internal/calendar"
)

// Tables of days off lie in calendars/, for all laws of the tree.
const calendarsDir = "calendars"

// week is the days of the week as files name them, from Monday.
var week = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

// Days reads tables of days off, each once. It belongs to its Source.
type Days struct {
	*Source
	tables map[string]*calendar.Days
	names  map[string]map[string]string // of holidays, by language, by key
}

// Days is a reader of the tree's tables of days off.
func (s *Source) Days() *Days {
	return &Days{s, map[string]*calendar.Days{}, map[string]map[string]string{}}
}

// Names are the names in one language of the holidays of all tables read so far, by their keys.
func (d *Days) Names(lang string) map[string]string { return d.names[lang] }

// Table reads calendars/<name>.yaml: zone, weekend, closing time, and for each
// year the days off with their source and the weekend days moved to work. nil,
// with a problem at the place that named it, where there is no such table; nil
// too where anything of the source was at fault before.
func (d *Days) Table(at Node, name string) *calendar.Days {
	if days, ok := d.tables[name]; ok {
		return days
	}
	if name == "" {
		d.Bad(at, "days: is missing").Meant = "name a table of " + calendarsDir + "/, such as days: uz"
		return nil
	}
	if file := path.Join(calendarsDir, name+".yaml"); !slices.Contains(d.Files(calendarsDir, ".yaml"), file) {
		var known []string
		for _, f := range d.Files(calendarsDir, ".yaml") {
			known = append(known, strings.TrimSuffix(path.Base(f), ".yaml"))
		}
		d.BadName(at, "table of days off", name, known)
		return nil
	}
	top, ok := d.Read(path.Join(calendarsDir, name+".yaml"))
	if !ok {
		return nil
	}
	k := d.Keys(top, "zone", "weekend", "closes", "names", "years")
	zone, err := calendar.LoadZone(d.Text(k["zone"]))
	if err != nil {
		d.Bad(k["zone"].Or(top), "%v", err)
		return nil
	}
	var weekend []time.Weekday
	for _, w := range d.List(k["weekend"]) {
		day := slices.Index(week, w.Word())
		if day < 0 {
			d.BadName(w, "day of the week", w.Word(), week)
			continue
		}
		weekend = append(weekend, time.Weekday((day+1)%7))
	}
	closes, err := time.Parse("15:04", d.Text(k["closes"]))
	if err != nil {
		d.Bad(k["closes"].Or(top), "closes: want a time such as \"18:00\"")
	}
	off, work, from, to := d.years(top, k["years"], d.dayNames(k["names"]))
	if d.Err() != nil {
		return nil
	}
	days, err := calendar.NewDays(zone, weekend, calendar.Moment(closes.Hour())*calendar.Hour+calendar.Moment(closes.Minute())*calendar.Minute, from, to, off, work)
	if err != nil {
		d.Bad(top, "%v", err)
		return nil
	}
	d.tables[name] = days
	return days
}

// dayNames reads the names of the holidays in each language, and gives the keys of them.
func (d *Days) dayNames(n Node) (keys []string) {
	for _, e := range d.Entries(n) {
		keys = append(keys, e.Name)
		for lang, text := range d.Keys(e.Value, Languages...) {
			if d.names[lang] == nil {
				d.names[lang] = map[string]string{}
			}
			d.names[lang][e.Name] = d.Text(text)
		}
	}
	return keys
}

func (d *Days) years(top, years Node, names []string) (off []calendar.Off, work []calendar.Date, from, to int) {
	for _, y := range d.Entries(years) {
		n, err := strconv.Atoi(y.Name)
		if err != nil || n < 1900 || n > 2199 {
			d.Bad(y.Key, "%q is no year", y.Name)
			continue
		}
		if to != 0 && n != to+1 {
			d.Bad(y.Key, "the year %d does not follow %d", n, to).Meant = "years stand in order, none left out: a day without data must not look like a working day"
		}
		if from == 0 {
			from = n
		}
		to = n
		k := d.Keys(y.Value, "source", "off", "work")
		src := d.Text(k["source"])
		for _, o := range d.Entries(k["off"]) {
			date, err := calendar.ParseDate(o.Name)
			if yy, _, _ := date.Civil(); err != nil || yy != n {
				d.Bad(o.Key, "%q is no date of %d", o.Name, n)
				continue
			}
			if name := d.Text(o.Value); !slices.Contains(names, name) {
				d.BadName(o.Value, "holiday", name, names)
			}
			off = append(off, calendar.Off{Date: date, Name: d.Text(o.Value), Source: src})
		}
		for _, w := range d.List(k["work"]) {
			date, err := calendar.ParseDate(w.Word())
			if yy, _, _ := date.Civil(); err != nil || yy != n {
				d.Bad(w, "%q is no date of %d", w.Word(), n)
				continue
			}
			if slices.ContainsFunc(off, func(o calendar.Off) bool { return o.Date == date }) {
				d.Bad(w, "%s is off and a working day as well", date)
				continue
			}
			work = append(work, date)
		}
	}
	if from == 0 {
		d.Bad(years.Or(top), "years: lists no year")
	}
	return off, work, from, to
}
