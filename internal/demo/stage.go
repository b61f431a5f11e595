package demo

import (
	"nazorat/internal/calendar"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// scene is a proceeding of the district that is shown, laid so that on the day
// of the demonstration one of its deadlines ends at a chosen distance from Now,
// and nobody has met it yet.
type scene struct {
	law  *procedure.Law
	rule *birthRule
	term procedure.TermID // whose end is laid
	name string
	in   calendar.Moment // after Now; negative: overdue
	plan map[string]string
}

// scene reads one: "term: custody, in: 2d" or "late: 6h", who forgets what, and what the draws come to.
func (r *reader) scene(n lawtext.Node) {
	v := r.Keys(n, "term", "in", "late", "begin", "officer", "forgets", "plan")
	s := scene{law: r.law, name: r.Text(v["term"]), plan: r.plan(v["plan"])}
	s.term = r.term(v["term"].Or(n), s.name)
	for key, sign := range map[string]calendar.Moment{"in": 1, "late": -1} {
		if v[key].Given() {
			s.in = sign * r.span(v[key]).from
		}
	}
	if s.in == 0 {
		r.Bad(n, "a scene lies ahead (in: 2d) or behind (late: 6h)")
	}
	for _, t := range append(r.List(v["forgets"]), v["term"]) {
		if t.Given() {
			r.term(t, t.Word())
			s.plan["forgets "+t.Word()] = yes
		}
	}
	if who := r.Text(v["officer"]); who != "" {
		s.plan["charge"] = shown + "-" + who
	}
	s.plan["punctual"] = yes
	begin := r.Text(v["begin"])
	for i := range r.book.births {
		if b := &r.book.births[i]; b.law == r.law && (begin == "" && s.rule == nil || b.begin == begin) {
			s.rule = b
		}
	}
	if s.rule == nil {
		r.Bad(n, "nothing begins so: %q", begin)
		return
	}
	r.book.scenes = append(r.book.scenes, s)
}

// staged gives the births of as many scenes as there are cases for. Those of
// other laws come only where there are cases enough for all.
func (w *world) staged(cases int, lapse func(act, why string)) (out []birth) {
	n := 0
	for i := range w.book.scenes {
		s := &w.book.scenes[i]
		if n++; n > cases {
			break
		}
		b := birth{index: uint64(i), rule: s.rule, plan: s.plan, beat: &w.beats[w.shown]}
		at, ok := w.lay(&b, s)
		if !ok { // not on this day of the week: then the other side of it
			other := *s
			other.in = -s.in
			at, ok = w.lay(&b, &other)
		}
		if !ok {
			lapse("scene "+s.name, "cannot come about under this law")
			continue
		}
		b.at = at
		out = append(out, b)
	}
	return out
}

// lay finds when a case must be reported, trying with other luck where a long
// road always ends on the wrong day of the week.
func (w *world) lay(b *birth, s *scene) (at calendar.Moment, ok bool) {
	best, missed, with := calendar.Moment(0), calendar.Moment(0), uint64(0)
	for b.luck = 0; b.luck < 5 || best == 0 && b.luck < 24; b.luck++ {
		at, miss := w.layWith(b, s)
		if at != 0 && (best == 0 || abs(miss) < abs(missed)) {
			best, missed, with = at, miss, b.luck
		}
		if best != 0 && abs(missed) < max(14*hour, abs(s.in)/3) {
			break
		}
	}
	b.luck = with
	return best, best != 0
}

// layWith finds when a case must be reported for its deadline to end where the
// scene wants it, by living it in thought and moving it by the miss. Ends that
// roll to working days cannot be hit exactly: then it is tried in steps round
// about, and the nearest on the right side of Now is taken.
func (w *world) layWith(b *birth, s *scene) (at, miss calendar.Moment) {
	target := w.now + s.in
	best, missed := calendar.Moment(0), calendar.Moment(0)
	near, by := calendar.Moment(0), calendar.Moment(0) // where it was least missed, whether it stood or not
	try := func(at calendar.Moment) calendar.Moment {
		b.at = at
		due, ok := w.foresee(b, s)
		if !ok || at < w.now-longest {
			return 0
		}
		miss := due - target
		if near == 0 || abs(miss) < abs(by) {
			near, by = at, miss
		}
		if (due > w.now) == (s.in > 0) && at < w.now && (best == 0 || abs(miss) < abs(missed)) && w.stands(b, s) {
			best, missed = at, miss
		}
		return miss
	}
	at = target - 5*day
	for range 8 {
		miss := try(at)
		if abs(miss) < 5*minute && best != 0 {
			return best, missed
		}
		if at -= miss; miss == 0 {
			at -= 3 * hour
		}
		at -= at % calendar.Second
	}
	if near == 0 {
		near = at
	}
	for k, from := calendar.Moment(1), near; k <= 48 && (best == 0 || k <= 16 && abs(missed) > max(8*hour, abs(s.in)/2)); k++ {
		try(from - k*7*hour)
		try(from + k*7*hour)
	}
	return best, missed
}

// foresee lives a case in thought, and says when the term that is laid will end.
func (w *world) foresee(b *birth, s *scene) (calendar.Moment, bool) {
	l := w.born(b, func(string, string) {})
	found := calendar.Moment(0)
	for n := 0; n < 600; n++ {
		next, more := l.next()
		if found != 0 && (!more || next > found-s.in) {
			break // the day of the demonstration has come
		}
		if !more || next > b.at+longest {
			return 0, false
		}
		l.step()
		stands := calendar.Moment(0)
		for i := range l.run.State.Deadlines {
			if d := &l.run.State.Deadlines[i]; d.Term == s.term && d.Stopped == 0 && l.settled(d, s) && (stands == 0 || d.Due == found) {
				stands = d.Due
			}
		}
		if found != 0 && stands == 0 {
			return 0, false // something else met or ended it
		}
		found = stands
	}
	return found, found != 0
}

// stands reports whether the scene is there when the service is looked at.
func (w *world) stands(b *birth, s *scene) bool {
	l := w.born(b, func(string, string) {})
	for {
		if next, more := l.next(); !more || next > w.now {
			break
		}
		l.step()
	}
	for i := range l.run.State.Deadlines {
		if d := &l.run.State.Deadlines[i]; d.Term == s.term && d.Stopped == 0 && (d.Due > w.now) == (s.in > 0) {
			return true
		}
	}
	return false
}

// longest is how far back a scene may begin.
const longest = 4 * 365 * day

// settled reports whether a deadline stands where it will end: nobody means to lengthen it any more.
func (l *life) settled(d *procedure.Deadline, s *scene) bool {
	for i := range l.agenda {
		if l.agenda[i].at > d.Due {
			break
		}
		rule := l.rule(l.agenda[i].habit)
		if rule == nil {
			continue
		}
		for _, t := range rule.Extends() {
			if t.ID == s.term {
				return false
			}
		}
	}
	return true
}

func abs(m calendar.Moment) calendar.Moment { return max(m, -m) }
