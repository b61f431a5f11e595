package access_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/access"
	"nazorat/laws"
)

const annotated = `@id("x") @reason("a test") @en("A") @ru("A") @uz("A") `

func TestAPolicyThatCannotBeTrustedDoesNotLoad(t *testing.T) {
	t.Parallel()
	const read = `permit (principal is Mandate, action == Action::"read", resource is Proceeding) `
	for _, c := range []struct{ name, text, want string }{
		{"unreadable", "\n" + annotated + `permit (principal, action, resource) when { `, "policies/more.cedar:2"},
		{"no name", `@reason("a") @en("A") @ru("A") @uz("A") ` + read + `;`, "a policy has no name"},
		{"a name twice", annotated + read + ";\n" + annotated + read + ";", `policies/more.cedar:2: the name "x" was given before; at policies/more.cedar:1`},
		{"a name with a blank", strings.Replace(annotated, `"x"`, `"x y"`, 1) + read + `;`, "has a blank"},
		{"no reason", `@id("x") @en("A") @ru("A") @uz("A") ` + read + `;`, "either the article it rests on or a reason"},
		{"a reason and an article", `@article("CPC 1") ` + annotated + read + `;`, "either the article it rests on or a reason"},
		{"a language less", `@id("x") @reason("a") @en("A") @uz("A") ` + read + `;`, `does not say in "ru" what it means`},
		{"a misspelt annotation", `@artcle("CPC 1") ` + annotated + read + `;`, `was "article" meant?`},
		{"a misspelt attribute", annotated + read + `when { resource.ofice in principal.office };`, "ofice"},
		{"an attribute that may be absent", annotated + read + `when { resource.supervisor in principal.office };`, "supervisor"},
		{"an action that is not there", annotated + `permit (principal, action == Action::"raed", resource);`, "raed"},
		{"all actions", annotated + `permit (principal, action, resource);`, "does not name its actions"},
		{"two attributes", annotated + read + `when { resource.office == principal.office && resource has in_charge };`, `asks both of "office" and of "in_charge"`},
		{"a part of a stage", annotated + read + `when { resource.stage like "c*" };`, "otherwise than by its name"},
		{"a stage that is a role of an office", annotated + read + `when { principal.office.hasTag(resource.stage) };`, "otherwise than by its name"},
		{"a stage and an office", annotated + read + `when { resource.office == principal.office && resource.stage == "court" };`, `asks both of "office" and of "stage"`},
		{"a level that is like another", annotated + read + `when { resource.secrecy like "s*" };`, "secrecy otherwise than by its name"},
		{"a level and a party at once", annotated + read + `when { resource.secrecy == "secret" && resource.party };`, `asks both of "secrecy" and of "party" in one condition`},
		{"a sum", annotated + read + `when { 1 + 1 == 2 };`, "counts"},
		{"the whole proceeding", annotated + read + `when { [resource].contains(resource) };`, "as a whole"},
		{"a single officer", annotated + read + `when { principal.officer == Officer::"a" };`, `names Officer::"a"`},
		{"a single proceeding", annotated + `permit (principal is Mandate, action == Action::"read", resource == Proceeding::"p");`, "about one proceeding or office alone"},
	} {
		_, err := access.Load(with(t, nil))
		if err != nil {
			t.Fatal(err)
		}
		files := with(t, nil).(fstest.MapFS)
		files["policies/more.cedar"] = &fstest.MapFile{Data: []byte(c.text)}
		if _, err = access.Load(files); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
}

func TestALawSpeaksOfItsOwnProceedingsOnly(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		annotated + `permit (principal, action == Action::"read", resource);`:                                              "must begin with the law; uz/appeals/x",
		strings.Replace(annotated, `"x"`, `"uz/appeals/x"`, 1) + `permit (principal, action == Action::"list", resource);`: "speaks of offices",
	} {
		files := with(t, nil).(fstest.MapFS)
		files["uz/appeals/policies.cedar"] = &fstest.MapFile{Data: []byte(text)}
		if _, err := access.Load(files); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestASchemaThatLacksSomethingDoesNotLoad(t *testing.T) {
	t.Parallel()
	text, err := fs.ReadFile(laws.FS, "policies/service.cedarschema")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ schema, want string }{
		"none":            {"", "there is no schema"},
		"unreadable":      {"\n\nentity Office in", "policies/service.cedarschema:3"},
		"unknown type":    {strings.Replace(string(text), "office: Office,", "office: Ofice,", 1), "Ofice"},
		"without signing": {strings.Replace(string(text), "action sign appliesTo", "action seal appliesTo", 1), `lacks the action "sign"`},
		"without action":  {strings.Replace(string(text), "action list", "action look", 1), `lacks the action "list"`},
	} {
		files := with(t, nil).(fstest.MapFS)
		delete(files, "policies/service.cedarschema")
		if c.schema != "" {
			files["policies/service.cedarschema"] = &fstest.MapFile{Data: []byte(c.schema)}
		}
		if _, err := access.Load(files); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

func TestTheVersionFollowsFromTheText(t *testing.T) {
	t.Parallel()
	a, errA := access.Load(with(t, nil))
	b, errB := access.Load(with(t, map[string][]string{"policies/more.cedar": {mine}}))
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	if a.Version() != loaded(t).Version() || a.Version() == b.Version() {
		t.Errorf("%s, %s, %s", loaded(t).Version(), a.Version(), b.Version())
	}
}
