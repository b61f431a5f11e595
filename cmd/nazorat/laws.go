package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"nazorat/internal/lawload"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
	"nazorat/internal/scenario"
	"nazorat/laws"
)

const lawsUsage = "laws check|test [--dir DIR] [LAW ...]\n       nazorat laws check --confidence [--dir DIR] [LAW ...]\n       nazorat " + explainUsage + "\n       nazorat " + drawUsage + "\n       nazorat " + diffUsage + "\n       nazorat " + whatifUsage

// runLaws checks, tests or draws laws: those built in, or those of a folder that is being worked on.
func runLaws(ctx context.Context, env environment, args []string) error {
	if len(args) > 0 && args[0] == "explain" {
		return explainTerm(env, args[1:])
	}
	if len(args) > 0 && args[0] == "draw" {
		return drawLaw(ctx, env, args[1:])
	}
	if len(args) > 0 && args[0] == "diff" {
		return diffLaws(ctx, env, args[1:])
	}
	if len(args) > 0 && args[0] == "whatif" {
		return whatIf(ctx, env, args[1:])
	}
	flags := flag.NewFlagSet("laws", flag.ContinueOnError)
	dir := flags.String("dir", "", "folder of laws to read instead of those built in")
	confidence := flags.Bool("confidence", false, "with check: list what a lawyer has yet to confirm")
	rest, err := options(env, flags, lawsUsage, args)
	if err != nil {
		return err
	}
	if len(rest) == 0 || rest[0] != "check" && rest[0] != "test" {
		return usageError(env, lawsUsage, "say whether to check, to test or to draw")
	}
	fsys, known, err := lawsIn(*dir)
	if err != nil {
		return err
	}
	names := rest[1:]
	if len(names) == 0 {
		names = known
	}
	if len(names) == 0 {
		return fmt.Errorf("there is no law in %s", *dir)
	}
	for _, n := range names {
		if !slices.Contains(known, n) {
			return noLaw(n, known)
		}
	}
	if rest[0] == "check" && *confidence {
		return checkConfidence(env, fsys, names)
	}
	if rest[0] == "check" {
		return checkLaws(env, fsys, names)
	}
	return testLaws(env, fsys, names)
}

// lawsIn are the files of the laws of a folder, or of those built in without one, and the names of the laws.
func lawsIn(dir string) (fsys fs.FS, known []string, err error) {
	fsys = laws.FS
	if dir != "" {
		if at, err := os.Stat(dir); err != nil || !at.IsDir() {
			return nil, nil, fmt.Errorf("read the laws: there is no folder %s", dir)
		}
		fsys = os.DirFS(dir)
	}
	if known, err = lawload.Names(fsys); err != nil {
		return nil, nil, fmt.Errorf("read the laws: %w", err)
	}
	return fsys, known, nil
}

func checkLaws(env environment, fsys fs.FS, names []string) error {
	bad := 0
	for _, n := range names {
		law, warnings, err := lawload.Load(fsys, n)
		var problems lawtext.Problems
		switch {
		case errors.As(err, &problems):
			bad++
			fmt.Fprintln(env.stderr, problems.Error())
			continue
		case err != nil:
			return err
		}
		for _, w := range warnings {
			fmt.Fprintf(env.stderr, "%s (warning)\n", w)
		}
		for _, e := range law.Editions {
			acts, terms := 0, 0
			for _, a := range e.Acts {
				if a != nil {
					acts++
				}
			}
			for _, t := range e.Terms {
				if t != nil {
					terms++
				}
			}
			fmt.Fprintf(env.stdout, "%s, edition %s: %d acts, %d terms, %d warnings\n", n, e.Name, acts, terms, len(warnings))
		}
	}
	if bad > 0 {
		fmt.Fprintf(env.stderr, "%d of %d laws do not load\n", bad, len(names))
		return errFailed
	}
	return checkLinks(env, fsys, names)
}

// checkLinks holds what laws do in each other against what the others have. It
// reads every law of the folder: one that is not checked may be led to.
func checkLinks(env environment, fsys fs.FS, names []string) error {
	known, err := lawload.Names(fsys)
	if err != nil {
		return fmt.Errorf("read the laws: %w", err)
	}
	all := map[string]*procedure.Law{}
	for _, n := range known {
		law, _, err := lawload.Load(fsys, n)
		if err == nil { // what is wrong with a law is said where it is checked itself
			all[n] = law
		}
	}
	failed := false
	for _, p := range lawload.CheckLinks(all) {
		if slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(p.File, n+"/") }) {
			fmt.Fprintln(env.stderr, p)
			failed = true
		}
	}
	if failed {
		return errFailed
	}
	return nil
}

// testLaws runs the scenarios of laws. It fails where one does not hold, where none touches a rule, and where none shows an
// outcome that the law can have.
func testLaws(env environment, fsys fs.FS, names []string) error {
	failures, untouched, unshown, acts, expected, hold := 0, 0, 0, 0, 0, true
	for _, n := range names {
		law, _, err := lawload.Load(fsys, n)
		if err != nil {
			fmt.Fprintln(env.stderr, err)
			return errFailed
		}
		rep, err := scenario.Run(fsys, law)
		if err != nil {
			return err
		}
		for _, f := range rep.Failures {
			fmt.Fprintln(env.stderr, f)
		}
		for _, u := range rep.Untouched() {
			fmt.Fprintf(env.stderr, "%s: no scenario touches the %s\n", n, u)
		}
		for _, u := range rep.Unshown() {
			fmt.Fprintf(env.stderr, "%s: no scenario shows the %s\n", n, u)
		}
		fmt.Fprintf(env.stdout, "%s: %s\n", n, shown(rep))
		fmt.Fprintf(env.stdout, "%s: %d files of scenarios, %d acts, %d expectations, %d failures, %d rules untouched, %d outcomes not shown\n",
			n, rep.Files, rep.Tried, rep.Expected, len(rep.Failures), len(rep.Untouched()), len(rep.Unshown()))
		failures, untouched, unshown = failures+len(rep.Failures), untouched+len(rep.Untouched()), unshown+len(rep.Unshown())
		acts, expected, hold = acts+rep.Tried, expected+rep.Expected, hold && rep.Holds()
	}
	fmt.Fprintf(env.stdout, "%d laws, %d acts, %d expectations, %d failures, %d rules untouched, %d outcomes not shown\n",
		len(names), acts, expected, failures, untouched, unshown)
	if !hold {
		return errFailed
	}
	return nil
}

// shown counts what the scenarios of a law show of its acts and terms.
func shown(rep *scenario.Report) string {
	var allowed, refused, refusable, inTime, late, numbered int
	count := func(n *int, yes bool) {
		if yes {
			*n++
		}
	}
	for _, a := range rep.Acts {
		count(&allowed, a.Allowed)
		count(&refused, a.Refusable && a.Refused)
		count(&refusable, a.Refusable)
	}
	for _, t := range rep.Terms {
		count(&inTime, t.InTime)
		count(&late, t.Late && !t.AtOnce)
		count(&numbered, !t.AtOnce)
	}
	return fmt.Sprintf("of %d acts %d allowed, of %d that can be refused %d refused; of %d terms %d met in time, of %d that have a number %d met late",
		len(rep.Acts), allowed, refusable, refused, len(rep.Terms), inTime, numbered, late)
}
