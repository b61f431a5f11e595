package desk

import (
	"github.com/a-h/templ"

	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// level says beside the title how closed a proceeding is, and why; nil where nothing closes it.
func (d *Desk) level(t *web.Words, p *proceedings.Proceeding) templ.Component {
	if p.Secrecy == "" {
		return nil
	}
	lb := t.Law(p.Law.Name)
	text := lb.Choice("", p.Law.SecrecyField(&p.State), p.Secrecy)
	if field, why := p.Law.Because(&p.State); why != "" {
		text = t.T("proceeding.level_because", "level", text, "why", lb.Choice("", field, why))
	}
	return ui.Badge(ui.Bad, text)
}

// saysLevel reports whether a fact of the proceeding is one that tells how closed it is: where nothing closes it, nothing is told.
func saysLevel(e *procedure.Edition, f *procedure.Field) bool {
	s := e.Kinds[0].Secrecy
	return s != nil && (f.ID == s.Level || f.ID == s.Because)
}

// IsParty reports whether a role is one in which an officer is a party to proceedings: his cases are those, and no others.
func IsParty(docket *proceedings.Reader, role string) bool {
	for _, name := range docket.Laws() {
		for _, e := range docket.Law(name).Editions {
			for _, k := range e.Kinds {
				if k != nil && k.Party != nil && k.Party.As == role {
					return true
				}
			}
		}
	}
	return false
}
