package desk

import (
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// emergencies is the notice, above all of his work, to whoever has to answer for what was opened in an emergency; it
// leads to the list.
func (d *Desk) emergencies(r *web.Request) ([]ui.NoticeView, error) {
	if d.glass == nil {
		return nil, nil
	}
	list, err := d.glass.ToAnswer(r.Context(), r.Actor())
	if err != nil || len(list) == 0 {
		return nil, err
	}
	t, now, late := r.Words, d.docket.Now(), 0
	for _, e := range list {
		if e.AnswerBy < now {
			late++
		}
	}
	n := ui.NoticeView{Tone: ui.Warn, Title: t.T("work.emergencies", "n", len(list)), Text: t.T("work.emergencies_until", "when", t.Moment(d.zone, list[0].AnswerBy)),
		Href: "/emergencies", LinkText: t.T("work.emergencies_link")}
	if late > 0 {
		n.Tone, n.Text = ui.Bad, t.T("work.emergencies_late", "n", late)
	}
	return []ui.NoticeView{n}, nil
}
