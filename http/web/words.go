package web

import (
	"fmt"
	"strings"

	"staffledger/domain/text"
)

// say gives a word of the pages; each {} is replaced by the next argument. A
// key without entry is a mistake in the program and is given as it is; a test
// finds every key that the program names.
func say(lang text.Lang, key string, args ...any) string {
	w, ok := words[key]
	if !ok {
		return key
	}
	s := w[0]
	if lang == text.EN {
		s = w[1]
	}
	for _, a := range args {
		s = strings.Replace(s, "{}", fmt.Sprint(a), 1)
	}
	return s
}

// words is the catalogue of page words: key → Chinese, English. Sentences about
// events and refusals, and the names of fields and codes, are those of package
// domain/text.
var words = merge(wordsFrame, wordsLists, wordsForms, wordsLedger)

func merge(parts ...map[string][2]string) map[string][2]string {
	all := map[string][2]string{}
	for _, part := range parts {
		for key, w := range part {
			if _, twice := all[key]; twice {
				panic("web: word " + key + " stands twice")
			}
			all[key] = w
		}
	}
	return all
}

var wordsFrame = map[string][2]string{
	"app.name":         {"机构编制台账", "Establishment ledger"},
	"app.skip":         {"跳到正文", "Skip to content"},
	"demo":             {"演示数据：本页的单位、人员和证件号码全部为虚构。", "Demo data: all units, people and ID numbers on this page are invented."},
	"demo.clock":       {"演示时钟：{}。", "Demo clock: {}."},
	"search.label":     {"搜索", "Search"},
	"search.place":     {"单位、姓名、文号、变动编号、事件号", "Unit, name, document, change or event no."},
	"menu":             {"菜单", "Menu"},
	"nav.label":        {"主导航", "Main navigation"},
	"crumb.label":      {"当前位置", "Breadcrumb"},
	"nav.home":         {"首页", "Home"},
	"nav.queue":        {"待办", "Queue"},
	"nav.units":        {"单位", "Units"},
	"nav.people":       {"人员", "People"},
	"nav.changes":      {"变动", "Changes"},
	"nav.approvals":    {"用编", "Approvals"},
	"nav.documents":    {"文件", "Documents"},
	"nav.trace":        {"追溯", "Trace"},
	"nav.verify":       {"核验", "Verify"},
	"nav.admin":        {"管理", "Admin"},
	"nav.ops":          {"运行", "Operations"},
	"nav.waiting":      {"件待办", "waiting"},
	"lang.other":       {"EN", "中文"},
	"signout":          {"退出", "Sign out"},
	"role.as":          {"身份", "Role"},
	"role.switch":      {"切换", "Switch"},
	"scope.city":       {"全市", "Whole city"},
	"list.comma":       {"、", ", "},
	"trust.label":      {"账本状态", "State of the ledger"},
	"trust.ok":         {"账本完整", "Ledger intact"},
	"trust.broken":     {"第{}条起不可信", "Not to be trusted from no. {} on"},
	"trust.bad":        {"账本无法读取", "Ledger cannot be read"},
	"trust.count":      {"共{}条", "{} entries"},
	"trust.root":       {"根", "Root"},
	"trust.checked":    {"上次全量核验{}，{}", "Last full check {}, {}"},
	"trust.unchecked":  {"启动后尚未全量核验", "No full check since the start"},
	"trust.running":    {"正在核验", "Check running"},
	"trust.view":       {"本页至第{}条，延迟{}秒", "This page up to no. {}, {} s behind"},
	"trust.verify":     {"核验", "Verify"},
	"trust.system":     {"系统", "System"},
	"trust.somebody":   {"另一用户", "another user"},
	"trust.unreadable": {"账本无法读取", "the ledger cannot be read"},
	"broken.title":     {"账本核验不通过：", "The ledger failed verification: "},
	"broken.text":      {"第{}条与账本的校验不符。第{}条之前的内容仍可证明；请管理员暂停写入并恢复备份。", "no. {} does not fit the ledger's check. What stands before no. {} can still be proved; an operator must stop writing and restore a backup."},
	"broken.file":      {"文件{}已损坏；账本的记录本身没有发现改动。请管理员从备份恢复该文件。", "the file {} is damaged; no change was found in the ledger's entries. An operator must restore that file from a backup."},
	"trust.brokenfile": {"有文件损坏", "A file is damaged"},
	"broken.first":     {"第0条与账本的校验不符，没有可以证明的内容；请管理员暂停写入并恢复备份。", "no. 0 does not fit the ledger's check; nothing can be proved. An operator must stop writing and restore a backup."},
	"broken.link":      {"查看核验结果", "See the result"},
	"done.one":         {"已写入{}。", "Written: {}."},
	"done.many":        {"已写入{}至{}。", "Written: {} to {}."},
	"done.behind":      {"已写入{}，列表稍后更新。", "Written: {}; lists follow shortly."},
	"done.open":        {"查看该条", "Open it"},
	"done.pending":     {"办理尚在进行，稍后刷新可见结果。", "It is still under way; reload shortly to see the result."},
	"print.address":    {"地址：{}", "Address: {}"},
	"print.at":         {"打印时间：{}", "Printed: {}"},
	"print.by":         {"打印人：{}", "By: {}"},
	"print.position":   {"数据至第{}条", "Data up to no. {}"},
	"print.root":       {"根：{}", "Root: {}"},
	"keys.title":       {"快捷键", "Keyboard shortcuts"},
	"keys.search":      {"到搜索框", "Search"},
	"keys.go":          {"先按g，再按h、q、u、t：首页、待办、单位、追溯", "g, then h, q, u or t: home, queue, units, trace"},
	"keys.rows":        {"下一行、上一行，按回车打开", "Next row, previous row; Enter opens"},
	"keys.expand":      {"展开或收起所在记录", "Open or close the entry"},
	"keys.help":        {"显示或隐藏本说明", "Show or hide this"},
	"keys.off":         {"停用快捷键", "Switch shortcuts off"},
	"keys.on":          {"启用快捷键", "Switch shortcuts on"},
	"all":              {"全部", "All"},
	"any":              {"不限", "Any"},
	"none":             {"无", "None"},
	"nothing":          {"—", "—"},
	"open":             {"打开", "Open"},
	"filter":           {"筛选", "Filter"},
	"clear":            {"清除", "Clear"},
	"next":             {"下一页 →", "Next →"},
	"first":            {"回到第一页", "First page"},
	"print":            {"打印", "Print"},
	"copy":             {"复制本页链接", "Copy link"},
	"copied":           {"已复制", "Copied"},
	"back":             {"返回", "Back"},
	"shown":            {"显示{}条，共{}条", "{} shown of {}"},
	"showncount":       {"共{}条", "{} in all"},

	"err.title.403":    {"无权查看或办理", "Not open to you"},
	"err.title.404":    {"没有找到", "Not found"},
	"err.title.405":    {"没有找到", "Not found"},
	"err.title.409":    {"现在不能办理", "Not possible now"},
	"err.title.412":    {"您打开后有新的记录", "Changed since you looked"},
	"err.title.413":    {"提交的内容过大", "Too large"},
	"err.title.422":    {"提交的内容不符合要求", "Not in the form required"},
	"err.title.429":    {"尝试次数过多", "Too many attempts"},
	"err.title.500":    {"系统内部错误", "Internal error"},
	"err.title.503":    {"暂时不能服务", "Not available now"},
	"err.title.507":    {"磁盘空间不足", "No space left"},
	"err.what":         {"发生了什么", "What happened"},
	"err.unwritten":    {"没有写入什么", "What was not written"},
	"err.todo":         {"怎样处理", "What to do"},
	"err.id":           {"请求编号", "Request id"},
	"err.nothing":      {"未写入任何数据。", "Nothing was written."},
	"err.read":         {"这次只是读取，没有写入。", "This was a look only; nothing was to be written."},
	"err.maybe":        {"不能确定是否写入；用原来的页面重新提交不会重复写入。", "It is not certain whether it was written; submitting the same page again will not write twice."},
	"err.404.what":     {"没有这个地址，或者没有这个单位、人员、变动或记录。", "There is no such address, or no such unit, person, change or entry."},
	"err.404.todo":     {"请核对编号，或用上方搜索；追溯可以找到已经更名、撤销的。", "Check the number, or search above; the trace also finds what was renamed or ended."},
	"err.403.csrf":     {"表单不属于本次登录，可能来自另一网站，或者登录已经过期。", "The form does not belong to this session; it may come from another site, or the session has ended."},
	"err.403.csrftodo": {"请回到页面重新打开表单，再提交一次。", "Go back, open the form again and submit it anew."},
	"err.403.who":      {"角色由管理员授予。", "Roles are granted by the administrators."},
	"err.413.what":     {"提交的内容超过本页的上限。", "What was submitted is larger than this page takes."},
	"err.413.todo":     {"请减少行数分批提交；文件不超过20MB。", "Submit fewer rows at a time; a file may have up to 20 MB."},
	"err.422.what":     {"提交的内容没有传完，或者不是本页的表单。", "What was submitted did not arrive whole, or is not this page's form."},
	"err.422.todo":     {"请回到表单重新提交。", "Go back to the form and submit it again."},
	"err.422.key":      {"这个表单已经提交过，第二次的内容与第一次不同。第一次的结果已经写入。", "This form was submitted before with other content. What was sent first has been written."},
	"err.422.keytodo":  {"请先看已写入的结果；要另办一件，请重新打开表单。", "Look at what was written first; for another one, open a new form."},
	"err.cursor":       {"翻页标记不属于这个列表，可能是地址被改动过。", "The page mark is not of this list; the address may have been changed."},
	"err.cursortodo":   {"请从第一页看起。", "Begin with the first page."},
	"err.428.what":     {"表单没有说明您看到的是哪一版。", "The form does not say which version you saw."},
	"err.429.what":     {"登录失败次数过多，已暂停登录。", "Signing in is suspended after too many failures."},
	"err.429.todo":     {"请在{}后重试；忘记密码的，请管理员重发一次性密码。", "Try again in {}; if the password is forgotten, ask an administrator for a one-time password."},
	"err.500.what":     {"请求没有完成，原因已记入日志。", "The request was not completed; the cause is in the log."},
	"err.500.todo":     {"请稍后用原来的页面重试；仍不成功的，把请求编号告诉管理员。", "Try again shortly from the same page; if it fails again, give the request id to an operator."},
	"err.503.behind":   {"列表还没有更新到您要看的条号。已写入的数据没有丢失。", "The lists have not come up to the entry you want. What was written is stored."},
	"err.503.readonly": {"上一次写入未能落盘，账本暂停写入。", "A write could not be made durable; the ledger takes no more writes."},
	"err.503.rotodo":   {"请管理员检查磁盘后重新启动；查询不受影响。", "Have an operator look at the disk and start anew; reading goes on."},
	"err.503.damaged":  {"读到损坏的记录，位置是第{}条。账本损坏时不作为完整账本提供。", "A damaged entry was read, at no. {}. A damaged ledger is not served as if whole."},
	"err.503.dtodo":    {"请管理员核验并从备份恢复。", "Have an operator verify it and restore a backup."},
	"err.503.closing":  {"服务正在停止或重新启动。", "The service is stopping or starting."},
	"err.503.todo":     {"请稍后重试。", "Try again shortly."},
	"err.507.what":     {"账本所在的磁盘没有空间。", "The disk that holds the ledger is full."},
	"err.507.todo":     {"请管理员腾出空间；之后可用原来的页面重新提交，不会重复写入。", "Have an operator make room; then submit the same page again: it will not write twice."},
	"err.409.check":    {"另一次核验或重放尚未结束。", "Another verification or replay has not ended yet."},
	"err.409.chktodo":  {"请等它结束后再开始。", "Start again when it has ended."},
	"err.412.what":     {"您打开之后，这件事有了新的记录。", "There are new records on this since you opened it."},
	"err.412.mine":     {"您打开时", "As you saw it"},
	"err.412.theirs":   {"现在", "As it is now"},
	"err.412.seen":     {"第{}版", "Version {}"},
	"err.412.input":    {"您填写的内容", "What you entered"},
	"err.412.since":    {"其间的记录", "What was recorded since"},
	"err.412.again":    {"按现在的内容重新办理", "Act on it as it is now"},
	"err.tohome":       {"回到首页", "Home"},
	"err.signin":       {"去登录", "Sign in"},

	"signin.title":     {"登录", "Sign in"},
	"signin.name":      {"登录名", "Sign-in name"},
	"signin.password":  {"密码", "Password"},
	"signin.button":    {"登录", "Sign in"},
	"signin.failed":    {"登录名或密码不正确。请核对后重试；忘记密码的，请管理员重发一次性密码。", "Wrong name or password. Check both and try again; if forgotten, ask an administrator for a one-time password."},
	"signin.wait":      {"登录失败次数过多，暂停登录。请在{}后重试。", "Signing in is suspended after too many failures. Try again in {}."},
	"signin.first":     {"请先登录，然后回到您要看的页面。", "Sign in first; then you come to the page you wanted."},
	"signin.demo":      {"演示用户", "Demo users"},
	"signin.demohint":  {"一人一个角色，密码都是{}", "One per role; the password is {} for all"},
	"signin.use":       {"登录名", "Sign-in name"},
	"signin.try":       {"先试什么", "What to try first"},
	"signin.role":      {"角色", "Role"},
	"signin.person":    {"姓名", "Name"},
	"password.title":   {"修改一次性密码", "Change the one-time password"},
	"password.change":  {"修改密码", "Change password"},
	"password.why":     {"您以一次性密码登录。改成自己的密码之后才能办理。", "You signed in with a one-time password. Set a password of your own before anything else."},
	"password.old":     {"现在的密码", "Present password"},
	"password.new":     {"新密码", "New password"},
	"password.again":   {"再输入一次新密码", "New password again"},
	"password.hint":    {"至少10个字符，不能与登录名相同。", "At least 10 characters, not the sign-in name."},
	"password.button":  {"修改密码", "Change password"},
	"password.differ":  {"两次输入的新密码不一致。请重新输入。", "The two do not match. Type it again."},
	"password.wrong":   {"现在的密码不正确。请核对后重试。", "The present password is wrong. Check it and try again."},
	"password.length":  {"新密码应为{}至{}个字符。请另设一个。", "A password has {} to {} characters. Choose another."},
	"password.name":    {"新密码不能与登录名相同。请另设一个。", "The password must not be the sign-in name. Choose another."},
	"password.same":    {"新密码不能与现在的密码相同。请另设一个。", "The new password must differ from the present one. Choose another."},
	"password.changed": {"密码已修改，其他登录已经退出。", "The password was changed; other sessions have ended."},
	"duration.seconds": {"{}秒", "{} seconds"},
	"duration.minutes": {"{}分钟", "{} minutes"},
}
