// Package app puts the office together. It is the one place, with the command,
// that sees every other package; it holds no rule of its own.
package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"nazorat/internal/access"
	"nazorat/internal/account"
	"nazorat/internal/amend"
	"nazorat/internal/api"
	"nazorat/internal/calendar"
	"nazorat/internal/casefile"
	"nazorat/internal/client"
	"nazorat/internal/db"
	"nazorat/internal/desk"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/duty"
	"nazorat/internal/emergency"
	"nazorat/internal/explain"
	"nazorat/internal/figures"
	"nazorat/internal/find"
	"nazorat/internal/finder"
	"nazorat/internal/follow"
	"nazorat/internal/hearing"
	"nazorat/internal/hearings"
	"nazorat/internal/held"
	"nazorat/internal/identity"
	"nazorat/internal/inbox"
	"nazorat/internal/journal"
	"nazorat/internal/lawbook"
	"nazorat/internal/lawload"
	"nazorat/internal/leaf"
	"nazorat/internal/look"
	"nazorat/internal/looked"
	"nazorat/internal/notice"
	"nazorat/internal/openapi"
	"nazorat/internal/picture"
	"nazorat/internal/portal"
	"nazorat/internal/procedure"
	"nazorat/internal/publiclog"
	"nazorat/internal/receipt"
	"nazorat/internal/registering"
	"nazorat/internal/registrationcheck"
	"nazorat/internal/replay"
	"nazorat/internal/seal"
	"nazorat/internal/service"
	"nazorat/internal/signin"
	"nazorat/internal/statistics"
	"nazorat/internal/vault"
	"nazorat/internal/waysin"
	"nazorat/internal/web"
	"nazorat/internal/web/static"
	"nazorat/internal/whatif"
	"nazorat/internal/workplace"
	"nazorat/laws"
)

// Applied are the laws that an office applies to its own proceedings.
// The last is that of the service itself: by its acts the directory changes.
var Applied = []string{"uz/criminal", "uz/supervision", "uz/appeals", serviceLaw}

// serviceLaw is the law of the service itself.
const serviceLaw = "uz/service"

// zoneName is where the service is.
const zoneName = "Asia/Tashkent"

// Migrations of all packages, in the order in which their tables build on each other.
func Migrations() []db.Migration {
	return slices.Concat(duty.Migrations, directory.Migrations, signin.Migrations, identity.Migrations, client.Migrations, docket.Migrations, look.Migrations, emergency.Migrations, follow.Migrations, find.Migrations, figures.Migrations, notice.Migrations, portal.Migrations, hearing.Migrations)
}

