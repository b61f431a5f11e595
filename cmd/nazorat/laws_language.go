package main

import (
	"flag"
	"fmt"
	"slices"
	"strings"
)

// languages are those that commands speak, as the pages do.
var languages = []string{"uz", "uz-Cyrl", "ru", "en"}

// languageFlag is the --lang of every command about laws, with one rule for all.
func languageFlag(env environment, flags *flag.FlagSet) *string {
	return flags.String("lang", spoken(env), "language: "+strings.Join(languages, ", ")+"; left out, that of LC_ALL, LC_MESSAGES or LANG where it is one of them, else en")
}

// spoken is the language of whoever calls, as his environment has it: the first
// of the variables that is set decides, as it does for other programs.
func spoken(env environment) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		for _, v := range env.vars {
			if locale, ok := strings.CutPrefix(v, name+"="); ok && locale != "" {
				return languageOf(locale)
			}
		}
	}
	return "en"
}

// languageOf is the language of a locale such as ru_RU.UTF-8 or uz_UZ.UTF-8@cyrillic; en where it is none of ours.
func languageOf(locale string) string {
	place, script, _ := strings.Cut(locale, "@")
	place, _, _ = strings.Cut(place, ".")
	lang, _, _ := strings.Cut(place, "_")
	if lang == "uz" && script == "cyrillic" {
		lang = "uz-Cyrl"
	}
	if slices.Contains(languages, lang) {
		return lang
	}
	return "en"
}

// checkLanguage refuses a language that nothing is written in.
func checkLanguage(env environment, usage, lang string) error {
	if slices.Contains(languages, lang) {
		return nil
	}
	return usageError(env, usage, fmt.Sprintf("there is no language %q; there are: %s", lang, strings.Join(languages, ", ")))
}
