package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// Whoever is not signed in sees every law drawn, may keep each drawing as a file, and is told of what is not there.
func TestAnybodySeesLawsDrawn(t *testing.T) {
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
