package proceedings

import (
	"context"
	"encoding/json"
	"fmt"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fact"
	"nazorat/internal/stored"
)

// While is from when until when something held; To is 0 where it holds still.
type While struct{ From, To calendar.Moment }

const selectSetting = `SELECT done, effects FROM entry WHERE proceeding = $1 AND act IN `

// ReadByParties is when the parties read the file of a proceeding that was opened to them, as its law names the fact and its entries set it: periods one after
// another; parties are the roles of those who read. The caller has read the proceeding.
func (k *Reader) ReadByParties(ctx context.Context, p *Proceeding) (list []While, parties []string, err error) {
	field, acts, parties := p.Law.Reading()
	if field == "" || len(acts) == 0 {
		return nil, nil, nil
	}
	args := append([]any{p.ID}, db.Keys(acts)...)
	rows, err := k.db.Query(ctx, selectSetting+db.In(len(args)-1, 2)+` ORDER BY seq`, args...)
	if err != nil {
		return nil, nil, fmt.Errorf("read entries: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var done calendar.Moment
		var raw []byte
		var effects []stored.Effect
		if err := rows.Scan(&done, &raw); err != nil {
			return nil, nil, err
		}
		if err := json.Unmarshal(raw, &effects); err != nil {
			return nil, nil, fmt.Errorf("effects of %s: %w", p.Number, err)
		}
		for i := range effects {
			x := &effects[i]
			if x.Effect != "set" || x.Thing != 0 || x.Field != field || x.Value == nil {
				continue
			}
			v, err := fact.Decode(*x.Value)
			if err != nil {
				return nil, nil, err
			}
			n := len(list)
			switch runs := n > 0 && list[n-1].To == 0; {
			case v.Num != 0 && !runs:
				list = append(list, While{From: done})
			case v.Num == 0 && runs:
				list[n-1].To = done
			}
		}
	}
	return list, parties, rows.Err()
}
