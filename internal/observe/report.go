package observe

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"nazorat/internal/calendar"
	"nazorat/internal/eventlog"
	"nazorat/internal/procedure"
)

// Report is what a log says when it is held against a law. Its JSON is stable:
// fields are added, never renamed; lists stand by count, the largest first,
// then by name. Labels are by language, as the law has them.
type Report struct {
	Law        string            `json:"law"`
	Label      map[string]string `json:"label"`
	Editions   []string          `json:"editions"`
	Zone       string            `json:"zone"`
	Log        string            `json:"log"`
	Cases      int               `json:"cases"`
	Events     int               `json:"events"`
	Things     *Things           `json:"things,omitempty"` // those that the log knows by a key
	First      string            `json:"first"`
	Last       string            `json:"last"`
	Ends       string            `json:"ends"` // when what was still open is judged
	Activities []Activity        `json:"activities"`
	Unmapped   []Named           `json:"unmapped"`
	Ignored    []Named           `json:"ignored"`
	Bad        Bad               `json:"bad"`
	Deviations []Deviation       `json:"deviations"`
	Undecided  []Deviation       `json:"undecided"`
	Terms      []Term            `json:"terms"`
	Steps      []Step            `json:"steps"`
	Paths      Paths             `json:"paths"`
}

// Things is how many things of a kind the log knows by a key.
type Things struct {
	Kind  string            `json:"kind"`
	Label map[string]string `json:"label"`
	Count int               `json:"count"`
}

// Named is a name with a count.
type Named struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// Activity is an activity of the log and the act (or acts) that it was taken for.
type Activity struct {
	Name  string   `json:"name"`
	Acts  []string `json:"acts"`
	Count int      `json:"count"`
}

// Bad is what could not be read.
type Bad struct {
	Events int      `json:"events"`
	Cases  int      `json:"cases"`
	Values int      `json:"values"` // attributes that are no value of their field; the events count without them
	Places []string `json:"places"` // the first of them
}

// Deviation is one rule and how often what happened departs from it.
type Deviation struct {
	Name     string            `json:"name"`
	Kind     string            `json:"kind"` // "late", or the reason for which the act would have been refused: "condition", "wrong_state", …
	Article  string            `json:"article"`
	Label    map[string]string `json:"label"`           // of the condition or the term, else of the act
	Act      string            `json:"act,omitempty"`   // not for a late term, which several acts may meet
	Where    string            `json:"where,omitempty"` // the state it was in, the kind that was missing, the term, the fields
	Count    int               `json:"count"`
	Of       int               `json:"of"`       // of so many: acts of this name; of a term, deadlines whose duty was done
	Share    float64           `json:"share"`    // count / of
	Cases    int               `json:"cases"`    // in so many cases
	Things   int               `json:"things"`   // on so many things
	Examples []string          `json:"examples"` // the first cases
}

// Term is what became of the deadlines of one term. Started is InTime + Late + FellAway + Open + Stopped.
type Term struct {
	Name     string            `json:"name"`
	Article  string            `json:"article"`
	Label    map[string]string `json:"label"`
	Within   string            `json:"within"` // in the last edition
	Breach   string            `json:"breach"`
	Started  int               `json:"started"`
	InTime   int               `json:"in_time"`
	Late     int               `json:"late"`
	LastDay  int               `json:"last_day"`  // of those in time
	Before   int               `json:"before"`    // of those in time: done before the term ran (counts: done_before)
	After    int               `json:"after"`     // of all done: the duty had fallen away (counts: done_after)
	FellAway int               `json:"fell_away"` // and was not done
	Open     int               `json:"open"`      // at the end
	Overdue  int               `json:"overdue"`   // of those open; for a term that lapses, possibilities not taken
	Stopped  int               `json:"stopped"`   // whose clock stands still at the end
	DoneBy   []Named           `json:"done_by"`
	Took     Spread            `json:"took"` // from start to the act
}

// Spread of durations. Hours are rounded to a tenth.
type Spread struct {
	Count  int     `json:"count"`
	Median float64 `json:"median_hours"`
	P90    float64 `json:"p90_hours"`
	Least  float64 `json:"least_hours"`
	Most   float64 `json:"most_hours"`
}

