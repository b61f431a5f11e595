package ui

import (
	"strconv"
	"time"

	"github.com/a-h/templ"
)

// The forms of a date that a browser's picker sends and shows.
const (
	dayLayout    = "2006-01-02"
	momentLayout = "2006-01-02T15:04"
)

// pickerOrText is the type of a date input: a picker for a value that it can
// show, a line of text for one that it would silently drop.
func pickerOrText(kind, layout, value string) string {
	if value == "" {
		return kind
	}
	if _, err := time.Parse(layout, value); err != nil {
		return "text"
	}
	return kind
}

// described is the aria wiring of an input: what describes it, and whether it is wrong.
func described(f Field) templ.Attributes {
	attrs := templ.Attributes{}
	if by := f.describedBy(); by != "" {
		attrs["aria-describedby"] = by
	}
	if f.Error != "" {
		attrs["aria-invalid"] = "true"
	}
	if f.Autofocus {
		attrs["autofocus"] = true
	}
	return attrs
}

// optionID gives the first option the field's own id, so that a link from the
// ErrorSummary leads to it.
func optionID(f ChoiceField, i int) string {
	if i == 0 {
		return f.id()
	}
	return f.id() + "-" + strconv.Itoa(i+1)
}

func buttonClass(k ButtonKind) string {
	switch k {
	case Secondary:
		return "govuk-button govuk-button--secondary"
	case Caution:
		return "govuk-button govuk-button--warning"
	case Quiet:
		return "nz-quiet"
	}
	return "govuk-button"
}

func toneIcon(t Tone) string {
	switch t {
	case Good:
		return "check"
	case Warn, Bad:
		return "alert"
	}
	return "info"
}

func deadlineIcon(t DeadlineTone) string {
	switch t {
	case Late:
		return "alert"
	case Soon:
		return "hourglass"
	case Stopped:
		return "pause"
	case Met:
		return "check"
	}
	return "clock"
}

// roleAndOffice is what stands under the name of who is signed in.
func roleAndOffice(u User) string {
	if u.Role != "" && u.Office != "" {
		return u.Role + " · " + u.Office
	}
	return u.Role + u.Office
}

func rowClass(t DeadlineTone) string {
	if t == "" {
		return "govuk-table__row"
	}
	return "govuk-table__row nz-row--" + string(t)
}

// labelled says whether a column's words stand before its cells where a narrow
// screen shows each row as a small card.
func labelled(v TableView, i int) bool {
	return !v.Scroll && i < len(v.Columns) && v.Columns[i].Text != "" && !v.Columns[i].Hidden
}

func headingTag(level int) string { return "h" + strconv.Itoa(min(max(level, 2), 4)) }

func orNeutral(t Tone) Tone {
	if t == "" {
		return Neutral
	}
	return t
}

func orRoot(href string) string {
	if href == "" {
		return "/"
	}
	return href
}

func orPost(method string) string {
	if method == "" {
		return "post"
	}
	return method
}

func orText(kind string) string {
	if kind == "" {
		return "text"
	}
	return kind
}

func orYes(value string) string {
	if value == "" {
		return "yes"
	}
	return value
}

func orFive(rows int) int {
	if rows == 0 {
		return 5
	}
	return rows
}

func orWidth(width, otherwise int) string {
	if width == 0 {
		width = otherwise
	}
	return strconv.Itoa(width)
}

func cellClass(v TableView, i int, class string) string {
	if i < len(v.Columns) && v.Columns[i].Numeric {
		class += " " + class + "--numeric"
	}
	if i < len(v.Columns) && v.Columns[i].Unbroken {
		class += " nz-table__unbroken"
	}
	return class
}
