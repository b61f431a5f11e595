package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// Texts gives the words of one language. T returns the text of a key with its
// named variables filled in: args are alternating names and values.
type Texts interface {
	T(key string, args ...any) string
}

// The words that belong to components themselves. Every catalogue holds them.
const (
	keySkip           = "ui.skip_to_content"
	keyService        = "ui.service_name"
	keyServiceIs      = "ui.service_is"
	keyMenu           = "ui.menu"
	keyNavigation     = "ui.navigation"
	keyLanguage       = "ui.language"
	keyAccount        = "ui.account"
	keySignOut        = "ui.sign_out"
	keySynthetic      = "ui.synthetic"
	keyError          = "ui.error"
	keyErrorTitle     = "ui.error_title"
	keyOptional       = "ui.optional"
	keyBreadcrumbs    = "ui.breadcrumbs"
	keyPages          = "ui.pages"
	keyWarning        = "ui.warning"
	keyFiltersChosen  = "ui.filters_chosen"
	keyFilterRemove   = "ui.filter_remove"
	keySortedUp       = "ui.sorted_ascending"
	keySortedDown     = "ui.sorted_descending"
	keyConnectionLost = "ui.connection_lost"
	keyFooter         = "ui.footer"
	keyLicences       = "ui.licences"
	keyFindLabel      = "ui.find_label"
	keyFindButton     = "ui.find_button"
	keyDateWords      = "ui.date_words" // takes year, month, day, weekday, which the script fills in
	keyMonths         = "ui.months"     // twelve, with commas between
	keyWeekdays       = "ui.weekdays"   // seven from Sunday, with commas between
)

// TextKeys lists every key that the components of this package ask for, so
// that a test of the catalogues can hold them to it. One takes a
// variable: "ui.filter_remove" takes "filter".
func TextKeys() []string {
	return []string{
		keySkip, keyService, keyServiceIs, keyMenu, keyNavigation, keyLanguage, keyAccount, keySignOut, keySynthetic,
		keyError, keyErrorTitle, keyOptional, keyBreadcrumbs, keyPages, keyWarning, keyFiltersChosen,
		keyFilterRemove, keySortedUp, keySortedDown, keyConnectionLost, keyFooter, keyLicences,
		keyDateWords, keyMonths, keyWeekdays, keyFindLabel, keyFindButton,
	}
}

// Page is what the frame around a page needs to know. Texts is required; the
// zero value of everything else leaves that part out.
type Page struct {
	Lang  string // BCP 47: uz, uz-Cyrl, ru, en
	Title string // of the document; the name of the service follows it
	Texts Texts

	HomeHref    string // where the emblem leads; "/" when empty
	Nav         []NavItem
	Languages   []Language
	User        *User
	Find        *FindView // the search box of the header
	Synthetic   bool      // the strip that says the data are made up
	Breadcrumbs []Crumb
	Notices     []NoticeView
	Errors      []FieldError // shown first, and told in the title of the document
	Live        string       // address of the event stream that feeds the LiveParts of this page
	Narrow      bool         // one readable column in the middle: signing in, a single question
	FooterLinks []Crumb
}

// NavItem is one entry of the main navigation. Count, when positive, stands beside it.
type NavItem struct {
	Text, Href string
	Current    bool
	Count      int
	CountLabel string // what the count counts, for those who hear the page: "3 overdue"
}

// Language is one entry of the language switch: its own name in its own
// letters, a short form for narrow screens, and the address of this page in it.
type Language struct {
	Code, Name, Short, Href string
	Current                 bool
}

// FindView is the search box of the header. Its field has the id "q"; Value is what was typed last.
type FindView struct{ Action, Value string }

// User is who is signed in.
type User struct {
	Name, Role, Office string
	Href               string // his own page; may be empty
	SignOut            string // address that a POST signs out at; may be empty
}

// Crumb is a link of the breadcrumbs or of the footer; without Href it is plain text.
type Crumb struct{ Text, Href string }

// FieldError links one mistake to its field. Field is the field's ID (its
// Name, unless it has an ID of its own); empty for a mistake of the whole form.
type FieldError struct{ Field, Text string }

type textsKey struct{}

// Layout is the whole page around body.
func Layout(p Page, body templ.Component) templ.Component {
	return withTexts(p.Texts, layout(p, body))
}

// Fragment renders a part of a page that is sent alone, in the words of texts.
func Fragment(texts Texts, body templ.Component) templ.Component {
	return withTexts(texts, body)
}

func withTexts(texts Texts, c templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(context.WithValue(ctx, textsKey{}, texts), w)
	})
}

// say is a word of a component in the language of the page. Outside Layout and
// Fragment there is no language, and the key itself shows the mistake.
func say(ctx context.Context, key string, args ...any) string {
	if texts, ok := ctx.Value(textsKey{}).(Texts); ok && texts != nil {
		return texts.T(key, args...)
	}
	return key
}

type tokenKey struct{}

type tokenField struct{ name, value string }

// WithFormToken gives the forms of the pages that are rendered in a context a hidden field.
func WithFormToken(ctx context.Context, name, value string) context.Context {
	return context.WithValue(ctx, tokenKey{}, tokenField{name, value})
}

// formToken is that field; its name is "" where there is none.
func formToken(ctx context.Context) (name, value string) {
	f, _ := ctx.Value(tokenKey{}).(tokenField)
	return f.name, f.value
}
