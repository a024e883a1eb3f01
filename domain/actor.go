package domain

// Role is what a user may do, granted over a Scope by an event
// (docs/events.md, role.granted).
type Role string

const (
	Collector        Role = "collector"         // 采集: collects changes for a unit
	UnitHead         Role = "head"              // 单位负责人: signs for the unit
	Supervisor       Role = "supervisor"        // 主管部门: collects for and looks after subordinate units
	GateOrganization Role = "gate:organization" // 组织部审核
	GateHR           Role = "gate:hr"           // 人社局审核
	GateOffice       Role = "gate:office"       // 编办审核
	Approver         Role = "approver"          // 用编核准
	Recorder         Role = "recorder"          // 录入
	Inspector        Role = "inspector"         // 督查
	Leader           Role = "leader"            // 编办领导
	Committee        Role = "committee"         // 编委
	Auditor          Role = "auditor"           // 审计: reads all, writes nothing
	Admin            Role = "admin"             // 管理员: users and policy, no personal data
	Subscriber       Role = "subscriber"        // 订阅: the feed, for downstream systems
	SystemRole       Role = "system"            // what falls due by itself; never granted
)

// Roles lists every role that can be granted, in the order of the documents.
var Roles = []Role{Collector, UnitHead, Supervisor, GateOrganization, GateHR, GateOffice, Approver,
	Recorder, Inspector, Leader, Committee, Auditor, Admin, Subscriber}

// NeedsSecondAdmin tells whether a grant of the role takes effect only when a
// second administrator confirms it (domain model §10).
func (r Role) NeedsSecondAdmin() bool {
	switch r {
	case GateOrganization, GateHR, GateOffice, Recorder, Inspector, Leader, Committee, Admin:
		return true
	}
	return false
}

// Scope is where a role holds: every unit of a managing level, or the subtree
// of one unit, or the whole city when both are empty. Level "330200" alone
// covers the units managed by the city itself, not those of its counties.
type Scope struct {
	Level Level  `json:"level,omitempty"` // units managed by this level
	Unit  UnitID `json:"unit,omitempty"`  // the root of a subtree, by unit id
}

// Whole tells whether the scope is the whole city.
func (s Scope) Whole() bool { return s.Level == "" && s.Unit == "" }

// Actor is the human being who takes a step, in one role.
type Actor struct {
	User       UserID
	Human      HumanID // for separation: the person behind the user
	Also       HumanID // a delegate counts as both; empty otherwise
	Role       Role
	OnBehalfOf string // unit id a supervisor collects for, or the delegator's user id
}

// Is tells whether the actor counts as h in the separation of duties.
func (a Actor) Is(h HumanID) bool { return h != "" && (a.Human == h || a.Also == h) }
