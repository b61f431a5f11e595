package look

import (
	"slices"
	"strings"

	"nazorat/internal/script"
)

// patronymics are the ends of words that name somebody's father, folded as script.Fold folds.
var patronymics = []string{"ovich", "evich", "ovna", "evna", "ogli", "qizi"}

// family is what of a name is told to be that of the family, in one spelling for men and women and for
// every script; "" where that cannot be told. Names are written "Dilshod Ergashev", "Ergashev Dilshod
// Anvarovich" and "A. Ergashev".
func family(name string) string {
	words := slices.DeleteFunc(strings.Fields(script.Fold(name)), func(w string) bool {
		return len(strings.Trim(w, ".")) < 3 // initials
	})
	if len(words) == 0 {
		return ""
	}
	of := words[len(words)-1]
	if len(words) > 1 && slices.ContainsFunc(patronymics, func(end string) bool { return strings.HasSuffix(of, end) }) {
		of = words[0]
	}
	if stem, ok := strings.CutSuffix(of, "a"); ok && (strings.HasSuffix(stem, "ov") || strings.HasSuffix(stem, "ev") || strings.HasSuffix(stem, "in")) {
		of = stem
	}
	return of
}

// Namesakes counts those of some persons who bear the family name of an officer.
func Namesakes(officer string, persons []string) (n int64) {
	of := family(officer)
	if of == "" {
		return 0
	}
	for _, p := range persons {
		if family(p) == of {
			n++
		}
	}
	return n
}
