package picture

import (
	"fmt"
	"sort"
	"strconv"

	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/stored"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// ClockView is the deadlines of a proceeding on time lines. Hours and months do
// not fit on one scale, so deadlines of like length and time share a line.
type ClockView struct {
	Empty  string
	Groups []clockGroup
	Past   []clockGroup // what is over, folded away
	PastIs string
	Alone  bool // one deadline, whose words stand beside the picture
}

type clockGroup struct {
	Title  string
	Ticks  []clockTick
	Now    string // where now is, in per cent; "" outside the line
	NowIs  string
	NowEnd string // how the word at the line is anchored: start, middle, end
	Rows   []clockRow
}

type clockTick struct {
	X, Text, Anchor string
	Minor           bool // left out on a narrow screen
	at              float64
}

type clockRow struct {
	Term, Thing, Href, When, Tag string
	Tone                         ui.DeadlineTone
	Stands                       Standing
	Bars                         []clockBar
	End                          string // where the end of the term stands
	Done                         string // where it was met; "" if it was not
}

// clockBar is a stretch of a bar. Pattern names a pattern of the picture: what
// colour tells, lines tell as well.
type clockBar struct{ X, Width, Class, Pattern string }

// clockItem is a deadline with what its bar needs.
type clockItem struct {
	dl       *proceedings.Deadline
	term     *procedure.Term // nil where the law is no longer applied
	stands   Standing
	original calendar.Moment // the end before any extension
	end      calendar.Moment // the right end of what is drawn
}

// NewClock draws deadlines of a proceeding, in the zone of the service. href is
// the page of a deadline, to which its row leads. now decides what is overdue.
func NewClock(w *web.Words, zone *calendar.Zone, p *proceedings.Proceeding, deadlines []proceedings.Deadline, href func(*proceedings.Deadline) string, now calendar.Moment) ClockView {
	v := ClockView{}
	if len(deadlines) == 0 {
		v.Empty = w.T("clock.empty")
		return v
	}
	items := make([]clockItem, 0, len(deadlines))
	for i := range deadlines {
		dl := &deadlines[i]
		t := TermOf(p.Law, dl)
		it := clockItem{dl: dl, term: t, stands: Stands(t, dl, now), original: OriginalEnd(p.Law, dl), end: max(dl.Due, dl.Closed)}
		items = append(items, it)
	}
	var open, past []clockItem
	for _, it := range items {
		if it.stands.Open() {
			open = append(open, it)
		} else {
			past = append(past, it)
		}
	}
	draw := func(items []clockItem) (out []clockGroup) {
		for _, g := range clockGroups(items) {
			d := clockDrawing{w: w, zone: zone, p: p, href: href, now: now, items: g}
			out = append(out, d.draw())
		}
		return out
	}
	v.Groups, v.Past, v.PastIs = draw(open), draw(past), w.T("clock.past", "n", len(past))
	return v
}

// OriginalEnd is when the deadline would have ended had nobody extended it.
func OriginalEnd(law *procedure.Law, dl *proceedings.Deadline) calendar.Moment {
	d, err := stored.DecodeDeadline(law, dl.Basis)
	t := TermOf(law, dl)
	if err != nil || t == nil || t.Before != procedure.None || t.AtOnce {
		return dl.Due
	}
	span := d.Span
	span.Within, span.Added = t.Length(d.By), calendar.Sum{}
	if span.Within.IsZero() { // its end was given
		return dl.Due
	}
	return min(dl.Due, law.Editions[d.Edition].Days.End(t.Rule, d.Start, span).Due)
}

// How long a term may be to share a line with others, and how far apart in time
// two terms may lie to share one.
const clockDay = 24 * calendar.Hour

var clockScales = [...]struct{ longest, gap calendar.Moment }{{5 * clockDay, 3 * clockDay}, {400 * clockDay, 120 * clockDay}, {1 << 61, 1 << 60}}

// clockGroups puts together what can be read on one scale, the earliest end first.
func clockGroups(items []clockItem) [][]clockItem {
	var out [][]clockItem
	for scale := range clockScales {
		var of []clockItem
		for _, it := range items {
			if clockScale(it.original-it.dl.Started) == scale {
				of = append(of, it)
			}
		}
		sort.SliceStable(of, func(i, j int) bool { return of[i].dl.Started < of[j].dl.Started })
		var end calendar.Moment
		for i, it := range of {
			if i == 0 || it.dl.Started > end+clockScales[scale].gap {
				out = append(out, nil)
				end = 0
			}
			out[len(out)-1] = append(out[len(out)-1], it)
			end = max(end, it.end)
		}
	}
	for _, g := range out {
		sort.SliceStable(g, func(i, j int) bool { return g[i].dl.Due < g[j].dl.Due })
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i][0].dl.Due < out[j][0].dl.Due })
	return out
}

