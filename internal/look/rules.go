package look

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"go.yaml.in/yaml/v3"

	"nazorat/internal/calendar"
)

// rulesFile is where the rules lie in the folder of the laws.
const rulesFile = "policies/looking.yaml"

// Rules are what is asked of whoever looks, and what is called unusual: data, read from the folder of the laws.
type Rules struct {
	Behind    calendar.Moment // how long looks may wait for the journal before pages are refused
	Holds     calendar.Moment // how long a purpose is remembered
	Purposes  []Purpose
	Emergency EmergencyRules
	Pause     calendar.Moment // the most that counts as reading between one sheet and the next
	Unusual   UnusualRules
}

// Purpose is one that may be chosen.
type Purpose struct {
	ID     string
	Itself bool // it serves the proceeding that is looked at; else another one
	Case   bool // there is a case or a duty of the officer's own behind it
	texts  map[string]string
}

// Text of the purpose in a language: uz, ru or en.
func (p *Purpose) Text(lang string) string {
	if t := p.texts[lang]; t != "" {
		return t
	}
	return p.texts["en"]
}

// EmergencyRules bound what is opened in an emergency.
type EmergencyRules struct {
	Lasts        []calendar.Moment // that may be chosen
	AnswerWithin calendar.Moment
	MostADay     int
}

// UnusualRules say from where on looking is unusual.
type UnusualRules struct {
	Days        int
	From, To    int // hours of a working day
	OutOfHours  int // more looks than these
	WithoutCase int // more proceedings than these
	Namesakes   int
	InARow      int
	Times       int // so many times the middle one of his peers
	Most        int // and more than these
}

// Purpose by its id; nil if there is none.
func (r *Rules) Purpose(id string) *Purpose {
	for i := range r.Purposes {
		if r.Purposes[i].ID == id {
			return &r.Purposes[i]
		}
	}
	return nil
}

// length is a period of the file in microseconds.
type length calendar.Moment

// UnmarshalYAML reads "30min" or "72h".
func (l *length) UnmarshalYAML(n *yaml.Node) error {
	p, err := calendar.ParsePeriod(n.Value)
	if err != nil {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	switch p.Unit {
	case calendar.Minutes:
		*l = length(calendar.Moment(p.N) * calendar.Minute)
	case calendar.Hours:
		*l = length(calendar.Moment(p.N) * calendar.Hour)
	default:
		return fmt.Errorf("line %d: %q: want minutes or hours", n.Line, n.Value)
	}
	return nil
}

// The file as it is written.
type (
	rules struct {
		Recording struct {
			Behind length `yaml:"behind"`
		} `yaml:"recording"`
		Purpose struct {
			Holds   length    `yaml:"holds"`
			Choices []purpose `yaml:"choices"`
		} `yaml:"purpose"`
		Emergency struct {
			Lasts        []length `yaml:"lasts"`
			AnswerWithin length   `yaml:"answer_within"`
			MostADay     int      `yaml:"most_a_day"`
		} `yaml:"emergency"`
		Reading struct {
			Pause length `yaml:"pause"`
		} `yaml:"reading"`
		Unusual struct {
			Days  int `yaml:"days"`
			Hours struct {
				From int `yaml:"from"`
				To   int `yaml:"to"`
				more `yaml:",inline"`
			} `yaml:"hours"`
			WithoutCase more `yaml:"without_case"`
			Namesakes   more `yaml:"namesakes"`
			InARow      more `yaml:"in_a_row"`
			Peers       struct {
				Times int `yaml:"times"`
				more  `yaml:",inline"`
			} `yaml:"peers"`
		} `yaml:"unusual"`
	}
	more struct {
		MoreThan int `yaml:"more_than"`
	}
	purpose struct {
		ID     string `yaml:"id"`
		Serves string `yaml:"serves"`
		Case   bool   `yaml:"case"`
		Uz     string `yaml:"uz"`
		Ru     string `yaml:"ru"`
		En     string `yaml:"en"`
	}
)

// What a purpose may serve, as the file says it.
const (
	servesItself  = "itself"
	servesAnother = "another"
)

// LoadRules reads the rules from the folder of the laws, and refuses what is missing or cannot be.
func LoadRules(fsys fs.FS) (*Rules, error) {
	f, err := fsys.Open(rulesFile)
	if err != nil {
		return nil, fmt.Errorf("rules of looking: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	dec := yaml.NewDecoder(f)
	dec.KnownFields(true)
	var y rules
	if err := dec.Decode(&y); err != nil {
		return nil, fmt.Errorf("%s: %w", rulesFile, err)
	}
	r, err := y.read()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", rulesFile, err)
	}
	return r, nil
}

func (y *rules) read() (*Rules, error) {
	u := &y.Unusual
	r := &Rules{Behind: calendar.Moment(y.Recording.Behind), Holds: calendar.Moment(y.Purpose.Holds), Pause: calendar.Moment(y.Reading.Pause),
		Emergency: EmergencyRules{AnswerWithin: calendar.Moment(y.Emergency.AnswerWithin), MostADay: y.Emergency.MostADay},
		Unusual: UnusualRules{Days: u.Days, From: u.Hours.From, To: u.Hours.To, OutOfHours: u.Hours.MoreThan, WithoutCase: u.WithoutCase.MoreThan,
			Namesakes: u.Namesakes.MoreThan, InARow: u.InARow.MoreThan, Times: u.Peers.Times, Most: u.Peers.MoreThan}}
	for _, l := range y.Emergency.Lasts {
		r.Emergency.Lasts = append(r.Emergency.Lasts, calendar.Moment(l))
		if l <= 0 {
			return nil, errors.New("emergency: lasts: it lasts no time")
		}
	}
	switch {
	case r.Behind <= 0 || r.Holds <= 0:
		return nil, errors.New("recording: behind and purpose: holds want a time")
	case r.Pause <= 0:
		return nil, errors.New("reading: pause wants a time")
	case len(r.Emergency.Lasts) == 0 || r.Emergency.AnswerWithin <= 0 || r.Emergency.MostADay <= 0:
		return nil, errors.New("emergency: lasts, answer_within and most_a_day are wanted")
	case r.Unusual.Days <= 0 || r.Unusual.From < 0 || r.Unusual.To > 24 || r.Unusual.From >= r.Unusual.To || r.Unusual.Times <= 0:
		return nil, errors.New("unusual: days, hours from 0 to 24 and peers: times are wanted")
	case len(y.Purpose.Choices) == 0:
		return nil, errors.New("purpose: there is nothing to choose")
	}
	for _, p := range y.Purpose.Choices {
		switch {
		case p.ID == "" || strings.TrimSpace(p.ID) != p.ID || r.Purpose(p.ID) != nil:
			return nil, fmt.Errorf("purpose %q: each has a name of its own", p.ID)
		case p.Serves != servesItself && p.Serves != servesAnother:
			return nil, fmt.Errorf("purpose %s: serves: want %q or %q", p.ID, servesAnother, servesItself)
		case p.Uz == "" || p.Ru == "" || p.En == "":
			return nil, fmt.Errorf("purpose %s: say it in uz, ru and en", p.ID)
		}
		r.Purposes = append(r.Purposes, Purpose{ID: p.ID, Itself: p.Serves == servesItself, Case: p.Case, texts: map[string]string{"uz": p.Uz, "ru": p.Ru, "en": p.En}})
	}
	return r, nil
}
