package example

import (
	"encoding/json"
	"slices"
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/document"
	"staffledger/domain/policy"
	"staffledger/domain/unitcode"
	"staffledger/domain/user"
)

const (
	administrative codes.LineKey = "administrative/full"
	institution    codes.LineKey = "institution/partial"
)

var (
	water   = domain.AccountOf(Water)
	harbour = domain.AccountOf(Harbour)
	pool    = domain.PoolOf("330200")

	founding   = ID[domain.ProcessID]("process founding")
	refounding = ID[domain.ProcessID]("process founding refused")
	declined   = ID[domain.ProcessID]("process move refused")
	grant      = ID[domain.ProcessID]("process grant")
	ahead      = ID[domain.ProcessID]("process grant ahead")
	cut        = ID[domain.ProcessID]("process cut")
	move       = ID[domain.ProcessID]("process move")
	bracket    = ID[domain.ProcessID]("process opening")
	bracket2   = ID[domain.ProcessID]("process opening abandoned")
	entering   = ID[domain.ProcessID]("process entry")
	leaving    = ID[domain.ProcessID]("process exit")
	rejected   = ID[domain.ProcessID]("process entry refused")
)

// moved is a movement of one posting that counts on the day of the event.
func moved(line codes.LineKey, day string, change, before account.Balance) account.Movement {
	return account.Movement{
		Line:     &account.Line{Key: line, Before: before, After: before.Plus(change)},
		Postings: []account.Posting{{Line: line, Day: Day(day), Change: change}},
	}
}

func process(p domain.ProcessID) domain.Tag { return domain.TagOf(domain.TagProcess, p) }

// commandOf and digestOf are the command of a process and the digest of its
// request.
func commandOf(p domain.ProcessID) domain.CommandID {
	return ID[domain.CommandID]("command of " + string(process(p)))
}

func digestOf(p domain.ProcessID) string { return digest("request of " + string(process(p))) }

func reason(key, text string) *domain.Personal {
	return domain.PersonalOf(key, account.ChangeNote{Note: text})
}

func history() []step {
	var all []step
	for _, part := range [][]step{beginning(), quota(), staffing(), opening()} {
		all = append(all, part...)
	}
	slices.SortStableFunc(all, func(a, b step) int { return strings.Compare(a.at, b.at) })
	return all
}

