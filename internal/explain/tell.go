package explain

import (
	"slices"

	"nazorat/internal/calendar"
	"nazorat/internal/journal"
	"nazorat/internal/procedure"
)

// teller tells one deadline.
type teller struct {
	law   *procedure.Law
	x     *procedure.Explanation
	d     *procedure.Deadline
	term  *procedure.Term
	days  *calendar.Days
	story *Story
	now   calendar.Moment
	part  Part
	about string
	out   []Sentence
}

// Tell explains a deadline of a law, as it stands now, by what its proceeding
// knows of it. The zero Story is allowed.
func Tell(law *procedure.Law, x procedure.Explanation, story Story, now calendar.Moment) Explained {
	t := &teller{law: law, x: &x, d: &x.Deadline, term: x.Term, days: x.Edition.Days, story: &story, now: now}
	for _, p := range []struct {
		part Part
		tell func()
	}{{Owed, t.owed}, {Over, t.over}, {Why, t.why}, {Edition, t.edition}, {Question, t.questions}, {Longer, t.longer}, {Ends, t.ends}, {Breach, t.breach}, {Sure, t.sure}} {
		t.part, t.about = p.part, ""
		p.tell()
	}
	return Explained{Law: law, Zone: t.days.Zone(), Sentences: t.out}
}

// say adds a sentence; named are names and values in turn.
func (t *teller) say(key string, named ...any) {
	s := Sentence{Part: t.part, Key: key, About: t.about}
	for i := 0; i+1 < len(named); i += 2 {
		s.Args = append(s.Args, Arg{named[i].(string), named[i+1].(Value)})
	}
	t.out = append(t.out, s)
}

// who did an entry.
func (t *teller) who(e *journal.Entry) Who { return Who{t.story.Names[e.Officer], e.Role} }

// byLaw reports whether an entry is no act of anybody: an edition that came into force.
func (t *teller) byLaw(e *journal.Entry) bool { return t.law.Act(e.Act) < 0 }

func (t *teller) open() bool { return t.story.Over == Open }

// owed: what is owed, by whom, until when.
func (t *teller) owed() {
	term := Term(t.term.Name)
	who := Who{t.story.Names[t.story.Officer], t.term.OwedBy}
	until := Moment(t.d.Due)
	switch {
	case t.term.Waiting():
		t.say("explain.owed.waiting", "term", term, "until", until, "acts", acts(t.x.Waiting))
	case t.term.AtOnce:
		t.say("explain.owed.at_once", "term", term, "who", who, "when", Moment(t.d.Start))
	case t.term.Breach == procedure.Lapse:
		t.say("explain.owed.possible", "term", term, "who", who, "until", until)
	case t.d.Stopped != 0 && t.open():
		t.say("explain.owed.stopped", "term", term, "who", who, "until", until)
	default:
		t.say("explain.owed.duty", "term", term, "who", who, "until", until)
	}
	if t.story.Thing != "" {
		t.say("explain.owed.about", "thing", Thing(t.story.Thing))
	}
}

// over: how a deadline that has ended came to its end.
func (t *teller) over() {
	if t.open() {
		return
	}
	args := []any{"when", Moment(t.story.At)}
	if t.story.Over == Late {
		args = append(args, "length", Length(t.story.At-t.d.Due))
	}
	key := "explain.over." + string(t.story.Over)
	switch e := t.story.Closed; {
	case e == nil:
	case t.byLaw(e):
		t.say("explain.over.edition", "when", Moment(t.story.At))
		return
	default:
		key += "_by"
		args = append(args, "who", t.who(e), "act", Act(e.Act))
	}
	t.say(key, args...)
}

