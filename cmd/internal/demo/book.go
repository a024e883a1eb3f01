package demo

import (
	"staffledger/domain"
	"staffledger/http/ports"
)

// User is a demo sign-in with its user id.
type User struct {
	ports.DemoUser
	ID domain.UserID
}

// Password of every demo user: for a ledger of invented people only.
const Password = "staffledger-demo"

// Users are the demo sign-ins, one for each role and the second administrator,
// in the order in which they are worth trying. They are the same in every city.
func Users() []ports.DemoUser {
	users := make([]ports.DemoUser, len(demoUsers))
	for i, u := range demoUsers {
		u.Password = Password
		users[i] = u
	}
	return users
}

func demoUser(signIn string) ports.DemoUser {
	for _, u := range Users() {
		if u.SignIn == signIn {
			return u
		}
	}
	panic("demo: no demo user " + signIn)
}

var demoUsers = []ports.DemoUser{
	{SignIn: "collector", Name: "吴敏", Role: domain.Collector,
		TryZH: "打开待办，看退回的赵启明入编；再为市水文数据中心采集一名军转安置人员入编。",
		TryEN: "Open the queue and see 赵启明's returned entry; then collect a resettlement entry for 市水文数据中心."},
	{SignIn: "organization", Name: "周宁", Role: domain.GateOrganization,
		TryZH: "审核何川的出编；再看自己的调出：本人的档案，不能办理。",
		TryEN: "Pass the exit of 何川; then open your own transfer: nobody acts on the own file."},
	{SignIn: "hr", Name: "沈慧", Role: domain.GateHR,
		TryZH: "在待办中按批审核听澜职业技术学院新录用的教师。",
		TryEN: "Pass the new lecturers of 听澜职业技术学院 as one batch from your queue."},
	{SignIn: "office", Name: "陈立", Role: domain.GateOffice,
		TryZH: "审核通过李芸的出编（今日到期）；再试港航中心的入编：满编，会被拒绝并说明出路。",
		TryEN: "Pass the exit of 李芸, due today; then try the entry at the harbour centre: it is full, and the refusal names the way out."},
	{SignIn: "recorder", Name: "郑录", Role: domain.Recorder,
		TryZH: "录入冯雨的出编，看余额和追溯怎样变化。",
		TryEN: "Record the exit of 冯雨 and watch balance and trace."},
	{SignIn: "approver", Name: "王建国", Role: domain.Approver,
		TryZH: "为市水文数据中心核准用编1名，再对港航中心试一次：没有空余。",
		TryEN: "Approve one post for 市水文数据中心, then try the harbour centre: no free post."},
	{SignIn: "head", Name: "王砚", Role: domain.UnitHead,
		TryZH: "以市水务协调局负责人身份审核一名工勤人员的入编。",
		TryEN: "As head of 市水务协调局, pass the entry of a support worker."},
	{SignIn: "supervisor", Name: "林默", Role: domain.Supervisor,
		TryZH: "以主管部门身份审核市水文数据中心一名管理人员的入编。",
		TryEN: "As supervising department, pass the entry of a manager at 市水文数据中心."},
	{SignIn: "leader", Name: "高越", Role: domain.Leader,
		TryZH: "从周转池为市水文数据中心增加编制2名，再控编1名。",
		TryEN: "Grant two posts from the pool to 市水文数据中心, then hold one back."},
	{SignIn: "committee", Name: "许知远", Role: domain.Committee,
		TryZH: "核定市级周转池；一次调剂超过20名的编制只有编委可以决定。",
		TryEN: "Fix the city's pool; only the committee may move more than 20 posts at once."},
	{SignIn: "auditor", Name: "顾清", Role: domain.Auditor,
		TryZH: "核验全部，然后追溯市水务协调局六年的每一步。",
		TryEN: "Verify everything, then trace every step of 市水务协调局 through six years."},
	{SignIn: "inspector", Name: "何静", Role: domain.Inspector,
		TryZH: "查看逾期未办的变动，例如宁海县林场服务中心罗素英的出编。",
		TryEN: "Look at overdue changes, such as the exit of 罗素英 at 宁海县林场服务中心."},
	{SignIn: "admin", Name: "管文", Role: domain.Admin,
		TryZH: "提名一名新的审核人，由第二管理员确认；看政策的各个版本。",
		TryEN: "Propose a new reviewer, to be confirmed by the second administrator; look at the versions of the policies."},
	{SignIn: "admin2", Name: "严理", Role: domain.Admin,
		TryZH: "确认管文提名的角色。",
		TryEN: "Confirm the role that 管文 has proposed."},
	{SignIn: "subscriber", Name: "许航", Role: domain.Subscriber,
		TryZH: "读取事件流，例如最近一百条。",
		TryEN: "Read the feed of events, say the last hundred."},
}
