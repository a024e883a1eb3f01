package views

import (
	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
)

// The rows of the tables, as the fold changes them.
type (
	sums struct {
		balance    account.Balance
		free, over int
	}
	unitRow struct {
		n                                           int64
		id                                          domain.UnitID
		code, level, parent, division, system, rank string
		name, shortname, othernames                 string
		established                                 domain.Day
		revision, position, updated                 int64
		children, under                             int
		own, all                                    sums
	}
	aboveKey struct{ above, unit int64 }
	aboveRow struct {
		aboveKey
		depth int
	}
	codeKey struct {
		code string
		unit int64
	}
	codeRow struct {
		codeKey
		since int64
	}
	poolRow struct {
		n                           int64
		level                       domain.Level
		revision, position, updated int64
	}
	lineKey struct {
		account int64
		line    codes.LineKey
	}
	lineRow struct {
		lineKey
		balance  account.Balance
		position int64
	}
	postingRow struct {
		lineKey
		known  int64
		part   int
		day    domain.Day
		lag    int
		change account.Balance
		total  account.Balance
	}
	landingRow struct {
		process  domain.ProcessID
		account  int64
		line     codes.LineKey
		posts    int
		day      domain.Day
		document domain.DocumentID
	}
	personRow struct {
		n            int64
		id           domain.PersonID
		name, masked string
		unit         int64
		holding      int64 // n of the present holding; 0: none
		process      domain.ProcessID
		position     int64
	}
	holdingRow struct {
		n, known                           int64
		id                                 domain.ChangeID
		unit, person                       int64
		line                               codes.LineKey
		class                              codes.PersonClass
		from, to                           domain.Day
		name, sex, birth, body, post, rank string
		particulars                        string
		document                           domain.DocumentID
		until                              int64
	}
	changeRow struct {
		n                  int64
		id                 domain.ChangeID
		number             string
		unit               int64
		kind               account.Kind
		person             int64
		collected          int64
		collector, batch   string
		route              string // gates, parted by blanks
		line               codes.LineKey
		class              codes.PersonClass
		effective          domain.Day
		state              ChangeState
		gate               string
		passed             int
		due, handlingDue   domain.Day
		particulars, note  string
		document           domain.DocumentID
		users, humans      string // who touched it, parted by blanks
		revision, position int64
		approval           domain.ApprovalID
		manner             codes.Manner
		exitReason         codes.ExitReason
		hash               string
	}
	touchRow struct{ user, change int64 }
	tallyKey struct {
		unit  int64
		kind  account.Kind
		state ChangeState
	}
	tallyRow struct {
		tallyKey
		n int
	}
	monthKey struct {
		unit  int64
		month domain.Day
	}
	monthRow struct {
		monthKey
		entries, exits int
	}
	approvalRow struct {
		n                  int64
		id                 domain.ApprovalID
		number             string
		account            int64
		line               codes.LineKey
		manner             codes.Manner
		posts              int
		day, validTo       domain.Day
		document           domain.DocumentID
		plan               string
		drawn, consumed    int
		ended              bool
		revision, position int64
	}
	documentRow struct {
		n                     int64
		id                    domain.DocumentID
		number, issuer, title string
		date                  domain.Day
		digest                string
		size                  int64
		cited                 int
		position              int64
	}
	userRow struct {
		n                   int64
		id                  domain.UserID
		name, signin, human string
		disabled            bool
		revision, position  int64
	}
	grantKey struct {
		user int64
		id   string
	}
	grantRow struct {
		grantKey
		role        domain.Role
		level, unit string
		proposed    bool
		by          string
		position    int64
	}
	processKey struct {
		id     domain.ProcessID
		stream domain.Stream
	}
	processRow struct {
		processKey
		kind            string
		change          domain.ChangeID
		since, position int64
	}
	openingRow struct {
		account  int64
		process  domain.ProcessID
		expected int
		document domain.DocumentID
		rows     int
		position int64
	}
	openingKey struct {
		account int64
		row     int
	}
	openingItem struct {
		openingKey
		holding     domain.ChangeID
		person      domain.PersonID
		line        codes.LineKey
		class       codes.PersonClass
		since       domain.Day
		particulars string
		position    int64
	}
	counterRow struct {
		name string
		n    int64
	}
	dayRow struct {
		day domain.Day
		cut int64
	}
)

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func balanceOf(args []any, b account.Balance) []any {
	return append(args, int64(b[0]), int64(b[1]), int64(b[2]), int64(b[3]))
}

func (s *sums) values(args []any) []any {
	return append(balanceOf(args, s.balance), int64(s.free), int64(s.over))
}

func (s *sums) scan() []any {
	return []any{&s.balance[0], &s.balance[1], &s.balance[2], &s.balance[3], &s.free, &s.over}
}
