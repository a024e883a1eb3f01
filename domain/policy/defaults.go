package policy

import (
	"staffledger/domain/codes"
)

// Names lists the policies in the order of the documents.
var Names = []string{Routes, Checklists, Compatibility, Approvals, Deadlines, Bounds, Authority}

// Kinds lists the kinds of staffing changes that have routes.
var Kinds = []string{"entry", "exit"}

// Gates lists the gates that a route may name (domain model §5).
var Gates = []string{"unit-head", "supervisor", "organization", "hr", "office"}

// Defaults returns the shipped policies, version 0 of each name (domain model
// §15). It is a new value.
func Defaults() *Set {
	entry, exit := []string{"entry"}, []string{"exit"}
	return &Set{
		Routes: []RouteRule{
			{Kind: "entry", Gates: []string{"organization", "hr", "office"}},
			{Kind: "exit", Gates: []string{"organization", "hr", "office"}},
		},
		Checklists: map[string][]ChecklistItem{
			"unit-head": {
				{Key: "facts", ZH: "所报情况属实", EN: "What is stated is true"},
				{Key: "decided", ZH: "本单位已集体研究", EN: "Decided by the unit's leadership"},
			},
			"supervisor": {
				{Key: "agreed", ZH: "主管部门同意", EN: "The supervising department agrees"},
			},
			"organization": {
				{Key: "appointment", ZH: "任免文件或调配手续", EN: "Appointment paper or posting order"},
				{Key: "authority", ZH: "干部管理权限", EN: "Cadre authority"},
				{Key: "seat", ZH: "职数与职级", EN: "Seat and rank", Kinds: entry},
				{Key: "registration", ZH: "公务员登记", EN: "Civil-servant registration", Kinds: entry,
					Classes: []codes.PersonClass{codes.ClassCivilServant, codes.ClassCivilServantManaged}},
			},
			"hr": {
				{Key: "filing", ZH: "招录、聘用备案", EN: "Recruitment or employment filing", Kinds: entry},
				{Key: "level", ZH: "岗位等级", EN: "Post level", Kinds: entry},
				{Key: "retirement", ZH: "退休、离职手续", EN: "Retirement or leaving paper", Kinds: exit},
			},
			"office": {
				{Key: "approval", ZH: "用编核准及余额", EN: "Approval of use and its rest", Kinds: entry},
				{Key: "kind", ZH: "编制类型相符", EN: "Kind of post fits", Kinds: entry},
				{Key: "headroom", ZH: "编制空余", EN: "Headroom", Kinds: entry},
				{Key: "holding", ZH: "在编情况相符", EN: "The post held is as stated", Kinds: exit},
			},
		},
		Compatibility: map[codes.PostKind][]codes.PersonClass{
			codes.Administrative:      {codes.ClassCivilServant},
			codes.Justice:             {codes.ClassCivilServant},
			codes.Enforcement:         {codes.ClassCivilServant, codes.ClassCivilServantManaged},
			codes.CivilServantManaged: {codes.ClassCivilServantManaged},
			codes.Institution:         {codes.ClassManagement, codes.ClassProfessional, codes.ClassWorker},
			codes.Worker:              {codes.ClassWorker},
		},
		Approvals: ApprovalPolicy{Manners: []codes.Manner{codes.Exam, codes.Recruitment, codes.Selection}, ValidityDays: 90},
		Deadlines: DeadlinePolicy{Handling: 10, Exit: 15},
		Bounds:    BoundPolicy{BackdatingMonths: 24},
		Authority: AuthorityPolicy{LeaderPostsMax: 20},
		Versions:  map[string]int{Routes: 0, Checklists: 0, Compatibility: 0, Approvals: 0, Deadlines: 0, Bounds: 0, Authority: 0},
	}
}

// part returns where a policy's value stands in a set; nil for an unknown name.
func (s *Set) part(name string) any {
	switch name {
	case Routes:
		return &s.Routes
	case Checklists:
		return &s.Checklists
	case Compatibility:
		return &s.Compatibility
	case Approvals:
		return &s.Approvals
	case Deadlines:
		return &s.Deadlines
	case Bounds:
		return &s.Bounds
	case Authority:
		return &s.Authority
	}
	return nil
}
