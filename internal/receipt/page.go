package receipt

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/look"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

type sheetView struct {
	Heading ui.HeadingView
	Facts   []ui.SummaryRow
	Missing *ui.NoticeView // why there is no receipt to show yet
	Again   *ui.ButtonView

	Code      *code
	CodeIs    string
	Print     string // of the button, which a script makes
	Fits      string
	ChecksIs  string
	Checks    []string
	Command   string
	ProofIs   string
	TextIs    string
	Text      string
	PathIs    string
	Path      []string
	SignedIs  string
	Signed    string
	CheckHref string
	CheckIs   string
	FileHref  string
	FileIs    string
}

// Seconds after which a page that waits for a checkpoint looks again, while it may come
// any moment, and once it is late.
const (
	lookAgain     = "2"
	lookAgainLate = "15"
)

// late is how long after its entry a checkpoint is not just late by chance.
const late = 30 * calendar.Second

// sheet: the receipt of one entry.
func (r *Room) sheet(w http.ResponseWriter, q *web.Request) error {
	p, e, err := r.entry(q, look.View)
	if err != nil {
		return err
	}
	t := q.Words
	v := sheetView{Heading: ui.HeadingView{Caption: t.T("receipt.title"), Title: r.title(t, p, e)}, Facts: r.facts(t, p, e)}
	page := q.Page(t.T("receipt.title") + " · " + p.Number)
	page.Breadcrumbs = []ui.Crumb{{Text: p.Number, Href: "/proceedings/" + p.ID + "#entry-" + strconv.FormatInt(e.Seq, 10)}, {Text: t.T("receipt.title")}}
	whole, signed, err := r.Of(q.Context(), e)
	if fault.Is(err, fault.Unavailable) {
		r.missing(w, q, e, &v)
		return q.Render(w, http.StatusOK, page, sheetBody(v))
	}
	if err != nil {
		return err
	}
	if err := r.show(q, p.ID, whole, signed, &v); err != nil {
		return err
	}
	return q.Render(w, http.StatusOK, page, sheetBody(v))
}

// file is the receipt of an entry as programs of others read it.
func (r *Room) file(w http.ResponseWriter, q *web.Request) error {
	_, e, err := r.entry(q, look.Download)
	if err != nil {
		return err
	}
	whole, _, err := r.Of(q.Context(), e)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+fileName+`"`)
	_, err = w.Write(whole.Text())
	return err
}

// entry that a page is about, for somebody who may see it and take it out of the office, as a kind of look. The page is made to
// be printed, and has all that the file has.
func (r *Room) entry(q *web.Request, kind string) (*proceedings.Proceeding, *journal.Sealed, error) {
	p, err := r.proceedings.Proceeding(q.Context(), q.Actor(), q.PathValue("id"))
	if err != nil {
		return nil, nil, err
	}
	if refused := r.proceedings.MayDownload(q.Actor(), p.Resource()); refused != nil {
		return nil, nil, refused
	}
	if err := q.Looked(kind, p); err != nil {
		return nil, nil, err
	}
	seq, err := strconv.ParseInt(q.PathValue("seq"), 10, 64)
	if err != nil || seq < 1 || seq > p.Version || q.PathValue("seq") != strconv.FormatInt(seq, 10) {
		return nil, nil, fault.New(fault.NotFound, "fault.no_page", nil)
	}
	e, err := r.proceedings.Entry(q.Context(), p, seq)
	if fault.Is(err, fault.NotFound) {
		return nil, nil, fmt.Errorf("proceeding %s has no entry %d and is at version %d", p.ID, seq, p.Version)
	}
	return p, e, err
}

// title is what was done.
func (r *Room) title(t *web.Words, p *proceedings.Proceeding, e *journal.Sealed) string {
	switch e.Act {
	case procedure.ComesIntoForce:
		return t.T("history.edition", "date", t.Date(r.zone.Date(e.Done)))
	case procedure.ChangesHands:
		return t.T("history.changes_hands")
	}
	return t.Law(p.Law.Name).Act(e.Act)
}

// facts are what the receipt is about.
func (r *Room) facts(t *web.Words, p *proceedings.Proceeding, e *journal.Sealed) []ui.SummaryRow {
	rows := []ui.SummaryRow{{Key: t.T("receipt.number"), Text: p.Number, Note: t.T("receipt.entry", "n", e.Seq)}}
	if o := r.dir.Tree().Office(e.Office); o != nil {
		rows = append(rows, ui.SummaryRow{Key: t.T("receipt.office"), Text: t.Office(o)})
	}
	if e.Done != e.Recorded {
		rows = append(rows, ui.SummaryRow{Key: t.T("receipt.done"), Text: t.LongMoment(r.zone, e.Done)})
	}
	return append(rows,
		ui.SummaryRow{Key: t.T("receipt.recorded"), Text: t.LongMoment(r.zone, e.Recorded), Note: t.T("receipt.zone", "offset", e.Recorded.Time().In(r.zone.Location()).Format("UTC-07:00"))},
		ui.SummaryRow{Key: t.T("receipt.leaf"), Text: t.Number(e.At)},
		ui.SummaryRow{Key: t.T("receipt.hash"), Body: hash(groups(e.Leaf.String()))})
}

