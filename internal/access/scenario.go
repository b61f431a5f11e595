package access

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/lawtext"
)

// Scenarios lie beside the policies, one question in a line, so that a lawyer can
// read and write them:
//
//	office region
//	office district  under=region
//	office police    supervisor=district prosecutor=district
//
//	prosecutor@district  read  police                  -> allowed: read-supervised, read-in-role
//	inquirer@police      read  police  in_charge=dilya  -> allowed: read-own-and-below
//	head@court           read  police                  -> refused
//
// The first part is a small service. Then each line asks: who (a role of an
// office), what, where (the office that has the proceeding, or the one that is
// asked about), and what follows: allowed by exactly these policies, refused by
// these, or refused because none allows it. What is not said of a proceeding is
// as it would be: its supervisor is the office's, its law that of the folder, its stage none, nothing is said
// of its secrecy, and whoever asks is no party (party=ROLE: in this role; asked=OFFICE: something in its file is asked of that office); and of who asks: he was appointed, and is
// not on leave. "of=office" asks of the office itself what is asked of both, and "on=2027-01-01" of one day. What names
// no day must be so on all days.
const scenarioEnding = ".scenario"

// Tested is what the scenarios of the policies show.
type Tested struct {
	Files     int
	Questions int
	Allowed   int              // of the questions
	Failures  lawtext.Problems // lines that do not hold, or cannot be read
	Untouched []string         // policies that no scenario shows
}

// Holds reports whether every line holds and every policy is shown.
func (t *Tested) Holds() bool { return len(t.Failures) == 0 && len(t.Untouched) == 0 }

// Test asks what the scenarios of a folder of laws ask.
func (p *Policies) Test(fsys fs.FS) (*Tested, error) {
	t := &tester{p: p, shown: map[*Policy]bool{}}
	err := fs.WalkDir(fsys, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, scenarioEnding) {
			return err
		}
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			return err
		}
		t.file(file, string(text))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read scenarios: %w", err)
	}
	for _, x := range p.all {
		switch {
		case t.shown[x]:
		case x.From != 0:
			t.Untouched = append(t.Untouched, x.ID+" from "+x.From.String())
		default:
			t.Untouched = append(t.Untouched, x.ID)
		}
	}
	return &t.Tested, nil
}

type tester struct {
	Tested
	p     *Policies
	shown map[*Policy]bool
}

func (t *tester) file(file, text string) {
	t.Files++
	law := path.Dir(file)
	if law == Common {
		law = ""
	}
	var list []Office
	var service *Service
	for i, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		var what, meant string
		if words[0] == "office" {
			if service != nil {
				what = "offices stand before the first question"
			} else {
				list, what = addOffice(list, words[1:])
			}
		} else {
			if service == nil {
				service = NewService(list)
			}
			what, meant = t.ask(service, list, law, line)
		}
		if what != "" {
			t.Failures = append(t.Failures, lawtext.Problem{File: file, Line: i + 1, What: what, Meant: meant})
		}
	}
}

func addOffice(list []Office, words []string) (_ []Office, wrong string) {
	if len(words) == 0 {
		return list, "an office has a name"
	}
	o := Office{ID: words[0], Competent: map[string]string{}}
	if find(list, o.ID) != nil {
		return list, fmt.Sprintf("there is an office %q before", o.ID)
	}
	for _, w := range words[1:] {
		key, value, ok := strings.Cut(w, "=")
		switch {
		case !ok:
			return list, fmt.Sprintf("%q: say ROLE=OFFICE or under=OFFICE", w)
		case key == "under" && find(list, value) == nil:
			return list, fmt.Sprintf("the office %q stands before those below it", value)
		case key == "under":
			o.Parent = value
		default:
			o.Competent[key] = value
		}
	}
	return append(list, o), ""
}

func find(list []Office, id string) *Office {
	i := slices.IndexFunc(list, func(o Office) bool { return o.ID == id })
	if i < 0 {
		return nil
	}
	return &list[i]
}

// clientRole stands in scenarios in the place of a role where a system asks.
const clientRole = "client"

