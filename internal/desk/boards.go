package desk

import (
	"context"
	"slices"

	"nazorat/internal/access"
	"nazorat/internal/directory"
	"nazorat/internal/proceedings"
)

// Boards count what the boards of offices show, for pages and for programs. Safe for concurrent use.
type Boards struct {
	docket   *proceedings.Reader
	dir      *directory.Directory
	counting *counting
}

// NewBoards counts by what a reader gives.
func NewBoards(k *proceedings.Reader, dir *directory.Directory) *Boards {
	return &Boards{docket: k, dir: dir, counting: newCounting(k.Now)}
}

// Of are the figures of an office for whoever may see its board, which the caller has made sure of: now, or a moment ago where they take long to count.
func (b *Boards) Of(ctx context.Context, who access.Actor, office string) (*Figures, error) {
	return b.of(ctx, who, office, b.counting.get)
}

func (b *Boards) of(ctx context.Context, who access.Actor, office string, get counter) (*Figures, error) {
	// Those share figures who may read the same of the office.
	as, err := b.docket.CountsAs(ctx, who)
	if err != nil {
		return nil, err
	}
	return get(ctx, office+" for "+as, func(ctx context.Context) (*Figures, error) { return b.count(ctx, who, office) })
}

// count counts an office and the lines below it.
func (b *Boards) count(ctx context.Context, who access.Actor, office string) (*Figures, error) {
	tree, now := b.dir.Tree(), b.docket.Now()
	lines := []string{}
	for _, c := range tree.Children(office) {
		lines = append(lines, c.ID)
	}
	if len(lines) > 0 {
		// What lies below and the office itself are all that it counts: one reading gives both.
		all, err := b.docket.Board(ctx, who, append(slices.Clone(lines), office), now, now+soonIs)
		if err != nil {
			return nil, err
		}
		return &Figures{Own: proceedings.Sum(office, all), Below: all[:len(lines)], At: now}, nil
	}
	for _, id := range tree.Serves(office) {
		if id != office && tree.Supervisor(id) == office {
			lines = append(lines, id)
		}
	}
	own, err := b.docket.Board(ctx, who, []string{office}, now, now+soonIs)
	if err != nil {
		return nil, err
	}
	below, err := b.docket.Board(ctx, who, lines, now, now+soonIs)
	return &Figures{Own: own[0], Below: below, At: now}, err
}
