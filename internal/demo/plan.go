package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/procedure"
)

// The shares of what happens. They are rough: what is public are totals (about
// 104,000 crimes registered in 2023, about 58,000 criminal cases in the courts
// of first instance, 289 crimes per 100,000 inhabitants and 735 in Tashkent);
// the rest is what practitioners would not find strange.
const (
	ShareRefused       = 0.55 // of reports: no case is opened
	ShareTransferred   = 0.05 // of reports: sent to another body
	ShareInquiry       = 0.23 // of reports; the rest are investigated
	ShareLate          = 0.09 // of decisions that are counted in days: done after their end; fewer in all, some never are
	ShareLateHours     = 0.03 // of duties that are counted in hours
	ShareLateCounsel   = 0.10 // of appointed counsel who come too late
	ShareForgotten     = 0.08 // of what fell due lately: still not done
	ShareCheckExtended = 0.20 // of checks: longer than ten days
	ShareReassigned    = 0.05 // of checks: given to another officer
	ShareTriesHimself  = 0.03 // of checks: the officer tries to extend the term himself, and is refused
	ShareMotionTooLate = 0.04 // of motions for custody: the prosecutor comes too late, and is refused
	ShareHasty         = 0.02 // of opened cases: referred before anybody is accused, and refused
	ShareUnknown       = 0.28 // of opened cases of theft and the like: nobody is found, the case is suspended
	ShareResumed       = 0.40 // of suspended cases: resumed later
	ShareTerminated    = 0.20 // of opened cases
	ShareExtended      = 0.18 // of inquiries and investigations
	ShareExtendedTwice = 0.25 // of extended investigations: extended again
	ShareBecomes       = 0.06 // of inquiries: turned into an investigation
	ShareReturned      = 0.09 // of cases that the prosecutor gets: returned once
	ShareRead          = 0.45 // of finished cases: the parties read the file
	ShareViolent       = 0.30 // of investigations
	ShareDetained      = 0.70 // of investigations of violent crimes: somebody is detained
	ShareGranted       = 0.82 // of motions for custody: granted
	ShareShown         = 0.06 // of cases: in the district that is shown, whatever its population
	ShareRegional      = 0.02 // of cases: in the body of a region itself
)

// period is how long before Now the first case is registered.
const period = 400 * day

type road uint8

const (
	refused road = iota
	transferred
	inquiry
	investigation
)

// fate is what becomes of somebody who is detained.
type fate uint8

const (
	drawn      fate = iota // as chance will have it
	released               // before the forty-eight hours are over
	inCustody              // the prosecutor asks the court
	bailed                 // released on bail
	undecided              // nobody has decided yet
	motionLate             // the prosecutor comes too late, the person is released
)

// plan is what chance has in store for a case. How and when it comes about is
// for the habits, and whether it may, for the law.
type plan struct {
	road         road
	crime        crime
	urgent       bool // opened within hours: the offender was caught
	suspects     int
	detained     int // of the suspects
	fate         fate
	liberty      bool // custody is sought of an accused at liberty
	extendCheck  bool
	reassign     bool
	tries        bool // the officer tries to extend the check himself
	hasty        bool // refers the case before there is anybody to refer
	becomes      bool
	suspends     bool
	resumes      bool
	terminates   bool
	reads        bool
	extensions   int // of the inquiry or investigation
	custodyTimes int // extensions of custody
	returns      int
	punctual     bool     // nothing is late or forgotten, but for:
	forgets      []string // terms that nobody meets
	denied       bool     // the judge denies custody
	charge       string   // the officer who is first in charge; "": any
	chosen       bool     // counsel is chosen, not appointed
}

func chance(r *rand.Rand, p float64) bool { return r.Float64() < p }

// draw makes a plan.
func (w *world) draw(r *rand.Rand, regional bool) plan {
	var p plan
	switch n := r.Float64(); {
	case n < ShareRefused:
		p.road = refused
	case n < ShareRefused+ShareTransferred:
		p.road = transferred
	case n < ShareRefused+ShareTransferred+ShareInquiry && !regional:
		p.road = inquiry
	default:
		p.road = investigation
	}
	of := minor
	switch {
	case p.road == investigation && chance(r, ShareViolent):
		of = violent
	case p.road == investigation || p.road == transferred:
		of = grave
	case p.road == refused && chance(r, 0.6):
		of = noCrime
	}
	p.crime = *drawCrime(r, w.crimes, of)
	p.suspects = 1
	if chance(r, 0.2) {
		p.suspects = 2 + r.IntN(2)
	}
	if of == violent && chance(r, ShareDetained) {
		p.urgent = chance(r, 0.7)
		p.detained = 1 + r.IntN(p.suspects)
	}
	p.extendCheck = !p.urgent && chance(r, ShareCheckExtended)
	p.reassign, p.tries = !p.urgent && chance(r, ShareReassigned), !p.urgent && chance(r, ShareTriesHimself)
	p.becomes = p.road == inquiry && chance(r, ShareBecomes)
	p.suspends = chance(r, ShareUnknown) && p.detained == 0 && p.crime.unseen()
	p.resumes = chance(r, ShareResumed)
	p.terminates = p.detained == 0 && chance(r, ShareTerminated)
	p.reads = !p.terminates && chance(r, ShareRead)
	if chance(r, ShareExtended) {
		p.extensions = 1
		if chance(r, ShareExtendedTwice) {
			p.extensions = 2
		}
	}
	p.custodyTimes = p.extensions
	if chance(r, ShareReturned) {
		p.returns = 1
	}
	p.liberty = p.detained == 0 && chance(r, 0.03)
	p.hasty = chance(r, ShareHasty)
	p.chosen = chance(r, 0.25)
	return p
}

