package identity_test

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"nazorat/internal/calendar"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/fault"
	"nazorat/internal/identity"
	"nazorat/internal/signin"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func TestOfficerSignsInByTheProviderThatKnowsHim(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		sent, keep := o.there(t, nil)
		a, err := o.provider.Finish(ctx, sent, keep, nil, "", machine, now)
		if err != nil {
			t.Fatal(err, fault.Of(err).Unwrap())
		}
		if a.Next != "/cases?x=1" || a.Presence {
			t.Errorf("%+v", a)
		}
		s, err := o.keeper.Session(ctx, a.Token, now)
		if err != nil || s.Officer.ID != "o1" || s.Way != signin.ByProvider || s.Proven != now {
			t.Errorf("%+v, %v", s, err)
		}
		if _, err := o.provider.Finish(ctx, sent, keep, nil, "", machine, now); keyOf(err) != "provider.wrong" {
			t.Errorf("the same once more: %v", err)
		}
		if o.fake.calls != 1 {
			t.Errorf("%d codes were exchanged", o.fake.calls)
		}
	})
}

// A browser that is sent back without having been sent there is somebody's who wants another to act in his name.
func TestTryIsGoodOnceInItsBrowserForMinutes(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		sent, keep := o.there(t, nil)
		_, other := o.there(t, nil)
		late := now + 10*calendar.Minute
		for name, c := range map[string]struct {
			state, keep string
			at          calendar.Moment
		}{
			"another browser": {sent.Get("state"), other, now}, "a browser that knows nothing": {sent.Get("state"), "", now}, "another state": {strings.Repeat("A", len(sent.Get("state"))), keep, now},
			"no state": {"", keep, now}, "too late": {sent.Get("state"), keep, late}, "no text": {"\x00" + sent.Get("state")[1:], keep, now},
		} {
			q := url.Values{"code": sent["code"], "state": {c.state}}
			if _, err := o.provider.Finish(ctx, q, c.keep, nil, "", machine, c.at); keyOf(err) != "provider.wrong" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if o.fake.calls != 0 {
			t.Errorf("%d codes were exchanged", o.fake.calls)
		}
		if _, err := o.provider.Finish(ctx, sent, keep, nil, "", machine, now); err != nil {
			t.Errorf("those before took it away: %v", err)
		}
		const racers = 4
		sent, keep = o.there(t, nil)
		won := make(chan bool, racers)
		for range racers {
			go func() {
				_, err := o.provider.Finish(ctx, sent, keep, nil, "", machine, now)
				won <- err == nil
			}()
		}
		n := 0
		for range racers {
			if <-won {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d of %d were let in", n, racers)
		}
	})
}

// said answers the exchange of a code with something, as if all were well.
func said(kind, text string) func(http.ResponseWriter) bool {
	return func(w http.ResponseWriter) bool {
		w.Header().Set("Content-Type", kind)
		_, _ = io.WriteString(w, text) // whoever reads may have had enough
		return true
	}
}

