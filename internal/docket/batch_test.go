package docket_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/docket"
)

// tables in full, but for what chance gives: hashes and salts.
var tables = []string{
	`SELECT id, law, number, office, supervisor, in_charge, root_state, title, version, edition, opened, changed, state FROM proceeding ORDER BY id`,
	`SELECT proceeding, no, law, term, thing, role, office, officer, supervisor, breach, steps, started, due, status, closed, basis FROM deadline ORDER BY proceeding, no`,
	`SELECT leaf, proceeding, seq, law, edition, act, thing, officer, role, mandate, office, client, done, recorded, form, cargo, submission, effects FROM entry ORDER BY leaf`,
	`SELECT office, supervisor, law, state, secrecy, charged, n FROM tally WHERE n <> 0 ORDER BY office, supervisor, law, state, secrecy, charged`,
	`SELECT proceeding, officer, role, opened, present FROM party ORDER BY proceeding, officer, role`,
	`SELECT office, law, year, last FROM numbering ORDER BY office, law, year`,
	`SELECT office, role, at, proceeding, seq FROM copy ORDER BY office, role, at, proceeding, seq`,
	`SELECT from_proceeding, from_seq, n, to_proceeding, to_seq FROM link ORDER BY from_proceeding, from_seq, n`,
}

func dump(t *testing.T, d *db.DB) (out []string) {
	t.Helper()
	for _, text := range tables {
		out = append(out, lines(t, d, text)...)
	}
	return out
}

