package demo

import (
	"slices"

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

// placeOf is the place of a sign-in among the demo users.
func placeOf(signIn string) int {
	return slices.IndexFunc(demoUsers, func(u ports.DemoUser) bool { return u.SignIn == signIn })
}

func demoUser(signIn string) ports.DemoUser {
	return Users()[placeOf(signIn)]
}

// Thing is something in the city worth looking at. Its name stands in every
// city, whatever the seed.
type Thing struct {
	Kind   string // "unit" or "person"
	Name   string // full name of a unit, or a person's name
	ZH, EN string // why
}

// Book lists the things worth looking at, in the order of a walk.
func Book() []Thing { return slices.Clone(book) }

var book = []Thing{
	{"unit", "宁波市水务协调局", "三类编制，预留、控编都有；一件退回，一件今日到期，一件待录入", "Three kinds of posts, reserved and held back; one change returned, one due, one to be recorded"},
	{"unit", "宁波市水务协调局执法支队", "行政执法专项编制，有空余", "Enforcement posts, some of them free"},
	{"unit", "宁波市水文数据中心", "有空编4名，可以试办入编和用编核准", "Four free posts: try an entry or an approval here"},
	{"unit", "宁波市港航事务协调与岸线资源管理服务中心", "满编；名称最长", "Full; the longest name"},
	{"unit", "宁波市文化遗产院", "一件入编待人社审核", "An entry before the human resources bureau"},
	{"unit", "宁波听澜职业技术学院", "两批新录用教师，一批待审核，一批待录入", "Two batches of new lecturers, one under review, one to be recorded"},
	{"unit", "中共宁波市委编制事务办公室", "审核、核准、录入人员在此任职", "Where reviewers, approvers and recorders work"},
	{"unit", "宁海县林场服务中心", "一件出编逾期未办", "An exit that is overdue"},
	{"unit", "慈溪市审计中心", "一件入编被编办退回", "An entry returned by the office"},
	{"person", "李芸", "退休出编，编办今日到期", "Retires; the office's gate is due today (on the working day after the last)"},
	{"person", "赵启明", "考录入编，学历不符被退回", "Entry by examination, returned for the education"},
	{"person", "冯雨", "辞职出编，待录入", "Resigned, to be recorded"},
	{"person", "何川", "调出，待组织部审核", "Transfers out, before the organization department"},
	{"person", "周宁", "组织部审核人员，本人调出在办：回避", "Reviewer whose own transfer is under way: own file"},
	{"person", "罗素英", "退休出编，逾期", "Retired, overdue"},
	{"person", "秦朗", "安置入编，单位满编，编办不能通过", "Resettlement into a full unit: the office cannot pass it"},
	{"person", "马骏", "调任入编，待人社审核", "Comes from elsewhere, before the human resources bureau"},
	{"person", "章未", "管理人员入编，待主管部门审核", "A manager, before the supervising department"},
	{"person", "陶立新", "工勤人员入编，待单位负责人审核", "A support worker, before the head of the unit"},
	{"person", "柳依", "入编，依据文号不符被退回", "Returned: the document does not fit"},
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
