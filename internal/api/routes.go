package api

import (
	"encoding/json"
	"nazorat/internal/api/counted"
	"nazorat/internal/api/rules"
	"nazorat/internal/api/staff"
	"net/http"
	"strings"

	"nazorat/internal/fault"
	"nazorat/internal/openapi"
	"nazorat/internal/procedure"
	"nazorat/internal/web"
)

// route is one operation and what answers it.
type route struct {
	openapi.Operation
	serve web.Handler
}

// lost are the problems that reading may meet.
var lost = []int{401, 403, 404, 405, 422, 429}

// purposes are the headers by which an officer says what he looks at a proceeding for.
var purposes = []string{"purpose", "serves", "why"}

// routes are all operations. Their order is that of the document's reader.
func (a *api) routes() []route {
	get := func(path, id, says string, gives any, h web.Handler) route {
		return route{openapi.Operation{Method: http.MethodGet, Path: path, ID: id, Says: says, Gives: gives, Query: []string{"lang"}, Others: lost}, h}
	}
	public := func(r route, others ...int) route {
		r.Public, r.Others = true, append(others, 405, 422)
		return r
	}
	post := func(path, id, says string, takes, gives any, h web.Handler) route {
		return route{openapi.Operation{Method: http.MethodPost, Path: path, ID: id, Says: says, Takes: takes, Gives: gives, Query: []string{"lang"}, Others: []int{400, 401, 403, 405, 413, 415, 422, 429}}, h}
	}
	with := func(r route, query ...string) route {
		r.Query = append(r.Query, query...)
		return r
	}
	officers := func(r route, query ...string) route {
		r.Officers = true
		return with(r, query...)
	}
	ofCase := func(r route, query ...string) route {
		r.Query = append(append(r.Query, purposes...), query...)
		return r
	}
	document := openapi.Object{}
	list := []route{
		public(route{openapi.Operation{Method: http.MethodGet, Path: "/api/openapi.json", ID: "description", Says: "This description; x-laws says where the acts of each law are described.", Media: openapi.MediaType, Gives: document}, a.description}),
		public(route{openapi.Operation{Method: http.MethodGet, Path: "/api/openapi/{country}/{file}", ID: "descriptionOfLaw", Says: "The acts of a law, each with the schema of its form.",
			Media: openapi.MediaType, Gives: document, Query: []string{"lang", "on"}}, a.lawDescription}, 404),
		public(get("/api/v1/laws", "laws", "All laws that can be read.", rules.LawsJSON{}, a.rules.List)),
		public(get("/api/v1/laws/{country}/{procedure}", "law", "A law and its editions.", rules.LawFull{}, a.rules.Law), 404),
		public(get("/api/v1/laws/{country}/{procedure}/{edition}", "edition", "All rules of an edition: kinds, acts, terms, open questions, transition.", rules.EditionJSON{}, a.rules.Edition), 404),

		ofCase(get("/api/v1/proceedings/{id}", "proceeding", "A proceeding as it stands.", proceedingJSON{}, a.proceeding)),
		ofCase(get("/api/v1/proceedings/{id}/deadlines", "deadlines", "Its deadlines, running and over.", deadlinesJSON{}, a.deadlines)),
		ofCase(get("/api/v1/proceedings/{id}/deadlines/{no}/explanation", "explanation", "Why a deadline ends when it does, in sentences.", explanationJSON{}, a.explanation)),
		ofCase(get("/api/v1/proceedings/{id}/entries", "entries", "Its history, the newest entry first; of what is hidden, that it is.", entriesJSON{}, a.history), "after"),
		ofCase(get("/api/v1/proceedings/{id}/entries/{seq}", "entry", "One entry with what followed from it.", entryJSON{}, a.single)),
		officers(ofCase(get("/api/v1/proceedings/{id}/entries/{seq}/receipt", "receipt", "The receipt of an entry, for whoever may take something out of the proceeding. 503 until the entry is signed, a second or so.", receiptJSON{}, a.receipt))),
		officers(ofCase(route{openapi.Operation{Method: http.MethodGet, Path: "/api/v1/proceedings/{id}/entries/{seq}/documents/{field}", ID: "document", Says: "A document that an entry names, for whoever may take something out of the proceeding.",
			Files: documentTypes, Query: []string{"lang"}, Others: lost}, a.document})),
		{openapi.Operation{Method: http.MethodPost, Path: "/api/v1/documents", ID: "bring", Says: "Takes in a file that an act of the officer will name within two days: JPEG, PNG, PDF or text in UTF-8, of 50 MB at most.",
			More:   "What it is its bytes say, whatever it is called. The answer has the hash that a field of type document of a form is given.",
			Brings: bytesType, Gives: documentJSON{}, Statuses: []int{201}, Query: []string{"name", "by_officer", "by_role", "lang"}, Others: []int{400, 401, 403, 405, 413, 415, 422, 429}}, a.upload},
		officers(ofCase(get("/api/v1/proceedings/{id}/links", "links", "The acts by which it is connected with other proceedings.", linksJSON{}, a.links))),
		officers(ofCase(get("/api/v1/proceedings/{id}/acts", "acts", "Which acts the officer may do now, on what, and what stands against the others.", actsJSON{}, a.possible))),
		ofCase(get(openapi.ActPath, "form", "The form of an act, with what can be chosen, and what stands against it now.", formJSON{}, a.form), "thing"),
		get(openapi.OpenPath, "openForm", "The form of an act that opens a proceeding.", formJSON{}, a.openForm),
		officers(get("/api/v1/proceedings/{id}/looks", "looks", "Who looked at it, for whoever may see that.", looksJSON{}, a.whoLooked), "after"),
		{openapi.Operation{Method: http.MethodPost, Path: openapi.ActPath, ID: "act", Says: "Does an act in a proceeding.",
			More:  "What its form asks for stands in the description of its law. A refusal names the rule and the article.",
			Takes: sentJSON{}, Gives: doneJSON{}, Statuses: []int{200, 201}, Query: append([]string{"key", "lang"}, purposes...), Others: append(openapi.ActStatuses(), 405)}, a.act},
		{openapi.Operation{Method: http.MethodPost, Path: openapi.OpenPath, ID: "open", Says: "Does an act that opens a proceeding.",
			Takes: openedJSON{}, Gives: doneJSON{}, Statuses: []int{200, 201}, Query: []string{"key", "lang"}, Others: append(openapi.ActStatuses(), 405)}, a.open},

		get("/api/v1/me", "me", "Who asks.", meJSON{}, a.me),
		officers(get("/api/v1/work", "work", "What the officer owes, and what his role owes in his office, the earliest end first.", workJSON{}, a.work), "after"),
		officers(get("/api/v1/escalated", "escalated", "What has come to the officer's role because nobody did it in time: releases first.", escalationsJSON{}, a.escalated), "after"),
		officers(get("/api/v1/openings", "openings", "The acts by which the officer can open a proceeding.", openingsJSON{}, a.openings)),
		officers(get("/api/v1/purposes", "purposes", "What a proceeding can be looked at for that is not one's own work.", purposesJSON{}, a.purposes)),
		officers(get("/api/v1/copies", "copies", "The copies that the law ordered to the officer's role.", copiesJSON{}, a.copies), "after"),
		officers(post("/api/v1/copies/noted", "noteCopies", "Takes note, for all of the role at the office, of the copies up to a moment.", notedJSON{}, notedJSON{}, a.noteCopies)),
		officers(post("/api/v1/presence", "presence", "Proves afresh that the officer is there; the session goes on with the cookie of the answer.", presenceJSON{}, presentJSON{}, a.presence)),
		officers(get("/api/v1/proceedings", "cases", "The proceedings that the officer is in charge of, or a party to.", listJSON{}, a.cases), "after"),
		with(get("/api/v1/numbers", "find", "Where the number of a proceeding leads.", foundJSON{}, a.find), "number"),
		officers(get("/api/v1/offices/{office}/board", "board", "What an office has, and what is overdue there.", boardJSON{}, a.board)),
		officers(get("/api/v1/offices/{office}/proceedings", "officeCases", "The proceedings that an office has or supervises.", listJSON{}, a.officeCases), "after"),
		officers(get("/api/v1/offices/{office}/hearings", "hearings", "What is held at an office in a week, and by whom.", hearingsJSON{}, a.schedule), "from", "of_officer"),
		officers(get(counted.Path, "counted", "What can be asked about figures: the standing tables, and what can be counted by questions of one's own.", counted.CountedJSON{}, a.figures.Counted)),
		officers(get(counted.Path+"/{country}/{procedure}/tables/{table}", "table", "A standing table. Who counts without reading asks for a period, and nothing else.", counted.FiguresJSON{}, a.figures.Table), "of_office", "from", "to", "at", "period"),
		officers(get(counted.Path+"/{country}/{procedure}/counts/{count}", "figures", "An answer to a question of one's own.", counted.FiguresJSON{}, a.figures.Question), "rows", "columns", "sums", "where", "of_office", "from", "to", "at"),
		officers(get(counted.Path+"/{country}/{procedure}/counts/{count}/cases", "behind", "The proceedings that a figure counts, as far as they may be read now.", counted.BehindJSON{}, a.figures.Behind), "rows", "columns", "sums", "where", "of_office", "from", "to", "at", "after"),
		officers(get("/api/v1/officers/{officer}/looks", "officerLooks", "What an officer looked at: his own, or for whoever may see that.", looksJSON{}, a.lookedAt), "after"),
		officers(get("/api/v1/service/offices", "units", "The offices that the officer administers.", staff.UnitsJSON{}, a.staff.Units)),
		officers(get("/api/v1/service/offices/{office}", "unit", "One of them, with those who serve in it.", staff.UnitFullJSON{}, a.staff.UnitFull)),
		officers(get("/api/v1/service/officers", "sought", "Officers of those offices, by a part of their name or by their login.", staff.SoughtJSON{}, a.staff.Sought), "find"),
		officers(get("/api/v1/service/officers/{officer}", "person", "One of them, with all mandates that he ever had.", staff.PersonJSON{}, a.staff.Person)),
		public(post("/api/v1/receipts/check", "check", "Whether a receipt is genuine, for anybody who holds it.", checkJSON{}, genuineJSON{}, a.check), 400, 413, 415, 429),
	}
	return list
}

