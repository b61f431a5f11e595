package publiclog_test

import (
	"bytes"
	stdcontext "context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"nazorat/internal/calendar"
	"nazorat/internal/journal"
	"nazorat/internal/publiclog"
)

// witness is one as C2SP tlog-witness wants it, for one log.
type witness struct {
	name    string
	private ed25519.PrivateKey
	key     *journal.Key
	trusts  journal.Keys
	url     string

	mu    sync.Mutex
	last  journal.Checkpoint
	asked int
	twist func(status int, body string) (int, string) // how it misbehaves
}

func newWitness(t testing.TB, name string, o *office) *witness {
	t.Helper()
	pub, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w := &witness{name: name, private: private, trusts: journal.Keys{o.key}}
	if w.key, err = journal.NewKey(name, pub, true); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(s.Close)
	w.url = s.URL + "/prefix"
	return w
}

func (w *witness) serve(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	status, body := w.answer(r)
	if w.twist != nil {
		status, body = w.twist(status, body)
	}
	if status == http.StatusConflict {
		rw.Header().Set("Content-Type", "text/x.tlog.size")
	}
	rw.WriteHeader(status)
	_, _ = io.WriteString(rw, body)
}

func (w *witness) answer(r *http.Request) (int, string) {
	raw, err := io.ReadAll(r.Body)
	if err != nil || r.Method != http.MethodPost || r.URL.Path != "/prefix/add-checkpoint" {
		return http.StatusBadRequest, "no"
	}
	head, signed, ok := bytes.Cut(raw, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	old, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "old "), 10, 64)
	if !ok || err != nil || lines[0] != fmt.Sprintf("old %d", old) {
		return http.StatusBadRequest, "no"
	}
	var proof tlog.TreeProof
	for _, l := range lines[1:] {
		h, err := tlog.ParseHash(l)
		if err != nil {
			return http.StatusBadRequest, "no"
		}
		proof = append(proof, h)
	}
	c, err := journal.OpenCheckpoint(signed, w.trusts)
	switch {
	case err != nil:
		return http.StatusForbidden, err.Error()
	case old > c.Size:
		return http.StatusBadRequest, "old is larger"
	case old != w.last.Size || old == c.Size && old > 0 && w.last.Root != c.Root:
		return http.StatusConflict, fmt.Sprintf("%d\n", w.last.Size)
	case old == 0 && len(proof) > 0, old > 0 && tlog.CheckTree(proof, c.Size, tlog.Hash(c.Root), old, tlog.Hash(w.last.Root)) != nil:
		return http.StatusUnprocessableEntity, "the proof does not hold"
	}
	w.last = c.Checkpoint
	return http.StatusOK, "— unknown.example AAAAAAAAAAAA\n" + w.line(c.Text(), 1700000000)
}

func (w *witness) line(text string, at int64) string {
	sig := binary.BigEndian.AppendUint32(nil, w.key.KeyHash())
	sig = binary.BigEndian.AppendUint64(sig, uint64(at))
	sig = append(sig, ed25519.Sign(w.private, journal.CosignedText(at, []byte(text)))...)
	return fmt.Sprintf("— %s %s\n", w.name, base64.StdEncoding.EncodeToString(sig))
}

func (w *witness) config() publiclog.Witness { return publiclog.Witness{Key: w.key, URL: w.url} }

func client() *http.Client { return &http.Client{Timeout: 10 * time.Second} }

func TestWitnessesSignAndAreShown(t *testing.T) {
	t.Parallel()
	o := open(t)
	a, b := newWitness(t, "a.example", o), newWitness(t, "b.example", o)
	asker := publiclog.NewAsker(o.log, []publiclog.Witness{a.config(), b.config()}, client())
	url := o.serve(t, 2)
	for _, n := range []int64{0, 3, 300, 1} {
		o.grow(t, n)
		s := o.sign(t)
		if err := asker.Ask(ctx, s); err != nil {
			t.Fatalf("%d leaves: %v", s.Size, err)
		}
		_, body := get(t, url+"checkpoint")
		signed, err := journal.OpenCheckpoint(body, journal.Keys{o.key, a.key, b.key})
		if err != nil || signed.Size != s.Size || len(signed.By) != 1 || len(signed.Cosigned) != 2 || signed.Cosigned[0].At != 1700000000 {
			t.Fatalf("%+v, %v\n%s", signed, err, body)
		}
	}
	if a.asked != 4 {
		t.Errorf("asked %d times for 4 checkpoints", a.asked)
	}
	// Another process, or this one after a restart, learns where they stand.
	o.grow(t, 700)
	fresh := publiclog.NewAsker(o.log, []publiclog.Witness{a.config(), b.config()}, client())
	if err := fresh.Ask(ctx, o.sign(t)); err != nil {
		t.Error(err)
	}
	if a.asked != 6 || a.last.Size != 1004 {
		t.Errorf("asked %d times, stands at %d", a.asked, a.last.Size)
	}
}

