package demo

import "staffledger/domain/codes"

// Units with names of their own: those that the documents and pictures show.
const (
	unitWater    = "water"    // 市水务协调局: people coming and going, a post reserved, a return
	unitBrigade  = "brigade"  // its brigade
	unitHydro    = "hydro"    // its data centre: free posts
	unitHarbour  = "harbour"  // full
	unitHeritage = "heritage" // an entry under review
	unitForest   = "forest"   // an exit that is overdue
	unitAudit    = "audit"    // an entry returned
	unitCollege  = "college"  // a batch of new lecturers
	unitOffice   = "office"   // the establishment office itself
	unitTalent   = "talent"   // where the reviewer of the organization department works
	unitLabour   = "labour"   // where the reviewer of the human resources bureau works
)

// namedBodies are bodies of the city that stand in the book, by their place in
// cityBodies.
var namedBodies = map[int]string{0: unitWater, 1: unitOffice, 4: unitLabour, 5: unitTalent}

// namedUnits are the institutions of a level that stand in the book. first is
// the level's first body.
func (p *plan) namedUnits(level, first int, size float64) []*unitPlan {
	institution := func(named, own string, above int, rank, category string, lines ...linePlan) *unitPlan {
		for i := range lines { // free posts stay as they are
			people := max(int(float64(lines[i].people)*size), 4)
			lines[i].posts, lines[i].people = lines[i].posts-lines[i].people+people, people
		}
		return &unitPlan{name: p.levels[level].full + own, short: p.levels[level].short + own, level: level, above: above,
			system: "institution", rank: rank, category: categories[category], lines: lines, named: named, early: true}
	}
	switch p.levels[level].level {
	case codes.City:
		for i, named := range namedBodies {
			p.units[first+i].named = named
		}
		water := p.units[first]
		water.code, water.rank = uscc("1133020000299999"), "division"
		water.other = []string{"宁波市节约用水办公室"}
		water.lines = []linePlan{{"administrative/full", 50, 2, 45}, {"enforcement/full", 12, 0, 12}, {"worker/full", 6, 0, 4}}
		college := institution(unitCollege, "听澜职业技术学院", first+6, "division", "college",
			linePlan{"institution/full", 268, 0, 240}, linePlan{"institution/full/separate", 14, 0, 11})
		college.name, college.short = "宁波听澜职业技术学院", "听澜职业技术学院"
		if college.above >= len(p.units) || p.units[college.above].level != level {
			college.above = first + 4
		}
		return []*unitPlan{
			institution(unitBrigade, "水务协调局执法支队", first, "deputy-division", "brigade", linePlan{"enforcement/full", 48, 0, 44}),
			institution(unitHydro, "水文数据中心", first, "section", "centre", linePlan{"institution/full", 34, 0, 30}),
			institution(unitHarbour, "港航事务协调与岸线资源管理服务中心", first+2, "division", "centre",
				linePlan{"institution/full", 120, 0, 114}, linePlan{"worker/full", 4, 0, 4}),
			institution(unitHeritage, "文化遗产院", first+3, "deputy-division", "culture", linePlan{"institution/full", 64, 0, 58}),
			college,
		}
	case "330226":
		return []*unitPlan{institution(unitForest, "林场服务中心", first, "section", "centre",
			linePlan{"institution/full", 26, 0, 23}, linePlan{"worker/full", 5, 0, 4})}
	case "330282":
		return []*unitPlan{institution(unitAudit, "审计中心", first, "section", "centre", linePlan{"institution/full", 20, 0, 17})}
	}
	return nil
}