// edition: by which edition it is counted, and whether another is in force.
func (t *teller) edition() {
	e := t.x.Edition
	began := t.story.Began
	first := e
	if began != nil {
		first = t.law.Editions[t.story.First.Edition]
	}
	switch {
	case slices.ContainsFunc(t.story.Changes, func(c Change) bool { return c.Effect == "recounted" && int(c.After.Edition) == e.Index }):
		t.say("explain.edition.recounted", "date", Date(first.InForce), "since", Date(e.InForce))
	case first != e:
		t.say("explain.edition.extended", "date", Date(first.InForce), "since", Date(e.InForce))
	default:
		t.say("explain.edition.started", "since", Date(e.InForce))
	}
	if now := t.law.At(t.now); t.open() && now.Index > e.Index {
		t.say("explain.edition.newer", "since", Date(now.InForce))
	}
}

// questions: what is open about the counting, and what the other answers would give.
func (t *teller) questions() {
	for _, s := range t.x.Switches {
		t.question(s)
	}
}

func (t *teller) question(s *procedure.Switch) {
	t.say("explain.question.asks", "question", Asks(*s), "article", Article(s.Article))
	if s.Chosen == s.Default {
		t.say("explain.question.default", "choice", Choice(s.Chosen))
	} else {
		t.say("explain.question.chosen", "choice", Choice(s.Chosen), "default", Choice(s.Default))
	}
	for _, c := range s.Choices {
		if c == s.Chosen {
			continue
		}
		due, ok := t.otherwise(c)
		switch {
		case !ok:
		case due == t.d.Due:
			t.say("explain.question.same", "choice", Choice(c))
		default:
			t.say("explain.question.would", "choice", Choice(c), "when", Moment(due))
		}
	}
}

// otherwise is the end that another answer would give. A given end depends on no answer.
func (t *teller) otherwise(choice string) (calendar.Moment, bool) {
	if t.x.Before != nil || t.x.Given {
		return 0, false
	}
	rule := t.term.Rule
	switch choice {
	case "from_next":
		rule.Counts = calendar.FromNext
	case "from_moment":
		rule.Counts = calendar.FromMoment
	case "from_day":
		rule.Counts = calendar.FromDay
	case "never":
		rule.Rolls = calendar.RollNever
	case "next_working_day":
		rule.Rolls = calendar.RollNext
	case "previous_working_day":
		rule.Rolls = calendar.RollPrevious
	case "midnight":
		rule.Ends = calendar.Midnight
	case "close_of_business":
		rule.Ends = calendar.CloseOfBusiness
	default:
		return 0, false
	}
	return max(t.days.End(rule, t.d.Start, t.x.Span).Due, t.d.Until), true
}

// longer: who may make it longer, by how much, to when, and until when to ask.
func (t *teller) longer() {
	if !t.open() || t.term.Waiting() {
		return
	}
	over := t.d.Stopped == 0 && t.now > t.d.Due && !t.term.AtOnce
	switch {
	case t.x.Before != nil:
		t.say("explain.longer.with", "term", Term(t.x.Before.Name))
		return
	case t.x.After != nil && len(t.x.Longer) == 0:
		t.say("explain.longer.with", "term", Term(t.x.After.Name))
		return
	case len(t.x.Longer) == 0:
		t.say("explain.longer.never")
		return
	case over:
		t.say("explain.longer.over")
		return
	}
	spent := 0
	for i := range t.x.Longer {
		if t.x.Longer[i].Spent {
			spent++
		}
	}
	if spent == len(t.x.Longer) {
		t.say("explain.longer.spent_all")
	}
	for i := range t.x.Longer {
		t.way(&t.x.Longer[i])
	}
}

// way tells one way to make a term longer; its sentences are about its act.
func (t *teller) way(lg *procedure.Longer) {
	t.about = lg.Act.Name
	defer func() { t.about = "" }()
	article := lg.Article
	if article == "" {
		article = lg.Act.Article
	}
	t.say("explain.longer.who", "act", Act(lg.Act.Name), "who", Roles(lg.Act.By), "article", Article(article))
	switch {
	case lg.Spent:
		t.say("explain.longer.spent")
		return
	case !lg.To.IsZero() && lg.Would != 0:
		t.say("explain.longer.to", "period", Period(lg.To), "when", Moment(lg.Would))
	case !lg.Add.IsZero() && lg.Would != 0:
		t.say("explain.longer.add", "period", Period(lg.Add), "when", Moment(lg.Would))
	default:
		t.say("explain.longer.until")
	}
	if lg.AskUntil == 0 || len(lg.AskAct) == 0 {
		return
	}
	var by []string
	for _, r := range lg.AskAct {
		for _, role := range r.By {
			if !slices.Contains(by, role) {
				by = append(by, role)
			}
		}
	}
	key := "explain.longer.ask"
	if lg.AskUntil < t.now {
		key = "explain.longer.ask_over"
	}
	t.say(key, "when", Moment(lg.AskUntil), "acts", acts(lg.AskAct), "who", Roles(by))
}

