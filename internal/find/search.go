package find

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/follow"
	"nazorat/internal/proceedings"
	"nazorat/internal/script"
)

// bounds of one answer.
type bounds struct {
	page       int // proceedings
	candidates int // that are put in order, the newest first; what is older follows behind them
	counted    int // rows of a key that are counted to see which word is the rarest
	// windows are how many of the newest proceedings with the rarest word are looked at, one after the other, until a page is full.
	windows []int
	// budget is how many are looked at in all, in whatever ways: as many as the windows have.
	budget int
}

// served are the bounds of what pages show: a page takes some milliseconds, whatever is typed.
var served = bounds{page: 20, candidates: 60, counted: 400, windows: []int{150, 300, 250}, budget: 700}

// Answer is what was found.
type Answer struct {
	Hits  []Hit
	How   How      // how words had to match for it
	Words []string // that counted
	Left  bool     // further words did not
	// Next is from where to go on; nil where there is no more.
	Next *Next
	// Looked is how many of the newest proceedings that come into question (they have the rarest word, or somebody whom the reader has to do with has
	// them) were looked at where not all of them were, in this way or in a better one; 0: all.
	Looked int
	Held   bool       // those were not looked at that have the rarest word, but those that the reader may have to do with
	Apart  bool       // only those were looked for in which the words stand in one name
	Lag    follow.Lag // of the index

	byHolder  bool // see search
	withdrawn int  // hits that the index had and the file has not: it is a moment behind
}

// Next is where an answer goes on: see Ask.
type Next struct {
	How         How
	Below, Down int64
	Past        int
}

// Hit is a proceeding that was found.
type Hit struct {
	ID, Number, Title string
	Law, Stage        string
	Office, InCharge  string
	Opened            calendar.Moment
	Said              []Said // where it was found, as its reader sees it
	Closer            bool   // he is told where only when he opens it, and says what for

	no    int64
	worth int
	refs  []proceedings.Ref
}

// Said is a value in which words were met.
type Said struct {
	Law, Act string // of the form; Act is "" for a thing that came along
	Kind     string // of that thing
	Field    string
	Text     string
	Marked   []Marked // of Text, in order
}

// Marked is a part of a text, by bytes.
type Marked struct{ From, To int }

// Search finds what is asked for, as far as the actor may know of it. Forbidden for whoever may not search.
func (x *Index) Search(ctx context.Context, who access.Actor, a Ask) (*Answer, error) {
	if refused := x.reader.MaySearch(who); refused != nil {
		return nil, refused
	}
	out := &Answer{How: a.How}
	terms, left := x.terms(a.Text)
	out.Left = left
	for _, t := range terms {
		out.Words = append(out.Words, t.word)
	}
	var err error
	if out.Lag, err = x.Lag(ctx); err != nil || len(terms) == 0 {
		return out, err
	}
	known, err := x.known(ctx)
	if err != nil {
		return nil, err
	}
	further := a.Below != 0 || a.Past != 0
	var unfinished *search // there may be more, further on
	budget, near := x.bounds.budget, false
	for how := a.How; how <= Some; how++ {
		if how >= NearTogether && !near {
			if terms, err = x.near(ctx, terms); err != nil {
				return nil, err
			}
			near = true
		}
		s := &search{x: x, who: who, ask: a, how: how, terms: terms, sources: known}
		if !s.prepare() {
			continue
		}
		s.budget = budget
		if how == NearTogether { // whatever was spent before: two words of one name are rare, and most that is mistyped is a name
			s.budget = max(budget, x.bounds.windows[0]+1)
		}
		if err := s.run(ctx); err != nil {
			return nil, err
		}
		budget -= s.looked
		if len(s.found) > 0 || further {
			err := s.answer(ctx, out)
			if unfinished != nil { // what matches better may stand where nobody looked
				out.Looked = max(out.Looked, unfinished.looked)
			}
			return out, err
		}
		if s.below != 0 && unfinished == nil {
			unfinished = s
		}
		if budget <= 0 && how >= NearTogether {
			break
		}
	}
	if unfinished != nil {
		return out, unfinished.answer(ctx, out)
	}
	return out, nil
}

// Whoever has a proceeding, behind asHas.
const (
	hasOffice     = "o" // an office
	hasSupervisor = "s" // the office that supervises it
	hasCharge     = "c" // the officer in charge
	hasParty      = "y" // a party: role and officer
)

