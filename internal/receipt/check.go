package receipt

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"nazorat/internal/calendar"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// textField is the field that a receipt's text is pasted into.
const textField = "receipt"

// mostText is longer than any receipt: one from a tree of 2^62 leaves has a third of it.
const mostText = 16 << 10

type checkView struct {
	Heading ui.HeadingView
	Good    bool
	Facts   []ui.SummaryRow
	GoodIs  string
	Another string

	Action  string
	Text    ui.TextAreaField
	Button  string
	AboutIs string
	About   []string
	NoKeys  *ui.NoticeView
}

// checkPage: anybody asks whether a receipt is genuine.
func (r *Room) checkPage(w http.ResponseWriter, q *web.Request) error {
	return r.form(w, q, http.StatusOK, "", "")
}

// form asks for the text of a receipt; wrong, if there is any, says why the one that
// was given is none.
func (r *Room) form(w http.ResponseWriter, q *web.Request, status int, text, wrong string) error {
	t := q.Words
	v := checkView{Heading: ui.HeadingView{Title: t.T("check.title"), Lead: t.T("check.lead")}, Action: CheckPath, Button: t.T("check.button"),
		Text:    ui.TextAreaField{Field: ui.Field{Name: textField, Label: t.T("check.field"), Hint: t.T("check.hint"), Error: wrong}, Value: text, Rows: 6},
		AboutIs: t.T("check.about"), About: []string{t.T("check.about_told"), t.T("check.about_not_told"), t.T("check.about_kept")}}
	if len(r.Keys) == 0 {
		v.NoKeys = &ui.NoticeView{Tone: ui.Warn, Title: t.T("receipt.unsigned_title"), Text: t.T("check.no_keys")}
	}
	page := q.Page(v.Heading.Title)
	page.Narrow = true
	if wrong != "" {
		page.Errors = []ui.FieldError{{Field: textField, Text: wrong}}
	}
	w.Header().Set("Cache-Control", "no-store")
	return q.Render(w, status, page, checkBody(v))
}

// check answers whoever gave a receipt.
func (r *Room) check(w http.ResponseWriter, q *web.Request) error {
	t := q.Words
	typed := q.PostForm.Get(textField)
	if len(typed) > mostText {
		return r.form(w, q, http.StatusUnprocessableEntity, "", t.T("check.too_long"))
	}
	if wait := r.limit.allow(q.Machine()); wait > 0 {
		seconds := int(math.Ceil(wait.Seconds()))
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		return r.form(w, q, http.StatusTooManyRequests, typed, t.T("check.too_often", "n", seconds))
	}
	text := pasted(typed)
	if text == "" {
		return r.form(w, q, http.StatusUnprocessableEntity, "", t.T("check.missing"))
	}
	g, err := r.genuine(q, text)
	var no *notGenuine
	if errors.As(err, &no) {
		return r.form(w, q, http.StatusUnprocessableEntity, typed, t.T(no.key))
	}
	if err != nil {
		return err
	}
	v := checkView{Good: true, GoodIs: t.T("check.good"), Facts: r.rows(q, g), Action: CheckPath, Another: t.T("check.another")}
	page := q.Page(v.GoodIs)
	page.Narrow = true
	w.Header().Set("Cache-Control", "no-store")
	return q.Render(w, http.StatusOK, page, checkBody(v))
}

// fileBegins is how a receipt's file begins.
const fileBegins = "c2sp.org/tlog-proof@"

// pasted is a receipt's text as it was pasted. What a code says loses the blanks and
// line ends that letters and programs put into it; of a file, whose lines matter, only
// their ends are set right, which browsers change.
func pasted(s string) string {
	if s = strings.ReplaceAll(strings.TrimSpace(s), "\r\n", "\n"); strings.HasPrefix(s, fileBegins) {
		return s + "\n"
	}
	return strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) || !unicode.IsPrint(c) {
			return -1
		}
		return c
	}, s)
}

// notGenuine says, by the key of a text, why something is no receipt of this office.
type notGenuine struct{ key string }

func (e *notGenuine) Error() string { return "receipt: " + e.key }

// wrong is what is said of a receipt that does not hold.
func wrong(err error, key string) error {
	if errors.Is(err, journal.ErrUnsigned) {
		key = "check.unsigned"
	}
	return &notGenuine{key}
}

// rows put what the holder of a receipt is told into the form of a page.
func (r *Room) rows(q *web.Request, g *Genuine) []ui.SummaryRow {
	t := q.Words
	rows := []ui.SummaryRow{{Key: t.T("check.act"), Text: g.Act}, {Key: t.T("check.recorded"), Text: t.LongDate(g.Recorded)}}
	if g.Standing != "" {
		rows = append(rows, ui.SummaryRow{Key: t.T("check.standing"), Text: g.Standing, Note: t.T("check.standing_by", "article", g.Article)})
	}
	return append(rows,
		ui.SummaryRow{Key: t.T("check.leaf"), Text: t.Number(g.Leaf), Note: t.T("check.of", "n", g.Size)},
		ui.SummaryRow{Key: t.T("check.signed"), Text: g.Origin})
}

// Genuine is what the holder of a receipt is told, in the language of his request.
type Genuine struct {
	Act      string // the word that the law lets him be told
	Recorded calendar.Date
	Standing string // where the proceeding stands now; "" where the law lets nothing be told
	Article  string // that lets it be told
	Leaf     int64
	Size     int64 // of the signed tree
	Origin   string
}

// Wait is how long a machine has to wait before it may have another receipt checked; 0 where it may now, and then it is counted.
func (r *Room) Wait(machine string) time.Duration { return r.limit.allow(machine) }

// Check checks the text of a receipt for anybody who holds it. What is none is Invalid, and the key says why.
func (r *Room) Check(q *web.Request, typed string) (*Genuine, error) {
	text := pasted(typed)
	switch {
	case len(typed) > mostText:
		return nil, fault.New(fault.Invalid, "check.too_long", nil)
	case text == "":
		return nil, fault.New(fault.Invalid, "check.missing", nil)
	}
	g, err := r.genuine(q, text)
	var no *notGenuine
	if errors.As(err, &no) {
		return nil, fault.New(fault.Invalid, no.key, nil)
	}
	return g, err
}

// genuine checks a receipt, and puts into words what its holder may be told.
func (r *Room) genuine(q *web.Request, text string) (*Genuine, error) {
	t := q.Words
	whole, err := journal.ParseReceipt([]byte(text), r.Keys)
	if err != nil {
		return nil, wrong(err, "check.unreadable")
	}
	signed, err := whole.Verify(r.Keys)
	if err != nil {
		return nil, wrong(err, "check.broken")
	}
	// What follows is about a leaf that the asker has a proof of.
	now, err := r.proceedings.Standing(q.Context(), whole.Leaf)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	if err != nil || now.Leaf != whole.Commitment() {
		r.logger.ErrorContext(q.Context(), "the journal does not hold what it has signed", "leaf", whole.Leaf, "signed", signed.Size)
		return nil, &notGenuine{"check.gone"}
	}
	law := r.told[now.Law]
	if law == nil {
		law = &told{}
	}
	act, ok := law.act(whole.Act, t.Lang)
	if !ok {
		act = t.T("check.act_untold")
	}
	g := &Genuine{Act: act, Recorded: r.zone.Date(whole.Recorded), Leaf: whole.Leaf, Size: signed.Size, Origin: signed.Origin}
	if word, ok := law.standing(whole.Act, now.State, t.Lang); ok {
		g.Standing, g.Article = word, t.Law(now.Law).Article(law.article)
	}
	return g, nil
}
