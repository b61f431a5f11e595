package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// Whoever is not signed in sees every law drawn, may keep each drawing as a file, and is told of what is not there.
func TestAnybodySeesLawsDrawn(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	c := o.client(t)
	for _, law := range []string{"uz/criminal", "it/road-fines", "us-il/felony"} {
		edition := o.edition(t, law)
		page := c.get("/laws/" + law + "/" + edition + "/picture")
		if page.status != http.StatusOK || !strings.Contains(page.body, `<svg xmlns="http://www.w3.org/2000/svg" class="nz-drawing"`) {
			t.Errorf("%s: %d", law, page.status)
		}
		file := c.get("/laws/" + law + "/" + edition + "/picture.svg")
		if file.status != http.StatusOK || !strings.HasPrefix(file.body, "<svg ") || file.header.Get("Content-Type") != "image/svg+xml" ||
			!strings.HasPrefix(file.header.Get("Content-Disposition"), "attachment; ") {
			t.Errorf("%s: %d, %v", law, file.status, file.header)
		}
	}
	edition := o.edition(t, "uz/criminal")
	for _, path := range []string{"/laws/uz/civil/" + edition + "/picture", "/laws/uz/criminal/1890-01-01/picture", "/laws/uz/criminal/" + edition + "/picture?of=case.none",
		"/laws/uz/criminal/" + edition + "/picture.svg?of=../../case"} {
		if a := c.get(path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

// edition is the one that the page of a law leads to the drawings of.
func (o *office) edition(t *testing.T, law string) string {
	t.Helper()
	link := regexp.MustCompile(`href="/laws/` + law + `/([0-9-]+)/picture"`)
	m := link.FindStringSubmatch(o.client(t).get("/laws/" + law).body)
	if m == nil {
		t.Fatalf("the page of %s does not lead to its drawings", law)
	}
	return m[1]
}

// A long law stands on a page for each part, and on one page where that is asked for; what is not there is said to be missing.
func TestALongLawIsServedPartByPart(t *testing.T) {
	t.Parallel()
	o := serve(t, 0)
	c := o.client(t)
	page := c.get("/laws/uz/criminal")
	m := regexp.MustCompile(`href="(/laws/uz/criminal/[0-9-]+/part/custody)"`).FindStringSubmatch(page.body)
	if page.status != http.StatusOK || m == nil || strings.Contains(page.body, `aria-labelledby="act-`) || len(page.body) > 80_000 {
		t.Fatalf("status %d, %d bytes, the part %q", page.status, len(page.body), m)
	}
	part := c.get(m[1])
	if part.status != http.StatusOK || !strings.Contains(part.body, ` id="act-apply_custody"`) || strings.Contains(part.body, ` id="act-register_report"`) || len(part.body) > 160_000 {
		t.Errorf("the part: status %d, %d bytes", part.status, len(part.body))
	}
	all := c.get("/laws/uz/criminal?all=1")
	if all.status != http.StatusOK || !strings.Contains(all.body, ` id="act-apply_custody"`) || !strings.Contains(all.body, ` id="act-register_report"`) {
		t.Errorf("all of it: status %d, %d bytes", all.status, len(all.body))
	}
	for _, near := range []string{"/laws/uz/criminal/2025-01-01/rules", "/laws/uz/criminal/2025-01-01/stages"} {
		if got := c.get(near); got.status != http.StatusOK || len(got.body) > 100_000 {
			t.Errorf("%s: status %d, %d bytes", near, got.status, len(got.body))
		}
	}
	for _, none := range []string{"/laws/uz/appeals/2020-12-01/stages", "/laws/uz/criminal/1999-01-01/rules", m[1] + "x", "/laws/uz/criminal/1999-01-01/part/custody", "/laws/xx/none/2025-01-01/part/custody", "/laws/uz/appeals/2020-12-01/part/_", "/laws/uz/criminal/2025-01-01/part"} {
		if got := c.get(none); got.status != http.StatusNotFound {
			t.Errorf("%s: status %d", none, got.status)
		}
	}
}
