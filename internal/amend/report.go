package amend

import (
	"cmp"
	"maps"
	"slices"

	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
)

// Report is what a draft would have changed. All is by names; lists are in an
// order that does not depend on the order in which the past was read.
type Report struct {
	Law     string        `json:"law"`
	Draft   string        `json:"draft"`          // the day from which the draft says it is in force
	Since   string        `json:"since"`          // the day since which it was tried; "" from the start
	AsOf    string        `json:"as_of"`          // when open deadlines were looked at, RFC 3339
	Left    string        `json:"left,omitempty"` // what of the past was left out, and why
	Seconds float64       `json:"-"`
	Changes Changes       `json:"-"` // against the edition before it
	Before  calendar.Date `json:"-"` // from when that one holds
	AsOfAt  calendar.Date `json:"-"`

	// The past was not under the edition before the draft alone: what the figures tell comes from these differences as well.
	Against []Against `json:"against"`

	Proceedings int `json:"proceedings"`
	Touched     int `json:"touched"` // proceedings in which anything changes
	Acts        int `json:"acts"`
	Skipped     int `json:"skipped"` // entries that are nobody's act

	Sum      Sums          `json:"sum"`
	Days     []Days        `json:"days"`
	Terms    []TermLine    `json:"terms"`
	Articles []ArticleLine `json:"articles"`
	Offices  []OfficeLine  `json:"offices"`

	Refused  []ActLine `json:"refused"`  // acts that the draft would have refused
	Possible []ActLine `json:"possible"` // acts that were against the law, and would not have been
	Untold   []ActLine `json:"untold"`   // acts that cannot be judged: the draft asks for what was not asked then
}

// Against is an earlier edition under which acts of the past were done that the trial judged by the draft, the latest first.
type Against struct {
	Edition string        `json:"edition"`
	Acts    int           `json:"acts"`
	Changes Changes       `json:"-"`
	From    calendar.Date `json:"-"`
}

// Sums are counts of deadlines.
type Sums struct {
	Same    int `json:"same"`
	Earlier int `json:"earlier"`
	Later   int `json:"later"`
	New     int `json:"new"`  // would have run, and did not
	Gone    int `json:"gone"` // ran, and would not have
	Breaches
}

// Breaches are counts of duties whose end passed undone.
type Breaches struct {
	Before int `json:"breaches_before"`
	After  int `json:"breaches_after"`
	Appear int `json:"breaches_appear"`
	Go     int `json:"breaches_go"`
}

func (b *Breaches) add(o Breaches) {
	b.Before, b.After, b.Appear, b.Go = b.Before+o.Before, b.After+o.After, b.Appear+o.Appear, b.Go+o.Go
}

func (s *Sums) add(o Sums) {
	s.Same, s.Earlier, s.Later, s.New, s.Gone = s.Same+o.Same, s.Earlier+o.Earlier, s.Later+o.Later, s.New+o.New, s.Gone+o.Gone
	s.Breaches.add(o.Breaches)
}

// Days counts deadlines that moved by From to To days; earlier ones have
// negative days. From and To of 0 are moves within one day.
type Days struct {
	From  int  `json:"from"`
	To    int  `json:"to"`
	Early bool `json:"earlier"`
	Open  bool `json:"open,omitempty"` // or more
	Count int  `json:"count"`
}

// TermLine is the deadlines of one term.
type TermLine struct {
	Term    string `json:"term"`
	Article string `json:"article"`
	Sums
	Least   int      `json:"least_days"` // the most it moves back, and forth, and the middle of all that moved
	Median  int      `json:"median_days"`
	Most    int      `json:"most_days"`
	Moved   []string `json:"moved"`   // first numbers of proceedings, sorted
	Appears []string `json:"appears"` // in which a breach appears
	Goes    []string `json:"goes"`    // in which one goes

	id   procedure.TermID
	days map[move]int
}

// ArticleLine is the breaches under one article.
type ArticleLine struct {
	Article string `json:"article"`
	Breaches
}

