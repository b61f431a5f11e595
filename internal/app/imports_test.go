package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Who may know whom. A room knows only rooms of the kinds that its kind names,
// and of its own kind only those that stand before it here.

// kind of a room.
type kind string

const (
	pure   kind = "pure"       // decides and reads; no database, no HTTP
	law    kind = "law"        // the embedded law files
	door   kind = "door"       // to the database
	store  kind = "store"      // owns tables
	pages  kind = "pages"      // the shell and what every law has
	system kind = "system"     // one of the systems; never knows another
	world  kind = "world"      // lives through cases
	top    kind = "top"        // puts everything together
	tests  kind = "tests only" // imported by tests only
)

// knows lists the kinds that a kind may know.
var knows = map[kind][]kind{
	pure:   {pure},
	law:    {},
	door:   {door},
	store:  {pure, door, store},
	pages:  {pure, store, pages},
	system: {pure, door, store, pages},
	world:  {pure, law, door, store},
	top:    {pure, law, door, store, pages, system, world, top},
	tests:  {pure, law, door, store, pages, system, world, top, tests},
}

// room is a package with its place.
type room struct {
	name   string // its path below internal/, or below the module
	kind   kind
	module string // for a pure room: the one library of its field, beside the standard library
}

// rooms are all packages, from the ground up. docs/decisions/0007 says why those are here that the plan does not name.
var rooms = []room{
	{"fault", pure, ""},
	{"calendar", pure, ""},
	{"fact", pure, ""},
	{"lawtext", pure, "go.yaml.in/yaml"},
	{"procedure", pure, ""},
	{"condition", pure, "cel.dev/cel-go"},
	{"lawload", pure, ""},
	{"lawdraw", pure, "github.com/tetratelabs/wazero"},
	{"scenario", pure, ""},
	{"stored", pure, ""},
	{"journal", pure, "golang.org/x/mod"},
	{"bundle", pure, "github.com/klauspost/compress"},
	{"explain", pure, ""},
	{"openapi", pure, ""},
	{"script", pure, "golang.org/x/text"},
	{"access", pure, "github.com/cedar-policy/cedar-go"},
	{"eventlog", pure, ""},
	{"observe", pure, ""},
	{"amend", pure, ""},
	{"laws", law, ""},
	{"db/internal/seam", door, ""},
	{"db", door, ""},
	{"duty", store, ""},
	{"leaf", store, ""},
	{"follow", store, ""},
	{"seal", store, ""},
	{"directory", store, ""},
	{"signin", store, ""},
	{"identity", store, ""},
	{"client", store, ""},
	{"proceedings", store, ""},
	{"vault", store, ""},  // below docket: an act is written with which files it names
	{"replay", store, ""}, // below docket: what verifies does not know what writes
	{"docket", store, ""},
	{"find", store, ""},
	{"hearing", store, ""},
	{"figures", store, ""},
	{"registering", store, ""},
	{"look", store, ""},
	{"emergency", store, ""},
	{"notice", store, ""},
	{"publiclog", pages, ""},
	{"web/static", pages, ""},
	{"web/ui", pages, ""},
	{"web", pages, ""},
	{"picture", pages, ""},
	{"lawbook", pages, ""},
	{"whatif", pages, ""},
	{"receipt", pages, ""},
	{"account", pages, ""},
	{"looked", pages, ""},
	{"finder", pages, ""},
	{"statistics", pages, ""},
	{"inbox", pages, ""},
	{"desk", pages, ""},
	{"casefile", pages, ""},
	{"workplace", pages, ""},
	{"held", pages, ""},
	{"hearings", pages, ""},
	{"registrationcheck", pages, ""},
	{"waysin", pages, ""},
	{"service", pages, ""},
	{"api/wire", pages, ""},
	{"api/systems", pages, ""},
	{"api/rules", pages, ""},
	{"api/counted", pages, ""},
	{"api/staff", pages, ""},
	{"api", pages, ""},
	{"portal", system, ""},
	{"demo", world, ""},
	{"telemetry", top, ""},
	{"app", top, ""},
	{"doctor", top, ""},
	{"cmd/nazorat", top, ""},
	{"db/dbtest", tests, ""},
	{"lived", tests, ""},
	{"browsertest", tests, ""},
	{"e2e", tests, ""},
	{"bench", tests, ""},
	{"torture", tests, ""},
}