// Step is one activity directly followed by another in a case.
type Step struct {
	From string `json:"from"`
	To   string `json:"to"`
	Took Spread `json:"took"`
}

// Paths are the distinct sequences of activities, in the order of the log, of
// cases or, where the log has keys for things, of those things.
type Paths struct {
	Of       string `json:"of"` // "case", or the kind of things
	Distinct int    `json:"distinct"`
	Longest  int    `json:"longest"`
	Unlisted int    `json:"unlisted"` // cases or things on paths that List leaves out
	List     []Path `json:"list"`
}

// Path is one sequence of activities.
type Path struct {
	Count      int      `json:"count"`
	Share      float64  `json:"share"`
	Activities []string `json:"activities"`
	Example    string   `json:"example"`
}

func (p *replayer) report(rd *reader, sum *eventlog.Summary, o Options) *Report {
	law := p.law
	rep := &Report{Law: law.Name, Zone: p.zone.Name(), Cases: sum.Traces, Events: sum.Events,
		Label:    p.labels(func(l *procedure.Labels) string { return l.Law }),
		Unmapped: []Named{}, Ignored: []Named{}, Deviations: []Deviation{}, Undecided: []Deviation{}, Terms: []Term{}, Steps: []Step{},
		Bad: Bad{Events: sum.BadEvents, Cases: sum.BadTraces, Values: rd.unread, Places: append([]string{}, rd.places...)}}
	for _, e := range law.Editions {
		rep.Editions = append(rep.Editions, e.Name)
	}
	ends := p.m.ends
	if ends == 0 {
		if ends = calendar.Moment(sum.Last); p.m.recorded != 0 {
			ends = min(ends, p.m.recorded)
		}
	}
	if sum.Events > 0 {
		rep.First, rep.Last, rep.Ends = p.zone.Format(calendar.Moment(sum.First)), p.zone.Format(calendar.Moment(sum.Last)), p.zone.Format(ends)
	}
	for _, k := range p.m.keyed {
		name := law.KindName(k.kind)
		rep.Things = &Things{name, p.labels(func(l *procedure.Labels) string { return l.Kind(name) }), p.things}
	}
	p.activities(rep, rd)
	p.theTerms(rep, ends)
	for k, c := range p.rules {
		d := p.deviation(k, c)
		if k.undecided {
			rep.Undecided = append(rep.Undecided, d)
		} else {
			rep.Deviations = append(rep.Deviations, d)
		}
	}
	slices.SortFunc(rep.Deviations, byCount)
	slices.SortFunc(rep.Undecided, byCount)
	p.stepsAndPaths(rep, rd, o)
	return rep
}

func byCount(a, b Deviation) int {
	return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Act, b.Act), cmp.Compare(a.Where, b.Where))
}

// labels asks the words of every language that the law has.
func (p *replayer) labels(word func(*procedure.Labels) string) map[string]string {
	out := map[string]string{}
	for lang, l := range p.law.Labels {
		out[lang] = word(l)
	}
	return out
}

func (p *replayer) activities(rep *Report, rd *reader) {
	for _, a := range rd.acts {
		switch {
		case a.read == nil:
			rep.Unmapped = append(rep.Unmapped, Named{a.name, a.count})
		case a.read.ignore:
			rep.Ignored = append(rep.Ignored, Named{a.name, a.count})
		default:
			act := Activity{Name: a.name, Count: a.count}
			for _, id := range a.read.acts {
				act.Acts = append(act.Acts, p.law.ActName(id))
			}
			rep.Activities = append(rep.Activities, act)
		}
	}
	slices.SortFunc(rep.Activities, func(a, b Activity) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name)) })
	slices.SortFunc(rep.Unmapped, byNamed)
	slices.SortFunc(rep.Ignored, byNamed)
}

func byNamed(a, b Named) int {
	return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
}

// latest is what the law says of a term in its last edition that has it.
func (p *replayer) latest(id procedure.TermID) *procedure.Term {
	for _, e := range slices.Backward(p.law.Editions) {
		if t := e.Terms[id]; t != nil {
			return t
		}
	}
	return nil
}

