package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nazorat/internal/amend"
	"nazorat/internal/app"
	"nazorat/internal/calendar"
	"nazorat/internal/docket"
	"nazorat/internal/lawload"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/script"
	"nazorat/internal/web"
	"nazorat/internal/whatif"
)

const diffUsage = "laws diff [--dir DIR] [--db sqlite:PATH] [--lang LANG] [--json] A B\n" +
	"       A and B are LAW@EDITION, such as uz/criminal@2025-01-01, a law (its last edition), or a file or folder;\n" +
	"       LAW alone compares its last two editions, and LAW with two dates those two"

// diffLaws says in words in what two editions differ, and which open proceedings that touches.
func diffLaws(ctx context.Context, env environment, args []string) error {
	flags := flag.NewFlagSet("laws diff", flag.ContinueOnError)
	dir := flags.String("dir", "", "folder of laws to read instead of those built in")
	location := flags.String("db", "", "an office's database: say how many open proceedings the changes touch")
	lang := languageFlag(env, flags)
	asJSON := flags.Bool("json", false, "write the changes as JSON")
	rest, err := options(env, flags, diffUsage, args)
	if err != nil {
		return err
	}
	if err := checkLanguage(env, diffUsage, *lang); err != nil {
		return err
	}
	fsys, known, err := lawsIn(*dir)
	if err != nil {
		return err
	}
	a, b, err := twoEditions(fsys, known, rest)
	if errors.Is(err, errUsage) {
		return usageError(env, diffUsage, "say which two editions to compare")
	}
	if err != nil {
		return err
	}
	words, err := wordsIn(*lang, b.Law, amend.Texts, whatif.Texts)
	if err != nil {
		return err
	}
	changes := amend.Diff(a.Edition, b.Edition)
	says := amend.Says{Language: words, Was: labels(a.Law, *lang), Is: labels(b.Law, *lang)}
	groups := says.Groups(changes)
	var touched *amend.Touched
	var name func(string) string
	if *location != "" {
		if touched, name, err = touchedIn(ctx, *location, words, changes, a.Edition, b.Edition); err != nil {
			return err
		}
	}
	if *asJSON {
		return encode(env.stdout, struct {
			Was     string         `json:"was"`
			Is      string         `json:"is"`
			Changes []amend.Group  `json:"changes"`
			Touched *amend.Touched `json:"touched,omitempty"`
		}{a.Law.Name + "@" + a.from.String(), b.Law.Name + "@" + b.from.String(), slices.Concat([]amend.Group{}, groups), touched})
	}
	head := words.T("diff.head", "law", says.Is.Law, "was", words.Date(a.from), "is", words.Date(b.from))
	if a.Law.Name != b.Law.Name {
		head = a.Law.Name + "@" + a.from.String() + " — " + b.Law.Name + "@" + b.from.String()
	}
	fmt.Fprintf(env.stdout, "%s\n\n", head)
	if len(groups) == 0 {
		fmt.Fprintln(env.stdout, words.T("diff.same"))
	}
	fmt.Fprint(env.stdout, whatif.ChangeText(groups, ""))
	if touched == nil {
		return nil
	}
	fmt.Fprintf(env.stdout, "\n%s\n", words.T("diff.touched", "open", touched.Open, "touched", touched.Touched, "by_term", touched.ByTerm, "by_act", touched.ByAct))
	for _, o := range touched.Offices {
		fmt.Fprintf(env.stdout, "  %s\n", words.T("diff.touched_office", "office", name(o.Office), "touched", o.Touched, "first", strings.Join(o.First, ", ")))
	}
	return nil
}

