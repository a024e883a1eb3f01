package text

import "slices"

// malformation is a value of the fact "rule" of field-malformed with its words.
type malformation struct {
	rule    string
	facts   []string
	source  both
	rulings []ruling
}

// malformed is the catalogue of rules of form, in the order of the documents.
var malformed = slices.Concat(malformedHere, malformedUse, malformedCodes, malformedPolicies)

// malformedBy returns the words of a rule of form, or those for rules without
// words of their own.
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
	{"latest", both{"不得晚于{latest}", "must not be after {latest}"},
		both{"请改正后重新提交", "Correct it and submit again"}},
	{"", both{"格式不符", "not in the form required"},
		both{"请按字段说明改正后重新提交", "Correct it as the field's description says and submit again"}},
}}

// Rules of the account.
var malformedHere = []malformation{
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
}

// Rules of the use cases.
var malformedUse = []malformation{
	{"idempotency-key", nil, both{}, []ruling{
		{"", both{"须为1至255个可打印的ASCII字符", "it takes 1 to 255 printable ASCII characters"},
			both{"请为每次提交另取一个键，例如随机UUID", "Use a new key for each command, such as a random UUID"}}}},
	{"idnumber-differs", nil, both{"业务规则§2：人员身份", "Domain model §2: identity"}, []ruling{
		{"", both{"与此人档案中的证件号码不符", "differs from the ID number on this person's file"},
			both{"请核对人员", "Check the person"}}}},
	{"name-differs", nil, both{"业务规则§2：人员身份", "Domain model §2: identity"}, []ruling{
		{"", both{"与该证件号码档案中的姓名不符", "differs from the name on file for this ID number"},
			both{"请对照证件核对姓名和号码", "Compare name and number with the ID card"}}}},
	{"one-kind", nil, both{"业务规则§5：批量办理", "Domain model §5: batch"}, []ruling{
		{"", both{"一批只能办理同一类变动", "a batch holds changes of one kind"},
			both{"请分批提交", "Submit each kind by itself"}}}},
	{"field-unknown", []string{"value"}, both{"业务规则§5：逐项退回", "Domain model §5: field by field"}, []ruling{
		{"", both{"没有名为“{value}”的字段", "there is no field \"{value}\""},
			both{"请从表单的字段中选择", "Choose a field of the form"}}}},
	{"too-many-rows", []string{"rows", "max"}, both{}, []ruling{
		{"", both{"共{rows}行，超过上限{max}行", "{rows} rows, more than the {max} allowed"},
			both{"请分批提交", "Split it"}}}},
	{"parent-level", []string{"level"}, both{"业务规则§2：管理层级与主管部门", "Domain model §2: managing level and supervising department"}, []ruling{
		{"", both{"主管部门由{level}管理，须与本单位同一层级或为市本级", "it is managed by {level}; it takes the unit's own level or the city"},
			both{"请核对主管部门或管理层级", "Check the department or the level"}}}},
	{"item-key", []string{"value"}, both{"业务规则§5：逐项审核", "Domain model §5: item by item"}, []ruling{
		{"", both{"“{value}”不是审核要点的代号", "\"{value}\" is no key of a checklist item"},
			both{"请从审核要点中选择", "Choose items of the checklist"}}}},
	{"json-type", []string{"want"}, both{}, []ruling{
		{"", both{"类型不符，应为{want}", "the type is wrong: {want} wanted"},
			both{"请按接口文档改正后重新提交", "Correct it as the contract says and send it again"}}}},
	{"json-null", nil, both{}, []ruling{
		{"", both{"不能为null", "null is not allowed"},
			both{"没有值的字段请去掉", "Leave out a field without value"}}}},
	{"json-unknown", nil, both{}, []ruling{
		{"", both{"没有这个字段", "there is no such field"},
			both{"请去掉它，或按接口文档改正名称", "Leave it out, or correct its name as the contract says"}}}},
	{"json-twice", nil, both{}, []ruling{
		{"", both{"字段重复", "the field is given twice"},
			both{"请只保留一个", "Keep one of them"}}}},
	{"pattern", []string{"form"}, both{}, []ruling{
		{"", both{"格式不符", "it is not in the form required"},
			both{"请按接口文档改正后重新提交", "Correct it as the contract says and send it again"}}}},
	{"choice", []string{"choices"}, both{}, []ruling{
		{"", both{"不在可选值之内", "it is none of the values allowed"},
			both{"请按接口文档改正后重新提交", "Correct it as the contract says and send it again"}}}},
	{"missing", nil, both{}, []ruling{
		{"", both{"缺少这个参数", "this parameter is missing"},
			both{"请补上后重新提交", "Add it and send the request again"}}}},
	{"password-length", []string{"min", "max"}, both{}, []ruling{
		{"", both{"密码应为{min}至{max}个字符", "a password takes {min} to {max} characters"},
			both{"请另设密码", "Choose another"}}}},
	{"password-name", nil, both{}, []ruling{
		{"", both{"密码不能与登录名相同", "the password must not be the sign-in name"},
			both{"请另设密码", "Choose another"}}}},
	{"password-same", nil, both{}, []ruling{
		{"", both{"新密码不能与旧密码相同", "the new password must differ from the old one"},
			both{"请另设密码", "Choose another"}}}},
	{"item-unknown", []string{"gate", "found"}, both{"业务规则§5：逐项审核", "Domain model §5: item by item"}, []ruling{
		{"", both{"“{found}”不是本关口的审核要点", "\"{found}\" is no item of this gate's checklist"},
			both{"请从本关口的审核要点中选择", "Choose items of this gate's checklist"}}}},
	{"change-twice", []string{"change", "row", "first"}, both{"业务规则§5：批量办理", "Domain model §5: batch"}, []ruling{
		{"", both{"变动{change}与第{first}行重复", "the change {change} stands in row {first} already"},
			both{"请删去重复的行", "Remove the repeated row"}}}},
	{"signin-form", []string{"min", "max"}, both{}, []ruling{
		{"", both{"应为{min}至{max}个小写字母、数字或点、下划线、连字符", "it takes {min} to {max} small letters, digits, dots, underscores or hyphens"},
			both{"请改正登录名", "Correct the name"}}}},
	{"signin-taken", nil, both{"业务规则§10：一人一号", "Domain model §10: users"}, []ruling{
		{"", both{"登录名已被使用", "the sign-in name is taken"},
			both{"请另取一个", "Choose another"}}}},
	{"role", []string{"value"}, both{"业务规则§10：角色", "Domain model §10: roles"}, []ruling{
		{"", both{"“{value}”不是可以授予的角色", "\"{value}\" is no role that can be granted"},
			both{"请从角色中选择", "Choose one of the roles"}}}},
	{"posts", []string{"posts", "min", "max"}, both{}, []ruling{
		{"", both{"{posts}不在{min}至{max}之间", "{posts} is not between {min} and {max}"},
			both{"请改正后重新提交", "Correct it and submit again"}}}},
	{"quota-side", nil, both{"业务规则§3：双方记账", "Domain model §3: two sides"}, []ruling{
		{"", both{"应为单位账户或机动池", "it takes a unit's account or a pool"},
			both{"请填单位账户或某一层级的机动池", "Give account-<unit id> or pool-<level>"}}}},
	{"quota-self", nil, both{"业务规则§3：双方记账", "Domain model §3: two sides"}, []ruling{
		{"", both{"划出方与划入方相同", "giver and taker are the same"},
			both{"请改选划入方", "Choose another taker"}}}},
	{"quota-pools", nil, both{"业务规则§3：总额控制", "Domain model §3: total control"}, []ruling{
		{"", both{"不能在机动池之间划转", "posts are not moved between pools"},
			both{"请分别核定各机动池", "Set each pool by itself"}}}},
	{"kind", []string{"value"}, both{"业务规则§5：变动类型", "Domain model §5: kinds of change"}, []ruling{
		{"", both{"没有变动类型“{value}”", "there is no kind of change \"{value}\""},
			both{"请填入编或出编（entry、exit）", "Give entry or exit"}}}},
	{"not-of-this-kind", nil, both{"业务规则§5：变动类型", "Domain model §5: kinds of change"}, []ruling{
		{"", both{"此类变动不填此项", "this kind of change does not have it"},
			both{"请清空此项", "Leave it empty"}}}},
	{"birth-idnumber", nil, idCard, []ruling{
		{"", both{"与证件号码中的出生日期不符", "differs from the date of birth in the ID number"},
			both{"请对照证件核对", "Compare both with the ID card"}}}},
	{"digest", nil, both{}, []ruling{
		{"", both{"应为文件的SHA-256值（64位小写十六进制）", "it takes the SHA-256 of the file, 64 small hexadecimal digits"},
			both{"请重新上传或重新计算", "Upload the file again, or compute it anew"}}}},
	{"admin-scope", nil, both{"业务规则§10：第二名管理员", "Domain model §10: second administrator"}, []ruling{
		{"", both{"第二名管理员的范围须为全市", "the second administrator's scope is the whole city"},
			both{"请不填范围", "Leave the scope empty"}}}},
}