// prepare says what must hold of what is found: keys in groups, of each of which one must be there. may is false where
// this way of looking makes nothing of what was typed.
func (s *search) prepare() (may bool) {
	named := len(s.terms) > 1 && len(s.terms) <= mostNames && !slices.ContainsFunc(s.terms, func(t term) bool { return t.sound == "" })
	if (s.how == Together || s.how == NearTogether) && !named || s.how == Some && len(s.terms) < 3 {
		return false
	}
	if s.how != Together && s.how != NearTogether {
		for _, t := range s.terms {
			s.groups = append(s.groups, t.keys)
		}
		return true
	}
	for i, t := range s.terms {
		for _, other := range s.terms[:i] {
			s.groups = append(s.groups, pairs(t, other))
		}
	}
	return true
}

// pairs are the keys of two words as one name, the nearest first.
func pairs(a, b term) []string {
	type pair struct {
		key   string
		apart int
	}
	var list []pair
	for _, x := range append([]string{a.sound}, a.names...) {
		for _, y := range append([]string{b.sound}, b.names...) {
			list = append(list, pair{pairKey(x, y), script.Distance(a.sound, x) + script.Distance(b.sound, y)})
		}
	}
	slices.SortStableFunc(list, func(x, y pair) int { return cmp.Compare(x.apart, y.apart) })
	var out []string
	for _, p := range list {
		if !slices.Contains(out, p.key) && len(out) < mostPairs {
			out = append(out, p.key)
		}
	}
	return out
}

// search is one way of looking, under way.
type search struct {
	x       *Index
	who     access.Actor
	ask     Ask
	how     How
	terms   []term
	groups  [][]string // of keys: one of each
	sources *proceedings.Sources

	found    []*Hit
	below    int64 // from where it goes on; 0: everything was looked at
	looked   int
	budget   int  // how many may be looked at
	byHolder bool // not by the rarest word, but by who has them
}

// run finds candidates: the newest.
func (s *search) run(ctx context.Context) error {
	driver, common, err := s.rarest(ctx)
	if err != nil || driver == nil {
		return err
	}
	below := s.ask.Below
	if below == 0 {
		below = 1 << 62
	}
	windows, all := s.x.bounds.windows, 0
	for _, window := range windows {
		all += window
	}
	if s.ask.Past > 0 { // as far as was looked for the page before, and no further
		windows = []int{all + 1}
	}
	if common {
		probe := 2 * windows[0]
		if s.ask.Past > 0 {
			probe = windows[0]
		}
		if driver, err = s.furthest(ctx, driver, below, probe); err != nil {
			return err
		}
	}
	for _, window := range windows {
		if s.ask.Past == 0 && s.looked >= s.budget {
			return nil
		}
		n, lowest, err := s.look(ctx, driver, below, window)
		if err != nil {
			return err
		}
		s.looked += n
		if s.ask.Past > 0 {
			s.below = s.ask.Down
			return nil
		}
		if len(s.found) > s.x.bounds.candidates {
			s.found = s.found[:s.x.bounds.candidates]
			s.below = s.found[s.x.bounds.candidates-1].no
			return nil
		}
		if s.below = 0; n < window {
			return nil
		}
		if below, s.below = lowest, lowest; len(s.found) >= s.x.bounds.page {
			return nil
		}
	}
	return nil
}

// widths are how many keys a list of a query has: few lengths are few statements that are kept. narrow are those of a query that asks for
// each key by itself.
var (
	widths = []int{8, 16, mostKeys, 2 * mostKeys, mostPairs}
	narrow = []int{4, 8, 12, 16, 20, 24, 32, mostKeys, 2 * mostKeys, mostPairs}
)

// padded is a list of keys of one of the widths. What is left over is filled with a key that nothing has.
func padded(keys []string, widths []int) []any {
	width := len(keys)
	for _, w := range widths {
		if w >= len(keys) {
			width = w
			break
		}
	}
	out := make([]any, width)
	for i := range out {
		out[i] = ""
		if i < len(keys) {
			out[i] = keys[i]
		}
	}
	return out
}

// among is a list of keys as a query has it. What is left over of its width is filled with the first of them, which a server looks for once: a key
// that nothing has would be one more look for each row that is asked.
func among(q *proceedings.Query, keys []string) string {
	list := padded(keys, widths)
	marks := make([]string, len(list))
	for i, key := range list {
		if i >= len(keys) {
			key = list[0]
		}
		marks[i] = q.Arg(key)
	}
	return "(" + strings.Join(marks, ",") + ")"
}

