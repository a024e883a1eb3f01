// Package codes holds the trade's codes and their checks.
package codes

// PostKind is an establishment kind 编制类型.
type PostKind string

const (
	Administrative      PostKind = "administrative"        // 行政编制
	Justice             PostKind = "justice"               // 政法专项编制
	Enforcement         PostKind = "enforcement"           // 行政执法专项编制
	CivilServantManaged PostKind = "civil-servant-managed" // 参公编制
	Institution         PostKind = "institution"           // 事业编制
	Worker              PostKind = "worker"                // 工勤编制
)

// Funding is a funding form 经费形式.
type Funding string

const (
	FullFunding    Funding = "full"    // 全额
	PartialFunding Funding = "partial" // 差额
	SelfFunding    Funding = "self"    // 自收自支
)

// Flag marks posts that may not be diverted.
type Flag string

const (
	Separate  Flag = "separate"  // 单列
	Earmarked Flag = "earmarked" // 专项
)

// PersonClass is a class of staff.
type PersonClass string

const (
	ClassCivilServant        PersonClass = "civil-servant"         // 公务员
	ClassCivilServantManaged PersonClass = "civil-servant-managed" // 参公人员
	ClassManagement          PersonClass = "management"            // 管理
	ClassProfessional        PersonClass = "professional"          // 专技
	ClassWorker              PersonClass = "worker"                // 工勤
)

// Manner is an entry manner 进入方式.
type Manner string

const (
	Exam         Manner = "exam"         // 考录
	Recruitment  Manner = "recruitment"  // 招聘
	Selection    Manner = "selection"    // 选调
	Assignment   Manner = "assignment"   // 调任
	Resettlement Manner = "resettlement" // 军转、安置
	OtherManner  Manner = "other"        // 其他
)

// ExitReason is why somebody leaves 出编原因.
type ExitReason string

const (
	Retirement    ExitReason = "retirement"     // 退休
	Death         ExitReason = "death"          // 死亡
	Resignation   ExitReason = "resignation"    // 辞职
	Dismissal     ExitReason = "dismissal"      // 辞退
	ContractEnded ExitReason = "contract-ended" // 解聘
	Expulsion     ExitReason = "expulsion"      // 开除
	TransferOut   ExitReason = "transfer-out"   // 调出
	Enterprise    ExitReason = "enterprise"     // 转企
	Missing       ExitReason = "missing"        // 失踪
)

// LineKey names a quota line: kind "/" funding, and "/" flag where one is set,
// such as "administrative/full" or "institution/partial/earmarked".
type LineKey string