// groups parts a hash into pieces that can be compared by eye.
func groups(hash string) (out []string) {
	const letters = 8
	for len(hash) > letters {
		out, hash = append(out, hash[:letters]), hash[letters:]
	}
	return append(out, hash)
}

// missing says why there is no receipt, and lets the browser look again by itself.
func (r *Room) missing(w http.ResponseWriter, q *web.Request, e *journal.Sealed, v *sheetView) {
	t := q.Words
	if len(r.Keys) == 0 {
		v.Missing = &ui.NoticeView{Tone: ui.Warn, Title: t.T("receipt.unsigned_title"), Text: t.T("receipt.unsigned")}
		return
	}
	v.Missing = &ui.NoticeView{Tone: ui.Info, Title: t.T("receipt.waiting_title"), Text: t.T("receipt.waiting")}
	again := lookAgain
	if r.proceedings.Now()-e.Recorded > late {
		v.Missing = &ui.NoticeView{Tone: ui.Warn, Title: t.T("receipt.waiting_title"), Text: t.T("receipt.waiting_late")}
		again = lookAgainLate
	}
	w.Header().Set("Refresh", again) // as a header it needs no script, and there is nothing typed on the page that it could lose
	v.Again = &ui.ButtonView{Text: t.T("receipt.look_again"), Href: q.URL.Path, Kind: ui.Secondary}
}

// Of puts an entry's receipt together and checks it as its holder will; that he may take it out, the caller has made sure of. An
// Unavailable fault says that nothing that was signed covers it.
func (r *Room) Of(ctx context.Context, e *journal.Sealed) (*journal.Receipt, *journal.Signed, error) {
	if len(r.Keys) == 0 {
		return nil, nil, fault.New(fault.Unavailable, "receipt.unsigned", nil)
	}
	canonical, err := e.Canonical()
	if err != nil {
		return nil, nil, err
	}
	whole, err := journal.NewReceipt(&journal.Record{At: e.At, Number: e.Number, Salt: e.Salt, Canonical: canonical, Leaf: e.Leaf})
	if err != nil {
		return nil, nil, err
	}
	if err := r.Log.Prove(ctx, whole, r.Witnesses); err != nil {
		return nil, nil, err
	}
	signed, err := whole.Verify(r.Keys)
	if err != nil {
		return nil, nil, fmt.Errorf("receipt of %s/%d: %w", e.Proceeding, e.Seq, err)
	}
	return whole, signed, nil
}

// show puts a receipt on the page.
func (r *Room) show(q *web.Request, id string, whole *journal.Receipt, signed *journal.Signed, v *sheetView) error {
	t := q.Words
	digits, err := whole.Digits()
	if err != nil {
		return err
	}
	if v.Code, err = drawCode(r.link(q, digits)); err != nil {
		return err
	}
	by := fmt.Sprintf("%s+%08x", signed.By[0].Name(), signed.By[0].KeyHash())
	v.Facts = append(v.Facts, ui.SummaryRow{Key: t.T("receipt.signed"), Text: by, Note: t.T("receipt.signed_over", "n", signed.Size)})
	var witnesses []string
	for _, x := range signed.Cosigned {
		witnesses = append(witnesses, x.By.Name())
	}
	if len(witnesses) > 0 {
		v.Facts = append(v.Facts, ui.SummaryRow{Key: t.T("receipt.witnesses"), Text: strings.Join(witnesses, ", ")})
	}
	v.CodeIs, v.Print, v.Fits = t.T("receipt.code_is"), t.T("receipt.print"), t.T("receipt.print_is")
	v.ChecksIs = t.T("receipt.checks")
	v.Checks = []string{t.T("receipt.check_online", "address", q.Reached(r.Address)+CheckPath), t.T("receipt.check_offline", "key", by, "file", fileName)}
	v.Command = verifyCommand
	v.ProofIs, v.TextIs, v.Text = t.T("receipt.proof"), t.T("receipt.text"), digits
	v.PathIs = t.T("receipt.path", "n", len(whole.Proof))
	for _, h := range whole.Proof {
		v.Path = append(v.Path, h.String())
	}
	v.SignedIs, v.Signed = t.T("receipt.checkpoint"), string(signed.Note)
	v.CheckHref, v.CheckIs = CheckPath+"#"+digits, t.T("receipt.check_here")
	v.FileHref, v.FileIs = Href(id, whole.Seq)+"/file", t.T("receipt.file")
	return nil
}

// fileName is where a receipt is kept, and verifyCommand what checks it there.
const (
	fileName      = "receipt.txt"
	verifyCommand = "nazorat verify " + fileName + " --key office.pub"
)
