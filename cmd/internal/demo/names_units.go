package demo

import (
	"strings"

	"staffledger/domain"
	"staffledger/domain/codes"
)

// levelName is how a managing level calls itself and its papers.
type levelName struct {
	level  domain.Level
	full   string // in full names of units
	short  string // in short names of units
	letter string // after 甬 in document numbers
}

// levelNames in the order in which a smaller city has them.
var levelNames = []levelName{
	{codes.City, "宁波市", "市", ""},
	{"330226", "宁海县", "宁海县", "宁"},
	{"330282", "慈溪市", "慈溪市", "慈"},
	{"330203", "海曙区", "海曙区", "海"},
	{"330212", "鄞州区", "鄞州区", "鄞"},
	{"330281", "余姚市", "余姚市", "余"},
	{"330225", "象山县", "象山县", "象"},
	{"330206", "北仑区", "北仑区", "仑"},
	{"330213", "奉化区", "奉化区", "奉"},
	{"330205", "江北区", "江北区", "江"},
	{"330211", "镇海区", "镇海区", "镇"},
}

// bodyName is a party or government body: its name behind that of the level.
type bodyName struct {
	name, letters string // letters for document numbers: 甬<letters>〔2023〕4号
	system        string
	justice       bool // has posts of the justice kind
	enforcement   bool // has posts of the enforcement kind
	people        int  // about how many; 0: as chance has it
}

// Bodies of the city. The first five appear in every city, however small.
var cityBodies = []bodyName{
	{name: "水务协调局", letters: "水协", system: "government", enforcement: true, people: 58},
	{name: "委编制事务办公室", letters: "编事", system: "party", people: 34},
	{name: "港湾事务局", letters: "港湾", system: "government", people: 52},
	{name: "文化传承局", letters: "文承", system: "government", people: 46},
	{name: "民生保障局", letters: "民保", system: "government", people: 58},
	{name: "委人才服务工作部", letters: "人才", system: "party", people: 40},
	{name: "公共教育协调局", letters: "教协", system: "government", people: 50},
	{name: "医卫协调局", letters: "医卫", system: "government", people: 44},
	{name: "水域治安局", letters: "水治", system: "government", justice: true, people: 160},
	{name: "综合巡查局", letters: "综巡", system: "government", enforcement: true, people: 72},
	{name: "委湾区统筹办公室", letters: "湾区", system: "party"},
	{name: "委基层治理工作部", letters: "基治", system: "party"},
	{name: "委文献编研室", letters: "文研", system: "party"},
	{name: "人大代表联络服务办公室", letters: "代联", system: "congress"},
	{name: "政协界别联络服务办公室", letters: "界联", system: "cppcc"},
	{name: "监察联络专员办公室", letters: "监联", system: "supervision"},
	{name: "东港专门法院", letters: "港法", system: "court", justice: true, people: 58},
	{name: "东港专门检察院", letters: "港检", system: "procuratorate", justice: true, people: 58},
	{name: "产业协作局", letters: "产协", system: "government"},
	{name: "数字事务局", letters: "数字", system: "government"},
	{name: "乡野发展局", letters: "乡野", system: "government"},
	{name: "街区营造局", letters: "街营", system: "government"},
	{name: "湿地林草局", letters: "湿林", system: "government"},
	{name: "青年与家庭联合会", letters: "青家", system: "mass", people: 26},
}

// Bodies of a district, county or county-level city.
var districtBodies = []bodyName{
	{name: "城乡协调局", letters: "城乡", system: "government", enforcement: true, people: 38},
	{name: "教卫协调局", letters: "教卫", system: "government", people: 34},
	{name: "委基层治理工作部", letters: "基治", system: "party", people: 24},
}

// moreBody is the n-th further body of a level, for cities larger than the
// usual one.
func moreBody(n int) bodyName {
	first := strings.Fields("水岸 海岛 山林 渔港 园区 集镇 街巷 河网 桥路 驿路 粮仓 茶果 仓储 会展 工艺 旅居 体育 史料 慈善 志愿 老龄 儿童 归侨 商旅 冷链 潮汐 气候 土壤 花木 渔盐")
	second := strings.Fields("协调局 事务局 发展局 服务局 统筹办公室 治理局 保障局 营造局 联络办公室 联合会")
	f, s := first[n%len(first)], second[n/len(first)%len(second)]
	name := f + s
	if round := n / (len(first) * len(second)); round > 0 {
		name = "第" + numeral(round+1) + name
	}
	system := "government"
	if s == "联合会" {
		system = "mass"
	}
	return bodyName{name: name, letters: f, system: system}
}

