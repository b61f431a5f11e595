package amend

import (
	"slices"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/procedure"
)

// Past is one proceeding of the past: who has it, and the acts as they were done.
type Past struct {
	Number string
	Office string // the office that has it now; "" where a log does not say
	Acts   []PastAct
}

// PastAct is an act of the past. Numbers in it are those of the draft's law.
type PastAct struct {
	procedure.Act
	Edition *procedure.Edition // the one that held, of the draft's law; nil: the one in force on the day
}

// Trial tries a draft on the past. Each goroutine takes a Lane of its own; Report puts the lanes together.
type Trial struct {
	draft *Draft
	held  []*procedure.Edition // the editions that were in force
	from  calendar.Moment      // acts done before are judged as they were; 0: the draft holds from the start
	asOf  calendar.Moment      // when what is still open is looked at; 0: known only when all is read
	zone  *calendar.Zone
}

// NewTrial prepares a trial. from is the day since which the draft is taken to
// have been in force; 0: from the start, as if the law had always been so. asOf
// is when deadlines that still run are looked at; 0: at the last act of all.
func NewTrial(d *Draft, from calendar.Date, asOf calendar.Moment) *Trial {
	t := &Trial{asOf: asOf, draft: d, held: d.Law.Editions[:len(d.Law.Editions)-1], zone: d.Edition.Days.Zone()}
	if from != 0 {
		t.from = t.zone.Moment(from, 0)
	}
	return t
}

// at is the edition that held when an act was done.
func (t *Trial) at(done calendar.Moment) *procedure.Edition {
	best := t.held[0]
	for _, e := range t.held[1:] {
		if e.InForce > e.Days.Zone().Date(done) {
			break
		}
		best = e
	}
	return best
}

// Lane lives through proceedings, one at a time. It belongs to one goroutine.
type Lane struct {
	trial   *Trial
	was, is life
	act     procedure.Act
	past    *Past
	office  *OfficeLine
	touched bool    // the draft changes something in the proceeding at hand
	things  []int32 // by number as it was: the thing's number under the draft; None if it has none
	back    []int32 // by number under the draft: the thing's number as it was; below None if it had none
	tally
}

// life is one way to live through a proceeding.
type life struct {
	run    procedure.Run
	tracks []track
	bad    *procedure.Refusal
	untold *procedure.Refusal
}

// track is what became of one deadline.
type track struct {
	no      int32
	nth     int16 // of its term and thing
	edition int16
	term    procedure.TermID
	thing   int32 // its number as it was
	due     calendar.Moment
	open    bool // still runs
	still   bool // its clock stands still
	over    bool // its end passed while it ran
	paired  bool
}

// Lane is a new lane.
func (t *Trial) Lane() *Lane { return &Lane{trial: t, tally: newTally()} }

// Try lives through one proceeding, as it was and under the draft.
func (l *Lane) Try(p *Past) {
	t := l.trial
	l.was.reset()
	l.is.reset()
	l.things, l.back = append(l.things[:0], 0), append(l.back[:0], 0)
	l.past, l.office, l.touched = p, l.at(p.Office), false
	for i := range p.Acts {
		a := &p.Acts[i]
		held := a.Edition
		if held == nil {
			held = t.at(a.Done)
		}
		judged := t.draft.Edition
		if a.Done < t.from {
			judged = held
		}
		if a.Act.Act < 0 {
			l.skipped++ // nobody did it: an entry of the house itself, such as an edition that came into force
			l.comes(&l.was, held, &a.Act, 0)
			l.comes(&l.is, judged, &a.Act, 1)
			continue
		}
		if judged != held {
			l.held[held.Index]++
		}
		l.one(&a.Act, held, judged)
	}
	open := len(l.open)
	l.pair()
	for i := open; i < len(l.open); i++ {
		l.open[i].touched = l.touched
	}
	l.proceedings++
	l.office.Proceedings++
	if l.touched {
		l.office.Touched++
	}
}

func (f *life) reset() {
	f.run.Reset()
	f.tracks = f.tracks[:0]
}