// While the witnesses have not answered yet, clients are given what they have signed.
func TestCheckpointThatTooFewHaveSignedWaits(t *testing.T) {
	t.Parallel()
	o := open(t)
	a := newWitness(t, "a.example", o)
	asker := publiclog.NewAsker(o.log, []publiclog.Witness{a.config()}, client())
	url := o.serve(t, 1)
	size := func() int64 {
		_, body := get(t, url+"checkpoint")
		s, err := journal.OpenCheckpoint(body, journal.Keys{o.key})
		if err != nil {
			t.Fatal(err)
		}
		return s.Size
	}
	o.grow(t, 1)
	first := o.sign(t)
	if got := size(); got != 1 {
		t.Errorf("without any signature %d is served", got)
	}
	if err := asker.Ask(ctx, first); err != nil {
		t.Fatal(err)
	}
	o.grow(t, 1)
	second := o.sign(t)
	if got := size(); got != 1 {
		t.Errorf("before the witness answered %d is served", got)
	}
	if err := asker.Ask(ctx, second); err != nil {
		t.Fatal(err)
	}
	if got := size(); got != 2 {
		t.Errorf("after the witness answered %d is served", got)
	}
}

func TestWitnessThatMisbehavesIsToldOfAndHarmsNoOther(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		twist func(int, string) (int, string)
		want  string
	}{
		"refuses":           {func(int, string) (int, string) { return http.StatusForbidden, "no" }, "403"},
		"is ahead":          {func(int, string) (int, string) { return http.StatusConflict, "99\n" }, "has seen 99"},
		"counts in letters": {func(int, string) (int, string) { return http.StatusConflict, "ten\n" }, "stands at"},
		"counts twice":      {func(int, string) (int, string) { return http.StatusConflict, "01\n" }, "stands at"},
		"saw another tree":  {func(int, string) (int, string) { return http.StatusConflict, "0\n" }, "another tree"},
		"gives nothing":     {func(int, string) (int, string) { return http.StatusOK, "" }, "no signature"},
		"gives another's":   {func(int, string) (int, string) { return http.StatusOK, "— unknown.example AAAAAAAAAAAA\n" }, "no signature"},
		"gives garbage":     {func(int, string) (int, string) { return http.StatusOK, "hello\n" }, "malformed"},
		"gives a false one": {func(s int, b string) (int, string) { return s, strings.Replace(b, "a.example ", "a.example A", 1) }, ""},
		"says much":         {func(int, string) (int, string) { return http.StatusOK, strings.Repeat("x", 1<<20) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			a, b := newWitness(t, "a.example", o), newWitness(t, "b.example", o)
			a.twist = c.twist
			asker := publiclog.NewAsker(o.log, []publiclog.Witness{a.config(), b.config()}, client())
			o.grow(t, 5)
			err := asker.Ask(ctx, o.sign(t))
			if err == nil || !strings.Contains(err.Error(), "a.example") || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "b.example") || len(err.Error()) > 400 {
				t.Errorf("%v", err)
			}
			last, err := o.log.Latest(ctx)
			if err != nil || strings.Contains(string(last.Note), "a.example ") || !strings.Contains(string(last.Note), "— b.example ") {
				t.Errorf("%v\n%s", err, last.Note)
			}
		})
	}
}

// Whoever is led elsewhere by a witness would ask whatever that one names.
func TestWitnessThatLeadsElsewhereIsNotFollowed(t *testing.T) {
	t.Parallel()
	o := open(t)
	a := newWitness(t, "a.example", o)
	leading := httptest.NewServer(http.RedirectHandler(a.config().URL+"/add-checkpoint", http.StatusTemporaryRedirect))
	t.Cleanup(leading.Close)
	o.grow(t, 5)
	w := a.config()
	w.URL = leading.URL
	if err := publiclog.NewAsker(o.log, []publiclog.Witness{w}, client()).Ask(ctx, o.sign(t)); err == nil || !strings.Contains(err.Error(), "307") {
		t.Errorf("%v", err)
	}
	if a.asked != 0 {
		t.Errorf("it was asked %d times at the other address", a.asked)
	}
}

