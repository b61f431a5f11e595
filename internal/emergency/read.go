package emergency

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"nazorat/internal/access"
	"nazorat/internal/db"
	"nazorat/internal/fault"
)

const (
	own     = `id, officer, role, office, number, proceeding, law, has, supervisor, why, at, until, answer_by`
	columns = `e.id, e.officer, e.role, e.office, e.number, e.proceeding, e.law, e.has, e.supervisor, e.why, e.at, e.until, e.answer_by,
	coalesce(a.side, ''), coalesce(a.officer, ''), coalesce(a.role, ''), coalesce(a.office, ''), coalesce(a.answer, ''), coalesce(a.why, ''), coalesce(a.at, 0)`
	fromAnswered = ` LEFT JOIN emergency_answer a ON a.emergency = e.id`

	selectOne  = `SELECT ` + columns + ` FROM emergency e` + fromAnswered + ` WHERE e.id = $1 ORDER BY a.at, a.side`
	selectMine = `SELECT ` + columns + ` FROM (SELECT ` + own + ` FROM emergency WHERE officer = $1 ORDER BY at DESC, id LIMIT $2) e` + fromAnswered + ` ORDER BY e.at DESC, e.id, a.at, a.side`
	selectOpen = `SELECT ` + columns + ` FROM (SELECT ` + own + ` FROM emergency o WHERE o.proceeding <> ''
	AND (SELECT count(*) FROM emergency_answer x WHERE x.emergency = o.id) < 2
	AND NOT EXISTS (SELECT 1 FROM emergency_answer x WHERE x.emergency = o.id AND x.answer = 'objected') ORDER BY o.at DESC, o.id LIMIT $1) e` + fromAnswered + ` ORDER BY e.at, e.id, a.at, a.side`
)

// mostOpen is how many unanswered emergencies of the whole service are looked through.
const mostOpen = 1000

func scan(rows *sql.Rows, err error) ([]*Emergency, error) {
	if errors.Is(err, db.ErrText) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read emergencies: %w", err)
	}
	defer rows.Close()
	var out []*Emergency
	for rows.Next() {
		var e Emergency
		var a Answer
		var side, answer string
		err := rows.Scan(&e.ID, &e.Officer, &e.Role, &e.Office, &e.Number, &e.Proceeding, &e.Law, &e.Has, &e.Supervisor, &e.Why, &e.At, &e.Until, &e.AnswerBy,
			&side, &a.Officer, &a.Role, &a.Office, &answer, &a.Why, &a.At)
		if err != nil {
			return nil, err
		}
		if len(out) == 0 || out[len(out)-1].ID != e.ID {
			out = append(out, &e)
		}
		if side != "" {
			a.Side, a.Objects = Side(side), answer == "objected"
			last := out[len(out)-1]
			last.Answers = append(last.Answers, a)
		}
	}
	return out, rows.Err()
}

// One gives an emergency to whoever opened it or answers for it; else, and where there is none, it is fault.NotFound.
func (k *Keeper) One(ctx context.Context, who access.Actor, id string) (*Emergency, error) {
	list, err := scan(k.db.Query(ctx, selectOne, id))
	if err != nil {
		return nil, err
	}
	if len(list) == 0 || list[0].Officer != who.Officer && len(k.Sides(who, list[0])) == 0 {
		return nil, fault.New(fault.NotFound, "emergency.none", nil)
	}
	return list[0], nil
}

const (
	ofOpened    = `SELECT e.id, e.officer, e.role, e.office, e.number, e.proceeding, e.law, e.has, e.supervisor, e.why, e.at, e.until, e.answer_by, '', '', '', '', '', '', 0 FROM `
	selectLeafs = ofOpened + `look l JOIN emergency e ON e.id = l.emergency WHERE l.kind = 'opened' AND l.leaf >= $1 AND l.leaf < $2 ORDER BY l.leaf, l.n`
	selectThese = ofOpened + `emergency e WHERE e.id IN `
)

// Opened lists what was opened by the leaves [from, to) of the journal, in their order, without answers: for whoever tells of it.
func Opened(tx *db.Tx, from, to int64) ([]*Emergency, error) {
	return scan(tx.Query(selectLeafs, from, to))
}

// Answerable says of some emergencies which may be answered by somebody, now or once they were: those that he may know of, by id, without their answers.
func (k *Keeper) Answerable(ctx context.Context, who access.Actor, ids []string) (map[string]*Emergency, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	keys := db.Keys(ids)
	list, err := scan(k.db.Query(ctx, selectThese+db.In(len(keys), 1)+` ORDER BY e.id`, keys...))
	if err != nil {
		return nil, err
	}
	out := map[string]*Emergency{}
	for _, e := range list {
		if len(k.Sides(who, e)) > 0 {
			out[e.ID] = e
		}
	}
	return out, nil
}

// Mine lists what an officer opened and tried, the newest first.
func (k *Keeper) Mine(ctx context.Context, who access.Actor, limit int) ([]*Emergency, error) {
	return scan(k.db.Query(ctx, selectMine, who.Officer, limit))
}

// ToAnswer lists what somebody has still to confirm or to object to, the oldest first.
func (k *Keeper) ToAnswer(ctx context.Context, who access.Actor) ([]*Emergency, error) {
	// Most officers answer for nobody: they cost no question to the database.
	if !k.allowed(who, access.AnswerEmergency, access.Resource{Office: who.Office}) && !k.allowed(who, access.AnswerEmergency, access.Resource{Supervisor: who.Office}) {
		return nil, nil
	}
	list, err := scan(k.db.Query(ctx, selectOpen, mostOpen))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(e *Emergency) bool { return len(k.Owed(who, e)) == 0 }), nil
}
