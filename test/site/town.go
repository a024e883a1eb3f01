package site

import (
	"testing"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
	"staffledger/http/ports"
	"staffledger/test/world"
)

// Town is a site with some units, people and changes at every step, under names
// as long and as odd as they come.
type Town struct {
	*Site
	Water, Harbour, Team, School domain.UnitID
	Doc                          domain.DocumentID
	InReview, AtOffice, ToRecord domain.ChangeID
	Returned, Recorded           domain.ChangeID
	Withdrawn                    domain.ChangeID
	Approval                     domain.ApprovalID
	Batch                        string
	Person                       domain.PersonID
	LongName                     string
}

// Line keys of the town.
const (
	Admin       codes.LineKey = "administrative/full"
	Enforcement codes.LineKey = "enforcement/full"
	Institution codes.LineKey = "institution/full"
)

// LongUnit is the longest name a unit of the town has.
const LongUnit = "虚构市港航事务协调与岸线资源综合管理服务中心（虚构市水上交通应急指挥保障中心）"

// NewTown builds a town on a Tuesday in November.
func NewTown(t testing.TB, o Options) *Town {
	t.Helper()
	w := &Town{Site: New(t, "2026-11-02", o), LongName: "阿卜杜热合曼·买买提依明江·尼亚孜"}
	w.users()
	w.units()
	w.staff()
	w.changes()
	w.Follow()
	return w
}

// Users of the town beside the world's: short name, full name, role.
var townUsers = []struct {
	short, name string
	role        domain.Role
}{
	{"wu", "吴敏", domain.Collector}, {"zhou", "周宁", domain.GateOrganization}, {"shen", "沈慧", domain.GateHR}, {"chen", "陈立", domain.GateOffice},
	{"zheng", "郑录", domain.Recorder}, {"wang", "王建国", domain.Approver}, {"gao", "高越", domain.Leader}, {"xu", "许知远", domain.Committee},
	{"gu", "顾清", domain.Auditor}, {"he", "何静", domain.Inspector}, {"feed", "许航", domain.Subscriber},
}

func (w *Town) users() {
	for _, u := range townUsers {
		w.Name(u.short, u.name, "")
		w.Grant(u.short, u.role, domain.Scope{})
	}
	// One who works in two roles, and one who may see a single unit's subtree
	// only; they are granted once the units stand.
	w.Name("two", "林默", "")
	w.Grant("two", domain.Collector, domain.Scope{})
	w.Grant("two", domain.Approver, domain.Scope{})
	w.Name("own", "王砚", "")
	w.Name("outsider", "外人", "")
}

// DemoUsers are the users of the town as a sign-in page lists them.
func DemoUsers() []ports.DemoUser {
	var all []ports.DemoUser
	for _, u := range townUsers {
		all = append(all, ports.DemoUser{SignIn: "u-" + u.short, Password: Password, Name: u.name, Role: u.role,
			TryZH: "打开首页，看等您办理的变动。", TryEN: "Open the home page and see what waits for you."})
	}
	return all
}

func (w *Town) found(code, name, short, system, rank string, parent domain.UnitID, level domain.Level) domain.UnitID {
	return domain.UnitID(w.Must("L", usecase.EstablishUnit{Code: code, Division: string(level), System: system, Rank: rank, Level: level, Parent: parent,
		Name: name, ShortName: short, Effective: w.Clock.Now().Day(), Document: w.Document()}).ID)
}

func (w *Town) give(unit domain.UnitID, level domain.Level, line codes.LineKey, posts, held int) {
	pool := w.Balance(domain.PoolOf(level), line)[0]
	w.Must("K", usecase.SetPool{Level: level, Line: line, Posts: pool + posts + 5, Document: w.Document(), Reason: "核定编制总额"})
	w.Must("K", usecase.MoveQuota{Giver: domain.PoolOf(level), Taker: domain.AccountOf(unit), GiverLine: line, TakerLine: line, Posts: posts,
		Effective: w.Clock.Now().Day(), Document: w.Document(), Reason: "三定方案核定"})
	if held > 0 {
		w.Must("L", usecase.HoldBackPosts{Unit: unit, Line: line, Posts: held, Effective: w.Clock.Now().Day(), Document: w.Document(), Reason: "控编"})
	}
}

func (w *Town) units() {
	w.Doc = domain.DocumentID(w.Must("c", usecase.RegisterDocument{Number: "甬编〔2026〕33号", Issuer: "市委机构编制委员会办公室",
		Title: "关于市水务协调局所属事业单位清理规范和机构编制事项调整的批复", Grants: "核定行政编制", Date: w.Clock.Now().Day() - 3}).ID)
	w.Water = w.found("330200-0147", "虚构市水务协调局", "市水务协调局", "government", "division", "", codes.City)
	w.Team = w.found("330200-0148", "虚构市水务协调局执法支队", "水务执法支队", "institution", "deputy-division", w.Water, codes.City)
	w.Harbour = w.found("330200-0149", LongUnit, "市港航中心", "institution", "division", "", codes.City)
	w.School = w.found("330282-0201", "慈溪市第一实验学校", "慈溪实验学校", "institution", "section", "", "330282")
	w.give(w.Water, codes.City, Admin, 20, 2)
	w.give(w.Water, codes.City, Enforcement, 4, 0)
	w.give(w.Team, codes.City, Enforcement, 6, 0)
	w.give(w.Harbour, codes.City, Institution, 2, 0)
	w.give(w.School, "330282", Institution, 30, 0)
	w.Grant("own", domain.UnitHead, domain.Scope{Unit: w.Water})
	w.Grant("own", domain.Collector, domain.Scope{Unit: w.Water})
}