// numeral writes 1 to 9,999 in Chinese as names have it.
func numeral(n int) string {
	digits, units := []rune("零一二三四五六七八九"), []string{"", "十", "百", "千"}
	var s string
	for place, rest := 0, n; rest > 0 && place < 4; place, rest = place+1, rest/10 {
		d := rest % 10
		switch {
		case d != 0:
			s = string(digits[d]) + units[place] + s
		case s != "" && !strings.HasPrefix(s, "零"):
			s = "零" + s
		}
	}
	if n >= 10 && n < 20 {
		s = strings.TrimPrefix(s, "一")
	}
	return s
}

// category is a sort of public institution: how it is named, staffed and paid.
type category struct {
	key       string
	names     []string // % stands for the place, # for a field of work
	low, high int      // people
	rank      []string
	kind      codes.PostKind
	fundings  []float64 // weights of full, partial, self
	classes   []float64 // weights of management, professional, worker on institution posts
	women     float64   // share
	posts     []string  // what people are called, the head first
	titles    []string
	bodies    []string // internal bodies
	under     string   // the body above, by a word in its name; "" any
}

var categories = map[string]*category{
	"teachers": {key: "teachers", names: []string{"中小学教师统筹服务中心"}, low: 190, high: 420, rank: []string{"section"}, kind: codes.Institution,
		fundings: []float64{1, 0, 0}, classes: []float64{.05, .94, .01}, women: .71, under: "教",
		posts: []string{"主任", "副主任", "教师", "教师", "教师", "教师", "教研员"}, titles: []string{"二级教师", "一级教师", "一级教师", "高级教师"},
		bodies: []string{"综合科", "小学片区", "初中片区", "高中片区", "教研室", "心理健康组"}},
	"college": {key: "college", names: []string{"%职业技术学院", "%开放学院"}, low: 170, high: 340, rank: []string{"division"}, kind: codes.Institution,
		fundings: []float64{1, 0, 0}, classes: []float64{.14, .84, .02}, women: .54, under: "教",
		posts: []string{"院长", "副院长", "专任教师", "专任教师", "专任教师", "辅导员", "干事"}, titles: []string{"助教", "讲师", "讲师", "副教授", "教授"},
		bodies: []string{"党政办公室", "教务处", "学生处", "机电学院", "信息学院", "商学院", "艺术学院", "图书馆"}},
	"hospital": {key: "hospital", names: []string{"%中心医院", "%医院", "%中医院", "%妇幼保健院"}, low: 70, high: 220, rank: []string{"deputy-division", "section"}, kind: codes.Institution,
		fundings: []float64{.1, .85, .05}, classes: []float64{.07, .91, .02}, women: .68, under: "卫",
		posts: []string{"院长", "副院长", "医师", "医师", "护师", "护师", "技师", "药师"}, titles: []string{"住院医师", "主治医师", "主治医师", "副主任医师", "主管护师"},
		bodies: []string{"院办公室", "医务科", "护理部", "内科", "外科", "妇产科", "儿科", "急诊科", "检验科", "药剂科"}},
	"clinic": {key: "clinic", names: []string{"%社区卫生服务中心", "%卫生院"}, low: 14, high: 40, rank: []string{"deputy-section", "ungraded"}, kind: codes.Institution,
		fundings: []float64{.35, .65, 0}, classes: []float64{.06, .92, .02}, women: .7, under: "卫",
		posts: []string{"主任", "副主任", "全科医师", "护士", "护士", "公卫医师", "药师"}, titles: []string{"住院医师", "主治医师", "护师", "主管护师"},
		bodies: []string{"办公室", "全科", "护理组", "公共卫生科"}},
	"school": {key: "school", names: []string{"%小学", "%实验小学", "%初级中学", "%中学", "%九年一贯制学校"}, low: 18, high: 62, rank: []string{"section", "deputy-section"}, kind: codes.Institution,
		fundings: []float64{1, 0, 0}, classes: []float64{.05, .94, .01}, women: .72, under: "教",
		posts: []string{"校长", "副校长", "教师", "教师", "教师", "教师", "教师"}, titles: []string{"二级教师", "一级教师", "一级教师", "高级教师"},
		bodies: []string{"校办公室", "教导处", "总务处", "语文组", "数学组", "英语组", "科学组", "艺体组"}},
	"kindergarten": {key: "kindergarten", names: []string{"%幼儿园", "%中心幼儿园"}, low: 9, high: 24, rank: []string{"ungraded"}, kind: codes.Institution,
		fundings: []float64{.8, .2, 0}, classes: []float64{.05, .94, .01}, women: .96, under: "教",
		posts: []string{"园长", "副园长", "教师", "教师", "教师"}, titles: []string{"二级教师", "一级教师", "高级教师"}, bodies: []string{"园办公室", "小班组", "中班组", "大班组"}},
	"brigade": {key: "brigade", names: []string{"%#巡查支队", "%#稽查大队", "%#执法大队"}, low: 12, high: 46, rank: []string{"deputy-division", "section"}, kind: codes.CivilServantManaged,
		fundings: []float64{1, 0, 0}, classes: []float64{0, 0, 0}, women: .24,
		posts: []string{"支队长", "副支队长", "大队长", "科员", "科员", "科员"}, titles: []string{""}, bodies: []string{"综合科", "法制科", "一大队", "二大队", "三大队"}},
	"managed": {key: "managed", names: []string{"%#事务管理中心", "%#促进中心", "%#保障中心"}, low: 8, high: 32, rank: []string{"section", "deputy-division"}, kind: codes.CivilServantManaged,
		fundings: []float64{1, 0, 0}, classes: []float64{0, 0, 0}, women: .46,
		posts: []string{"主任", "副主任", "科长", "科员", "科员"}, titles: []string{""}, bodies: []string{"综合科", "业务一科", "业务二科"}},
	"centre": {key: "centre", names: []string{"%#服务中心", "%#数据中心", "%#信息中心", "%#资源管理站", "%#推广站", "%#评价中心"}, low: 5, high: 30, rank: []string{"section", "deputy-section", "ungraded"}, kind: codes.Institution,
		fundings: []float64{.82, .12, .06}, classes: []float64{.34, .6, .06}, women: .47,
		posts: []string{"主任", "副主任", "科员", "工程师", "工程师", "经济师", "科员"}, titles: []string{"助理工程师", "工程师", "工程师", "高级工程师", "经济师"},
		bodies: []string{"综合科", "业务科", "技术科"}},
	"research": {key: "research", names: []string{"%#研究院", "%#研究所", "%#监测站"}, low: 10, high: 44, rank: []string{"division", "deputy-division", "section"}, kind: codes.Institution,
		fundings: []float64{.55, .35, .1}, classes: []float64{.16, .82, .02}, women: .41,
		posts: []string{"院长", "副院长", "研究员", "工程师", "工程师", "实验员"}, titles: []string{"助理工程师", "工程师", "高级工程师", "正高级工程师"},
		bodies: []string{"院办公室", "第一研究室", "第二研究室", "实验室"}},
	"culture": {key: "culture", names: []string{"%博物馆", "%图书馆", "%文化馆", "%艺术剧院"}, low: 7, high: 38, rank: []string{"section", "deputy-section"}, kind: codes.Institution,
		fundings: []float64{.7, .2, .1}, classes: []float64{.2, .76, .04}, women: .58,
		posts: []string{"馆长", "副馆长", "馆员", "馆员", "助理馆员", "讲解员"}, titles: []string{"助理馆员", "馆员", "馆员", "副研究馆员"}, bodies: []string{"办公室", "典藏部", "活动部", "技术部"}},
}

