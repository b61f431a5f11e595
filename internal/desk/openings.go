package desk

import (
	"net/url"

	"nazorat/internal/access"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
)

// openings are the acts by which the officer can open a proceeding, in the order of the
// office's laws. Those that an act elsewhere does along with itself come last: by hand they
// are rare. What comes by such a link only is not among them.
func (d *Desk) openings(t *web.Words, who access.Actor) []doLink {
	linked := d.linkedOpenings()
	var out, rare []doLink
	for _, name := range d.docket.Laws() {
		for _, r := range d.docket.Law(name).At(d.docket.Now()).Acts {
			if r == nil || !r.Opens || r.OnlyByLink || !r.Role(who.Role) {
				continue
			}
			o := doLink{Text: t.Law(name).Act(r.Name), Href: "/open/" + url.PathEscape(r.Name) + "?" + url.Values{"law": {name}}.Encode()}
			if linked[opening{name, r.Name}] {
				rare = append(rare, o)
			} else {
				out = append(out, o)
			}
		}
	}
	return append(out, rare...)
}

type opening struct{ law, act string }

// linkedOpenings are the acts that open a proceeding when another act is done elsewhere.
func (d *Desk) linkedOpenings() map[opening]bool {
	out := map[opening]bool{}
	for _, name := range d.docket.Laws() {
		for _, r := range d.docket.Law(name).At(d.docket.Now()).Acts {
			if r == nil {
				continue
			}
			for i := range r.Links {
				if l := &r.Links[i]; l.To == procedure.None {
					out[opening{l.Procedure, l.Act}] = true
				}
			}
		}
	}
	return out
}
