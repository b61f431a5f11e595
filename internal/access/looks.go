package access

// What is asked about those who look: beside the actions of work, which the matrix shows.
const (
	// LookFreely is to look at a proceeding without being asked what for.
	LookFreely Action = "look_freely"
	// SeeLooks is to see who looked at a proceeding.
	SeeLooks Action = "see_looks"
	// SeeReading is to see how long the parties read the finished file of a proceeding, which is reckoned from who looked.
	SeeReading Action = "see_reading"
	// WatchLooks is to see what the officers of an office looked at, and what of it is unusual.
	WatchLooks Action = "watch_looks"
	// BreakGlass is to open in an emergency what one may not read. It is asked of the officer's own office.
	BreakGlass Action = "break_glass"
	// OpenInEmergency is the same, asked of the proceeding: some are not opened at all by who may not read them.
	OpenInEmergency Action = "open_in_emergency"
	// AnswerEmergency is to confirm or object to what an officer opened in an emergency: Office is the one that he
	// opened it for, Supervisor the one that supervises what he opened.
	AnswerEmergency Action = "answer_emergency"
)

// Looking lists the actions of looking.
func Looking() []Action {
	return []Action{LookFreely, SeeLooks, SeeReading, WatchLooks, BreakGlass, OpenInEmergency, AnswerEmergency}
}
