package http

import (
	"net/http"

	"staffledger/domain"
	"staffledger/domain/text"
	"staffledger/http/ports"
)

// Names of problems that are no refusals of a rule.
const (
	JSONMalformed        = "json-malformed"
	ParameterUnknown     = "parameter-unknown"
	ParameterMalformed   = "parameter-malformed"
	HeaderMalformed      = "header-malformed"
	BodyTooLarge         = "body-too-large"
	BodyTooSlow          = "body-too-slow"
	MediaTypeUnsupported = "media-type-unsupported"
	NotSignedIn          = "not-signed-in"
	SignInFailed         = "sign-in-failed"
	PasswordChangeNeeded = "password-change-needed"
	TooManyAttempts      = "too-many-attempts"
	CrossOrigin          = "cross-origin"
	NotFound             = "not-found"
	MethodNotAllowed     = "method-not-allowed"
	KeyReused            = "key-reused"
	AllSetAside          = "all-set-aside"
	PreconditionFailed   = "precondition-failed"
	PreconditionRequired = "precondition-required"
	CheckRuns            = "check-runs"
	ClockBackward        = "clock-backward"
	TooManyTokens        = "too-many-tokens"
	ViewsBehind          = "views-behind"
	NoSpace              = "no-space"
	ReadOnly             = "read-only"
	LedgerDamaged        = "ledger-damaged"
	ShuttingDown         = "shutting-down"
	Internal             = "internal"
)

// ProblemRow is one problem: its name and status, and for those that are no
// refusals the words; refusals have theirs from package text.
type ProblemRow struct {
	Name   string
	Status int
	words  map[text.Lang][3]string // title, detail, way out
}

func say(titleZH, detailZH, wayZH, titleEN, detailEN, wayEN string) map[text.Lang][3]string {
	return map[text.Lang][3]string{text.ZH: {titleZH, detailZH, wayZH}, text.EN: {titleEN, detailEN, wayEN}}
}

