// Package doctor looks an office over: its database, its keys and its journal, the
// machine, and the office as it is served. It says of each thing whether it is well,
// what is wrong with it, and what to do.
//
// It looks and never changes anything, may be run beside an office that is at work,
// and takes seconds: of proceedings it checks a sample, and leaves the whole to
// nazorat verify. What it says may be shown to anybody who runs the office: it holds
// no password, no key and nothing of a person.
package doctor

import (
	"context"
	"fmt"
	"time"

	"nazorat/internal/journal"
	"nazorat/internal/notice"
	"nazorat/internal/publiclog"
	"nazorat/internal/seal"
)

// State of what was looked at.
type State uint8

// The states: well, soon not well any more or not as it should be, and not well.
const (
	OK State = iota
	Warn
	Fail
)

func (s State) String() string { return [...]string{"ok", "warn", "fail"}[s] }

// Finding is what was found of one thing.
type Finding struct {
	State State
	Of    string // what was looked at, in one word
	Says  string
	Do    string // what to do about it; "" where it is well
}

// Patient is an office, as far as it is told of; what is left out is not looked at.
type Patient struct {
	DB        string // location of its database
	Signer    func(context.Context) (seal.Signer, error)
	Witnesses []publiclog.Witness
	Keys      journal.Keys // that sign, or signed, beside the signer's
	Backups   string       // folder of backups
	Secrets   string       // file of the keys of secrets; "" for none
	Spool     string       // folder of the spool of looks, as it is set
	Documents string       // the folder of documents, as it is set
	State     string       // folder of state of the user that serves
	Mail      *notice.Mail // by which officers are told; nil: by none
	Gateway   *notice.Gateway
	URL       string // where it is served, such as http://localhost:8080
	Figures   string // where its figures are served
	Sample    int    // how many proceedings are checked
}

// Examine looks an office over, tells each finding as it comes, and gives the worst state.
func Examine(ctx context.Context, p Patient, tell func(Finding)) State {
	e := &examination{Patient: p, tell: tell}
	if p.DB != "" {
		e.database(ctx)
	}
	if p.Backups != "" {
		e.backups(time.Now())
	}
	if p.URL != "" {
		e.served(ctx)
	}
	if p.Figures != "" {
		e.figures(ctx)
	}
	return e.worst
}

// examination under way.
type examination struct {
	Patient
	tell  func(Finding)
	worst State
	size  int64 // of the journal, as the database has it; 0 if it was not looked at
}

func (e *examination) found(s State, of, says, do string) {
	e.worst = max(e.worst, s)
	if s == OK {
		do = ""
	}
	e.tell(Finding{s, of, says, do})
}

func (e *examination) ok(of, says string, args ...any) {
	e.found(OK, of, fmt.Sprintf(says, args...), "")
}

// period is a length of time as people say it.
func period(d time.Duration) string {
	switch d = d.Abs(); {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f seconds", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f minutes", d.Minutes())
	case d < 48*time.Hour:
		return fmt.Sprintf("%.0f hours", d.Hours())
	}
	return fmt.Sprintf("%.0f days", d.Hours()/24)
}

// size of something in bytes, as people say it.
func bytesOf(n uint64) string {
	const unit = 1024
	if n < unit {
		return fmt.Sprintf("%d bytes", n)
	}
	div, exp := uint64(unit), 0
	for m := n / unit; m >= unit; m /= unit {
		div *= unit
		exp++
	}
	return fmt.Sprintf("%.1f %ciB", float64(n)/float64(div), "KMGTPE"[exp])
}
