package demo

import (
	"math/rand/v2"

	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
)

// detentionHabits are the hours after somebody was detained.
func detentionHabits() []habit {
	// He is questioned before the court decides about him; after that it cannot be made good.
	questioned := func(l *life, t *trigger) calendar.Moment { return l.done(t, 0, 0, 0.15, 0.85) }
	early := func(l *life, t *trigger) calendar.Moment { return l.done(t, 0, ShareLateHours, 0.05, 0.9) }
	fated := func(f fate, from, to calendar.Moment) func(*life, *trigger) calendar.Moment {
		return func(l *life, t *trigger) calendar.Moment {
			return if0(l.fateOf(t) == f, t.start+from+l.upTo(to-from))
		}
	}
	return []habit{
		{on: "state person suspect", act: "detain", by: charge, form: []entry{{"detained_at", justNow}, {"place", placeOfDetention}},
			when: func(l *life, _ *trigger) calendar.Moment {
				switch {
				case l.count("measure", "") >= l.plan.detained:
					return 0
				case l.plan.urgent:
					return l.within(5*minute, 90*minute)
				}
				return l.within(2*hour, 5*day)
			}},
		{on: "state measure detained", act: "draw_up_protocol", by: charge, form: []entry{{"video_recorded", mostlyYes}},
			when: func(l *life, _ *trigger) calendar.Moment {
				return if0(!l.forgotten("draw_up_detention_protocol"), l.within(10*minute, 80*minute))
			}},
		{on: "state measure detained", act: "notify_family", by: charge, form: []entry{{"whom", relative}, {"work_or_study", mostlyYes}},
			when: func(l *life, _ *trigger) calendar.Moment {
				return if0(!l.forgotten("notify_family_of_detention"), l.within(30*minute, 3*hour))
			}},
		{on: "state measure detained", act: "request_counsel", by: charge, form: []entry{{"counsel_is", counselIs}, {"received_at", shortlyBefore}},
			when: func(l *life, _ *trigger) calendar.Moment { return l.within(15*minute, 2*hour) }},
		{on: "term notify_prosecutor_of_detention", act: "notify_prosecutor", by: charge, when: early},
		{on: "term question_detainee_in_time", act: "question_detainee", by: charge, form: []entry{{"grounds_verified", mostlyYes}}, when: questioned},
		{on: "term counsel_attends", act: "record_counsel", by: "bar_chamber", form: []entry{{"counsel", counsel}},
			when: func(l *life, t *trigger) calendar.Moment { return l.done(t, 0, ShareLateCounsel, 0.1, 0.95) }},
		{on: "term chosen_counsel_attends", act: "record_counsel", by: charge, form: []entry{{"counsel", counsel}}, when: early},
		{on: "term detention", act: "release", by: charge, form: []entry{{"ground", releaseGround}}, when: fated(released, 21*hour, 44*hour)},
		{on: "term detention", act: "apply_bail", by: charge, when: fated(bailed, 21*hour, 44*hour)},
		{on: "term detention", act: "file_custody_motion", by: "prosecutor", form: []entry{{"measure", sought}, {"received_by_court_at", shortlyBefore}},
			when: func(l *life, t *trigger) calendar.Moment {
				if t.kind == procedure.Extended {
					return if0(l.fateOf(t) == inCustody, l.within(8*hour, 30*hour))
				}
				return fated(inCustody, 21*hour, 37*hour)(l, t)
			}},
		{on: "term detention", act: "file_custody_motion", by: "prosecutor", form: []entry{{"measure", sought}, {"received_by_court_at", shortlyBefore}}, tries: true,
			when: fated(motionLate, 40*hour+10*minute, 43*hour)},
		{on: "term detention", act: "release", by: charge, form: []entry{{"ground", overGround}}, when: fated(motionLate, 44*hour, 47*hour+50*minute)},
	}
}

