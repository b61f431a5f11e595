package access

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cedar-policy/cedar-go"
	public "github.com/cedar-policy/cedar-go/ast"
	"github.com/cedar-policy/cedar-go/types"
	"github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"

	"nazorat/internal/calendar"
	"nazorat/internal/lawtext"
	"nazorat/internal/script"
)

// Where policies lie.
const (
	Common     = "policies" // the folder of those of every law
	schemaFile = Common + "/service.cedarschema"
	ending     = ".cedar"
)

// Policy is one sentence of who may do what.
type Policy struct {
	ID      string
	Law     string // "" for every law
	Forbids bool
	Actions []Action
	Article string // that it rests on; or else
	Reason  string // why it is so
	File    string
	Line    int
	From    calendar.Date // the first day on which it is in force; 0: it always was
	Until   calendar.Date // the last one; 0: no end is known

	texts map[string]string // what it says, by language
	cedar *cedar.Policy
	asks  []string // the attributes of the proceeding that it asks about
	says  []string // the texts that it compares with
	named bool     // it asks who the officer is
	how   bool     // it asks in which manner he has his mandate
	who   bool     // otherwise than whether he is in charge
	level bool     // it asks what he is admitted to

	parts []*Policy // of a policy about reading a proceeding or a sheet: what must hold together, each part asking about one attribute at most

	scopes []string // of systems, that it asks for
}

// Text is what the policy says, in a language, with Uzbek Cyrillic as it follows from Latin; in English where that is not known.
func (p *Policy) Text(lang string) string {
	if lang == "uz-Cyrl" {
		return script.Cyrillic(p.texts["uz"])
	}
	if t := p.texts[lang]; t != "" {
		return t
	}
	return p.texts["en"]
}

// Policies are those of a service on all days, checked. What is decided is asked of those of one day: see On. Read-only.
type Policies struct {
	all      []*Policy
	editions []*Edition
	version  string
}

// All lists the policies of all days: those of every law first, in the order of the files.
func (p *Policies) All() []*Policy {
	if p == nil {
		return nil
	}
	return p.all
}

