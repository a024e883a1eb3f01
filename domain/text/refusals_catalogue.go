package text

import "staffledger/domain"

var quotaFacts = []string{"line", "day", "A", "O", "R", "H", "F"}

var quotaRule = both{"业务规则§3、§4：编制逐日不超", "Domain model §3 and §4: quota holds on every day"}

// refusals is the catalogue, in the order of judging.
var refusals = map[string]refusal{
	// 1 Who, jurisdiction.
	domain.NotAuthorised: {
		title:   both{"无权办理", "not authorised"},
		meaning: "The user holds no role that may give this command.",
		facts:   []string{"role", "roles", "posts", "max"},
		source:  both{"业务规则§10：角色与职责分离", "Domain model §10: roles and separation"},
		rulings: []ruling{
			{"posts max", both{"一次{posts}名超出您的权限（{max}名）[，须由“{roles}”决定]", "{posts} posts at once are beyond your authority ({max})[; it takes: {roles}]"},
				both{"请由有此权限的人决定，或减少名额", "Have someone with that authority decide, or take fewer"}},
			{"roles", both{"您[以“{role}”角色]无权办理，须由“{roles}”办理", "you may not do this[ as {role}]; it takes: {roles}"},
				both{"请由有此角色的人办理，或请管理员授予角色", "Have a holder of that role do it, or ask an administrator for the role"}},
			{"", both{"您[以“{role}”角色]无权办理", "you may not do this[ as {role}]"},
				both{"请由有权限的人办理，或请管理员授予角色", "Have someone with the role do it, or ask an administrator for the role"}},
		}},
	domain.OutOfJurisdiction: {
		title:   both{"超出管辖范围", "out of jurisdiction"},
		meaning: "The role is held, but not over that unit or level.",
		facts:   []string{"unit", "level", "role", "roles"},
		source:  both{"业务规则§10：角色的范围", "Domain model §10: scope of a role"},
		rulings: []ruling{
			{"unit", both{"{unit}不在您的管辖范围内", "{unit} is outside your jurisdiction"},
				both{"请由管辖该单位的人办理，或请管理员授予该范围", "Have someone whose scope covers it do it, or ask an administrator for the scope"}},
			{"level", both{"{level}不在您的管辖范围内", "{level} is outside your jurisdiction"},
				both{"请由管辖该层级的人办理，或请管理员授予该范围", "Have someone whose scope covers it do it, or ask an administrator for the scope"}},
			{"", both{"不在您的管辖范围内", "outside your jurisdiction"},
				both{"请由有此管辖范围的人办理，或请管理员授予该范围", "Have someone whose scope covers it do it, or ask an administrator for the scope"}},
		}},
	domain.SecondAdminNeeded: {
		title:   both{"须另一管理员确认", "second administrator needed"},
		meaning: "Until a second administrator stands, the first may only name further people; grants of weight take effect only when an administrator other than the proposer confirms them.",
		field:   "role",
		facts:   []string{"admins", "role", "grant"},
		source:  both{"业务规则§10：第二名管理员", "Domain model §10: second administrator"},
		rulings: []ruling{
			{"admins", both{"现有管理员{admins}名，须有第二名管理员才能办理", "administrators that stand: {admins}; this takes a second one"},
				both{"请先登记并授予第二名管理员", "Name a second administrator first"}},
			{"", both{"[“{role}”]须由提名人以外的另一名管理员确认", "an administrator other than the proposer must confirm the grant[ of \"{role}\"]"},
				both{"请另一名管理员确认；只有一名管理员的，请先登记另一名", "Have another administrator confirm it; where there is only one, name a second first"}},
		}},

	// 2 Same person, own file.
	domain.SamePerson: {
		title:   both{"同一人不得办理两个环节", "same person at two steps"},
		meaning: "Collector, every gate and the recorder of a change are different human beings; who approved a use of posts is not the office gate of an entry on it.",
		field:   "actor",
		facts:   []string{"change", "grant", "step"},
		source:  both{"业务规则§10：职责分离", "Domain model §10: separation of duties"},
		rulings: []ruling{
			{"step=collected", both{"您已采集本变动，不能再办理此环节", "you collected this change and may not take this step"},
				both{"请由本部门另一人办理", "A colleague must do it"}},
			{"step=resubmitted", both{"您已补正重报本变动，不能再办理此环节", "you resubmitted this change and may not take this step"},
				both{"请由本部门另一人办理", "A colleague must do it"}},
			{"step=gate:*", both{"您已审核本变动，不能再办理此环节", "you reviewed this change and may not take this step"},
				both{"请由另一人办理", "A colleague must do it"}},
			{"step=approved", both{"您已核准本变动所用的编制，不能再作编办审核", "you approved the use of posts that this change rests on and may not review it for the office"},
				both{"请由编办另一人审核", "A colleague of the office must review it"}},
			{"step=proposed", both{"您已提名此角色，不能自己确认", "you proposed this role and may not confirm it"},
				both{"请由另一名管理员确认", "Another administrator must confirm it"}},
			{"", both{"您已办理过本变动的其他环节，不能再办理此环节", "you took another step of this change and may not take this one"},
				both{"请由另一人办理", "A colleague must do it"}},
		}},
	domain.OwnFile: {
		title:   both{"涉及本人，应当回避", "own file"},
		meaning: "Nobody acts on the own file 回避.",
		field:   "person",
		source:  both{"业务规则§10：回避", "Domain model §10: own file"},
		facts:   []string{"user"},
		rulings: []ruling{
			{"user", both{"不能办理您本人的账号和角色", "these are your own roles and sign-in"},
				both{"请由另一名管理员办理", "Another administrator must do it"}},
			{"", both{"涉及您本人，应当回避", "this is your own file"},
				both{"请由另一人办理", "A colleague must do it"}},
		}},

	// 3 Form, codes, document.
	domain.FieldMissing: {
		title:   both{"必填项未填", "field missing"},
		meaning: "A required field is empty.",
		facts:   []string{"row"},
		source:  both{"接口说明：必填字段", "API description: required fields"},
		rulings: []ruling{
			{"field=fields", both{"退回时须逐项写明需补正之处", "a return names what is wrong, field by field"},
				both{"请至少写明一项", "Name at least one field"}},
			{"field", both{"必填", "required"},
				both{"请填写后重新提交", "Fill it in and submit again"}},
			{"", both{"有必填项未填", "a required field is empty"},
				both{"请填写后重新提交", "Fill it in and submit again"}},
		}},
	domain.FieldMalformed: {
		title:   both{"填写不符合要求", "field malformed"},
		meaning: "A field breaks a rule of form or of sense; the fact `rule` says which.",
		facts:   []string{"rule", "row"},
		source:  both{"接口说明：字段格式", "API description: form of fields"},
	},
	domain.CodeUnknownOnDate: {
		title:   both{"代码当日无效", "code unknown on that day"},
		meaning: "The code table does not hold the code on the event's date. An abolished division inside an old ID number is legal.",
		facts:   []string{"table", "code", "day", "row"},
		source:  both{"业务规则§2：代码按业务日期核对", "Domain model §2: codes are checked as of the event's date"},
		rulings: []ruling{
			{"day", both{"{day}没有代码{code}[，见{table}]", "no code {code} on {day}[, see {table}]"},
				both{"请从当日有效的代码中选择", "Choose a code that is valid on that day"}},
			{"", both{"没有代码{code}[，见{table}]", "no code {code}[, see {table}]"},
				both{"请从有效的代码中选择", "Choose a code of the table"}},
		}},
	domain.DocumentMissing: {
		title:   both{"缺少依据文件", "document missing"},
		meaning: "The step needs the document that it rests on.",
		field:   "document",
		facts:   []string{"row"},
		source:  both{"《中国共产党机构编制工作条例》第十四条；业务规则§3、§11", "CPC Regulations on Establishment Work, Art. 14; domain model §3 and §11"},
		rulings: []ruling{
			{"", both{"必填", "required"},
				both{"请填核准或任免文件的文号", "Give the number of the document of approval or appointment"}},
		}},
	domain.DocumentUnknown: {
		title:   both{"依据文件未登记", "document unknown"},
		meaning: "The cited document is not registered.",
		field:   "document",
		facts:   []string{"document", "row"},
		source:  both{"业务规则§11：先登记，后引用", "Domain model §11: a document is registered, then cited"},
		rulings: []ruling{
			{"", both{"文件[{document}]未登记", "the document[ {document}] is not registered"},
				both{"请先登记该文件", "Register it first"}},
		}},
	domain.FutureDated: {
		title:   both{"日期未到", "future-dated"},
		meaning: "Staffing is never recorded, and posts are never held back or freed, for a day that lies ahead.",
		field:   "effective",
		facts:   []string{"day", "today", "row"},
		source:  both{"业务规则§4：不预先录入", "Domain model §4: never future-dated when recorded"},
		rulings: []ruling{
			{"day", both{"{day}尚未到来[（今天是{today}）]", "{day} lies ahead[ (today is {today})]"},
				both{"请在该日或之后办理；日期有误的，请改正", "Do it on that day or later, or correct the date"}},
			{"", both{"没有填写日期[，且不得晚于今天（{today}）]", "no date is given[; it may not be after today, {today}]"},
				both{"请填写日期", "Give the date"}},
		}},
	domain.TooFarBack: {
		title:   both{"追溯过久", "too far back"},
		meaning: "Back-dating is bounded by policy.",
		field:   "effective",
		facts:   []string{"day", "earliest", "months", "row"},
		source:  both{"业务规则§4、§15：追溯期限", "Domain model §4 and §15: bound of back-dating"},
		rulings: []ruling{
			{"", both{"{day}早于可追溯的最早日期{earliest}[（{months}个月）]", "{day} is before {earliest}, the earliest day allowed[ ({months} months)]"},
				both{"请改正日期；确需追溯的，请先调整追溯期限政策", "Correct the date; if it is right, the policy on back-dating must be changed first"}},
		}},
	domain.CalendarMissing: {
		title:   both{"缺少工作日历", "calendar missing"},
		meaning: "A deadline runs into a year whose working days are not set; they are never guessed.",
		facts:   []string{"year"},
		source:  both{"业务规则§4：期限按工作日历计算", "Domain model §4: deadlines are counted by a calendar"},
		rulings: []ruling{
			{"year", both{"没有{year}年的工作日历，无法计算期限", "no working-day calendar for {year}, so no deadline can be counted"},
				both{"请管理员设定该年工作日历后重试", "Have an administrator set that year's calendar, then try again"}},
			{"", both{"没有工作日历，无法计算期限", "no working-day calendar, so no deadline can be counted"},
				both{"请管理员设定工作日历后重试", "Have an administrator set the calendar, then try again"}},
		}},
	domain.CodeInUse: {
		title:   both{"代码已被使用", "code in use"},
		meaning: "A code, or a sign-in name, belongs to one holder at a time.",
		field:   "code",
		facts:   []string{"code", "unit"},
		source:  both{"业务规则§2：一码一主", "Domain model §2: one holder at a time"},
		rulings: []ruling{
			{"unit", both{"[{code}]已由{unit}使用", "[{code} ]already belongs to {unit}"},
				both{"请核对代码", "Check the code"}},
			{"", both{"[{code}]已被使用", "[{code} is ]already taken"},
				both{"请核对后改用另一个", "Check it, or choose another"}},
		}},

	// 4 State.
	domain.UnknownThing: {
		title:   both{"查无此项", "unknown thing"},
		meaning: "The unit, change, approval, user or grant that the command names does not exist.",
		facts:   []string{"unit", "change", "approval", "user", "grant", "person", "document"},
		source:  both{"接口说明：路径中的编号", "API description: ids in paths"},
		rulings: []ruling{
			{"change", both{"没有变动{change}", "there is no change {change}"}, both{"请核对编号", "Check the id"}},
			{"approval", both{"没有用编核准{approval}", "there is no approval {approval}"}, both{"请核对编号", "Check the id"}},
			{"user", both{"没有用户{user}", "there is no user {user}"}, both{"请核对编号", "Check the id"}},
			{"grant", both{"没有授权{grant}", "there is no grant {grant}"}, both{"请核对编号", "Check the id"}},
			{"person", both{"没有人员{person}", "there is no person {person}"}, both{"请核对编号", "Check the id"}},
			{"document", both{"没有文件{document}", "there is no document {document}"}, both{"请核对编号", "Check the id"}},
			{"unit", both{"没有单位{unit}", "there is no unit {unit}"}, both{"请核对代码或编号；新单位须先设立", "Check the code or id; a new unit must be founded first"}},
			{"", both{"没有找到", "not found"}, both{"请核对编号", "Check the id"}},
		}},
	domain.BulkOpen: {
		title:   both{"正在建账", "bulk work open"},
		meaning: "An opening balance is under way; until it is completed or abandoned the account takes no other command.",
		field:   "unit",
		facts:   []string{"process", "rows", "of"},
		source:  both{"业务规则§13：批量办理期间", "Domain model §13: bulk-open"},
		rulings: []ruling{
			{"", both{"正在建账[（已写入{rows}行，共{of}行）]，暂停其他办理", "an opening balance is under way[ ({rows} of {of} rows)]; nothing else can be done"},
				both{"请先完成或放弃建账", "Complete or abandon it first"}},
		}},
	domain.WrongStep: wrongStep,
	domain.NotHeldHere: {
		title:   both{"不在本单位在编", "not in post here"},
		meaning: "An exit is of a person who holds no post in this unit.",
		field:   "person",
		facts:   []string{"unit"},
		source:  both{"业务规则§1、§5：出编", "Domain model §1 and §5: exit"},
		rulings: []ruling{
			{"", both{"不在[{unit}]在编", "holds no post[ in {unit}]"},
				both{"请核对人员，或在其在编单位办理", "Check the person, or use the unit that holds the post"}},
		}},
	domain.ContentChanged: {
		title:   both{"内容已变更", "content changed"},
		meaning: "The content is no longer the one that the reviewer saw, or that the claim was taken for.",
		field:   "change",
		facts:   []string{"change", "seen", "current"},
		source:  both{"业务规则§5、§14：审核绑定内容", "Domain model §5 and §14: a pass binds its content"},
		rulings: []ruling{
			{"seen current", both{"您打开后有新记录（版本{seen}，现为{current}），未写入", "newer records since you opened it (revision {seen}, now {current}); nothing was written"},
				both{"请重新查看后再办理", "Look at it again, then act"}},
			{"", both{"您打开后内容已变更，未写入", "the content changed after you opened it; nothing was written"},
				both{"请重新查看后再办理", "Look at it again, then act"}},
		}},
	domain.ChecklistIncomplete: {
		title:   both{"审核要点未全部确认", "checklist incomplete"},
		meaning: "A gate passes only when each item of its checklist is confirmed.",
		field:   "items",
		facts:   []string{"gate", "missing"},
		source:  both{"业务规则§5：逐项审核", "Domain model §5: item by item"},
		rulings: []ruling{
			{"count", both{"[{gate}审核要点]还有{count}项未确认：{missing}", "not confirmed[ for the {gate}]: {missing}"},
				both{"请逐项确认；不适用的也须明确勾选", "Confirm each item; one that does not apply is confirmed as such"}},
			{"", both{"还有要点未确认", "items are not confirmed"},
				both{"请逐项确认；不适用的也须明确勾选", "Confirm each item; one that does not apply is confirmed as such"}},
		}},

	// 6 Approval.
	domain.ApprovalRequired: {
		title:   both{"须有用编核准", "approval required"},
		meaning: "Policy lists the manners of entry that need an approval of use.",
		field:   "approval",
		facts:   []string{"manner"},
		source:  both{"业务规则§5、§15：须核准的进入方式", "Domain model §5 and §15: manners that need an approval"},
		rulings: []ruling{
			{"", both{"[以“{manner}”方式]入编须有用编核准", "an entry[ by {manner}] needs an approval of use"},
				both{"请引用用编核准；没有的，请先申请", "Name an approval, or apply for one first"}},
		}},
	domain.ApprovalExpired: {
		title:   both{"用编核准已失效", "approval expired"},
		meaning: "The approval has expired or was revoked.",
		field:   "approval",
		facts:   []string{"approval", "validto"},
		source:  both{"业务规则§3、§5：用编核准有效期", "Domain model §3 and §5: validity of an approval"},
		rulings: []ruling{
			{"", both{"用编核准{approval}已失效[（有效期至{validto}）]", "approval {approval} has ended[ (valid to {validto})]"},
				both{"请引用有效的用编核准，或重新申请", "Name one that is valid, or apply anew"}},
		}},
	domain.ApprovalExhausted: {
		title:   both{"用编核准已用完", "approval exhausted"},
		meaning: "All posts of the approval are drawn or used.",
		field:   "approval",
		facts:   []string{"approval", "posts", "drawn", "consumed"},
		source:  both{"业务规则§5：用编核准的占用与使用", "Domain model §5: an approval is drawn and consumed"},
		rulings: []ruling{
			{"", both{"用编核准{approval}已用完[（核准{posts}名，在办{drawn}名，已录入{consumed}名）]", "approval {approval} is used up[ ({posts} approved, {drawn} drawn, {consumed} used)]"},
				both{"请引用另一份用编核准，或撤回占用它的变动", "Name another approval, or withdraw a change that draws on it"}},
		}},
	domain.ApprovalMismatch: {
		title:   both{"与用编核准不符", "approval mismatch"},
		meaning: "The entry is not what the approval is for: another unit, line or manner.",
		field:   "approval",
		facts:   []string{"approval", "needed", "line", "manner"},
		source:  both{"业务规则§5：用编核准的用途", "Domain model §5: what an approval is for"},
		rulings: []ruling{
			{"needed=approval-of-this-unit", both{"用编核准{approval}不是本单位的", "approval {approval} is not this unit's"},
				both{"请引用本单位的用编核准", "Name an approval of this unit"}},
			{"", both{"用编核准{approval}只用于[{line}][、“{manner}”方式]", "approval {approval} is only for[ {line} posts][, by {manner}]"},
				both{"请改正占用编制或进入方式，或引用另一份用编核准", "Correct the post kind or the manner of entry, or name another approval"}},
		}},

	// 7 Person.
	domain.HoldsPostElsewhere: {
		title:   both{"已在编", "holds a post"},
		meaning: "One holding per person in the whole city; holdings of one person do not overlap on any day.",
		field:   "person",
		facts:   []string{"unit", "line", "day", "until", "row"},
		source:  both{"业务规则§1、§14：一人一编", "Domain model §1 and §14: one person, one holding"},
		rulings: []ruling{
			{"until", both{"{day}早于此人上次出编日期{until}，在编时间重叠", "{day} is before the person's last exit on {until}; the holdings would overlap"},
				both{"请改正生效日期", "Correct the effective date"}},
			{"line", both{"已在本单位在编（{line}）", "already holds a post here: {line}"},
				both{"请核对人员", "Check the person"}},
			{"unit", both{"已在{unit}在编", "holds a post in {unit}"},
				both{"请先在该单位办理出编", "Record the exit there first"}},
			{"", both{"已在另一单位在编", "holds a post elsewhere"},
				both{"请先办理出编", "Record the exit there first"}},
		}},
	domain.PersonBusy: {
		title:   both{"此人另有事项正在办理", "person busy"},
		meaning: "Another process about this person is under way.",
		field:   "person",
		facts:   []string{"process"},
		source:  both{"业务规则§14：一人一编，先到先办", "Domain model §14: one holding, also under concurrency"},
		rulings: []ruling{
			{"", both{"此人另有事项正在办理", "another matter about this person is under way"},
				both{"请稍后重试", "Try again shortly"}},
		}},

	// 8 Quota.
	domain.KindMismatch: {
		title:   both{"编制类别不符", "kind mismatch"},
		meaning: "The class of staff does not fit the kind of post 混编, or posts would change their kind on the way.",
		field:   "class",
		facts:   []string{"line", "class", "takerline", "flag", "row"},
		source:  both{"业务规则§3、§15：人员与编制类别对应", "Domain model §3 and §15: classes and kinds of post"},
		rulings: []ruling{
			{"flag", both{"{line}不得改作他用，不能划入{takerline}", "{line} posts are not divertible to {takerline}"},
				both{"请划入同一标记的编制", "Choose a line with the same flag"}},
			{"takerline", both{"由{line}划入{takerline}，编制类型不同", "{line} posts cannot become {takerline} posts"},
				both{"请改选同一编制类型", "Choose a line of the same kind"}},
			{"", both{"{class}不能占用{line}", "staff of the class \"{class}\" may not hold {line} posts"},
				both{"请改正人员类别或占用编制", "Correct the class of staff or the post kind"}},
		}},
	domain.NotConserved: {
		title:   both{"总额不平", "not conserved"},
		meaning: "Posts would leave their managing level, whose ceiling they belong to.",
		field:   "taker",
		facts:   []string{"level", "takerlevel"},
		source:  both{"业务规则§3、§14：总额控制", "Domain model §3 and §14: total control"},
		rulings: []ruling{
			{"", both{"{level}的编制不能划入{takerlevel}，各层级总额分别控制", "posts of {level} cannot go to {takerlevel}: each level has its own ceiling"},
				both{"请在同一管理层级内划转", "Move posts within one managing level"}},
		}},
	domain.CutBelowOccupied: {
		title:   both{"核减后少于实有", "cut below occupied"},
		meaning: "People sit on the posts that would be taken away.",
		field:   "posts",
		facts:   append([]string{"posts"}, quotaFacts...),
		source:  both{"业务规则§3：核减不得低于实有", "Domain model §3: a cut below occupied needs a plan"},
		rulings: []ruling{
			{"", both{"{line}减少{posts}名后少于实有[（{day}：{figures}）]", "taking {posts} would leave fewer {line} posts than people[ (on {day}: {figures})]"},
				both{"请先办理出编，或减少名额", "Record exits first, or take fewer"}},
		}},
	domain.PoolExhausted: {
		title:   both{"机动编制不足", "pool exhausted"},
		meaning: "A pool gives no more than it has.",
		field:   "posts",
		facts:   append([]string{"posts"}, quotaFacts...),
		source:  both{"业务规则§3、§14：总额控制", "Domain model §3 and §14: total control"},
		rulings: []ruling{
			{"", both{"机动池{line}不足{posts}名[（{day}：{figures}）]", "the pool has fewer than {posts} {line} posts[ (on {day}: {figures})]"},
				both{"请减少名额，或先由编委增加机动编制", "Take fewer, or have the committee raise the pool first"}},
		}},
	domain.OverQuota: {
		title:   both{"已超编", "over quota"},
		meaning: "The line stands over its quota today already.",
		field:   "line",
		facts:   quotaFacts,
		source:  quotaRule,
		rulings: []ruling{
			{"", both{"{line}已超编{over}（{sum}）：{figures}", "{line} posts stand over quota by {over} ({sum}): {figures}"},
				both{"请先办理出编，或申请增加编制", "Record exits first, or apply for more posts"}},
		}},
	domain.NoFreePost: {
		title:   both{"没有空余", "no free post"},
		meaning: "The line has not enough free posts today.",
		field:   "line",
		facts:   quotaFacts,
		source:  quotaRule,
		rulings: []ruling{
			{"room", both{"{line}空余不足（{sum}）：{figures}", "not enough {line} posts free ({sum}): {figures}"},
				both{"请减少名额，或先腾出编制", "Take fewer, or free posts first"}},
			{"field=line", both{"{line}没有空余（{sum}）：{figures}", "no {line} post free ({sum}): {figures}"},
				both{"请引用已有的用编核准或改选类别", "Name an approval that holds a post, or choose another kind"}},
			{"field=rows", both{"{line}没有空余（{sum}）：{figures}", "no {line} post free ({sum}): {figures}"},
				both{"请核对名单，或先增加编制", "Check the list, or have posts granted first"}},
			{"", both{"{line}没有空余（{sum}）：{figures}", "no {line} post free ({sum}): {figures}"},
				both{"请先办理出编、撤销用编核准或解除控编", "Record an exit, revoke an approval or free held-back posts first"}},
		}},
	domain.NoFreePostOnDate: {
		title:   both{"当日没有空余", "no free post on that day"},
		meaning: "Quota holds on every day from the effective date to today; the first bad day is named.",
		field:   "line",
		facts:   quotaFacts,
		source:  quotaRule,
		rulings: []ruling{
			{"room", both{"{day}{line}空余不足（{sum}）：{figures}", "not enough {line} posts free on {day} ({sum}): {figures}"},
				both{"请减少名额，或改用较晚的日期", "Take fewer, or choose a later day"}},
			{"", both{"{day}{line}没有空余（{sum}）：{figures}", "no {line} post free on {day} ({sum}): {figures}"},
				both{"请改用此后的日期，或引用当日已有效的用编核准", "Choose a later day, or name an approval that held a post on that day"}},
		}},
}