// impure is what the standard library has and a pure room must not use.
var impure = []string{"database/sql", "net", "net/http", "os/exec"}

// edge is one import.
type edge struct {
	from, to string // import paths
	test     bool   // in a _test file
}

// module is the path that all packages of this module begin with.
const module = "nazorat/"

func roomName(path string) (name string, ours bool) {
	rest, ours := strings.CutPrefix(path, module)
	return strings.TrimPrefix(rest, "internal/"), ours
}

// violations holds packages and their imports against the places of rooms.
func violations(rooms []room, packages []string, edges []edge) (out []string) {
	place := map[string]int{}
	for i, r := range rooms {
		place[r.name] = i
	}
	there := map[string]bool{}
	for _, p := range packages {
		name, _ := roomName(p)
		there[name] = true
		if _, placed := place[name]; !placed {
			out = append(out, fmt.Sprintf("%s has no place: say in this test what it is and whom it may know", p))
		}
	}
	for _, r := range rooms {
		if !there[r.name] {
			out = append(out, fmt.Sprintf("%s has a place and is not there", r.name))
		}
	}
	for _, e := range edges {
		from, _ := roomName(e.from)
		i, placed := place[from]
		if !placed || e.test {
			continue // a test may know what it needs
		}
		r := rooms[i]
		to, ours := roomName(e.to)
		if !ours {
			if r.kind != pure {
				continue
			}
			standard := !strings.Contains(strings.SplitN(e.to, "/", 2)[0], ".")
			switch {
			case standard && slices.Contains(impure, e.to):
				out = append(out, fmt.Sprintf("%s is pure and imports %s", from, e.to))
			case !standard && (r.module == "" || e.to != r.module && !strings.HasPrefix(e.to, r.module+"/")):
				out = append(out, fmt.Sprintf("%s is pure and imports the library %s", from, e.to))
			}
			continue
		}
		j, placed := place[to]
		switch {
		case !placed: // told above
		case !slices.Contains(knows[r.kind], rooms[j].kind):
			out = append(out, fmt.Sprintf("%s (%s) imports %s (%s)", from, r.kind, to, rooms[j].kind))
		case rooms[j].kind == r.kind && j >= i:
			out = append(out, fmt.Sprintf("%s imports %s, which stands above it", from, to))
		}
	}
	return out
}

func TestEachPackageKnowsOnlyWhomItMay(t *testing.T) {
	t.Parallel()
	packages, edges := imports(t)
	if len(packages) < 20 || len(edges) < 100 {
		t.Fatalf("%d packages, %d imports: that cannot be all", len(packages), len(edges))
	}
	for _, v := range violations(rooms, packages, edges) {
		t.Error(v)
	}
}

