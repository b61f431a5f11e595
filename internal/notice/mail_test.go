package notice_test

import (
	"context"
	"crypto/tls"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fault"
	"nazorat/internal/notice"
)

func mailTo(tb testing.TB, p *post) *notice.Mail {
	tb.Helper()
	m, err := notice.NewMail("smtp://"+p.address(), "nazorat@office.example", "")
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// reached lets an officer be reached by e-mail, for some kinds.
func (h *house) reached(tb testing.TB, k *notice.Keeper, officer, address string, kinds ...notice.Kind) {
	tb.Helper()
	h.change(tb, `INSERT INTO notice_way (officer, channel, address, lang, confirmed, code, until, tries, proposed) VALUES ($1, 'email', $2, 'en', 1, '', 0, 0, '')`, officer, address)
	if err := k.Choose(ctx, officer, notice.Email, kinds); err != nil {
		tb.Fatal(err)
	}
}

// deliver sends all that is due.
func deliver(tb testing.TB, k *notice.Keeper) {
	tb.Helper()
	for {
		n, err := k.DeliverSome(ctx)
		if err != nil {
			tb.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// states of all messages, with how often each was tried.
func (h *house) states(tb testing.TB) (out []string) {
	tb.Helper()
	rows, err := h.db.Query(ctx, `SELECT state, attempts, CASE body WHEN '' THEN 'wiped' ELSE 'kept' END FROM message ORDER BY made, reference`)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var state, body string
		var attempts int
		if err := rows.Scan(&state, &attempts, &body); err != nil {
			tb.Fatal(err)
		}
		out = append(out, state+" "+strings.Repeat("+", attempts)+" "+body)
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return out
}

func (h *house) pass(d calendar.Moment) { h.set(h.Now() + d) }

func TestOfficersAreToldByEMailAsTheyChose(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := newPost(t)
		k := h.keeper(t, mailTo(t, p), nil)
		h.notices = k
		h.reached(t, k, "sardor", "sardor@office.example", notice.Charge)
		h.reached(t, k, "jasur", "jasur@office.example") // he chose nothing
		h.register(t, "Karimov and the bricks", "sardor")
		r := h.register(t, "tiles", "sardor")
		h.tick(t)
		deliver(t, k)
		if got := p.got(); len(got) != 0 {
			t.Fatalf("sent before its time: %+v", got)
		}
		h.pass(6 * calendar.Minute)
		deliver(t, k)
		got := p.got()
		if len(got) != 1 || got[0].to != "sardor@office.example" || !strings.Contains(got[0].text, "https://nazorat.example/inbox") {
			t.Fatalf("%+v", got)
		}
		if all := got[0].text + got[0].subject; strings.Contains(all, r.Number) || strings.Contains(all, "Karimov") || strings.Contains(all, "bricks") || strings.Contains(all, "sardor") {
			t.Errorf("it says too much: %s", all)
		}
		if got := h.states(t); len(got) != 1 || got[0] != "sent + wiped" {
			t.Errorf("%v", got)
		}
	})
}

func TestAReleaseGoesOutAtOnceWhateverWasChosen(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := newPost(t)
		k := h.keeper(t, mailTo(t, p), nil)
		h.notices = k
		h.reached(t, k, "nodir", "nodir@office.example")
		r := h.hold(t)
		h.tick(t)
		h.set(at(t, "2026-03-04 14:31"))
		h.tick(t)
		deliver(t, k)
		got := p.got()
		if len(got) != 1 || got[0].to != "nodir@office.example" || !strings.Contains(got[0].text, "URGENT") || !strings.Contains(got[0].text, "4 Mar 2026 14:30") {
			t.Fatalf("%+v", got)
		}
		list, _, err := h.notices.Of(ctx, r.Proceeding, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range list {
			if (x.Officer == "nodir") != (x.Email != nil && x.Email.State == notice.Sent) {
				t.Errorf("on record: %+v, %+v", x, x.Email)
			}
		}
	})
}

func TestWhatAServerAnswersDecidesWhetherItIsTriedAgain(t *testing.T) {
	for _, x := range []struct {
		name, command, answer string
		state                 notice.State
		has                   int // how many the server has by then
	}{
		{"it takes it", "none", "", notice.Sent, 1},
		{"nobody of that name", "RCPT", "550 no such user", notice.Refused, 0},
		{"a full box", "RCPT", "452 full", notice.Waiting, 0},
		{"not to its taste", "end", "554 spam", notice.Refused, 0},
		{"not now", "end", "451 later", notice.Waiting, 0},
		{"the office may not send", "MAIL", "550 not you", notice.Waiting, 0},
		{"it is closed", "greet", "554 go away", notice.Waiting, 0},
		{"nonsense", "RCPT", "what?", notice.Waiting, 0},
		{"it breaks off", "RCPT", "break", notice.Waiting, 0},
		{"it breaks off with the message in hand", "end", "break", notice.Waiting, 1},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			h := open(t, founded.SQLite(t, newService))
			p := newPost(t)
			k := h.keeper(t, mailTo(t, p), nil)
			p.say(x.command, x.answer)
			h.letter(t, k, "a", notice.Email, "a@example.uz")
			deliver(t, k)
			got, err := k.StateOf(ctx, "a")
			if err != nil || got.State != x.state || len(p.got()) != x.has {
				t.Fatalf("%+v, %v; the server has %d", got, err, len(p.got()))
			}
			p.say(x.command, "")
			h.pass(calendar.Hour)
			deliver(t, k)
			got, err = k.StateOf(ctx, "a")
			if want := map[notice.State]notice.State{notice.Refused: notice.Refused}[x.state]; err != nil || want == "" && got.State != notice.Sent || want != "" && got.State != want {
				t.Errorf("afterwards: %+v, %v", got, err)
			}
			// Where the answer was lost it comes twice, and the second is known by its name.
			if mails := p.got(); len(mails) == 2 && (mails[0].id != mails[1].id || x.has == 0) || len(mails) > 2 {
				t.Errorf("%+v", mails)
			}
		})
	}
}

