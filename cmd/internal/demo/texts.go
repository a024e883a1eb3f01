package demo

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
	opinionsPass        = []string{"材料齐全，同意。", "同意。", "符合规定，同意。", "已核对任免文件，同意。", "已核对档案，情况属实。", "经审核，符合条件。", "手续完备，同意办理。",
		"用编核准有效，有余额。", "编制类型相符，有空余，同意。", "已在人事系统核对。", "岗位等级相符，同意。", "经科室会审，同意。"}
	opinionsBatch = []string{"本批人员招聘程序完备，公示无异议，同意。", "名单与核准计划一致，同意整批办理。", "体检、考察、公示材料齐全，同意。"}
	plansExam     = []string{"年度考试录用公务员计划", "面向高校毕业生考录计划", "基层公务员考录计划"}
	plansRecruit  = []string{"年度公开招聘计划", "教师招聘计划", "高层次人才招聘计划", "紧缺专业人才招聘计划"}
	plansSelect   = []string{"选调优秀毕业生计划", "面向基层选调计划", "遴选计划"}
)

// fault is what is wrong with a field of a form when it is first collected,
// and what the gate that finds it writes.
type fault struct {
	field string
	words []string
}

var entryFaults = []fault{
	{"degree", []string{"学位与学位证书不符。", "学信网未查到所填学位，请附证书。", "学位名称应按证书填写。"}},
	{"education", []string{"学历证明与名册不一致。", "最高学历请按毕业证书填写。"}},
	{"school", []string{"毕业院校与毕业证书不符。", "院校名称请写全称。"}},
	{"workstart", []string{"参加工作时间与档案不符，请核对首份工作材料。", "参加工作时间早于毕业时间，请说明。"}},
	{"internalbody", []string{"内设机构名称与三定规定不一致。", "该科室未在三定规定内。"}},
	{"post", []string{"职务名称与任职文件不符。", "岗位名称请按聘用合同填写。"}},
	{"title", []string{"职称证书未附。", "职称与聘任等级不符。"}},
	{"nativeplace", []string{"籍贯请填到市县。"}},
	{"politics", []string{"政治面貌与党员档案不符。"}},
	{"effective", []string{"生效日期应与任免文件一致。", "入编日期早于报到日期，请核对。"}},
	{"document", []string{"依据文号与所附文件不符。", "所附文件不是本次任免的依据。"}},
	{"note", []string{"请补充说明调入缘由。"}},
}

var exitFaults = []fault{
	{"effective", []string{"出编日期应为批准之日的次月1日。", "日期与批准文件不一致。"}},
	{"document", []string{"依据文号与所附文件不符。", "未附退休批准文件。"}},
	{"exitreason", []string{"出编原因与批准文件不符。"}},
	{"note", []string{"请说明去向。", "请补充工作交接情况。"}},
}