func encode(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// twoEditions finds what is to be compared.
func twoEditions(fsys fs.FS, known, args []string) (a, b compared, err error) {
	switch {
	case len(args) == 1 && slices.Contains(known, args[0]):
		law, _, err := lawload.Load(fsys, args[0])
		if err != nil {
			return a, b, err
		}
		n := len(law.Editions)
		if n < 2 {
			return a, b, fmt.Errorf("%s has one edition only, %s", law.Name, law.Editions[0].Name)
		}
		return inForce(law.Editions[n-2]), inForce(law.Editions[n-1]), nil
	case len(args) == 3 && slices.Contains(known, args[0]):
		args = []string{args[0] + "@" + args[1], args[0] + "@" + args[2]}
	case len(args) != 2:
		return a, b, errUsage
	}
	if a, err = oneEdition(fsys, known, args[0]); err != nil {
		return a, b, err
	}
	b, err = oneEdition(fsys, known, args[1])
	return a, b, err
}

// compared is an edition with the day from which it says it is in force; a draft is loaded under another.
type compared struct {
	*procedure.Edition
	from calendar.Date
}

func inForce(e *procedure.Edition) compared { return compared{e, e.InForce} }

// oneEdition finds an edition by what somebody typed: LAW@EDITION, LAW, a file or a folder.
func oneEdition(fsys fs.FS, known []string, arg string) (compared, error) {
	name, edition, _ := strings.Cut(arg, "@")
	if slices.Contains(known, name) {
		law, err := lawNamed(fsys, known, name)
		if err != nil {
			return compared{}, err
		}
		e, err := editionNamed(law, edition)
		if err != nil {
			return compared{}, err
		}
		return inForce(e), nil
	}
	at, err := os.Stat(arg)
	if err != nil {
		what := fmt.Errorf("%s is no law, and no file or folder; the laws are: %s", arg, strings.Join(known, ", "))
		if near := lawtext.Nearest(name, known); near != "" {
			what = fmt.Errorf("there is no law %q; was %q meant?", name, near)
		}
		return compared{}, what
	}
	if !at.IsDir() {
		d, err := draftIn(fsys, "", arg)
		if err != nil {
			return compared{}, err
		}
		return compared{d.Edition, d.InForce}, nil
	}
	root, law := splitFolder(arg)
	if law == "" {
		return compared{}, fmt.Errorf("%s is no folder of a law: it would be called as the law is, such as laws/uz/criminal, and hold a file such as 2025-01-01.yaml", arg)
	}
	loaded, _, err := lawload.Load(os.DirFS(root), law)
	if err != nil {
		return compared{}, err
	}
	return inForce(loaded.Editions[len(loaded.Editions)-1]), nil
}

// splitFolder parts the folder of a law into the tree of laws and the law's name.
func splitFolder(dir string) (root, law string) {
	files, err := filepath.Glob(filepath.Join(dir, "[0-9]*.yaml"))
	if err != nil || len(files) == 0 {
		return "", ""
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		return "", ""
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", ""
	}
	law = amend.LawOf(text)
	root, ok := strings.CutSuffix(filepath.ToSlash(abs), "/"+law)
	if law == "" || !ok {
		return "", ""
	}
	return root, law
}

// draftIn loads a file as an edition that comes after those of its law. over is
// the law, "" for the one that the file names.
func draftIn(fsys fs.FS, over, file string) (*amend.Draft, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the draft: %w", err)
	}
	if over == "" {
		if over = amend.LawOf(data); over == "" {
			return nil, fmt.Errorf("%s is no edition of a law: it does not begin with a line such as procedure: uz/criminal", file)
		}
	}
	t := amend.Text{Name: file, Text: data, Beside: map[string][]byte{}}
	parts, err := filepath.Glob(filepath.Join(filepath.Dir(file), "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("read the draft: %w", err)
	}
	for _, p := range parts {
		if p == file {
			continue
		}
		if at, err := os.Stat(p); err != nil || at.Size() > amend.MostDraft {
			continue
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return nil, fmt.Errorf("read what stands beside the draft: %w", err)
		}
		t.Beside[filepath.Base(p)] = text
	}
	return amend.LoadDraft(fsys, over, t)
}

// wordsIn are the words of a language: those of pages in general and of the packages given, with the labels of a law.
func wordsIn(lang string, law *procedure.Law, texts ...fs.FS) (*web.Words, error) {
	c, err := web.NewCatalogue([]*procedure.Law{law}, append([]fs.FS{web.Texts}, texts...)...)
	if err != nil {
		return nil, err
	}
	return c.In(lang), nil
}

// labels of a law in a language.
func labels(law *procedure.Law, lang string) *procedure.Labels {
	base, cyrillic := strings.CutSuffix(lang, "-Cyrl")
	lb := law.Labels[base]
	if lb == nil {
		return &procedure.Labels{Law: law.Name}
	}
	if cyrillic {
		return lb.Map(script.Cyrillic)
	}
	return lb
}

// touchedIn counts the open proceedings of a database that changes touch. name is what offices are called there.
func touchedIn(ctx context.Context, location string, words *web.Words, changes amend.Changes, a, b *procedure.Edition) (t *amend.Touched, name func(string) string, err error) {
	office, err := officeApplying(ctx, location, b.Law.Name)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, office.Close()) }()
	law := office.Docket.Law(b.Law.Name)
	t = amend.NewTouch(changes, a, b).Count()
	err = office.Docket.States(ctx, law.Name, func(p *proceedings.OpenProceeding) error {
		t.Add(law, p.Number, p.Office, &p.State)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return t.Done(), officeNames(office, words), nil
}

func openOffice(ctx context.Context, location string) (*app.Office, error) {
	d, err := openDatabase(ctx, location)
	if err != nil {
		return nil, err
	}
	office, err := app.Open(ctx, d, docket.Options{})
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return office, nil
}

func officeNames(o *app.Office, words *web.Words) func(string) string {
	tree := o.Directory.Tree()
	return func(id string) string {
		if x := tree.Office(id); x != nil {
			return words.Office(x)
		}
		return id
	}
}
