package e2e

import (
	"testing"

	"nazorat/internal/browsertest"
)

// The session of an officer ends while he types; he signs in on another page
// and sends what he had typed, in a browser with and without script.
func TestOfficerWhoseSessionEndedLosesNothing(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	o := serve(t, 0)
	for _, script := range []bool{true, false} {
		p := b.Page(t, 390, 844)
		if !script {
			p.ScriptOff()
		}
		p.Goto(o.url + "/sign-in?lang=en")
		signIn(p, o, o.as(t, "duty_officer"))
		p.Goto(o.url + openReport)
		p.Fill("[name='f.summary']", "A bicycle was stolen from the yard of house 12")
		choose(p, "source", "direct")
		p.Fill("[name='f.assign_to']", o.as(t, "inquirer").Officer)
		beside := p.Tab(1366, 768)
		beside.Goto(o.url + "/sign-in")
		beside.Follow("form[action='/sign-out'] button")
		submit(p)
		contains(t, p, "h1", "Your session has ended")
		contains(t, p, "#typed, main", "A bicycle was stolen from the yard of house 12")
		if script {
			p.Axe(t)
		}
		if n := p.Count("main a[href='/sign-in'][target=_blank]"); n != 1 {
			t.Errorf("%d links to sign in beside this page", n)
		}
		signIn(beside, o, o.as(t, "duty_officer"))
		p.Follow("form#unsent button")
		contains(t, p, "h1", "A bicycle was stolen")
	}
}