// sentJSON is an act as it is sent, whatever its law; readAct reads it.
type sentJSON struct {
	Version int64             `json:"version" doc:"The version of the proceeding that was seen."`
	Thing   int32             `json:"thing,omitempty" doc:"The number of the thing that it is done on; left out where that is the proceeding."`
	Done    string            `json:"done,omitempty" doc:"When it was done; without it, now."`
	By      *byJSON           `json:"by,omitempty" doc:"Of a system alone: in whose name it acts."`
	Form    map[string]string `json:"form,omitempty" doc:"The answers, by field."`
}

// openedJSON is an act that opens a proceeding.
type openedJSON struct {
	Done string            `json:"done,omitempty" doc:"When it was done; without it, now."`
	By   *byJSON           `json:"by,omitempty" doc:"Of a system alone: in whose name it acts."`
	Form map[string]string `json:"form,omitempty" doc:"The answers, by field."`
}

// describe makes the description of all routes.
func (a *api) describe() error {
	a.shared = &openapi.Shared{}
	if err := json.Unmarshal(shared, a.shared); err != nil {
		return err
	}
	var list []openapi.Operation
	for _, r := range a.routes() {
		list = append(list, r.Operation)
	}
	types := openapi.NewSchemas(a.shared.Schemas)
	types.Of(problemJSON{}) // of every answer that is none
	a.shared.Schemas = types.All()
	doc := openapi.Describe(a.shared, list)
	laws := []openapi.Object{}
	for _, law := range a.laws {
		if a.docket.Law(law.Name) != nil {
			laws = append(laws, openapi.Object{"law": law.Name, "url": "/api/openapi/" + law.Name + ".json"})
		}
	}
	doc["x-laws"] = laws
	for _, v := range []any{doneJSON{}, formJSON{}} { // of every act, for the documents of laws
		types.Of(v)
	}
	var err error
	a.index, err = json.Marshal(doc)
	return err
}

