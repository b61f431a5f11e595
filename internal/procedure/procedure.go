// Package procedure is the language of laws/ and the engine that applies it.
//
// A Law is one procedure with all its editions; an Edition holds the rules in
// force from a date: kinds of things and their states, acts, terms. Apply decides an
// act. The engine is pure: it reads no clock, draws no random number and asks no
// database, so replaying an act under its edition always gives the same result.
// Everything that a page says about a rule (who may, from which state, under which
// article) comes from here; no other package holds a term, an approver or an article.
//
// Laws are read from their files by lawload, which names every mistake; the package
// itself trusts a Law that it is given.
package procedure

import (
	"slices"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/lawtext"
)

// Ids are small numbers that hold for all editions of one loaded law. They are
// never stored: the journal and the database hold names.
type (
	// KindID numbers the kinds; 0 is the kind of the proceeding itself.
	KindID int16
	// StateID numbers the states of one kind.
	StateID int16
	// ActID numbers the acts.
	ActID int16
	// TermID numbers the terms.
	TermID int16
	// FieldID numbers the fields of one kind, or of one act's form.
	FieldID int16
)

// None marks an absent id.
const None = -1

// Law is one procedure with its editions. Read-only after Load and safe for concurrent use.
type Law struct {
	Name     string // "uz/criminal"
	Editions []*Edition
	Labels   map[string]*Labels // by language: "uz", "ru", "en"
	Beside   []Beside           // by name

	Names Tables
}

// Beside is a file beside a law's editions that lays something down for a room of the house, such as what citizens are told. Name is its own, without the ending;
// Line is that of its mark.
type Beside struct {
	Name, Article, Confidence string
	Line                      int
}

// Tables number the names of a law, over all its editions. Whoever loads a law
// fills them; afterwards they are only read.
type Tables struct {
	Kinds  Names
	Acts   Names
	Terms  Names
	States []Names // by KindID
	Fields []Names // by KindID
	Forms  []Names // by ActID
}

// Labels are the words of a law in one language.
type Labels = lawtext.Labels

// Edition is the rules in force from a date.
type Edition struct {
	Law      *Law
	Name     string // its date in force, "2025-01-01"
	InForce  calendar.Date
	File     string
	Days     *calendar.Days
	DayTable string // name of the table of days off, "uz"
	Currency string
	Cites    []Cite
	Number   string // pattern of a proceeding's number
	Roles    []string
	Kinds    []*Kind         // by KindID; nil where this edition lacks it
	Acts     []*ActRule      // by ActID
	Terms    []*Term         // by TermID
	Index    int             // place among the law's editions
	Switches []Switch        // counting questions that the law leaves open, and how they are answered
	Places   *lawtext.Places // known places; nil: any code of the right form
	Codes    []Cite          // codes that articles in a form may name
	Inward   bool            // it is about the service itself: boards of cases leave it out
	Sheets   []string        // classes of sheets that its acts and kinds may have

	Transition Transition // what becomes of proceedings that are open when it comes into force

	credits []*Credit // what counts toward any of its terms
}

// Switch is a question of counting that a law leaves open.
type Switch struct {
	Name    string
	Asks    string
	Article string
	Choices []string
	Default string
	Chosen  string
}

// Cite is the full title of an act of law that articles refer to by its short name.
type Cite struct{ Short, Title string }

// Kind is a kind of thing that a proceeding holds.
type Kind struct {
	ID     KindID
	Name   string
	Of     KindID // the kind it belongs to; None for the proceeding itself
	Start  StateID
	States []StateID // in the order written, which is the order of the path
	Final  []bool    // by StateID: reaching it ends what was still owed
	Path   []StateID // the main road through the states, where the law says it; nil: as the acts lead
	Fields []*Field  // by FieldID; nil where absent
	Called FieldID   // the text by which people tell its things apart; None: their kind and number

	Sheet   string       // the class of the sheets of all acts on its things, and of these themselves; "" for none
	Opening *OpeningRule // of the proceeding itself: when its file was opened to the parties; nil where the law says nothing of that
	Reading FieldID      // of the proceeding itself: the fact that holds while the parties read the opened file; None where the law says nothing of that
	Secrecy *SecrecyRule // of the proceeding itself: how closed it is; nil where the law says nothing of that
	Party   *PartyRule   // nil: a thing of this kind makes nobody a party
	Asks    *AskRule     // nil: a thing of this kind asks nothing of an office
}