// one act, both ways.
func (l *Lane) one(a *procedure.Act, held, judged *procedure.Edition) {
	l.acts++
	l.last = max(l.last, a.Done)
	for _, f := range []*life{&l.was, &l.is} {
		if len(f.run.State.Things) == 0 && f.run.State.Office == "" {
			f.run.State.Office = a.Office
		}
	}
	was := l.was.run.Observe(held, a)
	l.act = *a
	if a.Thing > 0 && int(a.Thing) < len(l.things) {
		l.act.Thing = l.things[a.Thing]
	}
	is := l.is.run.Observe(judged, &l.act)
	l.match(was, is)
	l.follow(&l.was, was, a, l.wasThing(0))
	l.follow(&l.is, is, &l.act, l.wasThing(1))
	l.judge(a, held, judged)
}

// comes lets an edition take hold of the proceeding, and keeps what became of its deadlines.
func (l *Lane) comes(f *life, e *procedure.Edition, a *procedure.Act, which int) {
	next, effects := e.ComeIntoForce(f.run.State, a.Done)
	f.run.State = next
	l.follow(f, effects, a, l.wasThing(which))
}

// wasThing gives a thing's number as it was: of the numbers as they were (0), or of those under the draft (1).
func (l *Lane) wasThing(which int) func(int32) int32 {
	if which == 0 {
		return func(thing int32) int32 { return thing }
	}
	return func(thing int32) int32 {
		if int(thing) < len(l.back) {
			return l.back[thing]
		}
		return thing
	}
}

// match finds which thing that came in under the draft is which of those that came in as it was: by kind, in the order in which they came.
func (l *Lane) match(was, is []procedure.Effect) {
	for i := range was {
		if f := &was[i]; f.Kind == procedure.Added {
			for int(f.Thing) >= len(l.things) {
				l.things = append(l.things, procedure.None)
			}
		}
	}
	for i := range is {
		f := &is[i]
		if f.Kind != procedure.Added {
			continue
		}
		for int(f.Thing) >= len(l.back) {
			l.back = append(l.back, -2-int32(len(l.back)))
		}
		for j := range was {
			if o := &was[j]; o.Kind == procedure.Added && o.KindOf == f.KindOf && l.things[o.Thing] == procedure.None {
				l.things[o.Thing], l.back[f.Thing] = f.Thing, o.Thing
				break
			}
		}
	}
}

// follow keeps what an act did to deadlines, and what was wrong with it.
func (l *Lane) follow(f *life, effects []procedure.Effect, a *procedure.Act, thing func(int32) int32) {
	f.bad, f.untold = nil, nil
	for i := range effects {
		x := &effects[i]
		switch x.Kind {
		case procedure.Deviates:
			if f.bad == nil || asksMore(f.bad) != nil { // what is asked in addition is the least of it
				f.bad = x.Refusal
			}
			continue
		case procedure.Undecided:
			if x.Refusal.Term == "" && f.untold == nil {
				f.untold = x.Refusal
			}
			continue
		}
		d := &x.Deadline
		if d.No == 0 {
			continue // not about a deadline, or of a sort that is not known here
		}
		if x.Kind == procedure.Started {
			t := track{no: d.No, edition: d.Edition, term: d.Term, thing: thing(d.Thing)}
			for j := range f.tracks {
				if o := &f.tracks[j]; o.term == t.term && o.thing == t.thing {
					t.nth++
				}
			}
			f.tracks = append(f.tracks, t)
		}
		for j := range f.tracks {
			if t := &f.tracks[j]; t.no == d.No {
				t.due, t.edition, t.still = d.Due, d.Edition, d.Stopped != 0
				switch x.Kind {
				case procedure.Met:
					t.open, t.over = false, x.Late
				case procedure.Ended:
					t.open, t.over = false, !t.still && a.Done > d.Due
				default:
					t.open = true
				}
				break
			}
		}
		if x.Kind == procedure.Met && x.Late && f.bad == nil {
			if t := l.trial.draft.Law.Editions[d.Edition].Terms[d.Term]; t.LateRefuse {
				f.bad = &procedure.Refusal{Reason: procedure.TooLate, Act: l.trial.draft.Law.ActName(a.Act), Term: t.Name, Article: t.Article, Due: d.Due, Zone: l.trial.zone}
			}
		}
	}
}

