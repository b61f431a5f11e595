package app_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"nazorat/internal/account"
	"nazorat/internal/amend"
	"nazorat/internal/api"
	"nazorat/internal/casefile"
	"nazorat/internal/desk"
	"nazorat/internal/explain"
	"nazorat/internal/finder"
	"nazorat/internal/hearings"
	"nazorat/internal/held"
	"nazorat/internal/inbox"
	"nazorat/internal/lawbook"
	"nazorat/internal/looked"
	"nazorat/internal/openapi"
	"nazorat/internal/picture"
	"nazorat/internal/portal"
	"nazorat/internal/receipt"
	"nazorat/internal/registrationcheck"
	"nazorat/internal/script"
	"nazorat/internal/service"
	"nazorat/internal/statistics"
	"nazorat/internal/waysin"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
	"nazorat/internal/whatif"
	"nazorat/internal/workplace"
)

func catalogue(t *testing.T) *web.Catalogue {
	t.Helper()
	c, err := web.NewCatalogue(nil, web.Texts, explain.Texts, picture.Texts, amend.Texts, lawbook.Texts, whatif.Texts, finder.Texts, statistics.Texts, desk.Texts, workplace.Texts, casefile.Texts, held.Texts, hearings.Texts, registrationcheck.Texts, account.Texts, looked.Texts, inbox.Texts, waysin.Texts, service.Texts, receipt.Texts, portal.Texts, api.Texts, openapi.Texts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var variable = regexp.MustCompile(`\{(\w+)\}`)

func variables(text string) []string {
	var out []string
	for _, m := range variable.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	slices.Sort(out)
	return out
}

// base of a key is the key without its plural form.
func base(key string) string {
	for _, form := range []string{".one", ".few", ".many", ".other"} {
		if b, ok := strings.CutSuffix(key, form); ok {
			return b
		}
	}
	return key
}

func TestEveryLanguageHasTheSameTextsWithTheSameVariables(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	want := map[string][]string{}
	for _, key := range c.In("en").Keys() {
		text, _ := c.In("en").Raw(key)
		if b := base(key); b == key || len(variables(text)) >= len(want[b]) {
			want[b] = variables(text)
		}
	}
	for _, lang := range []string{"uz", "ru", "uz-Cyrl"} {
		have := map[string][]string{}
		for _, key := range c.In(lang).Keys() {
			text, _ := c.In(lang).Raw(key)
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: %s is empty", lang, key)
			}
			if b := base(key); b == key || len(variables(text)) >= len(have[b]) {
				have[b] = variables(text)
			}
		}
		for key, vars := range want {
			got, ok := have[key]
			if !ok {
				t.Errorf("%s lacks %s", lang, key)
			} else if !slices.Equal(got, vars) {
				t.Errorf("%s: %s has the variables %v, in English %v", lang, key, got, vars)
			}
		}
		for key := range have {
			if _, ok := want[key]; !ok {
				t.Errorf("English lacks %s, which %s has", key, lang)
			}
		}
	}
}

func TestPluralFormsAreThoseThatTheLanguageHas(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	forms := map[string][]string{"en": {"one", "other"}, "uz": {"one", "other"}, "uz-Cyrl": {"one", "other"}, "ru": {"few", "many", "one", "other"}}
	for lang, want := range forms {
		have := map[string][]string{}
		for _, key := range c.In(lang).Keys() {
			if b := base(key); b != key {
				have[b] = append(have[b], strings.TrimPrefix(key, b+"."))
			}
		}
		for key, got := range have {
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %s has the forms %v, wants %v", lang, key, got, want)
			}
		}
	}
	// The rule that chooses asks for no form that the catalogues do not have.
	for _, n := range []int64{0, 1, 2, 3, 5, 11, 21, 22, 25, 111} {
		for lang, want := range forms {
			if f := script.PluralOf(lang, n).String(); !slices.Contains(want, f) {
				t.Errorf("%s: %d asks for the form %s", lang, n, f)
			}
		}
	}
}

func TestUzbekIsWrittenWithItsOwnApostrophes(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for _, key := range c.In("uz").Keys() {
		if text, _ := c.In("uz").Raw(key); strings.ContainsAny(text, "'’‘`") {
			t.Errorf("uz: %s: %q: want ʻ (U+02BB) in oʻ gʻ and ʼ (U+02BC) elsewhere", key, text)
		}
	}
	for _, key := range c.In("uz-Cyrl").Keys() {
		text, _ := c.In("uz-Cyrl").Raw(key)
		if strings.ContainsAny(variable.ReplaceAllString(text, ""), "ʻʼ") {
			t.Errorf("uz-Cyrl: %s: %q was not put into Cyrillic", key, text)
		}
	}
}

// sources of the program: where keys are asked for.
func sources(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, dir := range []string{"../web", "../explain", "../picture", "../lawdraw", "../amend", "../lawbook", "../whatif", "../desk", "../finder", "../statistics", "../figures", "../receipt", "../leaf", "../api", "../openapi", "../proceedings", "../replay", "../docket", "../directory", "../signin", "../identity", "../client", "../account", "../waysin", "../service", "../look", "../looked", "../notice", "../inbox", "../workplace", "../casefile", "../vault", "../held", "../hearings", "../hearing", "../registrationcheck", "../portal", "../emergency", "../procedure", "../fact", "../fault", "../app", "../access"} {
		err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
				return err
			}
			data, err := os.ReadFile(p)
			b.Write(data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// composed are the beginnings of keys that the program puts together, each with where.
var composed = []string{
	"effect.",          // desk: by the kind of effect
	"refusal.",         // web: by the reason
	"fault.title.",     // web: by the kind of fault
	"period.",          // web: by the unit
	"month.",           // web: by the number
	"weekday.",         // web: by the number
	"value.",           // web: yes, no
	"role.",            // web: roles that no law knows
	"document.type.",   // web: by the type of a file
	"statistics.part.", // statistics: what every count is told apart by
	"statistics.kept.", // statistics: how terms ended
	"diff.",            // amend: by subject, part and value; its own test holds them
}

func TestNoTextIsUnusedAndNoneIsMissing(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	src := sources(t)
	for _, key := range c.In("en").Keys() {
		b := base(key)
		if slices.ContainsFunc(composed, func(p string) bool { return strings.HasPrefix(b, p) }) {
			continue
		}
		if !strings.Contains(src, `"`+b+`"`) && !prefixUsed(src, b) {
			t.Errorf("no page asks for %s", key)
		}
	}
	asked := regexp.MustCompile(`\bT\("([a-z_.]+)"`)
	for _, m := range asked.FindAllStringSubmatch(src, -1) {
		if strings.HasSuffix(m[1], ".") {
			continue // the beginning of a composed key
		}
		if _, ok := c.In("en").Raw(m[1]); ok {
			continue
		}
		if _, ok := c.In("en").Raw(m[1] + ".other"); !ok {
			t.Errorf("a page asks for %s, and there is no such text", m[1])
		}
	}
	for _, key := range ui.TextKeys() {
		if _, ok := c.In("en").Raw(key); !ok {
			t.Errorf("the components ask for %s, and there is no such text", key)
		}
	}
}

// prefixUsed reports whether the program composes keys that begin like this one: "clock." + tone.
func prefixUsed(src, key string) bool {
	for i := len(key) - 1; i > 0; i-- {
		if (key[i] == '.' || key[i] == '_') && strings.Contains(src, `"`+key[:i+1]+`"+`) || (key[i] == '.' || key[i] == '_') && strings.Contains(src, `"`+key[:i+1]+`" +`) {
			return true
		}
	}
	return false
}
