package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Page is one tab. It belongs to the test that opened it and is not safe for
// concurrent use; two pages may be used at once.
type Page struct {
	t   testing.TB
	ctx context.Context

	mu       sync.Mutex
	problems []string
}

// Page opens an empty page of that size with cookies of its own. A width below
// 600 is a phone: touch, and no hover.
func (b *Browser) Page(t testing.TB, width, height int) *Page {
	t.Helper()
	return open(t, b.ctx, width, height, chromedp.WithNewBrowserContext())
}

// Tab opens another page with the same cookies: the same person's second tab.
func (p *Page) Tab(width, height int) *Page {
	p.t.Helper()
	return open(p.t, p.ctx, width, height)
}

func open(t testing.TB, parent context.Context, width, height int, options ...chromedp.ContextOption) *Page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(parent, options...)
	p := &Page{t: t, ctx: ctx}
	var device []chromedp.EmulateViewportOption
	if width < 600 {
		device = append(device, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(int64(width), int64(height), device...)); err != nil {
		cancel()
		t.Fatalf("open a page: %v", err)
	}
	messages := chromedp.Console(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for m, err := range messages {
			if err != nil {
				return
			}
			p.note(m)
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		for _, problem := range p.Problems() {
			t.Errorf("the page wrote to the console: %s", problem)
		}
	})
	return p
}

// note keeps what is wrong. What the network says is left out: a page that is
// refused with 403 or a stream that ends is often what a test is about.
func (p *Page) note(m chromedp.ConsoleMessage) {
	if m.Source == "network" || (m.Type != chromedp.ConsoleError && !m.IsException()) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.problems = append(p.problems, fmt.Sprintf("%s: %s (%s)", m.Type, m.Text, m.URL))
}

// Problems returns the errors that the console has shown and forgets them, so
// that a test which expects one can say so.
func (p *Page) Problems() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	problems := p.problems
	p.problems = nil
	return problems
}

func (p *Page) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("%s at %s: %v", what, p.where(), err)
	}
}

// eval asks the page something that it answers at once. It does not fail the
// test, because a page that is just being replaced by another refuses, or never
// answers; so it gives up early enough for the next one to be asked.
func eval[T any](p *Page, script string) (T, error) {
	return evalWithin[T](p, Patience/8, script)
}

func evalWithin[T any](p *Page, limit time.Duration, script string) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, limit)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
}

// wait asks until the answer is yes; on the way out it says what it saw last.
func (p *Page) wait(what string, ask func() (bool, string)) {
	p.t.Helper()
	deadline := time.NewTimer(Patience)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		yes, saw := ask()
		if yes {
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			p.t.Fatalf("%s at %s: saw %s", what, p.where(), saw)
		}
	}
}

func (p *Page) where() string {
	if url, err := eval[string](p, "location.href"); err == nil {
		return url
	}
	return "a page that does not answer"
}

// quote writes a Go string as a JavaScript one.
func quote(s string) string {
	raw, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(raw)
}

// Goto opens an address and waits until the page is loaded.
func (p *Page) Goto(url string) {
	p.t.Helper()
	p.do("go to "+url, chromedp.Navigate(url))
}

// Click clicks the first element of a CSS selector once it can be seen.
func (p *Page) Click(selector string) {
	p.t.Helper()
	p.do("click "+selector, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// Follow clicks what leads to another page, a link or the button of a form,
// and waits until that page is loaded.
func (p *Page) Follow(selector string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	click := chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible)
	for {
		_, err := chromedp.Run(ctx, chromedp.WaitEvent(page.LoadEventFired, nil, click))
		if err == nil {
			return
		}
		if !strings.Contains(err.Error(), "Could not find node") { // a live page puts another in its place between the look and the click
			p.t.Fatalf("follow %s at %s: %v", selector, p.where(), err)
		}
	}
}

// FollowText follows the first link or button that can be seen and whose words
// are exactly these.
func (p *Page) FollowText(words string) {
	p.t.Helper()
	p.wait("find a link or button "+quote(words), func() (bool, string) {
		found, err := eval[bool](p, `(() => {
			const words = `+quote(words)+`;
			for (const e of document.querySelectorAll("a[href], button, summary")) {
				if (e.innerText.replace(/\s+/g, " ").trim() === words && e.getClientRects().length > 0) {
					document.querySelectorAll("[data-browsertest]").forEach((m) => m.removeAttribute("data-browsertest"));
					e.setAttribute("data-browsertest", "");
					return true;
				}
			}
			return false;
		})()`)
		return err == nil && found, "no such words"
	})
	p.Follow("[data-browsertest]")
}

// Fill puts a value into a field as typing or choosing it would: text, a date
// (2026-03-08), a moment (2026-03-08T15:10), or the value of a choice in a list.
func (p *Page) Fill(selector, value string) {
	p.t.Helper()
	p.WaitFor(selector)
	found, err := eval[string](p, `(() => {
		const field = document.querySelector(`+quote(selector)+`);
		field.focus();
		field.value = `+quote(value)+`;
		field.dispatchEvent(new Event("input", { bubbles: true }));
		field.dispatchEvent(new Event("change", { bubbles: true }));
		return field.value;
	})()`)
	if err != nil || found != value {
		p.t.Fatalf("fill %s with %q at %s: it holds %q (%v)", selector, value, p.where(), found, err)
	}
}

// Choose chooses a file of this machine in an input for files.
func (p *Page) Choose(selector, path string) {
	p.t.Helper()
	p.WaitFor(selector)
	p.do("choose a file in "+selector, chromedp.SetUploadFiles(chromedp.CSS(selector), []string{path}))
}

// Type presses keys in the element that has the focus.
func (p *Page) Type(keys string) {
	p.t.Helper()
	p.do("type "+quote(keys), chromedp.KeyEvent(keys))
}

// WaitFor waits until a CSS selector finds something.
func (p *Page) WaitFor(selector string) {
	p.t.Helper()
	p.wait("wait for "+selector, func() (bool, string) {
		n, err := eval[int](p, "document.querySelectorAll("+quote(selector)+").length")
		return err == nil && n > 0, fmt.Sprintf("nothing there (%v)", err)
	})
}

// Count is how many elements a CSS selector finds now.
func (p *Page) Count(selector string) int {
	p.t.Helper()
	n, err := eval[int](p, "document.querySelectorAll("+quote(selector)+").length")
	if err != nil {
		p.t.Fatalf("count %s at %s: %v", selector, p.where(), err)
	}
	return n
}

// Text is what can be read in the first element of a CSS selector, white space
// drawn together. It waits until there is one.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	p.WaitFor(selector)
	text, err := eval[string](p, "document.querySelector("+quote(selector)+").innerText")
	if err != nil {
		p.t.Fatalf("read %s at %s: %v", selector, p.where(), err)
	}
	return strings.Join(strings.Fields(text), " ")
}

