package text

import "staffledger/domain/account"

// status is a state with its sign and tone (pages: one decision, one look).
type status struct {
	label      both
	sign, tone string
}

// statuses: table → code → state. Tables: change, line, check, approval, grant,
// user, process, person.
var statuses = map[string]map[string]status{
	"change": {
		"review":    {both{"待审核", "In review"}, "●", "blue"},
		"to-record": {both{"待录入", "To be recorded"}, "●", "blue"},
		"returned":  {both{"已退回", "Returned"}, "←", "amber"},
		"recorded":  {both{"已录入", "Recorded"}, "✓", "green"},
		"withdrawn": {both{"已撤回", "Withdrawn"}, "−", "slate"},
	},
	"line": {
		"free": {both{"有空编", "Posts free"}, "✓", "green"},
		"full": {both{"满编", "Full"}, "=", "slate"},
		"over": {both{"超编", "Over quota"}, "!", "red"},
	},
	"check": {
		"good":   {both{"符合", "Met"}, "✓", "green"},
		"remind": {both{"提醒", "Reminder"}, "!", "amber"},
		"bad":    {both{"不符", "Not met"}, "✕", "red"},
	},
	"approval": {
		"active":    {both{"有效", "Valid"}, "✓", "green"},
		"exhausted": {both{"已用完", "Used up"}, "=", "slate"},
		"expired":   {both{"已到期", "Expired"}, "−", "slate"},
		"revoked":   {both{"已撤销", "Revoked"}, "✕", "slate"},
		"ended":     {both{"已失效", "Ended"}, "−", "slate"},
	},
	"grant": {
		"proposed": {both{"待另一管理员确认", "Waits for a second administrator"}, "●", "blue"},
		"granted":  {both{"有效", "In force"}, "✓", "green"},
		"revoked":  {both{"已收回", "Revoked"}, "✕", "slate"},
	},
	"user": {
		"active":   {both{"启用", "Active"}, "✓", "green"},
		"disabled": {both{"已停用", "Disabled"}, "−", "slate"},
	},
	"process": {
		"open":    {both{"办理中", "Under way"}, "●", "blue"},
		"done":    {both{"已办结", "Done"}, "✓", "green"},
		"refused": {both{"拒绝", "Refused"}, "✕", "red"},
	},
	"person": {
		"held":     {both{"在编", "In post"}, "✓", "green"},
		"leaving":  {both{"在编，出编办理中", "In post, exit under way"}, "●", "blue"},
		"left":     {both{"已出编", "Left"}, "−", "slate"},
		"none":     {both{"未在编", "Not in post"}, "−", "slate"},
		"entering": {both{"入编办理中", "Entry under way"}, "●", "blue"},
	},
}

// Status is a state with its sign and tone; an unknown code is its own label.
func Status(lang Lang, table, code string) Step {
	s, ok := statuses[table][code]
	if !ok {
		return Step{Code: code, Label: code, Tone: "slate"}
	}
	return Step{Code: code, Label: s.label.in(lang), Sign: s.sign, Tone: s.tone}
}

// ChangeStatus is the state of a change; one in review names its gate: 待编办审核.
func ChangeStatus(lang Lang, state string, gate account.Gate) Step {
	s := Status(lang, "change", state)
	if state == "review" && gate != "" {
		s.Label = both{"待" + Label(ZH, "gate-review", string(gate)), "At " + Label(EN, "gate-short", string(gate))}.in(lang)
	}
	return s
}

// LineStatus is the state of a quota line: free, full or over.
func LineStatus(lang Lang, b account.Balance) Step {
	switch free := b.Free(); {
	case free < 0:
		return Status(lang, "line", "over")
	case free == 0:
		return Status(lang, "line", "full")
	}
	return Status(lang, "line", "free")
}
