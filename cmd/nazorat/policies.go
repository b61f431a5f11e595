package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"slices"

	"nazorat/internal/access"
	"nazorat/internal/app"
	"nazorat/internal/calendar"
	"nazorat/internal/directory"
	"nazorat/internal/fault"
	"nazorat/internal/lawtext"
)

const policiesExplainUsage = "policies explain [--db DATABASE] [--dir DIR] [--lang LANG] [--on DATE] LOGIN read|act|sign|download NUMBER\n       nazorat policies explain [--db DATABASE] [--dir DIR] [--lang LANG] [--on DATE] LOGIN list|search|download|administer OFFICE"

const policiesUsage = "policies check|test [--dir DIR]\n       nazorat " + policiesExplainUsage

// runPolicies checks, tests or explains policies: those built in, or those of a folder that is being worked on.
func runPolicies(ctx context.Context, env environment, args []string) error {
	if len(args) > 0 && args[0] == "explain" {
		return explainPolicies(ctx, env, args[1:])
	}
	flags := flag.NewFlagSet("policies", flag.ContinueOnError)
	dir := flags.String("dir", "", "folder of laws to read instead of those built in")
	rest, err := options(env, flags, policiesUsage, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 || rest[0] != "check" && rest[0] != "test" {
		return usageError(env, policiesUsage, "say whether to check, to test or to explain")
	}
	fsys, p, err := policiesIn(env, *dir)
	if err != nil {
		return err
	}
	if rest[0] == "test" {
		return testPolicies(env, fsys, p)
	}
	var files []string
	count := map[string]int{}
	for _, x := range p.All() {
		if count[x.File]++; count[x.File] == 1 {
			files = append(files, x.File)
		}
	}
	for _, f := range files {
		fmt.Fprintf(env.stdout, "%s: %d policies\n", f, count[f])
	}
	for _, e := range p.Editions() {
		if len(p.Editions()) > 1 {
			fmt.Fprintf(env.stdout, "%s: %d in force\n", span(e.From, e.Until), len(e.All()))
		}
	}
	fmt.Fprintf(env.stdout, "%d policies in %d files, version %s; all fit the schema\n", len(p.All()), len(files), p.Version())
	return nil
}

// span writes days on end.
func span(from, until calendar.Date) string {
	switch {
	case from == 0 && until == 0:
		return "always"
	case from == 0:
		return "until " + until.String()
	case until == 0:
		return "from " + from.String()
	}
	return "from " + from.String() + " until " + until.String()
}

// policiesIn reads the policies of a folder, or those built in without one. What is wrong with them is told, all at once.
func policiesIn(env environment, dir string) (fs.FS, *access.Policies, error) {
	fsys, known, err := lawsIn(dir)
	if err != nil {
		return nil, nil, err
	}
	p, err := access.Load(fsys)
	var problems lawtext.Problems
	if err != nil && !errors.As(err, &problems) {
		return nil, nil, err
	}
	if err == nil {
		for _, law := range p.Laws() {
			if !slices.Contains(known, law) {
				problems = append(problems, lawtext.Problem{File: law, What: "policies lie here, and no law", Meant: lawtext.Meant(law, known)})
			}
		}
	}
	if len(problems) > 0 {
		fmt.Fprintln(env.stderr, problems.Error())
		fmt.Fprintf(env.stderr, "the policies do not load: %d mistakes\n", len(problems))
		return nil, nil, errFailed
	}
	return fsys, p, nil
}

// testPolicies runs the scenarios. It fails where one does not hold, and where none shows a policy.
func testPolicies(env environment, fsys fs.FS, p *access.Policies) error {
	t, err := p.Test(fsys)
	if err != nil {
		return err
	}
	for _, f := range t.Failures {
		fmt.Fprintln(env.stderr, f)
	}
	for _, id := range t.Untouched {
		fmt.Fprintf(env.stderr, "no scenario shows the policy %s\n", id)
	}
	fmt.Fprintf(env.stdout, "%d policies, %d files of scenarios, %d questions: %d allowed, %d refused; %d failures, %d policies untouched\n",
		len(p.All()), t.Files, t.Questions, t.Allowed, t.Questions-t.Allowed, len(t.Failures), len(t.Untouched))
	if !t.Holds() {
		return errFailed
	}
	return nil
}

// explainPolicies says which policies decide whether an officer may do something, under each of his mandates: now, or on a day by the
// mandates and the policies of that day.
func explainPolicies(ctx context.Context, env environment, args []string) (err error) {
	flags := flag.NewFlagSet("policies explain", flag.ContinueOnError)
	location := flags.String("db", defaultDB, "the office's database: "+locations)
	dir := flags.String("dir", "", "folder of laws whose policies are asked instead of those built in")
	on := flags.String("on", "", "the day whose policies and mandates are asked, such as 2026-06-01; today without")
	lang := languageFlag(env, flags)
	rest, err := options(env, flags, policiesExplainUsage, args)
	if err != nil {
		return err
	}
	if len(rest) != 3 || !slices.Contains(append(access.Actions(), access.Looking()...), access.Action(rest[1])) {
		return usageError(env, policiesExplainUsage, "name an officer's login, an action (read, act, sign, download, list, search, administer, or one of looking), and the number of a proceeding or the id of an office")
	}
	if err := checkLanguage(env, policiesExplainUsage, *lang); err != nil {
		return err
	}
	_, p, err := policiesIn(env, *dir)
	if err != nil {
		return err
	}
	office, err := openOffice(ctx, *location)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, office.Close()) }()
	when, err := dayAsked(env, office, *on)
	if err != nil {
		return err
	}
	do := access.Action(rest[1])
	what, err := askedAbout(ctx, office, do, rest[2])
	if err != nil {
		return err
	}
	officer, err := office.Directory.Officer(ctx, rest[0])
	if err != nil {
		return err
	}
	if officer == nil {
		return fmt.Errorf("there is no officer with the login %s", rest[0])
	}
	ever, err := office.Directory.Ever(ctx, officer.ID, when.from)
	if err != nil {
		return err
	}
	admitted := office.Directory.Tree().Clearance(officer.ID, func() calendar.Moment { return when.from })
	if what.Law != "" {
		fmt.Fprintf(env.stdout, "%s: law %s, office %s, supervised by %s, in charge %s\n", rest[2], what.Law, what.Office, what.Supervisor, orNobody(what.InCharge))
		if what.Secrecy != "" {
			fmt.Fprintf(env.stdout, "it is %s; what %s is admitted to: %q\n", what.Secrecy, officer.Name, admitted)
		}
		for _, x := range what.Parties {
			if x.Officer == officer.ID {
				fmt.Fprintf(env.stdout, "%s is a party to it as %s\n", officer.Name, x.As)
			}
		}
	}
	inForce := p.On(when.day)
	if *on != "" {
		fmt.Fprintf(env.stdout, "on %s, by the mandates of that day and the policies in force %s; offices and proceedings are as they stand now\n", when.day, span(inForce.From, inForce.Until))
	}
	mandates := slices.DeleteFunc(ever, func(h directory.Held) bool {
		return h.Officer != officer.ID || h.From >= when.to || h.To != 0 && h.To <= when.from
	})
	if len(mandates) == 0 {
		fmt.Fprintf(env.stdout, "%s has no mandate in force, and so may do nothing\n", officer.Name)
	}
	tree := office.Directory.Tree()
	for i := range mandates {
		m := &mandates[i]
		who := access.Subject{Officer: officer.ID, Role: m.Role, Office: m.Office, Manner: m.Manner, OnLeave: m.Away > 0, Clearance: admitted}
		tellDecision(env, inForce.Decide(tree.Service(), who, do, what), officer, m, do, rest[2], *lang)
	}
	return nil
}