// Value is what a field holds, or another property of the first element of a
// selector when named: "checked", "href".
func (p *Page) Value(selector, property string) string {
	p.t.Helper()
	p.WaitFor(selector)
	text, err := eval[string](p, "String(document.querySelector("+quote(selector)+")["+quote(property)+"])")
	if err != nil {
		p.t.Fatalf("read %s of %s at %s: %v", property, selector, p.where(), err)
	}
	return text
}

// WaitText waits until the first element of a selector can be read to contain want.
func (p *Page) WaitText(selector, want string) {
	p.t.Helper()
	p.wait(fmt.Sprintf("wait for %q in %s", want, selector), func() (bool, string) {
		text, err := eval[string](p, "(document.querySelector("+quote(selector)+")?.innerText ?? \"\")")
		text = strings.Join(strings.Fields(text), " ")
		return err == nil && strings.Contains(text, want), quote(text)
	})
}

// URL is where the page is.
func (p *Page) URL() string { return p.where() }

// ScriptOff turns JavaScript off for the documents that this page loads from
// now on. The steps of the test still work.
func (p *Page) ScriptOff() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	params := emulation.SetScriptExecutionDisabledParams{Value: true}
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, params); err != nil {
		p.t.Fatalf("turn scripts off: %v", err)
	}
}

// Eval runs JavaScript and returns its result as JSON; a promise is awaited.
// While the page waits for the answer to a form, Chromium may hold back what is
// asked of it: a test that stops a server in the middle asks beforehand.
func (p *Page) Eval(script string) string {
	p.t.Helper()
	raw, err := evalWithin[[]byte](p, Patience, script)
	if err != nil {
		p.t.Fatalf("evaluate at %s: %v", p.where(), err)
	}
	return string(raw)
}

// Screenshot writes a picture of the whole page, beyond what the window shows,
// as a PNG file.
func (p *Page) Screenshot(path string) {
	p.t.Helper()
	p.settled()
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.t.Fatalf("take a picture of %s: %v", p.where(), err)
	}
	p.write(path, picture)
}

// Picture writes what the window shows as a WebP file, small enough to be kept beside the sources: of most bytes at the most, coarser if it must be.
func (p *Page) Picture(path string, most int) {
	p.t.Helper()
	p.settled()
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	for quality := int64(45); ; quality -= 10 {
		taken, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatWebp, Quality: &quality})
		if err != nil {
			p.t.Fatalf("take a picture of %s: %v", p.where(), err)
		}
		if len(taken.Data) <= most || quality < 20 {
			p.write(path, taken.Data)
			return
		}
	}
}

// settled waits for the fonts, which arrive after the page; a picture without them shows another page.
func (p *Page) settled() {
	p.t.Helper()
	if _, err := evalWithin[bool](p, Patience, "document.fonts.ready.then(() => true)"); err != nil {
		p.t.Fatalf("wait for the fonts of %s: %v", p.where(), err)
	}
}

func (p *Page) write(path string, picture []byte) {
	p.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, picture, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// PDF writes the page as it is printed on A4, and gives the file's bytes.
func (p *Page) PDF() []byte {
	p.t.Helper()
	p.settled()
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	printed, err := chromedp.Call(ctx, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: 210 / 25.4, PaperHeight: 297 / 25.4})
	if err != nil {
		p.t.Fatalf("print %s: %v", p.where(), err)
	}
	return printed.Data
}
