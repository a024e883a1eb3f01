package demo

import "strings"

// Everything in this file is invented or common property: family names and the
// characters of given names are those that everybody knows; places, schools
// and bodies do not exist.

// Family names, the frequent ones repeated by their weight.
var familyNames = func() []string {
	weights := []struct {
		times int
		names string
	}{
		{8, "王 李 张 陈 刘"}, {5, "周 吴 徐 孙 朱 胡 林 杨 黄 赵 郑 沈 马"},
		{3, "何 高 郭 罗 梁 宋 唐 许 韩 冯 邓 曹 彭 曾 萧 田 董 潘 袁 蔡 蒋 余 于 杜 叶 程 魏 苏 吕 丁 任 卢 姚 钟 姜 崔 谭 陆 范 汪 廖 石 金 贾 夏 邱 方 侯 邹 熊 孟 秦 白 江 阎 薛 尹 段 雷 黎 史 龙 陶 贺 顾 毛 郝 龚 邵 万 钱 严 洪 武 莫 孔"},
		{1, "汤 尤 施 俞 虞 柯 竺 翁 童 励 裘 戚 应 屠 乐 楼 边 毕 柴 褚 范 费 傅 葛 管 桂 华 霍 纪 焦 康 蓝 骆 梅 缪 倪 宁 欧阳 庞 裴 祁 瞿 阮 桑 上官 盛 舒 司徒 司马 谈 滕 涂 温 闻 邬 奚 项 谢 辛 邢 宣 严 燕 易 游 郁 喻 臧 詹 章 诸葛 卓 宗 左 皇甫 忻 鲍 戴 樊 甘 赖 凌 闵 穆 齐 冉 单 佘 佟 韦 向 殷 庄 祝"},
	}
	var all []string
	for _, w := range weights {
		for _, name := range strings.Fields(w.names) {
			for range w.times {
				all = append(all, name)
			}
		}
	}
	return all
}()

// Characters of given names: of men and women born before and after about 1980.
var (
	givenMenOld   = []rune("建国平军伟明华强勇志民永海文斌光荣辉庆祥富成宏亮德利忠良龙林刚安峰根福贵生义春波宁东山仁")
	givenMenNew   = []rune("杰浩宇涛鹏凯俊晨轩哲昊天翔泽睿子博嘉铭佳豪文韬逸帆超磊洋旭阳恺立航毅霖皓骏翰煜锐诚启承远程乐")
	givenWomenOld = []rune("芳英秀兰珍玉梅红燕萍丽娟霞凤琴素云莲艳桂香花惠月菊彩巧爱美娥雪琳敏静洁群君亚仙")
	givenWomenNew = []rune("婷雯佳怡悦欣妍琪诗涵梦洁颖思雨晓萌璐瑶倩莹蕾可馨子若晨宁静然语嫣书瑜昕舒逸心一玥清露知遥")
)

func (r *random) personName(male bool, born int) string {
	given := givenWomenNew
	switch {
	case male && born < 1980:
		given = givenMenOld
	case male:
		given = givenMenNew
	case born < 1980:
		given = givenWomenOld
	}
	name := pick(r, familyNames) + string(pick(r, given))
	if !r.chance(0.22) {
		name += string(pick(r, given))
	}
	return name
}

// Two characters each make the name of a place that nobody will find on a map.
var (
	placeFirst  = []rune("听望栖拾砚岚澜鹭麓汀屿棠荻蘅渚漪溯晴霁疏朗暮云素青苍碧沐枕倚映揽抱临洗濯煦禾稷黍苇藕菱莼荇芷兰蕙桐梓槿桂枫")
	placeSecond = []rune("澜汀麓渚屿塘浦溪湾泾岙岭峰坡畈圩垟墩埠渡桥坝堰泽潭池洲滩岸陌庐台亭苑坞坪原野川谷涧崖")
)

// placeName is the n-th place; the first few thousand are all different.
func placeName(n int) string {
	a, b := len(placeFirst), len(placeSecond)
	n *= 509 // coprime with a·b, so that neighbours in number look unlike
	return string([]rune{placeFirst[n%(a*b)/b], placeSecond[n%(a*b)%b]})
}

// Schools from which people come.
var (
	universities = strings.Fields(`东麓大学 明渚大学 江岸理工大学 澄湖师范大学 海陵医科大学 南屏财经大学 北固政法大学 云台农林大学
		西渚工业大学 临川师范学院 沧浦学院 越溪学院 秋浦理工学院 望淮医学院 白石财经学院 五峰师范学院 连江工程学院 双溪传媒学院`)
	colleges   = strings.Fields(`甬江职业技术专修学院 沧浦职业技术学院 越溪卫生职业学院 海陵师范专科学校 连江工程职业学院 双溪财贸职业学院`)
	vocational = strings.Fields(`望海职业中学 白石技工学校 澄湖职业中专 五峰高级中学 越溪高级中学`)
)

// Native places: provinces and cities as people write them.
var nativePlaces = func() []string {
	var all []string
	for range 12 {
		all = append(all, "浙江宁波", "浙江慈溪", "浙江余姚", "浙江象山", "浙江宁海", "浙江奉化")
	}
	for range 3 {
		all = append(all, "浙江绍兴", "浙江台州", "浙江舟山", "浙江温州", "浙江杭州", "浙江金华")
	}
	return append(all, "江苏南通", "江苏盐城", "安徽安庆", "安徽黄山", "江西上饶", "江西赣州", "福建宁德", "福建南平", "河南信阳",
		"河南南阳", "山东临沂", "山东潍坊", "湖北黄冈", "湖北荆州", "湖南邵阳", "四川达州", "贵州黔东南", "陕西汉中", "黑龙江绥化", "辽宁丹东")
}()
