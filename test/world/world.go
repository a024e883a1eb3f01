// Package world builds small ledgers for tests: a service over a store, a clock
// that the test moves, people in every role, units with lines. Everything goes
// through the use cases.
package world

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
	"staffledger/eventstore/eventstoretest"
)

// Clock is set by the test.
type Clock struct {
	mu  sync.Mutex
	now domain.Instant
}

// Now implements usecase.Clock.
func (c *Clock) Now() domain.Instant {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves the clock.
func (c *Clock) Set(at domain.Instant) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at
}

// IDs makes ids from a counter.
type IDs struct {
	mu sync.Mutex
	n  int
}

// New implements usecase.IDs.
func (g *IDs) New() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.n++
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(strconv.Itoa(g.n))).String()
}

// World is one ledger with its people. Names of people and units are the
// test's own short ones ("c", "f1", "U1").
type World struct {
	T       testing.TB
	Ctx     context.Context
	Store   usecase.Log
	Sealer  *Sealer
	Clock   *Clock
	Service *usecase.Service

	mu    sync.Mutex
	users map[string]domain.UserID
	units map[string]domain.UnitID
	doc   domain.DocumentID
	keys  int
}

// Users of every world, by role; the first of each is enough for one change.
var users = []struct {
	name string
	role domain.Role
}{
	{"c", domain.Collector}, {"c1", domain.Collector}, {"o1", domain.GateOrganization}, {"h1", domain.GateHR},
	{"f1", domain.GateOffice}, {"f2", domain.Approver}, {"e1", domain.Recorder}, {"e2", domain.Recorder},
	{"L", domain.Leader}, {"K", domain.Committee}, {"aud", domain.Auditor}, {"sub", domain.Subscriber},
	{"sup", domain.Supervisor}, {"head", domain.UnitHead},
}

// New returns a world whose clock stands on day at 09:00.
func New(t testing.TB, day string) *World { return On(t, day, eventstoretest.NewMemory()) }

// On is New over a store of the test's own, which must be empty.
func On(t testing.TB, day string, store usecase.Log) *World {
	w := Bare(t, day, store)
	w.people()
	return w
}

// Bare is On with a single administrator, "admin", and nobody else.
func Bare(t testing.TB, day string, store usecase.Log) *World {
	w := &World{T: t, Ctx: context.Background(), Store: store, Sealer: NewSealer(), Clock: &Clock{}}
	w.users, w.units = map[string]domain.UserID{}, map[string]domain.UnitID{}
	w.At(day)
	w.Open(usecase.Options{})
	first, err := w.Service.NameFirstAdmin(w.Ctx, "管理甲", "admin")
	if err != nil {
		t.Fatal(err)
	}
	w.users["admin"] = first
	return w
}

// Open opens the service anew over the same store, as after a restart.
func (w *World) Open(o usecase.Options) {
	w.T.Helper()
	o.Log, o.Sealer, o.SignIns, o.Clock, o.IDs = w.Store, w.Sealer, w.Sealer, w.Clock, &IDs{}
	service, err := usecase.Open(w.Ctx, o)
	if err != nil {
		w.T.Fatalf("open: %v", err)
	}
	w.Service = service
}

func (w *World) people() {
	w.T.Helper()
	w.users["admin2"] = domain.UserID(w.Must("admin", usecase.RegisterUser{Name: "管理乙", SignIn: "admin2"}).ID)
	w.Must("admin", usecase.GrantRole{User: w.users["admin2"], Role: domain.Admin})
	for i, u := range users {
		w.Name(u.name, "办事"+string(rune('甲'+i)), "")
		w.Grant(u.name, u.role, domain.Scope{})
	}
	w.doc = domain.DocumentID(w.Must("c", usecase.RegisterDocument{Number: "甬编〔2026〕1号", Issuer: "市委编委",
		Title: "关于编制事项的通知", Date: w.Clock.Now().Day() - 1}).ID)
}

// Name registers a user, bound to a person where human is given.
func (w *World) Name(name, full string, human domain.PersonID) domain.UserID {
	w.T.Helper()
	id := domain.UserID(w.Must("admin", usecase.RegisterUser{Name: full, SignIn: "u-" + name, Human: human}).ID)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.users[name] = id
	return id
}

// Grant gives a role through both administrators.
func (w *World) Grant(name string, role domain.Role, scope domain.Scope) {
	w.T.Helper()
	granted := w.Must("admin", usecase.GrantRole{User: w.users[name], Role: role, Scope: scope})
	if role.NeedsSecondAdmin() {
		w.Must("admin2", usecase.ConfirmRole{User: w.users[name], Grant: granted.ID})
	}
}

// At moves the clock to 09:00 of a day.
func (w *World) At(day string) {
	w.Clock.Set(w.Day(day).Start() + domain.Instant(9*time.Hour/time.Millisecond))
}

// Day reads a day; the test fails on a malformed one.
func (w *World) Day(s string) domain.Day {
	w.T.Helper()
	d, err := domain.ParseDay(s)
	if err != nil {
		w.T.Fatal(err)
	}
	return d
}

