package look

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
)

// Why looking is unusual: the ends of the keys of the texts that say so.
const (
	OutOfHours  = "hours"
	WithoutCase = "without_case"
	OfNamesakes = "namesakes"
	InARow      = "in_a_row"
	MoreThanAll = "peers"
)

// Reason is one way in which an officer's looking is unusual, with the figures that say how much.
type Reason struct {
	Why   string
	N     int    // how many
	Of    int    // of how many; or what is usual among his peers
	First string // of numbers in a row, the first and the last
	Last  string
}

// Unusual is an officer whose looking is unusual.
type Unusual struct {
	Officer string
	Why     []Reason
}

const (
	// bucket of time that looks are counted by: no zone of the world is off by less from another.
	bucket = 15 * calendar.Minute

	selectHours   = `SELECT officer, at / $3, count(*) FROM look WHERE office = $1 AND officer <> '' AND at >= $2 AND kind IN ('view', 'search', 'download') GROUP BY officer, at / $3`
	selectForeign = `SELECT officer, count(DISTINCT CASE WHEN basis = 'emergency' OR purpose IN %s THEN proceeding END), count(DISTINCT proceeding),
	count(DISTINCT CASE WHEN namesakes > 0 THEN proceeding END) FROM look WHERE office = $1 AND at >= $2 AND basis <> 'own' AND kind IN ('view', 'download') GROUP BY officer`
	selectPeers   = `SELECT officer, role, count(DISTINCT proceeding) FROM look WHERE office = $1 AND officer <> '' AND at >= $2 AND proceeding <> '' AND kind IN ('view', 'download') GROUP BY officer, role`
	selectNumbers = `SELECT DISTINCT l.officer, p.number FROM look l JOIN proceeding p ON p.id = l.proceeding
WHERE l.office = $1 AND l.at >= $2 AND l.basis <> 'own' AND l.kind IN ('view', 'download') ORDER BY l.officer, p.number LIMIT $3`
)

// mostNumbers bounds the numbers that are looked through for such as follow each other.
const mostNumbers = 20_000

// Unusual finds whose looking for an office was unusual over the days that the rules name, by days off and
// hours of work of a calendar. Those with the most reasons stand first. The caller has made sure that whoever asks may know it.
func (k *Keeper) Unusual(ctx context.Context, office string, days *calendar.Days, now calendar.Moment) ([]Unusual, error) {
	from := now - calendar.Moment(k.rules.Unusual.Days)*24*calendar.Hour
	found := map[string][]Reason{}
	for _, look := range []func(context.Context, string, calendar.Moment, *calendar.Days, map[string][]Reason) error{k.outOfHours, k.foreign, k.peers, k.inARow} {
		if err := look(ctx, office, from, days, found); err != nil {
			return nil, err
		}
	}
	out := make([]Unusual, 0, len(found))
	for _, officer := range slices.Sorted(maps.Keys(found)) {
		out = append(out, Unusual{officer, found[officer]})
	}
	slices.SortStableFunc(out, func(a, b Unusual) int { return cmp.Compare(len(b.Why), len(a.Why)) })
	return out, nil
}

