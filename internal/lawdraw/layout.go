package lawdraw

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Graphviz gets boxes of the size that their texts need, and arrows; it gives
// back where the boxes stand and which way the arrows go. It never sees a word.

// Distances in the drawing, in pixels; Graphviz counts in inches of 72 points.
const (
	besides  = 24.0 // between boxes side by side
	below    = 20.0 // between rows of boxes
	margin   = 12.0
	perInch  = 72.0
	backward = 1 // weights: how much an arrow wants to be short and straight
	forward  = 3
	spine    = 60
)

// unseenID marks what is an arrow for Graphviz only.
const unseenID = "unseen"

// layout finds the places of the boxes and the lines of the arrows, and returns the size of the whole.
func (s *scene) layout(ctx context.Context, g *engine) (w, h float64, err error) {
	out, err := g.run(ctx, s.graph())
	if err != nil {
		return 0, 0, err
	}
	var got struct {
		BB      string `json:"bb"`
		Objects []struct {
			Name, Pos string
		}
		Edges []struct {
			ID, Pos string
		}
	}
	if err := json.Unmarshal(out, &got); err != nil {
		return 0, 0, fmt.Errorf("read the layout: %w", err)
	}
	bb, err := numbers(got.BB, 4)
	if err != nil {
		return 0, 0, fmt.Errorf("read the layout: %w", err)
	}
	w, h = bb[2]-bb[0]+2*margin, bb[3]-bb[1]+2*margin
	place := func(x, y float64) point { return point{x - bb[0] + margin, bb[3] - y + margin} } // Graphviz counts upwards
	if len(got.Objects) != len(s.boxes) || len(got.Edges) != len(s.arrows)+len(s.unseen) {
		return 0, 0, fmt.Errorf("read the layout: %d boxes of %d, %d arrows of %d", len(got.Objects), len(s.boxes), len(got.Edges), len(s.arrows)+len(s.unseen))
	}
	for _, o := range got.Objects {
		i, err := strconv.Atoi(strings.TrimPrefix(o.Name, "n"))
		if err != nil || i >= len(s.boxes) {
			return 0, 0, fmt.Errorf("read the layout: a box %q", o.Name)
		}
		at, err := numbers(o.Pos, 2)
		if err != nil {
			return 0, 0, fmt.Errorf("read the layout: %w", err)
		}
		p := place(at[0], at[1])
		s.boxes[i].x, s.boxes[i].y = p.x, p.y
	}
	for _, e := range got.Edges {
		if e.ID == unseenID {
			continue
		}
		i, err := strconv.Atoi(strings.TrimPrefix(e.ID, "e"))
		if err != nil || i >= len(s.arrows) {
			return 0, 0, fmt.Errorf("read the layout: an arrow %q", e.ID)
		}
		a := &s.arrows[i]
		for _, pair := range strings.Fields(e.Pos) {
			at, err := numbers(pair, 2)
			if err != nil {
				return 0, 0, fmt.Errorf("read the layout: %w", err)
			}
			a.points = append(a.points, place(at[0], at[1]))
		}
		if len(a.points)%3 != 1 {
			return 0, 0, fmt.Errorf("read the layout: the arrow %d has %d points", i, len(a.points))
		}
		if a.tone == backArrow {
			slices.Reverse(a.points)
		}
	}
	return w, h, nil
}

// graph writes the scene in the language of Graphviz. An arrow back is written
// the other way round, so that earlier stages always stand above later ones.
func (s *scene) graph() string {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph g{graph[rankdir=TB nodesep=%.4f ranksep=%.4f splines=true outputorder=nodesfirst];node[shape=box fixedsize=true label=\"\"];edge[dir=none];\n", besides/perInch, below/perInch)
	for i, box := range s.boxes {
		group := ""
		if box.main {
			group = " group=spine"
		}
		fmt.Fprintf(&b, "n%d[width=%.4f height=%.4f%s];\n", i, box.w/perInch, box.h/perInch, group)
	}
	for i, a := range s.arrows {
		from, to, weight := a.from, a.to, forward
		switch a.tone {
		case backArrow:
			from, to, weight = a.to, a.from, backward
		case mainArrow:
			weight = spine
		}
		fmt.Fprintf(&b, "n%d->n%d[id=e%d weight=%d];\n", from, to, i, weight)
	}
	for _, u := range s.unseen {
		fmt.Fprintf(&b, "n%d->n%d[id=%s style=invis weight=0];\n", u[0], u[1], unseenID)
	}
	b.WriteString("}\n")
	return b.String()
}

// numbers reads n numbers that commas divide.
func numbers(s string, n int) ([]float64, error) {
	parts := strings.Split(s, ",")
	if len(parts) != n {
		return nil, fmt.Errorf("%d numbers were expected: %q", n, s)
	}
	out := make([]float64, n)
	for i, p := range parts {
		v, err := strconv.ParseFloat(p, 64)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}
