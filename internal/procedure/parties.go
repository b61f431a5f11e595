package procedure

import (
	"cmp"
	"slices"

	"nazorat/internal/fact"
)

// Who may see a proceeding is not the engine's business. What the law itself says of that
// stands in the state like everything else, set and lifted by acts: how closed the
// proceeding is, and who is a party to it.

// SecrecyRule names the facts of a proceeding that tell how closed it is.
type SecrecyRule struct {
	Level   FieldID // a choice of levels; the first is that of a proceeding which nothing closes
	Because FieldID // a choice of reasons; None where the law keeps none
}

// PartyRule says that a thing makes an officer a party to the proceeding.
type PartyRule struct {
	Officer FieldID   // of the thing: who it is
	As      string    // the role in which he is one
	While   []StateID // the states of the thing in which he is; any, if empty
}

// AskRule says that a thing asks something of an office: an examination of the body that is to examine.
type AskRule struct {
	Office FieldID   // of the thing: which it is
	While  []StateID // the states of the thing in which it is asked; any, if empty
}

// Party is an officer who is a party to a proceeding, and in which role; or, with neither, an office of which something in it is asked.
type Party struct{ Officer, As, Office string }

// Secrecy is how closed a proceeding is: one of the levels of its law, "" where nothing closes it.
func (l *Law) Secrecy(s *State) string {
	rule, root := l.secrecy(s)
	if rule == nil {
		return ""
	}
	level := root.Field(rule.Level).Text
	if first := l.Editions[s.Edition].Kinds[0].Fields[rule.Level].Choices[0]; level == first {
		return ""
	}
	return level
}

// Because is why a proceeding is closed: the fact that tells it, by its name and its value; "" where nothing closes it, or nothing tells why.
func (l *Law) Because(s *State) (field, reason string) {
	rule, root := l.secrecy(s)
	if rule == nil || rule.Because == None || l.Secrecy(s) == "" || !root.Field(rule.Because).Given() {
		return "", ""
	}
	return l.Names.Fields[0].List[rule.Because], root.Field(rule.Because).Text
}

// SecrecyField is the name of the fact that tells how closed a proceeding is, as labels know it; "" where its law has none.
func (l *Law) SecrecyField(s *State) string {
	rule, _ := l.secrecy(s)
	if rule == nil {
		return ""
	}
	return l.Names.Fields[0].List[rule.Level]
}

func (l *Law) secrecy(s *State) (*SecrecyRule, *Thing) {
	root := s.Root()
	if root == nil {
		return nil, nil
	}
	return l.Editions[s.Edition].Kinds[0].Secrecy, root
}

// Parties are the officers who are parties to a proceeding, each once for each role, and before them the offices of which something is asked in it, in order.
func (l *Law) Parties(s *State) (out []Party) {
	if len(s.Things) == 0 {
		return nil
	}
	kinds := l.Editions[s.Edition].Kinds
	for i := range s.Things {
		t := &s.Things[i]
		if int(t.Kind) >= len(kinds) || kinds[t.Kind] == nil {
			continue
		}
		if rule := kinds[t.Kind].Party; rule != nil {
			if v := t.Field(rule.Officer); v.Type == fact.Officer && v.Text != "" && (len(rule.While) == 0 || slices.Contains(rule.While, t.State)) {
				out = append(out, Party{Officer: v.Text, As: rule.As})
			}
		}
		if rule := kinds[t.Kind].Asks; rule != nil {
			if v := t.Field(rule.Office); v.Type == fact.Office && v.Text != "" && (len(rule.While) == 0 || slices.Contains(rule.While, t.State)) {
				out = append(out, Party{Office: v.Text})
			}
		}
	}
	slices.SortFunc(out, func(a, b Party) int {
		return cmp.Or(cmp.Compare(a.As, b.As), cmp.Compare(a.Officer, b.Officer), cmp.Compare(a.Office, b.Office))
	})
	return slices.Compact(out)
}