// Field is a place to fill in, of an act's form or of a kind.
type Field struct {
	ID         FieldID
	Name       string
	Type       fact.Type
	Optional   bool
	NeededIf   *Condition      // required only where this holds
	Future     bool            // a date or moment may lie after the act was recorded
	Most       int             // longest text, in letters
	Shape      Shape           // for Text, of a form: how what is typed must look
	Appoints   calendar.Period // of a moment of a form: something is held then, for which so long is reckoned; none: nothing is
	Choices    []string        // for Choice
	Currencies []string        // for Money: those that may be given besides the edition's own
	Roles      []string        // for Officer: whom one may choose
	Kind       KindID          // for Thing: of what kind it is
	While      []StateID       // for Thing: in which states it can be named; any, if empty
	Article    string
	Line       int
	Question   *Question // for YesNo, of a form: what it judges; nil: a plain field
	Answers    ActID     // for Text, of a form: the act whose questions, answered badly, are what is to be written here; None
	Open       bool      // of a kind: seen by whoever reads the proceeding, also where a sheet that set it is hidden

	In *Edition // whose currency, codes and places are meant
}

// Check is a condition of an act.
type Check struct {
	Rule    string // its name, for labels and deviations
	Article string
	If      *Condition
}

// Assign gives a field of a thing a value.
type Assign struct {
	Field FieldID
	Value *Condition
}

// Move takes other things along: every thing of Kind below the act's thing
// that is in one of From (any, if empty) goes to To.
type Move struct {
	Kind KindID
	From []StateID
	To   StateID
}

// ActRule is what the law says of one act.
type ActRule struct {
	ID         ActID
	Name       string
	Article    string
	Confidence string
	File       string // where it is written
	Line       int
	Part       string   // of the law, by which readers find it: the name of the file that first had it, or what that says with "part:"; "" in an edition's own file
	Since      string   // the edition whose files give it in these words
	By         []string // roles; InCharge stands for the officer in charge
	Opens      bool
	On         KindID
	From       []StateID // any, if empty
	To         StateID   // None: stays
	Adds       KindID    // None: adds nothing
	AddsState  StateID
	AddsSets   []Assign // fields of the added thing
	Moves      []Move
	Form       []*Field // by FieldID of this act; nil where absent
	When       []Check
	Sets       []Assign
	InCharge   *Condition   // who is in charge afterwards
	Office     *Condition   // which office has the proceeding afterwards
	Copies     []string     // roles to which the law orders a copy
	Links      []Link       // acts on other proceedings that it does along with itself
	OnlyByLink bool         // done by an act of another proceeding that gives things over, never by hand
	Takes      []KindID     // kinds of things that it takes over from the proceeding that it comes from
	RootSets   []Assign     // facts of the proceeding, set by an act on a thing of it
	Records    []RecordRule // what it enters into the directory of the service
	Sheet      string       // the class of the sheet that it makes, its own or that of its kind; "" for none
	Presence   bool         // whoever does it proves afresh that it is he; the engine, which knows no sessions, does not ask

	mostStarts  int // how many terms an act can start, those before others counted
	mostEffects int // about how many effects follow

	starts  []*Term
	meets   []*Term
	ends    []*Term
	extends []extension
	stops   []*Term
	resumes []*Term
	barred  []*Term // terms during which the act is not possible
}

// InCharge is the role word for "the officer in charge of the proceeding".
const InCharge = "officer_in_charge"

type extension struct {
	term *Term
	rule *Extension
}

// Breach is what it means that a term ran out.
type Breach uint8

