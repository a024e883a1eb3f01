//go:build race

package ledger

// thin is how much thinner the long walks are under the race detector, which
// makes them an order of magnitude slower.
const thin = 31