// imports asks go list for all packages of the module and what they import.
func imports(t *testing.T) (packages []string, edges []edge) {
	t.Helper()
	root := filepath.Join("..", "..")
	// What another process reads go test does not see: without this a cached result would outlive a new import.
	for _, dir := range []string{"internal", "cmd", "laws"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(p string, d fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(p, ".go") {
				_, err = os.Stat(p)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath                         string
			Imports, TestImports, XTestImports []string
		}
		switch err := dec.Decode(&p); {
		case errors.Is(err, io.EOF):
			return packages, edges
		case err != nil:
			t.Fatal(err)
		}
		packages = append(packages, p.ImportPath)
		for _, to := range p.Imports {
			edges = append(edges, edge{from: p.ImportPath, to: to})
		}
		for _, to := range append(p.TestImports, p.XTestImports...) {
			edges = append(edges, edge{from: p.ImportPath, to: to, test: true})
		}
	}
}

// The rule itself, over a made-up house: each row breaks it in one way, or keeps it.
func TestTheRuleOfImportsSeesEachWayToBreakIt(t *testing.T) {
	t.Parallel()
	house := []room{
		{"stone", pure, ""}, {"brick", pure, "example.org/clay"}, {"laws", law, ""}, {"db", door, ""}, {"cellar", store, ""}, {"attic", store, ""},
		{"shell", pages, ""}, {"hall", pages, ""}, {"courts", system, ""}, {"prisons", system, ""}, {"stage", world, ""}, {"app", top, ""},
		{"cmd/house", top, ""}, {"ladder", tests, ""},
	}
	var all []string
	for _, r := range house {
		path := module + "internal/" + r.name
		if r.name == "laws" || strings.HasPrefix(r.name, "cmd/") {
			path = module + r.name
		}
		all = append(all, path)
	}
	in := func(name string) string { return module + "internal/" + name }
	for _, c := range []struct {
		name     string
		packages []string
		edges    []edge
		want     string // "" if the rule is kept
	}{
		{"downwards", all, []edge{
			{from: in("brick"), to: in("stone")}, {from: in("brick"), to: "example.org/clay/v3"}, {from: in("brick"), to: "strings"},
			{from: in("attic"), to: in("cellar")}, {from: in("attic"), to: in("db")}, {from: in("hall"), to: in("shell")}, {from: in("hall"), to: in("attic")},
			{from: in("courts"), to: in("hall")}, {from: in("courts"), to: in("db")}, {from: in("stage"), to: module + "laws"},
			{from: in("app"), to: in("prisons")}, {from: module + "cmd/house", to: in("app")}, {from: in("ladder"), to: in("app")}, {from: in("db"), to: "example.org/sql"},
		}, ""},
		{"a test may climb", all, []edge{{from: in("stone"), to: in("app"), test: true}, {from: in("hall"), to: in("ladder"), test: true}}, ""},
		{"pure upwards", all, []edge{{from: in("stone"), to: in("brick")}}, "stone imports brick, which stands above it"},
		{"pure to the database", all, []edge{{from: in("brick"), to: in("db")}}, "brick (pure) imports db (door)"},
		{"pure to the laws", all, []edge{{from: in("brick"), to: module + "laws"}}, "brick (pure) imports laws (law)"},
		{"pure with SQL", all, []edge{{from: in("stone"), to: "database/sql"}}, "stone is pure and imports database/sql"},
		{"pure with a library", all, []edge{{from: in("stone"), to: "example.org/clay"}}, "stone is pure and imports the library example.org/clay"},
		{"pure with another library", all, []edge{{from: in("brick"), to: "example.org/claypit"}}, "brick is pure and imports the library example.org/claypit"},
		{"the door looks in", all, []edge{{from: in("db"), to: in("stone")}}, "db (door) imports stone (pure)"},
		{"a store upwards", all, []edge{{from: in("cellar"), to: in("attic")}}, "cellar imports attic, which stands above it"},
		{"a store to pages", all, []edge{{from: in("attic"), to: in("shell")}}, "attic (store) imports shell (pages)"},
		{"pages past the store", all, []edge{{from: in("hall"), to: in("db")}}, "hall (pages) imports db (door)"},
		{"pages to a system", all, []edge{{from: in("hall"), to: in("courts")}}, "hall (pages) imports courts (system)"},
		{"a system to another", all, []edge{{from: in("prisons"), to: in("courts")}}, "prisons (system) imports courts (system)"},
		{"the stage to pages", all, []edge{{from: in("stage"), to: in("hall")}}, "stage (world) imports hall (pages)"},
		{"the wiring to the command", all, []edge{{from: in("app"), to: module + "cmd/house"}}, "app imports cmd/house, which stands above it"},
		{"a tool of tests in the program", all, []edge{{from: in("app"), to: in("ladder")}}, "app (top) imports ladder (tests only)"},
		{"a room without a place", append(slices.Clone(all), in("shed")), []edge{{from: in("shed"), to: in("app")}, {from: in("app"), to: in("shed")}},
			"nazorat/internal/shed has no place: say in this test what it is and whom it may know"},
		{"a place without a room", all[1:], nil, "stone has a place and is not there"},
	} {
		if got := strings.Join(violations(house, c.packages, c.edges), "\n"); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
