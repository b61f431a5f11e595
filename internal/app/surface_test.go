package app_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// dangerous is what can do harm with what somebody sent, and the packages that are trusted with it. Those without any nobody needs.
var dangerous = map[string][]string{
	"os/exec":         {},                                              // runs programs of the machine
	"plugin":          {},                                              // loads code
	"unsafe":          {},                                              // reaches past the type system
	"C":               {},                                              // the same, in another language
	"reflect":         {"db", "openapi"},                               // the same, by name; db writes rows of values of whatever type they are, openapi reads types of our own routes, once
	"text/template":   {},                                              // writes pages without escaping
	"html/template":   {},                                              // a second way to write pages beside templ
	"encoding/gob":    {},                                              // makes values of types that the sender names
	"encoding/xml":    {"lawdraw", "statistics"},                       // reads what the layout library drew, and nothing that came in; writes texts of workbooks
	"net/http/pprof":  {},                                              // shows the process to whoever asks
	"net/http/cgi":    {},                                              // runs programs
	"net/smtp":        {"notice"},                                      // mails: what waits for an officer, to the address that he confirmed
	"net/rpc":         {},                                              // calls
	"math/rand":       {},                                              // chance that can be foretold
	"math/rand/v2":    {"db", "demo", "doctor", "notice", "web"},       // spreads waiting over time; the demonstration, which must be the same twice
	"archive/zip":     {"statistics"},                                  // unpacks over paths that the archive names; here it writes workbooks, and unpacks nothing
	"archive/tar":     {},                                              // the same
	"crypto/md5":      {},                                              // broken
	"crypto/sha1":     {},                                              // broken
	"crypto/des":      {},                                              // broken
	"crypto/rc4":      {},                                              // broken
	"crypto/cipher":   {"signin"},                                      // AES-GCM over secrets of second factors
	"crypto/aes":      {},                                              // the same
	"crypto/rsa":      {},                                              // keys are Ed25519
	"crypto/dsa":      {},                                              // broken
	"crypto/elliptic": {},                                              // by hand
	"crypto/tls":      {"app", "cmd/nazorat", "notice"},                // certificates of systems; to the mail server
	"crypto/ed25519":  {"journal"},                                     // signatures of the journal
	"crypto/subtle":   {"client", "notice", "portal", "signin", "web"}, // comparing what must not be guessed
}

// Whoever adds one of these has to say here what for.
func TestPackagesThatCanDoHarmAreUsedOnlyWhereItIsSaid(t *testing.T) {
	t.Parallel()
	kindOf := map[string]kind{}
	for _, r := range rooms {
		kindOf[r.name] = r.kind
	}
	_, edges := imports(t)
	used := map[string][]string{}
	for _, e := range edges {
		from, _ := roomName(e.from)
		if _, named := dangerous[e.to]; named && !e.test && kindOf[from] != tests {
			used[e.to] = append(used[e.to], from)
		}
	}
	for _, what := range slices.Sorted(maps.Keys(dangerous)) {
		slices.Sort(used[what])
		if got := slices.Compact(used[what]); !slices.Equal(got, dangerous[what]) && len(got)+len(dangerous[what]) > 0 {
			t.Errorf("%s is used by %v; this test knows of %v", what, got, dangerous[what])
		}
	}
}

// clients are the rooms that ask other machines over HTTP: each asks an address from its settings, never one that a page was sent.
var clients = []string{"app", "doctor", "identity", "notice", "publiclog", "telemetry"}

func TestOnlyAddressesFromSettingsAreAsked(t *testing.T) {
	t.Parallel()
	calls := regexp.MustCompile(`http\.(Client\{|DefaultClient|Get\(|Post\(|NewRequest)`)
	found := map[string]bool{}
	err := filepath.WalkDir("..", func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return err
		}
		name := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(p)), "../")
		if i := slices.IndexFunc(rooms, func(r room) bool { return r.name == name }); i >= 0 && rooms[i].kind == tests {
			return nil
		}
		text, err := os.ReadFile(p)
		if calls.Match(text) {
			found[name] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(found)); !slices.Equal(got, clients) {
		t.Errorf("%v ask other machines; this test knows of %v", got, clients)
	}
}

// A browser keeps nothing of ours but cookies that no script can read, and scripts make nothing run that is text.
func TestScriptsKeepNothingAndRunNoText(t *testing.T) {
	t.Parallel()
	unsafe := regexp.MustCompile(`localStorage|sessionStorage|indexedDB|document\.cookie|\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setTimeout\(\s*["'` + "`" + `]|postMessage|XMLHttpRequest|__proto__`)
	scripts, err := filepath.Glob("../../assets/js/*.js")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, p := range scripts {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			if found := unsafe.FindString(line); found != "" {
				t.Errorf("%s:%d: %s", filepath.Base(p), i+1, found)
			}
		}
	}
}

// What holds a change up before it lands: known vulnerabilities, secrets, and parts of others that are not the ones that were looked at.
func TestKnownHolesAndSecretsAreLookedForBeforeAChangeLands(t *testing.T) {
	t.Parallel()
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	recipe := regexp.MustCompile(`(?m)^test:.*\n(?:\t.*\n)+`).FindString(read("Makefile"))
	if !regexp.MustCompile(`\bvuln\b`).MatchString(recipe) || !regexp.MustCompile(`\bsecrets\b`).MatchString(recipe) || !strings.Contains(read(".ci/run"), "make test") {
		t.Error("what must pass before a change lands does not look for them")
	}
	for _, mod := range []string{"go.mod", "tools/go.mod", "tools/secrets.mod"} {
		text := read(mod)
		if found := regexp.MustCompile(`(?m)^\s*(replace|exclude)\b.*`).FindString(text); found != "" {
			t.Errorf("%s: %s", mod, found)
		}
		sums := read(strings.TrimSuffix(mod, ".mod") + ".sum")
		for _, m := range regexp.MustCompile(`(?m)^(?:require)?\s+(\S+\.\S+/?\S*) (v\S+)`).FindAllStringSubmatch(text, -1) {
			if !strings.Contains(sums, m[1]+" "+m[2]) {
				t.Errorf("%s: no hash of %s %s", mod, m[1], m[2])
			}
		}
	}
	lock := read("package-lock.json")
	parts, held := strings.Count(lock, `    "node_modules/`), strings.Count(lock, `"integrity": "sha512-`)
	if parts == 0 || parts != held {
		t.Errorf("package-lock.json: %d packages, %d hashes", parts, held)
	}
}

// A search for secrets that finds nothing must be one that would find something.
func TestPlantedSecretIsFound(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a tool")
	}
	cmd := exec.Command("scripts/secrets.sh", "--planted")
	cmd.Dir = "../.."
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState.ExitCode() == 3 {
		t.Skip("gitleaks cannot be had here")
	}
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
