package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"nazorat/internal/access"
	"nazorat/internal/app"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/demo"
	"nazorat/internal/docket"
)

const (
	mostCallers = 64
	together    = 256 // as many as the docket commits together at most
)

// BenchmarkDurable sets acts that are on disk when they are acknowledged
// against a bare insert and update, in turn, so that both meet the same disk
// and the same neighbours. An operation is one act of each.
//
// An act's way is the docket's: 1, 8 or 64 callers, each with a proceeding of its own
// that lives from the report over a hand-over and an extension to its refusal,
// four acts. The peer has the same package db with the same settings, the same
// callers, the same rule for what is committed together, ids of the same
// form, and for each item one insert of a journal row (with its keys and hash)
// and one update of a row, each as long as the office's own are on average: the
// limit of whoever must put those bytes on disk. No law, no deadlines, no
// tallies, no tree, no check. A fourth of its items opens a new row, as a fourth of the acts does.
// Budget: half of the peer, with 64 callers.
func BenchmarkDurable(b *testing.B) {
	app.Roomy() // as where it is served
	for _, place := range []struct {
		name string
		at   func(b *testing.B, name string) string
	}{
		{"sqlite", func(b *testing.B, name string) string { return "sqlite:" + filepath.Join(b.TempDir(), name+".db") }},
		{"postgres", func(b *testing.B, name string) string { return dbtest.Postgres(b) }},
	} {
		for _, callers := range []int{1, 8, mostCallers} {
			b.Run(fmt.Sprintf("%s/%d", place.name, callers), func(b *testing.B) {
				o, lives := lively(b, place.at(b, "acts"))
				_, _ = each(b, callers, 512, func(caller int) error { return lives[caller].act(o.Docket) }) // so that there are rows whose length can be told
				p := newPeer(b, place.at(b, "peer"), o.DB)
				setAgainst(b, callers, func(caller int) error { return lives[caller].act(o.Docket) }, p.item)
			})
		}
	}
}

// setAgainst times acts and the peer's items in turns, b.N of each.
func setAgainst(b *testing.B, callers int, act, item func(caller int) error) {
	var acts, bare time.Duration
	var waits, peers []time.Duration
	turn := 16 * callers // so many of each, then the other
	b.ResetTimer()
	n := 0
	for n < b.N {
		took, waited := each(b, callers, turn, act)
		acts, waits = acts+took, append(waits, waited...)
		took, waited = each(b, callers, turn, item)
		bare, peers = bare+took, append(peers, waited...)
		n += turn
	}
	slices.Sort(waits)
	slices.Sort(peers)
	ms := func(list []time.Duration, part int) float64 {
		return float64(list[len(list)*part/100].Microseconds()) / 1000
	}
	b.ReportMetric(float64(n)/acts.Seconds(), "acts/s")
	b.ReportMetric(float64(n)/bare.Seconds(), "peer/s")
	b.ReportMetric(bare.Seconds()/acts.Seconds(), "ratio")
	b.ReportMetric(ms(waits, 50), "p50-ms")
	b.ReportMetric(ms(waits, 99), "p99-ms")
	b.ReportMetric(ms(peers, 50), "peer-p50-ms")
	b.ReportMetric(ms(peers, 99), "peer-p99-ms")
	b.ReportMetric(0, "ns/op")
}

// each lets all callers do their share of n at once, and takes the time of all and of each.
func each(b *testing.B, callers, n int, do func(caller int) error) (all time.Duration, waited []time.Duration) {
	b.Helper()
	var wg sync.WaitGroup
	waited = make([]time.Duration, n/callers*callers)
	start := time.Now()
	for caller := range callers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			mine := waited[caller*(n/callers) : (caller+1)*(n/callers)]
			for i := range mine {
				at := time.Now()
				if err := do(caller); err != nil {
					b.Error(err)
					return
				}
				mine[i] = time.Since(at)
			}
		}()
	}
	wg.Wait()
	if b.Failed() {
		b.FailNow()
	}
	return time.Since(start), waited
}

// life is a proceeding that one caller leads from its report to its end, and then the next.
type life struct {
	duty, prosecutor access.Actor
	officers         [2]string
	id               string
	version          int64
	step             int
}

// lively is an office with the synthetic service, and one life for each caller, in as many districts.
func lively(b *testing.B, location string) (*app.Office, []*life) {
	b.Helper()
	o := demo.Options{Seed: 1, Now: now()}
	d, _, service := create(b, location, o)
	var clock atomic.Int64
	clock.Store(int64(now()))
	// Every look at the clock is a microsecond later, as in life.
	office, err := app.Open(ctx, d, docket.Options{Now: func() calendar.Moment { return calendar.Moment(clock.Add(1)) }})
	must(b, err)
	b.Cleanup(func() { must(b, office.Close()) })
	actors := map[string]map[string][]access.Actor{} // office, role
	for _, n := range service.Officers {
		m := n.Mandates[0]
		if actors[m.Office] == nil {
			actors[m.Office] = map[string][]access.Actor{}
		}
		actors[m.Office][m.Role] = append(actors[m.Office][m.Role], access.Actor{Officer: n.ID, Role: m.Role, Office: m.Office, Mandate: m.ID, Present: access.Always})
	}
	var lives []*life
	tree := office.Directory.Tree()
	for _, x := range tree.Offices() {
		body, above := actors[x.ID], actors[tree.Supervisor(x.ID)]
		if len(body["duty_officer"]) == 0 || len(body["inquirer"]) < 2 || len(above["prosecutor"]) == 0 || len(lives) == mostCallers {
			continue
		}
		lives = append(lives, &life{duty: body["duty_officer"][0], prosecutor: above["prosecutor"][0],
			officers: [2]string{body["inquirer"][0].Officer, body["inquirer"][1].Officer}})
	}
	if len(lives) < mostCallers {
		b.Fatalf("only %d bodies have what a case needs", len(lives))
	}
	return office, lives
}