// description is that of all routes.
func (a *api) description(w http.ResponseWriter, r *web.Request) error {
	return r.Packed(w, openapi.MediaType, a.index)
}

// lawDescription is that of the acts of a law, in its edition in force or the one that is asked for.
func (a *api) lawDescription(w http.ResponseWriter, r *web.Request) error {
	name, isJSON := strings.CutSuffix(r.PathValue("file"), ".json")
	law := a.docket.Law(r.PathValue("country") + "/" + name)
	if law == nil || !isJSON {
		return fault.New(fault.NotFound, "law.none", nil)
	}
	e := law.At(a.docket.Now())
	if asked := r.URL.Query().Get("edition"); asked != "" {
		if e = law.Edition(asked); e == nil {
			return fault.New(fault.NotFound, "law.no_edition", nil)
		}
	}
	text, err := a.described(e, r.Words)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Language", r.Words.Lang)
	return r.Packed(w, openapi.MediaType, text)
}

// described is the document of an edition in a language. It is kept: a long law takes some hundredths of a second.
func (a *api) described(e *procedure.Edition, t *web.Words) ([]byte, error) {
	key := e.Law.Name + " " + e.Name + " " + t.Lang
	if text, ok := a.acts.Load(key); ok {
		return text.([]byte), nil
	}
	text, err := json.Marshal(openapi.Law(a.shared, e, t, "Done", "Form"))
	if err == nil {
		a.acts.Store(key, text)
	}
	return text, err
}