func clockScale(length calendar.Moment) int {
	for i, s := range clockScales {
		if length <= s.longest {
			return i
		}
	}
	return len(clockScales) - 1
}

// clockDrawing is one time line in the making.
type clockDrawing struct {
	w        *web.Words
	zone     *calendar.Zone
	p        *proceedings.Proceeding
	href     func(*proceedings.Deadline) string
	now      calendar.Moment
	items    []clockItem
	from, to calendar.Moment
}

func (d *clockDrawing) draw() clockGroup {
	d.bounds()
	g := clockGroup{Title: d.title(), Ticks: d.ticks()}
	if d.now >= d.from && d.now <= d.to {
		g.Now, g.NowIs, g.NowEnd = d.x(d.now), d.w.T("clock.now"), anchorAt(d.share(d.now))
	}
	for _, it := range d.items {
		g.Rows = append(g.Rows, d.row(it))
	}
	return g
}

// bounds chooses what the line shows: all its terms, and now if that does not
// press them together. A deadline that is over for long does not stretch it.
func (d *clockDrawing) bounds() {
	d.from, d.to = d.items[0].dl.Started, d.items[0].dl.Due
	for _, it := range d.items {
		d.from, d.to = min(d.from, it.dl.Started), max(d.to, it.dl.Due)
	}
	length := max(d.to-d.from, calendar.Hour)
	for _, it := range d.items {
		if it.end > d.to {
			d.to = max(d.to, min(it.end, d.to+length))
		}
	}
	if d.items[0].stands.Open() && d.now > d.to {
		d.to = min(d.now, d.to+length)
	}
	margin := max(d.to-d.from, calendar.Hour) / 40
	d.from, d.to = d.from-margin, d.to+margin
}

func (d *clockDrawing) share(m calendar.Moment) float64 {
	return min(max(float64(m-d.from)/float64(d.to-d.from), 0), 1)
}

func (d *clockDrawing) x(m calendar.Moment) string { return percent(d.share(m)) }

func percent(share float64) string { return fmt.Sprintf("%.2f%%", 100*share) }

func anchorAt(share float64) string {
	switch {
	case share < 0.06:
		return "start"
	case share > 0.94:
		return "end"
	}
	return "middle"
}

func (d *clockDrawing) title() string {
	first, last := d.zone.Date(d.from), d.zone.Date(d.to)
	if first == last {
		return d.w.Date(first)
	}
	return d.w.T("clock.range", "from", d.w.Date(first), "to", d.w.Date(last))
}