// asksMore reports what a form lacks that it only has to state under another
// edition; nil where something stated is wrong, or the refusal is no form's.
func asksMore(r *procedure.Refusal) []string {
	if r.Reason != procedure.BadForm {
		return nil
	}
	var fields []string
	for f, key := range r.Fields {
		switch key {
		case procedure.FieldMissing, fact.BadText, procedure.FieldUnknown:
			fields = append(fields, f)
		default:
			return nil
		}
	}
	slices.Sort(fields)
	return fields
}

// judge counts whether the act would have been refused, or become possible.
func (l *Lane) judge(a *procedure.Act, held, judged *procedure.Edition) {
	if held == judged {
		return
	}
	was, is := l.was.bad, l.is.bad
	if is != nil && is.Article == "" { // an act that the draft does not have any more: the article under which it was done
		if r := held.Act(l.trial.draft.Law.ActName(a.Act)); r != nil {
			is.Article = r.Article
		}
	}
	if is != nil && is.Reason == procedure.BadForm && (was == nil || was.Reason != procedure.BadForm) {
		// What the past form had to state is not what the draft's form has to.
		if fields := asksMore(is); fields != nil {
			more := slices.DeleteFunc(fields, func(f string) bool { return is.Fields[f] == procedure.FieldUnknown })
			if was == nil && len(more) > 0 {
				l.count(&l.untold, a.Act, is, strings.Join(more, ", "))
			}
			return
		}
	}
	switch {
	case is != nil && was == nil:
		l.count(&l.refused, a.Act, is, "")
		l.office.Refused++
		l.touched = true
	case is == nil && was != nil && l.is.untold == nil:
		l.count(&l.possible, a.Act, was, "")
		l.office.Possible++
		l.touched = true
	case is == nil && was == nil && l.is.untold != nil && l.was.untold == nil:
		l.count(&l.untold, a.Act, l.is.untold, "")
	}
}

// pair sets the deadlines side by side: the same term, of the same thing, as often as it ran.
func (l *Lane) pair() {
	for i := range l.was.tracks {
		w := &l.was.tracks[i]
		var n *track
		for j := range l.is.tracks {
			if o := &l.is.tracks[j]; !o.paired && o.term == w.term && o.thing == w.thing && o.nth == w.nth {
				n, o.paired = o, true
				break
			}
		}
		l.deadline(w, n)
	}
	for j := range l.is.tracks {
		if n := &l.is.tracks[j]; !n.paired {
			l.deadline(nil, n)
		}
	}
}

// duty reports whether somebody can be late with a deadline.
func (t *Trial) duty(k *track) bool {
	if k == nil {
		return false
	}
	r := t.draft.Law.Editions[k.edition].Terms[k.term]
	return !r.AtOnce && r.Breach != procedure.Lapse && r.OwedBy != ""
}

// deadline counts one deadline; was or is nil where there is none on that side.
func (l *Lane) deadline(was, is *track) {
	t := l.trial
	line := l.term(termOf(was, is))
	switch {
	case is == nil:
		line.Gone++
		l.office.Gone++
	case was == nil:
		line.New++
		l.office.New++
	case is.due == was.due:
		line.Same++
	default:
		if is.due < was.due {
			line.Earlier++
			l.office.Earlier++
		} else {
			line.Later++
			l.office.Later++
		}
		line.days[move{int(t.zone.Date(is.due) - t.zone.Date(was.due)), is.due < was.due}]++
	}
	if was == nil || is == nil || is.due != was.due {
		l.touched = true
		line.Moved = first(line.Moved, l.past.Number)
	}
	o := outcome{term: line.id, was: t.side(was), is: t.side(is), past: l.past.Number, office: l.office}
	if t.asOf == 0 && (o.was.runs || o.is.runs) {
		l.open = append(l.open, o) // whether it is over is known when all is read
		return
	}
	if o.breach(t.asOf, line) {
		l.touched = true
	}
}

// side is what counts of a deadline for breaches.
func (t *Trial) side(k *track) ending {
	if k == nil || !t.duty(k) {
		return ending{}
	}
	return ending{due: k.due, runs: k.open && !k.still, over: k.over}
}

func termOf(was, is *track) procedure.TermID {
	if was != nil {
		return was.term
	}
	return is.term
}

// Of is a case of a log as a proceeding of the past.
func Of(id string, acts []procedure.Act) *Past {
	p := &Past{Number: id, Acts: make([]PastAct, len(acts))}
	for i := range acts {
		p.Acts[i].Act = acts[i]
	}
	return p
}