// User is the id behind a short name.
func (w *World) User(name string) domain.UserID { return w.users[name] }

// UnitID is the id behind a unit's short name.
func (w *World) UnitID(name string) domain.UnitID { return w.units[name] }

// Document is a registered document for whatever needs one.
func (w *World) Document() domain.DocumentID { return w.doc }

// Call is a fresh call of a user; If-Match is that of the thing the command
// names, as it stands.
func (w *World) Call(user string, what usecase.Command) usecase.Call {
	w.mu.Lock()
	w.keys++
	key := "key-" + strconv.Itoa(w.keys)
	id := w.users[user]
	w.mu.Unlock()
	return usecase.Call{User: id, Key: key, Digest: w.Sealer.Digest("request", fmt.Appendf(nil, "%T %+v", what, what)), IfMatch: w.revision(what)}
}

// revision is the ETag of what a command addresses.
func (w *World) revision(what usecase.Command) domain.Revision {
	change := w.Revision
	stream := func(s domain.Stream) domain.Revision {
		last, err := w.Store.Last(w.Ctx, s)
		if err != nil {
			w.T.Fatal(err)
		}
		return last
	}
	switch k := what.(type) {
	case usecase.Resubmit:
		return change(k.Change)
	case usecase.Pass:
		return change(k.Change)
	case usecase.Return:
		return change(k.Change)
	case usecase.Withdraw:
		return change(k.Change)
	case usecase.Record:
		return change(k.Change)
	case usecase.DisableUser:
		return stream(domain.UserOf(k.User))
	case usecase.GrantRole:
		return stream(domain.UserOf(k.User))
	case usecase.ConfirmRole:
		return stream(domain.UserOf(k.User))
	case usecase.RevokeRole:
		return stream(domain.UserOf(k.User))
	case usecase.RevokeUse:
		return w.Approval(k.Approval).Revision
	}
	return domain.NoStream
}

// Revision is the ETag of a change: the revision of the last event that touched
// it. A written refusal changes no step.
func (w *World) Revision(id domain.ChangeID) domain.Revision {
	for r, err := range w.Store.Tagged(w.Ctx, w.Store.Size(), string(domain.TagOf(domain.TagChange, id))) {
		if err != nil {
			w.T.Fatal(err)
		}
		if r.Stream.Kind() == domain.AccountStream && r.Type != account.TypeStaffingRefused {
			return r.Revision
		}
	}
	return domain.NoStream
}

// Approval is an approval as it stands; one that does not exist has no revision.
func (w *World) Approval(id domain.ApprovalID) account.Approval {
	w.T.Helper()
	found := account.Approval{Revision: domain.NoStream}
	for r, err := range w.Store.Tagged(w.Ctx, w.Store.Size(), string(domain.TagOf(domain.TagApproval, id))) {
		if err == nil {
			err = w.Service.ReadAccount(w.Ctx, r.Stream, func(a *account.Account) { found, _ = a.Approval(id) })
		}
		if err != nil {
			w.T.Fatal(err)
		}
		break
	}
	return found
}

// Do carries out a command.
func (w *World) Do(user string, what usecase.Command) (usecase.Result, error) {
	return w.Service.Do(w.Ctx, w.Call(user, what), what)
}

// Must carries out a command that nothing stands against.
func (w *World) Must(user string, what usecase.Command) usecase.Result {
	w.T.Helper()
	result, err := w.Do(user, what)
	if err != nil {
		w.T.Fatalf("%s: %T: %v", user, what, err)
	}
	return result
}

// Refused carries out a command that is refused by a name, and returns the
// refusal.
func (w *World) Refused(name, user string, what usecase.Command) *domain.Refusal {
	w.T.Helper()
	_, err := w.Do(user, what)
	var r *domain.Refusal
	if !errors.As(err, &r) || r.Name != name {
		w.T.Fatalf("%s: %T: got %v, want refusal %s", user, what, err, name)
	}
	return r
}

// Unit founds a unit and gives it posts on a line, of which some are held back.
// The posts come from the city's pool.
func (w *World) Unit(name string, line codes.LineKey, posts, held int) domain.UnitID {
	w.T.Helper()
	n := len(w.units) + 1
	id := domain.UnitID(w.Must("L", usecase.EstablishUnit{Code: fmt.Sprintf("330200-%04d", n), Division: "330200", System: "government",
		Rank: w.rank(), Level: codes.City, Name: "测试单位" + strconv.Itoa(n), Effective: w.Clock.Now().Day(), Document: w.doc}).ID)
	w.mu.Lock()
	w.units[name] = id
	w.mu.Unlock()
	if posts > 0 {
		w.Posts(name, line, posts, held)
	}
	return id
}

func (w *World) rank() string { return codes.List(codes.TableRank, domain.NoDay)[2].Value }

