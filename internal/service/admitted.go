package service

import (
	"slices"

	"nazorat/internal/directory"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// admitted says what an officer is admitted to, now or soon, until when and on which order; nothing of whoever is admitted to nothing.
func (r *room) admitted(t *web.Words, list []directory.Admission) (out []ui.SummaryRow) {
	for _, a := range list {
		out = append(out, ui.SummaryRow{Key: t.T("service.admitted"), Text: t.T("service.admitted_until", "level", r.level(t, a.Level), "from", r.since(t, a.From), "to", r.until(t, a.To), "order", a.Order)})
	}
	return out
}

// level is a level of secrecy as a law that has it calls it.
func (r *room) level(t *web.Words, level string) string {
	for _, name := range r.docket.Laws() {
		kind := r.docket.Law(name).At(r.docket.Now()).Kinds[0]
		if kind.Secrecy == nil {
			continue
		}
		if f := kind.Fields[kind.Secrecy.Level]; slices.Contains(f.Choices, level) {
			return t.Law(name).Choice("", f.Name, level)
		}
	}
	return level
}
