package desk

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"nazorat/internal/docket"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Where the form of an act leads: to the page that the officer came from, or to the same form once more where the act
// adds a thing and there are others to add. A way back is only ever a page of this office.

const (
	fieldBack  = "back"  // where the form leads when it was done
	fieldAgain = "again" // the button that says that there is another thing to add
	doneParam  = "done"  // the entry that was made, for whoever comes back
	inParam    = "in"    // the proceeding that it stands in, where the page is not one of a proceeding
)

// mostBack is longer than the address of any page that leads to a form.
const mostBack = 2000

// backTo is a way back as somebody sent it; "" where it is none of ours.
func backTo(raw string) string {
	if raw == "" || len(raw) > mostBack {
		return ""
	}
	if path := web.Back(raw); path != "/" {
		return withoutDone(path)
	}
	return ""
}

// withoutDone is an address without the notice of what was done before.
func withoutDone(path string) string {
	u, err := url.Parse(path)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Del(doneParam)
	q.Del(inParam)
	u.RawQuery = q.Encode()
	return u.String()
}

// withBack is the address of a form that leads back; back is an address of ours, or "".
func withBack(href, back string) string {
	if back == "" {
		return href
	}
	sign := "?"
	if strings.Contains(href, "?") {
		sign = "&"
	}
	return href + sign + url.Values{fieldBack: {back}}.Encode()
}

// leads is where a form that was done leads: back, to itself once more, or to the proceeding.
func (f *form) leads(done *docket.Receipt, again bool) string {
	seq := strconv.FormatInt(done.Seq, 10)
	switch {
	case again && f.addsMore() && f.inside != nil:
		return withDone(f.path, seq)
	case again && f.addsMore():
		href := f.path
		if f.thing > 0 {
			href += "?" + url.Values{fieldThing: {strconv.Itoa(int(f.thing))}}.Encode()
		}
		return withDone(withBack(href, f.back), seq)
	case f.back != "":
		path := withDone(f.back, seq)
		if !strings.HasPrefix(path, proceedingHref(done.Proceeding)+"/") { // a page of many proceedings
			path += "&" + url.Values{inParam: {done.Proceeding}}.Encode()
		}
		return path
	}
	return proceedingHref(done.Proceeding) + "?" + doneParam + "=" + seq
}

// withDone is an address of ours that tells what was done.
func withDone(path, seq string) string {
	u, err := url.Parse(path)
	if err != nil {
		return "/"
	}
	q := u.Query()
	q.Set(doneParam, seq)
	u.RawQuery = q.Encode()
	return u.String()
}

// addsMore reports whether the act adds a thing to a proceeding that is open, so that there may be another.
func (f *form) addsMore() bool { return f.p != nil && f.rule.Adds != procedure.None }

// returns shows where the form leads, and what was done by it a moment ago.
func (d *Desk) returns(r *web.Request, f *form, v *actView, page *ui.Page) (err error) {
	if v.Back = f.back; f.back != "" {
		v.CancelHref = f.back
	}
	if f.addsMore() {
		v.Another = r.Words.T("act.another")
	}
	if r.Method == http.MethodGet {
		page.Notices, err = d.Done(r, f.p)
	}
	return err
}