// Problems is the one table from names to statuses, in the order of the
// documents: refusals as they are judged (ports.RefusalStatus), then the rest.
var Problems = append(refusalRows(), []ProblemRow{
	{JSONMalformed, 400, say("请求内容不是有效的 JSON", "请求内容无法读取。", "请按接口文档改正后重新提交。", "Body is not valid JSON", "The body cannot be read.", "Correct it as the contract says and send it again.")},
	{ParameterUnknown, 400, say("未知的参数", "没有这个参数。", "请去掉它，或按接口文档改正名称。", "Unknown parameter", "There is no such parameter.", "Leave it out, or correct its name as the contract says.")},
	{ParameterMalformed, 400, say("参数格式不符", "参数的值不符合要求。", "请按接口文档改正。", "Malformed parameter", "The value is not in the form required.", "Correct it as the contract says.")},
	{HeaderMalformed, 400, say("请求头格式不符", "请求头的值不符合要求。", "请按接口文档改正。", "Malformed header", "The value is not in the form required.", "Correct it as the contract says.")},
	{BodyTooLarge, 413, say("请求内容过大", "请求内容超过上限，未写入任何数据。", "请减少内容，或分批提交。", "Body too large", "The body is larger than allowed; nothing was written.", "Send less, or in parts.")},
	{BodyTooSlow, 408, say("请求内容未在限时内到达", "请求内容没有传完，未写入任何数据。", "请检查网络后重新提交。", "Body did not arrive in time", "The body did not arrive whole; nothing was written.", "Check the connection and send it again.")},
	{MediaTypeUnsupported, 415, say("不支持的内容类型", "请求内容的类型不符。", "请按接口文档设置 Content-Type。", "Media type not supported", "The body is of another type than this operation takes.", "Set Content-Type as the contract says.")},
	{NotSignedIn, 401, say("未登录", "没有有效的令牌或会话。", "请登录，或换一个有效的令牌。", "Not signed in", "There is no valid token or session.", "Sign in, or use a valid token.")},
	{SignInFailed, 401, say("登录失败", "登录名或密码不正确。", "请核对后重试；忘记密码的，请管理员重发一次性密码。", "Sign-in failed", "Wrong name or password.", "Check both and try again; if forgotten, ask an administrator for a one-time password.")},
	{PasswordChangeNeeded, 403, say("须先修改一次性密码", "您以一次性密码登录，尚不能办理。", "请先以 PUT /v1/me/password 修改密码。", "One-time password must be changed first", "You signed in with a one-time password, which is good only for changing it.", "Set a password of your own with PUT /v1/me/password.")},
	{TooManyAttempts, 429, say("尝试次数过多", "登录失败次数过多，暂停登录。", "请在 Retry-After 所示秒数后重试。", "Too many attempts", "Signing in is suspended after too many failures.", "Try again after the seconds in Retry-After.")},
	{CrossOrigin, 403, say("拒绝跨站请求", "请求来自另一网站，未写入任何数据。", "请在本系统页面内操作，或使用令牌。", "Cross-origin request", "The request came from another site; nothing was written.", "Use the pages of this system, or a token.")},
	{NotFound, 404, say("没有找到", "没有这个内容。", "请核对地址或编号。", "Not found", "There is no such thing.", "Check the address or the id.")},
	{MethodNotAllowed, 405, say("不支持的方法", "此地址不支持这个方法。", "请使用 Allow 所列的方法。", "Method not allowed", "This address does not take this method.", "Use one of those in Allow.")},
	{KeyReused, 422, say("幂等键已用于另一请求", "同一幂等键已用于内容不同的请求，未写入任何数据。", "新的请求请用新的键。", "Idempotency key was used before", "The same key was used with another request; nothing was written.", "Use a new key for a new request.")},
	{AllSetAside, 422, say("没有可以办理的行", "各行均不能办理，未写入任何数据。", "请按各行的原因改正后重新提交。", "No row can be carried out", "Every row was set aside; nothing was written.", "Correct the rows as their reasons say.")},
	{PreconditionFailed, 412, say("您打开后有新的记录", "您所见的版本已不是最新，未写入任何数据。", "请比较后重新提交。", "Changed since you looked", "The version that you saw is not the newest; nothing was written.", "Compare, and submit again.")},
	{PreconditionRequired, 428, say("须说明所见版本", "缺少 If-Match。", "请先读取，再以其 ETag 作为 If-Match 提交。", "If-Match required", "If-Match is missing.", "Read the thing first and send its ETag as If-Match.")},
	{CheckRuns, 409, say("正在核验", "另一次核验或重放尚未结束。", "请等它结束。", "A check is running", "Another verification or replay has not ended yet.", "Wait for it to end.")},
	{ClockBackward, 409, say("时钟只能前进", "所给时间早于演示时钟。", "请给出较晚的时间。", "The clock moves forward only", "That time has passed on the demo clock.", "Give a later time.")},
	{TooManyTokens, 409, say("令牌过多", "有效令牌已达上限。", "请先吊销不用的令牌。", "Too many tokens", "You hold as many valid tokens as allowed.", "Revoke those that are not used.")},
	{ViewsBehind, 503, say("列表尚未更新到所要的条号", "数据已写入，列表稍后更新。", "请稍后重试。", "Lists are behind", "What was written is stored; the lists show it soon.", "Try again shortly.")},
	{NoSpace, 507, say("磁盘空间不足", "没有空间，未写入任何数据。", "请管理员腾出空间；之后可用同一键重新提交。", "No space left", "There is no space; nothing was written.", "Have an operator make room; then the same command may be repeated under the same key.")},
	{ReadOnly, 503, say("账本暂停写入", "上一次写入未能落盘，账本不再写入。", "请管理员检查磁盘后重新启动。", "The ledger takes no more writes", "A write could not be made durable; writing has stopped.", "Have an operator look at the disk and start anew.")},
	{LedgerDamaged, 503, say("账本损坏", "账本有一处损坏，不作为完整账本提供。", "请管理员核验并从备份恢复。", "The ledger is damaged", "Damage was found; the ledger is not served as whole.", "Have an operator verify it and restore a backup.")},
	{ShuttingDown, 503, say("正在停止服务", "服务正在停止，未写入任何数据。", "请稍后重试；同一键可重复提交。", "Shutting down", "The service is stopping.", "Try again shortly; the same key may be used again.")},
	{Internal, 500, say("系统内部错误", "请求没有完成。", "请稍后以同一键重试；仍不成功的，请把请求编号告诉管理员。", "Internal error", "The request was not completed.", "Try again with the same key; if it fails again, give the request id to an operator.")},
}...)

func refusalRows() []ProblemRow {
	var rows []ProblemRow
	for _, r := range domain.RefusalTable {
		rows = append(rows, ProblemRow{Name: r.Name, Status: ports.RefusalStatus[r.Name]})
	}
	return rows
}

var problemByName = func() map[string]ProblemRow {
	rows := make(map[string]ProblemRow, len(Problems))
	for _, r := range Problems {
		rows[r.Name] = r
	}
	return rows
}()

// StatusOf is the status of a problem or refusal; 500 for an unknown name.
func StatusOf(name string) int {
	if r, ok := problemByName[name]; ok {
		return r.Status
	}
	return http.StatusInternalServerError
}

// problem is an error that names a row of Problems.
type problem struct {
	name   string
	field  string
	facts  map[string]any
	detail string // in place of the row's, where more can be said in any language
	found  domain.Findings
	wait   int // seconds, for Retry-After
}

func (p *problem) Error() string { return p.name + " " + p.field + " " + p.detail }

func refuse(name, field string, facts ...any) *problem {
	return &problem{name: name, field: field, facts: domain.Refuse(name, field, facts...).Facts}
}