// What a provider must not send, or somebody who stands in its place.
func TestTokenThatDoesNotHoldIsRefused(t *testing.T) {
	t.Parallel()
	stranger := keys()[1]
	for name, c := range map[string]struct {
		claims func(map[string]any)
		sign   func([]byte) string
		answer func(http.ResponseWriter) bool
		sent   func(url.Values)
		want   string
	}{
		"another nonce":                 {claims: set("nonce", "another")},
		"no nonce":                      {claims: set("nonce", nil)},
		"another issuer":                {claims: set("iss", "https://id.example")},
		"for another":                   {claims: set("aud", "another")},
		"for us and another":            {claims: set("aud", []string{client, "another"})},
		"to another":                    {claims: set("azp", "another")},
		"expired":                       {claims: set("exp", seconds(now-calendar.Second))},
		"without an end":                {claims: set("exp", nil)},
		"of tomorrow":                   {claims: set("iat", seconds(now+24*calendar.Hour))},
		"not yet":                       {claims: set("nbf", seconds(now+24*calendar.Hour))},
		"of nobody":                     {claims: set("sub", nil)},
		"of a number":                   {claims: set("sub", 30101800000001)},
		"of what no database holds":     {claims: set("sub", "3\x00")},
		"with another access token":     {claims: set("at_hash", "AAAAAAAAAAAAAAAAAAAAAA")},
		"of a stranger":                 {claims: set("sub", "30101800000002"), want: "provider.nobody"},
		"of one without a mandate":      {claims: set("sub", "30101800000003"), want: "sign_in.no_mandate"},
		"not signed":                    {sign: func(text []byte) string { return b64(`{"alg":"none"}`) + "." + b64(string(text)) + "." }},
		"signed with a stranger's key":  {sign: func(text []byte) string { return signed(t, text, stranger) }},
		"an access token":               {sign: ofKind(t, "at+jwt")},
		"what logs somebody out":        {sign: ofKind(t, "logout+jwt")},
		"what says it is none of these": {sign: ofKind(t, "something")},
		"signed with the secret": {sign: func(text []byte) string {
			s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: []byte(strings.Repeat(secret, 4))}, nil)
			if err != nil {
				t.Fatal(err)
			}
			o, err := s.Sign(text)
			if err != nil {
				t.Fatal(err)
			}
			out, _ := o.CompactSerialize()
			return out
		}},
		"no token at all":               {sign: func([]byte) string { return "" }},
		"no answer":                     {answer: func(w http.ResponseWriter) bool { w.WriteHeader(http.StatusBadGateway); return true }, want: "provider.away"},
		"an answer of air":              {answer: func(w http.ResponseWriter) bool { _, _ = w.Write([]byte("hello")); return true }, want: "provider.away"},
		"a page in its place":           {answer: said("text/html", "<!doctype html><title>Login</title>"), want: "provider.away"},
		"half an answer":                {answer: said("application/json", `{"access_token":"x","id_tok`), want: "provider.away"},
		"an answer and no end of it":    {answer: said("application/json", `{"access_token":"x","id_token":"`+strings.Repeat("a", 4<<20)), want: "provider.away"},
		"an error that says it is well": {answer: said("application/json", `{"error":"server_error"}`), want: "provider.away"},
		"the way to another": {answer: func(w http.ResponseWriter) bool {
			w.Header().Set("Location", "http://127.0.0.1:9/token")
			w.WriteHeader(http.StatusTemporaryRedirect)
			return true
		}, want: "provider.away"},
		"another code":     {sent: func(q url.Values) { q.Set("code", "another") }},
		"no code":          {sent: func(q url.Values) { q.Del("code") }},
		"another provider": {sent: func(q url.Values) { q.Set("iss", "https://id.example") }},
		"he said no":       {sent: func(q url.Values) { q.Set("error", "access_denied"); q.Del("code") }, want: "provider.denied"},
		"it is busy":       {sent: func(q url.Values) { q.Set("error", "temporarily_unavailable") }, want: "provider.away"},
		"it says no":       {sent: func(q url.Values) { q.Set("error", "<script>"); q.Set("error_description", "<script>") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := one(t)
			o.fake.claims, o.fake.sign, o.fake.answer = c.claims, c.sign, c.answer
			sent, keep := o.there(t, nil)
			if c.sent != nil {
				c.sent(sent)
			}
			if c.want == "" {
				c.want = "provider.wrong"
			}
			a, err := o.provider.Finish(ctx, sent, keep, nil, "", machine, now)
			if keyOf(err) != c.want || a != nil && a.Token != "" || strings.Contains(err.Error(), "script") {
				t.Errorf("%+v, %v: %v", a, err, fault.Of(err).Unwrap())
			}
			var n int
			if err := o.QueryRow(ctx, `SELECT count(*) FROM session`).Scan(&n); err != nil || n != 0 {
				t.Errorf("%d sessions, %v", n, err)
			}
		})
	}
}

