// Package access answers one question: may this officer do or see this.
//
// The rules are not here. They are policies in laws/, sentences of the Cedar
// language: those of every law in policies/, what one law adds beside that law.
// What an act asks of a role is in the law itself; a policy says which
// proceedings an officer's mandate reaches. The package owns
//
//   - how policies are read and checked (Load): against a schema, each with a
//     name, the article or the reason it rests on, and one sentence in each language;
//   - which of them are in force on a day (Policies.On);
//   - the decision (Edition.Decide), which names the policies that made it;
//   - what a mandate reaches as sets that a query can ask (Edition.Reach), made
//     by asking the policies themselves, so that a list shows what single
//     readings would allow and nothing else;
//   - scenarios beside the policies, and whether they hold (Policies.Test).
//
// Whatever no policy allows is refused; what one forbids is refused whatever
// others allow; where a forbidding policy cannot be evaluated it forbids. A mandate
// without an office or a role is nobody's. Whoever may not see a proceeding is told
// that there is none: a Decision about reading is for explanations to those who
// hold the database, never for an answer. The package asks no database and keeps
// nothing but what follows from the offices of a Service.
package access

import (
	"iter"
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
)

// Action is what somebody wants to do.
type Action string

// The actions that are asked about. The schema has the same.
const (
	Read Action = "read" // to see a proceeding
	Act  Action = "act"  // to do acts in a proceeding, as far as its law gives them to the role
	List Action = "list" // to see the board and the lists of an office
	// Administer is to see who works in an office and what he may do, to enter who does, and to let officers in again.
	Administer Action = "administer"
	// Search is to look for something by its number or a name before one knows that it is there; what is found is bound by Read.
	// It is asked of the officer's own office or, where officers are looked for, of the office that they serve in.
	Search Action = "search"
	// Download is to take something out of the office, as a file or on paper: of a proceeding or, where Resource.Whole, a list of an office.
	Download Action = "download"
	// Count is to count a proceeding among others, without seeing it: for those who may not read it.
	Count Action = "count"
	// TakeFigures is to take a table of figures of an office out of it as a file.
	TakeFigures Action = "take_figures"
	// Sign is to do an act that its law wants the officer to be present for. It is asked besides Act; Subject.OnLeave is known for it alone.
	Sign Action = "sign"
	// ReadSheet is to see a sheet of a class in a proceeding that may be read: what an act says that made it, and what follows from it alone.
	ReadSheet Action = "read_sheet"
)

// Actions lists those of work that are asked of a proceeding or an office; Looking lists those about looking.
func Actions() []Action { return []Action{Read, Act, Sign, Download, List, Search, Administer} }

// OfOffice reports whether an action is asked about of an office, and not of a proceeding. Download is asked of both.
func (a Action) OfOffice() bool {
	return a == List || a == TakeFigures || a == Administer || a == Search || a == WatchLooks || a == BreakGlass
}

// Tabled are the actions that a Matrix has: those about a case and the office that has it, and Search of the officer's own office.
func Tabled() []Action { return []Action{Read, Act, Sign, Download, List, Search} }

// all actions that policies speak of.
func all() []Action {
	return slices.Concat(Actions(), Looking(), []Action{ReadSheet, Count, TakeFigures, Fetch, Enter})
}

// Subject is who asks: an officer under one mandate.
type Subject struct {
	Officer string
	Role    string
	Office  string
	Manner  string // how he has the mandate: "appointment", "substitution" or "delegation"; "" is an appointment
	OnLeave bool   // he is away by the directory, for Sign alone
	// Clearance are the levels of secrecy that he is admitted to, as Levels writes them.
	Clearance string
}

// Levels writes levels of secrecy as a Subject has them: the same levels are the same text.
func Levels(list ...string) string {
	list = slices.Clone(list)
	slices.Sort(list)
	return strings.Join(slices.Compact(list), ",")
}

