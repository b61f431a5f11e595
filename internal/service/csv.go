package service

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"nazorat/internal/directory"
	"nazorat/internal/web"
)

// Columns of the CSV, in and out. Those that only come out are passed over on the way in.
func columnsIn() []string {
	return []string{"name", "login", "role", "office", "from", "to", "order"}
}

// mostLines bounds what is taken in at once: they are done together or not at all.
const mostLines = 500

// line is one officer to be enrolled, as it was written.
type line struct {
	No    int // in the text, from 1
	Cells map[string]string
	Wrong string // what is wrong with it, in words; ""
}

// errColumns says that the first line does not name the columns.
var errColumns = errors.New("the first line does not name the columns")

// errTooMany says that there are more lines than are taken in at once.
var errTooMany = errors.New("too many lines")

// readCSV reads lines, separated by commas, semicolons or tabs as the first line is. A line that
// cannot be read is an error with its number.
func readCSV(text string) ([]line, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	first, _, _ := strings.Cut(text, "\n")
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.TrimLeadingSpace = -1, true
	for _, sep := range []rune{';', '\t'} {
		if strings.Count(first, string(sep)) > strings.Count(first, string(r.Comma)) {
			r.Comma = sep
		}
	}
	head, err := r.Read()
	if err != nil {
		return nil, errColumns
	}
	at := map[string]int{}
	for i, h := range head {
		at[strings.ToLower(strings.TrimSpace(h))] = i
	}
	for _, c := range columnsIn() {
		if _, ok := at[c]; !ok && c != "to" {
			return nil, fmt.Errorf("%w: %s", errColumns, c)
		}
	}
	var out []line
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if len(out) == mostLines {
			return nil, errTooMany
		}
		no, _ := r.FieldPos(0)
		l := line{No: no, Cells: map[string]string{}}
		for _, c := range columnsIn() {
			if i, ok := at[c]; ok && i < len(cells) {
				l.Cells[c] = plain(strings.TrimSpace(cells[i]))
			}
		}
		out = append(out, l)
	}
}

// formulas are the signs by which a spreadsheet takes a cell for a formula.
const formulas = "=+-@\t\r"

// guarded is a cell that no spreadsheet takes for a formula; plain is what was guarded.
func guarded(s string) string {
	if s != "" && (strings.ContainsRune(formulas, rune(s[0])) || s[0] == '\'') {
		return "'" + s
	}
	return s
}

func plain(s string) string {
	if len(s) > 1 && s[0] == '\'' && (strings.ContainsRune(formulas, rune(s[1])) || s[1] == '\'') {
		return s[1:]
	}
	return s
}

// export writes who has which mandate now or will have, of the offices that somebody administers.
func (r *room) writeCSV(w io.Writer, t *web.Words, list []directory.Held) error {
	out := csv.NewWriter(w)
	if err := out.Write(append(columnsIn(), "manner", "instead_of", "office_name", "clearance")); err != nil {
		return err
	}
	for i := range list {
		h := &list[i]
		o := r.dir.Tree().Office(h.Office)
		if o == nil {
			continue // it was founded a moment ago
		}
		to := ""
		if h.To != 0 {
			to = r.zone.Date(h.To - 1).String()
		}
		cells := []string{h.Name, h.Login, h.Role, o.Code, r.zone.Date(h.From).String(), to, h.Order, h.Manner, h.Whose, t.Office(o), r.dir.Tree().Clearance(h.Officer, r.docket.Now)}
		for j := range cells {
			cells[j] = guarded(cells[j])
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
