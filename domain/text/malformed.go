package text

import "slices"

// malformation is a value of the fact "rule" of field-malformed with its words.
type malformation struct {
	rule    string
	facts   []string
	source  both
	rulings []ruling
}

// malformedBy returns the words of a rule of form; the last entry is for rules
// without words of their own.
func malformedBy(rule string) malformation {
	i := slices.IndexFunc(malformed, func(m malformation) bool { return m.rule == rule })
	if i < 0 || rule == "" {
		return malformedOtherwise
	}
	return malformed[i]
}

var malformedOtherwise = malformation{rulings: []ruling{
	{"earliest latest", both{"须在{earliest}至{latest}之间", "must lie between {earliest} and {latest}"},
		both{"请改正后重新提交", "Correct it and submit again"}},
	{"earliest", both{"不得早于{earliest}", "must not be before {earliest}"},
		both{"请改正后重新提交", "Correct it and submit again"}},
	{"min max", both{"须在{min}至{max}之间", "must lie between {min} and {max}"},
		both{"请改正后重新提交", "Correct it and submit again"}},
	{"max", both{"超过上限{max}", "more than the {max} allowed"},
		both{"请改正后重新提交", "Correct it and submit again"}},
	{"", both{"格式不符", "not in the form required"},
		both{"请按字段说明改正后重新提交", "Correct it as the field's description says and submit again"}},
}}

var malformed = []malformation{
	// Rules of the account.
	{"approval-validity", []string{"day", "earliest", "latest"},
		both{"业务规则§5、§15：用编核准有效期", "Domain model §5 and §15: validity of an approval"}, []ruling{
			{"", both{"须在{earliest}至{latest}之间", "must lie between {earliest} and {latest}"},
				both{"请改正有效期", "Correct the last day"}}}},
	{"held-back", []string{"line", "day", "A", "O", "R", "H", "F", "posts"},
		both{"业务规则§3：逐类计算，不相抵", "Domain model §3: no netting across lines"}, []ruling{
			{"", both{"{day}{line}控编不足{posts}名：{figures}", "fewer than {posts} {line} posts are held back on {day}: {figures}"},
				both{"请减少名额，或改正日期", "Take fewer, or correct the day"}}}},
	{"route", []string{"kind"},
		both{"业务规则§5、§15：审核路线", "Domain model §5 and §15: routes"}, []ruling{
			{"", both{"没有设定{kind}的审核路线", "no review route is set for this kind of change ({kind})"},
				both{"请管理员先设定审核路线政策", "Have an administrator set the policy on routes"}}}},
	{"same-person-and-kind", nil,
		both{"业务规则§5：采集、审核、录入", "Domain model §5: collect, review, record"}, []ruling{
			{"", both{"补正重报不能更换人员或变动类型", "a resubmission keeps the person and the kind of change"},
				both{"请撤回本变动，另行采集", "Withdraw this change and collect another"}}}},
	{"exit-before-entry", []string{"day", "earliest"},
		both{"业务规则§4：生效日期", "Domain model §4: effective dates"}, []ruling{
			{"", both{"{day}早于入编日期{earliest}", "{day} is before the entry on {earliest}"},
				both{"请改正生效日期", "Correct the effective date"}}}},
	{"opening-rows", []string{"rows", "of"},
		both{"业务规则§12：建账", "Domain model §12: opening balance"}, []ruling{
			{"", both{"名单共{rows}行，超过申报的{of}行", "the list has {rows} rows, more than the {of} announced"},
				both{"请核对名单；行数有误的，放弃后重新建账", "Check the list; if the number was wrong, abandon and start again"}}}},
	{"person-twice", []string{"row"},
		both{"业务规则§1：一人一编", "Domain model §1: one person, one holding"}, []ruling{
			{"", both{"此人在名单中重复出现", "the person stands in the list twice"},
				both{"请删去重复的行", "Remove the repeated row"}}}},
	// Rules of codes.
	{"check-digit", []string{"at", "expected"},
		both{"GB 11643、GB 32100-2015：校验码", "GB 11643, GB 32100-2015: check character"}, []ruling{
			{"", both{"校验位不符[（第{at}位应为{expected}）]", "wrong check digit[ (character {at} should be {expected})]"},
				both{"请对照原件重填", "Compare with the original"}}}},
	{"length", []string{"of", "rows", "expected", "max"},
		both{}, []ruling{
			{"expected", both{"位数不符，应为{expected}位", "wrong length; it takes {expected} characters"},
				both{"请对照原件重填", "Compare with the original"}},
			{"max", both{"超过{max}个字符", "longer than {max} characters"},
				both{"请缩短后重新提交", "Shorten it and submit again"}},
			{"", both{"位数不符", "wrong length"},
				both{"请对照原件重填", "Compare with the original"}}}},
	{"date", []string{"value"},
		both{}, []ruling{
			{"", both{"不是真实的日期", "not a date of the calendar"},
				both{"请按年月日填写，例如2026年11月23日填2026-11-23", "Write it as YYYY-MM-DD"}}}},
}
