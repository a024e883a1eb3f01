package account

import "staffledger/domain"

// Unit: rules
//
//  1. A unit is founded once, with a code that its stream unitcode-<code> has
//     claimed for it (§2, design §6 "Unit code").
//  2. No command is carried out on an account whose unit does not exist.

// Unit is what an account knows of its unit, in codes.
type Unit struct {
	Established bool
	Code        string
	Level       domain.Level
	Parent      domain.UnitID // supervising department
	Division    string
	System      string
	Rank        string
}

// Unit returns the unit of the account.
func (a *Account) Unit() Unit { return a.unit }

// UnitID is the unit whose account this is; empty for a pool.
func (a *Account) UnitID() domain.UnitID {
	if a.IsPool() {
		return ""
	}
	return domain.UnitID(a.stream.Key())
}

// DecideEstablish founds the unit.
func (a *Account) DecideEstablish(c Establish, f Facts) (domain.Decision, error) {
	if a.unit.Established {
		return domain.Decision{}, domain.Refuse(domain.WrongStep, "unit", "needed", "unit-not-established")
	}
	return one(domain.Draft{
		Payload: UnitEstablished{Process: c.Process, Code: c.Code, Level: c.Level, Parent: c.Parent,
			Division: c.Division, System: c.System, Rank: c.Rank, Text: c.Text},
		Effective: c.Effective,
		Document:  f.Document.ID,
		Tags:      []domain.Tag{domain.TagOf(domain.TagProcess, c.Process)},
	}), nil
}

// RefuseUnit writes the refusal of a founding whose code was claimed.
func (a *Account) RefuseUnit(p domain.ProcessID, r *domain.Refusal) domain.Decision {
	if _, decided := a.outcomes[p]; decided {
		return domain.Decision{}
	}
	return one(domain.Draft{Payload: UnitRefused{p, r}, Tags: []domain.Tag{domain.TagOf(domain.TagProcess, p)}})
}

// Open tells why no ordinary command may be carried out now: the unit does not
// exist, or an opening balance is under way (class 4); nil where one may.
func (a *Account) Open() *domain.Refusal {
	if !a.IsPool() && !a.unit.Established {
		return domain.Refuse(domain.UnknownThing, "unit", "unit", string(a.UnitID()))
	}
	if a.opening != nil {
		return domain.Refuse(domain.BulkOpen, "unit", "process", string(a.opening.Process),
			"rows", len(a.opening.Rows), "of", a.opening.Expected)
	}
	return nil
}

func one(d domain.Draft) domain.Decision { return domain.Decision{Drafts: []domain.Draft{d}} }