// A witness that has seen one tree grow does not sign a second one.
func TestSecondTreeFindsNoWitness(t *testing.T) {
	t.Parallel()
	o := open(t)
	a := newWitness(t, "a.example", o)
	o.grow(t, 300)
	if err := publiclog.NewAsker(o.log, []publiclog.Witness{a.config()}, client()).Ask(ctx, o.sign(t)); err != nil {
		t.Fatal(err)
	}
	second := open(t)
	second.signer, second.key = o.signer, o.key
	tamper(t, second.db)
	err := publiclog.NewAsker(second.log, []publiclog.Witness{a.config()}, client()).Ask(ctx, second.sign(t))
	if err == nil || a.last.Size != 300 {
		t.Errorf("%v; the witness stands at %d", err, a.last.Size)
	}
}

func TestListOfWitnessesIsReadStrictly(t *testing.T) {
	t.Parallel()
	o := open(t)
	a := newWitness(t, "a.example", o)
	list, err := publiclog.ParseWitnesses("# ours\n\n  " + a.key.String() + " https://a.example/w/ \n")
	if err != nil || len(list) != 1 || list[0].URL != "https://a.example/w" || list[0].Key.String() != a.key.String() {
		t.Errorf("%v, %v", list, err)
	}
	k := a.key.String()
	for _, bad := range []string{k, "https://a.example " + k, k + " ftp://a.example", k + " https://", k + " https://a.example/?x=1", k + " https://a.example x",
		o.key.String() + " https://a.example", k[:len(k)-2] + " https://a.example", k + " https://a.example\n" + k + " https://b.example"} {
		if list, err := publiclog.ParseWitnesses(bad); err == nil {
			t.Errorf("%q: %v", bad, list)
		}
	}
}

// Whoever sat between could keep a witness from what it should see, and answer in its place that it was asked.
func TestWitnessesAreAskedOverTLS(t *testing.T) {
	t.Parallel()
	k := newWitness(t, "a.example", open(t)).key.String()
	for at, good := range map[string]bool{
		"https://a.example": true, "http://localhost:8091": true, "http://127.0.0.1:8091": true, "http://a.example": false, "http://10.0.0.9": false, "http://localhost.example": false,
	} {
		if _, err := publiclog.ParseWitnesses(k + " " + at); (err == nil) != good {
			t.Errorf("%s: %v", at, err)
		}
	}
}

// The two loops of a running office: what grows is signed and witnessed without anybody asking.
func TestLoopsSignAndAsk(t *testing.T) {
	t.Parallel()
	o := open(t)
	a := newWitness(t, "a.example", o)
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	loop, stop := stdcontext.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := publiclog.Sign(loop, o.log, o.signer, 5*time.Millisecond, func() calendar.Moment { return 1 }, quiet); err != nil {
			t.Error(err)
		}
	})
	wg.Go(func() {
		if err := publiclog.NewAsker(o.log, []publiclog.Witness{a.config()}, client()).Run(loop, 5*time.Millisecond, quiet); err != nil {
			t.Error(err)
		}
	})
	for _, n := range []int64{5, 300} {
		o.grow(t, n)
		size, err := o.log.Size(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(20 * time.Second); ; {
			s, err := o.log.LatestCosigned(ctx, 1)
			if err == nil && s.Size == size {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%d leaves were not signed and witnessed: %v, %v", size, s, err)
			}
			time.Sleep(time.Millisecond)
		}
	}
	stop()
	wg.Wait()
}

func FuzzWitnessAnswers(f *testing.F) {
	o := open(f)
	o.grow(f, 5)
	s := o.sign(f)
	answer := http.StatusOK
	text := ""
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/x.tlog.size")
		rw.WriteHeader(answer)
		_, _ = io.WriteString(rw, text)
	}))
	defer srv.Close()
	w := newWitness(f, "a.example", o)
	good := w.line(s.Text(), 5)
	f.Add(true, good)
	f.Add(false, "4\n")
	f.Fuzz(func(t *testing.T, ok bool, body string) {
		answer, text = http.StatusConflict, body
		if ok {
			answer = http.StatusOK
		}
		err := publiclog.NewAsker(o.log, []publiclog.Witness{{Key: w.key, URL: srv.URL}}, client()).Ask(ctx, s)
		if err == nil && !strings.Contains(body, strings.TrimSuffix(good, "\n")) {
			t.Errorf("%q was taken for a signature", body)
		}
	})
}

func FuzzWitnesses(f *testing.F) {
	o := open(f)
	f.Add("# ours\n" + newWitness(f, "a.example", o).key.String() + " https://a.example/w\n")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := publiclog.ParseWitnesses(text)
		if err != nil {
			return
		}
		for _, w := range list {
			if !strings.Contains(text, w.Key.String()) || !w.Key.Witness() || !strings.HasPrefix(strings.ToLower(w.URL), "http") {
				t.Errorf("%q was read as %s at %s", text, w.Key, w.URL)
			}
		}
	})
}
