package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"nazorat/internal/observe"
	"nazorat/laws"
)

const observeUsage = "observe --law LAW [--json] [--out FILE] [--go-on] LOG"

// runObserve holds a log of another system against a law. What it finds is the
// report; that there are deviations is no failure of the command.
func runObserve(ctx context.Context, env environment, args []string) (err error) {
	flags := flag.NewFlagSet("observe", flag.ContinueOnError)
	law := flags.String("law", "", "the law to hold the log against, such as it/road-fines")
	dir := flags.String("dir", "", "folder of laws to read instead of those built in")
	asJSON := flags.Bool("json", false, "write the report as JSON")
	out := flags.String("out", "", "file to write the report to")
	goOn := flags.Bool("go-on", false, "leave out events that cannot be read; the report counts and lists them")
	rest, err := options(env, flags, observeUsage, args)
	if err != nil {
		return err
	}
	if *law == "" || len(rest) != 1 {
		return usageError(env, observeUsage, "observe needs a law and one log")
	}
	o := observe.Options{Laws: laws.FS, Law: *law, Log: rest[0], GoOn: *goOn}
	if *dir != "" {
		o.Laws = os.DirFS(*dir)
	}
	done := progress(env, &o)
	report, err := observe.Run(ctx, o)
	done()
	if report == nil {
		return err
	}
	// A log with unknown activities is reported as far as it goes, and fails.
	unwritten := write(env, *out, func(w io.Writer) error {
		if !*asJSON {
			return report.WriteText(w)
		}
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(report)
	})
	if unwritten != nil {
		return unwritten
	}
	return err
}

// progress shows a bar where somebody looks at a terminal.
func progress(env environment, o *observe.Options) (done func()) {
	f, ok := env.stderr.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func() {}
	}
	var bar *progressbar.ProgressBar
	o.Progress = func(read, total int64) {
		if bar == nil {
			bar = progressbar.NewOptions64(max(total, -1), progressbar.OptionSetWriter(f), progressbar.OptionShowBytes(true),
				progressbar.OptionSetDescription("reading"), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100e6))
		}
		_ = bar.Set64(read) // a bar that cannot be drawn is no reason to stop
	}
	return func() {
		if bar != nil {
			_ = bar.Finish()
		}
	}
}

// write writes to a file, whole or not at all, or to the output.
func write(env environment, path string, f func(io.Writer) error) error {
	if path == "" {
		w := bufio.NewWriter(env.stdout)
		if err := f(w); err != nil {
			return err
		}
		return w.Flush()
	}
	if at, err := os.Stat(path); err == nil && at.IsDir() {
		return fmt.Errorf("write %s: it is a folder", path)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".nazorat-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // after the rename there is nothing left to remove
	w := bufio.NewWriter(tmp)
	err = f(w)
	err = errors.Join(err, w.Flush(), tmp.Chmod(0o644), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
