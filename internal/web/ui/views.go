package ui

import "github.com/a-h/templ"

// Tone is the colour of a tag, badge, card or notice. The words carry the
// meaning; the tone only lets the eye find it.
type Tone string

// The tones, from quiet to loud.
const (
	Neutral Tone = "neutral"
	Info    Tone = "info"
	Good    Tone = "good"
	Warn    Tone = "warn"
	Bad     Tone = "bad"
)

// DeadlineTone is where a deadline stands.
type DeadlineTone string

// Where a deadline may stand.
const (
	Late    DeadlineTone = "late"    // it has passed and is not met
	Soon    DeadlineTone = "soon"    // within its warning
	OnTime  DeadlineTone = "ok"      // running, with time left
	Stopped DeadlineTone = "stopped" // the clock stands still
	Met     DeadlineTone = "met"     // done
)

// HeadingView is the h1 of a page: Caption stands above it (the number of a
// case, the name of an office), Aside at its right (tags, a button).
type HeadingView struct {
	Caption, Title string
	Lead           string // one sentence under it
	Aside          templ.Component
}

// Column heads a column of a table. With SortHref the head is a link that
// sorts; Sorted is "", "ascending" or "descending".
type Column struct {
	Text     string
	Numeric  bool
	Unbroken bool // never on two lines: dates, numbers of cases
	Hidden   bool // told, but not shown: a column of buttons
	SortHref string
	Sorted   string
}

// Cell is one cell: Text, linked when Href is set, or a component instead.
// Note is a second, quieter line. Head makes it the head of its row. Quiet is
// what the eye may pass over among others: a nought.
type Cell struct {
	Text, Href, Note string
	Body             templ.Component
	Head             bool
	Quiet            bool
}

// Row is one row; Tone colours its left edge (its words must say why).
type Row struct {
	ID    string
	Cells []Cell
	Tone  DeadlineTone
}

// TableView is a table. Caption is required: it names the table to those who
// cannot see it, and HideCaption hides it from the others. Empty is shown
// instead of rows. On a narrow screen each row becomes a small card unless
// Scroll keeps the columns and lets them be scrolled sideways.
type TableView struct {
	ID          string
	Caption     string
	HideCaption bool
	Columns     []Column
	Rows        []Row
	Empty       string
	Scroll      bool
}

// SummaryRow is a key and its value: Text, linked when Href is set, or Body;
// Note is a second, quieter line. ActionText with ActionHref is a link at the
// right, whose meaning ActionAbout completes for those who hear it.
type SummaryRow struct {
	Key, Text, Href, Note               string
	Body                                templ.Component
	ActionText, ActionHref, ActionAbout string
}

// TimelineItem is one entry of a history. When is shown, Datetime is the same
// moment for machines (RFC 3339).
type TimelineItem struct {
	ID, Title, By, When, Datetime string
	Text                          string
	Article                       string // the article it rests on
	Body                          templ.Component
	Tone                          Tone
}

// PaginationView leads to newer and older entries; an empty Href leaves that side out.
type PaginationView struct {
	NewerHref, NewerText, OlderHref, OlderText string
	Summary                                    string // "1 to 50 of 1,234", between them
}

// TabItem is one of several views of the same thing: a link, not a script.
type TabItem struct {
	Text, Href string
	Current    bool
	Count      int // shown when positive
}

// FilterChip is a filter that is on; RemoveHref is this page without it.
type FilterChip struct{ Text, RemoveHref string }

// FilterView is a form of filters that folds away; its fields are the children.
type FilterView struct {
	Title, Action, Apply string
	ClearText, ClearHref string
	Chosen               []FilterChip
	Open                 bool
}

// CardView is a box with a title. Level is the heading's level, 2 when zero.
type CardView struct {
	ID, Title, Href string
	Level           int
	Tone            DeadlineTone
	Aside           templ.Component // at the right of the title
}

// StatView is one number that matters, with what it counts and where it leads.
type StatView struct {
	ID, Number, Label, Href string
	Note                    string
	Tone                    DeadlineTone
}

// RefusalView says why something cannot be done: what, why, under which
// article, and what would be possible.
type RefusalView struct {
	Title, Text          string
	Article, ArticleHref string
	Instead              string
}

// NoticeView tells what has just happened, or what everyone should know.
type NoticeView struct {
	Tone           Tone
	Title, Text    string
	Href, LinkText string
	More           []Crumb // further links
}

