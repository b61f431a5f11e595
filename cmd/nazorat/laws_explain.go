package main

import (
	"flag"
	"fmt"

	"nazorat/internal/calendar"
	"nazorat/internal/explain"
	"nazorat/internal/lawtext"
)

const explainUsage = "laws explain [--dir DIR] [--act ACT] [--until MOMENT] [--lang LANG] LAW TERM START"

// explainTerm explains the deadline of a term as if it began at a moment: no proceeding and no database are needed.
func explainTerm(env environment, args []string) error {
	flags := flag.NewFlagSet("laws explain", flag.ContinueOnError)
	dir := flags.String("dir", "", "folder of laws to read instead of those built in")
	act := flags.String("act", "", "the act that starts the term, where several can")
	until := flags.String("until", "", "the end, where a form gives it: 2026-03-12 or 2026-03-12T10:00")
	lang := languageFlag(env, flags)
	rest, err := options(env, flags, explainUsage, args)
	if err != nil {
		return err
	}
	if len(rest) != 3 {
		return usageError(env, explainUsage, "name a law, a term, and the moment at which the term starts, such as 2026-03-02T14:30")
	}
	if err := checkLanguage(env, explainUsage, *lang); err != nil {
		return err
	}
	fsys, known, err := lawsIn(*dir)
	if err != nil {
		return err
	}
	law, err := lawNamed(fsys, known, rest[0])
	if err != nil {
		return err
	}
	zone := law.Editions[0].Days.Zone()
	start, err := zone.ParseMoment(rest[2])
	if err != nil {
		return err
	}
	e := law.At(start)
	term := e.Term(rest[1])
	if term == nil {
		msg := fmt.Sprintf("the edition of %s has no term %q", e.Name, rest[1])
		if meant := lawtext.Meant(rest[1], e.TermNames()); meant != "" {
			msg += "; " + meant
		}
		return fmt.Errorf("%s", msg)
	}
	end, err := endGiven(zone, *until)
	if err != nil {
		return err
	}
	d, base, err := explain.Begin(e, term, *act, start, end)
	if err != nil {
		return err
	}
	w, err := wordsIn(*lang, law, explain.Texts)
	if err != nil {
		return err
	}
	told := explain.Tell(law, law.Explain(d), explain.Story{Parent: base}, start)
	fmt.Fprintf(env.stdout, "%s (%s)\n", w.Law(law.Name).Term(term.Name), w.Law(law.Name).Article(term.Article))
	for _, part := range explain.Parts() {
		list := told.Of(part)
		if len(list) == 0 {
			continue
		}
		fmt.Fprintf(env.stdout, "\n%s\n", w.T(part.Key()))
		for _, s := range told.Texts(w, list) {
			fmt.Fprintf(env.stdout, "  %s\n", s)
		}
	}
	return nil
}

// endGiven reads an end: a moment, or a date, which means the end of that day.
func endGiven(zone *calendar.Zone, text string) (calendar.Moment, error) {
	if text == "" {
		return 0, nil
	}
	if day, err := calendar.ParseDate(text); err == nil {
		return zone.EndOfDay(day), nil
	}
	return zone.ParseMoment(text)
}
