package main

import (
	"context"
	"flag"
	"fmt"

	"nazorat/internal/signin"
)

const secretsUsage = "secrets keygen --out FILE" //nolint:gosec // how the command is called

// runSecrets is about the key under which secrets are kept that have to be read again.
func runSecrets(_ context.Context, env environment, args []string) error {
	flags := flag.NewFlagSet("secrets", flag.ContinueOnError)
	out := flags.String("out", "", "file for the key; it must not be there yet")
	rest, err := options(env, flags, secretsUsage, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 || rest[0] != "keygen" || *out == "" {
		return usageError(env, secretsUsage, "say: keygen, and a file for the key")
	}
	if err := signin.GenerateKey(*out); err != nil {
		return err
	}
	fmt.Fprintf(env.stdout, "made %s: serve with --secrets %s, and keep a copy of it apart from the backups\n", *out, *out)
	return nil
}