// letter writes down a letter to somebody outside.
func (h *house) letter(tb testing.TB, k *notice.Keeper, reference string, c notice.Channel, to string) {
	tb.Helper()
	if err := h.db.Write(ctx, func(tx *db.Tx) error {
		return k.Send(tx, notice.Letter{Reference: reference, Channel: c, Address: to, Subject: "Summons", Text: "You are asked to come."})
	}); err != nil {
		tb.Fatal(err)
	}
}

func TestAServerThatIsDownForADayLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := newPost(t)
		k := h.keeper(t, mailTo(t, p), nil)
		p.say("greet", "421 not today")
		h.letter(t, k, "a", notice.Email, "a@example.uz")
		tries := 0
		for range 24 * 60 {
			h.pass(calendar.Minute)
			n, err := k.DeliverSome(ctx)
			if err != nil {
				t.Fatal(err)
			}
			tries += n
		}
		// Pauses grow to half an hour: a server that comes back is not run over.
		if tries < 40 || tries > 80 {
			t.Errorf("tried %d times in a day", tries)
		}
		p.say("greet", "")
		h.pass(calendar.Hour)
		deliver(t, k)
		if got := p.got(); len(got) != 1 {
			t.Errorf("%+v", got)
		}
		// What is of no use any more is given up.
		p.say("greet", "421 not this month")
		h.letter(t, k, "b", notice.Email, "b@example.uz")
		for range 9 * 24 {
			h.pass(calendar.Hour)
			deliver(t, k)
		}
		if s, err := k.StateOf(ctx, "b"); err != nil || s.State != notice.GivenUp {
			t.Errorf("%+v, %v", s, err)
		}
		queues, err := notice.Queues(ctx, h.db, 0)
		if err != nil || len(queues) != 1 || queues[0].State != notice.GivenUp || queues[0].N != 1 {
			t.Errorf("%+v, %v", queues, err)
		}
	})
}

