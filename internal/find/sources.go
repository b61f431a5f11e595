package find

import (
	"context"
	"fmt"

	"nazorat/internal/proceedings"
)

// mostSources is more than there are acts and kinds of things in all laws together.
const mostSources = 1 << 20

// ref is what a row of the index was made from.
func ref(of proceedings.Source, proceeding string, seq int64) proceedings.Ref {
	if of.Act == "" && of.Kinds == "" {
		seq = 0 // its number, which is no sheet
	}
	return proceedings.Ref{Proceeding: proceeding, Seq: seq, Things: of.Act == "" && of.Kinds != ""}
}

// known reads the sources.
func (x *Index) known(ctx context.Context) (*proceedings.Sources, error) {
	rows, err := x.db.Query(ctx, selectSources)
	if err != nil {
		return nil, fmt.Errorf("read sources: %w", err)
	}
	defer rows.Close()
	all := map[int64]proceedings.Source{}
	for rows.Next() {
		var id int64
		var s proceedings.Source
		if err := rows.Scan(&id, &s.Law, &s.Act, &s.Kinds); err != nil {
			return nil, err
		}
		all[id] = s
	}
	return x.reader.Sources(all), rows.Err()
}

// visible is the condition, to be added behind others, that the reader of a query sees the sheet that a row of the index was made from. Its
// proceeding stands as p, and f is what the index has of that.
func visible(sources *proceedings.Sources, q *proceedings.Query, alias string) string {
	text, _ := sources.Seen(q, alias, `EXISTS (SELECT 1 FROM entry e WHERE e.proceeding = f.proceeding AND e.seq = `+alias+`.seq AND e.officer = ?)`, "f.opened = 1")
	return text
}
