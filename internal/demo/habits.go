package demo

import (
	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
)

// habit is what somebody does when something happens to a case: a term starts
// to run, a thing comes into a state, an act is done. A habit says when it
// would be done and how the form is filled; whether it may be done is asked of
// the law at that moment. All names here are the law's; a test holds them
// against it.
type habit struct {
	on    string // "term decide_on_report", "state measure detained", "act begin_reading"
	act   string
	by    string                                    // role, or the officer in charge
	when  func(l *life, t *trigger) calendar.Moment // 0: he does not
	form  []entry                                   // fields beyond what the form's own demands give
	first func(l *life, i *intention) *habit        // an act that must come before; one without a name: wait
	thing func(l *life) int32                       // for an act that comes first: on what it is done
	tries bool                                      // he will not get far: the law refuses
}

// entry fills one field of a form; "" leaves it out.
type entry struct {
	field string
	value func(l *life, i *intention) string
}

func (h *habit) target(l *life) int32 {
	if h.thing == nil {
		return 0
	}
	return h.thing(l)
}

const (
	reported = "a crime is reported"
	first    = "something must come first"
	charge   = procedure.InCharge
)

const hour, minute = calendar.Hour, calendar.Minute

// if0 is when, or never.
func if0(ok bool, when calendar.Moment) calendar.Moment {
	if !ok {
		return 0
	}
	return when
}

func habits() []habit {
	var out []habit
	for _, part := range [][]habit{reportHabits(), workHabits(), endHabits(), personHabits(), detentionHabits(), custodyHabits()} {
		out = append(out, part...)
	}
	return out
}

// reportHabits take a report to the decision on it.
func reportHabits() []habit {
	decides := func(to road) func(*life, *trigger) calendar.Moment {
		return func(l *life, t *trigger) calendar.Moment {
			switch {
			case l.plan.road != to || l.plan.extendCheck && t.kind != procedure.Extended:
				return 0
			case l.plan.urgent:
				return l.within(20*minute, 3*hour)
			}
			return l.inTime(t)
		}
	}
	return []habit{
		{on: reported, act: "register_report", by: "duty_officer", form: []entry{
			{"source", source}, {"applicant", applicant}, {"summary", summary}, {"crime_article", knownArticle}, {"assign_to", firstInCharge}}},
		{on: "state case check", act: "assign", by: "duty_officer", form: []entry{{"assign_to", colleague}},
			when: func(l *life, _ *trigger) calendar.Moment {
				return if0(l.plan.reassign, l.desk(l.within(2*hour, 3*day)))
			}},
		{on: "state case check", act: "add_victim", by: charge, form: []entry{{"name", person}},
			when: func(l *life, _ *trigger) calendar.Moment {
				return if0(l.plan.road != refused && l.plan.crime.victim() && chance(l.r, 0.35), l.desk(l.within(4*hour, 4*day)))
			}},
		{on: "term decide_on_report", act: "extend_check", by: charge, tries: true,
			when: func(l *life, t *trigger) calendar.Moment {
				return if0(l.plan.tries && t.kind == procedure.Started, l.deskBy(t.due-30*hour-l.upTo(20*hour)))
			}},
		{on: "term decide_on_report", act: "extend_check", by: "prosecutor",
			when: func(l *life, t *trigger) calendar.Moment {
				return if0(l.plan.extendCheck && t.kind == procedure.Started, l.deskBy(t.due-8*hour-l.upTo(30*hour)))
			}},
		{on: "term decide_on_report", act: "refuse", by: charge, form: []entry{{"ground", refusalGround}}, when: decides(refused)},
		{on: "term decide_on_report", act: "transfer", by: charge, when: decides(transferred)},
		{on: "term decide_on_report", act: "open_inquiry", by: charge, form: []entry{{"crime_article", article}}, when: decides(inquiry)},
		{on: "term decide_on_report", act: "open_investigation", by: charge, form: []entry{{"crime_article", article}, {"assign_to", investigator}}, when: decides(investigation)},
	}
}