func set(name string, value any) func(map[string]any) {
	return func(claims map[string]any) {
		if claims[name] = value; value == nil {
			delete(claims, name)
		}
	}
}

// ofKind signs with the provider's own key what says that it is of a kind.
func ofKind(t *testing.T, kind string) func([]byte) string {
	return func(text []byte) string {
		s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: keys()[0], KeyID: "k"}}, (&jose.SignerOptions{}).WithType(jose.ContentType(kind)))
		if err != nil {
			t.Fatal(err)
		}
		o, err := s.Sign(text)
		if err != nil {
			t.Fatal(err)
		}
		out, err := o.CompactSerialize()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

func TestTokenThatSaysItIsAJWTIsTaken(t *testing.T) {
	t.Parallel()
	o := one(t)
	o.fake.sign = ofKind(t, "JWT")
	sent, keep := o.there(t, nil)
	if a, err := o.provider.Finish(ctx, sent, keep, nil, "", machine, now); err != nil || a.Token == "" {
		t.Errorf("%+v, %v", a, err)
	}
}

func b64(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func TestCodeOfAnotherTryIsRefused(t *testing.T) {
	t.Parallel()
	o := one(t)
	theirs, _ := o.there(t, nil)
	ours, keep := o.there(t, nil)
	ours.Set("code", theirs.Get("code"))
	if _, err := o.provider.Finish(ctx, ours, keep, nil, "", machine, now); keyOf(err) != "provider.wrong" {
		t.Errorf("a code that was put in: %v", err)
	}
}

func TestProviderThatNamesItselfIsHeldToIt(t *testing.T) {
	t.Parallel()
	o := one(t)
	o.fake.config["authorization_response_iss_parameter_supported"] = true
	sent, keep := o.there(t, nil)
	if _, err := o.provider.Finish(ctx, sent, keep, nil, "", machine, now); keyOf(err) != "provider.wrong" {
		t.Errorf("it did not: %v", err)
	}
	sent, keep = o.there(t, nil)
	sent.Set("iss", o.fake.URL)
	if _, err := o.provider.Finish(ctx, sent, keep, nil, "", machine, now); err != nil {
		t.Errorf("it did: %v", err)
	}
}

// Signing in says who somebody is. That he is there now it says only where he was asked just now.
func TestOldProofAtTheProviderIsNoPresence(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for name, c := range map[string]struct {
			asked  calendar.Moment
			proven calendar.Moment
		}{
			"just now": {now, now}, "minutes ago": {now - 5*calendar.Minute, now - 5*calendar.Minute}, "longer ago": {now - 5*calendar.Minute - calendar.Second, 0}, "not said": {0, 0},
			"a little ahead": {now + 20*calendar.Second, now}, "far ahead": {now + calendar.Hour, 0},
		} {
			o.fake.asked = c.asked
			sent, keep := o.there(t, nil)
			a, err := o.provider.Finish(ctx, sent, keep, nil, "", machine, now)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if s, err := o.keeper.Session(ctx, a.Token, now); err != nil || s.Proven != c.proven {
				t.Errorf("%s: %+v, %v", name, s, err)
			}

			token, s := o.session(t, "o1", 0)
			sent, keep = o.there(t, s)
			a, err = o.provider.Finish(ctx, sent, keep, s, token, machine, now)
			if c.proven == 0 {
				if keyOf(err) != "provider.stale" || a == nil || !a.Presence || a.Token != "" {
					t.Errorf("%s, presence: %+v, %v", name, a, err)
				}
				continue
			}
			if err != nil || a.Token == token {
				t.Errorf("%s, presence: %+v, %v", name, a, err)
				continue
			}
			if s, err := o.keeper.Session(ctx, a.Token, now); err != nil || s.Proven != now || s.Way != signin.ByPassword {
				t.Errorf("%s, presence: %+v, %v", name, s, err)
			}
		}
	})
}

