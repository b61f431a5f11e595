package lawload

import (
	"fmt"
	"slices"

	"nazorat/internal/fact"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// CheckLinks holds the links of laws against the laws that they lead to: the act
// must be there, open a proceeding or be done on one, have the fields that are filled
// in, ask for no other, and take what comes along. laws are all that are at hand; a
// link to a law that is not among them is a mistake. nil if all fit.
func CheckLinks(laws map[string]*procedure.Law) lawtext.Problems {
	var out lawtext.Problems
	for _, l := range laws {
		for _, e := range l.Editions {
			for _, r := range e.Acts {
				if r == nil {
					continue
				}
				for i := range r.Links {
					out = append(out, checkLinkOverTime(laws, e, r, &r.Links[i])...)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b lawtext.Problem) int {
		if a.File != b.File {
			if a.File < b.File {
				return -1
			}
			return 1
		}
		return a.Line - b.Line
	})
	return slices.CompactFunc(out, func(a, b lawtext.Problem) bool { return a == b }) // an edition based on another says it again
}

// checkLinkOverTime holds a link against every edition of the other law that is in force while this one is.
func checkLinkOverTime(laws map[string]*procedure.Law, e *procedure.Edition, r *procedure.ActRule, link *procedure.Link) (out lawtext.Problems) {
	law := laws[link.Procedure]
	if law == nil {
		return checkLink(laws, e, r, link, nil)
	}
	for i, to := range law.Editions {
		ended := i+1 < len(law.Editions) && law.Editions[i+1].InForce <= e.InForce
		begins := e.Index+1 < len(e.Law.Editions) && to.InForce >= e.Law.Editions[e.Index+1].InForce
		if ended || begins || law == e.Law && to != e {
			continue
		}
		if out = checkLink(laws, e, r, link, to); len(out) > 0 {
			return out
		}
	}
	return nil
}

func checkLink(laws map[string]*procedure.Law, e *procedure.Edition, r *procedure.ActRule, link *procedure.Link, to *procedure.Edition) (out lawtext.Problems) {
	bad := func(meant, what string, args ...any) {
		out = append(out, lawtext.Problem{File: r.File, Line: link.Line, What: fmt.Sprintf(what, args...), Meant: meant})
	}
	law := laws[link.Procedure]
	if law == nil {
		var known []string
		for name := range laws {
			known = append(known, name)
		}
		slices.Sort(known)
		bad(lawtext.Meant(link.Procedure, known), "there is no law %q to do %s in", link.Procedure, link.Act)
		return out
	}
	act := to.Act(link.Act)
	switch {
	case act == nil:
		bad(lawtext.Meant(link.Act, to.ActNames()), "%s has no act %q on %s", link.Procedure, link.Act, max(e.InForce, to.InForce))
		return out
	case act.Opens && link.To != procedure.None:
		bad("leave out to:", "%s opens a proceeding: it is done in none that there is", link.Act)
	case !act.Opens && link.To == procedure.None:
		bad("say to: act.x, a field of type proceeding", "%s is done in a proceeding, and the link says not in which", link.Act)
	case !act.Opens && act.On != 0:
		bad("link to an act on the "+to.Kinds[0].Name, "%s is done on a %s, and a link knows only the proceeding", link.Act, to.Kinds[act.On].Name)
	}
	if act.OnlyByLink && len(link.Carries) == 0 {
		bad("say carries: [...]", "%s takes things over, and the link carries none", link.Act)
	}
	given := map[string]bool{}
	for _, f := range link.Form {
		given[f.Name] = true
		switch into := act.Field(f.Name); {
		case into == nil:
			bad(lawtext.Meant(f.Name, procedure.FieldNames(act.Form)), "the form of %s has no field %q", link.Act, f.Name)
		case !goesInto(f.Value.Type, into.Type):
			bad("", "the field %q of %s is of type %s, and %s of type %s", f.Name, link.Act, into.Type, f.Value.Source, f.Value.Type)
		default:
			for _, text := range f.Value.Texts {
				if _, key := into.ParseValue(text, to.Days.Zone()); key != "" {
					bad(lawtext.Meant(text, into.Choices), "the field %q of %s does not take %q", f.Name, link.Act, text)
				}
			}
		}
	}
	for _, f := range act.Form {
		if f != nil && !f.Optional && !given[f.Name] {
			bad("fill it in under form:", "%s asks for %q, and the link does not say it", link.Act, f.Name)
		}
	}
	for _, k := range link.Carries {
		if !slices.ContainsFunc(act.Takes, func(t procedure.KindID) bool { return law.KindName(t) == e.Law.KindName(k) }) {
			bad("say takes: ["+e.Law.KindName(k)+"] there", "%s does not take over a %s", link.Act, e.Law.KindName(k))
		}
	}
	if class := e.SheetOf(r.ID); class != "" && to.SheetOf(act.ID) != class && len(link.Form)+len(link.Carries) > 0 {
		bad("say sheet: "+class+" there, or leave it out here", "the sheet of %s may be hidden, and %s, which it fills in, is seen in %s", r.Name, link.Act, link.Procedure)
	}
	if !slices.ContainsFunc(r.By, func(role string) bool {
		return role == procedure.InCharge || slices.Contains(act.By, role) || slices.Contains(act.By, procedure.InCharge)
	}) {
		bad("", "nobody who may do %s may do %s in %s", r.Name, link.Act, link.Procedure)
	}
	return out
}

// goesInto reports whether a fact of a type, as it is written, is read as one of the
// field's type: a text takes whatever is text, a moment a day (its beginning); what is
// written as any text may turn out to be what the field wants.
func goesInto(from, into fact.Type) bool {
	switch {
	case from == into, from == fact.Date && into == fact.Moment:
		return true
	case from == fact.Text:
		return isText(into)
	}
	return into == fact.Text && isText(from)
}

// isText reports whether facts of a type are written as any text is.
func isText(t fact.Type) bool {
	switch t {
	case fact.Number, fact.Money, fact.YesNo, fact.Date, fact.Moment:
		return false
	}
	return true
}