// ends: which acts meet it, after which nothing is owed any more, and that it comes back.
func (t *teller) ends() {
	if len(t.x.MetBy) > 0 {
		t.say("explain.ends.met", "acts", acts(t.x.MetBy))
	}
	if len(t.term.EndedBy) > 0 {
		var names Acts
		for _, id := range t.term.EndedBy {
			names = append(names, t.law.ActName(id))
		}
		t.say("explain.ends.away", "acts", names)
	}
	if t.x.After != nil {
		t.say("explain.ends.after", "term", Term(t.x.After.Name))
	}
	if t.x.Before != nil {
		t.say("explain.ends.before", "term", Term(t.x.Before.Name))
	}
	if t.term.Waiting() {
		t.say("explain.ends.by_itself")
	}
	for id := t.term.Per; id >= 0; {
		k := t.x.Edition.Kinds[id]
		if k == nil {
			break
		}
		final := States{Kind: k.Name}
		for _, s := range k.States {
			if int(s) < len(k.Final) && k.Final[s] {
				final.States = append(final.States, t.law.StateName(k.ID, s))
			}
		}
		if len(final.States) > 0 {
			t.say("explain.ends.final", "kind", Kind(k.Name), "states", final)
		}
		id = k.Of
	}
	if t.term.Repeats {
		t.say("explain.ends.repeats", "period", Period(t.term.Within))
	}
}

// breach: what follows if it is not met, step by step.
func (t *teller) breach() {
	switch {
	case t.term.Waiting():
		return
	case t.term.AtOnce && len(t.term.Steps) == 0:
		t.say("explain.breach.at_once")
		return
	}
	switch t.term.Breach {
	case procedure.Lapse:
		t.say("explain.breach.lapse")
	case procedure.Release:
		t.say("explain.breach.release")
	default:
	}
	if t.open() {
		for _, s := range t.x.Steps {
			key := "explain.breach.told"
			if s.Escalate {
				key = "explain.breach.escalated"
			}
			t.say(key, "when", Moment(s.At), "who", Told(s.To))
		}
	}
	switch {
	case t.term.LateRefuse:
		t.say("explain.breach.refused")
	case t.term.Breach != procedure.Lapse:
		t.say("explain.breach.remains")
	}
}

// marks are what a mark of confidence means, by the end of its text's key.
var marks = map[string]string{"V": "read", "V+": "confirmed", "N": "secondary", "M": "memory", "?": "open"}

// Mark is the key of what a mark of confidence says of a rule; confirmed tells
// whether no lawyer need look at it any more.
func Mark(mark string) (key string, confirmed bool) {
	word := marks[mark]
	if word == "" {
		word = "unmarked"
	}
	return "explain.sure." + word, mark == "V" || mark == "V+"
}

// sure: the article with the full title of its act of law, and how sure the rule is.
func (t *teller) sure() {
	article := t.term.Article
	if c, ok := CiteOf(t.x.Edition, article); ok {
		t.say("explain.article.full", "article", Article(article), "source", Cite(c))
	} else {
		t.say("explain.article.short", "article", Article(article))
	}
	key, _ := Mark(t.term.Confidence)
	t.say(key)
}

func acts(rules []*procedure.ActRule) (out Acts) {
	for _, r := range rules {
		if r != nil {
			out = append(out, r.Name)
		}
	}
	return out
}