func (l *life) act(k *docket.Docket) error {
	c := docket.Command{Proceeding: l.id, Version: l.version}
	switch l.step {
	case 0:
		c = docket.Command{Law: demo.Law, Act: "register_report", Actor: l.duty, Form: map[string]string{"source": "statement", "applicant": "Karimov Anvar",
			"summary": "Hovlidan velosiped oʻgʻirlangan, darvoza qulfi buzilgan", "crime_article": "CC 169", "assign_to": l.officers[0]}}
	case 1:
		c.Act, c.Actor, c.Form = "assign", l.prosecutor, map[string]string{"assign_to": l.officers[1]}
	case 2:
		c.Act, c.Actor, c.Form = "extend_check", l.prosecutor, map[string]string{"reason": "examination_ordered", "note": "Ekspertiza tayinlangan"}
	default:
		c.Act, c.Actor, c.Form = "refuse", l.prosecutor, map[string]string{"ground": "no_event", "note": "Jinoyat hodisasi yoʻq"}
	}
	r, err := k.Act(ctx, c)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Act, err)
	}
	l.id, l.version = r.Proceeding, r.Seq
	if l.step++; l.step == 4 {
		*l = life{duty: l.duty, prosecutor: l.prosecutor, officers: l.officers}
	}
	return nil
}

// peer is what a database can do that knows nothing of law.
type peer struct {
	db    *db.DB
	queue chan peerItem
	lives []peerLife
	hash  [sha256.Size]byte
	entry string
	state string
}

// peerLife is what one caller leads: a row, changed three times after it came in.
type peerLife struct {
	id  string
	seq int64
}

type peerItem struct {
	id    string
	seq   int64
	reply chan error
}

func newPeer(b *testing.B, location string, office *db.DB) *peer {
	b.Helper()
	d, err := db.Create(ctx, location)
	must(b, err)
	must(b, d.Migrate(ctx, []db.Migration{{ID: "peer/0001", SQL: `
CREATE TABLE state (id TEXT PRIMARY KEY, version {int} NOT NULL, body TEXT NOT NULL) {strict};
CREATE TABLE log (id TEXT NOT NULL, seq {int} NOT NULL, body TEXT NOT NULL, hash {bytes} NOT NULL, sent TEXT NOT NULL UNIQUE, PRIMARY KEY (id, seq)) {strict};`}}))
	var entry, state int
	must(b, office.QueryRow(ctx, `SELECT sum(length(law) + length(edition) + length(act) + length(officer) + length(role) + length(mandate) + length(office) + length(form) + length(cargo)
+ length(effects) + length(previous) + length(salt)) / count(*) FROM entry`).Scan(&entry))
	must(b, office.QueryRow(ctx, `SELECT sum(length(law) + length(number) + length(office) + length(supervisor) + length(in_charge) + length(root_state) + length(title) + length(edition)
+ length(head) + length(state)) / count(*) FROM proceeding`).Scan(&state))
	p := &peer{db: d, queue: make(chan peerItem), lives: make([]peerLife, mostCallers), entry: strings.Repeat("x", entry), state: strings.Repeat("y", state)}
	stop, done := make(chan struct{}), make(chan struct{})
	go p.write(stop, done)
	b.Cleanup(func() {
		close(stop)
		<-done
		must(b, d.Close())
	})
	return p
}

// item waits until one insert and one update are on disk.
func (p *peer) item(caller int) error {
	l := &p.lives[caller]
	if l.seq%4 == 0 {
		*l = peerLife{id: docket.NewID(now())}
	}
	l.seq++
	x := peerItem{l.id, l.seq, make(chan error, 1)}
	p.queue <- x
	return <-x.reply
}

// write commits together what waits, as the docket does.
func (p *peer) write(stop, done chan struct{}) {
	defer close(done)
	for {
		var batch []peerItem
		select {
		case x := <-p.queue:
			batch = append(batch, x)
		case <-stop:
			return
		}
	more:
		for len(batch) < together {
			select {
			case x := <-p.queue:
				batch = append(batch, x)
			default:
				break more
			}
		}
		err := p.db.Write(context.Background(), func(tx *db.Tx) error {
			for _, x := range batch {
				if _, err := tx.Exec(`INSERT INTO log (id, seq, body, hash, sent) VALUES ($1, $2, $3, $4, $5)`, x.id, x.seq, p.entry, p.hash[:], docket.NewID(now())); err != nil {
					return err
				}
				text := `UPDATE state SET version = $1, body = $2 WHERE id = $3`
				if x.seq == 1 {
					text = `INSERT INTO state (version, body, id) VALUES ($1, $2, $3)`
				}
				if _, err := tx.Exec(text, x.seq, p.state, x.id); err != nil {
					return err
				}
			}
			return nil
		})
		for _, x := range batch {
			x.reply <- err
		}
	}
}
