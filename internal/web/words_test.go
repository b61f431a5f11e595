package web_test

import (
	"sync"
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/laws"
)

// A law and the words of all languages are read once for all tests: they are long, and nobody changes them.
var (
	criminal = sync.OnceValues(func() (*procedure.Law, error) {
		law, _, err := lawload.Load(laws.FS, "uz/criminal")
		return law, err
	})
	catalogue = sync.OnceValues(func() (*web.Catalogue, error) {
		law, err := criminal()
		if err != nil {
			return nil, err
		}
		return web.NewCatalogue([]*procedure.Law{law}, web.Texts)
	})
)

func words(t *testing.T, lang string) *web.Words {
	t.Helper()
	c, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	return c.In(lang)
}

func tashkent(t *testing.T) *calendar.Zone {
	t.Helper()
	z, err := calendar.LoadZone("Asia/Tashkent")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestMomentsAreWrittenAsEachLanguageDoes(t *testing.T) {
	t.Parallel()
	z := tashkent(t)
	day := calendar.DateOf(2026, 3, 12)
	for lang, want := range map[string][3]string{
		"uz":      {"12.03.2026 24:00", "2026-yil 12-mart, payshanba, soat 14:30", "12.03.2026"},
		"uz-Cyrl": {"12.03.2026 24:00", "2026-йил 12-март, пайшанба, соат 14:30", "12.03.2026"},
		"ru":      {"12.03.2026 24:00", "12 марта 2026 года, четверг, 14:30", "12.03.2026"},
		"en":      {"12 Mar 2026 24:00", "Thursday, 12 March 2026, 14:30", "12 Mar 2026"},
	} {
		w := words(t, lang)
		got := [3]string{w.Moment(z, z.EndOfDay(day)), w.LongMoment(z, z.Moment(day, 14*calendar.Hour+30*calendar.Minute)), w.Date(day)}
		if got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}

func TestPeriodsTakeTheirPluralForm(t *testing.T) {
	t.Parallel()
	w := words(t, "ru")
	for n, want := range map[int]string{1: "1 день", 2: "2 дня", 5: "5 дней", 11: "11 дней", 21: "21 день", 24: "24 дня", 112: "112 дней"} {
		if got := w.Period(calendar.Period{N: n, Unit: calendar.DaysUnit}); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
	if got := w.Period(calendar.Period{Unit: calendar.Minutes}); got != "немедленно" {
		t.Errorf("at once: %s", got)
	}
}

func TestLengthsAreWrittenInTheirTwoLargestUnits(t *testing.T) {
	t.Parallel()
	w := words(t, "en")
	day := 24 * calendar.Hour
	for m, want := range map[calendar.Moment]string{
		0:                                  "0 minutes",
		59 * calendar.Second:               "0 minutes",
		calendar.Hour - 1:                  "1 hour",
		90 * calendar.Minute:               "1 hour 30 minutes",
		12*calendar.Hour + calendar.Minute: "12 hours",
		day + 3*calendar.Hour:              "1 day 3 hours",
		3 * day:                            "3 days",
		-(40*day + 5*calendar.Hour):        "40 days",
	} {
		if got := w.Length(m); got != want {
			t.Errorf("%d: %s, want %s", m, got, want)
		}
	}
	if got := w.Left(2*day, day); got != "1 day overdue" {
		t.Error(got)
	}
	if got := w.Left(day, 2*day); got != "1 day left" {
		t.Error(got)
	}
}

func TestNumbersKeepTheirThousandsApart(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string][2]string{"en": {"1,234,567", "−1,250.50"}, "ru": {"1\u00a0234\u00a0567", "−1\u00a0250,50"}} {
		w := words(t, lang)
		if got := [2]string{w.Number(1234567), w.Amount(-125050)}; got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	if got := words(t, "en").Amount(-50); got != "−0.50" {
		t.Errorf("half a unit owed: %q", got)
	}
}

func TestRefusalsSpeakTheLanguageOfTheReader(t *testing.T) {
	t.Parallel()
	law, err := criminal()
	if err != nil {
		t.Fatal(err)
	}
	r := &procedure.Refusal{Reason: procedure.WrongRole, Act: "extend_check", Roles: []string{"prosecutor"}, Article: "CPC 329"}
	for lang, want := range map[string]string{
		"uz":      "Buni faqat quyidagilar bajarishi mumkin: prokuror.",
		"uz-Cyrl": "Буни фақат қуйидагилар бажариши мумкин: прокурор.",
		"ru":      "Это может сделать только: прокурор.",
		"en":      "This may be done only by: prosecutor.",
	} {
		if got := words(t, lang).Refusal(law, r); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	if got := words(t, "en").Or([]string{"a", "b", "c"}); got != "a, b or c" {
		t.Error(got)
	}
}

func TestUnknownKeyIsShownAndNotHidden(t *testing.T) {
	t.Parallel()
	if got := words(t, "en").T("no.such.key", "n", 1); got != "no.such.key" {
		t.Error(got)
	}
}
