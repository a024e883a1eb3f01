package ports

import (
	"net/http"
	"testing"

	"staffledger/domain"
)

// The table has every refusal, with the status that its class asks for but for
// two: a code that somebody else holds is a conflict, an unknown thing is not
// found.
func TestEveryRefusalHasAStatus(t *testing.T) {
	t.Parallel()
	for _, row := range domain.RefusalTable {
		want := http.StatusConflict
		switch {
		case row.Name == domain.CodeInUse:
		case row.Name == domain.UnknownThing:
			want = http.StatusNotFound
		case row.Class <= domain.ClassSame:
			want = http.StatusForbidden
		case row.Class == domain.ClassForm:
			want = http.StatusUnprocessableEntity
		}
		if got := RefusalStatus[row.Name]; got != want {
			t.Errorf("%s: status %d, want %d", row.Name, got, want)
		}
	}
	if len(RefusalStatus) != len(domain.RefusalTable) {
		t.Errorf("%d rows for %d refusals", len(RefusalStatus), len(domain.RefusalTable))
	}
}