// Posts gives a unit posts on a line.
func (w *World) Posts(name string, line codes.LineKey, posts, held int) {
	w.T.Helper()
	pool := w.Balance(domain.PoolOf(codes.City), line)[0]
	w.Must("K", usecase.SetPool{Level: codes.City, Line: line, Posts: pool + posts, Document: w.doc})
	w.Must("K", usecase.MoveQuota{Giver: domain.PoolOf(codes.City), Taker: domain.AccountOf(w.units[name]), GiverLine: line, TakerLine: line,
		Posts: posts, Effective: w.Clock.Now().Day(), Document: w.doc})
	if held > 0 {
		w.Must("L", usecase.HoldBackPosts{Unit: w.units[name], Line: line, Posts: held, Effective: w.Clock.Now().Day(), Document: w.doc})
	}
}

// Balance is a line's balance today.
func (w *World) Balance(stream domain.Stream, line codes.LineKey) account.Balance {
	w.T.Helper()
	var b account.Balance
	if err := w.Service.ReadAccount(w.Ctx, stream, func(a *account.Account) { b = a.BalanceOn(line, w.Clock.Now().Day()) }); err != nil {
		w.T.Fatal(err)
	}
	return b
}

// Want checks a unit's line: [A O R H F].
func (w *World) Want(name string, line codes.LineKey, want [5]int) {
	w.T.Helper()
	b := w.Balance(domain.AccountOf(w.units[name]), line)
	if got := [5]int{b[0], b[1], b[2], b[3], b.Free()}; got != want {
		w.T.Fatalf("%s %s: got %v, want %v", name, line, got, want)
	}
}

// IDNumber is a valid invented ID number, one for each n.
func IDNumber(n int) string {
	born := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 1+n/500)
	s, ok := codes.MakeIDNumber("330203" + born.Format("20060102") + fmt.Sprintf("%03d", n%500+1))
	if !ok {
		panic("world: ID number")
	}
	return s
}

// PersonName is an invented name, one for each n.
func PersonName(n int) string {
	family := []rune("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许")
	given := []rune("明芳伟静磊敏洁强丽勇杰娟涛艳军霞平刚桂英")
	return string([]rune{family[n%len(family)], given[n/len(family)%len(given)], given[n/400%len(given)]})
}

// EntryForm is an entry by resettlement, which needs no approval, of the n-th
// invented person.
func (w *World) EntryForm(n int, line codes.LineKey, effective string) usecase.ChangeForm {
	return usecase.ChangeForm{Kind: account.Entry, IDNumber: IDNumber(n), Particulars: account.Particulars{Name: PersonName(n)},
		Line: line, Class: classFor(line), Manner: codes.Resettlement, Effective: w.Day(effective), Document: w.doc}
}

func classFor(line codes.LineKey) codes.PersonClass {
	switch line.Kind() {
	case codes.Institution:
		return codes.ClassProfessional
	case codes.Worker:
		return codes.ClassWorker
	case codes.CivilServantManaged:
		return codes.ClassCivilServantManaged
	}
	return codes.ClassCivilServant
}

// ExitForm is the retirement of a person.
func (w *World) ExitForm(p domain.PersonID, effective string) usecase.ChangeForm {
	return usecase.ChangeForm{Kind: account.Exit, Person: p, ExitReason: codes.Retirement, Effective: w.Day(effective), Document: w.doc}
}

// Collect collects a change of a unit.
func (w *World) Collect(unit string, f usecase.ChangeForm) domain.ChangeID {
	w.T.Helper()
	return domain.ChangeID(w.Must("c", usecase.Collect{Unit: w.units[unit], ChangeForm: f}).ID)
}

// Gates are the reviewers of the default route, in order.
var Gates = []string{"o1", "h1", "f1"}

// Pass passes the gates that wait, by the named reviewers in order.
func (w *World) Pass(change domain.ChangeID, reviewers ...string) {
	w.T.Helper()
	for _, r := range reviewers {
		w.Must(r, usecase.Pass{Change: change, Items: w.Items(r)})
	}
}

// Items are all items of the gate at which a reviewer of Gates sits.
func (w *World) Items(reviewer string) []string {
	set, err := w.Service.Policy(w.Ctx, w.Clock.Now().Day())
	if err != nil {
		w.T.Fatal(err)
	}
	var keys []string
	gate := map[string]account.Gate{"o1": account.GateOrganization, "h1": account.GateHR, "f1": account.GateOffice}[reviewer]
	for _, item := range set.Checklists[string(gate)] {
		keys = append(keys, item.Key)
	}
	return keys
}

// Enter takes the n-th invented person through everything into a unit.
func (w *World) Enter(unit string, n int, line codes.LineKey, effective string) (domain.ChangeID, domain.PersonID) {
	w.T.Helper()
	change := w.Collect(unit, w.EntryForm(n, line, effective))
	w.Pass(change, Gates...)
	w.Must("e1", usecase.Record{Change: change})
	return change, w.Person(n)
}

// Person is the id of the n-th invented person.
func (w *World) Person(n int) domain.PersonID {
	id, _, _ := w.Sealer.Lookup(w.Ctx, IDNumber(n))
	return id
}
