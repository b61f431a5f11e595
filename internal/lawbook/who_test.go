package lawbook

import (
	"fmt"
	"slices"
	"strings"
	"testing"
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

func policies(t *testing.T) *access.Policies {
	t.Helper()
	p, err := access.Load(laws.FS)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Every role, act, stage and relation to the case, made from law and policies, for whoever reviews a change of either.
func TestWhoMayDoWhatIsAsReviewed(t *testing.T) {
	law := lived.Law(t, "uz/criminal")
	e := law.Editions[len(law.Editions)-1]
	lines := policies(t).Matrix(law.Name, roles(e))
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
		fmt.Fprintf(&b, "\n%s (%s), %s\n", r.Name, r.Article, stages(law, r))
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
		v := newWhoView(p)(w, e, law.At(now))
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
		for _, g := range alike(p.Matrix(law.Name, roles(e))) {
			told += len(g.roles)
		}
		if acts != countActs(e) || told != len(roles(e)) || !slices.Contains(roles(e), "prosecutor") {
			t.Errorf("%s: %d acts, %d roles", lang, acts, told)
		}
	}
}
