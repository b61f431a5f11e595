package service

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"nazorat/internal/calendar"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/vault"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// mostErasures is how many the page shows: those that wait, then the newest.
const mostErasures = 200

type erasuresView struct {
	Heading  ui.HeadingView
	ActsIs   string
	Acts     []doLink // by which another is proposed
	ListIs   string
	Erasures ui.TableView
}

// erasure is a document that somebody proposed to erase, as it stands in the file of an office.
type erasure struct {
	p        *proceedings.Proceeding
	no       int32
	document procedure.FieldID // the fact that holds its hash
	hash     string
	waits    bool
	since    calendar.Moment
	acts     []doLink // that may be done on it now
}

// erasuresPage: which documents are to be erased, or were, or were not; what names them, and the forms of what may be done.
func (r *room) erasuresPage(w http.ResponseWriter, q *web.Request) error {
	t, who := q.Words, q.Actor()
	mine := r.mine(who)
	if len(mine) == 0 {
		return noPage()
	}
	files, err := r.dir.OfficeFiles(q.Context(), mine)
	if err != nil {
		return err
	}
	all, err := r.docket.Several(q.Context(), who, files)
	if err != nil {
		return err
	}
	var list []erasure
	for _, id := range files {
		if p := all[id]; p != nil {
			list = append(list, r.erasuresIn(q, p)...)
		}
	}
	slices.SortStableFunc(list, func(a, b erasure) int {
		if a.waits != b.waits {
			if a.waits {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.since, a.since)
	})
	list = list[:min(len(list), mostErasures)]
	if err := q.LookedAtList(who.Office, len(list)); err != nil {
		return err
	}
	v := erasuresView{Heading: ui.HeadingView{Title: t.T("service.erasures"), Lead: t.T("service.erasures_lead")}, ActsIs: t.T("service.acts"), ListIs: t.T("service.erasures_list")}
	if v.Acts, err = r.proposals(q, all); err != nil {
		return err
	}
	if v.Erasures, err = r.erasureTable(q, list); err != nil {
		return err
	}
	page := q.Page(v.Heading.Title)
	page.Breadcrumbs = []ui.Crumb{{Text: t.T("service.title"), Href: Href}, {Text: v.Heading.Title}}
	return q.Render(w, http.StatusOK, page, erasuresBody(v))
}

// erased are the kinds of things of an edition on which an act erases a document, with the fact that holds its hash.
func erased(e *procedure.Edition) map[procedure.KindID]procedure.FieldID {
	out := map[procedure.KindID]procedure.FieldID{}
	for _, rule := range e.Acts {
		if rule == nil || rule.On == 0 || !rule.Enters(procedure.EraseDocument) {
			continue
		}
		if f := rule.FactOf(procedure.EraseDocument, "document"); f != procedure.None {
			out[rule.On] = f
		}
	}
	return out
}

// erasuresIn are those in a file that the reader has read, with what he may do on each now.
func (r *room) erasuresIn(q *web.Request, p *proceedings.Proceeding) (out []erasure) {
	t, who, now := q.Words, q.Actor(), r.docket.Now()
	e := p.Law.At(now)
	kinds := erased(e)
	at := map[int32]int{}
	for no := range p.State.Things {
		th := &p.State.Things[no]
		f, is := kinds[th.Kind]
		if !is || th.Withheld() {
			continue
		}
		at[int32(no)] = len(out)
		k := e.Kinds[th.Kind]
		out = append(out, erasure{p: p, no: int32(no), document: f, hash: th.Field(f).Text, since: th.Since, waits: int(th.State) >= len(k.Final) || !k.Final[th.State]})
	}
	if len(out) == 0 || r.docket.MayAct(who, p.Resource()) != nil {
		return out
	}
	lb := t.Law(p.Law.Name)
	for _, v := range p.VerdictsOf(e, procedure.Act{Done: now, Recorded: now, Officer: who.Officer, Role: who.Role, Office: who.Office, For: who.For}, func(_ *procedure.ActRule, thing int32) bool {
		_, is := at[thing]
		return is
	}) {
		if v.Refusal == nil {
			x := &out[at[v.Thing]]
			x.acts = append(x.acts, doLink{Text: lb.Act(v.Rule.Name), Href: actHref(p.ID, v.Rule.Name, v.Thing)})
		}
	}
	return out
}

// proposals are the acts by which the reader may propose an erasure in the file of his own office; where it has none, those that open one.
func (r *room) proposals(q *web.Request, all map[string]*proceedings.Proceeding) (out []doLink, err error) {
	t, who, now := q.Words, q.Actor(), r.docket.Now()
	file, err := r.dir.OfficeFile(q.Context(), who.Office)
	if err != nil {
		return nil, err
	}
	if file == "" {
		return r.opens(t, who, procedure.FileOfOffice, map[string]string{"office": who.Office}), nil
	}
	p := all[file]
	may := p != nil && r.docket.MayAct(who, p.Resource()) == nil
	if !may {
		return nil, nil
	}
	e, lb := p.Law.At(now), t.Law(p.Law.Name)
	kinds := erased(e)
	for _, v := range p.VerdictsOf(e, procedure.Act{Done: now, Recorded: now, Officer: who.Officer, Role: who.Role, Office: who.Office, For: who.For}, func(rule *procedure.ActRule, thing int32) bool {
		_, is := kinds[rule.Adds]
		return is && thing == 0
	}) {
		if v.Refusal == nil {
			out = append(out, doLink{Text: lb.Act(v.Rule.Name), Note: lb.Hint(v.Rule.Name), Href: actHref(p.ID, v.Rule.Name, 0)})
		}
	}
	return out, nil
}

// erasureTable shows a list of them.
func (r *room) erasureTable(q *web.Request, list []erasure) (ui.TableView, error) {
	t := q.Words
	v := ui.TableView{ID: "erasures", Caption: t.T("service.erasures_list"), HideCaption: true, Empty: t.T("service.erasures_none"), Columns: []ui.Column{{Text: t.T("service.column.document")}, {Text: t.T("service.column.standing")},
		{Text: t.T("service.column.since"), Unbroken: true}, {Text: t.T("service.column.touches")}, {Text: t.T("service.acts")}}}
	var officers, hashes []string
	for i := range list {
		officers = officersIn(officers, &list[i].p.State.Things[list[i].no])
		hashes = append(hashes, list[i].hash)
	}
	names, err := r.dir.Names(q.Context(), officers)
	if err != nil {
		return v, err
	}
	touched, err := r.touched(q, hashes)
	if err != nil {
		return v, err
	}
	for i := range list {
		x := &list[i]
		th := &x.p.State.Things[x.no]
		v.Rows = append(v.Rows, ui.Row{ID: "erasure-" + x.p.ID + "-" + strconv.Itoa(int(x.no)), Cells: []ui.Cell{
			{Text: t.T("service.erasure_document", "hash", short(x.hash)), Note: r.told(t, x.p, x.no, names, x.document), Href: proceedingHref(x.p.ID), Head: true},
			{Text: t.Law(x.p.Law.Name).State(x.p.Law.KindName(th.Kind), x.p.Law.StateName(th.Kind, th.State))}, {Text: t.Moment(r.zone, x.since)},
			{Body: links(touched[x.hash])}, {Body: links(x.acts)}}})
	}
	return v, nil
}

// short is the beginning of a hash, by which people tell one from another; what was typed in its place may be anything.
func short(hash string) string {
	if letters := []rune(hash); len(letters) > 16 {
		return string(letters[:16])
	}
	return hash
}

// touched are the sheets that name some documents, by hash: those that the reader sees lead there, of the others he is told how many there are.
func (r *room) touched(q *web.Request, hashes []string) (map[string][]doLink, error) {
	t, out := q.Words, map[string][]doLink{}
	slices.Sort(hashes)
	named, all, err := r.vault.NamedBy(q.Context(), slices.Compact(hashes))
	if err != nil {
		return nil, err
	}
	var refs []proceedings.Ref
	var ids []string
	for _, list := range named {
		for i := range list {
			refs = append(refs, refOf(&list[i]))
			ids = append(ids, list[i].Proceeding)
		}
	}
	shown, err := r.docket.Shown(q.Context(), q.Actor(), refs)
	if err != nil {
		return nil, err
	}
	slices.Sort(ids)
	numbers, err := r.docket.Numbers(q.Context(), slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	for hash, list := range named {
		hidden := 0
		for i := range list {
			n := &list[i]
			if _, seen := shown[refOf(n)]; !seen {
				hidden++
				continue
			}
			out[hash] = append(out[hash], doLink{Text: t.T("service.erasure_sheet", "number", numbers[n.Proceeding], "n", n.Seq), Note: n.Name, Href: proceedingHref(n.Proceeding) + "/file/" + number(n.Seq)})
		}
		if hidden > 0 {
			out[hash] = append(out[hash], doLink{Text: t.T("service.left_hidden", "n", hidden)})
		}
	}
	for _, hash := range hashes {
		if all && len(out[hash]) == 0 { // of what was not read nothing is said
			out[hash] = []doLink{{Text: t.T("service.erasure_nowhere")}}
		}
	}
	return out, nil
}

func refOf(n *vault.Named) proceedings.Ref {
	return proceedings.Ref{Proceeding: n.Proceeding, Seq: n.Seq}
}
