package observe

import (
	"context"
	"fmt"
	"slices"

	"nazorat/internal/calendar"
	"nazorat/internal/fault"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
)

// Taken is what Acts read.
type Taken struct {
	Cases, Events int
	Last          calendar.Moment // the last act of all
	Ends          calendar.Moment // when the mapping says that the log ends; 0: it does not say
	Unmapped      []string        // activities that observe.yaml neither maps nor ignores
	Bad           int             // events left out with Options.GoOn
}

// Acts reads a log and gives each case as the acts of the law that its events
// are taken for, in the order in which Run takes them for done: which of several
// acts an event is, and on which thing, is decided by living the case under the
// law, as Run does. each is called from one goroutine, with acts that are valid
// until it returns; what it returns ends the reading. The numbers in acts are
// those of a law loaded from o.Laws. Errors are those of Run; with ErrUnmapped all
// that is mapped was given.
func Acts(ctx context.Context, o Options, each func(id string, acts []procedure.Act) error) (Taken, error) {
	law, _, err := lawload.Load(o.Laws, o.Law)
	if err != nil {
		return Taken{}, fmt.Errorf("law %s: %w", o.Law, err)
	}
	m, err := readMapping(o.Laws, law)
	if err != nil {
		return Taken{}, fmt.Errorf("mapping of %s: %w", o.Law, err)
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	t := Taken{Ends: m.ends}
	rp := newReplayer(law, m, 0)
	var acts []procedure.Act
	rp.took = func(a *procedure.Act) {
		kept := *a
		kept.Form = slices.Clone(a.Form) // the replayer writes the next act into the same memory
		t.Last = max(t.Last, a.Done)
		acts = append(acts, kept)
	}
	ended := false
	rd := newReader(law, m)
	sum, _, err := rd.all(ctx, o, func(b *batch) {
		rp.b = b
		for i := range b.cases {
			if ended {
				return
			}
			acts = acts[:0]
			rp.live(&b.cases[i])
			if err := each(b.cases[i].id, acts); err != nil {
				ended = true
				stop(err)
			}
		}
	})
	if cause := context.Cause(ctx); cause != nil {
		return t, cause
	}
	if err != nil {
		return t, err
	}
	t.Cases, t.Events, t.Bad = sum.Traces, sum.Events, sum.BadEvents
	for _, a := range rd.acts {
		if a.read == nil {
			t.Unmapped = append(t.Unmapped, a.name)
		}
	}
	if len(t.Unmapped) > 0 {
		slices.Sort(t.Unmapped)
		f := fault.New(fault.Invalid, "observe.unmapped", fault.Args{"law": law.Name, "count": len(t.Unmapped), "first": t.Unmapped[0]})
		return t, f.Because(fmt.Errorf("%d %w, first %q", len(t.Unmapped), ErrUnmapped, t.Unmapped[0]))
	}
	return t, nil
}

// live lives one case through the engine without counting what came of it.
func (p *replayer) live(c *oneCase) {
	p.cases++
	p.id, p.no = c.id, p.cases
	p.run.Reset()
	p.keys, p.early, p.fallen, p.done = p.keys[:0], p.early[:0], p.fallen[:0], p.done[:0]
	for _, o := range p.inOrder(c) {
		p.event(&p.b.events[o.event])
	}
}
