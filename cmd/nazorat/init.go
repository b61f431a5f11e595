package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
	"time"

	"golang.org/x/term"

	"nazorat/internal/app"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/signin"
)

const (
	initUsage     = "init --directory FILE [--db LOCATION]"
	passwordUsage = "password --login LOGIN [--db LOCATION]"
	defaultDB     = "sqlite:nazorat.db"
	// locations says what LOCATION stands for.
	locations = "sqlite:PATH, or postgres://USER@HOST/DATABASE"
)

// runInit makes the database of an office from a directory of its offices and officers.
func runInit(ctx context.Context, env environment, args []string) error {
	flags := flag.NewFlagSet("init", flag.ContinueOnError)
	location := flags.String("db", defaultDB, "where the database is made: "+locations+"; a file must not be there yet, a database on a server must be there and empty")
	file := flags.String("directory", "", "YAML file of offices, competences and officers (see docs/directory.example.yaml)")
	rest, err := options(env, flags, initUsage, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 || *file == "" {
		return usageError(env, initUsage, "init needs a directory of offices and officers")
	}
	f, err := os.Open(*file)
	if err != nil {
		return fmt.Errorf("open the directory: %w", err)
	}
	defer f.Close()
	service, err := directory.ReadService(f)
	if err != nil {
		return err
	}
	d, err := db.Create(ctx, *location)
	if err != nil {
		return err
	}
	passwords, err := furnish(ctx, d, service)
	if err != nil {
		return errors.Join(err, d.Discard(context.WithoutCancel(ctx))) // half an office is none
	}
	if err := d.Close(); err != nil {
		return err
	}
	fmt.Fprintf(env.stdout, "made %s: %d offices, %d officers\n", d.Name(), len(service.Offices), len(service.Officers))
	fmt.Fprint(env.stdout, "First passwords, shown only now; hand each to its officer:\n")
	logins := make([]string, 0, len(passwords))
	for l := range passwords {
		logins = append(logins, l)
	}
	sort.Strings(logins)
	for _, l := range logins {
		fmt.Fprintf(env.stdout, "  %-20s %s\n", l, passwords[l])
	}
	return nil
}

// furnish makes the tables of an office, puts its directory in place and gives each officer a first password.
func furnish(ctx context.Context, d *db.DB, service *directory.Service) (passwords map[string]string, err error) {
	if err := d.Migrate(ctx, app.Migrations()); err != nil {
		return nil, err
	}
	dir, err := directory.Open(ctx, d)
	if err != nil {
		return nil, err
	}
	now := calendar.At(time.Now())
	if err := dir.Import(ctx, service, now); err != nil {
		return nil, err
	}
	return signin.New(d, dir).FirstPasswords(ctx, service.Officers, now)
}

// runPassword sets a password, read from the terminal or from the first line of the input.
func runPassword(ctx context.Context, env environment, args []string) (err error) {
	flags := flag.NewFlagSet("password", flag.ContinueOnError)
	location := flags.String("db", defaultDB, "the office's database: "+locations)
	login := flags.String("login", "", "whose password")
	rest, err := options(env, flags, passwordUsage, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 || *login == "" {
		return usageError(env, passwordUsage, "password needs a login")
	}
	d, err := openDatabase(ctx, *location)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	dir, err := directory.Open(ctx, d)
	if err != nil {
		return err
	}
	password, err := readPassword(env)
	if err != nil {
		return err
	}
	if err := signin.New(d, dir).SetPassword(ctx, *login, password, calendar.At(time.Now())); err != nil {
		return err
	}
	fmt.Fprintf(env.stdout, "the password of %s is set; the sessions of its owner are ended\n", *login)
	return nil
}

func readPassword(env environment) (string, error) {
	if f, ok := env.stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		fmt.Fprintf(env.stderr, "New password (at least %d letters): ", signin.ShortestPassword)
		b, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(env.stderr)
		return string(b), err
	}
	line, err := bufio.NewReader(io.LimitReader(env.stdin, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}