// ButtonKind is how loud a button is.
type ButtonKind string

// The kinds of buttons. One Primary on a page at most.
const (
	Primary   ButtonKind = "primary"
	Secondary ButtonKind = "secondary"
	Caution   ButtonKind = "warning"
	Quiet     ButtonKind = "quiet" // looks like a link
)

// ButtonView is a button of a form, or with Href a link that looks like one.
// The zero Kind is Primary.
type ButtonView struct {
	Text, Name, Value, Href string
	Kind                    ButtonKind
	ID                      string
	About                   string // completes Text for those who hear it: "Sign in" + "as Karimov"
}

// PasskeyView is a button inside a form that asks an authenticator, to make a
// key or to sign. It is shown by the script only. Options is the address that
// says what to ask, by POST; the answer comes in the field Field of the form.
type PasskeyView struct {
	Create               bool // make a key, else sign with one
	Options, Field, Text string
	Failed               string // what is said where nothing came of it
	Kind                 ButtonKind
}

// FormView is a form. Method is POST when empty. The double submit of a POST
// is caught by script where there is one; the server must still expect it.
type FormView struct {
	ID, Action, Method string
	Files              bool // multipart
}

// Field is what all form fields share. Name is the field's name in the form.
type Field struct {
	Name      string
	ID        string // Name when empty
	Label     string
	Hint      string
	Error     string // what is wrong, in words
	Optional  bool   // says so beside the label; everything else is expected
	Article   string // the article that asks for it, shown beside the label
	Heading   bool   // the label is the heading (h1) of a page that asks one thing
	Autofocus bool
}

func (f Field) id() string {
	if f.ID != "" {
		return f.ID
	}
	return f.Name
}

// describedBy is the aria-describedby of the input, empty when nothing describes it.
func (f Field) describedBy() string {
	switch id := f.id(); {
	case f.Hint != "" && f.Error != "":
		return id + "-hint " + id + "-error"
	case f.Hint != "":
		return id + "-hint"
	case f.Error != "":
		return id + "-error"
	}
	return ""
}

// TextField is one line of text. Type is "text" when empty; "password",
// "email", "tel" and "search" are possible. Width is in characters: 2, 3, 4, 5,
// 10, 20 or 30; 0 is the full width.
type TextField struct {
	Field
	Value, Type, Autocomplete, InputMode string
	Width                                int
}

// FileField takes a file. Accept is which types a browser offers; Kept is what was sent with the form before, and travels with it.
type FileField struct {
	Field
	Accept   string
	Camera   string // of the input that takes a photograph, on devices that are touched; "": there is none
	KeptName string // of the hidden field in which it travels
	Kept     string
	KeptIs   string // that it is kept, in words
	Drop     CheckboxField
}

// TextAreaField is text of several lines; Rows is 5 when zero.
type TextAreaField struct {
	Field
	Value string
	Rows  int
}

// Option is one choice. Conditional is shown under it while it is chosen; its
// fields arrive with the form either way, so the server ignores those of a
// choice that was not made.
type Option struct {
	Value, Text, Hint string
	Disabled          bool
	Conditional       templ.Component
}

// SelectField is a choice from a long list; Empty is the text of the first,
// empty choice and leaves that out when it is empty itself.
type SelectField struct {
	Field
	Value   string
	Options []Option
	Empty   string
}

// ChoiceField is a choice from a short list: Radios chooses one of Values,
// Checkboxes any of them. With Heading, when it is all that a page asks, the
// choices are large.
type ChoiceField struct {
	Field
	Values  []string
	Options []Option
	Inline  bool // radios side by side: yes or no
}

func (c ChoiceField) has(value string) bool {
	for _, v := range c.Values {
		if v == value {
			return true
		}
	}
	return false
}

// CheckboxField is a single box; Value is sent when it is ticked, "yes" when empty.
type CheckboxField struct {
	Field
	Value   string
	Checked bool
}

// DateField is a date (2026-03-08) or, for Moment, a date and a time of day
// (2026-03-08T15:10): the forms that the browser's own picker sends, and that a
// person types where there is none. What was typed wrongly is shown again, in a
// plain text field, because a picker would drop it.
type DateField struct {
	Field
	Value, Min, Max string
}

// NumberField is a number; Prefix and Suffix stand beside it: a currency, a
// unit. Value stays as it was typed.
type NumberField struct {
	Field
	Value, Prefix, Suffix string
	Width                 int
	Decimal               bool // a decimal point is possible
}