// rarest gives the keys of which whatever is found must have one: those of the rarest word, or where one word may be
// missing of the rarest two. nil: nothing can be found. common: there are more of them than were counted.
func (s *search) rarest(ctx context.Context) (driver []string, common bool, err error) {
	q := s.x.reader.Query(s.who)
	columns, total := make([]string, len(s.groups)), make([]int, len(s.groups))
	into, order := make([]any, len(s.groups)), make([]int, len(s.groups))
	for i, keys := range s.groups {
		columns[i] = fmt.Sprintf(`(SELECT count(*) FROM (SELECT 1 FROM find_word w WHERE w.word IN %s LIMIT %d) x)`, among(q, keys), s.x.bounds.counted)
		into[i], order[i] = &total[i], i
	}
	if err := s.x.db.QueryRow(ctx, `SELECT `+strings.Join(columns, ", "), q.Values()...).Scan(into...); err != nil {
		return nil, false, fmt.Errorf("count words: %w", err)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(total[a], total[b]) })
	list := order[:1]
	if s.how == Some {
		list = order[:2]
	}
	ranked := make([][]string, len(order))
	for at, i := range order {
		ranked[at] = s.groups[i]
	}
	s.groups = ranked
	n := 0
	for at, i := range list {
		n += total[i]
		common = common || total[i] >= s.x.bounds.counted
		driver = append(driver, s.groups[at]...)
	}
	if n == 0 {
		return nil, false, nil
	}
	slices.Sort(driver)
	return slices.Compact(driver), common, nil
}

// furthest gives the keys by which so many of the newest proceedings reach furthest back: those of the rarest word or, for a reader of a few
// offices, of what these have, and where one office is asked for, of what that has. A word of everyday life is in thousands of cases, of which he may read ten.
func (s *search) furthest(ctx context.Context, word []string, below int64, most int) ([]string, error) {
	ways := [][]string{word}
	if a := s.ask.Office; a != "" {
		var keys []string
		for _, office := range s.x.under(a) {
			keys = append(keys, asHas+hasOffice+office)
		}
		ways = append(ways, keys)
	}
	q := s.x.reader.Query(s.who)
	if b, ok := q.Bounds(); ok {
		ways = append(ways, s.held(b))
	}
	best, lowest := word, int64(math.MaxInt64)
	for i, keys := range ways {
		if i > 0 && (len(keys) == 0 || len(keys) > 2*mostKeys) {
			continue
		}
		if len(ways) == 1 {
			break
		}
		q := s.x.reader.Query(s.who)
		var n int
		var low sql.NullInt64
		text := `SELECT count(*), min(no) FROM (` + s.newest(q, keys, q.Arg(below), strconv.Itoa(most)) + `) d`
		if err := s.x.db.QueryRow(ctx, text, q.Values()...).Scan(&n, &low); err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		if n < most {
			low.Int64 = 0 // all of them
		}
		if low.Int64 < lowest {
			best, lowest, s.byHolder = keys, low.Int64, i > 0
		}
	}
	return best, nil
}

// held are the keys of what a reader may have to do with.
func (s *search) held(b proceedings.Bounds) (keys []string) {
	for _, office := range b.Offices {
		keys = append(keys, asHas+hasOffice+office)
	}
	for _, office := range b.Supervisors {
		keys = append(keys, asHas+hasSupervisor+office)
	}
	if b.Mine {
		keys = append(keys, asHas+hasCharge+s.who.Officer)
	}
	if b.Party {
		keys = append(keys, asHas+hasParty+s.who.Role+" "+s.who.Officer)
	}
	return keys
}

// newest asks for the newest proceedings below a number that have one of the keys.
func (s *search) newest(q *proceedings.Query, keys []string, below, most string) string {
	down := q.Arg(s.ask.Down)
	list := make([]string, 0, len(keys))
	for _, key := range padded(keys, widths) {
		list = append(list, `SELECT no FROM (SELECT DISTINCT w.no FROM find_word w WHERE w.word = `+q.Arg(key)+` AND w.no < `+below+` AND w.no >= `+down+` ORDER BY w.no DESC LIMIT `+most+`) x`)
	}
	return `SELECT no FROM (` + strings.Join(list, " UNION ALL ") + `) u GROUP BY no ORDER BY no DESC LIMIT ` + most
}

