package codes

import "staffledger/domain"

// Calendar knows the working days of some years.
type Calendar struct{ years map[int]year }

type year struct{ holidays, workdays map[domain.Day]bool }