// OfficeLine is what changes for one office.
type OfficeLine struct {
	Office      string `json:"office"`
	Proceedings int    `json:"proceedings"`
	Touched     int    `json:"touched"`
	Earlier     int    `json:"earlier"`
	Later       int    `json:"later"`
	New         int    `json:"new"`
	Gone        int    `json:"gone"`
	Refused     int    `json:"refused"`
	Possible    int    `json:"possible"`
	Breaches
}

// ActLine is acts that the draft judges in another way, by the rule that makes the difference.
type ActLine struct {
	Act      string   `json:"act"`
	Reason   string   `json:"reason"`
	Rule     string   `json:"rule,omitempty"` // a condition, a term, a state or fields
	Article  string   `json:"article"`
	Count    int      `json:"count"`
	Examples []string `json:"examples"`

	Refusal *procedure.Refusal `json:"-"` // one of them, for words
}

// mostExamples is how many numbers are listed with a figure, or for an office.
const mostExamples = 5

// move is by how many days a deadline moved; within one day it may be either way.
type move struct {
	days  int
	early bool
}

// ending is what counts of one deadline for breaches. The zero ending is no duty.
type ending struct {
	due  calendar.Moment
	runs bool
	over bool
}

func (e ending) broken(asOf calendar.Moment) bool { return e.over || e.runs && asOf > e.due }

// outcome is one deadline, as it was and under the draft.
type outcome struct {
	term    procedure.TermID
	was, is ending
	past    string
	office  *OfficeLine
	touched bool // the proceeding is counted as touched already
}

// breach counts an outcome, and reports whether the draft makes a difference.
func (o *outcome) breach(asOf calendar.Moment, line *TermLine) bool {
	was, is := o.was.broken(asOf), o.is.broken(asOf)
	var b Breaches
	if was {
		b.Before++
	}
	if is {
		b.After++
	}
	switch {
	case is && !was:
		b.Appear++
		line.Appears = first(line.Appears, o.past)
	case was && !is:
		b.Go++
		line.Goes = first(line.Goes, o.past)
	}
	line.Breaches.add(b)
	o.office.Breaches.add(b)
	return was != is
}

// actKey tells acts apart that are judged by different rules.
type actKey struct {
	act    procedure.ActID
	reason procedure.Reason
	rule   string
	under  string // article
}

// tally is what a lane has counted.
type tally struct {
	proceedings, acts, skipped int
	last                       calendar.Moment
	terms                      map[procedure.TermID]*TermLine
	offices                    map[string]*OfficeLine
	refused, possible, untold  map[actKey]*ActLine
	held                       map[int]int // acts judged by the draft, by the index of the edition that held
	open                       []outcome
}

func newTally() tally {
	return tally{terms: map[procedure.TermID]*TermLine{}, offices: map[string]*OfficeLine{}, refused: map[actKey]*ActLine{}, possible: map[actKey]*ActLine{}, untold: map[actKey]*ActLine{}, held: map[int]int{}}
}

func (l *tally) term(id procedure.TermID) *TermLine {
	t := l.terms[id]
	if t == nil {
		t = &TermLine{id: id, days: map[move]int{}}
		l.terms[id] = t
	}
	return t
}

func (l *tally) at(office string) *OfficeLine {
	o := l.offices[office]
	if o == nil {
		o = &OfficeLine{Office: office}
		l.offices[office] = o
	}
	return o
}

func (l *Lane) count(in *map[actKey]*ActLine, act procedure.ActID, r *procedure.Refusal, fields string) {
	rule := fields
	switch {
	case rule != "":
	case r.Rule != "":
		rule = r.Rule
	case r.Term != "":
		rule = r.Term
	case r.Now != "":
		rule = r.Now
	case r.Reason == procedure.BadForm:
		rule = fieldNames(r)
	}
	k := actKey{act, r.Reason, rule, r.Article}
	c := (*in)[k]
	if c == nil {
		c = &ActLine{Act: l.trial.draft.Law.ActName(act), Reason: r.Reason.String(), Rule: rule, Article: r.Article, Refusal: r}
		(*in)[k] = c
	}
	c.Count++
	c.Examples = first(c.Examples, l.past.Number)
}

