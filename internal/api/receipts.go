package api

import (
	"math"
	"nazorat/internal/api/wire"
	"net/http"
	"strconv"

	"nazorat/internal/fault"
	"nazorat/internal/look"
	"nazorat/internal/web"
)

// receiptJSON is the receipt of an entry.
type receiptJSON struct {
	Proceeding string   `json:"proceeding"`
	Number     string   `json:"number"`
	Seq        int64    `json:"seq"`
	Leaf       int64    `json:"leaf"`
	Hash       string   `json:"hash"`
	Size       int64    `json:"size" doc:"Of the signed tree."`
	Origin     string   `json:"origin" doc:"Whose journal it is, as its key names it."`
	Witnesses  []string `json:"witnesses" doc:"Who else has signed that tree."`
	Text       string   `json:"text" doc:"The receipt itself, a C2SP tlog-proof: to be kept, and checked offline with the public key of the office."`
	Digits     string   `json:"digits" doc:"The same as one decimal number, as the code on paper has it."`
}

// receipt gives out the receipt of an entry to whoever may take something out of its proceeding, as on pages. 503 until the entry is signed.
func (a *api) receipt(w http.ResponseWriter, r *web.Request) error {
	p, err := a.docket.Proceeding(r.Context(), r.Actor(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if refused := a.docket.MayDownload(r.Actor(), p.Resource()); refused != nil {
		return refused
	}
	if err := a.lookedAs(r, look.Download, p, 0); err != nil {
		return err
	}
	seq, there := p.EntryNumber(r.PathValue("seq"))
	if !there {
		return fault.New(fault.NotFound, "api.no_entry", nil)
	}
	e, err := a.docket.Entry(r.Context(), p, seq)
	if err != nil {
		return err
	}
	whole, signed, err := a.receipts.Of(r.Context(), e)
	if err != nil {
		return err
	}
	digits, err := whole.Digits()
	if err != nil {
		return err
	}
	j := receiptJSON{Proceeding: p.ID, Number: p.Number, Seq: seq, Leaf: whole.Leaf, Hash: e.Leaf.String(), Size: signed.Size, Origin: signed.Origin, Witnesses: []string{}, Text: string(whole.Text()), Digits: digits}
	for _, c := range signed.Cosigned {
		j.Witnesses = append(j.Witnesses, c.By.Name())
	}
	return wire.Write(w, r, j)
}

// checkJSON is a receipt that somebody holds.
type checkJSON struct {
	Receipt string `json:"receipt" doc:"Its text, or its digits."`
}

// genuineJSON is what the holder of a receipt is told.
type genuineJSON struct {
	Act      string `json:"act"`
	Recorded string `json:"recorded" is:"date"`
	Standing string `json:"standing,omitempty" doc:"Where the proceeding stands now, as far as the law lets it be told."`
	Article  string `json:"article,omitempty" doc:"That lets it be told."`
	Leaf     int64  `json:"leaf"`
	Size     int64  `json:"size" doc:"Of the signed tree."`
	Origin   string `json:"origin"`
}

// check checks a receipt for anybody who holds it.
func (a *api) check(w http.ResponseWriter, r *web.Request) error {
	body, err := wire.ReadObject(r)
	if err != nil {
		return wire.Unread(w, r, err)
	}
	t := wire.Take(body)
	text := t.Text("receipt", true)
	t.Rest()
	if f := t.Fault(); f != nil {
		return f
	}
	if wait := a.receipts.Wait(r.Machine()); wait > 0 {
		seconds := int(math.Ceil(wait.Seconds()))
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		return wire.WriteProblem(w, r, wire.Problem{Type: "check.too_often", Status: http.StatusTooManyRequests, Title: r.Words.T("api.slow_down.title"), Detail: r.Words.T("check.too_often", "n", seconds)})
	}
	g, err := a.receipts.Check(r, text)
	if err != nil {
		return err
	}
	return wire.Write(w, r, genuineJSON{g.Act, g.Recorded.String(), g.Standing, g.Article, g.Leaf, g.Size, g.Origin})
}
