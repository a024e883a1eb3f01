// Package policy holds what practice lets differ from place to place: routes,
// deadlines, bounds and the like, as dated data with shipped defaults
// (domain model §15), and the working-day calendars.
package policy

import (
	"encoding/json"
	"fmt"
	"slices"

	"staffledger/domain"
	"staffledger/domain/codes"
)

const (
	TypeSet         domain.EventType = "policy.set.v1"
	TypeCalendarSet domain.EventType = "calendar.set.v1"
)

// PolicySet replaces one policy from a day on. Value is the policy's JSON.
type PolicySet struct {
	Name    string          `json:"name"`    // of the policy
	Version int             `json:"version"` // 1, 2, … of that name; the shipped default is 0
	From    domain.Day      `json:"from"`    // first day on which it holds
	Value   json.RawMessage `json:"value"`   // the policy as JSON, by its name
}

// CalendarSet fixes the working days of a year: public holidays on weekdays
// and working days on weekends.
type CalendarSet struct {
	Year     int          `json:"year"`     // calendar year
	Holidays []domain.Day `json:"holidays"` // weekdays without work
	Workdays []domain.Day `json:"workdays"` // weekend days with work
}

func (PolicySet) EventType() domain.EventType   { return TypeSet }
func (CalendarSet) EventType() domain.EventType { return TypeCalendarSet }

// Decode reads the data of a policy or calendar event; an unknown type is an error.
func Decode(t domain.EventType, data []byte) (domain.Payload, error) {
	switch t {
	case TypeSet:
		return domain.DecodeData[PolicySet](t, data)
	case TypeCalendarSet:
		return domain.DecodeData[CalendarSet](t, data)
	}
	return nil, fmt.Errorf("policy: unknown event type %q", t)
}

// Names of policies; the stream is "policy-<name>".
const (
	Routes        = "routes"        // RoutePolicy
	Checklists    = "checklists"    // map gate → []ChecklistItem
	Compatibility = "compatibility" // map post kind → []person class
	Approvals     = "approvals"     // ApprovalPolicy
	Deadlines     = "deadlines"     // DeadlinePolicy
	Bounds        = "bounds"        // BoundPolicy
	Authority     = "authority"     // AuthorityPolicy: what exceeds the leader's matrix
)

// RouteRule is the ordered list of gates of a kind of change and person class;
// an empty Class is the rule for all others.
type RouteRule struct {
	Kind  string            `json:"kind"`
	Class codes.PersonClass `json:"class,omitempty"`
	Gates []string          `json:"gates"`
}

// ChecklistItem is one thing a gate must confirm, on changes of the kinds and of
// persons of the classes named; an empty list means all.
type ChecklistItem struct {
	Key     string              `json:"key"`
	ZH      string              `json:"zh"`
	EN      string              `json:"en"`
	Kinds   []string            `json:"kinds,omitempty"`
	Classes []codes.PersonClass `json:"classes,omitempty"`
}

// Applies tells whether the item must be confirmed on a change.
func (c ChecklistItem) Applies(kind string, class codes.PersonClass) bool {
	return (len(c.Kinds) == 0 || slices.Contains(c.Kinds, kind)) && (len(c.Classes) == 0 || slices.Contains(c.Classes, class))
}

// Checklist returns what a gate must confirm on a change.
func (s *Set) Checklist(gate, kind string, class codes.PersonClass) []ChecklistItem {
	var items []ChecklistItem
	for _, item := range s.Checklists[gate] {
		if item.Applies(kind, class) {
			items = append(items, item)
		}
	}
	return items
}

// ApprovalPolicy says which manners need an approval of use, and how long one
// is valid at most.
type ApprovalPolicy struct {
	Manners      []codes.Manner `json:"manners"`
	ValidityDays int            `json:"validitydays"`
}

// DeadlinePolicy holds deadlines in working days.
type DeadlinePolicy struct {
	Handling int `json:"handling"` // from collection to recording
	Exit     int `json:"exit"`     // from an exit's effective date to its recording
}

// BoundPolicy bounds back-dating, in months.
type BoundPolicy struct {
	BackdatingMonths int `json:"backdatingmonths"`
}

// AuthorityPolicy is the authority matrix in its present extent: how many posts
// one leader's decision may move; more needs the committee.
type AuthorityPolicy struct {
	LeaderPostsMax int `json:"leaderpostsmax"`
}

// Set is all policies as they hold on one day: a plain value, never changed
// after it is made. Versions tells which version of each name is in it.
type Set struct {
	Routes        []RouteRule
	Checklists    map[string][]ChecklistItem
	Compatibility map[codes.PostKind][]codes.PersonClass
	Approvals     ApprovalPolicy
	Deadlines     DeadlinePolicy
	Bounds        BoundPolicy
	Authority     AuthorityPolicy
	Versions      map[string]int
}

// Route returns the gates for a kind of change and a person class, by the most
// specific rule.
func (s *Set) Route(kind string, class codes.PersonClass) []string {
	var general []string
	for _, r := range s.Routes {
		if r.Kind != kind {
			continue
		}
		if r.Class == class && class != "" {
			return r.Gates
		}
		if r.Class == "" {
			general = r.Gates
		}
	}
	return general
}
