package inbox

import (
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// columns of a table of notices.
func columns(t *web.Words) []ui.Column {
	return []ui.Column{{Text: t.T("inbox.column.what")}, {Text: t.T("inbox.column.until"), Unbroken: true}, {Text: t.T("inbox.column.told"), Unbroken: true}, {Text: t.T("inbox.column.do"), Hidden: true}}
}

// row of a notice.
func row(i *itemView, number string) ui.Row {
	r := ui.Row{Cells: []ui.Cell{{Body: what(*i), Head: true}, {Text: i.Ends, Note: i.Stands}, {Body: when(*i)}, {Body: do(*i, number)}}}
	switch i.Tone {
	case ui.Bad:
		r.Tone = ui.Late
	case ui.Warn:
		r.Tone = ui.Soon
	}
	return r
}

// buttonOf is how loud the button of a notice is: what must be acknowledged is not passed over.
func buttonOf(i itemView) ui.ButtonKind {
	if i.Urgent {
		return ui.Caution
	}
	return ui.Quiet
}
