package demo

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"sort"

	"nazorat/internal/calendar"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/procedure"
)

// Law is the procedure that the cases live under.
const Law = "uz/criminal"

// Report says what Live did.
type Report struct {
	Cases    int
	Acts     int
	Refusals map[string]int // acts that the law refused, as it should: "extend_check: wrong_role"
	Lapsed   map[string]int // what somebody meant to do and could not, because things had moved on
	Met      int            // duties with an end that were done
	Late     int            // of these, after their end
	Decided  int            // of the duties done: decisions, counted in days
	DecLate  int            // of these, after their end
	Begun    int            // deadlines started
	States   map[string]int // cases by state
	ByAct    map[string]int
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

// Live lets o.Cases cases live from 400 days before o.Now until then, through
// the docket k, which was opened with the clock's Now and NewID over a database
// that holds exactly the service s. Nobody else may act meanwhile. It stops
// with an error as soon as the docket and the law disagree about an act; what
// was done until then stays done. Afterwards the clock goes on as a real one.
func Live(ctx context.Context, k *docket.Docket, clock *Clock, s *directory.Service, o Options) (Report, error) {
	v := &living{docket: k, clock: clock, o: o, report: Report{Refusals: map[string]int{}, Lapsed: map[string]int{}, States: map[string]int{}, ByAct: map[string]int{}}}
	law := k.Law(Law)
	if law == nil {
		return v.report, fmt.Errorf("live: the docket does not apply %s", Law)
	}
	var err error
	if v.world, err = newWorld(law, s, o); err != nil {
		return v.report, fmt.Errorf("live: %w", err)
	}
	clock.begin(random(o.Seed, idStream))
	defer clock.end()
	if err := v.all(ctx); err != nil {
		return v.report, fmt.Errorf("live: %w", err)
	}
	return v.report, nil
}

type living struct {
	world   *world
	docket  *docket.Docket
	clock   *Clock
	o       Options
	report  Report
	waiting []*step
}

// birth is a case that is to come.
type birth struct {
	at    calendar.Moment
	index int
	plan  *plan
	beat  *beat
}

// all lets every case live, act after act in the order of time.
func (v *living) all(ctx context.Context) error {
	w := v.world
	births, failed := w.staged(v.o.Cases)
	for _, term := range failed {
		v.lapse("scene "+term, "cannot come about under this law")
	}
	first := len(scenes())
	for i, at := range w.arrivals(random(v.o.Seed, arrivalStream), v.o.Cases-len(births)) {
		births = append(births, birth{at: at, index: first + i})
	}
	sort.Slice(births, func(i, j int) bool {
		if births[i].at != births[j].at {
			return births[i].at < births[j].at
		}
		return births[i].index < births[j].index
	})
	v.report.Cases = len(births)
	var alive lives
	for begun := 0; begun < len(births) || len(alive) > 0; {
		if begun < len(births) && (len(alive) == 0 || births[begun].at <= alive[0].agenda[0].at) {
			b := births[begun]
			begun++
			heap.Push(&alive, w.born(b.index, b.beat, b.plan, b.at, v.lapse))
			if v.o.Progress != nil && (begun%64 == 0 || begun == len(births)) {
				v.o.Progress(begun, len(births))
			}
			continue
		}
		l := alive[0]
		if at, _ := l.next(); at > w.now {
			break // the earliest of all lies in the future
		}
		if s := l.step(); s != nil {
			if err := v.take(ctx, s); err != nil {
				return err
			}
		}
		if _, more := l.next(); more {
			heap.Fix(&alive, 0)
			continue
		}
		v.report.States[l.root()]++
		heap.Pop(&alive)
	}
	for _, l := range alive {
		v.report.States[l.root()]++
	}
	return v.flush(ctx)
}

func (v *living) lapse(act, why string) { v.report.Lapsed[act+": "+why]++ }

// take sends an act on its way. One that needs the id of a proceeding which is
// still on its way, or that will be refused, first sends what waits.
func (v *living) take(ctx context.Context, s *step) error {
	opens := s.life.id == "" && s.life.seq == 1 && s.refused == nil
	if !opens && s.life.id == "" || s.refused != nil || len(v.waiting) >= together {
		if err := v.flush(ctx); err != nil {
			return err
		}
	}
	s.command.Proceeding = s.life.id
	if s.refused == nil {
		s.command.Version = s.life.seq - 1
		v.waiting = append(v.waiting, s)
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
		return err
	}
	for i, s := range v.waiting {
		r := receipts[i]
		if r.Recorded != s.at || r.Seq != s.command.Version+1 {
			return fmt.Errorf("%s on %s: recorded at %d as number %d, lived at %d as number %d", s.command.Act, r.Proceeding, r.Recorded, r.Seq, s.at, s.command.Version+1)
		}
		s.life.id = r.Proceeding
		v.tell(s)
	}
	v.waiting = v.waiting[:0]
	return nil
}

// tell counts what an act did.
func (v *living) tell(s *step) {
	v.report.Acts++
	v.report.ByAct[s.command.Act]++
	for i := range s.effects {
		f := &s.effects[i]
		switch f.Kind {
		case procedure.Started:
			v.report.Begun++
		case procedure.Met:
			t := v.world.law.Editions[f.Deadline.Edition].Terms[f.Deadline.Term]
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

// lives is a heap of those that go on, by when.
type lives []*life

func (h lives) Len() int { return len(h) }
func (h lives) Less(i, j int) bool {
	a, b := h[i].agenda[0].at, h[j].agenda[0].at
	return a < b || a == b && h[i].index < h[j].index
}
func (h lives) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *lives) Push(x any)   { *h = append(*h, x.(*life)) }
func (h *lives) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}
