package example

import (
	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/person"
)

const (
	hashEntry  = "4d967a30111bf29f0eba01c448b375c1629b2fed01cdfcc3aed91f1b57d5dd5e"
	hashEntry2 = "9b74c9897bac770ffc029102a200c5de4a5ab1b2b7c9a44c0cbd6f0b9e1f2a37"
	hashExit   = "1121cfccd5913f0a63fec40a6ffd44ea64f9dc135c66634ba001d10bcf4302a2"
)

// staffing: an entry that is returned once and recorded, an exit, a refusal.
func staffing() []step {
	zhao, li := "person:"+string(Zhao), "person:"+string(Li)
	route := []account.Gate{account.GateOrganization, account.GateHR, account.GateOffice}
	entry := account.Content{Kind: account.Entry, Person: Zhao, LineKey: administrative, Class: codes.ClassCivilServant,
		Manner: codes.Exam, Approval: Approval, Hash: hashEntry}
	again := entry
	again.Hash = hashEntry2
	exit := account.Content{Kind: account.Exit, Person: Li, LineKey: administrative, Class: codes.ClassCivilServant,
		ExitReason: codes.Retirement, Hash: hashExit}
	particulars := account.Particulars{Name: "赵启明", Sex: "1", Birth: "1999-01-01", Ethnicity: "01", NativePlace: "浙江宁波", Politics: "13",
		Education: "21", Degree: "4", School: "河海大学", WorkStart: "2021-07", InternalBody: "防汛处", Post: "科员", Note: "2026年度考录"}
	mended := particulars
	mended.Education, mended.Degree = "11", "3"
	batch := ID[string]("batch of exits")

	entryTags := []domain.Tag{domain.TagOf(domain.TagChange, EntryChange), domain.TagOf(domain.TagPerson, Zhao), domain.TagOf(domain.TagApproval, Approval)}
	exitTags := []domain.Tag{domain.TagOf(domain.TagChange, ExitChange), domain.TagOf(domain.TagPerson, Li)}
	with := func(tags []domain.Tag, p domain.ProcessID) []domain.Tag {
		return append([]domain.Tag{process(p)}, tags...)
	}
	human := func(name string) domain.HumanID { return ID[domain.HumanID]("person " + name) }

	return []step{
		{stream: domain.PersonOf(Zhao), at: "2026-11-16 10:22:05", by: Collector, role: domain.Collector,
			payload: person.Registered{Private: domain.PersonalOf(zhao, person.Identity{Name: "赵启明", IDNumber: "33020319990101001X"})}},
		{stream: water, at: "2026-11-16 10:22:05", by: Collector, role: domain.Collector, document: Plan,
			effective: Day("2026-12-01"), reason: "exam", tags: entryTags, deciding: true,
			payload: account.StaffingCollected{Change: EntryChange, Content: entry, Route: route, HandlingDue: Day("2026-11-30"),
				Human: human("吴敏"), Private: domain.PersonalOf(zhao, particulars)}},
		{stream: water, at: "2026-11-16 10:40:00", by: Collector, role: domain.Supervisor, behalf: string(Water), document: Paper,
			effective: Day("2026-11-24"), reason: "retirement", tags: exitTags, deciding: true,
			payload: account.StaffingCollected{Change: ExitChange, Content: exit, Route: route, HandlingDue: Day("2026-11-30"),
				Human: human("吴敏"), Private: domain.PersonalOf(li, account.ChangeNote{Note: "到龄退休"}),
				Batch: &account.Batch{ID: batch, Row: 0, Rows: 3, SetAside: map[int]string{1: domain.NotHeldHere, 2: domain.TooFarBack}}}},
		{stream: water, at: "2026-11-18 14:20:36", by: Organization, role: domain.GateOrganization, tags: entryTags, deciding: true,
			payload: account.StaffingReturned{Change: EntryChange, Person: Zhao, Kind: account.Entry, Gate: account.GateOrganization, Number: 1, Of: 3,
				Fields: []string{"degree", "education"}, Human: human("周宁"),
				Opinion: domain.PersonalOf(zhao, account.Opinion{Text: "学历与证明不符",
					Fields: map[string]string{"degree": "证书为硕士", "education": "证书为研究生"}})}},
		{stream: water, at: "2026-11-19 09:05:12", by: Collector, role: domain.Collector, document: Plan, effective: Day("2026-12-01"),
			reason: "exam", tags: entryTags, deciding: true,
			payload: account.StaffingResubmitted{Change: EntryChange, Content: again, HandlingDue: Day("2026-12-01"), Human: human("吴敏"),
				Private: domain.PersonalOf(zhao, account.Resubmission{Particulars: mended, Changed: []account.FieldChange{
					{Field: "education", Old: "21", New: "11"}, {Field: "degree", Old: "4", New: "3"},
					{Field: "effective", Old: "2026-11-25", New: "2026-12-01"}, {Field: "manner", Old: "recruitment", New: "exam"},
					{Field: "line", Old: "institution/partial", New: "administrative/full"}, {Field: "title", Old: "工程师"}}})}},
		{stream: water, at: "2026-11-23 09:12:44", by: Office, role: domain.GateOffice, tags: exitTags, deciding: true,
			payload: account.StaffingReviewed{Change: ExitChange, Person: Li, Kind: account.Exit, Gate: account.GateOffice, Number: 3, Of: 3,
				Hash: hashExit, Items: []string{"holding"}, Human: human("陈立"),
				Opinion: domain.PersonalOf(li, account.Opinion{Text: "材料齐全"}), Batch: &account.Batch{ID: batch, Row: 0, Rows: 2}}},
		{stream: water, at: "2026-11-23 09:30:00", by: HR, role: domain.GateHR, tags: entryTags, deciding: true,
			payload: account.StaffingReviewed{Change: EntryChange, Person: Zhao, Kind: account.Entry, Gate: account.GateHR, Number: 2, Of: 3,
				Hash: hashEntry2, Items: []string{"filing", "level", "retirement"}, Human: human("沈慧")}},
		{stream: water, at: "2026-11-24 09:32:10", by: Recorder, role: domain.Recorder, document: Paper, effective: Day("2026-11-24"),
			reason: "retirement", tags: with(exitTags, leaving), deciding: true,
			payload: account.StaffingRecorded{Process: leaving, Change: ExitChange, Content: exit, Holding: ID[domain.ChangeID]("holding 李芸"),
				Human: human("郑录"), Movement: moved(administrative, "2026-11-24", account.Balance{0, -1}, account.Balance{50, 46, 2, 2})}},
		{stream: domain.PersonOf(Li), at: "2026-11-24 09:32:10", by: Recorder, role: domain.Recorder, effective: Day("2026-11-24"), tags: []domain.Tag{process(leaving)},
			cause:   account.TypeStaffingRecorded,
			payload: person.Released{Process: leaving, Unit: Water, Holding: ID[domain.ChangeID]("holding 李芸")}},
		{stream: domain.PersonOf(Zhao), at: "2026-12-02 15:00:00", by: Recorder, role: domain.Recorder, effective: Day("2026-12-01"),
			tags: []domain.Tag{process(entering)},
			payload: person.Claimed{Process: entering, Unit: Water, Change: EntryChange, Hash: hashEntry2, Revision: 41, Human: human("郑录"),
				Command: commandOf(entering), Digest: digestOf(entering)}},
		{stream: water, at: "2026-12-02 15:00:00", by: Recorder, role: domain.Recorder, document: Plan, effective: Day("2026-12-01"),
			reason: "exam", tags: with(entryTags, entering), deciding: true,
			payload: account.StaffingRecorded{Process: entering, Change: EntryChange, Content: again, Holding: EntryChange, Human: human("郑录"),
				Movement: moved(administrative, "2026-12-01", account.Balance{0, 1, -1}, account.Balance{50, 45, 2, 1})}},
		{stream: domain.PersonOf(Zhao), at: "2026-12-02 15:00:00", by: Recorder, role: domain.Recorder, effective: Day("2026-12-01"), tags: []domain.Tag{process(entering)},
			cause: account.TypeStaffingRecorded, payload: person.Held{Process: entering, Unit: Water, Holding: EntryChange}},
		{stream: harbour, at: "2026-12-02 15:10:00", by: Recorder, role: domain.Recorder,
			tags: []domain.Tag{domain.TagOf(domain.TagChange, ID[domain.ChangeID]("change refused")), domain.TagOf(domain.TagPerson, Ma), process(rejected)},
			payload: account.StaffingRefused{Process: rejected, Change: ID[domain.ChangeID]("change refused"), Person: Ma, Kind: account.Entry,
				Refusal: domain.Refuse(domain.NoFreePost, "line", "line", string(institution), "day", "2026-12-02", "A", 10, "O", 9, "R", 0, "H", 1, "F", 0)}},
		{stream: domain.PersonOf(Ma), at: "2026-12-02 15:10:00", by: Recorder, role: domain.Recorder, tags: []domain.Tag{process(rejected)},
			cause: account.TypeStaffingRefused, payload: person.Released{Process: rejected, Unit: Harbour}},
		{stream: harbour, at: "2026-12-03 09:00:00", by: Collector, role: domain.Collector,
			tags: []domain.Tag{domain.TagOf(domain.TagChange, ID[domain.ChangeID]("change refused")), domain.TagOf(domain.TagPerson, Ma)}, deciding: true,
			payload: account.StaffingWithdrawn{Change: ID[domain.ChangeID]("change refused"), Person: Ma, Kind: account.Entry, Human: human("吴敏"),
				Text:     reason("person:"+string(Ma), "本人放弃"),
				Movement: moved(institution, "2026-12-03", account.Balance{0, 0, -1}, account.Balance{10, 9, 1})}},
	}
}

