package desk

import (
	"strings"
	"testing"

	"nazorat/internal/docket"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
)

func TestAWayBackIsOnlyEverAPageOfThisOffice(t *testing.T) {
	t.Parallel()
	for _, evil := range []string{"", "/", "//evil.example", "https://evil.example/x", "http:/x", "/\\evil.example", "javascript:alert(1)", "\\x", "/a\r\nSet-Cookie: x=1", "evil.example", "%2F%2Fevil.example", "/x" + strings.Repeat("y", mostBack)} {
		if got := backTo(evil); got != "" {
			t.Errorf("%q leads to %q", evil, got)
		}
	}
	for raw, want := range map[string]string{"/held": "/held", "/proceedings/A/things/person?of=3&done=7&in=B": "/proceedings/A/things/person?of=3"} {
		if got := backTo(raw); got != want {
			t.Errorf("%q leads to %q, want %q", raw, got, want)
		}
	}
}

func TestAFormLeadsBackOrToItselfOnceMore(t *testing.T) {
	t.Parallel()
	done := &docket.Receipt{Proceeding: "A", Seq: 12}
	filled := func(adds procedure.KindID, back string) *form {
		return &form{p: &proceedings.Proceeding{ID: "A"}, rule: &procedure.ActRule{Adds: adds}, path: "/proceedings/A/acts/x", back: back, thing: 3}
	}
	for _, c := range []struct {
		f     *form
		again bool
		want  string
	}{
		{filled(procedure.None, ""), false, "/proceedings/A?done=12"},
		{filled(2, ""), true, "/proceedings/A/acts/x?done=12&thing=3"},
		{filled(2, "/proceedings/A/things/b"), true, "/proceedings/A/acts/x?back=%2Fproceedings%2FA%2Fthings%2Fb&done=12&thing=3"},
		{filled(procedure.None, "/proceedings/A/things/b?of=3"), true, "/proceedings/A/things/b?done=12&of=3"}, // there is nothing to add
		{filled(2, "/proceedings/A/things/b"), false, "/proceedings/A/things/b?done=12"},
		{filled(2, "/held"), false, "/held?done=12&in=A"},
		{&form{rule: &procedure.ActRule{Adds: 2}}, true, "/proceedings/A?done=12"}, // it opened the proceeding
	} {
		if got := c.f.leads(done, c.again); got != c.want {
			t.Errorf("%+v again %v leads to %s, want %s", c.f, c.again, got, c.want)
		}
	}
}
