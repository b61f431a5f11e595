package fact_test

import (
	"testing"

	"nazorat/internal/calendar"
	"nazorat/internal/fact"
)

func tashkent(tb testing.TB) *calendar.Zone {
	tb.Helper()
	zone, err := calendar.LoadZone("Asia/Tashkent")
	if err != nil {
		tb.Fatal(err)
	}
	return zone
}

func TestWhatPeopleTypeIsReadAsTheyMeanIt(t *testing.T) {
	t.Parallel()
	zone := tashkent(t)
	for _, c := range []struct {
		of          fact.Type
		typed, want string // the canonical text, or the key of what is wrong
	}{
		{fact.Text, "  a theft ", "a theft"},
		{fact.Text, "  ", ""},
		{fact.Text, "a\x00b", fact.BadText},
		{fact.Text, "a\xffb", fact.BadText},
		{fact.Number, "1 250", "1250"},
		{fact.Number, "12.5", fact.NotNumber},
		{fact.Money, "1 250,5", "1250.50"},
		{fact.Money, "-0.05 usd", "-0.05 USD"},
		{fact.Money, "USD", fact.NotMoney},
		{fact.Money, "1.005", fact.NotMoney},
		{fact.Money, "92233720368547758.07", fact.TooMuch},
		{fact.Money, "99999999999999999999999999", fact.TooMuch},
		{fact.Money, "9999999999999.99", "9999999999999.99"},
		{fact.Money, "-10000000000000", fact.TooMuch},
		{fact.Money, "1\u00a0250\u00a0000,50", "1250000.50"}, // as pages in Uzbek and Russian show it
		{fact.Money, "\u22121\u202f250", "-1250.00"},
		{fact.Money, "1,250,000.50", "1250000.50"}, // as in English
		{fact.Money, "1.250.000,5", "1250000.50"},
		{fact.Money, "1,250,000", "1250000.00"},
		{fact.Money, "1,250", fact.NotMoney}, // a thousand or one and a quarter?
		{fact.Money, "1.250", fact.NotMoney},
		{fact.Money, "12 50", fact.NotMoney},
		{fact.Money, "1.250,000", fact.NotMoney},
		{fact.Money, "NaN", fact.NotMoney},
		{fact.Money, "Inf", fact.NotMoney},
		{fact.Money, "1e6", fact.NotMoney},
		{fact.Money, "0x10", fact.NotMoney},
		{fact.Money, "--5", fact.NotMoney},
		{fact.Number, "1\u00a0250", "1250"},
		{fact.Number, "1 2", fact.NotNumber},
		{fact.Number, "9223372036854775808", fact.NotNumber},
		{fact.Person, "Oʻgʻuloy Gʻofurova", "Oʻgʻuloy Gʻofurova"},
		{fact.Person, "Каримов Али Ғани ўғли (Karimov Ali)", "Каримов Али Ғани ўғли (Karimov Ali)"},
		{fact.Person, "Kаримов Али", fact.Mixed}, // its first letter is Latin
		{fact.Person, "Yoʻлдошев", fact.Mixed},
		{fact.YesNo, "TRUE", "yes"},
		{fact.YesNo, "0", "no"},
		{fact.YesNo, "maybe", fact.NotYesNo},
		{fact.Date, "2026-03-02", "2026-03-02"},
		{fact.Date, "2026-02-30", fact.NotDate},
		{fact.Date, "0202-03-02", fact.NotDate},
		{fact.Moment, "2026-03-02T14:30", "2026-03-02T09:30:00Z"},
		{fact.Moment, "2026-03-02 14:30:00.5", "2026-03-02T09:30:00.5Z"},
		{fact.Moment, "2026-03-02T14:30+03:00", "2026-03-02T11:30:00Z"},
		{fact.Moment, "20226-03-02T14:30", fact.NotMoment},
		{fact.Article, " CC 168(2) ", "CC 168(2)"},
		{fact.Thing, " 3", "3"},
		{fact.Thing, "0", fact.NotThing},
		{fact.Thing, "2147483648", fact.NotThing},
		{fact.Thing, "the knife", fact.NotThing},
	} {
		v, key := fact.Parse(c.of, c.typed, zone)
		if got := v.String() + key; got != c.want || key != "" && v.Given() {
			t.Errorf("%s %q: %q, %q; want %q", c.of, c.typed, v, key, c.want)
		}
	}
	for article, code := range map[string]string{"CC 169": "CC", "CPC 405-1": "CPC", "CC 165(3)a": "CC", "169": "", "CC169": "", "cc 169": "", "CC 169, 170": ""} {
		if got := fact.CodeOf(article); got != code {
			t.Errorf("%q is an article of %q, not %q", article, got, code)
		}
	}
}

// FuzzCanonicalTextReadsBack: what was typed, written down and typed again is the same, and so is what was stored.
func FuzzCanonicalTextReadsBack(f *testing.F) {
	for i, s := range []string{"x", "1 250", "1250,5 USD", "yes", "2026-03-02", "2026-03-02T14:30:00.000001"} {
		f.Add(uint8(i+1), s)
	}
	zone := tashkent(f)
	f.Fuzz(func(t *testing.T, n uint8, typed string) {
		of := fact.Type(n%uint8(fact.Thing)) + 1
		v, key := fact.Parse(of, typed, zone)
		if key != "" || !v.Given() {
			return
		}
		if again, key := fact.Parse(of, v.String(), zone); again != v || key != "" {
			t.Fatalf("%s %q: %+v is written %q and read %+v, %s", of, typed, v, v, again, key)
		}
		if back, err := fact.Decode(fact.Encode(v)); back != v || err != nil {
			t.Fatalf("%s %q: %+v is stored %q and read %+v, %v", of, typed, v, fact.Encode(v), back, err)
		}
	})
}

// What the law asks to be stored is read back as it was, whatever may be typed today.
func TestStoredValuesComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	for _, v := range []fact.Value{
		fact.TextOf(fact.Text, ""), fact.TextOf(fact.Text, " blank at both ends "), fact.TextOf(fact.Choice, ""),
		fact.TextOf(fact.Person, "A\nB"), fact.NumberOf(fact.Number, -5), fact.NumberOf(fact.Money, -50),
		fact.NumberOf(fact.Thing, 7), fact.NumberOf(fact.YesNo, 1), fact.NumberOf(fact.YesNo, 0), fact.DateOf(calendar.DateOf(2500, 1, 1)),
		fact.MomentOf(-1), fact.MomentOf(7_258_118_399_999_999),
	} {
		back, err := fact.Decode(fact.JSON{v.Type.String(), v.String()})
		if err != nil || back != v {
			t.Errorf("%+v came back as %+v, %v", v, back, err)
		}
	}
	for _, bad := range []fact.JSON{{"", ""}, {"colour", "red"}, {"number", "x"}, {"yes_no", "perhaps"}, {"date", "2026"}, {"moment", "noon"}, {"money", "1.234"}} {
		if v, err := fact.Decode(bad); err == nil {
			t.Errorf("%v was read as %+v", bad, v)
		}
	}
}
