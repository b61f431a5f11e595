package amend

import (
	"embed"
	"slices"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
)

// Texts of this package, one folder a language.
//
//go:embed texts
var Texts embed.FS

// Language puts keys, periods and lists into words; *web.Words is one.
type Language interface {
	T(key string, args ...any) string
	Period(calendar.Period) string
	And([]string) string
}

// Says puts changes into the words of a language and of two laws.
type Says struct {
	Language Language
	Was, Is  *procedure.Labels // of the older and of the newer law
}

// Group is the changes of one rule.
type Group struct {
	Subject Subject `json:"subject"`
	Name    string  `json:"name,omitempty"`
	How     How     `json:"how"` // of the rule as a whole
	Article string  `json:"article,omitempty"`
	Title   string  `json:"title"` // "Act: Extend the check"
	Text    string  `json:"text"`  // what became of the rule as a whole, in a sentence
	Lines   []Line  `json:"changes,omitempty"`
}

// Line is one part of a rule that differs.
type Line struct {
	Part string `json:"part"`
	How  How    `json:"how"`
	What string `json:"what"` // which part, in words
	Was  []Said `json:"was,omitempty"`
	Is   []Said `json:"is,omitempty"`
	Text string `json:"text"` // all of it in one line
}

// Said is one value in words.
type Said struct {
	Text  string `json:"text"`
	Code  bool   `json:"code,omitempty"`  // as the law's file has it
	Other bool   `json:"other,omitempty"` // of a set: not there on the other side
}

// Groups says all changes, rule by rule.
func (s Says) Groups(changes Changes) []Group {
	var out []Group
	for i := range changes {
		c := &changes[i]
		n := len(out) - 1
		if n < 0 || out[n].Subject != c.Subject || out[n].Name != c.Name {
			out = append(out, s.group(c))
			n++
		}
		if c.Part != "" {
			out[n].Lines = append(out[n].Lines, s.line(c))
		}
	}
	return out
}

func (s Says) group(c *Change) Group {
	g := Group{Subject: c.Subject, Name: c.Name, How: Changed, Article: s.Is.Article(c.Article)}
	if c.Part == "" {
		g.How = c.How
	}
	lb := s.Is
	if g.How == Removed {
		lb, g.Article = s.Was, s.Was.Article(c.Article)
	}
	name := ""
	switch c.Subject {
	case OfKind:
		name = lb.Kind(c.Name)
	case OfAct:
		name = lb.Act(c.Name)
	case OfTerm:
		name = lb.Term(c.Name)
	}
	g.Title = s.Language.T("diff."+string(c.Subject)+".title", "name", name)
	g.Text = s.Language.T("diff."+string(c.Subject)+"."+string(g.How), "name", name)
	return g
}

func (s Says) line(c *Change) Line {
	lb := s.Is
	if c.How == Removed {
		lb = s.Was
	}
	l := Line{Part: c.Part, How: c.How, What: s.Language.T("diff.part."+string(c.Subject)+"."+c.Part, "item", s.word(lb, c.Item).Text)}
	gone, came := c.Sets()
	for _, w := range c.Was {
		said := s.word(s.Was, w)
		said.Other = c.Set && slices.Contains(gone, w)
		l.Was = append(l.Was, said)
	}
	for _, w := range c.Is {
		said := s.word(s.Is, w)
		said.Other = c.Set && slices.Contains(came, w)
		l.Is = append(l.Is, said)
	}
	switch {
	case c.Subject == OfEdition && (c.Part == "recounts" || c.Part == "ends" || c.Part == "states"):
		l.Text = s.Language.T("diff.line.says", "what", l.What, "is", s.list(s.Is, c.Is, true))
	case c.Set && c.How == Changed && len(gone) == 0:
		l.Text = s.Language.T("diff.line.came", "what", l.What, "list", s.list(s.Is, came, true))
	case c.Set && c.How == Changed && len(came) == 0:
		l.Text = s.Language.T("diff.line.gone", "what", l.What, "list", s.list(s.Was, gone, true))
	case c.How == Added && len(c.Is) == 0:
		l.Text = s.Language.T("diff.line.new", "what", l.What)
	case c.How == Removed && len(c.Was) == 0:
		l.Text = s.Language.T("diff.line.no_more", "what", l.What)
	case c.How == Added:
		l.Text = s.Language.T("diff.line.added", "what", l.What, "is", s.list(s.Is, c.Is, c.Set && c.Item.Sort == NoWord))
	case c.How == Removed:
		l.Text = s.Language.T("diff.line.removed", "what", l.What, "was", s.list(s.Was, c.Was, c.Set && c.Item.Sort == NoWord))
	default:
		l.Text = s.Language.T("diff.line.changed", "what", l.What, "was", s.list(s.Was, c.Was, c.Set), "is", s.list(s.Is, c.Is, c.Set))
	}
	return l
}

func (s Says) list(lb *procedure.Labels, words []Word, set bool) string {
	var out []string
	for _, w := range words {
		out = append(out, s.word(lb, w).Text)
	}
	if set {
		return s.Language.And(out)
	}
	return strings.Join(out, "; ")
}

func (s Says) word(lb *procedure.Labels, w Word) Said {
	switch w.Sort {
	case NoWord:
		return Said{}
	case Key:
		p := w.Period
		if p.IsZero() {
			p.Unit = calendar.Hours // a step without a period comes at once
		}
		return Said{Text: s.Language.T(w.Name, "n", w.N, "period", s.Language.Period(p))}
	case Role:
		return Said{Text: lb.Role(w.Name)}
	case SheetClass:
		return Said{Text: lb.Sheet(w.Name)}
	case Kind:
		return Said{Text: lb.Kind(w.Name)}
	case State:
		return Said{Text: lb.State(w.In, w.Name)}
	case Act:
		return Said{Text: lb.Act(w.Name)}
	case Term:
		return Said{Text: lb.Term(w.Name)}
	case Switch:
		if asks := lb.Switch(w.Name); asks != "" {
			return Said{Text: asks}
		}
	case Rule:
		return Said{Text: lb.Rule(w.Name)}
	case FieldOf:
		return Said{Text: lb.Field(w.In, w.Name)}
	case ChoiceOf:
		return Said{Text: lb.Choice(w.Of, w.In, w.Name)}
	case Article:
		return Said{Text: lb.Article(w.Name)}
	case PeriodOf:
		return Said{Text: s.Language.Period(w.Period)}
	}
	return Said{Text: w.Name, Code: w.Sort == Code}
}
