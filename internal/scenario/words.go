package scenario

import (
	"fmt"
	"slices"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

func stripComment(line string) string {
	quoted := false
	for i, r := range line {
		switch {
		case r == '"':
			quoted = !quoted
		case r == '#' && !quoted && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t'):
			return line[:i]
		}
	}
	return line
}

// words splits at blanks; quotes hold a text together.
func words(line string) []string {
	var out []string
	var b strings.Builder
	quoted, open := false, false
	for _, r := range line {
		switch {
		case r == '"':
			quoted, open = !quoted, true
		case (r == ' ' || r == '\t') && !quoted:
			if open {
				out = append(out, b.String())
				b.Reset()
				open = false
			}
		default:
			b.WriteRune(r)
			open = true
		}
	}
	if open {
		out = append(out, b.String())
	}
	return out
}

// roles are those that a law has in any edition.
func roles(law *procedure.Law) (out []string) {
	for _, e := range law.Editions {
		out = append(out, e.Roles...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// knows reports whether a law has a role, and says so if not.
func (s *runner) knows(law *procedure.Law, role string) bool {
	known := roles(law)
	if !slices.Contains(known, role) {
		s.fail("there is no role %q; %s", role, lawtext.Meant(role, known))
		return false
	}
	return true
}

// noValue says why a text is no value of a field.
func noValue(f *procedure.Field, text, key string, zone *calendar.Zone) string {
	var err error
	switch f.Type {
	case fact.Date:
		_, err = calendar.ParseDate(text)
	case fact.Moment:
		_, err = zone.ParseMoment(text)
	}
	if err != nil {
		return fmt.Sprintf("%s: %v", f.Name, err)
	}
	return fmt.Sprintf("%s: %q is no %s (%s)", f.Name, text, f.Type, key)
}

// becomes are the words for what can become of a deadline, beside the moment of its end.
var becomes = []string{"met", "late", "ended", "stopped", "none"}

// noEnd says what is wrong with an end that can never be: a day or a time that there is not, or another word.
func (s *runner) noEnd(want string) string {
	day, isEnd := strings.CutSuffix(want, " 24:00") // the end of a day, as the account of a deadline has it
	switch _, err := s.law.Editions[0].Days.Zone().ParseMoment(day); {
	case err == nil || !isEnd && slices.Contains(becomes, want):
		return ""
	case want[0] >= '0' && want[0] <= '9':
		return err.Error()
	}
	return fmt.Sprintf("want a moment, or what became of it: %s", lawtext.Meant(want, becomes))
}