// wrongStep has a ruling for each thing that may be needed instead.
var wrongStep = refusal{
	title:   both{"环节不符", "wrong step"},
	meaning: "The thing is not in the state that this step needs.",
	field:   "step",
	facts:   []string{"change", "status", "needed", "gate", "number", "of", "part", "rows", "from", "user", "grant"},
	source:  both{"业务规则§5：采集、审核、录入", "Domain model §5: collect, review, record"},
	rulings: []ruling{
		{"needed=change-ended", both{"此人另有在办变动{change}", "change {change} about this person is still under way"},
			both{"请先办结或撤回该变动", "Finish or withdraw it first"}},
		{"needed=gate:* gate", both{"须先经{gate}审核（第{number}道共{of}道）", "it is the turn of the {gate} (gate {number} of {of})"},
			both{"请等待第{number}道", "Wait for gate {number}"}},
		{"needed=gate:* status=review", both{"各道审核均已通过，等待录入", "all gates are passed; it waits to be recorded"},
			both{"请由录入人员办理", "A recorder must act"}},
		{"needed=gate:* status=returned", both{"变动已退回，等待补正", "the change was returned and waits to be mended"},
			both{"请等待采集人员补正重报", "Wait for the collector to resubmit it"}},
		{"needed=gate:*", both{"变动{status}，不能审核", "the change is closed ({status}) and cannot be reviewed"},
			both{"请核对变动", "Check the change"}},
		{"needed=record gate", both{"须先经{gate}审核（第{number}道共{of}道）", "it is the turn of the {gate} (gate {number} of {of})"},
			both{"请等待第{number}道", "Wait for gate {number}"}},
		{"needed=record", both{"变动{status}，不能录入", "the change cannot be recorded ({status})"},
			both{"请核对变动", "Check the change"}},
		{"needed=returned", both{"变动{status}，未被退回，不能补正重报", "the change was not returned ({status}), so it cannot be resubmitted"},
			both{"需要修改的，请等待退回，或撤回后另行采集", "To change it, wait for its return, or withdraw it and collect another"}},
		{"needed=live", both{"变动{status}，已经办结", "the change has ended ({status})"},
			both{"请核对变动", "Check the change"}},
		{"needed=opening-started", both{"没有正在进行的建账", "no opening balance is under way"},
			both{"请先开始建账", "Start one first"}},
		{"needed=all-rows", both{"已写入{rows}行，申报{of}行，尚未齐全", "{rows} of {of} rows are written; the list is not complete"},
			both{"请补写其余各行，或放弃建账", "Write the rest, or abandon it"}},
		{"needed=unit-not-established", both{"单位已经设立", "the unit has been founded already"},
			both{"请直接使用该单位账户", "Use its account"}},
		{"needed=user-unknown", both{"该用户已登记", "the user is registered already"},
			both{"请直接使用该用户", "Use that user"}},
		{"needed=user-active", both{"该用户已停用", "the user is disabled"},
			both{"请核对用户", "Check the user"}},
		{"needed=two-admins-left", both{"至少须保留两名管理员", "two administrators must remain"},
			both{"请先授予另一名管理员", "Name another administrator first"}},
		{"needed=role-not-held", both{"该用户在此范围内已有此角色", "the user holds this role over this scope already"},
			both{"请核对角色和范围", "Check role and scope"}},
		{"needed=proposed", both{"该授权不在等待确认", "the grant does not wait to be confirmed"},
			both{"请核对授权", "Check the grant"}},
		{"needed=rows-so-far", both{"已写入{rows}行，收到的名单从第{next}行开始", "{rows} rows are written; the list sent begins with row {next}"},
			both{"请从下一行续写", "Go on with the next row"}},
		{"part needed", both{"批次编号应为{needed}，收到{part}", "the next part has the number {needed}, not {part}"},
			both{"请从该批续写", "Go on with that part"}},
		{"status", both{"变动{status}，不能办理此环节", "this step is not possible now ({status})"},
			both{"请查看当前环节后再办理", "Look at its present step, then act"}},
		{"", both{"当前环节不能办理此事", "this step is not possible now"},
			both{"请查看当前环节后再办理", "Look at its present step, then act"}},
	},
}
