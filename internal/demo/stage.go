package demo

import (
	"nazorat/internal/calendar"
)

// scene is a case of the district that is shown, laid so that on the day of
// the demonstration one of its deadlines ends at a chosen distance from Now,
// and nobody has met it yet.
type scene struct {
	term string          // whose end is laid
	in   calendar.Moment // after Now; negative: overdue
	plan plan
}

// scenes has at least one deadline of every kind that a board can show, soon due or overdue.
func scenes() []scene {
	const (
		inquirer1, inquirer2         = shown + "-inquirer-1", shown + "-inquirer-2"
		investigator1, investigator2 = shown + "-investigator-1", shown + "-investigator-2"
		investigator3, investigator4 = shown + "-investigator-3", shown + "-investigator-4" // so that the first is not buried
	)
	theft, fraud := crime{"CC 169", minor, 1, "Hovlidan {item} oʻgʻirlab ketilgan ({street})."}, crime{"CC 168", grave, 1, "Uy-joy sotish vaʼdasi bilan {sum} olib, aloqaga chiqmay qoʻygan."}
	robbery := crime{"CC 164", violent, 1, "Tunda {street} oldida yoʻlovchiga hujum qilib, {item}ni tortib olgan."}
	snatch := crime{"CC 166", violent, 1, "{street} yaqinida ayolning qoʻlidan {item}ni tortib olib qochgan."}
	wound := crime{"CC 104", violent, 1, "Ichkilikbozlik vaqtida tanishiga pichoq urib, ogʻir tan jarohati yetkazgan."}
	lost := crime{"", noCrime, 1, "Fuqaro {item}ni yoʻqotib qoʻygan, oʻgʻirlangan deb gumon qilmoqda."}
	checked := func(who string, c crime, longer bool) plan {
		return plan{road: refused, crime: c, charge: who, extendCheck: longer, forgets: []string{"decide_on_report"}}
	}
	inquired := func(who string, returns int, forgets string) plan {
		return plan{road: inquiry, crime: theft, charge: who, suspects: 1, returns: returns, forgets: []string{forgets}}
	}
	investigated := func(returns int, forgets string) plan {
		return plan{road: investigation, crime: fraud, charge: investigator2, suspects: 1, returns: returns, forgets: []string{forgets}}
	}
	held := func(who string, c crime, f fate, forgets ...string) plan {
		return plan{road: investigation, crime: c, charge: who, urgent: true, suspects: 1, detained: 1, fate: f, forgets: forgets}
	}
	custody := func(times int, forgets ...string) plan {
		p := held(investigator2, robbery, inCustody, append(forgets, "investigation")...)
		p.extensions, p.custodyTimes = 1, times
		return p
	}
	refusedCustody := held(investigator3, snatch, inCustody, "release_on_denial", "detention")
	refusedCustody.denied = true
	chosen := held(investigator4, wound, undecided, "detention", "chosen_counsel_attends")
	chosen.chosen = true
	list := []scene{
		// A detention with hours left, and one that nobody ended: the first things to see.
		{"detention", 19 * hour, held(investigator1, robbery, undecided, "detention")},
		{"detention", -90 * minute, held(investigator1, snatch, undecided, "detention")},
		{"decide_on_report", 30 * hour, checked(inquirer1, theft, false)},
		{"decide_on_report", -2 * day, checked(inquirer2, lost, false)},
		{"custody", 2 * day, custody(0, "custody")},
		{"inquiry", -3 * day, inquired(inquirer2, 0, "inquiry")},
		{"inquiry", 2 * day, inquired(inquirer1, 0, "inquiry")},
		{"decide_on_case", day, inquired(inquirer1, 0, "decide_on_case")},
		{"decide_on_case", -day, inquired(inquirer2, 0, "decide_on_case")},
		{"investigation", 4 * day, investigated(0, "investigation")},
		{"investigation", -5 * day, investigated(0, "investigation")},
		{"decide_custody_motion", 5 * hour, held(investigator1, wound, inCustody, "decide_custody_motion")},
		{"counsel_attends", 2 * hour, held(investigator3, robbery, undecided, "detention", "counsel_attends")},
		{"notify_prosecutor_of_detention", 3 * hour, held(investigator1, snatch, undecided, "detention", "notify_prosecutor_of_detention", "notify_family_of_detention")},
		{"custody", 7*day + 12*hour, custody(0, "custody")},
		{"custody", -6 * hour, custody(0, "custody")},
		{"decide_on_report", 3 * day, checked(inquirer1, fraud, true)},
		{"inquire_returned_case", day, inquired(inquirer1, 1, "inquire_returned_case")},
		{"inquire_returned_case", -2 * day, inquired(inquirer2, 1, "inquire_returned_case")},
		{"investigate_returned_case", 3 * day, investigated(1, "investigate_returned_case")},
		{"decide_custody_extension", 20 * hour, custody(1, "custody", "decide_custody_extension")},
		{"charge_in_time", day, held(investigator2, robbery, inCustody, "charge_in_time", "investigation", "custody")},
		{"release_on_denial", -20 * minute, refusedCustody},
		{"question_detainee_in_time", -2 * hour, held(investigator3, wound, undecided, "detention", "question_detainee_in_time")},
		{"chosen_counsel_attends", 6 * hour, chosen},
		{"counsel_attends", -40 * minute, held(investigator4, snatch, undecided, "detention", "counsel_attends", "draw_up_detention_protocol")},
	}
	for i := range list {
		list[i].plan.punctual = true
	}
	return list
}

