package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
)

func runVersion(_ context.Context, env environment, args []string) error {
	if len(args) > 0 {
		return usageError(env, "version", "version takes no arguments")
	}
	_, err := fmt.Fprintf(env.stdout, "nazorat, revision %s, %s %s/%s\n", revision(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// revision of the program, as far as its build knows it.
func revision() string {
	revision, changed := "unknown", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision" && len(s.Value) >= 12:
				revision = s.Value[:12]
			case s.Key == "vcs.modified" && s.Value == "true":
				changed = ", with changes"
			}
		}
	}
	return revision + changed
}
