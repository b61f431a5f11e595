package app_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"nazorat/internal/app"
	"nazorat/internal/fact"
)

// What docs/security.md says of the office is held against the office: a document that is not is believed until somebody is harmed.

// partsOf takes the document apart by its headings.
func partsOf(t *testing.T) func(heading string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	return func(heading string) string {
		_, after, ok := strings.Cut(string(text), "\n## "+heading+"\n")
		if !ok {
			t.Fatalf("docs/security.md has no part %q", heading)
		}
		part, _, _ := strings.Cut(after, "\n## ")
		return part
	}
}

// cellsOf are the rows of the tables of a part, as cells.
func cellsOf(part string) (rows [][]string) {
	for line := range strings.SplitSeq(part, "\n") {
		inner, ok := strings.CutPrefix(line, "| ")
		if !ok || strings.HasPrefix(line, "|---") {
			continue
		}
		rows = append(rows, strings.Split(strings.TrimSuffix(inner, " |"), " | "))
	}
	return rows
}

var quoted = regexp.MustCompile("`([^`]+)`")

func quotedIn(text string) (out []string) {
	for _, m := range quoted.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

// bound is a limit as the document says it, and as the code has it.
type bound struct {
	part, says string
	file, code string
}

var bounds = []bound{
	{"Limits", "| a form | 1 MiB;", "web/web.go", "mostBody = 1 << 20"},
	{"Limits", "the text of a receipt to be checked 16 KiB", "receipt/check.go", "mostText = 16 << 10"},
	{"Limits", "or 10,000 letters", "procedure/field.go", "MostText = 10_000"},
	{"Limits", "| headers of a request | 64 KiB, within 10 seconds; the whole request within 30; a connection at rest 2 minutes;", "app/serve.go",
		"ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10"},
	{"Limits", "an answer must be taken within 30 seconds", "web/web.go", "writeWithin = 30 * time.Second"},
	{"Limits", "| live boards of an officer | 6 |", "web/live.go", "liveMost = 6"},
	{"Limits", "| passwords worked on at once | 4, and 32 that wait;", "signin/guessing.go", "hashingPlaces = 4"},
	{"Limits", "and 32 that wait; 64 MiB each |", "signin/guessing.go", "hashingQueue = 32"},
	{"Limits", "64 MiB each |", "signin/password.go", "memory: 64 * 1024}"},
	{"Limits", "| passwords tried for a login | 5 from one address,", "signin/guessing.go", "attemptsHere = 5"},
	{"Limits", "50 from everywhere,", "signin/guessing.go", "attemptsInAll = 50"},
	{"Limits", "in a quarter of an hour |", "signin/guessing.go", "attemptsWindow = 15 * calendar.Minute"},
	{"Limits", "| challenges open for one machine | 1,000,", "signin/ceremony.go", "mostChallenges = 1000"},
	{"Limits", "each for five minutes |", "signin/ceremony.go", "ChallengeEnd = 5 * calendar.Minute"},
	{"Limits", "| receipts checked by one machine | 30 at once,", "receipt/limit.go", "burstHere = 30"},
	{"Limits", "then one a second;", "receipt/limit.go", "perSecond = 1"},
	{"Limits", "by all, 200,", "receipt/limit.go", "burstInAll = 200"},
	{"Limits", "then 50 a second |", "receipt/limit.go", "inAllSecond = 50"},
	{"Limits", "| what a system asks in a minute | 30 tokens,", "client/limit.go", "tokensAMinute = 30"},
	{"Limits", "600 answers |", "client/limit.go", "answersAMinute = 600"},
	{"Limits", "| codes for an address | 5 an hour for an officer,", "notice/ways.go", "mostCodes = 5"},
	{"Limits", "five tries each,", "notice/ways.go", "mostTries = 5"},
	{"Limits", "for a quarter of an hour |", "notice/outbox.go", "codeLives = 15 * calendar.Minute"},
	{"Limits", "| what a gateway answers | 64 KiB,", "notice/gateway.go", "longestAnswer = 64 << 10"},
	{"Limits", "within a minute;", "notice/mail.go", "sendWithin = time.Minute"},
	{"Limits", "messages under way at once 8 |", "notice/deliver.go", "mostSent = 8"},
	{"Limits", "| drafts tried on the past | 2 at once,", "whatif/trials.go", "mostAtOnce = 2"},
	{"Limits", "ten minutes each;", "whatif/trials.go", "longest = 10 * time.Minute"},
	{"Limits", "20 are kept;", "whatif/trials.go", "mostKept = 20"},
	{"Limits", "| a statement of the database | 15 seconds |", "db/postgres.go", "statementLimit = 15 * time.Second"},
	{"Limits", "| proceedings on one page of a list | 50;", "desk/lists.go", "mostListed = 50"},
	{"Ways in", "argon2id, 12 to 256 letters", "signin/password.go", "ShortestPassword = 12"},
	{"Ways in", "argon2id, 12 to 256 letters", "signin/password.go", "longestPassword = 256"},
	{"Ways in", "tokens of ten minutes with scopes", "client/token.go", "tokenEnd = 10 * calendar.Minute"},
	{"Ways in", "after a loss; once, within a day |", "signin/recovery.go", "RecoveryEnd = 24 * calendar.Hour"},
	{"Ways in", "five tries for a login from one address, fifty from everywhere, in a quarter of an hour;", "signin/guessing.go", "attemptsHere = 5"},
	{"Ways in", "five tries for a login from one address, fifty from everywhere, in a quarter of an hour;", "signin/guessing.go", "attemptsInAll = 50"},
	{"Ways in", "Four passwords are worked on at once, and 32 may wait", "signin/guessing.go", "hashingPlaces = 4"},
	{"Ways in", "and open for fourteen days", "signin/password.go", "firstEnd = 14 * 24 * calendar.Hour"},
	{"Sessions", "A session ends two hours after its last use,", "signin/session.go", "idleEnd = 2 * calendar.Hour"},
	{"Sessions", "twelve hours after its beginning,", "signin/session.go", "absoluteEnd = 12 * calendar.Hour"},
	{"Sessions", "want a proof of the last five minutes", "signin/session.go", "Fresh = 5 * calendar.Minute"},
	{"Sessions", "the hundred used last stand on his page", "signin/session.go", "ORDER BY seen DESC, id LIMIT 100"},
	{"Cryptography", "argon2id, 64 MiB, 3 passes", "signin/password.go", "cost{time: 3, "},
	{"Cryptography", "RSA of 3072 bits", "client/client.go", "leastRSA = 3072"},
}

// oneLine is a text in which blanks count once, however it is laid out.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// broken are the bounds of which the document and the code do not say the same.
func broken(part func(string) string, read func(file string) string) (out []string) {
	for _, b := range bounds {
		if !strings.Contains(oneLine(part(b.part)), b.says) {
			out = append(out, fmt.Sprintf("%q does not say %q, and %s has %s", b.part, b.says, b.file, b.code))
		}
		if !regexp.MustCompile(regexp.QuoteMeta(b.code) + `(\D|$)`).MatchString(oneLine(read(b.file))) {
			out = append(out, fmt.Sprintf("%s has no %s, of which %q says %q", b.file, b.code, b.part, b.says))
		}
	}
	return out
}

func TestLimitsAreThoseThatTheDocumentSays(t *testing.T) {
	t.Parallel()
	part := partsOf(t)
	read := func(file string) string {
		text, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, b := range broken(part, read) {
		t.Error(b)
	}
	// Another number on either side is seen.
	if got := broken(func(p string) string { return strings.ReplaceAll(part(p), "| 6 |", "| 7 |") }, read); len(got) != 1 {
		t.Errorf("another limit in the document: %q", got)
	}
	if got := broken(part, func(file string) string {
		return strings.ReplaceAll(read(file), "idleEnd     = 2 ", "idleEnd     = 24 ")
	}); len(got) != 1 {
		t.Errorf("another limit in the code: %q", got)
	}
}

var created = regexp.MustCompile(`CREATE TABLE (?:IF NOT EXISTS )?(\w+)`)

// Every table has somebody who thought about how secret it is.
func TestEveryTableIsSaidToBeAsSecretAsItIs(t *testing.T) {
	t.Parallel()
	have := map[string]bool{"migration": true} // package db's own
	for _, m := range app.Migrations() {
		for _, found := range created.FindAllStringSubmatch(m.SQL, -1) {
			have[found[1]] = true
		}
	}
	said := map[string]int{}
	for _, row := range cellsOf(partsOf(t)("What is kept, and how secret it is"))[1:] {
		if len(row) != 4 || row[1] == "" || row[3] == "" {
			t.Errorf("how secret, and how is it held: %q", row)
			continue
		}
		for _, table := range quotedIn(row[2]) {
			said[table]++
		}
	}
	for table := range have {
		if said[table] != 1 {
			t.Errorf("of the table %s it is said %d times how secret it is", table, said[table])
		}
	}
	for table := range said {
		if !have[table] {
			t.Errorf("there is no table %s", table)
		}
	}
	if len(have) < 30 {
		t.Errorf("only %d tables", len(have))
	}
}

// ciphers reports whether a package is one of cryptography.
func ciphers(path string) bool {
	for _, p := range []string{"crypto/", "golang.org/x/crypto/", "golang.org/x/mod/sumdb/", "github.com/go-jose/", "github.com/go-webauthn/", "github.com/coreos/go-oidc/", "golang.org/x/oauth2", "github.com/pquerna/otp"} {
		if strings.HasPrefix(path, p) {
			return true
		}
	}
	return false
}

// The inventory of what is used of cryptography, and where, is what the code uses.
func TestCryptographyIsUsedWhereTheDocumentSays(t *testing.T) {
	t.Parallel()
	kindOf := map[string]kind{}
	for _, r := range rooms {
		kindOf[r.name] = r.kind
	}
	_, edges := imports(t)
	used := map[string][]string{}
	for _, e := range edges {
		from, _ := roomName(e.from)
		if ciphers(e.to) && !e.test && kindOf[from] != tests {
			used[e.to] = append(used[e.to], from)
		}
	}
	said := map[string][]string{}
	for _, row := range cellsOf(partsOf(t)("Cryptography")) {
		for _, path := range quotedIn(row[0]) {
			if ciphers(path) {
				said[path] = append(said[path], strings.Split(row[1], ", ")...)
			}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(used)) {
		for _, room := range slices.Compact(slices.Sorted(slices.Values(used[path]))) {
			if !slices.Contains(said[path], room) {
				t.Errorf("%s uses %s, of which “Cryptography” says only %v", room, path, said[path])
			}
		}
	}
	for path := range said {
		if used[path] == nil {
			t.Errorf("“Cryptography” names %s, which nobody uses", path)
		}
	}
	if len(used) < 15 {
		t.Errorf("only %d packages of cryptography", len(used))
	}
}

// goFiles gives every file of Go that is delivered, parsed, with its room.
func goFiles(t *testing.T, each func(room string, f *ast.File)) {
	t.Helper()
	kindOf := map[string]kind{}
	for _, r := range rooms {
		kindOf[r.name] = r.kind
	}
	for _, root := range []string{"..", "../../cmd"} {
		err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") || strings.HasSuffix(p, "_templ.go") {
				return err
			}
			room := strings.TrimPrefix(strings.TrimPrefix(filepath.ToSlash(filepath.Dir(p)), "../../"), "../")
			if kindOf[room] == tests {
				return nil
			}
			f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.SkipObjectResolution)
			if err == nil {
				each(room, f)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// lastName is the last part of what a method is called on: Log of s.Log.
func lastName(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return x.Sel.Name
	}
	return ""
}

// passOn are functions that write a line which their caller words: it is looked for there, as their argument of a number, of so many.
var passOn = map[string][2]int{"event": {1, 3}, "tell": {2, 5}}

// logged is the message of a call that writes a line, "" for another call; "?" where it is not written out.
func logged(call *ast.CallExpr) string {
	name, at := lastName(call.Fun), -1
	if fn, ok := call.Fun.(*ast.SelectorExpr); ok && strings.EqualFold(lastName(fn.X), "log") {
		switch name {
		case "Info", "Warn", "Error":
			at = 0
		case "InfoContext", "WarnContext", "ErrorContext":
			at = 1
		}
	}
	if n, ok := passOn[name]; ok && len(call.Args) == n[1] {
		at = n[0]
	}
	if at < 0 || at >= len(call.Args) {
		return ""
	}
	lit, ok := call.Args[at].(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "?"
	}
	text, err := strconv.Unquote(lit.Value)
	if err != nil {
		return "?"
	}
	return text
}

// Whoever reads the logs, and whoever answers for what they hold, finds every line in the list.
func TestEveryLineOfTheLogIsListed(t *testing.T) {
	t.Parallel()
	have := map[string]map[string]bool{}
	goFiles(t, func(room string, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			if fn, ok := n.(*ast.FuncDecl); ok {
				if _, passes := passOn[fn.Name.Name]; passes {
					return false
				}
			}
			if call, ok := n.(*ast.CallExpr); ok {
				if text := logged(call); text != "" {
					if have[room] == nil {
						have[room] = map[string]bool{}
					}
					have[room][text] = true
				}
			}
			return true
		})
	})
	lines, said := 0, map[string]bool{}
	for _, row := range cellsOf(partsOf(t)("Logs"))[1:] {
		room := strings.Trim(row[0], "`")
		said[room] = true
		whole := row[1]
		for text := range have[room] {
			lines++
			if !strings.Contains(whole, "“"+text+"”") {
				t.Errorf("%s logs %q, which “Logs” does not list", room, text)
			}
			whole = strings.Replace(whole, "“"+text+"”", "", 1)
		}
		if strings.Contains(whole, "“") {
			t.Errorf("%s is said to log what it does not: %s", room, whole)
		}
	}
	for room := range have {
		if !said[room] {
			t.Errorf("%s logs %v, and “Logs” has no row for it", room, slices.Sorted(maps.Keys(have[room])))
		}
	}
	if lines < 30 {
		t.Errorf("only %d lines", lines)
	}
}

// reaches reports whether a call or a value opens a connection, or waits for some.
var reaches = regexp.MustCompile(`^(net\.Dial\w*|net\.Listen\w*|net\.Dialer|net\.ListenConfig|http\.Client|http\.Get|http\.Post|http\.DefaultClient|http\.NewRequest\w*|pgx\.Connect\w*|stdlib\.OpenDB)$`)

// The list of whom the office speaks with is complete.
func TestEveryConnectionIsListed(t *testing.T) {
	t.Parallel()
	have := map[string]bool{}
	goFiles(t, func(room string, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && reaches.MatchString(lastName(s.X)+"."+s.Sel.Name) {
				// That a client is handed on is no connection: whoever makes or asks one counts.
				have[room] = true
			}
			return true
		})
	})
	said := map[string]bool{}
	for _, row := range cellsOf(partsOf(t)("Connections"))[1:] {
		if len(row) != 3 {
			t.Errorf("with whom, and how: %q", row)
			continue
		}
		for _, room := range quotedIn(row[0]) {
			said[room] = true
		}
	}
	for room := range have {
		if !said[room] {
			t.Errorf("%s opens connections, and “Connections” does not list it", room)
		}
	}
	for room := range said {
		if !have[room] {
			t.Errorf("“Connections” lists %s, which opens none", room)
		}
	}
}

