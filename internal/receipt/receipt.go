// Package receipt gives out receipts of entries and checks them for anybody.
//
// A receipt proves, to whoever holds it, that an entry stands in the journal that the
// office has signed: what it is and how it is checked is journal.Receipt's. This
// package owns how it looks: the page of an entry's receipt, the sheet of paper that
// the page prints as, with a QR code that holds all of it, and the public page on which
// a receipt is checked without an account.
//
// What it refuses: to show an entry's receipt to who may not see the entry, or may take nothing out of its proceeding; to hand out
// one that it could not check itself; to answer anybody who does not hold a receipt. The
// public page tells a receipt's holder that it was signed, at which leaf and on which
// day, and words that stand beside the law in laws/<law>/public.yaml; never a name, an
// officer or a text. Nothing that is asked there is kept.
package receipt

import (
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/directory"
	"nazorat/internal/journal"
	"nazorat/internal/leaf"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
)

// Texts of this package, one folder a language.
//
//go:embed texts
var Texts embed.FS

// Options of the pages.
type Options struct {
	Log  *leaf.Log
	Keys journal.Keys // that the office signs with or has signed with, and its witnesses'; none: there are no receipts
	Laws fs.FS        // the folder of the laws, for what each lets be told
	// Witnesses, where more than 0, is how many must have signed the checkpoint of a
	// receipt; as long as there is none such that covers it, the newest is taken.
	Witnesses int
	// Address is where the service is reached by those outside, such as https://nazorat.example.
	// It goes into the code on paper. Without it the address that a page was asked for at is taken.
	Address string
	Now     func() time.Time // bounds how often is checked; time.Now if nil
}

// CheckPath is where anybody checks a receipt.
const CheckPath = "/check"

// Room gives out receipts and checks them: on its pages, and for the API. Make it with Open.
type Room struct {
	Options
	proceedings *proceedings.Reader
	dir         *directory.Directory
	zone        *calendar.Zone
	told        map[string]*told // by law
	limit       *limiter
	logger      *slog.Logger
}

// Open makes a room for a server. It errs where a law's public.yaml is at fault.
func Open(s *web.Server, o Options) (*Room, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Address != "" {
		u, err := url.Parse(o.Address)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
			return nil, fmt.Errorf("address of the service: %q is not like https://nazorat.example", o.Address)
		}
		o.Address = strings.TrimSuffix(o.Address, "/")
	}
	if !slices.ContainsFunc(o.Keys, func(k *journal.Key) bool { return !k.Witness() }) {
		o.Keys = nil // witnesses confirm what an office has signed, and nothing else
	}
	r := &Room{Options: o, proceedings: s.Docket.Reader, dir: s.Directory, zone: s.Zone, limit: newLimiter(o.Now), logger: s.Log}
	var applied []*procedure.Law
	for _, name := range s.Docket.Laws() {
		applied = append(applied, s.Docket.Law(name))
	}
	var err error
	if r.told, err = readTold(o.Laws, applied); err != nil {
		return nil, fmt.Errorf("what holders of receipts are told: %w", err)
	}
	return r, nil
}

// Register adds the pages of a room to its server.
func Register(s *web.Server, r *Room) {
	s.Handle("GET /proceedings/{id}/receipts/{seq}", r.sheet)
	s.Handle("GET /proceedings/{id}/receipts/{seq}/file", r.file)
	s.HandlePublic("GET "+CheckPath, r.checkPage)
	s.HandlePublic("POST "+CheckPath, r.check)
}

// Href is the page of the receipt of an entry.
func Href(proceeding string, seq int64) string {
	return "/proceedings/" + url.PathEscape(proceeding) + "/receipts/" + strconv.FormatInt(seq, 10)
}

// link is what the code on paper says: the address of the public page, with the receipt
// behind the sign that browsers keep to themselves. So a telephone's camera opens the
// page, and yet no server, no proxy and no log is sent the receipt with the address.
func (r *Room) link(q *web.Request, text string) string {
	return q.Reached(r.Address) + CheckPath + "#" + text
}