// levels of a text that Levels wrote.
func levels(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// Party is an officer who has a part of his own in a proceeding, because something in its file
// says so: a defence counsel whose warrant is there. Or, with neither, an office of which
// something in its file is asked: a body that is to examine.
type Party struct {
	Officer string
	As      string // the role in which he has it
	Office  string
}

// Resource is what he asks about: where a proceeding stands or, for what is asked of an
// office, that office alone.
type Resource struct {
	Law        string // of the proceeding
	Office     string // the office that has it
	Supervisor string // the office that supervises it
	InCharge   string // the officer in charge of it; "" for none
	Stage      string // where it stands, by the name that its law has for it
	Whole      bool   // the office itself is asked about, for Download
	Secrecy    string // how closed it is, by the word of its law; "" where nothing is said of it
	Parties    []Party

	// Of a sheet of it, for ReadSheet alone.
	Sheet  string // its class, by the word of its law
	Own    bool   // whoever asks did the act that made it
	Opened bool   // the file was opened to the parties
}

// spot is a Resource as one question is about it: whether whoever asks is a party
// to it, in the role in which he asks, and no other party.
type spot struct {
	law, office, supervisor, inCharge, stage, secrecy string
	party, whole                                      bool
	sheet                                             sheetSpot
}

// sheetSpot is what a question about a sheet has besides.
type sheetSpot struct {
	class       string
	own, opened bool
}

func (r *Resource) spot(who *Subject) spot {
	return spot{r.Law, r.Office, r.Supervisor, r.InCharge, r.Stage, r.Secrecy, r.isParty(who), r.Whole, sheetSpot{r.Sheet, r.Own, r.Opened}}
}

// isParty reports whether whoever asks is a party in the role in which he asks.
func (r *Resource) isParty(who *Subject) bool {
	return who.Officer != "" && slices.Contains(r.Parties, Party{Officer: who.Officer, As: who.Role})
}

// Decision is an answer and the policies that it rests on.
type Decision struct {
	Allowed bool
	By      []*Policy // that allow it; or that forbid it; none where no policy allows it
}

// IDs are the names of the policies that the decision rests on.
func (d Decision) IDs() []string {
	out := make([]string, len(d.By))
	for i, p := range d.By {
		out[i] = p.ID
	}
	return out
}

// Article is the one that a policy of the decision rests on; "" where none names one.
func (d Decision) Article() string {
	for _, p := range d.By {
		if p.Article != "" {
			return p.Article
		}
	}
	return ""
}

// Decide asks the policies of all laws, and those of the law of the resource,
// whether somebody may do something. The answer is remembered as long as the
// service is. Safe for concurrent use. A nil Edition allows nothing.
func (e *Edition) Decide(s *Service, who Subject, do Action, what Resource) Decision {
	if e == nil || s == nil || who.Office == "" || who.Role == "" || ofOfficeItself(do, what.Whole) && !s.known(what.Office) {
		return Decision{}
	}
	set := e.of(what.Law, do)
	// What no policy asks about makes no other question.
	key := decisionOf{e, set.asked(who, do), do, what.spot(&who)}
	if do != ReadSheet {
		key.what.sheet = sheetSpot{}
	}
	if !set.inCharge {
		key.what.inCharge = ""
	}
	if !set.stage {
		key.what.stage = ""
	}
	key.what.party = key.what.party && set.party
	if !set.secrecy {
		key.what.secrecy = ""
	}
	if d, ok := s.remembered(key); ok {
		return d
	}
	q := newQuestion(s, who, do, what.spot(&who))
	d := set.decide(&q)
	s.remember(key, d)
	return d
}

// ofOfficeItself reports whether a question is about an office, and not about a proceeding of it.
func ofOfficeItself(do Action, whole bool) bool {
	return do.OfOffice() || do == Download && whole
}

// asking is a set of policies for one action, and what they ask about.
type asking struct {
	rules
	who       bool // who the officer is
	how       bool // in which manner he has his mandate
	clearance bool // what he is admitted to
	inCharge  bool // who is in charge
	stage     bool // at which stage it stands
	secrecy   bool // how closed it is
	party     bool // whether he is a party to it
}

// asked is of somebody what the policies ask about.
func (a *asking) asked(who Subject, do Action) Subject {
	if !a.who {
		who.Officer = ""
	}
	if !a.how {
		who.Manner = ""
	}
	if !a.clearance {
		who.Clearance = ""
	}
	if do != Sign {
		who.OnLeave = false
	}
	return who
}

// add adds a policy.
func (a *asking) add(x *Policy) {
	a.rules, a.who, a.how, a.clearance = append(a.rules, x), a.who || x.named, a.how || x.how, a.clearance || x.level
	for attribute, asked := range map[string]*bool{ofInCharge: &a.inCharge, ofStage: &a.stage, ofSecrecy: &a.secrecy, ofParty: &a.party} {
		*asked = *asked || slices.Contains(x.asks, attribute)
	}
}

// rules are policies for one action, in the order of their files.
type rules []*Policy

// All makes rules what Cedar asks.
func (r rules) All() iter.Seq2[cedar.PolicyID, *cedar.Policy] {
	return func(yield func(cedar.PolicyID, *cedar.Policy) bool) {
		for _, p := range r {
			if !yield(cedar.PolicyID(p.ID), p.cedar) {
				return
			}
		}
	}
}

// named finds the policy that Cedar names.
func (r rules) named(id cedar.PolicyID) *Policy {
	i := slices.IndexFunc(r, func(p *Policy) bool { return p.ID == string(id) })
	return r[i] // Cedar names only what it was given
}

func (r rules) decide(q *question) Decision {
	verdict, why := cedar.Authorize(r, q, q.request)
	for _, e := range why.Errors {
		// Cedar passes over a policy that cannot be evaluated. One that allows is rightly passed over; one that forbids must not be.
		if broken := r.named(e.PolicyID); broken.Forbids {
			return Decision{By: []*Policy{broken}}
		}
	}
	d := Decision{Allowed: verdict == cedar.Allow, By: make([]*Policy, 0, len(why.Reasons))}
	for _, reason := range why.Reasons {
		d.By = append(d.By, r.named(reason.PolicyID))
	}
	return d
}

// Names of the schema's kinds and attributes.
const (
	officeType  = "Office"
	officerType = "Officer"
	sheetType   = "Sheet"
	actionType  = "Action"

	ofOffice     = "office"
	ofSupervisor = "supervisor"
	ofInCharge   = "in_charge"
	ofStage      = "stage"
	ofSecrecy    = "secrecy"
	ofParty      = "party"
	ofOfficer    = "officer"
	ofRole       = "role"
	ofManner     = "manner"
	ofLeave      = "on_leave" // of the question, not of who asks it
	ofClearance  = "clearance"
	ofSheet      = "sheet" // of a sheet, as are own and opened
	ofOwn        = "own"
	ofOpened     = "opened"
)

// appointed is the manner of a mandate that nothing else is said of.
const appointed = "appointment"

// Whoever asks and what is asked about exist for one question only, and need no names of their own.
var (
	asker = types.EntityUID{Type: "Mandate", ID: "asker"}
	asked = types.EntityUID{Type: "Proceeding", ID: "asked"}
	// A sheet has all that its proceeding has, and more.
	askedSheet = types.EntityUID{Type: sheetType, ID: "asked"}
)

// question is the entities of one question: the two that are made for it, and those of the service.
type question struct {
	service  *Service
	mandate  types.Entity
	resource types.Entity
	request  types.Request
}

func officeUID(id string) types.EntityUID {
	return types.EntityUID{Type: officeType, ID: types.String(id)}
}

func newQuestion(s *Service, who Subject, do Action, what spot) question {
	q := question{service: s, request: types.Request{Principal: asker, Action: types.EntityUID{Type: actionType, ID: types.String(do)}, Resource: asked}}
	q.mandate = s.mandate(who)
	if do == Sign {
		q.request.Context = types.NewRecord(types.RecordMap{ofLeave: types.Boolean(who.OnLeave)})
	}
	if ofOfficeItself(do, what.whole) {
		q.request.Resource = officeUID(what.office)
		return q
	}
	if do == ReadSheet {
		q.request.Resource = askedSheet
	}
	q.about(what)
	return q
}

// about makes the question one about another proceeding.
func (q *question) about(what spot) {
	has := types.RecordMap{ofOffice: officeUID(what.office), ofStage: types.String(what.stage), ofSecrecy: types.String(what.secrecy), ofParty: types.Boolean(what.party)}
	if q.service.known(what.supervisor) {
		has[ofSupervisor] = officeUID(what.supervisor)
	}
	if what.inCharge != "" {
		has[ofInCharge] = types.EntityUID{Type: officerType, ID: types.String(what.inCharge)}
	}
	uid := asked
	if q.request.Resource == askedSheet {
		uid = askedSheet
		has[ofSheet], has[ofOwn], has[ofOpened] = types.String(what.sheet.class), types.Boolean(what.sheet.own), types.Boolean(what.sheet.opened)
	}
	q.resource = types.Entity{UID: uid, Attributes: types.NewRecord(has)}
}

// Get makes a question what Cedar looks entities up in.
func (q *question) Get(uid types.EntityUID) (types.Entity, bool) {
	switch uid {
	case q.request.Principal:
		return q.mandate, true
	case q.resource.UID:
		return q.resource, true
	}
	e, ok := q.service.offices[uid]
	return e, ok
}
