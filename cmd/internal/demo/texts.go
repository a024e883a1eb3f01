package demo

import "staffledger/domain/account"

// What people write: opinions, reasons, what is wrong with a field.

var (
	reasonsAbandon      = []string{"名册为旧版，重新核对后再建账", "人员类别口径有误，退回单位重报", "漏报3人，整体重报"}
	reasonsWithdraw     = []string{"本人放弃录用", "体检不合格，不再办理", "材料短期内无法补齐，撤回重报", "单位研究决定暂缓办理", "考察未通过，取消录用", "重复申报"}
	reasonsWithdrawExit = []string{"本人撤回辞职申请", "调出事宜未谈妥，暂缓", "退休时间按新办法顺延", "重复申报"}
	reasonsRevoke       = []string{"招聘计划取消", "报考人数不足，不再开考", "岗位已由内部调剂解决", "年度用编计划调整"}
	reasonsGrant        = []string{"新增职责，增加编制", "学校扩班，增加教师编制", "新设科室，增加编制", "承接下放事项，增加编制", "机构改革转隶，增加编制", "人口增长，充实基层力量"}
	reasonsCut          = []string{"职责划出，收回编制", "长期空编，收回周转池", "精简压缩，收回编制", "事项取消，核减编制"}
	reasonsMove         = []string{"职责划转，编制随转", "余缺调剂", "同系统内调剂使用"}
	reasonsHold         = []string{"预留机构改革使用", "年度控编", "待三定调整，暂缓使用", "压缩开支，暂控使用"}
	reasonsFree         = []string{"控编期满，予以放开", "急需补充人员，放开使用", "年度计划已定，放开使用"}
	reasonsPool         = []string{"年度编制总额调整", "上级下达编制", "收回上年结余编制", "按人口变动重新核定"}
	opinionsBatch       = []string{"本批人员招聘程序完备，公示无异议，同意。", "名单与核准计划一致，同意整批办理。", "体检、考察、公示材料齐全，同意。"}
	plansExam           = []string{"年度考试录用公务员计划", "面向高校毕业生考录计划", "基层公务员考录计划"}
	plansRecruit        = []string{"年度公开招聘计划", "教师招聘计划", "高层次人才招聘计划", "紧缺专业人才招聘计划"}
	plansSelect         = []string{"选调优秀毕业生计划", "面向基层选调计划", "遴选计划"}
)

// Opinions with which a gate passes a change; those of "" any gate may write.
var opinionsPass = map[account.Gate][]string{
	"":                       {"材料齐全，同意。", "同意。", "符合规定，同意。", "经审核，符合条件。", "手续完备，同意办理。", "经科室会审，同意。"},
	account.GateUnitHead:     {"情况属实，同意上报。", "已经班子会议研究，同意。"},
	account.GateSupervisor:   {"主管部门同意。", "符合系统内调配计划，同意。"},
	account.GateOrganization: {"已核对任免文件，同意。", "符合干部管理权限，同意。", "已核对公务员登记，同意。"},
	account.GateHR:           {"已核对档案，情况属实。", "岗位等级相符，同意。", "已在人事系统核对。"},
	account.GateOffice:       {"编制类型相符，有空余，同意。", "已核对名册，同意。", "账户无异常，同意。"},
}

func (f *filler) opinion(gate account.Gate) string {
	if f.rng.chance(0.5) {
		gate = ""
	}
	return pick(f.rng, opinionsPass[gate])
}
