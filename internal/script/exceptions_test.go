package script

import (
	"strings"
	"testing"
)

type exceptionLine struct {
	mark, latin, cyrillic string
	number                int
}

func exceptionLines(t *testing.T) []exceptionLine {
	t.Helper()
	if _, err := parseExceptions(exceptionsText); err != nil {
		t.Fatal(err)
	}
	var lines []exceptionLine
	for i, line := range strings.Split(exceptionsText, "\n") {
		line, _, _ = strings.Cut(line, "#")
		if fields := strings.Fields(line); len(fields) == 2 {
			latin := strings.TrimLeft(fields[0], "=-~")
			lines = append(lines, exceptionLine{strings.TrimSuffix(fields[0], latin), latin, fields[1], i})
		}
	}
	return lines
}

func TestEveryExceptionHasOneSearchKeyInBothScripts(t *testing.T) {
	t.Parallel()
	for _, l := range exceptionLines(t) {
		if Fold(l.latin) != Fold(l.cyrillic) {
			t.Errorf("line %d: %s folds to %s, %s to %s", l.number+1, l.latin, Fold(l.latin), l.cyrillic, Fold(l.cyrillic))
		}
	}
}

func TestEveryExceptionIsNeeded(t *testing.T) {
	t.Parallel()
	all := strings.Split(exceptionsText, "\n")
	for _, l := range exceptionLines(t) {
		rest := append(append([]string{}, all[:l.number]...), all[l.number+1:]...)
		without, err := parseExceptions(strings.Join(rest, "\n"))
		if err != nil {
			t.Fatal(err)
		}
		word := l.latin
		before := ""
		if l.mark == "-" { // as it stands inside a word
			word, before = "a"+l.latin, "а"
		}
		var w wordBuffer
		w.read(word, 0)
		if string(w.write(nil, without)) == before+l.cyrillic {
			t.Errorf("line %d: %s is %s without the exception too", l.number+1, l.latin, l.cyrillic)
		}
	}
}

func TestAFaultyExceptionIsReportedWithItsLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"# head\nrol":           "exceptions.txt:2: want a Latin and a Cyrillic stem",
		"Rol роль":              "exceptions.txt:1: Rol: a stem is written in small letters",
		"rol роль\nrol рол":     "exceptions.txt:2: rol stands twice",
		"= роль":                "exceptions.txt:1: empty stem",
		"moʻjiza мў\nmo'jiza м": "exceptions.txt:2: mo'jiza stands twice",
	} {
		_, err := parseExceptions(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
