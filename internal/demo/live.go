package demo

import (
	"container/heap"
	"context"
	"errors"
	"fmt"

	"nazorat/internal/calendar"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/fact"
	"nazorat/internal/procedure"
)

// Law is the procedure that the cases live under. What the docket applies
// besides, and the files know habits for, is lived through too.
const Law = "uz/criminal"

// Report says what Live did. Acts that an act led to elsewhere count among the acts.
type Report struct {
	Cases       int
	Proceedings map[string]int // by law: opened, by whatever
	Acts        int
	Linked      int            // acts that another one led to
	Refusals    map[string]int // acts that the law refused, as it should: "extend_check: wrong_role"
	Lapsed      map[string]int // what somebody meant to do and could not, because things had moved on
	Met         int            // duties with an end that were done
	Late        int            // of these, after their end
	Decided     int            // of the duties done: decisions, counted in days
	DecLate     int            // of these, after their end
	Begun       int            // deadlines started
	States      map[string]int // cases by state
	Files       int            // that acts brought into cases
	ByAct       map[string]int // by law and act: "uz/criminal refuse"
	Here        []string       // numbers of some cases of the district that is shown, those with parties of most roles first
}

// LateShare is the share of decisions that came after their end.
func (r *Report) LateShare() float64 {
	if r.Decided == 0 {
		return 0
	}
	return float64(r.DecLate) / float64(r.Decided)
}

// Refused is how many acts were refused.
func (r *Report) Refused() int {
	n := 0
	for _, k := range r.Refusals {
		n += k
	}
	return n
}

// together is how many acts go to the docket at once.
const together = 256

// Live lets o.Cases cases, and what belongs to them, live until o.Now through
// the docket k, which was opened with the clock's Now and NewID over a database
// that holds exactly the service s. Nobody else may act meanwhile. It stops
// with an error as soon as the docket and the law disagree about an act; what
// was done until then stays done. Afterwards the clock goes on as a real one.
func Live(ctx context.Context, k *docket.Docket, clock *Clock, s *directory.Service, o Options) (Report, error) {
	v := &living{docket: k, clock: clock, o: o, report: Report{Proceedings: map[string]int{}, Refusals: map[string]int{}, Lapsed: map[string]int{}, States: map[string]int{}, ByAct: map[string]int{}}}
	main := k.Law(Law)
	if main == nil {
		return v.report, fmt.Errorf("live: the docket does not apply %s", Law)
	}
	list := []*procedure.Law{main}
	for _, name := range k.Laws() {
		if name != Law {
			list = append(list, k.Law(name))
		}
	}
	var err error
	if v.world, err = newWorld(list, s, o); err != nil {
		return v.report, fmt.Errorf("live: %w", err)
	}
	clock.begin(random(o.Seed, idStream))
	defer clock.end()
	if err := v.all(ctx); err != nil {
		return v.report, fmt.Errorf("live: %w", err)
	}
	if o.Vault != nil {
		if err := v.illustrate(ctx); err != nil {
			return v.report, fmt.Errorf("live: files: %w", err)
		}
	}
	v.report.Here = v.world.here()
	return v.report, nil
}

type living struct {
	world   *world
	docket  *docket.Docket
	clock   *Clock
	o       Options
	report  Report
	waiting []*step
	alive   lives
}

// birth is a proceeding that is to come.
type birth struct {
	at    calendar.Moment
	index uint64
	rule  *birthRule
	plan  map[string]string
	beat  *beat
	luck  uint64 // which of the lives that chance offers
}

// all lets every life go on, act after act in the order of time.
func (v *living) all(ctx context.Context) error {
	w := v.world
	births := w.births(v.o.Cases, v.lapse)
	begun := 0
	for len(births) > 0 || len(v.alive) > 0 {
		if len(births) > 0 && (len(v.alive) == 0 || births[0].at <= v.alive[0].agenda[0].at) {
			l := w.born(&births[0], v.lapse)
			counts := births[0].rule.law == w.main && births[0].rule.perHundred == 0
			if counts {
				begun++
			}
			births = births[1:]
			v.goesOn(l)
			if v.o.Progress != nil && counts && (begun%64 == 0 || begun == v.o.Cases) {
				v.o.Progress(begun, v.o.Cases)
			}
			continue
		}
		l := v.alive[0]
		if at, _ := l.next(); at > w.now {
			break // the earliest of all lies in the future
		}
		if l.agenda[0].habit.namesOthers() { // their numbers must be known
			if err := v.flush(ctx); err != nil {
				return err
			}
		}
		heap.Pop(&v.alive)
		s := l.step()
		if s != nil {
			if err := v.take(ctx, s); err != nil {
				return err
			}
			for k := 1; k < len(s.done); k++ {
				v.goesOn(s.done[k].life) // one of them at most was among those that go on
			}
		}
		v.goesOn(l)
	}
	v.report.Cases = begun
	return v.flush(ctx)
}

// goesOn puts a life where it belongs: among those that go on, or not.
func (v *living) goesOn(l *life) {
	_, more := l.next()
	switch {
	case more && l.place >= 0:
		heap.Fix(&v.alive, l.place)
	case more:
		heap.Push(&v.alive, l)
	}
}

func (v *living) lapse(act, why string) { v.report.Lapsed[act+": "+why]++ }

// namesOthers reports whether the habit's form names another proceeding.
func (h *habit) namesOthers() bool {
	for _, rule := range rules(h.law, h.act) {
		for _, f := range rule.Form {
			if f != nil && f.Type == fact.Proceeding {
				return true
			}
		}
	}
	return false
}

