package directory

import (
	"fmt"
	"slices"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/procedure"
)

// Entry is what one act entered into the directory: one record, with where it stands in the journal.
type Entry struct {
	Proceeding string // the file, by its id
	Seq        int64
	Thing      int32  // of the file, that the record is about
	By         string // the officer who did it
	At         calendar.Moment
	Record     *procedure.Record
}

// Refused is why a record cannot be entered: the directory as it is does not allow it. Nothing was entered.
type Refused struct {
	Entry Entry
	Slot  string // that is at fault; "" for none of them
	Key   string // of the text that says why
	Args  fault.Args
}

func (r *Refused) Error() string { return r.Entry.Record.Does + ": " + r.Slot + ": " + r.Key }

func refuse(e Entry, slot, key string) *Refused { return &Refused{Entry: e, Slot: slot, Key: key} }

// Keys of the reasons.
const (
	LoginTaken      = "directory.login_taken"
	LoginUnknown    = "directory.login_unknown"
	NotOfOffice     = "directory.not_of_office"
	HasFile         = "directory.has_file"
	NoFile          = "directory.no_file"
	NoOffice        = "directory.no_office"
	NoOfficer       = "directory.no_officer"
	NotHis          = "directory.not_his"
	Himself         = "directory.himself"
	HasItAlready    = "directory.has_it_already"
	NoMandate       = "directory.no_mandate"
	EndsBefore      = "directory.ends_before"
	CodeTaken       = "directory.code_taken"
	NoKind          = "directory.no_kind"
	BadPlace        = "directory.bad_place"
	SameCompetence  = "directory.same_competence"
	NoCompetence    = "directory.no_competence"
	AlreadyThatTime = "directory.already_away"
	Oneself         = "directory.oneself"
	LiftItFirst     = "directory.lift_it_first"
	NotAdmitted     = "directory.not_admitted"
	OfficeClosed    = "directory.office_closed"
	SameParent      = "directory.same_parent"
	BelowItself     = "directory.below_itself"
	StillMandates   = "directory.still_mandates"
	StillBelow      = "directory.still_below"
	StillCompetent  = "directory.still_competent"
)

// Manners of a mandate: his own; that of an officer who is away, whose proceedings he has
// meanwhile; a part of what another officer may.
const (
	Appointment  = "appointment"
	Substitution = "substitution"
	Delegation   = "delegation"
)

// marks say of a row what is to be written of it.
type marks struct{ fresh, changed bool }

type (
	officeRow struct {
		marks
		Office
		file, madeIn string
		foundedUnder string // the office above it when it was founded
		closedIn     string // the file in which it was closed
		moved, shut  bool   // what is to be written of it besides
	}
	officerRow struct {
		marks
		Officer
		file, madeIn string
	}
	mandateRow struct {
		marks
		Mandate
		given  calendar.Moment // the end that it was given with
		ended  string          // the file in which it was ended
		madeIn string
		seq    int64
	}
	competenceRow struct {
		marks
		Competence
		from, to      calendar.Moment
		basis         string
		madeIn, ended string
		seq           int64
	}
	absenceRow struct {
		marks
		Absence
		madeIn string
		seq    int64
	}
)

// projection is the part of the directory that some records are about, in
// memory: as it is in the tables, then as the records make it. Who lives
// through the journal again uses the same, so that both come to the same rows.
type projection struct {
	offices     map[string]*officeRow
	officers    map[string]*officerRow
	mandates    []*mandateRow
	competences []*competenceRow
	absences    []*absenceRow
	admissions  []*admissionRow
}

func newProjection() *projection {
	return &projection{offices: map[string]*officeRow{}, officers: map[string]*officerRow{}}
}

// Kinds of offices that there are.
func Kinds() []string {
	return []string{Prosecutor, Interior, Security, Customs, Court, Penitentiary, Expert, Bar}
}

func (p *projection) officerOf(file string) *officerRow {
	for _, o := range p.officers {
		if o.file == file {
			return o
		}
	}
	return nil
}

