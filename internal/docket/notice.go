package docket

import (
	"context"
	"strings"

	"nazorat/internal/db"
)

// What changed is said to all processes of the office in the transaction that
// changes it (db.Tx.Notify), and heard by each, the one that did it too, once it
// is committed. A notice is lines: its title, then for each change the
// proceeding and the offices whose boards it touches.
const noticeTitle = "docket"

// mostSaid keeps a notice within what PostgreSQL takes.
const mostSaid = 7000

// Say is for whoever writes something else that stands on officers' pages: those who watch an office look again.
func Say(tx *db.Tx, changes []Change) error { return say(tx, changes) }

// say puts changes into as few notices as hold them.
func say(tx *db.Tx, changes []Change) error {
	var b strings.Builder
	flush := func() error {
		if b.Len() == 0 {
			return nil
		}
		text := noticeTitle + b.String()
		b.Reset()
		return tx.Notify(text)
	}
	for _, c := range changes {
		line := "\n" + c.Proceeding + "\t" + strings.Join(c.Offices, "\t")
		if b.Len()+len(line) > mostSaid {
			if err := flush(); err != nil {
				return err
			}
		}
		if len(line) > mostSaid { // so many offices that all may as well look again
			line = "\n" + c.Proceeding
		}
		b.WriteString(line)
	}
	return flush()
}

// hear reads a notice, and tells the watchers of this process.
func (k *Docket) hear(text string) {
	_ = k.dir.Hear(context.Background(), text) // where the database is away, "" is heard when it is back
	if text == "" {                            // some may have been missed
		k.tell(Change{All: true})
		return
	}
	lines := strings.Split(text, "\n")
	if lines[0] != noticeTitle {
		return
	}
	for _, line := range lines[1:] {
		parts := strings.Split(line, "\t")
		k.tell(Change{Proceeding: parts[0], Offices: parts[1:], All: len(parts) == 1})
	}
}