// The server takes the connection and says nothing; the office is asked to stop meanwhile.
func TestAServerThatHangsHoldsUpNobodyAndLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := newPost(t)
		k := h.keeper(t, mailTo(t, p), nil)
		p.say("MAIL", "hang")
		h.letter(t, k, "a", notice.Email, "a@example.uz")
		stopping, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
		defer cancel()
		start := time.Now()
		if _, err := k.DeliverSome(stopping); err != nil || time.Since(start) > 5*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		if s, err := k.StateOf(ctx, "a"); err != nil || s.State != notice.Waiting || s.Attempts != 1 {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

func TestOfTwoProcessesOneSendsEachMessage(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := newPost(t)
		m := mailTo(t, p)
		first, second := h.keeper(t, m, nil), h.keeper(t, m, nil)
		for i := range 40 {
			h.letter(t, first, string(rune('A'+i)), notice.Email, "a@example.uz")
		}
		var wait sync.WaitGroup
		for _, k := range []*notice.Keeper{first, second} {
			wait.Go(func() { deliver(t, k) })
		}
		wait.Wait()
		seen := map[string]int{}
		for _, m := range p.got() {
			seen[m.id]++
		}
		if len(seen) != 40 || len(p.got()) != 40 {
			t.Errorf("%d of 40 were sent, %d in all", len(seen), len(p.got()))
		}
	})
}

func TestWhatADeadProcessHeldIsSentWhenItsLeaseIsOver(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := newPost(t)
		dead, other := h.keeper(t, mailTo(t, p), nil), h.keeper(t, mailTo(t, p), nil)
		h.letter(t, dead, "a", notice.Email, "a@example.uz")
		if n, err := dead.Take(ctx); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		deliver(t, other)
		if got := p.got(); len(got) != 0 {
			t.Fatalf("sent by two: %+v", got)
		}
		h.pass(notice.Lease)
		deliver(t, other)
		if got := p.got(); len(got) != 1 {
			t.Errorf("%+v", got)
		}
	})
}

func TestALetterOfOneReferenceIsSentOnceAndNotAtAllWhereItsCauseFails(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := newPost(t)
		k := h.keeper(t, mailTo(t, p), nil)
		h.letter(t, k, "a", notice.Email, "a@example.uz")
		h.letter(t, k, "a", notice.Email, "a@example.uz")
		err := h.db.Write(ctx, func(tx *db.Tx) error {
			if err := k.Send(tx, notice.Letter{Reference: "b", Channel: notice.Email, Address: "b@example.uz", Subject: "s", Text: "t"}); err != nil {
				return err
			}
			return fault.New(fault.Conflict, "conflict.changed", nil)
		})
		wants(t, err, fault.Conflict)
		deliver(t, k)
		if got := p.got(); len(got) != 1 || got[0].subject != "Summons" || got[0].text != "You are asked to come." {
			t.Errorf("%+v", got)
		}
		_, err = k.StateOf(ctx, "b")
		wants(t, err, fault.NotFound)
		for c, address := range map[notice.Channel]string{notice.Email: "no address", notice.SMS: "+998901234567"} {
			err := h.db.Write(ctx, func(tx *db.Tx) error {
				return k.Send(tx, notice.Letter{Reference: "c", Channel: c, Address: address})
			})
			wants(t, err, map[notice.Channel]fault.Kind{notice.Email: fault.Invalid, notice.SMS: fault.Unavailable}[c])
		}
	})
}

// addresses are those that are kept, by reference, and what the other side said.
func (h *house) addresses(tb testing.TB) map[string]string {
	tb.Helper()
	rows, err := h.db.Query(ctx, `SELECT reference, address || ' ' || reason FROM message`)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var reference, kept string
		if err := rows.Scan(&reference, &kept); err != nil {
			tb.Fatal(err)
		}
		out[reference] = strings.TrimSpace(strings.ReplaceAll(kept, `""`, ""))
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return out
}

