package views_test

import (
	"staffledger/domain/replay"
	"staffledger/domain/usecase"
	"staffledger/http/ports"
	"staffledger/projections/views"
)

// What others ask of the views.
var (
	_ ports.Views   = (*views.Views)(nil)
	_ usecase.Hints = (*views.Views)(nil)
	_ replay.Live   = (*views.Export)(nil)
)