func (d *clockDrawing) row(it clockItem) clockRow {
	dl, lb := it.dl, d.w.Law(d.p.Law.Name)
	r := clockRow{Term: lb.Term(dl.Term), Thing: d.w.Thing(d.p.Law, &d.p.State, dl.Thing), Href: d.href(dl), Tone: it.stands.Tone(), Stands: it.stands,
		When: d.w.T("clock.by", "when", d.w.Moment(d.zone, dl.Due)), Tag: it.stands.Words(d.w, it.term, dl, d.now), End: d.x(dl.Due)}
	duty := it.term == nil || !it.term.AtOnce && !it.term.Waiting() && it.term.Breach != procedure.Lapse // somebody can be late with it
	if it.term != nil && it.term.AtOnce {
		r.When = d.w.T("clock.since", "when", d.w.Moment(d.zone, dl.Due))
	}
	bar := func(from, to calendar.Moment, class, pattern string) {
		if to > from {
			r.Bars = append(r.Bars, clockBar{X: d.x(from), Width: percent(d.share(to) - d.share(from)), Class: class, Pattern: pattern})
		}
	}
	kind := string(it.stands)
	switch it.stands {
	case Met, MetLate, Ended:
		upTo := min(dl.Closed, dl.Due)
		bar(dl.Started, upTo, kind, "")
		bar(max(upTo, dl.Started), dl.Due, "rest", "")
		switch {
		case it.term != nil && it.term.AtOnce:
			bar(dl.Due, dl.Closed, kind, "")
		case duty:
			bar(dl.Due, dl.Closed, "late", "clock-late")
		}
		if it.stands != Ended {
			r.Done = d.x(dl.Closed)
		}
	case Waiting, Waited:
		upTo := min(max(d.now, dl.Started), dl.Due)
		bar(dl.Started, upTo, "gone", "")
		bar(upTo, dl.Due, "rest", "")
	case Stopped:
		since := max(dl.Started, dl.Basis.Stopped)
		bar(dl.Started, since, "gone", "")
		bar(since, dl.Due, kind, "clock-stopped")
	default:
		gone := min(max(d.now, dl.Started), it.original)
		bar(dl.Started, gone, kind+" nz-clock__bar--gone", "")
		bar(gone, it.original, kind, "")
		bar(it.original, dl.Due, kind+" nz-clock__bar--longer", "")
		if it.stands == Over {
			bar(dl.Due, d.now, "late", "clock-late")
		}
	}
	return r
}

// ticks marks round times: hours within days, days within weeks, months within years.
func (d *clockDrawing) ticks() []clockTick {
	length := d.to - d.from
	var out []clockTick
	add := func(m calendar.Moment, text string) {
		if m > d.from && m < d.to {
			out = append(out, clockTick{X: d.x(m), Text: text, Anchor: anchorAt(d.share(m)), Minor: len(out)%2 == 1, at: d.share(m)})
		}
	}
	first, last := d.zone.Date(d.from), d.zone.Date(d.to)
	switch {
	case length <= 2*clockDay+12*calendar.Hour:
		step := []int{1, 2, 3, 6, 12}
		i := 0
		for i < len(step)-1 && length > 8*calendar.Moment(step[i])*calendar.Hour {
			i++
		}
		for day := first; day <= last; day++ {
			for h := 0; h < 24; h += step[i] {
				text := fmt.Sprintf("%02d:00", h)
				if h == 0 {
					text = d.day(day)
				}
				add(d.zone.Moment(day, calendar.Moment(h)*calendar.Hour), text)
			}
		}
	case length <= 75*clockDay:
		step := max(1, int(length/(8*clockDay))+1)
		if step > 3 {
			step = (step + 6) / 7 * 7
		}
		for day := first; day <= last; day++ {
			if (int(day)+3)%step == 0 { // weeks are marked on Mondays
				add(d.zone.Moment(day, 0), d.day(day))
			}
		}
	default:
		months := max(1, int(length/(8*30*clockDay))+1)
		for _, round := range []int{1, 2, 3, 6, 12, 24, 60} {
			if months <= round {
				months = round
				break
			}
		}
		y, _, _ := first.Civil()
		for month := 1; ; month += months {
			day := calendar.DateOf(y, month, 1)
			if day > last {
				break
			}
			yy, m, _ := day.Civil()
			text := d.w.T("month.short." + strconv.Itoa(m))
			if m == 1 || months >= 12 {
				text = strconv.Itoa(yy)
			}
			add(d.zone.Moment(day, 0), text)
		}
	}
	// A word at the edge is pushed inwards and needs more room than the others.
	if n := len(out); n > 1 && out[n-1].Anchor == "end" && out[n-1].at-out[n-2].at < 0.17 {
		out[n-1].Text = ""
	}
	if len(out) > 1 && out[0].Anchor == "start" && out[1].at-out[0].at < 0.13 {
		out[0].Text = ""
	}
	return out
}

func (d *clockDrawing) day(day calendar.Date) string {
	_, m, n := day.Civil()
	return d.w.T("clock.day", "day", n, "month", d.w.T("month.short."+strconv.Itoa(m)))
}