// beat is an office that investigates, with where it lies.
type beat struct {
	office  string
	court   string // the Uzbek name of its court
	region  string // id of the region's prosecutor's office
	weight  float64
	peoples peoples
}

// world is all that the lives of cases need to know and that does not change.
type world struct {
	law     *procedure.Law
	days    *calendar.Days
	now     calendar.Moment
	seed    uint64
	service *directory.Service
	crimes  []crime
	habits  map[string][]*habit // by what they react to
	beats   []beat
	total   float64
	shown   int                       // of beats
	held    map[string][]docket.Actor // office and role -> who acts
	by      map[string]docket.Actor   // officer -> as what he acts
	comp    map[[2]string]string
}

func newWorld(law *procedure.Law, s *directory.Service, o Options) (*world, error) {
	w := &world{law: law, days: law.At(o.Now).Days, now: o.Now, seed: o.Seed, service: s, crimes: crimes(), habits: map[string][]*habit{},
		held: map[string][]docket.Actor{}, by: map[string]docket.Actor{}, comp: map[[2]string]string{}, shown: -1}
	list := habits()
	for i := range list {
		w.habits[list[i].on] = append(w.habits[list[i].on], &list[i])
	}
	for _, c := range s.Competences {
		w.comp[[2]string{c.Office, c.Role}] = c.Competent
	}
	for _, n := range s.Officers {
		for _, m := range n.Mandates {
			a := docket.Actor{Officer: n.ID, Role: m.Role, Office: m.Office, Mandate: m.ID}
			w.held[m.Office+" "+m.Role] = append(w.held[m.Office+" "+m.Role], a)
			w.by[n.ID] = a
		}
	}
	names := map[string]string{}
	for _, off := range s.Offices {
		names[off.ID] = off.Names["uz"]
	}
	add := func(soato string, weight float64, r *region) {
		office := "ia-" + soato
		if len(w.held[office+" investigator"]) == 0 {
			return
		}
		if soato == shown {
			w.shown = len(w.beats)
		}
		w.beats = append(w.beats, beat{office: office, court: names[w.competent(office, "judge")], region: "pr-" + r.soato, weight: weight, peoples: r.peoples})
		w.total += weight
	}
	for _, r := range regions() {
		sum, weights := 0.0, make([]float64, len(r.districts))
		for i := range r.districts {
			weights[i] = 2
			if i == 0 && strings.HasSuffix(r.districts[i].uz, "shahri") {
				weights[i] = 5 // the region's capital
			}
			sum += weights[i]
		}
		all := float64(r.people) * r.crime
		for i := range r.districts {
			add(r.districts[i].soato, all*(1-ShareRegional)*weights[i]/sum, &r)
		}
		add(r.soato, all*ShareRegional, &r)
	}
	if w.shown < 0 {
		return nil, fmt.Errorf("the service has no officers in the district %s", shown)
	}
	return w, nil
}

func (w *world) competent(office, role string) string {
	if c, ok := w.comp[[2]string{office, role}]; ok {
		return c
	}
	return office
}

// who are the officers that have a role for an office.
func (w *world) who(office, role string) []docket.Actor {
	return w.held[w.competent(office, role)+" "+role]
}

// beatFor draws where a case happens.
func (w *world) beatFor(r *rand.Rand) *beat {
	if chance(r, ShareShown) {
		return &w.beats[w.shown]
	}
	n := r.Float64() * w.total
	for i := range w.beats {
		if n -= w.beats[i].weight; n < 0 {
			return &w.beats[i]
		}
	}
	return &w.beats[len(w.beats)-1]
}

// arrivals are the moments at which n reports come in, the earliest first:
// at any time, though few before dawn and more on the evenings of free days.
func (w *world) arrivals(r *rand.Rand, n int) []calendar.Moment {
	byHour := [24]int{3, 2, 2, 1, 1, 1, 2, 3, 5, 7, 8, 8, 7, 6, 6, 6, 6, 7, 8, 9, 9, 8, 7, 5}
	most := 9
	zone := w.days.Zone()
	out := make([]calendar.Moment, 0, n)
	for len(out) < n {
		m := w.now - calendar.Moment(r.Int64N(int64(period))) - 5*calendar.Minute
		m -= m % calendar.Second
		_, tod := zone.Local(m)
		if r.IntN(most) < byHour[tod/calendar.Hour] {
			out = append(out, m)
		}
	}
	slices.Sort(out)
	return out
}