// staged gives the births of as many scenes as there are cases for, and the
// terms of those that the law no longer lets come about.
func (w *world) staged(cases int) (out []birth, failed []string) {
	for i, s := range scenes() {
		if i >= cases {
			break
		}
		at, ok := w.lay(i, &s)
		if !ok {
			failed = append(failed, s.term)
			continue
		}
		out = append(out, birth{at: at, index: i, plan: &s.plan, beat: &w.beats[w.shown]})
	}
	return out, failed
}

// lay finds when a case must be reported for its deadline to end where the
// scene wants it, by living it in thought and moving it by the miss. Ends that
// roll to working days cannot be hit exactly: then it is tried in steps round
// about, and the nearest on the right side of Now is taken.
func (w *world) lay(index int, s *scene) (calendar.Moment, bool) {
	target := w.now + s.in
	best, missed := calendar.Moment(0), calendar.Moment(0)
	try := func(at calendar.Moment) calendar.Moment {
		due, ok := w.foresee(index, s, at)
		if !ok {
			return 0
		}
		miss := due - target
		if (due > w.now) == (s.in > 0) && at < w.now && (best == 0 || abs(miss) < abs(missed)) {
			best, missed = at, miss
		}
		return miss
	}
	at := target - 5*day
	for range 6 {
		miss := try(at)
		if abs(miss) < 5*minute && best != 0 {
			return best, true
		}
		if at -= miss; miss == 0 {
			at -= 3 * hour
		}
		at -= at % calendar.Second
	}
	for k := calendar.Moment(1); k <= 12 && (best == 0 || abs(missed) > 8*hour); k++ {
		try(at - k*7*hour)
		try(at + k*7*hour)
	}
	return best, best != 0
}

// foresee lives a case in thought, and says when the term that is laid will end.
func (w *world) foresee(index int, s *scene, at calendar.Moment) (calendar.Moment, bool) {
	id := w.law.Term(s.term)
	p := s.plan
	l := w.born(index, &w.beats[w.shown], &p, at, func(string, string) {})
	for n := 0; n < 200; n++ {
		next, more := l.next()
		if !more || next > at+300*day {
			break
		}
		l.step()
	}
	for i := range l.run.State.Deadlines {
		if d := &l.run.State.Deadlines[i]; d.Term == id {
			return d.Due, true
		}
	}
	return 0, false
}

func abs(m calendar.Moment) calendar.Moment { return max(m, -m) }
