package procedure_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/lawload"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
	"nazorat/laws"
)

var loadCriminal = sync.OnceValues(func() (*procedure.Law, error) {
	law, warnings, err := lawload.Load(laws.FS, "uz/criminal")
	if err == nil && len(warnings) > 0 {
		err = warnings
	}
	return law, err
})

// criminal is the law of the land, loaded once: it is only read.
func criminal(t testing.TB) *procedure.Law {
	t.Helper()
	law, err := loadCriminal()
	if err != nil {
		t.Fatalf("uz/criminal: %v", err)
	}
	return law
}

func TestUzbekCriminalProcedureHasEveryLabelInThreeLanguages(t *testing.T) {
	t.Parallel()
	law := criminal(t)
	for _, lang := range lawtext.Languages {
		if law.Labels[lang] == nil {
			t.Fatalf("no labels in %s", lang)
		}
	}
	wrong := strings.NewReplacer("‘", "", "’", "", "'", "", "`", "", "´", "")
	law.Labels["uz"].Map(func(s string) string {
		if wrong.Replace(s) != s {
			t.Errorf("%q: the letters are ʻ (oʻ, gʻ) and ʼ (tutuq)", s)
		}
		return s
	})
	latin := regexp.MustCompile(`[A-Za-z]`)
	law.Labels["ru"].Map(func(s string) string {
		if latin.MatchString(s) {
			t.Errorf("%q has Latin letters", s)
		}
		return s
	})
}

// The fixed holidays and their moved days as an independent table of holidays has them.
func TestUzbekDaysOffAgreeWithAnotherTable(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../shared/data/calendar/date-holidays-3.37.0-subset.json")
	if err != nil {
		t.Skip("the other table is not here: ", err)
	}
	var other struct {
		UZ struct {
			Days map[string]struct {
				Name map[string]string `json:"name"`
			} `json:"days"`
		}
	}
	if err := json.Unmarshal(text, &other); err != nil {
		t.Fatal(err)
	}
	law := criminal(t)
	days := law.Editions[0].Days
	explained := map[calendar.Date]bool{}
	off := func(d calendar.Date, why string, want string) {
		explained[d] = true
		o, isOff := days.Why(d)
		if !isOff || want != "" && o.Name != want {
			t.Errorf("%s (%s): off %v as %q, want %q", d, why, isOff, o.Name, want)
		}
	}
	holiday := func(d calendar.Date, why string) {
		off(d, why, "")
		if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
			for next := d + 1; ; next++ {
				if w := next.Weekday(); w != time.Saturday && w != time.Sunday {
					off(next, why+", moved", "moved")
					break
				}
			}
		}
	}
	fixed := regexp.MustCompile(`^(\d\d)-(\d\d) and if saturday,sunday then next monday$`)
	rules := 0
	for rule, day := range other.UZ.Days {
		m := fixed.FindStringSubmatch(rule)
		if m == nil {
			continue // of the moon: below
		}
		rules++
		month, _ := strconv.Atoi(m[1])
		dom, _ := strconv.Atoi(m[2])
		for year := 2024; year <= 2027; year++ {
			d := calendar.DateOf(year, month, dom)
			holiday(d, day.Name["en"])
			o, _ := days.Why(d)
			if got, want := law.Labels["uz"].Day(o.Name), day.Name["uz"]; got != want {
				t.Errorf("%s is called %q, the other table says %q", d, got, want)
			}
		}
	}
	if rules != 7 {
		t.Errorf("%d fixed holidays in the other table, want 7", rules)
	}
	// The hayits by the arithmetical calendar, a day more or less: the moon is seen, not computed.
	for name, hijri := range map[string][2]int{"ruza_hayit": {10, 1}, "qurbon_hayit": {12, 10}} {
		for ah := 1445; ah <= 1448; ah++ {
			computed, found := civilOfHijri(ah, hijri[0], hijri[1]), false
			for d := computed - 1; d <= computed+1; d++ {
				if o, isOff := days.Why(d); isOff && o.Name == name {
					holiday(d, name)
					found = true
				}
			}
			if !found {
				t.Errorf("no %s within a day of %s", name, computed)
			}
		}
	}
	for d := calendar.DateOf(2024, 1, 1); d <= calendar.DateOf(2027, 12, 31); d++ {
		if o, isOff := days.Why(d); isOff && o.Name != "" && !explained[d] {
			t.Errorf("%s is off as %s, and nothing explains it", d, o.Name)
		}
	}
}

// civilOfHijri is the arithmetical Islamic calendar (30-year cycle, civil epoch).
func civilOfHijri(year, month, day int) calendar.Date {
	julian := (11*year+3)/30 + 354*year + 30*month - (month-1)/2 + day + 1948440 - 385
	return calendar.Date(julian - 2440588)
}
