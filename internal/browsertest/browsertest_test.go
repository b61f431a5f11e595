package browsertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

// recorder stands for a test that Axe may fail.
type recorder struct {
	testing.TB
	failed int
}

func (r *recorder) Helper()               {}
func (r *recorder) Errorf(string, ...any) { r.failed++ }

const document = `<!doctype html><html lang="en"><head><title>%s</title></head><body><main><h1>%s</h1>%s</main></body></html>`

func serve(t *testing.T) string {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /good", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, document, "Good", "Good", `<form action="/said" method="get"><label for="w">Words</label><input id="w" name="w"><label for="d">Day</label><input id="d" type="date" name="d"><button>Send it</button></form>`)
	})
	mux.HandleFunc("GET /bad", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, document, "Bad", "Bad", `<input name="nameless"><img src="data:,">`)
	})
	mux.HandleFunc("GET /texts", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, document, "Texts", "Texts", `<style>.pale { color: #ddd } .night { background: #222 } .over { position: absolute; left: 0; top: 0; width: 900px; height: 400px; background: #222; z-index: -1 } #hidden { color: #ccc }</style>
			<p>Said here</p><p id="second">Said there</p><p id="hidden" hidden>Never said</p><div id="over"></div>`)
	})
	mux.HandleFunc("GET /said", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "said", Value: "yes"})
		fmt.Fprintf(w, document, "Said", "You said "+r.FormValue("w")+" on "+r.FormValue("d"), "")
	})
	mux.HandleFunc("GET /who", func(w http.ResponseWriter, r *http.Request) {
		_, err := r.Cookie("said")
		fmt.Fprintf(w, document, "Who", fmt.Sprintf("cookie: %t", err == nil), "")
	})
	mux.HandleFunc("GET /broken", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "script-src 'self'")
		fmt.Fprintf(w, document, "Broken", "Broken", `<script>document.title = "never"</script>`)
	})
	mux.HandleFunc("GET /script", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, document, "Script", "plain", `<script>document.querySelector("h1").textContent = "scripted"</script>`)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

func TestPersonFillsAFormAndReadsTheAnswer(t *testing.T) {
	url := serve(t)
	b := Start(t)
	p := b.Page(t, 1366, 768)
	p.Goto(url + "/good")
	p.Axe(t)
	p.Fill("#w", "qoʻzgʻatilsin")
	p.Fill("#d", "2026-03-08")
	p.FollowText("Send it")
	p.WaitText("h1", "You said qoʻzgʻatilsin on 2026-03-08")
	picture := filepath.Join(t.TempDir(), "said.png")
	p.Screenshot(picture)
	if info, err := os.Stat(picture); err != nil || info.Size() < 1000 {
		t.Errorf("no picture: %v", err)
	}

	other := b.Page(t, 390, 844)
	other.Goto(url + "/who")
	if got := other.Text("h1"); got != "cookie: false" {
		t.Errorf("another person has %q", got)
	}
	second := p.Tab(1366, 768)
	second.Goto(url + "/who")
	if got := second.Text("h1"); got != "cookie: true" {
		t.Errorf("the same person's second tab has %q", got)
	}
}

func TestAxeFindsWhatShutsPeopleOut(t *testing.T) {
	url := serve(t)
	p := Start(t).Page(t, 1366, 768)
	p.Goto(url + "/bad")
	r := &recorder{TB: t}
	p.Axe(r)
	if r.failed < 2 {
		t.Errorf("axe found %d things on a page with a nameless field and picture", r.failed)
	}
}

// A text is not asked for its contrast where one that is alike has passed, whatever it says; any other is, and one that failed is told every time.
func TestATextThatCannotBeReadIsFoundBesideAnyThatCan(t *testing.T) {
	url := serve(t)
	p := Start(t).Page(t, 1366, 768)
	axe := func(found int, why, change string) {
		t.Helper()
		p.Eval(change)
		r := &recorder{TB: t}
		if p.Axe(r); r.failed != found {
			t.Errorf("%s: axe found %d things, not %d", why, r.failed, found)
		}
	}
	p.Goto(url + "/texts")
	axe(0, "all are dark", `1`)
	axe(0, "another text", `document.querySelector("#second").textContent = "Said otherwise"`)
	axe(1, "a pale one", `document.querySelector("#second").style.color = "#ddd"`)
	axe(1, "a pale one once more", `1`)
	axe(1, "a class", `document.querySelector("#second").removeAttribute("style"); document.querySelector("#second").className = "pale"`)
	axe(1, "what lies behind", `document.querySelector("#second").className = ""; document.querySelector("main").className = "night"`)
	axe(1, "what came to lie behind", `document.querySelector("main").className = ""; document.querySelector("#over").className = "over"`)
	axe(0, "as at first", `document.querySelector("#over").className = ""`)
	axe(1, "what was hidden", `document.querySelector("#hidden").hidden = false`)
}

func TestRefusalOfThePolicyIsAProblem(t *testing.T) {
	url := serve(t)
	p := Start(t).Page(t, 1366, 768)
	p.Goto(url + "/broken")
	p.wait("wait for the console", func() (bool, string) {
		p.mu.Lock()
		defer p.mu.Unlock()
		return len(p.problems) > 0, "nothing"
	})
	if got := p.Problems(); len(got) != 1 {
		t.Errorf("problems: %q", got)
	}
}

func TestScriptOffLoadsThePageAsItIsWithoutJavaScript(t *testing.T) {
	url := serve(t)
	p := Start(t).Page(t, 1366, 768)
	p.Goto(url + "/script")
	if got := p.Text("h1"); got != "scripted" {
		t.Errorf("with script: %q", got)
	}
	p.ScriptOff()
	p.Goto(url + "/script")
	if got := p.Text("h1"); got != "plain" {
		t.Errorf("without script: %q", got)
	}
	p.Goto(url + "/good")
	p.Fill("#w", "words")
	p.Follow("button")
	p.WaitText("h1", "You said words")
}
