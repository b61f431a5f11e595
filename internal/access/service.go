package access

import (
	"sync"

	"github.com/cedar-policy/cedar-go/types"
)

// Office is what the policies must know of an office.
type Office struct {
	ID, Parent string
	Competent  map[string]string // by role: the office that has it for this one, where one is laid down
}

// Service is the offices as the policies see them, made once for each state of
// the directory. Safe for concurrent use.
type Service struct {
	offices map[types.EntityUID]types.Entity
	ids     []string

	mu        sync.RWMutex
	reaches   map[reachOf]*Reach // as many as there are mandates at most: what they follow from lives as long as this
	sheets    map[sheetsOf]*Rows
	listed    map[reachOf]map[string]bool
	decisions map[decisionOf]Decision
	mandates  map[Subject]types.Entity
}

// decisionOf is what a decision follows from, beside the service.
type decisionOf struct {
	edition *Edition
	who     Subject
	do      Action
	what    spot
}

// mostRemembered bounds what is remembered: a service asks a few thousand different questions.
const mostRemembered = 20_000

// NewService makes the offices known to the policies. A parent that is not
// among them is no parent.
func NewService(list []Office) *Service {
	s := &Service{offices: make(map[types.EntityUID]types.Entity, len(list)), ids: make([]string, 0, len(list)), reaches: map[reachOf]*Reach{}, sheets: map[sheetsOf]*Rows{}, listed: map[reachOf]map[string]bool{}, decisions: map[decisionOf]Decision{}, mandates: map[Subject]types.Entity{}}
	parents := make(map[string]string, len(list))
	for _, o := range list {
		parents[o.ID] = o.Parent
	}
	for _, o := range list {
		// All that stand above, so that "in" is one look and not a walk; a circle ends with the list.
		var above []types.EntityUID
		up := o.Parent
		for range list {
			parent, known := parents[up]
			if !known {
				break
			}
			above, up = append(above, officeUID(up)), parent
		}
		tags := make(types.RecordMap, len(o.Competent))
		for role, office := range o.Competent {
			tags[types.String(role)] = officeUID(office)
		}
		uid := officeUID(o.ID)
		s.offices[uid] = types.Entity{UID: uid, Parents: types.NewEntityUIDSet(above...), Tags: types.NewRecord(tags)}
		s.ids = append(s.ids, o.ID)
	}
	return s
}

func (s *Service) known(office string) bool {
	_, ok := s.offices[officeUID(office)]
	return ok
}

// mandate is who asks as the policies see him.
func (s *Service) mandate(who Subject) types.Entity {
	who.OnLeave = false // it belongs to the question
	manner := who.Manner
	if manner == "" {
		manner = appointed
	}
	s.mu.RLock()
	e, ok := s.mandates[who]
	s.mu.RUnlock()
	if ok {
		return e
	}
	e = types.Entity{UID: asker, Attributes: types.NewRecord(types.RecordMap{
		ofOfficer:   types.EntityUID{Type: officerType, ID: types.String(who.Officer)},
		ofRole:      types.String(who.Role),
		ofOffice:    officeUID(who.Office),
		ofClearance: setOfTexts(levels(who.Clearance)),
		ofManner:    types.String(manner),
	})}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.mandates) >= mostRemembered {
		clear(s.mandates)
	}
	s.mandates[who] = e
	return e
}

func setOfTexts(list []string) types.Set {
	out := make([]types.Value, len(list))
	for i, text := range list {
		out[i] = types.String(text)
	}
	return types.NewSet(out...)
}

func (s *Service) remembered(key decisionOf) (Decision, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	d, ok := s.decisions[key]
	return d, ok
}

func (s *Service) remember(key decisionOf, d Decision) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.decisions) >= mostRemembered {
		clear(s.decisions)
	}
	s.decisions[key] = d
}