func (p *projection) officerBy(login string) *officerRow {
	for _, o := range p.officers {
		if o.Login == login {
			return o
		}
	}
	return nil
}

func (p *projection) officeOf(file string) *officeRow {
	for _, o := range p.offices {
		if o.file == file {
			return o
		}
	}
	return nil
}

// values of a record, by slot.
type values map[string]fact.Value

func (v values) text(slot string) string            { return v[slot].Text }
func (v values) moment(slot string) calendar.Moment { return calendar.Moment(v[slot].Num) }

// enter makes the directory what it is after a record, or says why it cannot be. What a
// record that is refused left behind is worth nothing.
func (p *projection) enter(e Entry) *Refused {
	v := values(e.Record.Values)
	switch e.Record.Does {
	case procedure.EnterOfficer, procedure.FileOfOfficer:
		return p.enterOfficer(e, v)
	case procedure.EnterOffice:
		return p.enterOffice(e, v)
	case procedure.FileOfOffice:
		o := p.offices[v.text("office")]
		switch {
		case o == nil:
			return refuse(e, "office", NoOffice)
		case o.file != "":
			return refuse(e, "office", HasFile)
		}
		o.file, o.changed = e.Proceeding, true
		return nil
	case procedure.NameOffice, procedure.SetCompetence, procedure.EndCompetence, procedure.MoveOffice, procedure.CloseOffice:
		o := p.officeOf(e.Proceeding)
		switch {
		case o == nil:
			return refuse(e, "", NoFile)
		case o.Closed != 0:
			return refuse(e, "", OfficeClosed)
		}
		return p.changeOffice(e, v, o)
	case procedure.HandOver:
		return nil // of proceedings: whoever keeps those does it
	}
	o := p.officerOf(e.Proceeding)
	switch {
	case o == nil:
		return refuse(e, "", NoFile)
	case o.ID == e.By:
		return refuse(e, "", Oneself) // nobody gives himself anything, or takes himself away
	case v.text("officer") == e.By && e.By != "":
		return refuse(e, "officer", Oneself)
	}
	switch e.Record.Does {
	case procedure.GiveMandate:
		return p.giveMandate(e, v, o)
	case procedure.CutMandate:
		id := mandateID(e)
		i := slices.IndexFunc(p.mandates, func(m *mandateRow) bool { return m.ID == id && m.open(e.At) })
		if i < 0 {
			return refuse(e, "", NoMandate)
		}
		p.mandates[i].end(e)
	case procedure.EndMandate:
		return p.endMandate(e, v, o)
	case procedure.EndAllMandates:
		for _, m := range p.mandates {
			if (m.Officer == o.ID || m.InsteadOf == o.ID) && m.open(e.At) {
				m.end(e)
			}
		}
		p.endAdmissions(e, o, "")
	case procedure.AdmitTo:
		return p.admit(e, v, o)
	case procedure.EndAdmission:
		if !p.endAdmissions(e, o, v.text("level")) {
			return refuse(e, "level", NotAdmitted)
		}
	case procedure.NoteLeave:
		return p.noteLeave(e, v, o)
	default:
		return refuse(e, "", NoFile) // not reached: the law was checked when it was loaded
	}
	return nil
}

// mandateID is the name of the mandate that a thing of a file is.
func mandateID(e Entry) string { return fmt.Sprintf("%s-%d", e.Proceeding, e.Thing) }

// open reports whether a mandate is in force at a moment, or to come.
func (m *mandateRow) open(at calendar.Moment) bool { return m.To == 0 || m.To > at && m.To > m.From }

// end ends a mandate with an act; one that was to come never is.
func (m *mandateRow) end(e Entry) { m.To, m.ended, m.changed = max(e.At, m.From), e.Proceeding, true }

