package lived

// Form is what an act's form says, by the names of its fields.
type Form = map[string]string

// Report is the form of a report of a crime, handed to the investigator.
func Report() Form {
	return Form{"source": "direct", "summary": "A robbery", "assign_to": "investigator"}
}

// Crime is the form of an act that opens a case.
func Crime() Form { return Form{"crime_article": "CC 164"} }

// Suspect is the form of the act that names one.
func Suspect() Form { return Form{"name": "Tursunov Bekzod"} }

// Investigated was reported on 2 March 2026 and opened on the 5th.
func Investigated(l *Proceeding) {
	l.Do("2026-03-02 14:30 duty_officer register_report", Report())
	l.Do("2026-03-05 14:30 investigator open_investigation", Crime())
}

// Accused goes on from there: a suspect, the charge, and the case with the prosecutor on the 18th.
func Accused(l *Proceeding) {
	l.Do("2026-03-06 09:00 investigator add_suspect", Suspect())
	l.Do("2026-03-07 09:00 investigator charge 1", Form{"crime_article": "CC 164"})
	l.Do("2026-03-18 09:00 investigator refer_to_prosecutor", Form{"with": "indictment"})
}

// Vector is a worked term: its story, and the term that it is about.
type Vector struct {
	Name, Term string
	Live       func(l *Proceeding)
}

// Vectors are the worked vectors of counting (CPC 314-317).
func Vectors() []Vector {
	return []Vector{
		{"a report: ten days, extended to a month", "decide_on_report", func(l *Proceeding) {
			l.Do("2026-03-02 14:30 duty_officer register_report", Report())
			l.Do("2026-03-09 10:00 prosecutor extend_check", Form{"reason": "examination_ordered"})
		}},
		{"a report whose tenth day is a Sunday", "decide_on_report", func(l *Proceeding) {
			l.Do("2026-03-11 09:00 duty_officer register_report", Report())
		}},
		{"detention never rolls, not even on a Sunday that is a holiday", "detention", func(l *Proceeding) {
			Detained(l, "2026-03-06 22:00", "2026-03-06 23:30", "2026-03-06T23:10")
		}},
		{"a motion eight hours before the end of detention", "custody_motion", func(l *Proceeding) {
			Detained(l, "2026-03-06 22:00", "2026-03-06 23:30", "2026-03-06T23:10")
		}},
		{"custody of three months from the 31st", "custody", func(l *Proceeding) {
			Detained(l, "2026-01-30 08:00", "2026-01-30 10:10", "2026-01-30T10:00")
			l.Do("2026-01-31 08:00 prosecutor file_custody_motion 2", Form{"measure": "custody", "guilt": "intent", "penalty_years": "10", "received_by_court_at": "2026-01-31T08:00"})
			l.Do("2026-01-31 10:00 investigating_judge apply_custody 2", Form{"from": "2026-01-31T10:00"})
		}},
		{"an inquiry of one month that rolls over a Sunday, extended", "inquiry", func(l *Proceeding) {
			l.Do("2026-02-15 11:00 duty_officer register_report", Form{"source": "organisation", "summary": "Fraud", "assign_to": "inquirer"})
			l.Do("2026-02-15 12:00 inquirer open_inquiry", Form{"crime_article": "CC 168"})
			l.Do("2026-03-13 09:00 prosecutor extend_inquiry", Form{"note": "An audit"})
		}},
		{"an investigation extended, and a clock that stood still", "investigation", func(l *Proceeding) {
			l.Do("2026-01-09 11:00 duty_officer register_report", Report())
			l.Do("2026-01-10 12:00 investigator open_investigation", Crime())
			l.Do("2026-04-01 09:00 regional_prosecutor extend_investigation", Form{"note": "Granted"})
			l.Do("2026-05-10 09:00 investigator suspend", Form{"ground": "illness"})
			l.Do("2026-05-30 09:00 investigator resume_investigation", nil)
		}},
		{"a clock that stands still now", "investigation", func(l *Proceeding) {
			l.Do("2026-01-09 11:00 duty_officer register_report", Report())
			l.Do("2026-01-10 12:00 investigator open_investigation", Crime())
			l.Do("2026-03-10 09:00 investigator suspend", Form{"ground": "illness"})
		}},
		{"joined to a case whose term ends later", "investigation", func(l *Proceeding) {
			l.Do("2026-01-09 11:00 duty_officer register_report", Report())
			l.Do("2026-01-10 12:00 investigator open_investigation", Crime())
			l.Do("2026-02-10 12:00 investigator join_case", Form{"other_case": "7", "other_term_ends": "2026-05-05"})
		}},
		{"what must be done at once", "draw_up_detention_protocol", func(l *Proceeding) {
			Detained(l, "2026-03-06 22:00", "2026-03-06 23:30", "2026-03-06T23:10")
		}},
	}
}

// Detained is an investigation with a suspect who is detained. The moments are
// "2026-03-06 22:00"; actually, when he was in fact taken, "2026-03-06T23:10".
func Detained(l *Proceeding, reported, detained, actually string) {
	l.Do(reported+" duty_officer register_report", Report())
	l.Do(reported+" investigator open_investigation", Crime())
	l.Do(reported+" investigator add_suspect", Suspect())
	l.Do(detained+" investigator detain 1", Form{"detained_at": actually, "place": "Post 4"})
}