// ask reads one line and asks it. It says what is wrong with it, or that it does not hold.
func (t *tester) ask(s *Service, list []Office, law, line string) (wrong, meant string) {
	question, answer, ok := strings.Cut(line, "->")
	words := strings.Fields(question)
	if !ok || len(words) < 3 {
		return "a question is: ROLE@OFFICE ACTION OFFICE -> allowed: POLICY, or refused", ""
	}
	role, office, ok := strings.Cut(words[0], "@")
	if !ok {
		return fmt.Sprintf("%q: say ROLE@OFFICE", words[0]), ""
	}
	who, do := Subject{Officer: "somebody", Role: role, Office: office}, Action(words[1])
	if !slices.Contains(all(), do) || (do == Fetch || do == Enter) && role != clientRole {
		return fmt.Sprintf("there is no action %q, or not of a %s", do, role), fmt.Sprintf("known: %v; of a client: %s, %s and %s", slices.Concat(Actions(), Looking(), []Action{ReadSheet, Count, TakeFigures}), Fetch, Enter, ReadSheet)
	}
	where := find(list, words[2])
	if where == nil || find(list, office) == nil {
		return fmt.Sprintf("the service has no office %q or no office %q", words[2], office), ""
	}
	client, sent := Client{Office: office}, Entered{Office: office}
	what := Resource{Law: law, Office: where.ID, Supervisor: where.ID}
	if super := where.Competent["supervisor"]; super != "" {
		what.Supervisor = super
	}
	under := t.p.editions
	for _, w := range words[3:] {
		key, value, _ := strings.Cut(w, "=")
		switch key {
		case "officer":
			who.Officer = value
		case "manner":
			who.Manner = value
		case "on_leave":
			who.OnLeave = value == "yes"
		case "supervisor":
			what.Supervisor = value
		case "in_charge":
			what.InCharge = value
		case "stage":
			what.Stage = value
		case "law":
			what.Law = value
		case "of":
			what.Whole = value == "office"
		case "sheet":
			what.Sheet = value
		case "own":
			what.Own = value == "yes"
		case "opened":
			what.Opened = value == "yes"
		case "secrecy":
			what.Secrecy = value
		case "party":
			what.Parties = append(what.Parties, Party{Officer: who.Officer, As: value})
		case "asked":
			what.Parties = append(what.Parties, Party{Office: value})
		case "clearance":
			who.Clearance = Levels(strings.Split(value, ",")...)
		case "scope":
			client.Scopes = strings.Split(value, ",")
		case "proof":
			client.Proof = value
		case "act":
			sent.Act = value
		case "role":
			sent.Role = value
		case "for":
			sent.Office = value
		case "signed":
			sent.Signed = value == "yes"
		case "on":
			day, err := calendar.ParseDate(value)
			if err != nil {
				return fmt.Sprintf("%q is no day", w), "on=2027-01-01"
			}
			under = []*Edition{t.p.On(day)}
		default:
			return fmt.Sprintf("%q: nothing is known of that", w), lawtext.Meant(key, []string{"officer", "manner", "on_leave", "supervisor", "in_charge", "stage", "law", "secrecy", "party", "asked", "clearance", "of", "scope", "proof", "act", "role", "for", "signed", "on", "sheet", "own", "opened"})
		}
	}
	return t.answers(under, func(e *Edition) Decision {
		switch {
		case do == Fetch:
			return e.DecideClient(s, client, what)
		case do == Enter:
			return e.DecideClientAct(s, client, what, sent)
		case do == ReadSheet && role == clientRole:
			return e.DecideClientSheet(s, client, what)
		}
		return e.Decide(s, who, do, what)
	}, strings.Join(strings.Fields(answer), " "))
}

// answers holds what is decided under editions against what a line says.
func (t *tester) answers(under []*Edition, decide func(*Edition) Decision, want string) (wrong, meant string) {
	t.Questions++
	for i, e := range under {
		d := decide(e)
		if i == 0 && d.Allowed {
			t.Allowed++
		}
		for _, x := range d.By {
			t.shown[x] = true
		}
		got := d.String()
		switch {
		case wrong != "" || got == want:
		case len(under) == 1:
			wrong = fmt.Sprintf("it is %s; the scenario says %s", got, want)
		case i == 0:
			wrong, meant = fmt.Sprintf("until %s it is %s; the scenario says %s", e.Until, got, want), "say on which day: on="+e.Until.String()
		default:
			wrong, meant = fmt.Sprintf("from %s on it is %s; the scenario says %s", e.From, got, want), "say on which day: on="+e.From.String()
		}
	}
	return wrong, meant
}

// String is the decision as scenarios and the command write it.
func (d Decision) String() string {
	s := "refused"
	if d.Allowed {
		s = "allowed"
	}
	if len(d.By) > 0 {
		s += ": " + strings.Join(d.IDs(), ", ")
	}
	return s
}
