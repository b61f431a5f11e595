// Package casefile is the file of a case on screen: its sheets one after another, each with the documents that came with it, and these documents
// themselves.
//
// A document is read as the sheet is that names it, or the thing of which it is a fact: who does not see that does not see it, and every opening
// is a look on record. As a file it is given out to whom the policies let download; else it is shown, a picture as a preview that this office
// has made of it. What is shown runs nothing. Hidden sheets have their place here, with the article that hides them.
//
// Nothing is fetched before somebody turns to it: that would put a look on record that nobody had.
package casefile

import (
	"embed"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"nazorat/internal/calendar"
	"nazorat/internal/desk"
	"nazorat/internal/docket"
	"nazorat/internal/fact"
	"nazorat/internal/journal"
	"nazorat/internal/look"
	"nazorat/internal/proceedings"
	"nazorat/internal/vault"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Texts of this package, one folder a language.
//
//go:embed texts
var Texts embed.FS

const (
	aside    = 7         // sheets listed on each side of the one that is open
	mostText = 100 << 10 // bytes of a text that stand on the page itself
)

// File shows sheets, on its own pages and on those of other rooms.
type File struct {
	docket *docket.Docket
	desk   *desk.Desk
	zone   *calendar.Zone
	vault  *vault.Keeper // nil: no documents are kept here
}

// Register adds the pages to a server, and gives what shows a sheet on other pages.
func Register(s *web.Server, d *desk.Desk) *File {
	m := &File{docket: s.Docket, desk: d, zone: s.Zone, vault: s.Vault}
	s.Handle("GET /proceedings/{id}/file", m.open)
	s.Handle("GET /proceedings/{id}/file/{seq}", m.sheetPage)
	s.Handle("GET /proceedings/{id}/documents/{seq}/{field}", m.document)
	s.Handle("GET /proceedings/{id}/documents/{seq}/{field}/file", m.documentFile)
	s.Handle("GET /proceedings/{id}/things/{kind}/{no}/documents/{field}", m.thingDocument)
	return m
}

// open leads to a sheet: the one with the number that was typed, else the first.
func (m *File) open(w http.ResponseWriter, r *web.Request) error {
	p, err := m.docket.Proceeding(r.Context(), r.Actor(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := r.Looked(look.View, p); err != nil {
		return err
	}
	n, err := strconv.ParseInt(strings.TrimSpace(r.URL.Query().Get("n")), 10, 64)
	if err != nil {
		n = 1
	}
	return web.SeeOther(w, r, desk.SheetHref(p.ID, min(max(n, 1), p.Version)))
}

type sheetView struct {
	Heading ui.HeadingView
	Sheet   oneView

	Prev, Next, First, Last link
	Place                   string // which of how many it is
	GoTo                    string // where another is chosen by its number
	Number                  ui.NumberField
	GoIs                    string
	ListIs                  string
	List                    []listed
	Hidden                  string // how many are
	Keys                    string // how one turns the sheets by keyboard
}

// oneView is a sheet and the documents that came with it.
type oneView struct {
	Entry    []ui.TimelineItem
	Papers   []paperView
	NoPapers string
}

type link struct{ Text, Href string }

type listed struct {
	link
	Note    string
	Current bool
}

// paperView is a document of a sheet as it is shown.
type paperView struct {
	ID      string
	Name    string
	What    string // its type and size
	Picture string // the address of its preview
	Frame   string // the address of what the browser shows by itself
	Text    string
	Cut     string // that the text goes on
	Open    link   // by itself, where a browser shows nothing in a frame
	Save    link
	Gone    string
	Hash    string // by which it is held against the journal, and named where it is to be erased
}

// sheetPage: one sheet, what came with it, and the way to those beside it.
func (m *File) sheetPage(w http.ResponseWriter, r *web.Request) error {
	p, err := m.docket.Proceeding(r.Context(), r.Actor(), r.PathValue("id"))
	if err != nil {
		return err
	}
	seq, err := m.seq(r, p)
	if err != nil {
		return err
	}
	if err := r.LookedAtSheet(p, seq); err != nil {
		return err
	}
	around, err := m.docket.History(r.Context(), p, min(seq+aside, p.Version)+1, 2*aside+1)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(around, func(l proceedings.Logged) bool { return l.Seq == seq })
	if i < 0 {
		return desk.NoPage()
	}
	t := r.Words
	lb := t.Law(p.Law.Name)
	v := sheetView{Heading: ui.HeadingView{Caption: p.Number, Title: t.T("file.title"), Aside: m.desk.Level(t, p)}, ListIs: t.T("file.sheets"), Keys: t.T("file.keys", "home", "Home", "end", "End"),
		Place: t.T("file.place", "n", t.Number(seq), "of", t.Number(p.Version)), GoTo: desk.ProceedingHref(p.ID) + "/file", GoIs: t.T("file.go"),
		Number: ui.NumberField{Field: ui.Field{Name: "n", Label: t.T("file.number")}, Width: 5}}
	if v.Sheet, err = m.one(r, p, &around[i]); err != nil {
		return err
	}
	v.ways(t, p, seq)
	for _, l := range slices.Backward(around) {
		line := listed{link: link{Text: t.T("file.sheet", "n", t.Number(l.Seq), "act", lb.Act(l.Act)), Href: desk.SheetHref(p.ID, l.Seq)}, Current: l.Seq == seq}
		if l.Hidden != nil {
			line.Text, line.Note = t.T("file.sheet", "n", t.Number(l.Seq), "act", t.T("file.hidden")), lb.Article(l.Hidden.Article)
		} else if n := len(documents(&l)); n > 0 {
			line.Note = t.T("file.documents", "n", n)
		}
		v.List = append(v.List, line)
	}
	if v.Hidden, err = m.desk.HiddenSheets(r, p); err != nil {
		return err
	}
	page := r.Page(p.Number + " · " + t.T("file.title") + " · " + t.Number(seq))
	page.Breadcrumbs = []ui.Crumb{{Text: p.Number, Href: desk.ProceedingHref(p.ID)}, {Text: v.Heading.Title}}
	return r.Render(w, http.StatusOK, page, sheetBody(v))
}

// one puts a sheet into words.
func (m *File) one(r *web.Request, p *proceedings.Proceeding, l *proceedings.Logged) (v oneView, err error) {
	if v.Entry, err = m.desk.History(r, p, []proceedings.Logged{*l}); err != nil {
		return v, err
	}
	if l.Hidden == nil { // else whether there are any is not told
		v.NoPapers = r.Words.T("file.no_documents")
	}
	v.Papers, err = m.papers(r, p, l)
	return v, err
}

// Sheet shows a sheet of a proceeding with its documents, on a page that has recorded the look; nil where there is none of that number.
func (m *File) Sheet(r *web.Request, p *proceedings.Proceeding, seq int64) (templ.Component, error) {
	list, err := m.docket.History(r.Context(), p, seq+1, 1)
	if err != nil || len(list) == 0 || list[0].Seq != seq {
		return nil, err
	}
	v, err := m.one(r, p, &list[0])
	return one(v), err
}

// ways lead to the sheets beside one.
func (v *sheetView) ways(t *web.Words, p *proceedings.Proceeding, seq int64) {
	if seq > 1 {
		v.Prev, v.First = link{t.T("file.previous"), desk.SheetHref(p.ID, seq-1)}, link{t.T("file.first"), desk.SheetHref(p.ID, 1)}
	}
	if seq < p.Version {
		v.Next, v.Last = link{t.T("file.next"), desk.SheetHref(p.ID, seq+1)}, link{t.T("file.last"), desk.SheetHref(p.ID, p.Version)}
	}
}

// seq is the number of a sheet that an address names.
func (m *File) seq(r *web.Request, p *proceedings.Proceeding) (int64, error) {
	n, there := p.EntryNumber(r.PathValue("seq"))
	if !there {
		return 0, desk.NoPage()
	}
	return n, nil
}

// attached is a document with the field that names it.
type attached struct {
	field string
	fact.File
}

// documents are those that a sheet names, as its reader sees it, in the order of its fields' names.
func documents(l *proceedings.Logged) (out []attached) {
	if l.Hidden != nil {
		return nil
	}
	for field, v := range l.Form {
		if v[0] != fact.Document.String() {
			continue
		}
		if f, ok := fact.FileOf(v[1]); ok && f.Type != "" {
			out = append(out, attached{field, f})
		}
	}
	slices.SortFunc(out, func(a, b attached) int { return strings.Compare(a.field, b.field) })
	return out
}

// papers are the documents of a sheet as they are shown.
func (m *File) papers(r *web.Request, p *proceedings.Proceeding, l *proceedings.Logged) (out []paperView, err error) {
	t := r.Words
	may := m.docket.MayDownload(r.Actor(), p.Resource()) == nil
	list := documents(l)
	erased, err := m.erased(r, list)
	if err != nil {
		return nil, err
	}
	for _, d := range list {
		href := desk.DocumentHref(p.ID, l.Seq, d.field)
		v := paperView{ID: "document-" + d.field, Name: t.Law(p.Law.Name).Field(l.Act, d.field), What: t.Value(p.Law.Name, l.Act, d.field, nil, fact.TextOf(fact.Document, d.File.Text()), "")}
		e, isErased := erased[d.Hash]
		v.Hash = d.Hash
		if may && !isErased {
			v.Save = link{t.T("file.save"), href + "/file"}
		}
		switch {
		case isErased:
			v.Gone = t.T("file.erased", "date", t.Date(m.zone.Date(e.At)), "why", e.Why)
		case m.vault == nil:
			v.Gone = t.T("file.gone")
		case vault.IsPicture(d.Type):
			v.Picture = href + "?as=large"
		case d.Type == vault.PDF:
			v.Frame, v.Open = href, link{t.T("file.open"), href}
		default:
			if v.Text, v.Cut, err = m.text(r, d.File); err != nil {
				return nil, err
			}
			if v.Text == "" {
				v.Gone = t.T("file.gone")
			}
		}
		out = append(out, v)
	}
	return out, nil
}

// erased are those of the documents of a sheet that the law had erased.
func (m *File) erased(r *web.Request, list []attached) (map[string]vault.Erasure, error) {
	if m.vault == nil {
		return nil, nil
	}
	var hashes []string
	for _, d := range list {
		hashes = append(hashes, d.Hash)
	}
	return m.vault.Erased(r.Context(), hashes)
}

// text is what a text says, as far as it stands on a page; "" where it is not there.
func (m *File) text(r *web.Request, d fact.File) (text, cut string, err error) {
	f, err := m.vault.Open(r.Context(), d.Hash)
	if errors.Is(err, fs.ErrNotExist) {
		return "", "", nil
	}
	if err != nil {
		return "", "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, mostText))
	if d.Size > mostText {
		cut = r.Words.T("file.cut")
	}
	return strings.ToValidUTF8(string(b), ""), cut, err
}

// document shows a document of a sheet.
func (m *File) document(w http.ResponseWriter, r *web.Request) error {
	p, e, err := m.entry(r)
	if err != nil {
		return err
	}
	f, _, named := docket.Document(e, r.PathValue("field"))
	if !named {
		return desk.NoPage()
	}
	return m.show(w, r, p, e.Thing, f)
}

// documentFile gives a document of a sheet out as the file that it came in as.
func (m *File) documentFile(w http.ResponseWriter, r *web.Request) error {
	p, e, err := m.entry(r)
	if err != nil {
		return err
	}
	f, as, named := docket.Document(e, r.PathValue("field"))
	if !named {
		return desk.NoPage()
	}
	if refused := m.docket.MayDownload(r.Actor(), p.Resource()); refused != nil {
		return refused
	}
	content, err := m.vault.Whole(r.Context(), f)
	if err != nil {
		return err
	}
	defer content.Close()
	if err := r.LookedAt(look.Download, p, e.Thing); err != nil {
		return err
	}
	r.ServeFile(w, f, content, as)
	return nil
}

// entry is the sheet that an address names, for somebody who sees it.
func (m *File) entry(r *web.Request) (*proceedings.Proceeding, *journal.Sealed, error) {
	p, err := m.docket.Proceeding(r.Context(), r.Actor(), r.PathValue("id"))
	if err != nil {
		return nil, nil, err
	}
	seq, err := m.seq(r, p)
	if err != nil {
		return nil, nil, err
	}
	e, err := m.docket.Entry(r.Context(), p, seq)
	return p, e, err
}

// thingDocument answers with a document that a fact of a thing names.
func (m *File) thingDocument(w http.ResponseWriter, r *web.Request) error {
	p, err := m.docket.Proceeding(r.Context(), r.Actor(), r.PathValue("id"))
	if err != nil {
		return err
	}
	no, err := strconv.ParseInt(r.PathValue("no"), 10, 32)
	if err != nil || no < 1 || no >= int64(len(p.State.Things)) {
		return desk.NoPage()
	}
	if h := p.Hides(int32(no)); h != nil {
		return h.Fault()
	}
	th := &p.State.Things[no]
	k := p.Law.At(m.docket.Now()).Kinds[th.Kind]
	if p.Law.KindName(th.Kind) != r.PathValue("kind") || k == nil {
		return desk.NoPage()
	}
	for _, field := range k.Fields {
		if field == nil || field.Name != r.PathValue("field") || field.Type != fact.Document {
			continue
		}
		if f, ok := fact.FileOf(th.Field(field.ID).Text); ok {
			return m.show(w, r, p, int32(no), f)
		}
	}
	return desk.NoPage()
}

// show shows a document of a proceeding that the reader has read; the look is on record before any of it is sent.
func (m *File) show(w http.ResponseWriter, r *web.Request, p *proceedings.Proceeding, thing int32, f fact.File) error {
	content, as, err := m.shown(r, f)
	if err != nil {
		return err
	}
	defer content.Close()
	if err := r.LookedAt(look.View, p, thing); err != nil {
		return err
	}
	r.ServeFile(w, as, content, "")
	return nil
}

// shown is what is shown of a document: of a picture a preview, since as it is it may say more than what can be seen: where it was taken, by whose
// telephone.
func (m *File) shown(r *web.Request, f fact.File) (*os.File, fact.File, error) {
	if m.vault == nil || !vault.IsPicture(f.Type) {
		content, err := m.vault.Whole(r.Context(), f)
		return content, f, err
	}
	most := vault.Large
	if r.URL.Query().Get("as") == "small" {
		most = vault.Small
	}
	content, err := m.vault.Preview(r.Context(), f, most)
	if errors.Is(err, fs.ErrNotExist) {
		err = vault.None()
	}
	return content, fact.File{Type: vault.JPEG}, err
}
