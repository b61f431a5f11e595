package procedure_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"nazorat/internal/calendar"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
	"nazorat/laws"
)

// Two acts on two persons who have nothing to do with each other come out the same in either order.
func TestTheOrderOfIndependentActsDoesNotMatter(t *testing.T) {
	law := criminal(t)
	e := law.Editions[len(law.Editions)-1]
	compared := 0
	lives(t, 150, func(t *testing.T, _ int, dd dice) {
		var s procedure.State
		now := calendar.Moment(1_767_225_600)*calendar.Second + calendar.Moment(dd.IntN(100))*24*hourMoment
		for range 10 + dd.IntN(60) {
			now += calendar.Moment(pick(dd, 1, 60, 600)) * calendar.Minute
			if next, _, err := e.Apply(s, drawLikely(dd, e, &s, now, nil)); err == nil {
				s = next
			}
			a, b := drawLikely(dd, e, &s, now, nil), drawLikely(dd, e, &s, now, nil)
			if !apart(e, &s, &a, &b) {
				continue
			}
			ab, okAB := both(e, s, a, b)
			ba, okBA := both(e, s, b, a)
			if !okAB || !okBA {
				continue // one of them needs, or forbids, the other
			}
			compared++
			if got, want := strings.Join(facts(law, &ba), "\n"), strings.Join(facts(law, &ab), "\n"); got != want {
				t.Fatalf("%s and %s: %s\nthe other way round: %s", law.ActName(a.Act), law.ActName(b.Act), want, got)
			}
		}
	})
	if compared == 0 {
		t.Error("no two independent acts were ever drawn")
	}
	t.Logf("%d pairs compared", compared)
}

// apart: both acts are done on things, neither below the other, and change nothing of the case.
func apart(e *procedure.Edition, s *procedure.State, a, b *procedure.Act) bool {
	for _, x := range []*procedure.Act{a, b} {
		if x.Act < 0 || int(x.Act) >= len(e.Acts) || e.Acts[x.Act] == nil || x.Thing <= 0 || int(x.Thing) >= len(s.Things) {
			return false
		}
		r := e.Acts[x.Act]
		if r.On == 0 || len(r.RootSets) > 0 || len(r.Moves) > 0 || r.InCharge != nil || r.Office != nil || r.Adds > 0 && e.Kinds[r.Adds].Of == 0 {
			return false
		}
	}
	return !s.Under(a.Thing, b.Thing) && !s.Under(b.Thing, a.Thing) && person(s, a.Thing) != person(s, b.Thing)
}

// person is the thing directly under the case that a thing belongs to.
func person(s *procedure.State, thing int32) int32 {
	for s.Things[thing].Of > 0 {
		thing = s.Things[thing].Of
	}
	return thing
}

func both(e *procedure.Edition, s procedure.State, a, b procedure.Act) (procedure.State, bool) {
	one, _, err := e.Apply(s, a)
	if err != nil {
		return s, false
	}
	two, _, err := e.Apply(one, b)
	return two, err == nil
}

// facts writes a state down without the numbers that only tell the order in which things came.
func facts(law *procedure.Law, s *procedure.State) []string {
	path := func(i int32) string { return fmt.Sprintf("%d", person(s, max(i, 0))) }
	var out []string
	for i := range s.Things {
		t := &s.Things[i]
		out = append(out, fmt.Sprint(path(int32(i)), law.KindName(t.Kind), law.StateName(t.Kind, t.State), t.Since, t.Fields))
	}
	for _, d := range s.Deadlines {
		out = append(out, fmt.Sprint(path(d.Thing), law.TermName(d.Term), d.Start, d.Due, d.Stopped))
	}
	slices.Sort(out)
	return append(out, s.InCharge, s.Office)
}

// What happened before an edition came into force comes out the same whether the edition is there or not.
func TestALaterEditionChangesNothingThatHappenedBeforeIt(t *testing.T) {
	files := fstest.MapFS{}
	err := fs.WalkDir(laws.FS, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(laws.FS, p)
		files[p] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	whole, _, err := lawload.Load(files, "uz/criminal")
	if err != nil {
		t.Fatal(err)
	}
	for k := len(whole.Editions) - 1; k > 0; k-- {
		next := whole.Editions[k]
		delete(files, next.File)
		before, _, err := lawload.Load(files, "uz/criminal")
		if err != nil {
			t.Fatal(err)
		}
		until := next.Days.Zone().Moment(next.InForce, 0)
		lives(t, 60, func(t *testing.T, _ int, dd dice) {
			var s, old procedure.State
			now := until - calendar.Moment(1+dd.IntN(300))*24*hourMoment
			for i := range 1 + dd.IntN(60) {
				now = min(now+calendar.Moment(pick(dd, 0, 60, 600, 6000))*calendar.Minute, until-1)
				e := before.At(now)
				a := drawLikely(dd, e, &old, now, nil)
				b := a
				if b.Act >= 0 && int(b.Act) < len(e.Acts) { // the numbers of acts are those of a loaded law
					b.Act, b.Form = whole.Act(before.ActName(a.Act)), nil
					encoded := stored.EncodeForm(before, a.Act, a.Form[:min(len(a.Form), len(e.Acts[a.Act].Form))])
					if b.Form, err = stored.DecodeForm(whole, b.Act, encoded); err != nil {
						t.Fatal(err)
					}
					if len(a.Form) > len(e.Acts[a.Act].Form) {
						continue // a forged form: the longer law knows other forgeries
					}
				}
				after, _, errOld := e.Apply(old, a)
				same, _, errNew := whole.At(now).Apply(s, b)
				if fmt.Sprint(errOld) != fmt.Sprint(errNew) {
					t.Fatalf("act %d: %v without %s, %v with it", i, errOld, next.Name, errNew)
				}
				x, errX := stored.EncodeState(before, &after)
				y, errY := stored.EncodeState(whole, &same)
				if errX != nil || errY != nil || string(x) != string(y) {
					t.Fatalf("act %d: without %s %s %v\nwith it %s %v", i, next.Name, x, errX, y, errY)
				}
				s, old = same, after
			}
		})
	}
}

func deviates(effects []procedure.Effect) bool {
	return slices.ContainsFunc(effects, func(f procedure.Effect) bool {
		return f.Kind == procedure.Deviates || f.Kind == procedure.Undecided
	})
}
