package script

import (
	"strings"
	"testing"
)

func TestLongWordsMayBeBrokenWhereASyllableBegins(t *testing.T) {
	for word, want := range map[string]string{
		"Предварительное следствие": "Предва|ри|тельное следствие",
		"подследственности":         "подследст|вен|ности",
		"разбирательство":           "разби|ра|тельство",
		"Суд":                       "Суд",
		"qoʻzgʻatilmagan":           "qoʻzgʻa|til|magan",
		"Tergovga qadar":            "Tergovga qadar",
		"topshirilganligini":        "topshi|ril|gan|li|gini",
		"таъминланмаганлиги":        "таъмин|лан|ма|ган|лиги",
		"1726-294-2026-000027":      "1726-294-2026-000027",
		"investigation":             "inves|ti|ga|tion",
		"":                          "",
	} {
		if got := strings.ReplaceAll(Soften(word), "\u00ad", "|"); got != want {
			t.Errorf("%s: %s, want %s", word, got, want)
		}
	}
}

func FuzzSofteningChangesNothingButSoftHyphens(f *testing.F) {
	f.Add("Qoʻshimcha tergovga qaytarilgan")
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(strings.ReplaceAll(s, "\u00ad", ""), "?")
		if got := strings.ReplaceAll(Soften(s), "\u00ad", ""); got != s {
			t.Errorf("%q became %q", s, got)
		}
	})
}