// opening: a bracket that is completed, and one that is abandoned.
func opening() []step {
	tags := []domain.Tag{process(bracket)}
	rows := []account.OpeningRow{
		{Holding: ID[domain.ChangeID]("holding 李芸"), Person: Li, LineKey: administrative, Class: codes.ClassCivilServant, Since: Day("1998-08-01"),
			Private: domain.PersonalOf("person:"+string(Li), account.Particulars{Name: "李芸", Sex: "2", Post: "一级主任科员"})},
		{Holding: ID[domain.ChangeID]("holding 马骏"), Person: Ma, LineKey: institution, Class: codes.ClassProfessional, Since: Day("2015-03-02"),
			Private: domain.PersonalOf("person:"+string(Ma), account.Particulars{Name: "马骏", Sex: "1", Title: "高级工程师"})},
	}
	return []step{
		{stream: water, at: "2026-02-05 09:00:00", by: Committee, role: domain.Committee, document: Authority, tags: tags, deciding: true,
			payload: account.OpeningStarted{Process: bracket, Rows: 2, Digest: "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"}},
		{stream: domain.PersonOf(Ma), at: "2026-02-05 09:00:20", by: Committee, role: domain.Committee, effective: Day("2015-03-02"), tags: tags,
			payload: person.Claimed{Process: bracket, Unit: Water, Change: ID[domain.ChangeID]("holding 马骏"), Opening: true}},
		{stream: water, at: "2026-02-05 09:00:21", by: Committee, role: domain.Committee, document: Authority, tags: tags, deciding: true,
			payload: account.OpeningPart{Process: bracket, Part: 0, Rows: rows}},
		{stream: water, at: "2026-02-05 09:01:00", by: Committee, role: domain.Committee, document: Authority, tags: tags, deciding: true,
			payload: account.OpeningCompleted{Process: bracket, Rows: 2, Lines: []account.Line{
				{Key: administrative, Before: account.Balance{50}, After: account.Balance{50, 1}},
				{Key: institution, Before: account.Balance{4}, After: account.Balance{4, 1}}}}},
		{stream: harbour, at: "2026-02-06 09:00:00", by: Committee, role: domain.Committee, tags: []domain.Tag{process(bracket2)}, deciding: true,
			payload: account.OpeningAbandoned{Process: bracket2}},
	}
}
