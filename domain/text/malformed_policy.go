package text

import "staffledger/domain/policy"

var (
	policyData = both{"业务规则§15：政策数据", "Domain model §15: policy data"}
	mendPolicy = both{"请改正政策内容", "Correct the policy"}
)

// Rules of package policy. What stands there is named as in the policy's JSON.
var malformedPolicies = []malformation{
	one(policy.RuleName, policyData, "没有此项政策，可设定的有{known}", "there is no such policy; there are {known}", mendPolicy, "known"),
	one(policy.RuleFrom, policyData, "{day}早于今天，政策不能追溯施行", "{day} is before today; a policy does not hold backwards",
		both{"请改为{earliest}或之后", "Choose {earliest} or later"}, "day", "earliest"),
	one(policy.RuleJSON, policyData, "不是此项政策的JSON", "not the JSON of this policy", mendPolicy, "reason"),
	one(policy.RuleUnknownField, policyData, "没有名为“{found}”的字段", "there is no field \"{found}\"", mendPolicy, "found"),
	one(policy.RuleRepeatedField, policyData, "字段“{found}”重复", "the field \"{found}\" stands there twice", mendPolicy, "found"),
	one(policy.RuleRange, policyData, "{got}不在{min}至{max}之间", "{got} is not between {min} and {max}", mendPolicy, "min", "max", "got"),
	one(policy.RuleRouteKind, policyData, "没有变动类型“{found}”，可用的有{known}", "there is no kind of change \"{found}\"; there are {known}", mendPolicy, "found", "known"),
	{policy.RuleRouteRepeated, []string{"kind", "class"}, policyData, []ruling{
		{"class", both{"{kind}（{class}）的路线重复", "the route for {kind} ({class}) stands there twice"}, mendPolicy},
		{"", both{"{kind}的路线重复", "the route for {kind} stands there twice"}, mendPolicy}}},
	one(policy.RuleRouteMissing, policyData, "缺少{kind}的通用路线", "the general route for {kind} is missing", mendPolicy, "kind"),
	one(policy.RuleRouteLength, policyData, "{got}道关口，应为{min}至{max}道", "{got} gates; a route has {min} to {max}", mendPolicy, "min", "max", "got"),
	one(policy.RuleGate, policyData, "没有审核关口“{found}”，可用的有{known}", "there is no gate \"{found}\"; there are {known}", mendPolicy, "found", "known"),
	one(policy.RuleGateRepeated, policyData, "审核关口“{found}”重复", "the gate \"{found}\" stands there twice", mendPolicy, "found"),
	one(policy.RuleItemKey, policyData, "要点代号应为小写字母开头的小写字母、数字和连字符，最多40个字符", "a key begins with a small letter and has small letters, digits and hyphens, at most 40", mendPolicy, "form"),
	one(policy.RuleItemRepeated, policyData, "要点代号“{found}”重复", "the key \"{found}\" stands there twice", mendPolicy, "found"),
	one(policy.RuleClass, policyData, "没有人员类别“{found}”", "there is no class of staff \"{found}\"", mendPolicy, "found"),
	one(policy.RuleClassRepeated, policyData, "人员类别“{found}”重复", "the class of staff \"{found}\" stands there twice", mendPolicy, "found"),
	one(policy.RulePostKind, policyData, "没有编制类型“{found}”", "there is no kind of post \"{found}\"", mendPolicy, "found"),
	one(policy.RuleManner, policyData, "没有进入方式“{found}”", "there is no manner of entry \"{found}\"", mendPolicy, "found"),
	one(policy.RuleMannerRepeated, policyData, "进入方式“{found}”重复", "the manner of entry \"{found}\" stands there twice", mendPolicy, "found"),
	one(policy.RuleChecklistEmpty, policyData, "该关口没有要点", "the gate has no items",
		both{"请写明要点，或去掉该关口", "Name items, or leave the gate out"}),
}
