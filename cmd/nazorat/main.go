// Command nazorat is the digital prosecutor's office: it makes and serves an
// office, shows a synthetic one, checks and tests laws, and holds the logs of
// other systems against a law.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sort"
	"strings"
	"syscall"
)

// command is one subcommand. run gets the arguments behind its name.
type command struct {
	usage string // the line of "nazorat help"
	run   func(ctx context.Context, env environment, args []string) error
}

// environment is what a subcommand may touch, so that tests can hand it another.
type environment struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	vars   []string // the environment, NAME=VALUE
}

func commands() map[string]command {
	return map[string]command{
		"init":       {"make the database of a new office", runInit},
		"serve":      {"serve an office", runServe},
		"backup":     {"copy a running office into an archive", runBackup},
		"policies":   {"who may see and do what: policies check|test|explain", runPolicies},
		"restore":    {"make a database of an archive", runRestore},
		"migrate":    {"bring a database up to date, or say what that would do", runMigrate},
		"doctor":     {"look an office over and say what to do", runDoctor},
		"demo":       {"build a synthetic service and serve it", runDemo},
		"journal":    {"the journal's tree: journal keygen|checkpoint|prove|export", runJournal},
		"laws":       {"check or test the laws: laws check|test [LAW ...]", runLaws},
		"observe":    {"hold the event log of another system against a law", runObserve},
		"password":   {"set an officer's password", runPassword},
		"clients":    {"systems that ask the API in their own name: clients add|list|revoke", runClients},
		"identities": {"who officers are to an identity provider: identities import|list|remove", runIdentities},
		"secrets":    {"the key under which secrets are kept: secrets keygen", runSecrets},
		"verify":     {"check a bundle, a receipt, a public log or a database", runVerify},
		"version":    {"say which version this is", runVersion},
	}
}

// errUsage means that the words of the call are off; it was said already.
var errUsage = errors.New("usage")

// errHelped means that somebody asked how a command is called, and was told.
var errHelped = errors.New("helped")

// errFailed means that what was checked does not hold; it was said already.
var errFailed = errors.New("failed")

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // asked once more, it ends at once
	env := environment{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, vars: os.Environ()}
	err := dispatch(ctx, env, os.Args[1:])
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errHelped):
		return 0
	case errors.Is(err, errUsage):
		return 2
	case !errors.Is(err, errFailed):
		fmt.Fprintf(env.stderr, "nazorat: %s\n", said(err))
	}
	return 1
}

func dispatch(ctx context.Context, env environment, args []string) error {
	all := commands()
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		help(env.stdout, all)
		if len(args) == 0 {
			return errUsage
		}
		return nil
	}
	c, ok := all[args[0]]
	if !ok {
		fmt.Fprintf(env.stderr, "nazorat: there is no command %q\n\n", args[0])
		help(env.stderr, all)
		return errUsage
	}
	return c.run(ctx, env, args[1:])
}

func help(w io.Writer, all map[string]command) {
	names := make([]string, 0, len(all))
	for n := range all {
		names = append(names, n)
	}
	sort.Strings(names)
	fmt.Fprint(w, "nazorat keeps every legal duty on one clock.\n\nUsage: nazorat COMMAND [options]\n\n")
	for _, n := range names {
		fmt.Fprintf(w, "  %-10s %s\n", n, all[n].usage)
	}
	fmt.Fprint(w, "\nnazorat COMMAND -h lists the options of a command.\n")
}

// options parses flags that may stand before, between and behind the other
// arguments, and gives the latter. What they leave out the environment may say.
func options(env environment, fs *flag.FlagSet, usage string, args []string) (rest []string, err error) {
	var text bytes.Buffer // what is asked for goes to the output, what is off to the errors
	fs.SetOutput(&text)
	fs.Usage = func() {
		fmt.Fprintf(&text, "Usage: nazorat %s\n\n", usage)
		fs.PrintDefaults()
	}
	if err := fromEnvironment(env, fs); err != nil {
		return nil, err
	}
	for {
		switch err := fs.Parse(args); {
		case errors.Is(err, flag.ErrHelp):
			_, err = text.WriteTo(env.stdout)
			return nil, errors.Join(errHelped, err)
		case err != nil:
			_, _ = text.WriteTo(env.stderr) // nobody is left to be told
			return nil, errUsage
		}
		args = fs.Args()
		if len(args) == 0 {
			return rest, nil
		}
		rest, args = append(rest, args[0]), args[1:]
	}
}

func usageError(env environment, usage, what string) error {
	fmt.Fprintf(env.stderr, "nazorat: %s\nUsage: nazorat %s\n", strings.TrimSpace(what), usage)
	return errUsage
}