func (w *Town) form(n int, line codes.LineKey, effective string) usecase.ChangeForm {
	f := w.EntryForm(n, line, effective)
	f.Document = w.Doc
	f.Particulars.Education, f.Particulars.Ethnicity = "21", "01"
	f.Particulars.InternalBody, f.Particulars.Post, f.Particulars.PostRank = "水资源管理处（行政审批处）", "一级主任科员", "正科"
	f.Particulars.School, f.Particulars.WorkStart = "河海大学", "2008-07"
	f.Note = "军转安置"
	return f
}

// enter takes a person through everything.
func (w *Town) enter(unit domain.UnitID, f usecase.ChangeForm) domain.ChangeID {
	change := domain.ChangeID(w.Must("wu", usecase.Collect{Unit: unit, ChangeForm: f}).ID)
	w.pass(change, 3)
	w.Must("zheng", usecase.Record{Change: change})
	return change
}

var townGates = []string{"zhou", "shen", "chen"}

// pass passes the first n gates of the default route.
func (w *Town) pass(change domain.ChangeID, n int) {
	for i := range n {
		w.Must(townGates[i], usecase.Pass{Change: change, Items: w.Items(world.Gates[i]), Opinion: "材料齐全，符合规定。"})
	}
}

func (w *Town) staff() {
	for n := 1; n <= 12; n++ {
		f := w.form(n, Admin, "2026-11-02")
		if n == 3 {
			f.Particulars.Name = w.LongName
		}
		w.Recorded = w.enter(w.Water, f)
	}
	for n := 20; n <= 23; n++ {
		w.enter(w.Water, w.form(n, Enforcement, "2026-11-02"))
	}
	for n := 30; n <= 31; n++ {
		f := w.form(n, Institution, "2026-11-02")
		w.enter(w.Harbour, f)
	}
	w.Person = w.World.Person(5)
}

func (w *Town) changes() {
	w.At("2026-11-16")
	w.Approval = domain.ApprovalID(w.Must("wang", usecase.ApproveUse{Unit: w.Water, Line: Admin, Posts: 2, Manner: codes.Exam, Plan: "2026年度公务员考录计划",
		Note: "缺编补员", Document: w.Doc}).ID)
	retire := func(n int, effective string) usecase.ChangeForm {
		f := w.ExitForm(w.World.Person(n), effective)
		f.Document = w.Doc
		f.Note = "达到退休年龄"
		return f
	}
	collect := func(unit domain.UnitID, f usecase.ChangeForm) domain.ChangeID {
		return domain.ChangeID(w.Must("wu", usecase.Collect{Unit: unit, ChangeForm: f}).ID)
	}
	w.InReview = collect(w.Water, w.form(40, Admin, "2026-11-16"))
	w.AtOffice = collect(w.Water, retire(3, "2026-11-16"))
	w.pass(w.AtOffice, 2)
	w.ToRecord = collect(w.Water, retire(4, "2026-11-16"))
	w.pass(w.ToRecord, 3)
	w.Returned = collect(w.Water, w.form(41, Admin, "2026-11-16"))
	w.Must("zhou", usecase.Return{Change: w.Returned, Fields: map[string]string{"education": "与学历证明不一致，请核对", "workstart": "请附参加工作时间证明"},
		Opinion: "学历证明与名册不一致。"})
	w.Withdrawn = collect(w.Team, w.form(42, Enforcement, "2026-11-16"))
	w.Must("wu", usecase.Withdraw{Change: w.Withdrawn, Reason: "人选放弃"})
	full := collect(w.Harbour, w.form(43, Institution, "2026-11-16"))
	w.pass(full, 2)
	exam := w.form(44, Admin, "2026-11-16")
	exam.Manner, exam.Approval = codes.Exam, w.Approval
	collect(w.Water, exam)
	var rows []usecase.ChangeForm
	for n := 60; n < 72; n++ {
		f := w.form(n, Institution, "2026-11-16")
		f.Particulars.Post, f.Particulars.InternalBody, f.Particulars.PostRank = "教师", "语文组", ""
		rows = append(rows, f)
	}
	rows[5].IDNumber = world.IDNumber(60) // the same person twice: set aside
	rows[5].Particulars.Name = world.PersonName(60)
	w.Batch = w.Must("wu", usecase.CollectBatch{Unit: w.School, Rows: rows}).ID
	w.At("2026-11-24")
}

// Entry is the form of an entry as a browser would type it.
func (w *Town) Entry(n int) map[string]string {
	return map[string]string{"kind": string(account.Entry), "unit": string(w.Water), "name": world.PersonName(n), "idnumber": world.IDNumber(n), "line": string(Admin),
		"class": string(codes.ClassCivilServant), "manner": string(codes.Resettlement), "effective": "2026-11-23", "document": "甬编〔2026〕33号", "post": "科员"}
}
