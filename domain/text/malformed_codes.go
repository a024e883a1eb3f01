package text

import "staffledger/domain/codes"

// Words that many rules of codes share.
var (
	retype    = both{"请对照原件重填", "Compare with the original"}
	uscc      = both{"GB 32100-2015：统一社会信用代码", "GB 32100-2015: unified social credit code"}
	innerCode = both{"GB 11714：组织机构代码", "GB 11714: organization code"}
	idCard    = both{"GB 11643：公民身份号码", "GB 11643: citizen's ID number"}
	plainWord = both{"接口说明：文本字段", "API description: texts"}
	calendar  = both{"业务规则§4、§15：工作日历", "Domain model §4 and §15: working-day calendar"}
)

// one makes a malformation with a single ruling.
func one(rule string, source both, zh, en string, way both, facts ...string) malformation {
	return malformation{rule, facts, source, []ruling{{rule: both{zh, en}, way: way}}}
}

// Rules of package codes. What is wrong is named by its place, never repeated.
var malformedCodes = []malformation{
	one(codes.RuleUSCCLength, uscc, "应为{want}位，现为{got}位", "it takes {want} characters, not {got}", retype, "want", "got"),
	one(codes.RuleUSCCCharacter, uscc, "第{position}位的字符不能使用", "character {position} cannot stand there", retype, "position"),
	one(codes.RuleUSCCRegistrar, uscc, "第{position}位“{found}”不是登记管理部门代码", "character {position}, \"{found}\", names no registering department", retype, "position", "found"),
	one(codes.RuleUSCCClass, uscc, "第{position}位“{found}”不是登记管理部门“{registrar}”的机构类别", "character {position}, \"{found}\", is no class of the registering department \"{registrar}\"", retype, "position", "found", "registrar"),
	one(codes.RuleUSCCInnerCheck, uscc, "主体标识码校验位不符（第{position}位应为{want}）", "wrong check character of the organization code (character {position} should be {want})", retype, "position", "found", "want"),
	one(codes.RuleUSCCCheck, uscc, "校验位不符（第{position}位应为{want}）", "wrong check digit (character {position} should be {want})", retype, "position", "found", "want"),
	one(codes.RuleInnerLength, innerCode, "组织机构代码应为{want}位，现为{got}位", "an organization code takes {want} characters, not {got}", retype, "want", "got"),
	one(codes.RuleInnerCharacter, innerCode, "第{position}位的字符不能使用", "character {position} cannot stand there", retype, "position"),
	one(codes.RuleInnerCheck, innerCode, "校验位不符（第{position}位应为{want}）", "wrong check digit (character {position} should be {want})", retype, "position", "found", "want"),
	one(codes.RuleProvisional, both{"业务规则§2：临时代码", "Domain model §2: provisional code"},
		"临时代码应为6位行政区划代码、连字符和4至6位数字", "a provisional code is a division code of 6 digits, a hyphen and 4 to 6 digits",
		both{"请改正，例如330200-0147", "Correct it, such as 330200-0147"}, "form"),
	one(codes.RuleUnitCode, uscc, "应为18位统一社会信用代码或临时代码，现为{length}位", "it takes a USCC of 18 characters or a provisional code, not {length} characters", retype, "length"),
	one(codes.RuleUnitCodeInner, uscc, "只填了组织机构代码", "this is an organization code alone",
		both{"请填18位统一社会信用代码", "Give the USCC of 18 characters"}),
	one(codes.RuleIDOld, idCard, "15位号码已停用", "numbers of 15 digits are no longer valid",
		both{"请填18位公民身份号码", "Give the number of 18 characters"}, "want", "got"),
	one(codes.RuleIDLength, idCard, "应为{want}位，现为{got}位", "it takes {want} characters, not {got}", retype, "want", "got"),
	one(codes.RuleIDCharacter, idCard, "第{position}位的字符不能使用", "character {position} cannot stand there", retype, "position"),
	one(codes.RuleIDProvince, idCard, "前两位不是省级行政区划代码", "the first two digits name no province", retype, "position"),
	one(codes.RuleIDBirth, idCard, "第7至14位不是真实的出生日期", "characters 7 to 14 are no date of the calendar", retype, "position"),
	one(codes.RuleIDBirthEarly, idCard, "出生日期早于{earliest}", "the date of birth is before {earliest}", retype, "earliest"),
	one(codes.RuleIDBirthFuture, idCard, "出生日期晚于{latest}", "the date of birth is after {latest}", retype, "latest"),
	one(codes.RuleIDCheck, idCard, "校验位不符（第{position}位应为{want}）", "wrong check digit (character {position} should be {want})", retype, "position", "want"),
	{codes.RuleTextLength, []string{"min", "max", "got"}, plainWord, []ruling{
		{"min=0", both{"最多{max}个字符，现为{got}个", "at most {max} characters, not {got}"}, both{"请缩短", "Shorten it"}},
		{"", both{"应为{min}至{max}个字符，现为{got}个", "it takes {min} to {max} characters, not {got}"}, both{"请改正后重新提交", "Correct it and submit again"}}}},
	one(codes.RuleTextEncoding, plainWord, "第{position}个字符无法识别", "character {position} cannot be read",
		both{"请确认文件编码为UTF-8后重新提交", "Make sure that the file is in UTF-8, then submit again"}, "position"),
	one(codes.RuleTextControl, plainWord, "第{position}个字符是不可见的控制字符", "character {position} is an invisible control character",
		both{"请删去后重新提交", "Delete it and submit again"}, "position"),
	one(codes.RuleTextLine, plainWord, "只能填一行，第{position}个字符处换行", "one line only; it breaks at character {position}",
		both{"请写成一行", "Write it on one line"}, "position"),
	one(codes.RuleNameBlank, plainWord, "姓名中不能有空格（第{position}个字符）", "a name has no blanks (character {position})",
		both{"请删去空格", "Delete the blank"}, "position"),
	one(codes.RuleNameCharacter, plainWord, "第{position}个字符不能用于姓名", "character {position} cannot stand in a name", retype, "position"),
	one(codes.RuleNameDot, plainWord, "间隔号只能单个用在两个字之间（第{position}个字符）", "the dot stands alone and between letters only (character {position})", retype, "position"),
	one(codes.RuleDateForm, plainWord, "应为{earliest}至{latest}之间的真实日期", "it takes a date of the calendar from {earliest} to {latest}",
		both{"请写作2026-11-23或2026-11", "Write it as 2026-11-23 or 2026-11"}, "form", "earliest", "latest"),
	{codes.RuleCalendarYear, []string{"year", "day", "earliest", "latest"}, calendar, []ruling{
		{"day", both{"{day}不在{year}年", "{day} is not in {year}"}, both{"请改正日期或年度", "Correct the day or the year"}},
		{"", both{"年度须在{earliest}至{latest}之间", "the year must lie between {earliest} and {latest}"}, both{"请改正年度", "Correct the year"}}}},
	one(codes.RuleCalendarHoliday, calendar, "{day}本是周末，不必列为节假日", "{day} is a weekend day and needs no holiday",
		both{"请删去该日", "Remove it"}, "day"),
	one(codes.RuleCalendarWorkday, calendar, "{day}本是工作日，不是调休上班日", "{day} is a weekday and no make-up working day",
		both{"请删去该日", "Remove it"}, "day"),
	one(codes.RuleCalendarRepeated, calendar, "{day}重复", "{day} stands there twice", both{"请删去重复的日期", "Remove the repetition"}, "day"),
	one(codes.RuleCalendarCount, calendar, "全年{workingdays}个工作日，不在{min}至{max}之间", "{workingdays} working days in the year, not between {min} and {max}",
		both{"请对照国务院办公厅放假通知核对", "Compare with the State Council's notice of holidays"}, "workingdays", "min", "max"),
}
