package find

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/proceedings"
)

// Likeness is what is held against what is there, to see whether it is there already. What is "" says nothing.
type Likeness struct {
	Texts []string // in any script
	Names []string // of persons
	Place string   // SOATO code
	Not   string   // the proceeding that says it itself
}

// Resembling is a proceeding that says much the same.
type Resembling struct {
	Hit
	Words []string // that both have, as they were given
	Place bool     // it is of the same place
	Soon  bool     // it was opened within a month
}

const (
	mostAsked  = 32  // words that are counted
	mostHeld   = 8   // of these, the rarest, that are held against what is there
	tooCommon  = 200 // proceedings with a word that says nothing
	mostRows   = 4 * mostHeld * tooCommon
	mostAlike  = 5
	mostPlaced = 20
	recently   = 30 * 24 * calendar.Hour

	// What a word, the two words of one name, the place and the time are worth; less than enough is no likeness, and less than a third of what it could be.
	worthWord   = 2
	worthPair   = 4
	worthPlaced = 1
	enough      = 4
)

// piece is a word or a name of what is held against what is there.
type piece struct {
	said  string
	keys  []string
	worth int
	n     int // proceedings that have it
}

// Alike lists the proceedings that say much the same, as far as the actor may read them: first those that share most. A
// word counts that few proceedings have, whatever the script; words that everybody uses say nothing.
func (x *Index) Alike(ctx context.Context, who access.Actor, l Likeness) ([]Resembling, error) {
	pieces := x.pieces(l)
	if len(pieces) == 0 {
		return nil, nil
	}
	pieces, err := x.rare(ctx, who, pieces)
	if err != nil || len(pieces) == 0 {
		return nil, err
	}
	list, err := x.sharing(ctx, who, l, pieces)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	s := &search{x: x, who: who}
	page := make([]*Hit, len(list))
	for i := range list {
		page[i] = &list[i].Hit
	}
	return list, s.describe(ctx, page)
}

// pieces are the words and names of what is asked, each once.
func (x *Index) pieces(l Likeness) (out []piece) {
	seen := map[string]bool{}
	add := func(said string, keys []string, worth int) {
		if len(keys) == 0 || seen[keys[0]] || len(out) >= mostAsked {
			return
		}
		seen[keys[0]] = true
		out = append(out, piece{said: said, keys: keys, worth: worth})
	}
	for _, name := range l.Names {
		var pairs []string
		keysOf(fact.Value{Type: fact.Person, Text: name}, func(key string) {
			if strings.HasPrefix(key, asPair) {
				pairs = append(pairs, key)
			}
		})
		add(name, pairs, worthPair)
	}
	for _, text := range l.Texts {
		for _, m := range marksIn(text) { // a telephone, a plate
			add(text[m.from:m.to], m.asked, worthPair)
		}
		for _, s := range spans(text) {
			word := text[s.from:s.to]
			if len([]rune(word)) > 2 {
				add(word, x.term(word).keys, worthWord)
			}
		}
	}
	return out
}

// rare are the pieces that some proceedings have and not too many, the rarest.
func (x *Index) rare(ctx context.Context, who access.Actor, pieces []piece) ([]piece, error) {
	q := x.reader.Query(who)
	columns, into := make([]string, len(pieces)), make([]any, len(pieces))
	for i := range pieces {
		columns[i] = fmt.Sprintf(`(SELECT count(*) FROM (SELECT 1 FROM find_word w WHERE w.word IN %s LIMIT %d) x)`, among(q, pieces[i].keys[:min(len(pieces[i].keys), mostKeys)]), tooCommon)
		into[i] = &pieces[i].n
	}
	if err := x.db.QueryRow(ctx, `SELECT `+strings.Join(columns, ", "), q.Values()...).Scan(into...); err != nil {
		return nil, fmt.Errorf("count words: %w", err)
	}
	pieces = slices.DeleteFunc(pieces, func(p piece) bool { return p.n == 0 || p.n >= tooCommon })
	slices.SortStableFunc(pieces, func(a, b piece) int { return cmp.Compare(a.n, b.n) })
	return pieces[:min(len(pieces), mostHeld)], nil
}

