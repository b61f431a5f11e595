package stored

import (
	"encoding/json"
	"fmt"

	"nazorat/internal/procedure"
)

// Parties are the parties to a proceeding as its row has them: pairs of role and officer as JSON, and of no role an office of which something is asked; "" for none.
type Parties []procedure.Party

// Text is how they are kept.
func (p Parties) Text() string {
	if len(p) == 0 {
		return ""
	}
	pairs := make([][2]string, len(p))
	for i, x := range p {
		pairs[i] = [2]string{x.As, x.Officer + x.Office} // one of them is empty
	}
	text, err := json.Marshal(pairs)
	if err != nil {
		return "" // not reached: texts can always be written
	}
	return string(text)
}

// Scan reads them back from a row.
func (p *Parties) Scan(src any) error {
	var text []byte
	switch src := src.(type) {
	case string:
		text = []byte(src)
	case []byte:
		text = src
	default:
		return fmt.Errorf("parties: %T is no text", src)
	}
	*p = nil
	if len(text) == 0 {
		return nil
	}
	var pairs [][2]string
	if err := json.Unmarshal(text, &pairs); err != nil {
		return fmt.Errorf("parties: %w", err)
	}
	for _, x := range pairs {
		if x[0] == "" {
			*p = append(*p, procedure.Party{Office: x[1]})
			continue
		}
		*p = append(*p, procedure.Party{Officer: x[1], As: x[0]})
	}
	return nil
}