// Report puts lanes together. They are not used afterwards.
func (t *Trial) Report(lanes ...*Lane) *Report {
	asOf := t.asOf
	for _, l := range lanes {
		if t.asOf == 0 {
			asOf = max(asOf, l.last)
		}
	}
	all := newTally()
	for _, l := range lanes {
		l.settle(asOf)
		all.merge(&l.tally)
	}
	rep := &Report{Law: t.draft.Law.Name, Draft: t.draft.InForce.String(), Proceedings: all.proceedings, Acts: all.acts, Skipped: all.skipped,
		Days: buckets(), Terms: []TermLine{}, Articles: []ArticleLine{}, Offices: []OfficeLine{}, AsOf: asOf.Time().Format("2006-01-02T15:04:05Z"), AsOfAt: t.zone.Date(asOf)}
	if t.from != 0 {
		rep.Since = t.zone.Date(t.from).String()
	}
	before := t.draft.before()
	rep.Changes, rep.Before, rep.Against = Diff(before, t.draft.Edition), before.InForce, t.against(before, all.held)
	articles := map[string]*ArticleLine{}
	for _, id := range slices.Sorted(maps.Keys(all.terms)) {
		line := all.terms[id]
		line.Term, line.Article = t.draft.Law.TermName(id), t.article(id)
		line.spread(rep.Days)
		line.Moved, line.Appears, line.Goes = some(line.Moved), some(line.Appears), some(line.Goes)
		rep.Sum.add(line.Sums)
		rep.Terms = append(rep.Terms, *line)
		if line.Before+line.After > 0 {
			a := articles[line.Article]
			if a == nil {
				a = &ArticleLine{Article: line.Article}
				articles[line.Article] = a
			}
			a.Breaches.add(line.Breaches)
		}
	}
	slices.SortStableFunc(rep.Terms, func(a, b TermLine) int { return cmp.Compare(b.weight(), a.weight()) })
	for _, a := range articles {
		rep.Articles = append(rep.Articles, *a)
	}
	slices.SortFunc(rep.Articles, func(a, b ArticleLine) int {
		return cmp.Or(cmp.Compare(b.Appear+b.Go, a.Appear+a.Go), cmp.Compare(b.Before, a.Before), cmp.Compare(a.Article, b.Article))
	})
	for _, o := range all.offices {
		rep.Touched += o.Touched
		rep.Offices = append(rep.Offices, *o)
	}
	slices.SortFunc(rep.Offices, func(a, b OfficeLine) int {
		return cmp.Or(cmp.Compare(b.Touched, a.Touched), cmp.Compare(b.Proceedings, a.Proceedings), cmp.Compare(a.Office, b.Office))
	})
	rep.Refused, rep.Possible, rep.Untold = actLines(all.refused), actLines(all.possible), actLines(all.untold)
	return rep
}

// against compares the draft with the editions but one under which acts were done that it judged.
func (t *Trial) against(but *procedure.Edition, held map[int]int) []Against {
	out := []Against{}
	for _, e := range slices.Backward(t.held) {
		if n := held[e.Index]; n > 0 && e != but {
			out = append(out, Against{Edition: e.Name, Acts: n, Changes: Diff(e, t.draft.Edition), From: e.InForce})
		}
	}
	return out
}

// settle counts what was still open, now that the end of all is known.
func (l *tally) settle(asOf calendar.Moment) {
	fresh := "" // the last proceeding that only this touches
	for i := range l.open {
		o := &l.open[i]
		if o.breach(asOf, l.term(o.term)) && !o.touched && o.past != fresh {
			fresh = o.past
			o.office.Touched++
		}
	}
	l.open = nil
}

func (s *Sums) weight() int { return s.Appear + s.Go + s.Earlier + s.Later + s.New + s.Gone }

// Changed reports whether the draft would have changed anything at all.
func (r *Report) Changed() bool {
	return r.Touched > 0 || len(r.Refused)+len(r.Possible)+len(r.Untold) > 0
}

