package web

import "staffledger/domain"

// Route is a row of the table of pages, for tests.
type Route struct {
	Method, Path string
	Open         bool // also without a session
	Rights       []domain.Role
	Kind         string
}

// Routes lists every page.
func Routes() []Route {
	kinds := map[access]string{nobodyYet: "open", oneTime: "signed-in", signedIn: "signed-in", reader: "reader", eventsOnly: "events", checker: "checker",
		adminOnly: "admin", operators: "checker", ownersOnly: "owners"}
	var all []Route
	for _, r := range (&Pages{}).routes() {
		all = append(all, Route{r.method, r.path, r.access == nobodyYet, r.rights, kinds[r.access]})
	}
	return all
}

// Words is the catalogue.
func Words() map[string][2]string { return words }