// take sends an act on its way. One that needs the id of a proceeding which is
// still on its way, or that will be refused, first sends what waits.
func (v *living) take(ctx context.Context, s *step) error {
	brings := len(s.papers) > 0 && v.o.Vault != nil // goes alone: the docket looks at its clock for the files too
	if s.life.id == "" && !s.opens || s.refused != nil || brings || len(v.waiting) >= together {
		if err := v.flush(ctx); err != nil {
			return err
		}
	}
	if brings {
		if err := v.bringPapers(ctx, s); err != nil {
			return err
		}
	}
	s.command.Proceeding = s.life.id
	if s.refused == nil {
		s.command.Version = s.version
		if v.waiting = append(v.waiting, s); brings {
			return v.flush(ctx)
		}
		return nil
	}
	s.command.Version = s.life.seq
	v.clock.expect([]calendar.Moment{s.at})
	_, err := v.docket.Act(ctx, s.command)
	var r *procedure.Refusal
	if !errors.As(err, &r) || r.Reason != s.refused.Reason {
		return fmt.Errorf("%s on %s: the law refuses it (%w), the docket says: %w", s.command.Act, s.command.Proceeding, s.refused, err)
	}
	v.report.Refusals[s.command.Act+": "+r.Reason.String()]++
	return nil
}

// flush sends what waits, in one transaction.
func (v *living) flush(ctx context.Context) error {
	if len(v.waiting) == 0 {
		return nil
	}
	commands, moments := make([]docket.Command, len(v.waiting)), make([]calendar.Moment, len(v.waiting))
	for i, s := range v.waiting {
		commands[i], moments[i] = s.command, s.at
	}
	v.clock.expect(moments)
	receipts, err := v.docket.ActAll(ctx, commands)
	if err != nil {
		return v.blame(ctx, err)
	}
	for i, s := range v.waiting {
		r := receipts[i]
		if r.Recorded != s.at || r.Seq != s.command.Version+1 || len(r.Linked) != len(s.done)-1 {
			return fmt.Errorf("%s on %s: recorded at %d as number %d with %d others, lived at %d as number %d with %d", s.command.Act, r.Proceeding, r.Recorded, r.Seq,
				len(r.Linked), s.at, s.command.Version+1, len(s.done)-1)
		}
		v.known(s.life, r.Proceeding, r.Number)
		for k, x := range r.Linked {
			if o := &s.done[k+1]; o.life.law.Name != x.Law || o.rule.Name != x.Act || o.life.id != "" && o.life.id != x.Proceeding {
				return fmt.Errorf("%s on %s: led to %s of %s, lived was %s", s.command.Act, r.Proceeding, x.Act, x.Law, o.rule.Name)
			}
			v.known(s.done[k+1].life, x.Proceeding, x.Number)
		}
		for k := range s.done {
			v.tell(&s.done[k])
		}
		v.report.Linked += len(r.Linked)
	}
	v.waiting = v.waiting[:0]
	return nil
}

// blame finds which of the acts that went together the docket would not do.
func (v *living) blame(ctx context.Context, together error) error {
	for _, s := range v.waiting {
		v.clock.expect([]calendar.Moment{s.at})
		if s.command.Proceeding == "" && !s.opens {
			s.command.Proceeding = s.life.id
		}
		r, err := v.docket.Act(ctx, s.command)
		if err != nil {
			return fmt.Errorf("%s of %s by %s (%s), case %s: %w", s.command.Act, s.command.Law, s.command.Actor.Officer, s.command.Actor.Office, s.life.number, err)
		}
		s.life.id = r.Proceeding
	}
	return together
}

// known is what the docket calls a proceeding.
func (v *living) known(l *life, id, number string) {
	if l.id != "" {
		return
	}
	l.id, l.number = id, number
	v.world.numbers[number] = l
	at := l.law.Name + " " + l.run.State.Office
	v.world.near[at] = append(v.world.near[at], l)
	v.report.Proceedings[l.law.Name]++
}

// tell counts what an act did.
func (v *living) tell(o *outcome) {
	v.report.Acts++
	v.report.ByAct[o.life.law.Name+" "+o.rule.Name]++
	for i := range o.effects {
		f := &o.effects[i]
		switch f.Kind {
		case procedure.Opened:
			v.count(o.life, f.To, 1)
		case procedure.Moved:
			if f.Thing == 0 {
				v.count(o.life, f.From, -1)
				v.count(o.life, f.To, 1)
			}
		case procedure.Started:
			v.report.Begun++
		case procedure.Met:
			t := o.life.law.Editions[f.Deadline.Edition].Terms[f.Deadline.Term]
			if t.AtOnce {
				continue
			}
			decision := f.Deadline.Due-f.Deadline.Start > 4*day && t.Breach != procedure.Lapse && t.Breach != procedure.Release
			v.report.Met++
			if decision {
				v.report.Decided++
			}
			if f.Late {
				v.report.Late++
				if decision {
					v.report.DecLate++
				}
			}
		}
	}
}

// count keeps the number of cases by state.
func (v *living) count(l *life, state procedure.StateID, n int) {
	if l.law == v.world.main {
		v.report.States[l.law.StateName(0, state)] += n
	}
}

// lives is a heap of those that go on, by when.
type lives []*life

func (h lives) Len() int { return len(h) }
func (h lives) Less(i, j int) bool {
	a, b := h[i].agenda[0].at, h[j].agenda[0].at
	return a < b || a == b && h[i].index < h[j].index
}
func (h lives) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}
func (h *lives) Push(x any) {
	l := x.(*life)
	l.place = len(*h)
	*h = append(*h, l)
}
func (h *lives) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h, x.place = old[:len(old)-1], -1
	return x
}