// sharing are the proceedings that have enough of the pieces.
func (x *Index) sharing(ctx context.Context, who access.Actor, l Likeness, pieces []piece) ([]Resembling, error) {
	known, err := x.known(ctx)
	if err != nil {
		return nil, err
	}
	q := x.reader.Query(who)
	read, some := q.Readable()
	if !some {
		return nil, nil
	}
	of := map[string]int{}
	var keys []string
	for i := range pieces {
		for _, key := range pieces[i].keys {
			if _, there := of[key]; !there {
				of[key] = i
				keys = append(keys, key)
			}
		}
	}
	text := `SELECT DISTINCT w.no, w.word, p.id, p.opened FROM find_word w JOIN find_case f ON f.no = w.no JOIN proceeding p ON p.id = f.proceeding WHERE w.word IN ` + q.Args(keys) +
		` AND p.id <> ` + q.Arg(l.Not) + read + visible(known, q, "w") + fmt.Sprintf(` ORDER BY w.no DESC LIMIT %d`, mostRows)
	rows, err := x.db.Query(ctx, text, q.Values()...)
	if err != nil {
		return nil, fmt.Errorf("look for what is alike: %w", err)
	}
	defer rows.Close()
	byNo := map[int64]*Resembling{}
	has := map[int64]map[int]bool{}
	could := 0 // by all that he sees: a word that only hidden sheets have says nothing, as one that none has
	met := make([]bool, len(pieces))
	now := x.reader.Now()
	for rows.Next() {
		var no int64
		var word, id string
		var opened calendar.Moment
		if err := rows.Scan(&no, &word, &id, &opened); err != nil {
			return nil, err
		}
		i, there := of[word]
		if !there {
			continue
		}
		if !met[i] {
			met[i], could = true, could+pieces[i].worth
		}
		if byNo[no] == nil {
			byNo[no], has[no] = &Resembling{Hit: Hit{ID: id, no: no}, Soon: opened > now-recently}, map[int]bool{}
		}
		if !has[no][i] {
			has[no][i] = true
			byNo[no].Words, byNo[no].worth = append(byNo[no].Words, pieces[i].said), byNo[no].worth+pieces[i].worth
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	var out []Resembling
	for _, a := range byNo {
		if a.worth >= enough && 3*a.worth >= could {
			out = append(out, *a)
		}
	}
	order(out)
	out = out[:min(len(out), mostPlaced)]
	if err := x.placed(ctx, who, known, l.Place, out); err != nil {
		return nil, err
	}
	order(out)
	return out[:min(len(out), mostAlike)], nil
}

func order(list []Resembling) {
	slices.SortFunc(list, func(a, b Resembling) int {
		soon := func(x Resembling) int {
			if x.Soon {
				return worthPlaced
			}
			return 0
		}
		return cmp.Or(cmp.Compare(b.worth+soon(b), a.worth+soon(a)), cmp.Compare(b.no, a.no))
	})
}

// placed says which of some proceedings are of a place: of the same district, whatever lies in it. The place counts only where the sheet that names it is seen.
func (x *Index) placed(ctx context.Context, who access.Actor, known *proceedings.Sources, place string, list []Resembling) error {
	if place == "" || len(list) == 0 {
		return nil
	}
	q := x.reader.Query(who)
	nos := make([]int64, len(list))
	for i := range list {
		nos[i] = list[i].no
	}
	text := `SELECT DISTINCT w.no FROM find_word w JOIN find_case f ON f.no = w.no JOIN proceeding p ON p.id = f.proceeding WHERE w.word = ` + q.Arg(asPlace+place[:min(len(place), 7)]) +
		` AND w.no IN ` + q.Numbers(nos) + visible(known, q, "w")
	rows, err := x.db.Query(ctx, text, q.Values()...)
	if err != nil {
		return fmt.Errorf("look for what is alike: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var no int64
		if err := rows.Scan(&no); err != nil {
			return err
		}
		for i := range list {
			if list[i].no == no {
				list[i].Place, list[i].worth = true, list[i].worth+worthPlaced
			}
		}
	}
	return rows.Err()
}
