package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"nazorat/internal/amend"
	"nazorat/internal/calendar"
	"nazorat/internal/lawtext"
	"nazorat/internal/observe"
	"nazorat/internal/procedure"
	"nazorat/internal/whatif"
)

const whatifUsage = "laws whatif [--dir DIR] --law FILE [--over LAW] [--db sqlite:PATH | --log LOG [--map FILE]] [--from DATE] [--lang LANG] [--json] [--out FILE]"

// whatIf lives through the past a second time under an edition that is not in force.
func whatIf(ctx context.Context, env environment, args []string) error {
	flags := flag.NewFlagSet("laws whatif", flag.ContinueOnError)
	file := flags.String("law", "", "the file of the draft: an edition, mostly one that is based_on another")
	over := flags.String("over", "", "the law that it would change; left out, the one that the file names")
	dir := flags.String("dir", "", "folder of laws to read instead of those built in")
	location := flags.String("db", defaultDB, "the office's database, whose past proceedings are taken")
	log := flags.String("log", "", "an event log, whose cases are taken instead: .xes, .xes.gz, .csv, .csv.gz")
	mapping := flags.String("map", "", "how the log is read, if not by the observe.yaml of the law")
	from := flags.String("from", "", "the day since which the draft is taken to have been in force; left out, from the start")
	lang := languageFlag(env, flags)
	asJSON := flags.Bool("json", false, "write the result as JSON")
	out := flags.String("out", "", "file to write the result to; one that ends in .html becomes a page with charts")
	rest, err := options(env, flags, whatifUsage, args)
	if err != nil {
		return err
	}
	if *file == "" || len(rest) > 0 {
		return usageError(env, whatifUsage, "whatif needs the file of a draft")
	}
	if *mapping != "" && *log == "" {
		return usageError(env, whatifUsage, "--map says how a log is read, and there is no --log")
	}
	if err := checkLanguage(env, whatifUsage, *lang); err != nil {
		return err
	}
	var since calendar.Date
	if *from != "" {
		if since, err = calendar.ParseDate(*from); err != nil {
			return fmt.Errorf("--from: %w", err)
		}
	}
	fsys, known, err := lawsIn(*dir)
	if err != nil {
		return err
	}
	if *over != "" && !slices.Contains(known, *over) {
		return noLaw(*over, known)
	}
	d, err := draftIn(fsys, *over, *file)
	if err != nil {
		return err
	}
	warnings(env, d.Warnings)
	words, err := wordsIn(*lang, d.Law, amend.Texts, whatif.Texts)
	if err != nil {
		return err
	}
	s := whatif.Showing{Words: words, Draft: d, Office: func(id string) string { return id }}
	var r *amend.Report
	var unmapped error
	if *log != "" {
		r, unmapped, err = overLog(ctx, env, fsys, d, since, *log, *mapping)
	} else {
		r, err = overDatabase(ctx, env, *location, d, since, &s)
	}
	if err != nil {
		return err
	}
	unwritten := write(env, *out, func(w io.Writer) error {
		switch {
		case *asJSON:
			return encode(w, r)
		case strings.HasSuffix(*out, ".html"):
			return s.WritePage(ctx, w, r)
		}
		return s.WriteText(w, r)
	})
	return errors.Join(unwritten, unmapped)
}

func warnings(env environment, list lawtext.Problems) {
	for _, w := range list {
		fmt.Fprintf(env.stderr, "%s (warning)\n", w)
	}
}

func overDatabase(ctx context.Context, env environment, location string, d *amend.Draft, since calendar.Date, s *whatif.Showing) (r *amend.Report, err error) {
	office, err := officeApplying(ctx, location, d.Law.Name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, office.Close()) }()
	s.Office = officeNames(office, s.Words)
	told, done := triedBar(env)
	defer done()
	return whatif.OverPast(ctx, office.Docket.Reader, nil, d, since, told)
}

// overLog tries a draft on the cases of a log. unmapped says which activities of the log its mapping does not know.
func overLog(ctx context.Context, env environment, fsys fs.FS, d *amend.Draft, since calendar.Date, log, mapping string) (r *amend.Report, unmapped, err error) {
	if mapping != "" {
		text, err := os.ReadFile(mapping)
		if err != nil {
			return nil, nil, fmt.Errorf("read the mapping: %w", err)
		}
		fsys = amend.Over(fsys, map[string][]byte{path.Join(d.Law.Name, "observe.yaml"): text})
	}
	trial := amend.NewTrial(d, since, 0)
	lane := trial.Lane()
	o := observe.Options{Laws: fsys, Law: d.Law.Name, Log: log}
	done := progress(env, &o)
	taken, err := observe.Acts(ctx, o, func(id string, acts []procedure.Act) error {
		lane.Try(amend.Of(id, acts))
		return nil
	})
	done()
	if errors.Is(err, observe.ErrUnmapped) {
		unmapped, err = err, nil
	}
	if err != nil {
		return nil, nil, err
	}
	r = trial.Report(lane)
	r.Left = strings.Join(taken.Unmapped, ", ")
	return r, unmapped, nil
}

// triedBar counts what was tried where somebody looks at a terminal.
func triedBar(env environment) (told func(int), done func()) {
	f, ok := env.stderr.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil, func() {}
	}
	bar := progressbar.NewOptions(-1, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription("trying"), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100e6))
	return func(n int) { _ = bar.Set(n) }, func() { _ = bar.Finish() } // a bar that cannot be drawn is no reason to stop
}