func (p *projection) enterOfficer(e Entry, v values) *Refused {
	login := Login(v.text("login"))
	o := p.officerBy(login)
	if e.Record.Does == procedure.EnterOfficer {
		switch {
		case o != nil || login == "" || strings.ContainsAny(login, " \t"):
			return refuse(e, "login", LoginTaken)
		case p.officerOf(e.Proceeding) != nil:
			return refuse(e, "", HasFile)
		}
		p.officers[e.Proceeding] = &officerRow{marks{fresh: true}, Officer{ID: e.Proceeding, Name: strings.Join(strings.Fields(v.text("name")), " "), Login: login}, e.Proceeding, e.Proceeding}
		return nil
	}
	switch {
	case o == nil:
		return refuse(e, "login", LoginUnknown)
	case o.file != "":
		return refuse(e, "login", HasFile)
	case o.ID == e.By:
		return refuse(e, "login", Oneself)
	case !slices.ContainsFunc(p.mandates, func(m *mandateRow) bool {
		return m.Officer == o.ID && m.Office == v.text("office") && m.open(e.At)
	}):
		return refuse(e, "office", NotOfOffice)
	}
	o.file, o.changed = e.Proceeding, true
	return nil
}

func (p *projection) giveMandate(e Entry, v values, of *officerRow) *Refused {
	m := &mandateRow{marks: marks{fresh: true}, madeIn: e.Proceeding, seq: e.Seq, given: v.moment("to"),
		Mandate: Mandate{ID: mandateID(e), Officer: of.ID, Role: v.text("role"), Office: v.text("office"), From: v.moment("from"), To: v.moment("to"), Order: v.text("basis"), Manner: v.text("manner")}}
	if m.Manner == "" {
		m.Manner = Appointment
	}
	if m.Manner != Appointment {
		m.Officer, m.InsteadOf = v.text("officer"), of.ID
	}
	switch {
	case p.offices[m.Office] == nil:
		return refuse(e, "office", NoOffice)
	case p.offices[m.Office].Closed != 0:
		return refuse(e, "office", OfficeClosed)
	case m.To != 0 && m.To <= max(m.From, e.At):
		return refuse(e, "to", EndsBefore)
	case m.Manner != Appointment && p.officers[m.Officer] == nil:
		return refuse(e, "officer", NoOfficer)
	case m.Officer == m.InsteadOf:
		return refuse(e, "officer", Himself)
	case m.Manner != Appointment && m.To == 0:
		return refuse(e, "to", EndsBefore)
	}
	for _, x := range p.mandates {
		switch {
		case x.ID == m.ID:
			return refuse(e, "", HasItAlready)
		case x.Officer == m.Officer && x.Role == m.Role && x.Office == m.Office && x.InsteadOf == m.InsteadOf && x.meets(m):
			return refuse(e, "role", HasItAlready)
		}
	}
	if m.Manner != Appointment && !slices.ContainsFunc(p.mandates, func(x *mandateRow) bool {
		// What another has only for a time and from somebody else he cannot give on.
		return x.Officer == of.ID && x.Manner == Appointment && x.Role == m.Role && x.Office == m.Office && x.From <= max(m.From, e.At) && (x.To == 0 || x.To >= m.To)
	}) {
		return refuse(e, "role", NotHis)
	}
	p.mandates = append(p.mandates, m)
	return nil
}

// meets reports whether two mandates are in force at the same time.
func (m *mandateRow) meets(o *mandateRow) bool {
	return (m.To == 0 || m.To > o.From) && (o.To == 0 || o.To > m.From) && (m.To == 0 || m.To > m.From)
}

func (p *projection) endMandate(e Entry, v values, of *officerRow) *Refused {
	found := false
	for _, m := range p.mandates {
		if m.Role != v.text("role") || m.Office != v.text("office") || !m.open(e.At) {
			continue
		}
		switch of.ID {
		case m.Officer:
			found = true
			m.end(e)
		case m.InsteadOf:
			m.end(e)
		}
	}
	if !found {
		return refuse(e, "role", NoMandate)
	}
	return nil
}