const (
	// Tell the one who owes it and his superior.
	Tell Breach = iota
	// Escalate step by step.
	Escalate
	// Release: the person must be set free at once; cannot be muted.
	Release
	// Lapse: not a duty but a possibility, gone when the time is over.
	Lapse
)

var breachNames = [...]string{"tell", "escalate", "release", "lapse"}

func (b Breach) String() string { return breachNames[b] }

// BreachNames are the words of a law file for what a breach means, in the order of the values.
func BreachNames() []string { return breachNames[:] }

// Term is a period set by law.
type Term struct {
	ID         TermID
	Name       string
	Article    string
	Confidence string
	File       string // where it is written
	Line       int
	Part       string // of the law, as for acts
	Since      string // the edition whose files give it in these words
	StartedBy  []ActID
	When       Conditions // by the act that starts it
	At         Conditions // the moment it runs from, by the act that starts it; nil: when that act was done
	Within     calendar.Period
	Until      Conditions // the moment or day of its end, by the act that starts it; Within is then the longest allowed
	Switches   []string   // names of the open questions on which its counting hangs
	AtOnce     bool       // "immediately": due from the start, and no number to be late by
	Rule       calendar.Rule
	Before     TermID // None, or the term before whose end this one ends
	By         calendar.Period
	After      TermID // None, or the term from whose end this one runs
	Per        KindID
	OwedBy     string // a role, or InCharge
	MetBy      []ActID
	EndedBy    []ActID
	Extended   []Extension // in the order written
	StoppedBy  []ActID
	ResumedBy  []ActID
	Warn       []calendar.Period
	Breach     Breach
	Steps      []Step // what its running out brings about, in the order of time
	LateRefuse bool   // an act that would meet it late is refused
	Again      Again
	Repeats    bool    // met, it begins again from the act that met it
	Sums       KindID  // None, or the kind of thing whose earlier periods of this term count
	Bars       []ActID // acts that are not possible while it runs; it is then nobody's duty

	Lengths []Lengths         // by ActID, where forms say how long it is; nil: Within
	Share   Ratio             // the part of that length after which it ends; none: all of it
	Credits []Credit          // what counts toward it that was before it began
	Withins []calendar.Period // by ActID, where the length depends on what starts it; nil: Within
	hangers []*Term           // terms that end before this one, or run from its end
}

// Waiting reports whether the term is a time of waiting, and nobody's duty.
func (t *Term) Waiting() bool { return len(t.Bars) > 0 }

// Again says what a second start does while the term already runs for the same thing.
type Again uint8

const (
	// KeepFirst ignores the second start.
	KeepFirst Again = iota
	// Restart ends the running one and starts anew.
	Restart
	// Each starts one more.
	Each
)

// Extension is how an act lengthens a term.
type Extension struct {
	Act     ActID
	To      calendar.Period // a new total
	Add     calendar.Period // or so much more
	Times   int             // how often Add may be given; 0: once
	Until   *Condition      // or a moment; the later of it and the present end holds
	Article string
}

// Names is an append-only table of names with their numbers. The zero value is empty.
type Names struct {
	List []string
	ids  map[string]int
}

// ID is the number of a name, given to it now if it has none.
func (n *Names) ID(name string) int {
	if i, ok := n.ids[name]; ok {
		return i
	}
	if n.ids == nil {
		n.ids = make(map[string]int)
	}
	n.ids[name] = len(n.List)
	n.List = append(n.List, name)
	return len(n.List) - 1
}

// Find is the number of a name, None if it has none.
func (n *Names) Find(name string) int {
	if i, ok := n.ids[name]; ok {
		return i
	}
	return None
}

// At is the edition that governs an act done at a moment: the last one in
// force by then. Before the first edition the first governs. nil without editions.
func (l *Law) At(done calendar.Moment) *Edition {
	if len(l.Editions) == 0 {
		return nil
	}
	best := l.Editions[0]
	if len(l.Editions) == 1 {
		return best
	}
	for _, e := range l.Editions[1:] {
		if e.InForce > e.Days.Zone().Date(done) {
			break
		}
		best = e
	}
	return best
}