// workHabits are inquiry and investigation: extended, suspended, resumed, read.
func workHabits() []habit {
	extends := func(before calendar.Moment, ok func(l *life, t *trigger) bool) func(*life, *trigger) calendar.Moment {
		return func(l *life, t *trigger) calendar.Moment {
			return if0(ok(l, t) && !l.awaitsSuspension(), l.deskBy(t.due-before-l.upTo(5*day)))
		}
	}
	resumes := func(route string) func(*life, *trigger) calendar.Moment {
		return func(l *life, t *trigger) calendar.Moment {
			return if0(l.plan.resumes && l.fact(0, "route") == route, l.desk(l.within(10*day, 90*day)))
		}
	}
	suspends := func(from, to calendar.Moment) func(*life, *trigger) calendar.Moment {
		return func(l *life, _ *trigger) calendar.Moment {
			return if0(l.awaitsSuspension(), l.desk(l.within(from, to)))
		}
	}
	reads := func(l *life, t *trigger) calendar.Moment {
		return if0(l.plan.reads && l.did["begin_reading"] == 0 && !l.awaits(), l.done(t, 0, 0, 0.4, 0.85))
	}
	return []habit{
		{on: "term inquiry", act: "extend_inquiry", by: "prosecutor", when: extends(hour, func(l *life, t *trigger) bool {
			return l.plan.extensions > 0 && !l.plan.becomes && l.did["extend_inquiry"] == 0
		})},
		{on: "term inquiry", act: "open_investigation", by: charge, form: []entry{{"crime_article", article}, {"assign_to", investigator}},
			when: func(l *life, t *trigger) calendar.Moment {
				return if0(l.plan.becomes && !l.awaitsSuspension(), l.done(t, 0, 0, 0.2, 0.9))
			}},
		{on: "term investigation", act: "request_extension", by: charge, form: []entry{{"asked", askedFor}},
			when: extends(10*day+4*hour, func(l *life, _ *trigger) bool { return l.did["request_extension"] < l.plan.extensions })},
		{on: "term investigation", act: "extend_investigation", by: "regional_prosecutor",
			when: extends(day, func(l *life, _ *trigger) bool { return l.plan.extensions > 0 && l.did["extend_investigation"] == 0 })},
		{on: "term investigation", act: "extend_investigation_further", by: "prosecutor_general", when: extends(day, func(l *life, _ *trigger) bool {
			return l.plan.extensions > 1 && l.did["extend_investigation"] == 1 && l.did["extend_investigation_further"] == 0
		})},
		{on: "state case inquiry", act: "suspend", by: charge, form: []entry{{"ground", suspension}}, when: suspends(10*day, 25*day)},
		{on: "state case investigation", act: "suspend", by: charge, form: []entry{{"ground", suspension}}, when: suspends(15*day, 75*day)},
		{on: "state case suspended", act: "resume_inquiry", by: charge, when: resumes("inquiry")},
		{on: "state case suspended", act: "resume_investigation", by: charge, when: resumes("investigation")},
		{on: "term inquiry", act: "begin_reading", by: charge, when: reads, first: accused},
		{on: "term investigation", act: "begin_reading", by: charge, when: reads, first: accused},
		{on: "act begin_reading", act: "end_reading", by: charge,
			when: func(l *life, _ *trigger) calendar.Moment { return l.desk(l.within(day, 9*day)) }},
	}
}

// endHabits finish a case: to the prosecutor, back, to court, or to nothing.
func endHabits() []habit {
	refers := func(l *life, t *trigger) calendar.Moment {
		switch {
		case l.plan.terminates, l.awaits(), l.plan.reads && l.did["begin_reading"] == 0:
			return 0
		case l.plan.reads && t.kind == procedure.Resumed:
			return l.desk(l.within(4*hour, 3*day))
		case l.plan.detained > 0 && !l.forgotten("custody"):
			return l.done(t, 0, 0, 0.3, 0.85) // before custody runs out
		}
		return l.inTime(t)
	}
	terminates := func(l *life, t *trigger) calendar.Moment {
		return if0(l.plan.terminates && !l.awaits(), l.inTime(t))
	}
	decides := func(back bool) func(*life, *trigger) calendar.Moment {
		return func(l *life, t *trigger) calendar.Moment {
			return if0((l.plan.returns > l.did["return_case"]) == back, l.inTime(t))
		}
	}
	again := func(l *life, t *trigger) calendar.Moment { return l.inTime(t) }
	how := []entry{{"with", indictment}}
	hasty := func(l *life, t *trigger) calendar.Moment { // before there is anybody to refer
		return if0(l.plan.hasty && t.kind == procedure.Started && l.suspects() == 0, l.desk(l.within(hour, 4*hour)))
	}
	return []habit{
		{on: "term inquiry", act: "refer_to_prosecutor", by: charge, form: how, when: refers, first: accused},
		{on: "term investigation", act: "refer_to_prosecutor", by: charge, form: how, when: refers, first: accused},
		{on: "term inquire_returned_case", act: "refer_to_prosecutor", by: charge, form: how, when: again, first: accused},
		{on: "term investigate_returned_case", act: "refer_to_prosecutor", by: charge, form: how, when: again, first: accused},
		{on: "term inquiry", act: "refer_to_prosecutor", by: charge, form: how, when: hasty, tries: true},
		{on: "term investigation", act: "refer_to_prosecutor", by: charge, form: how, when: hasty, tries: true},
		{on: "term inquiry", act: "terminate", by: charge, form: []entry{{"ground", terminationGround}}, when: terminates},
		{on: "term investigation", act: "terminate", by: charge, form: []entry{{"ground", terminationGround}}, when: terminates},
		{on: "term decide_on_case", act: "return_case", by: "prosecutor", when: decides(true)},
		{on: "term decide_on_case", act: "approve_and_refer", by: "prosecutor", form: []entry{{"court", court}}, when: decides(false), first: nobodyWaits},
	}
}

