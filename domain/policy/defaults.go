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
	return &Set{
		Routes: []RouteRule{
			{Kind: "entry", Gates: []string{"organization", "hr", "office"}},
			{Kind: "exit", Gates: []string{"organization", "hr", "office"}},
		},
		Checklists: map[string][]ChecklistItem{
			"unit-head": {
				{"facts", "所报情况属实", "What is stated is true"},
				{"decided", "本单位已集体研究", "Decided by the unit's leadership"},
			},
			"supervisor": {
				{"agreed", "主管部门同意", "The supervising department agrees"},
			},
			"organization": {
				{"appointment", "任免文件或调配手续", "Appointment paper or posting order"},
				{"authority", "干部管理权限", "Cadre authority"},
				{"seat", "职数与职级", "Seat and rank"},
				{"registration", "公务员登记", "Civil-servant registration"},
			},
			"hr": {
				{"filing", "招录、聘用备案", "Recruitment or employment filing"},
				{"level", "岗位等级", "Post level"},
				{"retirement", "退休、离职手续", "Retirement or leaving paper"},
			},
			"office": {
				{"approval", "用编核准及余额", "Approval of use and its rest"},
				{"kind", "编制类型相符", "Kind of post fits"},
				{"headroom", "编制空余", "Headroom"},
				{"lock", "账户未锁定", "Account not locked"},
				{"problems", "无影响办理的问题", "No problem stands against it"},
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