// Laws lists the laws that have policies of their own, sorted.
func (p *Policies) Laws() (out []string) {
	for _, x := range p.all {
		if x.Law != "" {
			out = append(out, x.Law)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Version follows from the text of all policies and of their schema.
func (p *Policies) Version() string { return p.version }

// of gives the policies that a question about a proceeding of a law is asked of.
func (e *Edition) of(law string, do Action) *asking {
	set, own := e.sets[law]
	if !own {
		set = e.sets[""]
	}
	if a := set[do]; a != nil {
		return a
	}
	return &asking{}
}

// Load reads all policies of a folder of laws, and checks them. Mistakes are
// lawtext.Problems, all at once; a folder without common policies is one.
func Load(fsys fs.FS) (*Policies, error) {
	l := &loader{fsys: fsys, hash: sha256.New(), p: &Policies{}, ids: map[string]*Policy{}}
	if err := l.schema(); err != nil {
		return nil, err
	}
	files, err := l.files()
	if err != nil {
		return nil, fmt.Errorf("read policies: %w", err)
	}
	for _, f := range files {
		if err := l.file(f); err != nil {
			return nil, err
		}
	}
	if len(l.problems) > 0 {
		return nil, l.problems
	}
	l.p.editions = editions(l.p.all)
	l.p.version = hex.EncodeToString(l.hash.Sum(nil)[:8])
	return l.p, nil
}

type loader struct {
	fsys     fs.FS
	hash     hash.Hash
	valid    *validate.Validator
	p        *Policies
	ids      map[string]*Policy // the last edition of each name
	problems lawtext.Problems
}

func (l *loader) bad(file string, line int, what, meant string) {
	l.problems = append(l.problems, lawtext.Problem{File: file, Line: line, What: what, Meant: meant})
}

func (l *loader) read(file string) ([]byte, error) {
	text, err := fs.ReadFile(l.fsys, file)
	if err != nil {
		return nil, fmt.Errorf("read policies: %w", err)
	}
	fmt.Fprintf(l.hash, "%s %d\n", file, len(text))
	_, _ = l.hash.Write(text) // a hash takes everything
	return text, nil
}

func (l *loader) schema() error {
	text, err := l.read(schemaFile)
	if errors.Is(err, fs.ErrNotExist) {
		return lawtext.Problems{{File: schemaFile, What: "there is no schema of the policies"}}
	}
	if err != nil {
		return err
	}
	var s schema.Schema
	s.SetFilename(schemaFile)
	if err := s.UnmarshalCedar(text); err != nil {
		line, what := place(err)
		return lawtext.Problems{{File: schemaFile, Line: line, What: what}}
	}
	resolved, err := s.Resolve()
	if err != nil {
		return lawtext.Problems{{File: schemaFile, What: err.Error()}}
	}
	for _, a := range all() {
		if _, ok := resolved.Actions[types.EntityUID{Type: actionType, ID: types.String(a)}]; !ok {
			return lawtext.Problems{{File: schemaFile, What: fmt.Sprintf("the schema lacks the action %q", a)}}
		}
	}
	l.valid = validate.New(resolved)
	return nil
}

// files lists all policies: those of every law first.
func (l *loader) files() (out []string, err error) {
	err = fs.WalkDir(l.fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(p, ending) {
			out = append(out, p)
		}
		return err
	})
	slices.SortStableFunc(out, func(a, b string) int {
		switch inA, inB := path.Dir(a) == Common, path.Dir(b) == Common; {
		case inA && !inB:
			return -1
		case inB && !inA:
			return 1
		}
		return strings.Compare(a, b)
	})
	return out, err
}

// atPlace finds the place in what Cedar says of a text that it cannot read.
var atPlace = regexp.MustCompile(`(?:at [^ ]*?:|line )(\d+)(?::\d+)? *`)

func place(err error) (line int, what string) {
	what = strings.ReplaceAll(strings.TrimPrefix(err.Error(), "parser error: "), "\n", "; ")
	if m := atPlace.FindStringSubmatch(what); m != nil {
		line, _ = strconv.Atoi(m[1]) // digits
	}
	return line, what
}

func (l *loader) file(file string) error {
	text, err := l.read(file)
	if err != nil {
		return err
	}
	list, err := cedar.NewPolicyListFromBytes(file, text)
	if err != nil {
		line, what := place(err)
		l.bad(file, line, what, "")
		return nil
	}
	law := path.Dir(file)
	if law == Common {
		law = ""
	}
	for _, c := range list {
		l.policy(file, law, c)
	}
	return nil
}

// Annotations that a policy may have.
var annotations = append([]string{"id", "article", "reason", fromDay, untilDay}, lawtext.Languages...)

func (l *loader) policy(file, law string, c *cedar.Policy) {
	line, said := c.Position().Line, c.Annotations()
	p := &Policy{Law: law, File: file, Line: line, cedar: c, Forbids: c.Effect() == cedar.Forbid, texts: map[string]string{}}
	p.ID, p.Article, p.Reason = string(said["id"]), string(said["article"]), string(said["reason"])
	for name := range said {
		if !slices.Contains(annotations, string(name)) {
			l.bad(file, line, fmt.Sprintf("a policy has no annotation %q", name), lawtext.Meant(string(name), annotations))
		}
	}
	for _, lang := range lawtext.Languages {
		if p.texts[lang] = string(said[types.AnnotationKey(lang)]); p.texts[lang] == "" {
			l.bad(file, line, fmt.Sprintf("the policy %q does not say in %q what it means", p.ID, lang), "@"+lang+"(\"...\")")
		}
	}
	if (p.Article == "") == (p.Reason == "") {
		l.bad(file, line, fmt.Sprintf("the policy %q must name either the article it rests on or a reason", p.ID), "")
	}
	l.days(p, string(said[fromDay]), string(said[untilDay]))
	l.name(p)
	body := (*ast.Policy)(c.AST())
	l.actions(p, body)
	if err := l.valid.Policy(p.ID, body); err != nil {
		l.bad(file, line, strings.ReplaceAll(err.Error(), "\n", "; "), "")
	} else {
		l.asking(p, body)
	}
	l.p.all = append(l.p.all, p)
}

// name holds a policy's name against those of others: explanations and scenarios go by it.
func (l *loader) name(p *Policy) {
	other := l.ids[p.ID]
	l.ids[p.ID] = p
	switch {
	case p.ID == "":
		l.bad(p.File, p.Line, "a policy has no name", `@id("...")`)
	case strings.ContainsAny(p.ID, " ,\t\n"):
		l.bad(p.File, p.Line, fmt.Sprintf("the name %q has a blank or a comma", p.ID), "")
	case other != nil:
		l.follows(p, other)
	case p.Law != "" && !strings.HasPrefix(p.ID, p.Law+"/"):
		l.bad(p.File, p.Line, fmt.Sprintf("the name %q of a policy of a law must begin with the law", p.ID), p.Law+"/"+p.ID)
	}
}

// actions reads which actions a policy is for. It must name them: one that is
// for all would be for those too that are added later.
func (l *loader) actions(p *Policy, body *ast.Policy) {
	var named []types.EntityUID
	switch scope := body.Action.(type) {
	case ast.ScopeTypeEq:
		named = []types.EntityUID{scope.Entity}
	case ast.ScopeTypeInSet:
		named = scope.Entities
	default:
		l.bad(p.File, p.Line, fmt.Sprintf("the policy %q does not name its actions", p.ID), `action == Action::"read"`)
	}
	for _, uid := range named {
		p.Actions = append(p.Actions, Action(uid.ID)) // one that is not there the schema finds
	}
	scope, typed := body.Resource.(ast.ScopeTypeIs)
	if p.Law != "" && (slices.ContainsFunc(p.Actions, Action.OfOffice) || typed && scope.Type == officeType) {
		l.bad(p.File, p.Line, fmt.Sprintf("the policy %q of a law speaks of offices, which are the same under all laws", p.ID), "")
	}
}

// dimensions are the attributes of a proceeding that a list can be asked by: each is a column of a row, or a row of parties.
var dimensions = []string{ofOffice, ofSupervisor, ofInCharge, ofStage, ofSecrecy, ofParty}

// ofSheets are the attributes that a sheet has beside those of its proceeding.
var ofSheets = []string{ofSheet, ofOwn, ofOpened}

// asking finds which attributes of a proceeding a policy asks about. A query asks
// each column by itself; so each condition (when, unless) of a policy about reading may ask about one
// attribute, and the conditions together are as many questions that must all be answered so.
func (l *loader) asking(p *Policy, body *ast.Policy) {
	switch body.Resource.(type) {
	case ast.ScopeTypeAll, ast.ScopeTypeIs:
	default:
		l.bad(p.File, p.Line, fmt.Sprintf("the policy %q is about one proceeding or office alone", p.ID), "resource is Proceeding")
	}
	reads := slices.ContainsFunc(p.Actions, func(a Action) bool { return a == Read || a == ReadSheet || a == Count })
	sound := true
	of := map[string][]ast.ConditionType{} // conditions by the attribute that they ask about; "" for none
	for _, c := range body.Conditions {
		asked := l.condition(p, c)
		p.named, p.level, p.how = p.named || asked.named, p.level || asked.level, p.how || asked.how
		p.who = p.who || asked.named && !slices.Contains(asked.asks, ofInCharge)
		p.says = append(p.says, asked.says...)
		for _, attribute := range asked.asks {
			if !slices.Contains(p.asks, attribute) {
				p.asks = append(p.asks, attribute)
			}
		}
		if reads {
			sound = l.listed(p, asked) && sound
		}
		attribute := ""
		if len(asked.asks) > 0 {
			attribute = asked.asks[0]
		}
		of[attribute] = append(of[attribute], c)
	}
	if reads && sound {
		p.divide(body, of)
	}
}

// divide makes the parts of a reading policy. One that asks about one attribute, or none, is its own part.
func (p *Policy) divide(body *ast.Policy, of map[string][]ast.ConditionType) {
	if len(p.asks) < 2 {
		p.parts = []*Policy{p}
		return
	}
	for i, attribute := range p.asks {
		part := *body
		part.Conditions = of[attribute]
		if i == 0 {
			part.Conditions = append(slices.Clone(of[""]), of[attribute]...)
		}
		p.parts = append(p.parts, &Policy{ID: p.ID, Forbids: p.Forbids, asks: []string{attribute}, says: p.says, cedar: cedar.NewPolicyFromAST((*public.Policy)(&part))})
	}
}

// askedOf is what one condition of a policy asks.
type askedOf struct {
	asks         []string // attributes of the proceeding
	says         []string // texts
	named, level bool     // who the officer is; what he is admitted to
	how          bool     // in which manner he has his mandate
	whole        []string // what it asks of as a whole, and not of an attribute
	compared     bool     // texts are compared with texts that stand in the policy, and in no other way
	counts       bool     // it counts, or asks what may have no answer
}

// condition finds what a condition asks.
func (l *loader) condition(p *Policy, c ast.ConditionType) (out askedOf) {
	out.compared = true
	ast.Inspect(ast.NewNode(c.Body), func(n ast.IsNode) bool {
		var of ast.StrOpNode
		switch n := n.(type) {
		case ast.NodeTypeContains:
			p.scoped(n)
		case ast.NodeTypeLike, ast.NodeTypeHasTag, ast.NodeTypeGetTag:
			out.compared = false
		case ast.NodeTypeAdd, ast.NodeTypeSub, ast.NodeTypeMult, ast.NodeTypeNegate, ast.NodeTypeExtensionCall:
			out.counts = true
		case ast.NodeValue:
			if text, ok := n.Value.(types.String); ok {
				out.says = append(out.says, string(text))
			}
			if uid, ok := n.Value.(types.EntityUID); ok {
				l.bad(p.File, p.Line, fmt.Sprintf("the policy %q names %s: policies are about roles and places in the service, not about one of them", p.ID, uid), "")
			}
		case ast.NodeTypeAccess:
			of = n.StrOpNode
		case ast.NodeTypeHas:
			of = n.StrOpNode
		case ast.NodeTypeVariable:
			// A variable that is reached on its own, not by one of its attributes.
			out.whole = append(out.whole, string(n.Name))
			return false
		}
		v, isVariable := of.Arg.(ast.NodeTypeVariable)
		if !isVariable {
			return true
		}
		switch {
		case v.Name == "principal" && of.Value == ofOfficer:
			out.named = true
		case v.Name == "principal" && of.Value == ofClearance:
			out.level = true
		case v.Name == "principal" && of.Value == ofManner:
			out.how = true
		case v.Name == "resource" && !slices.Contains(out.asks, string(of.Value)):
			out.asks = append(out.asks, string(of.Value))
		}
		return false
	})
	return out
}

// listed reports whether a list can be asked what a condition of a reading policy asks.
func (l *loader) listed(p *Policy, c askedOf) (sound bool) {
	before := len(l.problems)
	for _, name := range c.whole {
		if name != "action" {
			l.bad(p.File, p.Line, fmt.Sprintf("the policy %q about reading asks of the %s as a whole: a list cannot", p.ID, name), "")
		}
	}
	for _, attribute := range c.asks {
		if slices.Contains(p.Actions, ReadSheet) && slices.Contains(ofSheets, attribute) {
			continue // a list is asked it of one class after the other
		}
		if !slices.Contains(dimensions, attribute) {
			l.bad(p.File, p.Line, fmt.Sprintf("the policy %q about reading asks of %q: no list can be asked that", p.ID, attribute), lawtext.Meant(attribute, dimensions))
		}
	}
	for _, text := range []string{ofStage, ofSecrecy} {
		if slices.Contains(c.asks, text) && !c.compared {
			l.bad(p.File, p.Line, fmt.Sprintf("the policy %q about reading asks of the %s otherwise than by its name: no list can be asked that", p.ID, text), `resource.`+text+` == "..."`)
		}
	}
	if len(c.asks) > 1 {
		l.bad(p.File, p.Line, fmt.Sprintf("the policy %q about reading asks both of %q and of %q in one condition: no list can be asked that", p.ID, c.asks[0], c.asks[1]), "write each in a when or an unless of its own")
	}
	if c.counts {
		l.bad(p.File, p.Line, fmt.Sprintf("the policy %q about reading counts: what a list is asked has an answer for every proceeding", p.ID), "")
	}
	return len(l.problems) == before
}