// look looks at a window of the newest proceedings below a number that have one of the keys. n is how many there were, lowest the last.
func (s *search) look(ctx context.Context, driver []string, below int64, window int) (n int, lowest int64, err error) {
	q := s.x.reader.Query(s.who)
	holds, some := s.holds(q)
	if !some {
		return 0, 0, nil
	}
	// The window stands in the text: a server that does not know it plans for a tenth of all there is.
	text := `SELECT d.no, CASE WHEN ` + holds + ` THEN 1 ELSE 0 END
FROM (` + s.newest(q, driver, q.Arg(below), strconv.Itoa(window)) + `) d
JOIN find_case f ON f.no = d.no ORDER BY d.no DESC`
	rows, err := s.x.db.Query(ctx, text, q.Values()...)
	if err != nil {
		return 0, 0, fmt.Errorf("search: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var no int64
		var is int
		if err := rows.Scan(&no, &is); err != nil {
			return 0, 0, err
		}
		n, lowest = n+1, no
		if is == 1 {
			s.found = append(s.found, &Hit{no: no})
		}
	}
	return n, lowest, rows.Err()
}

// holds is the condition that a proceeding is found: its words where the reader sees them, the filters, and that he may read
// it. What rules out most is asked first. For whoever reads a few offices that is whether he may read it at all; for others it is whether
// the other words are there, of the index alone (the rarest brought it here, and is not asked for again). What a sheet must be for its
// words to count is asked last: that is the dearest. Each question is a subquery of its own, or a server would ask the dear ones first.
func (s *search) holds(q *proceedings.Query) (text string, some bool) {
	sheet := visible(s.sources, q, "w")
	if s.ask.State != "" {
		sheet += ` AND EXISTS (SELECT 1 FROM find_person t WHERE t.no = w.no AND t.seq = w.seq AND t.state = ` + q.Arg(s.ask.State) + visible(s.sources, q, "t") + `)`
	}
	var there, seen []string
	for i, keys := range s.groups {
		// Not EXISTS: a server would read all that have the word, to ask a few hundred.
		word := `(SELECT 1 FROM find_word w WHERE w.word IN ` + among(q, keys) + ` AND w.no = f.no`
		seen = append(seen, word+sheet+` LIMIT 1) IS NOT NULL`)
		if i > 0 || s.byHolder {
			there = append(there, word+` LIMIT 1) IS NOT NULL`)
		}
	}
	all := strings.Join(seen, " AND ")
	if s.how == Some {
		all = `(CASE WHEN ` + strings.Join(seen, ` THEN 1 ELSE 0 END + CASE WHEN `) + fmt.Sprintf(` THEN 1 ELSE 0 END) >= %d`, len(seen)-1)
	}
	const of = `(SELECT 1 FROM proceeding p WHERE p.id = f.proceeding`
	read, some := q.Readable()
	questions := []string{of + s.filters(q) + read + ` LIMIT 1) IS NOT NULL`, of + ` AND ` + all + ` LIMIT 1) IS NOT NULL`}
	if _, few := q.Bounds(); s.how != Some && (s.byHolder || !few) {
		questions = append(there, questions...)
	}
	return strings.Join(questions, " AND "), some
}

// filters are conditions on the proceeding.
func (s *search) filters(q *proceedings.Query) string {
	a := &s.ask
	text := ` AND p.opened >= ` + q.Arg(a.From)
	if a.To != 0 {
		text += ` AND p.opened < ` + q.Arg(a.To)
	}
	if a.Law != "" {
		text += ` AND p.law = ` + q.Arg(a.Law)
	}
	if a.Stage != "" {
		text += ` AND p.root_state = ` + q.Arg(a.Stage)
	}
	if a.Office != "" {
		text += ` AND p.office IN ` + q.Args(s.x.under(a.Office))
	}
	if a.Over != EitherWay {
		ended := make([]string, 0, len(s.x.reader.Laws()))
		for _, law := range s.x.reader.Laws() {
			ended = append(ended, `p.law = `+q.Arg(law)+` AND p.root_state IN `+q.Args(s.x.reader.Ends(law)))
		}
		is := ` AND (`
		if a.Over == StillOpen {
			is = ` AND NOT (`
		}
		text += is + strings.Join(ended, " OR ") + `)`
	}
	return text
}
