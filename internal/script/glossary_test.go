package script

import (
	"os"
	"strings"
	"testing"
)

func TestGlossaryIsOneTextInTwoScripts(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/GLOSSARY.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for number, line := range strings.Split(string(text), "\n") {
		cells := strings.Split(strings.Trim(line, "|"), "|")
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|-") || strings.HasPrefix(line, "| English ") {
			continue
		}
		if len(cells) != 5 {
			t.Errorf("line %d has %d columns, want 5", number+1, len(cells))
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		english, latin, cyrillic, russian := cells[0], cells[1], cells[2], cells[3]
		if english == "" || latin == "" || russian == "" {
			t.Errorf("line %d lacks a word", number+1)
		}
		if seen[english] {
			t.Errorf("line %d: %s stands twice", number+1, english)
		}
		seen[english] = true
		if got := Cyrillic(latin); got != cyrillic {
			t.Errorf("line %d: %s is %s, the table says %s", number+1, latin, got, cyrillic)
		}
		if got := Latin(cyrillic); got != latin {
			t.Errorf("line %d: %s is %s, the table says %s", number+1, cyrillic, got, latin)
		}
	}
	if len(seen) < 100 {
		t.Errorf("%d words read from the glossary", len(seen))
	}
}