func TestPresenceIsProvenByTheOfficerInHisSession(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		token, s := o.session(t, "o2", 0)
		sent, keep := o.there(t, s)
		if _, err := o.provider.Finish(ctx, sent, keep, s, token, machine, now); keyOf(err) != "provider.another" {
			t.Errorf("another officer: %v", err)
		}
		mine, own := o.session(t, "o1", 0)
		sent, keep = o.there(t, own)
		elsewhere, other := o.session(t, "o1", 0)
		if _, err := o.provider.Finish(ctx, sent, keep, other, elsewhere, machine, now); keyOf(err) != "provider.wrong" {
			t.Errorf("in another session: %v", err)
		}
		sent, keep = o.there(t, own)
		if a, err := o.provider.Finish(ctx, sent, keep, nil, "", machine, now); keyOf(err) != "provider.wrong" || a.Token != "" {
			t.Errorf("signed out in the meantime: %+v, %v", a, err)
		}
		to, _, err := o.provider.Begin(ctx, own, "", "", "ru", machine, now)
		if err != nil || !strings.Contains(to, "max_age=0") || !strings.Contains(to, "prompt=login") {
			t.Errorf("%s, %v: he is not asked anew", to, err)
		}
		if s, err := o.keeper.Session(ctx, mine, now); err != nil || s.Proven != 0 {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

func TestGradeThatIsNotEnoughIsRefused(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	o := open(t, dbtest.One(t), f, func(s *identity.Settings) { s.ACR = []string{"high", "substantial"} })
	for acr, want := range map[any]string{"high": "", "substantial": "", "low": "provider.grade", nil: "provider.grade"} {
		f.claims = set("acr", acr)
		to, keep, err := o.provider.Begin(ctx, nil, "", "/", "ru", machine, now)
		if err != nil || !strings.Contains(to, "acr_values=high+substantial") {
			t.Fatal(to, err)
		}
		_, sent := f.authorize(to)
		if _, err := o.provider.Finish(ctx, sent, keep, nil, "", machine, now); err != nil && keyOf(err) != want || err == nil && want != "" {
			t.Errorf("%v: %v", acr, err)
		}
	}
}

func TestAnotherClaimSaysWhoSomebodyIs(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	o := open(t, dbtest.One(t), f, func(s *identity.Settings) { s.Claim = "pinfl" })
	f.subject = "pairwise"
	f.claims = set("pinfl", "30101800000001")
	sent, keep := o.there(t, nil)
	if a, err := o.provider.Finish(ctx, sent, keep, nil, "", machine, now); err != nil || a.Token == "" {
		t.Error(err)
	}
}

// An office starts and serves while the provider is away, and asks it again when it is back.
func TestProviderThatIsAwayIsSaidToBe(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.down = true
	o := open(t, dbtest.One(t), f, nil)
	for range 3 {
		if _, _, err := o.provider.Begin(ctx, nil, "", "/", "ru", machine, now); keyOf(err) != "provider.away" || !fault.Is(err, fault.Unavailable) {
			t.Errorf("%v", err)
		}
	}
	f.down = false
	o.provider.ForgetFailure()
	if _, _, err := o.provider.Begin(ctx, nil, "", "/", "ru", machine, now); err != nil {
		t.Errorf("back again: %v", err)
	}
	// It goes away while somebody is there.
	sent, keep := o.there(t, nil)
	f.down = true
	if a, err := o.provider.Finish(ctx, sent, keep, nil, "", machine, now); keyOf(err) != "provider.away" || a.Next != "/cases?x=1" {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestProviderThatWouldMakeItEasyForAttackersIsRefused(t *testing.T) {
	t.Parallel()
	for name, bend := range map[string]map[string]any{"another issuer": {"issuer": "https://id.example"}, "plain PKCE": {"code_challenge_methods_supported": []string{"plain"}}} {
		f := newFake(t)
		f.config = bend
		o := open(t, dbtest.One(t), f, nil)
		if _, _, err := o.provider.Begin(ctx, nil, "", "/", "ru", machine, now); keyOf(err) != "provider.away" {
			t.Errorf("%s: %v", name, err)
		}
	}
	o := one(t)
	for name, s := range map[string]identity.Settings{
		"http": {Issuer: "http://id.example", ClientID: "x", Redirect: "https://nazorat.example/back"}, "no address": {Issuer: "id.example", ClientID: "x", Redirect: "https://nazorat.example/back"},
		"sent back over http": {Issuer: "https://id.example", ClientID: "x", Redirect: "http://nazorat.example/back"}, "nobody": {Issuer: "https://id.example", Redirect: "https://nazorat.example/back"},
		"a question": {Issuer: "https://id.example/?x", ClientID: "x", Redirect: "https://nazorat.example/back"},
	} {
		if _, err := identity.Open(o.DB, o.keeper, s); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestTriesOfOneMachineAreBounded(t *testing.T) {
	t.Parallel()
	o := one(t)
	if err := identity.FillTries(o.DB, machine.Address, now); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.provider.Begin(ctx, nil, "", "/", "ru", machine, now); keyOf(err) != "sign_in.busy" {
		t.Errorf("%v", err)
	}
	if _, _, err := o.provider.Begin(ctx, nil, "", "/", "ru", signin.Machine{Address: "192.0.2.2"}, now); err != nil {
		t.Errorf("another machine: %v", err)
	}
	if _, _, err := o.provider.Begin(ctx, nil, "", "/", "ru", machine, now+10*calendar.Minute); err != nil {
		t.Errorf("later: %v", err)
	}
}

func TestIdentitiesAreKeptByWhoeverHoldsTheDatabase(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		issuer := o.fake.URL
		list, err := identity.ReadIdentities(strings.NewReader("\ufefflogin,subject\nOlim, 30101800000002\njasur,30101800000001\n"))
		if err != nil || len(list) != 2 {
			t.Fatal(list, err)
		}
		if n, err := identity.Import(ctx, o.DB, issuer, list, now); err != nil || n != 1 {
			t.Errorf("%d, %v", n, err)
		}
		if _, err := identity.Import(ctx, o.DB, issuer, []identity.Identity{{Login: "olim", Subject: "new"}, {Login: "olim", Subject: "30101800000001"}}, now); keyOf(err) != "provider.taken" {
			t.Errorf("another's: %v", err)
		}
		if _, err := identity.Import(ctx, o.DB, issuer, []identity.Identity{{Login: "nobody", Subject: "x"}}, now); keyOf(err) != "officer.none" {
			t.Errorf("nobody's: %v", err)
		}
		if got, err := identity.List(ctx, o.DB, issuer); err != nil || len(got) != 3 || got[2] != (identity.Identity{Login: "olim", Subject: "30101800000002"}) {
			t.Errorf("%v, %v", got, err)
		}
		if has, err := o.provider.Has(ctx, "o2"); err != nil || !has {
			t.Errorf("%v, %v", has, err)
		}
		if err := identity.Remove(ctx, o.DB, issuer, " Olim", now+1); err != nil {
			t.Fatal(err)
		}
		if err := identity.Remove(ctx, o.DB, issuer, "olim", now); keyOf(err) != "provider.none" {
			t.Errorf("once more: %v", err)
		}
		if has, err := o.provider.Has(ctx, "o2"); err != nil || has {
			t.Errorf("%v, %v", has, err)
		}
		events, err := o.keeper.Events(ctx, "o2", 10)
		if err != nil || len(events) != 2 || events[0].What != signin.IdentityRemoved || events[1].What != signin.IdentityAdded {
			t.Errorf("%+v, %v", events, err)
		}
	})
}

func TestListOfIdentitiesSaysWhereItIsWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "line 1", "jasur,1\n": "line 1", "login,subject\njasur\n": "line 2", "login,subject\njasur,1\n,2\n": "line 3", "login,subject\njasur,\n": "line 2",
		"login,subject\njasur," + strings.Repeat("x", 256) + "\n": "line 2", "login,subject\njas\x00ur,1\n": "line 2",
	} {
		if _, err := identity.ReadIdentities(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
