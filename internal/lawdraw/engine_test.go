package lawdraw

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestAProgramBuiltWithoutGraphvizSaysSo(t *testing.T) {
	t.Parallel()
	var g engine
	if err := g.compile(t.Context(), fstest.MapFS{"dist/.gitkeep": {}}); !errors.Is(err, ErrNotBuilt) {
		t.Errorf("got %v", err)
	}
}

func TestAGraphThatCannotBeReadIsAnErrorAndTheNextOneIsLaidOut(t *testing.T) {
	t.Parallel()
	var g engine
	defer func() { _ = g.close(context.Background()) }()
	if _, err := g.run(t.Context(), "digraph { a -> "); err == nil || !strings.Contains(err.Error(), "syntax") {
		t.Errorf("got %v, want what Graphviz says of it", err)
	}
	out, err := g.run(t.Context(), "digraph { a -> b }")
	if err != nil || !strings.Contains(string(out), `"pos"`) {
		t.Errorf("got %v, %s", err, out)
	}
}

func TestALayoutEndsWhenNobodyWaitsForIt(t *testing.T) {
	t.Parallel()
	var g engine
	defer func() { _ = g.close(context.Background()) }()
	if _, err := g.run(t.Context(), "digraph { a }"); err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := g.run(gone, "digraph { a -> b }"); err == nil {
		t.Error("a layout that nobody waits for was made")
	}
	if _, err := g.run(t.Context(), "digraph { a -> b }"); err != nil {
		t.Errorf("the next layout: %v", err)
	}
}

func TestWhatIsClosedCanDrawAgain(t *testing.T) {
	t.Parallel()
	var g engine
	for range 2 {
		if _, err := g.run(t.Context(), "digraph { a }"); err != nil {
			t.Fatal(err)
		}
		if err := g.close(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRowsAreNoWiderThanAskedForAndLoseNoWord(t *testing.T) {
	t.Parallel()
	text := "Возвратить дело для дополнительного расследования с указаниями прокурора"
	rows := wrapped([]run{{text, plainStyle}, {"УПК 385, 384", articleStyle}}, 150)
	var got []string
	for _, r := range rows {
		got = append(got, strings.TrimSpace(plain(r)))
		if r.width > 150 {
			t.Errorf("%q is %.0f wide", plain(r), r.width)
		}
	}
	if all := strings.Join(got, " "); all != text+" УПК 385, 384" || len(rows) < 3 {
		t.Errorf("got %q", got)
	}
	if last := got[len(got)-1]; !strings.HasSuffix(last, "УПК 385, 384") {
		t.Errorf("the article is broken: %q", got)
	}
}

func TestColumnsAreEvenAndPartNothingFromWhatItBelongsTo(t *testing.T) {
	t.Parallel()
	entries := make([]entry, 41)
	heights := make([]float64, 41)
	for i := range heights {
		entries[i], heights[i] = entry{deep: i%5 == 3}, 20
	}
	breaks := columns(entries, heights)
	if !slices.Equal(breaks, []int{14, 27}) {
		t.Errorf("got %v", breaks)
	}
	for _, b := range breaks {
		if entries[b].deep {
			t.Errorf("the entry %d stands in another column than that above it", b)
		}
	}
	if one := columns(entries[:9], heights[:9]); one != nil {
		t.Errorf("eight short entries stand in columns: %v", one)
	}
}
