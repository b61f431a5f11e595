package demo

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/docket"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// mostIllustrated is how many cases get files: enough to come upon some, few enough not to wait for.
const mostIllustrated = 24

// fileStream keeps the chance of files apart from that of cases.
const fileStream = 1 << 41

//go:embed illustrated.yaml
var illustratedFile embed.FS

// illustrated says which acts bring a file, as the YAML beside it has it.
type illustrated struct {
	law   string
	acts  []bringing
	paper []string
}

type bringing struct {
	act, kind, state string // kind "": on the proceeding
	picture, paper   string // the field that names the file
	form             map[string][]string
}

func readIllustrated() (illustrated, error) {
	const file = "illustrated.yaml"
	var out illustrated
	src := lawtext.New(illustratedFile)
	top, _ := src.Read(file)
	v := src.Keys(top, "law", "acts", "paper")
	out.law = src.Text(v["law"])
	texts := func(n lawtext.Node) (list []string) {
		for _, x := range n.Items() {
			list = append(list, src.Text(x))
		}
		return list
	}
	out.paper = texts(v["paper"])
	for _, n := range v["acts"].Items() {
		k := src.Keys(n, "act", "on", "state", "picture", "paper", "form")
		b := bringing{act: src.Text(k["act"]), form: map[string][]string{}}
		for _, x := range []struct {
			to *string
			n  lawtext.Node
		}{{&b.kind, k["on"]}, {&b.state, k["state"]}, {&b.picture, k["picture"]}, {&b.paper, k["paper"]}} {
			if x.n.Given() {
				*x.to = src.Text(x.n)
			}
		}
		for _, e := range src.Entries(k["form"]) {
			b.form[e.Name] = texts(e.Value)
		}
		out.acts = append(out.acts, b)
	}
	return out, src.Err()
}

// What files are called.
const (
	pictureName = "surat.jpg"
	paperName   = "qaror.pdf"
)

// paperLines are the lines of a paper, about something in a proceeding on a day.
func paperLines(sample []string, what, number string, day calendar.Date) (out []string) {
	with := strings.NewReplacer("{what}", what, "{number}", number, "{day}", day.String())
	for _, line := range sample {
		out = append(out, with.Replace(line))
	}
	return out
}

// bringPapers hands in the papers that an act names, as whoever does it.
func (v *living) bringPapers(ctx context.Context, s *step) error {
	v.clock.expect([]calendar.Moment{s.at})
	for _, hash := range slices.Sorted(maps.Keys(s.papers)) {
		if _, err := v.o.Vault.Take(ctx, s.command.Actor.Officer, paperName, bytes.NewReader(s.papers[hash])); err != nil {
			return fmt.Errorf("paper of %s: %w", s.command.Act, err)
		}
		v.report.Files++
	}
	return nil
}

// illustrate brings files into some of the cases that go on, by acts of whoever is in charge of them, at the last moment of the past.
func (v *living) illustrate(ctx context.Context) error {
	what, err := readIllustrated()
	if err != nil {
		return err
	}
	some := slices.DeleteFunc(slices.Clone(v.alive), func(l *life) bool {
		return l.law.Name != what.law || l.id == "" || v.world.by[l.run.State.InCharge].Officer == ""
	})
	here := func(l *life) int { // those that the demonstration shows first
		if strings.Contains(l.run.State.Office, shown) {
			return 0
		}
		return 1
	}
	slices.SortFunc(some, func(a, b *life) int { return cmp.Or(cmp.Compare(here(a), here(b)), cmp.Compare(a.index, b.index)) })
	v.clock.expect([]calendar.Moment{v.o.Now})
	n := 0
	for _, l := range some {
		brought := false
		for i := range what.acts {
			did, err := v.bring(ctx, l, &what, &what.acts[i], random(v.o.Seed, fileStream+l.index*16+uint64(i)))
			if err != nil {
				return fmt.Errorf("%s on %s: %w", what.acts[i].act, l.number, err)
			}
			brought = brought || did
			if !did && what.acts[i].kind != "" {
				break // a case that has the thing has both
			}
		}
		if brought {
			if n++; n == mostIllustrated {
				return nil
			}
		}
	}
	return nil
}

// bring does one act with a file, where the case has what it is done on.
func (v *living) bring(ctx context.Context, l *life, what *illustrated, b *bringing, r *rand.Rand) (bool, error) {
	thing := int32(0)
	if b.kind != "" {
		thing = int32(slices.IndexFunc(l.run.State.Things, func(t procedure.Thing) bool {
			return l.law.KindName(t.Kind) == b.kind && l.law.StateName(t.Kind, t.State) == b.state
		}))
		if thing < 0 {
			return false, nil
		}
	}
	form := map[string]string{}
	for field, list := range b.form {
		form[field] = list[r.IntN(len(list))]
	}
	var content []byte
	var err error
	field, name := b.picture, pictureName
	if field != "" {
		if content, err = picture(r); err != nil {
			return false, err
		}
	} else {
		field, name = b.paper, paperName
		content = paper(paperLines(what.paper, form["what"], l.number, l.zone.Date(v.o.Now)))
	}
	who := v.world.by[l.run.State.InCharge]
	file, err := v.o.Vault.Take(ctx, who.Officer, name, bytes.NewReader(content))
	if err != nil {
		return false, err
	}
	form[field] = file.Hash
	_, err = v.docket.Act(ctx, docket.Command{Proceeding: l.id, Act: b.act, Thing: thing, Form: form, Actor: access.Actor{Officer: who.Officer, Role: who.Role, Office: who.Office, Mandate: who.Mandate, Present: access.Always}})
	var refused *procedure.Refusal
	if errors.As(err, &refused) {
		return false, nil // the case stands where the law has no such act; the file is swept with other uploads
	}
	if err == nil {
		v.report.Acts++
		v.report.ByAct[what.law+" "+b.act]++
		v.report.Files++
	}
	return err == nil, err
}
