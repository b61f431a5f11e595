package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"nazorat/internal/fact"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// A form that asks questions of the whole file shows beside each what the office finds by itself, and the sheets to look
// at. It answers none of them: the answer is the officer's.

const (
	mostSheets = 100 // the newest of each act
	mostMissed = 50  // of each term
	fewSheets  = 4   // are open; more are opened by who wants to see them
)

type questionView struct {
	Answer    ui.ChoiceField
	FoundIs   string
	Found     []foundView
	SheetsAre string
	Sheets    []sheetLink
	NoSheets  string
}

// foundView is what a check came to. Tone: good, bad, or open where it cannot be told.
type foundView struct{ Tone, Mark, Text, Article, Href string }

type sheetLink struct{ Href, Text, Note string }

// file is what the questions of a form are answered from.
type file struct {
	sheets []proceedings.Logged
	missed []proceedings.Deadline
}

// lookedUp reads what the questions of the form are about; nothing where it asks none.
func (d *Desk) lookedUp(ctx context.Context, f *form) (out file, err error) {
	if f.p == nil || !f.rule.Asks() {
		return out, nil
	}
	var acts, terms []string
	for _, fld := range f.rule.Form {
		if fld == nil || fld.Question == nil {
			continue
		}
		for _, id := range fld.Question.ShownBy {
			if name := f.law.ActName(id); !slices.Contains(acts, name) {
				acts = append(acts, name)
			}
		}
		for _, id := range fld.Question.Kept {
			if name := f.law.TermName(id); !slices.Contains(terms, name) {
				terms = append(terms, name)
			}
		}
	}
	if out.sheets, err = d.docket.Sheets(ctx, f.p, acts, mostSheets); err != nil {
		return out, err
	}
	out.missed, err = d.docket.Missed(ctx, f.p, terms, d.docket.Now(), mostMissed)
	return out, err
}

// question shows a field that judges the whole file.
func (d *Desk) question(r *web.Request, f *form, of *file, fld *procedure.Field, base ui.Field) questionView {
	t, q := r.Words, fld.Question
	lb := t.Law(f.law.Name)
	v := questionView{FoundIs: t.T("review.found"), NoSheets: t.T("review.no_sheets"),
		Answer: ui.ChoiceField{Field: base, Values: []string{f.typed[fld.Name]}, Inline: true, Options: []ui.Option{{Value: "yes", Text: t.T("value.yes")}, {Value: "no", Text: t.T("value.no")}}}}
	if len(q.ShownBy) == 0 {
		v.NoSheets = ""
	}
	who := r.Actor()
	actor := procedure.Act{Done: d.docket.Now(), Recorded: d.docket.Now(), Officer: who.Officer, Role: who.Role, Office: who.Office}
	for _, x := range f.edition.Findings(&f.p.State, f.rule, q, actor) {
		found := foundView{Tone: "bad", Mark: t.T("review.bad"), Text: lb.Rule(x.Check.Rule), Article: lb.Article(x.Check.Article)}
		switch {
		case !x.Known:
			found.Tone, found.Mark = "open", t.T("review.open")
		case x.Holds:
			found.Tone, found.Mark = "good", t.T("review.good")
		}
		v.Found = append(v.Found, found)
	}
	v.Found = append(v.Found, d.kept(t, f, of, q)...)
	counts, key := map[string]int{}, "review.sheets"
	for i := range of.sheets {
		l := &of.sheets[i]
		if !slices.ContainsFunc(q.ShownBy, func(id procedure.ActID) bool { return f.law.ActName(id) == l.Act }) {
			continue
		}
		s := sheetLink{Href: proceedingHref(f.p.ID) + "/history?before=" + strconv.FormatInt(l.Seq+1, 10) + "#entry-" + strconv.FormatInt(l.Seq, 10), Text: lb.Act(l.Act), Note: t.Moment(d.zone, l.Done)}
		if name := t.Thing(f.law, &f.p.State, about(l)); name != "" {
			s.Text = t.T("review.sheet", "act", s.Text, "thing", name)
		}
		if v.Sheets, counts[l.Act] = append(v.Sheets, s), counts[l.Act]+1; counts[l.Act] == mostSheets {
			key = "review.sheets_newest"
		}
	}
	v.SheetsAre = t.T(key, "n", len(v.Sheets))
	return v
}

// about is the thing that an entry is about: the one that it was done on, or that came in by it.
func about(l *proceedings.Logged) int32 {
	for i := range l.Effects {
		if f := &l.Effects[i]; l.Thing == 0 && f.Effect == procedure.Added.String() {
			return f.Thing
		}
	}
	return l.Thing
}

// kept says which of the terms of a question were not kept, or that all were.
func (d *Desk) kept(t *web.Words, f *form, of *file, q *procedure.Question) (out []foundView) {
	if len(q.Kept) == 0 {
		return nil
	}
	lb := t.Law(f.law.Name)
	for i := range of.missed {
		m := &of.missed[i]
		if !slices.ContainsFunc(q.Kept, func(id procedure.TermID) bool { return f.law.TermName(id) == m.Term }) {
			continue
		}
		key := "review.late"
		if m.Status == "running" {
			key = "review.over"
		}
		out = append(out, foundView{Tone: "bad", Mark: t.T("review.bad"), Text: t.T(key, "term", lb.Term(m.Term), "due", t.Moment(d.zone, m.Due)),
			Href: proceedingHref(f.p.ID) + "/deadlines/" + strconv.Itoa(int(m.No))})
	}
	if out == nil {
		out = []foundView{{Tone: "good", Mark: t.T("review.good"), Text: t.T("review.kept")}}
	}
	return out
}

// answered writes into an empty text what was answered badly when the file was last judged: the reasons of a return, say.
func (d *Desk) answered(ctx context.Context, t *web.Words, f *form) error {
	if f.p == nil {
		return nil
	}
	lb := t.Law(f.law.Name)
	for _, fld := range f.rule.Form {
		if fld == nil || fld.Answers == procedure.None || f.typed[fld.Name] != "" {
			continue
		}
		last, err := d.docket.Sheets(ctx, f.p, []string{f.law.ActName(fld.Answers)}, 1)
		if err != nil {
			return err
		}
		rule := f.edition.Acts[fld.Answers]
		if len(last) == 0 || rule == nil {
			continue
		}
		var lines []string
		for _, bad := range rule.Failed(last[0].Form) {
			said, err := fact.Decode(last[0].Form[bad.Name])
			if err != nil {
				continue
			}
			lines = append(lines, t.T("review.failed", "n", len(lines)+1, "question", lb.Field(rule.Name, bad.Name), "answer", t.T("value."+said.String())))
		}
		f.typed[fld.Name] = strings.Join(lines, "\n")
	}
	return nil
}