// article of a term, in the draft or else in the last edition that has it.
func (t *Trial) article(id procedure.TermID) string {
	for _, e := range slices.Backward(t.draft.Law.Editions) {
		if int(id) < len(e.Terms) && e.Terms[id] != nil {
			return e.Terms[id].Article
		}
	}
	return ""
}

func some(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func actLines(m map[actKey]*ActLine) []ActLine {
	out := make([]ActLine, 0, len(m))
	for _, a := range m {
		out = append(out, *a)
	}
	slices.SortFunc(out, func(a, b ActLine) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Act, b.Act), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Article, b.Article))
	})
	return out
}

func (l *tally) merge(o *tally) {
	l.proceedings, l.acts, l.skipped, l.last = l.proceedings+o.proceedings, l.acts+o.acts, l.skipped+o.skipped, max(l.last, o.last)
	for edition, n := range o.held {
		l.held[edition] += n
	}
	for id, from := range o.terms {
		to := l.term(id)
		to.Sums.add(from.Sums)
		for m, n := range from.days {
			to.days[m] += n
		}
		to.Moved, to.Appears, to.Goes = firsts(to.Moved, from.Moved), firsts(to.Appears, from.Appears), firsts(to.Goes, from.Goes)
	}
	for name, from := range o.offices {
		to := l.at(name)
		to.Proceedings, to.Touched, to.Earlier, to.Later = to.Proceedings+from.Proceedings, to.Touched+from.Touched, to.Earlier+from.Earlier, to.Later+from.Later
		to.New, to.Gone, to.Refused, to.Possible = to.New+from.New, to.Gone+from.Gone, to.Refused+from.Refused, to.Possible+from.Possible
		to.Breaches.add(from.Breaches)
	}
	for _, pair := range []struct{ to, from map[actKey]*ActLine }{{l.refused, o.refused}, {l.possible, o.possible}, {l.untold, o.untold}} {
		for k, from := range pair.from {
			to := pair.to[k]
			if to == nil {
				pair.to[k] = from
				continue
			}
			to.Count += from.Count
			to.Examples = firsts(to.Examples, from.Examples)
		}
	}
}

func firsts(to, from []string) []string {
	for _, n := range from {
		to = first(to, n)
	}
	return to
}

// edges are where the distribution of moved days is cut, on either side.
var edges = []int{1, 4, 11, 31, 91}

// buckets are the parts of the distribution, from the earliest to the latest.
func buckets() []Days {
	var out []Days
	for i := len(edges) - 1; i >= 0; i-- {
		d := Days{From: -edges[i], Early: true}
		if i+1 < len(edges) {
			d.From, d.To = -(edges[i+1] - 1), -edges[i]
		} else {
			d.To, d.Open = d.From, true
		}
		out = append(out, d)
	}
	out = append(out, Days{Early: true}, Days{})
	for i, from := range edges {
		d := Days{From: from, To: from, Open: true}
		if i+1 < len(edges) {
			d.To, d.Open = edges[i+1]-1, false
		}
		out = append(out, d)
	}
	return out
}

// spread sorts what moved into the parts of the distribution, and finds the least, the middle and the most.
func (l *TermLine) spread(into []Days) {
	moves := slices.SortedFunc(maps.Keys(l.days), func(a, b move) int { return cmp.Compare(a.days, b.days) })
	total, seen := l.Earlier+l.Later, 0
	for _, m := range moves {
		n := l.days[m]
		if seen == 0 {
			l.Least = m.days
		}
		if middle := (total + 1) / 2; seen < middle && seen+n >= middle {
			l.Median = m.days
		}
		l.Most = m.days
		seen += n
		for i := range into {
			d := &into[i]
			in := m.days >= d.From && m.days <= d.To
			if d.Open && d.Early {
				in = m.days <= d.To
			} else if d.Open {
				in = m.days >= d.From
			}
			if in && d.Early == m.early {
				d.Count += n
				break
			}
		}
	}
}

func fieldNames(r *procedure.Refusal) string {
	names := slices.Sorted(maps.Keys(r.Fields))
	out := ""
	for i, n := range names {
		if i > 0 {
			out += ", "
		}
		out += n
	}
	return out
}
