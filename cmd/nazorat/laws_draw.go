package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nazorat/internal/lawbook"
	"nazorat/internal/lawdraw"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
)

const drawUsage = "laws draw [--dir DIR] --out FILE | --all FOLDER [--edition DATE] [--kind KIND] [--part PART] [--lang LANG] LAW"

// drawLaw writes drawings of a law as SVG files: one, or all of an edition.
func drawLaw(ctx context.Context, env environment, args []string) (err error) {
	flags := flag.NewFlagSet("laws draw", flag.ContinueOnError)
	dir := flags.String("dir", "", "folder of laws to read instead of those built in")
	out := flags.String("out", "", "file to write the drawing to")
	all := flags.String("all", "", "folder to write all drawings of the edition to, with links from one to the other")
	edition := flags.String("edition", "", "the edition, by its date (default: the last)")
	lang := languageFlag(env, flags)
	kind := flags.String("kind", "", "kind of thing to draw (default: that of the proceeding)")
	part := flags.String("part", "", "draw one stage of it, such as check, or the acts of one file of the law, such as court.yaml")
	rest, err := options(env, flags, drawUsage, args)
	if err != nil {
		return err
	}
	switch {
	case len(rest) != 1:
		return usageError(env, drawUsage, "name one law to draw")
	case (*out == "") == (*all == ""):
		return usageError(env, drawUsage, "say where to: --out FILE for one drawing, or --all FOLDER")
	case *all != "" && (*kind != "" || *part != ""):
		return usageError(env, drawUsage, "--all draws every kind and every stage")
	}
	if err := checkLanguage(env, drawUsage, *lang); err != nil {
		return err
	}
	e, err := editionToDraw(*dir, rest[0], *edition)
	if err != nil {
		return err
	}
	words, err := wordsIn(*lang, e.Law, lawbook.Texts)
	if err != nil {
		return err
	}
	d := drawer{edition: e, words: words}
	defer func() { err = errors.Join(err, d.artist.Close(ctx)) }()
	if *out != "" {
		which, err := choose(e, *kind, *part)
		if err != nil {
			return err
		}
		return d.write(ctx, env, which, *out, lawdraw.Links{})
	}
	if err := os.MkdirAll(*all, 0o750); err != nil {
		return fmt.Errorf("draw %s: %w", rest[0], err)
	}
	list := lawdraw.Drawings(e)
	for _, which := range list {
		links := lawdraw.Links{State: func(kind, state string) string {
			if to := (lawdraw.Drawing{Kind: kind, Stage: state}); to != which && slices.Contains(list, to) {
				return fileName(to)
			}
			return ""
		}}
		if err := d.write(ctx, env, which, filepath.Join(*all, fileName(which)), links); err != nil {
			return err
		}
	}
	return err
}

func fileName(d lawdraw.Drawing) string { return d.ID() + ".svg" }

// editionToDraw loads a law and finds the edition; without a name the last.
func editionToDraw(dir, name, edition string) (*procedure.Edition, error) {
	fsys, known, err := lawsIn(dir)
	if err != nil {
		return nil, err
	}
	law, err := lawNamed(fsys, known, name)
	if err != nil {
		return nil, err
	}
	return editionNamed(law, edition)
}

// choose finds the drawing that is asked for. A part is a stage, else a file,
// and a file for sure with its ending; without a kind the first kind that has such a part.
func choose(e *procedure.Edition, kind, part string) (lawdraw.Drawing, error) {
	list := append(lawdraw.Drawings(e), lawdraw.PartDrawings(e)...)
	var parts []string
	for _, d := range list {
		if kind != "" && d.Kind != kind {
			continue
		}
		switch here := d.Stage + d.Part; {
		case here == part, d.Part != "" && d.Part+".yaml" == part:
			return d, nil
		case here != "":
			parts = append(parts, here)
		}
	}
	if kind != "" && e.Kind(kind) == nil {
		return lawdraw.Drawing{}, fmt.Errorf("%s has no kind %q; there are: %s", e.Law.Name, kind, strings.Join(e.KindNames(), ", "))
	}
	if len(parts) == 0 {
		return lawdraw.Drawing{}, errors.New("it is drawn as a whole: leave --part out")
	}
	slices.Sort(parts)
	return lawdraw.Drawing{}, fmt.Errorf("there is no part %q; there are: %s", part, strings.Join(slices.Compact(parts), ", "))
}

// drawer draws an edition in one language.
type drawer struct {
	edition *procedure.Edition
	words   *web.Words
	artist  lawdraw.Artist
}

func (d *drawer) write(ctx context.Context, env environment, which lawdraw.Drawing, file string, links lawdraw.Links) error {
	p, err := d.artist.Draw(ctx, d.edition, which, d.words, d.words.Lang, links)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, p.SVG(lawdraw.Alone), 0o600); err != nil {
		return fmt.Errorf("write the drawing: %w", err)
	}
	fmt.Fprintf(env.stdout, "%s: %s\n", file, p.Title)
	return nil
}
