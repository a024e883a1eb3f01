//go:build browser

package browser

import (
	"fmt"
	"os"
	"testing"

	"staffledger/test/site"
)

// shotsDir is where pictures and papers go; git ignores it.
func shotsDir(t testing.TB) string {
	dir := "shots"
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

type townPage struct{ name, user, path string }

// townPages are the pages of a town, each for somebody who may see it.
func townPages(town *site.Town) []townPage {
	return []townPage{
		{"signin", "", "/signin"},
		{"home-office", "chen", "/"},
		{"home-auditor", "gu", "/"},
		{"home-admin", "admin", "/"},
		{"home-feed", "feed", "/"},
		{"home-own", "own", "/"},
		{"queue", "chen", "/queue"},
		{"queue-hr", "shen", "/queue"},
		{"queue-org", "zhou", "/queue"},
		{"units", "chen", "/units?open=330200,330282," + string(town.Water)},
		{"units-over", "chen", "/units?state=full"},
		{"account", "wu", "/units/" + string(town.Water)},
		{"account-long", "chen", "/units/" + string(town.Harbour)},
		{"posts", "wang", "/units/" + string(town.Water) + "/posts"},
		{"roster", "wu", "/units/" + string(town.Water) + "/roster"},
		{"unitchanges", "wu", "/units/" + string(town.Water) + "/changes"},
		{"person", "wu", "/people/" + string(town.Person)},
		{"people", "wu", "/people?q=王"},
		{"changes", "wu", "/changes"},
		{"change-office", "chen", "/changes/" + string(town.AtOffice)},
		{"change-record", "zheng", "/changes/" + string(town.ToRecord)},
		{"change-returned", "wu", "/changes/" + string(town.Returned)},
		{"change-recorded", "gu", "/changes/" + string(town.Recorded)},
		{"return", "chen", "/changes/" + string(town.AtOffice) + "/return"},
		{"withdraw", "wu", "/changes/" + string(town.InReview) + "/withdraw"},
		{"resubmit", "wu", "/changes/" + string(town.Returned) + "/resubmit"},
		{"form-entry", "wu", "/changes/new?kind=entry&unit=" + string(town.Water) + "&line=administrative/full"},
		{"form-exit", "wu", "/changes/new?kind=exit&unit=" + string(town.Water)},
		{"form-choose", "wu", "/changes/new?kind=entry"},
		{"batchform", "wu", "/batch/new?kind=entry&unit=" + string(town.School)},
		{"batch", "zhou", "/batches/" + town.Batch},
		{"approvals", "wang", "/approvals?unit=" + string(town.Water)},
		{"approval", "wang", "/approvals/" + string(town.Approval)},
		{"approval-new", "wang", "/approvals/new?unit=" + string(town.Water)},
		{"quota", "gao", "/quota/new?kind=move&unit=" + string(town.Water)},
		{"documents", "wu", "/documents"},
		{"document", "gu", "/documents/" + string(town.Doc)},
		{"document-new", "wu", "/documents/new"},
		{"trace", "gu", "/trace?unit=" + string(town.Water)},
		{"event", "gu", "/events/" + fmt.Sprint(town.Ledger.Size()-8)},
		{"verify", "gu", "/verify"},
		{"search", "chen", "/search?q=水务"},
		{"search-none", "chen", "/search?q=没有的东西"},
		{"users", "admin", "/admin/users"},
		{"ops", "gu", "/ops"},
		{"404", "gu", "/units/none"},
		{"403", "feed", "/units"},
	}
}
