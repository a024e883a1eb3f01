package demo

import (
	"staffledger/domain/account"
	"staffledger/domain/codes"
)

// titleOf is the title of the paper that a change rests on.
func titleOf(c *change) string {
	if c.kind == account.Entry {
		switch c.form.Manner {
		case codes.Exam:
			return "关于录用公务员的通知"
		case codes.Recruitment:
			return "关于公开招聘人员聘用的通知"
		case codes.Selection:
			return "关于选调人员任职的通知"
		case codes.Assignment:
			return "关于人员调任的通知"
		case codes.Resettlement:
			return "关于军队转业干部安置的通知"
		}
		return "关于人员安排的通知"
	}
	switch c.form.ExitReason {
	case codes.Retirement:
		return "关于同意退休的批复"
	case codes.Death:
		return "关于在职人员去世有关事项的通知"
	case codes.Resignation:
		return "关于同意辞去公职的批复"
	case codes.Dismissal:
		return "关于辞退人员的决定"
	case codes.ContractEnded:
		return "关于解除聘用合同的通知"
	case codes.Expulsion:
		return "关于给予开除处分的决定"
	case codes.TransferOut:
		return "关于人员调出的通知"
	case codes.Enterprise:
		return "关于转企改制人员安置的批复"
	}
	return "关于宣告失踪人员出编的通知"
}

// shareOf is how often the paper of the month serves.
func shareOf(c *change) float64 {
	switch {
	case c.form.ExitReason == codes.Retirement:
		return 0.85
	case c.form.Manner == codes.Exam || c.form.Manner == codes.Recruitment || c.form.Manner == codes.Selection:
		return 0.9
	}
	return 0.4
}
