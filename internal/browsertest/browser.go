// Package browsertest drives a real Chromium for the tests of pages: it opens
// pages, clicks, fills, waits for what a person would wait for, takes pictures,
// and asks axe-core whether everyone can use what is there.
//
// It is imported by tests only. A Page has cookies of its own, so two pages are
// two people. Every step has a time limit and fails the test that asked for it,
// saying what it waited for and what it saw. An uncaught exception, a refusal of
// the Content-Security-Policy or another error on the console fails the test too.
//
// Where no Chromium is found the test is skipped, unless NAZORAT_REQUIRE_BROWSER=1
// says that it must run. NAZORAT_CHROMIUM names another executable.
package browsertest

import (
	"context"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Patience is how long a step waits before it fails the test. It is long
// because machines that run tests are busy; nothing waits longer than it must.
const Patience = 20 * time.Second

// Browser is a running Chromium.
type Browser struct {
	ctx context.Context
}

// shared is the Chromium that the tests of one binary have in common: starting one takes some seconds of both cores.
type shared struct {
	once    sync.Once
	browser *Browser
	end     func()
	err     error
}

var common shared

// Main runs the tests of a package and ends the Chromium that they started:
//
//	func TestMain(m *testing.M) { browsertest.Main(m) }
func Main(m interface{ Run() int }) {
	code := m.Run()
	if common.end != nil {
		common.end()
	}
	os.Exit(code)
}

// Start gives a test the Chromium of its binary. Pages of one test know nothing of those of another.
func Start(t testing.TB) *Browser {
	t.Helper()
	executable := find()
	if executable == "" {
		missing(t, "no Chromium is installed (apt-get install chromium-headless-shell)")
	}
	common.once.Do(func() { common.err = common.start(executable) })
	if common.err != nil {
		t.Fatalf("start %s: %v", executable, common.err)
	}
	return common.browser
}

func (s *shared) start(executable string) error {
	dir, err := os.MkdirTemp("", "nazorat-chromium-")
	if err != nil {
		return err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(executable),
		chromedp.UserDataDir(dir),
		chromedp.Flag("no-first-run", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("hide-scrollbars", true),
		// The browser of an officer: Uzbek preferred, then Russian.
		chromedp.Flag("accept-lang", "uz,ru"),
		chromedp.Flag("font-render-hinting", "none"),
		chromedp.WSURLReadTimeout(Patience),
	)
	if os.Geteuid() == 0 {
		// Chromium's sandbox refuses to run as root, as in a container.
		options = append(options, chromedp.NoSandbox)
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	quiet := log.New(io.Discard, "", 0)
	ctx, cancel := chromedp.NewContext(allocator, chromedp.WithErrorf(quiet.Printf), chromedp.WithLogf(quiet.Printf))
	s.end = func() {
		cancel()
		stop()
		_ = os.RemoveAll(dir) // what it still writes while it ends is left to the system
	}
	s.browser = &Browser{ctx: ctx}
	return chromedp.Do(ctx)
}

func find() string {
	names := []string{"chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}
	if named := os.Getenv("NAZORAT_CHROMIUM"); named != "" {
		names = []string{named}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// missing skips the test for want of something, or fails it where the browser
// tests are required.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("NAZORAT_REQUIRE_BROWSER") == "1" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// root is the folder of the project: the one with go.mod.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the folder of this test")
		}
		dir = up
	}
}