// asOf is the time that is asked about: a moment, or a day.
type asOf struct {
	day      calendar.Date
	from, to calendar.Moment // to is behind it
}

// dayAsked reads a day, "" for the present moment.
func dayAsked(env environment, o *app.Office, typed string) (asOf, error) {
	now, zone := o.Docket.Now(), o.Docket.Zone()
	if typed == "" {
		return asOf{zone.Date(now), now, now + 1}, nil
	}
	day, err := calendar.ParseDate(typed)
	if err != nil {
		return asOf{}, usageError(env, policiesExplainUsage, err.Error())
	}
	return asOf{day, zone.Moment(day, 0), zone.Moment(day+1, 0)}, nil
}

// askedAbout finds the proceeding of a number or, for what is asked of an office, that. What is asked of both is asked of the
// office where there is one of that id.
func askedAbout(ctx context.Context, o *app.Office, do access.Action, name string) (access.Resource, error) {
	if do == access.Download && o.Directory.Tree().Office(name) != nil {
		return access.Resource{Office: name, Whole: true}, nil
	}
	if do.OfOffice() {
		if o.Directory.Tree().Office(name) == nil {
			return access.Resource{}, fmt.Errorf("there is no office %s", name)
		}
		return access.Resource{Office: name}, nil
	}
	what, err := o.Docket.Numbered(ctx, name)
	if fault.Is(err, fault.NotFound) {
		return what, fmt.Errorf("there is no proceeding of the number %s", name)
	}
	return what, err
}

func orNobody(officer string) string {
	if officer == "" {
		return "nobody"
	}
	return officer
}

func tellDecision(env environment, d access.Decision, who *directory.Officer, m *directory.Held, do access.Action, what, lang string) {
	verdict := "refused"
	if d.Allowed {
		verdict = "allowed"
	}
	how := ""
	switch {
	case m.Manner != directory.Appointment && m.Away > 0:
		how = ", by " + m.Manner + ", on leave"
	case m.Manner != directory.Appointment:
		how = ", by " + m.Manner
	case m.Away > 0:
		how = ", on leave"
	}
	fmt.Fprintf(env.stdout, "%s, %s of %s%s: %s %s: %s\n", who.Name, m.Role, m.Office, how, do, what, verdict)
	if len(d.By) == 0 {
		fmt.Fprint(env.stdout, "  no policy allows it\n")
	}
	for _, x := range d.By {
		effect := "allows it"
		if x.Forbids {
			effect = "forbids it"
		}
		if x.From != 0 || x.Until != 0 {
			effect += ", in force " + span(x.From, x.Until)
		}
		fmt.Fprintf(env.stdout, "  %s %s (%s:%d)\n    %s\n", x.ID, effect, x.File, x.Line, x.Text(lang))
		if x.Article != "" {
			fmt.Fprintf(env.stdout, "    %s\n", x.Article)
		} else {
			fmt.Fprintf(env.stdout, "    %s\n", x.Reason)
		}
	}
	if do == access.Act && d.Allowed {
		fmt.Fprint(env.stdout, "  which acts the role has, and when, is asked of the law besides\n")
	}
	if do == access.Sign && d.Allowed {
		fmt.Fprint(env.stdout, "  which acts are signed is in the law (presence: required)\n")
	}
}