func lines(t *testing.T, d *db.DB, text string) (out []string) {
	t.Helper()
	rows, err := d.Query(ctx, text)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for i, v := range values {
			if b, ok := v.([]byte); ok {
				values[i] = string(b)
			}
		}
		out = append(out, fmt.Sprint(text[:12], values))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// chaos makes up acts of the small law, sensible ones and others, mostly on few proceedings.
type chaos struct {
	r           *rand.Rand
	now         calendar.Moment
	open, watch []*docket.Receipt
	sent        []docket.Command
}

func (c *chaos) one(list ...string) string { return list[c.r.IntN(len(list))] }

func (c *chaos) command() docket.Command {
	if len(c.sent) > 0 && c.r.IntN(12) == 0 {
		return c.sent[c.r.IntN(len(c.sent))] // once more
	}
	x := docket.Command{Submission: fmt.Sprintf("chaos-%d", len(c.sent)), Form: map[string]string{}}
	if len(c.open) < 3 || c.r.IntN(6) == 0 {
		x.Law, x.Act, x.Actor = "xx/court", "register", duty
		x.Form["about"], x.Form["assign_to"] = c.one("bricks", "tiles", "damp"), c.one("sardor", "malika", "nobody")
	} else {
		c.on(&x)
	}
	c.sent = append(c.sent, x)
	return x
}

// on chooses an act on a proceeding.
func (c *chaos) on(x *docket.Command) {
	few := c.open[max(0, len(c.open)-4):]
	if c.r.IntN(3) == 0 {
		few = c.open
	}
	thing, other := int32(1+c.r.IntN(3)), few[c.r.IntN(len(few))].Number
	x.Proceeding, x.Actor = few[c.r.IntN(len(few))].Proceeding, inquirer
	if c.r.IntN(4) == 0 {
		x.Actor = []access.Actor{bek, second, stranger, prosecutor}[c.r.IntN(4)]
	}
	switch x.Act = c.one("pause", "close", "note", "note", "add", "add", "hold", "hold", "hold", "free", "stop", "stop", "go_on", "ask", "chain", "join",
		"ask_prosecutor", "ask_again", "assign", "assign", "assign", "transfer", "transfer"); x.Act {
	case "note":
		x.Form["text"] = "x"
	case "add":
		x.Form["name"] = c.one("A", "B", "C")
	case "hold":
		x.Thing, x.Form["cell"] = thing, "4"
	case "free":
		x.Thing = thing
	case "ask":
		if x.Form["about"] = "damp"; len(c.watch) > 0 && c.r.IntN(2) == 0 {
			x.Form = map[string]string{"watch": c.watch[c.r.IntN(len(c.watch))].Number}
		}
	case "chain":
		x.Form["next"], x.Form["after"] = other, "q"
	case "join":
		x.Form["main"] = other
	case "ask_prosecutor":
		x.Actor, x.Form["about"] = prosecutor, "why"
	case "assign":
		x.Form["assign_to"] = c.one("sardor", "malika", "bek")
	case "transfer":
		if x.Form["to_office"], x.Form["assign_to"] = "iib-2", "bek"; c.r.IntN(2) == 0 {
			x.Form["to_office"], x.Form["assign_to"] = "iib-1", "sardor"
		}
	}
	if c.r.IntN(5) == 0 {
		x.Done = c.now - calendar.Moment(c.r.Int64N(int64(10*24*calendar.Hour)))
	}
}

// learn notes what an act brought about.
func (c *chaos) learn(x *docket.Command, r *docket.Receipt) {
	if x.Act == "register" && !r.Repeated {
		c.open = append(c.open, r)
	}
	for _, l := range r.Linked {
		if l.Act == "open_watch" {
			c.watch = append(c.watch, &docket.Receipt{Proceeding: l.Proceeding, Number: l.Number})
		}
	}
}

// What comes together leaves the rows, and tells the callers, what it would have one by one:
// written in parts while it is decided, from memory or from the tables, with editions that come into force between.
func TestBatchLeavesWhatItsActsWouldOneByOne(t *testing.T) {
	each(t, court, func(t *testing.T, together *house) {
		apart := court(t, founded.SQLite(t, newOffice))
		size := 60
		if together.db.Dialect.Name == db.Postgres.Name {
			size = 180 // so that there are parts
		}
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		c := &chaos{r: rand.New(rand.NewPCG(seed, 1)), now: at(t, "2026-06-26 10:00")}
		rounds := 6
		if testing.Short() {
			rounds = 3
		}
		for round := range rounds {
			c.now += calendar.Moment(c.r.Int64N(int64(3 * 24 * calendar.Hour)))
			together.set(c.now)
			apart.set(c.now)
			if round >= 2 && c.r.IntN(2) == 0 {
				took, err := together.ComeIntoForce(ctx, c.now)
				if want, errApart := apart.ComeIntoForce(ctx, c.now); took != want || fmt.Sprint(err) != fmt.Sprint(errApart) {
					t.Fatalf("%+v, %v; one by one %+v, %v", took, err, want, errApart)
				}
			}
			list := make([]docket.Sent, size/2+c.r.IntN(size))
			for i := range list {
				list[i] = docket.Sent{Ctx: ctx, Command: c.command()}
			}
			receipts, errs := together.Together(list...)
			for i := range list {
				one, err := apart.Together(list[i])
				if fmt.Sprint(errs[i]) != fmt.Sprint(err[0]) {
					t.Fatalf("round %d, act %d, %+v: %v; alone %v", round, i, list[i].Command, errs[i], err[0])
				}
				if errs[i] != nil {
					continue
				}
				one[0].Hash = receipts[i].Hash // salted
				got, _ := json.Marshal(receipts[i])
				want, _ := json.Marshal(one[0])
				if string(got) != string(want) {
					t.Fatalf("round %d, act %d, %+v: %s; alone %s", round, i, list[i].Command, got, want)
				}
				c.learn(&list[i].Command, receipts[i])
			}
			got, want := dump(t, together.db), dump(t, apart.db)
			for i := range min(len(got), len(want)) {
				if got[i] != want[i] {
					t.Fatalf("round %d:\n%s\none by one:\n%s", round, got[i], want[i])
				}
			}
			if len(got) != len(want) {
				t.Fatalf("round %d: %d rows, one by one %d", round, len(got), len(want))
			}
		}
		if _, err := together.CheckAll(ctx); err != nil {
			t.Error(err)
		}
	})
}