// each gives every row of a query to f.
func each(rows *sql.Rows, err error, f func(scan func(...any) error) error) error {
	if err != nil {
		return fmt.Errorf("read looks: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (k *Keeper) outOfHours(ctx context.Context, office string, from calendar.Moment, days *calendar.Days, found map[string][]Reason) error {
	u := &k.rules.Unusual
	out, all := map[string]int{}, map[string]int{}
	rows, err := k.db.Query(ctx, selectHours, office, from, int64(bucket))
	err = each(rows, err, func(scan func(...any) error) error {
		var officer string
		var at calendar.Moment
		var n int
		if err := scan(&officer, &at, &n); err != nil {
			return err
		}
		day, tod := days.Zone().Local(at * bucket)
		all[officer] += n
		if !days.Working(day) || tod < calendar.Moment(u.From)*calendar.Hour || tod >= calendar.Moment(u.To)*calendar.Hour {
			out[officer] += n
		}
		return nil
	})
	for officer, n := range out {
		if n > u.OutOfHours {
			found[officer] = append(found[officer], Reason{Why: OutOfHours, N: n, Of: all[officer]})
		}
	}
	return err
}

// foreign counts proceedings that were not the officer's own work.
func (k *Keeper) foreign(ctx context.Context, office string, from calendar.Moment, _ *calendar.Days, found map[string][]Reason) error {
	u := &k.rules.Unusual
	args := []any{office, from}
	for i := range k.rules.Purposes {
		if p := &k.rules.Purposes[i]; !p.Case {
			args = append(args, p.ID)
		}
	}
	rows, err := k.db.Query(ctx, fmt.Sprintf(selectForeign, db.In(len(args)-2, 3)), args...)
	return each(rows, err, func(scan func(...any) error) error {
		var officer string
		var without, all, namesakes int
		if err := scan(&officer, &without, &all, &namesakes); err != nil {
			return err
		}
		if without > u.WithoutCase {
			found[officer] = append(found[officer], Reason{Why: WithoutCase, N: without, Of: all})
		}
		if namesakes > u.Namesakes {
			found[officer] = append(found[officer], Reason{Why: OfNamesakes, N: namesakes, Of: all})
		}
		return nil
	})
}

// peers compares how many proceedings each looked at with the middle one of the others of his role.
func (k *Keeper) peers(ctx context.Context, office string, from calendar.Moment, _ *calendar.Days, found map[string][]Reason) error {
	u := &k.rules.Unusual
	type one struct {
		officer string
		n       int
	}
	byRole := map[string][]one{}
	rows, err := k.db.Query(ctx, selectPeers, office, from)
	err = each(rows, err, func(scan func(...any) error) error {
		var role string
		var x one
		if err := scan(&x.officer, &role, &x.n); err != nil {
			return err
		}
		byRole[role] = append(byRole[role], x)
		return nil
	})
	if err != nil {
		return err
	}
	for _, list := range byRole {
		slices.SortFunc(list, func(a, b one) int { return cmp.Or(cmp.Compare(a.n, b.n), cmp.Compare(a.officer, b.officer)) })
		for i, x := range list {
			others := slices.Delete(slices.Clone(list), i, i+1)
			if len(others) == 0 {
				continue
			}
			middle := others[len(others)/2].n
			if x.n > u.Most && x.n >= u.Times*max(middle, 1) {
				found[x.officer] = append(found[x.officer], Reason{Why: MoreThanAll, N: x.n, Of: middle})
			}
		}
	}
	return nil
}

// inARow finds proceedings whose numbers follow each other.
func (k *Keeper) inARow(ctx context.Context, office string, from calendar.Moment, _ *calendar.Days, found map[string][]Reason) error {
	numbers := map[string][]string{}
	rows, err := k.db.Query(ctx, selectNumbers, office, from, mostNumbers)
	err = each(rows, err, func(scan func(...any) error) error {
		var officer, number string
		if err := scan(&officer, &number); err != nil {
			return err
		}
		numbers[officer] = append(numbers[officer], number)
		return nil
	})
	for officer, list := range numbers {
		if run := longestRun(list); len(run) > k.rules.Unusual.InARow {
			found[officer] = append(found[officer], Reason{Why: InARow, N: len(run), First: run[0], Last: run[len(run)-1]})
		}
	}
	return err
}

// longestRun is the longest part of some numbers of proceedings in which each is one more than the one before.
func longestRun(numbers []string) []string {
	type parts struct {
		whole, series string
		n             int64
	}
	var list []parts
	for _, number := range numbers {
		i := len(strings.TrimRight(number, "0123456789"))
		if n, err := strconv.ParseInt(number[i:], 10, 64); err == nil {
			list = append(list, parts{number, number[:i], n})
		}
	}
	slices.SortFunc(list, func(a, b parts) int { return cmp.Or(cmp.Compare(a.series, b.series), cmp.Compare(a.n, b.n)) })
	var best, run []string
	for i, p := range list {
		if i == 0 || p.series != list[i-1].series || p.n != list[i-1].n+1 {
			run = nil
		}
		if run = append(run, p.whole); len(run) > len(best) {
			best = slices.Clone(run)
		}
	}
	return best
}