// theTerms lists the terms in the order of the law, and the late ones among the deviations.
func (p *replayer) theTerms(rep *Report, ends calendar.Moment) {
	for i, c := range p.terms {
		rule := p.latest(procedure.TermID(i))
		if c.started == 0 || rule == nil {
			continue
		}
		t := Term{Name: rule.Name, Article: rule.Article, Label: p.labels(func(l *procedure.Labels) string { return l.Term(rule.Name) }),
			Within: rule.Within.String(), Breach: rule.Breach.String(), Started: c.started, InTime: c.inTime, Late: c.late, LastDay: c.lastDay,
			Before: c.early, After: c.after, FellAway: c.fell, Open: len(c.open), Stopped: c.stopped, DoneBy: []Named{}, Took: spread(c.took)}
		if rule.AtOnce {
			t.Within = "at once"
		}
		for _, due := range c.open {
			if due < ends && !rule.AtOnce {
				t.Overdue++
			}
		}
		for act, n := range c.by {
			t.DoneBy = append(t.DoneBy, Named{p.law.ActName(act), n})
		}
		slices.SortFunc(t.DoneBy, byNamed)
		rep.Terms = append(rep.Terms, t)
		if c.late > 0 {
			done := c.inTime + c.late
			rep.Deviations = append(rep.Deviations, Deviation{Name: rule.Name, Kind: "late", Article: rule.Article, Label: t.Label, Count: c.late, Of: done,
				Share: share(c.late, done), Cases: c.lateCases.cases, Things: c.lateCases.things, Examples: c.lateCases.examples})
		}
	}
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return math.Round(float64(n)/float64(of)*1e6) / 1e6
}

func (p *replayer) deviation(k ruleKey, c *ruleCount) Deviation {
	act := p.law.ActName(k.act)
	d := Deviation{Name: k.rule, Kind: k.reason.String(), Article: c.article, Act: act, Count: c.count, Of: p.acts[k.act], Cases: c.cases, Things: c.things, Examples: c.examples}
	d.Share = share(d.Count, d.Of)
	d.Label = p.labels(func(l *procedure.Labels) string { return l.Act(act) })
	switch k.reason {
	case procedure.ConditionFails, procedure.Undecidable:
		d.Label = p.labels(func(l *procedure.Labels) string { return l.Rule(k.rule) })
	default:
		d.Name, d.Where = act+"."+d.Kind, k.rule
	}
	return d
}

func (p *replayer) stepsAndPaths(rep *Report, rd *reader, o Options) {
	for _, s := range p.steps {
		rep.Steps = append(rep.Steps, Step{rd.acts[s.from].name, rd.acts[s.to].name, spread(s.took)})
	}
	slices.SortFunc(rep.Steps, func(a, b Step) int {
		return cmp.Or(cmp.Compare(b.Took.Count, a.Took.Count), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	rep.Paths = Paths{Of: "case", Distinct: len(p.paths), Unlisted: p.lost, List: []Path{}}
	if rep.Things != nil {
		rep.Paths.Of = rep.Things.Kind
	}
	keys := make([]string, 0, len(p.paths))
	for k := range p.paths {
		keys = append(keys, k)
		rep.Paths.Longest = max(rep.Paths.Longest, len(k)/2)
	}
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(cmp.Compare(p.paths[b].count, p.paths[a].count), cmp.Compare(a, b))
	})
	for i, k := range keys {
		n := p.paths[k]
		if i >= o.Paths {
			rep.Paths.Unlisted += n.count
			continue
		}
		path := Path{Count: n.count, Share: share(n.count, p.threads), Example: n.example}
		for j := 0; j < len(k); j += 2 {
			path.Activities = append(path.Activities, rd.acts[binary.BigEndian.Uint16([]byte(k[j:]))].name)
		}
		rep.Paths.List = append(rep.Paths.List, path)
	}
}

// spread sorts the durations it is given. Quantiles are by nearest rank.
func spread(took []int64) Spread {
	if len(took) == 0 {
		return Spread{}
	}
	slices.Sort(took)
	hours := func(q float64) float64 {
		i := max(int(math.Ceil(q*float64(len(took))))-1, 0)
		return math.Round(float64(took[i])/float64(calendar.Hour)*10) / 10
	}
	return Spread{Count: len(took), Median: hours(0.5), P90: hours(0.9), Least: hours(0), Most: hours(1)}
}