// LoadLaws loads laws by name from a folder tree, side by side: a code takes a tenth of a
// second. What they do in each other must fit.
func LoadLaws(fsys fs.FS, names []string) ([]*procedure.Law, error) {
	out, errs := make([]*procedure.Law, len(names)), make([]error, len(names))
	var wait sync.WaitGroup
	for i, n := range names {
		wait.Go(func() {
			var err error
			if out[i], _, err = lawload.Load(fsys, n); err != nil {
				errs[i] = fmt.Errorf("law %s: %w", n, err)
			}
		})
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	all := make(map[string]*procedure.Law, len(out))
	for _, l := range out {
		all[l.Name] = l
	}
	if wrong := lawload.CheckLinks(all); len(wrong) > 0 {
		return nil, wrong
	}
	return out, nil
}

// builtIn is every law that is built in; those that the office applies come first: their words name roles. It is a pure
// function of the embedded files, and nobody changes a law, so they are loaded once.
var builtIn = sync.OnceValues(func() ([]*procedure.Law, error) {
	all, err := lawload.Names(laws.FS)
	if err != nil {
		return nil, err
	}
	names := slices.Clone(Applied)
	for _, n := range all {
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return LoadLaws(laws.FS, names)
})

// policies are those that are built in, loaded once as the laws are.
var policies = sync.OnceValues(func() (*access.Policies, error) { return access.Load(laws.FS) })

// rules of looking that are built in.
var rules = sync.OnceValues(func() (*look.Rules, error) { return look.LoadRules(laws.FS) })

// texts of the pages of all rooms.
func texts() []fs.FS {
	return []fs.FS{web.Texts, explain.Texts, picture.Texts, amend.Texts, lawbook.Texts, whatif.Texts, finder.Texts, statistics.Texts, desk.Texts, casefile.Texts, workplace.Texts, held.Texts, hearings.Texts, registrationcheck.Texts, account.Texts, looked.Texts, inbox.Texts, waysin.Texts, service.Texts, receipt.Texts, portal.Texts, api.Texts, openapi.Texts}
}

// words of the pages and of the laws that are built in, read once as the laws are: nobody changes them.
var words = sync.OnceValues(func() (*web.Catalogue, error) {
	list, err := builtIn()
	if err != nil {
		return nil, err
	}
	return web.NewCatalogue(list, texts()...)
})

// Office is a running office.
type Office struct {
	DB        *db.DB
	Directory *directory.Directory
	SignIn    *signin.Keeper
	Docket    *docket.Docket
	Replay    *replay.Replay // holds what the docket wrote against the journal
	Looks     *look.Keeper   // records nothing before pages are served
	Emergency *emergency.Keeper
	Notices   *notice.Keeper
	Portal    *portal.Desk
	Tree      *leaf.Log // the journal's
	Follow    *follow.Keeper
	Find      *find.Index
	Hearings  *hearing.Calendar
	Figures   *figures.Register
	Vault     *vault.Keeper // nil where this process has no folder of documents: then acts name them by hash, and none is shown
	duties    *duty.Keeper
	signer    seal.Signer // nil: this process signs no checkpoints
	witnesses []publiclog.Witness
	laws      []*procedure.Law // all that can be read; those that the office applies come first
}

// Clock and ids of an office that is not simulated.
func now() calendar.Moment { return calendar.At(time.Now()) }

// process is what this process is called among those of its office.
func process() string {
	host, err := os.Hostname()
	if err != nil {
		host = "?" // a name for people; what decides is drawn at random
	}
	return fmt.Sprintf("%s/%d", host, os.Getpid())
}

// Open opens an office over a database that is up to date.
func Open(ctx context.Context, d *db.DB, o docket.Options) (*Office, error) {
	pending, err := d.Pending(ctx, Migrations())
	if err != nil {
		return nil, err
	}
	if len(pending) > 0 {
		return nil, fmt.Errorf("the database lacks %d migrations, the first is %s: start once with --migrate", len(pending), pending[0].ID)
	}
	list, err := builtIn()
	if err != nil {
		return nil, err
	}
	dir, err := openDirectory(ctx, d)
	if err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = now
	}
	if o.NewID == nil {
		o.NewID = func() string { return docket.NewID(now()) }
	}
	if o.Policies == nil {
		if o.Policies, err = policies(); err != nil {
			return nil, err
		}
	}
	asked, err := rules()
	if err != nil {
		return nil, err
	}
	looks := look.Open(d, asked)
	var k *docket.Docket
	inForce := func() *access.Edition { return k.InForce() } // which policies are in force today is the docket's to say
	glass := emergency.Open(d, looks, dir, inForce)
	if o.Except == nil {
		o.Except = func(ctx context.Context, who access.Actor, proceeding string) (string, error) {
			return glass.Running(ctx, who, proceeding, o.Now())
		}
	}
	k = docket.Open(d, dir, list[:len(Applied)], o)
	if err := k.Hears(); err != nil {
		k.Close()
		return nil, err
	}
	index := find.Open(d, k.Reader, func(office string) []string { return dir.Tree().Under(office) })
	register, err := figures.Open(d, k.Reader, dir, laws.FS)
	if err != nil {
		k.Close()
		return nil, err
	}
	tree := leaf.Open(d)
	tree.Fence = duty.Fence
	keeper := signin.New(d, dir)
	keeper.Under(inForce)
	notices := notice.Open(d, dir, k.Reader, glass, o.NewID)
	public, err := portal.Open(d, dir, k, notices, laws.FS, o.NewID)
	if err != nil {
		k.Close()
		return nil, err
	}
	return &Office{DB: d, Directory: dir, SignIn: keeper, Docket: k, Replay: replay.Of(d, k.Reader), Looks: looks, Emergency: glass, Notices: notices, Portal: public, Tree: tree, Follow: follow.New(d), Find: index, Hearings: hearing.Open(d, k.Reader), Figures: register, duties: duty.New(d, process()), laws: list}, nil
}

// openDirectory reads the offices, and who supervises them by the rule of the service.
func openDirectory(ctx context.Context, d *db.DB) (*directory.Directory, error) {
	rule, err := directory.ReadSupervision(laws.FS, serviceLaw)
	if err != nil {
		return nil, err
	}
	dir, err := directory.Open(ctx, d)
	if err != nil {
		return nil, err
	}
	dir.Supervise(rule)
	return dir, dir.Reload(ctx)
}

// KeepIn lets this process take in documents and show them, in a folder that all processes of the office share. It is called before pages are
// served and before Keep.
func (o *Office) KeepIn(folder string) error {
	store, err := vault.NewDisk(folder)
	if err != nil {
		return err
	}
	o.Vault = vault.Open(o.DB, store, o.Docket.Now)
	o.Docket.TakeUploads(o.Vault)
	return nil
}

// Close ends the office in the order in which its parts stand on each other.
func (o *Office) Close() error {
	o.Docket.Close()
	o.Looks.Close()
	return o.DB.Close()
}

// Pages are the settings of the pages.
type Pages struct {
	Log       *slog.Logger
	Synthetic bool
	Accounts  []web.Account
	Told      []string // numbers of cases, of the first of which that reaches its victim the sign-in page of the demonstration says how he looks at it
	Secure    bool
	Keys      journal.Keys                        // that checkpoints are checked with beside this process's own: of others that sign, and former ones
	Address   string                              // where those outside reach the service, such as https://nazorat.example; "" where each page is asked for
	Observe   func(context.Context, web.Answered) // is told of every request, if it is given
	Passkeys  signin.RelyingParty                 // what passkeys are made for; without a domain there are none
	Spool     string                              // folder in which looks wait for the journal, look.NoSpool for none; "" for one beside the database's file, and where it is a server for one in State
	State     string                              // folder of what outlives a process, for this user alone; "" for none
	Rules     signin.Rules                        // what officers are asked for when they sign in
	Identity  identity.Settings                   // of the identity provider by which officers sign in too; without an issuer there is none
	Mail      *notice.Mail                        // by which officers are told by e-mail; nil: they are not
	Gateway   *notice.Gateway                     // by which they are told by SMS; nil: they are not
}

// Handler makes the pages of the office.
func (o *Office) Handler(p Pages) (*web.Server, error) {
	if err := static.Check(); err != nil {
		return nil, err
	}
	words, err := words()
	if err != nil {
		return nil, err
	}
	zone, err := calendar.LoadZone(zoneName)
	if err != nil {
		return nil, err
	}
	if err := o.record(p); err != nil {
		return nil, err
	}
	numbers, err := notice.ReadTelephones(laws.FS, serviceLaw)
	if err != nil {
		return nil, err
	}
	o.Notices.Begin(p.Log, notice.Options{Words: func(lang string) notice.Words { return words.In(lang) }, Address: p.Address, Mail: p.Mail, Gateway: p.Gateway, Telephones: numbers})
	keeper := o.SignIn.With(p.Rules)
	var ceremonies *signin.Ceremonies
	if p.Passkeys.Domain != "" {
		if ceremonies, err = keeper.Ceremonies(p.Passkeys); err != nil {
			return nil, err
		}
	}
	provider, err := o.provider(keeper, p.Identity)
	if err != nil {
		return nil, err
	}
	s := web.New(web.Options{Docket: o.Docket, Directory: o.Directory, SignIn: keeper, Looks: o.Looks, Emergency: o.Emergency, Vault: o.Vault, Words: words, Log: p.Log, Zone: zone,
		Synthetic: p.Synthetic, Accounts: p.Accounts, Nav: append(append([]web.NavItem{desk.Nav()[0], inbox.Nav(o.Notices)}, desk.Nav()[1:]...), statistics.Nav(), service.Nav(o.Docket)), Public: []web.NavItem{{Key: "portal.title", Href: portal.Href}, {Key: "visit.title", Href: portal.VisitHref}, {Key: "check.title", Href: receipt.CheckPath}}, Find: finder.Href, Secure: p.Secure, Ceremonies: ceremonies, Account: account.Href, Recover: account.RecoverHref, SecondFactor: account.SecondFactorHref, Provider: offered(provider),
		Observe: p.Observe, Unavailable: db.Unavailable})
	s.Mount("GET /log/", http.StripPrefix("/log/", &publiclog.Handler{Log: o.Tree}))
	lawbook.Register(s, o.laws)
	whatif.Register(s, laws.FS, texts()...)
	finder.Register(s, o.Find)
	statistics.Register(s, o.Figures)
	pages := desk.Register(s)
	before, err := registering.Open(o.Find, o.Directory, laws.FS, o.laws[:len(Applied)])
	if err != nil {
		return nil, err
	}
	pages.ShowsBefore(before)
	workplace.Register(s, pages, strings.TrimSuffix(p.Address, "/"))
	held.Register(s, pages, o.Notices)
	hearings.Register(s, pages, casefile.Register(s, pages), o.Hearings)
	if err := registrationcheck.Register(s, pages, laws.FS); err != nil {
		return nil, err
	}
	account.Register(s)
	looked.Register(s)
	inbox.Register(s, o.Notices)
	if provider != nil {
		account.RegisterProvider(s, provider)
	}
	clients := client.New(o.DB, o.Directory, audience(p.Address)...)
	waysin.Register(s, provider, clients)
	service.Register(s)
	receipts, err := receipt.Open(s, receipt.Options{Log: o.Tree, Keys: o.keys(p.Keys), Laws: laws.FS, Address: p.Address})
	if err != nil {
		return nil, err
	}
	receipt.Register(s, receipts)
	portal.Register(s, o.Portal, receipts, o.Hearings)
	if s.Visitor, err = o.Portal.Visitor(context.Background(), p.Told); err != nil {
		return nil, err
	}
	return s, api.Register(s, api.Options{Laws: o.laws, Clients: clients, Receipts: receipts, Figures: o.Figures, Hearings: o.Hearings})
}

// record lets looks be recorded, by way of a spool where there is a place for one.
func (o *Office) record(p Pages) error {
	spool, err := look.SpoolOf(context.Background(), o.DB, p.Spool, p.State)
	switch {
	case errors.Is(err, look.ErrNoPlace):
		p.Log.Warn("looks: each page waits for the database", "because", err)
	case err != nil:
		return err
	case spool == "":
		p.Log.Info("looks: each page waits for the database")
	default:
		p.Log.Info("looks wait for the journal in a folder", "folder", spool)
	}
	err = o.Looks.Begin(spool, p.Log)
	if err == nil || p.Spool != "" || o.DB.Path() != "" || spool == "" {
		return err
	}
	// Nobody has asked for this place: where it cannot be used it is done without.
	p.Log.Warn("looks: each page waits for the database", "because", err)
	return o.Looks.Begin("", p.Log)
}

// keys that the journal's checkpoints are checked with. Without any there are no receipts.
func (o *Office) keys(more journal.Keys) journal.Keys {
	var out journal.Keys
	add := func(k *journal.Key) {
		if !slices.ContainsFunc(out, func(x *journal.Key) bool { return x.String() == k.String() }) {
			out = append(out, k)
		}
	}
	if o.signer != nil {
		add(o.signer.Key())
	}
	for _, k := range more {
		add(k)
	}
	for _, w := range o.witnesses {
		add(w.Key)
	}
	return out
}