var wayConst = regexp.MustCompile(`(?m)^\s+By\w+\s+Way = "(\w+)"`)

// There is no way in that the document does not name with what it asks.
func TestEveryWayInIsListed(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../signin/session.go")
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, m := range wayConst.FindAllStringSubmatch(string(text), -1) {
		have = append(have, m[1])
	}
	var said []string
	for _, row := range cellsOf(partsOf(t)("Ways in"))[1:] {
		if len(row) != 3 || row[1] == "" {
			t.Errorf("what does it ask: %q", row)
		}
		said = append(said, quotedIn(row[0])...)
	}
	slices.Sort(have)
	slices.Sort(said)
	if len(have) < 5 || !slices.Equal(have, said) {
		t.Errorf("sessions begin by %v; “Ways in” names %v", have, said)
	}
}

// What forms can hold is said for each type of field.
func TestEveryTypeOfFieldIsSaidToBeChecked(t *testing.T) {
	t.Parallel()
	said := quotedIn(partsOf(t)("What is checked of what is sent"))
	for _, name := range append(fact.TypeNames(), fact.Choice.String()) {
		if !slices.Contains(said, name) {
			t.Errorf("nothing is said of how a %s is checked", name)
		}
	}
}

// credential is one that stands in a file: a password in a location, or a secret that is no path.
var credential = regexp.MustCompile(`(?i)://[^/\s:@]+:[^/\s@]+@|^\s*#?\s*\w*(?:PASSWORD|SECRET|TOKEN)\w*\s*=\s*[^/\s#]+`)

// Nothing that is delivered to begin with holds a credential, which all who begin with it would have.
func TestNothingDeliveredHoldsACredential(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../deploy/*")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, p := range files {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(string(text), "\n") {
			if credential.MatchString(line) {
				t.Errorf("%s: %s", filepath.Base(p), line)
			}
		}
	}
	for line, found := range map[string]bool{
		"NAZORAT_DB=postgres://postgres:postgres@db/office": true, "#NAZORAT_OIDC_CLIENT_SECRET=changeme": true, "NAZORAT_DB=postgres://nazorat@db.example/office": false,
		"#NAZORAT_OIDC_CLIENT_SECRET=/var/lib/nazorat/oidc.secret": false, "NAZORAT_SECRETS=/var/lib/nazorat/secrets.key": false,
	} {
		if credential.MatchString(line) != found {
			t.Errorf("%s: found is %v", line, !found)
		}
	}
}