// beginning: the ledger, people of the system, policies, papers, a unit.
func beginning() []step {
	userKey := "user:" + string(Office)
	unitText := account.UnitText{Name: "市水务协调局", ShortName: "市水务局", OtherNames: []string{"市河湖管理局"}}
	return []step{
		{stream: domain.LedgerStream, at: "2026-01-04 08:30:00", payload: domain.LedgerOpened{Ledger: Ledger, Demo: true}},
		{stream: domain.UserOf(Admin), at: "2026-01-04 08:30:01", payload: user.RoleGranted{Grant: ID[string]("grant first"), Role: domain.Admin}},
		{stream: domain.UserOf(Office), at: "2026-01-04 09:00:12", by: Admin, role: domain.Admin, deciding: true,
			payload: user.Registered{Human: ID[domain.HumanID]("person 陈立"), Text: domain.PersonalOf(userKey, user.Text{Name: "陈立", SignIn: "chenli"})}},
		{stream: domain.UserOf(Office), at: "2026-01-04 09:02:40", by: Admin, role: domain.Admin, deciding: true,
			payload: user.RoleProposed{Grant: ID[string]("grant office"), Role: domain.GateOffice, Scope: domain.Scope{Level: "330200"}, By: ID[domain.HumanID]("person 冯雨")}},
		{stream: domain.UserOf(Office), at: "2026-01-04 10:15:03", by: SecondAdmin, role: domain.Admin, deciding: true,
			payload: user.RoleGranted{Grant: ID[string]("grant office"), Role: domain.GateOffice, Scope: domain.Scope{Level: "330200"},
				By: ID[domain.HumanID]("person 罗素英")}},
		{stream: domain.UserOf(Collector), at: "2026-01-04 10:20:31", by: Admin, role: domain.Admin, deciding: true,
			payload: user.RoleGranted{Grant: ID[string]("grant collector"), Role: domain.Collector, Scope: domain.Scope{Unit: Water}}},
		{stream: domain.UserOf(Collector), at: "2026-01-04 10:24:08", by: Admin, role: domain.Admin, deciding: true,
			payload: user.RoleGranted{Grant: ID[string]("grant auditor"), Role: domain.Auditor}},
		{stream: domain.UserOf(Collector), at: "2026-06-30 17:02:11", by: Admin, role: domain.Admin, deciding: true,
			payload: user.RoleRevoked{Grant: ID[string]("grant auditor")}},
		{stream: domain.UserOf(HR), at: "2026-12-31 17:30:45", by: Admin, role: domain.Admin, deciding: true, payload: user.Disabled{}},
		{stream: domain.StreamOf(domain.DocumentStream, string(Paper)), at: "2026-11-10 09:41:27", by: Collector, role: domain.Collector, deciding: true,
			payload: document.Registered{Date: Day("2026-11-10"), Digest: "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03", Size: 184320,
				Text: domain.PersonalOf("document:"+string(Paper), document.Text{Number: "甬水协〔2026〕33号", Issuer: "市水务协调局",
					Title: "关于李芸同志退休的通知", Grants: "李芸自2026年11月24日起退休", File: "甬水协2026-33.pdf"})}},
		{stream: domain.StreamOf(domain.PolicyStream, policy.Routes), at: "2026-01-05 09:00:00", by: Admin, role: domain.Admin, document: Authority, effective: Day("2026-02-01"), deciding: true,
			payload: policy.PolicySet{Name: policy.Routes, Version: 1, From: Day("2026-02-01"), Value: json.RawMessage(
				`[{"kind":"entry","gates":["organization","hr","office"]},{"kind":"entry","class":"worker","gates":["hr","office"]},{"kind":"exit","gates":["organization","hr","office"]}]`)}},
		{stream: domain.StreamOf(domain.PolicyStream, policy.Bounds), at: "2026-01-05 09:05:00", by: Admin, role: domain.Admin, document: Authority, effective: Day("2026-02-01"), deciding: true,
			payload: policy.PolicySet{Name: policy.Bounds, Version: 2, From: Day("2026-02-01"), Value: json.RawMessage(`{"backdatingmonths":36}`)}},
		{stream: domain.StreamOf(domain.CalendarStream, "2027"), at: "2026-11-02 09:00:00", by: Admin, role: domain.Admin, document: Authority, deciding: true,
			payload: policy.CalendarSet{Year: 2027, Holidays: []domain.Day{Day("2027-01-01"), Day("2027-02-08")}, Workdays: []domain.Day{Day("2027-02-14")}}},
		{stream: domain.StreamOf(domain.UnitCodeStream, WaterCode), at: "2026-02-02 14:00:02", by: Leader, role: domain.Leader, document: Authority, effective: Day("2026-02-02"),
			tags: []domain.Tag{process(founding), domain.TagOf(domain.TagUnit, Water)}, payload: unitcode.Claimed{Process: founding, Unit: Water, Level: "330200", Parent: Harbour, Division: "330203", System: "government", Rank: "division",
				Command: commandOf(founding), Digest: digestOf(founding), Text: domain.PersonalOf("unit:"+string(Water), unitText)}},
		{stream: water, at: "2026-02-02 14:00:02", by: Leader, role: domain.Leader, document: Authority, effective: Day("2026-02-02"),
			tags: []domain.Tag{process(founding)}, deciding: true,
			payload: account.UnitEstablished{Process: founding, Code: WaterCode, Level: "330200", Parent: Harbour, Division: "330203",
				System: "government", Rank: "division", Text: domain.PersonalOf("unit:"+string(Water), unitText)}},
		{stream: domain.StreamOf(domain.UnitCodeStream, WaterCode), at: "2026-02-02 14:00:02", by: Leader, role: domain.Leader,
			tags: []domain.Tag{process(founding), domain.TagOf(domain.TagUnit, Water)}, cause: account.TypeUnitEstablished, payload: unitcode.Held{Process: founding, Unit: Water}},
		{stream: harbour, at: "2026-02-02 14:06:40", by: Leader, role: domain.Leader, tags: []domain.Tag{process(refounding)},
			payload: account.UnitRefused{Process: refounding, Refusal: domain.Refuse(domain.WrongStep, "unit", "needed", "unit-not-established")}},
		{stream: domain.StreamOf(domain.UnitCodeStream, WaterCode), at: "2026-02-02 14:06:41", by: Leader, role: domain.Leader,
			tags: []domain.Tag{process(refounding), domain.TagOf(domain.TagUnit, Harbour)}, cause: account.TypeUnitRefused, payload: unitcode.Released{Process: refounding, Unit: Harbour}},
	}
}

