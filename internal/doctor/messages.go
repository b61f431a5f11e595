package doctor

import (
	"context"
	"fmt"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/notice"
)

// What is still called well of messages.
const (
	messageWaits    = time.Hour // notices are gathered for minutes, and pauses between tries grow to half an hour
	messageWaitsBad = 6 * time.Hour
	mailWithin      = 10 * time.Second
)

// messages looks whether the mail server lets the office in, how much waits to leave it, and what was given up.
func (e *examination) messages(ctx context.Context, d *db.DB, now time.Time) {
	if e.Mail == nil && e.Gateway == nil {
		e.ok("messages", "neither e-mail nor SMS is set: officers are told in their inboxes alone")
	}
	if e.Mail != nil {
		within, cancel := context.WithTimeout(ctx, mailWithin)
		defer cancel()
		if err := e.Mail.Reach(within); err != nil {
			e.found(Fail, "mail", fmt.Sprintf("%s: %v", e.Mail.Server(), err), "see --smtp, its user and --smtp-password, and whether the server can be reached from here; meanwhile messages wait")
		} else {
			e.ok("mail", "%s lets the office in", e.Mail.Server())
		}
	}
	queues, err := notice.Queues(ctx, d, calendar.At(now.Add(-24*time.Hour)))
	if err != nil {
		e.found(Fail, "messages", err.Error(), "see whether the database can be reached")
		return
	}
	waiting := map[notice.Channel]bool{notice.Email: e.Mail != nil, notice.SMS: e.Gateway != nil}
	for _, q := range queues {
		age := now.Sub(q.Oldest.Time())
		says := fmt.Sprintf("%d wait to go out by %s, the oldest for %s", q.N, q.Channel, period(age))
		do := "see in the log of the process that has the duty messages why they are not taken, and docs/operations.md, “When messages do not arrive”"
		switch {
		case q.State == notice.GivenUp:
			e.found(Warn, "messages", fmt.Sprintf("%d were given up by %s within a day", q.N, q.Channel), "their officers have them in the inbox; see docs/operations.md, “When messages do not arrive”")
		case !waiting[q.Channel]:
			e.found(Warn, "messages", says+", and this process has no such channel", "set it as it was, or let them be given up by themselves")
		case age > messageWaitsBad:
			e.found(Fail, "messages", says, do)
		case age > messageWaits:
			e.found(Warn, "messages", says, do)
		default:
			e.ok("messages", "%s", says)
		}
	}
}
