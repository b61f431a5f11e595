package script_test

import (
	"testing"

	"nazorat/internal/script"
)

func TestAWordOfTwoAlphabetsIsReadAsItLooks(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"Kаримов Aли":     "Каримов Али", // K and A are Latin
		"Pахимов":         "Рахимов",
		"Cобиров":         "Собиров",
		"Кarimov":         "Karimov", // the K is Cyrillic
		"Сhoriyev":        "Choriyev",
		"Karimov Каримов": "Karimov Каримов",
		"Oʻgʻuloy":        "Oʻgʻuloy",
		"":                "",
		"a\xffб":          "a\xffб",
		"жj":              "жj",
		"GPS-трекер":      "GPS-трекер", // two words
		"BMW-машина":      "BMW-машина",
		"CD-диск":         "CD-диск",
		"ТашГПSу":         "ТашГПSу", // no Cyrillic letter looks like S
	} {
		if got := script.Unmixed(typed); got != want {
			t.Errorf("%q is read as %q, not %q", typed, got, want)
		}
	}
}
