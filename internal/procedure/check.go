package procedure

import (
	"slices"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
)

// check holds the act against the law.
func (d *decision) check() error {
	e, s, a := d.edition, d.state, d.act
	if a.Act < 0 || int(a.Act) >= len(e.Acts) || e.Acts[a.Act] == nil {
		name := ""
		if a.Act >= 0 && int(a.Act) < len(e.Law.Names.Acts.List) {
			name = e.Law.ActName(a.Act)
		}
		return d.wrong(&Refusal{Reason: NoSuchAct, Act: name})
	}
	r := e.Acts[a.Act]
	d.rule = r
	if a.Recorded != 0 && a.Done > a.Recorded {
		if err := d.wrong(&Refusal{Reason: AfterRecorded}); err != nil {
			return err
		}
	}
	if err := d.checkThing(); err != nil {
		return err
	}
	if err := d.checkOrder(); err != nil {
		return err
	}
	if err := d.checkWho(); err != nil {
		return err
	}
	if err := d.checkForm(); err != nil {
		return err
	}
	if err := d.checkLengths(); err != nil {
		return err
	}
	for i := range r.When {
		w := &r.When[i]
		ok, err := w.If.holds(&d.Scope)
		switch {
		case err != nil:
			err = d.wrong(&Refusal{Reason: Undecidable, Rule: w.Rule, Article: w.Article, Cause: err})
		case !ok:
			err = d.wrong(&Refusal{Reason: ConditionFails, Rule: w.Rule, Article: w.Article})
		}
		if err != nil {
			return err
		}
	}
	for _, x := range r.extends {
		if err := d.checkExtension(x); err != nil {
			return err
		}
	}
	for _, t := range r.barred {
		if err := d.checkBar(t); err != nil {
			return err
		}
	}
	if err := d.checkCargo(); err != nil {
		return err
	}
	if err := d.checkLinks(); err != nil {
		return err
	}
	if err := d.checkRecords(); err != nil {
		return err
	}
	for _, t := range r.meets {
		if !t.LateRefuse || d.observe {
			continue
		}
		for i := range d.among(t.ID) {
			if dl := &s.Deadlines[i]; dl.Term == t.ID && s.related(dl.Thing, d.thing) && dl.Stopped == 0 && a.Done > dl.Due {
				if err := d.wrong(&Refusal{Reason: TooLate, Term: t.Name, Article: t.Article, Due: dl.Due}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// checkBar: the act is not possible while a time of waiting runs.
func (d *decision) checkBar(t *Term) error {
	s := d.state
	for i := range d.among(t.ID) {
		if dl := &s.Deadlines[i]; dl.Term == t.ID && s.related(dl.Thing, d.thing) && !t.passed(dl, d.act.Done) {
			if err := d.wrong(&Refusal{Reason: NotBefore, Term: t.Name, Article: t.Article, Due: dl.Due}); err != nil {
				return err
			}
		}
	}
	return nil
}

// passed reports whether a time of waiting is over: one whose clock stands still is not.
func (t *Term) passed(dl *Deadline, at calendar.Moment) bool {
	return t.Waiting() && dl.Stopped == 0 && dl.Due < at
}

// checkEnd: an end that is given lies after the start, and not beyond the longest that the law
// allows. It is asked when the term starts, of things and of used-up time as the act leaves them.
func (d *decision) checkEnd(t *Term, thing int32, from, end calendar.Moment) error {
	switch {
	case end < from:
		return d.wrong(&Refusal{Reason: EndsEarly, Term: t.Name, Article: t.Article, Due: from})
	case t.Within.IsZero():
		return nil
	}
	span := d.withSpent(t, thing, calendar.Span{Within: t.Length(d.rule.ID)})
	if most := d.edition.Days.End(t.Rule, from, span).Due; end > most {
		return d.wrong(&Refusal{Reason: TooLong, Term: t.Name, Article: t.Article, Due: max(most, from)})
	}
	return nil
}

func (d *decision) checkThing() error {
	e, s, r := d.edition, d.state, d.rule
	switch {
	case r.Opens && len(s.Things) > 0:
		if err := d.wrong(&Refusal{Reason: AlreadyOpened}); err != nil {
			return err
		}
		d.thing = 0
		return nil
	case r.Opens:
		d.thing = 0
		return nil
	case len(s.Things) == 0:
		if err := d.wrong(&Refusal{Reason: NotOpened}); err != nil {
			return err
		}
		d.open(e.Kinds[0].Start) // observed: it must have been opened unseen
	}
	if d.thing < 0 || int(d.thing) >= len(s.Things) || s.Things[d.thing].Kind != r.On {
		// A law can widen what an act is done on; a forged number cannot.
		if err := d.wrong(&Refusal{Reason: NoSuchThing, Kind: e.Kinds[r.On].Name}); err != nil {
			return err
		}
		d.thing = 0
		return nil
	}
	if t := &s.Things[d.thing]; len(r.From) > 0 && !slices.Contains(r.From, t.State) {
		return d.wrong(&Refusal{Reason: WrongState, Kind: e.Kinds[r.On].Name, States: e.StateNames(r.On, r.From), Now: e.Law.StateName(t.Kind, t.State)})
	}
	return nil
}

// checkOrder: nothing is done on a thing before it came in, and no clock goes on before it stood still.
func (d *decision) checkOrder() error {
	s, r := d.state, d.rule
	if r.Opens || len(s.Things) == 0 {
		return nil
	}
	if t := &s.Things[d.thing]; d.act.Done < t.Came {
		if err := d.wrong(&Refusal{Reason: TooEarly, Due: t.Came}); err != nil {
			return err
		}
	}
	for _, t := range r.resumes {
		for i := range d.among(t.ID) {
			dl := &s.Deadlines[i]
			if dl.Term == t.ID && d.act.Done < dl.Stopped && s.related(dl.Thing, d.thing) {
				if err := d.wrong(&Refusal{Reason: TooEarly, Term: t.Name, Due: dl.Stopped}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (d *decision) checkWho() error {
	a, r := d.act, d.rule
	if a.Role == "" && d.observe {
		return nil // the log does not say who it was
	}
	charge := false
	for _, by := range r.By {
		switch {
		case by == InCharge:
			charge = true
			if a.inCharge(d.state) {
				return nil
			}
		case by == a.Role:
			return nil
		}
	}
	if charge && len(r.By) == 1 {
		return d.wrong(&Refusal{Reason: NotInCharge, Roles: r.By})
	}
	return d.wrong(&Refusal{Reason: WrongRole, Roles: r.By})
}

func (d *decision) checkForm() error {
	a, r := d.act, d.rule
	var bad map[string]string
	fail := func(f, key string) {
		if bad == nil {
			bad = make(map[string]string)
		}
		bad[f] = key
	}
	zone := d.edition.Days.Zone()
	for _, f := range r.Form {
		if f == nil {
			continue
		}
		v := a.Value(f.ID)
		if !v.Given() {
			needed := !f.Optional
			if f.NeededIf != nil {
				ok, err := f.NeededIf.holds(&d.Scope)
				needed = err == nil && ok
			}
			if needed {
				fail(f.Name, FieldMissing)
			}
			continue
		}
		switch {
		case v.Type != f.Type:
			fail(f.Name, fact.BadText)
		case f.Type == fact.Choice && !slices.Contains(f.Choices, v.Text):
			fail(f.Name, FieldNotChoice)
		case f.Type == fact.Thing:
			if key := f.named(d.state, v); key != "" {
				fail(f.Name, key)
			}
		case f.Future || a.Recorded == 0:
		case f.Type == fact.Moment && calendar.Moment(v.Num) > a.Recorded,
			f.Type == fact.Date && calendar.Date(v.Num) > zone.Date(a.Recorded):
			fail(f.Name, FieldFuture)
		}
	}
	for i, v := range a.Form {
		if v.Given() && (i >= len(r.Form) || r.Form[i] == nil) {
			name := "?" // forged: longer than any form of this act ever was
			if known := d.edition.Law.Names.Forms[r.ID].List; i < len(known) {
				name = known[i]
			}
			fail(name, FieldUnknown)
		}
	}
	if bad == nil {
		return nil
	}
	return d.wrong(&Refusal{Reason: BadForm, Fields: bad})
}

// checkExtension: there must be a running term that this act can still make longer.
func (d *decision) checkExtension(x extension) error {
	s, a := d.state, d.act
	found := false
	for i := range d.among(x.term.ID) {
		dl := &s.Deadlines[i]
		if dl.Term != x.term.ID || !s.related(dl.Thing, d.thing) {
			continue
		}
		found = true
		switch {
		case dl.Stopped == 0 && a.Done > dl.Due:
			if err := d.wrong(&Refusal{Reason: TermOver, Term: x.term.Name, Due: dl.Due, Article: x.rule.Article}); err != nil {
				return err
			}
		case x.rule.Until != nil:
			// A moment before the present end changes nothing, and is no mistake: of joined cases the longest term holds.
		default:
			longer := d.extended(dl, x)
			if longer.Due <= dl.Due && !(dl.Stopped != 0 && longer.Span != dl.Span) {
				if err := d.wrong(&Refusal{Reason: NoLonger, Term: x.term.Name, Due: dl.Due, Article: x.rule.Article}); err != nil {
					return err
				}
			}
		}
	}
	if !found && len(d.rule.extends) == 1 {
		return d.wrong(&Refusal{Reason: NothingRuns, Term: x.term.Name, Article: x.rule.Article})
	}
	return nil
}
