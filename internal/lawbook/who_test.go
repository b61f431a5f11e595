package lawbook

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/a-h/templ"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/explain"
	"nazorat/internal/lived"
	"nazorat/internal/picture"
	"nazorat/internal/procedure"
	"nazorat/laws"
)

// builtIn are the policies that are built in, loaded once for all tests: nobody changes them.
var builtIn = sync.OnceValues(func() (*access.Policies, error) { return access.Load(laws.FS) })

func policies(t *testing.T) *access.Policies {
	t.Helper()
	p, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// someDay is one on which the newest edition is in force.
func someDay() calendar.Date { return calendar.DateOf(2026, 6, 1) }

// Every role, act, stage and relation to the case, made from law and policies, for whoever reviews a change of either.
func TestWhoMayDoWhatIsAsReviewed(t *testing.T) {
	law := lived.Law(t, "uz/criminal")
	e := law.Editions[len(law.Editions)-1]
	lines := policies(t).On(someDay()).Matrix(law.Name, roles(e))
	var b strings.Builder
	acting := map[string][]string{}
	fmt.Fprintf(&b, "# %s, edition %s: what the policies answer for each role, by how the office of the mandate stands to the case\n\n", law.Name, e.Name)
	for _, l := range lines {
		if d := (&lawWriting{e: e}); l.Relation == access.IsParty && !d.isParty(l.Role) {
			continue
		}
		fmt.Fprintf(&b, "%-22s %-17s", l.Role, l.Relation)
		for _, do := range access.Tabled() {
			fmt.Fprintf(&b, " %s %v;", do, l.Answers[do])
		}
		b.WriteString("\n")
		if l.Answers[access.Act].Allowed {
			acting[l.Role] = append(acting[l.Role], string(l.Relation))
		}
	}
	b.WriteString("\n# The acts, the stages from which they are done, the roles that the law gives them to, and the relations in which the policies let that role act\n")
	for _, r := range e.Acts {
		if r == nil {
			continue
		}
		signed := ""
		if r.Presence {
			signed = ", signed"
		}
		fmt.Fprintf(&b, "\n%s (%s)%s, %s\n", r.Name, r.Article, signed, stages(law, r))
		for _, role := range r.By {
			where := strings.Join(acting[role], ", ")
			if role == procedure.InCharge {
				where = "as his own role, whichever it is"
			}
			fmt.Fprintf(&b, "  %-22s %s\n", role, where)
		}
	}
	lived.Golden(t, "who.golden", b.String())
}

// stages are those from which an act is done, with the kind of thing that is at them.
func stages(law *procedure.Law, r *procedure.ActRule) string {
	kind := law.KindName(r.On)
	switch {
	case r.Opens:
		return "opens " + kind
	case len(r.From) == 0:
		return kind + " at any stage"
	}
	var from []string
	for _, s := range r.From {
		from = append(from, law.StateName(r.On, s))
	}
	return kind + " at " + strings.Join(from, ", ")
}

func TestThePageOfWhoMayDoWhatSaysAllInEveryLanguage(t *testing.T) {
	law := lived.Law(t, "uz/criminal")
	words := lived.Words(t, law, explain.Texts, picture.Texts, Texts)
	e, p := law.Editions[len(law.Editions)-1], policies(t)
	now := calendar.At(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))
	for _, lang := range []string{"uz", "uz-Cyrl", "ru", "en"} {
		w := words.In(lang)
		v := newWhoView(p, someDay)(w, e, law.At(now))
		html := rendered(t, w, whoBody(v))
		checkAnchors(t, lang, html)
		if strings.Contains(html, ">law.") || len(html) > mostPage {
			t.Errorf("%s: a text is missing, or %d bytes are too many", lang, len(html))
		}
		for _, x := range p.All() {
			if (x.Law == "" || x.Law == law.Name) && !strings.Contains(html, x.Text(lang)) {
				t.Errorf("%s: the page lacks %s: %s", lang, x.ID, x.Text(lang))
			}
		}
		acts, told := 0, 0
		for _, r := range e.Acts {
			if r != nil && strings.Contains(html, templ.EscapeString(w.Law(law.Name).Act(r.Name))) {
				acts++
			}
		}
		for _, table := range v.Reach {
			if n := len(table.Rows); n != len(access.Relations()) && n != len(access.Relations())-1 { // to be a party is shown of a role that can be one
				t.Errorf("%s: %d relations", lang, len(table.Rows))
			}
		}
		for _, g := range alike(p.On(someDay()).Matrix(law.Name, roles(e))) {
			told += len(g.roles)
		}
		if acts != countActs(e) || told != len(roles(e)) || !slices.Contains(roles(e), "prosecutor") {
			t.Errorf("%s: %d acts, %d roles", lang, acts, told)
		}
	}
}

// An edition is read with the policies of its own days: today's while it is in force.
func TestAnEditionIsReadWithThePoliciesOfItsDays(t *testing.T) {
	law := lived.Law(t, "uz/criminal")
	files := fstest.MapFS{}
	err := fs.WalkDir(laws.FS, ".", func(f string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasPrefix(path.Ext(f), ".cedar") {
			return err
		}
		text, err := fs.ReadFile(laws.FS, f)
		files[f] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	files["policies/archive.cedar"] = &fstest.MapFile{Data: []byte(`@id("archive") @from("2026-07-01") @until("2026-12-31") @reason("a test") @en("The archive reads.") @ru("A") @uz("A")
permit (principal is Mandate, action == Action::"read", resource is Proceeding) when { principal.role == "archivist" };`)}
	p, err := access.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	w := lived.Words(t, law, explain.Texts, picture.Texts, Texts).In("en")
	last, first := law.Editions[len(law.Editions)-1], law.Editions[0]
	for _, c := range []struct {
		of    *procedure.Edition
		today calendar.Date
		want  bool
		says  string
	}{
		{last, calendar.DateOf(2026, 6, 30), false, "30 Jun 2026"},
		{last, calendar.DateOf(2026, 7, 1), true, "1 Jul 2026"},
		{last, calendar.DateOf(2027, 1, 1), false, "1 Jan 2027"},
		{first, calendar.DateOf(2026, 7, 1), false, w.Date(law.Editions[1].InForce - 1)},
	} {
		v := newWhoView(p, func() calendar.Date { return c.today })(w, c.of, last)
		html := rendered(t, w, whoBody(v))
		if got := strings.Contains(html, "The archive reads."); got != c.want || got != strings.Contains(html, "in force from 1 Jul 2026 until 31 Dec 2026") {
			t.Errorf("%s on %s: the policy is there: %v", c.of.Name, c.today, got)
		}
		if !strings.Contains(v.PoliciesIs, c.says) {
			t.Errorf("%s on %s: %s, want %s", c.of.Name, c.today, v.PoliciesIs, c.says)
		}
	}
}