func TestWhereALetterToACitizenWentIsNotKept(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p, r := newPost(t), newRelay(t)
		k := h.keeper(t, mailTo(t, p), r.asks(t))
		h.notices = k
		h.reached(t, k, "sardor", "sardor@office.example", notice.Charge)
		h.register(t, "bricks", "sardor")
		h.tick(t)
		h.letter(t, k, "taken", notice.Email, "taken@example.uz")
		h.letter(t, k, "asked", notice.SMS, "+998901234567")
		deliver(t, k)
		got := h.addresses(t)
		if got["letter/taken"] != "" || got["letter/asked"] != "+998901234567" {
			t.Errorf("one was taken, of the other it is not known yet: %v", got)
		}
		r.mu.Lock()
		r.state = "EXPIRED"
		r.mu.Unlock()
		h.pass(6 * calendar.Minute)
		deliver(t, k)
		p.say("RCPT", "550 <Refused@Example.uz>: no such mailbox")
		h.letter(t, k, "refused", notice.Email, "refused@example.uz")
		deliver(t, k)
		p.say("RCPT", "450 waiting@example.uz is busy")
		h.letter(t, k, "waiting", notice.Email, "waiting@example.uz")
		deliver(t, k)
		got = h.addresses(t)
		for of, text := range got {
			want, officer := of == "letter/waiting", strings.HasPrefix(of, "n/")
			if has := strings.Contains(strings.ToLower(text), "@example.uz") || strings.Contains(text, "90123"); has != want || officer != strings.Contains(text, "sardor@office.example") {
				t.Errorf("%s: %q is kept", of, text)
			}
		}
		if n := strings.Count(got["letter/waiting"], "waiting@"); n != 1 || !strings.Contains(got["letter/refused"], "no such mailbox") || len(got) != 5 {
			t.Errorf("%v", got)
		}
		p.say("RCPT", "")
		h.pass(8 * 24 * calendar.Hour)
		deliver(t, k)
		s, err := k.StateOf(ctx, "waiting")
		if got := h.addresses(t); err != nil || s.State != notice.GivenUp || strings.Contains(got["letter/waiting"], "@") {
			t.Errorf("%+v, %v: %v", s, err, got)
		}
	})
}

func TestMailIsSpokenOverTLSToOthersAlone(t *testing.T) {
	t.Parallel()
	pair, roots := certificate(t)
	secret := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(secret, []byte("a password\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		name    string
		scheme  string
		offers  bool
		trusted bool
		away    bool
		ok      bool
	}{
		{"STARTTLS", "smtp", true, true, true, true},
		{"TLS at once", "smtps", true, true, true, true},
		{"a certificate of nobody's", "smtp", true, false, true, false},
		{"a certificate of nobody's, at once", "smtps", true, false, true, false},
		{"no TLS, of another machine", "smtp", false, true, true, false},
		{"no TLS, of this one", "smtp", false, true, false, true},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			p := newPost(t, func(p *post) {
				if x.offers {
					p.tls = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
					p.atOnce = x.scheme == "smtps"
				}
			})
			m, err := notice.NewMail(x.scheme+"://user@"+p.address(), "nazorat@office.example", secret)
			if err != nil {
				t.Fatal(err)
			}
			if x.trusted {
				m.Trust(roots)
			}
			if x.away {
				m.Away()
			}
			if err := m.Reach(ctx); (err == nil) != x.ok {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestMailServerThatIsNoneIsRefusedWithoutItsSecrets(t *testing.T) {
	t.Parallel()
	open := filepath.Join(t.TempDir(), "open")
	if err := os.WriteFile(open, []byte("topsecret"), 0o644); err != nil { // #nosec G306 -- that is the point
		t.Fatal(err)
	}
	for _, x := range []struct{ server, from, password string }{
		{"http://mail.example", "a@example.uz", ""},
		{"smtps://user:topsecret@mail.example", "a@example.uz", ""},
		{"smtps://mail.example", "Office <a@example.uz>", ""},
		{"smtps://mail.example", "", ""},
		{"smtps://user@mail.example", "a@example.uz", ""},
		{"smtps://user@mail.example", "a@example.uz", open},
		{"smtps://", "a@example.uz", ""},
	} {
		if _, err := notice.NewMail(x.server, x.from, x.password); err == nil || strings.Contains(err.Error(), "topsecret") {
			t.Errorf("%+v: %v", x, err)
		}
	}
}

// The mail server hangs with a handful of letters; the telephone is told meanwhile, and not when the mail server was waited for.
func TestAMailServerThatHangsDoesNotHoldUpSMS(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p, r := newPost(t), newRelay(t)
		k := h.keeper(t, mailTo(t, p), r.gateway(t, ""))
		p.say("MAIL", "hang")
		h.letter(t, k, "a", notice.Email, "a@example.uz")
		stopping, cancel := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() { ended <- k.Deliver(stopping) }()
		for end := time.Now().Add(8 * time.Second); !slices.Contains(p.commands(), "MAIL"); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("the mail server was not asked")
			}
		}
		h.letter(t, k, "b", notice.SMS, "+998901234567")
		for end := time.Now().Add(8 * time.Second); len(r.got()) == 0; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Error("the SMS waits for the mail server")
				break
			}
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