// personHabits bring persons into a case.
func personHabits() []habit {
	comes := func(l *life, _ *trigger) calendar.Moment {
		switch {
		case l.awaitsSuspension() || l.suspects() >= l.plan.suspects:
			return 0
		case l.plan.urgent:
			return l.within(5*minute, 50*minute)
		}
		return l.desk(l.within(3*hour, 14*day))
	}
	next := func(l *life, t *trigger) calendar.Moment { // one suspect leads to another
		return if0(l.suspects() < l.plan.suspects, l.within(10*minute, 2*hour))
	}
	suspect := []entry{{"name", person}, {"born", born}}
	return []habit{
		{on: "state case inquiry", act: "add_suspect", by: charge, form: suspect, when: comes},
		{on: "state case investigation", act: "add_suspect", by: charge, form: suspect, when: comes},
		{on: "state person suspect", act: "add_suspect", by: charge, form: suspect, when: next},
		{on: "state case investigation", act: "add_victim", by: charge, form: []entry{{"name", person}},
			when: func(l *life, _ *trigger) calendar.Moment {
				return if0(l.plan.crime.victim() && l.count("person", "victim") == 0 && chance(l.r, 0.7), l.desk(l.within(hour, 8*day)))
			}},
		{on: "state person suspect", act: "charge", by: charge, form: []entry{{"crime_article", article}},
			when: func(l *life, _ *trigger) calendar.Moment {
				return if0(l.plan.detained == 0 && l.root() == "investigation", l.desk(l.within(4*day, 35*day)))
			}},
		{on: "term charge_in_time", act: "charge", by: charge, form: []entry{{"crime_article", article}},
			when: func(l *life, t *trigger) calendar.Moment { return l.inTime(t) }},
	}
}

// accused makes sure that there is somebody to refer: in an investigation an
// accused, in an inquiry at least a suspect.
func accused(l *life, _ *intention) *habit {
	switch {
	case l.suspects() == 0:
		return &habit{on: first, act: "add_suspect", by: charge, form: []entry{{"name", person}, {"born", born}}}
	case l.fact(0, "route") == "investigation" && l.count("person", "accused") == 0:
		return &habit{on: first, act: "charge", by: charge, form: []entry{{"crime_article", article}}, thing: func(l *life) int32 { return l.thing("person", "suspect") }}
	}
	return nil
}

// nobodyWaits lets the prosecutor wait until it is settled whether a detained person is held.
func nobodyWaits(l *life, _ *intention) *habit {
	if l.running("detention") || l.running("decide_custody_motion") {
		return &habit{on: first}
	}
	return nil
}

// thing is the first of a kind in a state.
func (l *life) thing(kind, state string) int32 {
	for i := range l.run.State.Things {
		x := &l.run.State.Things[i]
		if l.law.KindName(x.Kind) == kind && l.law.StateName(x.Kind, x.State) == state {
			return int32(i)
		}
	}
	return 0
}

// awaitsSuspension: nobody is known, and the case has not yet been suspended for that.
func (l *life) awaitsSuspension() bool { return l.plan.suspends && l.did["suspend"] == 0 }

// awaits: before the end of this term something else will happen to it.
func (l *life) awaits() bool {
	inquiry := l.root() == "inquiry"
	switch {
	case l.awaitsSuspension():
		return true
	case inquiry:
		return l.plan.becomes || l.plan.extensions > 0 && l.did["extend_inquiry"] == 0
	}
	return l.plan.extensions > l.did["extend_investigation"]+l.did["extend_investigation_further"]
}

func (l *life) forgotten(term string) bool {
	for _, f := range l.plan.forgets {
		if f == term {
			return true
		}
	}
	return false
}
