package desk

import (
	"slices"
	"sort"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/picture"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// fewActs is how many acts are shown at a glance; more of them are folded away
// but for those that are owed, so that these are seen.
const fewActs = 12

// actsView is what an officer may do in a proceeding now: what he owes first, then what leads it on, then the rest
// where a reader of the law looks for it; what he may not do, and why, has a page of its own.
type actsView struct {
	Is     string
	None   string
	DueIs  string
	Due    []openAct // what he owes, the most urgent first
	NextIs string
	Next   []openAct // what leads the proceeding on, and he does not owe
	Groups []actGroup
	Closed doLink // to what he may not do; no link where he may do all
}

// actGroup is the acts on the proceeding itself, or those on its things.
type actGroup struct {
	Title string // "" where there is only one
	Folds []actFold
}

// actFold is what opens at one touch: a part of the law, or all that concerns one thing.
type actFold struct {
	Summary string // "" where there is nothing to choose from: the acts then stand open
	Open    bool
	Lists   []actList
}

type actList struct {
	Part string // "" where the fold has said it
	Acts []openAct
}

type openAct struct {
	Text, Href, Note string
	Thing            string // among what is owed: what it is done on, unless it is the proceeding
	Tone             ui.DeadlineTone
	Tag              string

	part    string
	thing   int32
	leads   bool // the proceeding on
	mine    bool // meets what the officer owes, while it can be owed
	urgency int64
}

// Urgencies of acts that no running deadline waits for: behind all others, what lapsed at the very end.
const (
	notUrgent  = 1 << 62
	lapsedLast = notUrgent + 1
)

// acts sorts what the officer may do now.
func (d *Desk) acts(r *web.Request, p *proceedings.Proceeding, deadlines []proceedings.Deadline) (v actsView, err error) {
	t, now, who := r.Words, d.docket.Now(), r.Actor()
	lb := t.Law(p.Law.Name)
	v = actsView{Is: t.T("proceeding.acts"), None: t.T("proceeding.no_acts"), DueIs: t.T("proceeding.due"), NextIs: t.T("proceeding.next")}
	byNo := map[int32]*proceedings.Deadline{}
	for i := range deadlines {
		byNo[deadlines[i].No] = &deadlines[i]
	}
	var open []openAct
	j, err := JudgeOf(r.Context(), d.docket.Reader, p, who, now, worthAsking(p))
	if err != nil {
		return v, err
	}
	e := p.Law.At(now)
	e.NextFirst(&p.State, now, j.List)
	for i := range j.List {
		ver := &j.List[i]
		if ver.Refusal != nil || j.Against(ver) != nil {
			v.Closed = doLink{Text: t.T("proceeding.closed"), Href: closedHref(p.ID)}
			continue
		}
		a := openAct{Text: lb.Act(ver.Rule.Name), Href: actHref(p.ID, ver.Rule.Name, ver.Thing), Note: lb.Article(ver.Rule.Article),
			part: ver.Rule.Part, thing: ver.Thing, leads: e.LeadsOn(&p.State, ver.Rule), urgency: notUrgent}
		for _, owed := range ver.Owes {
			if dl := byNo[owed.No]; dl != nil {
				a.waitedFor(t, p.Law, dl, who, now)
			}
		}
		open = append(open, a)
	}
	sort.SliceStable(open, func(i, j int) bool { return open[i].urgency < open[j].urgency })
	var rest []openAct
	many := manyThings(p)
	for _, a := range open {
		if a.leads && !a.mine {
			v.Next = append(v.Next, a)
			continue
		}
		if !a.mine {
			if a.thing == 0 || !many { // the others are on the pages of their things
				rest = append(rest, a)
			}
			continue
		}
		if a.thing > 0 {
			a.Thing = t.Thing(p.Law, &p.State, a.thing)
		}
		v.Due = append(v.Due, a)
	}
	v.Groups = groups(t, p, now, rest, len(open) <= fewActs)
	return v, nil
}

// waitedFor notes that an act would meet a deadline, if none that is more urgent waits for it.
func (a *openAct) waitedFor(t *web.Words, law *procedure.Law, dl *proceedings.Deadline, who access.Actor, now calendar.Moment) {
	term := picture.TermOf(law, dl)
	stands := picture.Stands(term, dl, now)
	a.mine = a.mine || stands != picture.Lapsed && owes(who, dl)
	urgency := int64(dl.Due)
	if stands == picture.Lapsed {
		if urgency = lapsedLast; a.Tag != "" {
			return
		}
	} else if a.Tag != "" && urgency >= a.urgency {
		return
	}
	a.urgency, a.Tone, a.Tag = urgency, stands.Tone(), stands.Words(t, term, dl, now)
}

// owes reports whether a deadline is the officer's own: it names him, or his role at his office.
func owes(who access.Actor, dl *proceedings.Deadline) bool {
	if dl.Officer != "" {
		return dl.Officer == who.Owes()
	}
	return dl.Role == who.Role && dl.Office == who.Office
}

// groups folds the acts that nobody waits for: those on the proceeding by the parts of the
// law, in the law's own order, then those on each thing.
func groups(t *web.Words, p *proceedings.Proceeding, now calendar.Moment, acts []openAct, open bool) []actGroup {
	lb := t.Law(p.Law.Name)
	parts := p.Law.At(now).Parts()
	root := actGroup{Title: t.T("thing.number", "thing", lb.Kind(p.Law.KindName(0)), "n", p.Number)}
	things := actGroup{Title: t.T("proceeding.things")}
	byThing := map[int32][]openAct{}
	for _, a := range acts {
		byThing[a.thing] = append(byThing[a.thing], a)
	}
	for _, l := range byPart(lb, parts, byThing[0]) {
		f := actFold{Summary: l.Part, Open: open, Lists: []actList{{Acts: l.Acts}}}
		if l.Part == "" && len(byThing[0]) > len(l.Acts) {
			f.Summary = t.T("proceeding.part_other")
		}
		root.Folds = append(root.Folds, f)
	}
	for no := range p.State.Things {
		list := byThing[int32(no)]
		if no == 0 || len(list) == 0 {
			continue
		}
		f := actFold{Summary: t.Thing(p.Law, &p.State, int32(no)), Open: open, Lists: byPart(lb, parts, list)}
		if len(f.Lists) == 1 || len(list) <= fewInFold {
			f.Lists = []actList{{Acts: list}}
		}
		things.Folds = append(things.Folds, f)
	}
	var out []actGroup
	for _, g := range []actGroup{root, things} {
		if len(g.Folds) > 0 {
			out = append(out, g)
		}
	}
	if len(out) == 1 && len(root.Folds) > 0 {
		out[0].Title = "" // nothing to tell it from
	}
	return out
}

// fewInFold is how many acts on one thing need no headings.
const fewInFold = 4

// byPart tells acts apart by the part of the law that they belong to; those of none come last.
func byPart(lb *procedure.Labels, parts []string, acts []openAct) (out []actList) {
	for _, part := range slices.Compact(append(slices.Clone(parts), "")) {
		var l actList
		for _, a := range acts {
			if a.part == part {
				l.Acts = append(l.Acts, a)
			}
		}
		if len(l.Acts) == 0 {
			continue
		}
		if part != "" {
			l.Part = lb.Part(part)
		}
		out = append(out, l)
	}
	return out
}

func (f actFold) count() (n int) {
	for _, l := range f.Lists {
		n += len(l.Acts)
	}
	return n
}