// Shares of the categories among the institutions of the city and of a level
// below it. Each level below has one "teachers" beside them.
var (
	cityMix     = []mix{{"college", 3}, {"hospital", 4}, {"clinic", 1}, {"school", 9}, {"kindergarten", 2}, {"brigade", 6}, {"managed", 6}, {"centre", 15}, {"research", 7}, {"culture", 6}}
	districtMix = []mix{{"hospital", 1}, {"clinic", 5}, {"school", 7}, {"kindergarten", 3}, {"brigade", 2}, {"managed", 2}, {"centre", 5}, {"culture", 1}}
)

type mix struct {
	key   string
	share float64
}

// Words that centres, brigades and the like put between the place and what they
// are: # in their names.
var fields = strings.Fields(`水文 岸线 潮汐 渔港 林场 苗木 茶果 良种 农机 冷链 粮储 公积金 社保卡 养老 托育 就业 技能 婚育 慈善 档案 地名 数据资源 算力
	信用 统计调查 审计 价格 招商 会展 园区 集镇 街巷 桥路 隧道 管廊 照明 公园 湿地 海塘 水库 泵闸 排涝 节水 地质 测绘 气候 土壤 噪声 固废 危化 应急物资
	消费 计量 标准化 食品抽检 药械 疫苗 血液 急救 健康教育 科普 青少年 体育 非遗 影像 方志 古籍 外事 侨务 口岸 航标 引航 船检 海岛`)
