package codes

import "staffledger/domain"

// ningbo2016 is the day of the State Council's approval 国函〔2016〕158号
// (announced by 浙政发〔2016〕36号): 江东区 is abolished, its area goes to 鄞州区;
// the county-level city 奉化市 becomes 奉化区 under a new code.
var ningbo2016 = domain.DayOf(2016, 9, 14)

// GB/T 2260: the province, the city and its ten divisions, with the former
// codes since 2002, when 鄞州区 took its present one. Codes inside ID numbers
// are older than that and are not looked up here.
var divisions = []Code{
	{Value: "330000", ZH: "浙江省", EN: "Zhejiang"},
	{Value: "330200", ZH: "宁波市", EN: "Ningbo"},
	{Value: "330203", ZH: "海曙区", EN: "Haishu"},
	{Value: "330204", ZH: "江东区", EN: "Jiangdong", To: ningbo2016},
	{Value: "330205", ZH: "江北区", EN: "Jiangbei"},
	{Value: "330206", ZH: "北仑区", EN: "Beilun"},
	{Value: "330211", ZH: "镇海区", EN: "Zhenhai"},
	{Value: "330212", ZH: "鄞州区", EN: "Yinzhou"},
	{Value: "330213", ZH: "奉化区", EN: "Fenghua", From: ningbo2016},
	{Value: "330225", ZH: "象山县", EN: "Xiangshan"},
	{Value: "330226", ZH: "宁海县", EN: "Ninghai"},
	{Value: "330281", ZH: "余姚市", EN: "Yuyao"},
	{Value: "330282", ZH: "慈溪市", EN: "Cixi"},
	{Value: "330283", ZH: "奉化市", EN: "Fenghua (city)", To: ningbo2016},
}

// System groups of units 机构类别, as real-name systems keep them
// (reference: union of published field lists; GB/T 34981 is mapped later).
var systems = []Code{
	{Value: "party", ZH: "党委", EN: "Party"},
	{Value: "congress", ZH: "人大", EN: "People's Congress"},
	{Value: "government", ZH: "政府", EN: "Government"},
	{Value: "cppcc", ZH: "政协", EN: "CPPCC"},
	// The supervisory commissions began in Zhejiang with the decision of the
	// NPC Standing Committee of 2016-12-25.
	{Value: "supervision", ZH: "监委", EN: "Supervisory commission", From: domain.DayOf(2016, 12, 25)},
	{Value: "court", ZH: "法院", EN: "Court"},
	{Value: "procuratorate", ZH: "检察院", EN: "Procuratorate"},
	{Value: "parties", ZH: "民主党派", EN: "Democratic parties"},
	{Value: "mass", ZH: "群众团体", EN: "Mass bodies"},
	{Value: "institution", ZH: "事业单位", EN: "Public institution"},
	{Value: "subdistrict", ZH: "街道", EN: "Subdistrict"},
	{Value: "township", ZH: "乡镇", EN: "Town or township"},
	{Value: "other", ZH: "其他", EN: "Other"},
}

// Institutional ranks 机构规格.
var ranks = []Code{
	{Value: "bureau", ZH: "正厅级", EN: "Bureau"},
	{Value: "deputy-bureau", ZH: "副厅级", EN: "Deputy bureau"},
	{Value: "division", ZH: "正处级", EN: "Division"},
	{Value: "deputy-division", ZH: "副处级", EN: "Deputy division"},
	{Value: "section", ZH: "正科级", EN: "Section"},
	{Value: "deputy-section", ZH: "副科级", EN: "Deputy section"},
	{Value: "subsection", ZH: "正股级", EN: "Subsection"},
	{Value: "deputy-subsection", ZH: "副股级", EN: "Deputy subsection"},
	{Value: "ungraded", ZH: "未定级", EN: "Ungraded"},
	{Value: "other", ZH: "其他", EN: "Other"},
}

// Nature of a unit 单位性质.
var natures = []Code{
	{Value: "body", ZH: "党政机关", EN: "Party or government body"},
	{Value: "institution", ZH: "事业单位", EN: "Public institution"},
}

// NatureOf is the nature that a system group gives a unit.
func NatureOf(system string) string {
	if system == "institution" {
		return "institution"
	}
	return "body"
}

var personClasses = []Code{
	{Value: string(ClassCivilServant), ZH: "公务员", EN: "Civil servant"},
	{Value: string(ClassCivilServantManaged), ZH: "参公人员", EN: "Managed as civil servant"},
	{Value: string(ClassManagement), ZH: "管理人员", EN: "Management"},
	{Value: string(ClassProfessional), ZH: "专业技术人员", EN: "Professional"},
	{Value: string(ClassWorker), ZH: "工勤人员", EN: "Support worker"},
}

var postKinds = []Code{
	{Value: string(Administrative), ZH: "行政编制", EN: "Administrative"},
	{Value: string(Justice), ZH: "政法专项编制", EN: "Justice"},
	{Value: string(Enforcement), ZH: "行政执法专项编制", EN: "Enforcement"},
	{Value: string(CivilServantManaged), ZH: "参公编制", EN: "Managed as civil servants"},
	{Value: string(Institution), ZH: "事业编制", EN: "Institution"},
	{Value: string(Worker), ZH: "工勤编制", EN: "Worker"},
}

var fundings = []Code{
	{Value: string(FullFunding), ZH: "全额", EN: "Fully funded"},
	{Value: string(PartialFunding), ZH: "差额", EN: "Partly funded"},
	{Value: string(SelfFunding), ZH: "自收自支", EN: "Self-funded"},
}

var flags = []Code{
	{Value: string(Separate), ZH: "单列", EN: "Separately listed"},
	{Value: string(Earmarked), ZH: "专项", EN: "Earmarked"},
}

var manners = []Code{
	{Value: string(Exam), ZH: "考录", EN: "Examination"},
	{Value: string(Recruitment), ZH: "招聘", EN: "Recruitment"},
	{Value: string(Selection), ZH: "选调", EN: "Selection"},
	{Value: string(Assignment), ZH: "调任", EN: "Assignment"},
	{Value: string(Resettlement), ZH: "安置", EN: "Resettlement"},
	{Value: string(OtherManner), ZH: "其他", EN: "Other"},
}

var exitReasons = []Code{
	{Value: string(Retirement), ZH: "退休", EN: "Retirement"},
	{Value: string(Death), ZH: "死亡", EN: "Death"},
	{Value: string(Resignation), ZH: "辞职", EN: "Resignation"},
	{Value: string(Dismissal), ZH: "辞退", EN: "Dismissal"},
	{Value: string(ContractEnded), ZH: "解聘", EN: "Contract ended"},
	{Value: string(Expulsion), ZH: "开除", EN: "Expulsion"},
	{Value: string(TransferOut), ZH: "调出", EN: "Transfer out"},
	{Value: string(Enterprise), ZH: "转企", EN: "Turned into an enterprise"},
	{Value: string(Missing), ZH: "失踪", EN: "Missing"},
}