// fateOf is what becomes of the person whose detention this is; drawn once for each.
func (l *life) fateOf(t *trigger) fate {
	if l.plan.fate != drawn {
		return l.plan.fate
	}
	// The draw depends on the measure alone, so that every habit gets the same answer.
	r := l.fixed(uint64(t.thing))
	switch n := r.Float64(); {
	case n < 0.30:
		return released
	case n < 0.35:
		return bailed
	case n < 0.35+ShareMotionTooLate*0.65:
		return motionLate
	}
	return inCustody
}

// fixed is chance that gives every habit of the case that asks about the same thing the same answer.
func (l *life) fixed(about uint64) *rand.Rand {
	return random(l.seed^(l.index+1)*0x9E3779B97F4A7C15, about)
}

// custodyHabits are what prosecutor and judge do about custody.
func custodyHabits() []habit {
	const (
		granted = iota
		athome
		denied
		longer
	)
	judges := func(what int) func(*life, *trigger) calendar.Moment {
		return func(l *life, t *trigger) calendar.Moment {
			verdict := granted
			switch n := l.fixed(uint64(t.no) << 32).Float64(); {
			case l.plan.denied:
				verdict = denied
			case l.plan.fate == inCustody: // the plan wants it
			case n < ShareGranted:
			case n < ShareGranted+0.07:
				verdict = athome
			case n < ShareGranted+0.14 || l.did["extend_detention"] > 0 || !l.running("detention"):
				verdict = denied
			default:
				verdict = longer
			}
			return if0(verdict == what, l.done(t, 0, ShareLateHours, 0.15, 0.95))
		}
	}
	inTime := func(l *life, t *trigger) calendar.Moment { return l.done(t, 0, ShareLateHours, 0.2, 0.95) }
	asks := func(nth int, act string) func(*life, *trigger) calendar.Moment {
		return func(l *life, t *trigger) calendar.Moment {
			return if0(l.plan.custodyTimes >= nth && l.did[act] < l.count("measure", "custody")+l.count("measure", "house_arrest") &&
				(t.kind == procedure.Extended) == (nth == 2), l.deskBy(t.due-6*day-10*hour-l.upTo(5*day)))
		}
	}
	extends := func(further bool) func(*life, *trigger) calendar.Moment {
		return func(l *life, t *trigger) calendar.Moment {
			return if0((l.fact(t.thing, "motion") == "seven_months") == further, inTime(l, t))
		}
	}
	from := []entry{{"from", heldSince}}
	return []habit{
		{on: "term decide_custody_motion", act: "apply_custody", by: "judge", form: from, when: judges(granted)},
		{on: "term decide_custody_motion", act: "apply_house_arrest", by: "judge", form: from, when: judges(athome)},
		{on: "term decide_custody_motion", act: "deny_custody", by: "judge", when: judges(denied)},
		{on: "term decide_custody_motion", act: "extend_detention", by: "judge", when: judges(longer)},
		{on: "term release_on_denial", act: "release", by: charge, form: []entry{{"ground", deniedGround}},
			when: func(l *life, _ *trigger) calendar.Moment { return l.within(5*minute, 40*minute) }},
		{on: "state person accused", act: "seek_custody", by: "prosecutor", form: []entry{{"measure", sought}, {"received_by_court_at", shortlyBefore}},
			when: func(l *life, _ *trigger) calendar.Moment { return if0(l.plan.liberty, l.desk(l.within(day, 10*day))) }},
		{on: "term custody", act: "request_custody_extension", by: "regional_prosecutor", form: []entry{{"received_by_court_at", shortlyBefore}},
			when: asks(1, "request_custody_extension")},
		{on: "term custody", act: "request_custody_extension_further", by: "prosecutor_general", form: []entry{{"received_by_court_at", shortlyBefore}},
			when: asks(2, "request_custody_extension_further")},
		{on: "term decide_custody_extension", act: "extend_custody", by: "judge", when: extends(false)},
		{on: "term decide_custody_extension", act: "extend_custody_further", by: "judge", when: extends(true)},
		// What nobody extended, and has not gone to court, ends with a release.
		{on: "term custody", act: "release", by: charge, form: []entry{{"ground", overGround}},
			when: func(l *life, t *trigger) calendar.Moment { return t.due - 30*minute - l.upTo(2*day) }},
	}
}