func (p *projection) noteLeave(e Entry, v values, of *officerRow) *Refused {
	a := &absenceRow{marks: marks{fresh: true}, madeIn: e.Proceeding, seq: e.Seq,
		Absence: Absence{ID: fmt.Sprintf("%s/%d", e.Proceeding, e.Seq), Officer: of.ID, From: v.moment("from"), To: v.moment("to"), Order: v.text("basis"), Substitute: v.text("officer")}}
	if a.To <= max(a.From, e.At) {
		return refuse(e, "to", EndsBefore)
	}
	if slices.ContainsFunc(p.absences, func(x *absenceRow) bool { return x.Officer == of.ID && x.From < a.To && a.From < x.To }) {
		return refuse(e, "from", AlreadyThatTime)
	}
	p.absences = append(p.absences, a)
	return nil
}

func (p *projection) enterOffice(e Entry, v values) *Refused {
	o := &officeRow{marks: marks{fresh: true}, file: e.Proceeding, madeIn: e.Proceeding, Office: Office{ID: e.Proceeding, Code: strings.TrimSpace(v.text("code")), Kind: v.text("kind"), Parent: v.text("parent"), Place: strings.TrimSpace(v.text("place"))}}
	o.Path = "/" + o.ID + "/"
	o.named(v)
	if o.Parent != "" {
		above := p.offices[o.Parent]
		if above == nil {
			return refuse(e, "parent", NoOffice)
		}
		if above.Closed != 0 {
			return refuse(e, "parent", OfficeClosed)
		}
		o.Path, o.foundedUnder = above.Path+o.ID+"/", o.Parent
	}
	switch {
	case !slices.Contains(Kinds(), o.Kind):
		return refuse(e, "kind", NoKind)
	case !isPlace(o.Place):
		return refuse(e, "place", BadPlace)
	}
	for _, x := range p.offices {
		if strings.EqualFold(x.Code, o.Code) || x.file == e.Proceeding {
			return refuse(e, "code", CodeTaken)
		}
	}
	p.offices[o.ID] = o
	return nil
}

// isPlace reports whether a text has the form of a SOATO code, down to a district or below.
func isPlace(s string) bool {
	return len(s) >= 2 && len(s) <= 10 && strings.Trim(s, "0123456789") == ""
}

func (o *officeRow) named(v values) {
	name := func(slot, otherwise string) string {
		if s := strings.TrimSpace(v.text(slot)); s != "" {
			return s
		}
		return otherwise
	}
	uz := name("name_uz", "")
	o.Names = map[string]string{"uz": uz, "ru": name("name_ru", uz), "en": name("name_en", uz)}
}

func (p *projection) changeOffice(e Entry, v values, o *officeRow) *Refused {
	i := slices.IndexFunc(p.competences, func(c *competenceRow) bool { return c.Office == o.ID && c.Role == v.text("role") && c.to == 0 })
	switch e.Record.Does {
	case procedure.NameOffice:
		o.named(v)
		o.changed = true
		return nil
	case procedure.EndCompetence:
		if i < 0 {
			return refuse(e, "role", NoCompetence)
		}
		p.competences[i].end(e)
		return nil
	case procedure.MoveOffice:
		return p.moveOffice(e, v, o)
	case procedure.CloseOffice:
		return p.closeOffice(e, o)
	}
	c := &competenceRow{marks: marks{fresh: true}, Competence: Competence{Office: o.ID, Role: v.text("role"), Competent: v.text("competent")}, from: e.At, basis: v.text("basis"), madeIn: e.Proceeding, seq: e.Seq}
	switch {
	case p.offices[c.Competent] == nil:
		return refuse(e, "competent", NoOffice)
	case p.offices[c.Competent].Closed != 0:
		return refuse(e, "competent", OfficeClosed)
	case i >= 0 && p.competences[i].Competent == c.Competent:
		return refuse(e, "competent", SameCompetence)
	case i >= 0 && p.competences[i].madeIn != "":
		return refuse(e, "role", LiftItFirst) // the act that lifts an exception must find its own
	case i >= 0:
		p.competences[i].end(e)
	}
	p.competences = append(p.competences, c)
	return nil
}

func (c *competenceRow) end(e Entry) {
	c.to, c.ended, c.changed = max(e.At, c.from+1), e.Proceeding, true
}