// Edition by its name; nil if there is none.
func (l *Law) Edition(name string) *Edition {
	for _, e := range l.Editions {
		if e.Name == name {
			return e
		}
	}
	return nil
}

// ActName is the name of an act.
func (l *Law) ActName(id ActID) string { return l.Names.Acts.List[id] }

// TermName is the name of a term.
func (l *Law) TermName(id TermID) string { return l.Names.Terms.List[id] }

// KindName is the name of a kind.
func (l *Law) KindName(id KindID) string { return l.Names.Kinds.List[id] }

// StateName is the name of a state of a kind; "" for None.
func (l *Law) StateName(k KindID, s StateID) string {
	if s < 0 {
		return ""
	}
	return l.Names.States[k].List[s]
}

// Act is the number of an act by its name, None if the law has no such act.
func (l *Law) Act(name string) ActID { return ActID(l.Names.Acts.Find(name)) }

// Term is the number of a term by its name, None if the law has no such term.
func (l *Law) Term(name string) TermID { return TermID(l.Names.Terms.Find(name)) }

// Kind is the number of a kind by its name, None if the law has no such kind.
func (l *Law) Kind(name string) KindID { return KindID(l.Names.Kinds.Find(name)) }

// Field is the number of a field of a kind by its name, None if no edition's kind has such a field.
func (l *Law) Field(k KindID, name string) FieldID { return FieldID(l.Names.Fields[k].Find(name)) }

// TermOf is the term of a deadline, in the edition that counts it.
func (l *Law) TermOf(d *Deadline) *Term { return l.Editions[d.Edition].Terms[d.Term] }

// TermNames are the terms of all editions, in the order first written.
func (l *Law) TermNames() []string { return slices.Clone(l.Names.Terms.List) }

// Act is the rule of an act in this edition; nil if it has none.
func (e *Edition) Act(name string) *ActRule {
	if id := e.Law.Act(name); id >= 0 && int(id) < len(e.Acts) {
		return e.Acts[id]
	}
	return nil
}

// Term is a term of this edition; nil if it has none.
func (e *Edition) Term(name string) *Term {
	if id := e.Law.Term(name); id >= 0 && int(id) < len(e.Terms) {
		return e.Terms[id]
	}
	return nil
}

// Switch of this edition by name; nil if it has none.
func (e *Edition) Switch(name string) *Switch {
	for i := range e.Switches {
		if e.Switches[i].Name == name {
			return &e.Switches[i]
		}
	}
	return nil
}

// Kind of this edition; nil if it has none.
func (e *Edition) Kind(name string) *Kind {
	if id := e.Law.Kind(name); id >= 0 && int(id) < len(e.Kinds) {
		return e.Kinds[id]
	}
	return nil
}

// Field of the form by name; nil if the form has none.
func (r *ActRule) Field(name string) *Field {
	for _, f := range r.Form {
		if f != nil && f.Name == name {
			return f
		}
	}
	return nil
}

// Field of the kind by name; nil if it has none.
func (k *Kind) Field(name string) *Field {
	for _, f := range k.Fields {
		if f != nil && f.Name == name {
			return f
		}
	}
	return nil
}

// Starts, Meets, Ends, Stops and Resumes are the terms that the act has to do with.
func (r *ActRule) Starts() []*Term { return r.starts }

// Meets lists the terms that the act meets.
func (r *ActRule) Meets() []*Term { return r.meets }

// Extends lists the terms that the act extends.
func (r *ActRule) Extends() []*Term {
	var out []*Term
	for _, x := range r.extends {
		out = append(out, x.term)
	}
	return out
}

// Conditions holds a term's condition compiled for each act that starts it, by ActID.
type Conditions []*Condition

func (c Conditions) of(act ActID) *Condition {
	if c == nil {
		return nil
	}
	return c[act]
}