// quota: postings with two sides, approvals of use.
func quota() []step {
	unitKey := "unit:" + string(Water)
	tagged := func(p domain.ProcessID) []domain.Tag { return []domain.Tag{process(p)} }
	approval := []domain.Tag{domain.TagOf(domain.TagApproval, Approval)}
	other := []domain.Tag{domain.TagOf(domain.TagApproval, Other)}
	return []step{
		{stream: pool, at: "2026-02-02 15:00:00", by: Committee, role: domain.Committee, document: Authority, effective: Day("2026-02-02"), deciding: true,
			payload: account.PoolSet{Posts: 60, Text: reason("level:330200", "年度总量核定"),
				Movement: moved(administrative, "2026-02-02", account.Balance{3}, account.Balance{57})}},
		{stream: pool, at: "2026-02-03 09:10:00", by: Leader, role: domain.Leader, document: Authority, effective: Day("2026-02-03"), tags: tagged(grant),
			payload: account.QuotaOffered{Process: grant, Taker: water, TakerLine: administrative, GiverLine: administrative, Posts: 3, Body: "office", Command: commandOf(grant), Digest: digestOf(grant),
				Text: reason(unitKey, "承担新增防汛职责"), Movement: moved(administrative, "2026-02-03", account.Balance{-3}, account.Balance{60})}},
		{stream: water, at: "2026-02-03 09:10:00", by: Leader, role: domain.Leader, document: Authority, effective: Day("2026-02-03"), tags: tagged(grant), deciding: true,
			payload: account.QuotaTaken{Act: account.TypeQuotaGranted, Process: grant, Giver: pool, TakerLine: administrative, Posts: 3,
				Movement: moved(administrative, "2026-02-03", account.Balance{3}, account.Balance{47, 46})}},
		{stream: pool, at: "2026-02-03 09:10:00", by: Leader, role: domain.Leader, tags: tagged(grant), cause: account.TypeQuotaGranted,
			payload: account.QuotaSettled{Process: grant}},
		{stream: water, at: "2026-11-20 10:00:00", by: Leader, role: domain.Leader, document: Authority, effective: Day("2027-01-01"), tags: tagged(ahead), deciding: true,
			payload: account.QuotaTaken{Act: account.TypeQuotaGranted, Process: ahead, Giver: pool, TakerLine: institution, Posts: 1, LandsOn: Day("2027-01-01")}},
		{stream: water, at: "2027-01-04 08:00:01", document: Authority, effective: Day("2027-01-01"), tags: tagged(ahead), behalf: string(Leader),
			payload: account.QuotaLanded{Process: ahead, Posts: 1, Movement: account.Movement{
				Line:     &account.Line{Key: institution, Before: account.Balance{4, 4}, After: account.Balance{5, 4}},
				Postings: []account.Posting{{Line: institution, Day: Day("2027-01-01"), Change: account.Balance{1}}}}}},
		{stream: pool, at: "2026-11-20 10:05:00", by: Leader, role: domain.Leader, document: Authority, effective: Day("2027-01-01"), tags: tagged(cut), deciding: true,
			payload: account.QuotaTaken{Act: account.TypeQuotaCut, Process: cut, Giver: harbour, TakerLine: institution, Posts: 1, LandsOn: Day("2027-01-01")}},
		{stream: water, at: "2026-11-20 10:10:00", by: Leader, role: domain.Leader, document: Authority, effective: Day("2027-01-01"), tags: tagged(move), deciding: true,
			payload: account.QuotaTaken{Act: account.TypeQuotaMoved, Process: move, Giver: harbour, TakerLine: institution, Posts: 2, LandsOn: Day("2027-01-01")}},
		{stream: pool, at: "2026-02-02 15:30:00", by: Committee, role: domain.Committee, document: Authority, effective: Day("2026-02-02"), deciding: true,
			payload: account.PoolSet{Posts: 60, Movement: account.Movement{Postings: []account.Posting{{Line: administrative, Day: Day("2026-02-02")}}}}},
		{stream: water, at: "2026-12-15 16:00:00", by: Approver, role: domain.Approver, document: Plan, effective: Day("2026-12-15"), tags: approval, deciding: true,
			payload: account.UseRevoked{Approval: Approval, Freed: 0, Kept: 2}},
		{stream: pool, at: "2026-05-11 16:20:00", by: Leader, role: domain.Leader, document: Authority, effective: Day("2026-05-01"), tags: tagged(cut), deciding: true,
			payload: account.QuotaTaken{Act: account.TypeQuotaCut, Process: cut, Giver: harbour, TakerLine: institution, Posts: 2,
				Movement: moved(institution, "2026-05-01", account.Balance{2}, account.Balance{8})}},
		{stream: water, at: "2026-05-12 09:00:00", by: Leader, role: domain.Leader, document: Authority, effective: Day("2026-05-12"), tags: tagged(move), deciding: true,
			payload: account.QuotaTaken{Act: account.TypeQuotaMoved, Process: move, Giver: harbour, TakerLine: institution, Posts: 1,
				Movement: moved(institution, "2026-05-12", account.Balance{1}, account.Balance{3, 3})}},
		{stream: water, at: "2026-05-12 09:30:00", by: Leader, role: domain.Leader, tags: tagged(declined),
			payload: account.QuotaRefused{Process: declined, Giver: harbour, Refusal: domain.Refuse(domain.BulkOpen, "unit",
				"process", string(bracket), "rows", 40, "of", 62)}},
		{stream: harbour, at: "2026-05-12 09:30:00", by: Leader, role: domain.Leader, effective: Day("2026-05-12"), tags: tagged(declined), cause: account.TypeQuotaRefused,
			payload: account.QuotaUndone{Process: declined, Movement: moved(institution, "2026-05-12", account.Balance{2}, account.Balance{28, 25, 1})}},
		{stream: water, at: "2026-06-01 11:00:00", by: Leader, role: domain.Leader, document: Authority, effective: Day("2026-06-01"), deciding: true,
			payload: account.QuotaHeldBack{Posts: 2, Text: reason(unitKey, "拟核减职能"),
				Movement: moved(administrative, "2026-06-01", account.Balance{0, 0, 0, 2}, account.Balance{50, 46})}},
		{stream: water, at: "2026-12-01 11:00:00", by: Leader, role: domain.Leader, document: Authority, effective: Day("2026-12-01"), deciding: true,
			payload: account.QuotaFreed{Posts: 1, Text: reason(unitKey, "职能保留"),
				Movement: moved(administrative, "2026-12-01", account.Balance{0, 0, 0, -1}, account.Balance{50, 45, 2, 2})}},
		{stream: water, at: "2026-10-08 14:20:00", by: Approver, role: domain.Approver, document: Plan, effective: Day("2026-10-08"), tags: approval, deciding: true,
			payload: account.UseApproved{Approval: Approval, LineKey: administrative, Posts: 2, Manner: codes.Exam, ValidTo: Day("2026-12-31"),
				Human: ID[domain.HumanID]("person 王建国"), Text: domain.PersonalOf(unitKey, account.ApprovalText{Plan: "2026年度考录计划", Note: "防汛岗位"}),
				Movement: moved(administrative, "2026-10-08", account.Balance{0, 0, 2}, account.Balance{50, 46, 0, 2})}},
		{stream: water, at: "2027-01-01 00:00:03", document: Plan, effective: Day("2027-01-01"), tags: approval, behalf: string(Approver),
			payload: account.UseExpired{Approval: Approval, Freed: 1, Kept: 0,
				Movement: moved(administrative, "2027-01-01", account.Balance{0, 0, -1}, account.Balance{50, 46, 1, 2})}},
		{stream: water, at: "2027-01-01 00:00:03", document: Plan, effective: Day("2027-01-01"), tags: other, behalf: string(Approver),
			payload: account.UseExpired{Approval: Other, Freed: 0, Kept: 1}},
		{stream: water, at: "2026-11-30 16:00:00", by: Approver, role: domain.Approver, document: Plan, effective: Day("2026-11-30"), tags: other, deciding: true,
			payload: account.UseRevoked{Approval: Other, Freed: 2, Kept: 1, Text: reason(unitKey, "年度计划调整"),
				Movement: moved(administrative, "2026-11-30", account.Balance{0, 0, -2}, account.Balance{50, 45, 3})}},
	}
}
