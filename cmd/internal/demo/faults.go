package demo

import (
	"fmt"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
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

// spoil plans a mistake in the form now and then, if the level has reviewers
// enough for the second round that it costs.
func (f *filler) spoil(c *change, share float64) {
	if c.steady || !f.rng.chance(share) || len(c.unit.level.organization) < 2 {
		return
	}
	for _, gate := range c.route {
		if gate == account.GateUnitHead || gate == account.GateSupervisor {
			return // these seats are held by one person each
		}
	}
	faults := entryFaults
	if c.kind == account.Exit {
		faults = exitFaults
	}
	c.fault, c.finds, c.wrong = &faults[f.rng.IntN(len(faults))], f.rng.IntN(len(c.route)), c.form
	w := &c.wrong
	switch c.fault.field {
	case "degree":
		w.Particulars.Degree = other(f.rng, c.form.Particulars.Degree, "303", "308", "312", "408", "412")
	case "education":
		w.Particulars.Education = other(f.rng, c.form.Particulars.Education, "14", "21", "31")
	case "school":
		w.Particulars.School = other(f.rng, c.form.Particulars.School, universities...)
	case "workstart":
		var year, month int
		if _, err := fmt.Sscanf(c.form.Particulars.WorkStart, "%d-%d", &year, &month); err == nil {
			w.Particulars.WorkStart = fmt.Sprintf("%04d-%02d", year-f.rng.between(1, 3), month)
		}
	case "internalbody":
		w.Particulars.InternalBody = "综合协调组"
	case "post":
		w.Particulars.Post = other(f.rng, c.form.Particulars.Post, "干事", "职员", "专员")
	case "title":
		w.Particulars.Title = other(f.rng, c.form.Particulars.Title, "助理工程师", "中级职称")
	case "nativeplace":
		w.Particulars.NativePlace = "浙江"
	case "politics":
		w.Particulars.Politics = other(f.rng, c.form.Particulars.Politics, "13", "03", "02")
	case "effective":
		w.Effective += domain.Day(f.rng.between(1, 9))
	case "exitreason":
		w.ExitReason = other(f.rng, c.form.ExitReason, codes.Resignation, codes.ContractEnded, codes.TransferOut)
	case "note":
		w.Note = ""
		c.form.Note = pick(f.rng, []string{"已补充说明，见附件。", "去向：本市其他单位。", "经批准，手续齐备。", "工作交接完毕。"})
	}
}

func other[T comparable](r *random, not T, list ...T) T {
	for {
		if x := pick(r, list); x != not {
			return x
		}
	}
}
