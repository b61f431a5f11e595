// Package ui holds the components that every page is made of: the frame
// around a page, form fields, tables, tags, time lines.
//
// It owns how a thing looks and how it is told to assistive technology: a
// field owns its label, hint, error and aria wiring; a state is never told by
// colour alone. It knows nothing of cases, laws, sessions or requests, reads no
// clock, formats no date and decides nothing. Strings arrive translated; the
// few words that belong to a component itself ("Error:", "optional") come from
// the Texts of the page, under the keys that TextKeys lists.
//
// No component writes an inline script, an inline style or an event handler,
// so the strictest Content-Security-Policy holds (default-src 'self'). All of
// them work without JavaScript.
//
// # Overview
//
// A page:
//
//	ui.Layout(ui.Page{Lang, Title, Texts, Nav, Languages, User, Notices, Breadcrumbs, Errors, Synthetic, Live, …}, body)
//	ui.Fragment(texts, body)                  a part sent alone, for htmx or an event stream
//	ui.Heading(HeadingView)                   h1 with caption above and things at its right
//	ui.Columns(main, aside)                   two thirds and one third
//	ui.Section(title, id) { … }               h2 and what is below it
//
// Forms (a Field has Name, ID, Label, Hint, Error, Optional, Article):
//
//	ui.Form(FormView{Action, Method, ID}) { … }
//	ui.Text(TextField)     ui.TextArea(TextAreaField)   ui.Select(SelectField)
//	ui.Radios(ChoiceField) ui.Checkboxes(ChoiceField)   ui.Checkbox(CheckboxField)
//	ui.Date(DateField)     ui.Moment(DateField)         ui.Money(NumberField)  ui.Number(NumberField)
//	ui.Hidden(name, value) ui.Fieldset(legend, hint) { … }
//	ui.Buttons() { … }     ui.Button(ButtonView)
//	ui.ErrorSummary([]FieldError)             Layout writes it from Page.Errors
//
// Things to read:
//
//	ui.Table(TableView)  ui.SummaryList([]SummaryRow)  ui.Timeline([]TimelineItem)  ui.Pagination(PaginationView)
//	ui.Tag(tone, text)   ui.DeadlineTag(deadlineTone, text)  ui.Badge(tone, text)
//	ui.Tabs(label, []TabItem)  ui.Filters(FilterView) { fields }  ui.Details(summary, open) { … }
//	ui.Card(CardView) { … }  ui.Panel(title) { … }  ui.Stats() { ui.Stat(StatView) … }
//	ui.Inset() { … }  ui.Warning(text)  ui.Refusal(RefusalView)  ui.Empty(title, text)  ui.Notice(NoticeView)
//	ui.Icon(name)  ui.Emblem()  ui.Plain(text)  ui.Link(href, text)
//
// Live parts:
//
//	ui.LivePart(id, event) { … }              replaced by the HTML that the stream Page.Live sends as event
package ui
